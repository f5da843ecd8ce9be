"""What embeddings do to points, against references from plain differences and eigenvalues."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import sparse

import fjlt
from tests.fuzz.harness import Call, Promise, close, fuzz
from tests.fuzz.values import damaged, damaged_whole, dressed, integers, pick

RETURNS, RAISES, _ = Promise


def some_map(rng, M):
    """A matrix as an array, a sparse array, an operator or a function."""
    forms = (dressed, lambda _, m: sparse.csr_array(m), lambda _, m: fjlt.as_operator(m))
    return pick(rng, [*forms, lambda _, m: lambda x: m @ x])(rng, M)


def draw_distortion(rng):
    k, n, count = (int(size) for size in rng.integers(1, 6, 3))
    M, X = integers(rng, (k, n)), integers(rng, (n, count + 1))
    unequal = [(i, j) for i, j in combinations(range(count + 1), 2) if (X[:, i] != X[:, j]).any()]
    expected = [
        np.sum((M @ (X[:, i] - X[:, j])) ** 2) / np.sum((X[:, i] - X[:, j]) ** 2)
        for i, j in unequal
    ]
    agrees = close(expected, floor=1.0)
    kind = rng.integers(6)
    if kind < 3:
        good = RETURNS if unequal else RAISES
        return Call((some_map(rng, M), dressed(rng, X)), good, lambda found: agrees(found.ratios))
    if kind == 3:
        return Call((some_map(rng, M), damaged(rng, X, real=False)), RAISES)
    if kind == 4:
        return Call((damaged(rng, M, real=False), X), RAISES)
    pairs = pick(rng, [damaged_whole(rng), [[0, count + 1]], [[0, 0]], [], "every"])
    return Call((M, X, pairs), RAISES)


ENTRIES = {"distortion": (fjlt.distortion, draw_distortion)}


@pytest.mark.parametrize("name", ENTRIES)
def test_calls(name, calls, seed):
    fuzz(name, *ENTRIES[name], calls, seed)
