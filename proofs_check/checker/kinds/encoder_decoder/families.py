"""Recompute small exact families: starts, encoders, signal matrices."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from itertools import product as choices
from typing import Any

from proofs_check.checker.arithmetic.rational_matrices import (
    Matrix,
    determinant,
    difference,
    inverse,
    matrix,
    product,
    projection,
    rank,
    squared_norm,
    transpose,
)
from proofs_check.checker.bounded import Refused, rational

__all__ = ["encoders", "fjlt_starts", "loewner_order"]


def fjlt_starts(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether every sign pattern of an FJLT, n = 4, outputs 0 and 2, has a loss below a bound.

    The loss ‖DEBX − X‖_F² is that with the best D and E; "losses" are its different values.
    """
    X, bound = matrix(certificate["X"], 4), rational(certificate["bound"])
    target, losses = product(X, transpose(X)), set()
    for signs in choices((1, -1), repeat=4):
        W = [[s * h * Fraction(1) for s, h in zip(signs, row, strict=True)] for row in _HADAMARD]
        # tr XXᵀ − tr (WXXᵀWᵀ)⁻¹W(XXᵀ)²Wᵀ
        seen = product(W, target)
        gain = product(inverse(product(seen, transpose(W))), product(seen, transpose(seen)))
        losses.add(_trace(target) - _trace(gain))
    valid = sorted(losses) == [rational(loss) for loss in certificate["losses"]]
    return valid and max(losses) < bound, f"16 sign patterns, of loss below {bound}"


_HADAMARD = ((1, 1, 1, 1), (1, 1, -1, -1))


def encoders(certificate: dict[str, Any], critical: bool = True) -> tuple[bool, str]:
    """Whether D̃Ẽ = DE = P·YXᵀG⁻¹ at points where the gradient in E vanishes.

    P projects onto the range of D, spanned by the independent columns D̃; G = XXᵀ, where X stands
    for BX. Since D̃ has full column rank, this is Ẽ = (D̃ᵀD̃)⁻¹D̃ᵀYXᵀG⁻¹.

    Parameters
    ----------
    certificate : dict
        "points", each with "D", "E", "X" and "Y".
    critical : bool, optional
        Whether the gradient in D must vanish at all points, some of them with rank D below the
        number of columns; otherwise it must not vanish at some point.
    """
    valid, special = bool(certificate["points"]), 0
    for point in certificate["points"]:
        D, E, X, Y = (matrix(point[name]) for name in ("D", "E", "X", "Y"))
        residual = difference(product(D, product(E, X)), Y)
        in_E = product(product(transpose(D), residual), transpose(X))
        in_D = product(residual, transpose(product(E, X)))
        valid &= squared_norm(in_E) == 0
        if critical:
            valid &= squared_norm(in_D) == 0
            special += rank(D) < len(E)
        else:
            special += squared_norm(in_D) != 0
        solution = product(product(Y, transpose(X)), inverse(product(X, transpose(X))))
        valid &= product(D, E) == product(projection(D), solution)
    return valid and special > 0, f"the encoder at {len(certificate['points'])} rational points"


def loewner_order(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether Σ' − Σ(B) has no negative eigenvalue for each problem, and is not always zero.

    All principal minors are non-negative. Σ' = YXᵀ(XXᵀ)⁻¹XYᵀ, and Σ(B) is the same with BX for X.
    """
    valid, strict = bool(certificate["problems"]), 0
    for problem in certificate["problems"]:
        X, Y, B = (matrix(problem[name], 8) for name in ("X", "Y", "B"))
        if rank(B) < len(B) or len(B) >= len(X):
            raise Refused("B has not fewer rows than X, all independent")
        gap = difference(_signal(X, Y), _signal(product(B, X), Y))
        minors = [
            determinant([[gap[i][j] for j in kept] for i in kept])
            for size in range(1, len(gap) + 1)
            for kept in combinations(range(len(gap)), size)
        ]
        valid &= min(minors) >= 0
        strict += squared_norm(gap) > 0
    return valid and strict > 0, f"{len(certificate['problems'])} rational problems, by minors"


def _signal(X: Matrix, Y: Matrix) -> Matrix:
    cross = product(Y, transpose(X))
    return product(product(cross, inverse(product(X, transpose(X)))), transpose(cross))


def _trace(a: Matrix) -> Fraction:
    return sum((row[i] for i, row in enumerate(a)), Fraction(0))
