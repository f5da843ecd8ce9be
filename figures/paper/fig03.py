"""Figure 3: two-phase learning on one photograph, with a view relative to the optimum."""

from __future__ import annotations

from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Table
from figures.experiments.autoencoding import compute
from figures.plots import loss_curves as curves
from figures.plots.loss_curves import SOURCES, paper_cases, quick_cases

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = curves.CAPTION + (
    "X is the middle n × n pixels of one photograph, a stand-in for the picture from ImageNet: n "
    "= 512 in the profile “paper”. The paper shows the loss after phase one and after phase two, "
    "and a zoom; here the right panel takes its place. Phase two improves on phase one, whose end "
    "is that of FJLT+PCA, as long as ℓ is far below n."
)


def draw(table: Table) -> Any:
    """Draw the losses, and beside them the same relative to Δ_k."""
    return curves.draw(table, side_by_side=True)


FIGURE = Figure(
    id="fig03",
    title=TITLES["fig03"],
    source="arXiv 2007.08864, Figure 3",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={"quick": quick_cases("photograph"), "paper": paper_cases("photograph", n=512)},
    sources=SOURCES,
)
