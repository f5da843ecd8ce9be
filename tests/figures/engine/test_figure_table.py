import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.engine.table import from_csv, to_csv


@given(st.lists(st.tuples(st.integers(), st.floats(allow_nan=False)), min_size=1))
def test_numbers_read_back_exactly(rows):
    table = [{"k": k, "loss": loss} for k, loss in rows]
    assert from_csv(to_csv(table)) == table


def test_text_reads_back():
    table = [{"method": 'FJLT+PCA, "ours"', "note": ""}]
    assert from_csv(to_csv(table)) == table
    assert math.isnan(from_csv(to_csv([{"loss": math.nan}]))[0]["loss"])


@pytest.mark.parametrize(
    ("table", "error", "words"),
    [
        ([], ValueError, "empty"),
        ([{"a": 1}, {"b": 1}], ValueError, r"\['b'\]"),
        ([{"a": 1}, {"a": 1, "b": 2}], ValueError, r"\['a', 'b'\]"),
        ([{"a": "1e3"}], ValueError, "'1e3'"),
        ([{"a": "nan"}], ValueError, "'nan'"),
        ([{"a": np.float64(1)}], TypeError, "float64"),
        ([{"a": None}], TypeError, "NoneType"),
        ([{"a": True}], TypeError, "bool"),
    ],
)
def test_what_would_not_read_back_is_refused(table, error, words):
    with pytest.raises(error, match=words):
        to_csv(table)
