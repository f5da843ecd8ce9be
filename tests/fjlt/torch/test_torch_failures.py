"""What fails leaves a layer as it was; what another thread does changes no result."""

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from fjlt import boundary  # noqa: E402
from fjlt.torch import ButterflyLinear, from_linear  # noqa: E402
from fjlt.torch.compilation import Compiled, compiled  # noqa: E402


def state(layer):
    tensors = {name: value.clone() for name, value in layer.state_dict().items()}
    return tensors, layer._j1.rows.tolist(), layer._j2.rows.tolist(), layer(torch.ones(12)).detach()


def same(before, after):
    tensors = all(torch.equal(before[0][name], after[0][name]) for name in before[0])
    return tensors and before[1:3] == after[1:3] and torch.equal(before[3], after[3])


FAULTS = {
    "another number of kept outputs": lambda s: ButterflyLinear(12, 7, k1=2).state_dict(),
    "rows that repeat": lambda s: s | {"rows2": torch.tensor([0, 0, 1])},
    "rows that are no integers": lambda s: s | {"rows1": s["rows1"] + 0.5},
    "rows out of range": lambda s: s | {"rows2": s["rows2"] + 100},
    "a missing part": lambda s: {name: a for name, a in s.items() if name != "core"},
    "rows without weights": lambda s: {name: a for name, a in s.items() if name != "weights1"},
    "a part too many": lambda s: s | {"other": torch.ones(1)},
    "another size": lambda s: s | {"bias": torch.ones(1)},
    "no tensor": lambda s: s | {"core": "x"},
}


@pytest.mark.parametrize("assign", [False, True])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_state_that_does_not_fit_changes_nothing(fault, assign):
    torch.manual_seed(0)
    layer, other = ButterflyLinear(12, 7), ButterflyLinear(12, 7)
    before, parameters = state(layer), dict(layer.named_parameters())
    with pytest.raises(RuntimeError, match="loading state_dict"):
        layer.load_state_dict(FAULTS[fault](other.state_dict()), assign=assign)
    assert same(before, state(layer))
    assert all(layer.get_parameter(name) is a for name, a in parameters.items())
    # What fits is loaded afterwards.
    layer.load_state_dict(other.state_dict(), assign=assign)
    assert same(state(other), state(layer))


def test_in_a_model_a_layer_is_loaded_as_a_whole_or_not():
    torch.manual_seed(0)
    model, other = (nn.Sequential(ButterflyLinear(12, 7), nn.Linear(7, 2)) for _ in range(2))
    before, wrong = state(model[0]), other.state_dict() | {"0.bias": torch.ones(1)}
    with pytest.raises(RuntimeError, match=r"size mismatch for 0\.bias"):
        model.load_state_dict(wrong)
    assert same(before, state(model[0]))


def test_rows_without_their_weights_are_refused_even_if_parts_may_be_missing():
    torch.manual_seed(0)
    layer, other = ButterflyLinear(12, 7), ButterflyLinear(12, 7).state_dict()
    before = state(layer)
    del other["weights1"]
    with pytest.raises(RuntimeError, match="rows1 is given without weights1"):
        layer.load_state_dict(other, strict=False)
    assert same(before, state(layer))


@pytest.mark.parametrize("sizes", [(12, 7), (3, 5), (1, 1), (1, 5), (5, 1), (17, 9)])
@pytest.mark.parametrize("init", ["identity", "fjlt"])
def test_every_size_can_be_fitted(sizes, init):
    torch.manual_seed(0)
    linear = nn.Linear(*sizes)
    core_only = from_linear(linear, init=init, steps=0)
    torch.manual_seed(0)
    fitted = from_linear(nn.Linear(*sizes), init=init, steps=50)
    assert fitted.floor - 1e-9 <= fitted.error <= core_only.error + 1e-9
    dense = fitted.layer.to_dense().detach().double()
    W = linear.weight.detach().double()
    error = float((W - dense).square().sum() / W.square().sum())
    assert error == pytest.approx(fitted.error, abs=1e-5)


def test_weights_that_change_meanwhile_are_not_taken_for_the_old_ones():
    torch.manual_seed(0)
    layer = ButterflyLinear(12, 7)
    j, weights = layer._j1, layer.weights1.detach().clone()
    old, kernels, x = weights.clone(), j.kernels, torch.randn(3, 12)

    class Meanwhile(type(j)):
        @property
        def kernels(self):
            # Another thread writes to the weights while the matrix is made.
            weights.mul_(2)
            return kernels

    other = Meanwhile(j.n, j.rows)
    expected = Compiled(j, old).product(x)
    made = compiled(other, weights)
    assert made.is_of(old)
    torch.testing.assert_close(made.product(x), expected, rtol=0, atol=0)


def test_layers_that_do_not_fit_are_refused_at_once(monkeypatch):
    monkeypatch.setattr(boundary, "_machine_memory", lambda: 16 << 30)
    with pytest.raises(MemoryError, match="a butterfly of size 2199023255552 takes"):
        ButterflyLinear(2**41, 4)
