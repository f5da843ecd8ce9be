"""Newton's method on row spaces: it finds minima to full precision, leaves saddles, and notices
when a descent leaves the row spaces."""

import numpy as np
import pytest
from scipy.optimize import minimize

from fjlt import Butterfly, TruncatedButterfly
from landscape import (
    minimise_reduced,
    reduced_hessian_product,
    reduced_loss,
    reduced_weight_gradient,
)
from landscape.minima.second_order import Problem, descend
from landscape.minima.trust_region import step
from landscape.planes.gain import Gain, data_forms
from landscape.planes.row_motion import FramedGain, motion
from landscape.planes.row_spaces import RowSpaces

EXAMPLE = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
CASES = [
    (4, [0], 1),
    (4, [0, 2], 2),
    (4, [0, 1, 2], 2),
    (8, [0, 4], 2),
    (8, [0, 1, 4], 3),
    (8, [0, 2, 4, 6], 2),
]


def data(n, seed=0):
    return np.random.default_rng(seed).normal(size=(2, n, 2 * n))


@pytest.mark.parametrize(("n", "rows", "k"), CASES)
def test_the_end_is_a_nondegenerate_minimum(n, rows, k):
    X, Y = data(n)
    end = next(
        e for e in (minimise_reduced(X, Y, rows, k, rng=seed) for seed in range(20)) if e.converged
    )
    energy = np.sum(Y**2)
    assert end.gradient_norm <= 1e-12
    assert end.index == end.nullity == 0
    assert len(end.spectrum) == end.spaces.dimension
    assert end.spectrum[0] > 1e-6 * energy
    assert np.all(np.diff(end.spectrum) >= 0)
    network = end.network(X, Y)
    assert network.loss(X, Y) == pytest.approx(end.loss, rel=1e-12)
    gradient = network.flatten(network.gradient(X, Y))
    assert (
        np.linalg.norm(gradient) * np.linalg.norm(network.flatten(network.parameters))
        < 1e-10 * energy
    )
    E, B = end.encoder_butterfly()
    assert reduced_loss(X, Y, E @ B.to_dense(), k) == pytest.approx(end.loss, rel=1e-12)
    assert "converged" in end.reason


@pytest.mark.parametrize(("n", "rows", "k"), [(4, [0, 1], 2), (8, [0], 1), (8, [0, 1, 2, 4], 2)])
def test_where_all_planes_can_be_had_the_minimum_is_the_dense_optimum(n, rows, k):
    X, Y = data(n, 1)
    end = minimise_reduced(X, Y, rows, k, rng=0)
    assert end.loss == pytest.approx(reduced_loss(X, Y, np.eye(n), k), rel=1e-11)


def test_against_scipy():
    X, Y = data(8, 3)
    spaces = RowSpaces(8, [0, 4], 2)
    gain = Gain(spaces, *data_forms(X, Y))
    x = spaces.random(np.random.default_rng(0))
    other = minimize(
        lambda x: -float(gain(x)), x, jac=lambda x: -gain.gradient(x), method="BFGS", tol=1e-10
    )
    end = minimise_reduced(X, Y, [0, 4], 2, start=x)
    assert end.loss <= np.sum(Y**2) + other.fun + 1e-9


def test_both_minima_of_the_example_and_their_spectra_in_any_gauge():
    x = np.array([1, 0.1, 0.1, 1])
    ends = [
        minimise_reduced(EXAMPLE, EXAMPLE, [0, 2], 2, start=x * scale)
        for scale in ([1, 1, 1, 1], [3, 3, -5, -5])
    ]
    for end in ends:
        assert end.loss == pytest.approx(21 / 5, rel=1e-14)
        assert end.spectrum == pytest.approx(ends[0].spectrum, rel=1e-10)
    assert minimise_reduced(
        EXAMPLE, EXAMPLE, [0, 2], 2, start=[0.1, 1, 1, 0.1]
    ).loss == pytest.approx(2, rel=1e-14)


@pytest.mark.parametrize("scale", [1e-150, 1e-6, 1e6, 1e130])
def test_the_scale_of_the_data_changes_nothing(scale):
    start = [1, 0.1, 0.1, 1]
    end = minimise_reduced(EXAMPLE * 1e-200, EXAMPLE * max(scale, 1e-130), [0, 2], 2, start=start)
    assert end.converged
    assert end.loss == pytest.approx(21 / 5 * max(scale, 1e-130) ** 2, rel=1e-12)


def test_a_saddle_is_left():
    start = [1, 0, 1, 0]  # rows e1, e3: critical on the example
    problem = Problem.of(EXAMPLE, EXAMPLE, [0, 2], 2)
    assert np.abs(problem.gain.gradient(np.array(start, dtype=float))).max() < 1e-14
    end = minimise_reduced(EXAMPLE, EXAMPLE, [0, 2], 2, start=start)
    assert end.converged
    assert end.n_steps > 0
    assert end.loss < np.sum(EXAMPLE**2) * (1 - problem.gain(np.array(start, dtype=float))) - 0.1


def test_a_saddle_without_steps_left_is_no_minimum():
    problem = Problem.of(EXAMPLE, EXAMPLE, [0, 2], 2)
    (end,) = descend(problem, np.array([[1.0, 0, 1, 0]]), max_steps=0, tolerance=1e-8)
    assert end.gradient_norm < 1e-12
    assert end.index > 0
    assert not end.converged


def test_a_start_at_a_minimum_stays():
    end = minimise_reduced(EXAMPLE, EXAMPLE, [0, 2], 2, start=[1, 0, 0, 1])
    assert (end.n_steps, end.converged) == (0, True)


def test_why_it_stopped():
    early = minimise_reduced(*data(8), [0, 1, 4], 3, max_steps=2, rng=0)
    assert not early.converged
    assert "max_steps" in early.reason
    fine = minimise_reduced(*data(8), [0, 4], 2, tolerance=1e-30, rng=0)
    assert not fine.converged
    assert "raise tolerance" in fine.reason
    assert fine.gradient_norm < 1e-12


def test_rows_that_become_dependent_are_no_minimum():
    rng = np.random.default_rng(0)
    problem = Problem.of(*data(8), (0, 1, 2, 3), 4)
    ends = descend(problem, problem.gain.spaces.random(rng, (64,)), 500, 1e-12)
    lost = [end for end in ends if "not regular" in end.reason]
    assert lost
    assert not any(end.converged for end in lost)
    for end in lost:
        rows = np.linalg.svd(end.spaces.rows_at(end.x), compute_uv=False)
        assert (
            motion(FramedGain(problem.gain, end.x[None]), end.x[None]).regularity[0]
            <= rows[-1] / rows[0]
        )


def test_descents_do_not_depend_on_their_company():
    problem = Problem.of(*data(4), (0, 1, 2), 2)
    x = problem.gain.spaces.random(np.random.default_rng(0), (5,))
    together = descend(problem, x, 500, 1e-12)
    for one, start in zip(together, x, strict=True):
        (alone,) = descend(problem, start[None], 500, 1e-12)
        assert alone.loss == pytest.approx(one.loss, rel=1e-13)
        assert alone.n_steps == one.n_steps


@pytest.mark.parametrize(("n", "rows", "k"), CASES)
def test_the_frame_changes_no_derivative(n, rows, k):
    spaces = RowSpaces(n, rows, k)
    gain = Gain(spaces, *data_forms(*data(n)))
    x = spaces.random(np.random.default_rng(1), (3,))
    for plain, there in zip(gain.derivatives(x), FramedGain(gain, x).derivatives(x), strict=True):
        assert there == pytest.approx(plain, rel=1e-8, abs=1e-8 * np.abs(plain).max())
    assert FramedGain(gain, x)(x) == pytest.approx(gain(x), rel=1e-12)
    sizes = motion(FramedGain(gain, x), x).sizes
    assert (sizes[:, spaces.dimension - 1] > 1e-6).all()
    assert np.all(sizes[:, spaces.dimension :] < 1e-9)


@pytest.mark.parametrize("radius", [1e-3, 0.3, 10.0])
@pytest.mark.parametrize("seed", range(5))
def test_no_other_step_in_the_ball_promises_more(radius, seed):
    rng = np.random.default_rng(seed)
    H, g = rng.normal(size=(4, 4)), rng.normal(size=4) * (seed > 1)
    H = H + H.T + seed * np.eye(4)
    values, vectors = np.linalg.eigh(H)
    move, promised = step(values[None], vectors[None], g[None], np.array([radius]), 1e-9)
    assert np.linalg.norm(move) <= radius * (1 + 1e-9)
    others = rng.normal(size=(4000, 4))
    others *= radius * rng.random((4000, 1)) ** 0.25 / np.linalg.norm(others, axis=1, keepdims=True)
    model = others @ g + np.einsum("ij,jk,ik->i", others, H, others) / 2
    assert -promised[0] <= model.min() + 1e-9
    assert -promised[0] == pytest.approx(
        move[0] @ g + move[0] @ H @ move[0] / 2, rel=1e-10, abs=1e-12
    )


@pytest.mark.parametrize(
    ("n", "rows", "k", "m"),
    [(4, [0, 2], 2, 4), (8, [0, 1, 4], 2, 5), (8, [0, 4], 1, 3), (4, [0, 1, 2], 2, 1)],
)
def test_hessian_product_against_differences(n, rows, k, m):
    rng = np.random.default_rng(n)
    X, Y = rng.normal(size=(n, 12)), rng.normal(size=(m, 12))
    weights = Butterfly.random(n, 1).weights
    direction = rng.normal(size=weights.shape)
    B = TruncatedButterfly(weights, rows)

    def gradient(t):
        return reduced_weight_gradient(X, Y, TruncatedButterfly(weights + t * direction, rows), k)

    h = 1e-3  # two central differences: the error is of order h⁴
    difference = (8 * (gradient(h) - gradient(-h)) - gradient(2 * h) + gradient(-2 * h)) / (12 * h)
    product = reduced_hessian_product(X, Y, B, k, direction)
    assert product == pytest.approx(difference, abs=1e-5 * np.abs(difference).max())
    assert not product[~B.effective_mask].any()


def test_hessian_product_against_the_gain():
    """For l = k the gain is the same function, of those weights that are variables."""
    X, Y = data(8, 5)
    spaces = RowSpaces(8, [0, 4], 2)
    x = spaces.random(np.random.default_rng(2))
    H = -Gain(spaces, *data_forms(X, Y)).hessian(x)
    _, weights = spaces.weights_at(x)
    B = TruncatedButterfly(weights, spaces.rows)
    for i, unit in enumerate(np.eye(spaces.size)):
        direction = spaces.weights_at(unit)[1] - spaces.weights_at(np.zeros(spaces.size))[1]
        product = reduced_hessian_product(X, Y, B, 2, direction)
        column = [
            np.vdot(product, spaces.weights_at(e)[1] - spaces.weights_at(0 * e)[1])
            for e in np.eye(spaces.size)
        ]
        assert column == pytest.approx(H[i], abs=1e-9 * np.abs(H).max())


def test_descents_of_a_batch_have_data_of_their_own():
    rng, spaces = np.random.default_rng(0), RowSpaces(8, [0, 1, 4], 2)
    bases = np.linalg.qr(rng.standard_normal((5, 8, 4)))[0]
    M = bases @ np.swapaxes(bases, 1, 2) * rng.uniform(0.1, 1, (5, 1, 1))
    starts = spaces.random(rng, (5,))
    together = descend(Problem(Gain(spaces, np.eye(8), M), 1.0), starts, 500, 1e-12)
    for own, start, end in zip(M, starts, together, strict=True):
        (alone,) = descend(Problem(Gain(spaces, np.eye(8), own), 1.0), start[None], 500, 1e-12)
        assert end.loss == pytest.approx(alone.loss, rel=1e-12)
        assert end.index == alone.index
        np.testing.assert_allclose(end.spectrum, alone.spectrum, atol=1e-8)
    assert len({end.n_steps for end in together}) > 1
