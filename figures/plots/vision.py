"""The networks for images that figures 1 and 12 train, and how their results are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.table import Table, select
from figures.experiments.training import OPTIMIZERS
from figures.plots.layer_scores import LOOKS

__all__ = ["SETTING", "SOURCES", "cases", "groups"]

_LABELS = {
    "perceptron": ("perceptron, digits, stand-in for MNIST", "64 → 10"),
    "LeNet": ("LeNet, MNIST", "84 → 10"),
    "wide perceptron": ("perceptron, MNIST", "1024 → 1024"),
    "PreActResNet-18": ("PreActResNet-18, CIFAR-10", "64 → 10"),
}

_MNIST = {"dataset": "mnist", "epochs": 8, "trial_epochs": 2, "batch_size": 128}
_CIFAR = {"dataset": "cifar10", "epochs": 20, "trial_epochs": 2, "batch_size": 128, "width": 8}
_DIGITS = {"dataset": "digits", "epochs": 4, "trial_epochs": 2, "replicates": 3}
_EFFORT = {"LeNet": _MNIST, "wide perceptron": _MNIST, "PreActResNet-18": _CIFAR}


def cases(trainings: Mapping[str, Sequence[str]]) -> dict[str, list[dict[str, Any]]]:
    """The trainings of some networks by some optimisers, with each kind of layer; in small, of a
    perceptron by all."""
    return {
        "quick": _cases("perceptron", _DIGITS, OPTIMIZERS),
        "paper": [
            case
            for model, optimizers in trainings.items()
            for case in _cases(model, _EFFORT[model], optimizers)
        ],
    }


def _cases(
    model: str, effort: Mapping[str, Any], optimizers: Sequence[str]
) -> list[dict[str, Any]]:
    return [
        {"model": model, **effort, "kind": kind, "optimizer": optimizer}
        for optimizer in optimizers
        for kind in LOOKS
    ]


SOURCES: dict[str, tuple[str, ...]] = {
    "mnist": ("mnist",),
    "cifar10": (
        *(f"cifar10/cifar10_batch_{i}.png" for i in (*range(10), 50)),
        "cifar10/cifar10_labels.js",
    ),
}
"""Registered data."""

SETTING = (
    "One layer of each network is dense, or the butterfly replacement with k = ⌈log₂ n⌉ on either "
    "side that starts as an FJLT, or a pair of dense layers of the same rank, or a pair of at "
    "most as many weights. Five replicates, each with other images held out and other batches, "
    "which the kinds of layers share, and another start; the step size of each kind, network and "
    "optimiser is the best of six, by SGD of five, on a tenth of the training images, held out. "
    "Intervals are of 95 %, by t. PreActResNet-18 has an eighth of its width and a fifth of "
    "CIFAR-10 to learn from, 10 000 images, so that two cores can train it. "
)


def groups(table: Table, by_optimizer: bool = False) -> dict[str, Table]:
    """The rows of each network, or of each network and optimiser, by its title."""
    found: dict[str, Table] = {}
    for model, (label, sizes) in _LABELS.items():
        rows = select(table, model=model)
        if rows and not by_optimizer:
            found[f"{label}:\n{sizes}"] = rows
        if rows and by_optimizer:
            parts = {optimizer: select(rows, optimizer=optimizer) for optimizer in OPTIMIZERS}
            found |= {f"{label}, {optimizer}": part for optimizer, part in parts.items() if part}
    return found
