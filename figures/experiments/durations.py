"""Times of networks, taggers and single layers, with a dense layer and with replacements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from figures.engine.table import Row, Table
from figures.experiments.timing import n_threads, times_in_turns
from figures.experiments.training import seed_torch
from figures.models.layers import LAYERS, layer
from fjlt.runs.seeds import stream

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["BLOCKS", "MODES", "Calls", "layer_calls", "layers", "networks", "taggers"]

MODES = ("prediction", "training step")
"""The output without gradients; loss, gradients and a step of Adam."""

BLOCKS = 10
"""Number of blocks of consecutive runs. A median is kept of each, so that the medians show how much
the times vary."""


def networks(
    seed: int = 0,
    model: str = "perceptron",
    channels: int = 1,
    pixels: int = 8,
    batch_size: int = 128,
    threads: int = 1,
    runs: int = 100,
    width: int = 16,
) -> Table:
    """Seconds that a network for images takes with each kind of layer, run in turns.

    Parameters
    ----------
    seed : int
        For the weights and the images, which are normal numbers.
    model, channels, pixels, width
        As for ``figures.models.networks.network``.
    batch_size, threads : int
    runs : int
        Timed runs of each kind of layer in each of ``MODES``; at least 10.

    Returns
    -------
    table : one row for each kind of layer, mode and block of runs
        ``seconds``, the median over the block; ``faster``, in how many of the ``runs`` of the block
        the network took less time than with the dense layer.

    Raises
    ------
    ValueError
        For an unknown model, or fewer than 10 runs.

    Examples
    --------
    >>> table = networks(runs=10)
    >>> len(table), {row["mode"] for row in table} == set(MODES)
    (80, True)
    """
    import torch

    from figures.models.networks import network

    def calls(kind: str) -> Calls:
        seed_torch(seed, model, kind)
        net = network(model, partial(layer, kind), channels, pixels, width)
        x = torch.randn(batch_size, channels, pixels, pixels)
        labels = torch.randint(10, (batch_size,))
        return Calls(net, lambda: net(x), lambda y: torch.nn.functional.cross_entropy(y, labels))

    about: Row = {"model": model, "batch": batch_size, "threads": threads}
    return _measured(calls, runs, threads, about)


def taggers(
    seed: int = 0, dataset: str = "grammar", batch_size: int = 32, threads: int = 1, runs: int = 100
) -> Table:
    """Seconds that a tagger takes with each kind of last layer, run in turns.

    Parameters
    ----------
    dataset : str
        One of ``figures.experiments.tagging.DATASETS``.
    batch_size : int
        Number of sentences, the first of those to train on.
    seed, threads, runs
        As for ``networks``.

    Returns
    -------
    table
        As from ``networks``.
    """
    import torch

    from figures.experiments.tagging import split
    from figures.models.taggers import Tagger, Vocabulary

    sentences = split(dataset, stream(seed, dataset, 0, "held out")).train
    vocabulary, batch = Vocabulary(sentences), sentences[:batch_size]
    tags = vocabulary.tags_of(batch)

    def calls(kind: str) -> Calls:
        seed_torch(seed, dataset, kind)
        tagger = Tagger(vocabulary, partial(layer, kind))
        return Calls(
            tagger, lambda: tagger(batch), lambda y: torch.nn.functional.cross_entropy(y, tags)
        )

    about: Row = {"model": dataset, "batch": batch_size, "threads": threads}
    return _measured(calls, runs, threads, about)


def layers(
    seed: int = 0, n: int = 1024, batch_size: int = 128, threads: int = 1, runs: int = 100
) -> Table:
    """Seconds that a single layer from n to n features takes, each kind in turns.

    Parameters
    ----------
    n : int
    seed, batch_size, threads, runs
        As for ``networks``.

    Returns
    -------
    table
        As from ``networks``, with a column ``n`` in place of ``model``.

    Examples
    --------
    >>> table = layers(n=32, runs=10)
    >>> len(table), min(row["seconds"] for row in table) > 0
    (80, True)
    """
    about: Row = {"n": n, "batch": batch_size, "threads": threads}
    return _measured(partial(layer_calls, seed, n, batch_size), runs, threads, about)


def layer_calls(seed: int, n: int, batch_size: int, kind: str) -> Calls:
    """A layer from n to n features, with half the squared norm of its output as the loss.

    Its input needs a gradient too, as inside a network.
    """
    import torch

    seed_torch(seed, n, kind)
    module, x = layer(kind, n, n), torch.randn(batch_size, n, requires_grad=True)
    return Calls(module, lambda: module(x), lambda y: 0.5 * y.square().sum())


class Calls:
    """What is timed of a module: a prediction and a training step on fixed data.

    Parameters
    ----------
    module : torch.nn.Module
    output : callable()
        Applies the module to the data.
    loss : callable(output)
    """

    def __init__(
        self, module: nn.Module, output: Callable[[], Tensor], loss: Callable[[Tensor], Tensor]
    ) -> None:
        import torch

        self.module, self._output, self._loss = module, output, loss
        self._rule = torch.optim.Adam(module.parameters(), 1e-4)

    def run(self, mode: str) -> None:
        """Run once in one of ``MODES``."""
        import torch

        if mode == "prediction":
            with torch.no_grad():
                self._output()
        else:
            self._rule.zero_grad()
            self._loss(self._output()).backward()
            self._rule.step()


def _measured(make: Callable[[str], Calls], runs: int, threads: int, about: Row) -> Table:
    """Times of every kind of layer, which ``make`` turns into what is called."""
    if runs < BLOCKS:
        raise ValueError(f"runs must be at least {BLOCKS}, got {runs}")
    calls = {kind: make(kind) for kind in LAYERS}
    rows: list[Row] = []
    with _threads(threads):
        for mode in MODES:
            for call in calls.values():
                call.module.train(mode == "training step")
            functions = {kind: partial(call.run, mode) for kind, call in calls.items()}
            times = times_in_turns(functions, runs)
            # a median is robust against the runs that the system interrupts
            for block, part in enumerate(np.array_split(times, BLOCKS)):
                medians = np.median(part, axis=0)
                # the first kind is the dense layer, which ran in the same round
                faster = (part < part[:, :1]).sum(axis=0)
                rows += [
                    {
                        **about,
                        "layer": kind,
                        "mode": mode,
                        "block": block,
                        "runs": len(part),
                        "faster": int(faster[i]),
                        "seconds": float(medians[i]),
                    }
                    for i, kind in enumerate(LAYERS)
                ]
    return rows


@contextmanager
def _threads(n: int) -> Iterator[None]:
    """Let this library and PyTorch use n threads."""
    import torch

    with n_threads(n):
        before = torch.get_num_threads()
        torch.set_num_threads(n)
        try:
            yield
        finally:
            torch.set_num_threads(before)
