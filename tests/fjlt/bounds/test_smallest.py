"""All bounds of an ensemble side by side."""

from math import comb

import pytest
from scipy.stats import chi2
from sklearn.random_projection import johnson_lindenstrauss_min_dim

import fjlt
from fjlt.bounds.smallest import least_eps
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
    assert found.too_few == found.k - 1
    rows = by_name(found)
    assert rows["closed form"].k > found.k
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
    # two equal entries meet with probability 1/k, and one tenth is allowed
    assert found.too_few == 9
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
