"""The transformer of scikit-learn and the layer of PyTorch, against the dense operators."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

pytest.importorskip("sklearn")

from fjlt.sklearn import FJLTProjection, srht_min_dim
from tests.fuzz.harness import Call, Promise, close, fuzz
from tests.fuzz.values import DRESSES, damaged_whole, integers, pick, power_of_two, whole

RETURNS, RAISES, EITHER = Promise


def transformed(k, X, seed):
    """The samples of X, the components and the inverse, from one fit."""
    model = FJLTProjection(k, random_state=seed)
    return model, model.fit_transform(X)


def draw_projection(rng):
    N, n = int(rng.integers(2, 9)), int(rng.integers(1, 33))
    X, k, seed = integers(rng, (N, n)), int(rng.integers(1, n + 1)), int(rng.integers(2**31))
    kind = rng.integers(4)
    if kind == 0:
        bad = [
            np.where(X[0, 0] == X, np.nan, X),
            np.where(X[0, 0] == X, np.inf, X),
            X[0],
            X[None],
            X[:0],
            X + 1j,
            None,
            "X",
            sparse.csr_array(np.where(X[0, 0] == X, np.nan, X)),
        ]
        return Call((k, pick(rng, bad), seed), RAISES)
    if kind == 1:
        return Call((damaged_whole(rng, 1, n), X, seed), RAISES)

    def agrees(result):
        model, Z = result
        assert Z.shape == (N, k)
        # the transform is linear, and the matrix of its action on the unit vectors
        J = model.transform(np.eye(n))
        close(X @ J, 1e-4 if Z.dtype == np.float32 else 1e-9)(Z)
        np.testing.assert_allclose(
            np.linalg.norm(J, axis=1) if n & (n - 1) == 0 else 1.0, 1.0, rtol=1e-9
        )

    dress = DRESSES[pick(rng, [name for name in DRESSES if "frozen" not in name])]
    as_written = pick(rng, [sparse.csr_array, sparse.csc_array, dress])(X)
    # scikit-learn takes no array for an integer
    as_integer = whole(rng, k)
    as_integer = k if isinstance(as_integer, np.ndarray) else as_integer
    return Call((as_integer, as_written, seed), RETURNS, agrees)


def draw_min_dim(rng):
    N, n = int(rng.integers(2, 10**6)), int(rng.integers(1, 10**6))
    eps, delta = (float(10 ** -rng.uniform(0, 3)) for _ in range(2))
    kind = rng.integers(4)
    if kind == 0:
        wrong = pick(rng, [0, 0.0, -1.0, 1.5, np.nan, np.inf, "a", None, True, 1j])
        return Call((N, n, *pick(rng, [(wrong, delta), (eps, wrong)])), RAISES)
    if kind == 1:
        args = [(damaged_whole(rng, 2), n), (N, damaged_whole(rng))]
        return Call((*pick(rng, args), eps, delta), RAISES)
    if kind == 2:
        return Call((N, n, 10.0 ** -float(rng.integers(100, 310)), delta), EITHER, _positive)

    # the bound is reached at k by some δ' and by none at k - 1: on a fine grid of δ'
    def agrees(k):
        size, beta = 1 << (n - 1).bit_length(), delta / (N * (N - 1) / 2)
        t = np.linspace(1e-4, 1 - 1e-4, 20001)
        sizes = 6 * np.log(2 * size / (t * beta)) * np.log(2 / ((1 - t) * beta)) / eps**2
        assert 0 <= np.ceil(sizes.min()) - k <= 1e-4 * k + 1

    return Call((whole(rng, N), whole(rng, n), eps, delta), RETURNS, agrees)


def _positive(k):
    assert isinstance(k, int)
    assert k > 0


def test_projection(calls, seed):
    fuzz("FJLTProjection", transformed, draw_projection, calls, seed)


def test_min_dim(calls, seed):
    fuzz("srht_min_dim", srht_min_dim, draw_min_dim, calls, seed)


def layer_calls(torch):
    """Calls of ``ButterflyLinear(n1, n2, bias, k1, k2)``."""
    from fjlt.torch import ButterflyLinear

    def make(*args, **options):
        torch.manual_seed(0)
        return ButterflyLinear(*args, **options)

    def draw(rng):
        n1, n2 = (int(v) for v in rng.integers(1, 40, 2))
        k1, k2 = int(rng.integers(1, n1 + 1)), int(rng.integers(1, n2 + 1))
        kind = rng.integers(4)
        if kind == 0:
            wrong = [
                (damaged_whole(rng), n2, True, None, None),
                (n1, damaged_whole(rng), True, None, None),
                (n1, n2, True, _not_none(damaged_whole(rng, 1, n1)), k2),
                (n1, n2, True, k1, _not_none(damaged_whole(rng, 1, n2))),
            ]
            return Call(pick(rng, wrong), RAISES)
        if kind == 1:
            wrong = {"init": pick(rng, ["zeros", None, 3])}
            wrong = pick(rng, [wrong, {"dtype": torch.int64}, {"dtype": torch.complex64}])
            return Call((n1, n2, True, k1, k2), RAISES, options=wrong)

        def agrees(layer):
            x = torch.as_tensor(integers(rng, (3, n1)))
            with torch.no_grad():
                expected = x @ layer.to_dense().T + layer.bias
                close(expected.numpy())(layer(x).numpy())

        sizes = (whole(rng, n1), whole(rng, n2), True, whole(rng, k1), whole(rng, k2))
        init = pick(rng, ["fjlt", "identity", "random"])
        return Call(sizes, EITHER if init == "random" else RETURNS, agrees, _double(torch, init))

    return make, draw


def _not_none(value):
    return 0 if value is None else value


def _double(torch, init):
    return {"dtype": torch.float64, "init": init}


def test_layer(calls, seed):
    torch = pytest.importorskip("torch")
    fuzz("ButterflyLinear", *layer_calls(torch), calls, seed)


def test_transform_of_tensors(calls, seed):
    torch = pytest.importorskip("torch")
    import fjlt
    from fjlt.torch import fwht

    def with_gradient(x, dim, ortho, g):
        """The transform, and the gradient of <g, transform> in x."""
        y = fwht(x, dim, ortho)
        return y, torch.autograd.grad(y, x, g)[0]

    def draw(rng):
        shape = [int(v) for v in rng.integers(1, 4, rng.integers(1, 4))]
        dim = int(rng.integers(-len(shape), len(shape)))
        shape[dim] = power_of_two(rng, 5)
        ortho = bool(rng.integers(2))
        dtype = pick(rng, [torch.float32, torch.float64, torch.complex64, torch.complex128])
        a, b = integers(rng, shape), integers(rng, shape)
        # The same numbers in another memory order.
        order = rng.permutation(len(shape))
        x = torch.as_tensor(a.transpose(order).copy()).permute(*np.argsort(order).tolist())
        x, g = x.to(dtype).requires_grad_(), torch.as_tensor(b).to(dtype)
        if rng.integers(3) == 0:
            odd = torch.ones(*shape[: dim % len(shape)], 3, *shape[dim % len(shape) + 1 :])
            wrong = [
                (pick(rng, [None, "x", a, a.tolist(), 3.0]), dim),
                (x.detach().real.to(pick(rng, [torch.int64, torch.bool])), dim),
                (torch.tensor(1.0), 0),
                (odd, dim),
                (x, pick(rng, [len(shape), -len(shape) - 1, 0.5, None, "0", True])),
            ]
            return Call((*pick(rng, wrong), ortho, g), RAISES)

        # The matrix is real and symmetric, so the gradient is the transform of g.
        def agrees(result):
            for tensor, numbers in zip(result, (a, b), strict=True):
                assert (tensor.dtype, tensor.is_contiguous()) == (dtype, True)
                expected = fjlt.fwht(numbers, dim, ortho)
                close(expected.astype(str(dtype)[6:]))(tensor.detach().numpy())

        return Call((x, dim, ortho, g), RETURNS, agrees)

    fuzz("torch.fwht", with_gradient, draw, calls, seed)


def test_replacement(calls, seed):
    torch = pytest.importorskip("torch")
    from fjlt.torch import ButterflyLinear, count_weights, from_linear, replace_linear

    def draw(rng):
        n1, n2 = (int(v) for v in rng.integers(1, 12, 2))
        linear = torch.nn.Linear(n1, n2, dtype=torch.float64)
        k1, k2 = int(rng.integers(1, n1 + 1)), int(rng.integers(1, n2 + 1))
        options = {"init": pick(rng, ["fjlt", "identity"]), "steps": 1}
        if rng.integers(3) == 0:
            wrong = [
                (pick(rng, [None, "layer", np.eye(2), torch.nn.ReLU()]), k1, k2),
                (linear, _not_none(damaged_whole(rng, 1, n1)), k2),
                (linear, k1, _not_none(damaged_whole(rng, 1, n2))),
            ]
            return Call(pick(rng, wrong), RAISES, options=options)

        # no product of these three factors is nearer than the floor
        def agrees(projection):
            with torch.no_grad():
                W = linear.weight
                error = torch.sum((projection.layer.to_dense() - W) ** 2) / torch.sum(W**2)
            assert abs(float(error) - projection.error) <= 1e-8
            assert projection.floor <= projection.error + 1e-8

        return Call((linear, whole(rng, k1), whole(rng, k2)), RETURNS, agrees, options)

    fuzz("from_linear", from_linear, draw, calls, seed)

    def draw_model(rng):
        n1, n2 = (int(v) for v in rng.integers(1, 12, 2))
        linear = torch.nn.Linear(n1, n2)
        model = torch.nn.Sequential(linear, torch.nn.ReLU(), torch.nn.Linear(n2, 1))
        if rng.integers(3) == 0:
            wrong = pick(rng, [None, "model", np.eye(2), torch.nn.ReLU()])
            return Call((wrong,), RAISES)

        # the last layer is replaced, and the first one stays
        def agrees(result):
            assert result is model
            assert result[0] is linear
            assert isinstance(result[2], ButterflyLinear)
            x = torch.randn(2, n1)
            dense = torch.relu(linear(x)) @ result[2].to_dense().T + result[2].bias
            torch.testing.assert_close(result(x), dense)
            weights = sum(p.numel() for p in result.parameters())
            assert 0 < count_weights(result) <= weights + 2 * (n1 + n2)

        return Call((model,), RETURNS, agrees)

    fuzz("replace_linear", replace_linear, draw_model, calls, seed)

    def draw_count(rng):
        n1, n2 = (int(v) for v in rng.integers(1, 12, 2))
        if rng.integers(3) == 0:
            return Call((pick(rng, [None, "model", np.eye(2), 3]),), RAISES)
        model = torch.nn.Linear(n1, n2)
        return Call((model,), RETURNS, lambda count: _equal(count, n1 * n2 + n2))

    fuzz("count_weights", count_weights, draw_count, calls, seed)


def _equal(a, b):
    assert a == b
