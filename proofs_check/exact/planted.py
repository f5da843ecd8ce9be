"""Rational problems whose critical points in (D, E) are rational.

Singular values and vectors are planted, not computed: orthogonal matrices are Cayley transforms,
and the data are made from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.random import Generator

from fjlt.types import RealArray

__all__ = [
    "FULL_RANK",
    "Point",
    "Problem",
    "Shape",
    "diagonal_point",
    "gradients",
    "identity",
    "inverse_on_range",
    "is_zero",
    "orthogonal",
    "planted_points",
    "random_matrix",
    "rational",
    "square",
    "stacked",
    "stored",
    "texts",
]


@dataclass(frozen=True)
class Problem:
    """Rational data X, Y and matrix B with Σ(B) = U·diag(values²)·Uᵀ and G = BXXᵀBᵀ invertible.

    BX = T·Q with orthonormal rows Q, and YQᵀ = U·S with S = diag(values), padded with zeros.
    """

    X: fmpq_mat
    Y: fmpq_mat
    B: fmpq_mat
    U: fmpq_mat
    S: fmpq_mat
    T: fmpq_mat

    @classmethod
    def general(cls, values: list[int], m: int, l: int, d: int, n: int, rng: Generator) -> Problem:
        """A random problem, as general as the planted Σ(B) allows.

        Parameters
        ----------
        values : list of int
            Singular values of YQᵀ, at most min(l, m) of them; the others are zero.
        m, l, d, n : int
            Y has shape (m, d), X (n, d) and B (l, n), with l <= min(n, d).
        rng : numpy.random.Generator
        """
        Q, U, T = orthogonal(d, rng), orthogonal(m, rng), _invertible(l, rng)
        S = diagonal(values, m, l)
        # beside the rows of Q, which BX spans, Y is arbitrary
        Y = U * (S * _rows(Q, 0, l) + random_matrix(m, d - l, rng) * _rows(Q, l, d))
        # B = (I, mix) maps X = (TQ − mix·rest, rest) to TQ
        rest, mix = random_matrix(n - l, d, rng), random_matrix(l, n - l, rng)
        X = stacked(T * _rows(Q, 0, l) - mix * rest, rest)
        B = stacked(identity(l), mix.transpose()).transpose()
        return cls(X, Y, B, U, S, T)

    @classmethod
    def auto_encoder(cls, values: list[int], n: int, rng: Generator) -> Problem:
        """A random problem with Y = X, n×n and invertible.

        ``values`` are positive, and l, their number, is less than n.
        """
        l = len(values)
        Q, U, T = orthogonal(n, rng), orthogonal(n, rng), _invertible(l, rng)
        S, top, bottom = (
            diagonal(values, n, l),
            random_matrix(l, n - l, rng),
            _invertible(n - l, rng),
        )
        X = U * (S * _rows(Q, 0, l) + stacked(top, bottom) * _rows(Q, l, n))
        # UᵀXQᵀ = [[S, top], [0, bottom]]; block elimination of its last columns gives BXQᵀ = (T, 0)
        seen = T * _rows(S, 0, l).inv()
        B = (
            stacked(seen.transpose(), (-1 * seen * top * bottom.inv()).transpose()).transpose()
            * U.transpose()
        )
        return cls(X, X, B, U, S, T)

    @property
    def values(self) -> list[int]:
        """The positive singular values of YQᵀ, in the order in which they were given."""
        diagonal = range(min(self.S.nrows(), self.S.ncols()))
        return [int(self.S[i, i].p) for i in diagonal if self.S[i, i] != 0]

    @property
    def encoded(self) -> fmpq_mat:
        """X̃ = BX."""
        return self.B * self.X

    def critical_point(
        self, subset: list[int], k: int, rng: Generator
    ) -> tuple[fmpq_mat, fmpq_mat]:
        """The critical point (D, E) of an index set, in a random gauge.

        A hidden unit that the set leaves over has its column of D in the kernel of (YX̃ᵀ)ᵀ and a row
        of E that is zero, or a column of D that is zero and its row of E in the kernel of YX̃ᵀ.

        Parameters
        ----------
        subset : list of int
            At most k positions in ``values``, from 0 on.
        k : int
            Number of hidden units.
        rng : numpy.random.Generator
        """
        q, l = len(subset), self.T.nrows()
        left = fmpq_mat(self.U.nrows(), k)
        right = fmpq_mat(k, l)
        # coordinates in which the kernels of YX̃ᵀ and of its transpose lie
        blind = [j for j in range(l) if all(self.S[i, j] == 0 for i in range(self.S.nrows()))]
        for unit, i in enumerate(subset):
            for row in range(self.U.nrows()):
                left[row, unit] = self.U[row, i]
            right[unit, i] = self.S[i, i]
        dark = [i for i in range(self.S.nrows()) if all(self.S[i, j] == 0 for j in range(l))]
        for unit in range(q, k):
            if dark and rng.integers(2):
                target = dark.pop()
                for row in range(self.U.nrows()):
                    left[row, unit] = self.U[row, target]
            else:
                for j in blind:
                    right[unit, j] = int(rng.integers(-2, 3))
        gauge = _invertible(k, rng)
        return left * gauge, gauge.inv() * right * self.T.inv()


def inverse_on_range(D: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat]:
    """(W, w): DW projects onto the range of D and W vanishes off it; w spans a line of ker D.

    w is 0 where D has full column rank.
    """
    m, k = D.nrows(), D.ncols()
    reduced, rank = D.rref()
    pivots = [next(j for j in range(k) if reduced[i, j] != 0) for i in range(rank)]
    W, w = fmpq_mat(k, m), fmpq_mat(k, 1)
    if rank:
        thin = fmpq_mat([[D[i, j] for j in pivots] for i in range(m)])
        part = (thin.transpose() * thin).inv() * thin.transpose()
        for i, j in enumerate(pivots):
            for column in range(m):
                W[j, column] = part[i, column]
    free = [j for j in range(k) if j not in pivots]
    if free:
        w[free[0], 0] = 1
        for i, j in enumerate(pivots):
            w[j, 0] = -reduced[i, free[0]]
    return W, w


@dataclass(frozen=True)
class Point:
    """A critical point of a planted problem.

    Attributes
    ----------
    problem : Problem
    D, E : fmpq_mat
    values : list of int
        The roots of the positive eigenvalues of Σ.
    """

    problem: Problem
    D: fmpq_mat
    E: fmpq_mat
    values: list[int]

    @property
    def critical(self) -> bool:
        """Whether both gradients vanish."""
        return all(map(is_zero, gradients(self.D, self.E, self.problem.encoded, self.problem.Y)))

    @property
    def T(self) -> fmpq_mat:
        """YX̃ᵀ."""
        return self.problem.Y * self.problem.encoded.transpose()

    @property
    def G(self) -> fmpq_mat:
        """X̃X̃ᵀ."""
        return self.problem.encoded * self.problem.encoded.transpose()

    @property
    def loss(self) -> fmpq:
        """‖DEX̃ − Y‖_F²."""
        return square(self.D * self.E * self.problem.encoded - self.problem.Y)

    @property
    def k(self) -> int:
        """Number of hidden units."""
        return self.D.ncols()

    def vector(self, i: int) -> fmpq_mat:
        """Eigenvector i of Σ, from 1 on; its eigenvalue is the i-th largest."""
        U = self.problem.U
        return fmpq_mat([[U[row, i - 1]] for row in range(U.nrows())])

    def eigenvalue(self, i: int) -> int:
        """Eigenvalue i of Σ, from 1 on."""
        return self.values[i - 1] ** 2 if i <= len(self.values) else 0

    @property
    def chosen(self) -> list[int]:
        """I', the eigenvectors in the range of D."""
        columns = self.D.transpose()
        return [
            i
            for i in range(1, self.D.nrows() + 1)
            if stacked(columns, self.vector(i).transpose()).rank() == columns.rank()
        ]

    def turned(self, a: int, b: int, epsilon: fmpq) -> Point:
        """The printed turn: u_b + ε·u_a in the place of u_b, and E fitted to the new range."""
        W, _ = inverse_on_range(self.D)
        turn = identity(self.D.nrows()) + epsilon * self.vector(a) * self.vector(b).transpose()
        D = turn * self.D
        rest = self.E - W * self.D * self.E
        return replace(self, D=D, E=inverse_on_range(D)[0] * self.T * self.G.inv() + rest)

    def shifted(self, s: fmpq, t: fmpq, v: fmpq_mat, w: fmpq_mat) -> Point:
        """(D + s·vwᵀ, E + t·wqᵀ) with q = G⁻¹Tᵀv."""
        q = self.G.inv() * self.T.transpose() * v
        D, E = self.D + s * v * w.transpose(), self.E + t * w * q.transpose()
        return replace(self, D=D, E=E)


Shape = tuple[list[int], int, int, int, int, int]
"""(roots of the positive eigenvalues of Σ, m, l, d, n, k)."""


def planted_points(shapes: Sequence[Shape], rng: Generator) -> Iterator[Point]:
    """A critical point for every index set of a random problem of each shape."""
    for values, m, l, d, n, k in shapes:
        problem = Problem.general(values, m, l, d, n, rng)
        for q in range(min(k, len(values)) + 1):
            for subset in combinations(range(len(values)), q):
                yield Point(problem, *problem.critical_point(list(subset), k, rng), values)


FULL_RANK: list[Shape] = [
    ([1], 1, 1, 2, 1, 1),
    ([2, 1], 2, 2, 3, 3, 1),
    ([2, 1], 2, 2, 3, 2, 2),
    ([3, 1], 3, 2, 3, 4, 2),
    ([3, 2, 1], 4, 3, 4, 4, 2),
    ([3, 2, 1], 3, 3, 4, 5, 3),
    ([4, 3, 2, 1], 5, 4, 5, 5, 3),
]
"""Shapes with k <= l <= m <= n and l distinct positive eigenvalues of Σ."""


def diagonal_point(values: list[int], p: int) -> Point:
    """X = Y = diag(values), B = I, and D = E the projection onto the first p coordinates."""
    m = len(values)
    data, one, kept = diagonal(values, m, m), identity(m), diagonal([1] * p, m, m)
    return Point(Problem(data, data, one, one, data, data), kept, kept, values)


def gradients(
    D: fmpq_mat, E: fmpq_mat, encoded: fmpq_mat, Y: fmpq_mat
) -> tuple[fmpq_mat, fmpq_mat]:
    """The gradients of ½‖DEX̃ − Y‖_F² in D and in E."""
    residual = D * E * encoded - Y
    return residual * (E * encoded).transpose(), D.transpose() * residual * encoded.transpose()


def identity(n: int) -> fmpq_mat:
    """The identity matrix."""
    return fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


def is_zero(a: fmpq_mat) -> bool:
    """Whether every entry is 0."""
    return all(entry == 0 for entry in a.entries())


def square(a: fmpq_mat) -> fmpq:
    """‖a‖_F²."""
    return sum((entry * entry for entry in a.entries()), fmpq(0))


def orthogonal(n: int, rng: Generator) -> fmpq_mat:
    """A random rational orthogonal matrix: the Cayley transform of a skew-symmetric one.

    Examples
    --------
    >>> import numpy as np
    >>> Q = orthogonal(3, np.random.default_rng(0))
    >>> Q * Q.transpose() == identity(3)
    True
    """
    skew = random_matrix(n, n, rng)
    skew = skew - skew.transpose()
    return (identity(n) - skew) * (identity(n) + skew).inv()


def random_matrix(rows: int, columns: int, rng: Generator) -> fmpq_mat:
    """A matrix of random integers from −2 to 2."""
    return fmpq_mat(rows, columns, [int(v) for v in rng.integers(-2, 3, rows * columns)])


def stacked(top: fmpq_mat, bottom: fmpq_mat) -> fmpq_mat:
    """The rows of ``top`` above those of ``bottom``."""
    return fmpq_mat(top.nrows() + bottom.nrows(), top.ncols(), top.entries() + bottom.entries())


def rational(a: RealArray) -> fmpq_mat:
    """A matrix of floating-point numbers, exactly."""
    rows = np.asarray(a, dtype=float).tolist()
    return fmpq_mat([[fmpq(*t.as_integer_ratio()) if t else 0 for t in row] for row in rows])


def texts(a: Any) -> list[list[str]]:
    """The entries as texts, such as "-2/3", for certificates."""
    return [[str(entry) for entry in row] for row in a.tolist()]


def stored(
    points: Iterable[tuple[Problem, fmpq_mat, fmpq_mat]], vectors: bool = False
) -> list[dict[str, Any]]:
    """Networks (problem, D, E) for a certificate: an entry for each problem and number of units.

    Parameters
    ----------
    points : iterable of (Problem, flint.fmpq_mat, flint.fmpq_mat)
        Those of one problem with the same number of units stand together.
    vectors : bool
        Whether to store the eigenvectors of Σ too.
    """
    entries: list[dict[str, Any]] = []
    previous: tuple[Problem | None, int] = (None, 0)
    for problem, D, E in points:
        if previous[0] is not problem or previous[1] != D.ncols():
            data = {"X": problem.X, "Y": problem.Y, "B": problem.B}
            data |= {"U": problem.U} if vectors else {}
            named = {name: texts(a) for name, a in data.items()}
            entries.append({"values": problem.values, **named, "points": []})
        entries[-1]["points"].append({"D": texts(D), "E": texts(E)})
        previous = problem, D.ncols()
    return entries


def _rows(a: fmpq_mat, start: int, stop: int) -> fmpq_mat:
    return fmpq_mat(
        stop - start, a.ncols(), [entry for row in a.tolist()[start:stop] for entry in row]
    )


def diagonal(values: Sequence[int], rows: int, columns: int) -> fmpq_mat:
    """A matrix with these entries on the diagonal, and zeros."""
    out = fmpq_mat(rows, columns)
    for i, value in enumerate(values):
        out[i, i] = value
    return out


def _invertible(n: int, rng: Generator) -> fmpq_mat:
    while True:
        a = random_matrix(n, n, rng)
        if n == 0 or a.det() != 0:
            return a
