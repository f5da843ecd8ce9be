"""The proofs by matrix identities: what they assume, why they may, and what they must prove.

The texts stand here a second time, so that no change of a claim, or of a certificate, changes what
is proved without a change here. A test compares the two.
"""

from __future__ import annotations

from proofs_check.checker.expectation import (
    DEFINITION,
    EARLIER_STEP,
    HYPOTHESIS,
    Assumption,
    Derivation,
    Goal,
)
from proofs_check.checker.expected import models

__all__ = [
    "CRITICAL_POINTS",
    "ELIMINATED",
    "ENCODER",
    "FORM",
    "GAP",
    "KERNEL",
    "LOEWNER",
    "MULTIPLE",
    "NEAREST",
    "ORBIT",
    "RANGE",
    "REALISED",
    "RECONSTRUCTION",
    "SEPARATION",
    "SPIKED",
    "SPLITTING",
    "STRUCTURAL",
    "TURNED",
]

RECONSTRUCTION = Derivation(
    symbols={
        "J": ("k", "n"),
        "x": ("n", "1"),
    },
    scalars=["c"],
    assumptions={
        "rows of J": Assumption("J @ J.T - c", HYPOTHESIS),
    },
    goals=[
        Goal(
            "‖x − JᵀJx‖² = ‖x‖² + (c − 2)‖Jx‖²",
            "(x - J.T @ J @ x).T @ (x - J.T @ J @ x) - x.T @ x - (c - 2) * (x.T @ J.T @ J @ x)",
        ),
    ],
    model=models.reconstruction(),
)

RANGE = Derivation(
    symbols={"J": ("k", "n"), "w": ("k", "1"), "t": ("n", "1")},
    scalars=["c"],
    assumptions={"rows of J": Assumption("J @ J.T - c", HYPOTHESIS)},
    goals=[
        Goal(
            "c‖Jᵀw − t‖² = c‖t‖² − ‖Jt‖² + ‖cw − Jt‖²",
            (
                "c * ((J.T @ w - t).T @ (J.T @ w - t))"
                " - c * (t.T @ t) + t.T @ J.T @ J @ t - (c * w - J @ t).T @ (c * w - J @ t)"
            ),
            "trace",
        )
    ],
    model=models.ranged(),
)

MULTIPLE = Derivation(
    symbols={"J": ("k", "n"), "x": ("n", "1")},
    scalars=["c", "s"],
    assumptions={"rows of J": Assumption("J @ J.T - c", HYPOTHESIS)},
    goals=[
        Goal(
            "c‖s·JᵀJx − x‖² = c‖x‖² − ‖Jx‖² + (cs − 1)²‖Jx‖²",
            (
                "c * ((s * (J.T @ J @ x) - x).T @ (s * (J.T @ J @ x) - x))"
                " - c * (x.T @ x) + x.T @ J.T @ J @ x - (c * s - 1) ** 2 * (x.T @ J.T @ J @ x)"
            ),
            "trace",
        )
    ],
    model=models.multiple(),
)

NEAREST = Derivation(
    symbols={
        "W": ("m", "n"),
        "M": ("m", "n"),
        "P": ("m", "m"),
        "Q": ("m", "m"),
        "R": ("m", "r"),
        "T": ("m", "q"),
    },
    symmetric=["P", "Q"],
    scalars=["lam"],
    assumptions={
        "P² = P": Assumption("P @ P - P", DEFINITION),
        "PM = M": Assumption("P @ M - M", DEFINITION),
        "QR = R": Assumption("Q @ R - R", DEFINITION),
        "QT = 0": Assumption("Q @ T", DEFINITION),
        "WWᵀ = λI + RRᵀ − TTᵀ": Assumption("W @ W.T - lam - R @ R.T + T @ T.T", DEFINITION),
    },
    goals=[
        Goal(
            "‖W − M‖² = ‖W‖² − tr PWWᵀ + ‖PW − M‖²",
            ("(W - M) @ (W - M).T - W @ W.T + P @ W @ W.T - (P @ W - M) @ (P @ W - M).T"),
            "trace",
        ),
        Goal(
            "tr QWWᵀ − tr PWWᵀ = λ(tr Q − tr P) + ‖R − PR‖² + ‖PT‖²",
            (
                "Q @ W @ W.T - P @ W @ W.T - lam * (Q - P) - (R - P @ R) @ (R - P @ R).T"
                " - P @ T @ T.T @ P"
            ),
            "trace",
        ),
    ],
    model=models.nearest(),
)

SPIKED = Derivation(
    symbols={"J": ("l", "n"), "U": ("n", "k"), "y": ("l", "1"), "z": ("l", "1")},
    scalars=["a", "t"],
    definitions={"S": "J + a * (J @ U @ U.T)"},
    assumptions={
        "UᵀU = I": Assumption("U.T @ U - 1", HYPOTHESIS),
        "JUUᵀJᵀy = τJJᵀy": Assumption("J @ U @ U.T @ J.T @ y - t * (J @ J.T @ y)", DEFINITION),
    },
    goals=[
        Goal(
            "zᵀJ(I + αUUᵀ)Jᵀy = (1 + ατ)zᵀJJᵀy",
            "z.T @ S @ J.T @ y - (1 + a * t) * (z.T @ J @ J.T @ y)",
            "trace",
        ),
        Goal(
            "zᵀJ(I + αUUᵀ)²Jᵀy = (1 + (2α + α²)τ)zᵀJJᵀy",
            "z.T @ S @ S.T @ y - (1 + (2 * a + a**2) * t) * (z.T @ J @ J.T @ y)",
            "trace",
        ),
    ],
    model=models.spiked(),
)

STRUCTURAL = Derivation(
    symbols={
        "U1": ("n", "k"),
        "U2": ("n", "r"),
        "M1": ("k", "d"),
        "M2": ("r", "d"),
        "J": ("l", "n"),
        "A": ("k", "l"),
    },
    definitions={
        "X": "U1 @ M1 + U2 @ M2",
        "Z": "X - U1 @ A @ J @ X",
        "tail": "U1 @ A @ J @ U2 @ M2",
    },
    assumptions={
        "U1ᵀU1 = I": Assumption("U1.T @ U1 - 1", DEFINITION),
        "U1ᵀU2 = 0": Assumption("U1.T @ U2", DEFINITION),
        "AJU1 = I": Assumption("A @ J @ U1 - 1", DEFINITION),
    },
    goals=[
        Goal(
            "‖X − U1·A·J·X‖² = ‖U2M2‖² + ‖A·J·U2M2‖²",
            "Z @ Z.T - U2 @ M2 @ M2.T @ U2.T - tail @ tail.T",
            "trace",
        ),
    ],
    model=models.structural(),
)

CRITICAL_POINTS = Derivation(
    symbols={
        "D": ("m", "k"),
        "E": ("k", "l"),
        "X": ("l", "d"),
        "Y": ("m", "d"),
        "Gp": ("l", "l"),
        "P": ("m", "m"),
        "W": ("k", "m"),
        "w": ("k", "1"),
        "v": ("m", "1"),
        "a": ("m", "1"),
        "b": ("m", "1"),
    },
    symmetric=["Gp", "P"],
    scalars=["lambda_a", "lambda_b", "s", "t"],
    definitions={
        "T": "Y @ X.T @ Gp @ X",
        "S": "T @ Y.T",
        "R": "D @ E @ X - Y",
        "q": "Gp @ X @ Y.T @ v",
        "r": "Gp @ X @ Y.T @ a",
        "R_descent": "(D + s * (v @ w.T)) @ (E + t * (w @ q.T)) @ X - Y",
        "R_turned": "(D + t * (a @ b.T @ D)) @ (E + t * (W @ b @ r.T)) @ X - Y",
    },
    assumptions={
        "XᵀG⁺G = Xᵀ": Assumption("X.T @ Gp @ X @ X.T - X.T", DEFINITION),
        "P² = P": Assumption("P @ P - P", DEFINITION),
        "PD = D": Assumption("P @ D - D", DEFINITION),
        "critical in D": Assumption("D @ E @ X @ X.T @ E.T - Y @ X.T @ E.T", HYPOTHESIS),
        "critical in E": Assumption("D.T @ D @ E @ X @ X.T - D.T @ Y @ X.T", HYPOTHESIS),
        "P = (DW)ᵀ": Assumption("W.T @ D.T - P", DEFINITION),
        "Dw = 0": Assumption("D @ w", DEFINITION),
        "vᵀD = 0": Assumption("v.T @ D", DEFINITION),
        "aᵀD = 0": Assumption("a.T @ D", DEFINITION),
        "Pb = b": Assumption("P @ b - b", DEFINITION),
        "aᵀa = 1": Assumption("a.T @ a - 1", DEFINITION),
        "bᵀb = 1": Assumption("b.T @ b - 1", DEFINITION),
        "aᵀb = 0": Assumption("a.T @ b", DEFINITION),
        "Σa = λ_a·a": Assumption("Y @ X.T @ Gp @ X @ Y.T @ a - lambda_a * a", DEFINITION),
        "Σb = λ_b·b": Assumption("Y @ X.T @ Gp @ X @ Y.T @ b - lambda_b * b", DEFINITION),
    },
    goals=[
        Goal("DEG = PYXᵀ", "D @ E @ X @ X.T - P @ Y @ X.T"),
        Goal("(DEX)ᵀ = (P·YXᵀG⁺X)ᵀ", "X.T @ E.T @ D.T - X.T @ Gp @ X @ Y.T @ P"),
        Goal("L = tr YYᵀ − tr PΣ", "R @ R.T - Y @ Y.T + P @ S", "trace"),
        Goal(
            "rank D < k: L changes by −2st‖w‖²vᵀΣv + s²‖v‖²(‖XᵀEᵀw‖² + t²‖w‖⁴vᵀΣv)",
            "R_descent @ R_descent.T - R @ R.T + 2 * s * t * (v @ w.T @ w @ v.T @ S) - s**2 *"
            " (v @ w.T @ E @ X @ X.T @ E.T @ w @ v.T) - s**2 * t**2 * (v @ w.T @ w @ v.T @ S "
            "@ v @ w.T @ w @ v.T)",
            "trace",
        ),
        Goal(
            "rank D = k: L changes by −t²(λ_a − λ_b) + t⁴λ_a",
            "R_turned @ R_turned.T - R @ R.T + t**2 * (a @ a.T @ S) - t**2 * (b @ b.T @ S) - "
            "t**4 * (a @ a.T @ S)",
            "trace",
        ),
        Goal("PΣ = ΣP", "P @ S - S @ P"),
    ],
    model=models.critical_points(),
)

REALISED = Derivation(
    symbols={
        "U": ("m", "q"),
        "X": ("l", "d"),
        "Y": ("m", "d"),
        "Gp": ("l", "l"),
        "Lambda": ("q", "q"),
    },
    symmetric=["Gp"],
    definitions={
        "E": "U.T @ Y @ X.T @ Gp",
        "R": "U @ E @ X - Y",
    },
    assumptions={
        "XᵀG⁺G = Xᵀ": Assumption("X.T @ Gp @ X @ X.T - X.T", DEFINITION),
        "UᵀU = I": Assumption("U.T @ U - 1", DEFINITION),
        "ΣU = UΛ": Assumption("Y @ X.T @ Gp @ X @ Y.T @ U - U @ Lambda", DEFINITION),
    },
    goals=[
        Goal("the gradient in D vanishes", "R @ X.T @ E.T"),
        Goal("the gradient in E vanishes", "U.T @ R @ X.T"),
    ],
    model=models.realised(),
)

ENCODER = Derivation(
    symbols={
        "D": ("m", "k"),
        "E": ("k", "l"),
        "X": ("l", "d"),
        "Y": ("m", "d"),
        "N": ("k", "k"),
        "Ginv": ("l", "l"),
    },
    symmetric=["Ginv", "N"],
    assumptions={
        "critical in E": Assumption("D.T @ D @ E @ X @ X.T - D.T @ Y @ X.T", HYPOTHESIS),
        "N = (DᵀD)⁻¹": Assumption("N @ D.T @ D - 1", DEFINITION),
        "GG⁻¹ = I": Assumption("X @ X.T @ Ginv - 1", HYPOTHESIS),
    },
    goals=[
        Goal("E = (DᵀD)⁻¹DᵀYXᵀG⁻¹", "E - N @ D.T @ Y @ X.T @ Ginv"),
        Goal("DE = P·YXᵀG⁻¹", "D @ E - D @ N @ D.T @ Y @ X.T @ Ginv"),
    ],
    model=models.encoder(),
)

LOEWNER = Derivation(
    symbols={
        "Y": ("m", "d"),
        "Q": ("d", "d"),
        "Q_B": ("d", "d"),
    },
    symmetric=["Q", "Q_B"],
    assumptions={
        "Q² = Q": Assumption("Q @ Q - Q", DEFINITION),
        "Q_B² = Q_B": Assumption("Q_B @ Q_B - Q_B", DEFINITION),
        "Q·Q_B = Q_B": Assumption("Q @ Q_B - Q_B", DEFINITION),
    },
    goals=[
        Goal(
            "Σ' − Σ(B) = ZZᵀ",
            "Y @ Q @ Y.T - Y @ Q_B @ Y.T - (Y @ Q - Y @ Q_B) @ (Y @ Q - Y @ Q_B).T",
        ),
    ],
    model=models.loewner(),
)

TURNED = Derivation(
    symbols={
        "X": ("n", "d"),
        "Y": ("m", "d"),
        "U": ("n", "k"),
        "V": ("n", "k"),
        "a": ("n", "1"),
        "c": ("k", "1"),
    },
    scalars=["mu_a", "mu_b", "t"],
    definitions={
        "C": "X @ X.T",
        "M": "X @ Y.T @ Y @ X.T",
        "R": "Y @ X.T @ U @ U.T @ X - Y",
        "turned": "U + t * (a @ c.T)",
        "inverse": "(1 + t**2) - t**2 * (c @ c.T)",
    },
    assumptions={
        "UᵀCU = I": Assumption("U.T @ X @ X.T @ U - 1", DEFINITION),
        "UᵀCa = 0": Assumption("U.T @ X @ X.T @ a", DEFINITION),
        "aᵀCa = 1": Assumption("a.T @ X @ X.T @ a - 1", DEFINITION),
        "cᵀc = 1": Assumption("c.T @ c - 1", DEFINITION),
        "Ma = μ_a·Ca": Assumption("X @ Y.T @ Y @ X.T @ a - mu_a * (X @ X.T @ a)", DEFINITION),
        "MUc = μ_b·CUc": Assumption(
            "X @ Y.T @ Y @ X.T @ U @ c - mu_b * (X @ X.T @ U @ c)", DEFINITION
        ),
    },
    goals=[
        Goal(
            "L = tr YYᵀ − f(Uᵀ) for D = YXᵀU",
            "R @ R.T - Y @ Y.T + Y @ X.T @ U @ U.T @ X @ Y.T",
            "trace",
        ),
        Goal(
            "the slope of f along V is 2 tr Vᵀ(MU − CU·UᵀMU)",
            "U.T @ M @ V + V.T @ M @ U - (U.T @ C @ V + V.T @ C @ U) @ U.T @ M @ U - 2 * V.T "
            "@ (M @ U - C @ U @ U.T @ M @ U)",
            "trace",
        ),
        Goal(
            "f(Uᵀ + t·caᵀ) = f(Uᵀ) + (μ_a − μ_b)·t²/(1 + t²)",
            "inverse @ turned.T @ M @ turned - (1 + t**2) * (U.T @ M @ U) - t**2 * (mu_a - "
            "mu_b) * (c @ c.T)",
            "trace",
        ),
        Goal(
            "(1 + t²)·((U + t·acᵀ)ᵀC(U + t·acᵀ))⁻¹ = 1 + t² − t²·ccᵀ",
            "turned.T @ C @ turned @ inverse - (1 + t**2)",
        ),
    ],
    model=models.turned(),
)

SEPARATION = Derivation(
    symbols={
        "X": ("n", "d"),
        "Y": ("m", "d"),
        "P": ("n", "N"),
        "Q": ("n", "N"),
        "u": ("N", "1"),
        "v": ("N", "1"),
        "a": ("N", "1"),
        "b": ("N", "1"),
        "w": ("N", "1"),
        "d_u": ("m", "1"),
        "d_v": ("m", "1"),
    },
    scalars=["mu_a", "mu_b", "t"],
    definitions={
        "M": "P.T @ X @ Y.T @ Y @ X.T @ P",
        "R": "d_u @ u.T @ P.T @ X + d_v @ v.T @ Q.T @ X - Y",
        "turned": "b + t * a",
        "missed": "d_u @ u.T @ u - Y @ X.T @ P @ u",
    },
    assumptions={
        "XXᵀ = I": Assumption("X @ X.T - 1", HYPOTHESIS),
        "PᵀP = I": Assumption("P.T @ P - 1", DEFINITION),
        "QᵀQ = I": Assumption("Q.T @ Q - 1", DEFINITION),
        "PᵀQ = 0": Assumption("P.T @ Q", DEFINITION),
        "aᵀa = 1": Assumption("a.T @ a - 1", DEFINITION),
        "bᵀb = 1": Assumption("b.T @ b - 1", DEFINITION),
        "aᵀb = 0": Assumption("a.T @ b", DEFINITION),
        "Ma = μ_a·a": Assumption("P.T @ X @ Y.T @ Y @ X.T @ P @ a - mu_a * a", DEFINITION),
        "Mb = μ_b·b": Assumption("P.T @ X @ Y.T @ Y @ X.T @ P @ b - mu_b * b", DEFINITION),
    },
    goals=[
        Goal("the rows (u, 0)X and (0, v)X are orthogonal", "u.T @ P.T @ X @ X.T @ Q @ v"),
        Goal(
            "L = tr YYᵀ + l(u, d_u) + l(v, d_v), l(u, d) = ‖d‖²‖u‖² − 2dᵀYXᵀPu",
            "R @ R.T - Y @ Y.T - d_u @ u.T @ u @ d_u.T + 2 * d_u @ u.T @ P.T @ X @ Y.T - d_v "
            "@ v.T @ v @ d_v.T + 2 * d_v @ v.T @ Q.T @ X @ Y.T",
            "trace",
        ),
        Goal(
            "‖u‖²·l(u, d) = ‖d‖u‖² − YXᵀPu‖² − uᵀMu",
            "u.T @ u @ d_u.T @ d_u @ u.T @ u - 2 * (u.T @ u @ d_u.T @ Y @ X.T @ P @ u) - "
            "missed.T @ missed + u.T @ M @ u",
            "trace",
        ),
        Goal(
            "for ‖b‖ = 1 the slope of uᵀMu/‖u‖² along w is 2wᵀ(Mb − b·bᵀMb)",
            "w.T @ M @ b + b.T @ M @ w - (w.T @ b + b.T @ w) @ b.T @ M @ b - 2 * (w.T @ (M @ "
            "b - b @ b.T @ M @ b))",
            "trace",
        ),
        Goal("‖b + ta‖² = 1 + t²", "turned.T @ turned - 1 - t**2"),
        Goal(
            "(b + ta)ᵀM(b + ta) = (1 + t²)·bᵀMb + t²(μ_a − μ_b)",
            "turned.T @ M @ turned - (1 + t**2) * (b.T @ M @ b) - t**2 * (mu_a - mu_b) * (a.T @ a)",
            "trace",
        ),
    ],
    model=models.separation(),
)

GAP = Derivation(
    symbols={
        "D": ("m", "k"),
        "E": ("k", "l"),
        "X": ("l", "d"),
        "Y": ("m", "d"),
        "Gp": ("l", "l"),
        "D2": ("m", "k"),
        "E2": ("k", "l"),
        "P2": ("m", "m"),
        "v": ("m", "1"),
        "w": ("k", "1"),
    },
    symmetric=["Gp", "P2"],
    scalars=["lambda_v", "s", "t"],
    definitions={
        "T": "Y @ X.T",
        "S": "T @ Gp @ T.T",
        "R": "D @ E @ X - Y",
        "R2": "D2 @ E2 @ X - Y",
        "missed": "D2 @ E2 @ X - P2 @ T @ Gp @ X",
        "q": "Gp @ T.T @ v",
        "R_descent": "(D + s * (v @ w.T)) @ (E + t * (w @ q.T)) @ X - Y",
    },
    assumptions={
        "XᵀG⁺G = Xᵀ": Assumption("X.T @ Gp @ X @ X.T - X.T", DEFINITION),
        "P₂² = P₂": Assumption("P2 @ P2 - P2", DEFINITION),
        "P₂D₂ = D₂": Assumption("P2 @ D2 - D2", DEFINITION),
        "critical in D": Assumption("D @ E @ X @ X.T @ E.T - T @ E.T", HYPOTHESIS),
        "Dw = 0": Assumption("D @ w", DEFINITION),
        "vᵀD = 0": Assumption("v.T @ D", DEFINITION),
        "vᵀv = 1": Assumption("v.T @ v - 1", DEFINITION),
        "wᵀw = 1": Assumption("w.T @ w - 1", DEFINITION),
        "Σv = λ·v": Assumption("S @ v - lambda_v * v", DEFINITION),
    },
    goals=[
        Goal(
            "L(D₂, E₂) = tr YYᵀ − tr P₂Σ + ‖D₂E₂X − P₂TG⁺X‖²",
            "R2 @ R2.T - Y @ Y.T + P2 @ S - missed @ missed.T",
            "trace",
        ),
        Goal(
            "L changes by −2stλ + s²‖XᵀEᵀw‖² + s²t²λ",
            "R_descent @ R_descent.T - R @ R.T + 2 * s * t * (S @ v @ v.T)"
            " - s**2 * (v @ w.T @ E @ X @ X.T @ E.T @ w @ v.T) - s**2 * t**2 * (S @ v @ v.T)",
            "trace",
        ),
    ],
    model=models.gap(),
)

FORM = Derivation(
    symbols={
        "D": ("m", "k"),
        "E": ("k", "l"),
        "X": ("l", "d"),
        "Y": ("m", "d"),
        "Ginv": ("l", "l"),
        "P": ("m", "m"),
        "W": ("k", "m"),
        "Sp": ("m", "m"),
        "w": ("k", "1"),
        "kappa": ("l", "1"),
    },
    symmetric=["Ginv", "P", "Sp"],
    definitions={
        "T": "Y @ X.T",
        "S": "T @ Ginv @ T.T",
        "Z": "E - W @ D @ E",
        "N": "Z @ T.T @ Sp @ P",
        "K": "Z - N @ T @ Ginv",
        "added": "E + w @ kappa.T",
    },
    assumptions={
        "G⁻¹G = I": Assumption("Ginv @ X @ X.T - 1", HYPOTHESIS),
        "P² = P": Assumption("P @ P - P", DEFINITION),
        "PD = D": Assumption("P @ D - D", DEFINITION),
        "P = (DW)ᵀ": Assumption("W.T @ D.T - P", DEFINITION),
        "WP = W": Assumption("W @ P - W", DEFINITION),
        "critical in D": Assumption("D @ E @ X @ X.T @ E.T - T @ E.T", HYPOTHESIS),
        "critical in E": Assumption("D.T @ D @ E @ X @ X.T - D.T @ T", HYPOTHESIS),
        "ΣΣ⁺T = T": Assumption("S @ Sp @ T - T", DEFINITION),
        "Dw = 0": Assumption("D @ w", DEFINITION),
        "Tκ = 0": Assumption("T @ kappa", DEFINITION),
    },
    goals=[
        Goal("E = (W + N)·PTG⁻¹ + K", "E - (W + N) @ P @ T @ Ginv - K"),
        Goal("TKᵀ = 0", "T @ K.T"),
        Goal("DN = 0", "D @ N"),
        Goal("DK = 0", "D @ K"),
        Goal("DE = PTG⁻¹", "D @ E - P @ T @ Ginv"),
        Goal("(D, E + wκᵀ) is critical in D", "D @ added @ X @ X.T @ added.T - T @ added.T"),
        Goal("(D, E + wκᵀ) is critical in E", "D.T @ D @ added @ X @ X.T - D.T @ T"),
    ],
    model=models.form(),
)

KERNEL = Derivation(
    symbols={
        "X": ("l", "d"),
        "Y": ("m", "d"),
        "Ginv": ("l", "l"),
        "K": ("k", "l"),
        "A": ("k", "m"),
        "Q": ("l", "m"),
    },
    symmetric=["Ginv"],
    definitions={
        "T": "Y @ X.T",
    },
    assumptions={
        "QT = I": Assumption("Q @ T - 1", HYPOTHESIS),
        "G⁻¹G = I": Assumption("Ginv @ X @ X.T - 1", HYPOTHESIS),
    },
    goals=[
        Goal("K = (TKᵀ)ᵀQᵀ", "K @ T.T @ Q.T - K"),
        Goal("(A·TG⁻¹)·G·Kᵀ = A·TKᵀ", "A @ T @ Ginv @ X @ X.T @ K.T - A @ T @ K.T"),
    ],
    model=models.kernel(),
)

ORBIT = Derivation(
    symbols={
        "D": ("m", "k"),
        "E": ("k", "l"),
        "D2": ("m", "k"),
        "E2": ("k", "l"),
        "X": ("l", "d"),
        "Y": ("m", "d"),
        "Ginv": ("l", "l"),
        "W": ("k", "m"),
        "W2": ("k", "m"),
    },
    symmetric=["Ginv"],
    definitions={
        "T": "Y @ X.T",
        "C": "W @ D2",
    },
    assumptions={
        "WD = I": Assumption("W @ D - 1", DEFINITION),
        "W₂D₂ = I": Assumption("W2 @ D2 - 1", DEFINITION),
        "D₂W₂ = DW": Assumption("D2 @ W2 - D @ W", HYPOTHESIS),
        "GG⁻¹ = I": Assumption("X @ X.T @ Ginv - 1", HYPOTHESIS),
        "E = W·TG⁻¹": Assumption("E - W @ T @ Ginv", EARLIER_STEP),
        "E₂ = W₂·TG⁻¹": Assumption("E2 - W2 @ T @ Ginv", EARLIER_STEP),
    },
    goals=[
        Goal("D₂ = DC", "D @ C - D2"),
        Goal("E = CE₂", "C @ E2 - E"),
        Goal("C·W₂D = I", "C @ W2 @ D - 1"),
    ],
    model=models.orbit(),
)

ELIMINATED = Derivation(
    symbols={
        "D": ("m", "k"),
        "W": ("k", "n"),
        "X": ("n", "d"),
        "Y": ("m", "d"),
        "N": ("k", "k"),
        "T": ("k", "k"),
        "Tinv": ("k", "k"),
    },
    symmetric=["N"],
    definitions={
        "K": "W @ X @ X.T @ W.T",
        "best": "Y @ X.T @ W.T @ N",
        "R": "D @ W @ X - Y",
        "turned": "Tinv.T @ N @ Tinv",
    },
    assumptions={
        "NK = I": Assumption("N @ K - 1", HYPOTHESIS),
        "TT⁻¹ = I": Assumption("T @ Tinv - 1", DEFINITION),
        "T⁻¹T = I": Assumption("Tinv @ T - 1", DEFINITION),
    },
    goals=[
        Goal(
            "L = tr YYᵀ − f(W) + ‖(D − D*)WX‖² for D* = YXᵀWᵀN",
            "R @ R.T - Y @ Y.T + best @ W @ X @ Y.T - (D - best) @ K @ (D - best).T",
            "trace",
        ),
        Goal("T⁻ᵀNT⁻¹ is the inverse for TW", "turned @ T @ K @ T.T - 1"),
        Goal("f(TW) = f(W)", "Y @ X.T @ W.T @ T.T @ turned @ T @ W @ X @ Y.T - best @ W @ X @ Y.T"),
    ],
    model=models.eliminated(),
)

SPLITTING = Derivation(
    symbols={
        "U1": ("m", "q"),
        "U2": ("m", "s"),
        "U3": ("m", "a"),
        "V1": ("l", "q"),
        "V2": ("l", "s"),
        "V3": ("l", "b"),
        "J1": ("k", "q"),
        "J2": ("k", "t"),
        "J3": ("k", "e"),
        "T": ("a", "t"),
        "S": ("b", "e"),
        "L1": ("q", "q"),
        "L2": ("s", "s"),
        "X1": ("q", "k"),
        "X2": ("s", "k"),
        "X3": ("a", "k"),
        "Y1": ("k", "q"),
        "Y2": ("k", "s"),
        "Y3": ("k", "b"),
    },
    symmetric=["L1", "L2"],
    definitions={
        "A": "U1 @ L1 @ V1.T + U2 @ L2 @ V2.T",
        "D": "U1 @ J1.T + U3 @ T @ J2.T",
        "F": "J1 @ L1 @ V1.T + J3 @ S.T @ V3.T",
        "R": "D @ F - A",
        "dD": "U1 @ X1 + U2 @ X2 + U3 @ X3",
        "dF": "Y1 @ V1.T + Y2 @ V2.T + Y3 @ V3.T",
        "moved": "dD @ F + D @ dF",
        "H11": "U1 @ (X1 @ J1 @ L1 + J1.T @ Y1)",
        "H13": "U1 @ (X1 @ J3 @ S.T + J1.T @ Y3)",
        "H31": "U3 @ (X3 @ J1 @ L1 + T @ J2.T @ Y1)",
        "H33": "U3 @ (X3 @ J3 @ S.T + T @ J2.T @ Y3)",
        "x1": "U2 @ X2 @ J1 @ L1",
        "x3": "U2 @ X2 @ J3",
        "y1": "U1 @ J1.T @ Y2",
        "y2": "U3 @ T @ J2.T @ Y2",
    },
    assumptions={
        "U1ᵀU1 = I": Assumption("U1.T @ U1 - 1", DEFINITION),
        "U1ᵀU2 = 0": Assumption("U1.T @ U2", DEFINITION),
        "U1ᵀU3 = 0": Assumption("U1.T @ U3", DEFINITION),
        "U2ᵀU2 = I": Assumption("U2.T @ U2 - 1", DEFINITION),
        "U2ᵀU3 = 0": Assumption("U2.T @ U3", DEFINITION),
        "U3ᵀU3 = I": Assumption("U3.T @ U3 - 1", DEFINITION),
        "V1ᵀV1 = I": Assumption("V1.T @ V1 - 1", DEFINITION),
        "V1ᵀV2 = 0": Assumption("V1.T @ V2", DEFINITION),
        "V1ᵀV3 = 0": Assumption("V1.T @ V3", DEFINITION),
        "V2ᵀV2 = I": Assumption("V2.T @ V2 - 1", DEFINITION),
        "V2ᵀV3 = 0": Assumption("V2.T @ V3", DEFINITION),
        "V3ᵀV3 = I": Assumption("V3.T @ V3 - 1", DEFINITION),
        "J1ᵀJ1 = I": Assumption("J1.T @ J1 - 1", DEFINITION),
        "J1ᵀJ2 = 0": Assumption("J1.T @ J2", DEFINITION),
        "J1ᵀJ3 = 0": Assumption("J1.T @ J3", DEFINITION),
        "J2ᵀJ2 = I": Assumption("J2.T @ J2 - 1", DEFINITION),
        "J2ᵀJ3 = 0": Assumption("J2.T @ J3", DEFINITION),
        "J3ᵀJ3 = I": Assumption("J3.T @ J3 - 1", DEFINITION),
        "TᵀT = I": Assumption("T.T @ T - 1", DEFINITION),
        "SᵀS = I": Assumption("S.T @ S - 1", DEFINITION),
    },
    goals=[
        Goal("the gradient in D vanishes", "R @ F.T"),
        Goal("the gradient in F vanishes", "D.T @ R"),
        Goal(
            "‖δD·F + D·δF‖² + 2⟨R, δD·δF⟩ is a sum over blocks",
            "moved @ moved.T + 2 * R @ dF.T @ dD.T"
            " - H11 @ H11.T - H13 @ H13.T - H31 @ H31.T - H33 @ H33.T"
            " - x1 @ x1.T - x3 @ x3.T - y1 @ y1.T - y2 @ y2.T + 2 * U2 @ X2 @ Y2 @ L2 @ U2.T",
            "trace",
        ),
    ],
    model=models.splitting(),
)
