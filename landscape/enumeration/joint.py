"""Every critical point with trained B: all complex ones are tracked, the real ones classified."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike

from fjlt import boundary
from fjlt.runs.backends import backend, one_blas_thread
from fjlt.types import Array, RealArray, RNGLike
from landscape import data
from landscape.continuation.endgame import refuse_families, track_start_set
from landscape.continuation.monodromy_loops import monodromy, projectors, unique_indices
from landscape.continuation.start_sets import start_set
from landscape.enumeration.joint_points import JointCriticalPoint, JointCriticalPoints, kind_of
from landscape.enumeration.pencils import eigenplanes, pencil
from landscape.enumeration.real_form import real_variables
from landscape.planes.gain import Forms, Gain, data_forms
from landscape.planes.row_spaces import RowSpaces

__all__ = ["joint_critical_points"]

REAL = 1e-8
"""A row space is real if its projector has an imaginary part below this."""


@one_blas_thread()
def joint_critical_points(
    X: ArrayLike,
    Y: ArrayLike,
    rows: Iterable[int],
    k: int,
    *,
    rng: RNGLike = 0,
    workers: int = 1,
    scheduler: str | None = None,
    compiled: bool | None = None,
    progress: Callable[[str], object] | None = None,
) -> JointCriticalPoints:
    """Critical points of ‖DEBX - Y‖_F² in D, E and the weights of B, lowest loss first.

    They are listed as row spaces of E·B, with the best D.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data, n a power of 2, XXᵀ invertible; columns are samples.
    Y : array_like, shape (m, d)
        Real targets.
    rows : iterable of int
        Kept outputs of B, l of them.
    k : int
        Width of the bottleneck, 1 <= k <= l.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the lines of data along which paths are tracked; the points found do not depend on it.
    workers : int
        Number of processes.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers track the paths in place of local processes.
    compiled : bool, optional
        Whether stored start sets are tracked by compiled code; by default from n = 8 on. It is
        compiled on the first call, in seconds. After that it is several times faster at n = 4 too.
    progress : callable(sentence), optional
        Called with what is being done.

    Returns
    -------
    JointCriticalPoints
        The regular points with rank EB = k; ``note`` says what is known to be missing. Regular
        means that the weights move the row space in as many directions as anywhere. Not searched
        for are folds of the weights and zeros of inner vectors, where minima are possible (use
        ``multi_start``), and points of lower rank, which are strict saddles unless no D and E do
        better for their B.

    Raises
    ------
    ValueError
        If XXᵀ is singular, n is not a power of 2, the critical points are not isolated (the message
        gives the dimension), or there are too many.
    TypeError
        If an entry is not real.

    See Also
    --------
    multi_start : Minima by descent from many starts.
    certify : Proof of one critical point.

    Notes
    -----
    If almost all k-planes can be reached, the points are the planes of eigenvectors of the pencil
    (XYᵀYXᵀ, XXᵀ). Otherwise all complex critical points for generic data are tracked to the data at
    hand. They are stored for siblings and n = 4, 8, 16, and for k = l and the outputs (0, 2),
    (0, 2, 4) and (0, 1, 4) of n = 8 and others of their orbits; else they are found by monodromy.
    Paths that fail, or end together, are tracked again with a smaller tolerance and by detours,
    then all of them along another line of data.

    Cost: about N(2N-1)(2N²-3N+4)/3 paths for siblings, N = n/2, of some 2 ms each at n = 8 and 8 ms
    at n = 16. Source: this library's; beyond arXiv 2007.08864.

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
    report = progress or (lambda sentence: None)
    # The row spaces W of z = Hx are those W·H of x, with the same losses.
    z, H = _better_conditioned(spaces, x)
    forms = _normalised(_forms_in_range(z, y))
    with backend(workers, scheduler):
        start, origin = start_set(spaces), "stored start set"
        if start is None:
            start = monodromy(
                spaces,
                rng,
                progress=lambda count: report(f"generic data: {count} critical points"),
            )
            origin = f"monodromy, {start.loops_no_progress} loops without a further point"
        ends = track_start_set(start, forms, rng, report, compiled)
    refuse_families(spaces, np.concatenate(ends), forms)
    points, missing = _classified(spaces, z, y, ends.points, len(start.x))
    return JointCriticalPoints(
        tuple(_in_terms_of(x, H, point) for point in points),
        n_complex=len(ends.points),
        expected=len(start.x),
        note="incomplete: " + "; ".join(missing) if missing else "",
        method=f"{len(start.x)} paths, {origin}",
        dominant=False,
        dense_optimum=float(np.sum(y**2) - values[: spaces.k].sum()),
    )


def _better_conditioned(spaces: RowSpaces, x: RealArray) -> tuple[RealArray, RealArray]:
    """z = Hx and H, which maps the set of row spaces to itself.

    For siblings, whose rows vanish on one half of the inputs each, H makes the rows of z in either
    half orthonormal: z is as well conditioned as that can make it, up to a factor.
    """
    if not _are_siblings(spaces):
        return x, np.eye(len(x))
    halves = np.split(x / data.nearest_power(x), 2)
    Q, R = zip(*(np.linalg.qr(half.T) for half in halves), strict=True)
    H = scipy.linalg.block_diag(*(np.linalg.inv(triangle.T) for triangle in R))
    return np.concatenate([q.T for q in Q]), H


def _in_terms_of(x: RealArray, H: RealArray, point: JointCriticalPoint) -> JointCriticalPoint:
    """The critical point for x of a critical point for z = Hx."""
    spaces, _, y = point.problem
    if not _are_siblings(spaces):
        return point
    W = spaces.rows_at(point.variables) @ H
    return replace(
        point,
        rows=np.linalg.qr(W.T)[0].T,
        variables=spaces.rescaled(spaces.linear_preimage(W)),
        problem=(spaces, x, y),
    )


def _are_siblings(spaces: RowSpaces) -> bool:
    return spaces.l == spaces.k == 2 and spaces.rows[1] - spaces.rows[0] == spaces.n // 2


def _forms_in_range(x: RealArray, y: RealArray) -> Forms:
    """C and M of X and Y divided by powers of 2, which changes no digit and keeps squares in range.

    The critical row spaces are the same; losses are divided by ``nearest_power(y)**2``.
    """
    return data_forms(x / data.nearest_power(x), y / data.nearest_power(y))


def _normalised(forms: Forms) -> Forms:
    """C and M with mean eigenvalue 1; the critical row spaces are the same."""
    sizes = [float(np.trace(form)) / len(form) for form in forms]
    return Forms(
        *(form / size if size > 0 else form for form, size in zip(forms, sizes, strict=True))
    )


class _RealPoint(NamedTuple):
    """A real critical point: its row space by an orthonormal basis and by real variables."""

    loss: float
    morse_index: int
    basis: RealArray
    variables: RealArray


def _classified(
    spaces: RowSpaces, x: RealArray, y: RealArray, ends: Array, expected: int
) -> tuple[tuple[JointCriticalPoint, ...], list[str]]:
    """The real points among the ends, classified, and every sign that something is missing."""
    P, gain = projectors(spaces, ends), Gain(spaces, *_forms_in_range(x, y))
    unit = data.nearest_power(y)
    energy = float(np.sum((y / unit) ** 2))
    is_real = np.abs(P.imag).max(axis=(1, 2)) < REAL
    lost, missing = expected - len(ends), []
    if lost:
        missing.append(
            f"{lost} of {expected} paths end at no point of their own: there W·XXᵀ·Wᵀ becomes "
            f"singular"
        )
    # For real data the points that are not real come in conjugate pairs.
    complex_P = P[~is_real]
    closure = unique_indices(np.concatenate([complex_P, np.conj(complex_P)]))
    unpaired = len(closure) - len(complex_P)
    if unpaired:
        missing.append(f"{unpaired} complex points without their conjugates")
    real_points, without_weights = [], 0
    for end, projector in zip(ends[is_real], P[is_real].real, strict=True):
        # The row space is the eigenspace of its projector for the eigenvalue 1.
        basis = np.linalg.eigh((projector + projector.T) / 2)[1][:, -spaces.k :].T
        try:
            variables = real_variables(spaces, basis, end)
        except ValueError:
            without_weights += 1
            continue
        loss, index = energy - float(gain(variables)), _index(gain, variables)
        real_points.append(_RealPoint(loss, index, basis, variables))
    if without_weights:
        missing.append(f"no real weights were found for {without_weights} real row spaces")
    real_points.sort(key=lambda point: point.loss)
    # Morse theory: on a closed manifold the sum of (-1)^index is the Euler characteristic.
    euler, morse = (
        _euler_characteristic(spaces),
        sum((-1) ** point.morse_index for point in real_points),
    )
    if euler is not None and morse != euler:
        missing.append(f"the Morse sum is {morse}, the Euler characteristic {euler}")
    minima = (point.loss for point in real_points if point.morse_index == 0)
    best = min(minima, default=np.inf) + 1e-10 * energy
    points = (
        JointCriticalPoint(
            loss * unit**2,
            kind_of(index, spaces.dimension, loss > best),
            index,
            basis,
            z,
            (spaces, x, y),
        )
        for loss, index, basis, z in real_points
    )
    return tuple(points), missing


def _index(gain: Gain, variables: Array) -> int:
    """Negative directions of the loss among the row spaces, which are positive ones of the gain."""
    # The left singular vectors of the tangent map with nonzero singular values span the complement
    # of the gauge directions.
    complement = np.linalg.svd(gain.tangent(variables))[0][:, : gain.spaces.dimension]
    hessian = complement.T @ gain.hessian(variables) @ complement
    return int((np.linalg.eigvalsh(hessian) > 0).sum())


def _euler_characteristic(spaces: RowSpaces) -> int | None:
    """Euler characteristic of the real row spaces, where it is known.

    Those of two siblings are P^(N-1) × P^(N-1), N = n/2: 1 if N = 1, 0 if N is even.
    """
    if _are_siblings(spaces):
        return 1 if spaces.n == 2 else 0
    return None
