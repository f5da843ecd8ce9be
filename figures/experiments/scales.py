"""Losses of PCA on the data of the auto-encoders, as described and on other scales.

Nothing is trained. The point is which matrix has the losses that the paper prints.
"""

from __future__ import annotations

import numpy as np

from figures.data import images
from figures.engine.table import Row, Table
from figures.experiments.autoencoding import data_matrix, scaled_rows
from fjlt.runs.console import choose
from fjlt.runs.seeds import stream
from fjlt.types import RealArray

__all__ = ["MATRICES", "compute", "pca_losses"]

MATRICES = ("gaussian-1", "gaussian-2", "mnist", "olivetti", "noise")
"""Those of the paper; images of MNIST are the first ones, and noise has independent entries."""


def compute(
    seed: int = 0,
    dataset: str = "noise",
    n: int = 1024,
    variance: float = 1e-4,
    scaled: bool = False,
    ks: str = "0,1,2,4,8,16",
    replicates: int = 5,
) -> Table:
    """The loss Δ_k of PCA on draws of a data matrix with n rows.

    Parameters
    ----------
    seed : int
        A replicate draws the numbers that are random: vectors and coefficients, faces, padding.
    dataset : str
        One of ``MATRICES``.
    n : int
        Rows of the matrix.
    variance : float
        Of the noise, or of the numbers that pad the images of MNIST; else it has no effect.
    scaled : bool
        Whether the mean row is taken off and each row gets norm 1, as in the released script.
    ks : str
        Numbers with commas between them.
    replicates : int
        Draws of the matrix.

    Returns
    -------
    table : one row for each replicate and k
        ``loss``, Δ_k; for k = 0 it is ‖X‖_F².

    Raises
    ------
    ValueError
        For an unknown matrix.
    FileNotFoundError
        If the data are absent and cannot be downloaded.

    Examples
    --------
    >>> table = compute(n=256, replicates=1, ks="0,4")
    >>> [round(row["loss"], 1) for row in table]
    [6.6, 6.2]
    """
    choose(dataset, MATRICES, "dataset")
    rows: list[Row] = []
    for replicate in range(replicates):
        rng = stream(seed, "scales", dataset, replicate)
        if dataset == "noise":
            X = rng.normal(0.0, np.sqrt(variance), (n, n))
        elif dataset == "mnist":
            X = _padded(n, np.sqrt(variance), rng)
        else:
            X = data_matrix(dataset, n, rng)
        losses = pca_losses(scaled_rows(X) if scaled else X)
        rows += [
            {
                "dataset": dataset,
                "variance": variance,
                "scaled": int(scaled),
                "replicate": replicate,
                "k": k,
                "loss": float(losses[k]),
            }
            for k in map(int, ks.split(","))
        ]
    return rows


def pca_losses(X: RealArray) -> RealArray:
    """Δ_0, …, Δ_n of a matrix of n rows, the sums of its squared singular values beyond the k-th.

    Examples
    --------
    >>> pca_losses(np.diag([1.0, 3.0, 2.0])).round(9).tolist()
    [14.0, 5.0, 1.0, 0.0]
    """
    # ascending; the rounding errors of a Gram matrix are small beside ‖X‖_F²
    squares = np.linalg.eigvalsh(X @ X.T).clip(min=0)
    return np.concatenate([np.cumsum(squares)[::-1], [0.0]])


def _padded(n: int, deviation: float, rng: np.random.Generator) -> RealArray:
    """The first n training images of MNIST, 28 × 28, in the middle of 32 × 32 normal numbers."""
    pictures, _ = images.mnist("train")
    padded = rng.normal(0.0, deviation, (n, 32, 32))
    padded[:, 2:30, 2:30] = pictures[:n] / 255
    return padded.reshape(n, -1)
