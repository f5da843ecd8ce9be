"""The fast transform against the matrix."""

import numpy as np
import pytest
import scipy.linalg

from fjlt import fwht


@pytest.mark.parametrize("ortho", [True, False])
@pytest.mark.parametrize(
    ("shape", "axis"),
    [((1,), 0), ((2,), 0), ((64,), -1), ((8, 3), 0), ((3, 8), 1), ((3, 8), -1), ((2, 4, 5), 1),
     ((8, 0), 0), ((0, 4), 1), ((2, 3, 4, 2), -2)],
)  # fmt: skip
def test_against_the_matrix(shape, axis, ortho, dtype):
    rng = np.random.default_rng(0)
    x = (
        rng.standard_normal(shape) + (1j * rng.standard_normal(shape) if dtype.kind == "c" else 0)
    ).astype(dtype)
    n = shape[axis]
    h = scipy.linalg.hadamard(n) * (n**-0.5 if ortho else 1)
    expected = np.moveaxis(np.tensordot(h, x, axes=(1, axis)), 0, axis)
    before = x.copy()
    y = fwht(x, axis=axis, ortho=ortho)
    assert (y.shape, y.dtype) == (shape, dtype)
    np.testing.assert_allclose(y, expected, atol=100 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(x, before)


def test_default_is_orthonormal_along_the_first_axis():
    x = np.random.default_rng(0).standard_normal((4, 2))
    np.testing.assert_allclose(fwht(x), scipy.linalg.hadamard(4) / 2 @ x, atol=1e-15)


@pytest.mark.parametrize("order", ["C", "F"])
def test_memory_order_and_strides_do_not_matter(order):
    x = np.asarray(np.arange(64.0).reshape(8, 8), order=order)[:, ::-2]
    np.testing.assert_array_equal(fwht(x, ortho=False), scipy.linalg.hadamard(8) @ x)


def test_integers_are_exact():
    x = np.random.default_rng(0).integers(-(10**6), 10**6, size=1024)
    np.testing.assert_array_equal(fwht(x, ortho=False), scipy.linalg.hadamard(1024) @ x)


@pytest.mark.parametrize(
    ("shape", "axis"),
    [
        ((1, 512), 1),
        ((3, 4096), 1),
        ((2**17,), 0),
        ((4096, 17), 0),
        ((2, 256, 300), 1),
        ((1024, 2), 0),
        ((128, 3), 0),
        ((2, 2**14, 5), 1),
        ((2**13, 15), 0),
    ],
)
def test_all_passes_against_the_definition_by_halves(shape, axis, dtype):
    rng = np.random.default_rng(0)
    x = (
        rng.standard_normal(shape) + (1j * rng.standard_normal(shape) if dtype.kind == "c" else 0)
    ).astype(dtype)
    expected = np.moveaxis(x.astype(np.complex128), axis, 0)
    p = shape[axis].bit_length() - 1
    for i in range(p):
        pairs = expected.reshape(-1, 2, 1 << i, *expected.shape[1:])
        expected = np.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], axis=1).reshape(
            expected.shape
        )
    y = fwht(x, axis=axis)
    assert y.dtype == dtype
    size = np.abs(expected).max()
    np.testing.assert_allclose(
        np.moveaxis(y, axis, 0) / size,
        expected / size * 2 ** (-p / 2),
        atol=50 * np.finfo(dtype).eps,
    )


@pytest.mark.parametrize(("n", "m"), [(12, 12), (20, 20), (28, 28), (96, 12), (640, 20), (448, 28)])
def test_other_sizes_have_a_symmetric_hadamard_matrix(n, m, dtype):
    """Entries ±1, symmetric, its own inverse; a product with that of Sylvester."""
    H = fwht(np.eye(n), ortho=False)
    assert np.array_equal(abs(H), np.ones((n, n)))
    assert np.array_equal(H, H.T)
    assert np.array_equal(H @ H, n * np.eye(n))
    assert np.array_equal(H, np.kron(H[:: n // m, :: n // m], scipy.linalg.hadamard(n // m)))
    rng = np.random.default_rng(0)
    for shape, axis in (((n,), 0), ((n, 3), 0), ((5, n), 1), ((2, n, 10_000 // n), 1)):
        x = rng.standard_normal(shape).astype(dtype)
        expected = np.moveaxis(np.tensordot(H / n**0.5, x, axes=(1, axis)), 0, axis)
        y = fwht(x, axis)
        assert (y.shape, y.dtype) == (shape, dtype)
        np.testing.assert_allclose(y, expected, atol=100 * np.finfo(dtype).eps)
        assert fwht(x, axis, out=x) is x
        np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize(
    ("n", "larger"), [(3, 4), (5, 8), (6, 8), (9, 12), (14, 16), (18, 20), (36, 40), (100, 112)]
)
def test_a_size_without_a_matrix_names_the_next_one(n, larger):
    with pytest.raises(ValueError, match=f"pad with zeros to {larger}$"):
        fwht(np.ones(n))
    assert np.isfinite(fwht(np.ones(larger))).all()


def test_other_orders_are_for_powers_of_2():
    with pytest.raises(ValueError, match="12 is not a power of 2"):
        fwht(np.ones(12), order="sequency")


@pytest.mark.parametrize("order", ["C", "F"])
def test_result_goes_where_it_is_told(order):
    x = np.asarray(np.random.default_rng(0).standard_normal((64, 5)), order=order)
    expected = fwht(x.copy())
    for out in (np.empty((64, 5)), np.empty((5, 64)).T, np.empty((64, 10))[:, ::2]):
        assert fwht(x, out=out) is out
        np.testing.assert_allclose(out, expected, atol=1e-14)
    assert fwht(x, out=x) is x
    np.testing.assert_allclose(x, expected, atol=1e-14)


def test_overlapping_arrays_are_kept_apart():
    a = np.random.default_rng(0).standard_normal((80, 3))
    expected = fwht(a[:64].copy())
    np.testing.assert_array_equal(fwht(a[:64], out=a[16:]), expected)


@pytest.mark.parametrize("out", [np.empty((4, 2)), np.empty(8, np.float32), [0.0] * 8])
def test_a_result_that_does_not_fit_is_refused(out):
    with pytest.raises(ValueError, match="out must be an array of shape"):
        fwht(np.ones(8), out=out)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize(("n", "place"), [(4096, 0), (4096, 77), (4096, 4095), (24, 23)])
def test_an_entry_that_is_not_finite_is_found_from_one_output(bad, n, place):
    x = np.ones((n, 3))
    x[place, 1] = bad
    for out in (None, x):
        with pytest.raises(ValueError, match=rf"1 entries .* \({place}, 1\)"):
            fwht(x, out=out)
    assert np.isnan(x[place, 1]) or np.isinf(x[place, 1])


def test_overflow_is_no_bad_input():
    assert np.isinf(fwht(np.full(4, 1e308), ortho=False)[0])


@pytest.mark.parametrize("n", [1, 2, 4, 32, 256])
def test_in_the_order_of_sequency_row_i_changes_its_sign_i_times(n):
    H = fwht(np.eye(n), ortho=False, order="sequency")
    assert np.array_equal((np.diff(H, axis=1) != 0).sum(1), np.arange(n))
    assert np.array_equal(H[:, 0], np.ones(n))
    assert np.array_equal(H, H.T)
    np.testing.assert_allclose(H @ H, n * np.eye(n))


@pytest.mark.parametrize("n", [1, 2, 4, 32])
def test_in_the_dyadic_order_rows_are_products_of_rademacher_functions(n):
    """Row i is the product of the rows r_m, over the bits m of i, where r_m halves n/2^m places."""
    j = np.arange(n)
    expected = np.ones((n, n))
    for i in range(n):
        for m in range(n.bit_length() - 1):
            if i >> m & 1:
                expected[i] *= (-1.0) ** (j // (n >> m + 1))
    np.testing.assert_array_equal(fwht(np.eye(n), ortho=False, order="dyadic"), expected)


@pytest.mark.parametrize("order", ["sylvester", "dyadic", "sequency"])
@pytest.mark.parametrize("axes", [(0, 1), (-1, 0), [1], (2, 1, 0)])
def test_several_axes_are_one_after_the_other(axes, order, dtype):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4, 2, 8)).astype(dtype)
    expected = x
    for axis in axes:
        expected = fwht(expected, axis, order=order)
    before = x.copy()
    y = fwht(x, axes, order=order)
    np.testing.assert_allclose(y, expected, atol=10 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(x, before)
    np.testing.assert_allclose(fwht(y, axes, order=order), x, atol=20 * np.finfo(dtype).eps)
    out = np.empty(x.shape, dtype, order="F")
    assert fwht(x, axes, out=out, order=order) is out
    np.testing.assert_array_equal(out, y)
    assert fwht(x, axes, out=x, order=order) is x
    np.testing.assert_array_equal(x, y)


def test_orders_and_axes_of_dask_arrays():
    da = pytest.importorskip("dask.array")
    x = np.random.default_rng(0).standard_normal((8, 4))
    lazy = fwht(da.from_array(x, chunks=(2, 2)), (0, 1), order="sequency")
    np.testing.assert_allclose(lazy.compute(), fwht(x, (0, 1), order="sequency"), atol=1e-15)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"axis": (0, 0)}, r"different ones; got \(0, 0\)"),
        ({"axis": (0, -2)}, "different"),
        ({"axis": ()}, "different"),
        ({"axis": (0, 2)}, "axis = 2 is out of range"),
        ({"order": "walsh"}, "known: sylvester, dyadic, sequency"),
        ({"order": "sequence"}, "did you mean 'sequency'"),
    ],
)
def test_wrong_axes_and_orders(options, words):
    with pytest.raises(ValueError, match=words):
        fwht(np.ones((4, 4)), **options)


def test_several_axes_see_what_is_not_finite():
    x = np.ones((4, 4))
    x[1, 2] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        fwht(x, (0, 1))
