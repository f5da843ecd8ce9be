"""Derivations on the network with a trained B."""

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

__all__ = ["ELIMINATED", "HIDDEN", "SEPARATION", "TURNED"]

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

HIDDEN = Derivation(
    symbols={
        "D": ("m", "k"),
        "E": ("k", "l"),
        "B": ("l", "n"),
        "V": ("l", "n"),
        "X": ("n", "d"),
        "Y": ("m", "d"),
        "p": ("k", "1"),
        "h": ("l", "1"),
        "y": ("m", "1"),
        "z": ("k", "1"),
        "F": ("m", "j"),
        "W": ("j", "n"),
    },
    definitions={
        "S": "(D @ E @ B @ X - Y) @ X.T",
        "moved_D": "D + y @ p.T",
        "moved_E": "E + z @ h.T",
        "C": "X @ X.T",
        "M": "X @ Y.T @ Y @ X.T",
    },
    assumptions={
        "pᵀEB = 0": Assumption("p.T @ E @ B", DEFINITION),
        "hᵀB = 0": Assumption("h.T @ B", DEFINITION),
        "WCWᵀFᵀ = WXYᵀ": Assumption("W @ X @ X.T @ W.T @ F.T - W @ X @ Y.T", HYPOTHESIS),
        "Fᵀ(FWX − Y)Xᵀ = 0": Assumption("F.T @ F @ W @ X @ X.T - F.T @ Y @ X.T", EARLIER_STEP),
    },
    goals=[
        Goal("(D + ypᵀ)(E + zhᵀ)B = DEB", "moved_D @ moved_E @ B - D @ E @ B"),
        Goal(
            "of the slope along V, the part bilinear in y and z is tr y(pᵀz)(hᵀV)Sᵀ",
            "moved_D @ moved_E @ V @ S.T - D @ moved_E @ V @ S.T - moved_D @ E @ V @ S.T"
            " + D @ E @ V @ S.T - y @ p.T @ z @ h.T @ V @ S.T",
            "trace",
        ),
        Goal("WM = (WCWᵀ)(FᵀF)WC", "W @ M - W @ C @ W.T @ F.T @ F @ W @ C"),
    ],
    model=models.hidden(),
)
