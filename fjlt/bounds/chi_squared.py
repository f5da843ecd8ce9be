"""How often a Gaussian embedding fails on one vector: exactly."""

from __future__ import annotations

from fjlt import boundary

__all__ = ["gaussian_failure"]


def gaussian_failure(k: int, eps: float) -> float:
    """Exact Pr[abs(‖Jx‖² - 1) > eps] for a Gaussian J with k rows and any unit vector x.

    k·‖Jx‖² is a χ² variable of k degrees of freedom.

    Parameters
    ----------
    k : int
    eps : float
        0 < eps <= 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range.

    Notes
    -----
    Cost: two incomplete Gamma functions.

    Examples
    --------
    >>> round(gaussian_failure(100, 0.5), 6)
    0.000911
    """
    from scipy.special import gammainc, gammaincc

    k = boundary.dimension(k, "k")
    eps = boundary.number(eps, "eps", above=0, high=1)
    return float(gammaincc(k / 2, k * (1 + eps) / 2) + gammainc(k / 2, k * (1 - eps) / 2))
