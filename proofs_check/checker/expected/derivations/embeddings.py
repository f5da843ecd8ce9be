"""Derivations on embeddings, and on what a sketch loses."""

from __future__ import annotations

from proofs_check.checker.expectation import DEFINITION, HYPOTHESIS, Assumption, Derivation, Goal
from proofs_check.checker.expected import models

__all__ = [
    "BEST_CORE",
    "MULTIPLE",
    "NEAREST",
    "RANGE",
    "RECONSTRUCTION",
    "SPIKED",
    "STRUCTURAL",
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

BEST_CORE = Derivation(
    symbols={"W": ("m", "n"), "M": ("m", "n"), "P": ("m", "m"), "Q": ("n", "n")},
    symmetric=["P", "Q"],
    assumptions={
        "P² = P": Assumption("P @ P - P", DEFINITION),
        "Q² = Q": Assumption("Q @ Q - Q", DEFINITION),
        "PM = M": Assumption("P @ M - M", DEFINITION),
        "MQ = M": Assumption("M @ Q - M", DEFINITION),
    },
    goals=[
        Goal(
            "‖W − M‖² = ‖W‖² − ‖PWQ‖² + ‖PWQ − M‖²",
            (
                "(W - M) @ (W - M).T - W @ W.T + P @ W @ Q @ W.T @ P"
                " - (P @ W @ Q - M) @ (P @ W @ Q - M).T"
            ),
            "trace",
        ),
    ],
    model=models.best_core(),
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
