"""Scores of taggers with a layer replaced over the first steps, in both readings: two figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table, select
from figures.engine.wording import joined
from figures.experiments.training import in_the_middle
from figures.paper.printed import numbers
from figures.plots.layer_scores import LOOKS, Mark, Marks, by_epoch
from figures.replacement.curves import LearningCurves
from figures.replacement.first_steps import STEP_SIZES, WIDE, compute
from figures.replacement.tasks import FOLDS, READINGS

__all__ = ["ALPHA", "CURVES", "FIGURES", "FRESH", "IDS", "caption", "details", "draw", "findings"]

_NAMES = {
    "grammar": "a small grammar",
    "conll2003_en": "English names",
    "wikiann_de": "German names",
    "ud_english_train": "parts of speech",
}
_TAGS = {"grammar": 4, "conll2003_en": 9, "wikiann_de": 7, "ud_english_train": 49}
FRESH = ("wikiann_de", "ud_english_train")
"""Data of which no training was looked at before the sign tests were planned."""
IDS = {"first-steps": ("conll2003_en",), "first-steps-planned": FRESH}
"""The data of each figure."""
ALPHA = 0.02
"""Probability that any of these tests has a wrong answer."""
_PRINTED = {"NER English": "conll2003_en"}
"""The paper's data of which it prints the first steps."""


def _place(dataset: str, reading: str) -> str:
    n1, n2 = WIDE[dataset] if reading == "P" else (256, _TAGS[dataset])
    return f"{_NAMES[dataset]}: {reading}, {n1} → {n2}"


CURVES = LearningCurves(
    "score",
    "step",
    {(dataset, reading): _place(dataset, reading) for dataset in WIDE for reading in READINGS},
)


def _printed(table: Table) -> Marks:
    """The printed scores of Figure S3 over the first steps, for both readings."""
    found: dict[str, list[Mark]] = {}
    for one in numbers("figure-s3"):
        if one.at != "last":
            for title in CURVES.groups(select(table, dataset=_PRINTED[one.subject])):
                mark = Mark(one.series, 100 * float(one.value), int(one.at))
                found.setdefault(title, []).append(mark)
    return found


def draw(table: Table) -> Any:
    """Draw a panel for each task: the mean score after each scored step, a line for each layer."""
    return by_epoch(
        CURVES.groups(table), "score", "test score in %", printed=_printed(table), column="step"
    )


def caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is shown."""
    stars = " Stars: printed; the paper's tagger has pretrained embeddings and a CRF." * bool(
        _printed(table)
    )
    return (
        "Mean test score of taggers over their first steps, F1 for names, with 95 % intervals at "
        "both ends. R: the layer from 256 features to the tags is replaced, P: a wide layer of a "
        f"printed size before it.{stars}"
    )


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is trained; the numbers are those of the table and its settings."""
    replicates = len({row["replicate"] for row in table})
    tried = in_the_middle(STEP_SIZES, int(settings[0].get("tried", 0)))
    sizes = [f"{size:g}" for size in tried]
    cases = {
        (row["dataset"], row["reading"], row["layer"]): float(row["step_size"]) for row in table
    }
    at_end = sum(size in {tried[0], tried[-1]} for size in cases.values())
    names = {row["dataset"] for row in table}
    return (
        "The tagger is an LSTM of width 128 in both directions on words and letters, without "
        "pretrained embeddings and without a CRF. In reading P a dense layer widens its 256 "
        "features, and rectifiers stand before and after the wide layer. Adam in batches of 32 "
        f"sentences with the best of the step sizes {joined(sizes)}, each tried in one whole "
        f"training, on a tenth of the training sentences, held out; then {replicates} trainings "
        "with other seeds. So every kind has equally many trainings. The best is an end of this "
        f"range in {at_end} of {len(cases)} cases. Intervals of differences are of an analysis of "
        f"variance with seeds and {FOLDS} stretches of the test sentences as crossed effects."
        + " The English names are those of CoNLL-2003."
        * ("conll2003_en" in names)
        + " The German names are those of WikiANN, which links between articles of the Wikipedia "
        "mark, the parts of speech those of English web text of Universal Dependencies."
        * (set(FRESH) <= names)
    )


def findings(table: Table) -> str:
    """The differences, and what the sign tests say of the data that were not looked at before."""
    if not set(FRESH) <= {row["dataset"] for row in table}:
        return CURVES.findings(table)
    kinds = {"dense": "dense layer", "low rank, equal weights": "pair of equal weights"}
    tests = [
        f"in reading {one.reading} after {one.point} steps, against the {kinds[one.kind]}, "
        f"{one.test.in_words}"
        for one in CURVES.planned(table, FRESH, ALPHA)
    ]
    together = joined([_NAMES[dataset] for dataset in FRESH])
    return (
        f"{CURVES.findings(table)} Of {together} together, with {ALPHA:g} for any wrong answer, "
        f"the tagger with the butterfly is {'; '.join(tests)}."
    )


_SOURCES = {
    "conll2003_en": ("conll2003_en",),
    "wikiann_de": ("wikiann_de",),
    "ud_english_train": ("ud_english_ewt",),
}

FIGURES = tuple(
    Figure(
        id=id,
        title=TITLES[id],
        source="Figure S3 of arXiv 2007.08864v2, its right part, in both readings",
        compute=compute,
        draw=draw,
        caption=caption,
        details=details,
        findings=findings,
        sheet=CURVES.sheet,
        cases={
            "quick": [
                {"dataset": "grammar", "reading": reading, "kind": kind, "marks": 2, "steps": 5}
                | {"replicates": 2, "tried": 2}
                for reading in READINGS
                for kind in LOOKS
            ],
            "paper": [
                {"dataset": dataset, "reading": reading, "kind": kind}
                for dataset in datasets
                for reading in READINGS
                for kind in LOOKS
            ],
        },
        sources={name: source for name, source in _SOURCES.items() if name in datasets},
        needs=("torch",),
    )
    for id, datasets in IDS.items()
)
