"""Taggers of sentences, their last layer dense or replaced: accuracy or F1 epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from figures import text
from figures.case import stream
from figures.entities import f1
from figures.table import Row, Table
from figures.text import Sentence
from figures.training import Training, begin, replicated, trained

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["TASKS", "Split", "compute", "split"]


class Split(NamedTuple):
    """Sentences to learn from, held out, and to test on."""

    learned: list[Sentence]
    held_out: list[Sentence]
    test: list[Sentence]


def compute(
    seed: int = 0,
    task: str = "pos",
    kind: str = "butterfly",
    optimizer: str = "Adam",
    epochs: int = 10,
    trial_epochs: int = 2,
    batch_size: int = 32,
    replicates: int = 5,
    sentences: int = 0,
) -> Table:
    """An LSTM tagger in both directions with one kind of last layer, trained several times by one optimiser.

    The step size is chosen as in ``figures.classification.compute``.

    Parameters
    ----------
    seed : int
    task : str
        Of ``TASKS``.
    kind : str
        Of ``layers.LAYERS``; from 256 features to the tags.
    optimizer : {"Adam", "SGD"}
    epochs, trial_epochs, batch_size, replicates : int
    sentences : int
        How many to learn from at most; 0 for all.

    Returns
    -------
    table : one row a replicate and epoch
        ``score`` on the test sentences and ``held_out`` on those held out: the share of right tags for parts of speech,
        else F1 of spans; ``loss``, the mean cross-entropy of a word; ``weights`` of the tagger, ``step_size``.

    Raises
    ------
    ValueError
        For an unknown task.
    ModuleNotFoundError
        Without PyTorch.
    """

    def train(replicate: int, step_size: float, epochs: int) -> list[Row]:
        parts = split(task, stream(seed, task, replicate, "held out"))
        parts = parts._replace(learned=parts.learned[: sentences or None])
        training = _training(parts, task, kind, batch_size, seed, replicate)
        return trained(training, optimizer, step_size, epochs)

    settings: Row = {"task": task, "layer": kind, "optimizer": optimizer, "sentences": sentences}
    return [{**settings, **row} for row in replicated(train, optimizer, epochs, trial_epochs, replicates)]


def _training(parts: Split, task: str, kind: str, batch_size: int, seed: int, replicate: int) -> Training:
    import torch

    from figures.layers import layer
    from figures.tagger import Tagger, Vocabulary

    begin(seed, task, kind, replicate, "start")
    known = Vocabulary(parts.learned)
    tagger = Tagger(known, partial(layer, kind))
    batches = stream(seed, task, replicate, "batches")

    def losses() -> Iterator[tuple[Tensor, int]]:
        order = batches.permutation(len(parts.learned))
        for first in range(0, len(order), batch_size):
            some = [parts.learned[i] for i in order[first : first + batch_size]]
            scores, tags = tagger(some), known.tags_of(some)
            yield torch.nn.functional.cross_entropy(scores, tags), len(tags)

    def score(sentences: list[Sentence]) -> float:
        found = [tags for i in range(0, len(sentences), 100) for tags in tagger.tagged(sentences[i : i + 100])]
        return _score(task, found, [[tag for _, tag in sentence] for sentence in sentences])

    return Training(tagger, losses, lambda: {"held_out": score(parts.held_out), "score": score(parts.test)})


def _score(task: str, predicted: Sequence[Sequence[str]], gold: Sequence[Sequence[str]]) -> float:
    if task.startswith("pos"):
        right = [
            a == b for ours, theirs in zip(predicted, gold, strict=True) for a, b in zip(ours, theirs, strict=True)
        ]
        return float(np.mean(right))
    return f1(predicted, gold)


def split(task: str, rng: np.random.Generator) -> Split:
    """A tenth of the training sentences held out, the rest in the order of ``rng``, and the test sentences.

    Raises
    ------
    ValueError
        For an unknown task.
    FileNotFoundError
        If its files are absent and cannot be downloaded.
    """
    if task not in TASKS:
        raise ValueError(f"unknown task {task!r}; known: {', '.join(TASKS)}")
    sentences, test = TASKS[task]()
    order, few = rng.permutation(len(sentences)), len(sentences) // 10
    return Split([sentences[i] for i in order[few:]], [sentences[i] for i in order[:few]], test)


def _without_the_last(sentences: list[Sentence], share: int = 5) -> tuple[list[Sentence], list[Sentence]]:
    """The last fifth to test on: whole articles or issues, not sentences between those that are learned from."""
    first = len(sentences) - len(sentences) // share
    return sentences[:first], sentences[first:]


TASKS: dict[str, Callable[[], tuple[list[Sentence], list[Sentence]]]] = {
    "pos": lambda: _without_the_last(text.treebank()),
    "pos-web": lambda: (text.ud_english_ewt("dev"), text.ud_english_ewt("test")),
    "chunks": lambda: (text.conll2000("train"), text.conll2000("test")),
    "names-german": lambda: _without_the_last(text.europeana_ner_de()),
}
"""Sentences to learn from and to test on: parts of speech of newspapers and of web text, chunks, names."""
