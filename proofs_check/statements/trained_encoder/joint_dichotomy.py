"""Kept outputs whose row spaces have less than full dimension have data with a spurious minimum."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, permutations
from typing import Any, NamedTuple

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.random import Generator

from fjlt.types import RealArray
from landscape.planes.row_spaces import RowSpaces
from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Finding,
    Grade,
    Verdict,
)
from proofs_check.exact.inertia import rational_inertia
from proofs_check.exact.planted import diagonal, stacked, texts
from proofs_check.formal.evidence import formalised
from proofs_check.row_spaces.gain import expansion, gradient
from proofs_check.row_spaces.points import (
    deficient_classes,
    doubled,
    forms,
    kernel,
    places,
    rows_and_moves,
)

__all__ = ["CLAIM"]

DRAWS = 20
"""Random integer weights that are tried for a class before the search gives up."""


def unit(n: int, j: int) -> fmpq_mat:
    """The row e_j."""
    return fmpq_mat(1, n, [int(c == j) for c in range(n)])


def row(a: fmpq_mat, i: int) -> fmpq_mat:
    """Row i as a matrix."""
    return fmpq_mat(1, a.ncols(), [a[i, j] for j in range(a.ncols())])


@dataclass(frozen=True)
class Plane:
    """A row space W at integer variables, and how the variables move it.

    Attributes
    ----------
    spaces : RowSpaces
    x : ndarray of integers, shape (V,)
    W : fmpq_mat, shape (k, n)
        Echelon form of the rows: the identity in the columns ``pivots``.
    moves : list of fmpq_mat, shape (k, n)
        Derivatives of the rows of W by each variable.
    pivots : list of int
    """

    spaces: RowSpaces
    x: RealArray
    W: fmpq_mat
    moves: list[fmpq_mat]
    pivots: list[int]

    @classmethod
    def at(cls, spaces: RowSpaces, x: RealArray) -> Plane | None:
        """The row space at x; None unless it has dimension k and moves as freely as elsewhere."""
        rows, derivatives = rows_and_moves(spaces, x)
        W, rank = rows.rref()
        if rank < spaces.k:
            return None
        pivots = [next(j for j in range(spaces.n) if W[a, j] != 0) for a in range(spaces.k)]
        change = fmpq_mat([[line[j] for j in pivots] for line in rows.tolist()]).inv()
        plane = cls(spaces, x, W, [change * move for move in derivatives], pivots)
        return plane if plane.motions[1] == spaces.full - spaces.dimension else None

    def modulo(self, rows: fmpq_mat) -> list[list[fmpq]]:
        """Vectors of R^n modulo the plane, as their entries outside the pivots."""
        part = fmpq_mat([[line[j] for j in self.pivots] for line in rows.tolist()])
        rest = rows - part * self.W
        others = [j for j in range(self.spaces.n) if j not in self.pivots]
        return [[line[j] for j in others] for line in rest.tolist()]

    @cached_property
    def motions(self) -> tuple[fmpq_mat, int]:
        """The linear forms that vanish on all motions of the plane, in columns, and their number.

        A motion is a map from the plane to R^n modulo the plane, as a vector of k(n − k) entries.
        """
        return kernel(fmpq_mat([[*chain(*self.modulo(move))] for move in self.moves]))

    def occurs(self, i: int, j: int) -> bool:
        """Whether a change of the weights adds w_i·e_j to every vector w, to first order."""
        image = self.modulo(unit(self.spaces.n, j))[0]
        entries = [self.W[a, i] * entry for a in range(self.spaces.k) for entry in image]
        return not any((fmpq_mat(1, len(entries), entries) * self.motions[0]).entries())

    def missing(self) -> tuple[int, int] | None:
        """Inputs (i, j) for which this does not occur; None if there are none.

        These maps span all motions, so there are some unless the dimension is full.
        """
        n = self.spaces.n
        return next(((i, j) for i in range(n) for j in range(n) if not self.occurs(i, j)), None)


class SpuriousData(NamedTuple):
    """Data whose gain has a nondegenerate maximum at a plane, and a better plane.

    Attributes
    ----------
    plane : Plane
    X, Y : fmpq_mat, shapes (n, n) and (k + 1, n)
    turned : tuple of int
        Inputs i and j; the better plane is that of the weights with those that read them doubled.
    variables : list of int
        As many as the set of row spaces has dimensions; the gain is concave in them.
    gains : tuple of fmpq
        At the plane, and at the better one.
    """

    plane: Plane
    X: fmpq_mat
    Y: fmpq_mat
    turned: tuple[int, int]
    variables: list[int]
    gains: tuple[fmpq, fmpq]


def spurious_data(
    plane: Plane, turned: tuple[int, int] | None, bend: int | None = None
) -> SpuriousData | None:
    """Data with a spurious minimum at a plane, by the construction of the theorem.

    With (i, j) missing at the plane, take a basis e of it with (w_i, w_j) = (1, 0), (0, 1), (0, 0),
    … and z_1 = e_2 + u_j, z_2 = e_1 + u_i − κe_2 and more of the rest, where u are unit vectors.
    Let X make all of them orthogonal, with norms 1 for e and z_1 and ρ for the others, and Y make
    them eigenvectors, with eigenvalues 1, L², …, L² for e, 4 for z_1 and 0 for the rest. Of all
    motions only that of e_1 towards z_1 gains, and it is missing: so the plane is a nondegenerate
    maximum of the gain among row spaces if ρ and L are large. Doubling the weights that read i and
    j leads to the span of e_3, …, z_1 and z_2 + κe_2, which gains more if κ is large.

    Parameters
    ----------
    plane : Plane
    turned : tuple of int
        (i, j); None if none is missing.
    bend : int, optional
        κ; by default large enough.

    Returns
    -------
    SpuriousData or None
        None if no ρ that is tried makes the gain concave.
    """
    if turned is None:
        return None
    (i, j), n, k = turned, plane.spaces.n, plane.spaces.k
    e = _adapted(plane.W, i, j)
    if e is None:
        return None
    for rho in (3, 4, *(2**power for power in range(3, 16))):
        L = rho + 2
        kappa = rho * (L + 1) if bend is None else bend
        first = row(e, 1) + unit(n, j)
        second = row(e, 0) + unit(n, i) - kappa * row(e, 1)
        basis = _completed(stacked(e, stacked(first, second)))
        if basis is None:
            return None
        coordinates = basis.inv()
        norms = [1] * (k + 1) + [rho] * (n - k - 1)
        X = coordinates * diagonal(norms, n, n)
        Y = diagonal([1] + [L] * (k - 1) + [2], k + 1, n)
        found = _concave(plane, e, coordinates, norms, [1] + [L * L] * (k - 1))
        if found is None:
            continue
        better = plane.W * diagonal([1 + (c in turned) for c in range(n)], n, n)
        nothing = fmpq_mat(k, n)
        here, there = (expansion(W, nothing, *forms(X, Y))[0] for W in (plane.W, better))
        return SpuriousData(plane, X, Y, turned, found, (here, there))
    return None


def _adapted(W: fmpq_mat, i: int, j: int) -> fmpq_mat | None:
    """A basis of the plane with the entries (1, 0), (0, 1), (0, 0), … at i and j.

    None if the coordinates i and j are dependent on the plane.
    """
    pair = fmpq_mat([[line[i], line[j]] for line in W.tolist()])
    rest, nullity = kernel(pair.transpose())
    if W.nrows() - nullity < 2:
        return None
    # two combinations of the rows with the entries (1, 0) and (0, 1)
    square = pair.transpose() * pair
    ends = square.inv() * pair.transpose() * W
    return stacked(ends, rest.transpose() * W) if nullity else ends


def _completed(rows: fmpq_mat) -> fmpq_mat | None:
    """A basis of R^n that begins with these rows, then unit vectors; None if they are dependent."""
    if rows.rank() < rows.nrows():
        return None
    for j in range(rows.ncols()):
        longer = stacked(rows, unit(rows.ncols(), j))
        if rows.nrows() < rows.ncols() and longer.rank() == longer.nrows():
            rows = longer
    return rows


def _concave(
    plane: Plane,
    e: fmpq_mat,
    coordinates: fmpq_mat,
    norms: list[int],
    inside: list[int],
) -> list[int] | None:
    """Variables in which the gain is concave, as many as the row spaces have dimensions.

    A motion that adds Σ t_ab z_b to e_a changes the gain by Σ (δ_b − α_a)·‖z_b‖²·t_ab² to second
    order, with the eigenvalues α of the e and δ of the z. None if that is not negative definite.
    """
    n, k = plane.spaces.n, plane.spaces.k
    change = fmpq_mat([[line[c] for c in plane.pivots] for line in e.tolist()])
    motions = fmpq_mat(
        [
            [entry for line in (change * move * coordinates).tolist() for entry in line[k:]]
            for move in plane.moves
        ]
    )
    reduced, d = motions.transpose().rref()
    chosen = [next(v for v in range(motions.nrows()) if reduced[a, v] != 0) for a in range(d)]
    outside = [4] + [0] * (n - k - 1)
    pairs = list(zip(outside, norms[k:], strict=True))
    weights = [(delta - alpha) * norm**2 for alpha in inside for delta, norm in pairs]
    kept = fmpq_mat([motions.tolist()[v] for v in chosen])
    index, nullity = rational_inertia(
        kept * diagonal(weights, len(weights), len(weights)) * kept.transpose()
    )
    return chosen if (index, nullity) == (d, 0) else None


def search(n: int, rows: tuple[int, ...], k: int, rng: Generator) -> SpuriousData | None:
    """Data with a spurious minimum for a class, from random weights of slowly growing size."""
    spaces = RowSpaces(n, rows, k)
    for draw in range(DRAWS):
        size = 3 + 2 * draw
        x = rng.choice([v for v in range(-size, size + 1) if v], spaces.size).astype(float)
        plane = Plane.at(spaces, x)
        data = spurious_data(plane, plane.missing()) if plane else None
        if data and data.gains[1] > data.gains[0] and _critical(data):
            return data
    return None


def _critical(data: SpuriousData) -> bool:
    """Whether all derivatives of the gain by the variables vanish."""
    return not any(gradient(data.plane.W, data.plane.moves, *forms(data.X, data.Y)))


def certified(data: SpuriousData) -> dict[str, Any]:
    """A point of the certificate: data, weights, variables and the better weights."""
    spaces = data.plane.spaces
    E, weights = spaces.weights_at(data.plane.x)
    return {
        "X": texts(data.X),
        "Y": texts(data.Y),
        "rows": list(spaces.rows),
        "E": E.astype(int).tolist(),
        "weights": weights.astype(int).tolist(),
        "better": doubled(weights, data.turned).astype(int).tolist(),
        "variables": [places(spaces)[v] for v in data.variables],
    }


def _every_class(context: Context) -> Finding:
    points, margins, missing, counts = [], [], [], []
    for n in (4, 8):
        cases = deficient_classes(n)
        counts.append([n, len(cases)])
        for rows, k in cases:
            data = search(n, rows, k, context.rng)
            if data is None:
                missing.append(f"n = {n}, {rows}, k = {k}")
            else:
                points.append(certified(data))
                margins.append(data.gains[1] / data.gains[0] - 1)
    least = float(min(margins, default=fmpq(0)))
    return Finding.of(
        not missing and min(margins) > 0,
        Bearing.SUPPORTS,
        f"All {len(points)} classes of outputs with less than full dimension, "
        f"{' and '.join(f'{count} for n = {n}' for n, count in counts)}: at integer weights and "
        "rational data all derivatives of the gain vanish, it is concave in as many weights as the "
        "row spaces have dimensions, and other weights gain more, by a share of at least "
        f"{least:.2g}. So the loss has a minimum there that is nondegenerate, up to motions that "
        "change no output, and not global; it persists for all data nearby."
        + (f" Not found: {'; '.join(missing)}." if missing else ""),
        len(points),
        numbers={"classes": counts},
        scope="n = 4 and 8, all outputs and k",
        certificate={"kind": "planted-minima", "points": points, "classes": counts},
    )


def _drawn(n: int, count: int, rng: Generator) -> list[tuple[tuple[int, ...], int]]:
    """Outputs and k of less than full dimension, drawn at random."""
    found: list[tuple[tuple[int, ...], int]] = []
    while len(found) < count:
        l = int(rng.integers(2, n))
        rows = tuple(sorted(rng.choice(n, l, replace=False).tolist()))
        k = int(rng.integers(2, l + 1))
        if not RowSpaces(n, rows, k).dominant:
            found.append((rows, k))
    return found


def _larger(context: Context) -> Finding:
    """The same for n = 16: some outputs and k, or all classes."""
    cases = deficient_classes(16) if context.full else _drawn(16, 3, context.rng)
    missing = [f"{rows}, k = {k}" for rows, k in cases if search(16, rows, k, context.rng) is None]
    return Finding.of(
        not missing,
        Bearing.SUPPORTS,
        f"n = 16, {len(cases)} {'classes' if context.full else 'sets of outputs, drawn'}: the "
        "construction gives such data for each, in rational numbers, if the dimensions are the "
        "ranks that are found modulo a prime."
        + (f" Not found: {'; '.join(missing)}." if missing else ""),
        len(cases),
        numbers={"sets": len(cases), "missing": len(missing)},
    )


def _without_bend(context: Context) -> bool:
    """Whether the other plane is seen to gain less if κ = 0."""
    plane = Plane.at(RowSpaces(4, (0, 2), 2), np.ones(4))
    data = spurious_data(plane, plane.missing(), bend=0) if plane else None
    return data is not None and data.gains[1] < data.gains[0]


def _full_dimension(context: Context) -> bool:
    """Whether the construction finds nothing for outputs of full dimension."""
    return all(
        search(n, rows, k, context.rng) is None
        for n, rows, k in ((4, (0, 1), 2), (8, (0, 1, 2, 3, 4), 4))
    )


def _motion_that_occurs(context: Context) -> bool:
    """Whether the plane is seen to be no maximum if the motion that gains is one that occurs."""
    found = []
    for rows, k in deficient_classes(8):
        spaces = RowSpaces(8, rows, k)
        plane = Plane.at(spaces, context.rng.choice([-2, -1, 1, 2], spaces.size).astype(float))
        pairs = permutations(range(8), 2) if plane else ()
        there = (p for p in pairs if plane and plane.occurs(*p) and _adapted(plane.W, *p))
        if plane and (pair := next(there, None)):
            found.append(spurious_data(plane, pair))
    return bool(found) and found == [None] * len(found)


CLAIM = Claim(
    id="joint-dichotomy",
    title="Where the row space cannot move freely, some data have a spurious minimum",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"Let $n = 4$ or $8$, and let the row spaces $EB$ of some kept outputs and $k$ have "
    r"less than the full dimension $k(n-k)$. Then there is an open set of data $X$, $Y$ for which "
    r"the network with trained $B$ has a local minimum that is not global.",
    expected=Verdict.HOLDS,
    depends_on=("reachable",),
    checks=(
        formalised(
            "kernel",
            {
                "planted_second_order": "with data as constructed, for all n, the gain at the rows "
                "e_a + Σ t_ab z_b is that of e plus 3t_11² − (L² − 4) Σ t_(a1)² − ρ² Σ (t_(1b)² + "
                "L² Σ t_ab²), a, b ≥ 2, minus tr (1 + S)⁻¹SQ, where S and Q are quadratic in t",
                "missing_motion_concave": "in a space of motions that has not that of t_11 alone, "
                "this form is negative definite if ρ² and L² are large",
                "better_plane": "the weights that read the inputs i and j, doubled, gain "
                "3 − ρ²L²/(κ² + ρ²) more",
                "bent_weights_spurious": "let the matrices EB near one of rank k keep to a "
                "hypersurface, |⟨A, U⟩| ≤ K|U|² for their difference U and some A ≠ 0, and let its "
                "row space contain no unit vector and none of its columns be 0; then some data "
                "have a local minimum in D, E and all weights there that is not global",
            },
            Bearing.SUPPORTS,
            "all sizes",
            partial=True,
            remark="They do not state that generic weights of deficient outputs are such, nor that "
            "such data are an open set.",
        ),
        Check(
            "every class",
            Grade.EXACT,
            "an explicit construction in rational numbers",
            _every_class,
        ),
        Check(
            "n = 16",
            Grade.EXACT,
            "the same construction in rational numbers",
            _larger,
            partial=True,
        ),
    ),
    controls=(
        Control("a plane that is turned without a bend", _without_bend),
        Control("outputs whose row spaces have full dimension", _full_dimension),
        Control("a motion that occurs taken for one that is missing", _motion_that_occurs),
    ),
)
