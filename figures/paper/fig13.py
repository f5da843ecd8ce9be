"""Figure 13: loss of the auto-encoder against k, Gaussian 2, Olivetti and hyperspectral data."""

from __future__ import annotations

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.experiments.autoencoding import compute
from figures.plots import loss_curves as curves
from figures.plots.loss_curves import SOURCES, draw, paper_cases, quick_cases

__all__ = ["CAPTION", "FIGURE", "compute", "draw"]

CAPTION = curves.CAPTION + (
    "Data matrices as in the paper's appendix, rows permuted. Gaussian 2: as Gaussian 1 with n/16 "
    "vectors. Olivetti: each of 1024 rows is a face of 64 × 64 pixels, drawn with repetition, "
    "because there are 400, so that the rank is below 400 where the paper prints 1024. The "
    "hyperspectral matrix of the paper is from HS-SOD; the stand-in has 1024 pixels of 768 "
    "windows of 32 × 32 in bands of Jasper Ridge. The paper says that the trained loss is almost "
    "equal to Δ_k. Variable projection ends within 0.05 % of it, two phases of Adam within 6.4 %; "
    "joint Adam, with the same number of steps, ends at many times Δ_k where Δ_k is less than a "
    "thousandth of ‖X‖_F²."
)


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
