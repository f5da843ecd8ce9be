"""Results at every scale of the data: those of ordinary data, scaled, or an error."""

import numpy as np
import pytest

import fjlt
from fjlt.scaling import restored, scaled, times_power_of_two

rng = np.random.default_rng(0)
W, X = rng.standard_normal((8, 8)), rng.standard_normal((8, 12))
u, x = rng.standard_normal(8), rng.standard_normal(8)
J = fjlt.srht(4, 8, rng=1)

# Squared in the data: f(2^e·data) = 2^(2e)·f(data).
SQUARED = {
    "one_sided_error": lambda c: fjlt.one_sided_error(c * W, x, 3),
    "one_sided_error, x": lambda c: fjlt.one_sided_error(W, c * x, 3, "gaussian"),
    "two_sided_error": lambda c: fjlt.two_sided_error(c * W, x, 3, 2),
    "bilinear_variance": lambda c: fjlt.bilinear_variance(W, c * u, x, 3, 2),
    "srht_squared_norms": lambda c: fjlt.srht_squared_norms(c * x, 3, 300, rng=2)[-1],
    "low_rank": lambda c: fjlt.low_rank(c * X, J, 2).error,
}


@pytest.mark.parametrize("name", SQUARED)
@pytest.mark.parametrize("exponent", [-500, -300, 300, 500])
def test_squares_scale_exactly(name, exponent):
    assert SQUARED[name](2.0**exponent) == SQUARED[name](1.0) * 2.0 ** (2 * exponent) > 0


@pytest.mark.parametrize("name", SQUARED)
@pytest.mark.parametrize(("factor", "limit"), [(1e200, "at most 2.1024"), (1e-200, "at least")])
def test_a_square_that_is_no_double_is_refused(name, factor, limit):
    with pytest.raises(OverflowError, match=rf"about 2\^-?1?\d\d\d, but a double is {limit}"):
        SQUARED[name](factor)


def test_factors_of_opposite_scales_have_an_ordinary_result():
    expected = fjlt.two_sided_error(W, x, 3, 2)
    assert fjlt.two_sided_error(W * 2.0**1000, x * 2.0**-1000, 3, 2) == expected


@pytest.mark.parametrize("factor", [1e-200, 1e200])
def test_an_error_that_is_zero_is_zero_at_every_scale(factor):
    assert fjlt.one_sided_error(factor * W, x, 8) == 0
    assert fjlt.one_sided_error(factor * W, 0 * x, 3) == 0
    assert (fjlt.srht_squared_norms(0 * x * factor, 3, 10) == 0).all()


def test_an_exact_approximation_of_a_small_matrix_has_error_zero():
    low = 1e-200 * np.outer(u, x)
    left, right, error = fjlt.low_rank(low, J, 1)
    np.testing.assert_allclose(left @ right, low, rtol=1e-12, atol=0)
    assert error == 0


@pytest.mark.parametrize("exponent", [-400, 400])
def test_factors_of_a_low_rank_approximation_scale_exactly(exponent):
    plain, other = fjlt.low_rank(X, J, 2), fjlt.low_rank(X * 2.0**exponent, J, 2)
    np.testing.assert_array_equal(other.left, plain.left * 2.0**exponent)
    np.testing.assert_array_equal(other.right, plain.right)


def test_single_precision_has_its_own_range():
    data = np.float32(1e30) * X.astype(np.float32)
    plain = fjlt.low_rank(X.astype(np.float32), J, 2).error
    assert fjlt.low_rank(data, J, 2).error == pytest.approx(1e60 * plain, rel=1e-4)
    with pytest.raises(OverflowError, match="largest float32"):
        fjlt.low_rank(np.full((8, 12), 3e38, np.float32), np.eye(8, dtype=np.float32), 2)


def test_a_sketch_that_overflows_is_refused():
    with np.errstate(over="ignore"), pytest.raises(ValueError, match="sketch @ X has"):
        fjlt.low_rank(np.ones((3, 2)), [[1.7e308, 1.7e308, 1.7e308]], 1)


@pytest.mark.parametrize("order", "CF")
def test_scaling_is_exact_for_every_kind(dtype, order):
    a = np.asarray(rng.standard_normal((3, 5)) * 1e20, order=order).astype(dtype)
    b, exponent = scaled(a)
    assert b.dtype == a.dtype
    assert b.flags.f_contiguous == a.flags.f_contiguous
    assert 0.5 <= np.abs(b.real).max() < 1
    np.testing.assert_array_equal(times_power_of_two(b, exponent), a)


@pytest.mark.parametrize("value", [5e-324, 1.7976931348623157e308, 1.0])
def test_the_ends_of_the_range_scale_exactly(value):
    b, exponent = scaled(np.array([value]))
    assert times_power_of_two(b, exponent)[0] == value


def test_zeros_have_no_scale():
    assert scaled(np.zeros(2))[1] == 0


def test_a_small_number_is_restored_only_if_it_may_be_rounding():
    assert restored(1e-17, -1100, "the error", noise=1e-16) < 1e-300
    with pytest.raises(OverflowError, match=r"the error is about 2\^-1157"):
        restored(1e-17, -1100, "the error")


@pytest.mark.parametrize("ensemble", ["srht", "gaussian"])
def test_matrices_of_one_entry(ensemble):
    # For n = 1, A = 1 for the SRHT, and A = g² with g normal otherwise: Var A = 2, E A² = 3.
    variance = 0.0 if ensemble == "srht" else 2.0
    second = 1 + variance
    assert fjlt.one_sided_error([[3]], [2], 1, ensemble) == 36 * variance
    assert fjlt.two_sided_error([[3]], [2], 1, 1, ensemble) == 36 * (second**2 - 1)
    assert fjlt.bilinear_variance([[3]], [1], [2], 1, 1, ensemble) == 36 * (second**2 - 1)


def test_operators_of_one_entry():
    assert fjlt.low_rank([[3]], [[2]], 1).error == 0
    assert fjlt.DenseReplacement.from_dense([[3]], 1, 1).to_dense() == [[3]]
    for make in (fjlt.srht, fjlt.count_sketch):
        assert abs(make(1, 1, 0).to_dense()) == [[1]]
    for make in (fjlt.gaussian, fjlt.ailon_chazelle):
        assert make(1, 1, 0).to_dense().shape == (1, 1)
    np.testing.assert_array_equal(fjlt.srht_squared_norms([3], 1, 3, 0), [9, 9, 9])
    assert fjlt.fwht([3]) == [3]
