"""Exact laws of the SRHT, from every sign pattern and every subset of rows, in rational arithmetic.

J = sqrt(n/k)·P·H·D. With the rows h_i of sqrt(n)·H, the vector k·JᵀJx = D·Σ h_i <h_i, Dx>, summed
over the kept rows, is integer for integer x. J and −J give the same JᵀJ, so half of the sign
patterns suffice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations
from math import comb, lcm
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from fjlt import boundary
from fjlt.types import Array, IntArray
from proofs_check.exact.eigensums import sign_of_top_sums, signal_polynomial

__all__ = [
    "hadamard_rows",
    "norm_law",
    "projections",
    "prop1_law",
    "prop2_success",
    "rationals",
    "row_spaces",
    "sign_patterns",
]

_MAX_OUTCOMES = 2**26
_MAX_ROW_SPACES = 2**20


def rationals(a: Any, name: str, ndim: int) -> Array:
    """An object array of Fractions; floats are refused, since they hide rounding.

    Parameters
    ----------
    a : array_like of int or Fraction
        The numbers.
    name : str
        What error messages call it.
    ndim : int
        Number of dimensions that it must have.

    Returns
    -------
    ndarray of Fraction
        A copy in the same shape.

    Raises
    ------
    TypeError
        If an entry is anything but an integer or a Fraction.
    ValueError
        If the array is empty, ragged, or of other dimensions.

    Examples
    --------
    >>> rationals([1, Fraction(1, 2)], "x", 1)
    array([Fraction(1, 1), Fraction(1, 2)], dtype=object)
    """
    try:
        given = np.array(a, dtype=object)
    except ValueError:
        raise ValueError(f"{name} is ragged: all its rows must have the same length") from None
    if given.ndim != ndim or given.size == 0:
        raise ValueError(
            f"{name} must be a non-empty array of {ndim} dimension(s), got shape {given.shape}"
        )
    out = np.empty(given.shape, dtype=object)
    for index, value in np.ndenumerate(given):
        if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer | Fraction):
            raise TypeError(
                f"{name}{list(index)} is {value!r}; exact laws take integers and Fractions, "
                f"for example fractions.Fraction({value!r})"
            )
        out[index] = Fraction(int(value)) if not isinstance(value, Fraction) else value
    return out


def hadamard_rows(n: int) -> IntArray:
    """The Hadamard matrix ((−1)^<i,j>), not scaled, from its definition.

    <i,j> is the number of bits that i and j have in common. ``fjlt.hadamard`` is not used.

    Parameters
    ----------
    n : int
        A power of 2.

    Returns
    -------
    ndarray of int64, shape (n, n)
        Entries 1 and −1.

    Raises
    ------
    ValueError, TypeError
        If n is not a power of 2.

    Examples
    --------
    >>> hadamard_rows(2)
    array([[ 1,  1],
           [ 1, -1]])
    """
    boundary.log2_exact(n)
    i = np.arange(n)
    odd = np.bitwise_count(i[:, None] & i) & 1
    return np.where(odd, -1, 1)


def sign_patterns(n: int) -> IntArray:
    """All vectors of n signs that begin with +1: one of each pair ±s.

    Parameters
    ----------
    n : int
        Length of the vectors, at least 1.

    Returns
    -------
    ndarray of int64, shape (2^(n−1), n)
        A vector in each row.

    Examples
    --------
    >>> sign_patterns(2)
    array([[ 1,  1],
           [ 1, -1]])
    """
    bits = np.arange(1 << (n - 1))[:, None] >> np.arange(n - 1)[::-1] & 1
    return np.hstack([np.ones((len(bits), 1), dtype=np.int64), 1 - 2 * bits])


def norm_law(x: Any, k: int) -> dict[Fraction, Fraction]:
    """The exact law of ‖Jx‖² for the SRHT J of shape (k, n), as {value: probability}.

    The scale sqrt(n/k) of J is included. Every draw is enumerated.

    Parameters
    ----------
    x : sequence of int or Fraction
        Length n, a power of 2; not normalised.
    k : int
        1 <= k <= n.

    Returns
    -------
    dict
        Fractions, in increasing order of the values; the probabilities add up to 1.

    Raises
    ------
    TypeError
        If x holds anything but integers and Fractions.
    ValueError
        For wrong shapes, k out of range, or more than 2^26 outcomes.

    Notes
    -----
    Cost: 2^(s−1) transforms, s the number of entries that are not 0, and all k-subsets of each
    distinct set of squares.

    Examples
    --------
    >>> norm_law([1, 1], 1)
    {Fraction(0, 1): Fraction(1, 2), Fraction(4, 1): Fraction(1, 2)}
    """
    x = rationals(x, "x", 1)
    n, k = len(x), boundary.dimension(k, "k", high=len(x))
    boundary.log2_exact(n, "len(x)")
    _refuse_large(1 << (n - 1), "sign patterns")
    integers, scale = _integers(x, n)
    # the signs of entries 0 change nothing, and each vector Dx comes from as many of them
    moved = integers != 0
    moved[0] = True
    signed = sign_patterns(moved.sum()) * integers[moved]
    # ‖Jx‖² is the sum of the k kept squares <h_i, Dx>², divided by k; equal sets of squares are
    # counted once
    squares = (signed @ hadamard_rows(n)[moved]) ** 2
    return _law(_subset_sums([_unique(np.sort(squares))], k), k * scale**2)


def prop1_law(W: Any, x: Any, k1: int, k2: int) -> dict[Fraction, Fraction]:
    """The exact law of ‖W'x − Wx‖² for W' = J2ᵀJ2·W·J1ᵀJ1, as {value: probability}.

    J1 and J2 are independent SRHTs, scale included. Every pair of draws is enumerated.

    Parameters
    ----------
    W : matrix of int or Fraction, shape (n2, n1)
        n1 and n2 powers of 2.
    x : sequence of int or Fraction, length n1
        Not normalised.
    k1, k2 : int
        Rows of J1 (k1, n1) and J2 (k2, n2).

    Returns
    -------
    dict
        Fractions, in increasing order of the values; the probabilities add up to 1.

    Raises
    ------
    TypeError
        If W or x hold anything but integers and Fractions.
    ValueError
        For wrong shapes, k out of range, or more than 2^26 outcomes.

    Notes
    -----
    Cost: all subsets of rows of J2, for each sign pattern and each distinct vector WJ1ᵀJ1x.

    References
    ----------
    Proposition 1 of arXiv 2007.08864v2.

    Examples
    --------
    >>> prop1_law([[1, 0], [0, 1]], [1, 0], 1, 1)
    {Fraction(1, 1): Fraction(1, 2), Fraction(5, 1): Fraction(1, 2)}
    """
    W, x = rationals(W, "W", 2), rationals(x, "x", 1)
    n2, n1 = W.shape
    if len(x) != n1:
        raise ValueError(f"x has length {len(x)}, but W has {n1} columns")
    for name, n in (("W.shape[1]", n1), ("W.shape[0]", n2)):
        boundary.log2_exact(n, name)
    k1, k2 = boundary.dimension(k1, "k1", high=n1), boundary.dimension(k2, "k2", high=n2)
    _refuse_large((comb(n1, k1) << (n1 - 1)) + (1 << (n2 - 1)), "outcomes of J1 and J2")
    integer_x, scale_x = _integers(x, n1)
    integer_W, scale_W = _integers(W, n1)
    target = integer_W @ integer_x
    z = _unique(np.concatenate([v @ integer_W.T for v in projections(integer_x, k1)]))
    # With A = J2ᵀJ2 and A² = (n2/k2)·A: ‖Az − t‖² − ‖t‖² = (n2/k2)·‖J2z‖² − 2<J2z, J2t>, a sum over
    # kept rows.
    bound = max(abs(int(value)) for value in z[0].flat) * n2
    wide = _dtype(n2 * bound**2 * (1 + 2 * k1 * k2) * k2)
    h: Array = hadamard_rows(n2).astype(wide)

    def summands() -> Iterator[tuple[Array, Array]]:
        for signs in sign_patterns(n2).astype(wide):
            hz, ht = (z[0].astype(wide) * signs) @ h, (target.astype(wide) * signs) @ h
            yield hz * (n2 * hz - 2 * k1 * k2 * ht), z[1]

    sums = _subset_sums(summands(), k2)
    return _law(
        sums, (k1 * k2 * scale_x * scale_W) ** 2, shift=int(target @ target) * (k1 * k2) ** 2
    )


def prop2_success(X: Any, k: int, eps: int | Fraction, l: int) -> Fraction:
    """The exact probability that a sketch gives a low-rank approximation within a factor 1 + eps.

    It is Pr[‖J_k(X) − X‖_F² <= (1 + eps)·‖X_k − X‖_F²] over all draws of the SRHT J, shape (l, n).
    J_k(X) is the best approximation of X of rank at most k with rows in the row space of JX, and
    X_k is the best of all. Ties are recognised exactly and count as successes.

    Parameters
    ----------
    X : matrix of int or Fraction, shape (n, d)
        n a power of 2.
    k : int
        1 <= k <= min(n, d).
    eps : int or Fraction
        Not negative.
    l : int
        1 <= l <= n.

    Returns
    -------
    Fraction
        The probability.

    Raises
    ------
    TypeError
        If X or eps holds anything but integers and Fractions.
    ValueError
        For wrong shapes, k or l out of range, eps < 0, or more than 2^20 draws.

    Notes
    -----
    ‖J_k(X) − X‖_F² = ‖X‖_F² − (λ_1 + … + λ_k), where λ are the eigenvalues of X·P·Xᵀ and P is the
    projection to the row space of JX. So two characteristic polynomials decide a draw.

    Cost: one elimination for each draw.

    References
    ----------
    Proposition 2 of arXiv 2007.08864v2.

    Examples
    --------
    >>> prop2_success([[0, 1], [2, 0], [2, 0], [2, 0]], k=1, eps=1, l=1)
    Fraction(1, 4)
    """
    x = rationals(X, "X", 2)
    k = boundary.dimension(k, "k", high=min(x.shape))
    excess = rationals([eps], "eps", 1)[0]
    if excess < 0:
        raise ValueError(f"eps = {eps} is negative; eps >= 0 is needed")
    exact = fmpq_mat([[fmpq(v.numerator, v.denominator) for v in row] for row in x])
    gram, total = exact.transpose() * exact, sum(v * v for v in x.flat)
    best = (-1 - excess, gram.charpoly())

    def succeeds(basis: fmpq_mat) -> bool:
        # (1 + eps)(‖X‖² − Σ top eigenvalues of XᵀX) − (‖X‖² − Σ top eigenvalues of X·P·Xᵀ) >= 0
        sketched = [(Fraction(1), signal_polynomial(basis, gram))] if basis.nrows() else []
        return sign_of_top_sums(excess * total, [best, *sketched], k) >= 0

    spaces = (
        (fmpq_mat(len(rows), x.shape[1], sum(rows, ())), p) for rows, p in row_spaces(x, l).items()
    )
    return sum((p for basis, p in spaces if succeeds(basis)), start=Fraction(0))


def row_spaces(X: Any, l: int) -> dict[tuple[tuple[fmpq, ...], ...], Fraction]:
    """The exact law of the row space of JX for the SRHT J of shape (l, n).

    Every draw is enumerated.

    Parameters
    ----------
    X, l
        As for ``prop2_success``.

    Returns
    -------
    dict
        {basis: probability}; the basis is the reduced echelon form of JX, without its zero rows.

    Raises
    ------
    ValueError, TypeError
        As ``prop2_success``.

    Examples
    --------
    >>> row_spaces([[0, 1], [3, 0]], 1)
    {((1, 1/3),): Fraction(1, 2), ((1, -1/3),): Fraction(1, 2)}
    """
    x = rationals(X, "X", 2)
    n = len(x)
    boundary.log2_exact(n, "X.shape[0]")
    l = boundary.dimension(l, "l", high=n)
    draws = comb(n, l) << (n - 1)
    if draws > _MAX_ROW_SPACES:
        raise ValueError(f"{draws} draws are too many to enumerate; the limit is {_MAX_ROW_SPACES}")
    integers, h = _integers(x, n)[0], hadamard_rows(n)
    # many draws give the same JX: the signs may change a row of H into another
    sketches = Counter[tuple[tuple[int, ...], ...]]()
    for signs in sign_patterns(n):
        rows = map(tuple, ((h * signs) @ integers).tolist())
        sketches.update(combinations(rows, l))
    law = Counter[tuple[tuple[fmpq, ...], ...]]()
    for sketch, count in sketches.items():
        reduced, rank = fmpq_mat(sketch).rref()
        law[tuple(tuple(row) for row in reduced.tolist()[:rank])] += count
    return {basis: Fraction(count, draws) for basis, count in law.items()}


def projections(x: Array, k: int) -> Iterator[Array]:
    """k·JᵀJx for every draw of the SRHT and integer x.

    Parameters
    ----------
    x : ndarray of int, shape (n,)
        The vector, n a power of 2.
    k : int
        Number of kept rows.

    Yields
    ------
    ndarray, shape (2^(n−1), n)
        For one k-subset of the rows, a row for each sign pattern.

    Examples
    --------
    >>> [v.tolist() for v in projections(np.array([1, 0]), 1)]
    [[[1, 1], [1, -1]], [[1, -1], [1, 1]]]
    """
    n = len(x)
    h, signs = hadamard_rows(n), sign_patterns(n)
    transformed = (signs * x) @ h
    for kept in combinations(range(n), k):
        rows = list(kept)
        yield signs * (transformed[:, rows] @ h[rows])


def _integers(a: Array, n: int) -> tuple[Array, int]:
    """The array times its common denominator, and that denominator.

    The dtype is int64 if n³·max² fits, which bounds all that is computed from it; else Python
    integers are used.
    """
    scale = lcm(*(value.denominator for value in a.flat))
    scaled = np.array([int(value * scale) for value in a.flat], dtype=object).reshape(a.shape)
    return scaled.astype(_dtype(n**3 * max(abs(int(value)) for value in scaled.flat) ** 2)), scale


def _dtype(largest: int) -> type:
    return np.int64 if largest < 2**62 else object


def _unique(a: Array) -> tuple[Array, Array]:
    """Distinct rows and how often each occurs."""
    if a.dtype == object:
        counts = Counter(map(tuple, a.tolist()))
        return np.array(list(counts), dtype=object), np.array(list(counts.values()))
    return np.unique(a, axis=0, return_counts=True)


def _subset_sums(summands: Iterable[tuple[Array, Array]], k: int) -> Counter[int]:
    """How often each sum of k entries of a row occurs, over all k-subsets; rows have weights."""
    law: Counter[int] = Counter()
    for rows, weights in summands:
        subsets = list(combinations(range(rows.shape[1]), k))
        step = max(1, 2**22 // len(subsets))
        for start in range(0, len(rows), step):
            block = rows[start : start + step]
            sums = sum(block[:, [s[t] for s in subsets]] for t in range(k))
            values, inverse = np.unique(sums, return_inverse=True)
            counts = np.bincount(
                inverse.ravel(), np.repeat(weights[start : start + step], len(subsets)), len(values)
            )
            for value, count in zip(values, counts, strict=True):
                law[int(value)] += round(count)
    return law


def _law(counts: Counter[int], denominator: int, shift: int = 0) -> dict[Fraction, Fraction]:
    total = sum(counts.values())
    return {Fraction(v + shift, denominator): Fraction(counts[v], total) for v in sorted(counts)}


def _refuse_large(outcomes: int, noun: str) -> None:
    if outcomes > _MAX_OUTCOMES:
        raise ValueError(
            f"{outcomes} {noun} are too many to enumerate; the limit is {_MAX_OUTCOMES}"
        )
