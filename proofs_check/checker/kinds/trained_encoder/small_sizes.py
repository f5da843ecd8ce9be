"""Recheck numbers of critical points for two outputs, and for all outputs of one parity.

The makers add up residues at fixed points of a torus. Here the same Euler characteristics are
residues of rational functions in one or two Chern roots, in which every block of inputs gives one
factor.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import combinations, product
from math import comb, factorial, prod
from typing import Any

from proofs_check.checker.arithmetic.reachable_rank import dimension
from proofs_check.checker.bounded import Refused, integer

__all__ = ["by_residues"]

MAX_INPUTS, MAX_VECTORS = 16, 8

Series = dict[tuple[int, ...], int]
"""A Laurent polynomial or series: its coefficients by exponents."""


def by_residues(certificate: dict[str, Any], inputs: int, vectors: int) -> tuple[bool, str]:
    """Whether the numbers are right for every class of two outputs, and for spans of vectors.

    Parameters
    ----------
    certificate : dict
        "pairs", entries [n, output, output, dimension, number] for n = 2, 4, … up to ``inputs`` and
        each lowest bit in which two outputs differ; "vectors", entries [m, number] for m = 1, …,
        ``vectors`` vectors of length 2, which span the rows of all outputs of one parity of 2m.
    inputs, vectors : int
    """
    integer(inputs, 2, MAX_INPUTS, "the number of inputs")
    integer(vectors, 1, MAX_VECTORS, "the number of vectors")
    sizes = [2**i for i in range(1, inputs.bit_length())]
    needed = [[n, 2**b] for n in sizes for b in range(n.bit_length() - 1)]
    valid = [[n, (a ^ b) & -(a ^ b)] for n, a, b, *_ in certificate["pairs"] if a < n > b] == needed
    for (n, block), (_, a, b, of_planes, count) in zip(needed, certificate["pairs"], strict=True):
        valid &= of_planes == dimension(n, [a, b], 2)[0]
        valid &= count == _two_outputs(block, n // block)
    if [m for m, _ in certificate["vectors"]] != [*range(1, vectors + 1)]:
        raise Refused(f"the numbers of vectors are not 1 to {vectors}")
    planes = [_planes(m) for m in range(vectors + 1)]
    for m, count in certificate["vectors"]:
        valid &= count == _spans_of_pairs(m, planes)
    total = len(needed) + len(certificate["vectors"])
    return valid, f"{total} numbers of critical points, by residues in the Chern roots"


def _two_outputs(block: int, m: int) -> int:
    """The number for the 2-planes V in spans of m vectors, one in each of m blocks of inputs.

    Blocks of one input hold all planes. Otherwise V is one point of the pairs (V, hyperplanes H_i
    of V on which block i vanishes): maps V/H_i → C^block, up to GL(V). So the integral over it is
    half the residue, at the Chern roots x = y = 0 of V*, of a product: for V, −(x − y)²/(1 − (x −
    y)²); and for each block the sum of ((1 + x)/x)^block·(1 + y − x)/(y − x) and the same with x
    and y exchanged.
    """
    if block == 1:
        return comb(m, 2)
    size, s = block * m, block
    # (xy)^block times the factor of a block, times y − x
    above: Series = {}
    for t in range(s + 1):
        for i, j, sign in ((t, s, 1), (t, s + 1, 1), (t + 1, s, -1)):
            for powers, c in (((i, j), sign * comb(s, t)), ((j, i), -sign * comb(s, t))):
                above[powers] = above.get(powers, 0) + c
    factor: Series = {}
    # f/(y − x), from the highest power of y on
    for j in range(2 * s + 1, 0, -1):
        for i in range(2 * s + 1):
            if c := above.pop((i, j), 0):
                factor[i, j - 1] = c
                above[i + 1, j - 1] = above.get((i + 1, j - 1), 0) + c
    power: Series = {(0, 0): 1}
    for _ in range(m):
        power = _product(power, factor, size)
    # r = (1 + x + y + 4xy)/((1 + 2x)(1 + 2y)(1 + x + y)), twice, and the factor of V
    r: Series = {(0, 0): 1, (1, 0): 1, (0, 1): 1, (1, 1): 4}
    rest = _product(_product({(2, 0): -1, (1, 1): 2, (0, 2): -1}, r, size), r, size)
    for a, b in [(2, 0), (0, 2), (1, 1)] * 2 + [(1, -1), (-1, 1)]:
        rest = _over(rest, a, b, size)
    found = sum(c * rest[size - 1 - i, size - 1 - j] for (i, j), c in power.items())
    return (-1) ** (m * (block + 1)) * found // 2


def _product(f: Series, g: Series, size: int) -> Series:
    """f·g up to exponents below ``size``."""
    total: Series = {}
    for ((i, j), a), ((k, l), b) in product(f.items(), g.items()):
        if i + k < size and j + l < size:
            total[i + k, j + l] = total.get((i + k, j + l), 0) + a * b
    return total


def _over(f: Series, a: int, b: int, size: int) -> Series:
    """f/(1 + ax + by) up to exponents below ``size``."""
    total: Series = {}
    for i, j in product(range(size), repeat=2):
        earlier = a * total.get((i - 1, j), 0) + b * total.get((i, j - 1), 0)
        total[i, j] = f.get((i, j), 0) - earlier
    return total


def _spans_of_pairs(m: int, planes: list[int]) -> int:
    """The number for spans of m vectors of length 2.

    χ(det K ≠ 0, det L ≠ 0) is the sum of (−1)^(r + s) times χ of the triples of a point, an r-plane
    in ker K and an s-plane in ker L. Over the line of each vector, with h² = 0, the integral of
    c(T) and of the classes of these planes is 2 + Σ 2/(y(1 + y)), over the Chern roots y of both
    duals. What is left of r- and s-planes does not mix: see ``_planes``, whose values are given.
    """
    total = sum(
        comb(m, j) * 2 ** (m - j) * comb(j, i) * planes[i] * planes[j - i]
        for j in range(m + 1)
        for i in range(j + 1)
    )
    return (-1) ** m * total


def _planes(m: int) -> int:
    """The sum over r of (−1)^r/r! times the residue of (Σ 2/(y(1 + y)))^m and a factor.

    The factor is a product over pairs of roots, see ``_pairs``. A form has an r-plane in its kernel
    under r(r + 1)/2 conditions; where these exceed m, the term is 0.
    """
    total, r = int(m == 0), 1
    while r * (r + 1) // 2 <= m:
        residue = 0
        pairs = _pairs(r, m)
        for orders in product(range(m + 1), repeat=r):
            if sum(orders) == m:
                ways = factorial(m) // prod(map(factorial, orders))
                residue += ways * _residue(pairs, orders)
        total += (-1) ** r * 2**m * residue // factorial(r)
        r += 1
    return total


def _residue(f: Series, orders: Iterable[int]) -> int:
    """The coefficient of 1/(y_1·y_2⋯) in f·Π (y(1 + y))^(−order)."""
    total = 0
    for powers, c in f.items():
        for power, order in zip(powers, orders, strict=True):
            left = order - 1 - power
            # of (1 + y)^(−order)
            c *= (-1) ** left * comb(order + left - 1, left) if left >= 0 and order else left == 0
        total += c
    return total


def _pairs(r: int, degree: int) -> Series:
    """Π −(y − z)²/(1 − (y − z)²)·(1 + y + z)/(y + z) over pairs of r roots, up to a degree.

    It belongs to the Grassmannian of r-planes and to the symmetric forms on them. Each pair is
    expanded for |y| > |z|.
    """
    series: Series = {(0,) * r: 1}
    for a, b in combinations(range(r), 2):
        total: Series = {}
        for powers, c in series.items():
            for (i, j), d in _pair(degree).items():
                new = [*powers]
                new[a], new[b] = new[a] + i, new[b] + j
                if sum(new) <= degree:
                    total[tuple(new)] = total.get(tuple(new), 0) + c * d
        series = total
    return series


@cache
def _pair(degree: int) -> Series:
    """The factor of one pair up to a degree, with powers of z that are enough for r roots."""
    total: Series = {}
    for u in range(1, degree // 2 + 2):
        for j, (k, l) in product(range(2 * u + 1), ((0, 0), (1, 0), (0, 1))):
            # a term of −(y − z)^(2u)·{1, y, z}, over y + z
            for t in range(2 * degree + 2):
                powers = 2 * u - j + k - 1 - t, j + l + t
                total[powers] = total.get(powers, 0) - (-1) ** (j + t) * comb(2 * u, j)
    return total
