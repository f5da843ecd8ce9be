"""Figure 2: loss of the auto-encoder against k, Gaussian 1 and MNIST."""

from __future__ import annotations

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.experiments.autoencoding import compute
from figures.plots import loss_curves as curves
from figures.plots.loss_curves import SOURCES, draw, paper_cases, quick_cases

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = curves.CAPTION + (
    "Data matrices as in the paper's appendix, rows permuted. Gaussian 1: random combinations of "
    "n/32 orthonormal vectors with coefficients N(0, 0.01). MNIST: each row is an image, padded "
    "to 32 × 32 by N(0, 0.01); the paper prints rank 1024, but the pixels that are 0 in every "
    "image leave about 830. The paper says that the trained loss is almost equal to Δ_k. It is, "
    "as far as the butterfly goes: variable projection ends within 0.2 % of Δ_k everywhere, two "
    "phases of Adam within 3.1 %; joint Adam, in the means, within 10 %."
)


FIGURE = Figure(
    id="fig02",
    title=TITLES["fig02"],
    source="arXiv 2007.08864, Figure 2",
    caption=CAPTION,
    compute=compute,
    draw=draw,
    cases={
        "quick": quick_cases("gaussian-1", "digits"),
        "paper": paper_cases("gaussian-1", "mnist"),
    },
    sources=SOURCES,
)
