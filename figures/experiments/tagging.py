"""Taggers of sentences, their last layer dense or replaced: accuracy or F1 after each epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from figures.data import text
from figures.data.text import Sentence
from figures.engine.table import Row, Table
from figures.experiments.entities import f1
from figures.experiments.training import (
    Effort,
    Task,
    hold_out,
    seed_torch,
    train,
    train_replicates,
)
from fjlt.runs.console import choose
from fjlt.runs.seeds import stream

if TYPE_CHECKING:
    from torch import Tensor

    from figures.models.taggers import Tagger

__all__ = [
    "DATASETS",
    "SPANS",
    "Split",
    "compute",
    "predicted",
    "score",
    "split",
    "tagger_losses",
]


class Split(NamedTuple):
    """Sentences to train on, held out, and to test on."""

    train: list[Sentence]
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
    added_step_size: float | None = None,
    tried: int = 0,
) -> Table:
    """Train a bidirectional LSTM tagger with one kind of last layer, several times.

    The step size is chosen as in ``figures.experiments.classification.compute``, on the first
    replicate.

    Parameters
    ----------
    seed : int
        A replicate draws the sentences held out, the start and the batches. All kinds of layers
        share the first and the last.
    dataset : str
        One of ``DATASETS``.
    kind : str
        A kind of layer, as for ``figures.models.layers.layer``; from 256 features to the tags.
    optimizer : {"Adam", "SGD"}
    epochs, trial_epochs, batch_size, replicates : int
    sentences : int
        Largest number of sentences to train on; 0 for all.
    added_step_size : float, optional
        Tried besides those of ``training.STEP_SIZES``.
    tried : int
        How many of the step sizes are tried, those in the middle; 0 for all.

    Returns
    -------
    table : one row for each replicate and epoch
        ``score`` on the test sentences and ``held_out`` on those held out: the share of correct
        tags for parts of speech, else F1 of spans; ``loss``, the mean cross-entropy of a word;
        ``weights`` of the tagger, ``step_size``.

    Raises
    ------
    ValueError
        For an unknown dataset or kind of layer.
    ModuleNotFoundError
        If PyTorch is not installed.

    Examples
    --------
    >>> table = compute(epochs=2, trial_epochs=1, replicates=1, sentences=100)
    >>> [(row["epoch"], row["score"] > 0.3) for row in table]
    [(1, True), (2, True)]
    """
    from figures.models.layers import layer
    from figures.models.taggers import Tagger, Vocabulary

    def run(replicate: int, step_size: float, epochs: int) -> list[Row]:
        parts = split(dataset, stream(seed, dataset, replicate, "held out"))
        parts = parts._replace(train=parts.train[: sentences or None])
        # the start depends on the kind of layer; the sentences held out and the batches do not
        seed_torch(seed, dataset, kind, replicate, "start")
        tagger = Tagger(Vocabulary(parts.train), partial(layer, kind))
        rng = stream(seed, dataset, replicate, "batches")
        batches = partial(_batches, parts.train, batch_size, rng)

        def scored(sentences: list[Sentence]) -> float:
            gold = [[tag for _, tag in sentence] for sentence in sentences]
            return score(dataset, predicted(tagger, sentences), gold)

        def evaluate() -> Row:
            return {"held_out": scored(parts.held_out), "score": scored(parts.test)}

        task = Task(tagger, tagger_losses(tagger, batches), evaluate)
        return train(task, optimizer, step_size, epochs)

    settings: Row = {
        "dataset": dataset,
        "layer": kind,
        "optimizer": optimizer,
        "sentences": sentences,
    }
    effort = Effort(
        optimizer, epochs, trial_epochs, replicates, added_step_size=added_step_size, tried=tried
    )
    return [{**settings, **row} for row in train_replicates(run, effort)]


def _batches(
    sentences: Sequence[Sentence], size: int, rng: np.random.Generator
) -> Iterator[list[Sentence]]:
    """The batches of an epoch, in random order."""
    order = rng.permutation(len(sentences))
    for first in range(0, len(order), size):
        yield [sentences[i] for i in order[first : first + size]]


def tagger_losses(
    tagger: Tagger, batches: Callable[[], Iterable[Sequence[Sentence]]]
) -> Callable[[], Iterator[tuple[Tensor, int]]]:
    """Gives the cross-entropy of each batch of an epoch, as ``training.Task`` asks for it."""
    import torch

    def losses() -> Iterator[tuple[Tensor, int]]:
        for batch in batches():
            scores, tags = tagger(batch), tagger.vocabulary.tags_of(batch)
            yield torch.nn.functional.cross_entropy(scores, tags), len(tags)

    return losses


def predicted(tagger: Tagger, sentences: Sequence[Sentence]) -> list[list[str]]:
    """The tags that a tagger gives, sentence by sentence."""
    return [
        tags
        for i in range(0, len(sentences), 100)
        for tags in tagger.predict(sentences[i : i + 100])
    ]


def score(dataset: str, predicted: Sequence[Sequence[str]], gold: Sequence[Sequence[str]]) -> float:
    """F1 of the spans for the datasets of ``SPANS``, for others the share of right tags.

    Examples
    --------
    >>> tags = [["B-NP", "O", "B-NP"]], [["B-NP", "I-NP", "B-NP"]]
    >>> score("nltk_conll2000", *tags), round(score("nltk_treebank", *tags), 3)
    (0.5, 0.667)
    """
    return (f1 if dataset in SPANS else _accuracy)(predicted, gold)


def _accuracy(predicted: Sequence[Sequence[str]], gold: Sequence[Sequence[str]]) -> float:
    """Share of correct tags among those of all words."""
    correct = [
        a == b
        for guess, truth in zip(predicted, gold, strict=True)
        for a, b in zip(guess, truth, strict=True)
    ]
    return float(np.mean(correct))


def split(dataset: str, rng: np.random.Generator) -> Split:
    """Sentences to train on, a tenth of the training sentences held out, and the test sentences.

    The first two are in random order.

    Raises
    ------
    ValueError
        For an unknown dataset.
    FileNotFoundError
        If its files are absent and cannot be downloaded.
    """
    sentences, test = DATASETS[choose(dataset, DATASETS, "dataset")]()
    first, held_out = hold_out(len(sentences), rng)
    return Split([sentences[i] for i in first], [sentences[i] for i in held_out], test)


def _last_fifth_as_test(sentences: list[Sentence]) -> tuple[list[Sentence], list[Sentence]]:
    """The last fifth to test on, so that most articles and newspapers lie on one side.

    Neighbouring sentences of a text are alike; a random split would test on the neighbours of what
    was trained on.
    """
    count = len(sentences) - len(sentences) // 5
    return sentences[:count], sentences[count:]


def _grammar() -> tuple[list[Sentence], list[Sentence]]:
    """Sentences of a subject, a verb and an object.

    Every word but the articles and "old" can be a noun or a verb, so only its place tells its tag.
    """
    rng = stream(0, "grammar")
    words = [a + b for a in ("fl", "gr", "st", "pl") for b in ("ay", "ee", "ow", "in", "um")]

    def sentence() -> Sentence:
        nouns = (
            [("the", "D"), (str(rng.choice(words)), "N")],
            [("old", "A"), (str(rng.choice(words)) + "s", "N")],
        )
        subject, object_ = (nouns[int(i)] for i in rng.integers(2, size=2))
        return [*subject, (str(rng.choice(words)) + "s", "V"), *object_]

    sentences = [sentence() for _ in range(600)]
    return sentences[:400], sentences[400:]


DATASETS: dict[str, Callable[[], tuple[list[Sentence], list[Sentence]]]] = {
    "grammar": _grammar,
    "nltk_treebank": lambda: _last_fifth_as_test(text.treebank()),
    "ud_english_ewt": lambda: (text.ud_english_ewt("dev"), text.ud_english_ewt("test")),
    "ud_english_train": lambda: (text.ud_english_ewt("train"), text.ud_english_ewt("test")),
    "nltk_conll2000": lambda: (text.conll2000("train"), text.conll2000("test")),
    "conll2003_en": lambda: (text.conll2003_en("train"), text.conll2003_en("test")),
    "europeana_ner_de": lambda: _last_fifth_as_test(text.europeana_ner_de()),
    "wikiann_de": lambda: (text.wikiann_de("train"), text.wikiann_de("test")),
}
"""Loaders of the sentences to train on and to test on: a small grammar, newspapers, the web twice
(from its development file, and from its training file), newspapers twice, old newspapers, and an
encyclopedia."""

SPANS = ("nltk_conll2000", "conll2003_en", "europeana_ner_de", "wikiann_de")
"""Datasets whose tags mark spans, chunks or names, so that F1 is the score; in the others they are
parts of speech."""
