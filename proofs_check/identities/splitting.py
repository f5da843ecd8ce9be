"""The Hessian at a critical point with B fixed, split into small blocks, for all sizes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from numpy.random import Generator

from fjlt.types import RealArray
from proofs_check.identities.derivation import Derivation, Step

__all__ = ["SPLITTING", "model_of_splitting"]


def _frame(names: Sequence[str]) -> dict[str, str]:
    """The assumptions that the columns of these matrices together are orthonormal."""
    return {
        f"{a}ᵀ{b} = {'I' if a == b else '0'}": f"{a}.T @ {b}" + (" - 1" if a == b else "")
        for a, b in combinations_with_replacement(names, 2)
    }


SPLITTING = Derivation(
    symbols={
        **{"U1": ("m", "q"), "U2": ("m", "s"), "U3": ("m", "a")},
        **{"V1": ("l", "q"), "V2": ("l", "s"), "V3": ("l", "b")},
        **{"J1": ("k", "q"), "J2": ("k", "t"), "J3": ("k", "e")},
        **{"T": ("a", "t"), "S": ("b", "e"), "L1": ("q", "q"), "L2": ("s", "s")},
        **{"X1": ("q", "k"), "X2": ("s", "k"), "X3": ("a", "k")},
        **{"Y1": ("k", "q"), "Y2": ("k", "s"), "Y3": ("k", "b")},
    },
    symmetric=frozenset({"L1", "L2"}),
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
        **_frame(["U1", "U2", "U3"]),
        **_frame(["V1", "V2", "V3"]),
        **_frame(["J1", "J2", "J3"]),
        "TᵀT = I": "T.T @ T - 1",
        "SᵀS = I": "S.T @ S - 1",
    },
    steps=[
        Step("the gradient in D vanishes", "R @ F.T"),
        Step("the gradient in F vanishes", "D.T @ R"),
        Step(
            "‖δD·F + D·δF‖² + 2⟨R, δD·δF⟩ is a sum over blocks",
            "moved @ moved.T + 2 * R @ dF.T @ dD.T"
            " - H11 @ H11.T - H13 @ H13.T - H31 @ H31.T - H33 @ H33.T"
            " - x1 @ x1.T - x3 @ x3.T - y1 @ y1.T - y2 @ y2.T + 2 * U2 @ X2 @ Y2 @ L2 @ U2.T",
            "trace",
        ),
    ],
)
"""The Hessian at a critical point of the class (I, t_D, t_E), as a sum of small forms.

U1, U2, U3 are bases of the chosen and of the other left singular vectors and of ker Aᵀ, V1, V2, V3
those on the right, and L1, L2 the singular values. J1, J2, J3 are the hidden units of I, and those
whose D is in ker Aᵀ (in the directions T) or whose F is in ker A (in the directions S). X and Y are
the coordinates of δD and δF.
"""


def model_of_splitting(rng: Generator) -> dict[str, Any]:
    """Random matrices as ``SPLITTING`` assumes them."""
    q, s, a, b, t, e, z = 3, 1, 4, 5, 2, 2, 1

    def frame(*sizes: int) -> list[RealArray]:
        Q = np.linalg.qr(rng.normal(size=(sum(sizes), sum(sizes))))[0]
        return np.split(Q, np.cumsum(sizes)[:-1], axis=1)

    (U1, U2, U3), (V1, V2, V3) = frame(q, s, a), frame(q, s, b)
    J1, J2, J3, _ = frame(q, t, e, z)
    k = q + t + e + z
    model = {"U1": U1, "U2": U2, "U3": U3, "V1": V1, "V2": V2, "V3": V3}
    model |= {"J1": J1, "J2": J2, "J3": J3, "T": frame(t, a - t)[0], "S": frame(e, b - e)[0]}
    model |= {"L1": np.diag(rng.uniform(1, 2, q)), "L2": np.diag(rng.uniform(1, 2, s))}
    for i, size in ((1, q), (2, s), (3, a)):
        model[f"X{i}"] = rng.normal(size=(size, k))
    for i, size in ((1, q), (2, s), (3, b)):
        model[f"Y{i}"] = rng.normal(size=(k, size))
    return model
