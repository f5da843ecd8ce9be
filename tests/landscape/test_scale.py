"""Data from 1e-200 to 1e200: the result at the scale of the data, to the last bit where every step
is exact under powers of 2, or a refusal; never 0, infinity or another result in silence."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from fjlt import Butterfly, TruncatedButterfly, to_dense
from landscape import (
    EncoderDecoder,
    approximation_errors,
    certify,
    critical_points,
    endings,
    fit,
    joint_critical_points,
    learn_sketch,
    minimise_reduced,
    multi_start,
    plot_landscape,
    reduced_gradient,
    reduced_hessian_product,
    reduced_loss,
    reduced_weight_gradient,
    signal_matrix,
)
from landscape.data import nearest_power

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(4, 6)), rng.normal(size=(3, 6))
T = TruncatedButterfly(Butterfly.random(4, 0).weights, [0, 2])
M = to_dense(T)
SIBLINGS = joint_critical_points(X, Y, [0, 2], 2)

# Each returns numbers that are multiplied by s² if Y is, and stay the same if X is multiplied.
OF_Y = {
    "signal_matrix": lambda x, y: signal_matrix(x, y, M),
    "reduced_loss": lambda x, y: reduced_loss(x, y, M, 1),
    "critical_points": lambda x, y: [p.loss for p in critical_points(x, y, M, 2)],
    "reduced_gradient": lambda x, y: reduced_gradient(x, y, M, 1),
    "reduced_weight_gradient": lambda x, y: reduced_weight_gradient(x, y, T, 1),
    "reduced_hessian_product": lambda x, y: reduced_hessian_product(x, y, T, 1, T.weights),
    "fit": lambda x, y: fit(x, y, 1, T, rng=0, max_steps=20).loss,
    "fit, fixed B": lambda x, y: fit(x, y, 1, M, "fixed-b", rng=0, max_steps=20).loss,
    "fit, Adam": lambda x, y: fit(x, y, 1, T, method="adam", rng=0, max_steps=20).history,
    "minimise_reduced": lambda x, y: minimise_reduced(x, y, [0, 2], 2, rng=0).loss,
    "multi_start": lambda x, y: [end.loss for end in multi_start(x, y, [0, 2], 2, 5, rng=0)],
    "certify": lambda x, y: [
        float(end) for end in certify(x, y, [0, 2], 2, SIBLINGS[0].variables).loss
    ],
    "joint_critical_points": lambda x, y: [p.loss for p in joint_critical_points(x, y, [0, 2], 2)],
}
CLOSE = {
    "fit, variable projection": lambda x, y: (
        fit(x, y, 1, T, method="variable-projection", rng=0, max_steps=20).loss
    ),
    "joint_critical_points, dominant": lambda x, y: [
        p.loss for p in joint_critical_points(x, y, [0, 1], 1)
    ],
}
EXPONENTS = [(664, 0), (-664, 0), (0, 440), (0, -440), (440, 440), (-440, -440), (510, 440)]


@pytest.mark.parametrize("name", OF_Y)
def test_powers_of_2_change_no_digit(name):
    f = OF_Y[name]
    expected = np.asarray(f(X, Y))
    assert np.isfinite(expected).all()
    assert expected.any()
    for a, b in EXPONENTS:
        found = np.asarray(f(np.ldexp(X, a), np.ldexp(Y, b)))
        assert np.array_equal(np.ldexp(found, -2 * b), expected), (a, b)


@pytest.mark.parametrize("name", CLOSE)
def test_powers_of_2_change_the_last_digits_at_most(name):
    expected = np.asarray(CLOSE[name](X, Y))
    for a, b in EXPONENTS:
        found = np.asarray(CLOSE[name](np.ldexp(X, a), np.ldexp(Y, b)))
        assert np.ldexp(found, -2 * b) == pytest.approx(expected, rel=1e-9), (a, b)


def test_the_curvature_does_not_depend_on_how_X_and_Y_compare():
    expected = reduced_hessian_product(X, Y, T, 1, T.weights)
    assert expected.any()
    for a, b in ((66, 0), (0, 66), (-66, 0), (0, -66)):
        scaled = reduced_hessian_product(np.ldexp(X, a), np.ldexp(Y, b), T, 1, T.weights)
        assert np.array_equal(np.ldexp(scaled, -2 * b), expected)


def test_ends_of_training_are_counted_at_every_scale():
    levels = np.array([SIBLINGS[0].loss])
    expected = endings(X, Y, [0, 2], 2, levels, 2, rng=0)
    for a, b in EXPONENTS:
        scaled = endings(
            np.ldexp(X, a), np.ldexp(Y, b), [0, 2], 2, np.ldexp(levels, 2 * b), 2, rng=0
        )
        assert [s.counts for s in scaled] == [s.counts for s in expected]


def test_the_network_has_its_loss_or_says_that_it_overflows():
    network = EncoderDecoder(np.ones((3, 1)), np.ones((1, 2)), T)
    for a in (440, -440):
        x, y = np.ldexp(X, a), np.ldexp(Y, a)
        assert np.ldexp(network.loss(x, y), -2 * a) == network.loss(X, Y)
        scaled, plain = network.hessian(x, y), network.hessian(X, Y)
        assert np.array_equal(np.ldexp(scaled, -2 * a), plain)
    large = EncoderDecoder(np.full((3, 1), 1e120), np.full((1, 2), 1e120), T)
    zero = large.parameters._replace(weights=np.zeros_like(T.weights))
    for call in (
        lambda: large.loss(X, Y),
        lambda: large.gradient(X, Y),
        lambda: large.loss_and_gradient(X, Y),
        lambda: large.hessian(X, Y),
        lambda: large.hessian_product(X, Y, zero),
        lambda: large(np.ldexp(X, 400)),
    ):
        with pytest.raises(ValueError, match="overflows; rescale X, Y or the network"):
            call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: approximation_errors(M, [X, X * 1e200], 1), r"entry of matrices\[1\] is .*e\+200"),
        (lambda: approximation_errors(M, [X, X * 1e-200], 1), r"entry of matrices\[1\] is .*e-200"),
        (lambda: approximation_errors(M * 1e300, [X * 1e100], 1), "B @ X has .* infinite"),
        (lambda: approximation_errors(M * 1e-300, [X * 1e-100], 1), "row 0 of B @ X has no entry"),
        (lambda: learn_sketch([X * 1e200] * 5, 1, 2), "square is out of range; rescale the matr"),
        (lambda: reduced_loss(X, Y * 1e200, M, 1), "largest entry of Y is .*, whose square is out"),
        (lambda: reduced_loss(X * 1e-200, Y, M * 1e-200, 1), "row 0 of B @ X has no entry above"),
        (lambda: reduced_loss(X * 1e200, Y, M * 1e200, 1), "B @ X has .* infinite"),
        (lambda: fit(X * 1e200, Y * 1e-130, 1, T), "are about .* and .*, too far apart for the"),
        (lambda: fit(X * 1e-200, Y * 1e130, 1, T), "are about .* and .*, too far apart for the"),
    ],
)
def test_what_no_double_can_hold_is_refused(call, message):
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=message):
        call()


def test_zero_rows_of_the_encoded_data_are_no_underflow():
    B = M.copy()
    B[1] = 0
    assert reduced_loss(X, Y, B, 1) == pytest.approx(reduced_loss(X, Y, B[:1], 1))
    assert reduced_loss(0 * X, Y, M, 1) == pytest.approx(np.sum(Y**2))


def test_a_sketch_may_have_any_scale():
    expected = approximation_errors(M, [X], 1)
    for a in (1000, -900):
        assert approximation_errors(np.ldexp(M, a), [X], 1) == pytest.approx(expected)


def test_the_picture_has_the_losses_of_the_data():
    x, y = np.ldexp(X, 664), np.ldexp(Y, 440)
    points = joint_critical_points(x, y, [0, 2], 2)
    levels = plot_landscape(points, Figure().add_subplot(), colorbar=False).collections[0].levels
    assert np.isfinite(levels).all()
    assert levels[0] <= points[0].loss < points[-1].loss <= levels[-1]


@pytest.mark.parametrize("scale", [1e-320, 1e-300, 1e-160, 1.0, 3.7, 1e160, 1e300])
def test_the_nearest_power_of_2(scale):
    power = nearest_power(scale * X)
    assert np.frexp(power)[0] == 0.5
    size = np.linalg.norm((scale * X) / power)
    assert 2**-0.51 < size < 2**0.51 or scale < 1e-307
    assert nearest_power(0 * X) == 1.0
