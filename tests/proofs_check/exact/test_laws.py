"""Exact laws against a second computation, with dense matrices of fractions, draw by draw."""

import time
from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from scipy.linalg import hadamard

from proofs_check.exact import norm_law, prop1_law, prop2_success, row_spaces
from proofs_check.exact.laws import hadamard_rows


def projections(n, k):
    h = np.array(hadamard(n).tolist(), dtype=object)
    for kept in combinations(range(n), k):
        for signs in product((1, -1), repeat=n):
            J = h[list(kept)] * np.array(signs, dtype=object)
            yield J.T @ J * Fraction(1, k)


def law(values):
    counts = Counter(values)
    return {value: Fraction(count, len(values)) for value, count in counts.items()}


@pytest.mark.parametrize(
    "x", [[1, 0], [3, -2], [1, 2, 3, 4], [0, 0, 0, 0], [Fraction(1, 3), 1, Fraction(-5, 7), 0]]
)
def test_norm_law(x):
    vector = np.array(x, dtype=object)
    for k in range(1, len(x) + 1):
        assert norm_law(x, k) == law([vector @ A @ vector for A in projections(len(x), k)])


@pytest.mark.parametrize(
    ("W", "x"),
    [
        ([[1, 0], [0, 1]], [1, 0]),
        ([[1, 2], [3, -4]], [1, 1]),
        ([[1, 2, 0, 1], [0, 1, -1, 2]], [1, 2, 3, 4]),
        ([[1, -1], [2, 0], [0, 3], [1, 1]], [Fraction(1, 2), 3]),
        ([[5]], [2]),
    ],
)
def test_prop1_law(W, x):
    matrix, vector = np.array(W, dtype=object), np.array(x, dtype=object)
    n2, n1 = matrix.shape
    for k1, k2 in product(range(1, n1 + 1), range(1, n2 + 1)):
        errors = [
            ((A2 @ matrix @ A1 @ vector - matrix @ vector) ** 2).sum()
            for A1 in projections(n1, k1)
            for A2 in projections(n2, k2)
        ]
        assert prop1_law(W, x, k1, k2) == law(errors)


def test_numbers_beyond_64_bits():
    huge = 10**25
    assert norm_law([huge, huge], 1) == {
        Fraction(0): Fraction(1, 2),
        Fraction(4 * huge**2): Fraction(1, 2),
    }
    scaled = prop1_law([[huge, 0], [0, huge]], [huge, 0], 1, 1)
    assert scaled == {Fraction(huge**4): Fraction(1, 2), Fraction(5 * huge**4): Fraction(1, 2)}


@pytest.mark.parametrize("k", [1, 3, 4, 8])
def test_size_sixteen_is_the_hypergeometric_law_for_two_equal_entries(k):
    """‖J(e1 + e2)‖² = 4T/k, T the number of kept rows on which the two columns agree: exactly half
    of them."""
    expected = {
        Fraction(4 * t, k): Fraction(comb(8, t) * comb(8, k - t), comb(16, k)) for t in range(k + 1)
    }
    assert norm_law([1, 1] + [0] * 14, k) == expected


def test_size_eight_takes_seconds():
    start = time.perf_counter()
    found = prop1_law(np.eye(8, dtype=int).tolist(), [1, 0, 0, 0, 0, 0, 0, 0], 3, 3)
    assert sum(value * p for value, p in found.items()) == Fraction(64, 9) - 1
    assert sum(found.values()) == 1
    assert time.perf_counter() - start < 60


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: norm_law([1.0, 2.0], 1), TypeError, "Fraction"),
        (lambda: norm_law([True, False], 1), TypeError, "Fraction"),
        (lambda: norm_law([], 1), ValueError, "non-empty"),
        (lambda: norm_law([1, 2, 3], 1), ValueError, "pad with zeros to 4"),
        (lambda: norm_law([1, 2], 3), ValueError, "k = 3"),
        (lambda: norm_law([1, 2], 0), ValueError, "k = 0"),
        (lambda: norm_law([[1, 2], [3, 4]], 1), ValueError, "dimension"),
        (lambda: norm_law([1] * 64, 2), ValueError, "too many"),
        (lambda: prop1_law([[1, 2]], [1, 2, 3, 4], 1, 1), ValueError, "length 4"),
        (lambda: prop1_law([[1, 2], [3]], [1, 2], 1, 1), (ValueError, TypeError), "W"),
        (lambda: prop1_law([[1, float("nan")]], [1, 2], 1, 1), TypeError, "nan"),
        (lambda: prop1_law([[1, 2]], [1, 2], 1, 2), ValueError, "k2 = 2"),
        (lambda: prop2_success([[1.0], [2.0]], 1, 1, 1), TypeError, "Fraction"),
        (lambda: prop2_success([[1, 2], [3, 4]], 1, 0.5, 1), TypeError, "eps"),
        (lambda: prop2_success([[1, 2], [3, 4]], 1, -1, 1), ValueError, "eps = -1 is negative"),
        (lambda: prop2_success([[1, 2], [3, 4]], 3, 1, 1), ValueError, "k = 3"),
        (lambda: prop2_success([[1, 2], [3, 4]], 1, 1, 3), ValueError, "l = 3"),
        (lambda: prop2_success([[1], [2], [3]], 1, 1, 1), ValueError, "pad with zeros to 4"),
        (lambda: prop2_success([[1]] * 32, 1, 1, 1), ValueError, "too many"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


def sketches(n, l):
    h = hadamard(n)
    return [
        h[list(kept)] * signs
        for kept in combinations(range(n), l)
        for signs in product((1, -1), repeat=n)
    ]


def sketched_error(X, J, k):
    """‖X − J_k(X)‖_F² in floating point: X projected to the row space of JX, then truncated."""
    _, values, basis = np.linalg.svd(J @ X)
    projected = X @ basis[: int((values > 1e-9).sum())].T
    return (X**2).sum() - (np.linalg.svd(projected, compute_uv=False)[:k] ** 2).sum()


@pytest.mark.parametrize("seed", range(6))
def test_prop2_success_against_singular_values(seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(-3, 4, (4, 2 + seed % 3))
    for k, l, eps in product((1, 2), (1, 2, 3), (Fraction(1), Fraction(1, 3), Fraction(1, 10))):
        allowed = (1 + eps) * (np.linalg.svd(X, compute_uv=False)[k:] ** 2).sum()
        errors = np.array([sketched_error(X, J, k) for J in sketches(4, l)])
        close = np.abs(errors - float(allowed)) < 1e-9
        low, high = (errors <= float(allowed))[~close].sum(), close.sum()
        found = prop2_success(X.tolist(), k, eps, l) * len(errors)
        assert low <= found <= low + high
        assert high == 0 or l >= k


@pytest.mark.parametrize("n", [1, 2, 8, 32])
def test_hadamard_rows_are_those_of_scipy(n):
    assert np.array_equal(hadamard_rows(n), hadamard(n))


def test_prop2_success_of_the_witness():
    X = [[0, 1], [2, 0], [2, 0], [2, 0]]
    assert prop2_success(X, 1, 1, 1) == Fraction(1, 4)
    assert prop2_success(X, 1, Fraction(11, 37), 1) == Fraction(1, 4)  # a tie: 48/37 is allowed
    assert prop2_success(X, 1, Fraction(11, 38), 1) == 0
    assert prop2_success(X, 1, Fraction(11, 5), 1) == 1  # a tie: 16/5 is allowed
    assert prop2_success(
        [[Fraction(1, 3) * entry for entry in row] for row in X], 1, 1, 1
    ) == Fraction(1, 4)


def test_prop2_success_recognises_ties_of_irrational_eigenvalues():
    X = [[1, 2, 0], [0, 1, 1], [2, 0, 1], [1, 1, 1]]
    for k in (1, 2):
        assert prop2_success(X, k, 0, 3) == 1  # the row space is kept
        assert prop2_success(X, k, 0, 2) < 1
    assert prop2_success([[0, 0]] * 4, 1, 0, 1) == 1


def test_row_spaces():
    X = np.array([[1, 0, 2], [0, 1, 1], [3, 1, 0], [1, 1, 1]])
    spaces = row_spaces(X, 2)
    assert sum(spaces.values()) == 1
    for rows, probability in spaces.items():
        basis = np.array([[float(entry) for entry in row] for row in rows])
        same = [
            np.linalg.matrix_rank(np.vstack([basis, J @ X])) == len(basis) for J in sketches(4, 2)
        ]
        assert Fraction(sum(same), len(same)) == probability
