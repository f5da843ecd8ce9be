"""The bound 2n log ℓ + 6n on effective weights, in integers."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Extra", "printed", "within"]


Extra = Callable[[int, int], int]


def printed(n: int, l: int) -> int:
    """The additive term of the paper."""
    return 6 * n


def within(weights: int, n: int, l: int, extra: Extra) -> bool:
    """Whether weights <= 2n·log2(l) + extra(n, l), in integers."""
    excess = weights - extra(n, l)
    return excess <= 0 or 2**excess <= l ** (2 * n)
