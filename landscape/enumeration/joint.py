"""Every critical point of the network with trained B: all complex ones followed, the real ones told
apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fjlt import boundary
from fjlt.runs.backends import backend
from landscape import data
from landscape.continuation.endgame import path_ends, refuse_families
from landscape.continuation.monodromy_loops import distinct, monodromy, projectors
from landscape.continuation.start_sets import start_set
from landscape.enumeration.joint_points import JointCriticalPoint, JointCriticalPoints, kind_of
from landscape.enumeration.pencils import eigenplanes, pencil
from landscape.enumeration.real_form import real_variables
from landscape.planes.gain import Forms, Gain, data_forms
from landscape.planes.row_spaces import RowSpaces

__all__ = ["joint_critical_points"]

Array = NDArray[Any]

REAL = 1e-8
"""Row spaces whose projector has an imaginary part below this are real."""


def joint_critical_points(
    X: ArrayLike,
    Y: ArrayLike,
    rows: Iterable[int],
    k: int,
    *,
    rng: Any = 0,
    workers: int = 1,
    scheduler: str | None = None,
    progress: Callable[[str], Any] | None = None,
) -> JointCriticalPoints:
    """Row spaces of rank k at which ‖DEBX - Y‖_F² is critical in D, E and the weights of B, lowest
    loss first.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data, n a power of 2, XXᵀ invertible; columns are samples.
    Y : array_like, shape (m, d)
    rows : iterable of int
        Kept outputs of B, l of them.
    k : int
        Width of the bottleneck, 1 <= k <= l.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the detours of the paths; the points found do not depend on it.
    workers : int
        Processes.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers follow the paths in place of local processes.
    progress : callable(sentence), optional

    Returns
    -------
    JointCriticalPoints
        Of the points with rank EB = k that are regular: the weights move the row space in as many
        directions as anywhere. Points of lower rank are strict saddles unless no D and E do better
        for their B; folds of the weights and zeros of inner vectors, where minima are possible, are
        not looked for: see ``multi_start``.

    Raises
    ------
    ValueError
        If XXᵀ is singular, n no power of 2, critical points are not isolated (with the dimension),
        or there are too many.
    TypeError
        If an entry is not real.

    Notes
    -----
    If almost all k-planes can be reached, the points are the planes of eigenvectors of the pencil
    (XYᵀYXᵀ, XXᵀ). Otherwise all complex critical points for generic data (stored for siblings and n
    = 4, 8, 16, else found by monodromy) are followed to the data; paths that fail, or end together,
    are followed again with a smaller tolerance, then all of them by another line of data. Cost:
    about N(2N-1)(2N²-3N+4)/3 paths for siblings, N = n/2, of some 10 ms each at n = 8. Source: this
    library's; beyond arXiv 2007.08864.

    Examples
    --------
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> found = joint_critical_points(X, X, rows=[0, 2], k=2)
    >>> found.n_complex, found.complete
    (12, True)
    >>> [(round(point.loss, 6), point.kind) for point in found if "minimum" in point.kind]
    [(2.0, 'global minimum'), (4.2, 'spurious minimum')]
    """
    x, y = data.pair(X, Y)
    spaces = RowSpaces(len(x), rows, data.bottleneck(k, len(x)))
    workers = boundary.dimension(workers, "workers")
    values, vectors = pencil(x, y)
    if spaces.dominant:
        return eigenplanes(spaces, x, y, values, vectors)
    rng = np.random.default_rng(rng)
    say = progress or (lambda sentence: None)
    with backend(workers, scheduler):
        start, origin = start_set(spaces), "stored start set"
        if start is None:
            start = monodromy(
                spaces, rng, progress=lambda count: say(f"generic data: {count} critical points")
            )
            origin = f"monodromy, {start.quiet} loops without a further point"
        forms = _scaled(data_forms(x, y))
        ends, stuck = path_ends(start, forms, rng, say)
    refuse_families(spaces, np.concatenate([ends, stuck]), forms)
    points, missing = _told_apart(spaces, x, y, ends, len(start.x))
    note = "incomplete: " + "; ".join(missing) if missing else ""
    method, optimum = (
        f"{len(start.x)} paths, {origin}",
        float(np.sum(y**2) - values[: spaces.k].sum()),
    )
    return JointCriticalPoints(points, len(ends), len(start.x), note, method, False, optimum)


def _scaled(forms: Forms) -> Forms:
    """C and M with mean eigenvalue 1: the critical row spaces are the same."""
    sizes = [float(np.trace(form)) / len(form) for form in forms]
    return Forms(
        *(form / size if size > 0 else form for form, size in zip(forms, sizes, strict=True))
    )


def _told_apart(
    spaces: RowSpaces, x: Array, y: Array, ends: Array, expected: int
) -> tuple[tuple[JointCriticalPoint, ...], list[str]]:
    """The real points among the ends, classified, and every sign that something is missing."""
    P, gain, energy = projectors(spaces, ends), Gain(spaces, *data_forms(x, y)), float(np.sum(y**2))
    real = np.abs(P.imag).max(axis=(1, 2)) < REAL
    lost, missing = expected - len(ends), []
    if lost:
        missing.append(
            f"{lost} of {expected} paths end at no point of their own: there W·XXᵀ·Wᵀ becomes "
            f"singular"
        )
    alone = len(distinct(np.concatenate([P[~real], np.conj(P[~real])]))) - int((~real).sum())
    if alone:
        missing.append(f"{alone} complex points without their conjugates")
    found, unreal = [], 0
    for end, projector in zip(ends[real], P[real].real, strict=True):
        basis = np.linalg.eigh((projector + projector.T) / 2)[1][:, -spaces.k :].T
        try:
            variables = real_variables(spaces, basis, end)
        except ValueError:
            unreal += 1
            continue
        found.append((energy - float(gain(variables)), _index(gain, variables), basis, variables))
    if unreal:
        missing.append(f"no real weights were found for {unreal} real row spaces")
    found.sort(key=lambda item: item[0])
    euler, morse = _euler_characteristic(spaces), sum((-1) ** index for _, index, *_ in found)
    if euler is not None and morse != euler:
        missing.append(f"the Morse sum is {morse}, the Euler characteristic {euler}")
    best = min((loss for loss, index, *_ in found if index == 0), default=np.inf) + 1e-10 * energy
    points = (
        JointCriticalPoint(
            loss, kind_of(index, spaces.dimension, loss > best), index, basis, z, (spaces, x, y)
        )
        for loss, index, basis, z in found
    )
    return tuple(points), missing


def _index(gain: Gain, variables: Array) -> int:
    """Negative directions of the loss among the row spaces."""
    move = np.linalg.svd(gain.tangent(variables))[0][:, : gain.spaces.dimension]
    return int((np.linalg.eigvalsh(move.T @ gain.hessian(variables) @ move) > 0).sum())


def _euler_characteristic(spaces: RowSpaces) -> int | None:
    """Of the real row spaces, where it is known: two siblings span P^(N-1) × P^(N-1), N = n/2."""
    if spaces.l == spaces.k == 2 and spaces.rows[1] - spaces.rows[0] == spaces.n // 2:
        return 1 if spaces.n == 2 else 0
    return None
