"""Figure S2: weights of the whole models, with the dense layer and with its replacement."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Row, Sheet, Table
from figures.engine.wording import count, fixed, joined, significant
from figures.experiments.counting import compute
from figures.numbering import paper
from figures.paper.figure_1 import DENSE, EFFECTIVE, dot, panels, printed_counts, title

__all__ = ["FIGURES", "draw", "findings", "saving", "sheet"]


def draw(table: Table) -> Any:
    """Draw two dots for each layer on logarithmic axes, with counts and savings beside them."""

    def layer(axes: Any, row: Row, top: float) -> None:
        original, replaced = float(row["original"]), float(row["replaced"])
        dot(axes, top, original, count(original), DENSE)
        change = f"{'−' if saving(row) > 0 else '+'}{abs(saving(row)):.2g} %"
        dot(axes, top + 0.2, replaced, change, EFFECTIVE)

    entries = (
        (DENSE, "with the dense layer"),
        (EFFECTIVE, "with its replacement, effective: mean"),
    )
    return panels(table, layer, ("original", "replaced"), entries)


def saving(row: Row, column: str = "effective_mean") -> float:
    """Share of the weights of the model that the replacement of the layer saves, in per cent.

    Parameters
    ----------
    row : Row
        Of the table of ``figures.experiments.counting.compute``.
    column : str
        Which count of the weights of the replacement is taken.

    Examples
    --------
    >>> [round(saving(row), 2) for row in compute()[3:5]]
    [0.29, 1.76]
    """
    return 100 * (float(row["dense"]) - float(row[column])) / float(row["original"])


def sheet(table: Table) -> Sheet:
    """The weights of the models as a table, a line for each layer that is replaced."""
    lines = [
        [
            title(row),
            count(float(row["original"])),
            count(float(row["replaced"])),
            f"{fixed(saving(row), 2)} %",
            f"{fixed(saving(row, 'nominal'), 2)} %",
            *printed_counts("figure-s2", row),
        ]
        for row in table
    ]
    head = ["layer", "with the dense layer", "with its replacement", "saved", "saved, nominal"]
    return Sheet([*head, "printed, dense", "printed, butterfly"], lines)


def _caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    final = [saving(row) for row in table if row["layer"] == "final"]
    square = [saving(row) for row in table if row["layer"] == "reprojection"]
    return (
        "All trained numbers of the models with the dense layer, and with its replacement, for "
        "which the mean number of effective weights counts, and the change in per cent. What "
        "the paper prints stands in the table. The replacement of the final layer saves "
        f"{fixed(min(final), 2)} to {fixed(max(final), 2)} %, that of the square reprojection of "
        f"the embeddings in taggers {fixed(min(square), 0)} to {fixed(max(square), 0)} %."
    )


DETAILS = (
    "All trained numbers of the models, biases and normalisations included, with the dense layer "
    "and with its replacement, for which the mean number of effective weights counts. The "
    "embeddings of the taggers are trained beforehand and frozen, and are not counted. "
    "What the paper prints is compared with these models in claim printed-model-weights."
)


def findings(table: Table) -> str:
    """How much of a model the replacement saves."""
    spread = max(
        (float(row["effective_max"]) - float(row["effective_min"])) / float(row["replaced"])
        for row in table
    )
    final = [row for row in table if row["layer"] == "final"]
    *others, most = sorted(final, key=saving)
    grown = [row for row in final if saving(row, "nominal") < 0]
    by = [f"{row['model']} by {fixed(-saving(row, 'nominal'), 2)} %" for row in grown]
    square = [saving(row) for row in table if row["layer"] == "reprojection"]
    least = fixed(saving(others[0]), 2), fixed(saving(others[-1]), 2)
    return (
        "Which outputs are kept changes no model by more than "
        f"{significant(math.ceil(1e4 * spread) / 100)} %; there are no other errors. The "
        f"replacement of the final layer saves most for {most['model']}, "
        f"{fixed(saving(most), 2)} %, and {least[0]} to {least[1]} % for the other models, since "
        "nearly all weights lie elsewhere. By nominal weights, which a full butterfly stores, "
        f"{len(grown)} models grow: {joined(by)}. Most of what is trained in a tagger is the "
        "square reprojection of the embeddings, a linear layer that is not the final one. Its "
        f"replacement saves {fixed(min(square), 0)} to {fixed(max(square), 0)} %."
    )


FIGURES = (
    Figure(
        id="figure-s2",
        title=TITLES["figure-s2"],
        source=paper("Figure S2"),
        compute=compute,
        draw=draw,
        caption=_caption,
        details=lambda table, settings: DETAILS,
        sheet=sheet,
        findings=findings,
    ),
)
