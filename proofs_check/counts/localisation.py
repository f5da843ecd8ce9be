"""Euler characteristics of zero sets of general sections, from the fixed points of a torus (Bott's
residue formula)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import combinations, product
from math import prod
from typing import NamedTuple

__all__ = [
    "Family",
    "FixedPoint",
    "euler",
    "flagged",
    "grassmannian",
    "one_more",
    "planes_of_pairs",
    "spans",
]


class FixedPoint(NamedTuple):
    """A point that the torus fixes: weights of the space V there and of the tangent space;
    ``flag``, parts of V.

    The parts are nested: sets of indices into ``space``, the smallest first.
    """

    space: tuple[int, ...]
    tangent: tuple[int, ...]
    flag: tuple[frozenset[int], ...] = ()


class Family(NamedTuple):
    """A smooth projective variety of k-planes V in C^n: the weights of C^n, and the fixed
    points."""

    ambient: tuple[int, ...]
    points: tuple[FixedPoint, ...]

    @property
    def k(self) -> int:
        """Dimension of V."""
        return len(self.points[0].space)

    @property
    def dimension(self) -> int:
        """Dimension of the variety."""
        return len(self.points[0].tangent)


def euler(family: Family, bundle: Callable[[FixedPoint], Sequence[int]]) -> int:
    """χ of the zeros of a general section of a bundle that its sections generate, given by its
    weights.

    The integral of c_top(E)·c(T)/c(E) over the variety; exact.

    Examples
    --------
    >>> lines = grassmannian(4, 1)
    >>> [euler(lines, lambda at, m=m: [-2 * at.space[0]] * m) for m in range(4)]  # quadrics in P^3
    [4, 4, 0, 8]
    """
    total = Fraction(0)
    for point in family.points:
        weights = bundle(point)
        degree = len(point.tangent) - len(weights)
        if degree < 0:
            return 0
        total += Fraction(
            prod(weights) * _coefficient(point.tangent, weights, degree), prod(point.tangent)
        )
    if total.denominator != 1:
        raise ArithmeticError(f"the residues add up to {total}, no integer")
    return int(total)


def _coefficient(above: Iterable[int], below: Iterable[int], degree: int) -> int:
    """Of t^degree in Π(1 + t·a) / Π(1 + t·b)."""
    series = [1] + [0] * degree
    for a in above:
        for i in range(degree, 0, -1):
            series[i] += a * series[i - 1]
    for b in below:
        for i in range(1, degree + 1):
            series[i] -= b * series[i - 1]
    return series[degree]


def grassmannian(n: int, k: int) -> Family:
    """All k-planes in C^n."""
    ambient = _weights(n)
    return Family(ambient, tuple(_moving(chosen, ambient) for chosen in combinations(ambient, k)))


def spans(*lengths: int) -> Family:
    """Spans of vectors with disjoint supports of these lengths, one each."""
    ambient = _weights(sum(lengths))
    places = [range(sum(lengths[:i]), sum(lengths[: i + 1])) for i in range(len(lengths))]
    points = []
    for chosen in product(*places):
        tangent = [
            ambient[j] - ambient[i]
            for i, block in zip(chosen, places, strict=True)
            for j in block
            if j != i
        ]
        points.append(FixedPoint(tuple(ambient[i] for i in chosen), tuple(tangent)))
    return Family(ambient, tuple(points))


def planes_of_pairs(m: int, k: int) -> Family:
    """k-planes in the span of m vectors with disjoint supports of length two."""
    ambient, whole = _weights(2 * m), spans(*[2] * m)
    points = []
    for point in whole.points:
        for chosen in combinations(point.space, k):
            inner = _moving(chosen, point.space)
            points.append(inner._replace(tangent=inner.tangent + point.tangent))
    return Family(ambient, tuple(points))


def one_more(family: Family) -> Family:
    """The planes of a family with any further vector."""
    points = []
    for point in family.points:
        others = [weight for weight in family.ambient if weight not in point.space]
        for new in others:
            tangent = tuple(other - new for other in others if other != new)
            points.append(FixedPoint((*point.space, new), point.tangent + tangent))
    return Family(family.ambient, tuple(points))


def flagged(family: Family, *dimensions: int) -> Family:
    """Each V with a flag of subspaces of these increasing dimensions."""
    points = family.points
    for size in reversed(dimensions):
        points = tuple(
            FixedPoint(
                at.space,
                at.tangent
                + tuple(
                    at.space[j] - at.space[i] for i in part for j in _least(at) - frozenset(part)
                ),
                (frozenset(part), *at.flag),
            )
            for at in points
            for part in combinations(sorted(_least(at)), size)
        )
    return Family(family.ambient, points)


def _least(at: FixedPoint) -> frozenset[int]:
    return at.flag[0] if at.flag else frozenset(range(len(at.space)))


def _moving(chosen: Sequence[int], ambient: Sequence[int]) -> FixedPoint:
    """Tangent space Hom(V, C^n / V)."""
    tangent = [other - own for own in chosen for other in ambient if other not in chosen]
    return FixedPoint(tuple(chosen), tuple(tangent))


def _weights(n: int) -> tuple[int, ...]:
    """Different ones; which they are does not matter."""
    return tuple(2**i for i in range(n))
