"""How far a plane can be from all row spaces that the kept outputs of a butterfly can have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Set
from fractions import Fraction
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.random import Generator

from fjlt.types import RealArray
from landscape import far_plane, nearest_row_space, reachable_dimension, reduced_loss, row_classes
from landscape.planes.dimension import dimension_bound
from landscape.planes.far_planes import (
    FarPlane,
    conference_matrix,
    conference_square,
    separating_nodes,
)
from landscape.planes.row_spaces import RowSpaces
from proofs_check.claim import Bearing, Check, Claim, Context, Control, Finding, Grade, Verdict
from proofs_check.exact.inertia import rational_inertia
from proofs_check.exact.planted import rational

__all__ = ["CLAIM", "Counts", "climb", "group", "separates"]

SIZES = 4, 8, 16
TINY = 1e-9
"""What rounding may do to a number of size 1."""
NEAR = 1e-3
"""How near descents come, in radians."""
Rows = tuple[int, ...]


class Counts(NamedTuple):
    """How many pairs of a class of outputs and k are of which kind, k < n.

    Attributes
    ----------
    zero : int
        Every plane is a limit of row spaces.
    right : int
        Some plane has a right angle to every row space.
    between : int
        Some plane has an angle that is proved, below 90°.
    missing : int
        The row spaces have less than full dimension, without another bound.
    full : int
        The row spaces have full dimension, without a bound.
    """

    zero: int = 0
    right: int = 0
    between: int = 0
    missing: int = 0
    full: int = 0


TABLE = {
    4: Counts(zero=10, right=1),
    8: Counts(zero=40, right=20, between=8, full=15),
    16: Counts(zero=445, right=759, between=116, missing=145, full=382),
}
"""The printed numbers."""


def pairs(n: int) -> Iterator[tuple[Rows, int]]:
    """(kept outputs, k) for every class of outputs, k < n."""
    for l in range(1, n + 1):
        for c in row_classes(n, l):
            for k in range(1, min(l, n - 1) + 1):
                yield c.rows, k


SMALL = [(n, rows, k) for n in (4, 8) for rows, k in pairs(n)]


def is_all_planes(n: int, rows: Rows, k: int) -> bool:
    """Whether one output, or two of different parity, give all planes or all complements.

    The rows of one output, and of two of different parity, are any vectors. The complement of the
    row space of B is spanned by the other outputs of the inverse transpose.
    """
    left_out = {*range(n)}.difference(rows)
    return (
        k == 1
        or (k == 2 and _both_parities(rows))
        or k == n - 1
        or (k == n - 2 and (len(left_out) < 2 or _both_parities(left_out)))
    )


def _both_parities(rows: Rows | set[int]) -> bool:
    return len({r % 2 for r in rows}) == 2


def separates(n: int, rows: Rows, k: int, nodes: Set[tuple[int, int]]) -> bool:
    """Whether every path from the first k inputs to the outputs meets one of these nodes (i, j).

    Examples
    --------
    >>> separates(4, (0, 2), 2, {(1, 0)}), separates(4, (0, 2), 2, {(1, 1)})
    (True, False)
    """
    reached = {j for j in range(k) if (0, j) not in nodes}
    for i in range(n.bit_length() - 1):
        reached |= {j ^ (1 << i) for j in reached}
        reached = {j for j in reached if (i + 1, j) not in nodes}
    return not reached.intersection(rows)


@cache
def dominant_up_to(n: int, rows: Rows) -> int:
    """The largest k for which the row spaces have full dimension."""
    return next(
        k
        for k in range(len(rows), 0, -1)
        if dimension_bound(n, rows, k) == k * (n - k)
        and reachable_dimension(n, rows, k) == k * (n - k)
    )


def group(n: int, rows: Rows, k: int) -> tuple[str, FarPlane | None]:
    """The kind of this pair, a field of ``Counts``, and the plane that is far, if there is one.

    The kind is "unproved" if the plane has not what its bound is proved from.
    """
    if is_all_planes(n, rows, k):
        return "zero", None
    plane = far_plane(n, rows, k)
    if plane is None:
        return ("full" if k <= dominant_up_to(n, rows) else "missing"), None
    if plane.cosine_squared == 0:
        nodes = separating_nodes(n, rows, k)
        proved = separates(n, rows, k, nodes) and len(nodes) < k
        return ("right" if proved else "unproved"), plane
    proved = plane.cosine_squared >= proved_square(n, rows, k, plane) - TINY
    return ("between" if proved else "unproved"), plane


def exact_projector(plane: FarPlane) -> fmpq_mat:
    """The projector onto a plane with a rational one, of small denominators."""
    n = plane.basis.shape[1]
    entries = [Fraction(x).limit_denominator(64) for x in (plane.basis.T @ plane.basis).flat]
    return fmpq_mat(n, n, [fmpq(x.numerator, x.denominator) for x in entries])


def identity(n: int) -> fmpq_mat:
    """The identity matrix."""
    return fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


def proved_square(n: int, rows: Rows, k: int, plane: FarPlane) -> float:
    """The bound of cos² that follows from the blocks of the projector onto the plane; 1 if none.

    That is σ/m for a sum of norms σ and a dimension m, exactly, or the bound from a conference
    matrix, whose plane is compared in floating point.
    """
    if plane.why == "conference matrix":
        return _from_conference_matrix(n, rows, plane)
    l, dual = len(rows), plane.why == "lines of the complement"
    P = exact_projector(plane)
    if P * P != P or P.rank() != k:
        return 1.0
    if dual:
        P = identity(n) - P
    bounds = [Fraction(1)]
    for s in range(1, n.bit_length() - 1):
        w = 1 << s
        blocks = [range(b, b + w) for b in range(0, n, w)]
        if any(P[i, j] != 0 for block in blocks for i in block for j in block if i != j):
            continue
        # the norm of a diagonal block is its largest entry
        total = sum(
            (max(Fraction(int(P[i, i].p), int(P[i, i].q)) for i in block) for block in blocks),
            Fraction(0),
        )
        for c in range(w):
            equal = sum(r % w == c for r in rows)
            m = n // w - equal if dual else k - l + equal
            bounds += [total / m] if m > 0 else []
    return float(min(bounds))


def _from_conference_matrix(n: int, rows: Rows, plane: FarPlane) -> float:
    P, N, S = plane.basis.T @ plane.basis, n // 2, conference_matrix(n // 2)
    good = (abs(S) == 1 - np.eye(N)).all() and (S == -S.T).all()
    good &= np.array_equal(S @ S.T, (N - 1) * np.eye(N))
    inside = np.kron(np.eye(N), np.eye(2)) + np.kron(S, [[0, -1], [1, 0]]) / np.sqrt(N - 1)
    # the plane contains that of the conference matrix, on which this is 2
    good &= np.abs(P @ inside - inside).max() < TINY
    m = N - len(rows) + max(sum(r % 2 == c for r in rows) for c in (0, 1))
    return float(1 + np.sqrt(float(conference_square(N, m)))) / 2 if good and m > 0 else 1.0


def degrees(radians: float) -> float:
    """An angle in degrees."""
    return float(np.degrees(radians))


def _table(context: Context) -> Finding:
    rows: list[list[object]] = []
    found, certified, faults = {}, [], []
    for n in SIZES:
        groups = {(kept, k): group(n, kept, k) for kept, k in pairs(n)}
        for k in range(2, n - 1):
            of_k = [pair for (_, j), pair in groups.items() if j == k]
            counts = Counter(kind for kind, _ in of_k)
            angles = {f"{degrees(p.angle):.1f}" for kind, p in of_k if p and kind == "between"}
            numbers = [counts[kind] for kind in Counts._fields]
            rows.append([n, k, *numbers, ", ".join(sorted(angles, key=float)) or "–"])
        counts = Counter(kind for kind, _ in groups.values())
        faults += [f"n = {n}: {counts.pop('unproved')} unproved"] if counts["unproved"] else []
        found[n] = Counts(**counts)
        faults += [f"n = {n}: {found[n]}, printed {TABLE[n]}"] * (found[n] != TABLE[n])
        certified += [
            {"n": n, "rows": [*kept], "k": k, "nodes": sorted(separating_nodes(n, kept, k))}
            for (kept, k), (kind, _) in groups.items()
            if kind == "right"
        ]
    cases = sum(map(sum, found.values()))
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults)
        or "; ".join(
            f"n = {n}: of {sum(of_n)} pairs of a class of outputs and k < n, {of_n.zero} in which "
            f"every plane is a limit of row spaces, {of_n.right} with a plane that has an angle of "
            f"90° to all, {of_n.between} with a plane at a smaller angle that is proved, "
            f"{of_n.missing} more of less than full dimension, {of_n.full} left open"
            for n, of_n in found.items()
        )
        + ". Each set of nodes was seen to separate, and each bound was computed anew from the "
        "blocks of the projector, exactly; that a plane contains that of a conference matrix was "
        "seen in floating point.",
        cases,
        scope=f"n = {', '.join(map(str, SIZES))}",
        numbers={"rows": rows, **{f"n = {n}": of_n._asdict() for n, of_n in found.items()}},
        certificate={"kind": "separated-inputs", "pairs": certified},
    )


def is_no_nearer(W: fmpq_mat, P: fmpq_mat, square: Fraction) -> bool:
    """Whether some vector of the row space has |Pw|² <= square·|w|², exactly."""
    difference = W * P * W.transpose() - W * W.transpose() * fmpq(
        square.numerator, square.denominator
    )
    return sum(rational_inertia(difference)) > 0


def _networks(context: Context, shift: Fraction = Fraction(0)) -> Finding:
    """At random integer weights; shift is taken off the bound."""
    rng, each, cases, wrong = context.rng, 20 if context.full else 3, 0, []
    for n, rows, k in SMALL:
        plane = group(n, rows, k)[1]
        if plane is None or plane.why == "conference matrix":
            continue
        P = exact_projector(plane)
        square = Fraction(plane.cosine_squared).limit_denominator(64) - shift
        spaces = RowSpaces(n, rows, k)
        good = P * P == P and P.rank() == k
        for _ in range(each):
            x = rng.integers(1, 6, spaces.size) * rng.choice([-1, 1], spaces.size)
            good &= is_no_nearer(rational(spaces.rows_at(x.astype(float))), P, square)
            cases += 1
        wrong += [f"n = {n}, outputs {rows}, k = {k}"] * (not good)
    return Finding.of(
        not wrong,
        Bearing.SUPPORTS,
        "; ".join(wrong)
        or f"n = 4, 8: {cases} row spaces at random integer weights. Each contains a vector that "
        "the projector onto the plane shortens as the bound says, in rational numbers.",
        cases,
    )


def turned_sum(S: RealArray, u: RealArray) -> Fraction:
    """(N − 1)·tr K² for integer vectors u, shape (N, 2), of lines.

    K has the entries ⟨u_q, S_qr·J·u_r⟩/(|u_q|·|u_r|·sqrt(N − 1)).
    """
    turned = np.einsum("qi,ij,rj->qr", u, np.array([[0, -1], [1, 0]]), u) * S
    lengths = (u**2).sum(axis=1)
    return sum(
        (
            Fraction(int(turned[q, r]) ** 2, int(lengths[q] * lengths[r]))
            for q, r in product(range(len(u)), repeat=2)
        ),
        Fraction(0),
    )


def _conference(
    context: Context, matrix: Callable[[int], RealArray] = conference_matrix
) -> Finding:
    rng, cases, wrong = context.rng, 0, []
    for N in (2, 4, 8):
        S = matrix(N)
        good = (abs(S) == 1 - np.eye(N)).all() and (S == -S.T).all()
        good &= np.array_equal(S @ S.T, (N - 1) * np.eye(N))
        for _ in range(50 if context.full else 10):
            u = rng.integers(1, 20, (N, 2)) * rng.choice([-1, 1], (N, 2))
            # (N − 1)·tr K² = N²/2 − |sum of squared directions|²/2
            good &= turned_sum(S, u) <= Fraction(N * N, 2)
            cases += 1
        # four directions at 45° attain it
        u = np.array([[1, 0], [1, 1], [0, 1], [-1, 1]])[np.arange(N) % 4]
        good &= N == 2 or turned_sum(S, u) == Fraction(N * N, 2)
        wrong += [f"N = {N}"] * (not good)
    return Finding.of(
        not wrong,
        Bearing.SUPPORTS,
        "; ".join(wrong)
        or f"N = 2, 4, 8: the matrix is skew, with SSᵀ = (N-1)I. At {cases} draws of integer "
        "directions tr K² <= N²/(2(N-1)), in rational numbers, with equality at multiples of 45°.",
        cases,
    )


def _nearest(context: Context, more: float = 0.0) -> Finding:
    """How near row spaces come to the planes, against the proved angle and so many radians more."""
    rng, gaps = context.rng, {}
    for n, rows, k in SMALL:
        plane = group(n, rows, k)[1]
        if plane is not None and (n == 4 or context.full or plane.cosine_squared > 0):
            gap = np.inf
            # a descent may end at another row space: more starts, until one comes near
            for _ in range(8):
                near = nearest_row_space(plane.basis, rows, 3, rng)
                gap = min(gap, near.largest - plane.angle - more)
                if gap < NEAR:
                    break
            gaps[n, rows, k] = gap
    wrong = [str(case) for case, gap in gaps.items() if not -1e-6 < gap < NEAR]
    return Finding.of(
        not wrong,
        Bearing.SUPPORTS,
        "; ".join(wrong)
        or f"n = 4, 8: for {len(gaps)} of the planes descents find a row space at the proved "
        f"angle, up to {degrees(max(gaps.values())):.0e}°, and none nearer. So this is their "
        "distance.",
        len(gaps),
        numbers={"planes": len(gaps)},
    )


def climb(
    n: int, rows: Rows, k: int, rng: Generator, steps: int, starts: int = 6
) -> tuple[RealArray, float]:
    """A plane far from the row spaces found, by ascent from a random one, and its angle.

    A step turns the vectors of the plane with the largest angles away from the nearest row space.
    """
    U = np.linalg.qr(rng.standard_normal((n, k)))[0].T
    near, size = nearest_row_space(U, rows, starts, rng), 0.3
    for _ in range(steps):
        left = U - U @ near.basis.T @ near.basis
        vectors, sines, _ = np.linalg.svd(left)
        move = vectors * (sines / sines[0]) ** 16 @ vectors.T @ left
        move /= np.linalg.norm(move)
        move += rng.standard_normal(U.shape) / (2 * U.size**0.5)
        moved = np.linalg.qr((U + size * move).T)[0].T
        far = nearest_row_space(moved, rows, starts, rng)
        if far.largest > near.largest:
            U, near, size = moved, far, 1.3 * size
        else:
            size = 0.8 * size
    return U, min(near.largest, nearest_row_space(U, rows, 30, rng).largest)


CLIMBED: tuple[tuple[int, Rows, int], ...] = (
    (4, (0, 2), 2),
    (8, (0, 1, 2), 3),
    (8, (0, 1, 2, 3), 4),
    (8, (0, 1, 2, 3, 4), 4),
)


def _search(context: Context) -> Finding:
    rng, draws, climbs = context.rng, 60 if context.full else 2, 4 if context.full else 0
    rows: list[list[object]] = []
    good = True
    for n, kept, k in CLIMBED:
        plane = far_plane(n, kept, k)
        bases = [rng.standard_normal((k, n)) for _ in range(draws)]
        drawn = [nearest_row_space(U, kept, 4, rng).largest for U in bases]
        climbed = [climb(n, kept, k, rng, 60)[1] for _ in range(climbs)]
        good &= plane is not None and max(drawn + climbed) < plane.angle + NEAR
        angles = [plane.angle if plane else 0.0, max(drawn), *([max(climbed)] if climbed else [])]
        names = ", ".join(map(str, kept))
        rows.append([n, names, k, ", ".join(f"{degrees(angle):.2f}°" for angle in angles)])
    # where no plane is known to be far
    left_open = [pair for pair in pairs(8) if group(8, *pair)[0] == "full"]
    for kept, k in left_open:
        for _ in range(draws if context.full else 1):
            U = rng.standard_normal((k, 8))
            # some descents are slow: where two do not come near, twenty more are tried
            good &= any(
                nearest_row_space(U, kept, starts, rng).largest < NEAR for starts in (2, 20)
            )
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        "Distance of the far plane, largest distance found of random planes, and "
        f"{'by ascent' if climbs else 'in the full profile by ascent'}: "
        + "; ".join(f"n = {n}, outputs {kept}, k = {k}: {found}" for n, kept, k, found in rows)
        + f". For n = 8 and the {len(left_open)} pairs left open, random planes are nearer to a "
        f"row space than {degrees(NEAR):.2f}°.",
        draws * len(CLIMBED),
        numbers={"rows": rows},
    )


def sibling_distance(U: RealArray) -> float:
    """The largest principal angle of the row space of two siblings nearest to a plane."""
    half = U.shape[1] // 2
    return float(np.arccos(min(np.linalg.norm(V, 2) for V in (U[:, :half], U[:, half:]))))


def _siblings(context: Context, siblings: bool = True) -> Finding:
    """For the siblings 0 and n/2, or for the outputs 0 and 1."""
    rng, gaps = context.rng, []
    for n in (4, 8, 16):
        for _ in range(20 if context.full else 3):
            # the halves have different sizes
            scales = np.repeat(rng.random(2), n // 2)
            U = np.linalg.qr(scales[:, None] * rng.standard_normal((n, 2)))[0].T
            near = nearest_row_space(U, (0, n // 2 if siblings else 1), 3, rng)
            # descents minimise squares of sines, which say little of angles near 90°
            gaps.append(abs(np.sin(near.largest) ** 2 - np.sin(sibling_distance(U)) ** 2))
    return Finding.of(
        max(gaps) < NEAR / 10,
        Bearing.SUPPORTS,
        f"n = 4, 8, 16, siblings: for {len(gaps)} random planes the nearest row space that "
        f"descents find has the angle of the formula, its sine squared up to {max(gaps):.0e}.",
        len(gaps),
    )


def _loss(context: Context, turn: Callable[[float], float] = np.sin) -> Finding:
    """The loss at row spaces with given angles; ``turn`` is the sine."""
    rng, gaps, n, k = context.rng, [], 8, 3
    for _ in range(20):
        Q = np.linalg.qr(rng.standard_normal((n, n)))[0].T
        angles = rng.uniform(0, np.pi / 2, k)
        W = np.cos(angles)[:, None] * Q[:k] + np.sin(angles)[:, None] * Q[k : 2 * k]
        squares = np.array([turn(angle) ** 2 for angle in angles])
        white = reduced_loss(np.eye(n), Q[:k], W, k)
        gaps.append(abs(white - squares.sum()))
        # an auto-encoder with the variances 1 in the plane and ρ outside
        rho = rng.uniform(0.1, 0.9)
        scales = np.sqrt(np.repeat([1, rho], [k, n - k]))
        X = Q.T * scales
        excess = reduced_loss(X, X, W, k) - rho * (n - k)
        gaps.append(abs(excess - ((1 - rho) * rho * squares / (1 - (1 - rho) * squares)).sum()))
    return Finding.of(
        max(gaps) < TINY,
        Bearing.SUPPORTS,
        f"n = 8, k = 3: {len(gaps)} losses at row spaces with given angles are as the formulas "
        f"say, up to {max(gaps):.0e}.",
        len(gaps),
    )


def _one_node_less(context: Context) -> bool:
    """Whether no set of nodes separates after one is taken away."""
    cases = [case for case in SMALL if group(*case)[0] == "right"]
    return not any(
        separates(*case, nodes - {node})
        for case in cases
        for nodes in [separating_nodes(*case)]
        for node in nodes
    )


def symmetric(N: int) -> RealArray:
    """A conference matrix with other signs below the diagonal."""
    upper = np.triu(conference_matrix(N))
    return upper + upper.T


CLAIM = Claim(
    id="worst-angle",
    title="How far a plane can be from all row spaces",
    source="Beyond the paper: how far row spaces are from the planes that they cannot be",
    statement=r"Let $B$ be a butterfly of size $n$ with trained weights and $\ell$ kept outputs, "
    r"$a_c$ of them equal to $c$ modulo $w$, and let $k \le \ell$. The distance of a $k$-plane $U$ "
    r"from the row spaces $W$ of $EB$ is the infimum over $W$ of the largest principal angle "
    r"between $U$ and $W$. Let $\theta$ be its supremum over all $U$. It is $90°$ if fewer than "
    r"$k$ nodes separate the first $k$ inputs from the outputs. For $w = 2, 4, \dots$, "
    r"$\cos^2\theta \le \sigma/(k - \ell + a_c)$, where $\sigma$ is the sum of the norms of the "
    r"diagonal blocks, of size $w$, of the projector onto any $k$-plane; and the same for "
    r"complements. With $w = 2$ and $m = N - \ell + a_c > 0$, "
    r"$\cos^2\theta \le \frac12 + \frac12\sqrt{N(N-m)/(2(N-1)m)}$ for $k \ge N = n/2$. So for "
    r"$n = 4$, $\theta = 90°$ for siblings and $k = 2$, and 0 otherwise. For $n = 8$ and $k < n$ "
    rf"it is $90°$ for {TABLE[8].right} of the 25 deficient pairs of a class of outputs and $k$, "
    r"and at least $30°$ for the others. It is at least $17.6°$ for three of full dimension, and 0 "
    rf"for {TABLE[8].zero}; {TABLE[8].full} are left open. For $n = 16$ it is $90°$ for "
    rf"{TABLE[16].right} of the 1020 deficient pairs, and at least $6.3°$ for "
    rf"{TABLE[16].between} more.",
    expected=Verdict.HOLDS,
    depends_on=("reachable",),
    follows_up=("expressibility",),
    checks=(
        Check("table", Grade.EXACT, "separating nodes, and blocks of projectors", _table),
        Check(
            "integer networks",
            Grade.EXACT,
            "row spaces at random integer weights, in rational numbers",
            _networks,
            partial=True,
        ),
        Check(
            "conference matrices",
            Grade.EXACT,
            "identities of integer matrices, and random directions",
            _conference,
            partial=True,
        ),
        Check("nearest", Grade.NUMERICAL, "descents to the far planes", _nearest, partial=True),
        Check(
            "search", Grade.NUMERICAL, "random planes, and ascents from them", _search, partial=True
        ),
        Check("siblings", Grade.NUMERICAL, "a closed form, and descents", _siblings, partial=True),
        Check("loss", Grade.NUMERICAL, "the reduced loss", _loss, partial=True),
    ),
    controls=(
        Control("one separating node less", _one_node_less),
        Control(
            "a bound of cos² that is smaller by 1/5",
            lambda context: _networks(context, Fraction(1, 5)).bearing is Bearing.FAILED,
        ),
        Control(
            "a symmetric matrix in place of a skew one",
            lambda context: _conference(context, symmetric).bearing is Bearing.FAILED,
        ),
        Control(
            "a proved angle that is larger by half a degree",
            lambda context: _nearest(context, np.radians(0.5)).bearing is Bearing.FAILED,
        ),
        Control(
            "the closed form for two outputs of different parity",
            lambda context: _siblings(context, siblings=False).bearing is Bearing.FAILED,
        ),
        Control(
            "tangents in place of sines in the loss",
            lambda context: _loss(context, np.tan).bearing is Bearing.FAILED,
        ),
    ),
)
