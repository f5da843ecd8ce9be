"""Numbers of rows: their bounds, and what is measured, against what they say of themselves."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

import fjlt
from tests.fuzz.harness import Call, Promise, fuzz
from tests.fuzz.values import damaged, damaged_whole, dressed, integers, pick, whole

RETURNS, RAISES, EITHER = Promise
WRONG = [0, 0.0, -1.0, 1.5, np.nan, np.inf, "a", None, True, 1j]


def probability(value):
    assert 0 <= value <= 1


def draw_failure(rng):
    """The arguments (k, n, eps)."""
    n = int(rng.integers(1, 3000))
    k, eps = int(rng.integers(1, n + 1)), float(10 ** -rng.uniform(0, 3))
    kind = rng.integers(3)
    if kind == 0:
        return Call((k, n, pick(rng, WRONG)), RAISES)
    if kind == 1:
        wrong = pick(rng, [(damaged_whole(rng, 1, n), n), (k, damaged_whole(rng, k))])
        return Call((*wrong, eps), RAISES)

    def agrees(value):
        probability(value)
        assert fjlt.srht_spike_failure(k, n, eps) <= fjlt.srht_failure_bound(k, n, eps)

    return Call((whole(rng, k), whole(rng, n), eps), RETURNS, agrees)


def draw_gaussian(rng):
    k, eps = int(rng.integers(1, 10**6)), float(10 ** -rng.uniform(0, 3))
    if rng.integers(2):
        wrong = pick(rng, [(damaged_whole(rng), eps), (k, pick(rng, WRONG))])
        return Call(wrong, RAISES)
    return Call((whole(rng, k), eps), RETURNS, probability)


def draw_min_dim(rng):
    N, n = (int(2 ** rng.uniform(1, 20)) for _ in range(2))
    eps, delta = (float(10 ** -rng.uniform(0, 3)) for _ in range(2))
    ensemble = pick(rng, ["srht", "gaussian", "count_sketch", "ailon_liberty"])
    if rng.integers(3) == 0:
        right = [N, eps, delta, ensemble, n]
        at = int(rng.integers(5))
        wrong = damaged_whole(rng, 2 if at == 0 else 1) if at in (0, 4) else pick(rng, WRONG)
        if at == 4 and wrong is None:
            wrong = 0
        right[at] = wrong
        return Call(tuple(right), RAISES)

    def agrees(found):
        assert 1 <= found.k <= n
        assert found.best in found.rows
        allowed = delta / comb(N, 2)
        if ensemble == "srht" and not found.trivial:
            assert fjlt.srht_failure_bound(found.k, n, eps) <= allowed * (1 + 1e-9)
        if ensemble == "gaussian" and not found.trivial:
            assert fjlt.gaussian_failure(found.k, eps) <= allowed * (1 + 1e-9)

    return Call((whole(rng, N), eps, delta, ensemble, whole(rng, n)), RETURNS, agrees)


def draw_measured(rng):
    n, m = int(rng.integers(1, 9)), int(rng.integers(2, 5))
    x, eps = integers(rng, (n, m)), float(rng.uniform(0.3, 1))
    kind = rng.integers(6)
    if kind < 3:
        return Call((damaged(rng, x), eps, 0.5), RAISES)
    if kind < 5:
        return Call((np.eye(4), *pick(rng, [(pick(rng, WRONG), 0.5), (eps, 0)])), RAISES)

    def agrees(found):
        assert found.too_few < found.k <= n
        assert found.trivial == (found.k == n)

    return Call((dressed(rng, x), eps, 0.5, "gaussian"), EITHER, agrees)


ENTRIES = {
    "gaussian_failure": (fjlt.gaussian_failure, draw_gaussian),
    "min_dim": (fjlt.min_dim, draw_min_dim),
    "min_dim_measured": (fjlt.min_dim_measured, draw_measured),
    "srht_failure_bound": (fjlt.srht_failure_bound, draw_failure),
    "srht_spike_failure": (fjlt.srht_spike_failure, draw_failure),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_calls(name, calls, seed):
    fuzz(name, *ENTRIES[name], calls, seed)
