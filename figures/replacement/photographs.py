"""PreActResNet-18 on photographs, one layer replaced: accuracy after each epoch.

Images are flipped and cropped at random, and the step size falls to 0. The design, written before
any of these trainings was looked at:

- **Readings.** R: the layer from the network's features to the classes is replaced. P: a layer of
  the printed size, 1024 → 512, before the layer to the classes, between rectifiers; it follows a
  dense layer that widens the features.
- **Step sizes.** Adam. Each of ``STEP_SIZES`` is tried in a short training on replicate 0, and the
  one with the best accuracy on the images held out is used. Replicate 0 is not used again, and the
  test images decide nothing. So all kinds have equally many trainings.
- **Replicates.** 1 to ``REPLICATES``, no more.
- **Comparison.** The butterfly with the dense layer and with the pair of equal weights, in each
  reading, by an interval over seeds and test images.

The pair of equal rank, which is in no comparison, was trained last. Reading R was trained after P
had been looked at. After that look the step size 0.0003 was added, since 0.001 had been the best
with the butterfly in P; there it is the best nowhere.

A first epoch was by SGD with momentum and a step size of 0.1. The loss of the butterfly was not a
finite number, that of the dense layer was, so Adam is used for all.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from figures.engine.table import Row, Table
from figures.experiments.classification import Split, batches, correct, image_losses, split
from figures.experiments.training import Task, best_step_size, in_the_middle, seed_torch, train
from figures.replacement.tasks import READINGS, evaluation
from fjlt.runs.console import choose
from fjlt.runs.seeds import stream

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["REPLICATES", "STEP_SIZES", "WIDE", "compute", "flipped_and_cropped"]

REPLICATES = 5
STEP_SIZES = (0.0003, 0.001, 0.003, 0.01, 0.03)
WIDE = (1024, 512)
"""Inputs and outputs of the layer that reading P replaces, as printed for this network."""


def compute(
    seed: int = 0,
    dataset: str = "digits",
    reading: str = "P",
    kind: str = "butterfly",
    width: int = 4,
    epochs: int = 8,
    trial_epochs: int = 2,
    batch_size: int = 128,
    replicates: int = REPLICATES,
    tried: int = 0,
) -> Table:
    """Train PreActResNet-18 with one kind of layer.

    All but the layers after the mean over the pixels is computed in bfloat16, with weights and sums
    of batch norms in float32.

    Parameters
    ----------
    seed : int
        A replicate draws the images held out, the batches, flips and crops, alike for all kinds of
        layers, and the start.
    dataset : str
        One of ``classification.DATASETS``.
    reading : {"R", "P"}
    kind : str
        A kind of layer, as for ``figures.models.layers.layer``.
    width : int
        Channels of the first convolution; the paper's network has 64.
    epochs, trial_epochs, batch_size, replicates : int
    tried : int
        How many of the step sizes are tried, those in the middle; 0 for all.

    Returns
    -------
    table : one row for each replicate and epoch
        ``accuracy`` on the test images and ``fold_0`` … on their parts, ``held_out`` on the images
        held out, ``loss``, the mean cross-entropy over the epoch; ``weights`` of the network,
        ``step_size``.

    Raises
    ------
    ValueError
        For an unknown dataset, reading or kind of layer.
    FileNotFoundError
        If the data are absent and cannot be downloaded.

    Examples
    --------
    >>> table = compute(epochs=4, batch_size=32, replicates=1, tried=1)
    >>> [row["epoch"] for row in table], table[-1]["accuracy"] > 0.3
    ([1, 2, 3, 4], True)
    """
    choose(reading, READINGS, "reading")
    run = partial(_trained, seed, dataset, reading, kind, width, batch_size)
    step_size = best_step_size(
        in_the_middle(STEP_SIZES, tried),
        lambda size: float(run(0, size, trial_epochs, trial=True)[-1]["held_out"]),
    )
    about: Row = {"dataset": dataset, "reading": reading, "layer": kind, "step_size": step_size}
    return [
        {**about, "replicate": i, **row}
        for i in range(1, replicates + 1)
        for row in run(i, step_size, epochs)
    ]


def _trained(
    seed: int,
    dataset: str,
    reading: str,
    kind: str,
    width: int,
    batch_size: int,
    replicate: int,
    step_size: float,
    epochs: int,
    trial: bool = False,
) -> list[Row]:
    """One replicate with one step size: a row after each epoch."""
    from figures.models.layers import layer, widened
    from figures.models.networks import network

    names = (seed, "photographs", dataset, reading, replicate)
    parts = _split(dataset, *names, "held out")
    seed_torch(*names, "start")
    make_layer = partial(layer, kind)
    last = make_layer if reading == "R" else widened(make_layer, *WIDE)
    _, channels, pixels, _ = parts.train[0].shape
    classifier = _mostly_bfloat16(network("PreActResNet-18", last, channels, pixels, width))
    epoch = batches(len(parts.train[1]), batch_size, 1, stream(*names, "batches"))
    change = partial(flipped_and_cropped, rng=stream(*names, "flips and crops"))
    task = Task(
        classifier,
        image_losses(parts.train, classifier, epoch, change),
        evaluation(
            lambda part: correct(classifier, *part), parts.held_out, None if trial else parts.test
        ),
    )
    steps = epochs * -(-len(parts.train[1]) // batch_size)
    return train(task, "Adam", step_size, epochs, falls_over=steps)


@lru_cache(maxsize=1)
def _split(dataset: str, seed: int, *names: int | str) -> Split:
    """All step sizes are tried on the same images, which are not divided anew."""
    return split(dataset, stream(seed, *names))


def flipped_and_cropped(pictures: Tensor, rng: np.random.Generator) -> Tensor:
    """Half of the pictures as in a mirror, each moved by up to an eighth of its size.

    What is moved in from outside is 0.

    Parameters
    ----------
    pictures : tensor of shape (b, channels, p, p)
    rng : numpy.random.Generator

    Examples
    --------
    >>> import torch
    >>> picture = torch.arange(64.0).view(1, 1, 8, 8)
    >>> moved = flipped_and_cropped(picture, np.random.default_rng(0))
    >>> moved.shape == picture.shape, bool(torch.isin(moved, picture).all())
    (True, True)
    """
    import torch

    b, _, p, _ = pictures.shape
    margin = p // 8
    padded = torch.nn.functional.pad(pictures, (margin,) * 4)
    down, right = torch.from_numpy(rng.integers(2 * margin + 1, size=(2, b, 1)))
    mirrored = torch.from_numpy(rng.integers(2, size=(b, 1)))
    rows = down + torch.arange(p)  # (b, p)
    columns = right + torch.arange(p)
    columns = torch.where(mirrored == 1, columns.flip(1), columns)
    which = torch.arange(b)[:, None, None]
    # indices of samples and pixels around a slice put the channels last
    moved = padded[which, :, rows[:, :, None], columns[:, None, :]]
    return moved.movedim(-1, 1)


def _mostly_bfloat16(network: nn.Module) -> nn.Module:
    """The network, its last part in float32 and what comes before it in bfloat16."""
    import torch
    from torch import nn

    class Mixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            *features, self.last = network.children()
            self.features = nn.Sequential(*features)

        def forward(self, x: Tensor) -> Tensor:
            with torch.autocast("cpu", torch.bfloat16):
                features = self.features(x)
            scores: Tensor = self.last(features.float())
            return scores

    return Mixed()
