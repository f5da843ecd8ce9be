"""The one compiled loop: a butterfly layer applied in place to the rows of an array.

A layer acts on the pairs of rows (j, j + s), s = 2^i. The two rows are passed to ``_mix`` as separate
views, because a compiler vectorises the loop only when it can see that they do not overlap.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba

__all__ = ["apply_layers"]


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    try:
        return numba.njit(cache=True, error_model="numpy")(function)
    except RuntimeError:  # no writable folder for the cache: compile anew in every process
        return numba.njit(error_model="numpy")(function)


@_compiled
def _mix(a, b, s, t, u, v):  # type: ignore[no-untyped-def]
    """(a, b) <- (s·a + t·b, u·a + v·b), elementwise."""
    for c in range(a.size):
        x, y = a[c], b[c]
        a[c] = s * x + t * y
        b[c] = u * x + v * y


@_compiled
def apply_layers(weights, strides, x):  # type: ignore[no-untyped-def]
    """Apply the layers ``weights[i]`` with pair distance ``strides[i]``, i = 0, 1, …, to x in place.

    x: C-contiguous (n, d), of the same dtype as weights. Cost: 3·n·d flops a layer, no temporary.
    """
    n = x.shape[0]
    for i in range(strides.size):
        stride = strides[i]
        w = weights[i]
        for block in range(0, n, 2 * stride):
            for j in range(block, block + stride):
                h = j + stride
                _mix(x[j], x[h], w[j, 0], w[j, 1], w[h, 1], w[h, 0])
