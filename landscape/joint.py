"""Every critical point of the network with trained B: all complex ones followed, the real ones told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from math import comb
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh

from fjlt import boundary
from landscape import data
from landscape.backend import backend
from landscape.certify import Certificate, certify
from landscape.gain import Gain, data_forms
from landscape.monodromy import SAME, StartSet, distinct, follow, monodromy, projectors, turned
from landscape.path_tracking import Forms, refine
from landscape.real_variables import real_variables
from landscape.row_spaces import RowSpaces
from landscape.start_sets import start_set

__all__ = ["JointCriticalPoint", "JointCriticalPoints", "joint_critical_points"]

Array = NDArray[Any]

REAL = 1e-8
"""Row spaces whose projector has an imaginary part below this are real."""
SINGULAR = 1e-10
"""Hessians, modulo the directions that change no row space, with a smaller inverse condition number are singular."""
TRIES = 3


@dataclass(frozen=True, eq=False)
class JointCriticalPoint:
    """A real row space of E·B at which the loss with the best D is critical in E and all weights of B.

    Attributes
    ----------
    loss : float
        ‖DEBX - Y‖_F² at the best D.
    kind : str
        Of the loss: "global minimum", "spurious minimum", "strict saddle" or "maximum".
    index : int
        Negative directions of the loss among the row spaces, and so among all D, E and weights.
    rows : ndarray, shape (k, n)
        An orthonormal basis of the row space.
    """

    loss: float
    kind: str
    index: int
    rows: NDArray[np.float64] = field(repr=False)
    problem: tuple[RowSpaces, Array, Array] = field(repr=False)
    start: Array = field(repr=False)

    @cached_property
    def variables(self) -> Array:
        """Real variables of ``RowSpaces`` with this row space."""
        return real_variables(self.problem[0], self.rows, self.start)

    @property
    def weights(self) -> tuple[Array, Array]:
        """E, shape (k, l), and the weights of B, shape (p, n, 2)."""
        return self.problem[0].weights_at(self.variables)

    @cached_property
    def certificate(self) -> Certificate:
        """Proof, in interval arithmetic, that there is one, with its loss and index, or the reason why not."""
        spaces, X, Y = self.problem
        return certify(X, Y, spaces.rows, spaces.k, self.variables)


@dataclass(frozen=True, eq=False)
class JointCriticalPoints(Sequence[JointCriticalPoint]):
    """The real critical points, lowest loss first, and what is known of the whole.

    Attributes
    ----------
    points : tuple of JointCriticalPoint
    n_complex : int
        Distinct complex critical points found, the real ones among them.
    expected : int
        Number for generic data.
    complete : bool
        All paths arrived at distinct points, these are closed under conjugation, and the Morse sum is right.
    note : str
        What is missing; empty if complete.
    method : str
        Where the list comes from.
    dominant : bool
        Whether almost all k-planes are row spaces.
    dense_optimum : float
        Least loss of all k-planes.
    """

    points: tuple[JointCriticalPoint, ...]
    n_complex: int
    expected: int
    complete: bool
    note: str
    method: str
    dominant: bool
    dense_optimum: float

    @overload
    def __getitem__(self, i: int) -> JointCriticalPoint: ...
    @overload
    def __getitem__(self, i: slice) -> Sequence[JointCriticalPoint]: ...
    def __getitem__(self, i: int | slice) -> JointCriticalPoint | Sequence[JointCriticalPoint]:
        return self.points[i]

    def __len__(self) -> int:
        return len(self.points)


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
    """Row spaces of rank k at which ‖DEBX - Y‖_F² is critical in D, E and the weights of B, lowest loss first.

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
        Of the points with rank EB = k at which no inner vector of the butterfly is zero; those of lower rank are
        strict saddles unless no D and E do better for their B.

    Raises
    ------
    ValueError
        If XXᵀ is singular, n no power of 2, critical points are not isolated (with the dimension), or there are
        too many.
    TypeError
        If an entry is not real.

    Notes
    -----
    If almost all k-planes can be reached, the points are the planes of eigenvectors of the pencil (XYᵀYXᵀ, XXᵀ).
    Otherwise all complex critical points for generic data (stored for siblings and n = 4, 8, 16, else found by
    monodromy) are followed to the data; paths that fail, or end together, are followed again by a detour with a
    smaller tolerance. Cost: for siblings about c(n/2) = N(2N-1)(2N²-3N+4)/3 paths, N = n/2, of some 10 ms each at
    n = 8. Source: this library's; beyond arXiv 2007.08864.

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
    values, vectors = _pencil(x, y, spaces.k)
    optimum = float(np.sum(y**2) - values[: spaces.k].sum())
    if spaces.dominant:
        return _eigenplanes(spaces, x, y, values, vectors, optimum)
    rng = np.random.default_rng(rng)
    say = progress or (lambda sentence: None)
    with backend(workers, scheduler):
        start, origin = start_set(spaces), "stored start set"
        if start is None:
            start = monodromy(spaces, rng, progress=lambda count: say(f"generic data: {count} critical points"))
            origin = f"monodromy, {start.quiet} loops without a further point"
        forms = Forms(*_scaled(*data_forms(x, y)))
        ends, stuck = _ends(start, forms, rng, say)
    _refuse_families(spaces, np.concatenate([ends, stuck]), forms)
    method = f"{len(start.x)} paths, {origin}"
    return _told_apart(spaces, x, y, ends, len(start.x), method, optimum)


def _pencil(x: Array, y: Array, k: int) -> tuple[Array, Array]:
    """Eigenvalues of (M, C), largest first, and eigenvectors v with vᵀCv = 1, as columns."""
    singular = np.linalg.svd(x, compute_uv=False)
    if len(singular) < len(x) or singular[-1] <= len(x) * np.finfo(float).eps * singular[0]:
        rank = int((singular > len(x) * np.finfo(float).eps * singular[0]).sum())
        raise ValueError(
            f"XXᵀ is singular: X has {len(x)} rows and rank {rank}, so that critical row spaces come in families; "
            "add samples, or a small multiple of the identity as further columns of X and zeros to Y"
        )
    basis = np.linalg.svd(x, full_matrices=False)
    values, turned_vectors = eigh(basis[2] @ y.T @ y @ basis[2].T)
    return values[::-1], (basis[0] / basis[1] @ turned_vectors)[:, ::-1]


def _scaled(C: Array, M: Array) -> tuple[Array, Array]:
    """C and M with mean eigenvalue 1: the critical row spaces are the same."""
    size = np.trace(M)
    return C * (len(C) / np.trace(C)), M * (len(M) / size) if size > 0 else M


def _eigenplanes(spaces: RowSpaces, x: Array, y: Array, values: Array, vectors: Array, optimum: float) -> Any:
    n, k = spaces.n, spaces.k
    scale = max(float(values[0]), 0.0)
    close = [i + 1 for i in range(n - 1) if values[i] - values[i + 1] <= 1e-9 * scale]
    if close and k < n:
        i = close[0]
        raise ValueError(
            f"eigenvalues {i} and {i + 1} of the pencil (XYᵀYXᵀ, XXᵀ) are equal ({values[i - 1]:.6g}), so that the "
            "critical set has dimension at least 1: planes of their eigenvectors can turn; change the data a little"
        )
    if comb(n, k) > 20_000:
        raise ValueError(
            f"there are C({n}, {k}) = {comb(n, k)} critical planes, one for each choice of eigenvectors; "
            "critical_points(X, Y, numpy.eye(n), k) lists them lazily"
        )
    points, energy = [], float(np.sum(y**2))
    start = spaces.random(np.random.default_rng(0))
    for chosen in combinations(range(n), k):
        index = sum(sum(i not in chosen for i in range(c)) for c in chosen)
        kind = "global minimum" if index == 0 else "maximum" if index == spaces.dimension else "strict saddle"
        basis = np.linalg.qr(vectors[:, chosen])[0].T
        loss = energy - float(values[list(chosen)].sum())
        points.append(JointCriticalPoint(loss, kind, index, basis, (spaces, x, y), start))
    points.sort(key=lambda point: point.loss)
    count = len(points)
    method = f"closed form: planes of {k} of the {n} eigenvectors of (XYᵀYXᵀ, XXᵀ)"
    return JointCriticalPoints(tuple(points), count, count, True, "", method, True, optimum)


def _ends(start: StartSet, forms: Forms, rng: np.random.Generator, say: Callable[[str], Any]) -> tuple[Array, Array]:
    """Distinct ends of the paths from the start set, and where paths stopped short.

    Paths that fail or end together are followed again with a smaller tolerance; then all of them, by other lines of
    data that permute the ends, and what is new is added.
    """
    spaces, x, origin = start.spaces, start.x, turned(start.forms, rng)
    say(f"{len(x)} paths to follow")
    ends, arrived = _arrivals(spaces, x, origin, forms, 1e-4)
    for attempt in range(TRIES + 1):
        places = projectors(spaces, ends[arrived])
        first = np.flatnonzero(arrived)[distinct(places)]
        if len(first) >= len(x) or attempt == TRIES:
            break
        if attempt == 0:
            again = _ambiguous(places, arrived)
            say(f"{len(again)} paths to follow again")
            ends[again], arrived[again] = _arrivals(spaces, x[again], origin, forms, 1e-6)
        else:
            say(f"{len(x) - len(first)} ends missing; all paths by another line of data")
            more, there = _arrivals(spaces, x, turned(start.forms, rng), forms, 1e-5)
            ends, arrived = np.concatenate([ends[first], more]), np.concatenate([np.ones(len(first), bool), there])
    return ends[first], ends[~arrived]


def _ambiguous(places: Array, arrived: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Numbers of the paths that did not arrive, or that share their end with another one."""
    number = np.flatnonzero(arrived)
    alone = distinct(places)
    shared = np.setdiff1d(np.arange(len(places)), alone)
    gap = np.linalg.norm(places[:, None] - places[None, shared], axis=(-2, -1)) if shared.size else np.ones((0, 1))
    return np.union1d(np.flatnonzero(~arrived), number[np.flatnonzero((gap < SAME).any(axis=1))])


def _arrivals(
    spaces: RowSpaces, x: Array, start: Forms, end: Forms, tolerance: float
) -> tuple[Array, NDArray[np.bool_]]:
    """Ends of the paths, refined, and which of them are critical points."""
    ends, arrived = follow(spaces, x, start, end, tolerance)
    if arrived.any():
        ends[arrived], size = refine(spaces, ends[arrived], end)
        arrived[arrived] = size < 1e-9
    return ends, arrived


def _told_apart(
    spaces: RowSpaces, x: Array, y: Array, ends: Array, expected: int, method: str, optimum: float
) -> JointCriticalPoints:
    """The real points among the ends, classified, with every sign that something is missing."""
    C, M = data_forms(x, y)
    energy = float(np.sum(y**2))
    P = projectors(spaces, ends) if len(ends) else np.zeros((0, spaces.n, spaces.n))
    real = np.abs(P.imag).max(axis=(1, 2)) < REAL if len(ends) else np.zeros(0, dtype=bool)
    lost = expected - len(ends)
    missing = []
    if lost:
        missing.append(f"{lost} of {expected} paths end at no point of their own: there W·XXᵀ·Wᵀ becomes singular")
    alone = len(P) - len(distinct(np.concatenate([P[~real], np.conj(P[~real])]))) - int(real.sum()) if len(P) else 0
    if alone:
        missing.append(f"{abs(alone)} complex points without their conjugates")
    found = []
    for end, projector in zip(ends[real], P[real].real, strict=True):
        basis = np.linalg.eigh((projector + projector.T) / 2)[1][:, -spaces.k :].T
        index, loss = _index_and_loss(spaces, basis, end, C, M, energy)
        found.append((loss, index, basis, end))
    found.sort(key=lambda item: item[0])
    euler = _euler_characteristic(spaces)
    morse = sum((-1) ** index for _, index, *_ in found)
    if euler is not None and morse != euler:
        missing.append(f"the Morse sum is {morse}, the Euler characteristic {euler}")
    lowest = min((loss for loss, index, *_ in found if index == 0), default=np.inf)
    points = tuple(
        JointCriticalPoint(loss, _kind(loss, index, lowest, energy, spaces), index, basis, (spaces, x, y), end)
        for loss, index, basis, end in found
    )
    note = "incomplete: " + "; ".join(missing) if missing else ""
    return JointCriticalPoints(points, len(ends), expected, not missing, note, method, False, optimum)


def _kind(loss: float, index: int, lowest: float, energy: float, spaces: RowSpaces) -> str:
    if index == 0:
        return "global minimum" if loss <= lowest + 1e-10 * energy else "spurious minimum"
    return "maximum" if index == spaces.dimension else "strict saddle"


def _index_and_loss(
    spaces: RowSpaces, basis: Array, end: Array, C: Array, M: Array, energy: float
) -> tuple[int, float]:
    """Negative directions of the loss among the row spaces, from real variables; and the loss."""
    variables = real_variables(spaces, basis, end)
    gain = Gain(spaces, C, M)
    move = np.linalg.svd(gain.tangent(variables))[0][:, : spaces.dimension]
    values = np.linalg.eigvalsh(move.T @ gain.hessian(variables) @ move)
    return int((values > 0).sum()), energy - float(gain(variables))


def _refuse_families(spaces: RowSpaces, x: Array, forms: Forms) -> None:
    """``ValueError`` if Newton's method from some of the points ends where the critical set is not a simple point."""
    gain, rank = Gain(spaces, *forms), spaces.dimension
    with np.errstate(all="ignore"):
        x = spaces.rescaled(x)
        for _ in range(30):
            x = x[np.isfinite(gain.gradient(x)).all(axis=-1)]
            gradient, hessian = gain.derivatives(x)
            step = (np.linalg.pinv(hessian, rcond=1e-7) @ gradient[..., None])[..., 0]
            x = spaces.rescaled(x - step / np.maximum(1, np.linalg.norm(step, axis=-1, keepdims=True)))
        gradient, hessian = gain.derivatives(x)
        W = spaces.rows_at(x)
        regular = np.linalg.cond(W @ forms.C @ np.swapaxes(W, -1, -2)) < 1e6
    critical = regular & (np.abs(gradient).max(axis=-1) < 1e-10)
    values = np.linalg.svd(hessian[critical], compute_uv=False)[:, :rank]
    singular = values < SINGULAR * max(1.0, float(np.median(values[:, 0]))) if len(values) else values
    if singular.any():
        d, count = int(singular.sum(axis=1).max()), int(singular.any(axis=1).sum())
        raise ValueError(
            f"the critical set has dimension up to {d}: at {count} of {len(x)} ends of paths the Hessian has zero "
            f"eigenvalues, up to {d}, besides those of the symmetries; slice the set, or change the data a little "
            "(regularise)"
        )


def _euler_characteristic(spaces: RowSpaces) -> int | None:
    """Of the real row spaces, where it is known: two siblings span P^(N-1) × P^(N-1), N = n/2."""
    if spaces.l == spaces.k == 2 and spaces.rows[1] - spaces.rows[0] == spaces.n // 2:
        return 1 if spaces.n == 2 else 0
    return None
