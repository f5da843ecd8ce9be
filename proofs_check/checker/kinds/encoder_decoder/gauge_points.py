"""Recheck isolated critical points, and lines of them, in the gauge QD = I with B fixed.

The loss is ‖DF − A‖² with A = diag(r, …, 1) of shape (m, l), the rest zero, and Q = [I R].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from itertools import product as choices
from math import comb
from typing import Any

from proofs_check.checker.arithmetic.rational_matrices import (
    Matrix,
    determinant,
    difference,
    inverse,
    matrix,
    multiple,
    product,
)
from proofs_check.checker.arithmetic.symmetric_elimination import inertia, sparse
from proofs_check.checker.bounded import Refused, integer
from proofs_check.checker.kinds.encoder_decoder.networks import hessian, is_critical, require

__all__ = ["isolated", "lines"]

MAX_SIZE = 8

Shape = tuple[int, int, int, int]
"""(m, l, r, k)."""


def isolated(
    certificate: dict[str, Any], shapes: Sequence[Shape] | int, all_solutions: bool = False
) -> tuple[bool, str]:
    """Whether these choices of k eigenvectors of AAᵀ, and no others, are isolated critical points.

    A point is regular, so isolated and simple, if the kernel of its Hessian has dimension k²: then
    it holds the directions of the gauge alone, and QδD = 0 leaves none of them. A choice that is
    not regular takes a part of a kernel of Aᵀ of dimension 2 or more.

    For m <= r + 1 there are no other solutions, complex ones included. Let Dᵀ(DF − A) = 0 and
    (DF − A)Fᵀ = 0, where QD = I. If DᵀDw = 0, then v = Dw has vᵀA = wᵀDᵀDF = 0 and vᵀv = 0. Since
    ker Aᵀ is spanned by one real vector at most, v = 0, and w = QDw = 0. So DᵀD is invertible,
    F = (DᵀD)⁻¹DᵀA, and P = D(DᵀD)⁻¹Dᵀ has PSP = SP for S = AAᵀ. The transpose of this is PSP = PS,
    so that P commutes with S. The eigenvalues of S are distinct: P is diagonal, with entries 0 and
    1, and the range of D is spanned by k eigenvectors. QD = I fixes D in this range.

    Parameters
    ----------
    certificate : dict
        "problems", each with "shape", "R" and "regular", the regular choices, from 0 on; and
        "shapes", "regular" and "singular", how many there are of each in all.
    shapes : sequence of Shape, or int
        The shapes that must occur; more may. A number stands for all with k < m up to it, l below
        it and every rank r.
    all_solutions : bool, optional
        Whether m <= r + 1 must hold, so that these are all solutions.
    """
    missing = set(_every_shape(shapes) if isinstance(shapes, int) else shapes)
    seen: set[Shape] = set()
    regular = singular = 0
    for entry in certificate["problems"]:
        shape, Q = _instance(entry)
        m, l, r, k = shape
        require(shape not in seen, f"the shape {shape} occurs twice")
        require(not all_solutions or m <= r + 1, f"m > r + 1 for {shape}")
        A = _data(shape)
        found, fixed = [], (sparse(multiple(Fraction(1), l)), sparse(A))
        for chosen in combinations(range(m), k):
            # Q is generic: there is a gauge for every choice of eigenvectors
            require(
                determinant([[row[j] for j in chosen] for row in Q]) != 0, f"{shape}: Q is special"
            )
            U = [[Fraction(int(i == j)) for j in chosen] for i in range(m)]
            F = [A[j] for j in chosen]
            require(_is_critical(U, F, A), f"{shape}, {chosen}: a gradient is not zero")
            in_kernel = sum(j >= r for j in chosen)
            if inertia(hessian(sparse(U), sparse(F), *fixed))[1] == k * k:
                found.append(list(chosen))
            else:
                require(0 < in_kernel < m - r, f"{shape}, {chosen}: this should be regular")
        count = comb(r, k) + (comb(r, k - m + r) if 0 < m - r <= k else 0)
        require(entry["regular"] == found, f"the regular choices for {shape} are {found}")
        require(len(found) == count, f"{len(found)} regular choices for {shape}, not {count}")
        seen.add(shape)
        regular += len(found)
        singular += comb(m, k) - len(found)
    require(missing <= seen, f"{len(missing - seen)} shapes are missing")
    numbers = [certificate[name] for name in ("shapes", "regular", "singular")]
    valid = numbers == [len(seen), regular, singular] and regular > 0
    return valid, f"{regular} isolated critical points in {len(seen)} shapes"


def lines(certificate: dict[str, Any], shapes: Sequence[Shape]) -> tuple[bool, str]:
    """Whether (D + t·V, F) is critical for all t, and infinitely many points of it have QD = I.

    The gradients are polynomials in t of degree 2 at most, so that three values of t decide. The
    gauge brings the points to QD = I where Q(D + tV) is invertible, that is, for all but finitely
    many t. There D(t)(QD(t))⁻¹ is a rational function of t; it takes infinitely many values, since
    it takes two.

    Parameters
    ----------
    certificate : dict
        "problems", each with "shape", "R", "D", "V" and "F".
    shapes : sequence of Shape
        The shapes, in order; m >= r + 2.
    """
    found = []
    for entry in certificate["problems"]:
        shape, Q = _instance(entry)
        D, V, F = (matrix(entry[name], MAX_SIZE) for name in ("D", "V", "F"))
        A = _data(shape)
        require(len(F) == shape[-1], f"{shape}: F has {len(F)} rows")
        points = [difference(D, [[-t * x for x in row] for row in V]) for t in (0, 1, 2)]
        require(all(_is_critical(point, F, A) for point in points), f"{shape}: not critical")
        gauges = [product(Q, point) for point in points]
        require(determinant(gauges[0]) != 0, f"{shape}: QD has no inverse")
        placed = [
            product(point, inverse(gauge))
            for point, gauge in zip(points, gauges, strict=True)
            if determinant(gauge) != 0
        ]
        require(any(point != placed[0] for point in placed[1:]), f"{shape}: a single point")
        found.append(shape)
    valid = found == [tuple(shape) for shape in shapes] and bool(found)
    return valid, f"lines of critical points in {len(found)} shapes with m >= r + 2"


def _every_shape(largest: int) -> list[Shape]:
    """All (m, l, r, k) with k < m <= largest, l < largest and r <= m, l."""
    return [
        (m, l, r, k)
        for m, l, k in choices(range(1, largest + 1), range(1, largest), range(1, largest))
        for r in range(min(m, l) + 1)
        if k < m
    ]


def _instance(entry: Mapping[str, Any]) -> tuple[Shape, Matrix]:
    """The shape of a problem, and Q."""
    m, l, r, k = (integer(size, 0, MAX_SIZE, "a size") for size in entry["shape"])
    if not (0 < k < m and l > 0 and r <= min(m, l)):
        raise Refused(f"there is no problem of the shape {(m, l, r, k)}")
    R = matrix(entry["R"], MAX_SIZE)
    require((len(R), len(R[0])) == (k, m - k), f"R has not the shape {(k, m - k)}")
    return (m, l, r, k), [row + more for row, more in zip(multiple(Fraction(1), k), R, strict=True)]


def _data(shape: Shape) -> Matrix:
    """A = diag(r, …, 1) of shape (m, l)."""
    m, l, r, _ = shape
    return [[Fraction((r - i) * (i == j < r)) for j in range(l)] for i in range(m)]


def _is_critical(D: Matrix, F: Matrix, A: Matrix) -> bool:
    one = multiple(Fraction(1), len(A[0]))
    return is_critical(D, F, one, difference(product(D, F), A))
