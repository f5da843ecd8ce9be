"""Taggers of which a layer is replaced: their score after each hundred of the first steps.

The design, written before any of these trainings was looked at:

- **Readings.** R: the layer from 256 features to the tags is replaced. P: a wide layer of a printed
  size before the layer to the tags, between rectifiers; it follows a dense layer that widens the
  features.
- **Step sizes.** Adam. Each of ``STEP_SIZES`` is tried in a whole training on replicate 0, and the
  one with the best last score on the sentences held out is used. Replicate 0 is not used again, and
  the test sentences decide nothing. So all kinds have equally many trainings.
- **Replicates.** 1 to ``REPLICATES``, no more.

English names were trained first, then looked at. German names and parts of speech of English web
text followed, with these tests written down before:

- **Tests.** In each reading, after the first and the last scored step, the butterfly against the
  dense layer and against the pair of equal weights: a sign test each over all trainings with these
  data. Any of the eight answers is wrong with probability at most 0.02.

After a look at the scores of English names the step size 0.001 was added, since 0.003 had been the
best in reading P. The pair of equal rank, which is in no test, was trained last with these data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice, repeat

import numpy as np

from figures.data.text import Sentence
from figures.engine.table import Row, Table
from figures.experiments.classification import batches
from figures.experiments.tagging import predicted, score, split, tagger_losses
from figures.experiments.training import Task, best_step_size, in_the_middle, seed_torch, train
from figures.replacement.tasks import FOLDS, READINGS
from fjlt.runs.console import choose
from fjlt.runs.seeds import stream

__all__ = [
    "REPLICATES",
    "STEP_SIZES",
    "WIDE",
    "compute",
]

REPLICATES = 5
STEP_SIZES = (0.001, 0.003, 0.01, 0.03, 0.1)
WIDE = {
    "grammar": (64, 64),
    "conll2003_en": (512, 512),
    "wikiann_de": (512, 512),
    "ud_english_train": (1024, 256),
}
"""Inputs and outputs of the layer that reading P replaces: as printed for English and German names
and for parts of speech (of the Penn Treebank), smaller for the grammar."""


def compute(
    seed: int = 0,
    dataset: str = "grammar",
    reading: str = "R",
    kind: str = "butterfly",
    marks: int = 5,
    steps: int = 100,
    batch_size: int = 32,
    replicates: int = REPLICATES,
    tried: int = 0,
) -> Table:
    """Train a tagger with one kind of layer, and score it after every so many steps.

    Parameters
    ----------
    seed : int
        A replicate draws the sentences held out and the batches, alike for all kinds of layers, and
        the start.
    dataset : str
        One of ``WIDE``.
    reading : {"R", "P"}
    kind : str
        A kind of layer, as for ``figures.models.layers.layer``.
    marks, steps : int
        The tagger is scored ``marks`` times, each time after ``steps`` steps more.
    batch_size, replicates : int
    tried : int
        How many of the step sizes are tried, those in the middle; 0 for all.

    Returns
    -------
    table : one row for each replicate and scored step
        ``step``, ``score`` on the test sentences and ``fold_0`` … on their parts, ``held_out`` on
        the sentences held out: F1 of names, or the share of right tags; ``loss``, the mean
        cross-entropy of a word since the last score; ``weights`` of the tagger, ``step_size``.

    Raises
    ------
    ValueError
        For an unknown dataset, reading or kind of layer.
    FileNotFoundError
        If the data are absent and cannot be downloaded.

    Examples
    --------
    >>> table = compute(marks=2, steps=20, replicates=1, tried=2)
    >>> [(row["step"], row["score"] > 0.3) for row in table]
    [(20, True), (40, True)]
    """
    choose(dataset, WIDE, "dataset")
    choose(reading, READINGS, "reading")
    run = partial(_trained, seed, dataset, reading, kind, batch_size)
    step_size = best_step_size(
        in_the_middle(STEP_SIZES, tried),
        lambda size: float(run(0, size, 1, marks * steps, trial=True)[-1]["held_out"]),
    )
    about: Row = {"dataset": dataset, "reading": reading, "layer": kind, "step_size": step_size}
    return [
        {**about, "replicate": i, "step": steps * int(row.pop("epoch")), **row}
        for i in range(1, replicates + 1)
        for row in run(i, step_size, marks, steps)
    ]


def _trained(
    seed: int,
    dataset: str,
    reading: str,
    kind: str,
    batch_size: int,
    replicate: int,
    step_size: float,
    marks: int,
    steps: int,
    trial: bool = False,
) -> list[Row]:
    """One replicate with one step size: a row after every so many steps."""
    from figures.models.layers import layer, widened
    from figures.models.taggers import Tagger, Vocabulary

    names = (seed, "first steps", dataset, reading, replicate)
    parts = split(dataset, stream(*names, "held out"))
    seed_torch(*names, "start")
    make_layer = partial(layer, kind)
    last = make_layer if reading == "R" else widened(make_layer, *WIDE[dataset])
    tagger = Tagger(Vocabulary(parts.train), last)
    # one round through the sentences after the other, without end
    one_round = batches(len(parts.train), batch_size, 1, stream(*names, "batches"))
    rounds = chain.from_iterable(draw() for draw in repeat(one_round))

    def next_batches() -> Iterator[list[Sentence]]:
        return ([parts.train[i] for i in batch] for batch in islice(rounds, steps))

    def evaluate() -> Row:
        (held_out,) = _scores(dataset, predicted(tagger, parts.held_out), parts.held_out, 1)
        if trial:
            return {"held_out": held_out}
        tags = predicted(tagger, parts.test)
        (whole,) = _scores(dataset, tags, parts.test, 1)
        folds = _scores(dataset, tags, parts.test, FOLDS)
        return {
            "held_out": held_out,
            "score": whole,
            **{f"fold_{i}": fold for i, fold in enumerate(folds)},
        }

    return train(
        Task(tagger, tagger_losses(tagger, next_batches), evaluate), "Adam", step_size, marks
    )


def _scores(
    dataset: str, tags: Sequence[Sequence[str]], sentences: Sequence[Sentence], parts: int
) -> list[float]:
    """The score on each of so many stretches of the text; words of one sentence are alike."""
    gold = [[tag for _, tag in sentence] for sentence in sentences]
    stretches = np.array_split(np.arange(len(gold)), parts)
    return [
        round(score(dataset, [tags[i] for i in part], [gold[i] for i in part]), 5)
        for part in stretches
    ]
