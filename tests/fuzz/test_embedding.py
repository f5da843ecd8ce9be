"""What embeddings do to points, against references from plain differences and eigenvalues."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
import scipy.linalg
from scipy import sparse

import fjlt
from tests.fuzz.harness import Call, Promise, close, fuzz
from tests.fuzz.values import damaged, damaged_whole, dressed, integers, pick, whole

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


def draw_subspace(rng):
    k, n, d = (int(size) for size in rng.integers(1, 6, 3))
    M, basis = integers(rng, (k, n)), integers(rng, (n, d))
    Q = scipy.linalg.orth(basis)
    low, *_, high = (*np.linalg.eigvalsh(Q.T @ M.T @ M @ Q), np.linalg.norm(M @ Q, 2) ** 2)
    agrees = close([max(low, 0), high], floor=np.linalg.norm(M) ** 2)
    kind = rng.integers(5)
    if kind == 3:
        return Call((M, damaged(rng, basis, real=False)), RAISES)
    if kind == 4:
        return Call((damaged(rng, M, real=False), basis), RAISES)
    given = (pick(rng, [dressed, lambda _, m: sparse.csr_array(m)])(rng, M), dressed(rng, basis))
    return Call(given, RETURNS, lambda found: agrees([found.low, found.high]))


def draw_isometry(rng):
    k, n = (int(size) for size in rng.integers(1, 6, 2))
    s = int(rng.integers(1, n + 1))
    M = integers(rng, (k, n))
    blocks = [
        M[:, kept].T @ M[:, kept] - np.eye(s) for kept in map(list, combinations(range(n), s))
    ]
    agrees = close(max(np.linalg.norm(block, 2) for block in blocks), floor=1.0)
    kind = rng.integers(5)
    if kind == 3:
        return Call((damaged(rng, M, real=False), s), RAISES)
    if kind == 4:
        return Call((M, damaged_whole(rng, high=n)), RAISES)
    return Call((dressed(rng, M), whole(rng, s)), RETURNS, lambda found: agrees(found.upper))


def draw_jl_test(rng):
    n = int(rng.integers(1, 5))
    k, size = int(rng.integers(1, n + 1)), 1 << (n - 1).bit_length()
    x, epsilon = integers(rng, n), float(pick(rng, [0.1, 0.5, 1.0]))
    # every draw of the SRHT, and its failures as integers
    H = scipy.linalg.hadamard(size)[:, :n]
    squares = [(H @ (x * signs)) ** 2 for signs in product((1, -1), repeat=n)]
    sums = [sum(kept) for y in squares for kept in combinations(y.tolist(), k)]
    share = np.mean(
        [10 * abs(total - k * (x @ x)) > round(10 * epsilon) * k * (x @ x) for total in sums]
    )

    def agrees(found):
        assert float(found.vectors[0].probability) == pytest.approx(share, abs=1e-12)
        assert found.verdict == ("holds" if share <= 0.3 else "refuted")

    kind = rng.integers(5)
    if kind == 3:
        return Call(("srht", k, damaged(rng, x), epsilon, 0.3), RAISES)
    if kind == 4:
        return Call(("srht", damaged_whole(rng, high=n), x, epsilon, 0.3), RAISES)
    return Call(("srht", whole(rng, k), dressed(rng, x), epsilon, 0.3), RETURNS, agrees)


ENTRIES = {
    "distortion": (fjlt.distortion, draw_distortion),
    "subspace_distortion": (fjlt.subspace_distortion, draw_subspace),
    "restricted_isometry": (fjlt.restricted_isometry, draw_isometry),
    "jl_test": (fjlt.jl_test, draw_jl_test),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_calls(name, calls, seed):
    fuzz(name, *ENTRIES[name], calls, seed)
