"""Critical points of ‖DEX − Y‖² in D and E, in rational numbers; X stands for BX."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import fmpq

from proofs_check.checker.arithmetic.rational_matrices import (
    Matrix,
    difference,
    matrix,
    multiple,
    product,
    projection,
    rank,
    squared_norm,
    transpose,
)
from proofs_check.checker.arithmetic.symmetric_elimination import Sparse, inertia, sparse
from proofs_check.checker.bounded import Refused, integer

__all__ = [
    "MAX_ROWS",
    "Class",
    "Data",
    "Landscape",
    "Network",
    "hessian",
    "is_critical",
    "kernel_vector",
    "require",
]

MAX_ROWS = 12
"""Most rows of a matrix, and most columns."""

Class = tuple[tuple[int, ...], int, int]
"""(how many eigenvectors of each eigenvalue the range of D has, t_D, t_E)."""


def require(condition: bool, failure: str) -> None:
    """Refuse with a reason unless a condition holds."""
    if not condition:
        raise Refused(failure)


@dataclass(frozen=True)
class Data:
    """Encoded data X, targets Y, and the positive eigenvalues of Σ = YPYᵀ, largest first.

    P projects onto the rows of X, so that G = XXᵀ may be singular.
    """

    X: Matrix
    Y: Matrix
    eigenvalues: Sequence[Fraction]

    @classmethod
    def of(cls, entry: Mapping[str, Any], eigenvalues: Sequence[Fraction]) -> Data:
        """From the entries "X", "Y" and, if there is one, "B"; refused if Σ has others."""
        X, Y = (matrix(entry[name], MAX_ROWS) for name in ("X", "Y"))
        if "B" in entry:
            X = product(matrix(entry["B"], MAX_ROWS), X)
        data = cls(X, Y, sorted(eigenvalues, reverse=True))
        require(all(value > 0 for value in eigenvalues), "an eigenvalue of Σ is not positive")
        # Σ is symmetric: an eigenvalue occurs as often as the rank of Σ − λI says
        found = all(
            len(Y) - rank(difference(data.signal, multiple(value, len(Y)))) == count
            for value, count in data.multiplicities.items()
        )
        require(
            found and rank(data.signal) == len(eigenvalues),
            f"the positive eigenvalues of Σ are not {', '.join(map(str, data.eigenvalues))}",
        )
        return data

    @cached_property
    def gram(self) -> Matrix:
        """G = XXᵀ."""
        return product(self.X, transpose(self.X))

    @cached_property
    def cross(self) -> Matrix:
        """T = YXᵀ."""
        return product(self.Y, transpose(self.X))

    @cached_property
    def signal(self) -> Matrix:
        """Σ."""
        return product(product(self.Y, projection(transpose(self.X))), transpose(self.Y))

    @cached_property
    def multiplicities(self) -> Counter[Fraction]:
        """How often each positive eigenvalue occurs, largest first."""
        return Counter(self.eigenvalues)

    def eigenvalue(self, i: int) -> Fraction:
        """The i-th largest eigenvalue of Σ, from 0 on."""
        return self.eigenvalues[i] if i < len(self.eigenvalues) else Fraction(0)


@dataclass(frozen=True)
class Network:
    """A network (D, E) on some data."""

    data: Data
    D: Matrix
    E: Matrix

    @classmethod
    def critical(cls, data: Data, entry: Mapping[str, Any]) -> Network:
        """From the entries "D" and "E"; refused unless it is a critical point of the form of I.

        That is: both gradients vanish, the range of D is invariant under Σ, and the loss is
        tr YYᵀ less the eigenvalues of the eigenvectors in the range.
        """
        network = cls(data, *(matrix(entry[name], MAX_ROWS) for name in ("D", "E")))
        D, E = network.D, network.E
        require(is_critical(D, E, data.X, network.residual), "a gradient is not zero at some point")
        require(
            product(network.range, data.signal) == product(data.signal, network.range),
            "the range of some D is not invariant under Σ",
        )
        gained = (
            count * value for count, value in zip(network.chosen, data.multiplicities, strict=True)
        )
        require(network.loss == squared_norm(data.Y) - sum(gained), "a loss is not tr YYᵀ − Σ λ_i")
        return network

    @cached_property
    def residual(self) -> Matrix:
        """DEX − Y."""
        return difference(product(self.D, product(self.E, self.data.X)), self.data.Y)

    @cached_property
    def loss(self) -> Fraction:
        """‖DEX − Y‖²."""
        return squared_norm(self.residual)

    @cached_property
    def range(self) -> Matrix:
        """The projection onto the range of D."""
        return projection(self.D)

    @cached_property
    def chosen(self) -> tuple[int, ...]:
        """How many eigenvectors of each positive eigenvalue the range of D has.

        The range is invariant, so that they are the kernel of Σ − λI on it.
        """
        seen, m = rank(self.range), len(self.D)
        return tuple(
            seen - rank(product(difference(self.data.signal, multiple(value, m)), self.range))
            for value in self.data.multiplicities
        )

    @cached_property
    def kind(self) -> Class:
        """The class (I, t_D, t_E); of I only how many eigenvalues of each size it has."""
        q = sum(self.chosen)
        return self.chosen, rank(self.D) - q, rank(product(self.E, self.data.X)) - q

    @cached_property
    def signature(self) -> tuple[tuple[Fraction, ...], ...]:
        """PΣ, row by row: different for different I."""
        return tuple(map(tuple, product(self.range, self.data.signal)))

    @cached_property
    def inertia(self) -> tuple[int, int]:
        """(index, nullity) of the Hessian, by elimination."""
        parts = (self.D, self.E, self.data.gram, self.data.cross)
        return inertia(hessian(*map(sparse, parts)))


@dataclass(frozen=True)
class Landscape:
    """Critical points of one problem, with the problem's entry in the file."""

    data: Data
    networks: Sequence[Network]
    entry: Mapping[str, Any]

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Landscape:
        """From "values", the roots of the positive eigenvalues, and "points"; G is invertible."""
        values = entry["values"]
        require(isinstance(values, list) and len(values) <= MAX_ROWS, "'values' is no short list")
        roots = [Fraction(integer(value, 1, 10**6, "a value")) for value in values]
        data = Data.of(entry, [root * root for root in roots])
        require(rank(data.X) == len(data.X), "G has no inverse")
        networks = [Network.critical(data, point) for point in entry["points"]]
        require(len({len(network.E) for network in networks}) == 1, "the points have no common k")
        return cls(data, networks, entry)

    @property
    def k(self) -> int:
        """Number of hidden units."""
        return len(self.networks[0].E)

    @property
    def size(self) -> tuple[int, int, int]:
        """(m, l, k)."""
        return len(self.data.Y), len(self.data.X), self.k

    @property
    def least(self) -> Fraction:
        """The least loss: tr YYᵀ less the k largest eigenvalues of Σ."""
        return squared_norm(self.data.Y) - sum(self.data.eigenvalues[: self.k])


def is_critical(D: Matrix, E: Matrix, encoded: Matrix, residual: Matrix) -> bool:
    """Whether both gradients of ‖DE·encoded − Y‖² vanish."""
    in_D = product(residual, transpose(product(E, encoded)))
    in_E = product(product(transpose(D), residual), transpose(encoded))
    return squared_norm(in_D) == 0 and squared_norm(in_E) == 0


def kernel_vector(a: Matrix) -> Matrix:
    """A column that is not zero with a·column = 0; refused if there is none."""
    onto = projection(transpose(a))
    for column in transpose(difference(multiple(Fraction(1), len(onto)), onto)):
        if any(column):
            return transpose([column])
    raise Refused("a matrix has no kernel")


def hessian(D: Sparse, E: Sparse, G: Sparse, T: Sparse) -> Sparse:
    """The Hessian of ½‖DEX − Y‖² in the entries of D, row by row, then of E, row by row.

    G = XXᵀ and T = YXᵀ. The change of the residual along (δD, δE) is δD·EX + D·δE·X, and the second
    order term of DEX is 2δD·δE·X.
    """
    m, k, l = len(D), len(E), len(G)
    EG = _times(E, G)
    rows: Sparse = [{} for _ in range(k * (m + l))]

    def add(i: int, j: int, entry: fmpq) -> None:
        rows[i][j] = rows[i].get(j, _ZERO) + entry

    # ‖δD·EX‖² and ‖D·δE·X‖²
    for a, row in enumerate(_times(EG, _turned(E, l))):
        for b, entry in row.items():
            for i in range(m):
                add(i * k + a, i * k + b, entry)
    for a, row in enumerate(_times(_turned(D, k), D)):
        for b, entry in row.items():
            for p, others in enumerate(G):
                for q, weight in others.items():
                    add(m * k + a * l + p, m * k + b * l + q, entry * weight)
    mixed: list[tuple[int, int, fmpq]] = []
    # ⟨δD·EX, D·δE·X⟩ has D_ib·(EG)_ap, and ⟨DEX − Y, δD·δE·X⟩ has ((DEX − Y)Xᵀ)_ip for a = b
    for i, row in enumerate(D):
        for b, left in row.items():
            for a, others in enumerate(EG):
                mixed += (
                    (i * k + a, m * k + b * l + p, left * right) for p, right in others.items()
                )
    for i, (row, target) in enumerate(zip(_times(D, EG), T, strict=True)):
        for p in row.keys() | target.keys():
            entry = row.get(p, _ZERO) - target.get(p, _ZERO)
            mixed += ((i * k + a, m * k + a * l + p, entry) for a in range(k))
    for i, j, entry in mixed:
        add(i, j, entry)
        add(j, i, entry)
    return rows


_ZERO = fmpq(0)


def _times(a: Sparse, b: Sparse) -> Sparse:
    out: Sparse = [{} for _ in a]
    for row, new in zip(a, out, strict=True):
        for j, x in row.items():
            for p, y in b[j].items():
                new[p] = new.get(p, _ZERO) + x * y
    return out


def _turned(a: Sparse, columns: int) -> Sparse:
    """The transpose."""
    out: Sparse = [{} for _ in range(columns)]
    for i, row in enumerate(a):
        for j, x in row.items():
            out[j][i] = x
    return out
