"""Row spaces that a truncated butterfly can have: their dimension, form and symmetries."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import chain, combinations, pairwise
from random import Random
from typing import Any

import numpy as np
from flint import nmod_mat

from fjlt.types import Array
from landscape import reachable_dimension, row_classes
from landscape.planes.dimension import dimension_bound
from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Finding,
    Grade,
    Verdict,
)
from proofs_check.counts.butterfly_paths import path
from proofs_check.counts.output_orbits import first_sets, members

__all__ = ["CLAIM"]

PRIME = 2**61 - 1
"""Modulus of the random weights and of the ranks, a prime."""

Weights = list[list[list[Any]]]


def closed_form(n: int, b: int) -> int:
    """Dimension of the row spaces of two outputs whose lowest differing bit is b."""
    return n + n // 2**b - 4


def lowest_difference(r: int, s: int) -> int:
    """The lowest bit in which r and s differ."""
    return ((r ^ s) & -(r ^ s)).bit_length() - 1


def factorises(n: int, r: int, s: int) -> bool:
    """Whether the rows r and s of B have the form M·diag(u_β), compared as products of weights.

    B[r, c] is the product of the weights on the only path from input c to output r. With b the
    lowest differing bit and β = c >> b the block of c, it must split as M[r, β]·u[c]. Here u[c] is
    the product along the layers below b, which both outputs share, and M[r, β] is the product
    along the other layers, of which r and s use different weights.
    """
    b = lowest_difference(r, s)
    ways = {(t, c): path(n, t, c) for t in (r, s) for c in range(n)}
    # Below layer b the paths from c to both outputs coincide: this part is u[c].
    shared = all(ways[r, c][:b] == ways[s, c][:b] for c in range(n))
    # From layer b on a path depends on c only through its block: this part is M.
    blockwise = all(ways[t, c][b:] == ways[t, c >> b << b][b:] for t, c in ways)
    # The two rows of M have no weight in common.
    own = [
        {step for (t, _), steps in ways.items() if t == output for step in steps[b:]}
        for output in (r, s)
    ]
    return shared and blockwise and not own[0] & own[1]


def parameters(n: int, b: int) -> int:
    """Number of parameters of the row spaces of M·diag(u_β).

    The rows of M span a plane in N = n/2^b coordinates. u has N blocks of length 2^b, each up to
    scale, since a column of M can absorb the scale of its block.
    """
    N = n // 2**b
    # The dimension of Gr(2, N), and N projective spaces of dimension 2^b − 1.
    return 2 * (N - 2) + N * (2**b - 1)


def realisation(
    n: int, rows: Sequence[int], u: Sequence[Any], M: Sequence[Sequence[Any]]
) -> Weights:
    """Weights for which the outputs ``rows``, one or two, are M·diag(u_β).

    u must be 1 where the outputs share no layer.
    """
    b = lowest_difference(*rows) if len(rows) == 2 else 0
    weights = [[[Fraction(1), Fraction(1)] for _ in range(n)] for _ in range(n.bit_length() - 1)]
    # Layer 0 multiplies input c by u[c], on the edge that the paths to both outputs share.
    for c in range(n if b else 0):
        layer, node, crossed = path(n, rows[0], c)[0]
        weights[layer][node][crossed] = u[c]
    # In layer b the paths to the two outputs part: this edge takes M, and all others stay 1.
    for row, values in zip(rows, M, strict=True):
        for block, value in enumerate(values):
            layer, node, crossed = path(n, row, block << b)[b]
            weights[layer][node][crossed] = value
    return weights


def outputs(weights: Weights, rows: Sequence[int]) -> list[list[Any]]:
    """The kept rows of B: every unit row is multiplied by the layers, the last layer first."""
    found = []
    for r in rows:
        row = {r: Fraction(1)}
        for i, layer in reversed([*enumerate(weights)]):
            through: dict[int, Any] = {}
            for j, entry in row.items():
                for c, weight in zip((j, j ^ 1 << i), layer[j], strict=True):
                    through[c] = through.get(c, 0) + entry * weight
            row = through
        found.append([row.get(c, 0) for c in range(len(weights[0]))])
    return found


def random_point(n: int, l: int, k: int, rng: Random) -> tuple[Weights, list[list[int]]]:
    """Random weights and a random encoder E of shape (k, l), modulo the prime."""
    weights = [
        [[rng.randrange(PRIME) for _ in range(2)] for _ in range(n)]
        for _ in range(n.bit_length() - 1)
    ]
    return weights, [[rng.randrange(PRIME) for _ in range(l)] for _ in range(k)]


def dense_dimension(
    rows: Sequence[int],
    point: tuple[Weights, list[list[int]]],
    bits: Sequence[int] | None = None,
    tied: bool = False,
) -> int:
    """Dimension of the row spaces of EB: the rank of a derivative at a point, less k².

    The derivative is that of (E, weights) ↦ EB, modulo the prime. The k² motions E ↦ CE with an
    invertible C change EB, but not its row space.

    The result is at most the dimension. A minor of the derivative is a polynomial with integer
    coefficients in the weights; where it is not zero modulo a prime at one point, it is not the
    zero polynomial, so the generic rank is no smaller.

    Parameters
    ----------
    rows : sequence of int
        The kept outputs.
    point : tuple
        The weights and the encoder.
    bits : sequence of int, optional
        The bit that each layer mixes; 0, 1, … by default.
    tied : bool, optional
        Whether every layer has the weights of the first.
    """
    weights, encoder = point
    n, p, (k, l) = len(weights[0]), len(weights), np.shape(encoder)
    bits = range(p) if bits is None else bits
    layers = [_layer(weights[0 if tied else i], bit) for i, bit in enumerate(bits)]
    # below[i] is the product of the layers before layer i; ``above`` is E times those after it.
    below = [nmod_mat(n, n, np.eye(n, dtype=int).ravel().tolist(), PRIME)]
    for layer in layers:
        below.append(layer * below[-1])
    products = [_integers(matrix) for matrix in below]
    choice = np.zeros((k, n), dtype=object)
    choice[:, list(rows)] = encoder
    above = nmod_mat(k, n, choice.ravel().tolist(), PRIME)
    derivative = np.zeros((p, n, 2, k, n), dtype=object)
    for i in reversed(range(p)):
        columns = _integers(above).T
        for b in range(2):
            # A weight leads from one node to another: its derivative is a matrix of rank one.
            nodes = np.arange(n) ^ (b << bits[i])
            derivative[i, :, b] = columns[:, :, None] * products[i][nodes, None, :]
        above = above * layers[i]
    by_weight = derivative.sum(axis=0) if tied else derivative
    # EB is linear in E: the entry E[t, i] adds row i of B to row t.
    by_encoder = np.zeros((k, l, k, n), dtype=object)
    for t in range(k):
        by_encoder[t, :, t] = products[p][list(rows)]
    moves = np.concatenate([part.reshape(-1, k * n) for part in (by_weight, by_encoder)])
    # weights on no path to a kept output move nothing
    moves = moves[moves.any(axis=1)]
    return nmod_mat(len(moves), k * n, moves.ravel().tolist(), PRIME).rank() - k * k


def _integers(matrix: nmod_mat) -> Array:
    """The entries as integers below the prime."""
    entries = [int(entry) for entry in matrix.entries()]
    return np.array(entries, dtype=object).reshape(matrix.nrows(), matrix.ncols())


def _layer(weights: list[list[Any]], bit: int) -> nmod_mat:
    n = len(weights)
    matrix = nmod_mat(n, n, PRIME)
    for j, (straight, crossed) in enumerate(weights):
        matrix[j, j], matrix[j, j ^ 1 << bit] = straight, crossed
    return matrix


def _ranks(context: Context) -> Finding:
    rng, sizes = context.integers, [2**p for p in range(2, 8 if context.full else 7)]
    points, faults, cases = [], [], 0
    for n in sizes:
        for b in range(n.bit_length() - 1):
            r = rng.randrange(n)
            # s agrees with r below bit b, differs in bit b, and is random above.
            s = (r ^ 1 << b) & 2 ** (b + 1) - 1 | rng.randrange(n) >> b + 1 << b + 1
            point = random_point(n, 2, 2, rng)
            found = (
                reachable_dimension(n, (r, s), rng=rng.randrange(2**32)),
                dense_dimension((r, s), point),
            )
            full = found[0] == 2 * (n - 2)
            if not found[0] == found[1] == closed_form(n, b) or full != (b == 0):
                faults.append(
                    f"n = {n}, outputs {r} and {s}: {found[0]} and {found[1]}, not "
                    f"{closed_form(n, b)}"
                )
            if n <= 16:
                points.append(
                    {
                        "rows": [r, s],
                        "weights": point[0],
                        "encoder": point[1],
                        "dimension": found[1],
                    }
                )
            cases += 1
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or f"n = {sizes[0]}, …, {sizes[-1]}, every lowest differing bit b: at random points, "
        "modulo primes of 61 bits, the derivative of (E, weights) ↦ row space has rank n + n/2^b − "
        "4, by two computations. It is 2n − 4 if and only if b = 0. The rank modulo a prime at one "
        "point is a lower bound of the dimension.",
        cases,
        numbers={"n": sizes, "cases": cases},
        scope=f"n = {sizes[0]}, …, {sizes[-1]}, a pair of outputs for every b",
        certificate={
            "kind": "reachable-dimension",
            "prime": PRIME,
            "points": [
                {name: point[name] for name in ("rows", "weights", "encoder")} for point in points
            ],
            "dimensions": [point["dimension"] for point in points],
        },
    )


def _upper_bound(context: Context) -> Finding:
    sizes = [2**p for p in range(1, 7 if context.full else 6)]
    pairs = [(n, r, s) for n in sizes for r, s in combinations(range(n), 2)]
    faults = []
    for n, r, s in pairs:
        b = lowest_difference(r, s)
        if not factorises(n, r, s) or not parameters(n, b) == closed_form(n, b) == dimension_bound(
            n, (r, s)
        ):
            faults.append(f"n = {n}, outputs {r} and {s}")
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        f"All {len(pairs)} pairs of outputs, n = {sizes[0]}, …, {sizes[-1]}: as products of "
        "weights, B = M·diag(u_β). Here u holds the weights of the layers below b, which both "
        "outputs share; M, a 2 × N matrix with N = n/2^b, holds those of the other layers, which "
        "they do not share. A plane in N coordinates and N directions in blocks of length 2^b have "
        "2(N − 2) + N(2^b − 1) = n + n/2^b − 4 parameters, so the dimension is no larger."
        + (f" This fails for {'; '.join(faults[:5])}." if faults else ""),
        len(pairs),
        numbers={"n": sizes, "pairs": len(pairs)},
        scope=f"n <= {sizes[-1]}, the upper bound for every pair",
        certificate={"kind": "forms-of-pairs", "n": sizes, "pairs": len(pairs)},
    )


def _realised(context: Context) -> Finding:
    rng, faults, cases, zeros = context.integers, [], 0, 0
    sizes = [2**p for p in range(1, 6 if context.full else 5)]

    def vector(size: int) -> list[Fraction]:
        return [Fraction(rng.randrange(-3, 4), rng.randrange(1, 5)) for _ in range(size)]

    for n in sizes:
        wanted: list[tuple[tuple[int, ...], list[Fraction], list[list[Fraction]]]] = []
        for r in range(n):
            wanted.append(((r,), [Fraction(1)] * n, [vector(n)]))
        for r, s in combinations(range(n), 2):
            b = lowest_difference(r, s)
            N, u = n >> b, vector(n) if b else [Fraction(1)] * n
            # Siblings have N = 2; with M = I their rows are (u, 0) and (0, v).
            siblings = [[[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]]] if N == 2 else []
            wanted += [((r, s), u, M) for M in ([vector(N), vector(N)], *siblings)]
        for rows, u, M in wanted:
            block = n // len(M[0])
            form = [[row[c // block] * u[c] for c in range(n)] for row in M]
            if outputs(realisation(n, rows, u, M), rows) != form:
                faults.append(f"n = {n}, outputs {rows}")
            zeros += sum(entry == 0 for entry in (*u, *chain(*M)))
            cases += 1
    return Finding.of(
        not faults and zeros > 0,
        Bearing.SUPPORTS,
        f"n = {sizes[0]}, …, {sizes[-1]}: a random rational row for every single output and a "
        f"random rational form M·diag(u_β) for every pair, {cases} in all, with {zeros} entries "
        "zero. Each is reached by weights that are written down and multiplied out. For siblings "
        "and M = I the row spaces are the spans of (u, 0) and (0, v)."
        + (f" This fails for {'; '.join(faults[:5])}." if faults else ""),
        cases,
        numbers={"n": sizes, "cases": cases, "zeros": zeros},
        certificate={
            "kind": "realised-forms",
            "forms": [
                places_of_form(n, rows)
                for n in sizes
                if n <= 16
                for l in (1, 2)
                for rows in combinations(range(n), l)
            ],
        },
    )


def places_of_form(n: int, rows: tuple[int, ...]) -> dict[str, Any]:
    """Which weights ``realisation`` takes for the entries of u and of M, by putting in unknowns.

    The weight (i, j, side) has the number 2(ni + j) + side. An entry that it takes nowhere has −1.
    """
    b = lowest_difference(*rows) if len(rows) == 2 else 0
    u = [("u", c) for c in range(n)]
    M = [[("M", t, block) for block in range(n >> b)] for t in range(len(rows))]
    layers = enumerate(realisation(n, rows, u, M))
    place = {
        weight: 2 * (n * i + j) + side
        for i, layer in layers
        for j, pair in enumerate(layer)
        for side, weight in enumerate(pair)
    }
    return {
        "n": n,
        "rows": list(rows),
        "u": [place.get(unknown, -1) for unknown in u] if b else [],
        "M": [[place.get(unknown, -1) for unknown in row] for row in M],
    }


def _orbits(context: Context) -> Finding:
    sizes, agree, counts = [2, 4, 8, 16], True, []
    for n in sizes:
        numbers, orbit_sizes = np.unique(first_sets(n)[1:], return_counts=True)
        # An orbit is known by its first set; the empty set, number 0, is left out.
        walked = [
            (members(number, n), size)
            for number, size in zip(numbers.tolist(), orbit_sizes, strict=True)
        ]
        listed = [(c.rows, c.size) for l in range(1, n + 1) for c in row_classes(n, l)]
        agree &= sorted(walked) == sorted(listed)
        counts.append(len(walked))
    # A set is a pair of sets of half the size, one for each residue modulo 2, which can be
    # exchanged: m orbits of half the size, with the empty set, make m(m + 1)/2.
    pairs = all(1 + big == (1 + small) * (2 + small) // 2 for small, big in pairwise(counts))
    return Finding.of(
        agree and pairs,
        Bearing.SUPPORTS,
        "A walk through all 2^n sets of outputs by exchanges of two subtrees, n = "
        f"{', '.join(map(str, sizes))}, meets {', '.join(map(str, counts))} orbits of non-empty "
        "sets. With the empty set, these are the unordered pairs of the orbits of half the size. "
        "Their first sets and their sizes are those that the recursion on the tree lists.",
        sum(2**n - 1 for n in sizes),
        numbers={"n": sizes, "orbits": counts},
        certificate={"kind": "orbits", "n": sizes, "orbits": counts},
    )


def _every_set(context: Context) -> Finding:
    rng, faults, cases = context.integers, [], 0
    sizes = [2, 4, 8, 16] if context.full else [2, 4, 8]
    pairs, dominant, proved = [], [], []
    points, butterflies = [], dict[int, Weights]()
    for n in sizes:
        dimension = {
            (c.rows, k): reachable_dimension(n, c.rows, k)
            for l in range(1, n + 1)
            for c in row_classes(n, l)
            for k in range(1, l + 1)
        }
        for (rows, k), d in dimension.items():
            point = random_point(n, len(rows), k, rng)
            other = dense_dimension(rows, point)
            if n <= 8:
                # one butterfly of each size is enough
                butterflies.setdefault(n, point[0])
                points.append({"n": n, "rows": list(rows), "encoder": point[1]})
            bound = dimension_bound(n, rows, k)
            if not other == d <= bound:
                faults.append(f"n = {n}, outputs {rows}, k = {k}: {d} and {other}, at most {bound}")
        # The exchanges are symmetries of the network: every set has the dimension of its first set.
        for number, first in enumerate(first_sets(n).tolist()) if n <= 8 else ():
            rows = members(number, n)
            for k in range(1, len(rows) + 1):
                if reachable_dimension(n, rows, k, rng.randrange(2**32)) != dimension.get(
                    (members(first, n), k)
                ):
                    faults.append(f"n = {n}, outputs {rows}, k = {k}: not as {members(first, n)}")
                cases += 1
        pairs.append(len(dimension))
        dominant.append(sum(d == k * (n - k) for (_, k), d in dimension.items()))
        proved.append(sum(d == dimension_bound(n, rows, k) for (rows, k), d in dimension.items()))
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or f"n = {', '.join(map(str, sizes))}: of {', '.join(map(str, pairs))} pairs (orbit, k) "
        f"{', '.join(map(str, dominant))} reach k-planes of full dimension. Two computations of "
        f"the rank agree at every pair; {', '.join(map(str, proved))} are proved, as they equal an "
        "upper bound from counting parameters. All sets of an orbit have the same dimension, in "
        f"{cases} cases with n <= 8.",
        cases + sum(pairs),
        numbers={"n": sizes, "pairs": pairs, "dominant": dominant, "proved": proved},
        certificate={
            "kind": "dimensions-of-all-sets",
            "weights": list(butterflies.values()),
            "points": points,
            "pairs": pairs[:3],
            "dominant": dominant[:3],
            "proved": proved[:3],
        },
    )


def _highest_bit(context: Context) -> bool:
    return any(
        closed_form(8, (r ^ s).bit_length() - 1) != reachable_dimension(8, (r, s))
        for r, s in combinations(range(8), 2)
    )


def _one_more(context: Context) -> bool:
    return all(
        dense_dimension((0, 1 << b), random_point(8, 2, 2, context.integers))
        != closed_form(8, b) + 1
        for b in range(3)
    )


def _one_layer_twice(context: Context) -> bool:
    point = random_point(8, 2, 2, context.integers)
    return (
        dense_dimension((0, 1), point)
        == closed_form(8, 0)
        != dense_dimension((0, 1), point, bits=(0, 1, 1))
    )


def _tied(context: Context) -> bool:
    point = random_point(8, 4, 4, context.integers)
    return (
        dense_dimension(range(4), point, tied=True)
        < dense_dimension(range(4), point)
        == dimension_bound(8, range(4))
    )


CLAIM = Claim(
    id="reachable",
    title="Row spaces that a truncated butterfly can have",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"For two kept outputs whose lowest differing bit is $b$, the reachable row spaces "
    r"have dimension $n + n/2^b - 4$ of $2n - 4$: full if and only if $b = 0$. Siblings, which "
    r"differ in the top bit only, reach exactly the spans of $(u, 0)$ and $(0, v)$, $u, v \in "
    r"\mathbb{R}^{n/2}$. A single output reaches every row. Under the automorphisms of the binary "
    r"tree of residues, which leave the dimension as it is, the non-empty sets of outputs form $2, "
    r"5, 20, 230$ orbits for $n = 2, 4, 8, 16$.",
    expected=Verdict.HOLDS,
    depends_on=("definition-3.1",),
    checks=(
        Check(
            "ranks",
            Grade.EXACT,
            "rank of the derivative modulo random primes, by two computations",
            _ranks,
        ),
        Check(
            "upper bound",
            Grade.EXACT,
            "every pair of outputs, B factorised as products of weights",
            _upper_bound,
        ),
        Check(
            "realised",
            Grade.EXACT,
            "weights for given rational rows, multiplied out",
            _realised,
            partial=True,
        ),
        Check("orbits", Grade.EXACT, "all 2^n sets of outputs, n <= 16", _orbits, partial=True),
        Check(
            "every set",
            Grade.EXACT,
            "ranks for every orbit and k, bounds by counting",
            _every_set,
            partial=True,
        ),
    ),
    controls=(
        Control("the highest differing bit in place of the lowest", _highest_bit),
        Control("one layer applied twice in place of its successor", _one_layer_twice),
        Control("all layers with the same weights", _tied),
        Control("n + n/2^b − 3, one dimension more", _one_more),
    ),
)
