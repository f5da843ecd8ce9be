"""Tests of whether a random embedding keeps the norms of vectors as often as it is said to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import inf, log
from typing import Literal

import numpy as np

from fjlt import boundary, operators
from fjlt.embedding.adversaries import ascend, family
from fjlt.embedding.ensembles import Draw, Ensemble, draw_of, name_of
from fjlt.embedding.exact_law import gaussian_failure, srht_failure
from fjlt.embedding.sequential import critical, log_evidence, plausible
from fjlt.types import Array, ArrayLike, RealArray, RNGLike

__all__ = ["JLTest", "JudgedVector", "jl_test"]

_ASCENT = "the end of an ascent"

Verdict = Literal["holds", "refuted", "undecided"]


@dataclass(frozen=True, eq=False)
class JudgedVector:
    """What is known of the probability p that the norm of one vector is not kept.

    Attributes
    ----------
    name : str
    verdict : "holds", "refuted" or "undecided"
        Whether p <= δ.
    probability : Fraction, float or None
        p by an exact law, if one was used.
    failures, draws : int
    low, high : float
        Interval for p. If it is not p itself, it covers with probability at least 1 - alpha,
        although the test stops when it knows.
    """

    name: str
    verdict: Verdict
    probability: Fraction | float | None
    failures: int
    draws: int
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class JLTest:
    """The answer of ``jl_test``, and what it rests on.

    Attributes
    ----------
    ensemble : str
    k, n : int
    epsilon, delta, alpha : float
    verdict : "holds", "refuted" or "undecided"
        Refuted if it is for one vector, holds if it does for all of them.
    scope : str
        The vectors that were judged. The verdict is about no other.
    vectors : tuple of JudgedVector
        For each its name, verdict, probability (of a failure, if known exactly), failures, draws,
        and the ends low and high of an interval for the probability.
    witness : ndarray, shape (n,), or None
        A vector for which the statement is refuted, up to scale. None also if the probability is
        the same for every vector.
    max_draws : int
    power : float
    detectable, below : float
        If a probability p of failure is at least ``detectable``, ``max_draws`` draws refute the
        statement with probability at least ``power``; if p is at most ``below`` for all vectors,
        they show with that probability that it holds. inf and -1 if no p is that clear.

    Examples
    --------
    >>> found = jl_test("srht", 2, [1, 1, 0, 0], 0.5, 0.25)
    >>> found.verdict, found.vectors[0].probability
    ('refuted', Fraction(1, 3))
    """

    ensemble: str
    k: int
    n: int
    epsilon: float
    delta: float
    alpha: float
    verdict: Verdict
    scope: str
    vectors: tuple[JudgedVector, ...] = field(repr=False)
    witness: Array | None = field(repr=False)
    max_draws: int
    power: float
    detectable: float
    below: float

    def summary(self) -> str:
        """The verdict and its evidence as text.

        Returns
        -------
        str
            A few lines.
        """
        lines = [
            f"{self.ensemble}, k = {self.k}, n = {self.n}: is ‖Jx‖² within 1 ± {self.epsilon:g} of "
            f"‖x‖², except with probability at most {self.delta:g}?",
            f"{self.verdict}, for {self.scope}",
        ]
        of_each: dict[Verdict, list[JudgedVector]] = {}
        for vector in self.vectors:
            of_each.setdefault(vector.verdict, []).append(vector)
        for verdict, judged in sorted(of_each.items(), key=lambda item: item[0] != "refuted"):
            worst = max(judged, key=lambda vector: (vector.high, vector.low))
            count = f"; the likeliest failure of {len(judged)} such" if len(judged) > 1 else ""
            if worst.probability is not None:
                known = f"fails with probability {float(worst.probability):.4g} by the exact law"
            elif worst.draws:
                known = (
                    f"{worst.failures} failures in {worst.draws} draws, so a probability from "
                    f"{worst.low:.3g} to {worst.high:.3g}"
                )
            else:
                known = "not drawn, since the answer was known"
            lines.append(f"{verdict}: {worst.name}, {known}{count}")
        if any(vector.draws for vector in self.vectors):
            refutes = f"refute a probability of {self.detectable:.3g} or more"
            confirms = f"confirm one of {self.below:.3g} or less"
            lines.append(
                f"false alarm of either answer at most {self.alpha:g}; with probability "
                f"{self.power:g}, {self.max_draws} draws "
                + (refutes if self.detectable <= 1 else "refute none")
                + " and "
                + (confirms if self.below >= 0 else "are too few to confirm any")
            )
        return "\n".join(lines)


def jl_test(
    ensemble: Ensemble,
    k: int,
    points_or_n: int | ArrayLike,
    epsilon: float,
    delta: float,
    alpha: float = 1e-6,
    rng: RNGLike = None,
    *,
    max_draws: int = 10_000,
    power: float = 0.99,
    exact: bool = True,
) -> JLTest:
    """Test whether Pr[abs(‖Jx‖² - ‖x‖²) <= ε·‖x‖²] >= 1 - δ for each of some vectors x.

    The probability p of a failure is computed where its law is known: for the Gaussian ensemble,
    and for the SRHT and vectors of small support or size. Otherwise operators are drawn, and each
    is applied to all vectors, until the answer is known or ``max_draws`` are made.

    Parameters
    ----------
    ensemble : str or callable
        "srht", "gaussian", "count_sketch", "ailon_chazelle", "ailon_liberty" or "sparse_jl"; or a
        function (k, n, rng) that draws an operator of shape (k, n) with the generator rng. Its
        scale matters: the statement is about E JᵀJ = I.
    k : int
        Number of outputs, 1 <= k <= n.
    points_or_n : array_like, shape (n, m) or (n,), or int
        The vectors, in columns, real and not zero. If it is n, a family of vectors is tried at
        which embeddings are likely to fail: unit vectors, indicators of 2, 4, 8, … coordinates, the
        flat vector, and one that gradient ascent finds, which takes products with the adjoint.
    epsilon : float
        0 < ε <= 1.
    delta : float
        0 < δ < 1. It and ``epsilon`` are read as the decimal number that they print as.
    alpha : float
        Probability at most of a wrong "holds", and of a wrong "refuted".
    rng : None, int, SeedSequence, BitGenerator or Generator
        The search of the family and the judgement use different streams of it.
    max_draws : int
        The most operators to draw.
    power : float
        For ``detectable`` and ``below`` of the result.
    exact : bool
        Whether to use known laws. Without them the drawn operators themselves are tested.

    Returns
    -------
    JLTest
        Its ``verdict`` is "holds" if p <= δ for each of the vectors, "refuted" if p > δ for one of
        them, and "undecided" if the draws do not tell.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range, a vector is zero, or an operator has another shape.

    See Also
    --------
    distortion : What one operator does to points.

    Notes
    -----
    The evidence of the draws is a mixture of likelihood ratios, which may be looked at after any
    draw. "Refuted" for one of m vectors needs evidence m/α against p <= δ; "holds" needs evidence
    1/α against p >= δ for each vector, and no factor m, since it is wrong only if one of them is.
    A deviation that exceeds ε by no more than rounding, 64·log2(2n)·eps, is no failure.

    Cost: for small δ and p far below it, about (ln(1/α) + ln ln(1/α))/δ draws, and a product of
    each with the vectors that are not decided.

    References
    ----------
    Ville, Étude critique de la notion de collectif (1939); Robbins, Ann. Math. Statist. 41 (1970).
    The indicators: Section S2 of arXiv 2007.08864v2, where
    a failure probability of exp(-Ω(kε²)) is stated.

    Examples
    --------
    The SRHT loses an indicator vector; a Gaussian embedding of the same size does not:

    >>> found = jl_test("srht", 128, 1024, 0.75, 1e-5)
    >>> found.verdict, found.witness.nonzero()[0]
    ('refuted', array([0, 1, 2, 3, 4, 5, 6, 7]))
    >>> jl_test("gaussian", 128, 1024, 0.75, 1e-5).verdict
    'holds'
    """
    draw = draw_of(ensemble)
    of_search, of_judgement = boundary.generators(rng, 2)
    searched = np.ndim(points_or_n) == 0
    n = boundary.dimension(points_or_n, "n") if searched else len(vectors := _vectors(points_or_n))
    k, n = boundary.outputs(k, n)
    boundary.memory(
        16 * n * n.bit_length() * searched, f"a family of vectors of length {boundary.shown(n)}"
    )
    epsilon = boundary.number(epsilon, "epsilon", above=0, high=1)
    delta = boundary.number(delta, "delta", above=0, high=1 - 2**-53)
    alpha = boundary.number(alpha, "alpha", above=0, high=0.5)
    power = boundary.number(power, "power", above=0.5, high=1 - 1e-12)
    max_draws = boundary.dimension(max_draws, "max_draws")
    of_gauss = exact and ensemble in ("gaussian", operators.gaussian)
    of_srht = exact and ensemble in ("srht", operators.srht)
    if of_gauss:
        names, vectors = ["every vector"], np.ones((n, 1))
    elif searched:
        names, vectors = list(tried := family(n)), np.stack(list(tried.values()), axis=1)
    else:
        names = [f"column {j}" for j in range(vectors.shape[1])]

    judged = [JudgedVector(name, "undecided", None, 0, 0, 0.0, 1.0) for name in names]
    if of_gauss or of_srht:
        for j, vector in enumerate(judged):
            p = (
                _gaussian_law(k, epsilon, delta)
                if of_gauss
                else srht_failure(vectors[:, j], k, Fraction(str(epsilon)))
            )
            if p is not None:
                known: Verdict = "holds" if p <= Fraction(str(delta)) else "refuted"
                judged[j] = replace(
                    vector, verdict=known, probability=p, low=float(p), high=float(p)
                )
    left = [j for j, vector in enumerate(judged) if vector.probability is None]
    if any(vector.verdict == "refuted" for vector in judged):
        left = []
    elif searched and not of_gauss:
        # The search is made where the laws do not answer, and with draws of its own.
        found = ascend(draw, k, n, epsilon, of_search)
        vectors = np.column_stack([vectors, found])
        left.append(len(judged))
        judged.append(JudgedVector(_ASCENT, "undecided", None, 0, 0, 0.0, 1.0))
    if left:
        drawn = _by_draws(draw, k, vectors[:, left], epsilon, delta, alpha, max_draws, of_judgement)
        for j, (verdict, failures, draws) in zip(left, drawn, strict=True):
            low, high = plausible(failures, draws, alpha)
            judged[j] = replace(
                judged[j], verdict=verdict, failures=failures, draws=draws, low=low, high=high
            )
    verdicts = {vector.verdict for vector in judged}
    refuted = [j for j, vector in enumerate(judged) if vector.verdict == "refuted"]
    detectable, below = _designed(max_draws, delta, alpha, power, len(left) or 1)
    return JLTest(
        name_of(ensemble),
        k,
        n,
        epsilon,
        delta,
        alpha,
        "refuted" if refuted else "holds" if verdicts == {"holds"} else "undecided",
        _scope(of_gauss, searched, [vector.name for vector in judged]),
        tuple(judged),
        vectors[:, refuted[0]] if refuted and not of_gauss else None,
        max_draws,
        power,
        detectable,
        below,
    )


def _vectors(points: object) -> RealArray:
    x = boundary.array(points, "points", real=True)
    x = boundary.matrix(x[:, None] if x.ndim == 1 else x, "points").astype(np.float64)
    zero = np.flatnonzero(~x.any(axis=0))
    if zero.size:
        raise ValueError(
            f"column {zero[0]} of points is zero ({zero.size} such): its norm is kept by every "
            "operator; leave it out"
        )
    # Norms are relative, and so squares need not overflow.
    return np.ldexp(x, -np.frexp(np.abs(x).max(axis=0))[1])


def _scope(all_alike: bool, searched: bool, names: Sequence[str]) -> str:
    if all_alike:
        return "every real vector of this size"
    count = len(names)
    if not searched:
        return f"the {count} vector{'s' * (count > 1)} given"
    ascent = ", one found by ascent" if names[-1] == _ASCENT else ""
    return (
        f"{count} vectors that were tried: unit vectors, indicators of 2, 4, 8, … coordinates, the "
        f"flat vector{ascent}"
    )


def _gaussian_law(k: int, epsilon: float, delta: float) -> float | None:
    """The probability of a failure, if it can be told from δ: a double's last digits may be off."""
    p = gaussian_failure(k, epsilon)
    return p if abs(p - delta) > 1e-9 * delta else None


def _by_draws(
    draw: Draw,
    k: int,
    vectors: RealArray,
    epsilon: float,
    delta: float,
    alpha: float,
    max_draws: int,
    rng: np.random.Generator,
) -> Sequence[tuple[Verdict, int, int]]:
    """Draw operators until a vector is refuted, or all are decided: verdict, failures, draws."""
    n, m = vectors.shape
    failures, draws = np.zeros(m, np.int64), np.zeros(m, np.int64)
    verdicts: list[Verdict] = ["undecided"] * m
    open_ = np.arange(m)
    made = 0
    while made < max_draws and open_.size:
        # The contiguous layout is that of the fast Hadamard transform.
        x = np.asfortranarray(vectors[:, open_])
        norms = np.sum(x * x, axis=0)
        # A look at the evidence after every 16th part of the draws before.
        some = min(max(1, made // 16), max_draws - made)
        for _ in range(some):
            y = draw(k, n, rng) @ x
            rounding = 64 * (2 * n).bit_length() * float(np.finfo(y.dtype).eps)
            off = np.abs(np.sum(np.abs(y) ** 2, axis=0, dtype=np.float64) / norms - 1)
            failures[open_] += ~(off <= epsilon + rounding)
        made += some
        draws[open_] = made
        over, under = log_evidence(failures[open_], made, delta)
        for j in open_[under >= log(1 / alpha)]:
            verdicts[j] = "holds"
        refuted = open_[over >= log(m / alpha)]
        for j in refuted:
            verdicts[j] = "refuted"
        if refuted.size:
            break
        open_ = open_[under < log(1 / alpha)]
    return list(zip(verdicts, failures.tolist(), draws.tolist(), strict=True))


def _designed(draws: int, delta: float, alpha: float, power: float, m: int) -> tuple[float, float]:
    """The least p > δ that so many draws refute, the largest that they confirm, for m vectors."""
    from scipy.special import betaincinv

    enough, few = critical(draws, delta, log(m / alpha), log(1 / alpha))
    # The exact binomial tails at the last look; all m vectors must be confirmed.
    detectable = float(betaincinv(enough, draws - enough + 1, power)) if enough <= draws else inf
    below = float(betaincinv(few + 1, draws - few, (1 - power) / m)) if few >= 0 else -1.0
    return detectable, below
