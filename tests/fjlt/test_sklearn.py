"""The transformer: scikit-learn's own checks, its precision, its bound, and its use before a classifier."""

import pickle

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.random_projection import GaussianRandomProjection
from sklearn.utils.estimator_checks import parametrize_with_checks

from fjlt.sklearn import FJLTProjection, srht_min_dim


@parametrize_with_checks([FJLTProjection(n_components=2)])
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


@pytest.mark.parametrize("n", [1, 7, 64, 100])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("order", ["C", "F"])
def test_is_the_product_with_its_operator(n, dtype, order):
    X = np.asarray(np.random.default_rng(0).standard_normal((30, n)), dtype=dtype, order=order)
    k = max(1, n // 3)
    projection = FJLTProjection(k, random_state=0).fit(X)
    Z = projection.transform(X)
    matrix = projection.operator_ @ np.asfortranarray(np.eye(n))
    assert Z.dtype == dtype
    np.testing.assert_allclose(Z, X @ matrix.T, atol=20 * np.finfo(dtype).eps * n**0.5)
    for kind in (sparse.csr_array, sparse.csc_array, sparse.coo_array):
        np.testing.assert_array_equal(projection.transform(kind(X)), Z)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(projection)).transform(X), Z)
    again = FJLTProjection(k, random_state=0).fit(X).transform(X)
    np.testing.assert_array_equal(again, Z)
    assert n == 1 or not np.array_equal(FJLTProjection(k, random_state=1).fit(X).transform(X), Z)
    back = projection.inverse_transform(Z)
    assert back.shape == X.shape
    assert back.dtype == dtype
    np.testing.assert_allclose(back, Z @ np.linalg.pinv(matrix).T, atol=100 * np.finfo(dtype).eps * n)
    np.testing.assert_allclose(projection.transform(back), Z, atol=100 * np.finfo(dtype).eps * n)


def test_sparse_input_is_made_dense_in_blocks(monkeypatch):
    X = sparse.random_array((50, 40), density=0.1, rng=np.random.default_rng(0), format="csr")
    projection = FJLTProjection(5, random_state=0).fit(X)
    whole = projection.transform(X)
    monkeypatch.setattr("fjlt.sklearn._DENSE_ENTRIES", 300)
    np.testing.assert_array_equal(projection.transform(X), whole)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"n_components": 9}, "n_components = 9 is more than n_features=8: .* give fewer"),
        ({}, r"more than n_features=8: eps = 0\.1 needs them by the proved bound; give n_components"),
        ({"n_components": "all"}, "n_components = 'all': give an integer or 'auto'"),
        ({"n_components": 0}, "n_components = 0"),
        ({"eps": 0.0}, "eps = 0.0"),
    ],
)
def test_is_refused(options, text):
    with pytest.raises(ValueError, match=text):
        FJLTProjection(**options).fit(np.ones((5, 8)))


def test_width_of_what_is_to_be_inverted():
    projection = FJLTProjection(2).fit(np.ones((5, 8)))
    with pytest.raises(ValueError, match="Z has 3 columns, expected n_components_ = 2"):
        projection.inverse_transform(np.ones((1, 3)))


def test_the_bound_grows_as_it_should_and_is_rounded_up():
    k = srht_min_dim(100, 1000, eps=0.5, delta=0.01)
    assert k > srht_min_dim(100, 1000, eps=0.6) > srht_min_dim(10, 1000, eps=0.6)
    assert srht_min_dim(100, 1000, eps=0.25) == pytest.approx(4 * k, abs=4)
    share, N = 0.01 / 4950, 1024
    failures = [a + 2 * np.exp(-k * 0.25 / (6 * np.log(2 * N / a))) for a in share * np.linspace(0.001, 0.999, 5000)]
    assert min(failures) <= share
    below = [a + 2 * np.exp(-(k - 3) * 0.25 / (6 * np.log(2 * N / a))) for a in share * np.linspace(0.001, 0.999, 5000)]
    assert min(below) > share


def test_auto_keeps_all_distances():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.standard_normal((3, 4096)), np.eye(2, 4096)])
    X = np.concatenate([X, np.zeros((5, 2**14 - 4096))], axis=1)
    projection = FJLTProjection(eps=0.9, random_state=0).fit(X)
    assert 1 < projection.n_components_ < 2**14
    Z = projection.transform(X)
    for i in range(5):
        for j in range(i):
            assert abs(np.sum((Z[i] - Z[j]) ** 2) / np.sum((X[i] - X[j]) ** 2) - 1) < 0.9


def accuracies(projection, n_draws=20):
    X, y = load_digits(return_X_y=True)
    found = []
    for seed in range(n_draws):
        split = train_test_split(X / 16, y, test_size=0.3, random_state=seed)
        model = make_pipeline(projection(seed), RidgeClassifier()).fit(split[0], split[2])
        found.append(model.score(split[1], split[3]))
    return np.array(found)


def test_as_good_as_a_gaussian_projection_before_a_classifier():
    """Paired by split. Draws of the difference spread by about 0.02: a mean of 20 is off by 0.02 with chance 1e-5."""
    gaussian = accuracies(lambda seed: GaussianRandomProjection(16, random_state=seed))
    ours = accuracies(lambda seed: FJLTProjection(16, random_state=seed))
    worse = accuracies(lambda seed: FJLTProjection(8, random_state=seed))
    assert (ours - gaussian).std() < 0.04
    assert abs((ours - gaussian).mean()) < 0.03
    assert (worse - gaussian).mean() < -0.03
