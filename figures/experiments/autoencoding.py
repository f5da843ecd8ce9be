"""The encoder-decoder butterfly network as an auto-encoder, against PCA and FJLT+PCA."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from figures.data import images, spectra
from figures.engine.table import Row, Table
from fjlt import TruncatedButterfly, low_rank, srht
from fjlt.runs.console import choose
from fjlt.runs.seeds import stream
from fjlt.types import IntArray, RealArray
from landscape import EncoderDecoder, fit, reduced_loss
from landscape.training.variable_projection import VariableProjection

__all__ = [
    "DATA_MATRICES",
    "METHODS",
    "STARTS_UNTRAINED",
    "compute",
    "data_matrix",
    "in_order",
    "printed_outputs",
    "proved_outputs",
    "scaled_rows",
]

METHODS = (
    "PCA",
    "FJLT+PCA",
    "FJLT+PCA, proved l",
    "Adam, joint",
    "Adam, phase one",
    "Adam, two phases",
    "variable projection",
    "Adam, random init",
)
"""Methods of a case, one row each. The third is left out where the proved number of outputs exceeds
n, and the last where it is given no steps."""

STARTS_UNTRAINED = ("Adam, two phases", "variable projection")
"""Methods that start at the loss of FJLT+PCA and keep the best point."""

STEP_SIZES = {"joint": 0.01, "phase one": 0.01, "phase two": 0.001, "random init": 0.01}
"""Step sizes of Adam; heuristic: the best of 0.001, 0.003, 0.01 in trials. The paper names none;
its scripts use 0.001."""

EPSILON = 1.0
"""ε of Proposition 2, printed and corrected: the bound is (1 + ε)Δ_k."""

_PADDING = 0.1
"""Standard deviation of the numbers that pad images of MNIST."""


def compute(
    seed: int = 0,
    dataset: str = "gaussian-1",
    n: int = 1024,
    k: int = 8,
    replicate: int = 0,
    adam_steps: int = 1600,
    projection_steps: int = 150,
    random_init_steps: int = 0,
) -> Table:
    """The loss of every method on one data matrix X (n, d), with Y = X.

    All methods but the third share one FJLT B with the printed number of outputs. Adam takes
    batches of 64 columns, with ``STEP_SIZES``. Phase one is half of its steps, with B fixed. Phase
    two takes the other half, from the best D and E for that B. The random init of Figure 6 starts
    where phase one does, and trains all weights.

    Parameters
    ----------
    seed, replicate : int
        The data, B, the starts of D and E and the batches are drawn from both and the dataset.
    dataset : str
        One of ``DATA_MATRICES``.
    n, k : int
        Rows of X, and width of the middle layer.
    adam_steps, projection_steps, random_init_steps : int
        Steps of Adam, of variable projection, and of Adam from the random init; 0 of the last
        leaves it out.

    Returns
    -------
    table : one row for each method
        ``loss``, ‖DEBX - X‖_F²; ``optimum``, the loss Δ_k of PCA; ``energy``, ‖X‖_F²; ``floor``,
        the least loss for the row's own B (Theorem 1); ``untrained``, that for B as drawn; ``l``,
        the outputs of B; ``rank``, that of X.

    Raises
    ------
    ArithmeticError
        If a loss is below Δ_k or its floor by more than rounding, or above FJLT+PCA for a method of
        ``STARTS_UNTRAINED``.

    Notes
    -----
    D and E start as PyTorch's linear layers do, uniform in ±1/sqrt(inputs), as the paper says.

    Examples
    --------
    >>> table = compute(n=64, k=1, adam_steps=20, projection_steps=20)
    >>> [(row["method"], row["l"]) for row in table[:3]]
    [('PCA', 64), ('FJLT+PCA', 1), ('FJLT+PCA, proved l', 32)]
    """
    X = data_matrix(dataset, n, stream(seed, dataset, replicate, "data"))
    # The loss ‖(DEB - I)X‖_F² depends on X through XXᵀ only. So whatever needs no batches of
    # columns works on a factor of shape (n, rank) with the same XXᵀ.
    U, values, _ = np.linalg.svd(X, full_matrices=False)
    rank = int((values > max(X.shape) * np.finfo(float).eps * values[0]).sum())
    factor = U[:, :rank] * values[:rank]
    # by Eckart and Young, Δ_k is the sum of the squared singular values beyond the k-th
    energy, optimum = (float(np.square(values[i:rank]).sum()) for i in (0, k))

    l, l_proved = min(printed_outputs(k), n), proved_outputs(k)
    rng = stream(seed, dataset, replicate, k, "B, D, E")
    B = srht(l, n, rng=rng)
    untrained = low_rank(factor, B, k).error
    # method, outputs of B, loss, floor
    losses: list[tuple[str, int, float, float]] = [
        ("PCA", n, optimum, optimum),
        ("FJLT+PCA", l, untrained, untrained),
    ]
    if l_proved <= n:
        error = low_rank(factor, srht(l_proved, n, rng=rng), k).error
        losses.append(("FJLT+PCA, proved l", l_proved, error, error))

    def adam(phase: str, start: EncoderDecoder, steps: int) -> EncoderDecoder:
        trained = fit(
            X,
            X,
            k,
            B,
            "fixed-b" if phase == "phase one" else "all",
            "adam",
            start=start,
            max_steps=steps,
            tolerance=1e-12,
            step_size=STEP_SIZES[phase],
            batch_size=min(64, X.shape[1]),
            rng=rng,
        )
        return trained.network

    start, half = _like_pytorch(n, k, B, rng), -(-adam_steps // 2)
    joint, phase_one = adam("joint", start, adam_steps), adam("phase one", start, half)
    # With B fixed every minimum is global (Theorem 1) and known in closed form. So phase two starts
    # at the minimum itself, whatever phase one was short of it.
    best = VariableProjection(B, factor, factor, k)
    end_of_phase_one = EncoderDecoder(*best.decoder_encoder(best.start), B)
    two_phases = adam("phase two", end_of_phase_one, half)
    projected = fit(
        factor,
        factor,
        k,
        B,
        "all",
        "variable-projection",
        max_steps=projection_steps,
        tolerance=1e-12,
    ).network
    networks = [joint, phase_one, two_phases, projected]
    if random_init_steps:
        networks.append(adam("random init", start, random_init_steps))
    for method, network in zip(METHODS[3:], networks, strict=False):
        floor = reduced_loss(factor, factor, network.butterfly, k)
        losses.append((method, l, network.loss(factor, factor), floor))

    about: Row = {
        "dataset": dataset,
        "n": n,
        "d": X.shape[1],
        "rank": rank,
        "k": k,
        "replicate": replicate,
    }
    sizes: Row = {"energy": energy, "optimum": optimum, "untrained": untrained}
    table = [
        {
            **about,
            "method": method,
            "l": outputs,
            "loss": float(loss),
            "floor": float(floor),
            **sizes,
        }
        for method, outputs, loss, floor in losses
    ]
    _check_order(table)
    return table


def in_order(row: Row) -> bool:
    """Whether a loss lies between its bounds, to rounding.

    The lower bounds are Δ_k and the floor. The upper one is FJLT+PCA for the methods of
    ``STARTS_UNTRAINED``; the others have none.
    """
    slack = 1e-9 * float(row["energy"])
    low = max(float(row["optimum"]), float(row["floor"]))
    high = float(row["untrained"]) if row["method"] in STARTS_UNTRAINED else np.inf
    return low - slack <= float(row["loss"]) <= high + slack


def _check_order(table: Table) -> None:
    for row in table:
        if not in_order(row):
            raise ArithmeticError(f"the loss is not between its bounds: {row}")


def printed_outputs(k: int, epsilon: float = EPSILON) -> int:
    """The number of outputs of Proposition 2 as printed, ℓ = k log2 k + k/ε, rounded up.

    Examples
    --------
    >>> [printed_outputs(k) for k in (1, 2, 8, 64)]
    [1, 4, 32, 448]
    """
    return math.ceil(k * math.log2(k) + k / epsilon)


def proved_outputs(k: int, epsilon: float = EPSILON) -> int:
    """The number of outputs of the corrected Proposition 2, ℓ = 16·max(k(k+1), k/ε), rounded up.

    With an SRHT of so many outputs the bound is proved to hold with probability at least 1/2
    (claim prop-2-corrected).

    Examples
    --------
    >>> [proved_outputs(k) for k in (1, 2, 7, 8)]
    [32, 96, 896, 1152]
    """
    return math.ceil(16 * max(k * (k + 1), k / epsilon))


def data_matrix(dataset: str, n: int, rng: np.random.Generator) -> RealArray:
    """A data matrix of the paper's Table 2, shape (n, d), with its rows permuted.

    The rows are the inputs of the network. A butterfly treats them unequally, so the order in which
    the data happen to come is made random.

    Raises
    ------
    ValueError
        For an unknown dataset.
    FileNotFoundError
        If its files are absent and cannot be downloaded.

    Examples
    --------
    >>> data_matrix("gaussian-1", 64, np.random.default_rng(0)).shape
    (64, 64)
    """
    X = DATA_MATRICES[choose(dataset, DATA_MATRICES, "dataset")](n, rng)
    return np.ascontiguousarray(X[rng.permutation(n)])


def scaled_rows(X: RealArray) -> RealArray:
    """X as the released script scales its data: the mean row taken off, each row of norm 1.

    Examples
    --------
    >>> scaled_rows(np.array([[0.0, 0.0], [6.0, 8.0]])).tolist()
    [[-0.6, -0.8], [0.6, 0.8]]
    """
    centred = X - X.mean(axis=0)
    norms: RealArray = np.linalg.norm(centred, axis=1, keepdims=True)
    return centred / np.where(norms > 0, norms, 1.0)


def _gaussian(share: int) -> Callable[[int, np.random.Generator], RealArray]:
    """Each column is a combination of n/share orthonormal vectors with coefficients N(0, 0.01)."""

    def matrix(n: int, rng: np.random.Generator) -> RealArray:
        if n < share:
            raise ValueError(f"n = {n} leaves a rank of n/{share} < 1; take n >= {share}")
        # the orthonormal factor of a normal matrix spans a uniformly random subspace
        vectors, _ = np.linalg.qr(rng.standard_normal((n, n // share)))
        coefficients: RealArray = rng.normal(0.0, 0.1, (n // share, n))
        return vectors @ coefficients

    return matrix


def _digits(n: int, rng: np.random.Generator) -> RealArray:
    """Each row is one of scikit-learn's digits, 8 × 8 pixels."""
    X, _ = images.digits()
    return X.T[_chosen(n, X.shape[1], rng)] / 16


def _mnist(n: int, rng: np.random.Generator) -> RealArray:
    """Each row is an image of MNIST, padded to 32 × 32 by normal numbers, column by column.

    Up to n = 1023 they are test images, from 1024 on training images.
    """
    pictures, _ = images.mnist("test" if n < 1024 else "train")
    # the 28 × 28 image is in the middle, two pixels of noise on every side of it
    padded = rng.normal(0.0, _PADDING, (n, 32, 32))
    padded[:, 2:30, 2:30] = pictures[_chosen(n, len(pictures), rng)] / 255
    return padded.transpose(0, 2, 1).reshape(n, -1)


def _olivetti(n: int, rng: np.random.Generator) -> RealArray:
    """Each row is a face of 64 × 64 pixels, column by column.

    Faces are drawn with repetition, because there are 400 of them.
    """
    pictures, _ = images.olivetti()
    return pictures[rng.integers(len(pictures), size=n)].transpose(0, 2, 1).reshape(n, -1) / 255.0


def _windows(
    scene: Callable[[], RealArray],
) -> Callable[[int, np.random.Generator], RealArray]:
    """Each of 3n/4 columns is a window with n pixels of a band; all windows if there are fewer."""

    def matrix(n: int, rng: np.random.Generator) -> RealArray:
        side = math.isqrt(n)
        if side**2 != n:
            raise ValueError(
                f"n = {n} is not a square; the windows of the hyperspectral scene are squares"
            )
        cube = scene()
        # every band is cut into count × count windows that do not overlap, row-major inside
        count = cube.shape[1] // side
        windows = cube[:, : count * side, : count * side].reshape(-1, count, side, count, side)
        columns = windows.transpose(2, 4, 0, 1, 3).reshape(n, -1)
        total = columns.shape[1]
        return columns[:, rng.choice(total, min(3 * n // 4, total), replace=False)]

    return matrix


def _photograph(n: int, rng: np.random.Generator) -> RealArray:
    """The middle n × n pixels of one photograph; nothing is random."""
    picture = images.image("camera")
    if n > len(picture):
        raise ValueError(f"n = {n} exceeds the {len(picture)} rows of the photograph")
    corner = (len(picture) - n) // 2
    return picture[corner : corner + n, corner : corner + n] / 255.0


def _imagenet(n: int, rng: np.random.Generator) -> RealArray:
    """The middle n rows of pixels of one image of ImageNet, in grey; nothing is random."""
    picture: RealArray = images.image("tench").mean(axis=2) / 255.0
    if n > len(picture):
        raise ValueError(f"n = {n} exceeds the {len(picture)} rows of the image")
    top = (len(picture) - n) // 2
    return picture[top : top + n]


DATA_MATRICES: dict[str, Callable[[int, np.random.Generator], RealArray]] = {
    "gaussian-1": _gaussian(32),
    "gaussian-2": _gaussian(16),
    "mnist": _mnist,
    "olivetti": _olivetti,
    "hyperspectral": _windows(spectra.jasper_ridge),
    "samson": _windows(spectra.samson),
    "imagenet": _imagenet,
    "imagenet-scaled": lambda n, rng: scaled_rows(_imagenet(n, rng)),
    "photograph": _photograph,
    "digits": _digits,
}
"""Makers of the data matrices of Table 2, of another hyperspectral scene, of the image of Figure 6,
of a photograph in its place, and of digits, which need no download. The entries of images lie in
[0, 1] unless scaled."""


def _chosen(n: int, total: int, rng: np.random.Generator) -> IntArray:
    """Indices of n different images."""
    if n > total:
        raise ValueError(f"n = {n} exceeds the {total} images of the data")
    return rng.choice(total, n, replace=False)


def _like_pytorch(
    n: int, k: int, B: TruncatedButterfly, rng: np.random.Generator
) -> EncoderDecoder:
    """D, shape (n, k), and E, shape (k, l), uniform in ±1/sqrt(inputs)."""
    l = B.shape[0]
    D = rng.uniform(-(k**-0.5), k**-0.5, (n, k))
    E = rng.uniform(-(l**-0.5), l**-0.5, (k, l))
    return EncoderDecoder(D, E, B)
