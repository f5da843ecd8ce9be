"""Exact expected errors when a matrix is compressed by random embeddings, before any training.

With A = JᵀJ, E A = I, the action on a vector has the covariance

    Cov(Ax) = σ²·(x xᵀ + ‖x‖²·I - 2·diag(x²)),  σ² = (n-k)/(k(n-1))    for the SRHT,
    Cov(Ax) = (x xᵀ + ‖x‖²·I)/k                                        for Gaussian J,

and E A² = c·I with c = n/k and c = 1 + (n+1)/k. Everything below follows from these.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from fjlt import boundary
from fjlt.scaling import restored, scaled
from fjlt.types import ArrayLike, RealArray

__all__ = ["bilinear_variance", "one_sided_error", "two_sided_error"]

Ensemble = Literal["srht", "gaussian"]


def one_sided_error(W: ArrayLike, x: ArrayLike, k1: int, ensemble: Ensemble = "srht") -> float:
    """Exact expected squared error E‖W·A·x - W·x‖² for A = JᵀJ, J of shape (k1, n1), E A = I.

    For the SRHT it is σ²·(‖W‖_F²‖x‖² + ‖Wx‖² - 2·sum_a x_a²‖W e_a‖²) with σ² = (n1-k1)/(k1(n1-1)),
    for Gaussian J it is (‖W‖_F²‖x‖² + ‖Wx‖²)/k1. Nothing is divided out.

    Parameters
    ----------
    W : array_like, shape (n2, n1)
        Real.
    x : array_like, shape (n1,)
        Real.
    k1 : int
        1 <= k1 <= n1.
    ensemble : "srht" or "gaussian"
        For "srht" n1 must be a power of 2.

    Returns
    -------
    float
        The expectation, up to rounding.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit, an entry is complex or not finite, k1 is out of range, the
        ensemble is unknown, or n1 is not a power of 2 and the ensemble is "srht".
    OverflowError
        If no double is near the result.

    Notes
    -----
    Cost: 4·n1·n2 flops.

    References
    ----------
    The second moment of ‖W'x - Wx‖ if only the input side is compressed; compare Proposition 1 of
    arXiv 2007.08864v2.

    Examples
    --------
    >>> one_sided_error(np.eye(4), [1, 0, 0, 0], k1=2)
    1.0
    """
    w, x, exponent = _operands(W, x)
    k1 = _kept(ensemble, n1=w.shape[1], k1=k1)
    return _restored(_one_sided(w, x, k1, ensemble), 2 * exponent, w, x)


def two_sided_error(
    W: ArrayLike, x: ArrayLike, k1: int, k2: int, ensemble: Ensemble = "srht"
) -> float:
    """Exact expected squared error E‖A2·W·A1·x - W·x‖² for independent A1 = J1ᵀJ1, A2 = J2ᵀJ2.

    J1 has shape (k1, n1), J2 (k2, n2), and E A1 = I, E A2 = I. The error is (c - 1)·‖Wx‖² + c·V
    with V = ``one_sided_error(W, x, k1)`` and c = n2/k2 (SRHT) or 1 + (n2+1)/k2 (Gaussian).

    Parameters
    ----------
    W, x, k1
        As for ``one_sided_error``.
    k2 : int
        1 <= k2 <= n2.
    ensemble : "srht" or "gaussian"
        For "srht" n1 and n2 must be powers of 2.

    Returns
    -------
    float
        The expectation, up to rounding.

    Raises
    ------
    ValueError, TypeError, OverflowError
        As for ``one_sided_error``.

    Notes
    -----
    Cost: 4·n1·n2 flops.

    References
    ----------
    The second moment of ‖W'x - Wx‖ in Proposition 1 of arXiv 2007.08864v2.

    Examples
    --------
    >>> two_sided_error(np.eye(4), [1, 0, 0, 0], k1=2, k2=2)
    3.0
    """
    w, x, exponent = _operands(W, x)
    n2 = w.shape[0]
    k1, k2 = _kept(ensemble, n1=w.shape[1], k1=k1), _kept(ensemble, n2=n2, k2=k2)
    # E‖A2·y - z‖² = c·‖y‖² - 2·<y, z> + ‖z‖² given y = W·A1·x, with z = Wx = E y, and
    # E‖y‖² = V + ‖z‖².
    c = n2 / k2 if ensemble == "srht" else 1 + (n2 + 1) / k2
    error = (c - 1) * np.sum((w @ x) ** 2) + c * _one_sided(w, x, k1, ensemble)
    return _restored(error, 2 * exponent, w, x)


def bilinear_variance(
    W: ArrayLike, u: ArrayLike, x: ArrayLike, k1: int, k2: int, ensemble: Ensemble = "srht"
) -> float:
    """Exact variance of uᵀ·A2·W·A1·x, whose mean is uᵀWx, for independent A1 = J1ᵀJ1, A2 = J2ᵀJ2.

    J1 has shape (k1, n1), J2 (k2, n2), and E A1 = I, E A2 = I. With C_x = Cov(A1·x) and
    C_u = Cov(A2·u) the variance is

        uᵀW·C_x·Wᵀu + (Wx)ᵀ·C_u·Wx + tr(C_u·W·C_x·Wᵀ).

    Parameters
    ----------
    W : array_like, shape (n2, n1)
        Real.
    u : array_like, shape (n2,)
        Real.
    x, k1, k2, ensemble
        As for ``two_sided_error``.

    Returns
    -------
    float
        The variance, up to rounding.

    Raises
    ------
    ValueError, TypeError, OverflowError
        As for ``one_sided_error``.

    Notes
    -----
    Cost: 12·n1·n2 flops.

    References
    ----------
    The form in which Proposition 1 of arXiv 2007.08864v2 can hold.

    Examples
    --------
    >>> bilinear_variance(np.eye(2), [1, 0], [1, 0], k1=1, k2=1)
    1.0
    """
    w, x, exponent = _operands(W, x)
    u, of_u = scaled(boundary.vector(u, "u", w.shape[0], real=True).astype(np.float64))
    k1, k2 = _kept(ensemble, n1=w.shape[1], k1=k1), _kept(ensemble, n2=w.shape[0], k2=k2)

    def c_x(z: RealArray) -> RealArray:
        return _covariance(x, k1, ensemble, z)

    def c_u(z: RealArray) -> RealArray:
        return _covariance(u, k2, ensemble, z)

    wu, wx = w.T @ u, w @ x
    variance = wu @ c_x(wu) + wx @ c_u(wx) + np.sum(c_u(w) * c_x(w.T).T)
    return _restored(variance, 2 * (exponent + of_u), w, x, u)


def _one_sided(w: RealArray, x: RealArray, k: int, ensemble: str) -> float:
    # E‖W(Ax - x)‖² = tr(W·Cov(Ax)·Wᵀ).
    return float(np.sum(w.T * _covariance(x, k, ensemble, w.T)))


def _covariance(x: RealArray, k: int, ensemble: str, z: RealArray) -> RealArray:
    """Product Cov(Ax)·z for z of shape (n,) or (n, d)."""
    n = len(x)
    spread = np.multiply.outer(x, x @ z) + (x @ x) * z
    if ensemble == "gaussian":
        return spread / k
    variance = (n - k) / (k * (n - 1)) if n > 1 else 0.0
    return variance * (spread - 2 * ((x**2) * z.T).T)


def _operands(W: ArrayLike, x: ArrayLike) -> tuple[RealArray, RealArray, int]:
    """W·2^(-a), x·2^(-b) and a + b, with entries of at most 1."""
    w, a = scaled(boundary.matrix(W, "W", real=True).astype(np.float64))
    x, b = scaled(boundary.vector(x, "x", w.shape[1], real=True).astype(np.float64))
    return w, x, a + b


def _restored(value: float | RealArray, exponent: int, *factors: RealArray) -> float:
    """The value times 2^exponent; it is a sum of products of squares of the factors' entries."""
    noise = np.finfo(np.float64).eps * np.prod([a.size * np.sum(a**2) for a in factors])
    return float(restored(value, exponent, "the result", float(noise)))


def _kept(ensemble: str, **sizes: int) -> int:
    """The k of n1=…, k1=… or n2=…, k2=…, checked."""
    (n_name, n), (k_name, k) = sizes.items()
    k = boundary.dimension(k, k_name, high=n)
    if ensemble not in ("srht", "gaussian"):
        raise ValueError(f'ensemble = {ensemble!r} is unknown; use "srht" or "gaussian"')
    if ensemble == "srht" and not boundary.is_power_of_two(n):
        raise ValueError(
            f"{n_name} = {n} is not a power of 2, so the SRHT pads it; pad W with zeros to "
            f'{boundary.next_power_of_two(n)} (and x or u with it), or use ensemble = "gaussian"'
        )
    return k
