"""Learned sketches: their errors and gradient, and that they generalise to held-out matrices."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from fjlt import gaussian, low_rank, to_dense
from landscape import approximation_errors, learn_sketch, reduced_gradient
from landscape.sketches.sketch_loss import errors_and_gradient, sketch_errors
from landscape.sketches.structures import STRUCTURES


@pytest.mark.parametrize(
    ("N", "n", "d", "l", "k"), [(1, 6, 5, 3, 2), (3, 6, 9, 4, 1), (2, 7, 3, 5, 2), (2, 4, 6, 4, 4)]
)
def test_errors_are_those_of_low_rank(N, n, d, l, k):
    rng = np.random.default_rng(0)
    X, B = rng.standard_normal((N, n, d)), rng.standard_normal((l, n))
    expected = [low_rank(x, B, k).error for x in X]
    np.testing.assert_allclose(sketch_errors(X, B @ X, k), expected, atol=1e-12)
    np.testing.assert_allclose(approximation_errors(B, X, k), expected, atol=1e-12)


def test_a_sketch_of_deficient_rank():
    X = np.random.default_rng(0).standard_normal((2, 6, 5))
    B = np.zeros((3, 6))
    B[0] = B[1] = np.arange(6)
    expected = [low_rank(x, B, 2).error for x in X]
    np.testing.assert_allclose(approximation_errors(B, X, 2), expected, atol=1e-12)
    assert np.isfinite(errors_and_gradient(X, B @ X, 2)[1]).all()


def derivative(function, theta, direction):
    """Derivatives by central differences of order six, for several widths."""
    estimates = []
    for h in (0.02, 0.01, 0.005, 0.0025):
        f = [function(theta + j * h * direction) for j in (-3, -2, -1, 1, 2, 3)]
        estimates.append((-f[0] + 9 * f[1] - 45 * f[2] + 45 * f[3] - 9 * f[4] + f[5]) / (60 * h))
    return estimates


@pytest.mark.parametrize("structure", STRUCTURES)
def test_gradient(structure):
    rng = np.random.default_rng(1)
    X = rng.standard_normal((3, 8, 7))
    k, l = 2, 5
    family = STRUCTURES[structure](l, 8, 2, rng)
    theta = family.start + 0.1 * rng.standard_normal(family.start.size)

    def total(point):
        return sketch_errors(X, to_dense(family.sketch(point)) @ X, k).sum()

    B = to_dense(family.sketch(theta))
    pulled = errors_and_gradient(X, B @ X, k)[1]
    x = np.concatenate(X, axis=1)
    gradient = family.at(theta).gradient(x, pulled.transpose(1, 0, 2).reshape(l, -1))
    for _ in range(3):
        direction = rng.standard_normal(theta.size) / theta.size**0.5
        differences = np.array(derivative(total, theta, direction))
        assert np.abs(differences - gradient @ direction).min() < 1e-8 * np.linalg.norm(gradient)
    dense = sum(reduced_gradient(a, a, B, k) for a in X)
    np.testing.assert_allclose(
        sum(g @ a.T for g, a in zip(pulled, X, strict=True)), dense, atol=1e-10
    )


@pytest.mark.parametrize(
    ("structure", "nonzeros"), [("butterfly", 1), ("sparse", 1), ("sparse", 3), ("dense", 1)]
)
def test_learns_what_holds_for_others(structure, nonzeros):
    images = load_digits().images / 16
    k, l = 2, 4
    learned = learn_sketch(
        images[:300],
        k,
        l,
        structure,
        nonzeros=nonzeros,
        max_steps=150,
        step_size=0.05,
        batch_size=60,
        rng=0,
    )
    test = images[300:600]
    least = np.square(np.linalg.svd(test, compute_uv=False)[:, k:]).sum(axis=1)
    errors = approximation_errors(learned.sketch, test, k)
    drawn = np.mean(
        [approximation_errors(gaussian(l, 8, rng=seed), test, k).mean() for seed in range(20)]
    )
    assert (least <= errors + 1e-12).all()
    assert errors.mean() - least.mean() < 0.8 * (drawn - least.mean())
    assert learned.error == learned.held_out.min() == learned.held_out[(learned.best_step + 3) // 4]
    assert learned.error < learned.held_out[0]
    pattern = np.count_nonzero(to_dense(learned.sketch), axis=0)
    assert structure != "sparse" or (pattern == nonzeros).all()


@pytest.mark.parametrize("nonzeros", [1, 3])
def test_columns_of_a_sparse_sketch_start_with_norm_one(nonzeros):
    sparse = STRUCTURES["sparse"](4, 8, nonzeros, np.random.default_rng(0))
    start = to_dense(sparse.sketch(sparse.start))
    np.testing.assert_allclose(np.linalg.norm(start, axis=0), 1)


def test_does_not_depend_on_the_scale_and_is_repeatable():
    X = load_digits().images[:40]
    one, two = (
        learn_sketch(X, 1, 3, max_steps=20, rng=0),
        learn_sketch(X * 1024.0, 1, 3, max_steps=20, rng=0),
    )
    np.testing.assert_array_equal(one.history * 2**20, two.history)
    np.testing.assert_array_equal(to_dense(one.sketch), to_dense(two.sketch))
    assert not np.array_equal(learn_sketch(X, 1, 3, max_steps=20, rng=1).history, one.history)


def test_matrices_of_several_shapes_and_none_held_out():
    rng = np.random.default_rng(0)
    X = [rng.standard_normal((6, d)) for d in (4, 9, 4, 2)]
    learned = learn_sketch(X, 2, 3, held_out=0, max_steps=30, rng=0)
    assert learned.held_out.size == 0
    assert learned.error == learned.history.min()
    assert learned.error == pytest.approx(approximation_errors(learned.sketch, X, 2).mean())
    assert learned.history.size == 31


def test_a_callback_ends_it():
    calls = []
    learned = learn_sketch(
        np.eye(4)[None] * np.arange(1, 6)[:, None, None],
        1,
        2,
        callback=lambda *a: calls.append(a) or 3,
    )
    assert learned.n_steps == 0
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("matrices", "options", "text"),
    [
        ([], {}, "matrices is empty"),
        ([np.eye(4), np.eye(3)], {}, r"matrices\[1\] has 3 rows, but matrices\[0\] has 4"),
        (
            [np.eye(4) * np.nan] * 5,
            {},
            r"matrices\[0\] has 4 entries that are NaN|matrices\[0\] has 16",
        ),
        ([np.eye(4)] * 5, {"l": 5}, "l = 5 is out of range"),
        ([np.eye(4)] * 5, {"k": 3}, "k = 3 is out of range"),
        (
            [np.eye(4)] * 5,
            {"structure": "banded"},
            "structure = 'banded' is unknown; use one of 'butterfly'",
        ),
        ([np.eye(4)] * 5, {"nonzeros": 3}, "nonzeros = 3 is out of range"),
        ([np.eye(4)], {}, "held_out = 0.2 of 1 matrices is 0; give more matrices"),
        ([np.eye(4)] * 5, {"held_out": 2}, "held_out = 2"),
        ([np.eye(4)] * 5, {"batch_size": 5}, "batch_size = 5 is out of range"),
    ],
)
def test_is_refused(matrices, options, text):
    with pytest.raises(ValueError, match=text):
        learn_sketch(matrices, **{"k": 1, "l": 2, **options})


def test_what_is_held_out_is_not_learned_from():
    """With l = n every sketch has the same errors, so the means show which matrices they are of."""
    X = np.random.default_rng(0).standard_normal((10, 4, 5))
    least = np.square(np.linalg.svd(X, compute_uv=False)[:, 1:]).sum(axis=1)
    learned = learn_sketch(X, 1, 4, "dense", max_steps=3, rng=0)
    np.testing.assert_allclose(8 * learned.history + 2 * learned.held_out, least.sum())


def test_matrices_given_to_choose_the_iterate():
    images = load_digits().images / 16
    learned = learn_sketch(images[:60], 2, 4, held_out=images[60:90], max_steps=30, rng=0)
    chosen = approximation_errors(learned.sketch, images[60:90], 2).mean()
    assert learned.error == pytest.approx(chosen, rel=1e-12)
    assert learned.error == learned.held_out.min()
    trained = approximation_errors(learned.sketch, images[:60], 2).mean()
    assert trained == pytest.approx(learned.history[learned.best_step], rel=1e-12)


def test_tall_matrices_are_learned_from_their_triangular_factors():
    rng = np.random.default_rng(0)
    tall = [rng.standard_normal((12, 3)) for _ in range(10)]
    for batch_size in (None, 4):
        learned = learn_sketch(tall, 1, 2, held_out=0, max_steps=5, batch_size=batch_size, rng=0)
        errors = approximation_errors(learned.sketch, tall, 1)
        assert learned.error == pytest.approx(errors.mean(), rel=1e-12)


def test_history_in_batches_is_what_the_batches_met():
    images = load_digits().images[:40] / 16
    learned = learn_sketch(
        images, 2, 4, held_out=0.25, max_steps=6, batch_size=15, step_size=1e-12, rng=0
    )
    assert len(learned.history) == len(learned.held_out) == 4
    np.testing.assert_allclose(
        learned.history, learned.history[0], rtol=1e-9
    )  # nothing moves, every matrix is met
