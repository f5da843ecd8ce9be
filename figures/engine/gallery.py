"""All figures and tables by id: those of the paper, and those that were added."""

from __future__ import annotations

from importlib import import_module

from figures.engine.figure import Figure
from fjlt.extras import installed
from fjlt.runs.console import choose

__all__ = ["TITLES", "find"]

TITLES = {
    "figure-1": "Number of weights of the dense layer and of its replacement",
    "figure-2": "Final test accuracy with a dense layer and with its butterfly replacement: images",
    "figure-3": "Test accuracy over the first epochs, two optimisers",
    "figure-4": "Auto-encoder loss against k: PCA, FJLT+PCA, trained encoder-decoder butterfly",
    "figure-5": "Auto-encoder loss against k, images of digits",
    "figure-6": "Two-phase learning on one natural image",
    "figure-7": "Learned sketches for low-rank approximation: test error by method",
    "figure-8": "Learned sketches: N learned non-zeros per column against the learned butterfly",
    "figure-s1": "A 16 × 16 butterfly as a graph of 4 layers and as a product of 4 sparse matrices",
    "figure-s2": "Number of weights of the whole models",
    "figure-s3": "Sequence labelling: final score, and score over the first epochs",
    "figure-s4": "Training and inference time of both models: images",
    "figure-s5": "Training and inference time of both models: language",
    "figure-s6": "Test accuracy over the first 20 epochs, two models and two optimisers",
    "figure-s7": "Auto-encoder loss against k, further data",
    "figure-s8": "Learned sketches, k = 1 and ℓ = 20",
    "figure-s9": "Learned sketches, k = 10 and ℓ from 10 to 80",
    "figure-s10": "Learned sketches: test error during training",
    "table-s1": "Learned sketches: test error over nine pairs (k, ℓ)",
    "duel": "Learned butterfly against learned sparse and dense sketches, draw by draw",
    "seeds": "Hundreds of trainings with the dense layer and with its replacement, seed by seed",
    "beyond": "Several layers replaced, rectifiers inside, fewer images, other starts",
    "anytime": "Rectifiers and starts: seeds until it is known what they cost",
    "tradeoff": "Accuracy, weights and time of a replaced layer against the outputs it keeps",
    "first-steps": "Scores of taggers of English names over the first steps, a layer replaced",
    "first-steps-planned": "Scores of two more taggers over the first steps, tests planned before",
    "photographs": "Accuracy on all of CIFAR-10, the output layer replaced",
    "photographs-wide": "Accuracy on all of CIFAR-10, a wide layer replaced",
    "crossover": "Time and memory of the replacement over those of the dense layer, by size",
    "ratios": "Auto-encoder loss after training, as a multiple of the optimum",
    "scales": "Which matrices have the printed losses of PCA",
    "landscapes": "Trained butterflies: real critical points and spurious minima of random data",
    "four-inputs": "Trained butterflies of four inputs: complete lists for thousands of data sets",
    "real-data": "Trained butterflies on real data: where training ends, up to 1024 inputs",
}
"""Title of each figure, in the order in which they are listed."""

_MODULES = {
    "figures.paper.autoencoder_losses": ("figure-4", "figure-5", "figure-6", "figure-s7"),
    "figures.paper.learned_sketches": (
        "figure-7",
        "figure-8",
        "figure-s8",
        "figure-s9",
        "figure-s10",
    ),
    "figures.paper.replaced_layers": (
        "figure-2",
        "figure-3",
        "figure-s3",
        "figure-s4",
        "figure-s5",
        "figure-s6",
    ),
    **{
        f"figures.paper.{id.replace('-', '_')}": (id,)
        for id in ("figure-1", "figure-s1", "figure-s2", "table-s1")
    },
    "figures.added.first_steps": ("first-steps", "first-steps-planned"),
    "figures.added.photographs": ("photographs", "photographs-wide"),
    **{
        f"figures.added.{id}": (id,)
        for id in (
            "duel",
            "seeds",
            "beyond",
            "anytime",
            "tradeoff",
            "crossover",
            "ratios",
            "scales",
        )
    },
    "figures.critical_points.landscapes": ("landscapes",),
    "figures.critical_points.four_inputs": ("four-inputs",),
    "figures.critical_points.real_data": ("real-data",),
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
    >>> find("figure-s1").source
    'Figure S1 of arXiv 2007.08864v2; Figure 6 of the ICLR 2021 submission'
    """
    choose(id, TITLES, "figure")
    name = next(name for name, ids in _MODULES.items() if id in ids)
    with installed("landscape"):
        figures: tuple[Figure, ...] = import_module(name).FIGURES
    return next(figure for figure in figures if figure.id == id)
