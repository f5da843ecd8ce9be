"""Networks that classify images, one layer of them dense or replaced: accuracy after each epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from figures.data import images
from figures.engine.table import Row, Table
from figures.experiments.training import (
    Effort,
    Task,
    hold_out,
    seed_torch,
    train,
    train_replicates,
)
from fjlt.runs.console import choose
from fjlt.runs.seeds import stream
from fjlt.types import Array

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["DATASETS", "Split", "batches", "compute", "correct", "image_losses", "split"]


class Split(NamedTuple):
    """Images (d, channels, pixels, pixels) in float32 with their labels, in three parts.

    Each channel has mean 0 and standard deviation 1 on the images to train on.
    """

    train: tuple[NDArray[np.float32], NDArray[np.int64]]
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
    added_step_size: float | None = None,
    share: float = 1.0,
    replaced: int = 1,
    width: int = 16,
    tried: int = 0,
) -> Table:
    """One network with one kind of layer, trained several times by one optimiser.

    If no step size is given, each of ``training.STEP_SIZES`` is tried for a few epochs on the first
    ``trials`` replicates, and the one with the best accuracy on the images held out is used for
    all. So the effort is the same for all kinds of layers. The test images decide nothing.

    Parameters
    ----------
    seed : int
        A replicate draws the images held out, the start and the batches. All kinds of layers and
        optimisers share the first and the last.
    dataset : str
        One of ``DATASETS``.
    model : str
        One of ``networks.NETWORKS``.
    kind : str
        A kind of layer, as for ``figures.models.layers.layer``.
    optimizer : {"Adam", "SGD"}
    epochs, trial_epochs, batch_size, replicates, trials : int
    step_size, added_step_size : float, optional
        The only one, and one that is tried besides those of ``training.STEP_SIZES``.
    share : float
        Share of the images to train on that is used. In an epoch each is seen 1/share times.
    replaced, width : int
        Number of layers of this kind, and width of PreActResNet-18, as for ``networks.network``.
    tried : int
        How many of the step sizes are tried, those in the middle; 0 for all.

    Returns
    -------
    table : one row for each replicate and epoch
        ``accuracy`` on the test images, ``held_out`` on those held out, ``loss``, the mean
        cross-entropy over the epoch; ``weights`` of the network, ``step_size``.

    Raises
    ------
    ValueError
        For an unknown dataset, model or kind of layer.
    ModuleNotFoundError
        If PyTorch is not installed.

    Examples
    --------
    >>> table = compute(epochs=2, replicates=1)
    >>> [(row["epoch"], row["accuracy"] > 0.5) for row in table]
    [(1, True), (2, True)]
    """

    def run(replicate: int, step_size: float, epochs: int) -> list[Row]:
        parts = split(dataset, stream(seed, dataset, replicate, "held out"))
        # with fewer images an epoch repeats them, so that the number of steps stays the same
        n, rounds = round(share * len(parts.train[1])), round(1 / share)
        parts = parts._replace(train=(parts.train[0][:n], parts.train[1][:n]))
        # the start depends on the kind of layer; the images held out and the batches do not
        seed_torch(seed, model, kind, replicate, "start")
        classifier = _network(parts, model, kind, replaced, width)
        rng = stream(seed, model, replicate, "batches")
        losses = image_losses(parts.train, classifier, batches(n, batch_size, rounds, rng))

        def evaluate() -> Row:
            held_out, test = (
                float(correct(classifier, *part).mean()) for part in (parts.held_out, parts.test)
            )
            return {"held_out": held_out, "accuracy": test}

        return train(Task(classifier, losses, evaluate), optimizer, step_size, epochs)

    settings: Row = {
        "dataset": dataset,
        "model": model,
        "layer": kind,
        "optimizer": optimizer,
        "share": share,
        "replaced": replaced,
    }
    effort = Effort(
        optimizer, epochs, trial_epochs, replicates, trials, step_size, added_step_size, tried
    )
    return [{**settings, **row} for row in train_replicates(run, effort)]


def _network(parts: Split, model: str, kind: str, replaced: int, width: int) -> nn.Module:
    from figures.models.layers import layer
    from figures.models.networks import network

    _, channels, pixels, _ = parts.train[0].shape
    return network(model, partial(layer, kind), channels, pixels, width, replaced)


def batches(
    n: int, size: int, rounds: int, rng: np.random.Generator
) -> Callable[[], Iterable[Tensor]]:
    """Gives the batches of an epoch: indices of n samples in random order, in several rounds.

    Examples
    --------
    >>> epoch = batches(4, 3, 2, np.random.default_rng(0))
    >>> [len(batch) for batch in epoch()]
    [3, 3, 2]
    """
    import torch

    def epoch() -> Iterable[Tensor]:
        order = np.concatenate([rng.permutation(n) for _ in range(rounds)])
        return torch.from_numpy(order).split(size)

    return epoch


def image_losses(
    train: tuple[NDArray[np.float32], NDArray[np.int64]],
    classifier: nn.Module,
    batches: Callable[[], Iterable[Tensor]],
    change: Callable[[Tensor], Tensor] | None = None,
) -> Callable[[], Iterator[tuple[Tensor, int]]]:
    """Gives the cross-entropy of each batch of an epoch, as ``training.Task`` asks for it.

    If ``change`` is given, the images of a batch are changed by it first.
    """
    import torch

    x, labels = map(torch.from_numpy, train)

    def losses() -> Iterator[tuple[Tensor, int]]:
        for batch in batches():
            pictures = x[batch] if change is None else change(x[batch])
            scores = _scores(classifier, pictures)
            yield torch.nn.functional.cross_entropy(scores, labels[batch]), len(batch)

    return losses


def correct(
    classifier: nn.Module, pictures: NDArray[np.float32], labels: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """For each image whether it is classified rightly."""
    import torch

    found = [_scores(classifier, part).argmax(1) for part in torch.from_numpy(pictures).split(500)]
    return torch.cat(found).numpy() == labels


def _scores(classifier: nn.Module, pictures: Tensor) -> Tensor:
    import torch

    # channels last is faster by a fifth on one core
    found: Tensor = classifier(pictures.to(memory_format=torch.channels_last))
    return found


def split(dataset: str, rng: np.random.Generator) -> Split:
    """Images to train on, a tenth of the training images held out, and the test images.

    The first two are in random order, the test images in the order of their publisher.

    Raises
    ------
    ValueError
        For an unknown dataset.

    Examples
    --------
    >>> [len(labels) for _, labels in split("digits", np.random.default_rng(0))]
    [1214, 134, 449]
    """
    (pictures, labels), test = DATASETS[choose(dataset, DATASETS, "dataset")]()
    first, held_out = hold_out(len(labels), rng)
    # mean and deviation of each channel, from the images to train on alone
    mean, deviation = (
        statistic(pictures[first], axis=(0, 2, 3), keepdims=True) for statistic in (np.mean, np.std)
    )

    def standardised(x: NDArray[np.float64]) -> NDArray[np.float32]:
        return ((x - mean) / deviation).astype(np.float32)

    return Split(
        (standardised(pictures[first]), labels[first]),
        (standardised(pictures[held_out]), labels[held_out]),
        (standardised(test[0]), test[1]),
    )


Labelled = tuple[NDArray[np.float64], NDArray[np.int64]]


def _digits() -> tuple[Labelled, Labelled]:
    """Split the digits of scikit-learn: three quarters to train, the rest to test.

    The digits keep their order, so the last quarter is by other writers.
    """
    X, labels = images.digits()
    pictures, count = X.T.reshape(-1, 1, 8, 8), 1348
    return (pictures[:count], labels[:count]), (pictures[count:], labels[count:])


@cache
def _mnist() -> tuple[Labelled, Labelled]:
    (x, labels), (x_test, labels_test) = images.mnist("train"), images.mnist("test")
    return (x[:, None] / 255.0, labels.astype(np.int64)), (
        x_test[:, None] / 255.0,
        labels_test.astype(np.int64),
    )


def _cifar10() -> tuple[Labelled, Labelled]:
    """The first fifth of the training images of CIFAR-10, and the first thousand test images."""
    (x, labels), (x_test, labels_test) = images.cifar10("train"), images.cifar10("test")
    scaled, scaled_test = (np.moveaxis(a, -1, 1) / 255.0 for a in (x, x_test))
    return (scaled, labels.astype(np.int64)), (scaled_test, labels_test.astype(np.int64))


@cache
def _cifar10_pixels() -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    return images.cifar10_png("train"), images.cifar10_png("test")


def _cifar10_png() -> tuple[Labelled, Labelled]:
    """All images of CIFAR-10."""
    (x, labels), (x_test, labels_test) = _cifar10_pixels()
    scaled, scaled_test = (np.moveaxis(a, -1, 1) / 255.0 for a in (x, x_test))
    return (scaled, labels.astype(np.int64)), (scaled_test, labels_test.astype(np.int64))


DATASETS: dict[str, Callable[[], tuple[Labelled, Labelled]]] = {
    "digits": _digits,
    "mnist": _mnist,
    "cifar10": _cifar10,
    "cifar10_png": _cifar10_png,
}
"""Loaders of images (d, channels, pixels, pixels), scaled to at least 0, with labels 0 … 9: those
to train on, and those to test on."""
