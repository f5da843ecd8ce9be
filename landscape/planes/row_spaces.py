"""Coordinates of the row spaces of E·B, without the weights that only rescale inner nodes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np

from fjlt.types import Array, IndexArray
from landscape.planes.dimension import kept_rows
from landscape.planes.reachable import reachable_dimension

__all__ = ["RowSpaces"]

FREE, ONE, ZERO = range(3)
"""What a weight is: a variable, or the constant 1 or 0."""


class RowSpaces:
    """W = E·B, shape (k, n), as a polynomial in E, shape (k, l), and the *free* weights of B.

    E = I if k = l. Entry (r, c) of B is one monomial: the product of the weights on the only path
    from input c to output r. A weight is free in layer 0 and behind a node that two outputs leave
    in different directions; the others are 1. No row space is lost by that: a weight that is set to
    1 only rescales vectors that are free. Siblings, two outputs that differ in the top bit only,
    span what their two common nodes span. They are replaced by these nodes, with weights 1 and 0 in
    the last layer.

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
    n, l, k : int
        Size of the butterfly, number of kept outputs, rows of E.
    rows : tuple of int
        Kept outputs, sorted.
    state : ndarray of int, shape (p, n, 2)
        For each weight ``FREE``, ``ONE`` or ``ZERO``; weights on no path are ``ONE``.
    size : int
        Number V of variables: the entries of E, row by row, if k < l, then the free weights in
        order.
    lines : ndarray of int, shape (h, 2)
        Pairs of variables whose directions count as well: none, but see ``LinedSpaces``.
    dimension : int
        Dimension of the set of row spaces. The other V - dimension directions at a regular point
        are gauge directions, which change no row space.

    Raises
    ------
    ValueError, TypeError
        If n is not a power of 2, rows are out of range or repeated, or k is out of range.

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
        self.n, self.rows, self.k = kept_rows(n, rows, k)
        self.l, p = len(self.rows), self.n.bit_length() - 1
        self.state = np.full((p, self.n, 2), ONE, dtype=np.int8)
        for i in range(p):
            for r in self.rows:
                # Whether another kept output leaves the nodes below in the other direction.
                branches = any(s % (2 << i) == (r ^ (1 << i)) % (2 << i) for s in self.rows)
                nodes = np.arange(r % (2 << i), self.n, 2 << i)
                if i and branches and i == p - 1:
                    self.state[i, nodes, 1] = ZERO
                elif i == 0 or branches:
                    self.state[i, nodes] = FREE
        if p == 1 and self.l == 2:
            # All outputs of a butterfly of size 2 span the plane: B = I.
            self.state[0] = [ONE, ZERO]

    @cached_property
    def size(self) -> int:
        """Number of variables."""
        return self._encoder_size + int((self.state == FREE).sum())

    @cached_property
    def dimension(self) -> int:
        """Dimension of the set of row spaces, as ``reachable_dimension``."""
        return reachable_dimension(self.n, self.rows, self.k)

    @cached_property
    def lines(self) -> IndexArray:
        """Pairs of variables whose directions count as well: none."""
        return np.empty((0, 2), dtype=np.intp)

    @property
    def full(self) -> int:
        """k(n-k), the dimension of all k-planes."""
        return self.k * (self.n - self.k)

    @property
    def dominant(self) -> bool:
        """Whether almost all k-planes near a row space are row spaces."""
        return self.dimension == self.full

    def rows_at(self, x: Array) -> Array:
        """W at the given variables.

        Parameters
        ----------
        x : ndarray, shape (…, V)
            Variables, real or complex.

        Returns
        -------
        ndarray, shape (…, k, n)
            E·B.
        """
        return self._sum.at(x).reshape(*x.shape[:-1], self.k, self.n)

    def jacobian(self, x: Array) -> Array:
        """First derivative ∂W/∂x.

        Parameters
        ----------
        x : ndarray, shape (…, V)
            Variables, real or complex.

        Returns
        -------
        ndarray, shape (…, k, V, n)
            Row, variable, column.
        """
        return self._first_derivatives.at(x).reshape(*x.shape[:-1], self.k, self.size, self.n)

    def gradient(self, x: Array, G: Array) -> Array:
        """First derivative in x of <G, W(x)>, with G held fixed, without the whole Jacobian.

        Parameters
        ----------
        x : ndarray, shape (V,)
            Real variables.
        G : ndarray, shape (k, n)
            Coefficients of the entries of W.

        Returns
        -------
        ndarray, shape (V,)
            <G, ∂W/∂x>.
        """
        entry, factors = self.monomials
        others = np.append(x, 1.0)[self._other_factors].prod(axis=-1)
        terms = others * G.ravel()[entry]
        return np.bincount(factors.T.ravel(), terms.ravel(), self.size + 1)[:-1]

    def curvature(self, x: Array, G: Array) -> Array:
        """Second derivative in x of <G, W(x)>, with G held fixed.

        Parameters
        ----------
        x : ndarray, shape (…, V)
            Variables, real or complex.
        G : ndarray, shape (…, k, n)
            Coefficients of the entries of W; nothing is conjugated.

        Returns
        -------
        ndarray, shape (…, V, V)
            Symmetric.
        """
        # Each pair of places in a monomial is taken once.
        flat = self._second_derivatives.at(x, G.reshape(*x.shape[:-1], self.k * self.n))
        half = flat.reshape(*x.shape[:-1], self.size, self.size)
        return half + np.swapaxes(half, -1, -2)

    def weights_at(self, x: Array) -> tuple[Array, Array]:
        """E and all weights of B at the given variables.

        Parameters
        ----------
        x : ndarray, shape (V,)
            Variables, real or complex.

        Returns
        -------
        E : ndarray, shape (k, l)
            The identity if k = l.
        weights : ndarray, shape (p, n, 2)
            The free weights from x, the others 1 or 0.
        """
        E = np.eye(self.k) if self.k == self.l else x[: self._encoder_size].reshape(self.k, self.l)
        weights = (self.state == ONE).astype(x.dtype)
        weights[self.state == FREE] = x[self._encoder_size :]
        return E, weights

    def linear_preimage(self, W: Array) -> Array:
        """Variables x with W(x) = W, if every entry of W(x) is zero or a variable.

        Parameters
        ----------
        W : ndarray, shape (…, k, n)
            Matrices with zeros where W(x) has them.

        Returns
        -------
        ndarray, shape (…, V)
            Variables; without meaning if an entry of W(x) is a product.
        """
        entry, factors = self.monomials
        x = np.zeros((*W.shape[:-2], self.size), dtype=W.dtype)
        x[..., factors[:, 0]] = W.reshape(*W.shape[:-2], self.k * self.n)[..., entry]
        return x

    def random(self, rng: np.random.Generator, shape: tuple[int, ...] = ()) -> Array:
        """Standard normal real variables.

        Parameters
        ----------
        rng : Generator
            Draws them.
        shape : tuple of int
            Shape of an array of points; by default one point.

        Returns
        -------
        ndarray, shape ``(*shape, V)``
            Independent numbers.
        """
        return rng.normal(size=(*shape, self.size))

    @cached_property
    def rescalings(self) -> list[tuple[IndexArray, IndexArray]]:
        """Pairs of lists of variables: multiply the first by c, divide the second by c.

        E·B stays as it is, or only its rows are rescaled. There is one pair for each inner vector,
        which is made of the free weights of a node and of the nodes that follow it with weights 1.
        """
        number, p, pairs = self._variable_of_weight, self.n.bit_length() - 1, []
        for i in range(p):
            for c in sorted({r % (2 << i) for r in self.rows}):
                outputs = [r for r in self.rows if r % (2 << i) == c]
                if self.state[i, c, 0] != FREE:
                    continue
                # The layer at which the outputs of this node part, or p if there is one output.
                b = next(
                    (b for b in range(i + 1, p) if len({r % (2 << b) for r in outputs}) > 1), p
                )
                for block in range(self.n >> b):
                    nodes = [j for j in range(c, self.n, 2 << i) if j >> b == block]
                    vector = number[i, nodes].ravel()
                    pairs.append((vector, self._multipliers(b, outputs, block)))
        return pairs

    def _multipliers(self, b: int, outputs: list[int], block: int) -> IndexArray:
        """Variables that multiply the vector of a block of 2^b inputs that the outputs share."""
        p, node = self.n.bit_length() - 1, outputs[0] % (1 << b) + (block << b)
        if b == p or self.state[b, node, 0] != FREE:
            # The vector is a row of B: a column of E multiplies it, if E is not the identity.
            output = next(r for r in outputs if b == p or r >> b == block)
            return (
                np.arange(self.k) * self.l + self.rows.index(output)
                if self.k < self.l
                else np.array([], dtype=int)
            )
        return self._variable_of_weight[b, [node, node ^ (1 << b)], [0, 1]]

    def rescaled(self, x: Array) -> Array:
        """Variables of the same row spaces, inner vectors of norm 1, E of orthonormal rows.

        Parameters
        ----------
        x : ndarray, shape (…, V)
            Variables with no inner vector zero.

        Returns
        -------
        ndarray, shape (…, V)
            A copy.
        """
        x = x.copy()
        for vector, multipliers in self.rescalings:
            size = np.linalg.norm(x[..., vector], axis=-1, keepdims=True)
            x[..., vector] /= size
            x[..., multipliers] *= size
        if self.k < self.l:
            E = x[..., : self._encoder_size].reshape(*x.shape[:-1], self.k, self.l)
            Q = np.linalg.qr(np.conj(np.swapaxes(E, -1, -2)))[0]
            x[..., : self._encoder_size] = np.conj(np.swapaxes(Q, -1, -2)).reshape(
                *x.shape[:-1], self._encoder_size
            )
        return x

    def aligned(self, x: Array) -> Array:
        """Variables of the same row spaces, the largest entry of every inner vector real.

        A real row space with complex variables often has real ones after that.

        Parameters
        ----------
        x : ndarray, shape (…, V)
            Variables with no inner vector zero.

        Returns
        -------
        ndarray, shape (…, V)
            A copy.
        """
        x = x.copy()
        for vector, multipliers in self.rescalings:
            largest = np.take_along_axis(
                x[..., vector], np.abs(x[..., vector]).argmax(axis=-1)[..., None], axis=-1
            )
            phase = largest / np.abs(largest)
            x[..., vector] /= phase
            x[..., multipliers] *= phase
        return x

    def moved(self, other: RowSpaces, x: Array, outputs: Sequence[int]) -> Array:
        """Variables of the row spaces that other outputs of the same orbit have at x.

        Parameters
        ----------
        other : RowSpaces
            The row spaces of the other outputs, with k = l.
        x : ndarray, shape (…, V)
            Their variables.
        outputs : sequence of int
            Where a symmetry of the butterfly takes each of the n outputs, the others to these.

        Returns
        -------
        ndarray, shape (…, V)
            The same numbers in the order of these outputs.
        """
        to = np.array(outputs)
        i, node, side = np.nonzero(other.state == FREE)
        residue = node % (2 << i)
        target = to[residue] % (2 << i)
        # The block of inputs stays. A weight of the lower half of a block stays one of it.
        place = i, target + node - residue, side ^ ((residue ^ target) >> i)
        result = np.empty_like(x)
        result[..., self._variable_of_weight[place]] = x
        return result

    @cached_property
    def _variable_of_weight(self) -> IndexArray:
        """The number of the variable that each free weight is, V for other weights."""
        number = np.full(self.state.shape, self.size, dtype=np.intp)
        number[self.state == FREE] = self._encoder_size + np.arange((self.state == FREE).sum())
        return number

    @cached_property
    def _encoder_size(self) -> int:
        return 0 if self.k == self.l else self.k * self.l

    @cached_property
    def monomials(self) -> tuple[IndexArray, IndexArray]:
        """W as a sum of T monomials: their entries, shape (T,), and their variables, shape (T, q).

        Entry (a, c) of W has the number a·n + c. Monomials of fewer than q variables are padded
        with V, which stands for the constant 1.
        """
        number = self._variable_of_weight
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
    def _sum(self) -> _MonomialSum:
        entry, factors = self.monomials
        return _MonomialSum.of(factors, entry, entry, self.k * self.n)

    @cached_property
    def _first_derivatives(self) -> _MonomialSum:
        """∂W: in each monomial one variable after the other is left out."""
        (entry, factors), rest = self.monomials, self._other_factors
        row, column = np.divmod(entry, self.n)
        variable = factors.T
        place = np.where(variable < self.size, (row * self.size + variable) * self.n + column, -1)
        return _MonomialSum.of(
            rest.reshape(factors.size, rest.shape[2]),
            place.ravel(),
            np.tile(entry, len(rest)),
            self.k * self.size * self.n,
        )

    @cached_property
    def _other_factors(self) -> IndexArray:
        """The other variables of a monomial, for each place in it, shape (q, T, q - 1)."""
        factors = self.monomials[1]
        terms, q = factors.shape
        rest = [np.delete(factors, slot, axis=1) for slot in range(q)]
        return np.array(rest, dtype=np.intp).reshape(q, terms, max(q - 1, 0))

    @cached_property
    def _second_derivatives(self) -> _MonomialSum:
        """<G, ∂²W>: in each monomial one pair of variables after the other is left out."""
        entry, factors = self.monomials
        rest, place = [factors[:0, 2:]], [entry[:0]]
        for pair in combinations(range(factors.shape[1]), 2):
            both = factors[:, pair]
            rest.append(np.delete(factors, pair, axis=1))
            place.append(np.where(both.max(axis=1) < self.size, both @ [self.size, 1], -1))
        return _MonomialSum.of(
            np.concatenate(rest),
            np.concatenate(place),
            np.tile(entry, len(rest) - 1),
            self.size**2,
        )

    def _path(self, r: int, c: int) -> list[tuple[int, int, int]]:
        """The weights (layer, its output, straight or crossed) from input c to output r."""
        steps = []
        for i in range(self.n.bit_length() - 1):
            # After layer i the path has the bits 0, …, i of r and the others of c.
            low = (2 << i) - 1
            steps.append((i, (r & low) | (c & ~low), ((r ^ c) >> i) & 1))
        return steps


class _MonomialSum(NamedTuple):
    """Sums of monomials, each with a place among ``size`` sums.

    Attributes
    ----------
    factors : ndarray of int, shape (T, q)
        The variables of the monomials.
    place, entry : ndarray of int, shape (T,)
        The sum of each, and the entry of W that it comes from.
    turns : list of slice
        Consecutive monomials of which no two have one place.
    size : int
    """

    factors: IndexArray
    place: IndexArray
    entry: IndexArray
    turns: list[slice]
    size: int

    @classmethod
    def of(
        cls, factors: IndexArray, place: IndexArray, entry: IndexArray, size: int
    ) -> _MonomialSum:
        """Monomials with place -1 are left out."""
        kept = np.argsort(place, kind="stable")[np.sum(place < 0) :]
        # How many monomials with the same place come before.
        turn = np.arange(len(kept)) - np.searchsorted(place[kept], place[kept])
        kept, ends = kept[np.argsort(turn, kind="stable")], np.cumsum(np.bincount(turn))
        turns = [slice(*bounds) for bounds in pairwise([0, *ends.tolist()])]
        return cls(factors[kept], place[kept], entry[kept], turns, size)

    def at(self, x: Array, weight: Array | None = None) -> Array:
        """The sums at variables x, shape (…, V), each monomial times the weight of its entry."""
        extended = np.concatenate([x, np.ones((*x.shape[:-1], 1), dtype=x.dtype)], axis=-1)
        values = extended[..., self.factors].prod(axis=-1)
        if weight is not None:
            values = values * weight[..., self.entry]
        total = np.zeros((*x.shape[:-1], self.size), dtype=values.dtype)
        for turn in self.turns:
            total[..., self.place[turn]] += values[..., turn]
        return total
