"""How long networks, taggers and single layers take with a dense layer and with what may stand in
its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from figures.engine.table import Row, Table
from figures.experiments.timing import n_threads, times_in_turns
from figures.experiments.training import begin
from fjlt.runs.seeds import stream

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["BLOCKS", "MODES", "Calls", "layer_calls", "layers", "networks", "taggers"]

MODES = ("prediction", "training step")
"""The output without gradients; loss, gradients and a step of Adam."""

BLOCKS = 10
"""Of so many blocks of runs the medians are kept: they say how much the times vary."""


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
    """Seconds of a network for images, with each kind of layer, run in turns.

    Parameters
    ----------
    seed : int
        Of weights and images, which are normal numbers.
    model, channels, pixels, width
        As for ``figures.models.networks.network``.
    batch_size, threads : int
    runs : int
        At least 10; of each kind, in both ``MODES``.

    Returns
    -------
    table : one row a kind of layer, mode and block of runs
        ``seconds``, the median over the block, and in how many of its ``runs`` it was ``faster``
        than the dense layer.

    Examples
    --------
    >>> table = networks(runs=10)
    >>> len(table), {row["mode"] for row in table} == set(MODES)
    (80, True)
    """
    import torch

    from figures.models.layers import LAYERS, layer
    from figures.models.networks import network

    def calls(kind: str) -> Calls:
        begin(seed, model, kind)
        net = network(model, partial(layer, kind), channels, pixels, width)
        x, labels = (
            torch.randn(batch_size, channels, pixels, pixels),
            torch.randint(10, (batch_size,)),
        )
        return Calls(net, lambda: net(x), lambda y: torch.nn.functional.cross_entropy(y, labels))

    about: Row = {"model": model, "batch": batch_size, "threads": threads}
    return _measured({kind: partial(calls, kind) for kind in LAYERS}, runs, threads, about)


def taggers(
    seed: int = 0, dataset: str = "grammar", batch_size: int = 32, threads: int = 1, runs: int = 100
) -> Table:
    """``networks`` for the tagger of a dataset of ``figures.experiments.tagging.DATASETS``, on its
    sentences.

    Parameters
    ----------
    seed, dataset, threads, runs
    batch_size : int
        Sentences at a time, the first of them.
    """
    import torch

    from figures.experiments.tagging import split
    from figures.models.layers import LAYERS, layer
    from figures.models.tagger import Tagger, Vocabulary

    learned = split(dataset, stream(seed, dataset, 0, "held out")).learned
    known, some = Vocabulary(learned), learned[:batch_size]
    tags = known.tags_of(some)

    def calls(kind: str) -> Calls:
        begin(seed, dataset, kind)
        tagger = Tagger(known, partial(layer, kind))
        return Calls(
            tagger, lambda: tagger(some), lambda y: torch.nn.functional.cross_entropy(y, tags)
        )

    about: Row = {"model": dataset, "batch": batch_size, "threads": threads}
    return _measured({kind: partial(calls, kind) for kind in LAYERS}, runs, threads, about)


def layers(
    seed: int = 0, n: int = 1024, batch_size: int = 128, threads: int = 1, runs: int = 100
) -> Table:
    """``networks`` for a single layer from n to n features; the loss is half the squared norm of
    the output.

    Examples
    --------
    >>> table = layers(n=32, runs=10)
    >>> len(table), min(row["seconds"] for row in table) > 0
    (80, True)
    """
    from figures.models.layers import LAYERS

    about: Row = {"n": n, "batch": batch_size, "threads": threads}
    return _measured(
        {kind: partial(layer_calls, seed, n, batch_size, kind) for kind in LAYERS},
        runs,
        threads,
        about,
    )


def layer_calls(seed: int, n: int, batch_size: int, kind: str) -> Calls:
    """A layer from n to n features as ``layers`` runs it; its input needs a gradient too."""
    import torch

    from figures.models.layers import layer

    begin(seed, n, kind)
    module, x = layer(kind, n, n), torch.randn(batch_size, n, requires_grad=True)
    return Calls(module, lambda: module(x), lambda y: 0.5 * y.square().sum())


class Calls:
    """A module and what is timed of it, output and loss."""

    def __init__(
        self, module: nn.Module, output: Callable[[], Tensor], loss: Callable[[Tensor], Tensor]
    ) -> None:
        import torch

        self.module, self._output, self._loss = module, output, loss
        self._rule = torch.optim.Adam(module.parameters(), 1e-4)

    def run(self, mode: str) -> None:
        """Once, in one of ``MODES``."""
        import torch

        if mode == "prediction":
            with torch.no_grad():
                self._output()
        else:
            self._rule.zero_grad()
            self._loss(self._output()).backward()
            self._rule.step()


def _measured(
    makers: Mapping[str, Callable[[], Calls]], runs: int, threads: int, about: Row
) -> Table:
    if runs < BLOCKS:
        raise ValueError(f"runs must be at least {BLOCKS}, got {runs}")
    made = {kind: make() for kind, make in makers.items()}
    rows: list[Row] = []
    with _threads(threads):
        for mode in MODES:
            for calls in made.values():
                calls.module.train(mode == "training step")
            functions = {kind: partial(calls.run, mode) for kind, calls in made.items()}
            times = times_in_turns(functions, runs)
            for block, part in enumerate(np.array_split(times, BLOCKS)):
                faster = (part < part[:, :1]).sum(axis=0)
                for i, kind in enumerate(functions):
                    found: Row = {"block": block, "runs": len(part), "faster": int(faster[i])}
                    seconds = float(np.median(part[:, i]))
                    rows.append({**about, "layer": kind, "mode": mode, **found, "seconds": seconds})
    return rows


@contextmanager
def _threads(n: int) -> Iterator[None]:
    import torch

    with n_threads(n):
        before = torch.get_num_threads()
        torch.set_num_threads(n)
        try:
            yield
        finally:
            torch.set_num_threads(before)
