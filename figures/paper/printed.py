"""Numbers and statements quoted from the paper (arXiv 2007.08864, ICLR 2021 submission)."""

from __future__ import annotations

__all__ = ["STATEMENTS", "TABLE_4"]

_FAMILIES = ("hyperspectral", "cifar10", "newsgroups")

TABLE_4 = {
    (k, l, sketch): dict(zip(_FAMILIES, values, strict=True))
    for k, l, sketch, values in (
        (1, 5, "butterfly", (0.0008, 0.173, 0.188)),
        (1, 5, "sparse", (0.003, 1.121, 1.75)),
        (1, 5, "random sparse", (0.661, 4.870, 3.127)),
        (1, 10, "butterfly", (0.0002, 0.072, 0.051)),
        (1, 10, "sparse", (0.002, 0.671, 0.455)),
        (1, 10, "random sparse", (0.131, 1.82, 1.44)),
        (10, 10, "butterfly", (0.031, 0.751, 0.619)),
        (10, 10, "sparse", (0.489, 6.989, 7.154)),
        (10, 10, "random sparse", (5.712, 26.133, 18.805)),
        (10, 20, "butterfly", (0.012, 0.470, 0.568)),
        (10, 20, "sparse", (0.139, 3.122, 3.134)),
        (10, 20, "random sparse", (2.097, 9.216, 8.22)),
    )
}
"""Test errors by (k, ℓ, sketch) and family, printed for HS-SOD, CIFAR-10 and Tech: the entries
whose column is beyond doubt in the text of the paper."""

STATEMENTS = {
    "fig01": "Networks for images are as accurate with the replacement of their last layer, or "
    "more accurate",
    "fig02": "Gaussian 1 and MNIST: the loss of the trained network is almost equal to Δ_k for "
    "all k, and equal to it for small and large k",
    "fig13": "The same for Gaussian 2, Olivetti and hyperspectral data",
    "fig03": "One image of ImageNet: phase two improves on phase one",
    "fig04": "At k = 10, ℓ = 20 the learned butterfly has a far smaller test error than the "
    "learned sparse sketch on three data sets",
    "fig05": "and than a learned dense matrix",
    "fig06": "A 16 × 16 butterfly",
    "fig07": "A significant reduction of the weights of the dense layer",
    "fig08": "Weights of the whole models",
    "fig09": "Taggers score as high with the replacement, in the end and in the first epochs",
    "fig10": "Networks for images train and predict faster with the replacement (seconds on a GPU)",
    "fig11": "and so do taggers",
    "fig12": "Accuracy as in figure 1 in each of the first 20 epochs, by Adam and SGD",
    "fig14": "The same order at k = 1, ℓ = 20",
    "fig15": "and for ℓ from 10 to 80 at k = 10",
    "fig16": "During the training the butterfly soon passes the sparse sketch",
    "tab04": "butterfly < sparse < random in all nine pairs on all data",
}
"""What each figure or table of the paper is to show, in short."""
