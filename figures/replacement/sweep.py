"""A layer replaced at several sizes: accuracy, weights and times, each against the size.

The design, written before any of these trainings was looked at:

- **Sizes.** A butterfly keeps m·⌈log2 n⌉ outputs on either side, at most n, for m in ``MULTIPLES``;
  m = 1 is the paper's. At each m it has four peers: a pair of dense layers of equal rank, and a
  pair, a block-diagonal layer and a sparse one of at most equal weights.
- **Step sizes.** Adam. Each of ``STEP_SIZES`` is tried in a whole training on replicate 0, and the
  one that is best on the samples held out is used. Replicate 0 is not used again, and the test
  samples decide nothing. So every kind at every m has equally many trainings.
- **Replicates.** 1 to ``REPLICATES``, no more.
- **Comparisons.** ``comparisons.PLANNED``, each by one sign test over all tasks and replicates.

After a look at the trainings the step sizes 0.0001 and 0.3 were added, since 0.0003 had been the
best in four cases and 0.1 in one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from figures.engine.table import Row, Table
from figures.experiments.durations import MODES, Calls
from figures.experiments.timing import n_threads, times_in_turns
from figures.experiments.training import best_step_size, in_the_middle, seed_torch, train
from figures.models.layers import kept, layer
from figures.replacement.tasks import TASKS, Learned, MakeLayer
from fjlt.runs.console import choose

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["MULTIPLES", "REPLICATES", "STEP_SIZES", "compute"]

MULTIPLES = (1, 2, 4)
"""How many times ⌈log2 n⌉ outputs are kept."""
REPLICATES = 5
STEP_SIZES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)


def compute(
    seed: int = 0,
    task: str = "digits, output",
    dataset: str = "digits",
    kind: str = "butterfly",
    multiple: int = 1,
    replicates: int = REPLICATES,
    runs: int = 200,
    tried: int = 0,
) -> Table:
    """Train a network with one kind of layer at one size, and time that layer.

    Parameters
    ----------
    seed : int
    task : str
        One of ``tasks.TASKS``.
    dataset : str
        The data of that task.
    kind : str
        One of ``layers.LAYERS`` and ``layers.SPARSE``.
    multiple : int
        As for ``layers.layer``; it changes nothing in the dense layer.
    replicates : int
        At least 1.
    runs : int
        Timed runs of the replaced layers and of dense ones, in turns.
    tried : int
        How many of the step sizes are tried, those in the middle; 0 for all.

    Returns
    -------
    table : one row for each replicate
        ``accuracy`` on the test samples and ``fold_0`` … on their parts, ``step_size``,
        ``weights`` of the network and ``replaced`` of its layers that are replaced, ``k1``, ``k2``
        of the first of these, and the medians of their times over those of the dense layers,
        ``prediction`` and ``training step``.

    Raises
    ------
    ValueError
        For an unknown task or kind, or data that are not those of the task.

    Examples
    --------
    >>> (row,) = compute(replicates=1, runs=3, tried=2)
    >>> row["k1"], row["k2"], row["accuracy"] > 0.5
    (6, 4, True)
    """
    learned = TASKS[choose(task, TASKS, "task")]
    if dataset != learned.dataset:
        raise ValueError(f"the data of {task!r} are {learned.dataset}, not {dataset}")
    make_layer = partial(layer, kind, multiple=multiple)

    def run(replicate: int, step_size: float, trial: bool = False) -> Row:
        drawn = learned.task(seed, replicate, make_layer, trial)
        (row,) = train(drawn, "Adam", step_size, epochs=1)
        return row

    step_size = best_step_size(
        in_the_middle(STEP_SIZES, tried),
        lambda size: float(run(0, size, trial=True)["held_out"]),
    )
    n1, n2 = learned.sizes[0]
    about: Row = {
        "task": task,
        "layer": kind,
        "multiple": multiple,
        "k1": kept(n1, multiple),
        "k2": kept(n2, multiple),
        "step_size": step_size,
        **_measured(learned, make_layer, seed, runs),
    }
    rows = [run(replicate, step_size) for replicate in range(1, replicates + 1)]
    return [
        {**about, "replicate": i, **{name: v for name, v in row.items() if name != "epoch"}}
        for i, row in enumerate(rows, start=1)
    ]


def _measured(learned: Learned, make_layer: MakeLayer, seed: int, runs: int) -> Row:
    """Weights of the layers that are replaced, and their times over those of dense ones."""
    import torch
    from torch import nn

    from fjlt.torch import count_weights

    seed_torch(seed, "sweep", "times")
    inside = nn.Sequential(*(make_layer(*sizes) for sizes in learned.sizes))
    dense = nn.Sequential(*(nn.Linear(*sizes) for sizes in learned.sizes))
    x = torch.randn(learned.vectors, learned.sizes[0][0], requires_grad=True)
    calls = {"replaced": _calls(inside, x), "dense": _calls(dense, x)}
    found: Row = {"replaced": count_weights(inside)}
    with n_threads(1):
        for mode in MODES:
            functions: dict[str, Callable[[], object]] = {
                name: partial(call.run, mode) for name, call in calls.items()
            }
            ours, theirs = np.median(times_in_turns(functions, runs), axis=0)
            found[mode] = round(float(ours / theirs), 4)
    return found


def _calls(module: nn.Module, x: Tensor) -> Calls:
    return Calls(module, lambda: module(x), lambda y: 0.5 * y.square().sum())
