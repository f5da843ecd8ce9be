"""Transforms, counts and moments of ``fjlt`` against dense and exact references."""

from __future__ import annotations

import itertools
from fractions import Fraction
from functools import lru_cache

import numpy as np
import pytest

import fjlt
from tests.fuzz.harness import Call, Promise, close, fuzz
from tests.fuzz.values import (
    damaged,
    damaged_whole,
    dressed,
    integers,
    pick,
    power_of_two,
    whole,
)

RETURNS, RAISES, EITHER = Promise


@lru_cache
def sylvester(n):
    """The unscaled Hadamard matrix of size n."""
    H = np.ones((1, 1), dtype=int)
    while len(H) < n:
        H = np.block([[H, H], [H, -H]])
    return H


def draw_fwht(rng):
    n, d = power_of_two(rng, 6), int(rng.integers(1, 18))
    axis = int(rng.integers(2))
    x = integers(rng, (n, d) if axis == 0 else (d, n))
    ortho = bool(rng.integers(2))
    expected = sylvester(n) @ x if axis == 0 else x @ sylvester(n)
    expected = expected / np.sqrt(n) if ortho else expected
    kind = rng.integers(6)
    if kind < 3:
        axis = whole(rng, axis)
        return Call((dressed(rng, x), axis, ortho), RETURNS, close(expected))
    if kind == 3:
        bad = damaged(rng, x, real=False)
        # an array of four axes, or without entries, may be transformed along one of them
        other = isinstance(bad, np.ndarray) and (bad.ndim == 4 or bad.size == 0)
        return Call((bad, axis, ortho), EITHER if other else RAISES, lambda result: None)
    if kind == 4:
        scale = 10.0 ** pick(rng, [-300, -200, 200, 300])
        return Call((x * scale, axis, ortho), EITHER, close(expected * scale))
    out = pick(
        rng,
        [
            np.empty_like(x),
            np.empty(x.shape, ">f8"),
            np.empty(x.shape, np.float32),
            np.ma.masked_array(np.empty(x.shape), True),
            np.frombuffer(bytes(x.nbytes)).reshape(x.shape),
            np.empty((*x.shape, 2))[..., 0],
            np.empty((n + 1, d + 1)),
            [1.0],
            x.tolist(),
        ],
    )
    good = isinstance(out, np.ndarray) and type(out) is np.ndarray and out.shape == x.shape
    good = good and out.dtype == x.dtype and out.flags.writeable and out.dtype.isnative
    return Call((x, axis, ortho), RETURNS if good else RAISES, close(expected), {"out": out})


@lru_cache
def effective_counts(n, l):
    """Effective weights of every choice of l outputs of n: edges on a path to a kept output."""
    counts = []
    for kept in itertools.combinations(range(n), l):
        reached, edges = set(kept), 0
        for layer in reversed(range(n.bit_length() - 1)):
            edges += 2 * len(reached)
            reached |= {node ^ (1 << layer) for node in reached}
        counts.append(edges)
    return counts


def draw_counts(statistic):
    def draw(rng):
        n = power_of_two(rng, 4)
        l = int(rng.integers(1, n + 1))
        if rng.integers(2):
            expected = statistic(effective_counts(n, l)) if n <= 8 else None

            def agrees(result):
                assert expected is None or result == expected

            return Call((whole(rng, n), whole(rng, l)), RETURNS, agrees)
        args = pick(rng, [(damaged_whole(rng), 1), (n, damaged_whole(rng, 1, n))])
        return Call(args, RAISES)

    return draw


@lru_cache
def gram_matrices(n, k):
    """JᵀJ of every SRHT of shape (k, n), each equally likely, as exact fractions."""
    matrices = []
    for signs in itertools.product((1, -1), repeat=n):
        for kept in itertools.combinations(range(n), k):
            J = sylvester(n)[list(kept)] * np.array(signs)
            matrices.append((J.T @ J).astype(object) * Fraction(1, k))
    return matrices


@lru_cache
def mean_square(n, k):
    matrices = gram_matrices(n, k)
    return sum(A @ A for A in matrices) / len(matrices)


def exact(a):
    return np.array([Fraction(float(v)) for v in np.ravel(a)], dtype=object).reshape(np.shape(a))


def one_sided(W, x, k1):
    matrices = gram_matrices(len(x), k1)
    return sum(sum((W @ (A @ x - x)) ** 2) for A in matrices) / len(matrices)


def two_sided(W, x, k1, k2):
    square, matrices = mean_square(len(W), k2), gram_matrices(len(x), k1)
    mean = sum((y := W @ (A @ x)) @ square @ y for A in matrices) / len(matrices)
    return mean - sum((W @ x) ** 2)


def bilinear(W, u, x, k1, k2):
    left = sum(np.outer(v := A @ u, v) for A in gram_matrices(len(W), k2))
    left = left / len(gram_matrices(len(W), k2))
    right = gram_matrices(len(x), k1)
    return sum((y := W @ (A @ x)) @ left @ y for A in right) / len(right) - (u @ W @ x) ** 2


def rounded(value):
    """The nearest float, or None if there is none."""
    try:
        return float(value)
    except OverflowError:
        return None


def nearly(value):
    expected = rounded(value)

    def agrees(result):
        assert expected is not None, "too large for a float"
        assert abs(result - expected) <= 1e-9 * abs(expected) + np.finfo(float).tiny, expected

    return agrees


def draw_moment(vectors, embeddings, reference):
    """Calls of a moment with this many vectors and embedded sides."""

    def draw(rng):
        n1, n2 = power_of_two(rng, 2), power_of_two(rng, 2)
        W, sides = integers(rng, (n2, n1)), [integers(rng, n) for n in (n2, n1)][-vectors:]
        sizes = [int(rng.integers(1, n + 1)) for n in (n1, n2)[:embeddings]]
        kind = rng.integers(5)
        if kind < 2:
            value = reference(exact(W), *map(exact, sides), *sizes)
            dress = [dressed(rng, a) for a in (W, *sides)]
            return Call((*dress, *(whole(rng, k) for k in sizes)), RETURNS, nearly(value))
        if kind == 2:
            W = W * 10.0 ** pick(rng, [-250, -150, 150, 250])
            value = reference(exact(W), *map(exact, sides), *sizes)
            return Call((W, *sides, *sizes), EITHER, nearly(value))
        arguments = [W, *sides, *sizes]
        which = rng.integers(len(arguments))
        a = arguments[which]
        arguments[which] = (
            damaged(rng, a) if isinstance(a, np.ndarray) else damaged_whole(rng, 1, max(n1, n2))
        )
        return Call(tuple(arguments), RAISES)

    return draw


def draw_norms(rng):
    n, draws = int(rng.integers(1, 20)), int(rng.integers(1, 600))
    x = integers(rng, n)
    kind = rng.integers(4)
    if kind == 0:
        return Call((damaged(rng, x), 1, 5, 0), RAISES)
    if kind == 1:
        wrong = pick(rng, [(damaged_whole(rng, 1, n), 5), (1, damaged_whole(rng))])
        return Call((x, *wrong, 0), RAISES)
    scale = 10.0 ** pick(rng, [0, 0, 0, -200, 200])
    one_entry = np.zeros(n)
    one_entry[rng.integers(n)] = scale * 3.0
    k = int(rng.integers(1, n + 1))

    # an SRHT keeps the length of a multiple of a unit vector exactly, where n is a power of 2
    def agrees(result):
        assert result.shape == (draws,)
        if n & (n - 1) == 0:
            np.testing.assert_allclose(result, one_entry.max() ** 2, rtol=1e-12)

    x = dressed(rng, one_entry) if scale == 1 else one_entry
    return Call((x, whole(rng, k), whole(rng, draws), 0), RETURNS if scale == 1 else EITHER, agrees)


def draw_low_rank(rng):
    m, d, l = (int(v) for v in rng.integers(1, 7, 3))
    X, S = integers(rng, (m, d)), integers(rng, (l, m))
    k = int(rng.integers(1, min(m, d) + 1))
    kind = rng.integers(5)
    if kind == 0:
        args = pick(rng, [(damaged(rng, X, real=False), S, k), (X, damaged(rng, S, real=False), k)])
        return Call(args, RAISES)
    if kind == 1:
        return Call((X, S, damaged_whole(rng, 1)), RAISES)
    scale = 10.0 ** pick(rng, [0, 0, -200, 200])

    def agrees(result):
        # the best approximation of rank k with rows in the row space of SX, by projection
        _, s, V = np.linalg.svd(S @ X, full_matrices=False)
        V = V[s > 1e-9 * max(s[0], 1)]
        U, t, Z = np.linalg.svd(X @ V.T, full_matrices=False)
        best = (U[:, :k] * t[:k]) @ Z[:k] @ V
        product = np.asarray(result.left) @ np.asarray(result.right)
        rounding = 1e-5 if result.left.dtype == np.float32 else 1e-10
        np.testing.assert_allclose(
            np.linalg.norm(X - product / scale) ** 2,
            np.linalg.norm(X - best) ** 2,
            rtol=1e-7,
            atol=rounding * np.sum(X**2),
        )

    if scale != 1:
        return Call((X * scale, S, k), EITHER, agrees)
    return Call((dressed(rng, X), dressed(rng, S), whole(rng, k)), EITHER, agrees)


def draw_lstsq(rng):
    n = int(rng.integers(1, 6))
    m = n + int(rng.integers(0, 30))
    A, b = integers(rng, (m, n)), integers(rng, pick(rng, [(m,), (m, 2)]))
    seed = {"rng": int(rng.integers(99))}
    kind = rng.integers(4)
    if kind == 0:
        wrong = [(damaged(rng, A, real=False), b), (A, damaged(rng, b, real=False)), (A, b[:-1])]
        return Call(pick(rng, wrong), RAISES, options=seed)

    def agrees(result):
        x, _, rank, _ = np.linalg.lstsq(A, b)
        assert result.rank == rank
        close(x, 1e-6, 1.0)(result.x)

    return Call((dressed(rng, A), dressed(rng, b)), RETURNS, agrees, seed)


ENTRIES = {
    "fwht": (fjlt.fwht, draw_fwht),
    "max_effective_weights": (fjlt.max_effective_weights, draw_counts(max)),
    "min_effective_weights": (fjlt.min_effective_weights, draw_counts(min)),
    "mean_effective_weights": (
        fjlt.mean_effective_weights,
        draw_counts(lambda counts: Fraction(sum(counts), len(counts))),
    ),
    "one_sided_error": (fjlt.one_sided_error, draw_moment(1, 1, one_sided)),
    "two_sided_error": (fjlt.two_sided_error, draw_moment(1, 2, two_sided)),
    "bilinear_variance": (fjlt.bilinear_variance, draw_moment(2, 2, bilinear)),
    "srht_squared_norms": (fjlt.srht_squared_norms, draw_norms),
    "low_rank": (fjlt.low_rank, draw_low_rank),
    "lstsq": (fjlt.lstsq, draw_lstsq),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_calls(name, calls, seed):
    fuzz(name, *ENTRIES[name], calls, seed)
