"""Passes of several layers against the layers one by one, for kept outputs of every kind."""

import numpy as np
import pytest

from fjlt import Butterfly, TruncatedButterfly, srht
from fjlt.kernels import butterfly_passes
from fjlt.kernels.butterfly_passes import MAX_ROWS
from fjlt.kernels.executor import ButterflyExecutor
from fjlt.kernels.pass_plan import plan


def layer_by_layer(weights, x, dtype=np.float64):
    y = x.astype(dtype)
    for i, w in enumerate(weights):
        # row j XOR 2^i in the place of row j
        other = y.reshape(len(y) >> i + 1, 2, 1 << i, y.shape[1])[:, ::-1].reshape(y.shape)
        y = w[:, :1] * y + w[:, 1:] * other
    return y


def outputs(kind, n, rng):
    if kind == "all":
        return np.arange(n)
    return rng.permutation(n)[: {"permuted": n, "one": 1, "some": max(1, n // 5)}[kind]]


@pytest.mark.parametrize("kind", ["all", "permuted", "some", "one"])
@pytest.mark.parametrize("p", [*range(14), 15])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_product_adjoint_and_gradient(p, kind, dtype):
    rng = np.random.default_rng(p)
    n, eps = 1 << p, np.finfo(dtype).eps
    # at p = 15 too the columns are cut into several blocks
    for d in (0, 1, 3, *((70,) if p == 15 else (150,) if p > 10 else (150, 700))):
        weights = rng.normal(scale=2**-0.5, size=(p, n, 2)).astype(dtype)
        kept = outputs(kind, n, rng)
        x = rng.standard_normal((n, d)).astype(dtype)
        present = n if d != 3 else n - n // 3
        x[present:] = 0
        executor = ButterflyExecutor(weights, kept)
        y, expected = executor.product(x[:present]), layer_by_layer(weights, x)[kept]
        assert y.dtype == dtype
        np.testing.assert_allclose(
            y, expected, rtol=0, atol=40 * eps * max(1, np.abs(expected).max(initial=0))
        )
        np.testing.assert_array_equal(y, layer_by_layer(weights, x, dtype)[kept])
        np.testing.assert_array_equal(executor.product(np.asfortranarray(x)), y)
        g = rng.standard_normal((len(kept), d)).astype(dtype)
        back = executor.adjoint(g)
        scale = eps * (
            np.linalg.norm(g) * np.linalg.norm(expected) + np.vdot(np.abs(back), np.abs(x))
        )
        assert abs(np.vdot(g, expected) - np.vdot(back, x)) <= 40 * scale
        g_x, g_weights = executor.gradient(x, g)
        np.testing.assert_array_equal(executor.gradient(x, g, in_x=False)[1], g_weights)
        in_rows = executor.gradient(np.asfortranarray(x), np.asfortranarray(g))
        np.testing.assert_array_equal(in_rows[0], g_x)
        mixed = (
            executor.gradient(x, np.asfortranarray(g)),
            executor.gradient(np.asfortranarray(x), g, in_x=False),
        )
        np.testing.assert_array_equal(mixed[0][0], g_x)
        np.testing.assert_array_equal(mixed[1][1], in_rows[1])
        np.testing.assert_allclose(
            in_rows[1], g_weights, rtol=0, atol=200 * eps * np.abs(g_weights).max(initial=1)
        )
        np.testing.assert_allclose(
            g_x, back, rtol=0, atol=40 * eps * max(1, np.abs(back).max(initial=0))
        )
        # B is linear in the weights of each layer
        for i in range(p):
            product = np.vdot(weights[i].astype(np.float64), g_weights[i])
            assert abs(product - np.vdot(g, expected)) <= 200 * scale


@pytest.mark.parametrize("p", [1, 3, 5, 8])
def test_every_gradient_entry(p):
    rng = np.random.default_rng(0)
    n = 1 << p
    weights, x = (
        rng.integers(-2, 3, (p, n, 2)).astype(float),
        rng.integers(-2, 3, (n, 2)).astype(float),
    )
    kept = rng.permutation(n)[: max(1, n // 3)]
    g = rng.integers(-2, 3, (len(kept), 2)).astype(float)
    gradient = ButterflyExecutor(weights, kept).gradient(x, g)[1]
    entries = [
        np.unravel_index(flat, weights.shape) for flat in rng.permutation(weights.size)[:200]
    ]
    for entry in entries:
        changed = weights.copy()
        changed[entry] += 1
        difference = layer_by_layer(changed, x)[kept] - layer_by_layer(weights, x)[kept]
        assert gradient[entry] == np.vdot(g, difference)


def test_symmetric_terms_cancel_exactly():
    weights = np.full((6, 64, 2), 2**-0.5)
    j = np.arange(64)
    for i in range(6):
        weights[i, (j >> i) & 1 == 1, 0] *= -1
    y = ButterflyExecutor(weights, j).product(np.ones((64, 1)))
    assert y[0] == pytest.approx(8)
    assert not y[1:].any()


def test_passes_keep_the_residues_of_the_outputs_only():
    kept = np.array([5, 4095, 1029, 64, 70])
    passes = plan(12, kept)
    assert [(step.first, step.layers) for step in passes] == [(0, 6), (6, 6)]
    assert passes[1].residues.tolist() == np.unique(kept % 64).tolist()
    assert not passes[1].complete
    rows = sum(step.residues.size << (12 - step.first) for step in passes)
    assert rows == 4096 + 4 * 64
    assert all(step.complete for step in plan(12, np.arange(4096)))


def n_pairs(passes, n):
    """Number of sums of two products that are made for a column."""
    total = 0
    for step in passes:
        a = 0
        while a < step.layers:
            b = butterfly_passes._layers_of_step(step.layers - a, 3)
            groups = step.used[:, a, : 1 << a].sum() << (step.layers - b - a)
            total += (int(groups) * b << b) * (n >> (step.first + step.layers))
            a += b
    return total


def test_fewer_operations_for_fewer_outputs():
    n = 4096
    full = n_pairs(plan(12, np.arange(n)), n)
    assert full == 12 * n
    for l, share in ((1, 0.52), (12, 0.6), (64, 0.8), (512, 1.0)):
        kept = np.random.default_rng(l).choice(n, l, replace=False)
        assert n_pairs(plan(12, kept), n) <= share * full
        effective = TruncatedButterfly(np.zeros((12, n, 2)), kept).n_effective_weights
        assert n_pairs(plan(12, kept), n) >= effective / 2


def test_complex_columns():
    rng = np.random.default_rng(0)
    weights, kept = rng.standard_normal((4, 16, 2)), np.array([3, 9])
    x, g = (rng.standard_normal((k, 5)) + 1j * rng.standard_normal((k, 5)) for k in (16, 2))
    executor = ButterflyExecutor(weights, kept)
    np.testing.assert_allclose(
        executor.product(x), executor.product(x.real) + 1j * executor.product(x.imag)
    )
    np.testing.assert_allclose(
        executor.adjoint(g), executor.adjoint(g.real) + 1j * executor.adjoint(g.imag)
    )
    expected = executor.gradient(x.real, g.real)[1] + executor.gradient(x.imag, g.imag)[1]
    np.testing.assert_allclose(executor.gradient(x, g)[1], expected)


def test_read_only_arrays():
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape) for shape in ((6, 64, 2), (64, 300), (64, 300))]
    expected = ButterflyExecutor(arrays[0], np.arange(64)).gradient(*arrays[1:])
    for a in arrays:
        a.flags.writeable = False
    for one, other in zip(
        ButterflyExecutor(arrays[0], np.arange(64)).gradient(*arrays[1:]), expected, strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_input_that_is_not_finite_is_allocated_even_behind_zero_weights(bad):
    rng = np.random.default_rng(0)
    for operator in (
        Butterfly.identity(256),
        srht(5, 200, rng=0),
        TruncatedButterfly(np.zeros((8, 256, 2)), [7], 100),
    ):
        for a in (operator, operator.H):
            for _ in range(5):
                x = rng.standard_normal((a.shape[1], 300))
                place = tuple(int(rng.integers(size)) for size in x.shape)
                x[place] = bad
                with pytest.raises(ValueError, match=rf"1 entries .* \({place[0]}, {place[1]}\)"):
                    a @ x
                if a is operator:
                    g = np.zeros((a.shape[0], 300))
                    for method in (a.vjp, a.weights_gradient):
                        with pytest.raises(ValueError, match="x has 1 entries"):
                            method(x, g)
                        g[0, place[1]] = bad
                        with pytest.raises(ValueError, match="g has 1 entries"):
                            method(np.zeros_like(x), g)
                        g[0, place[1]] = 0


@pytest.mark.parametrize("kind", ["all", "some", "one"])
@pytest.mark.parametrize("p", [1, 3, 6, 7, 8, 11, 13, 15])
def test_kernels_write_only_where_they_may(p, kind, monkeypatch):
    """No other test checks the bounds of compiled accesses."""
    guard, allocated = 1000, []

    def guarded(size, dtype):
        whole = np.full(size + 2 * guard, 7, dtype)
        allocated.append(whole)
        return whole[guard : guard + size]

    def empty(n, d, dtype, in_rows):
        a = guarded(n * d, dtype)
        return a.reshape(d, n).T if in_rows else a.reshape(n, d)

    monkeypatch.setattr("fjlt.kernels.executor.workspace", guarded)
    monkeypatch.setattr("fjlt.kernels.executor._empty", empty)
    rng = np.random.default_rng(p)
    n = 1 << p
    kept = outputs(kind, n, rng)
    executor = ButterflyExecutor(rng.standard_normal((p, n, 2)), kept)
    for d in (1, 19, 70):
        for order in "CF":
            x, g = (
                np.asarray(rng.standard_normal((rows, d)), order=order) for rows in (n, len(kept))
            )
            executor.product(x)
            executor.product(x[: n - n // 3].copy(order))
            executor.adjoint(g)
            for in_x in (True, False):
                executor.gradient(x, g, in_x)
    assert len(allocated) > 30
    for whole in allocated:
        assert (whole[:guard] == 7).all()
        assert (whole[-guard:] == 7).all()


def test_passes_fit_in_their_room():
    for p in range(20):
        passes = plan(p, np.arange(1 << p))
        assert sum(step.layers for step in passes) == p
        assert all(1 << step.layers <= MAX_ROWS for step in passes)
