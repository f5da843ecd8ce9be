"""Number of critical points of the gain on spans of (u, 0) and (0, v) from Euler characteristics, a heuristic.

U is the set of (u, v) in P^(N1-1) × P^(N2-1) with det K ≠ 0, smooth and affine, of dimension d. A regular function
f on U with isolated critical points, and none at infinity, has (-1)^d (χ(U) - χ(F)) of them, F a general fibre. For
the gain f = tr adj(K) L / det K that none is at infinity is assumed here, and that sets of general data are smooth
where nothing forbids it. Then

- U is fibred over u by complements of quadrics, and that of a quadric of rank r has χ = 1 for odd r, 0 for even r;
- F = H - D, where D is det K = 0 and H: tr adj(K) (L - cK) = 0 is a hypersurface of bidegree (2, 2) with a node in
  six variables, times a smooth set, along K = L = 0;
- in H ∩ D, where K ≠ 0, K has a kernel (s, t), and y = (su, tv) satisfies three quadratic equations.

All sets are complete intersections, and their Euler characteristics follow from Chern classes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["critical_count", "euler"]

Array = NDArray[Any]
Class = tuple[int, int, int]

K11, K12, K22, GAIN, Y = (2, 0, 0), (1, 1, 0), (0, 2, 0), (2, 2, 0), (0, 0, 2)
"""Classes of divisors: entries of K or of L, H, and a quadratic equation in y."""


def critical_count(N1: int, N2: int) -> int:
    """(-1)^d (χ(U) - χ(H) + χ(H ∩ D)), d = N1 + N2 - 2."""
    N1, N2 = sorted((N1, N2))
    return (-1) ** (N1 + N2) * (complement(N1, N2) - fibre_closure(N1, N2) + common(N1, N2))


def complement(N1: int, N2: int) -> int:
    """χ(U), N1 <= N2.

    Over u, det K is a quadratic form in v of rank 1 if K11 = 0; else of rank N2, or N2 - 1 where the Schur complement
    of C22 vanishes.
    """
    quadric, both = projective(N1, 1), projective(N1, 2)
    return quadric + (quadric - both) * ((N2 - 1) % 2) + (N1 - 2 * quadric + both) * (N2 % 2)


def fibre_closure(N1: int, N2: int) -> int:
    """χ(H): that of a smooth hypersurface, and what the nodes along K = L = 0 add."""
    nodes = [K11, K12, K22] * 2
    return spans(N1, N2, [GAIN]) + spans(N1, N2, nodes) - spans(N1, N2, [*nodes, GAIN])


def common(N1: int, N2: int) -> int:
    """χ(H ∩ D), N1 <= N2: K = 0, or K of rank 1 with s, t ≠ 0, or with s = 0, or with t = 0."""
    zero = [K11, K12, K22]
    kernels = cone(N1, N2) - projective(N1, 2) - projective(N2, 2) - euler(N1, N2, [*zero, Y])
    return spans(N1, N2, zero) + kernels + spans(N1, N2, [K12, K22, K22]) + spans(N1, N2, [K12, K11, K11])


def cone(N1: int, N2: int) -> int:
    """χ of three quadrics in P^(N1+N2-1): y1·(Cy)1, y2·(Cy)2 and y·My; with nodes at y = (0, v), C12 v = 0."""
    return projective(N1 + N2, 3) + projective(N2 - N1, 2) - projective(N2 - N1, 3)


def projective(n: int, quadrics: int) -> int:
    """χ of general quadrics in P^(n-1)."""
    return spans(n, 1, [K11] * quadrics) if n > 0 else 0


def spans(N1: int, N2: int, divisors: Iterable[Class]) -> int:
    """χ of a complete intersection in P^(N1-1) × P^(N2-1): half of that of the bundle of lines over it."""
    return euler(N1, N2, divisors) // 2


def euler(N1: int, N2: int, divisors: Iterable[Class]) -> int:
    """χ of general divisors ix + jy + kz in the set of (u, v, y), y = (su, tv) in the line through (u, 0), (0, v).

    Its Chow ring is Z[x, y, z] modulo x^N1, y^N2 and (z - x)(z - y), z the class of the hyperplanes for y.
    """
    total = np.zeros((N1, N2, 2), dtype=object)
    total[0, 0, 0] = 1
    for tangent in [(1, 0, 0)] * N1 + [(0, 1, 0)] * N2 + [(-1, 0, 1), (0, -1, 1)]:
        total = total + times(total, tangent)
    for divisor in divisors:
        total = power = times(total, divisor)
        while power.any():
            power = -times(power, divisor)
            total = total + power
    return int(total[-1, -1, 1])


def times(a: Array, divisor: Class) -> Array:
    """Product with ix + jy + kz in the Chow ring."""
    i, j, k = divisor
    x, y = shifted(a, 0), shifted(a, 1)
    z = np.stack([-shifted(x, 1)[..., 1], a[..., 0] + x[..., 1] + y[..., 1]], axis=-1)
    return i * x + j * y + k * z


def shifted(a: Array, axis: int) -> Array:
    """Product with x (axis 0) or y (axis 1)."""
    b = np.roll(a, 1, axis)
    b[(slice(None),) * axis + (0,)] = 0
    return b
