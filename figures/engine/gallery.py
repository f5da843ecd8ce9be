"""All figures and tables of the paper by id, and five more: what each shows."""

from __future__ import annotations

from importlib import import_module

from figures.engine.figure import Figure
from fjlt.runs.console import choose

__all__ = ["TITLES", "find", "module_of"]

TITLES = {
    "fig01": "Final test accuracy: dense last layer against its butterfly replacement, images",
    "fig02": "Auto-encoder loss against k: PCA, FJLT+PCA, trained encoder-decoder butterfly",
    "fig03": "Two-phase learning on one natural image",
    "fig04": "Learned sketches for low-rank approximation: test error by method",
    "fig05": "Learned sketches: N learned non-zeros a column against the learned butterfly",
    "fig06": "A 16 × 16 butterfly as a graph of 4 layers and as a product of 4 sparse matrices",
    "fig07": "Number of weights of the dense layer and of its replacement",
    "fig08": "Number of weights of the whole models",
    "fig09": "Sequence labelling: final F1, and F1 over the first epochs",
    "fig10": "Training and inference time of both models, images",
    "fig11": "Training and inference time of both models, language",
    "fig12": "Test accuracy over the first 20 epochs, two models and two optimisers",
    "fig13": "Auto-encoder loss against k, further data",
    "fig14": "Learned sketches, k = 1 and ℓ = 20",
    "fig15": "Learned sketches, k = 10 and ℓ from 10 to 80",
    "fig16": "Learned sketches: test error during training",
    "tab04": "Learned sketches: test error over nine pairs (k, ℓ)",
    "duel": "Learned butterfly against learned sparse and dense sketches, draw by draw",
    "seeds": "Hundreds of trainings with the dense layer and with its replacement, seed by seed",
    "beyond": "Several layers replaced, rectifiers inside, fewer images, other starts",
    "crossover": "Time and memory of the replacement over those of the dense layer, by size",
    "ratios": "Auto-encoder loss after training, as a multiple of the optimum",
}
"""The module of each has the name of its id and holds ``FIGURE``."""


def find(id: str) -> Figure:
    """The figure of an id.

    Raises
    ------
    ValueError
        If the id is unknown, with the nearest known one.

    Examples
    --------
    >>> find("fig06").source
    'arXiv 2007.08864, Figure 6'
    """
    choose(id, TITLES, "figure")
    figure: Figure = import_module(module_of(id)).FIGURE
    return figure


def module_of(id: str) -> str:
    """The module that declares a figure: those of the paper and the added ones have a folder each."""
    return f"figures.{'paper' if id.startswith(('fig', 'tab')) else 'added'}.{id}"
