"""Critical points of a trained butterfly with two siblings kept, for random and for real data."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from figures.data import images
from figures.engine.table import Row, Table
from fjlt.runs.console import choose
from fjlt.runs.seeds import seed_sequence, stream
from fjlt.types import RealArray
from landscape import certify, endings, joint_critical_points, multi_start
from landscape.certificates.certificate import Certificate
from landscape.minima.random_starts import ABOVE, ReachedMinima

__all__ = ["DATASETS", "SOURCES", "compute", "data_pair", "kept_outputs"]

DATASETS = ("auto-encoder", "targets", "spectrum", "cifar10")
"""Gaussian X = Y; Gaussian X and Y; X = Y with given eigenvalues of XXᵀ; patches of photographs."""
SOURCES = {"cifar10": ("cifar10/cifar10_batch_0.png", "cifar10/cifar10_labels.js")}
"""The files that a dataset is read from."""

K = 2
SCHEMES = ("joint", "two-phase, FJLT")


class _Minima(NamedTuple):
    """The minima that are known, lowest first, and how the list of critical points came out."""

    losses: list[float]
    proofs: list[Certificate]
    complex_points: int = 0
    real_points: int = 0
    complete: int = 0


def compute(
    seed: int = 0,
    dataset: str = "auto-encoder",
    n: int = 4,
    l: int = 2,
    samples: int = 8,
    targets: int = 0,
    spectrum: int = 0,
    method: str = "lists",
    starts: int = 16,
    runs: int = 4,
    first: int = 0,
    sets: int = 3,
) -> Table:
    """Critical points and minima of independent data sets, k = 2, and where descents end.

    Parameters
    ----------
    seed : int
        Data are drawn from it and the dataset, its sizes and the number of the set.
    dataset : str
        One of ``DATASETS``.
    n : int
        Rows of X.
    l : int
        Number of kept outputs, those of ``kept_outputs``.
    samples, targets, spectrum : int
        As for ``data_pair``.
    method : {"lists", "starts"}
        All critical points by ``joint_critical_points``, for l = 2 only; or the minima that
        descents find.
    starts : int
        Descents by ``multi_start`` from random starts.
    runs : int
        Trainings of each kind, where a minimum that is not global is known.
    first, sets : int
        Numbers of the sets: first, …, first + sets - 1.

    Returns
    -------
    table : one row for each set
        ``condition``, that of XXᵀ; ``complex``, ``real`` and ``complete``, of the list: 0 if there
        is none; ``minima``, known ones, and ``certified``, how many of them have a certificate;
        ``spurious``, certified minima whose loss is certified to exceed that of another one;
        ``ratio``, the largest loss of these over the least of all minima, 1 if there are none;
        ``unlisted``, minima found by descents that are not in the list; ``converged``, descents
        that end at a minimum, and ``above``, those that end above the least loss; ``trained``,
        trainings of each kind; ``joint`` and ``two_phase``, those that end at a minimum above
        the least; ``joint_elsewhere`` and ``two_phase_elsewhere``, those that end at none.

    Raises
    ------
    ValueError
        For an unknown dataset or method, or sizes that do not fit.

    Examples
    --------
    >>> rows = compute(sets=2)
    >>> [(row["complex"], row["complete"], row["unlisted"]) for row in rows]
    [(12, 1, 0), (12, 1, 0)]
    """
    choose(method, ("lists", "starts"), "method")
    outputs = kept_outputs(n, l)
    about: Row = {
        "dataset": dataset,
        "method": method,
        "n": n,
        "l": l,
        "samples": samples,
        "targets": targets,
        "spectrum": spectrum,
    }
    table: list[Row] = []
    for number in range(first, first + sets):
        name = (dataset, n, samples, targets, spectrum, number)
        x, y = data_pair(dataset, n, samples, targets, spectrum, stream(seed, *name, "data"))
        rng = seed_sequence(seed, *name, l, "starts")
        reached = multi_start(x, y, outputs, K, starts, rng=rng)
        known = _listed(x, y, outputs) if method == "lists" else None
        if known is None:
            known = _certified(x, y, outputs, reached)
        table.append(
            {
                **about,
                "set": number,
                "condition": _short(float(np.linalg.cond(x)) ** 2),
                **_row(known, reached),
                **_trained(x, y, outputs, known, runs, seed_sequence(seed, *name, l, "training")),
            }
        )
    return table


def data_pair(
    dataset: str, n: int, samples: int, targets: int, spectrum: int, rng: np.random.Generator
) -> tuple[RealArray, RealArray]:
    """Data X, shape (n, samples), and targets Y, which are X if ``targets`` is 0.

    Parameters
    ----------
    dataset : str
        One of ``DATASETS``. "cifar10" draws an image, and patches of n pixels at random places of
        it: its mean over the colours, from 0 to 1.
    n, samples : int
    targets : int
        Rows of Y, independent standard normal numbers as those of X, for "targets".
    spectrum : int
        For "spectrum", which has samples = n, the condition of XXᵀ: its eigenvalues are a geometric
        sequence, its eigenvectors are uniformly distributed.
    rng : numpy.random.Generator

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x, y = data_pair("targets", 4, 8, 5, 0, rng)
    >>> x.shape, y.shape
    ((4, 8), (5, 8))
    >>> x, _ = data_pair("spectrum", 4, 4, 0, 100, rng)
    >>> round(np.linalg.cond(x @ x.T))
    100
    """
    choose(dataset, DATASETS, "dataset")
    if dataset == "cifar10":
        x = _patches(n, samples, rng)
    elif dataset == "spectrum":
        # the orthogonal factor is uniformly distributed once the signs of R are moved into it
        q, r = np.linalg.qr(rng.standard_normal((n, n)))
        x = q * np.sign(np.diag(r)) * np.geomspace(1, spectrum**-0.5, n)
    else:
        x = rng.standard_normal((n, samples))
    return x, rng.standard_normal((targets, samples)) if dataset == "targets" else x


def _patches(n: int, samples: int, rng: np.random.Generator) -> RealArray:
    """Patches of one photograph, row-major, the height at most the width."""
    height = 1 << (n.bit_length() - 1) // 2
    width = n // height
    photographs = _photographs()
    image = photographs[rng.integers(len(photographs))]
    windows = np.lib.stride_tricks.sliding_window_view(image, (height, width))
    places = [rng.integers(size, size=samples) for size in windows.shape[:2]]
    return np.ascontiguousarray(windows[tuple(places)].reshape(samples, n).T)


@cache
def _photographs() -> RealArray:
    grey: RealArray = images.cifar10("train", 1)[0].mean(axis=-1) / 255
    return grey


def kept_outputs(n: int, l: int) -> tuple[int, ...]:
    """The first l outputs in the order of reversed bits: siblings first, odd ones last.

    Examples
    --------
    >>> kept_outputs(8, 2), kept_outputs(8, 8)
    ((0, 4), (0, 4, 2, 6, 1, 5, 3, 7))
    """
    digits = n.bit_length() - 1
    return tuple(int(f"{i:0{digits}b}"[::-1], 2) for i in range(l))


def _listed(x: RealArray, y: RealArray, outputs: tuple[int, ...]) -> _Minima | None:
    """All minima by the list of critical points; None where the data are refused."""
    try:
        points = joint_critical_points(x, y, outputs, K, compiled=True)
    except ValueError:
        return None
    minima = [point for point in points if point.is_minimum]
    return _Minima(
        [point.loss for point in minima],
        [point.certificate for point in minima],
        points.n_complex,
        len(points),
        int(points.complete),
    )


def _certified(
    x: RealArray, y: RealArray, outputs: tuple[int, ...], reached: ReachedMinima
) -> _Minima:
    """The minima that descents found."""
    proofs = [certify(x, y, outputs, K, end.minimum.x) for end in reached]
    return _Minima([end.loss for end in reached], proofs)


def _row(known: _Minima, reached: ReachedMinima) -> Row:
    proved = [proof.loss for proof in known.proofs if proof.loss and proof.index == 0]
    # A certified minimum above another one is spurious, whatever else there is.
    least = min((high for _, high in proved), default=None)
    spurious = [float(low) for low, _ in proved if least is not None and low > least]
    close = ABOVE * reached.energy
    unlisted = sum(all(abs(end.loss - loss) > close for loss in known.losses) for end in reached)
    lowest = min([*known.losses, *(end.loss for end in reached)], default=0.0)
    return {
        "complex": known.complex_points,
        "real": known.real_points,
        "complete": known.complete,
        "minima": len(known.losses),
        "certified": len(proved),
        "spurious": len(spurious),
        "ratio": _short(max(spurious) / lowest) if spurious else 1.0,
        "unlisted": unlisted,
        "converged": reached.converged,
        "above": sum(end.count for end in reached if end.loss > lowest + close),
    }


def _trained(
    x: RealArray,
    y: RealArray,
    outputs: tuple[int, ...],
    known: _Minima,
    runs: int,
    rng: np.random.SeedSequence,
) -> Row:
    """Where training ends; if only one minimum is known, nothing is trained."""
    row: dict[str, Any] = {"trained": 0}
    for name in ("joint", "two_phase"):
        row |= {name: 0, f"{name}_elsewhere": 0}
    if len(known.losses) > 1 and runs:
        row["trained"] = runs
        found = endings(x, y, outputs, K, known.losses, runs, schemes=SCHEMES, rng=rng)
        for name, ends in zip(("joint", "two_phase"), found, strict=True):
            row[name] = sum(ends.counts[1:])
            row[f"{name}_elsewhere"] = ends.elsewhere
    return row


def _short(value: float) -> float:
    return float(f"{value:.6g}")
