"""Training by gradient steps, epoch by epoch, with equal effort for all that is compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from figures.engine.table import Row
from fjlt.runs.seeds import seed_sequence

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["OPTIMIZERS", "STEP_SIZES", "Training", "begin", "replicated", "trained"]

STEP_SIZES = {
    "Adam": (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03),
    "SGD": (0.003, 0.01, 0.03, 0.1, 0.3),
}
"""Tried for every network, layer and optimiser alike; heuristic. SGD has momentum 0.9."""

OPTIMIZERS = tuple(STEP_SIZES)


def replicated(
    train: Callable[[int, float, int], list[Row]],
    optimizer: str,
    epochs: int,
    trial_epochs: int,
    replicates: int,
    trials: int = 1,
    step_size: float | None = None,
) -> list[Row]:
    """Rows of train(replicate, step size, epochs), with the step size given, or that is best for
    the first replicates.

    Those of ``STEP_SIZES`` are tried for ``trial_epochs`` on so many replicates; the best has the
    highest ``held_out`` in the last row, in the mean.

    Examples
    --------
    >>> def train(replicate, step_size, epochs):
    ...     return [{"epoch": epoch, "held_out": step_size} for epoch in range(epochs)]
    >>> [(row["replicate"], row["epoch"], row["step_size"]) for row in replicated(train, "SGD", 2, 1, replicates=2)]
    [(0, 0, 0.3), (0, 1, 0.3), (1, 0, 0.3), (1, 1, 0.3)]
    """
    if step_size is None:
        tried = {
            size: sum(
                float(train(trial, size, trial_epochs)[-1]["held_out"]) for trial in range(trials)
            )
            for size in STEP_SIZES[optimizer]
        }
        step_size = max(tried, key=lambda size: tried[size])
    return [
        {"replicate": replicate, "step_size": step_size, **row}
        for replicate in range(replicates)
        for row in train(replicate, step_size, epochs)
    ]


class Training(NamedTuple):
    """A network as drawn, and what to do with it.

    ``losses`` gives the mean loss of each batch of an epoch, and its size, and must not run ahead;
    ``evaluate`` says how good the network is.
    """

    network: nn.Module
    losses: Callable[[], Iterable[tuple[Tensor, int]]]
    evaluate: Callable[[], Row]


def begin(seed: int, *names: int | str) -> None:
    """One thread, and PyTorch's random numbers from the seed and the names."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(int(seed_sequence(seed, *names).generate_state(1)[0]))


def trained(training: Training, optimizer: str, step_size: float, epochs: int) -> list[Row]:
    """Rows with the number of the epoch, the mean loss of its batches, the number of weights, and
    the evaluation."""
    import torch

    from fjlt.torch import count_weights

    network, losses, evaluate = training
    parameters = list(network.parameters())
    rule: torch.optim.Optimizer = torch.optim.SGD(parameters, step_size, momentum=0.9, fused=True)
    if optimizer == "Adam":
        rule = torch.optim.Adam(parameters, step_size, fused=True)
    rows: list[Row] = []
    for epoch in range(1, epochs + 1):
        network.train()
        total, count = 0.0, 0
        for loss, size in losses():
            rule.zero_grad()
            loss.backward()
            rule.step()
            total, count = total + loss.item() * size, count + size
        network.eval()
        with torch.no_grad():
            rows.append(
                {
                    "epoch": epoch,
                    "weights": count_weights(network),
                    "loss": total / count,
                    **evaluate(),
                }
            )
    return rows
