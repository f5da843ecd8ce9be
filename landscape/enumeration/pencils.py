"""Critical points in closed form, where almost all planes can be reached: the eigenplanes."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from fjlt.types import RealArray
from landscape.enumeration.joint_points import JointCriticalPoint, JointCriticalPoints, kind_of
from landscape.enumeration.real_form import variables_of_all
from landscape.planes.row_spaces import RowSpaces

__all__ = ["eigenplanes", "pencil"]

MAX_PLANES = 2000
EQUAL = 1e-9
"""Eigenvalues closer than EQUAL times the largest count as equal."""


def pencil(x: RealArray, y: RealArray) -> tuple[RealArray, RealArray]:
    """Eigenvalues of the pencil (XYᵀYXᵀ, XXᵀ), largest first, and its eigenvectors as columns.

    The eigenvectors v are scaled to vᵀXXᵀv = 1.

    Raises
    ------
    ValueError
        If XXᵀ is singular.

    Examples
    --------
    >>> pencil(np.diag([1.0, 2.0]), np.diag([3.0, 1.0]))[0].round(12)
    array([9., 1.])
    """
    left, sizes, right = np.linalg.svd(x, full_matrices=False)
    rank = int((sizes > len(x) * np.finfo(float).eps * sizes[0]).sum())
    if rank < len(x):
        raise ValueError(
            f"XXᵀ is singular: X has {len(x)} rows and rank {rank}, so that critical row spaces "
            "come in families; add samples, or append a small multiple of the identity to X and "
            "zeros to Y, as columns"
        )
    # With X = U·S·Vᵀ and v = U·S⁻¹w, the pencil becomes the symmetric matrix (YV)ᵀ(YV).
    response = y @ right.T
    values, vectors = np.linalg.eigh(response.T @ response)
    return values[::-1], (left / sizes @ vectors)[:, ::-1]


def eigenplanes(
    spaces: RowSpaces, x: RealArray, y: RealArray, values: RealArray, vectors: RealArray
) -> JointCriticalPoints:
    """The critical points where almost all planes are row spaces: planes of k of n eigenvectors.

    ``values`` and ``vectors`` are those of ``pencil``. Almost all complex planes are row spaces,
    but a real plane may have complex weights only. Planes for which no real weights are found are
    left out, and counted in the note.

    Raises
    ------
    ValueError
        If eigenvalues are equal, or there are more than 2000 planes.
    """
    n, k, energy = spaces.n, spaces.k, float(np.sum(y**2))
    close = np.flatnonzero(values[:-1] - values[1:] <= EQUAL * max(float(values[0]), 0.0))
    if close.size and k < n:
        i = int(close[0])
        raise ValueError(
            f"eigenvalues {i + 1} and {i + 2} of the pencil (XYᵀYXᵀ, XXᵀ) are equal "
            f"({values[i]:.6g}), so that the critical set has dimension at least 1: their "
            "eigenvectors can turn in their plane; change the data a little"
        )
    count = comb(n, k)
    if count > MAX_PLANES:
        raise ValueError(
            f"there are C({n}, {k}) = {count} critical planes, one for each choice of "
            f"eigenvectors, more than {MAX_PLANES}; critical_points(X, Y, numpy.eye(n), k) lists "
            "them lazily"
        )
    planes = list(combinations(range(n), k))
    bases = np.array([np.linalg.qr(vectors[:, chosen])[0].T for chosen in planes])
    points, without_weights = [], []
    for chosen, basis, variables in zip(
        planes, bases, variables_of_all(spaces, bases), strict=True
    ):
        if np.isnan(variables).any():
            without_weights.append(chosen)
            continue
        # A negative direction turns a chosen eigenvector towards one left out with a larger
        # eigenvalue.
        index = sum(sum(i not in chosen for i in range(c)) for c in chosen)
        loss = energy - float(values[list(chosen)].sum())
        kind = kind_of(index, spaces.dimension, spurious=False)
        points.append(JointCriticalPoint(loss, kind, index, basis, variables, (spaces, x, y)))
    points.sort(key=lambda point: point.loss)
    return JointCriticalPoints(
        tuple(points),
        n_complex=count,
        expected=count,
        note=_note(without_weights, count, k),
        method=f"closed form: planes of {k} of the {n} eigenvectors of (XYᵀYXᵀ, XXᵀ)",
        dominant=True,
        dense_optimum=energy - float(values[:k].sum()),
    )


def _note(without_weights: list[tuple[int, ...]], count: int, k: int) -> str:
    if not without_weights:
        return ""
    best = ", that of the dense optimum among them" if tuple(range(k)) in without_weights else ""
    return (
        f"incomplete: no real weights were found for {len(without_weights)} of {count} planes"
        f"{best}; the real row spaces have boundaries, on which there can be minima that are not "
        "listed: use multi_start"
    )
