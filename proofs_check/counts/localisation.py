"""Smooth families of planes, given by the fixed points of a torus.

A torus acts on a smooth projective variety with isolated fixed points. By Bott's residue formula
the integral of a polynomial in the Chern classes of equivariant bundles is a sum over these points:
the polynomial in the weights of the torus on the fibres, over the product of the tangent weights.

References
----------
R. Bott, A residue formula for holomorphic vector fields, J. Differential Geom. 1 (1967).
G. Ellingsrud, S. A. Strømme, Bott's formula and enumerative geometry, J. Amer. Math. Soc. 9 (1996).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, product
from typing import NamedTuple, TypeVar

__all__ = [
    "Family",
    "FixedPoint",
    "Stratum",
    "grassmannian",
    "one_more",
    "planes_in_spans",
    "spans",
    "two_outputs",
]

T = TypeVar("T")


class FixedPoint(NamedTuple):
    """A fixed point of the torus.

    Attributes
    ----------
    space : tuple of int
        Weights of the plane V.
    tangent : tuple of int
        Weights of the tangent space of the variety.
    """

    space: tuple[int, ...]
    tangent: tuple[int, ...]


class Stratum(NamedTuple):
    """Points with one rank of the derivative of the map to planes; their dimension and the rank."""

    dimension: int
    rank: int


class Family(NamedTuple):
    """A smooth projective variety with a map to the k-planes V in C^n.

    At a general point the map is one-to-one, and its derivative is injective.

    Attributes
    ----------
    points : tuple of FixedPoint
    contracted : tuple of Stratum
        Where the derivative is not injective. Points with one image are among these, or are images
        of different points where it is.
    """

    points: tuple[FixedPoint, ...]
    contracted: tuple[Stratum, ...] = ()

    @property
    def k(self) -> int:
        """The dimension of the planes V."""
        return len(self.points[0].space)

    @property
    def dimension(self) -> int:
        """The dimension of the variety."""
        return len(self.points[0].tangent)


def grassmannian(n: int, k: int) -> Family:
    """The Grassmannian of all k-planes in C^n."""
    (ambient,) = _blocks([n])
    # the tangent space at V is Hom(V, C^n/V)
    return Family(
        tuple(
            FixedPoint(V, tuple(b - a for a in V for b in ambient if b not in V))
            for V in combinations(ambient, k)
        )
    )


def spans(*lengths: int) -> Family:
    """Spans of one vector in each of several coordinate blocks: a product of projective spaces.

    ``lengths`` are the sizes of the blocks.
    """
    return planes_in_spans(lengths, len(lengths))


def planes_in_spans(lengths: Sequence[int], k: int, small: bool = True) -> Family:
    """The k-planes in spans of vectors, one in each of several coordinate blocks.

    The components of V in a block of size N are a k × N matrix of rank at most 1. Where it
    vanishes, the planes have a singularity. It is resolved by a line that contains the image, or by
    a hyperplane of V on which the matrix vanishes.

    Parameters
    ----------
    lengths : sequence of int
        Sizes of the blocks.
    k : int
    small : bool
        Whether blocks with N > k have hyperplanes; otherwise all blocks have lines.

    Examples
    --------
    >>> planes_in_spans((1, 1, 3), 2).dimension, planes_in_spans((1, 1, 3), 2).contracted
    (4, (Stratum(dimension=1, rank=3),))
    >>> planes_in_spans((1, 1, 3), 2, small=False).contracted
    (Stratum(dimension=2, rank=2),)
    """
    blocks = _blocks(lengths)
    by_lines = [len(block) <= k or not small for block in blocks]
    points = []
    for taken in combinations(range(len(blocks)), k):
        for V in product(*(blocks[i] for i in taken)):
            own = [b - a for a, i in zip(V, taken, strict=True) for b in blocks[i] if b != a]
            free = [
                [*(_line(V, block) if lines else _hyperplane(V, block))]
                for i, (block, lines) in enumerate(zip(blocks, by_lines, strict=True))
                if i not in taken
            ]
            points += [FixedPoint(V, tuple(sum(chosen, own))) for chosen in product(*free)]
    dimension = len(points[0].tangent)
    # where a block vanishes: motions of its line or hyperplane that do not move V, codimension
    losses = [
        (N - 1 if lines else k - 1, N + k - 1) for N, lines in zip(lengths, by_lines, strict=True)
    ]
    strata = []
    for some in dict.fromkeys(_vanishing(losses, k)):
        kernel, codimension = map(sum, zip(*some, strict=True))
        strata += [Stratum(dimension - codimension + kernel, dimension - kernel)] * (kernel > 0)
    return Family(tuple(points), tuple(dict.fromkeys(strata)))


def two_outputs(n: int, first: int, second: int) -> Family:
    """The row spaces of two outputs of a butterfly of n inputs, k = 2.

    Let b be the lowest bit in which the outputs differ. They have the first b layers in common,
    which make a number of every 2^b inputs, with any coefficients, and no weight of the others.

    Examples
    --------
    >>> [two_outputs(8, *pair).dimension for pair in ((0, 1), (0, 2), (0, 4))]
    [12, 8, 6]
    """
    block = (first ^ second) & -(first ^ second)
    return planes_in_spans([block] * (n // block), 2)


def one_more(lengths: Sequence[int], k: int) -> Family:
    """Planes spanned by a k-plane V of ``planes_in_spans`` and one further vector of C^n.

    All blocks have lines; Λ is their sum. The derivative is not injective if V has no component in
    some blocks J, whose lines can move; if the new vector lies in Λ, and V can move in the plane;
    or if it lies in Λ and one block, and V can turn about its component in this block.

    Parameters
    ----------
    lengths : sequence of int
        Sizes of the blocks.
    k : int
        The dimension of V; that of the planes is k + 1.

    Examples
    --------
    >>> one_more((2, 2), 2).contracted
    (Stratum(dimension=2, rank=2),)
    """
    family, m = planes_in_spans(lengths, k, small=False), len(lengths)
    ambient = [weight for block in _blocks(lengths) for weight in block]
    points = []
    for V, tangent in family.points:
        others = [weight for weight in ambient if weight not in V]
        for new in others:
            moved = tuple(other - new for other in others if other != new)
            points.append(FixedPoint((*V, new), tangent + moved))
    dimension, strata = len(points[0].tangent), []
    for some in ((), *_vanishing(range(m), k)):
        kernel = sum(lengths[i] - 1 for i in some)
        inner = family.dimension - k * len(some)
        # dimension of the new lines, and of the motions of V that they allow
        choices = [(len(ambient) - k - 1, 0)] + [(m - k - 1, k)] * (m > k)
        choices += [(m - k + N - 2, int(i not in some)) for i, N in enumerate(lengths) if N > 1]
        strata += [
            Stratum(inner + lines, dimension - kernel - more)
            for lines, more in choices
            if kernel + more
        ]
    return Family(tuple(points), tuple(dict.fromkeys(strata)))


def _line(V: Sequence[int], block: Sequence[int]) -> Iterator[list[int]]:
    """The lines of a block without V: motions of the line, and of V into it."""
    for b in block:
        yield [other - b for other in block if other != b] + [b - c for c in V]


def _hyperplane(V: Sequence[int], block: Sequence[int]) -> Iterator[list[int]]:
    """The hyperplanes of V: motions of the rest of V into the block, and of the hyperplane in V."""
    for c in V:
        yield [b - c for b in block] + [c - h for h in V if h != c]


def _vanishing(blocks: Sequence[T], k: int) -> Iterator[tuple[T, ...]]:
    """The sets of blocks, not empty, in which a k-plane may have no component."""
    for size in range(1, len(blocks) - k + 1):
        yield from combinations(blocks, size)


def _weights(n: int) -> tuple[int, ...]:
    """Distinct weights, so that no tangent weight, which is a difference of two, vanishes.

    The results do not depend on them. Opposite ones make many terms of the series r vanish.
    """
    return tuple(range(-(n // 2), n - n // 2))


def _blocks(lengths: Sequence[int]) -> list[tuple[int, ...]]:
    """The weights of C^n, block by block."""
    weights = _weights(sum(lengths))
    ends = [sum(lengths[:i]) for i in range(len(lengths) + 1)]
    return [weights[first:stop] for first, stop in pairwise(ends)]
