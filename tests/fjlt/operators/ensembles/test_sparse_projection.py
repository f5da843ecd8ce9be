"""The two factors of the Ailon-Chazelle transform."""

from math import log

import numpy as np
import pytest
import scipy.linalg
import scipy.stats

from fjlt import ailon_chazelle, to_dense


@pytest.mark.parametrize("n", [1, 2, 11, 16])
def test_second_factor_is_a_signed_hadamard_matrix(n):
    mixing = to_dense(ailon_chazelle(1, n, rng=0).factors[1])
    size = len(mixing)
    assert size == 1 << (n - 1).bit_length()
    ratio = mixing * np.sqrt(size) * scipy.linalg.hadamard(size)[:, :n]
    np.testing.assert_allclose(ratio, np.sign(ratio[:1]) * np.ones((size, n)), atol=1e-12)
    assert n < 11 or {-1, 1} == set(np.sign(ratio[0]))


def test_entries_of_the_first_factor():
    """Entries N(0, 1/(qk)) by DKW, number and places of the nonzeros by Hoeffding; false alarms
    1e-9 each.

    With N = 4096, k = 32: 131072 places; density wrong by 0.018 or deviation wrong by 10 % is
    found.
    """
    k, n, q = 32, 4096, 0.3
    p = ailon_chazelle(k, n, rng=1, density=q).factors[0].matrix
    x = np.sort(p.data)
    law = scipy.stats.norm.cdf(x, scale=(q * k) ** -0.5)
    allowed = np.sqrt(np.log(2e9) / (2 * len(x)))
    assert np.max(np.abs(law - np.arange(len(x)) / len(x))) < allowed + 1 / len(x)
    wrong = scipy.stats.norm.cdf(x, scale=0.9 * (q * k) ** -0.5)
    assert np.max(np.abs(wrong - np.arange(len(x)) / len(x))) > allowed + 1 / len(x)
    where = p.toarray() != 0
    for part, size in (
        (where, k * n),
        (where[: k // 2], k * n // 2),
        (where[:, : n // 2], k * n // 2),
    ):
        assert abs(part.mean() - q) < np.sqrt(np.log(2e9) / (2 * size))


def test_density_rule():
    def mean_density(**kwargs):
        return (
            np.mean(
                [ailon_chazelle(16, 1024, rng=s, **kwargs).factors[0].matrix.nnz for s in range(5)]
            )
            / 2**14
        )

    t = np.sqrt(np.log(2e9) / (2 * 5 * 2**14))
    assert abs(mean_density() - log(1024) ** 2 / 1024) < t
    assert abs(mean_density(n_points=10**6) - log(10**6) ** 2 / 1024) < t
    assert mean_density(density=1) == 1
    assert mean_density(n_points=10**20) == 1
