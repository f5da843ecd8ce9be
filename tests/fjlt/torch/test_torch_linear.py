"""The layer of PyTorch against the dense matrix and against NumPy, and in place of nn.Linear."""

import copy
import io
import pickle
from math import ceil, log2

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from fjlt import DenseReplacement, TruncatedButterfly, max_effective_weights, min_effective_weights  # noqa: E402
from fjlt.torch import ButterflyLinear  # noqa: E402
from fjlt.torch import compilation as compiled  # noqa: E402
from fjlt.torch.function import Layout, Weights, by_blocks, by_kernels  # noqa: E402
from fjlt.torch.initial import INITIAL, initial_weights  # noqa: E402

SIZES = [(1, 1), (1, 5), (5, 1), (2, 2), (3, 8), (7, 12), (16, 16), (64, 10), (100, 33)]
NAMES = ["weights1", "core", "weights2", "bias"]


# PyTorch itself still uses it
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:FutureWarning")


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def layer_and_input(n1, n2, batch=(4,), dtype=torch.float64, **kwargs):
    layer = ButterflyLinear(n1, n2, dtype=dtype, **kwargs)
    return layer, torch.randn(*batch, n1, dtype=dtype, requires_grad=True)


def in_numpy(layer):
    """The operator of this library with the weights of the layer."""
    js = []
    for weights, rows, n in (
        (layer.weights1, layer.rows1, layer.in_features),
        (layer.weights2, layer.rows2, layer.out_features),
    ):
        size = 1 << (n - 1).bit_length()
        j = TruncatedButterfly(np.zeros((size.bit_length() - 1, size, 2)), rows.tolist(), n)
        full = np.zeros(j.weights.shape)
        full[j.effective_mask] = weights.detach().numpy()
        js.append(TruncatedButterfly(full, j.rows, n))
    return DenseReplacement(js[0], layer.core.detach().numpy(), js[1])


def both_ways(x, layer):
    weights = Weights(layer.weights1, layer.core, layer.weights2, layer.bias)
    layout = Layout(layer.rows1, layer.rows2, layer.in_features, layer.out_features)
    return by_kernels(x, weights, layout), by_blocks(x, weights, *layout.truncations())


@pytest.mark.parametrize(("n1", "n2"), SIZES)
def test_is_the_operator_of_the_library(n1, n2):
    layer, x = layer_and_input(n1, n2)
    operator = in_numpy(layer)
    expected = (operator @ x.detach().numpy().T).T + layer.bias.detach().numpy()
    for y in (layer(x), *both_ways(x, layer)):
        np.testing.assert_allclose(y.detach().numpy(), expected, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(
        layer.to_dense().detach().numpy(), operator.to_dense(), rtol=1e-11, atol=1e-11
    )
    assert sum(p.numel() for p in layer.parameters()) == operator.n_weights + n2


@pytest.mark.parametrize(("n1", "n2"), SIZES)
def test_first_derivatives(n1, n2):
    layer, x = layer_and_input(n1, n2)
    inputs = (x, *(getattr(layer, name) for name in NAMES))

    def f(x, *values):
        return torch.func.functional_call(layer, dict(zip(NAMES, values, strict=True)), x)

    assert torch.autograd.gradcheck(f, inputs)
    g = torch.randn(4, n2, dtype=torch.float64)
    here, there = (
        torch.autograd.grad(y, inputs, g, allow_unused=True, materialize_grads=True)
        for y in both_ways(x, layer)
    )
    for a, b in zip(here, there, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("n1", "n2"), [(1, 5), (5, 3), (16, 4)])
def test_second_derivatives(n1, n2):
    layer, x = layer_and_input(n1, n2, (2,))
    inputs = (x, *(getattr(layer, name) for name in NAMES))
    call = lambda x, *v: torch.func.functional_call(layer, dict(zip(NAMES, v, strict=True)), x)  # noqa: E731
    assert torch.autograd.gradgradcheck(call, inputs)


def test_values_grow_in_a_new_layer():
    n1, n2, k1 = 1024, 256, 32
    layer = ButterflyLinear(n1, n2, k1=k1, k2=16, bias=False)
    y = layer(torch.randn(2000, n1))
    # as the guide says; 512 entries of the core decide how exactly
    assert y.square().mean().item() == pytest.approx(n1 / (3 * k1), rel=0.15)


def test_a_derivative_with_a_wrong_scale_is_noticed(monkeypatch):
    right = compiled.Compiled.weights_gradient
    monkeypatch.setattr(compiled.Compiled, "weights_gradient", lambda *args: 2 * right(*args))
    layer, x = layer_and_input(5, 3)
    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        torch.autograd.gradcheck(
            lambda weights: torch.func.functional_call(layer, {"weights2": weights}, x),
            (layer.weights2,),
        )


@pytest.mark.parametrize("frozen", NAMES)
def test_frozen_parameters_get_no_gradient(frozen):
    layer, x = layer_and_input(12, 7)
    getattr(layer, frozen).requires_grad_(False)
    layer(x).square().sum().backward()
    for name in NAMES:
        assert (getattr(layer, name).grad is None) == (name == frozen)


def test_only_the_input_needs_a_gradient():
    layer, x = layer_and_input(12, 7)
    layer.requires_grad_(False)
    (found,) = torch.autograd.grad(layer(x).sum(), x)
    torch.testing.assert_close(found, layer.to_dense().sum(0).expand(4, -1))


@pytest.mark.parametrize("shape", [(), (0,), (1,), (2, 3), (2, 0, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_any_leading_shape_as_nn_linear(shape, bias):
    layer, x = layer_and_input(12, 7, shape, bias=bias)
    dense = nn.Linear(12, 7, bias, dtype=torch.float64)
    dense.weight = nn.Parameter(layer.to_dense().detach())
    dense.bias = layer.bias
    assert layer(x).shape == (*shape, 7)
    torch.testing.assert_close(layer(x), dense(x))
    torch.testing.assert_close(layer(x.detach().expand(3, *x.shape)), dense(x.expand(3, *x.shape)))


def test_strided_inputs():
    layer, _ = layer_and_input(12, 7)
    x = torch.randn(24, 8, dtype=torch.float64)
    torch.testing.assert_close(layer(x.T[:, ::2]), layer(x.T[:, ::2].contiguous()))


@pytest.mark.parametrize("n", [1, 2, 3, 10, 512, 1000])
def test_default_sizes_and_numbers_of_weights(n):
    layer = ButterflyLinear(n, n)
    k = max(1, ceil(log2(n)))
    assert layer.k1 == layer.k2 == k
    for weights in (layer.weights1, layer.weights2):
        assert min_effective_weights(n, k) <= weights.numel() <= max_effective_weights(n, k)


@pytest.mark.parametrize("init", [name for name in INITIAL if name != "gaussian"])
def test_orthogonal_starts_are_so_with_their_scale(init):
    J = TruncatedButterfly(initial_weights(16, 5, init), torch.randperm(16)[:5].tolist()).to_dense()
    np.testing.assert_allclose(J @ J.T, 16 / 5 * np.eye(5), atol=1e-12)


def test_gaussian_starts_have_their_scale():
    squares = (initial_weights(1024, 5, "gaussian") ** 2).mean(axis=(1, 2))
    # means of 2048 squares of normal numbers, relative deviation 1/32: 8 of them on either side
    assert (abs(squares / np.array([*[0.5] * 9, 0.5 * 1024 / 5]) - 1) < 0.25).all()


def test_starts_differ():
    assert len({initial_weights(8, 3, init).tobytes() for init in INITIAL}) == len(INITIAL)


def test_the_seed_of_pytorch_decides():
    layers = []
    for _ in range(2):
        torch.manual_seed(3)
        layers.append(ButterflyLinear(32, 16))
    for a, b in zip(layers[0].state_dict().values(), layers[1].state_dict().values(), strict=True):
        assert torch.equal(a, b)
    kept, weights = layers[0].rows1.clone(), layers[0].weights1.detach().clone()
    layers[0].reset_parameters()
    assert torch.equal(layers[0].rows1, kept)
    assert not torch.equal(layers[0].weights1, weights)


@pytest.mark.parametrize("assign", [True, False])
def test_state_dict_brings_the_kept_outputs(assign):
    layer, x = layer_and_input(100, 33)
    model, other = (
        nn.Sequential(nn.Identity(), m)
        for m in (layer, ButterflyLinear(100, 33, dtype=torch.float64))
    )
    optimizer = torch.optim.Adam(other.parameters())
    stored = io.BytesIO()
    torch.save(model.state_dict(), stored)
    stored.seek(0)
    other.load_state_dict(torch.load(stored, weights_only=True), assign=assign)
    torch.testing.assert_close(other(x), model(x), rtol=0, atol=0)
    if not assign:
        other(x).sum().backward()
        optimizer.step()
        assert not torch.equal(other(x), model(x))


def test_a_state_dict_of_other_sizes_is_refused():
    for other in (ButterflyLinear(64, 10, k1=3), ButterflyLinear(64, 9), nn.Linear(64, 10)):
        with pytest.raises(RuntimeError, match=r"size mismatch|Missing key"):
            ButterflyLinear(64, 10).load_state_dict(other.state_dict())
    state = ButterflyLinear(64, 10).state_dict()
    state["rows2"] = torch.tensor([0, 1, 2, 16])
    with pytest.raises(RuntimeError, match="row = 16"):
        ButterflyLinear(64, 10).load_state_dict(state)


CHANGES = {
    "a step": lambda layer: torch.optim.SGD(layer.parameters(), 0.1).step(),
    "another start": lambda layer: layer.reset_parameters(),
    "one weight, behind the back of autograd": lambda layer: layer.weights2.data[3:4].add_(1),
    "other parameters": lambda layer: layer.load_state_dict(ButterflyLinear(20, 9).state_dict()),
    "double precision": lambda layer: layer.double(),
    "NaN": lambda layer: layer.weights1.data.fill_(torch.nan),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_kept_for_predictions_follows_the_weights(change):
    torch.manual_seed(0)
    layer = ButterflyLinear(20, 9)
    x = torch.randn(4, 20)
    layer(x).sum().backward()
    with torch.no_grad():
        before = layer(x)
        assert torch.equal(layer(x), before)
        change(layer)
        found, expected = (
            layer(x.to(layer.core.dtype)),
            x.to(layer.core.dtype) @ layer.to_dense().mT + layer.bias,
        )
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-5, equal_nan=True)
    assert layer.core.dtype != before.dtype or not torch.equal(found, before)


def test_predictions_make_no_matrix_twice(monkeypatch):
    layer, made = ButterflyLinear(20, 9), []
    monkeypatch.setattr(
        compiled, "Compiled", lambda *a, make=compiled.Compiled: made.append(a) or make(*a)
    )
    for _ in range(5):
        layer(torch.randn(3, 20))
    assert len(made) == 2
    copy.deepcopy(layer)(torch.randn(3, 20))
    assert len(made) == 4


def test_kept_matrices_of_old_weights_are_noticed(monkeypatch):
    monkeypatch.setattr(compiled.Compiled, "is_of", lambda self, weights: True)
    with pytest.raises(AssertionError):
        test_what_is_kept_for_predictions_follows_the_weights(CHANGES["a step"])


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_are_equal_and_separate(copied):
    layer, x = layer_and_input(20, 8)
    before, again = layer(x).detach(), copied(layer)
    torch.testing.assert_close(again(x), before, rtol=0, atol=0)
    with torch.no_grad():
        layer.weights1 += 1
    torch.testing.assert_close(again(x), before, rtol=0, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_other_dtypes(dtype):
    layer, x = layer_and_input(64, 10)
    y = copy.deepcopy(layer).to(dtype)(x.to(dtype))
    assert y.dtype == dtype
    scale = layer(x).abs().max().item()
    assert (y.double() - layer(x)).abs().max() < 40 * torch.finfo(dtype).eps * scale


def test_autocast_gives_its_dtype_and_full_gradients():
    layer, x = layer_and_input(64, 10, dtype=torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = nn.Linear(64, 64)(x)
        y = layer(hidden)
    assert hidden.dtype == y.dtype == torch.bfloat16
    torch.testing.assert_close(y.float(), layer(hidden.float()), rtol=2**-7, atol=2**-7)
    y.float().square().sum().backward()
    assert layer.weights1.grad.dtype == torch.float32
    double, wide = layer_and_input(64, 10)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert double(wide).dtype == torch.float64


def test_functional_transforms():
    layer, x = layer_and_input(20, 8, (6,))
    p = dict(layer.named_parameters())

    def loss(p, x):
        return torch.func.functional_call(layer, p, x).square().sum()

    whole = torch.func.grad(loss)(p, x)
    each = torch.func.vmap(torch.func.grad(loss), (None, 0))(p, x)
    loss(p, x).backward()
    for name in NAMES:
        torch.testing.assert_close(each[name].sum(0), whole[name])
        torch.testing.assert_close(getattr(layer, name).grad, whole[name])
    hessian = torch.func.hessian(lambda core: loss({**p, "core": core}, x))(p["core"])
    assert hessian.shape == 2 * tuple(layer.core.shape)
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(x, torch.ones_like(x))
        moved = torch.autograd.forward_ad.unpack_dual(layer(dual)).tangent
    torch.testing.assert_close(moved, torch.ones_like(x) @ layer.to_dense().mT)


def test_compile_without_graph_breaks():
    layer, x = layer_and_input(20, 8)
    compiled = torch.compile(layer, backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), layer(x))
    compiled(x).square().sum().backward()
    found = layer.weights1.grad.clone()
    layer.zero_grad()
    layer(x).square().sum().backward()
    torch.testing.assert_close(layer.weights1.grad, found)


def test_export_for_any_batch():
    layer, x = layer_and_input(20, 8)
    program = torch.export.export(layer, (x,), dynamic_shapes=({0: torch.export.Dim("batch")},))
    more = torch.randn(9, 20, dtype=torch.float64)
    torch.testing.assert_close(program.module()(more), layer(more))


def test_meta_device_and_repr():
    layer = ButterflyLinear(64, 10, device="meta")
    assert layer(torch.empty(2, 64, device="meta")).shape == (2, 10)
    assert repr(layer) == "ButterflyLinear(in_features=64, out_features=10, bias=True, k1=6, k2=4)"


def test_learns_a_layer_of_its_own_kind():
    teacher, x = layer_and_input(32, 8, (256,))
    student = ButterflyLinear(32, 8, dtype=torch.float64)
    student.load_state_dict(teacher.state_dict())
    with torch.no_grad():
        for p in student.parameters():
            p += 0.1 * torch.randn_like(p)
    x, target = x.detach(), teacher(x).detach()
    optimizer = torch.optim.Adam(student.parameters(), lr=0.02)
    losses = []
    for _ in range(300):
        loss = (student(x) - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 1e-3 * losses[0]


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ((0, 4), ValueError, "in_features = 0 .* in_features >= 1"),
        ((4, -1), ValueError, "out_features = -1"),
        ((4.0, 4), TypeError, "in_features must be an integer"),
        ((4, 4, True, 5), ValueError, "k1 = 5 .* 1 <= k1 <= 4"),
        ((4, 2, True, 1, 3), ValueError, "k2 = 3 .* 1 <= k2 <= 2"),
        ((4, 4, True, 0), ValueError, "k1 = 0"),
    ],
)
def test_bad_sizes(arguments, error, text):
    with pytest.raises(error, match=text):
        ButterflyLinear(*arguments)


def test_bad_dtypes_starts_and_inputs():
    for dtype in (torch.int64, torch.complex64):
        with pytest.raises(TypeError, match=r"use torch\.float32"):
            ButterflyLinear(4, 4, dtype=dtype)
    with pytest.raises(ValueError, match="init = 'xavier' is unknown; use one of 'fjlt'"):
        ButterflyLinear(4, 4, init="xavier")
    layer = ButterflyLinear(4, 4)
    with pytest.raises(ValueError, match=r"shape \(2, 3\); the last axis must be in_features = 4"):
        layer(torch.ones(2, 3))
    with pytest.raises(TypeError, match=r"dtype torch.float64, the layer torch.float32; convert"):
        layer(torch.ones(2, 4, dtype=torch.float64))
    with pytest.raises(TypeError, match=r"input is on meta, the layer on cpu; move"):
        layer(torch.ones(2, 4, device="meta"))


def test_the_core_starts_uniform_on_both_sides_of_zero():
    """The largest of N uniform numbers on [-c, c] is below 0.99c with probability 0.995^N."""
    core = ButterflyLinear(512, 512, k1=100, k2=100).core.detach().numpy()
    for end in (core.max(), -core.min()):
        assert 0.99 * 100**-0.5 < end <= 100**-0.5 + 1e-6
