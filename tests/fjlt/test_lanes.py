"""Programs on rows: compiled and in NumPy, for every width; and the compiler's cache."""

import numba
import numpy as np
import pytest

from fjlt import lanes, programs


def test_no_folder_for_the_cache_is_no_error(monkeypatch):
    njit = numba.njit

    def without_cache(*functions, **options):
        if options.pop("cache", False):
            raise RuntimeError("cannot cache function: no locator available")
        return njit(*functions, **options)

    monkeypatch.setattr(numba, "njit", without_cache)
    assert lanes.compiled(lambda x: x + 1)(2) == 3


_t8, _t16 = programs.transpose.values()


@lanes.compiled
def transposed(x, y, n):
    """A square matrix, n = 8 or 16, as many entries as a vector has."""
    place, target, k = (x, 0, n), (y, 0, n), (0, 0, 0)
    if n == 8:
        _t8(place, place, target, n, x, k, x)
    else:
        _t16(place, place, target, n, x, k, x)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_transposition_in_registers(dtype):
    n = lanes.VECTOR_BYTES // np.dtype(dtype).itemsize
    x = np.arange(n * n, dtype=dtype)
    y = np.empty_like(x)
    transposed(x, y, n)
    np.testing.assert_array_equal(y.reshape(n, n), x.reshape(n, n).T)
    transposed(y, y, n)
    np.testing.assert_array_equal(y, x)


@pytest.mark.parametrize(("n", "s"), [(2, 1), (8, 1), (8, 4), (16, 2), (16, 8)])
def test_exchange_and_swap_in_numpy(n, s):
    j = np.arange(n)
    first, second = lanes.exchange(j, j + 100, s)
    np.testing.assert_array_equal(first, np.where(j & s, 100 + (j ^ s), j))
    np.testing.assert_array_equal(second, np.where(j & s, 100 + j, j ^ s))
    other, signs = lanes.swap(j.astype(float), s)
    np.testing.assert_array_equal(other, j ^ s)
    np.testing.assert_array_equal(signs, np.where(j & s, -1, 1))


def test_read_only_arrays_keep_their_memory():
    a = np.arange(6.0)
    a.flags.writeable = False
    alias = lanes.flat(a.reshape(2, 3))
    assert np.shares_memory(alias, a)
    assert alias.flags.writeable
    del a
    np.testing.assert_array_equal(alias, np.arange(6.0))
