"""Replacement of dense layers of a model: which layers, by what, and which models are refused."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from fjlt.torch import ButterflyLinear, count_weights, from_linear, replace_linear  # noqa: E402


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def perceptron():
    return nn.Sequential(
        nn.Linear(64, 48), nn.ReLU(), nn.Sequential(nn.Linear(48, 32), nn.ReLU()), nn.Linear(32, 10)
    )


def kinds(model):
    return [type(m).__name__ for m in model.modules() if isinstance(m, nn.Linear | ButterflyLinear)]


def test_the_last_layer_by_default():
    model = perceptron()
    before = count_weights(model)
    assert replace_linear(model) is model
    assert kinds(model) == ["Linear", "Linear", "ButterflyLinear"]
    assert (model[3].in_features, model[3].out_features, model[3].k1, model[3].k2) == (32, 10, 5, 4)
    assert before - count_weights(model) == 320 - (count_weights(model[3]) - 10)
    assert model(torch.ones(2, 64)).shape == (2, 10)


def test_a_predicate_chooses():
    model = replace_linear(
        perceptron().double().eval(), lambda name, layer: layer.out_features > 10, k1=3
    )
    assert kinds(model) == ["ButterflyLinear", "ButterflyLinear", "Linear"]
    assert model[0].k1 == 3
    assert model[0].core.dtype == torch.float64
    assert not model[0].training


@pytest.mark.parametrize(
    ("layers", "replaced"),
    [("2.0", [1]), (["3", "0"], [0, 2]), ({"0", "2.0", "3"}, [0, 1, 2]), (("3", "3"), [2])],
)
def test_names_choose(layers, replaced):
    expected = ["ButterflyLinear" if i in replaced else "Linear" for i in range(3)]
    assert kinds(replace_linear(perceptron(), layers)) == expected


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("fc1", "'fc1' is no layer; the nn.Linear of this model: '0', '2.0', '3'"),
        (["0", "4"], "'4' is no layer; the nn.Linear of this model: '0', '2.0', '3'"),
        ("1", "'1' is a ReLU, not an nn.Linear; the nn.Linear of this model: '0', '2.0', '3'"),
        ([], "has 3, and layers = \\[\\] chose none"),
    ],
)
def test_an_unknown_name_lists_those_there_are(layers, message):
    model = perceptron()
    with pytest.raises(ValueError, match=message):
        replace_linear(model, layers)
    assert kinds(model) == ["Linear"] * 3


@pytest.mark.parametrize("layers", [3, [0], iter(["0"])])
def test_what_names_no_layers(layers):
    with pytest.raises(TypeError, match="a name, a collection of names or a function, got"):
        replace_linear(perceptron(), layers)


def test_names_are_those_of_named_modules():
    seen = []
    replace_linear(perceptron(), lambda name, layer: seen.append(name) or True)
    assert seen == ["0", "2.0", "3"]


def test_a_shared_layer_stays_shared():
    layer = nn.Linear(16, 16)
    model = replace_linear(nn.ModuleDict({"a": layer, "b": nn.Sequential(layer, layer)}))
    assert model["a"] is model["b"][0] is model["b"][1]
    assert isinstance(model["a"], ButterflyLinear)


def test_a_layer_alone_and_without_bias():
    new = replace_linear(nn.Linear(16, 8, bias=False))
    assert isinstance(new, ButterflyLinear)
    assert new.bias is None


def test_attention_is_left_alone():
    model = replace_linear(
        nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), lambda name, layer: True
    )
    assert kinds(model).count("ButterflyLinear") == 2
    assert model(torch.ones(1, 3, 16)).shape == (1, 3, 16)


def test_refusals():
    for model, text in (
        (nn.ReLU(), "the model has none"),
        (perceptron(), "has 3, and the function chose none"),
    ):
        with pytest.raises(ValueError, match=text):
            replace_linear(model, lambda name, layer: False)
    tied = nn.ModuleDict({"words": nn.Embedding(10, 16), "out": nn.Linear(16, 10)})
    tied["out"].weight = tied["words"].weight
    with pytest.raises(ValueError, match="weight of out is also that of words; untie"):
        replace_linear(tied)
    for function in (replace_linear, count_weights):
        with pytest.raises(TypeError, match=r"must be a torch.nn.Module, got int"):
            function(3)
    with pytest.raises(TypeError, match=r"must be a torch.nn.Linear, got ReLU"):
        from_linear(nn.ReLU())
    broken = nn.Linear(4, 4)
    nn.init.constant_(broken.weight, torch.nan)
    with pytest.raises(ValueError, match="NaN"):
        from_linear(broken)
    with pytest.raises(ValueError, match="k2 = 11"):
        replace_linear(perceptron(), lambda name, layer: name == "3", k2=11)


def test_projection_lies_between_its_floor_and_its_start():
    linear = nn.Linear(32, 16)
    torch.manual_seed(1)
    start = from_linear(linear, steps=0)
    torch.manual_seed(1)
    layer, error, floor = from_linear(linear, steps=100)
    assert floor < error < start.error < 1
    W, approximation = linear.weight.detach(), layer.to_dense().detach()
    assert error == pytest.approx(
        ((W - approximation) ** 2).sum().item() / (W**2).sum().item(), rel=1e-4
    )
    values = np.linalg.svd(W.numpy(), compute_uv=False) ** 2
    assert floor == pytest.approx(values[4:].sum() / values.sum(), rel=1e-5)
    torch.testing.assert_close(layer.bias, linear.bias)
    assert all(p.grad is None for p in layer.parameters())


def test_projection_of_what_has_the_form_is_exact():
    linear = nn.Linear(8, 8)
    layer, error, floor = from_linear(linear, k1=8, k2=8, steps=0)
    assert error < 1e-12
    assert floor == 0
    torch.testing.assert_close(layer.to_dense(), linear.weight)
    low = nn.Linear(8, 4)
    nn.init.zeros_(low.weight)
    assert from_linear(low).error == 0


def test_a_projected_model_predicts_the_same_if_nothing_is_cut_off():
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 8)).double()
    x = torch.randn(5, 64, dtype=torch.float64)
    before = model(x)
    replace_linear(model, k1=32, k2=8, project=True)
    torch.testing.assert_close(model(x), before)


def test_weights_are_counted_once_and_only_if_trained():
    layer = nn.Linear(4, 4)
    assert count_weights(nn.Sequential(layer, layer)) == 20
    layer.bias.requires_grad_(False)
    assert count_weights(layer) == 16
