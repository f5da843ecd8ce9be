"""Rational problems whose critical points in (D, E) are rational.

Singular values and vectors are planted, not computed: orthogonal matrices are Cayley transforms,
and the data are made from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat
from numpy.random import Generator

__all__ = [
    "Problem",
    "gradients",
    "identity",
    "is_zero",
    "orthogonal",
    "random_matrix",
    "square",
    "stacked",
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
        S = _diagonal(values, m, l)
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
            _diagonal(values, n, l),
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


def texts(a: Any) -> list[list[str]]:
    """The entries as texts, such as "-2/3", for certificates."""
    return [[str(entry) for entry in row] for row in a.tolist()]


def _rows(a: fmpq_mat, start: int, stop: int) -> fmpq_mat:
    return fmpq_mat(
        stop - start, a.ncols(), [entry for row in a.tolist()[start:stop] for entry in row]
    )


def _diagonal(values: list[int], rows: int, columns: int) -> fmpq_mat:
    out = fmpq_mat(rows, columns)
    for i, value in enumerate(values):
        out[i, i] = value
    return out


def _invertible(n: int, rng: Generator) -> fmpq_mat:
    while True:
        a = random_matrix(n, n, rng)
        if n == 0 or a.det() != 0:
            return a
