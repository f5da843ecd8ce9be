"""Figure 2: loss of the auto-encoder against k, Gaussian 1 and MNIST."""

from __future__ import annotations

from figures.autoencoding import compute
from figures.figure import Figure
from figures.gallery import TITLES
from figures.loss_curves import SOURCES, draw, paper_cases, quick_cases

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = ""


FIGURE = Figure(
    id="fig02",
    title=TITLES["fig02"],
    source="arXiv 2007.08864, Figure 2",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={"quick": quick_cases("gaussian-1", "digits"), "paper": paper_cases("gaussian-1", "mnist")},
    sources=SOURCES,
)
