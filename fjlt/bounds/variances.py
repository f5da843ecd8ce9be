"""The largest variance of ‖Jx‖² over unit vectors x, for each ensemble with a name."""

from __future__ import annotations

from fractions import Fraction

from fjlt import boundary
from fjlt.bounds.hashed_rows import hashed_variance
from fjlt.operators.ensembles.sparse_projection import usual_density

__all__ = ["norm_variance"]


def norm_variance(ensemble: str, k: int, n: int | None) -> Fraction:
    """Var‖Jx‖² for the worst unit vector x, or a bound of it; E‖Jx‖² = 1.

    Parameters
    ----------
    ensemble : str
        A name in ``fjlt.embedding.ENSEMBLES``, with its defaults.
    k : int
    n : int or None
        Needed for "srht", "ailon_chazelle" and "ailon_liberty".

    Returns
    -------
    Fraction

    Notes
    -----
    The page "How many rows are enough" has the proofs. With a = ‖x‖₄⁴ >= 1/n and N the least power
    of 2 that is at least n, the variance is

    - 2/k for "gaussian", 2(1 - a)/k for "count_sketch";
    - 2(N - k)(1 - a)/(k(N - 1)) for "srht";
    - (2/s²)(1 - a)·Σ 1/k_b for "sparse_jl", with s blocks of k_b rows;
    - (2 + 3(1/q - 1)(3 - 2a)/N)/k for "ailon_chazelle" of density q;
    - at most 2/k + 8/k² for "ailon_liberty" with one round or more.

    Examples
    --------
    >>> norm_variance("gaussian", 8, None), norm_variance("srht", 8, 16)
    (Fraction(1, 4), Fraction(1, 8))
    >>> norm_variance("ailon_liberty", 8, 1024)
    Fraction(3, 8)
    """
    if ensemble == "sparse_jl":
        return hashed_variance(k, min(8, k))
    if ensemble in ("gaussian", "count_sketch") or n is None:
        return Fraction(2, k)
    size = boundary.next_power_of_two(n)
    if ensemble == "srht":
        # ‖x‖₄⁴ of a vector of n <= N entries is at least 1/N
        return Fraction(2 * (size - k), k * size)
    if ensemble == "ailon_chazelle":
        sparsity = 1 / Fraction(usual_density(max(n, 2), size)) - 1
        return (2 + 3 * sparsity * (3 - Fraction(2, n)) / size) / k
    return Fraction(2, k) + Fraction(8, k * k)
