"""Motions of the row space of EB that vanishing weights hide: those of networks with the same one.

Integer networks with many zeros, polynomial curves on which the row space stays, and the directions
in which the parameters at the ends of these curves move it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import gcd, prod
from typing import Any

from flint import fmpq, fmpq_mat
from numpy.random import Generator

from proofs_check.counts.butterfly_paths import path
from proofs_check.row_spaces.points import kernel

__all__ = [
    "Case",
    "Network",
    "Place",
    "Span",
    "held",
    "hidden",
    "kept",
    "leaving",
    "low",
    "motions",
    "spanning",
    "turned",
]

Place = tuple[Any, ...]
"""Of a parameter: ("E", row, column) or (layer, output, 0 or 1)."""

Curve = dict[Place, list[int]]
"""Parameters that move, with the coefficients of t, t², …"""

Case = tuple[int, tuple[int, ...], int]
"""Number of inputs, kept outputs, and k."""

DRAWS = 100
"""Curves that are tried for a network before the search gives up."""


@dataclass(frozen=True)
class Network:
    """E and the weights on paths to the kept outputs, in integers.

    Attributes
    ----------
    n, rows, k : int, tuple of int, int
        Number of inputs, kept outputs, rows of E.
    values : mapping from place to int
    """

    n: int
    rows: tuple[int, ...]
    k: int
    values: Mapping[Place, int]

    @classmethod
    def drawn(cls, case: Case, rng: Generator) -> Network:
        """Entries 0 with a probability of 0.4, otherwise −1, 1 or 2."""
        n, rows, k = case
        places: list[Place] = [("E", *place) for place in product(range(k), range(len(rows)))]
        places += sorted({edge for r in rows for c in range(n) for edge in path(n, r, c)})
        drawn = rng.choice([-1, 1, 2], len(places)) * (rng.random(len(places)) < 0.6)
        return cls(n, rows, k, dict(zip(places, map(int, drawn), strict=True)))

    def at(self, curve: Curve, t: int = 1) -> Network:
        """The network at t on a curve."""
        moved = {
            place: self.values[place] + sum(c * t ** (i + 1) for i, c in enumerate(coefficients))
            for place, coefficients in curve.items()
        }
        return Network(self.n, self.rows, self.k, {**self.values, **moved})

    @cached_property
    def B(self) -> fmpq_mat:
        """The rows of the butterfly."""
        n = self.n
        return fmpq_mat(
            [[prod(self.values[e] for e in path(n, r, c)) for c in range(n)] for r in self.rows]
        )

    @cached_property
    def E(self) -> fmpq_mat:
        """The encoder."""
        l = len(self.rows)
        return fmpq_mat([[self.values["E", a, s] for s in range(l)] for a in range(self.k)])

    @cached_property
    def W(self) -> fmpq_mat:
        """EB."""
        return self.E * self.B

    def bends(self) -> dict[Place, fmpq_mat]:
        """The derivative of B by each weight."""
        out: dict[Place, fmpq_mat] = {}
        for (s, r), c in product(enumerate(self.rows), range(self.n)):
            edges = path(self.n, r, c)
            for edge in edges:
                move = out.setdefault(edge, fmpq_mat(len(self.rows), self.n))
                move[s, c] += prod(self.values[other] for other in edges if other != edge)
        return out

    def moves(self) -> dict[Place, fmpq_mat]:
        """The derivative of EB by each entry of E and each weight."""
        out: dict[Place, fmpq_mat] = {edge: self.E * move for edge, move in self.bends().items()}
        for a, s in product(range(self.k), range(len(self.rows))):
            out["E", a, s] = fmpq_mat(self.k, self.n)
            for c in range(self.n):
                out["E", a, s][a, c] = self.B[s, c]
        return out

    def document(self) -> dict[str, Any]:
        """Outputs and weights for a certificate; weights on no path are 0."""
        p = self.n.bit_length() - 1
        weights = [[[0, 0] for _ in range(self.n)] for _ in range(p)]
        for (i, j, b), value in ((e, x) for e, x in self.values.items() if e[0] != "E"):
            weights[i][j][b] = value
        return {"rows": list(self.rows), "weights": weights}


@dataclass(frozen=True)
class Span:
    """A subspace of R^n, by a basis in echelon form.

    Attributes
    ----------
    basis : fmpq_mat, shape (r, n)
        The identity in the columns ``pivots``.
    pivots : list of int
    """

    basis: fmpq_mat
    pivots: list[int]

    @classmethod
    def of(cls, rows: fmpq_mat) -> Span:
        """The span of these rows."""
        reduced, r = rows.rref()
        basis = fmpq_mat(r, rows.ncols(), reduced.entries()[: r * rows.ncols()])
        return cls(basis, [next(c for c, x in enumerate(row) if x != 0) for row in basis.tolist()])

    def modulo(self, rows: fmpq_mat) -> list[fmpq]:
        """Vectors modulo the span, as their entries outside the pivots, one after the other."""
        rest = rows - self.part(rows) * self.basis
        return [x for row in rest.tolist() for c, x in enumerate(row) if c not in self.pivots]

    def part(self, rows: fmpq_mat) -> fmpq_mat:
        """The entries in the pivots: the coordinates, of vectors in the span."""
        kept = [row[c] for row in rows.tolist() for c in self.pivots]
        return fmpq_mat(rows.nrows(), len(self.pivots), kept)

    def contains(self, rows: fmpq_mat) -> bool:
        """Whether all these rows lie in the span."""
        return not any(self.modulo(rows))


def motions(network: Network, span: Span) -> dict[Place, list[fmpq]]:
    """How each parameter moves the row space of EB, which is the span.

    As vectors of k(n − k) entries, in the basis of the span at every network that has this row
    space.
    """
    inverse = span.part(network.W).inv()
    return {place: span.modulo(inverse * move) for place, move in network.moves().items()}


def hidden(network: Network, span: Span, outer: bool, rng: Generator) -> Curve:
    """A line on which the rows of EB, or those of B unless ``outer``, stay in a span.

    Parameters are let free one after the other, in random order or from the inputs on, as long as
    the rows stay where all free ones have random values.
    """
    places = [place for place in network.values if outer or place[0] != "E"]
    if rng.random() < 0.5:
        places = [places[i] for i in rng.permutation(len(places))]
    free: list[Place] = []
    for place in places:
        trial = {x: [int(rng.integers(1, 99))] for x in (*free, place)}
        end = network.at(trial)
        if span.contains(end.W if outer else end.B):
            free.append(place)
    return {place: [int(step)] for place in free if (step := rng.integers(-3, 4))}


def turned(network: Network, rng: Generator) -> Curve:
    """For n = 4, a curve on which the two nodes of a pair of inputs take over from each other.

    Let the nodes with the weights u and v enter EB by the columns αx and τx. Then αu + τv stays the
    same if v moves by αy, and τ by αε where a weight of the second layer moves εx into τx.
    """
    j = int(rng.integers(4))
    other = j ^ 1
    into = {j: fmpq_mat(network.k, 1), other: fmpq_mat(network.k, 1)}
    parallel = []
    for s, r in enumerate(network.rows):
        node = j if (r ^ j) & 1 == 0 else other
        edge, column = path(4, r, node)[1], _column(network.E, s)
        into[node] = into[node] + network.values[edge] * column
        if node == other:
            parallel.append((edge, column))
    x = [int(entry.p) for entry in into[j].entries()]
    alpha = gcd(*x)
    if not alpha or not parallel:
        return {}
    x = [entry // alpha for entry in x]
    tau = _multiple(into[other], x)
    if tau is None:
        return {}
    ratios = [(edge, _multiple(column, x)) for edge, column in parallel]
    # without such a weight τ stays as it is
    edge, epsilon = next(((e, a) for e, a in ratios if a), (parallel[0][0], 0))
    curve: Curve = {edge: [alpha]} if epsilon else {}
    # input c is read by the node c straight, and by the node c XOR 1 crossed
    for c in (j, other):
        y = int(rng.integers(1, 4))
        here, there = (0, j, int(c != j)), (0, other, int(c != other))
        v = network.values[there]
        curve[there] = [alpha * y]
        curve[here] = [-tau * y - epsilon * v, -alpha * epsilon * y]
    return curve


def _column(a: fmpq_mat, s: int) -> fmpq_mat:
    return fmpq_mat([[row[s]] for row in a.tolist()])


def _multiple(column: fmpq_mat, x: Sequence[int]) -> int | None:
    """The integer a with column = a·x, for primitive x; None if there is none."""
    entries = [int(entry.p) for entry in column.entries()]
    place = next(i for i, entry in enumerate(x) if entry)
    a = entries[place] // x[place]
    return a if entries == [a * entry for entry in x] else None


Found = list[tuple[Curve, list[Place]]]
"""Curves, and the parameters whose motions at their ends are new."""


def spanning(network: Network, rng: Generator, tries: int = DRAWS) -> tuple[int, Found]:
    """In how many directions a network and its hidden motions move the row space, and by which.

    Stops where they are k(n − k).
    """
    span, full = Span.of(network.W), network.k * (network.n - network.k)
    found: Found = []
    seen: list[list[fmpq]] = []
    for attempt in range(tries):
        curve: Curve = {}
        if attempt:
            turn = network.n == 4 and network.k > 1 and attempt % 3 == 0
            curve = turned(network, rng) if turn else hidden(network, span, True, rng)
        end = network.at(curve)
        if not kept(network, curve, span) or end.W.rank() < network.k:
            continue
        new = []
        for place, motion in motions(end, span).items():
            if fmpq_mat([*seen, motion]).rank() > len(seen):
                seen.append(motion)
                new.append(place)
        if new:
            found.append((curve, new))
        if len(seen) == full:
            break
    return len(seen), found


def kept(network: Network, curve: Curve, span: Span) -> bool:
    """Whether the rows of EB stay in a span on a curve.

    Their entries are polynomials in t: of the degree of the curve, times that of a product of an
    entry of E and the weights of a path.
    """
    degree = max(map(len, curve.values()), default=0) * network.n.bit_length()
    return all(span.contains(network.at(curve, t).W) for t in range(1, degree + 1))


def leaving(network: Network, rng: Generator, tries: int = DRAWS) -> tuple[Curve, Place] | None:
    """A line on which the rows of B keep their span, and a weight that ends that at t = 1.

    It moves a combination of rows that is 0 out of the span. None if none is found.
    """
    span = Span.of(network.B)
    for attempt in range(tries):
        curve = hidden(network, span, False, rng) if attempt else {}
        end = network.at(curve)
        if end.B.rank() < len(span.pivots) or not span.contains(end.B):
            continue
        # the combinations that are 0, in rows
        left = kernel(end.B.transpose())[0].transpose()
        for place, move in end.bends().items():
            if not span.contains(left * move):
                return curve, place
    return None


def held(case: Case, rng: Generator) -> Iterator[Network]:
    """Random networks with rank EB = k whose weights move the row space in less than k(n − k)."""
    n, _, k = case
    while True:
        network = Network.drawn(case, rng)
        if network.W.rank() == k:
            rows = [*motions(network, Span.of(network.W)).values()]
            if fmpq_mat(rows).rank() < k * (n - k):
                yield network


def low(case: Case, rng: Generator) -> Iterator[Network]:
    """Random networks with rank B < k."""
    while True:
        network = Network.drawn(case, rng)
        if network.B.rank() < case[2]:
            # E counts for nothing here
            yield replace(network, values={p: x for p, x in network.values.items() if p[0] != "E"})
