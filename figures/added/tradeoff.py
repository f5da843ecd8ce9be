"""Accuracy, weights and time of a replaced layer against the number of outputs it keeps."""

from __future__ import annotations

from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.models.layers import LAYERS, SPARSE
from figures.replacement.sweep import MULTIPLES, compute
from figures.replacement.tasks import TASKS


def _cases(task: str, multiples: tuple[int, ...], **effort: int) -> list[dict[str, Any]]:
    case = {"task": task, "dataset": TASKS[task].dataset, **effort}
    return [{**case, "kind": "dense"}] + [
        {**case, "kind": kind, "multiple": multiple}
        for multiple in multiples
        for kind in (*LAYERS[1:], *SPARSE)
    ]


FIGURES = (
    Figure(
        id="tradeoff",
        title=TITLES["tradeoff"],
        source="",
        compute=compute,
        draw=lambda table: __import__("matplotlib.figure").figure.Figure(),
        caption=lambda table, settings: "",
        cases={
            "quick": _cases("digits, output", (1, 4), replicates=2, runs=10),
            "paper": [case for task in TASKS for case in _cases(task, MULTIPLES)],
        },
        sources={"mnist": ("mnist",), "nltk_treebank": ("nltk_treebank",)},
        needs=("torch",),
    ),
)
