"""The transformer: scikit-learn's checks, precision, the bound, and use before a classifier."""

import pickle

import numpy as np
import pytest
import scipy.stats
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.random_projection import GaussianRandomProjection
from sklearn.utils.estimator_checks import parametrize_with_checks

from fjlt import min_dim
from fjlt.sklearn import FJLTProjection, srht_min_dim


@pytest.mark.filterwarnings("ignore:'auto' keeps all")
@parametrize_with_checks([FJLTProjection(n_components=2), FJLTProjection()])
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
    np.testing.assert_allclose(
        back, Z @ np.linalg.pinv(matrix).T, atol=100 * np.finfo(dtype).eps * n
    )
    np.testing.assert_allclose(projection.transform(back), Z, atol=100 * np.finfo(dtype).eps * n)


def test_sparse_input_is_made_dense_in_blocks(monkeypatch):
    X = sparse.random_array((50, 40), density=0.1, rng=np.random.default_rng(0), format="csr")
    projection = FJLTProjection(5, random_state=0).fit(X)
    whole = projection.transform(X)
    monkeypatch.setattr("fjlt.sklearn.BLOCK", 300)
    np.testing.assert_array_equal(projection.transform(X), whole)


def test_samples_are_read_once_and_the_last_of_them_too(monkeypatch, tmp_path):
    monkeypatch.setattr("fjlt.sklearn.BLOCK", 300)
    X = np.lib.format.open_memmap(tmp_path / "X.npy", "w+", np.float32, (50, 40))
    X[:] = np.random.default_rng(0).standard_normal(X.shape)
    projection = FJLTProjection(5, random_state=0)
    expected = projection.fit(X).transform(X)
    checks = []
    monkeypatch.setattr(
        "sklearn.utils.validation._assert_all_finite", lambda *_, **__: checks.append(1)
    )
    np.testing.assert_array_equal(projection.transform(X), expected)
    np.testing.assert_array_equal(projection.fit_transform(X), expected)
    assert not checks  # the images show what is not finite
    projection.fit(X)
    assert checks
    monkeypatch.undo()
    monkeypatch.setattr("fjlt.sklearn.BLOCK", 300)
    for value, text in ((np.nan, "Input X contains NaN"), (-np.inf, "Input X contains infinity")):
        X[49, 17] = value
        for method in (projection.transform, projection.fit_transform, projection.fit):
            with pytest.raises(ValueError, match=text):
                method(X)
    X[49] = np.finfo(np.float32).max  # finite samples whose images are not
    assert not np.isfinite(projection.transform(X)).all()


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"n_components": 9}, "n_components=9: more than n_features=8, .*; pass at most 8"),
        ({"n_components": "all"}, "'n_components' parameter .* must be .* Got 'all' instead"),
        ({"n_components": 0}, "'n_components' parameter .* Got 0 instead"),
        ({"n_components": 2.0}, "'n_components' parameter .* Got 2.0 instead"),
        ({"eps": 0.0}, "'eps' parameter .* Got 0.0 instead"),
        ({"delta": 1.5}, "'delta' parameter .* Got 1.5 instead"),
    ],
)
def test_is_refused(options, text):
    with pytest.raises(ValueError, match=text):
        FJLTProjection(**options).fit(np.ones((5, 8)))


def test_width_of_what_is_to_be_inverted():
    projection = FJLTProjection(2).fit(np.ones((5, 8)))
    with pytest.raises(
        ValueError, match="X has 3 features, but this projection has n_components_=2"
    ):
        projection.inverse_transform(np.ones((1, 3)))


def test_the_bound_grows_as_it_should_and_is_rounded_up():
    k = srht_min_dim(100, 1000, eps=0.5, delta=0.01)
    assert (
        k
        > srht_min_dim(100, 1000, eps=0.6, delta=0.01)
        > srht_min_dim(10, 1000, eps=0.6, delta=0.01)
    )
    assert srht_min_dim(100, 1000, eps=0.25, delta=0.01) == pytest.approx(4 * k, abs=4)
    share, N = 0.01 / 4950, 1024
    failures = [
        a + 2 * np.exp(-k * 0.25 / (6 * np.log(2 * N / a)))
        for a in share * np.linspace(0.001, 0.999, 5000)
    ]
    assert min(failures) <= share
    below = [
        a + 2 * np.exp(-(k - 3) * 0.25 / (6 * np.log(2 * N / a)))
        for a in share * np.linspace(0.001, 0.999, 5000)
    ]
    assert min(below) > share


@pytest.mark.parametrize(
    ("shape", "eps", "text"),
    [
        ((1797, 64), 0.1, "all n_features=64: .* With so many components distances are kept exact"),
        ((500, 784), 0.3, r"all n_features=784: .*eps=0\.3.* eps=0\.376 is proved"),
        ((5, 6), 0.5, "all n_features=6: .* nothing is proved"),
    ],
)
def test_auto_keeps_all_features_where_no_bound_saves_one(shape, eps, text):
    with pytest.warns(UserWarning, match=text) as seen:
        projection = FJLTProjection(eps=eps, random_state=0).fit(np.zeros(shape, np.float32))
    assert projection.n_components_ == shape[1]
    assert [warning.filename for warning in seen] == [__file__]


def test_auto_with_its_defaults_keeps_digits_exactly():
    X, _ = load_digits(return_X_y=True)
    with pytest.warns(UserWarning, match="kept exactly"):
        projection = FJLTProjection(random_state=0).fit(X)
    Z = projection.transform(X)
    np.testing.assert_allclose(Z @ Z.T, X @ X.T, atol=1e-9 * np.max(X @ X.T))


def test_auto_saves_components_of_mnist(recwarn):
    kept = FJLTProjection(eps=0.5).fit(np.zeros((500, 784), np.float32)).n_components_
    assert kept == min_dim(500, 0.5, n=784).k < 784
    assert not recwarn.list


def test_the_matrix_and_batches():
    X = np.random.default_rng(0).standard_normal((20, 12))
    whole = FJLTProjection(5, random_state=0).fit(X)
    with pytest.raises(AttributeError):
        _ = FJLTProjection(5).components_
    np.testing.assert_allclose(X @ whole.components_.T, whole.transform(X), atol=1e-13)
    parts = FJLTProjection(5, random_state=0).partial_fit(X[:3])
    first = parts.operator_
    assert parts.partial_fit(X[3:]).operator_ is first
    np.testing.assert_array_equal(parts.transform(X), whole.transform(X))
    with pytest.raises(ValueError, match="X has 11 features"):
        parts.partial_fit(X[:, 1:])


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


def outcomes(X, y, train, k, fewer):
    """Of 50 splits, in how many a Gaussian projection is better by more than 1 %, and in how many
    worse.

    Than an FJLT to as many components, and than one to fewer.
    """
    better = {"as many": [0, 0], "fewer": [0, 0]}
    for seed in range(50):
        split = train_test_split(X, y, train_size=train, test_size=train // 2, random_state=seed)

        def accuracy(projection, split=split):
            model = make_pipeline(projection, RidgeClassifier()).fit(split[0], split[2])
            return model.score(split[1], split[3])

        gaussian = accuracy(GaussianRandomProjection(k, random_state=seed))
        for name, size in (("as many", k), ("fewer", fewer)):
            difference = gaussian - accuracy(FJLTProjection(size, random_state=seed))
            better[name][0] += difference > 0.01
            better[name][1] += difference < -0.01
    return better


@pytest.mark.parametrize("data", ["digits", "mnist"])
def test_as_good_as_a_gaussian_projection_before_a_classifier(data, request):
    """If the median difference is at most 1 %, 46 of 50 or more exceed that to one side with chance
    4.5e-10.

    A difference that does so in 98 % of draws is noticed with chance 0.996; that of half the
    components is.
    """
    if data == "digits":
        X, y = load_digits(return_X_y=True)
        found = outcomes(X / 16, y, 1000, 16, 8)
    else:
        request.getfixturevalue("data_folder")
        from figures.data.images import mnist

        images, y = mnist("test")
        found = outcomes(images.reshape(len(images), -1).astype(np.float32) / 255, y, 4000, 64, 32)
    limit = 46
    assert 2 * scipy.stats.binom.sf(limit - 1, 50, 0.5) < 5e-10
    assert scipy.stats.binom.sf(limit - 1, 50, 0.98) > 0.996
    assert max(found["as many"]) < limit <= found["fewer"][0]


def test_components_for_tiny_errors_are_exact_integers():
    # The least k is the rounded-up quotient of a number that does not depend on eps, and eps².
    for exponent in (100, 500, 1000):
        ratio = srht_min_dim(10, 64, eps=2.0**-exponent) / (
            srht_min_dim(10, 64, 2.0**-40) << 2 * (exponent - 40)
        )
        assert ratio == pytest.approx(1)
    assert srht_min_dim(10, 64, eps=1e-300) > 10**600
    assert srht_min_dim(10**9, 2**3000, delta=5e-324) > srht_min_dim(10**9, 2**3000)


def test_an_accuracy_out_of_reach_keeps_all():
    with pytest.warns(UserWarning, match="no bound for eps=1e-300, .* is below"):
        assert FJLTProjection(eps=1e-300).fit(np.ones((4, 8))).n_components_ == 8
