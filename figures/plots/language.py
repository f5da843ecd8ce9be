"""The taggers that figures 9 and 11 are about, and how their results are called."""

from __future__ import annotations

from typing import Any

from figures.engine.table import Table, select
from figures.experiments.tagging import SPANS
from figures.plots.layer_scores import LOOKS

__all__ = ["CASES", "NAMES", "PAPER", "SOURCES", "groups"]

NAMES = {
    "grammar": "parts of speech,\na small grammar",
    "nltk_treebank": "parts of speech,\nPenn Treebank",
    "ud_english_ewt": "parts of speech,\nEnglish web",
    "nltk_conll2000": "chunks, stand-in\nfor English names",
    "europeana_ner_de": "German names,\nEuropeana, stand-in",
}

_EFFORT: dict[str, dict[str, int]] = {
    "nltk_treebank": {"epochs": 6},
    "ud_english_ewt": {"epochs": 8, "replicates": 15},
    "nltk_conll2000": {"epochs": 4, "trial_epochs": 1},
    "europeana_ner_de": {"epochs": 10},
}

PAPER = tuple(_EFFORT)
"""The datasets of the paper, or what stands in for them."""

CASES: dict[str, list[dict[str, Any]]] = {
    "quick": [
        {"dataset": "grammar", "epochs": 3, "trial_epochs": 1, "replicates": 2, "kind": kind}
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


def groups(table: Table) -> dict[str, Table]:
    """The rows of each dataset, by its name and what its score is."""
    names = list(dict.fromkeys(str(row["dataset"]) for row in table))
    return {
        f"{NAMES[name]}: {'F1' if name in SPANS else 'accuracy'}": select(table, dataset=name)
        for name in names
    }
