"""Derivations on the critical points with B fixed."""

from __future__ import annotations

from proofs_check.checker.expectation import DEFINITION, HYPOTHESIS, Assumption, Derivation, Goal
from proofs_check.checker.expected import models

__all__ = ["CRITICAL_POINTS", "ENCODER", "LOEWNER", "REALISED", "SPLITTING"]

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
