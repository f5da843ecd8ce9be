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

__all__ = ["Place", "TrainedNetwork"]

Place = tuple[Any, ...]
"""Of a parameter: ("D", row, column), ("E", row, column) or (layer, output, 0 or 1)."""

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
    ) -> tuple[fmpq_mat, dict[Place, fmpq_mat], dict[tuple[Place, Place], fmpq_mat]]:
        """The value of DEB, or of EB if not ``outer``, its first and its mixed derivatives.

        A mixed derivative is given for each pair of places once; those that are missing are zero.
        """
        n, height = self.X.nrows(), self.D.nrows() if outer else self.E.nrows()
        value = fmpq_mat(height, n)
        first: dict[Place, fmpq_mat] = {}
        second: dict[tuple[Place, Place], fmpq_mat] = {}
        for (s, c, steps), t in product(self._paths, range(self.E.nrows())):
            for o in range(height) if outer else (t,):
                head: list[Place] = [("D", o, t)] if outer else []
                factors: list[Place] = [*head, ("E", t, s), *steps]
                numbers = [self.parameters[place] for place in factors]
                value[o, c] += prod(numbers, start=fmpq(1))
                for left_out in range(len(factors)):
                    rest = numbers[:left_out] + numbers[left_out + 1 :]
                    move = first.setdefault(factors[left_out], fmpq_mat(height, n))
                    move[o, c] += prod(rest, start=fmpq(1))
                for i, j in combinations(range(len(factors)), 2):
                    rest = numbers[:i] + numbers[i + 1 : j] + numbers[j + 1 :]
                    entry = prod(rest, start=fmpq(1))
                    if entry != 0:
                        mixed = second.setdefault((factors[i], factors[j]), fmpq_mat(height, n))
                        mixed[o, c] += entry
        return value, first, second

    @property
    def encoded(self) -> fmpq_mat:
        """W = EB."""
        return self.moved(outer=False)[0]

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
            entry = 2 * dot(S, mixed)
            H[at[a], at[b]] += entry
            H[at[b], at[a]] += entry
        gradient = [2 * dot(S, moves[i]) for i in range(size)]
        return loss, gradient, H


def _entries(a: fmpq_mat) -> Iterator[tuple[tuple[int, int], fmpq]]:
    return (((i, j), a[i, j]) for i, j in product(range(a.nrows()), range(a.ncols())))
