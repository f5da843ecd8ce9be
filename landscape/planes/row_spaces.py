"""Coordinates of the row spaces that a truncated butterfly can have, without the rescalings of its
inner nodes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from landscape.planes.dimension import planes
from landscape.planes.reachable import reachable_dimension

__all__ = ["RowSpaces"]

Array = NDArray[Any]
FREE, ONE, ZERO = range(3)


class RowSpaces:
    """W = E·B, shape (k, n), as a polynomial in E, shape (k, l), and the *free* weights of B; E = I
    if k = l.

    Entry (r, c) of B is one monomial, the product of the weights on the only path from input c to
    output r. A weight is free in layer 0 and behind a node that two outputs leave in different
    directions; all others are 1, but for two outputs that differ in the top bit only: they span
    what their two common nodes span, so that the outputs are taken for these nodes, with weights 1
    and 0 in the last layer. No row space is lost by that: a weight that is set to 1 only rescales
    vectors that are free.

    Parameters
    ----------
    n : int
        A power of 2.
    rows : iterable of int
        Kept outputs, l of them.
    k : int, optional
        1 <= k <= l; default l.

    Attributes
    ----------
    state : ndarray of int, shape (p, n, 2)
        For each weight ``FREE``, ``ONE`` or ``ZERO``; those on no path are ``ONE``.
    size : int
        Number V of variables: those of E, row by row, if k < l, then the free weights in order.
    dimension : int
        Of the set of row spaces; V - dimension directions change no row space.

    Raises
    ------
    ValueError, TypeError
        If n is no power of 2, rows are out of range or repeated, or k is out of range.

    Notes
    -----
    Cost of an evaluation: k·l·n·q operations, q <= log2(n) + 1 the largest number of variables in a
    monomial. Source: this library's; beyond arXiv 2007.08864.

    Examples
    --------
    >>> siblings = RowSpaces(4, [0, 2])
    >>> siblings.size, siblings.dimension
    (4, 2)
    >>> siblings.rows_at(np.array([1, 2, 3, 4.0]))
    array([[1., 2., 0., 0.],
           [0., 0., 3., 4.]])
    """

    def __init__(self, n: int, rows: Iterable[int], k: int | None = None) -> None:
        self.n, self.rows, self.k = planes(n, rows, k)
        self.l, p = len(self.rows), self.n.bit_length() - 1
        self.state = np.full((p, self.n, 2), ONE, dtype=np.int8)
        for i in range(p):
            for r in self.rows:
                twin = any(s % (2 << i) == (r ^ (1 << i)) % (2 << i) for s in self.rows)
                nodes = np.arange(r % (2 << i), self.n, 2 << i)
                if i and twin and i == p - 1:
                    self.state[i, nodes, 1] = ZERO
                elif i == 0 or twin:
                    self.state[i, nodes] = FREE
        if p == 1 and self.l == 2:
            self.state[0] = [ONE, ZERO]

    @cached_property
    def size(self) -> int:
        """Number of variables."""
        return self._encoder_size + int((self.state == FREE).sum())

    @cached_property
    def dimension(self) -> int:
        """Dimension of the set of row spaces, as ``reachable_dimension``."""
        return reachable_dimension(self.n, self.rows, self.k)

    @property
    def full(self) -> int:
        """k(n-k), the dimension of all k-planes."""
        return self.k * (self.n - self.k)

    @property
    def dominant(self) -> bool:
        """Whether almost all k-planes near a row space are row spaces."""
        return self.dimension == self.full

    def rows_at(self, x: Array) -> Array:
        """W, shape (…, k, n), at variables of shape (…, V), real or complex."""
        return self._summed(self._values, x).reshape(*x.shape[:-1], self.k, self.n)

    def jacobian(self, x: Array) -> Array:
        """∂W/∂x, shape (…, k, V, n): row, variable, column."""
        total = np.zeros((*x.shape[:-1], self.k * self.size * self.n), dtype=x.dtype)
        for part in self._slopes:
            total += self._summed(part, x)
        return total.reshape(*x.shape[:-1], self.k, self.size, self.n)

    def curvature(self, x: Array, G: Array) -> Array:
        """Second derivative in x of the sum of G·W, G of shape (…, k, n) held fixed; shape (…, V,
        V)."""
        weight = G.reshape(*x.shape[:-1], self.k * self.n)[..., self.monomials[0]]
        total = np.zeros((*x.shape[:-1], self.size**2), dtype=np.result_type(x, G))
        for part in self._bends:
            total += self._summed(part, x, weight)
        half = total.reshape(*x.shape[:-1], self.size, self.size)
        return half + np.swapaxes(half, -1, -2)

    def weights_at(self, x: Array) -> tuple[Array, Array]:
        """E, shape (k, l), and all weights of B, shape (p, n, 2), at variables of shape (V,)."""
        E = np.eye(self.k) if self.k == self.l else x[: self._encoder_size].reshape(self.k, self.l)
        weights = (self.state == ONE).astype(x.dtype)
        weights[self.state == FREE] = x[self._encoder_size :]
        return E, weights

    def linear_preimage(self, W: Array) -> Array:
        """Variables with the given W, shape (…, k, n), where every entry of W is zero or a
        variable."""
        entry, factors = self.monomials
        x = np.zeros((*W.shape[:-2], self.size), dtype=W.dtype)
        x[..., factors[:, 0]] = W.reshape(*W.shape[:-2], self.k * self.n)[..., entry]
        return x

    def random(self, rng: np.random.Generator, shape: tuple[int, ...] = ()) -> Array:
        """Standard normal real variables, shape (*shape, V)."""
        return rng.normal(size=(*shape, self.size))

    @cached_property
    def rescalings(self) -> list[tuple[Array, Array]]:
        """(variables to multiply by c, variables to divide by c) that leave E·B as it is, or only
        rescale its rows.

        One for each inner vector: the free weights of a node and of those that follow it with
        weights 1.
        """
        number, p, found = self._numbers, self.n.bit_length() - 1, []
        for i in range(p):
            for c in sorted({r % (2 << i) for r in self.rows}):
                above = [r for r in self.rows if r % (2 << i) == c]
                if self.state[i, c, 0] != FREE:
                    continue
                b = next((b for b in range(i + 1, p) if len({r % (2 << b) for r in above}) > 1), p)
                for block in range(self.n >> b):
                    nodes = [j for j in range(c, self.n, 2 << i) if j >> b == block]
                    into = number[i, nodes].ravel()
                    found.append((into, self._consumers(b, above, block)))
        return found

    def _consumers(self, b: int, above: list[int], block: int) -> Array:
        """Variables that multiply the vector of a block of 2^b inputs, common to the outputs
        ``above``."""
        p, node = self.n.bit_length() - 1, above[0] % (1 << b) + (block << b)
        if b == p or self.state[b, node, 0] != FREE:
            output = next(r for r in above if b == p or r >> b == block)
            return (
                np.arange(self.k) * self.l + self.rows.index(output)
                if self.k < self.l
                else np.array([], dtype=int)
            )
        return self._numbers[b, [node, node ^ (1 << b)], [0, 1]]

    def rescaled(self, x: Array) -> Array:
        """The same row spaces at variables with inner vectors of norm 1 and E of orthonormal rows,
        shape (…, V)."""
        x = x.copy()
        for into, out in self.rescalings:
            size = np.linalg.norm(x[..., into], axis=-1, keepdims=True)
            x[..., into] /= size
            x[..., out] *= size
        if self.k < self.l:
            E = x[..., : self._encoder_size].reshape(*x.shape[:-1], self.k, self.l)
            Q = np.linalg.qr(np.conj(np.swapaxes(E, -1, -2)))[0]
            x[..., : self._encoder_size] = np.conj(np.swapaxes(Q, -1, -2)).reshape(
                *x.shape[:-1], self._encoder_size
            )
        return x

    def aligned(self, x: Array) -> Array:
        """The same row spaces with the phase of every inner vector such that its largest entry is
        real."""
        x = x.copy()
        for into, out in self.rescalings:
            largest = np.take_along_axis(
                x[..., into], np.abs(x[..., into]).argmax(axis=-1)[..., None], axis=-1
            )
            phase = largest / np.abs(largest)
            x[..., into] /= phase
            x[..., out] *= phase
        return x

    @cached_property
    def _numbers(self) -> Array:
        """The variable of each free weight; others have the number V."""
        number = np.full(self.state.shape, self.size, dtype=np.intp)
        number[self.state == FREE] = self._encoder_size + np.arange((self.state == FREE).sum())
        return number

    @cached_property
    def _encoder_size(self) -> int:
        return 0 if self.k == self.l else self.k * self.l

    @cached_property
    def monomials(self) -> tuple[Array, Array]:
        """W as a sum of monomials: numbers a·n + c of their entries (a, c), and their variables, V
        for the 1."""
        number = self._numbers
        entries, monomials = [], []
        for a in range(self.k):
            for t, r in enumerate(self.rows):
                if self.k == self.l and a != t:
                    continue
                for c in range(self.n):
                    path = self._path(r, c)
                    states = [int(self.state[step]) for step in path]
                    if ZERO in states:
                        continue
                    variables = [
                        int(number[s])
                        for s, state in zip(path, states, strict=True)
                        if state == FREE
                    ]
                    entries.append(a * self.n + c)
                    monomials.append(([a * self.l + t] if self.k < self.l else []) + variables)
        q = max(map(len, monomials))
        padded = [m + [self.size] * (q - len(m)) for m in monomials]
        return np.array(entries), np.array(padded, dtype=np.intp).reshape(len(monomials), q)

    @cached_property
    def _values(self) -> _Sums:
        entry, factors = self.monomials
        return _Sums.of(factors, entry, self.k * self.n)

    @cached_property
    def _slopes(self) -> list[_Sums]:
        """One for each place in a monomial, whose variable is left out."""
        entry, factors = self.monomials
        row, column = np.divmod(entry, self.n)
        parts = []
        for slot, variable in enumerate(factors.T):
            place = np.where(
                variable < self.size, (row * self.size + variable) * self.n + column, -1
            )
            parts.append(
                _Sums.of(np.delete(factors, slot, axis=1), place, self.k * self.size * self.n)
            )
        return parts

    @cached_property
    def _bends(self) -> list[_Sums]:
        """One for each pair of places in a monomial."""
        factors, parts = self.monomials[1], []
        for a, b in combinations(range(factors.shape[1]), 2):
            both = factors[:, [a, b]]
            place = np.where(both.max(axis=1) < self.size, both @ [self.size, 1], -1)
            parts.append(_Sums.of(np.delete(factors, [a, b], axis=1), place, self.size**2))
        return parts

    def _path(self, r: int, c: int) -> list[tuple[int, int, int]]:
        """(layer, its output, straight or crossed) from input c to output r."""
        steps = []
        for i in range(self.n.bit_length() - 1):
            low = (2 << i) - 1
            steps.append((i, (r & low) | (c & ~low), ((r ^ c) >> i) & 1))
        return steps

    @staticmethod
    def _summed(sums: _Sums, x: Array, weight: Array | float = 1.0) -> Array:
        extended = np.concatenate([x, np.ones((*x.shape[:-1], 1), dtype=x.dtype)], axis=-1)
        values = extended[..., sums.factors].prod(axis=-1) * weight
        flat = (sums.matrix @ values.reshape(-1, values.shape[-1]).T).T
        return flat.reshape(*x.shape[:-1], sums.matrix.shape[0])


class _Sums(NamedTuple):
    """Products of variables, shape (T, q), and the matrix, shape (size, T), that adds those with
    equal places."""

    factors: Array
    matrix: Any

    @classmethod
    def of(cls, factors: Array, place: Array, size: int) -> _Sums:
        """Those with place -1 are left out."""
        kept = np.flatnonzero(place >= 0)
        return cls(
            factors,
            sparse.csr_array((np.ones(len(kept)), (place[kept], kept)), shape=(size, len(place))),
        )
