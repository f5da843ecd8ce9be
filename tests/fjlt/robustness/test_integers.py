"""Integers of NumPy count as those of Python; absurd numbers are refused at once."""

import itertools
import os

import numpy as np
import pytest

import fjlt
from fjlt import boundary
from fjlt.operators.ensembles.dual_bch import dual_bch_rows

rng = np.random.default_rng(0)
W, u, x = rng.standard_normal((128, 128)), rng.standard_normal(128), rng.standard_normal(128)

CALLS = {
    "one_sided_error": lambda k: fjlt.one_sided_error(W, x, k),
    "one_sided_error, Gaussian": lambda k: fjlt.one_sided_error(W, x, k, "gaussian"),
    "two_sided_error": lambda k: fjlt.two_sided_error(W, x, k, k),
    "two_sided_error, Gaussian": lambda k: fjlt.two_sided_error(W, x, k, k, "gaussian"),
    "bilinear_variance": lambda k: fjlt.bilinear_variance(W, u, x, k, k),
    "max_effective_weights": lambda k: fjlt.max_effective_weights(128, k),
    "min_effective_weights": lambda k: fjlt.min_effective_weights(128, k),
    "mean_effective_weights": lambda k: fjlt.mean_effective_weights(128, k),
    "max_effective_weights, n": lambda k: fjlt.max_effective_weights(k, 3),
    "srht_squared_norms": lambda k: fjlt.srht_squared_norms(x, k, k, 0).sum(),
    "low_rank": lambda k: fjlt.low_rank(W, W, k).error,
    "from_dense": lambda k: fjlt.DenseReplacement.from_dense(W, k, k, 0).core.sum(),
    "srht": lambda k: (fjlt.srht(k, 128, 0) @ x).sum(),
    "gaussian": lambda k: (fjlt.gaussian(k, 128, 0) @ x).sum(),
    "count_sketch": lambda k: (fjlt.count_sketch(k, 128, 0) @ x).sum(),
    "ailon_chazelle": lambda k: (fjlt.ailon_chazelle(k, 128, 0, n_points=k) @ x).sum(),
    "ailon_liberty": lambda k: (fjlt.ailon_liberty(k, 4096, 0, rounds=k) @ np.ones(4096)).sum(),
    "dual_bch_rows": lambda k: dual_bch_rows(k).sum(),
    "truncated": lambda k: fjlt.TruncatedButterfly(np.ones((7, 128, 2)), [k], k).shape,
    "fwht": lambda k: fjlt.fwht(np.eye(4), axis=k - 15).sum(),
}


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.uint64, np.intp])
@pytest.mark.parametrize("name", CALLS)
def test_integers_of_every_size(name, kind):
    with np.errstate(all="raise"):
        assert CALLS[name](kind(16)) == CALLS[name](16)


HUGE = 2**62
ABSURD = [
    (fjlt.srht, (1, HUGE), MemoryError, r"size 4611686018427387904 takes about 2\^36 GiB; this "),
    (fjlt.srht, (1, 10**5000), MemoryError, r"size 2\^16610… takes"),
    (fjlt.gaussian, (HUGE, HUGE), MemoryError, r"GiB; this machine has"),
    (fjlt.count_sketch, (1, HUGE), MemoryError, r"GiB"),
    (fjlt.ailon_chazelle, (1, HUGE), MemoryError, r"GiB"),
    (lambda: fjlt.ailon_chazelle(2**18, 2**18, density=1), (), MemoryError, r"e\+10 entries"),
    (fjlt.ailon_liberty, (1, HUGE), MemoryError, r"GiB"),
    (lambda: fjlt.ailon_liberty(1, 4, rounds=HUGE), (), MemoryError, r"GiB"),
    (fjlt.Butterfly.hadamard, (HUGE,), MemoryError, r"GiB"),
    (fjlt.Butterfly.identity, (HUGE,), MemoryError, r"GiB"),
    (fjlt.Butterfly.random, (HUGE,), MemoryError, r"GiB"),
    (fjlt.srht_squared_norms, ([1, 2], 1, HUGE), MemoryError, r"draws takes"),
    (fjlt.mean_effective_weights, (HUGE, HUGE // 2), ValueError, r"262144 bits; take the mean"),
    (fjlt.mean_effective_weights, (2**20, 2**19), ValueError, r"n = 1048576, l = 524288"),
    (fjlt.srht, (10**5000, 4), ValueError, r"k = 2\^16609… outputs of n = 4 inputs"),
    (fjlt.srht, (-(10**5000), 4), ValueError, r"k = -2\^16609… is out of range"),
    (fjlt.Butterfly.random, (10**5000,), ValueError, r"n = 2\^16609… is not a power of 2"),
    (boundary.rows, (itertools.cycle([0, 1]), 4), ValueError, r"rows repeats \[0, 1\]"),
    (boundary.rows, (range(HUGE), 4), ValueError, r"row = 4"),
    (boundary.rows, (np.ma.masked_equal([0, 1], 1), 4), TypeError, r"masked"),
    (lambda: fjlt.ailon_chazelle(1, 4, density=10**400), (), ValueError, r"too large"),
]


@pytest.mark.skipif(not hasattr(os, "sysconf"), reason="the system does not tell its memory")
@pytest.mark.parametrize(("function", "args", "error", "text"), ABSURD)
def test_absurd_requests_are_refused_at_once(function, args, error, text, monkeypatch):
    monkeypatch.setattr(boundary, "_machine_memory", lambda: 16 << 30)
    with pytest.raises(error, match=text):
        function(*args)


def test_a_matrix_that_does_not_fit_is_refused(monkeypatch):
    J = fjlt.srht(4, 2**16, 0)
    monkeypatch.setattr(boundary, "_machine_memory", lambda: 16 << 30)
    with pytest.raises(MemoryError, match=r"the matrix of shape \(4, 65536\) takes about 2\^5 GiB"):
        J.to_dense()


@pytest.mark.parametrize("p", [100, 14_000])
def test_counts_of_weights_have_no_largest_size(p):
    n, l = 1 << p, 1 << p // 2
    assert fjlt.max_effective_weights(n, l) == 2 * n * (p // 2) + 2 * n - 2 * l
    assert fjlt.min_effective_weights(n, n) == fjlt.max_effective_weights(n, n) == 2 * n * p


def test_repeated_rows_are_found_in_linear_time():
    with pytest.raises(ValueError, match="rows repeats"):
        boundary.rows([*range(200_000), *range(1000)], 2**18)
