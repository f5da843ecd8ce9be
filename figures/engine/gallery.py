"""All figures and tables by id: those of the paper, and those that were added."""

from __future__ import annotations

from importlib import import_module

from figures.engine.figure import Figure
from fjlt.extras import installed
from fjlt.runs.console import choose

__all__ = ["TITLES", "find"]

TITLES = {
    "fig01": "Final test accuracy with a dense layer and with its butterfly replacement: images",
    "fig02": "Auto-encoder loss against k: PCA, FJLT+PCA, trained encoder-decoder butterfly",
    "fig03": "Two-phase learning on one natural image",
    "fig04": "Learned sketches for low-rank approximation: test error by method",
    "fig05": "Learned sketches: N learned non-zeros per column against the learned butterfly",
    "fig06": "A 16 × 16 butterfly as a graph of 4 layers and as a product of 4 sparse matrices",
    "fig07": "Number of weights of the dense layer and of its replacement",
    "fig08": "Number of weights of the whole models",
    "fig09": "Sequence labelling: final score, and score over the first epochs",
    "fig10": "Training and inference time of both models: images",
    "fig11": "Training and inference time of both models: language",
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
"""Title of each figure, in the order in which they are listed."""

_MODULES = {
    "figures.paper.autoencoder_losses": ("fig02", "fig03", "fig13"),
    "figures.paper.learned_sketches": ("fig04", "fig05", "fig14", "fig15", "fig16"),
    "figures.paper.replaced_layers": ("fig01", "fig09", "fig10", "fig11", "fig12"),
    **{f"figures.paper.{id}": (id,) for id in ("fig06", "fig07", "fig08", "tab04")},
    **{f"figures.added.{id}": (id,) for id in ("duel", "seeds", "beyond", "crossover", "ratios")},
}
"""The module that declares each figure, imported only when the figure is asked for."""


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
    name = next(name for name, ids in _MODULES.items() if id in ids)
    with installed("landscape"):
        figures: tuple[Figure, ...] = import_module(name).FIGURES
    return next(figure for figure in figures if figure.id == id)
