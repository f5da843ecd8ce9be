"""All bounds of an ensemble side by side."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from scipy.stats import chi2
from sklearn.random_projection import johnson_lindenstrauss_min_dim

import fjlt
from fjlt.bounds.hashed_rows import hashed_tail, meeting_failure
from fjlt.bounds.smallest import least_eps
from fjlt.bounds.variances import norm_variance
from fjlt.sklearn import srht_min_dim


def by_name(found):
    return {row.name: row for row in found.rows}


@pytest.mark.parametrize(("points", "eps", "delta"), [(2, 0.9, 0.5), (500, 0.1, 0.05)])
def test_gaussian_rows(points, eps, delta):
    found = fjlt.min_dim(points, eps, delta, "gaussian")
    allowed = delta / comb(points, 2)

    def fails(k):
        return chi2.sf(k * (1 + eps), k) + chi2.cdf(k * (1 - eps), k)

    assert fails(found.k) <= allowed
    assert found.k == 1 or fails(found.k - 1) > allowed
    assert (found.too_few or 0) == found.k - 1
    rows = by_name(found)
    assert rows["closed form"].k > found.k
    # Laurent and Massart: the least k with 2(u/k)^(1/2) + 2u/k <= eps
    k, u = rows["Hanson-Wright, closed form"].k, np.log(2 / allowed)
    assert 2 * np.sqrt(u / k) + 2 * u / k <= eps < 2 * np.sqrt(u / (k - 1)) + 2 * u / (k - 1)
    assert fails(k) <= allowed
    plain = rows["closed form, scikit-learn"]
    assert plain.k == johnson_lindenstrauss_min_dim(points, eps=eps)
    assert not plain.usable


def test_the_srht_takes_the_least_of_its_rows():
    found = fjlt.min_dim(500, 0.5, n=2**16)
    rows = by_name(found)
    assert rows["flat entries, Chernoff"].k == srht_min_dim(500, 2**16, 0.5, 0.05)
    assert found.k == min(row.k for row in found.rows) == rows["even moments"].k
    assert rows["spread of the entries"].k < rows["flat entries, Chernoff"].k / 5
    allowed = 0.05 / comb(500, 2)
    assert fjlt.srht_failure_bound(found.k, 2**16, 0.5) <= allowed
    assert fjlt.srht_failure_bound(found.k - 1, 2**16, 0.5) > allowed
    assert fjlt.srht_spike_failure(found.too_few, 2**16, 0.5) > allowed
    assert found.too_few < found.k < rows["flat entries, Chernoff"].k / 5
    assert not found.trivial


def test_where_no_bound_is_below_n_the_answer_is_n():
    found = fjlt.min_dim(500, 0.1, n=784)
    assert (found.k, found.trivial, found.best.name) == (784, True, "identity")
    assert by_name(found)["flat entries, Chernoff"].k == 222_472
    assert by_name(found)["flat entries, Chernoff"].remark == "not below n"
    assert found.too_few == 783
    assert "within 1 ± 0.1\nwith probability 0.95 from k = 784 rows on (identity)" in str(found)
    assert fjlt.min_dim(2, 0.5, ensemble="ailon_chazelle", n=5).k == 5


def test_the_count_sketch_by_its_variance():
    found = fjlt.min_dim(2, 0.5, 0.1, "count_sketch")
    assert found.k == 80
    # three equal entries are lost if two of them meet: 3(k - 1)/k², and one tenth is allowed
    assert found.too_few == 28
    # no more rows than n
    assert fjlt.min_dim(2, 0.5, 0.1, "count_sketch", n=20).too_few == 19
    assert fjlt.min_dim(2, 1.0, 0.1, "count_sketch").too_few is None


def test_the_accuracy_of_all_rows():
    eps = least_eps(500, 784, 0.05)
    allowed = 0.05 / comb(500, 2)
    assert fjlt.srht_failure_bound(784, 784, eps) <= allowed
    assert fjlt.srht_failure_bound(784, 784, eps - 0.001) > allowed
    assert least_eps(10, 64, 0.05) == 0
    assert least_eps(10, 5, 0.05) is None


@pytest.mark.parametrize("numbers", [(2**300, 1e-200, 1e-300), (2, 1.0, 1.0), (3, 1e-9, 1e-9)])
def test_extremes(numbers):
    for n in (1, 3, 2**40):
        assert 1 <= fjlt.min_dim(*numbers, n=n).k <= n
    assert fjlt.min_dim(*numbers, ensemble="gaussian").k >= 1


def test_serfling_is_better_than_hoeffding_near_n_and_never_the_best():
    for n, eps in ((1024, 0.5), (1000, 0.9), (4096, 0.2)):
        rows = by_name(fjlt.min_dim(500, eps, n=n))
        serfling, hoeffding = rows["largest entry, Serfling"].k, rows["largest entry, Hoeffding"].k
        size = 1 << (n - 1).bit_length()
        assert serfling < size < hoeffding
        assert rows["spread of the entries"].k < serfling
        # k/(1 - (k - 1)/N) takes the place of k
        assert abs(serfling * size / (size - serfling + 1) / hoeffding - 1) < 2 / (size - serfling)


def test_the_sparse_embedding_has_a_better_bound_than_its_variance():
    found = fjlt.min_dim(500, 0.5, ensemble="sparse_jl")
    rows = by_name(found)
    allowed = 0.05 / comb(500, 2)
    assert hashed_tail(found.k, 8, 0.5) <= allowed < hashed_tail(found.k - 1, 8, 0.5)
    assert rows["exact variance, Chebyshev"].k > 1000 * found.k > 1000 * found.too_few
    assert meeting_failure(found.too_few, 8, 0.5) > allowed


def test_chebyshev_of_every_ensemble():
    """The least k with Var/eps² <= delta, and a code has no more rows than words."""
    for name in ("ailon_chazelle", "ailon_liberty"):
        rows = fjlt.min_dim(2, 0.9, 0.5, name, n=784).rows
        row = next(row for row in rows if "Chebyshev" in row.name)
        allowed = Fraction(0.9) ** 2 / 2
        assert norm_variance(name, row.k, 784) <= allowed < norm_variance(name, row.k - 1, 784)
        assert row.usable
    few = fjlt.min_dim(2, 0.5, 0.2, "ailon_liberty", n=784)
    assert few.trivial
    assert few.rows[0].remark == "more than the 31 rows of the code"
