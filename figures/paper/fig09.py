"""Figure 9: taggers of sentences with a dense last layer, and with what may stand in its place."""

from __future__ import annotations

from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table
from figures.experiments.tagging import compute
from figures.plots.language import CASES, SOURCES, groups
from figures.plots.layer_scores import finals_and_epochs

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = (
    "Above, scores on the test sentences after the last epoch, a stroke a replicate, and the mean "
    "number of weights of the tagger; below, after each epoch. The share of right tags for parts "
    "of speech, else F1 of spans. The tagger is an LSTM of width 128 in both directions on words "
    "and letters; its last layer, from 256 features to the tags, is dense, or the butterfly "
    "replacement with k = ⌈log₂ n⌉ on either side that starts as an FJLT, or a pair of dense "
    "layers of the same rank, or a pair of at most as many weights. Adam; five replicates, for "
    "English web fifteen, with other sentences held out, starts and batches; the step size of "
    "each kind and task is the best of six on a tenth of the training sentences, held out. "
    "Intervals are of 95 %, by t. The butterfly ends below the dense layer: by 1.1 points (0.7 to "
    "1.5), 3.5 (2.7 to 4.3), 1.3 (0.4 to 2.2) and 18.3 (16.2 to 20.5) from left to right, where "
    "its rank is 6, 6, 5 and 3; the pair of as many weights by 0.4, 1.3, 0.6 and 0.8. Chunks "
    "stand in for the English names of CoNLL-2003, names in old newspapers for its German ones; "
    "the paper's taggers have pretrained embeddings and a CRF."
)


def draw(table: Table) -> Any:
    """Draw the score by layer and task, and below against the epoch."""
    return finals_and_epochs(groups(table), "score", "test score in %")


FIGURE = Figure(
    id="fig09",
    title=TITLES["fig09"],
    source="arXiv 2007.08864, Figure 9",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases=CASES,
    sources=SOURCES,
    needs=("torch",),
)
