"""Vectors whose norm an embedding may fail to keep: a fixed family, and a search for more."""

from __future__ import annotations

import numpy as np

from fjlt.embedding.ensembles import Draw
from fjlt.types import RealArray

__all__ = ["ascend", "family"]

_DRAWS = 32
_STEPS = 30


def family(n: int) -> dict[str, RealArray]:
    """Vectors of extreme structure, by name: unit vectors, indicators of subgroups, the flat one.

    With XOR, the coordinates 0, …, 2^p - 1 are a group, and the first s of them a subgroup if s is
    a power of 2. Of the 2^s sign patterns on the subgroup, 2s make its indicator as concentrated
    under the Hadamard transform as can be: only N/s rows see it. So an SRHT loses it with
    probability at least 2s·2^(-s)·C(N - N/s, k)/C(N, k). All cosets of all subgroups of one order
    have the same law.

    Parameters
    ----------
    n : int

    Returns
    -------
    dict
        {name: vector of shape (n,)}, entries 0 and 1.

    Examples
    --------
    >>> for name, x in family(3).items():
    ...     print(x, name)
    [1. 0. 0.] the first unit vector
    [0. 0. 1.] the last unit vector
    [1. 1. 0.] the indicator of 2 coordinates
    [1. 1. 1.] the flat vector
    """
    place = np.arange(n)
    found = {"the first unit vector": place == 0}
    if n > 1:
        found["the last unit vector"] = place == n - 1
    for p in range(1, n.bit_length()):
        if 1 << p < n:
            found[f"the indicator of {1 << p} coordinates"] = place < 1 << p
    if n > 1:
        found["the flat vector"] = place >= 0
    return {name: x.astype(np.float64) for name, x in found.items()}


def ascend(draw: Draw, k: int, n: int, epsilon: float, rng: np.random.Generator) -> RealArray:
    """A unit vector with many failures in a fixed sample of draws, found by gradient ascent.

    What goes up is the mean over 32 draws of s((abs(‖Jx‖² - 1) - ε)/τ) with the logistic function s
    and τ = ε/4, a smooth version of the share of failures. Of four starts, two Gaussian and two
    with two entries, the best end is returned. The sample flatters it: judge it with other draws.

    Parameters
    ----------
    draw : callable
        (k, n, rng) -> Operator.
    k, n : int
    epsilon : float
    rng : Generator

    Returns
    -------
    ndarray, shape (n,)

    Notes
    -----
    Cost: 30 steps, each with 32 products and as many with the adjoint, of 4 vectors.

    Examples
    --------
    An operator that loses the first coordinate:

    >>> from fjlt import MatrixOperator
    >>> lossy = lambda k, n, rng: MatrixOperator(np.eye(n)[1:])
    >>> x = ascend(lossy, 3, 4, 0.5, np.random.default_rng(0))
    >>> bool(x[0] ** 2 > 0.5)
    True
    """
    sample = [draw(k, n, rng) for _ in range(_DRAWS)]
    x = rng.standard_normal((n, 4))
    # Two of the starts keep two entries.
    for start in (2, 3):
        kept = rng.choice(n, min(2, n), replace=False)
        x[np.setdiff1d(np.arange(n), kept), start] = 0
    x /= np.linalg.norm(x, axis=0)
    width = epsilon / 4
    best, found = -1.0, x[:, 0]
    for step in range(_STEPS + 1):
        value, gradient = np.zeros(x.shape[1]), np.zeros_like(x)
        for operator in sample:
            y = operator @ x
            off = np.sum(np.abs(y) ** 2, axis=0) - 1
            level = 1 / (1 + np.exp(-np.clip((np.abs(off) - epsilon) / width, -50, 50)))
            value += level / _DRAWS
            gradient += np.real(operator.H @ (y * (level * (1 - level) * np.sign(off))))
        top = int(np.argmax(value))
        if value[top] > best:
            best, found = float(value[top]), x[:, top].copy()
        # Along the sphere, in steps that get shorter.
        gradient -= x * np.sum(x * gradient, axis=0)
        gradient /= np.maximum(np.linalg.norm(gradient, axis=0), np.finfo(float).tiny)
        x = x + 0.5 * (1 - step / (_STEPS + 1)) * gradient
        x /= np.linalg.norm(x, axis=0)
    return found
