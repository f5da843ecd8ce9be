"""Upper bounds of the dimension of the reachable k-planes, by recursion over the layers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from fjlt import boundary

__all__ = ["dimension_bound", "kept_rows"]

LARGEST_N = 2**12
"""Row spaces of larger butterflies are not computed."""

Rows = tuple[int, ...]


def dimension_bound(n: int, rows: Iterable[int], k: int | None = None) -> int:
    """Upper bound of the dimension of the k-planes that the outputs ``rows`` of a butterfly span.

    Parameters
    ----------
    n : int
        A power of 2.
    rows : iterable of int
        Kept outputs S, distinct.
    k : int, optional
        1 <= k <= l = |S|; default l.

    Returns
    -------
    int
        A proved upper bound of ``reachable_dimension(n, rows, k)``. The two agree for all outputs
        and k if n <= 8.

    Raises
    ------
    ValueError, TypeError
        If n is not a power of 2 or above 2^12, rows are out of range or repeated, or k is out of
        range.

    See Also
    --------
    reachable_dimension : The dimension itself, as a rank modulo random primes.

    Notes
    -----
    Let d(n, S, k) be the dimension, S₀ and S₁ the even and the odd outputs, a and b their numbers,
    T the set of S modulo n/2, and t = |T|. The bound is the least that follows from these rules:

    - d(n, S, k) <= k(n-k), the dimension of the Grassmannian;
    - d(n, S, k) = d(n/2, S/2, k) + n/2 if all outputs have the same parity: their rows are those of
      a butterfly of half the size, each entry spread over two inputs;
    - d(n, S, k) + k² <= sum over c of d(n, S_c, r_c) + k·r_c, r_c = min(k, |S_c|): the plane is
      spanned by the rows of a sum of two matrices;
    - d(n, S, k) <= d(n, S₀, k-b) + b(n-k), and the same with S₁ and a: the plane contains one that
      S₀ spans;
    - d(n, S, k) <= 2·d(n/2, T, t) + k(2t-k): the plane lies in the sum of two planes, one in each
      half of the inputs;
    - d(n, S, l) = d(n, complement of S, n-l): the orthogonal complement is spanned by the other
      rows of the inverse transpose, which is a butterfly;
    - d(n, S, k) <= d(n, S, j) + k(j-k) for j > k: the plane lies in a j-plane.

    Cost: O(n·l²). Source: this library's; beyond arXiv 2007.08864.

    Examples
    --------
    >>> dimension_bound(4, [0, 2]), dimension_bound(4, [0, 1])
    (2, 4)
    """
    n, kept, k = kept_rows(n, rows, k)
    return _bounds(n, kept)[k]


def kept_rows(n: int, rows: Iterable[int], k: int | None) -> tuple[int, Rows, int]:
    """The arguments checked, the rows sorted, and k = len(rows) in place of None.

    n must be a power of 2, at most 2^12, the rows distinct outputs of a butterfly of size n, 1 <= k
    <= len(rows).
    """
    n = 1 << boundary.log2_exact(n)
    if n > LARGEST_N:
        raise ValueError(
            f"n = {n} is too large; row spaces are computed for butterflies of size {LARGEST_N} at "
            "most"
        )
    kept = tuple(sorted(boundary.rows(rows, n).tolist()))
    if k is not None and boundary.dimension(k, "k") > len(kept):
        raise ValueError(
            f"k = {k} exceeds the rank of a product with {len(kept)} kept outputs; "
            f"take k <= {len(kept)}, or keep more outputs"
        )
    return n, kept, len(kept) if k is None else int(k)


@lru_cache(2**14)
def _bounds(n: int, rows: Rows) -> tuple[int, ...]:
    """The bounds for k = 0, …, l."""
    bounds, l = list(_bounds_from_halves(n, rows)), len(rows)
    # An l-plane and its orthogonal complement, which the other outputs span, move together.
    if l < n:
        complement = tuple(sorted({*range(n)}.difference(rows)))
        bounds[l] = min(bounds[l], _bounds_from_halves(n, complement)[n - l])
    # A k-plane lies in a j-plane, and the k-planes of a j-plane have dimension k(j-k).
    return tuple(min(bounds[j] + k * (j - k) for j in range(k, l + 1)) for k in range(l + 1))


@lru_cache(2**14)
def _bounds_from_halves(n: int, rows: Rows) -> tuple[int, ...]:
    """The bounds for k = 0, …, l that follow from those of butterflies of size n/2."""
    l, half = len(rows), n // 2
    if n == 1:
        return 0, 0
    parities = (tuple(r >> 1 for r in rows if r % 2 == c) for c in (0, 1))
    parts = [part for part in parities if part]
    # Outputs of one parity: layer 0 spreads each of the n/2 entries over two inputs, one more
    # dimension for each entry.
    spread = [[0, *(d + half for d in _bounds(half, part)[1:])] for part in parts]
    if len(parts) == 1:
        return tuple(spread[0])
    a, b = map(len, parts)
    folded = _bounds(half, tuple(sorted({r % half for r in rows})))
    t, bounds = len(folded) - 1, []
    for k in range(l + 1):
        # All k-planes; k-planes in the sum of one t-plane in each half of the inputs.
        limits = [k * (n - k), 2 * folded[t] + k * (2 * t - k)]
        # The rows of a sum of two matrices, modulo the k² changes of basis.
        limits.append(spread[0][min(k, a)] + spread[1][min(k, b)] + k * (min(k, a) + min(k, b) - k))
        # The plane contains a plane that the outputs of one parity span.
        limits += [spread[0][k - b] + b * (n - k)] if k >= b else []
        limits += [spread[1][k - a] + a * (n - k)] if k >= a else []
        bounds.append(min(limits))
    return tuple(bounds)
