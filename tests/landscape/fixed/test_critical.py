"""The formulas of critical points against the eigenvalues of the Hessian, degenerate cases too."""

import itertools
import math
import time
from functools import cache

import numpy as np
import pytest

from fjlt import srht
from landscape import EncoderDecoder, critical_points, reduced_loss, signal_matrix
from landscape.fixed.critical import _levels


def random_data(m, n, l, d, rank_y=None):
    rng = np.random.default_rng([m, n, l, d])
    Y = rng.normal(size=(m, d))
    if rank_y is not None:
        Y = rng.normal(size=(m, rank_y)) @ rng.normal(size=(rank_y, d))
    return rng.normal(size=(n, d)), Y, rng.normal(size=(l, n))


def with_singular_values(values, m, l, d):
    """Data whose matrix A has exactly these singular values; B is random and invertible."""
    rng = np.random.default_rng([m, l, d, len(values)])
    right = np.linalg.qr(rng.normal(size=(d, d)))[0]
    left = np.linalg.qr(rng.normal(size=(m, m)))[0]
    signal = left[:, : len(values)] * values @ right[: len(values)]
    return (
        right[:l],
        signal + left @ rng.normal(size=(m, d - l)) @ right[l:],
        rng.normal(size=(l, l)),
    )


def repeated_rows():
    X, Y, B = random_data(3, 4, 4, 7)
    B[2], B[3] = B[0] - B[1], 0
    return X, Y, B


CASES = {
    "m < l": (random_data(2, 5, 4, 8), 2),
    "m > l": (random_data(5, 4, 2, 8), 2),
    "m = l": (random_data(3, 4, 3, 7), 2),
    "k = 1": (random_data(3, 4, 3, 7), 1),
    "k = r": (random_data(3, 4, 3, 7), 3),
    "few samples": (random_data(3, 5, 4, 2), 2),
    "few samples, k > r": (random_data(4, 5, 3, 2), 3),
    "one sample": (random_data(3, 4, 3, 1), 2),
    "Y of rank 1": (random_data(3, 4, 3, 7, rank_y=1), 2),
    "Y of rank 2, m > l": (random_data(4, 4, 3, 7, rank_y=2), 3),
    "Y of rank 2, few samples": (random_data(4, 5, 4, 3, rank_y=2), 3),
    "k > l": (random_data(4, 4, 2, 7), 3),
    "k > m": (random_data(2, 4, 3, 7), 3),
    "encoder with repeated rows": (repeated_rows(), 2),
    "pair of equal eigenvalues": (with_singular_values([2, 1, 1], 3, 3, 5), 2),
    "pair of equal eigenvalues on top": (with_singular_values([2, 2, 1], 4, 3, 5), 1),
    "two pairs": (with_singular_values([2, 2, 1, 1], 4, 4, 6), 2),
    "all equal": (with_singular_values([1, 1, 1], 3, 4, 6), 2),
    "zero eigenvalue": (with_singular_values([2, 1, 0], 3, 3, 5), 2),
    "equal and zero, k > r": (with_singular_values([1, 1, 0], 4, 3, 5), 3),
    "rank one": (with_singular_values([2, 0, 0], 3, 3, 5), 3),
    "nothing explained": (with_singular_values([0, 0], 3, 2, 5), 2),
    "zero encoder": ((np.eye(3), np.eye(3), np.zeros((2, 3))), 2),
}


@cache
def points_of(name):
    (X, Y, B), k = CASES[name]
    return list(critical_points(X, Y, B, k))


def fitting_ranks(point):
    """Every (t_D, t_E) that the point admits."""
    for t_D, t_E in itertools.product(range(point.k + 1), repeat=2):
        try:
            point.inertia(t_D, t_E)
        except ValueError:
            continue
        yield t_D, t_E


def numerical_inertia(D, E, X, Y, B):
    eigenvalues = np.linalg.eigvalsh(EncoderDecoder(D, E, B).hessian(X, Y))
    tolerance = 1e-9 * max(1.0, np.abs(eigenvalues).max())
    return int((eigenvalues < -tolerance).sum()), int((np.abs(eigenvalues) <= tolerance).sum())


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("rng", [None, 5])
def test_index_and_nullity_are_those_of_the_hessian(name, rng):
    (X, Y, B), _ = CASES[name]
    for point in points_of(name):
        assert (point.index, point.nullity) == point.inertia()
        for t_D, t_E in fitting_ranks(point):
            D, E = point.realise(rng, t_D, t_E)
            inertia = numerical_inertia(D, E, X, Y, B)
            assert inertia == point.inertia(t_D, t_E), (name, point, t_D, t_E)


@pytest.mark.parametrize("name", CASES)
def test_realised_points_are_critical_with_the_stated_loss(name):
    (X, Y, B), k = CASES[name]
    sigma = signal_matrix(X, Y, B)
    scale = np.square(Y).sum()
    for point in points_of(name):
        for t_D, t_E in fitting_ranks(point):
            D, E = point.realise(3, t_D, t_E)
            assert (D.shape, E.shape) == ((len(Y), k), (k, len(B)))
            net = EncoderDecoder(D, E, B)
            assert net.loss(X, Y) == pytest.approx(point.loss, abs=1e-12 * scale)
            assert np.linalg.norm(net.flatten(net.gradient(X, Y))) < 1e-10 * scale
            assert np.linalg.matrix_rank(D, tol=1e-9) == len(point.subset) + t_D
            assert np.linalg.matrix_rank(E @ B @ X, tol=1e-9) == len(point.subset) + t_E
            P = D @ np.linalg.pinv(D, rcond=1e-9)
            assert np.allclose(P @ sigma, sigma @ P, atol=1e-11 * scale)
            assert point.loss == pytest.approx(scale - np.trace(P @ sigma), abs=1e-12 * scale)
            assert np.allclose(
                D @ E @ B @ X, P @ Y @ np.linalg.pinv(B @ X, rcond=1e-9) @ B @ X, atol=1e-11 * scale
            )


@pytest.mark.parametrize("name", CASES)
def test_points_are_all_subsets_in_order(name):
    (X, Y, B), k = CASES[name]
    sigma = np.linalg.eigvalsh(signal_matrix(X, Y, B))[::-1]
    points = points_of(name)
    r = int((sigma > 1e-9).sum())
    expected = [c for q in range(min(k, r) + 1) for c in itertools.combinations(range(1, r + 1), q)]
    assert sorted(p.subset for p in points) == sorted(expected)
    losses = [p.loss for p in points]
    assert losses == sorted(losses)
    for p in points:
        total = np.square(Y).sum() - sum(sigma[i - 1] for i in p.subset)
        assert p.loss == pytest.approx(total, abs=1e-11 * np.square(Y).sum())
    assert points[0].loss == reduced_loss(X, Y, B, k)


@pytest.mark.parametrize("name", CASES)
def test_global_minimum_or_strict_saddle(name):
    (X, Y, B), k = CASES[name]
    best = reduced_loss(X, Y, B, k)
    for point in points_of(name):
        is_best = point.loss <= best + 1e-9 * np.square(Y).sum()
        assert point.kind == ("global minimum" if is_best else "strict saddle")
        assert (point.is_minimum, point.is_saddle) == (is_best, not is_best)
        assert (point.index == 0) == is_best


def test_descent_identity_where_the_rotation_argument_has_no_pair():
    """At I = {1, …, p} with rank D = p < k the loss decreases along (v wᵀ, w qᵀ), by an exact
    polynomial."""
    rng = np.random.default_rng(0)
    (X, Y, B), k = CASES["m = l"]
    Z, sigma = B @ X, signal_matrix(X, Y, B)
    for point in points_of("m = l"):
        if len(point.subset) == k:
            continue
        for seed in range(3):
            D, E = point.realise(seed)
            w = np.linalg.svd(D)[2][-1] * rng.uniform(0.5, 2)
            v = rng.normal(size=len(Y))
            v -= D @ np.linalg.pinv(D, rcond=1e-9) @ v
            q = np.linalg.solve(Z @ Z.T, Z @ Y.T @ v)
            c, gain = np.square(Z.T @ E.T @ w).sum(), v @ sigma @ v
            for s, t in rng.normal(size=(4, 2)):
                change = (
                    EncoderDecoder(D + s * np.outer(v, w), E + t * np.outer(w, q), B).loss(X, Y)
                    - point.loss
                )
                ww = w @ w
                expected = -2 * s * t * ww * gain + s**2 * (v @ v) * (c + t**2 * ww**2 * gain)
                assert change == pytest.approx(expected, rel=1e-9, abs=1e-9)
            assert gain > 0


def test_many_subsets_are_enumerated_lazily():
    rng = np.random.default_rng(1)
    X = np.linalg.qr(rng.normal(size=(40, 40)))[0] * np.linspace(1, 3, 40)
    for k in (40, 20):
        begin = time.perf_counter()
        points = list(itertools.islice(critical_points(X, X, np.eye(40), k), 1000))
        assert time.perf_counter() - begin < 3
        losses = [p.loss for p in points]
        assert losses == sorted(losses)
        assert len({p.subset for p in points}) == 1000
        assert points[0].subset == tuple(range(1, k + 1))


@pytest.mark.parametrize(("r", "k"), [(0, 1), (1, 3), (6, 3), (7, 7)])
def test_levels_against_brute_force(r, k):
    values = sorted(np.random.default_rng(r).integers(1, 5, size=r).astype(float), reverse=True)
    levels = list(_levels(values, 0.5, k))
    subsets = [c for q in range(min(k, r) + 1) for c in itertools.combinations(range(1, r + 1), q)]
    expected = {
        c: math.fsum([0.5, *(v for i, v in enumerate(values, 1) if i not in c)]) for c in subsets
    }
    assert {subset: loss for loss, subset in levels} == expected
    assert [loss for loss, _ in levels] == sorted(expected.values())


def test_small_losses_keep_their_digits():
    X = np.diag([1e6, 1e-3])
    first = next(critical_points(X, X, np.eye(2), 1))
    assert first.loss == pytest.approx(1e-6, rel=1e-12, abs=0)


def test_notes_say_what_the_subset_does_not_determine():
    notes = {p.subset: p.note for p in points_of("pair of equal eigenvalues")}
    assert "λ2 to λ3 are equal" in notes[1, 2]
    assert notes[2, 3] == ""
    assert "t_D" in notes[(1,)] or "λ" not in notes[(1,)]
    assert "rank 2 < 4" in points_of("few samples")[0].note
    assert "t_D <= 2" in points_of("Y of rank 1")[0].note
    assert points_of("m = l")[0].note == ""


def test_gauge_is_random_but_reproducible():
    point = points_of("m = l")[0]
    plain, again = point.realise(), point.realise()
    assert np.array_equal(plain[0], again[0])
    assert np.allclose(plain[0].T @ plain[0], np.eye(2))
    one, two, other = point.realise(1), point.realise(1), point.realise(2)
    assert np.array_equal(one[1], two[1])
    assert not np.allclose(one[1], other[1])
    assert np.allclose(one[0] @ one[1], plain[0] @ plain[1])


@pytest.mark.parametrize(("t_D", "t_E"), [(2, 0), (0, 1), (-1, 0), (1.5, 0)])
def test_kernel_ranks_that_do_not_fit(t_D, t_E):
    point = next(p for p in points_of("Y of rank 2, m > l") if len(p.subset) == 2)
    with pytest.raises((ValueError, TypeError), match=r"t_D|t_E"):
        point.realise(t_D=t_D + 1 if t_D > 0 else t_D, t_E=t_E + 1 if t_E > 0 else t_E)


def test_butterfly_as_encoder():
    rng = np.random.default_rng(0)
    X, B = rng.normal(size=(8, 9)), srht(3, 8, rng=0)
    for p in critical_points(X, X, B, 2):
        D, E = p.realise(0)
        assert EncoderDecoder(D, E, B).loss(X, X) == pytest.approx(p.loss)


def test_order_and_labels_do_not_depend_on_the_scale():
    (X, Y, B), k = CASES["m = l"]
    reference = [(p.subset, p.index, p.nullity) for p in points_of("m = l")]
    for scale in (1e-60, 1e60):
        assert [
            (p.subset, p.index, p.nullity) for p in critical_points(X, scale * Y, B, k)
        ] == reference
        assert [
            (p.subset, p.index, p.nullity) for p in critical_points(scale * X, Y, B, k)
        ] == reference
