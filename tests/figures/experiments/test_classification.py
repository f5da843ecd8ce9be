"""The training of image networks: which images each part has, equal effort for all layers, and test
images that decide nothing."""

from functools import partial

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from figures.data import images  # noqa: E402
from figures.experiments import classification  # noqa: E402
from figures.experiments.classification import DATASETS, compute, split  # noqa: E402
from figures.experiments.training import (  # noqa: E402
    OPTIMIZERS,
    STEP_SIZES,
    Effort,
    train_replicates,
)
from figures.models import rectified  # noqa: E402
from figures.models.layers import LAYERS, PEER, RECTIFIED, STARTS, layer  # noqa: E402
from figures.models.networks import NETWORKS, network  # noqa: E402
from fjlt.torch import ButterflyLinear, count_weights  # noqa: E402

needs_data = pytest.mark.usefixtures("data_folder")


def names_of(pictures):
    return [picture.tobytes() for picture in np.ascontiguousarray(pictures)]


def test_digits_are_split_without_overlap():
    parts = split("digits", np.random.default_rng(0))
    names = [names_of(x) for x, _ in parts]
    assert [len(set(part)) for part in names] == [1214, 134, 449]
    assert not set(names[0]) & set(names[1])
    assert not (set(names[0]) | set(names[1])) & set(names[2])
    pictures = parts.train[0]
    assert abs(pictures.mean()) < 1e-5
    assert pictures.std() == pytest.approx(1, abs=1e-5)
    # the test images are scaled like the others, and are in the order of the publisher
    X, labels = images.digits()
    raw = X.T.reshape(-1, 1, 8, 8)[1348:]
    assert np.corrcoef(raw.ravel(), parts.test[0].ravel())[0, 1] > 1 - 1e-6
    assert (parts.test[1] == labels[1348:]).all()


@needs_data
@pytest.mark.parametrize(("dataset", "shape", "sizes"), [
    ("mnist", (1, 28, 28), (54_000, 6_000, 10_000)),
    ("cifar10", (3, 32, 32), (9_000, 1_000, 1_000)),
])  # fmt: skip
def test_sizes_of_the_data(dataset, shape, sizes):
    parts = split(dataset, np.random.default_rng(0))
    assert [len(labels) for _, labels in parts] == list(sizes)
    assert all(x.shape[1:] == shape and x.dtype == np.float32 for x, _ in parts)
    assert abs(parts.train[0].mean(axis=(0, 2, 3))).max() < 1e-3
    assert set(np.unique(parts.test[1])) == set(range(10))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("kind", LAYERS)
def test_every_layer_learns_the_digits(kind, optimizer):
    settings = {"kind": kind, "optimizer": optimizer, "epochs": 6, "trial_epochs": 1}
    table = compute(**settings, replicates=1)
    assert [row["epoch"] for row in table] == list(range(1, 7))
    assert table[-1]["loss"] < table[0]["loss"]
    assert min(table[-1]["accuracy"], table[-1]["held_out"]) > 0.6
    assert table[0]["step_size"] in STEP_SIZES[optimizer]
    assert compute(**settings, replicates=1) == table


def test_the_step_size_is_chosen_on_the_images_held_out(monkeypatch):
    tried = []

    def train(_, optimizer, step_size, epochs):
        tried.append((step_size, epochs))
        held_out = {0.0001: 0.2, 0.0003: 0.5, 0.001: 0.9, 0.003: 0.7, 0.01: 0.1, 0.03: 0.1}[
            step_size
        ]
        return [{"epoch": 1, "held_out": held_out, "accuracy": 1 - held_out}]

    monkeypatch.setattr(classification, "train", train)
    table = compute(replicates=3)
    assert [row["step_size"] for row in table] == [0.001] * 3
    assert tried == [*((size, 3) for size in STEP_SIZES["Adam"]), *[(0.001, 20)] * 3]


def test_nothing_is_tried_where_the_step_size_is_given(monkeypatch):
    tried = []

    def train(_, optimizer, step_size, epochs):
        tried.append((step_size, epochs))
        return [{"held_out": 0.5}]

    monkeypatch.setattr(classification, "train", train)
    assert {row["step_size"] for row in compute(replicates=2, step_size=0.02)} == {0.02}
    assert tried == [(0.02, 20)] * 2


def test_test_images_decide_nothing(monkeypatch):
    plain = compute(epochs=2, replicates=1)
    (pictures, labels), (x, y) = DATASETS["digits"]()
    monkeypatch.setitem(DATASETS, "digits", lambda: ((pictures, labels), (x, (y + 1) % 10)))
    changed = compute(epochs=2, replicates=1)
    for before, after in zip(plain, changed, strict=True):
        assert after["accuracy"] < 0.3 < before["accuracy"]
        assert {**after, "accuracy": 0} == {**before, "accuracy": 0}


def test_fewer_images_are_seen_more_often(monkeypatch):
    seen = []

    def losses(train, _, batches):
        seen.append([len(train[1]), np.bincount(torch.cat(batches()).numpy()).tolist()])

    def correct(_, pictures, labels):
        seen[-1].append(len(labels))
        return np.ones(1)

    monkeypatch.setattr(classification, "image_losses", losses)
    monkeypatch.setattr(classification, "correct", correct)
    monkeypatch.setattr(classification, "train", lambda task, *_: [task.evaluate()])
    compute(replicates=1, share=0.1)
    assert seen == [[121, [10] * 121, 134, 449]] * (1 + len(STEP_SIZES["Adam"]))


def test_replicates_and_steps_tried_begin_alike(monkeypatch):
    """Every training has the images, the start and the batches of its replicate, whatever was
    trained before."""
    begun = []

    def losses(train, classifier, batches):
        begun.append((train[0].sum(), classifier[1].weight.sum().item(), batches()[0][0].item()))

    monkeypatch.setattr(classification, "image_losses", losses)
    monkeypatch.setattr(classification, "train", lambda *_: [{"held_out": 1.0}])
    compute(replicates=3)
    tries = len(STEP_SIZES["Adam"])
    assert len({*begun[: 1 + tries]}) == 1
    assert [len(set(column)) for column in zip(*begun[tries:], strict=True)] == [3, 3, 3]


@pytest.mark.parametrize(("n1", "n2"), [(512, 10), (1024, 1024), (84, 10)])
def test_the_pairs_of_dense_layers(n1, n2):
    torch.manual_seed(0)
    dense, butterfly, equal_rank, equal_weights = (layer(kind, n1, n2) for kind in LAYERS)
    assert isinstance(butterfly, ButterflyLinear)
    assert count_weights(dense) == n1 * n2 + n2
    assert equal_rank[0].out_features == min(butterfly.k1, butterfly.k2)
    # the pair was fitted to another draw of the butterfly
    largest = max(count_weights(ButterflyLinear(n1, n2)) for _ in range(50))
    assert count_weights(equal_weights) <= max(largest, n1 + 2 * n2)
    assert count_weights(equal_weights) > 0.5 * count_weights(butterfly)
    assert all(
        m(torch.ones(3, n1)).shape == (3, n2) for m in (dense, butterfly, equal_rank, equal_weights)
    )


def test_weights_of_the_networks():
    assert count_weights(network("LeNet", nn.Linear)) == 61_706
    full = network("PreActResNet-18", nn.Linear, channels=3, pixels=32, width=64)
    assert count_weights(full) == 11_171_146  # as counted for figure S2
    wide = network("wide perceptron", lambda n1, n2: layer("butterfly", n1, n2))
    assert count_weights(wide) < 0.5 * count_weights(network("wide perceptron", nn.Linear))
    for name in NETWORKS:
        replaced = network(name, lambda n1, n2: layer("butterfly", n1, n2), channels=3, pixels=32)
        assert sum(isinstance(m, ButterflyLinear) for m in replaced.modules()) == 1
        assert replaced(torch.ones(2, 3, 32, 32)).shape == (2, 10)


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="unknown dataset 'imagenet'; did you mean 'mnist'"):
        compute(dataset="imagenet")
    with pytest.raises(ValueError, match="unknown network 'VGG'; known: perceptron"):
        compute(model="VGG")
    with pytest.raises(ValueError, match="unknown layer 'conv'; known: dense"):
        compute(kind="conv")
    with pytest.raises(
        ValueError, match="replaced = 2 layers of 'LeNet'; 1, or 2 or 3 for the wide perceptron"
    ):
        compute(model="LeNet", replaced=2)


@pytest.mark.parametrize(("replaced", "where"), [(1, [3]), (2, [1, 3]), (3, [1, 3, 5])])
def test_several_layers_are_replaced(replaced, where):
    wide = network("wide perceptron", partial(layer, "butterfly"), replaced=replaced)
    assert [i for i, m in enumerate(wide) if isinstance(m, ButterflyLinear)] == where


@pytest.mark.parametrize(("n1", "n2"), [(64, 10), (37, 100), (5, 1), (1, 5)])
def test_without_its_rectifiers_a_rectified_butterfly_is_a_butterfly(monkeypatch, n1, n2):
    torch.manual_seed(0)
    inside, everywhere = (layer(kind, n1, n2) for kind in RECTIFIED)
    x = torch.randn(7, n1)
    count = []
    monkeypatch.setattr(rectified, "_rectifier", lambda x: count.append(1) or x)
    for rectifying in (inside, everywhere):
        assert torch.allclose(rectifying(x), ButterflyLinear.forward(rectifying, x), atol=1e-5)
    log1, log2 = ((n - 1).bit_length() for n in (n1, n2))
    assert len(count) == 4 + max(log1 - 1, 0) + max(log2 - 1, 0)


def test_the_butterfly_of_torch_structured():
    pytest.importorskip("einops", reason="torch_structured is not installed")
    drawn = layer(PEER, 64, 10)
    assert drawn(torch.ones(3, 64)).shape == (3, 10)
    assert count_weights(drawn) == 6 * 32 * 4 + 10


@pytest.mark.parametrize("kind", RECTIFIED)
def test_rectifiers_neither_blow_up_nor_kill_the_start(kind):
    torch.manual_seed(0)
    x, found = torch.randn(50, 1024), []
    for _ in range(40):
        drawn = layer(kind, 1024, 1024)
        found.append(
            [y.square().mean().item() for y in (drawn(x), ButterflyLinear.forward(drawn, x))]
        )
    rectifying, linear = np.mean(found, axis=0)
    assert 0.001 < rectifying / linear < 1


@pytest.mark.parametrize("kind", [f"butterfly, {start}" for start in STARTS])
def test_other_starts(kind):
    torch.manual_seed(0)
    assert layer(kind, 64, 10).init == kind.removeprefix("butterfly, ")
    assert "init" not in vars(layer("dense", 64, 10))


@pytest.mark.parametrize(("added", "best"), [(0.9, 0.9), (None, 0.3)])
def test_an_added_step_size_is_tried_like_the_others(added, best):
    asked = []

    def run(replicate, step_size, epochs):
        asked.append((step_size, epochs))
        return [{"held_out": step_size}]

    (row,) = train_replicates(run, Effort("SGD", 5, 2, 1, added_step_size=added))
    tried = [*STEP_SIZES["SGD"], *([added] if added else [])]
    assert asked == [*((size, 2) for size in tried), (best, 5)]
    assert row["step_size"] == best
