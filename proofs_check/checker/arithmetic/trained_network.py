"""The loss ‖DEBX − Y‖_F² as a function of D, E and the weights of B, with two exact derivatives.

An entry of DEB is a sum of products: an entry of D, one of E, and the weights of one path of the
butterfly. No factor occurs twice in such a product, so that a derivative leaves it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from math import prod
from typing import Any

from flint import fmpq, fmpq_mat

from proofs_check.checker.arithmetic.butterfly_paths import path
from proofs_check.checker.arithmetic.gain import dot, exact, number
from proofs_check.checker.bounded import Refused, integer

__all__ = ["Entries", "Place", "TrainedNetwork", "paired"]

Place = tuple[Any, ...]
"""Of a parameter: ("D", row, column), ("E", row, column) or (layer, output, 0 or 1)."""

Entries = list[tuple[int, int, fmpq]]
"""Rows, columns and entries of a matrix that add up, so that a place may occur twice."""

MAX_N = 32


@dataclass(frozen=True)
class TrainedNetwork:
    """A network with its data, in rational numbers.

    Attributes
    ----------
    X, Y : fmpq_mat, shapes (n, d) and (m, d)
    D, E : fmpq_mat, shapes (m, k) and (k, l)
    weights : list, shape (p, n, 2)
        Output j of layer i has the weights of inputs j and j XOR 2^i.
    rows : list of int
        The l kept outputs.
    """

    X: fmpq_mat
    Y: fmpq_mat
    D: fmpq_mat
    E: fmpq_mat
    weights: list[list[list[fmpq]]]
    rows: list[int]

    @classmethod
    def of(cls, data: Mapping[str, Any], point: Mapping[str, Any]) -> TrainedNetwork:
        """From "X", "Y" and "rows" of the data, and "D", "E" and "weights" of the point."""
        X, Y = exact(data["X"], 2 * MAX_N), exact(data["Y"], 2 * MAX_N)
        D, E = exact(point["D"], MAX_N), exact(point["E"], MAX_N)
        n, weights = X.nrows(), point["weights"]
        p = integer(n, 2, MAX_N, "n").bit_length() - 1
        rows = [integer(row, 0, n - 1, "an output") for row in data["rows"]]
        if n != 1 << p or [[len(pair) for pair in layer] for layer in weights] != [[2] * n] * p:
            raise Refused(f"n = {n}: the weights have not the shape (log2 n, n, 2)")
        shapes = (X.ncols(), D.nrows(), D.ncols(), E.ncols())
        if shapes != (Y.ncols(), Y.nrows(), E.nrows(), len(set(rows))) or E.ncols() != len(rows):
            raise Refused("the shapes of X, Y, D, E and the outputs do not fit")
        numbers = [[[number(x) for x in pair] for pair in layer] for layer in weights]
        return cls(X, Y, D, E, numbers, rows)

    @cached_property
    def _paths(self) -> list[tuple[int, int, list[Place]]]:
        """(s, input, the weights on the one path from the input to output number s)."""
        n, p = self.X.nrows(), len(self.weights)
        ends = product(enumerate(self.rows), range(n))
        return [(s, c, [*path(p, r, c)]) for (s, r), c in ends]

    @cached_property
    def parameters(self) -> dict[Place, fmpq]:
        """The entries of D, those of E, and the weights that lie on a path to a kept output."""
        on_paths = sorted({step for _, _, steps in self._paths for step in steps})
        return {
            **{("D", *place): x for place, x in _entries(self.D)},
            **{("E", *place): x for place, x in _entries(self.E)},
            **{(i, j, b): self.weights[i][j][b] for i, j, b in on_paths},
        }

    @cached_property
    def places(self) -> list[Place]:
        """The parameters, in the order of gradient and Hessian."""
        return list(self.parameters)

    def moved(
        self, outer: bool
    ) -> tuple[fmpq_mat, dict[Place, fmpq_mat], dict[tuple[Place, Place], Entries]]:
        """The value of DEB, or of EB if not ``outer``, its first and its mixed derivatives.

        A mixed derivative is given for each pair of places once; those that are missing are zero.
        """
        B, by_weight, by_two = self._butterfly
        k, (l, n) = self.E.nrows(), (B.nrows(), B.ncols())
        left, W = self.D * self.E if outer else self.E, self.E * B
        height = left.nrows()
        outputs = range(height) if outer else ()
        # how a row of EB, or of B, comes to the outputs
        from_coded = _by_column(self.D) if outer else [[(t, fmpq(1))] for t in range(k)]
        from_B = _by_column(left)
        # the row of EB to which the entry of a row of B goes
        coded = _by_column(self.E)
        first: dict[Place, fmpq_mat] = {}
        second: dict[tuple[Place, Place], Entries] = {}
        for o, t in product(outputs, range(k)):
            first["D", o, t] = _filled(height, n, [(o, c, W[t, c]) for c in range(n)])
        for s in range(l):
            row = [(c, B[s, c]) for c in range(n) if B[s, c] != 0]
            for t in range(k):
                at_t = [(t, c, x) for c, x in row]
                first["E", t, s] = _filled(height, n, _carried(at_t, from_coded))
                second |= {(("D", o, t), ("E", t, s)): [(o, c, x) for c, x in row] for o in outputs}
        for place, entries in by_weight.items():
            first[place] = _filled(height, n, _carried(entries, from_B))
            for t, s in product(range(k), range(l)):
                at_t = [(t, c, x) for row, c, x in entries if row == s and x != 0]
                if at_t:
                    second[("E", t, s), place] = _carried(at_t, from_coded)
            if outer:
                for t, c, x in _carried(entries, coded):
                    for o in outputs:
                        second.setdefault((("D", o, t), place), []).append((o, c, x))
        second |= {places: _carried(entries, from_B) for places, entries in by_two.items()}
        return left * B, first, second

    @cached_property
    def _butterfly(
        self,
    ) -> tuple[fmpq_mat, dict[Place, Entries], dict[tuple[Place, Place], Entries]]:
        """B, and its derivatives by each weight on a path and by two that do not vanish."""
        B = fmpq_mat(len(self.rows), self.X.nrows())
        one: dict[Place, Entries] = {}
        two: dict[tuple[Place, Place], Entries] = {}
        for s, c, steps in self._paths:
            numbers = [self.weights[i][j][b] for i, j, b in steps]
            B[s, c] = prod(numbers, start=fmpq(1))
            for i, place in enumerate(steps):
                rest = numbers[:i] + numbers[i + 1 :]
                one.setdefault(place, []).append((s, c, prod(rest, start=fmpq(1))))
            for i, j in combinations(range(len(steps)), 2):
                rest = numbers[:i] + numbers[i + 1 : j] + numbers[j + 1 :]
                entry = prod(rest, start=fmpq(1))
                if entry != 0:
                    two.setdefault((steps[i], steps[j]), []).append((s, c, entry))
        return B, one, two

    @cached_property
    def encoded(self) -> fmpq_mat:
        """W = EB."""
        return self.E * self._butterfly[0]

    @cached_property
    def derivatives(self) -> tuple[fmpq, list[fmpq], fmpq_mat]:
        """The loss, its gradient and its Hessian in ``places``."""
        value, first, second = self.moved(outer=True)
        C, cross = self.X * self.X.transpose(), self.Y * self.X.transpose()
        # L = tr PCPᵀ − 2 tr P·XYᵀ + tr YYᵀ for P = DEB, and S is half of its derivative by P
        S = value * C - cross
        loss = dot(value, S - cross) + dot(self.Y, self.Y)
        size, zero = len(self.places), fmpq_mat(value.nrows(), value.ncols())
        moves = [first.get(place, zero) for place in self.places]
        weighted = [move * C for move in moves]
        # 2⟨P_a C, P_b⟩ + 2⟨S, P_ab⟩
        flat = fmpq_mat([move.entries() for move in moves])
        H = fmpq_mat([move.entries() for move in weighted]) * flat.transpose() * 2
        at = {place: i for i, place in enumerate(self.places)}
        for (a, b), mixed in second.items():
            entry = 2 * paired(S, mixed)
            H[at[a], at[b]] += entry
            H[at[b], at[a]] += entry
        gradient = [2 * dot(S, moves[i]) for i in range(size)]
        return loss, gradient, H


def paired(a: fmpq_mat, entries: Entries) -> fmpq:
    """The sum of the products of the entries of a matrix with those of another."""
    return sum((a[i, j] * x for i, j, x in entries), fmpq(0))


def _by_column(a: fmpq_mat) -> list[list[tuple[int, fmpq]]]:
    """For each column the rows in which it does not vanish, with the entries."""
    columns = a.transpose().tolist()
    return [[(i, x) for i, x in enumerate(column) if x != 0] for column in columns]


def _carried(entries: Entries, by: list[list[tuple[int, fmpq]]]) -> Entries:
    """The entries of the product of the matrix with these columns and one with these entries."""
    return [(o, c, y * x) for s, c, x in entries for o, y in by[s]]


def _filled(height: int, width: int, entries: Entries) -> fmpq_mat:
    filled = fmpq_mat(height, width)
    for i, j, x in entries:
        filled[i, j] += x
    return filled


def _entries(a: fmpq_mat) -> Iterator[tuple[tuple[int, int], fmpq]]:
    return (((i, j), a[i, j]) for i, j in product(range(a.nrows()), range(a.ncols())))
