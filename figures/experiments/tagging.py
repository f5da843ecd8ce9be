"""Taggers of sentences, their last layer dense or replaced: accuracy or F1 epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from figures.data import text
from figures.data.text import Sentence
from figures.engine.table import Row, Table
from figures.experiments.entities import f1
from figures.experiments.training import Training, begin, replicated, trained
from fjlt.runs.seeds import stream

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["DATASETS", "SPANS", "Split", "compute", "split"]


class Split(NamedTuple):
    """Sentences to learn from, held out, and to test on."""

    learned: list[Sentence]
    held_out: list[Sentence]
    test: list[Sentence]


def compute(
    seed: int = 0,
    dataset: str = "grammar",
    kind: str = "butterfly",
    optimizer: str = "Adam",
    epochs: int = 10,
    trial_epochs: int = 2,
    batch_size: int = 32,
    replicates: int = 5,
    sentences: int = 0,
) -> Table:
    """An LSTM tagger in both directions with one kind of last layer, trained several times by one
    optimiser.

    The step size is chosen as in ``figures.experiments.classification.compute``.

    Parameters
    ----------
    seed : int
    dataset : str
        Of ``DATASETS``.
    kind : str
        Of ``layers.LAYERS``; from 256 features to the tags.
    optimizer : {"Adam", "SGD"}
    epochs, trial_epochs, batch_size, replicates : int
    sentences : int
        How many to learn from at most; 0 for all.

    Returns
    -------
    table : one row a replicate and epoch
        ``score`` on the test sentences and ``held_out`` on those held out: the share of right tags
        for parts of speech, else F1 of spans; ``loss``, the mean cross-entropy of a word;
        ``weights`` of the tagger, ``step_size``.

    Raises
    ------
    ValueError
        For an unknown dataset.
    ModuleNotFoundError
        Without PyTorch.

    Examples
    --------
    >>> table = compute(epochs=2, trial_epochs=1, replicates=1, sentences=100)
    >>> [(row["epoch"], row["score"] > 0.3) for row in table]
    [(1, True), (2, True)]
    """

    def train(replicate: int, step_size: float, epochs: int) -> list[Row]:
        parts = split(dataset, stream(seed, dataset, replicate, "held out"))
        parts = parts._replace(learned=parts.learned[: sentences or None])
        training = _training(parts, dataset, kind, batch_size, seed, replicate)
        return trained(training, optimizer, step_size, epochs)

    settings: Row = {
        "dataset": dataset,
        "layer": kind,
        "optimizer": optimizer,
        "sentences": sentences,
    }
    return [
        {**settings, **row}
        for row in replicated(train, optimizer, epochs, trial_epochs, replicates)
    ]


def _training(
    parts: Split, dataset: str, kind: str, batch_size: int, seed: int, replicate: int
) -> Training:
    import torch

    from figures.models.layers import layer
    from figures.models.tagger import Tagger, Vocabulary

    begin(seed, dataset, kind, replicate, "start")
    known = Vocabulary(parts.learned)
    tagger = Tagger(known, partial(layer, kind))
    batches = stream(seed, dataset, replicate, "batches")

    def losses() -> Iterator[tuple[Tensor, int]]:
        order = batches.permutation(len(parts.learned))
        for first in range(0, len(order), batch_size):
            some = [parts.learned[i] for i in order[first : first + batch_size]]
            scores, tags = tagger(some), known.tags_of(some)
            yield torch.nn.functional.cross_entropy(scores, tags), len(tags)

    def score(sentences: list[Sentence]) -> float:
        found = [
            tags
            for i in range(0, len(sentences), 100)
            for tags in tagger.tagged(sentences[i : i + 100])
        ]
        return _score(dataset, found, [[tag for _, tag in sentence] for sentence in sentences])

    return Training(
        tagger, losses, lambda: {"held_out": score(parts.held_out), "score": score(parts.test)}
    )


def _score(
    dataset: str, predicted: Sequence[Sequence[str]], gold: Sequence[Sequence[str]]
) -> float:
    if dataset not in SPANS:
        right = [
            a == b
            for ours, theirs in zip(predicted, gold, strict=True)
            for a, b in zip(ours, theirs, strict=True)
        ]
        return float(np.mean(right))
    return f1(predicted, gold)


def split(dataset: str, rng: np.random.Generator) -> Split:
    """A tenth of the training sentences held out, the rest in the order of ``rng``, and the test
    sentences.

    Raises
    ------
    ValueError
        For an unknown dataset.
    FileNotFoundError
        If its files are absent and cannot be downloaded.
    """
    if dataset not in DATASETS:
        raise ValueError(f"unknown dataset {dataset!r}; known: {', '.join(DATASETS)}")
    sentences, test = DATASETS[dataset]()
    order, few = rng.permutation(len(sentences)), len(sentences) // 10
    return Split([sentences[i] for i in order[few:]], [sentences[i] for i in order[:few]], test)


def _without_the_last(
    sentences: list[Sentence], share: int = 5
) -> tuple[list[Sentence], list[Sentence]]:
    """The last fifth to test on: whole articles or issues, not sentences between those that are
    learned from."""
    first = len(sentences) - len(sentences) // share
    return sentences[:first], sentences[first:]


def _grammar() -> tuple[list[Sentence], list[Sentence]]:
    """Sentences of a subject, a verb and an object; each word but the articles can be a noun or a
    verb."""
    rng = stream(0, "grammar")
    words = [a + b for a in ("fl", "gr", "st", "pl") for b in ("ay", "ee", "ow", "in", "um")]

    def sentence() -> Sentence:
        noun = (
            [("the", "D"), (str(rng.choice(words)), "N")],
            [("old", "A"), (str(rng.choice(words)) + "s", "N")],
        )
        subject, other = (noun[int(i)] for i in rng.integers(2, size=2))
        return [*subject, (str(rng.choice(words)) + "s", "V"), *other]

    sentences = [sentence() for _ in range(600)]
    return sentences[:400], sentences[400:]


DATASETS: dict[str, Callable[[], tuple[list[Sentence], list[Sentence]]]] = {
    "grammar": _grammar,
    "nltk_treebank": lambda: _without_the_last(text.treebank()),
    "ud_english_ewt": lambda: (text.ud_english_ewt("dev"), text.ud_english_ewt("test")),
    "nltk_conll2000": lambda: (text.conll2000("train"), text.conll2000("test")),
    "europeana_ner_de": lambda: _without_the_last(text.europeana_ner_de()),
}
"""Sentences to learn from and to test on: of a small grammar, newspapers, the web, newspapers, old
newspapers."""

SPANS = ("nltk_conll2000", "europeana_ner_de")
"""Where the tags are of spans, chunks and names, and F1 counts; elsewhere they are parts of
speech."""
