"""What no machine can do is refused at once, with the number and a remedy."""

import os
import time

import numpy as np
import pytest

from fjlt.runs.backends import backend
from landscape import (
    endings,
    fit,
    is_dominant,
    joint_critical_points,
    minimise_reduced,
    multi_start,
    reachable_dimension,
    row_classes,
)
from landscape.continuation.monodromy_loops import monodromy
from landscape.planes import RowSpaces, dimension_bound, reachable_table
from landscape.planes.row_class import _MANY, _MAX_CLASSES, _class_counts

X = np.eye(4)
HUGE = 2**62

REFUSED = {
    "reachable_dimension": (lambda: reachable_dimension(HUGE, [0, 1]), f"n = {HUGE} is too large"),
    "many numbers": (lambda: reachable_dimension(2**12, [0, 1]), r"need 2\.9e\+08 numbers, more"),
    "is_dominant": (lambda: is_dominant(HUGE, [0, 1], 1), f"n = {HUGE} is too large"),
    "dimension_bound": (lambda: dimension_bound(HUGE, [0, 1]), f"n = {HUGE} is too large"),
    "RowSpaces": (lambda: RowSpaces(2**40, [0]), "computed for butterflies of size 4096 at most"),
    "reachable_table": (lambda: reachable_table(HUGE), "more than the 1048576 orbits"),
    "reachable_table, few": (lambda: reachable_table(HUGE, 2), f"n = {HUGE} is too large"),
    "row_classes": (lambda: row_classes(HUGE, HUGE // 2), "more than the 1048576 orbits"),
    "row_classes, half": (lambda: row_classes(2**30, 2**15), "more than the 1048576 orbits"),
    "row_classes, nearly all": (lambda: row_classes(HUGE, HUGE - 1), "has 1 orbits of .* each"),
    "multi_start": (lambda: multi_start(X, X, [0, 2], 2, HUGE), "1 <= starts <= 10000000"),
    "endings": (lambda: endings(X, X, [0, 2], 2, [0.0], HUGE), "1 <= runs <= 100000"),
    "workers": (lambda: multi_start(X, X, [0, 2], 2, 200, workers=10**9), "workers = 1000000000"),
    "monodromy": (lambda: monodromy(RowSpaces(128, [0, 64])), "n = 128 is too large to list"),
    "joint_critical_points": (
        lambda: joint_critical_points(np.eye(128), np.eye(128), [0, 64], 2),
        "n = 128 is too large to list critical points",
    ),
    "minimise_reduced": (
        lambda: minimise_reduced(np.eye(4096), np.eye(4096), list(range(64)), 64),
        "variables, and the derivatives at 1 points need .* GiB, more than 8",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_at_once(name):
    call, message = REFUSED[name]
    # the time of the processor, so that a busy machine does not count
    start = time.process_time()
    with pytest.raises(ValueError, match=message):
        call()
    assert time.process_time() - start < 4


def test_large_and_possible_is_still_done():
    assert [c.rows for c in row_classes(HUGE, 1)] == [(0,)]
    assert row_classes(HUGE, 2)[-1].rows == (0, HUGE // 2)
    assert sum(c.size for c in row_classes(32, 30)) == 32 * 31 // 2
    assert reachable_dimension(512, [0, 256]) == 510
    assert fit(X, X, 1, X, "fixed-b", max_steps=HUGE, rng=0).converged


def test_where_more_than_a_few_outputs_are_kept_there_are_many_orbits():
    """Two sets of n/2 outputs make one of n: from here the number can only grow."""
    counts = _class_counts(7, 128)
    assert min(counts[_MANY : 128 - _MANY + 1]) > 2 * _MAX_CLASSES
    assert all(a == b for a, b in zip(counts, reversed(counts), strict=True))


def test_as_many_workers_as_cores_can_bear():
    most = 32 * os.cpu_count()
    with backend(most):
        pass
    with (
        pytest.raises(ValueError, match=f"take at most {most}, or give a scheduler"),
        backend(most + 1),
    ):
        pass
