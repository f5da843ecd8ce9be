"""The proofs of the claims that are matrix identities, for matrices of all sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.random import Generator

from proofs_check.claim import Bearing, Check, Context, Finding, Grade
from proofs_check.identities.derivation import Derivation, Step, Underivable
from proofs_check.identities.expansion import verify

__all__ = [
    "BEST_CORE",
    "CRITICAL_POINTS",
    "ENCODER",
    "LOEWNER",
    "MULTIPLE",
    "NEAREST",
    "RANGE",
    "REALISED",
    "RECONSTRUCTION",
    "SPIKED",
    "STRUCTURAL",
    "largest_violation",
    "model_of_critical_points",
    "needs",
    "proved",
]

RECONSTRUCTION = Derivation(
    symbols={"J": ("k", "n"), "x": ("n", "1")},
    scalars=frozenset({"c"}),
    assumptions={"rows of J": "J @ J.T - c"},
    steps=[
        Step(
            "‖x − JᵀJx‖² = ‖x‖² + (c − 2)‖Jx‖²",
            "(x - J.T @ J @ x).T @ (x - J.T @ J @ x) - x.T @ x - (c - 2) * (x.T @ J.T @ J @ x)",
        )
    ],
)
"""The error of x ↦ JᵀJx where JJᵀ = c·I; for the SRHT c = n/k."""

RANGE = Derivation(
    symbols={"J": ("k", "n"), "w": ("k", "1"), "t": ("n", "1")},
    scalars=frozenset({"c"}),
    assumptions={"rows of J": "J @ J.T - c"},
    steps=[
        Step(
            "c‖Jᵀw − t‖² = c‖t‖² − ‖Jt‖² + ‖cw − Jt‖²",
            "c * ((J.T @ w - t).T @ (J.T @ w - t)) - c * (t.T @ t) + t.T @ J.T @ J @ t"
            " - (c * w - J @ t).T @ (c * w - J @ t)",
            "trace",
        )
    ],
)
"""How far a vector in the range of Jᵀ is from t."""

MULTIPLE = Derivation(
    symbols={"J": ("k", "n"), "x": ("n", "1")},
    scalars=frozenset({"c", "s"}),
    assumptions={"rows of J": "J @ J.T - c"},
    steps=[
        Step(
            "c‖s·JᵀJx − x‖² = c‖x‖² − ‖Jx‖² + (cs − 1)²‖Jx‖²",
            "c * ((s * (J.T @ J @ x) - x).T @ (s * (J.T @ J @ x) - x)) - c * (x.T @ x)"
            " + x.T @ J.T @ J @ x - (c * s - 1) ** 2 * (x.T @ J.T @ J @ x)",
            "trace",
        )
    ],
)
"""The error of a multiple s of JᵀJ; it is least at s = 1/c, whatever x is."""

NEAREST = Derivation(
    symbols={
        "W": ("m", "n"),
        "M": ("m", "n"),
        "P": ("m", "m"),
        "Q": ("m", "m"),
        "R": ("m", "r"),
        "T": ("m", "q"),
    },
    symmetric=frozenset({"P", "Q"}),
    scalars=frozenset({"lam"}),
    assumptions={
        "P² = P": "P @ P - P",
        "PM = M": "P @ M - M",
        "QR = R": "Q @ R - R",
        "QT = 0": "Q @ T",
        "WWᵀ = λI + RRᵀ − TTᵀ": "W @ W.T - lam - R @ R.T + T @ T.T",
    },
    steps=[
        Step(
            "‖W − M‖² = ‖W‖² − tr PWWᵀ + ‖PW − M‖²",
            "(W - M) @ (W - M).T - W @ W.T + P @ W @ W.T - (P @ W - M) @ (P @ W - M).T",
            "trace",
        ),
        Step(
            "tr QWWᵀ − tr PWWᵀ = λ(tr Q − tr P) + ‖R − PR‖² + ‖PT‖²",
            "Q @ W @ W.T - P @ W @ W.T - lam * (Q - P) - (R - P @ R) @ (R - P @ R).T"
            " - P @ T @ T.T @ P",
            "trace",
        ),
    ],
)
"""The Eckart-Young theorem in the Frobenius norm.

P projects onto the range of M, and Q onto the span of the r first left singular vectors of W. RRᵀ
and TTᵀ are the parts of WWᵀ above and below λ = σ_{r+1}².
"""

BEST_CORE = Derivation(
    symbols={"W": ("m", "n"), "M": ("m", "n"), "P": ("m", "m"), "Q": ("n", "n")},
    symmetric=frozenset({"P", "Q"}),
    assumptions={
        "P² = P": "P @ P - P",
        "Q² = Q": "Q @ Q - Q",
        "PM = M": "P @ M - M",
        "MQ = M": "M @ Q - M",
    },
    steps=[
        Step(
            "‖W − M‖² = ‖W‖² − ‖PWQ‖² + ‖PWQ − M‖²",
            "(W - M) @ (W - M).T - W @ W.T + P @ W @ Q @ W.T @ P"
            " - (P @ W @ Q - M) @ (P @ W @ Q - M).T",
            "trace",
        )
    ],
)
"""The best M = J2ᵀ·C·J1 for given J1 and J2; Q and P project onto their row spaces."""

SPIKED = Derivation(
    symbols={"J": ("l", "n"), "U": ("n", "k"), "y": ("l", "1"), "z": ("l", "1")},
    scalars=frozenset({"a", "t"}),
    definitions={"S": "J + a * (J @ U @ U.T)"},
    assumptions={
        "UᵀU = I": "U.T @ U - 1",
        "JUUᵀJᵀy = τJJᵀy": "J @ U @ U.T @ J.T @ y - t * (J @ J.T @ y)",
    },
    steps=[
        Step(
            "zᵀJ(I + αUUᵀ)Jᵀy = (1 + ατ)zᵀJJᵀy",
            "z.T @ S @ J.T @ y - (1 + a * t) * (z.T @ J @ J.T @ y)",
            "trace",
        ),
        Step(
            "zᵀJ(I + αUUᵀ)²Jᵀy = (1 + (2α + α²)τ)zᵀJJᵀy",
            "z.T @ S @ S.T @ y - (1 + (2 * a + a**2) * t) * (z.T @ J @ J.T @ y)",
            "trace",
        ),
    ],
)
"""The eigenvalues of the sketch of X with XXᵀ = I + αUUᵀ; a = α, t = τ, and z is any vector."""

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
    symmetric=frozenset({"Gp", "P"}),
    scalars=frozenset({"s", "t", "lambda_a", "lambda_b"}),
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
        "XᵀG⁺G = Xᵀ": "X.T @ Gp @ X @ X.T - X.T",
        "P² = P": "P @ P - P",
        "PD = D": "P @ D - D",
        "critical in D": "D @ E @ X @ X.T @ E.T - Y @ X.T @ E.T",
        "critical in E": "D.T @ D @ E @ X @ X.T - D.T @ Y @ X.T",
        "P = (DW)ᵀ": "W.T @ D.T - P",
        "Dw = 0": "D @ w",
        "vᵀD = 0": "v.T @ D",
        "aᵀD = 0": "a.T @ D",
        "Pb = b": "P @ b - b",
        "aᵀa = 1": "a.T @ a - 1",
        "bᵀb = 1": "b.T @ b - 1",
        "aᵀb = 0": "a.T @ b",
        "Σa = λ_a·a": "Y @ X.T @ Gp @ X @ Y.T @ a - lambda_a * a",
        "Σb = λ_b·b": "Y @ X.T @ Gp @ X @ Y.T @ b - lambda_b * b",
    },
    steps=[
        Step("PDEG = PYXᵀ", "P @ D @ E @ X @ X.T - P @ Y @ X.T", backwards=("P = (DW)ᵀ",)),
        Step("DEG = PYXᵀ", "D @ E @ X @ X.T - P @ Y @ X.T", backwards=("PDEG = PYXᵀ",)),
        Step("PYXᵀEᵀ = YXᵀEᵀ", "P @ Y @ X.T @ E.T - Y @ X.T @ E.T", backwards=("DEG = PYXᵀ",)),
        Step("XᵀG⁺GEᵀDᵀ = XᵀG⁺XYᵀP", "X.T @ Gp @ X @ X.T @ E.T @ D.T - X.T @ Gp @ X @ Y.T @ P"),
        Step(
            "(DEX)ᵀ = (P·YXᵀG⁺X)ᵀ",
            "X.T @ E.T @ D.T - X.T @ Gp @ X @ Y.T @ P",
            backwards=("XᵀG⁺GEᵀDᵀ = XᵀG⁺XYᵀP", "DEG = PYXᵀ"),
        ),
        Step("L = tr YYᵀ − tr PΣ", "R @ R.T - Y @ Y.T + P @ S", "trace"),
        Step("Pv = 0", "P @ v", backwards=("P = (DW)ᵀ",)),
        Step("Pa = 0", "P @ a", backwards=("P = (DW)ᵀ",)),
        Step("vᵀYXᵀEᵀ = 0", "v.T @ Y @ X.T @ E.T", backwards=("critical in D",)),
        Step(
            "rank D < k: L changes by −2st‖w‖²vᵀΣv + s²‖v‖²(‖XᵀEᵀw‖² + t²‖w‖⁴vᵀΣv)",
            "R_descent @ R_descent.T - R @ R.T + 2 * s * t * (v @ w.T @ w @ v.T @ S)"
            " - s**2 * (v @ w.T @ E @ X @ X.T @ E.T @ w @ v.T)"
            " - s**2 * t**2 * (v @ w.T @ w @ v.T @ S @ v @ w.T @ w @ v.T)",
            "trace",
        ),
        Step(
            "rank D = k: L changes by −t²(λ_a − λ_b) + t⁴λ_a",
            "R_turned @ R_turned.T - R @ R.T + t**2 * (a @ a.T @ S) - t**2 * (b @ b.T @ S) - t**4 "
            "* (a @ a.T @ S)",
            "trace",
        ),
        Step("ΣP = PΣP", "S @ P - P @ S @ P", backwards=("(DEX)ᵀ = (P·YXᵀG⁺X)ᵀ",)),
        Step("PΣ = ΣP", "P @ S - S @ P"),
    ],
)
"""What holds at every critical point (D, E), and how to descend from one that is no minimum.

X stands for BX, Gp for (XXᵀ)⁺, P for the projection onto the range of D, and W for D⁺.
"""

REALISED = Derivation(
    symbols={
        "U": ("m", "q"),
        "X": ("l", "d"),
        "Y": ("m", "d"),
        "Gp": ("l", "l"),
        "Lambda": ("q", "q"),
    },
    symmetric=frozenset({"Gp"}),
    definitions={"E": "U.T @ Y @ X.T @ Gp", "R": "U @ E @ X - Y"},
    assumptions={
        "XᵀG⁺G = Xᵀ": "X.T @ Gp @ X @ X.T - X.T",
        "UᵀU = I": "U.T @ U - 1",
        "ΣU = UΛ": "Y @ X.T @ Gp @ X @ Y.T @ U - U @ Lambda",
    },
    steps=[
        Step("the gradient in D vanishes", "R @ X.T @ E.T"),
        Step("the gradient in E vanishes", "U.T @ R @ X.T"),
    ],
)
"""Orthonormal eigenvectors U of Σ give a critical point (U, UᵀYXᵀG⁺)."""

ENCODER = Derivation(
    symbols={
        "D": ("m", "k"),
        "E": ("k", "l"),
        "X": ("l", "d"),
        "Y": ("m", "d"),
        "N": ("k", "k"),
        "Ginv": ("l", "l"),
    },
    symmetric=frozenset({"N", "Ginv"}),
    assumptions={
        "critical in E": "D.T @ D @ E @ X @ X.T - D.T @ Y @ X.T",
        "N = (DᵀD)⁻¹": "N @ D.T @ D - 1",
        "GG⁻¹ = I": "X @ X.T @ Ginv - 1",
    },
    steps=[
        Step(
            "NDᵀDEGG⁻¹ = NDᵀYXᵀG⁻¹", "N @ D.T @ D @ E @ X @ X.T @ Ginv - N @ D.T @ Y @ X.T @ Ginv"
        ),
        Step(
            "E = (DᵀD)⁻¹DᵀYXᵀG⁻¹",
            "E - N @ D.T @ Y @ X.T @ Ginv",
            backwards=("NDᵀDEGG⁻¹ = NDᵀYXᵀG⁻¹", "critical in E"),
        ),
        Step("DE = P·YXᵀG⁻¹", "D @ E - D @ N @ D.T @ Y @ X.T @ Ginv"),
    ],
)
"""The encoder at a critical point whose decoder D has full column rank.

X stands for BX, and N for (DᵀD)⁻¹.
"""

LOEWNER = Derivation(
    symbols={"Y": ("m", "d"), "Q": ("d", "d"), "Q_B": ("d", "d")},
    symmetric=frozenset({"Q", "Q_B"}),
    assumptions={
        "Q² = Q": "Q @ Q - Q",
        "Q_B² = Q_B": "Q_B @ Q_B - Q_B",
        "Q·Q_B = Q_B": "Q @ Q_B - Q_B",
    },
    steps=[
        Step(
            "Σ' − Σ(B) = ZZᵀ",
            "Y @ Q @ Y.T - Y @ Q_B @ Y.T - (Y @ Q - Y @ Q_B) @ (Y @ Q - Y @ Q_B).T",
        )
    ],
)
"""Σ(B) ≤ Σ' in the Loewner order.

Q and Q_B project onto the row spaces of X and of BX, Σ' = YQYᵀ, Σ(B) = YQ_BYᵀ, and Z = Y(Q − Q_B).
"""

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
        "U1ᵀU1 = I": "U1.T @ U1 - 1",
        "U1ᵀU2 = 0": "U1.T @ U2",
        "AJU1 = I": "A @ J @ U1 - 1",
    },
    steps=[
        Step(
            "‖X − U1·A·J·X‖² = ‖U2M2‖² + ‖A·J·U2M2‖²",
            "Z @ Z.T - U2 @ M2 @ M2.T @ U2.T - tail @ tail.T",
            "trace",
        )
    ],
)
"""The error of the approximation U1·(JU1)⁺·J·X of X.

X = U1·M1 + U2·M2 is cut after k singular values; A = (JU1)⁺, and JU1 has full column rank.
"""


def needs(derivation: Derivation, assumption: str) -> bool:
    """Whether the steps of a derivation are no longer derived without one of its assumptions.

    Examples
    --------
    >>> needs(RECONSTRUCTION, "rows of J")
    True
    """
    kept = {name: text for name, text in derivation.assumptions.items() if name != assumption}
    steps = [
        replace(step, backwards=tuple(name for name in step.backwards if name != assumption))
        for step in derivation.steps
    ]
    try:
        return not verify(replace(derivation, assumptions=kept, steps=steps).certificate())[0]
    except Underivable:
        return True


def proved(
    name: str,
    derivation: Derivation,
    bearing: Bearing,
    consequence: str,
    model: Callable[[Generator], Mapping[str, Any]] | None = None,
    partial: bool = False,
) -> Check:
    """The check that a derivation proves its goals.

    Parameters
    ----------
    name : str
        Name of the check.
    derivation : Derivation
        Its cofactors are found and verified when the check runs.
    bearing : Bearing
        What the proof shows about the claim.
    consequence : str
        A sentence that is added to the finding.
    model : callable, optional
        Makes random matrices that satisfy the assumptions, so that they are seen to be consistent.
    partial : bool, optional
        Whether the proof covers a part of the claim only.
    """

    def run(context: Context) -> Finding:
        certificate = derivation.certificate()
        valid, sentence = verify(certificate)
        detail = f"For matrices of every size: {sentence}."
        if model is not None:
            gap = largest_violation(certificate, model(context.rng))
            valid &= gap < 1e-9
            detail += (
                " The assumptions can be met: at a random instance they and the goals vanish to "
                f"{gap:.0e}."
            )
        steps = len(certificate["steps"])
        return Finding.of(
            valid,
            bearing,
            f"{detail} {consequence}",
            steps,
            certificate=certificate,
            scope="all sizes",
        )

    return Check(
        name,
        Grade.PROOF,
        "matrix identities with cofactors, expanded in noncommuting symbols",
        run,
        partial=partial,
    )


def model_of_critical_points(rng: Generator) -> dict[str, Any]:
    """Random matrices as ``CRITICAL_POINTS`` assumes them, with rank D = 1 < k = 2."""
    X, Y = rng.normal(size=(4, 7)), rng.normal(size=(5, 7))
    Gp = np.linalg.inv(X @ X.T)
    values, vectors = np.linalg.eigh(Y @ X.T @ Gp @ X @ Y.T)
    # D spans the eigenvector b of the second largest eigenvalue of Σ, so that a turn to a descends
    b, a, v = vectors[:, [-2]], vectors[:, [-1]], vectors[:, [-3]]
    gauge = rng.normal(size=(2, 2))
    D, E = (
        np.hstack([b, 0 * b]) @ gauge,
        np.linalg.inv(gauge) @ np.vstack([b.T @ Y @ X.T @ Gp, np.zeros((1, 4))]),
    )
    W = np.linalg.pinv(D)
    w = np.linalg.inv(gauge) @ np.array([[0.0], [1.0]])
    scalars = {"lambda_a": values[-1], "lambda_b": values[-2], "s": rng.normal(), "t": rng.normal()}
    return {
        "D": D,
        "E": E,
        "X": X,
        "Y": Y,
        "Gp": Gp,
        "P": D @ W,
        "W": W,
        "w": w,
        "v": v,
        "a": a,
        "b": b,
        **scalars,
    }


def largest_violation(certificate: Mapping[str, Any], model: Mapping[str, Any]) -> float:
    """The largest entry, in floating point, of assumptions and goals at given matrices."""
    names = {
        name: part if np.isscalar(part) else np.asarray(part).view(_Square)
        for name, part in model.items()
    }

    def value(text: str) -> Any:
        return eval(text, {"__builtins__": {}}, names)

    for name, text in certificate["definitions"].items():
        names[name] = value(text)
    parts = [value(text) for text in certificate["assumptions"].values()]
    parts += [
        np.trace(value(step["goal"])) if step["rule"] == "trace" else value(step["goal"])
        for step in certificate["steps"]
    ]
    return max(float(np.abs(part).max()) for part in parts)


class _Square(np.ndarray):
    """A matrix to which a number is added as that multiple of the identity."""

    def __add__(self, other: Any) -> Any:
        return super().__add__(
            np.multiply(other, np.eye(len(self))) if np.isscalar(other) else other
        )

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    __radd__ = __add__
