"""The test of an ensemble must be able to say each of its answers, and the right one."""

from fractions import Fraction
from math import log

import numpy as np
import pytest
from scipy.stats import binom

import fjlt
from fjlt.embedding.adversaries import ascend, family
from fjlt.embedding.sequential import critical

COSET = (np.arange(64) < 4).astype(float)


def losing(p):
    """An ensemble that keeps every norm with probability 1 - p, else loses all."""
    return lambda k, n, rng: np.eye(n)[:k] * np.sqrt(n / k) * (rng.random() >= p)


def ones(n, m=1):
    return np.ones((n, m))


def test_the_exact_law_refutes_and_holds():
    p = Fraction(1, 3)  # of J(1, 1, 0, 0) with k = 2: 0 or 4 with probability 1/6 each
    for delta, verdict in ((0.33, "refuted"), (0.34, "holds")):
        found = fjlt.jl_test("srht", 2, [1, 1, 0, 0], 0.5, delta)
        assert (found.verdict, found.vectors[0].probability, found.vectors[0].draws) == (
            verdict,
            p,
            0,
        )
    # δ itself is allowed, and ε too: both as the decimals that they print as
    assert fjlt.jl_test("srht", 1, [1, 1], 0.9, 0.5).vectors[0].probability == 1
    assert fjlt.jl_test("srht", 2, [[1], [1], [0], [0]], 1.0, 0.1).verdict == "holds"


@pytest.mark.parametrize(
    ("delta", "verdict"), [(0.01, "refuted"), (0.2, "holds"), (0.092, "undecided")]
)
def test_draws_agree_with_the_exact_law(delta, verdict):
    found = fjlt.jl_test("srht", 8, COSET, 0.9, delta, rng=0, exact=False, max_draws=2000)
    assert found.verdict == verdict
    (vector,) = found.vectors
    exact = fjlt.jl_test("srht", 8, COSET, 0.9, delta).vectors[0].probability
    assert vector.probability is None
    assert vector.low < exact < vector.high
    assert verdict == "undecided" or (exact > delta) == (verdict == "refuted")
    assert (found.witness is not None) == (verdict == "refuted")


def test_a_scaled_ensemble_is_refuted():
    def scaled(k, n, rng):
        return 1.3 * fjlt.to_dense(fjlt.gaussian(k, n, rng))

    assert fjlt.jl_test(scaled, 16, 32, 0.6, 0.1, rng=0).verdict == "refuted"
    assert fjlt.jl_test(fjlt.count_sketch, 16, np.eye(32), 0.6, 0.1, rng=0).verdict == "holds"


def test_a_subgroup_tells_the_srht_from_a_gaussian_matrix():
    found = fjlt.jl_test("srht", 128, 1024, 0.75, 1e-5)
    assert found.verdict == "refuted"
    assert found.witness.nonzero()[0].tolist() == list(range(8))
    assert "refuted: the indicator of 8 coordinates, fails with probability 2.741e-05 by" in (
        found.summary()
    )
    other = fjlt.jl_test("gaussian", 128, 1024, 0.75, 1e-5)
    assert (other.verdict, other.scope) == ("holds", "every real vector of this size")
    assert fjlt.jl_test("gaussian", 128, 1024, 0.75, 1e-7).verdict == "refuted"


@pytest.mark.parametrize(("p", "m"), [(1, 1), (1, 1000), (0, 1), (0, 1000)])
def test_it_stops_as_soon_as_it_knows(p, m):
    """All fail or none does: the evidence has a closed form, and only "refuted" pays for m."""
    delta, alpha = 0.3, 1e-3
    found = fjlt.jl_test(losing(p), 2, ones(2, m), 0.5, delta, alpha, rng=0)
    q, wanted = (delta, m / alpha) if p else (1 - delta, 1 / alpha)
    t = next(t for t in range(1, 32) if (1 - q ** (t + 1)) / ((t + 1) * (1 - q) * q**t) >= wanted)
    assert {v.draws for v in found.vectors} == {t}
    assert found.verdict == ("refuted" if p else "holds")


def test_the_design_keeps_its_power():
    m, delta, alpha, power = 3, 0.1, 1e-4, 0.9
    found = fjlt.jl_test(losing(1), 2, ones(2, m), 0.5, delta, alpha, max_draws=800, power=power)
    enough, few = critical(800, delta, log(m / alpha), log(1 / alpha))
    assert binom.sf(enough - 1, 800, found.detectable) == pytest.approx(power)
    assert m * binom.sf(few, 800, found.below) == pytest.approx(1 - power)
    # it does what it says, one draw of each
    said = {
        p: [
            fjlt.jl_test(losing(p), 2, ones(2, m), 0.5, delta, alpha, r, max_draws=800).verdict
            for r in range(5)
        ]
        for p in (found.detectable, found.below)
    }
    assert said[found.detectable].count("refuted") >= 3
    assert said[found.below].count("holds") >= 3
    few_draws = fjlt.jl_test(losing(1), 2, ones(2), 0.5, 0.001, max_draws=10, exact=False)
    assert few_draws.below == -1
    assert "too few to confirm any" in few_draws.summary()


def test_wrong_answers_are_as_rare_as_promised():
    """At p = δ "refuted" is wrong: it comes from 60 runs less often than α·60 + 4·√(α·60)."""
    wrong = sum(
        fjlt.jl_test(losing(0.2), 1, ones(1), 0.5, 0.2, 0.05, r, max_draws=60).verdict == "refuted"
        for r in range(60)
    )
    assert wrong <= 9


def test_search_and_judgement_do_not_share_draws():
    used = []

    def recorded(k, n, rng):
        used.append(rng)
        return fjlt.gaussian(k, n, rng).matrix

    fjlt.jl_test(recorded, 4, 8, 0.9, 0.5, rng=0)
    search, judgement = used[:32], used[32:]
    assert len(set(map(id, search))) == len(set(map(id, judgement))) == 1
    assert search[0] is not judgement[0]


def test_the_ascent_finds_what_is_lost():
    lossy = fjlt.MatrixOperator(np.delete(np.eye(8), 5, axis=0))
    x = ascend(lambda k, n, rng: lossy, 7, 8, 0.5, np.random.default_rng(0))
    assert np.linalg.norm(x) == pytest.approx(1)
    assert x[5] ** 2 > 0.5
    found = fjlt.jl_test(lambda k, n, rng: np.delete(np.eye(n), 5, axis=0), 7, 8, 0.6, 0.1, rng=0)
    assert found.verdict == "refuted"
    assert found.vectors[-1].name == "the end of an ascent"
    assert found.vectors[-1].verdict == "refuted"
    assert found.scope.endswith("one found by ascent")
    # where the exact law answers no search is made
    assert fjlt.jl_test("srht", 8, 64, 0.9, 0.01).scope.endswith("the flat vector")


def test_the_family():
    assert {name: x.sum() for name, x in family(8).items()} == {
        "the first unit vector": 1,
        "the last unit vector": 1,
        "the indicator of 2 coordinates": 2,
        "the indicator of 4 coordinates": 4,
        "the flat vector": 8,
    }
    assert list(family(1)) == ["the first unit vector"]


def test_points_of_any_scale_and_equal_seeds():
    points = np.random.default_rng(0).standard_normal((16, 3))
    first, again, large = (
        fjlt.jl_test("srht", 4, x, 0.5, 0.3, rng=1, max_draws=200)
        for x in (points, points, points * 2.0**900)
    )
    for other in (again, large):
        assert [v.failures for v in first.vectors] == [v.failures for v in other.vectors]
    assert first.scope == "the 3 vectors given"


@pytest.mark.parametrize(
    ("args", "error", "text"),
    [
        (("srht", 5, 4, 0.5, 0.1), ValueError, "k = 5 outputs of n = 4"),
        (("SRHT", 2, 4, 0.5, 0.1), ValueError, "'SRHT' is unknown"),
        (("srht", 2, 4, 0, 0.1), ValueError, "epsilon = 0.0"),
        (("srht", 2, 4, 0.5, 0), ValueError, "delta = 0.0"),
        (("srht", 2, 4, 0.5, 1), ValueError, "delta = 1.0"),
        (("srht", 2, 4, 0.5, 0.1, 0), ValueError, "alpha = 0.0"),
        (("srht", 1, [[1.0, 0.0], [1.0, 0.0]], 0.5, 0.1), ValueError, "column 1 of points is zero"),
        (("srht", 1, [1j, 1], 0.5, 0.1), TypeError, "points is complex"),
        (("srht", 1, 10**400, 0.5, 0.1), MemoryError, "a family of vectors of length 2.1328"),
        (("srht", 1, None, 0.5, 0.1), TypeError, "n must be an integer"),
    ],
)
def test_is_refused(args, error, text):
    with pytest.raises(error, match=text):
        fjlt.jl_test(*args)
