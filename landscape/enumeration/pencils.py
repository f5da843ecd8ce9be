"""Critical planes where almost all planes can be reached: those of eigenvectors, in closed form."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.enumeration.joint_points import JointCriticalPoint, JointCriticalPoints, kind_of
from landscape.enumeration.real_form import real_variables
from landscape.planes.row_spaces import RowSpaces

__all__ = ["eigenplanes", "pencil"]

Array = NDArray[Any]

MOST = 2000
SAME = 1e-9
"""Eigenvalues closer than SAME times the largest count as equal."""


def pencil(x: Array, y: Array) -> tuple[Array, Array]:
    """Eigenvalues of (XYᵀYXᵀ, XXᵀ), largest first, and eigenvectors v with vᵀXXᵀv = 1, as columns.

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
            f"come in families; "
            "add samples, or a small multiple of the identity as further columns of X and zeros "
            "to Y"
        )
    response = y @ right.T
    values, vectors = np.linalg.eigh(response.T @ response)
    return values[::-1], (left / sizes @ vectors)[:, ::-1]


def eigenplanes(
    spaces: RowSpaces, x: Array, y: Array, values: Array, vectors: Array
) -> JointCriticalPoints:
    """Critical points at which the row space can move in every direction: planes of k of the n
    eigenvectors.

    Almost all complex planes near a row space are row spaces, but a plane may have complex weights
    only; planes for which no real ones are found are left out, and counted in the note.

    Raises
    ------
    ValueError
        If eigenvalues are equal, or there are more than 2000 planes.
    """
    n, k, energy = spaces.n, spaces.k, float(np.sum(y**2))
    close = np.flatnonzero(values[:-1] - values[1:] <= SAME * max(float(values[0]), 0.0))
    if close.size and k < n:
        i = int(close[0])
        raise ValueError(
            f"eigenvalues {i + 1} and {i + 2} of the pencil (XYᵀYXᵀ, XXᵀ) are equal "
            f"({values[i]:.6g}), so that the "
            "critical set has dimension at least 1: planes of their eigenvectors can turn; change "
            "the data a little"
        )
    count = comb(n, k)
    if count > MOST:
        raise ValueError(
            f"there are C({n}, {k}) = {count} critical planes, one for each choice of "
            f"eigenvectors; "
            "critical_points(X, Y, numpy.eye(n), k) lists them lazily"
        )
    points, unreal = [], []
    for chosen in combinations(range(n), k):
        basis = np.linalg.qr(vectors[:, chosen])[0].T
        try:
            variables = real_variables(spaces, basis)
        except ValueError:
            unreal.append(chosen)
            continue
        index = sum(sum(i not in chosen for i in range(c)) for c in chosen)
        loss = energy - float(values[list(chosen)].sum())
        kind = kind_of(index, spaces.dimension, spurious=False)
        points.append(JointCriticalPoint(loss, kind, index, basis, variables, (spaces, x, y)))
    points.sort(key=lambda point: point.loss)
    method = f"closed form: planes of {k} of the {n} eigenvectors of (XYᵀYXᵀ, XXᵀ)"
    optimum = energy - float(values[:k].sum())
    return JointCriticalPoints(
        tuple(points), count, count, _note(unreal, count, k), method, True, optimum
    )


def _note(unreal: list[tuple[int, ...]], count: int, k: int) -> str:
    if not unreal:
        return ""
    best = ", that of the dense optimum among them" if tuple(range(k)) in unreal else ""
    return (
        f"incomplete: no real weights were found for {len(unreal)} of {count} planes{best}; the "
        f"real row spaces have "
        "boundaries, on which there can be minima that are not listed: use multi_start"
    )
