"""The taggers of figures S3 and S5: their trainings, their names, and words on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.table import Table, select
from figures.engine.wording import joined
from figures.experiments.tagging import SPANS
from figures.experiments.training import STEP_SIZES
from figures.plots.layer_scores import LOOKS

__all__ = [
    "CASES",
    "NAMES",
    "PAPER",
    "PRINTED",
    "SHORT_NAMES",
    "SOURCES",
    "TAGS",
    "details",
    "groups",
]

NAMES = {
    "grammar": "parts of speech,\na small grammar",
    "nltk_treebank": "parts of speech,\nPenn Treebank",
    "ud_english_ewt": "parts of speech,\nEnglish web",
    "nltk_conll2000": "chunks, stand-in\nfor English names",
    "europeana_ner_de": "German names,\nstand-in",
}

SHORT_NAMES = {
    "grammar": "a small grammar",
    "nltk_treebank": "the Penn Treebank sample",
    "ud_english_ewt": "English web",
    "nltk_conll2000": "chunks",
    "europeana_ner_de": "German names",
}
"""Names of the data in a sentence."""

PRINTED = {
    "NER English": "nltk_conll2000",
    "NER German": "europeana_ner_de",
    "Penn Treebank": "nltk_treebank",
}
"""The paper's data, and those of the same kind here."""

TAGS = {"nltk_treebank": 45, "ud_english_ewt": 49, "nltk_conll2000": 22, "europeana_ner_de": 8}
"""Numbers of tags, which are the outputs of the layer that is replaced."""

_EFFORT: dict[str, dict[str, float]] = {
    "nltk_treebank": {"epochs": 6},
    "ud_english_ewt": {"epochs": 8, "replicates": 15},
    "nltk_conll2000": {"epochs": 4, "trial_epochs": 1, "added_step_size": 0.1},
    "europeana_ner_de": {"epochs": 10, "trial_epochs": 10, "added_step_size": 0.1},
}

PAPER = tuple(_EFFORT)
"""The datasets of the paper, or what stands in for them."""

CASES: dict[str, list[dict[str, Any]]] = {
    "quick": [
        {"dataset": "grammar", "epochs": 2, "trial_epochs": 1, "replicates": 2, "kind": kind}
        | {"tried": 2}
        for kind in LOOKS
    ],
    "paper": [
        {"dataset": name, **effort, "kind": kind}
        for name, effort in _EFFORT.items()
        for kind in LOOKS
    ],
}
"""The tagger of each dataset with each kind of last layer."""

SOURCES: dict[str, tuple[str, ...]] = {name: (name,) for name in PAPER}
"""Registered data."""


def details(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What the taggers of figure S3 are and how they are compared."""
    names = list(dict.fromkeys(str(row["dataset"]) for row in table))
    counts = {name: len({r["replicate"] for r in select(table, dataset=name)}) for name in names}
    usual = min(counts.values())
    more = [f"{counts[n]} for {SHORT_NAMES[n]}" for n in names if counts[n] != usual]
    tried = int(settings[0].get("tried", 0)) or len(STEP_SIZES["Adam"])
    replicates = joined([f"{usual} replicates", *more]) if more else f"{usual} replicates"
    return (
        "The score is the share of right tags for parts of speech, and F1 of spans otherwise. The "
        "tagger is an LSTM of width 128 in both directions on words and letters. Its last layer, "
        "from 256 features to the tags, is dense, or the butterfly replacement with k = ⌈log₂ n⌉ "
        "on either side that starts as an FJLT, or a pair of dense layers of the same rank, or a "
        f"pair with at most as many weights. Adam; {replicates}, with other sentences held out, "
        "other starts and other batches. The step size of each kind and task is the best of "
        f"{tried} on a tenth of the training sentences, held out. "
        + _added(settings)
        + "Intervals are of 95 %, by Student's t. "
        + "Chunks stand in for the English names of CoNLL-2003. " * ("nltk_conll2000" in names)
        + "Names in old newspapers stand in for its German ones. " * ("europeana_ner_de" in names)
        + "The taggers of the paper have pretrained embeddings and a CRF."
    )


def _added(settings: Sequence[Mapping[str, Any]]) -> str:
    """For which data a further step size is tried, and for which in whole trainings."""
    more, whole = (
        list(dict.fromkeys(SHORT_NAMES[case["dataset"]] for case in settings if chosen(case)))
        for chosen in (
            lambda case: "added_step_size" in case,
            lambda case: case.get("trial_epochs") == case.get("epochs"),
        )
    )
    words = f"One more is tried for {joined(more)}. " if more else ""
    return words + (f"For {joined(whole)} each is tried in a whole training. " if whole else "")


def groups(table: Table) -> dict[str, Table]:
    """The rows of each dataset, by its name and the name of its score."""
    names = list(dict.fromkeys(str(row["dataset"]) for row in table))
    return {
        f"{NAMES[name]},\n{'F1' if name in SPANS else 'accuracy'}": select(table, dataset=name)
        for name in names
    }
