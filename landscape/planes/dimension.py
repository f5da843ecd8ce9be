"""What counting parameters proves of the dimension of the reachable planes: upper bounds by
recursion."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from fjlt import boundary

__all__ = ["dimension_bound", "planes"]

Rows = tuple[int, ...]


def dimension_bound(n: int, rows: Iterable[int], k: int | None = None) -> int:
    """Upper bound of the dimension of the k-planes that the outputs ``rows`` of a butterfly can
    span.

    Let d(n, S, k) be that dimension for l = |S|, a and b the numbers of even and odd outputs S₀ and
    S₁, T the set of S modulo n/2, t = |T|. The bound is the least that follows from

    - d(n, S, k) <= k(n-k);
    - d(n, S, k) = d(n/2, S/2, k) + n/2 if all outputs have the same parity: their rows are those of
      a butterfly of half the size, each entry spread over two inputs;
    - d(n, S, k) + k² <= sum over c of d(n, S_c, r_c) + k·r_c, r_c = min(k, |S_c|): the plane is
      spanned by the rows of a sum of two matrices;
    - d(n, S, k) <= d(n, S₀, k-b) + b(n-k), and with S₁ and a: the plane contains one that S₀ can
      span;
    - d(n, S, k) <= 2·d(n/2, T, t) + k(2t-k): it lies in the sum of one plane in each half of the
      inputs;
    - d(n, S, l) = d(n, complement of S, n-l): the orthogonal complement is spanned by the other
      rows of the inverse transpose, which is a butterfly;
    - d(n, S, k) <= d(n, S, j) + k(j-k) for j > k: it lies in a j-plane.

    Parameters
    ----------
    n : int
        A power of 2.
    rows : iterable of int
        Kept outputs S, distinct.
    k : int, optional
        1 <= k <= l; default l.

    Raises
    ------
    ValueError, TypeError
        If n is no power of 2, rows are out of range or repeated, or k is out of range.

    Notes
    -----
    Cost: O(n·l²). Source: this library's; beyond arXiv 2007.08864.

    Examples
    --------
    >>> dimension_bound(4, [0, 2]), dimension_bound(4, [0, 1])
    (2, 4)
    """
    n, kept, k = planes(n, rows, k)
    return _bounds(n, kept)[k]


def planes(n: Any, rows: Any, k: Any) -> tuple[int, Rows, int]:
    """(n, rows, k), checked: n a power of 2, rows distinct and sorted, 1 <= k <= len(rows), which
    None stands for."""
    n = 1 << boundary.log2_exact(n)
    kept = tuple(sorted(boundary.rows(rows, n).tolist()))
    if k is not None and boundary.dimension(k, "k") > len(kept):
        raise ValueError(
            f"k = {k} rows of a product with {len(kept)} kept outputs; k <= {len(kept)} is needed"
        )
    return n, kept, len(kept) if k is None else int(k)


@lru_cache(2**14)
def _bounds(n: int, rows: Rows) -> tuple[int, ...]:
    """For k = 0, …, l."""
    found, l = list(_split(n, rows)), len(rows)
    if l < n:
        found[l] = min(found[l], _split(n, tuple(sorted({*range(n)}.difference(rows))))[n - l])
    return tuple(min(found[j] + k * (j - k) for j in range(k, l + 1)) for k in range(l + 1))


@lru_cache(2**14)
def _split(n: int, rows: Rows) -> tuple[int, ...]:
    """For k = 0, …, l, from the bounds for n/2."""
    l, half = len(rows), n // 2
    if n == 1:
        return 0, 0
    parts = [part for part in (tuple(r >> 1 for r in rows if r % 2 == c) for c in (0, 1)) if part]
    spread = [[0, *(d + half for d in _bounds(half, part)[1:])] for part in parts]
    if len(parts) == 1:
        return tuple(spread[0])
    a, b = map(len, parts)
    top = _bounds(half, tuple(sorted({r % half for r in rows})))
    t, found = len(top) - 1, []
    for k in range(l + 1):
        limits = [k * (n - k), 2 * top[t] + k * (2 * t - k)]
        limits.append(spread[0][min(k, a)] + spread[1][min(k, b)] + k * (min(k, a) + min(k, b) - k))
        limits += [spread[0][k - b] + b * (n - k)] if k >= b else []
        limits += [spread[1][k - a] + a * (n - k)] if k >= a else []
        found.append(min(limits))
    return tuple(found)
