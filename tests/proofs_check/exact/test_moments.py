"""Exact moments of the SRHT against enumeration, and against the hypergeometric law."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from proofs_check.exact.laws import projections
from proofs_check.exact.moments import bilinear, one_sided, second_moment, sigma2, two_sided


@pytest.mark.parametrize("n", [2, 4, 8, 16, 64, 256])
def test_the_variance_of_an_entry_is_hypergeometric(n):
    """Of the n/2 rows where two columns agree the SRHT keeps H: an entry is ±(2H - k)/k."""
    for k in {1, 2, 3, n // 2, n - 1, n}:
        if 1 <= k <= n:
            law = {h: comb(n // 2, h) * comb(n - n // 2, k - h) for h in range(k + 1)}
            mean = sum(Fraction((2 * h - k) ** 2 * count, k * k) for h, count in law.items())
            assert sigma2(n, k) == mean / comb(n, k)


def images(x, k):
    """k·JᵀJx for all draws."""
    return np.concatenate(list(projections(x, k))).astype(object)


@pytest.mark.parametrize(("n", "k1", "k2"), [(2, 1, 1), (4, 1, 2), (4, 3, 2), (4, 4, 1)])
def test_moments_are_those_of_all_draws(n, k1, k2):
    rng = np.random.default_rng(n + k1)
    W, u, x = (rng.integers(-3, 4, shape).astype(object) for shape in ((n, n), n, n))
    a, b = images(x, k1), images(u, k2)
    moment = sum(np.outer(v, v) for v in a)
    assert np.array_equal(Fraction(1, len(a) * k1**2) * moment, second_moment(x, k1))
    error = sum(((W @ v - k1 * W @ x) ** 2).sum() for v in a)
    assert one_sided(W, x, k1) == Fraction(error, len(a) * k1**2)
    # E‖A2·y - z‖² with A2² = (n/k2)·A2: the other side by its own enumeration, entry by entry.
    total = 0
    for v in a:
        for w in projections(W @ v, k2):
            total += Fraction(int(((w - k1 * k2 * (W @ x)) ** 2).sum()), len(w) * len(a))
    draws = comb(n, k2)
    assert two_sided(W, x, k1, k2) == total / draws / (k1 * k2) ** 2
    form = sum((w @ W @ v - k1 * k2 * (u @ W @ x)) ** 2 for v in a for w in b)
    assert bilinear(W, u, x, k1, k2) == Fraction(form, len(a) * len(b) * (k1 * k2) ** 2)
