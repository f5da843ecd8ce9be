"""Where training ends on real data, for networks of a size that is used.

The sizes and the numbers of starts were fixed before these trainings, after some with other draws.
"""

from __future__ import annotations

import warnings
from itertools import count

import numpy as np
from scipy.sparse.linalg import LinearOperator, lobpcg

from figures.engine.table import Row, Table
from figures.experiments.autoencoding import data_matrix
from fjlt import Butterfly, TruncatedButterfly
from fjlt.runs.seeds import stream
from fjlt.types import IndexArray, RealArray
from landscape import EncoderDecoder, fit, minimise_reduced
from landscape.enumeration.real_form import real_variables
from landscape.planes.dimension import dimension_bound
from landscape.planes.row_spaces import RowSpaces
from landscape.training.variable_projection import VariableProjection

__all__ = ["compute", "curvatures"]

STEPS = 3000
"""Steps of a training, and of each that follows a push along negative curvature."""
PUSHES = 3
"""How often a training that ends where the loss curves down is continued."""
ITERATIONS, BLOCK = 20, 4
"""Of the method for the curvatures: iterations, and vectors in each."""
NEWTON = 256
"""Up to so many variables an end is refined by Newton's method, and its Morse index is computed."""
H = 1e-4
"""Half the difference between the weights of two gradients, over the norm of the weights."""
DOWN = 1e-3
"""The loss curves down where the least curvature is below -DOWN times the largest."""


def compute(
    seed: int = 0,
    dataset: str = "digits",
    n: int = 16,
    l: int = 4,
    k: int = 2,
    start: int = 0,
    starts: int = 4,
    steps: int = STEPS,
) -> Table:
    """Train auto-encoders from FJLTs with other signs, by variable projection.

    All starts have the same data and the same kept outputs.

    Parameters
    ----------
    seed : int
        Draws the data and the kept outputs, and with the number of the start its signs.
    dataset : str
        One of ``figures.experiments.autoencoding.DATA_MATRICES``.
    n, l, k : int
        Inputs, kept outputs of B, and width of the bottleneck.
    start, starts : int
        Numbers of the starts: start, …, start + starts - 1.
    steps : int
        Largest number of steps of L-BFGS before the curvature is asked for.

    Returns
    -------
    table : one row for each start
        Losses over ‖X‖_F²: ``optimum``, that of PCA; ``untrained``, that of the FJLT with the best
        D and E; ``loss``, in the end. ``gradient``, its norm times that of the weights, over
        ‖X‖_F²; ``least`` and ``largest``, the ends of the Hessian's spectrum in the weights of B,
        times the squared norm of the weights, over ‖X‖_F²; ``pushes``, how often the training was
        continued from where the loss curved down; ``steps``. ``refined``, the loss after Newton's
        method from there, and ``index`` and ``nullity`` there; ``loss``, −1 and −1 where that was
        not done or did not converge. ``bound``, an upper bound of the dimension of the row spaces
        that the network reaches, of all k(n - k).

    Raises
    ------
    ValueError
        For an unknown dataset, or sizes that do not fit.

    Examples
    --------
    >>> table = compute(starts=2)
    >>> [row["optimum"] <= row["loss"] <= row["untrained"] for row in table]
    [True, True]
    """
    X = data_matrix(dataset, n, stream(seed, dataset, n, "data"))
    # the loss depends on XXᵀ only, so a factor of it will do
    U, values, _ = np.linalg.svd(X, full_matrices=False)
    rank = int((values > max(X.shape) * np.finfo(float).eps * values[0]).sum())
    factor = U[:, :rank] * (values[:rank] / np.linalg.norm(values[:rank]))
    kept = np.sort(stream(seed, dataset, n, l, "outputs").choice(n, l, replace=False))
    about: Row = {
        "dataset": dataset,
        "n": n,
        "l": l,
        "k": k,
        "rank": rank,
        "bound": dimension_bound(n, kept.tolist(), k),
        # by Eckart and Young
        "optimum": float(np.square(factor[:, k:]).sum()),
    }
    return [
        {**about, "start": i, **_trained(factor, kept, k, steps, stream(seed, dataset, n, l, k, i))}
        for i in range(start, start + starts)
    ]


def _trained(x: RealArray, kept: IndexArray, k: int, steps: int, rng: np.random.Generator) -> Row:
    """One training. Where the loss curves down in the end, it goes on from there."""
    signs = rng.choice([-1.0, 1.0], size=len(x))
    B = TruncatedButterfly(Butterfly.hadamard(len(x), signs).weights, kept)
    projected = VariableProjection(B, x, x, k)
    untrained, taken = projected(projected.start)[0], 0
    for pushes in count():
        end = fit(x, x, k, B, "all", "variable-projection", max_steps=steps, tolerance=1e-9)
        taken += end.n_steps
        projected = VariableProjection(end.network.butterfly, x, x, k)
        weights = projected.start
        _, gradient = projected(weights)
        least, largest, direction = curvatures(projected, weights, rng)
        if pushes == PUSHES or least >= -DOWN * largest:
            break
        # of both directions along a negative curvature the lower one
        pushed = [weights + s * direction for s in (-0.01, 0.01)]
        B = projected.network(min(pushed, key=lambda w: projected(w)[0])).butterfly
    return {
        **_refined(x, kept, k, end.network, end.loss),
        "untrained": untrained,
        "loss": end.loss,
        "gradient": float(np.linalg.norm(gradient) * np.linalg.norm(weights)),
        "least": least,
        "largest": largest,
        "pushes": pushes,
        "steps": taken,
    }


def _refined(x: RealArray, kept: IndexArray, k: int, network: EncoderDecoder, loss: float) -> Row:
    """The loss that Newton's method ends at, and the Morse index, in other coordinates."""
    unknown: Row = {"refined": loss, "index": -1, "nullity": -1}
    spaces = RowSpaces(len(x), kept.tolist(), k)
    if spaces.size > NEWTON:
        return unknown
    plane, _ = np.linalg.qr(network.butterfly.T @ network.encoder.T)
    try:
        start = real_variables(spaces, plane.T)
    except ValueError:
        return unknown
    end = minimise_reduced(x, x, kept, k, start, max_steps=20)
    if not end.converged:
        return unknown
    return {"refined": end.loss, "index": end.index, "nullity": end.nullity}


def curvatures(
    projected: VariableProjection, weights: RealArray, rng: np.random.Generator
) -> tuple[float, float, RealArray]:
    """The least and the largest curvature of the reduced loss, and the direction of the least.

    The unit of length is the norm of the weights. The least is an upper bound of the least
    eigenvalue of the Hessian, the largest a lower bound of the largest, as far as differences of
    gradients give it. They are Rayleigh quotients of LOBPCG after ``ITERATIONS`` iterations.

    Parameters
    ----------
    projected : VariableProjection
    weights : ndarray
    rng : numpy.random.Generator
        Draws the first vector.

    Returns
    -------
    least, largest : float
    direction : ndarray
        Of the norm of the weights.

    Examples
    --------
    >>> from fjlt import srht
    >>> projected = VariableProjection(srht(2, 4, rng=0), np.eye(4), np.eye(4), 2)
    >>> least, largest, _ = curvatures(projected, projected.start, np.random.default_rng(0))
    >>> abs(least) < 1e-6, abs(largest) < 1e-6
    (True, True)
    """
    size = float(np.linalg.norm(weights))

    def along(direction: RealArray) -> RealArray:
        move = direction.ravel() * (H * size)
        difference = projected(weights + move)[1] - projected(weights - move)[1]
        return difference * (size / (2 * H))

    hessian = LinearOperator((len(weights),) * 2, matvec=along, dtype=np.float64)
    block = rng.standard_normal((len(weights), min(BLOCK, len(weights) // 5)))
    with warnings.catch_warnings():
        # an eigenvalue that is not accurate is a bound all the same
        warnings.simplefilter("ignore")
        low, directions = lobpcg(hessian, block, maxiter=ITERATIONS, largest=False)
        high, _ = lobpcg(hessian, block, maxiter=ITERATIONS, largest=True)
    return float(low.min()), float(high.max()), directions[:, low.argmin()] * size
