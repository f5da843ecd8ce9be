"""Which share of ‖W‖_F² a structured matrix of as many weights keeps, for drawn and trained W."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from figures.data import digits
from fjlt import dft, factorise, max_effective_weights
from fjlt.types import Array, RealArray
from landscape.fixed.effective_weights import EffectiveWeights

__all__ = [
    "Shares",
    "examples",
    "gaussian_ceilings",
    "kept_shares",
    "pair_share",
    "rank_share",
    "trained_layers",
]


class Shares(NamedTuple):
    """Shares of ‖W‖_F² that the best of each kind keeps, W of size n × n, k = log2 n.

    Attributes
    ----------
    pair : float, optional
        J2ᵀ·C·J1 of k kept outputs, all trained: found by descent, so at most the best; None for
        complex W.
    rank : float
        Rank k: the best of every J2ᵀ·C·J1.
    dense_pair : float
        The largest rank whose two dense factors have no more weights than the pair.
    butterfly, ceiling : float
        One butterfly of size n: found, and at most.
    """

    pair: float | None
    rank: float
    dense_pair: float
    butterfly: float
    ceiling: float


def rank_share(W: Array, r: int) -> float:
    """Share that the best matrix of rank r keeps, by Eckart and Young."""
    squares = np.linalg.svd(W, compute_uv=False) ** 2
    return float(squares[:r].sum() / squares.sum())


def pair_share(W: RealArray, k: int, steps: int) -> float:
    """Share that J2ᵀ·C·J1 keeps after descent in all weights.

    J1 and J2 keep the outputs 0, …, k − 1, the set with the most effective weights. The core C is
    the best for them. Descent begins near the singular vectors.
    """
    from scipy.optimize import minimize

    n, rows = len(W), np.arange(k)
    U, _, V = np.linalg.svd(W)
    families = [
        EffectiveWeights(factorise(basis, rows, polish=4).operator) for basis in (V[:k], U[:, :k].T)
    ]
    one, total = np.eye(n), float(np.sum(W**2))

    def error(x: RealArray) -> tuple[float, RealArray]:
        J1, J2 = (f.at(theta) for f, theta in zip(families, x.reshape(2, -1), strict=True))
        right, left = J1.product(one), J2.product(one)
        core = np.linalg.pinv(left.T) @ W @ np.linalg.pinv(right)
        residual = left.T @ core @ right - W
        # At the best core the error has no derivative in it.
        slope = 2 * np.concatenate(
            [
                J1.gradient(one, core.T @ left @ residual),
                J2.gradient(one, core @ right @ residual.T),
            ]
        )
        return float(np.sum(residual**2)) / total, slope / total

    start = np.concatenate([family.start for family in families])
    found = minimize(error, start, jac=True, method="L-BFGS-B", options={"maxiter": steps})
    return 1 - float(found.fun)


def kept_shares(W: Array, steps: int, polish: int) -> Shares:
    """The shares of a matrix of size n × n."""
    n = len(W)
    k = n.bit_length() - 1
    weights = 2 * max_effective_weights(n, k) + k * k
    near = factorise(W, polish=polish)
    return Shares(
        None if np.iscomplexobj(W) else pair_share(W, k, steps),
        rank_share(W, k),
        rank_share(W, weights // (2 * n)),
        1 - near.error**2,
        1 - near.floor**2,
    )


def trained_layers(decay: float, rng: Generator) -> tuple[list[RealArray], float]:
    """(the two hidden layers, 64 × 64, of a network for the digits, its accuracy).

    The network has the layers 64 → 64 → 64 → 10 with rectifiers. It is trained on every other digit
    by 40 epochs of Adam with this weight decay, and judged on the others.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    X, labels = digits()
    images, seed = X.T / 16, int(rng.integers(2**31))
    network = MLPClassifier(
        (64, 64),
        alpha=decay,
        batch_size=32,
        learning_rate_init=3e-3,
        max_iter=40,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(images[::2], labels[::2])
    return [W.T for W in network.coefs_[:2]], float(network.score(images[1::2], labels[1::2]))


def examples(n: int, rng: Generator) -> dict[str, Array]:
    """Drawn matrices of size n and the Fourier transform, its inputs in bit-reversed order."""
    return {
        "Gaussian": rng.standard_normal((n, n)),
        "orthogonal": np.linalg.qr(rng.standard_normal((n, n)))[0],
        "Fourier": dft(n, norm="ortho").factors[0].to_dense(),
    }


def gaussian_ceilings(n: int, k: int) -> tuple[float, float]:
    """Bounds of the mean shares of rank k, and of a butterfly of size n = 4^q, for Gaussian W.

    ‖W‖_F is independent of the share, so its mean is that of the kept squares over n². The largest
    singular value of an a × b matrix has the mean √a + √b at most (Davidson and Szarek), and, as a
    function of the entries with Lipschitz constant 1, the variance 1 at most. Rank k keeps k
    squares of one matrix, a butterfly one square of each of n blocks of size √n × √n.
    """
    return k * (4 * n + 1) / n**2, n * (4 * n**0.5 + 1) / n**2
