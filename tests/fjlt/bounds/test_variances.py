"""Variances of squared norms, against sums over all signs and all places in rationals."""

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest

import fjlt
from fjlt.bounds.variances import norm_variance
from fjlt.operators.ensembles.dual_bch import dual_bch_rows
from proofs_check.exact import norm_law
from proofs_check.exact.laws import hadamard_rows


def fourth(x):
    return Fraction(sum(t**4 for t in x), sum(t**2 for t in x) ** 2)


@pytest.mark.parametrize("n", [4, 8])
def test_srht(n):
    """(N - k)(1 - a)·2/(k(N - 1)), which is largest for flat vectors."""
    for x in ([1] * n, [3, 2, 1, 1] + [0] * (n - 4)):
        square = sum(t * t for t in x)
        for k in range(1, n + 1):
            law = norm_law(x, k)
            exact = sum(p * (Fraction(v) / square - 1) ** 2 for v, p in law.items())
            assert exact == Fraction(2 * (n - k), k * (n - 1)) * (1 - fourth(x))
            assert exact <= norm_variance("srht", k, n)
            assert len(set(x)) > 1 or exact == norm_variance("srht", k, n)


def one_row(x, q):
    """E (‖Jx‖²)² of one row N(0, 1/q) in places of density q, over all signs and places."""
    n, square = len(x), sum(t * t for t in x)
    total = Fraction(0)
    for signs in product((-1, 1), repeat=n):
        u = [
            Fraction(int(t) ** 2, n * square)
            for t in hadamard_rows(n) @ np.multiply(signs, x).astype(int)
        ]
        for places in product((0, 1), repeat=n):
            weight = q ** sum(places) * (1 - q) ** (n - sum(places))
            v = sum(w for w, b in zip(u, places, strict=True) if b) / q
            total += weight * 3 * v * v
    return total / 2**n


def test_ailon_chazelle(monkeypatch):
    """k independent rows: a k-th of the variance of one."""
    q = Fraction(1, 4)
    monkeypatch.setattr("fjlt.bounds.variances.usual_density", lambda m, size: q)
    for x in ([1, 1, 1, 1], [1, 1, 0, 0], [3, 2, 1, 0]):
        exact = one_row(x, q) - 1
        assert exact == 2 + 3 * (1 / q - 1) * (3 - 2 * fourth(x)) / 4
        bound = 5 * norm_variance("ailon_chazelle", 5, 4)
        assert exact <= bound
        assert len(set(x)) > 1 or exact == bound
        # without the sparsity it would be that of a Gaussian matrix, which is refuted
        assert exact > 5 * norm_variance("gaussian", 5, 4)


def code_variance(x, k, size):
    """Variance with one round before the code, exact for a vector x of size ``size``."""
    h = hadamard_rows(size).astype(int)
    rows = h[dual_bch_rows(k)]
    gram = (rows.T @ rows) ** 2
    np.fill_diagonal(gram, 0)
    support, square = np.flatnonzero(x), int(np.sum(np.square(x)))
    total, patterns = Fraction(0), list(product((-1, 1), repeat=len(support)))
    for signs in patterns:
        z = (h[:, support] @ (np.array(signs) * np.array(x)[support])) ** 2
        # given the round, a quadratic form in the signs of the code
        total += 2 * Fraction(int(z @ gram @ z), (k * size * square) ** 2)
    return total / len(patterns)


@pytest.mark.parametrize(("k", "size"), [(2, 16), (3, 16), (7, 64)])
def test_ailon_liberty(k, size):
    rows = dual_bch_rows(k)
    above_gaussian = 0
    for places in ([0], [0, 1], [0, int(rows[0] ^ rows[-1])], [0, 1, 2, 3], [0, 3, 5]):
        x = np.zeros(size, int)
        x[places] = np.arange(1, len(places) + 1) if len(places) == 3 else 1
        exact = code_variance(x, k, size)
        a = fourth(x[x != 0].tolist())
        assert exact <= Fraction(2, k) + Fraction(8, k * k) * (1 - a) - (6 - 4 * a) / size
        assert exact <= norm_variance("ailon_liberty", k, size)
        above_gaussian += exact > Fraction(2, k)
    # that of a Gaussian matrix is refuted where two entries differ by two words of the code
    assert above_gaussian


@pytest.mark.parametrize("name", ["ailon_chazelle", "ailon_liberty", "sparse_jl"])
def test_draws_have_no_larger_variance(name):
    k, n, draws = 7, 64, 300
    x = np.repeat([0.5, 0.0], [4, n - 4])[:, None]
    draw, rng = getattr(fjlt, name), np.random.default_rng(1)
    off = np.array([np.sum((draw(k, n, rng) @ x) ** 2) - 1 for _ in range(draws)]) ** 2
    # mean of the squares, less five standard errors
    assert np.mean(off) - 5 * np.std(off) / draws**0.5 <= float(norm_variance(name, k, n))
    assert np.mean(off) + 5 * np.std(off) / draws**0.5 > float(norm_variance(name, k, n)) / 3


def test_pairs_of_the_code_have_different_sums():
    """What the bound for Ailon and Liberty rests on."""
    rows = dual_bch_rows(15)
    sums = {int(a ^ b) for i, a in enumerate(rows) for b in rows[:i]}
    assert len(sums) == comb(15, 2)
