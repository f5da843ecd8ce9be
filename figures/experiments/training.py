"""Training of PyTorch networks, epoch by epoch, with equal effort for all that is compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from figures.engine.table import Row
from fjlt.runs.seeds import seed_sequence

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = [
    "OPTIMIZERS",
    "STEP_SIZES",
    "Effort",
    "Task",
    "best_step_size",
    "hold_out",
    "in_the_middle",
    "seed_torch",
    "train",
    "train_replicates",
]

STEP_SIZES = {
    "Adam": (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03),
    "SGD": (0.003, 0.01, 0.03, 0.1, 0.3),
}
"""Step sizes tried for every network, layer and optimiser; heuristic. Where one at an end was the
best with a kind of layer, a further one is tried for all kinds. SGD has momentum 0.9."""

OPTIMIZERS = tuple(STEP_SIZES)


class Effort(NamedTuple):
    """How often and how long a network is trained.

    Attributes
    ----------
    optimizer : {"Adam", "SGD"}
    epochs : int
        Of each replicate.
    trial_epochs : int
        Of each training that a step size is chosen by.
    replicates : int
    trials : int
        Replicates on which every step size is tried.
    step_size : float, optional
        Used for all replicates; if not given, it is chosen.
    added_step_size : float, optional
        Tried besides those of ``STEP_SIZES``.
    tried : int
        How many of ``STEP_SIZES`` are tried, those in the middle; 0 for all.
    """

    optimizer: str
    epochs: int
    trial_epochs: int
    replicates: int
    trials: int = 1
    step_size: float | None = None
    added_step_size: float | None = None
    tried: int = 0


class Task(NamedTuple):
    """A network as drawn, and what to train it for.

    Attributes
    ----------
    network : torch.nn.Module
    losses : callable()
        Gives the mean loss of each batch of an epoch, and the size of the batch. A loss is computed
        when it is asked for, so that it sees the weights after the last step.
    evaluate : callable()
        Columns that say how good the network is, ``held_out`` among them.
    """

    network: nn.Module
    losses: Callable[[], Iterable[tuple[Tensor, int]]]
    evaluate: Callable[[], Row]


def train_replicates(run: Callable[[int, float, int], list[Row]], effort: Effort) -> list[Row]:
    """The rows of every replicate, all with the same step size.

    If no step size is given, each of ``STEP_SIZES``, and the added one, is tried on the first
    replicates for a few epochs. The one with the highest ``held_out`` in the last row, in the mean
    over the trials, is used.

    Parameters
    ----------
    run : callable(replicate, step_size, epochs)
        Trains one replicate and gives a row for each epoch.
    effort : Effort

    Examples
    --------
    >>> def run(replicate, step_size, epochs):
    ...     return [{"epoch": epoch, "held_out": step_size} for epoch in range(epochs)]
    >>> rows = train_replicates(run, Effort("SGD", epochs=2, trial_epochs=1, replicates=2))
    >>> [(row["replicate"], row["epoch"], row["step_size"]) for row in rows]
    [(0, 0, 0.3), (0, 1, 0.3), (1, 0, 0.3), (1, 1, 0.3)]
    """
    step_size = effort.step_size
    if step_size is None:
        added = effort.added_step_size
        # the sum over the trials orders the step sizes as the mean does
        step_size = best_step_size(
            (
                *in_the_middle(STEP_SIZES[effort.optimizer], effort.tried),
                *([added] if added else []),
            ),
            lambda size: sum(
                float(run(trial, size, effort.trial_epochs)[-1]["held_out"])
                for trial in range(effort.trials)
            ),
        )
    return [
        {"replicate": replicate, "step_size": step_size, **row}
        for replicate in range(effort.replicates)
        for row in run(replicate, step_size, effort.epochs)
    ]


def best_step_size(sizes: Sequence[float], held_out: Callable[[float], float]) -> float:
    """The step size with the best score on the samples held out; each is tried once.

    Examples
    --------
    >>> best_step_size((0.1, 0.2, 0.3), lambda size: -abs(size - 0.2))
    0.2
    """
    scores = {size: held_out(size) for size in sizes}
    return max(scores, key=lambda size: scores[size])


def in_the_middle(sizes: Sequence[float], count: int) -> Sequence[float]:
    """So many of the step sizes, those in the middle; all of them if it is 0.

    Examples
    --------
    >>> in_the_middle((0.01, 0.03, 0.1, 0.3), 2)
    (0.03, 0.1)
    """
    first = (len(sizes) - count) // 2
    return sizes[first : first + count] if count else sizes


def hold_out(n: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of n samples in random order: nine tenths to train on, and a tenth held out.

    Examples
    --------
    >>> [len(part) for part in hold_out(25, np.random.default_rng(0))]
    [23, 2]
    """
    order, count = rng.permutation(n), n // 10
    return order[count:], order[:count]


def seed_torch(seed: int, *names: int | str) -> None:
    """Let PyTorch draw from the seed and the names, and compute with one thread.

    The sums of several threads would depend on how the work is divided.
    """
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(int(seed_sequence(seed, *names).generate_state(1)[0]))


def train(
    task: Task, optimizer: str, step_size: float, epochs: int, falls_over: int | None = None
) -> list[Row]:
    """Train the network of a task.

    If ``falls_over`` is given, the step size falls to 0 over so many steps, by equal amounts;
    otherwise it stays.

    Returns
    -------
    rows : one for each epoch
        ``epoch`` from 1, ``weights`` of the network, ``loss``, the mean over the samples of the
        epoch as they were met, and the columns of ``task.evaluate``.
    """
    import torch

    from fjlt.torch import count_weights

    network, losses, evaluate = task
    parameters = list(network.parameters())
    rule: torch.optim.Optimizer
    if optimizer == "Adam":
        rule = torch.optim.Adam(parameters, step_size, fused=True)
    else:
        rule = torch.optim.SGD(parameters, step_size, momentum=0.9, fused=True)
    lowered = falls_over and torch.optim.lr_scheduler.LinearLR(rule, 1.0, 0.0, falls_over)
    rows: list[Row] = []
    for epoch in range(1, epochs + 1):
        network.train()
        total, count = 0.0, 0
        for loss, size in losses():
            rule.zero_grad()
            loss.backward()
            rule.step()
            if lowered:
                lowered.step()
            total, count = total + loss.item() * size, count + size
        network.eval()
        with torch.no_grad():
            scores = evaluate()
        weights = count_weights(network)
        rows.append({"epoch": epoch, "weights": weights, "loss": total / count, **scores})
    return rows
