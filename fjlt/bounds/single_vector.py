"""How often a single vector is lost: every bound that can be evaluated at a given k."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from fjlt import boundary
from fjlt.bounds.hashed_rows import hashed_tail, meeting_failure
from fjlt.bounds.srht_failure import (
    hoeffding_bound,
    moment_bound,
    serfling_bound,
    spread_bound,
    srht_spike_failure,
)
from fjlt.bounds.variances import norm_variance
from fjlt.embedding.exact_law import gaussian_failure

__all__ = ["failure_bounds", "known_failure"]

Failure = Callable[[int], float | Fraction]
"""Takes k to a bound of Pr[abs(‖Jx‖² - 1) > eps] for all unit vectors x."""


def failure_bounds(ensemble: str, n: int | None, eps: float) -> dict[str, tuple[str, Failure]]:
    """The bounds for an ensemble: {name: (where it comes from, the bound as a function of k)}.

    Examples
    --------
    >>> bounds = failure_bounds("sparse_jl", None, 0.5)
    >>> {name: round(float(of(1000)), 6) for name, (_, of) in bounds.items()}
    {'even moments': 3.7e-05, 'exact variance, Chebyshev': 0.008}
    """
    found: dict[str, tuple[str, Failure]] = {}
    if ensemble == "srht" and n is not None:
        size, of_n = boundary.next_power_of_two(n), n
        found["even moments"] = ("proved here", lambda k: moment_bound(k, size, eps))
        found["spread of the entries"] = ("proved here", lambda k: spread_bound(k, of_n, size, eps))
        found["largest entry, Serfling"] = (
            "proved here, by Serfling 1974, Cor. 1.1",
            lambda k: serfling_bound(k, of_n, size, eps),
        )
        found["largest entry, Hoeffding"] = (
            "proved here, by Hoeffding 1963, Thm. 2, 4",
            lambda k: hoeffding_bound(k, of_n, size, eps),
        )
    if ensemble == "gaussian":
        found["exact chi-squared tail"] = ("proved here", lambda k: gaussian_failure(k, eps))
    if ensemble == "sparse_jl":
        found["even moments"] = ("proved here", lambda k: hashed_tail(k, min(8, k), eps))
    exact = "bound of the" if ensemble == "ailon_liberty" else "exact"
    square = Fraction(eps) ** 2
    found[f"{exact} variance, Chebyshev"] = (
        "proved here",
        lambda k: norm_variance(ensemble, k, n) / square,
    )
    return found


def known_failure(ensemble: str, k: int, n: int | None, eps: float) -> float:
    """The probability with which some unit vector is lost, at least; 0 if none is known.

    Examples
    --------
    >>> known_failure("count_sketch", 20, 100, 0.9), known_failure("ailon_liberty", 3, 100, 0.9)
    (0.05, 0.0)
    """
    if ensemble == "gaussian":
        return gaussian_failure(k, eps)
    if ensemble == "srht" and n is not None:
        return srht_spike_failure(k, n, eps)
    if ensemble in ("count_sketch", "sparse_jl"):
        return meeting_failure(k, 1 if ensemble == "count_sketch" else min(8, k), eps, n)
    return 0.0
