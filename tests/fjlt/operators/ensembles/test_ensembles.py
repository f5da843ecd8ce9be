"""What all random embeddings share, and laws of the entries of Gaussian and count sketch."""

import numpy as np
import pytest
import scipy.stats
from scipy import sparse

from fjlt import count_sketch, gaussian, to_dense


def dkw(sample, law):
    """Whether the sample departs from the law: false alarm at most 1e-9
    (Dvoretzky-Kiefer-Wolfowitz-Massart).

    Finds any law at distance 2·sqrt(ln(2e9)/(2N)) in the sup norm with probability 1 - 1e-9.
    """
    x = np.sort(sample)
    distance = np.max(np.abs(law(x) - np.arange(len(x)) / len(x)))
    return distance > np.sqrt(np.log(2e9) / (2 * len(x))) + 1 / len(x)


@pytest.mark.parametrize(("k", "n"), [(1, 16), (3, 16), (3, 17), (7, 100)])
def test_shape_and_dtype(ensemble, k, n):
    j = ensemble(k, n, rng=0)
    assert j.shape == (k, n)
    assert j.dtype == np.float64


def test_mean_square_norm_is_the_square_norm(ensemble):
    """E‖Jx‖² = ‖x‖² at x = (1, …, 5)/√55 in n = 16, k = 3, by the median of 26 means of 100.

    Var‖Jx‖² <= 2 here, so one mean is off by 0.6 with probability at most 1/18 (Chebyshev), and the
    median with probability at most C(26, 13)/18^13 < 1e-9. A scale sqrt(k) or sqrt(n/k) lost or
    doubled puts the mean at 1/3, 3, or further from 1; at 1/3 or below it is found as surely, since
    variances shrink too.
    """
    x = np.zeros(16)
    x[:5] = np.arange(1, 6) / np.sqrt(55)
    rng = np.random.default_rng(11)
    squares = np.array([np.sum((ensemble(3, 16, rng) @ x) ** 2) for _ in range(2600)])
    assert abs(np.median(squares.reshape(26, 100).mean(axis=1)) - 1) < 0.6


def test_gaussian_entries_are_normal_with_variance_one_over_k():
    k = 20
    entries = gaussian(k, 5000, rng=0).matrix.ravel()
    assert not dkw(entries, lambda x: scipy.stats.norm.cdf(x, scale=k**-0.5))
    assert dkw(entries, scipy.stats.norm.cdf)
    assert dkw(entries, lambda x: scipy.stats.norm.cdf(x, scale=0.95 * k**-0.5))


def test_gaussian_entries_are_distinct():
    assert len(np.unique(gaussian(20, 500, rng=0).matrix)) == 20 * 500


@pytest.mark.parametrize(("k", "n"), [(1, 1), (1, 5), (4, 9), (9, 9)])
def test_count_sketch_has_one_sign_a_column(k, n):
    j = count_sketch(k, n, rng=0)
    assert sparse.issparse(j.matrix)
    assert j.matrix.nnz == n
    np.testing.assert_array_equal(
        np.sort(np.abs(to_dense(j)), axis=0)[::-1], np.eye(k, 1) * np.ones(n)
    )


def test_count_sketch_buckets_and_signs_are_uniform():
    """Hoeffding: each of 8 frequencies is off by t with probability at most 1e-10; 2t is found."""
    k, n = 4, 2**16
    a = count_sketch(k, n, rng=0).matrix.toarray()
    t = np.sqrt(np.log(2e10) / (2 * n))
    for row in range(k):
        for sign in (-1, 1):
            assert abs(np.mean(a[row] == sign) - 1 / (2 * k)) < t
