"""Distortion of distances against all differences, one after the other."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, aslinearoperator
from sklearn.kernel_approximation import PolynomialCountSketch
from sklearn.preprocessing import StandardScaler
from sklearn.random_projection import GaussianRandomProjection

import fjlt
from fjlt.embedding import points

RNG = np.random.default_rng(0)
X = RNG.standard_normal((16, 9))
M = RNG.standard_normal((5, 16))


def reference(f, x, pairs=None):
    """Ratios, and errors of inner products over norms, from plain differences."""
    pairs = combinations(range(x.shape[1]), 2) if pairs is None else pairs
    y = f(x)
    ratios, errors = [], []
    for i, j in pairs:
        distance = np.linalg.norm(x[:, i] - x[:, j]) ** 2
        if distance:
            ratios.append(np.linalg.norm(y[:, i] - y[:, j]) ** 2 / distance)
        off = np.vdot(y[:, i], y[:, j]).real - np.vdot(x[:, i], x[:, j]).real
        errors.append(off / np.linalg.norm(x[:, i]) / np.linalg.norm(x[:, j]))
    return np.array(ratios), np.array(errors)


def matches(found, f, x, pairs=None):
    ratios, errors = reference(f, x, pairs)
    pairs = list(combinations(range(x.shape[1]), 2)) if pairs is None else pairs
    assert np.allclose(found.ratios, ratios, rtol=1e-11, atol=1e-13)
    assert found.smallest == (*pairs[ratios.argmin()], pytest.approx(ratios.min()))
    assert found.largest == (*pairs[ratios.argmax()], pytest.approx(ratios.max()))
    assert found.epsilon == pytest.approx(abs(ratios - 1).max())
    assert found.inner_product_rms == pytest.approx(np.mean(errors**2) ** 0.5)
    at = abs(errors).argmax()
    assert found.inner_product_worst == (*pairs[at], pytest.approx(errors[at]))
    share = found.share_within(0.4)
    assert share == ((abs(ratios - 1) <= 0.4).mean(),) * 3


OPERATORS = {
    "array": (M, lambda x: M @ x),
    "list": (M.tolist(), lambda x: M @ x),
    "sparse": (sparse.coo_array(M), lambda x: M @ x),
    "SciPy": (aslinearoperator(M), lambda x: M @ x),
    "SciPy, a product": (aslinearoperator(M) * 2.0, lambda x: 2 * M @ x),
    "SRHT": (fjlt.srht(4, 16, rng=1), fjlt.srht(4, 16, rng=1).dot),
    "function": (np.cumsum, lambda x: np.cumsum(x).reshape(x.shape)),
    "not linear": (np.tanh, np.tanh),
    "affine": (lambda x: M @ x + 7, lambda x: M @ x + 7),
    "large": (M * 1e200, None),
}


@pytest.mark.parametrize("name", [name for name in OPERATORS if name not in ("function", "large")])
@pytest.mark.parametrize("block", [1 << 22, 40])
def test_every_kind_of_map(name, block, monkeypatch):
    monkeypatch.setattr(points, "BLOCK", block)
    op, f = OPERATORS[name]
    matches(fjlt.distortion(op, X), f, X)
    pairs = [(3, 1), (0, 8), (1, 3)]
    matches(fjlt.distortion(op, X, pairs), f, X, pairs)


def test_a_transformer_gets_rows():
    projection = GaussianRandomProjection(5, random_state=0).fit(X.T)
    matches(fjlt.distortion(projection, X), lambda x: projection.components_ @ x, X)
    scaler = StandardScaler().fit(X.T)
    matches(fjlt.distortion(scaler, X), lambda x: scaler.transform(x.T).T, X)


def test_complex_sparse_and_single_points():
    z = X + 1j * RNG.standard_normal(X.shape)
    matches(fjlt.distortion(M + 2j * M[::-1], z), lambda x: (M + 2j * M[::-1]) @ x, z)
    matches(fjlt.distortion(M, sparse.csr_array(X)), lambda x: M @ x, X)
    single = X.astype(np.float32)
    matches(fjlt.distortion(M, single), lambda x: M @ x, single.astype(float))


def test_scale_of_points_and_of_the_map():
    plain = fjlt.distortion(M, X).ratios
    for size in (1e-280, 1e280):
        assert np.allclose(fjlt.distortion(M, X * size).ratios, plain, rtol=1e-12)
    assert np.allclose(fjlt.distortion(M * 1e150, X * 1e-200).ratios, plain * 1e300, rtol=1e-12)
    with pytest.raises(OverflowError, match="a ratio is about"):
        fjlt.distortion(M * 1e200, X)


def test_equal_points_are_counted_and_near_ones_are_measured():
    x = X.copy()
    x[:, 4] = x[:, 2]
    x[:, 7] = x[:, 2] + 1e-12
    found = fjlt.distortion(2 * np.eye(16), x + 1000)
    assert found.duplicates == 1
    assert found.ratios.size == 35
    assert np.allclose(found.ratios, 4, rtol=1e-15)
    assert "36 pairs, 1 of them of equal points" in found.summary()
    with pytest.raises(ValueError, match="all 36 pairs are of equal points"):
        fjlt.distortion(M, np.ones((16, 9)))


def test_drawn_pairs_are_uniform_and_different():
    x = 1 + np.arange(4.0)[None, :] ** 2
    # The difference of each pair of the images says which it is.
    found = fjlt.distortion(lambda p: np.sqrt(p), x, 60_000, rng=0)
    shares = np.unique(found.ratios.round(9), return_counts=True)[1] / 60_000
    assert found.sampled
    assert shares.size == len(set(reference(np.sqrt, x)[0].round(9)))
    assert abs(shares - 1 / shares.size).max() < 0.01


def test_the_interval_of_a_sample_covers_the_share_of_all():
    x = RNG.standard_normal((16, 40))
    exact = fjlt.distortion(M, x).share_within(2.0).share
    found = fjlt.distortion(M, x, 500, rng=1).share_within(2.0)
    assert found.low < exact < found.high
    assert found.high - found.low < 0.2
    missed = sum(
        not (s.low <= exact <= s.high)
        for s in (
            fjlt.distortion(M, x, 50, rng=r, queries=0).share_within(2.0, 0.5) for r in range(60)
        )
    )
    # The exact interval covers with at least 50 %, not always.
    assert 3 < missed < 45


def test_recall_against_sorted_distances():
    x = RNG.standard_normal((16, 60))
    found = fjlt.distortion(M, x, neighbours=5, queries=60).recall
    near = [
        np.argsort(np.linalg.norm(p[:, :, None] - p[:, None, :], axis=0), axis=1)[:, 1:6]
        for p in (x, M @ x)
    ]
    expected = np.mean([np.isin(a, b).mean() for a, b in zip(*near, strict=True)])
    assert found == (pytest.approx(expected), 5, 60, 60)
    assert fjlt.distortion(3 * np.eye(16), x).recall.share == 1
    assert fjlt.distortion(M, x, queries=0).recall is None


def test_many_points_need_little_memory():
    """Of 100 000 points only those drawn are mapped; no pair of all of them is held."""
    x = np.lib.stride_tricks.as_strided(np.arange(100_008.0), (8, 100_000), (8, 8))
    seen = 0

    def count(p):
        nonlocal seen
        seen += p.shape[1]
        return p[:2]

    assert fjlt.distortion(count, x, 300, rng=0, queries=0).ratios.size == 300
    assert seen <= 600
    found = fjlt.distortion(count, x, 300, rng=0, queries=3)
    assert found.recall.candidates == 10_000
    with pytest.raises(ValueError, match="4999950000 pairs, more than 134217728; draw some"):
        fjlt.distortion(count, x)


def test_equal_seeds_draw_equal_pairs():
    a, b, c = (fjlt.distortion(M, X, 20, rng=seed).ratios for seed in (3, 3, 4))
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)


def test_the_plot_shows_the_ratios():
    ax = Figure().add_subplot()
    for op, label in ((M, "a"), (np.eye(16), "b")):
        fjlt.distortion(op, X).plot(ax, label)
    one, first, second = ax.lines
    assert one.get_xdata() == [1, 1]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["a", "b"]
    ratios = fjlt.distortion(M, X).ratios
    x, y = first.get_data()
    assert (x[0], x[-1], y[0], y[-1]) == pytest.approx((ratios.min(), ratios.max(), 0, 1))
    for r in np.linspace(x[0], x[-1], 7)[1:-1]:
        assert np.interp(r, x, y) == pytest.approx(np.mean(ratios <= r), abs=1 / ratios.size)
    assert second.get_color() != first.get_color()
    assert second.get_linestyle() != first.get_linestyle()


@pytest.mark.parametrize(
    ("args", "error", "text"),
    [
        ((M, X.T), ValueError, r"takes 16 numbers, but X has 9 rows: points are the columns"),
        ((M.T, np.ones((5, 3))), ValueError, r"all 3 pairs are of equal points"),
        ((M, X[:, :1]), ValueError, r"X has 1 point"),
        ((M.T, X), ValueError, r"takes 5 numbers, .* its transpose\?"),
        ((M, X, "some"), ValueError, r"pairs = 'some'"),
        ((M, X, 0), ValueError, r"pairs = 0"),
        ((M, X, [(0, 9)]), ValueError, r"spans 0 to 9; the columns of X are 0, …, 8"),
        ((M, X, [(0, 1), (2, 2)]), ValueError, r"pairs\[1\] is \(2, 2\)"),
        ((M, X, [(0.0, 1.0)]), ValueError, r"integers of shape \(m, 2\)"),
        ((lambda x: x[:, :1], X), ValueError, r"has 1 columns, expected 9"),
        ((lambda x: x * np.nan, X), ValueError, r"the images .* NaN"),
        ((None, X), TypeError, r"op has dtype object"),
    ],
)
def test_is_refused(args, error, text):
    with pytest.raises(error, match=text):
        fjlt.distortion(*args)


def test_a_tensor_sketch_is_measured_on_the_tensor_products():
    """That of scikit-learn takes x for x⊗x, of which the first 16 entries are x_0·x."""
    sketch = PolynomialCountSketch(degree=2, n_components=512, random_state=0).fit(X.T)
    squares = np.einsum("ip,jp->ijp", X, X).reshape(256, 9)
    found = fjlt.distortion(lambda z: sketch.transform((z[:16] / np.sqrt(z[0])).T).T, squares)
    images = sketch.transform(X.T).T
    matches(found, lambda z: images, squares)
    assert 0.8 < np.median(found.ratios) < 1.25


def test_a_linear_operator_of_scipy_stays_one():
    class Lazy(LinearOperator):
        def __init__(self):
            super().__init__(float, (5, 16))

        def _matmat(self, x):
            assert x.shape[1] == 9, "it was made dense"
            return M @ x

    matches(fjlt.distortion(Lazy(), X), lambda x: M @ x, X)
