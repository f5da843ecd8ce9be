"""Networks that classify images, one layer of them dense or replaced: accuracy epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from figures.data import images
from figures.engine.table import Row, Table
from figures.experiments.training import Training, begin, replicated, trained
from fjlt.runs.seeds import stream

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["DATASETS", "Split", "compute", "split"]


class Split(NamedTuple):
    """Images (d, channels, pixels, pixels) in float32, standardised by what is learned from, each
    with its labels."""

    learned: tuple[NDArray[np.float32], NDArray[np.int64]]
    held_out: tuple[NDArray[np.float32], NDArray[np.int64]]
    test: tuple[NDArray[np.float32], NDArray[np.int64]]


def compute(
    seed: int = 0,
    dataset: str = "digits",
    model: str = "perceptron",
    kind: str = "butterfly",
    optimizer: str = "Adam",
    epochs: int = 20,
    trial_epochs: int = 3,
    batch_size: int = 64,
    replicates: int = 5,
    trials: int = 1,
    step_size: float | None = None,
    share: float = 1.0,
    replaced: int = 1,
    width: int = 16,
) -> Table:
    """One network with one kind of layer, trained several times by one optimiser.

    On the first ``trials`` replicates each of ``training.STEP_SIZES`` is tried for a few epochs;
    the one with the best accuracy on the images held out is used for all, if none is given. The
    effort is the same for all kinds of layers. The test images decide nothing.

    Parameters
    ----------
    seed : int
        A replicate draws the images held out, the start and the batches; the first and the last are
        those of the other kinds and optimisers.
    dataset : str
        Of ``DATASETS``.
    model : str
        Of ``networks.NETWORKS``.
    kind : str
        Of ``layers.LAYERS``.
    optimizer : {"Adam", "SGD"}
    epochs, trial_epochs, batch_size, replicates, trials : int
    step_size : float, optional
    share : float
        Of the images to learn from, which are used; in an epoch each is seen 1/share times.
    replaced, width : int
        How many layers are of the kind, and the width of PreActResNet-18, as for
        ``networks.network``.

    Returns
    -------
    table : one row a replicate and epoch
        ``accuracy`` on the test images and ``held_out`` on those held out, ``loss``, the mean
        cross-entropy of the batches of the epoch; ``weights`` of the network, ``step_size``.

    Raises
    ------
    ModuleNotFoundError
        Without PyTorch.

    Examples
    --------
    >>> table = compute(epochs=2, replicates=1)
    >>> [(row["epoch"], row["accuracy"] > 0.5) for row in table]
    [(1, True), (2, True)]
    """

    def train(replicate: int, step_size: float, epochs: int) -> list[Row]:
        parts = split(dataset, stream(seed, dataset, replicate, "held out"))
        few = round(share * len(parts.learned[1]))
        parts = parts._replace(learned=(parts.learned[0][:few], parts.learned[1][:few]))
        begin(seed, model, kind, replicate, "start")
        classifier = _network(parts, model, kind, replaced, width)
        batches = _batches(
            few, batch_size, round(1 / share), stream(seed, model, replicate, "batches")
        )
        training = _training(parts, classifier, batches)
        return trained(training, optimizer, step_size, epochs)

    settings: Row = {
        "dataset": dataset,
        "model": model,
        "layer": kind,
        "optimizer": optimizer,
        "share": share,
        "replaced": replaced,
    }
    rows = replicated(train, optimizer, epochs, trial_epochs, replicates, trials, step_size)
    return [{**settings, **row} for row in rows]


def _network(parts: Split, model: str, kind: str, replaced: int, width: int) -> nn.Module:
    from figures.models.layers import layer
    from figures.models.networks import network

    _, channels, pixels, _ = parts.learned[0].shape
    return network(model, partial(layer, kind), channels, pixels, width, replaced)


def _batches(
    n: int, size: int, rounds: int, rng: np.random.Generator
) -> Callable[[], Iterable[Tensor]]:
    """Indices of the images of an epoch: each of n so many times, in random order."""
    import torch

    return lambda: torch.from_numpy(
        np.concatenate([rng.permutation(n) for _ in range(rounds)])
    ).split(size)


def _training(
    parts: Split, classifier: nn.Module, batches: Callable[[], Iterable[Tensor]]
) -> Training:
    import torch

    x, labels = map(torch.from_numpy, parts.learned)

    def scores(pictures: Tensor) -> Tensor:
        found: Tensor = classifier(
            pictures.to(memory_format=torch.channels_last)
        )  # faster by a fifth on a core
        return found

    def losses() -> Iterator[tuple[Tensor, int]]:
        for chosen in batches():
            yield torch.nn.functional.cross_entropy(scores(x[chosen]), labels[chosen]), len(chosen)

    def accuracy(pictures: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
        found = [scores(some).argmax(1) for some in torch.from_numpy(pictures).split(500)]
        return float((torch.cat(found).numpy() == labels).mean())

    return Training(
        classifier,
        losses,
        lambda: {"held_out": accuracy(*parts.held_out), "accuracy": accuracy(*parts.test)},
    )


def split(dataset: str, rng: np.random.Generator) -> Split:
    """Images to learn from, a tenth of the training images held out, and the test images, in the
    order of ``rng``.

    Raises
    ------
    ValueError
        For an unknown dataset.

    Examples
    --------
    >>> [len(labels) for _, labels in split("digits", np.random.default_rng(0))]
    [1214, 134, 449]
    """
    if dataset not in DATASETS:
        raise ValueError(f"unknown dataset {dataset!r}; known: {', '.join(DATASETS)}")
    (pictures, labels), test = DATASETS[dataset]()
    order = rng.permutation(len(labels))
    few = len(labels) // 10
    learned, held_out = order[few:], order[:few]
    mean, deviation = (
        statistic(pictures[learned], axis=(0, 2, 3), keepdims=True)
        for statistic in (np.mean, np.std)
    )

    def standardised(x: NDArray[np.float64]) -> NDArray[np.float32]:
        return ((x - mean) / deviation).astype(np.float32)

    return Split(
        (standardised(pictures[learned]), labels[learned]),
        (standardised(pictures[held_out]), labels[held_out]),
        (standardised(test[0]), test[1]),
    )


Labelled = tuple[NDArray[np.float64], NDArray[np.int64]]


def _digits() -> tuple[Labelled, Labelled]:
    """Three quarters of the digits of scikit-learn, in their order, and the last quarter, by other
    writers."""
    X, labels = images.digits()
    pictures, first = X.T.reshape(-1, 1, 8, 8), 1348
    return (pictures[:first], labels[:first]), (pictures[first:], labels[first:])


def _mnist() -> tuple[Labelled, Labelled]:
    (x, labels), (x_test, labels_test) = images.mnist("train"), images.mnist("test")
    return (x[:, None] / 255.0, labels.astype(np.int64)), (
        x_test[:, None] / 255.0,
        labels_test.astype(np.int64),
    )


def _cifar10() -> tuple[Labelled, Labelled]:
    """The first fifth of the training images of CIFAR-10, and the first thousand test images."""
    (x, labels), (x_test, labels_test) = images.cifar10("train"), images.cifar10("test")
    first = tuple(np.moveaxis(a, -1, 1) / 255.0 for a in (x, x_test))
    return (first[0], labels.astype(np.int64)), (first[1], labels_test.astype(np.int64))


DATASETS: dict[str, Callable[[], tuple[Labelled, Labelled]]] = {
    "digits": _digits,
    "mnist": _mnist,
    "cifar10": _cifar10,
}
"""Loaders: images (d, channels, pixels, pixels) from 0, with labels 0 … 9; to learn from, and to
test on."""
