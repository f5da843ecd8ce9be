"""Learned and random sketches for low-rank approximation, and their errors on test matrices."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from itertools import combinations
from typing import NamedTuple

import numpy as np

from figures.data import images, spectra, text
from figures.engine.table import Row, Table
from fjlt import count_sketch, gaussian, srht
from fjlt.runs.console import choose
from fjlt.runs.seeds import seed_sequence, stream
from fjlt.types import IntArray, LinearMap, RealArray
from landscape import LearnedSketch, approximation_errors, learn_sketch

__all__ = ["FAMILIES", "SKETCHES", "Family", "compute", "family"]

SKETCHES = ("butterfly", "sparse", "dense", "random sparse", "random Gaussian", "random FJLT")
"""The first three are learned."""

STEP_SIZES = (0.03, 0.1, 0.3)
"""Step sizes of Adam, tried for every learned sketch; heuristic."""

TOP = 10.0
"""The largest singular value, to which every matrix is scaled, as in the released scripts. The
paper says "equal"."""

_RANDOM: dict[str, Callable[..., LinearMap]] = {
    "random sparse": count_sketch,
    "random Gaussian": gaussian,
    "random FJLT": srht,
}


class Family(NamedTuple):
    """Matrices to train on, to choose the step size and the iterate by, and to test on."""

    train: list[RealArray]
    held_out: list[RealArray]
    test: list[RealArray]


class _Checkpoint(NamedTuple):
    """Errors after a number of steps.

    The mean on the matrices held out, and each on the test matrices, shape (draws, matrices).
    """

    step: int
    held_out: float
    test: RealArray


def compute(
    seed: int = 0,
    dataset: str = "digits",
    n: int = 8,
    k: int = 2,
    l: int = 4,
    sketch: str = "butterfly",
    nonzeros: int = 1,
    steps: int = 100,
    batch_size: int = 16,
    replicates: int = 5,
    draws: int = 20,
    checkpoints: int = 1,
) -> Table:
    """One kind of sketch of shape (l, n) on one family of matrices, several times.

    A learned sketch is learned by Adam. On the first replicate each of ``STEP_SIZES`` is tried, and
    the one that is best on the matrices held out is used for all replicates. Every training has
    ``steps`` steps, and of its iterates the one counts that is best on the matrices held out. So
    the effort is the same for all structures.

    Parameters
    ----------
    seed : int
        A replicate draws the split, the order of the rows, the start and the batches. All sketches
        share the split and the order.
    dataset : str
        One of ``FAMILIES``.
    n : int
        Rows of the matrices.
    k, l : int
        1 <= k <= l <= n.
    sketch : str
        One of ``SKETCHES``.
    nonzeros : int
        Entries in each column of "sparse".
    steps, batch_size : int
    replicates : int
    draws : int
        Random sketches that are averaged in a replicate.
    checkpoints : int
        Number of times that the error is taken, each after twice as many steps as the one before.

    Returns
    -------
    table : one row for each replicate and checkpoint
        ``squared``, the mean of ‖X - B_k(X)‖_F² - ‖X - X_k‖_F² over the test matrices, and
        ``unsquared``, the same with the norms themselves; ``optimum_squared`` and
        ``optimum_unsquared``, the means of what is subtracted; ``held_out``, the mean of
        ‖X - B_k(X)‖_F² over the matrices held out, and ``step_size``, both 0 where nothing is
        learned; ``step``.

    Raises
    ------
    ValueError
        For an unknown dataset or sketch, or sizes that do not fit.

    Examples
    --------
    >>> table = compute(steps=20, replicates=2)
    >>> [(row["sketch"], row["replicate"], row["squared"] > 0) for row in table]
    [('butterfly', 0, True), ('butterfly', 1, True)]
    """
    table: list[Row] = []
    step_size = 0.0
    for replicate in range(replicates):
        matrices = family(dataset, n, stream(seed, dataset, replicate, "matrices"))
        if sketch in _RANDOM:
            rng = stream(seed, dataset, replicate, k, l, sketch)
            found = [_errors_of_draws(matrices, partial(_RANDOM[sketch], l, n, rng=rng), k, draws)]
        else:
            # every training of a replicate has the same start and batches; none is done twice
            learn: Callable[..., LearnedSketch] = cache(
                partial(
                    learn_sketch,
                    matrices.train,
                    k,
                    l,
                    sketch,  # type: ignore[arg-type]
                    nonzeros=nonzeros,
                    held_out=matrices.held_out,
                    batch_size=min(batch_size, len(matrices.train)),
                    rng=seed_sequence(seed, dataset, replicate, k, l, sketch, nonzeros),
                )
            )
            if replicate == 0:
                errors = {size: learn(step_size=size, max_steps=steps).error for size in STEP_SIZES}
                step_size = min(errors, key=lambda size: errors[size])
            found = _errors_of_training(
                matrices, partial(learn, step_size=step_size), k, steps, checkpoints
            )

        # the least error of any matrix of rank k, from the singular values beyond the k-th
        values = [np.linalg.svd(X, compute_uv=False) for X in matrices.test]
        optimum = np.array([float(np.square(s[k:]).sum()) for s in values])
        about: Row = {
            "dataset": dataset,
            "n": n,
            "d": matrices.test[0].shape[1],
            "k": k,
            "l": l,
            "sketch": sketch,
            "nonzeros": nonzeros,
            "replicate": replicate,
        }
        for step, held_out, test in found:
            table.append(
                {
                    **about,
                    "step": step,
                    "step_size": step_size,
                    "held_out": held_out,
                    "squared": float((test - optimum).mean()),
                    "unsquared": float((np.sqrt(test) - np.sqrt(optimum)).mean()),
                    "optimum_squared": float(optimum.mean()),
                    "optimum_unsquared": float(np.sqrt(optimum).mean()),
                }
            )
    return table


def _errors_of_draws(
    matrices: Family, draw: Callable[[], LinearMap], k: int, draws: int
) -> _Checkpoint:
    errors = [approximation_errors(draw(), matrices.test, k) for _ in range(draws)]
    return _Checkpoint(0, 0.0, np.array(errors))


def _errors_of_training(
    matrices: Family, learn: Callable[..., LearnedSketch], k: int, steps: int, checkpoints: int
) -> list[_Checkpoint]:
    """Errors after steps/2^i steps, the fewest first.

    Each is a training of its own, from the same start.
    """
    found = []
    for i in reversed(range(checkpoints)):
        learned = learn(max_steps=max(steps >> i, 1))
        test = approximation_errors(learned.sketch, matrices.test, k)
        found.append(_Checkpoint(steps >> i, float(learned.error), test[None]))
    return found


def family(dataset: str, n: int, rng: np.random.Generator) -> Family:
    """A family of matrices with n rows and largest singular value ``TOP``.

    The rows of all are permuted alike.

    Raises
    ------
    ValueError
        For an unknown dataset, or an n for which it has no matrices.
    FileNotFoundError
        If its files are absent and cannot be downloaded.

    Examples
    --------
    >>> [len(part) for part in family("digits", 8, np.random.default_rng(0))]
    [300, 100, 100]
    """
    parts = FAMILIES[choose(dataset, FAMILIES, "dataset")](n, rng)
    order = rng.permutation(n)
    return Family(*([_scaled(X[order]) for X in part] for part in parts))


def _scaled(X: RealArray) -> RealArray:
    return X * (TOP / np.linalg.svd(X, compute_uv=False)[0])


def _digits(n: int, rng: np.random.Generator) -> Family:
    """500 different digits of scikit-learn, 8 × 8: 300 to train on, 100 held out, 100 to test."""
    _exactly(n, 8, "digits")
    X, _ = images.digits()
    chosen = X[:, rng.choice(X.shape[1], 500, replace=False)].T.reshape(-1, 8, 8)
    return Family(list(chosen[:300]), list(chosen[300:400]), list(chosen[400:]))


def _cifar10(n: int, rng: np.random.Generator) -> Family:
    """The red channel of 400 training images, a fifth of them held out, and of 100 test images."""
    _exactly(n, 32, "CIFAR-10")
    # standardised with the mean and deviation of ImageNet, as in the released scripts
    train, test = (
        (images.cifar10(split, 1)[0][:count, :, :, 0] / 255 - 0.485) / 0.229
        for split, count in (("train", 400), ("test", 100))
    )
    order = rng.permutation(400)
    return Family(list(train[order[80:]]), list(train[order[:80]]), list(test))


def _hyperspectral(n: int, rng: np.random.Generator) -> Family:
    """Bands of Jasper Ridge to train and to hold out, and all bands of Samson to test.

    Each band is cut to n × n pixels; 40 bands of Jasper Ridge are held out.
    """
    train, test = spectra.jasper_ridge()[:, :n, :n], spectra.samson()[:, :n, :n]
    if train.shape[1] < n or test.shape[1] < n:
        raise ValueError(f"n = {n} exceeds the 95 rows of the smaller hyperspectral scene")
    # neighbouring bands are nearly equal, so those held out are a run of neighbours
    first = int(rng.integers(len(train) - 39))
    held_out = np.arange(first, first + 40)
    return Family(list(np.delete(train, held_out, axis=0)), list(train[held_out]), list(test))


def _newsgroups(n: int, rng: np.random.Generator) -> Family:
    """Term-document counts of all pairs among 10 newsgroups to train on, 4 held out, and 6 to test.

    The terms are the n that occur in most posts of the groups to train on.
    """
    posts = text.mini_newsgroups()
    counts = posts.counts()
    order = rng.permutation(len(posts.groups))
    frequency = np.asarray((counts[:, np.isin(posts.labels, order[:10])] > 0).sum(axis=1)).ravel()
    if n > len(frequency):
        raise ValueError(f"n = {n} exceeds the {len(frequency)} terms of the newsgroups")
    frequent = np.argsort(-frequency, kind="stable")[:n]  # stable: ties in alphabetical order
    columns = counts[frequent].toarray().astype(np.float64)

    def pairs(groups: IntArray) -> list[RealArray]:
        return [
            columns[:, np.isin(posts.labels, pair)] for pair in combinations(groups.tolist(), 2)
        ]

    return Family(pairs(order[:10]), pairs(order[10:14]), pairs(order[14:]))


def _exactly(n: int, size: int, name: str) -> None:
    if n != size:
        raise ValueError(f"n = {n}, but the matrices of {name} have {size} rows")


FAMILIES: dict[str, Callable[[int, np.random.Generator], Family]] = {
    "hyperspectral": _hyperspectral,
    "cifar10": _cifar10,
    "newsgroups": _newsgroups,
    "digits": _digits,
}
"""Makers of the families of matrices of Table 3, and of digits, which need no download."""
