"""Learned and random sketches for low-rank approximation: their errors on matrices that nothing was
chosen by."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from figures.data import images, spectra, text
from figures.engine.table import Row, Table
from fjlt import count_sketch, gaussian, srht
from fjlt.runs.seeds import seed_sequence, stream
from landscape import LearnedSketch, approximation_errors, learn_sketch

__all__ = ["FAMILIES", "SKETCHES", "Family", "compute", "family"]

Array = NDArray[np.float64]

SKETCHES = ("butterfly", "sparse", "dense", "random sparse", "random Gaussian", "random FJLT")
"""The first three are learned."""

STEP_SIZES = (0.03, 0.1, 0.3)
"""Of Adam, tried for every learned sketch; heuristic."""

TOP = 10.0
"""The largest singular value to which every matrix is scaled, as in the released scripts; the paper
says "equal"."""

_RANDOM: dict[str, Callable[..., Any]] = {
    "random sparse": count_sketch,
    "random Gaussian": gaussian,
    "random FJLT": srht,
}


class Family(NamedTuple):
    """Matrices to learn from, to choose the step size and the iterate by, and to test on."""

    learned: list[Array]
    held_out: list[Array]
    test: list[Array]


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
    """One kind of sketch (l, n) on one family of matrices, several times.

    A learned sketch is learned by Adam with each of ``STEP_SIZES`` on the first replicate; the one
    that is best on the matrices held out is used for all. Every training has ``steps`` steps, and
    the iterate that is best on the matrices held out counts: the effort is the same for all
    structures.

    Parameters
    ----------
    seed : int
        A replicate draws the split, the order of the rows, the start and the batches; split and
        order are those of the other sketches with this dataset and replicate.
    dataset : str
        Of ``FAMILIES``.
    n : int
        Rows of the matrices.
    k, l : int
        1 <= k <= l <= n.
    sketch : str
        Of ``SKETCHES``.
    nonzeros : int
        In each column of "sparse".
    steps, batch_size : int
    replicates : int
    draws : int
        Random sketches that are averaged in a replicate.
    checkpoints : int
        How many times the error is taken during the training, each at twice as many steps as the
        one before.

    Returns
    -------
    table : one row a replicate and checkpoint
        ``squared``, the mean of ‖X - B_k(X)‖_F² - ‖X - X_k‖_F² over the test matrices, and
        ``unsquared``, the same with the norms themselves; ``optimum_squared`` and
        ``optimum_unsquared``, the means of what is subtracted; ``held_out``, the mean of ‖X -
        B_k(X)‖_F² over the matrices held out, and ``step_size``, both 0 where nothing is learned;
        ``step``.

    Examples
    --------
    >>> table = compute(steps=20, replicates=2)
    >>> [(row["sketch"], row["replicate"], row["squared"] > 0) for row in table]
    [('butterfly', 0, True), ('butterfly', 1, True)]
    """
    table: list[Row] = []
    chosen = 0.0
    for replicate in range(replicates):
        matrices = family(dataset, n, stream(seed, dataset, replicate, "matrices"))
        values = [np.linalg.svd(X, compute_uv=False) for X in matrices.test]
        optimum = np.array([float(np.square(s[k:]).sum()) for s in values])

        if sketch in _RANDOM:
            rng = stream(seed, dataset, replicate, k, l, sketch)
            errors = [
                approximation_errors(_RANDOM[sketch](l, n, rng=rng), matrices.test, k)
                for _ in range(draws)
            ]
            found = [(0, 0.0, np.array(errors))]
        else:
            learn: Callable[..., LearnedSketch] = partial(
                learn_sketch,
                matrices.learned,
                k,
                l,
                sketch,  # type: ignore[arg-type]
                nonzeros=nonzeros,
                held_out=matrices.held_out,
                batch_size=min(batch_size, len(matrices.learned)),
                rng=seed_sequence(seed, dataset, replicate, k, l, sketch, nonzeros),
            )
            if replicate == 0:
                chosen = min(
                    STEP_SIZES, key=lambda size: learn(step_size=size, max_steps=steps).error
                )
            found = []
            for i in reversed(range(checkpoints)):
                result = learn(step_size=chosen, max_steps=max(steps >> i, 1))
                error = approximation_errors(result.sketch, matrices.test, k)
                found.append((steps >> i, float(result.error), error[None]))
        for step, held_out, test in found:
            table.append(
                {
                    "dataset": dataset,
                    "n": n,
                    "d": matrices.test[0].shape[1],
                    "k": k,
                    "l": l,
                    "sketch": sketch,
                    "nonzeros": nonzeros,
                    "replicate": replicate,
                    "step": step,
                    "step_size": chosen,
                    "held_out": held_out,
                    "squared": float((test - optimum).mean()),
                    "unsquared": float((np.sqrt(test) - np.sqrt(optimum)).mean()),
                    "optimum_squared": float(optimum.mean()),
                    "optimum_unsquared": float(np.sqrt(optimum).mean()),
                }
            )
    return table


def family(dataset: str, n: int, rng: np.random.Generator) -> Family:
    """Matrices with n rows, permuted alike in all, and the largest singular value ``TOP``.

    Raises
    ------
    ValueError
        For an unknown dataset, or an n that it does not have.
    FileNotFoundError
        If its files are absent and cannot be downloaded.

    Examples
    --------
    >>> [len(part) for part in family("digits", 8, np.random.default_rng(0))]
    [300, 100, 100]
    """
    if dataset not in FAMILIES:
        raise ValueError(f"unknown dataset {dataset!r}; known: {', '.join(FAMILIES)}")
    parts = FAMILIES[dataset](n, rng)
    order = rng.permutation(n)
    return Family(*([_scaled(X[order]) for X in part] for part in parts))


def _scaled(X: Array) -> Array:
    return X * (TOP / np.linalg.norm(X, 2))


def _digits(n: int, rng: np.random.Generator) -> Family:
    """Digits of scikit-learn, 8 × 8; disjoint images."""
    _exactly(n, 8, "digits")
    X, _ = images.digits()
    chosen = X[:, rng.choice(X.shape[1], 500, replace=False)].T.reshape(-1, 8, 8)
    return Family(list(chosen[:300]), list(chosen[300:400]), list(chosen[400:]))


def _cifar10(n: int, rng: np.random.Generator) -> Family:
    """400 training images, a fifth of them held out, and 100 test images: the red channel,
    standardised.

    Mean 0.485 and deviation 0.229 of ImageNet, as in the released scripts.
    """
    _exactly(n, 32, "CIFAR-10")
    train, test = (
        (images.cifar10(split, 1)[0][:count, :, :, 0] / 255 - 0.485) / 0.229
        for split, count in (("train", 400), ("test", 100))
    )
    order = rng.permutation(400)
    return Family(list(train[order[80:]]), list(train[order[:80]]), list(test))


def _hyperspectral(n: int, rng: np.random.Generator) -> Family:
    """Bands of Jasper Ridge, n × n pixels, but for a run of 40 neighbours held out; test: all bands
    of Samson."""
    train, test = spectra.jasper_ridge()[:, :n, :n], spectra.samson()[:, :n, :n]
    if train.shape[1] < n or test.shape[1] < n:
        raise ValueError(f"n = {n} exceeds the 95 rows of the smaller hyperspectral scene")
    first = int(rng.integers(len(train) - 39))
    held_out = np.arange(first, first + 40)
    return Family(list(np.delete(train, held_out, axis=0)), list(train[held_out]), list(test))


def _newsgroups(n: int, rng: np.random.Generator) -> Family:
    """Term-document counts of pairs of newsgroups, of 10 groups to learn from, 4 held out, 6 to
    test on.

    The terms are the n that occur in most posts of the groups to learn from.
    """
    posts = text.mini_newsgroups()
    counts = posts.counts()
    order = rng.permutation(len(posts.groups))
    frequency = np.asarray((counts[:, np.isin(posts.labels, order[:10])] > 0).sum(axis=1)).ravel()
    if n > len(frequency):
        raise ValueError(f"n = {n} exceeds the {len(frequency)} terms of the newsgroups")
    columns = counts[np.argsort(-frequency, kind="stable")[:n]].toarray().astype(np.float64)

    def pairs(groups: NDArray[np.intp]) -> list[Array]:
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
"""Makers of the families of matrices of Table 3, and of digits that need no download."""
