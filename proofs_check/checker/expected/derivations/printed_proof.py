"""Derivations on the printed proof of Theorem 1."""

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

__all__ = ["FORM", "GAP", "KERNEL", "ORBIT"]

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
