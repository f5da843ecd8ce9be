"""How many rows a random embedding needs so that all distances are kept: every bound known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import comb, log

from fjlt import boundary
from fjlt.bounds.closed_forms import by_variance, dasgupta_gupta, exponent, srht_min_dim
from fjlt.bounds.srht_failure import (
    failure_bound,
    moment_bound,
    spread_bound,
    srht_spike_failure,
)
from fjlt.embedding.exact_law import gaussian_failure

__all__ = ["Bound", "MinDim", "least_eps", "min_dim"]

_LEAST = 1e-280
"""Failure probabilities below this are left to formulas: near it doubles end."""

_LONGEST = 1 << 50
"""Sizes above this are left to formulas: their neighbours are no doubles."""

_LARGEST = 1 << 20
"""Largest n for which the worst spike is computed."""


@dataclass(frozen=True)
class Bound:
    """One bound of ``min_dim``.

    Attributes
    ----------
    k : int
        Rows for which it proves the promise.
    usable : bool
        Whether it proves the promise for an embedding of at most n rows.
    name : str
    origin : str
        "proved here", or "cited" with the number of the statement.
    remark : str
        Why it is not usable, or what it means.

    Examples
    --------
    >>> min_dim(100, 0.5, ensemble="gaussian").best.name
    'exact chi-squared tail'
    """

    k: int
    usable: bool
    name: str
    origin: str
    remark: str = ""


@dataclass(frozen=True)
class MinDim:
    """What ``min_dim`` knows; ``k`` is the answer, ``print`` shows the table.

    Attributes
    ----------
    n_points, n, eps, delta, ensemble
        As given.
    rows : tuple of Bound
        All bounds, the least k first.

    Examples
    --------
    >>> min_dim(100, 0.5, ensemble="gaussian").k
    190
    """

    n_points: int
    eps: float
    delta: float
    ensemble: str
    n: int | None
    rows: tuple[Bound, ...]

    @property
    def best(self) -> Bound:
        """The usable bound with the least k."""
        return min((row for row in self.rows if row.usable), key=lambda row: row.k)

    @property
    def k(self) -> int:
        """The least number of rows that is proved to be enough."""
        return self.best.k

    @property
    def trivial(self) -> bool:
        """Whether no bound is below n: then k = n, and the points themselves are the answer."""
        return self.k == self.n

    @cached_property
    def too_few(self) -> int | None:
        """A number of rows that is too few for one vector: it fails there too often.

        With so many rows a unit vector is known that the embedding distorts by more than eps with
        probability above delta/pairs. So no bound of this kind, for single vectors and the union
        over pairs, can give that number. ``None`` if no such vector is known here.
        """
        beta = _share(self.n_points, self.delta)
        if self.ensemble == "gaussian":
            exact = next((row for row in self.rows if row.name == "exact chi-squared tail"), None)
            return exact.k - 1 if exact else None
        if self.ensemble == "count_sketch" and self.eps < 1 and self.n != 1:
            # (1, 1)/√2 is taken to 0, or to √2·e_i, if both entries meet: probability 1/k
            return -int(-1 // beta) - 1
        if self.ensemble == "srht" and self.n is not None and self.n <= _LARGEST:
            n, failure = self.n, float(beta)
            return _least(lambda k: srht_spike_failure(k, n, self.eps), n, failure) - 1
        return None

    def summary(self) -> str:
        """The table as text: k, whether it can be used, the bound, where it comes from.

        Returns
        -------
        str
            A line for each bound, after two that say the answer.
        """
        space = "" if self.n is None else f" in R^{boundary.shown(self.n)}"
        lines = [
            f"{boundary.shown(self.n_points)} points{space}, {self.ensemble}: all squared "
            f"distances within 1 ± {self.eps:g}",
            f"with probability {1 - self.delta:.12g} from k = {boundary.shown(self.k)} rows on "
            f"({self.best.name})",
        ]
        width = max(len(boundary.shown(row.k)) for row in self.rows)
        names = max(len(row.name) for row in self.rows)
        for row in self.rows:
            remark = f"; {row.remark}" if row.remark else ""
            lines.append(
                f"{boundary.shown(row.k):>{width + 2}}  {'yes' if row.usable else 'no '}  "
                f"{row.name:<{names}}  {row.origin}{remark}"
            )
        if self.too_few:
            few = boundary.shown(self.too_few)
            lines.append(f"{few:>{width + 2}}  too few: one vector is lost too often")
        return "\n".join(lines)

    __str__ = summary


def min_dim(
    n_points: int,
    eps: float,
    delta: float = 0.05,
    ensemble: str = "srht",
    n: int | None = None,
) -> MinDim:
    """Rows for which a random embedding keeps all squared distances of points within 1 ± eps.

    The points must not depend on the draw. With probability at least 1 - delta no distance is lost:
    by the union bound, if a single vector is lost with probability at most delta divided by the
    number of pairs.

    Parameters
    ----------
    n_points : int
        At least 2. For the norm of a single vector pass 2: there is one pair.
    eps : float
        Largest relative error of a squared distance, 0 < eps <= 1.
    delta : float
        Largest probability that any distance is lost, 0 < delta <= 1.
    ensemble : str
        A name in ``fjlt.embedding.ENSEMBLES``, such as "srht", "gaussian" or "count_sketch".
    n : int, optional
        Dimension of the points. Needed by all but "gaussian" and "count_sketch".

    Returns
    -------
    MinDim
        ``k`` is the least number of rows over all bounds that apply, at most n if n is given;
        ``rows`` are the bounds; ``too_few`` is what the exact law of one vector rules out.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range, n is missing, or the ensemble is unknown.

    See Also
    --------
    min_dim_measured : what your own points need.
    srht_failure_bound : the bound for one vector.

    Notes
    -----
    Each bound holds, so the least of them does. For the SRHT that is nearly always the one by even
    moments or by the spread of the entries of HDx. They are of order exp(-eps·k^(1/2)), not
    exp(-k·eps²): no better is possible for all vectors. A number k that a computed bound gives was
    found by bisection; the bound was evaluated at that k.

    If no bound is below n, the answer is n, with ``trivial`` set: the identity keeps all. An SRHT
    of n rows does so too if n is a power of 2. Otherwise it pads to the next power of 2, and loses
    what falls on the rows that are left out.

    Sparse and code-based ensembles have bounds in the literature, but none with constants that
    would be stated here; only the identity remains.

    Cost: about 0.1 s for the SRHT.

    References
    ----------
    For the Gaussian closed form: Dasgupta, Gupta, Random Structures & Algorithms 22 (2003).

    Examples
    --------
    >>> [(row.name, row.k) for row in min_dim(100, 0.5, ensemble="gaussian").rows]
    [('exact chi-squared tail', 190), ('closed form, scikit-learn', 221), ('closed form', 293)]
    >>> print(min_dim(500, 0.5, n=784))
    500 points in R^784, srht: all squared distances within 1 ± 0.5
    with probability 0.95 from k = 643 rows on (spread of the entries)
       643  yes  spread of the entries      proved here
       706  yes  even moments               proved here
       784  yes  identity                   exact; the points themselves
      1024  no   exact variance, Chebyshev  proved here; not below n
      8899  no   flat entries, Chernoff     proved here; not below n
       405  too few: one vector is lost too often
    """
    n_points = boundary.dimension(n_points, "n_points", low=2)
    eps = boundary.number(eps, "eps", above=0, high=1)
    delta = boundary.number(delta, "delta", above=0, high=1)
    n = None if n is None else boundary.dimension(n, "n")
    from fjlt.embedding.ensembles import draw_of

    draw_of(ensemble)
    if not isinstance(ensemble, str):
        raise TypeError(
            "ensemble must be a name: of a function of yours no bound is known; measure with "
            "fjlt.min_dim_measured"
        )
    if n is None and ensemble not in ("gaussian", "count_sketch"):
        raise ValueError(
            f"n = None: the bounds for {ensemble!r} need the dimension n of the points"
        )
    beta = _share(n_points, delta)
    rows: list[Bound] = []

    def add(k: int, name: str, origin: str, weaker: str = "") -> None:
        fits = n is None or k < n
        rows.append(Bound(k, fits and not weaker, name, origin, weaker if fits else "not below n"))

    if ensemble == "srht" and n is not None:
        size = boundary.next_power_of_two(n)
        if beta >= _LEAST and n <= _LONGEST:
            k = _least(lambda k: moment_bound(k, size, eps), size, float(beta))
            add(k, "even moments", "proved here")
            k = _least(lambda k: spread_bound(k, n, size, eps), size, float(beta))
            add(k, "spread of the entries", "proved here")
        add(by_variance(eps, beta, size), "exact variance, Chebyshev", "proved here")
        add(srht_min_dim(n_points, n, eps, delta), "flat entries, Chernoff", "proved here")
    elif ensemble == "gaussian":
        closed = dasgupta_gupta(eps, beta)
        if beta >= _LEAST and closed <= _LONGEST:
            k = _least(lambda k: gaussian_failure(k, eps), closed, float(beta))
            add(k, "exact chi-squared tail", "proved here")
        add(closed, "closed form", "cited: Dasgupta, Gupta 2003, proof of Theorem 2.1")
        plain = int(Fraction(4 * log(n_points)) / exponent(eps))
        add(
            plain,
            "closed form, scikit-learn",
            "cited: Dasgupta, Gupta 2003, Theorem 2.1",
            f"with probability 1/{boundary.shown(n_points)} only",
        )
    elif ensemble == "count_sketch":
        add(by_variance(eps, beta), "variance, Chebyshev", "proved here")
    if n is not None:
        rows.append(Bound(n, True, "identity", "exact", "the points themselves"))
    rows.sort(key=lambda row: row.k)
    return MinDim(n_points, eps, delta, ensemble, n, tuple(rows))


def least_eps(n_points: int, n: int, delta: float) -> float | None:
    """The eps that is proved for an SRHT of shape (n, n), to three digits; ``None`` if none is.

    It is 0 if n is a power of 2.

    Examples
    --------
    >>> least_eps(500, 64, 0.05), least_eps(500, 784, 0.05)
    (0.0, 0.376)
    """
    beta, size = float(_share(n_points, delta)), boundary.next_power_of_two(n)
    if n == size:
        return 0.0
    if failure_bound(n, n, size, 1.0) > beta:
        return None
    # bisection over whole thousandths, upwards
    return _least(lambda step: failure_bound(n, n, size, step / 1000), 1000, beta) / 1000


def _share(n_points: int, delta: float) -> Fraction:
    """The failure probability that the union bound allows each pair, delta/pairs."""
    return Fraction(delta) / comb(n_points, 2)


def _least(failure: Callable[[int], float], high: int, allowed: float) -> int:
    """A k <= high with failure(k) <= allowed < failure(k - 1), by bisection; allowed at high."""
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if failure(middle) <= allowed else (middle, high)
    return high
