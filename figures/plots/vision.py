"""The image networks of figures 2, 3 and S6: their trainings, their names, and words on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.table import Table, select
from figures.engine.wording import joined
from figures.experiments.training import OPTIMIZERS, STEP_SIZES
from figures.plots.layer_scores import LOOKS

__all__ = ["LABELS", "REDUCED", "SOURCES", "cases", "details", "groups"]

LABELS = {
    "perceptron": ("perceptron, digits, stand-in for MNIST", "64 → 10"),
    "LeNet": ("LeNet, MNIST", "84 → 10"),
    "wide perceptron": ("perceptron, MNIST", "1024 → 1024"),
    "PreActResNet-18": ("PreActResNet-18, CIFAR-10", "64 → 10"),
}
"""Name of each network with its data, and the layer that is replaced."""

_MNIST = {"dataset": "mnist", "epochs": 8, "trial_epochs": 2, "batch_size": 128}
_CIFAR = {"dataset": "cifar10", "epochs": 20, "trial_epochs": 2, "batch_size": 128, "width": 8}
_DIGITS = {"dataset": "digits", "epochs": 4, "trial_epochs": 2, "replicates": 3, "tried": 2}
_EFFORT = {"LeNet": _MNIST, "wide perceptron": _MNIST, "PreActResNet-18": _CIFAR}
_ADDED = {("wide perceptron", "SGD"): {"added_step_size": 0.001}}
"""A further step size, where an end of those tried for all was the best with a kind of layer."""


def cases(trainings: Mapping[str, Sequence[str]]) -> dict[str, list[dict[str, Any]]]:
    """Cases of each profile: the given networks and optimisers with each kind of layer.

    The quick profile trains a perceptron on digits instead, by all optimisers.
    """
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
        | _ADDED.get((model, optimizer), {})
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

REDUCED = "PreActResNet-18 has an eighth of its width and a fifth of CIFAR-10"
"""How the largest network departs from that of the paper."""


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """How the accuracies of figures 2, 3 and S6 came about."""
    replicates = len({row["replicate"] for row in table})
    tried = int(settings[0].get("tried", 0))
    adam, sgd = (tried or len(STEP_SIZES[optimizer]) for optimizer in ("Adam", "SGD"))
    reduced = ""
    if select(table, model="PreActResNet-18"):
        reduced = f" {REDUCED} to learn from, 10 000 images, so that two cores can train it."
    return (
        "One layer of each network is dense, or the butterfly replacement with k = ⌈log₂ n⌉ on "
        "either side that starts as an FJLT, or a pair of dense layers of the same rank, or a pair "
        f"with at most as many weights. {replicates} replicates: each has other images held out, "
        "other batches and another start; the kinds of layers share the first two. The step size "
        f"of each kind, network and optimiser is the best of {adam}, by SGD of {sgd}, on a tenth "
        f"of the training images, held out. {_added(settings)}Intervals are of 95 %, by Student's "
        f"t.{reduced}"
    )


def _added(settings: Sequence[Mapping[str, Any]]) -> str:
    """For which trainings a further step size is tried."""
    found = dict.fromkeys(
        f"{LABELS[case['model']][0]}, by {case['optimizer']}"
        for case in settings
        if "added_step_size" in case
    )
    return f"One more is tried for the {joined(list(found))}. " if found else ""


def groups(table: Table, by_optimizer: bool = False) -> dict[str, Table]:
    """The rows of each network, or of each network and optimiser, by the title of their panel."""
    found: dict[str, Table] = {}
    for model, (label, sizes) in LABELS.items():
        rows = select(table, model=model)
        if rows and not by_optimizer:
            found[f"{label}:\n{sizes}"] = rows
        if rows and by_optimizer:
            parts = {optimizer: select(rows, optimizer=optimizer) for optimizer in OPTIMIZERS}
            found |= {f"{label}, {optimizer}": part for optimizer, part in parts.items() if part}
    return found
