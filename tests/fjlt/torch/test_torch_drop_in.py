"""The layer where PyTorch expects an nn.Linear: other modules, autocast, meta, tracers, shards."""

import copy
import datetime
import subprocess
import sys
import time
import warnings

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from fjlt.torch import ButterflyLinear, replace_linear  # noqa: E402

NAMES = ["weights1", "core", "weights2", "bias"]


# PyTorch itself still uses it
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:FutureWarning")


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def gradients(layer):
    return {name: layer.get_parameter(name).grad.clone() for name in NAMES}


# What other modules read


def encoder_pair():
    """An encoder layer with both dense layers replaced, and a dense one that computes the same."""
    dense = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
    replaced = replace_linear(copy.deepcopy(dense), ["linear1", "linear2"])
    for name in ("linear1", "linear2"):
        getattr(dense, name).weight.data = replaced.get_submodule(name).to_dense().detach()
        getattr(dense, name).bias.data = replaced.get_submodule(name).bias.detach()
    return replaced, dense


@pytest.mark.parametrize("training", [True, False])
def test_an_encoder_layer_computes_the_same_in_both_modes(training, monkeypatch):
    fast, run = [], torch._transformer_encoder_layer_fwd
    monkeypatch.setattr(
        torch, "_transformer_encoder_layer_fwd", lambda *a: fast.append(a) or run(*a)
    )
    replaced, dense = (model.train(training) for model in encoder_pair())
    x = torch.randn(2, 5, 16)
    with torch.set_grad_enabled(training):
        torch.testing.assert_close(replaced(x), dense(x), rtol=1e-5, atol=1e-5)
    # Predictions take the path on which PyTorch reads the matrices instead of calling the layers.
    assert len(fast) == (0 if training else 2)


def test_the_weight_is_the_matrix_and_can_be_differentiated():
    layer, x = ButterflyLinear(20, 8), torch.randn(3, 20)
    torch.testing.assert_close(nn.functional.linear(x, layer.weight, layer.bias), layer(x))
    layer(x).square().sum().backward()
    expected = gradients(layer)
    layer.zero_grad()
    nn.functional.linear(x, layer.weight, layer.bias).square().sum().backward()
    torch.testing.assert_close(gradients(layer), expected)
    with torch.no_grad():
        layer.core += 1
    torch.testing.assert_close(nn.functional.linear(x, layer.weight, layer.bias), layer(x))
    assert "weight" not in layer.state_dict()


# Precision


@pytest.mark.parametrize("again", [False, True])
def test_backward_inside_autocast(again):
    layer, x = ButterflyLinear(64, 10), torch.randn(3, 64, requires_grad=True)

    def loss():
        y = layer(x).float().square().sum()
        return torch.autograd.grad(y, x, create_graph=True)[0].square().sum() if again else y

    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss().backward()
    found = gradients(layer) if not again else {"core": layer.core.grad}
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outside = loss()
    layer.zero_grad()
    outside.backward()
    for name, value in found.items():
        assert value.dtype == torch.float32
        torch.testing.assert_close(value, layer.get_parameter(name).grad, rtol=0, atol=0)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_rounds_the_result_and_the_gradients_only(dtype):
    half = ButterflyLinear(256, 64, k1=32, k2=32, dtype=dtype)
    single, x = copy.deepcopy(half).float(), torch.randn(5, 256).to(dtype)
    y, expected = half(x), single(x.float())
    assert torch.equal(y, expected.to(dtype))
    g = torch.randn(5, 64).to(dtype)
    y.backward(g)
    expected.backward(g.float())
    for name, value in gradients(half).items():
        assert torch.equal(value, single.get_parameter(name).grad.to(dtype))
    # The blocks, which other devices use, do the same; their sums have another order.
    by_blocks = torch.func.vmap(half)(x[None])[0]
    error = (by_blocks.double() - expected.double()).abs().max() / expected.abs().max()
    assert error <= torch.finfo(dtype).eps


# Devices without values, and seeds


def test_a_layer_made_on_meta_becomes_a_real_one():
    with torch.device("meta"):
        model = nn.Sequential(ButterflyLinear(64, 10), nn.Linear(10, 3))
    assert model(torch.empty(2, 64, device="meta")).is_meta
    model.to_empty(device="cpu")
    layer = model[0]
    assert layer.rows1.tolist() == layer._j1.rows.tolist()
    layer.rows2.fill_(99)
    layer.to_empty(device="cpu").reset_parameters()
    assert layer.rows2.tolist() == layer._j2.rows.tolist()
    other, x = ButterflyLinear(64, 10), torch.randn(3, 64)
    other.load_state_dict(layer.state_dict())
    assert torch.equal(other(x), layer(x))
    torch.testing.assert_close(layer(x), nn.functional.linear(x, layer.weight, layer.bias))


@pytest.mark.parametrize("assign", [False, True])
def test_rows_without_values_are_not_loaded(assign):
    layer, state = ButterflyLinear(64, 10), ButterflyLinear(64, 10, device="meta").state_dict()
    with pytest.raises(RuntimeError, match="rows1 is on meta, without values"):
        layer.load_state_dict(state, assign=assign)


def test_a_generator_decides_alone_and_on_every_device():
    def made(device="cpu"):
        generator = torch.Generator().manual_seed(5)
        with torch.device(device):
            return ButterflyLinear(64, 10, generator=generator)

    before = torch.get_rng_state()
    one, two = made(), made()
    assert torch.equal(torch.get_rng_state(), before)
    for a, b in zip(one.state_dict().values(), two.state_dict().values(), strict=True):
        assert torch.equal(a, b)
    assert made("meta")._j1.rows.tolist() == one.rows1.tolist()
    assert ButterflyLinear(64, 10).rows1.tolist() != one.rows1.tolist()
    two.reset_parameters(torch.Generator().manual_seed(6))
    one.reset_parameters(torch.Generator().manual_seed(6))
    assert torch.equal(one.core, two.core)
    for project in (False, True):
        models = [
            replace_linear(
                nn.Linear(16, 8), project=project, generator=torch.Generator().manual_seed(5)
            )
            for _ in range(2)
        ]
        assert torch.equal(models[0].rows1, models[1].rows1)


@pytest.mark.parametrize("generator", [0, "cpu"])
def test_what_is_no_generator(generator):
    with pytest.raises(TypeError, match=r"must be a torch.Generator or None, got (int|str); make"):
        ButterflyLinear(4, 4, generator=generator)


# Transforms of modules


def test_a_symbolic_trace_has_one_node_for_the_layer():
    model, x = nn.Sequential(ButterflyLinear(64, 10), nn.ReLU()), torch.randn(3, 64)
    traced = torch.fx.symbolic_trace(model)
    called = [n.target.__name__ for n in traced.graph.nodes if n.op == "call_function"]
    assert called.count("replacement") == 1
    assert torch.equal(traced(x), model(x))
    traced(x).sum().backward()
    assert model[0].core.grad is not None
    alone = copy.deepcopy(traced)
    expected = model(x)
    del traced, model
    assert torch.equal(alone(x), expected)


@pytest.mark.parametrize("way", ["script", "trace"])
@pytest.mark.filterwarnings("ignore")  # TorchScript is deprecated
def test_torchscript(way):
    model, x = nn.Sequential(ButterflyLinear(64, 10), nn.ReLU()), torch.randn(3, 64)
    made = torch.jit.script(model) if way == "script" else torch.jit.trace(model, x)
    more = torch.randn(2, 7, 64)[:, : 7 if way == "script" else 0]
    for batch in (x, torch.randn(5, 64), more):
        assert torch.equal(made(batch), model(batch))
    made(x).sum().backward()
    assert model[0].weights1.grad is not None
    if way == "script":
        with pytest.raises(Exception, match="last axis must be in_features = 64"):
            made(torch.randn(3, 63))


def stacked(layers, x):
    parameters, buffers = torch.func.stack_module_state(layers)

    def call(p, b, x):
        return torch.func.functional_call(layers[0], (p, b), x)

    return torch.func.vmap(call)(parameters, buffers, x)


def test_stacked_layers_keep_the_same_outputs_or_are_refused():
    layers = [ButterflyLinear(20, 8, generator=torch.Generator().manual_seed(1)) for _ in range(3)]
    for layer in layers:
        layer.reset_parameters()
    x = torch.randn(3, 5, 20)
    expected = torch.stack([layer(a) for layer, a in zip(layers, x, strict=True)])
    torch.testing.assert_close(stacked(layers, x), expected)
    # With one kept output all numbers of weights are equal, and stack_module_state sees nothing.
    others = [ButterflyLinear(20, 8, k1=1, k2=1) for _ in range(3)]
    with pytest.raises(ValueError, match=r"keep different outputs.*reset_parameters"):
        stacked(others, x)


def test_a_functional_call_has_the_kept_outputs_of_its_state():
    one, other = (ButterflyLinear(20, 8, k1=1, k2=1) for _ in range(2))
    x = torch.randn(3, 20)
    assert one.rows1.tolist() != other.rows1.tolist()
    assert torch.equal(torch.func.functional_call(one, other.state_dict(), x), other(x))


def test_quantization_says_what_it_leaves_out():
    quantization = pytest.importorskip("torch.ao.quantization")
    model = nn.Sequential(ButterflyLinear(64, 10), nn.Linear(10, 3))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        quantized = quantization.quantize_dynamic(model, {nn.Linear}, dtype=torch.qint8)
    said = [str(w.message) for w in caught if "is not quantized" in str(w.message)]
    assert len(said) == 1
    assert "in_features=64" in said[0]
    assert "layer.factors()" in said[0]
    assert isinstance(quantized[0], ButterflyLinear)
    # what the message advises computes the same
    left, right = model[0].factors()
    pair = nn.Sequential(nn.Linear(64, 4, bias=False), nn.Linear(4, 10))
    pair[0].weight.data, pair[1].weight.data = right.detach(), left.detach()
    pair[1].bias.data = model[0].bias.detach()
    x = torch.randn(3, 64)
    torch.testing.assert_close(pair(x), model[0](x))


@pytest.mark.parametrize("sizes", [(20, 8), (80, 70)])
def test_the_operation_is_what_pytorch_expects(sizes):
    """Schema, autograd, shapes without values; few kept outputs, and more than MAX_DENSE."""
    k = sizes[1]
    layer = ButterflyLinear(*sizes, k1=k, k2=k - 1, dtype=torch.float64)
    x = torch.randn(2, 3, sizes[0], dtype=torch.float64, requires_grad=True)
    parts = layer.weights1, layer.core, layer.weights2, layer.bias, layer.rows1, layer.rows2
    torch.library.opcheck(torch.ops.fjlt.butterfly_linear, (x, *parts, *sizes))


@pytest.mark.filterwarnings("ignore:Skipping serialization")  # PyTorch 2.6 warns of itself
def test_compiled_layers_neither_break_nor_compile_again_nor_are_slower():
    from torch._dynamo.testing import CompileCounterWithBackend

    layer, x = ButterflyLinear(1024, 1024), torch.randn(256, 1024)
    torch._dynamo.reset()
    counter = CompileCounterWithBackend("inductor")
    made = torch.compile(layer, backend=counter, fullgraph=True)
    made(x).sum().backward()
    found = gradients(layer)
    layer.zero_grad()
    layer(x).sum().backward()
    torch.testing.assert_close(gradients(layer), found)
    optimizer = torch.optim.SGD(layer.parameters(), 1e-3)
    best = {}
    for _ in range(8):
        for f in (layer, made):
            start = time.perf_counter()
            f(x).sum().backward()
            best[f] = min(best.get(f, 1.0), time.perf_counter() - start)
            optimizer.step()
    assert counter.frame_count == 1
    # 1.1 times eager, measured; 5 times before PyTorch was kept from looking into the layer
    assert best[made] < 2.5 * best[layer]


# Parameters split up between processes


def network(seed=0, device="cpu"):
    """Two layers, with parameters that two processes cannot share evenly."""
    generator = torch.Generator().manual_seed(seed)
    options = {"dtype": torch.float64, "device": device, "generator": generator}
    return nn.Sequential(
        ButterflyLinear(20, 16, k1=3, k2=5, **options),
        nn.Tanh(),
        ButterflyLinear(16, 9, **options),
    )


def split(model, mesh):
    from torch.distributed.fsdp import fully_shard

    for layer in (model[0], model[2]):
        fully_shard(layer, mesh=mesh)
    return fully_shard(model, mesh=mesh)


def full(model):
    state = model.state_dict()
    return {k: a.full_tensor() if hasattr(a, "full_tensor") else a for k, a in state.items()}


def one_of_two(rank, path):
    """What each of the two processes does with its half of the parameters and of the samples."""
    dist = torch.distributed
    dist.init_process_group(
        "gloo",
        store=dist.FileStore(path, 2),
        rank=rank,
        world_size=2,
        timeout=datetime.timedelta(seconds=200),
    )
    try:
        mesh = dist.device_mesh.init_device_mesh("cpu", (2,))
        whole, shared = network(), split(network(), mesh)
        generator = torch.Generator().manual_seed(1)
        X, Y = (torch.randn(2, 8, n, dtype=torch.float64, generator=generator) for n in (20, 9))
        mine = slice(4 * rank, 4 * rank + 4)
        optimizers = [torch.optim.SGD(model.parameters(), 0.05) for model in (whole, shared)]
        for x, y in zip(X, Y, strict=True):
            (whole(x) - y).square().mean().backward()
            (shared(x[mine]) - y[mine]).square().mean().backward()
            for a, b in zip(whole.parameters(), shared.parameters(), strict=True):
                assert 0 < b.to_local().numel() < b.numel() == a.numel()
                assert a.grad.norm() > 0.01
                torch.testing.assert_close(b.grad.full_tensor(), a.grad, rtol=1e-9, atol=1e-12)
            for optimizer in optimizers:
                optimizer.step()
                optimizer.zero_grad()
        # The weights after the steps, through a model that was never split, and through another.
        state = full(shared)
        torch.testing.assert_close(state, dict(whole.state_dict()), rtol=1e-9, atol=1e-12)
        other, again = network(seed=2), split(network(), mesh)
        assert other[0].rows1.tolist() != whole[0].rows1.tolist()
        other.load_state_dict(state)
        torch.testing.assert_close(other(X[0]), whole(X[0]))
        again.load_state_dict(shared.state_dict())
        assert torch.equal(again(X[0]), shared(X[0]))
        with pytest.raises(RuntimeError, match="load the state_dict before"):
            split(network(seed=2), mesh).load_state_dict(shared.state_dict())
        # Made without values, each process with draws of its own: all get those of the first.
        torch.manual_seed(rank)
        late = split(network(device="meta"), mesh).to_empty(device="cpu")
        for layer in (late[0], late[2]):
            layer.reset_parameters()
        torch.manual_seed(0)
        for layer in (other[0], other[2]):
            layer.reset_parameters()
        torch.testing.assert_close(full(late), dict(other.state_dict()), rtol=0, atol=0)
        torch.testing.assert_close(late[2].weight, other[2].weight)
    finally:
        dist.destroy_process_group()


def test_two_processes_train_as_one(tmp_path):
    """Gradients and weights under ``fully_shard`` are those of one process that has all samples."""
    if not torch.distributed.is_available() or not torch.distributed.is_gloo_available():
        pytest.skip("PyTorch without gloo")
    if not hasattr(torch.cpu.Stream, "record_event"):
        pytest.skip("fully_shard of this PyTorch needs a GPU")
    path = str(tmp_path / "store")
    code = f"from {__name__} import one_of_two; one_of_two(1, {path!r})"
    second = subprocess.Popen([sys.executable, "-c", code])
    try:
        one_of_two(0, path)
        assert second.wait(timeout=200) == 0
    finally:
        second.kill()
        second.wait()
