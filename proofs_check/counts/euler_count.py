"""Numbers of critical points of the gain on families of planes, from Euler characteristics.

Let X be a smooth projective variety of dimension d with a map to the k-planes V in C^n. Let K and L
be general symmetric bilinear forms on C^n, restricted to V. The gain tr K⁻¹L has

    (−1)^d χ(det K ≠ 0, det L ≠ 0) = (−1)^d ∫ c(T)·r²

critical points on the part of X where det K ≠ 0, all simple; so has det L / det K where neither
vanishes. Here r is a series in the Chern roots x of V*: the sum over sets I of roots of (−1)^|I|
times

    Π (x_i + x_j)/(1 + x_i + x_j)  over i <= j in I, and over i in I, j not in I
    Π (1 + x_i − x_j)/(x_i − x_j)  over i in I, j not in I

For spans of k vectors of lengths N_1, …, N_k the counts have the generating function ρ², ρ being
r / Π(1 + a_i) at x_i = −a_i/(1 + a_i). The proofs are in ``docs/theory/critical-points.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import chain, combinations, combinations_with_replacement, product
from math import prod
from typing import Any

import numpy as np
from flint import fmpz_poly
from sympy import ZZ
from sympy.polys.fields import field

from fjlt.types import Array
from proofs_check.counts.localisation import Family

__all__ = [
    "critical_count",
    "regular_class",
    "regular_fraction",
    "signed_integral",
    "span_counts",
    "span_fraction",
    "span_numerator",
]

Terms = dict[tuple[int, ...], int]
"""A polynomial: its coefficients by exponents."""


def critical_count(family: Family) -> int:
    """The number of complex critical points of the gain on a family, for general data.

    They are counted as planes, where the map to the planes is an immersion. Other points, in sets
    that the map contracts, are critical for no general data if each such set has a dimension below
    the rank of the map there.

    Parameters
    ----------
    family : localisation.Family

    Raises
    ------
    ValueError
        If the map contracts too much.

    Examples
    --------
    >>> from proofs_check.counts.localisation import grassmannian, one_more, spans
    >>> [critical_count(family) for family in (spans(2, 2), spans(2, 2, 2), grassmannian(5, 3))]
    [12, 72, 10]
    >>> critical_count(one_more((2, 2), 2))
    Traceback (most recent call last):
        ...
    ValueError: the map to the planes has rank 2 on a set of dimension 2, which must be below it
    """
    for dimension, rank in family.contracted:
        if dimension >= rank:
            raise ValueError(
                f"the map to the planes has rank {rank} on a set of dimension {dimension}, which "
                "must be below it"
            )
    return signed_integral(family)


def signed_integral(family: Family) -> int:
    """(−1)^d ∫ c(T)·r², as a sum over the fixed points.

    Raises
    ------
    ArithmeticError
        If the residues add up to no integer: some weights are wrong.
    """
    d, total = family.dimension, Fraction(0)
    squares: dict[tuple[int, ...], fmpz_poly] = {}
    for V, tangent in family.points:
        if V not in squares:
            r = fmpz_poly(regular_class([-weight for weight in V], d))
            squares[V] = r**2
        chern = prod((fmpz_poly([1, weight]) for weight in tangent), start=fmpz_poly([1]))
        total += Fraction(int((squares[V] * chern)[d]), prod(tangent))
    if total.denominator != 1:
        raise ArithmeticError(f"the residues add up to {total}, no integer")
    return (-1) ** d * int(total)


def regular_class(roots: Sequence[int], degree: int) -> list[int]:
    """The parts of r of degree 0, …, ``degree``, with different numbers for the roots of V*."""
    total, common = [0] * (degree + 1), prod(x - y for x, y in combinations(roots, 2))
    # a root opposite to itself or to another is in no I with a product other than 0
    free = [x for x in roots if all(x + y for y in roots)]
    for inside in chain.from_iterable(combinations(free, i) for i in range(len(free) + 1)):
        # there are so many more forms than motions
        first = len(inside) * (len(inside) + 1) // 2
        if first > degree:
            break
        outside = [x for x in roots if x not in inside]
        # forms that vanish on I, and motions of the plane of I
        forms = [x + y for x, y in combinations_with_replacement(inside, 2)]
        forms += [x + y for x, y in product(inside, outside)]
        motions = [x - y for x, y in product(inside, outside)]
        factor = (-1) ** len(inside) * prod(forms) * (common // prod(motions))
        for i, coefficient in enumerate(_product(motions, forms, degree - first)):
            total[first + i] += factor * coefficient
    # symmetric in the roots, so that the denominators cancel
    return [part // common for part in total]


def span_numerator(k: int) -> Terms:
    """The numerator of ρ for k vectors; its denominator is Π(1 − a_i)·Π_{i<j}(1 − a_i·a_j).

    Raises
    ------
    ArithmeticError
        If ρ has another denominator.

    Examples
    --------
    >>> span_numerator(2)
    {(1, 1): 3, (0, 0): 1}
    """
    F, *a = field([f"a{i}" for i in range(k)], ZZ)
    rho = span_fraction(a)
    rho *= prod((1 - t for t in a), start=F.one)
    rho *= prod((1 - s * t for s, t in combinations(a, 2)), start=F.one)
    if rho.denom != 1:
        raise ArithmeticError(f"a denominator {rho.denom} is left")
    return {powers: int(coefficient) for powers, coefficient in rho.numer.terms()}


def span_fraction(a: Sequence[Any]) -> Any:
    """ρ at elements of a field of rational functions."""
    one = a[0].field.one
    r = regular_fraction([-t / (1 + t) for t in a], one)
    return r / prod((1 + t for t in a), start=one)


def regular_fraction(roots: Sequence[Any], one: Any) -> Any:
    """The series r at elements of a field of rational functions, different from each other."""
    r = one - one
    for choice in product((False, True), repeat=len(roots)):
        inside = [x for x, chosen in zip(roots, choice, strict=True) if chosen]
        outside = [x for x, chosen in zip(roots, choice, strict=True) if not chosen]
        mixed = list(product(inside, outside))
        forms = [x + y for x, y in (*combinations_with_replacement(inside, 2), *mixed)]
        term = prod((x / (1 + x) for x in forms), start=one)
        motions = prod(((1 + x - y) / (x - y) for x, y in mixed), start=one)
        r += (-1) ** len(inside) * term * motions
    return r


def span_counts(numerator: Terms, size: int) -> Array:
    """The coefficients of ρ up to exponents below ``size``, from its numerator.

    Returns
    -------
    ndarray of int objects, shape (size, …, size)
    """
    k = len(next(iter(numerator)))
    series = np.zeros((size,) * k, dtype=object)
    for powers, coefficient in numerator.items():
        if max(powers) < size:
            series[powers] = coefficient
    for i in range(k):
        series = np.cumsum(series, axis=i)
    for pair in combinations(range(k), 2):
        # divided by 1 − a_i·a_j: a partial sum along the diagonals
        along = np.moveaxis(series, pair, (0, 1))
        for step in range(1, size):
            along[step, 1:] += along[step - 1, :-1]
    return series


def _product(above: Sequence[int], below: Sequence[int], degree: int) -> list[int]:
    """The coefficients of Π(1 + t·a) / Π(1 + t·b) up to t^degree."""
    series = [1] + [0] * degree
    for a in above:
        for i in range(degree, 0, -1):
            series[i] += a * series[i - 1]
    for b in below:
        for i in range(1, degree + 1):
            series[i] -= b * series[i - 1]
    return series
