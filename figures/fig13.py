"""Figure 13: loss of the auto-encoder against k, Gaussian 2, Olivetti and hyperspectral data."""

from __future__ import annotations

from figures.autoencoding import compute
from figures.figure import Figure
from figures.gallery import TITLES
from figures.loss_curves import SOURCES, draw, paper_cases, quick_cases

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = ""


FIGURE = Figure(
    id="fig13",
    title=TITLES["fig13"],
    source="arXiv 2007.08864, Figure 13",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={
        "quick": quick_cases("gaussian-2", "olivetti", "hyperspectral"),
        "paper": paper_cases("gaussian-2", "olivetti", "hyperspectral"),
    },
    sources=SOURCES,
)
