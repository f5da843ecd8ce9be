"""What the boundary lets through, and in which form."""

import numpy as np
import pytest

from fjlt import boundary


@pytest.mark.parametrize("kind", [bool, np.int8, np.uint64, int])
def test_integers_become_float64(kind):
    assert boundary.array(np.ones(2, kind), "x").dtype == np.float64


def test_floats_are_kept_without_a_copy(dtype):
    x = np.ones((2, 3), dtype)
    assert boundary.array(x, "x") is x


def test_infinity_passes_only_when_asked():
    assert np.isinf(boundary.array([np.inf], "x", finite=False)).all()


def test_dimensions_are_any_integers():
    assert type(boundary.dimension(np.int32(3), "k")) is int


def test_rows_keep_their_order():
    np.testing.assert_array_equal(boundary.rows(iter([3, 0, 2]), 4), [3, 0, 2])


@pytest.mark.parametrize("kind", [np.int8, np.uint16, np.intp])
def test_arrays_of_rows_are_copied(kind):
    given = np.array([3, 0, 2], kind)
    rows = boundary.rows(given, 4)
    assert rows.dtype == np.intp
    assert not np.shares_memory(rows, given)
    np.testing.assert_array_equal(rows, [3, 0, 2])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([4, 0], "row = 4 .* 0 <= row <= 3"),
        ([0, -1], "row = -1"),
        ([1, 2, 1], r"repeats \[1\]"),
        ([], "rows is empty"),
    ],
)
@pytest.mark.parametrize("form", [list, lambda rows: np.array(rows, int)])
def test_bad_rows_are_refused_in_every_form(rows, message, form):
    with pytest.raises(ValueError, match=message):
        boundary.rows(form(rows), 4)


@pytest.mark.parametrize("row", [True, 1.0])
def test_arrays_of_rows_that_are_not_integers_are_refused(row):
    with pytest.raises(TypeError, match="row must be an integer"):
        boundary.rows(np.array([row]), 4)


@pytest.mark.parametrize("n", range(1, 70))
def test_powers_of_two(n):
    size = boundary.next_power_of_two(n)
    assert size >= n > size // 2
    assert boundary.is_power_of_two(size)
    assert boundary.is_power_of_two(n) == (size == n)
    assert 2 ** boundary.log2_exact(size) == size


@pytest.mark.parametrize("n", [0, -1, -4])
def test_no_power_of_two(n):
    assert not boundary.is_power_of_two(n)


def test_numbers():
    assert boundary.number(np.float32(0.5), "q", above=0, high=1) == 0.5
    with pytest.raises(TypeError, match="got True"):
        boundary.number(True, "q", above=0, high=1)
