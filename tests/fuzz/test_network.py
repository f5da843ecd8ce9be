"""``landscape``: losses, points, trainings and files of arguments, against dense references."""

from __future__ import annotations

import itertools
from math import comb

import numpy as np
import pytest

import fjlt
import landscape
from tests.fuzz.harness import Call, Promise, close, fuzz
from tests.fuzz.values import damaged, damaged_whole, dressed, integers, pick, whole

RETURNS, RAISES, EITHER = Promise


def problem(rng, n=None):
    """X, Y, a dense B and a rank k <= the number of rows of B."""
    n = n or 2 ** int(rng.integers(1, 4))
    d, m, l = int(rng.integers(n, 2 * n + 1)), int(rng.integers(1, 6)), int(rng.integers(1, n + 1))
    X = rng.standard_normal((n, d))
    return X, integers(rng, (m, d)), integers(rng, (l, n)), int(rng.integers(1, l + 1))


def signal(X, Y, B):
    """YX̃ᵀ(X̃X̃ᵀ)⁺X̃Yᵀ from an orthonormal basis of the row space of X̃ = BX."""
    _, s, V = np.linalg.svd(B @ X, full_matrices=False)
    V = V[s > 1e-10 * max(s[0], 1e-300)]
    A = Y @ V.T
    return A @ A.T


def least_loss(X, Y, B, k):
    return np.sum(Y**2) - np.linalg.eigvalsh(signal(X, Y, B))[::-1][:k].sum()


def spoiled(rng, arguments, sizes):
    """The arguments with one of them damaged; ``sizes`` are the limits of the integers."""
    arguments = list(arguments)
    which = rng.integers(len(arguments))
    if isinstance(arguments[which], np.ndarray):
        arguments[which] = damaged(rng, arguments[which])
    else:
        arguments[which] = damaged_whole(rng, 1, sizes)
    return Call(tuple(arguments), RAISES)


def draw_signal(rng):
    X, Y, B, _ = problem(rng)
    if rng.integers(3) == 0:
        return spoiled(rng, (X, Y, B), 1)
    dress = (X, dressed(rng, Y), dressed(rng, B))
    return Call(dress, RETURNS, close(signal(X, Y, B), 1e-7))


def draw_reduced(rng):
    X, Y, B, k = problem(rng)
    if rng.integers(3) == 0:
        return spoiled(rng, (X, Y, B, k), len(X))
    scale = 10.0 ** pick(rng, [0, 0, 0, -140, 140, -250, 250])
    expected = least_loss(X, Y, B, k)
    energy = np.sum(Y**2)

    def agrees(result):
        assert abs(result / scale**2 - expected) <= 1e-8 * energy, expected

    if scale != 1:
        return Call((X, Y * scale, B, k), EITHER, agrees)
    return Call((X, dressed(rng, Y), dressed(rng, B), whole(rng, k)), RETURNS, agrees)


def draw_gradient(rng):
    X, Y, B, k = problem(rng)
    if rng.integers(3) == 0:
        return spoiled(rng, (X, Y, B, k), len(X))

    B = B + 0.1 * rng.standard_normal(B.shape)
    direction = rng.standard_normal(B.shape)

    def agrees(G):
        assert G.shape == B.shape
        slope = finite_difference(lambda moved: least_loss(X, Y, moved, k), B, direction)
        size = 1 + np.abs(G).max() * np.abs(direction).sum()
        assert abs(np.sum(G * direction) - slope) <= 1e-3 * size

    return Call((X, dressed(rng, Y), B, whole(rng, k)), EITHER, agrees)


def butterfly(rng, n):
    weights = rng.standard_normal((n.bit_length() - 1, n, 2))
    l = int(rng.integers(1, n + 1))
    return fjlt.TruncatedButterfly(weights, np.sort(rng.permutation(n)[:l]))


def finite_difference(function, weights, direction, h=1e-5):
    return (function(weights + h * direction) - function(weights - h * direction)) / (2 * h)


def draw_weight_gradient(rng):
    X, Y, _, _ = problem(rng)
    B = butterfly(rng, len(X))
    k = int(rng.integers(1, B.shape[0] + 1))
    if rng.integers(3) == 0:
        if rng.integers(4) == 0:
            return Call((X, Y, np.ones((1, len(X))), k), RAISES)  # a matrix has no weights
        call = spoiled(rng, (X, Y, k), len(X))
        X, Y, k = call.args
        return Call((X, Y, B, k), RAISES)
    direction = rng.standard_normal(B.weights.shape)

    def loss(weights):
        return least_loss(X, Y, fjlt.TruncatedButterfly(weights, B.rows).to_dense(), k)

    def agrees(G):
        assert G.shape == B.weights.shape
        slope = finite_difference(loss, B.weights, direction)
        size = 1 + np.abs(G).max() * np.abs(direction).sum()
        assert abs(np.sum(G * direction) - slope) <= 1e-3 * size

    return Call((X, Y, B, whole(rng, k)), EITHER, agrees)


def draw_hessian(rng):
    call = draw_weight_gradient(rng)
    X, Y, B, k = call.args
    if call.promise is RAISES:
        return Call((X, Y, B, k, np.ones((1, 2, 2))), RAISES)
    direction, other = rng.standard_normal((2, *B.weights.shape))
    if rng.integers(4) == 0:
        return Call((X, Y, B, k, damaged(rng, direction)), RAISES)

    # the Hessian is symmetric
    def agrees(H):
        back = landscape.reduced_hessian_product(X, Y, B, k, other)
        a, b = np.sum(H * other), np.sum(back * direction)
        assert abs(a - b) <= 1e-3 * (1 + np.abs(H).max() * np.abs(other).sum())

    return Call((X, Y, B, k, direction), EITHER, agrees)


def draw_points(rng):
    X, Y, B, k = problem(rng)
    if rng.integers(3) == 0:
        return spoiled(rng, (X, Y, B, k), len(X))

    def agrees(points):
        first = list(itertools.islice(points, 3))
        scale = np.sum(Y**2)
        assert abs(first[0].loss - least_loss(X, Y, B, k)) <= 1e-8 * scale
        assert all(p.loss <= q.loss + 1e-9 * scale for p, q in itertools.pairwise(first))

    return Call((X, dressed(rng, Y), dressed(rng, B), whole(rng, k)), RETURNS, agrees)


def draw_network(rng):
    m, k, l, n = (int(v) for v in rng.integers(1, 6, 4))
    D, E, B = integers(rng, (m, k)), integers(rng, (k, l)), integers(rng, (l, n))
    if rng.integers(2):
        x = integers(rng, (n, 3))
        dress = (dressed(rng, D), dressed(rng, E), dressed(rng, B))
        return Call(dress, RETURNS, lambda net: close(D @ E @ B @ x)(net(x)))
    args = [D, E, B]
    which = rng.integers(3)
    args[which] = pick(rng, [damaged(rng, args[which]), np.ones((7, 8))])
    return Call(tuple(args), RAISES)


def draw_fit(rng):
    X, Y, B, k = problem(rng)
    options = {"trainable": "fixed-b", "max_steps": 3, "rng": 0}
    kind = rng.integers(4)
    if kind == 0:
        return spoiled(rng, (X, Y, k, B), len(X))
    if kind == 1:
        wrong = pick(
            rng,
            [
                {"method": "newton"},
                {"trainable": "some"},
                {"max_steps": damaged_whole(rng, 1)},
                {"tolerance": pick(rng, [-1.0, np.nan, "a"])},
                {"step_size": pick(rng, [0.0, -1.0, np.nan, "a"])},
                {"batch_size": 0, "method": "adam"},
                {"trainable": "all"},
                {"rng": "seed"},
            ],
        )
        return Call((X, Y, k, B), RAISES, options=options | wrong)

    def agrees(result):
        dense = result.network.decoder @ result.network.encoder @ B
        loss = np.sum((dense @ X - Y) ** 2)
        assert abs(loss - result.loss) <= 1e-8 * max(np.sum(Y**2), loss)
        assert result.loss >= least_loss(X, Y, B, k) - 1e-8 * np.sum(Y**2)

    return Call((X, dressed(rng, Y), whole(rng, k), B), RETURNS, agrees, options)


def draw_two_phase(rng):
    X, Y, _, _ = problem(rng)
    B = butterfly(rng, len(X))
    k = int(rng.integers(1, B.shape[0] + 1))
    if rng.integers(3):
        call = spoiled(rng, (X, Y, k), len(X))
        return Call((*call.args, B), RAISES, options={"max_steps": 2, "rng": 0})

    def agrees(result):
        assert result.second.loss <= result.first.loss * (1 + 1e-9)

    return Call((X, Y, whole(rng, k), B), RETURNS, agrees, {"max_steps": 2, "rng": 0})


def rows_of(rng, n):
    return np.sort(rng.permutation(n)[: rng.integers(1, n + 1)]).tolist()


def bad_rows(rng, n):
    return pick(rng, [[], [n], [-1], [0, 0], ["0"], [0.5], None, 3, "01", [2**70], [np.nan]])


def plane_call(rng, agrees, n=None):
    """Arguments (n, rows, k)."""
    n = n or 2 ** int(rng.integers(1, 4))
    rows = rows_of(rng, n)
    k = int(rng.integers(1, len(rows) + 1))
    if rng.integers(2):
        return Call((whole(rng, n), rows, whole(rng, k)), RETURNS, lambda r: agrees(r, n, rows, k))
    wrong = [
        (pick(rng, [0, 3, -4, 2.0, "4", None, 2**62, 10**30]), rows, k),
        (n, bad_rows(rng, n), k),
        (n, rows, pick(rng, [0, -1, len(rows) + 1, 2**62, 0.5, "1", True])),
    ]
    return Call(pick(rng, wrong), RAISES)


def draw_dimension(rng):
    def agrees(dimension, n, rows, k):
        assert 0 <= dimension <= k * (n - k)
        if len(rows) == 1:
            assert dimension == n - 1
        if len(rows) == 2 and k == 2:
            difference = rows[0] ^ rows[1]
            lowest = (difference & -difference).bit_length() - 1
            assert dimension == n + n // 2**lowest - 4

    return plane_call(rng, agrees)


def draw_dominant(rng):
    def agrees(dominant, n, rows, k):
        assert dominant == (landscape.reachable_dimension(n, rows, k) == k * (n - k))

    return plane_call(rng, agrees)


def draw_classes(rng):
    n = 2 ** int(rng.integers(0, 4))
    l = int(rng.integers(1, n + 1))
    if rng.integers(2):

        def agrees(classes):
            assert sum(c.size for c in classes) == comb(n, l)

        return Call((whole(rng, n), whole(rng, l)), RETURNS, agrees)
    n = pick(rng, [0, 3, -4, 2.0, "4", None, 10**30]) if rng.integers(2) else n
    return Call((n, l) if n not in (1, 2, 4, 8) else (n, damaged_whole(rng, 1, n)), RAISES)


def draw_errors(rng):
    n, d, l = 8, int(rng.integers(1, 7)), int(rng.integers(1, 9))
    S, k = integers(rng, (l, n)), int(rng.integers(1, l + 1))
    Xs = [integers(rng, (n, d)) for _ in range(3)]
    if rng.integers(3) == 0:
        if rng.integers(2):
            Xs[1] = damaged(rng, Xs[1])
            return Call((S, Xs, k), RAISES)
        return Call(pick(rng, [(damaged(rng, S), Xs, k), (S, [], k), (S, Xs, "k")]), RAISES)
    scale = 10.0 ** pick(rng, [0, 0, 0, -200, 200])
    expected = np.array([least_loss(X, X, S, k) for X in Xs])

    def agrees(errors):
        np.testing.assert_allclose(errors / scale / scale, expected, atol=1e-7)

    if scale != 1:
        return Call((S, [X * scale for X in Xs], k), EITHER, agrees)
    return Call((dressed(rng, S), [dressed(rng, X) for X in Xs], whole(rng, k)), RETURNS, agrees)


def draw_learning(rng):
    n = 4
    Xs = [integers(rng, (n, 3)) for _ in range(3)]
    options = {"max_steps": 2, "rng": 0, "held_out": 0}
    if rng.integers(20):
        wrong = pick(
            rng,
            [
                ([damaged(rng, Xs[0]), *Xs], 1, 2),
                (Xs, damaged_whole(rng, 1, 4), 4),
                (Xs, 1, damaged_whole(rng, 1, n)),
                (Xs, 3, 2),
                ([], 1, 2),
                (Xs, 1, 2, "tree"),
                ([*Xs, np.ones((8, 2))], 1, 2),
            ],
        )
        return Call(wrong, RAISES, options=options)
    structure = pick(rng, ["butterfly", "sparse", "dense"])

    def agrees(result):
        mean = np.mean([least_loss(X, X, fjlt.to_dense(result.sketch), 1) for X in Xs])
        assert abs(result.error - mean) <= 1e-7 * (1 + mean)

    return Call((Xs, 1, 2, structure), RETURNS, agrees, options)


def descent_call(rng, share, agrees, tail=()):
    """Arguments (X, Y, rows, k, …), of which only every ``share``-th is valid."""
    n = 4
    X, Y = rng.standard_normal((2, n, 6))
    rows = rows_of(rng, n)
    k = int(rng.integers(1, len(rows) + 1))
    if rng.integers(share) == 0:
        return Call((X, Y, rows, k, *tail), RETURNS, lambda r: agrees(r, X, Y, rows, k))
    wrong = pick(
        rng,
        [
            (damaged(rng, X), Y, rows, k),
            (X, damaged(rng, Y), rows, k),
            (X, Y[:, :-1], rows, k),
            (X[:3], Y, rows, k),
            (X, Y, bad_rows(rng, n), k),
            (X, Y, rows, pick(rng, [0, -1, len(rows) + 1, 2**62, 0.5, "1", True])),
        ],
    )
    return Call((*wrong, *tail), RAISES)


def pca_loss(X, Y, k):
    return least_loss(X, Y, np.eye(len(X)), k)


def draw_minimum(rng):
    def agrees(result, X, Y, rows, k):
        assert result.loss >= pca_loss(X, Y, k) - 1e-8 * np.sum(Y**2)

    call = descent_call(rng, 8, agrees)
    call.options = {"max_steps": 20, "rng": 0}
    return call


def draw_starts(rng):
    def agrees(result, X, Y, rows, k):
        assert result.starts == 2
        assert all(e.minimum.loss >= pca_loss(X, Y, k) - 1e-8 * np.sum(Y**2) for e in result.ends)

    call = descent_call(rng, 30, agrees, tail=(2,))
    call.options = {"max_steps": 20, "rng": 0}
    return call


def draw_outcomes(rng):
    def agrees(result, X, Y, rows, k):
        assert all(sum(outcome.counts) <= outcome.runs for outcome in result)

    call = descent_call(rng, 60, agrees, tail=([1.0], 1))
    if call.promise is RAISES and call.args[3] in (2, 3, 4):
        call.args = (*call.args[:3], 5, *call.args[4:])  # up to n a wider bottleneck is allowed
    call.options = {"rng": 0, "schemes": ("joint",)}
    return call


def draw_joint(rng):
    def agrees(result, X, Y, rows, k):
        assert min(p.loss for p in result) >= pca_loss(X, Y, k) - 1e-6 * np.sum(Y**2)

    call = descent_call(rng, 2, agrees)
    if call.promise is RETURNS and rng.integers(40):
        X, Y, rows, _ = call.args
        return Call((X, Y, rows, 0), RAISES)
    if call.promise is RETURNS:
        X, Y, _, _ = call.args
        return Call((X, Y, [0, 2], 2), RETURNS, lambda r: agrees(r, X, Y, [0, 2], 2))
    return call


def draw_certificate(rng):
    X, Y = rng.standard_normal((2, 4, 6))
    x = rng.standard_normal(4)
    if rng.integers(8) == 0:
        # a point drawn at random is not critical
        return Call((X, Y, [0, 2], 2, x), RETURNS, lambda c: _refused(c))
    wrong = pick(
        rng,
        [
            (damaged(rng, X), Y, [0, 2], 2, x),
            (X, damaged(rng, Y), [0, 2], 2, x),
            (X, Y, bad_rows(rng, 4), 2, x),
            (X, Y, [0, 2], pick(rng, [0, 3, 0.5, "2"]), x),
            (X, Y, [0, 2], 2, damaged(rng, x)),
            (X, Y, [0, 2], 2, np.ones(9)),
            (X, Y, [0, 2], 2, x, pick(rng, [0, 63, 4097, 10**12, 64.0, "64"])),
        ],
    )
    return Call(wrong, RAISES)


def _refused(certificate):
    assert not certificate.certified or np.isfinite(float(certificate.loss[0]))
    assert certificate.reason


def complex_certificate(rng):
    call = draw_certificate(rng)
    if call.promise is RAISES and any(
        isinstance(a, np.ndarray) and a.dtype.kind == "c" for a in call.args
    ):
        call.promise = EITHER
    return call


def draw_far_plane(rng):
    n = 2 ** int(rng.integers(1, 5))
    rows = sorted(map(int, rng.permutation(n)[: rng.integers(1, n + 1)]))
    k = int(rng.integers(1, len(rows) + 1))
    if rng.integers(3) == 0:
        wrong = [
            (bad_rows(rng, n), k),
            (rows, pick(rng, [0, -1, len(rows) + 1, 2**62, 0.5, "1", True])),
        ]
        return Call((n, *pick(rng, wrong)), RAISES)

    def agrees(plane):
        if plane is not None:
            assert np.allclose(plane.basis @ plane.basis.T, np.eye(k))
            assert 0 <= plane.cosine_squared < 1
            # a row space at random weights is as far as is proved
            B = fjlt.TruncatedButterfly(rng.standard_normal((n.bit_length() - 1, n, 2)), rows)
            W = np.linalg.qr((rng.standard_normal((k, len(rows))) @ fjlt.to_dense(B)).T)[0]
            least = np.linalg.svd(plane.basis @ W, compute_uv=False)[-1]
            assert least**2 <= plane.cosine_squared + 1e-9

    return Call((n, rows, k), RETURNS, agrees)


def draw_nearest(rng):
    n = 2 ** int(rng.integers(1, 4))
    rows = sorted(map(int, rng.permutation(n)[: rng.integers(1, n + 1)]))
    U = rng.standard_normal((int(rng.integers(1, len(rows) + 1)), n))
    if rng.integers(40):
        wrong = [
            (damaged(rng, U), rows, 1),
            (U, bad_rows(rng, n), 1),
            (U, rows, pick(rng, [0, -1, 0.5, "1", True])),
            (np.vstack([U, U]), rows, 1),
        ]
        return Call(pick(rng, wrong), RAISES)

    def agrees(near):
        cosines = np.linalg.svd(np.linalg.qr(U.T)[0].T @ near.basis.T, compute_uv=False)
        assert np.allclose(np.sort(np.cos(near.angles)), np.sort(cosines), atol=1e-7)

    call = Call((U, rows, 1), RETURNS, agrees)
    call.options = {"rng": 0}
    return call


def draw_flow(rng):
    X, Y = rng.standard_normal((2, 4, 6))
    B = fjlt.TruncatedButterfly(fjlt.Butterfly.hadamard(4).weights, [0, 2])
    start = landscape.EncoderDecoder(rng.standard_normal((4, 2)), rng.standard_normal((2, 2)), B)
    if rng.integers(10):
        wrong = [
            (damaged(rng, X), Y, start, 0.01),
            (X, damaged(rng, Y), start, 0.01),
            (X[:3], Y, start, 0.01),
            (X, Y[:, :-1], start, 0.01),
            (X, Y, None, 0.01),
            (X, Y, start, pick(rng, [0, -1.0, np.nan, np.inf, "1", None])),
        ]
        return Call(pick(rng, wrong), RAISES)

    def agrees(flow):
        # the loss decreases along the flow
        assert flow.certified
        assert float(flow.loss[1]) <= start.loss(X, Y) * (1 + 1e-9)

    return Call((X, Y, start, 2.0**-10), RETURNS, agrees)


ENTRIES = {
    "signal_matrix": (landscape.signal_matrix, draw_signal),
    "reduced_loss": (landscape.reduced_loss, draw_reduced),
    "reduced_gradient": (landscape.reduced_gradient, draw_gradient),
    "reduced_weight_gradient": (landscape.reduced_weight_gradient, draw_weight_gradient),
    "reduced_hessian_product": (landscape.reduced_hessian_product, draw_hessian),
    "critical_points": (landscape.critical_points, draw_points),
    "EncoderDecoder": (landscape.EncoderDecoder, draw_network),
    "fit": (landscape.fit, draw_fit),
    "fit_two_phase": (landscape.fit_two_phase, draw_two_phase),
    "reachable_dimension": (landscape.reachable_dimension, draw_dimension),
    "is_dominant": (landscape.is_dominant, draw_dominant),
    "row_classes": (landscape.row_classes, draw_classes),
    "approximation_errors": (landscape.approximation_errors, draw_errors),
    "learn_sketch": (landscape.learn_sketch, draw_learning),
    "minimise_reduced": (landscape.minimise_reduced, draw_minimum),
    "multi_start": (landscape.multi_start, draw_starts),
    "endings": (landscape.endings, draw_outcomes),
    "joint_critical_points": (landscape.joint_critical_points, draw_joint),
    "certify": (landscape.certify, draw_certificate),
    "certify_complex": (landscape.certify_complex, complex_certificate),
    "far_plane": (landscape.far_plane, draw_far_plane),
    "nearest_row_space": (landscape.nearest_row_space, draw_nearest),
    "enclose_flow": (landscape.enclose_flow, draw_flow),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_calls(name, calls, seed):
    fuzz(name, *ENTRIES[name], calls, seed)
