"""How many rows a random embedding needs so that all distances are kept: every bound known."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from math import comb, log

from fjlt import boundary
from fjlt.bounds.closed_forms import dasgupta_gupta, exponent, laurent_massart, srht_min_dim
from fjlt.bounds.single_vector import Failure, failure_bounds, known_failure
from fjlt.bounds.srht_failure import failure_bound

__all__ = ["Bound", "MinDim", "least_eps", "min_dim"]

_LEAST = 1e-280
"""Failure probabilities below this are left to formulas: near it doubles end."""

_LONGEST = 1 << 50
"""Sizes above this are left to formulas: their neighbours are no doubles."""

_LARGEST = 1 << 20
"""Largest number of rows for which the worst spike is computed."""


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
        n, beta = self.n, _share(self.n_points, self.delta)
        if beta < _LEAST or self.k > _LONGEST or (self.ensemble == "srht" and self.k > _LARGEST):
            return None
        # a proved number of rows ends the search
        lost = partial(known_failure, self.ensemble, n=n, eps=self.eps)
        return _least(lost, beta, self.k) - 1 or None

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
        Dimension of the points. Needed by all but "gaussian", "count_sketch" and "sparse_jl".

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

    The sparse embedding has a bound by even moments too. A count sketch has none that is better
    than its variance: small flat vectors are lost nearly as often as Chebyshev's inequality allows.
    For "ailon_chazelle" and "ailon_liberty" only the variance is used. The Hanson-Wright inequality
    stands where its constants are known, for normal variables. For an SRHT with given rows it is of
    no use: the norm of the quadratic form in the signs may be 1, whatever k is.

    Cost: about 0.1 s for the SRHT.

    References
    ----------
    Dasgupta, Gupta, Random Structures & Algorithms 22 (2003), proof of Theorem 2.1; Laurent,
    Massart, Annals of Statistics 28 (2000), Lemma 1; Hoeffding, J. Amer. Statist. Assoc. 58 (1963),
    Theorems 2 and 4; Serfling, Annals of Statistics 2 (1974), Corollary 1.1.

    Examples
    --------
    >>> [(row.name, row.k) for row in min_dim(100, 0.5, ensemble="sparse_jl").rows]
    [('even moments', 1647), ('exact variance, Chebyshev', 792000)]
    >>> print(min_dim(500, 0.5, n=784))
    500 points in R^784, srht: all squared distances within 1 ± 0.5
    with probability 0.95 from k = 643 rows on (spread of the entries)
        643  yes  spread of the entries      proved here
        706  yes  even moments               proved here
        784  yes  identity                   exact; the points themselves
       1008  no   largest entry, Serfling    proved here, by Serfling 1974, Cor. 1.1; not below n
       1024  no   exact variance, Chebyshev  proved here; not below n
       8899  no   flat entries, Chernoff     proved here; not below n
      60675  no   largest entry, Hoeffding   proved here, by Hoeffding 1963, Thm. 2, 4; not below n
        405  too few: one vector is lost too often
    """
    n_points = boundary.dimension(n_points, "n_points", low=2)
    eps = boundary.number(eps, "eps", above=0, high=1)
    delta = boundary.number(delta, "delta", above=0, high=1)
    n = None if n is None else boundary.dimension(n, "n")
    from fjlt.embedding.ensembles import draw_of
    from fjlt.operators.ensembles.dual_bch import largest_code

    draw_of(ensemble)
    if not isinstance(ensemble, str):
        raise TypeError(
            "ensemble must be a name: of a function of yours no bound is known; measure with "
            "fjlt.min_dim_measured"
        )
    if n is None and ensemble not in ("gaussian", "count_sketch", "sparse_jl"):
        raise ValueError(
            f"n = None: the bounds for {ensemble!r} need the dimension n of the points"
        )
    beta = _share(n_points, delta)
    rows: list[Bound] = []
    # the code of Ailon and Liberty has few words
    most = largest_code(n) if ensemble == "ailon_liberty" and n is not None else None

    def add(k: int, name: str, origin: str, remark: str = "") -> None:
        if n is not None and k >= n:
            remark = "not below n"
        elif most is not None and k > most:
            remark = f"more than the {boundary.shown(most)} rows of the code"
        rows.append(Bound(k, not remark, name, origin, remark))

    if ensemble == "gaussian":
        add(
            dasgupta_gupta(eps, beta),
            "closed form",
            "cited: Dasgupta, Gupta 2003, proof of Theorem 2.1",
        )
        add(
            laurent_massart(eps, beta),
            "Hanson-Wright, closed form",
            "cited: Laurent, Massart 2000, Lemma 1",
        )
        add(
            int(Fraction(4 * log(n_points)) / exponent(eps)),
            "closed form, scikit-learn",
            "cited: Dasgupta, Gupta 2003, Theorem 2.1",
            f"with probability 1/{boundary.shown(n_points)} only",
        )
    if ensemble == "srht" and n is not None:
        add(srht_min_dim(n_points, n, eps, delta), "flat entries, Chernoff", "proved here")
    start = boundary.next_power_of_two(n) if ensemble == "srht" and n is not None else 1
    for name, (origin, failure) in failure_bounds(ensemble, n, eps).items():
        # a variance is a fraction; all others are doubles, and are left to formulas where those end
        exact = "variance" in name
        high = start
        while (exact or high <= _LONGEST) and failure(high) > beta:
            high *= 2
        if exact or (beta >= _LEAST and high <= _LONGEST):
            add(_least(failure, beta, high), name, origin)
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
    beta, size = _share(n_points, delta), boundary.next_power_of_two(n)
    if n == size:
        return 0.0
    if failure_bound(n, n, size, 1.0) > beta:
        return None
    # bisection over whole thousandths, upwards
    return _least(lambda step: failure_bound(n, n, size, step / 1000), beta, 1000) / 1000


def _share(n_points: int, delta: float) -> Fraction:
    """The failure probability that the union bound allows each pair, delta/pairs."""
    return Fraction(delta) / comb(n_points, 2)


def _least(failure: Failure, allowed: Fraction, high: int) -> int:
    """A k <= high with failure(k) <= allowed < failure(k - 1), by bisection; allowed at high."""
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if failure(middle) <= allowed else (middle, high)
    return high
