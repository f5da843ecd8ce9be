"""Which kept outputs have spurious minima: a conjecture, and what is seen on either side.

If the row spaces have less than the full dimension, some data are conjectured to have a spurious
minimum. With full dimension regular points are no spurious minima. Folds may be, and are counted
apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from itertools import cycle, islice
from typing import NamedTuple

import numpy as np
from numpy.random import Generator, SeedSequence

from fjlt.types import RealArray
from landscape import Minimum, minimise_reduced, multi_start, reduced_loss, row_classes
from landscape.enumeration.pencils import pencil
from landscape.minima.random_starts import ABOVE
from landscape.minima.second_order import Problem, descend
from landscape.planes.gain import Gain
from landscape.planes.row_motion import motion
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
from proofs_check.counts.generic_data import FAMILIES
from proofs_check.exact.critical_points import is_minimum
from proofs_check.exact.instances import EXAMPLE

__all__ = ["CLAIM"]

TOLERANCE = 1e-10
"""Relative gradient norm below which a descent has converged."""
STEPS = 300
"""Largest number of steps of a descent."""


@cache
def classes(n: int, dominant: bool) -> tuple[tuple[tuple[int, ...], int], ...]:
    """(kept outputs, k) for each class with k < n whose dimension is full, or else is not."""
    every = [
        (c.rows, k)
        for l in range(1, n + 1)
        for c in row_classes(n, l)
        for k in range(1, min(l, n - 1) + 1)
    ]
    return tuple(case for case in every if RowSpaces(n, *case).dominant == dominant)


class Attack(NamedTuple):
    """The ends of many descents, by what they show.

    ``starts`` counts the descents, and ``optimal`` those that reached the dense optimum. The ends
    above it are of two kinds. ``regular`` ends are converged minima at which the row space moves in
    every direction that it has. ``folds`` are ends at which it does not, and to which all starts
    nearby return.
    """

    starts: int
    optimal: int
    regular: list[Minimum]
    folds: list[Minimum]


def attack(problem: Problem, x: RealArray, optimum: float, rng: Generator) -> Attack:
    """Descend from every start, and test whether the ends above the optimum are local minima."""
    ends = descend(problem, x, STEPS, TOLERANCE)
    optimal = [end for end in ends if end.loss <= optimum + ABOVE * problem.energy]
    above = [end for end in ends if end.loss > optimum + ABOVE * problem.energy]
    regular = [
        end for end in above if end.converged and (end.nullity == 0 or returns(problem, end, rng))
    ]
    folds = [
        end for end in above if not end.converged and is_fold(end) and returns(problem, end, rng)
    ]
    return Attack(len(ends), len(optimal), regular, folds)


def is_fold(end: Minimum) -> bool:
    """Whether the rows stay independent, as they do at a fold.

    Where the rows become dependent the best D has no limit, so there is no minimum.
    """
    rows = np.linalg.svd(end.spaces.rows_at(end.x), compute_uv=False)
    return bool(rows[-1] > 1e-4 * rows[0])


def returns(problem: Problem, end: Minimum, rng: Generator) -> bool:
    """Whether no descent from a start close to the end gets lower."""
    # The end itself, and three starts at each of three distances.
    scales = np.repeat([0, 1e-6, 1e-4, 1e-2], [1, 3, 3, 3])[:, None]
    near = descend(problem, end.x + scales * rng.normal(size=(10, end.x.size)), STEPS, TOLERANCE)
    return min(other.loss for other in near) >= end.loss - 1e-12 * problem.energy


def starts(problem: Problem, X: RealArray, Y: RealArray, count: int, rng: Generator) -> RealArray:
    """Random starts, some of them with entries near 0, and two near spans of eigenvectors."""
    spaces = problem.gain.spaces
    x = spaces.random(rng, (count,))
    x[::4] *= np.where(rng.random(x[::4].shape) < 0.3, 1e-2, 1.0)
    planted = [
        _near_plane(spaces, X, Y, chosen, rng) for chosen in _but_one(spaces.n, spaces.k, rng)
    ]
    return np.concatenate([x, planted])


def _but_one(n: int, k: int, rng: Generator) -> Iterator[list[int]]:
    """Two choices of k eigenvectors.

    Yields
    ------
    list of int
        The best with k + 1 in place of k, then a random choice.
    """
    yield [*range(k - 1), k]
    yield np.sort(rng.permutation(n)[:k]).tolist()


def _near_plane(
    spaces: RowSpaces, X: RealArray, Y: RealArray, chosen: list[int], rng: Generator
) -> RealArray:
    """Variables whose row space is as near as possible to the span of these eigenvectors."""
    plane = np.linalg.qr(pencil(X, Y)[1][:, chosen])[0].T
    end = minimise_reduced(np.eye(spaces.n), plane, spaces.rows, spaces.k, max_steps=60, rng=rng)
    return end.x + 1e-3 * rng.normal(size=end.x.size)


def dominant_case(
    n: int, rows: tuple[int, ...], k: int, X: RealArray, Y: RealArray, count: int, rng: Generator
) -> Attack:
    """An attack on outputs whose row spaces have full dimension, from all starts."""
    problem = Problem.of(X, Y, rows, k)
    return attack(problem, starts(problem, X, Y, count, rng), reduced_loss(X, Y, np.eye(n), k), rng)


def chosen(
    context: Context, dominant: bool, quick: int
) -> list[tuple[int, tuple[int, ...], int, SeedSequence]]:
    """All cases, each with its seed.

    The quick profile takes all cases of n = 4, and of n = 8 a few that the seed draws.
    """
    cases = [(n, *case) for n in (4, 8) for case in classes(n, dominant)]
    if not context.full:
        few, many = ([case for case in cases if case[0] == n] for n in (4, 8))
        cases = few + [many[i] for i in sorted(context.rng.choice(len(many), quick, replace=False))]
    return [(*case, seed) for case, seed in zip(cases, context.seed.spawn(len(cases)), strict=True)]


def _dominant(context: Context) -> Finding:
    count, families = (20, 8) if context.full else (6, 3)
    descents, optimal, data_sets, folds, found = 0, 0, 0, 0, []
    cases = chosen(context, dominant=True, quick=3)
    for number, (n, rows, k, seed) in enumerate(cases):
        rng = np.random.default_rng(seed)
        for family in islice(cycle(FAMILIES), number, number + families):
            X, Y = family(n, k, rng)
            result = dominant_case(n, rows, k, X, Y, count, rng)
            descents, optimal, data_sets = (
                descents + result.starts,
                optimal + result.optimal,
                data_sets + 1,
            )
            folds += len(result.folds)
            found += [
                f"n = {n}, outputs {rows}, k = {k}, {family.__name__}: {end}"
                for end in result.regular
            ]
    sentence = (
        f"{len(cases)} classes with full dimension, n = 4 and 8, and {data_sets} data sets of "
        f"{len(FAMILIES)} families: Gaussian data with and without targets, nearly repeated "
        "eigenvalues, ill-conditioned data, perturbed sparse integers and diagonals. Of "
        f"{descents} descents {optimal} reach the dense optimum. "
    )
    numbers = {
        "descents": descents,
        "optimal": optimal,
        "data_sets": data_sets,
        "regular": len(found),
        "folds": folds,
    }
    if found:
        wrong = (
            f"{sentence}{len(found)} regular ends above it contradict joint-submersion: "
            f"{'; '.join(found[:3])}."
        )
        return Finding(Bearing.FAILED, wrong, descents, numbers)
    return Finding(
        Bearing.SILENT if optimal > descents / 2 else Bearing.FAILED,
        f"{sentence}No other end is a regular minimum, as joint-submersion says. {folds} ends are "
        "at folds, where the weights move the row space in fewer directions than elsewhere. The "
        "rest run to dependent rows, where the best D has no limit, or go on to lower losses from "
        "nearby.",
        descents,
        numbers,
    )


FOLDED = np.array(
    [
        [49, -5, -33, 13, -13, -10, 9, 27],
        [12, 28, -26, 24, 46, -34, -34, 20],
        [-1, 28, 9, 39, 24, 20, 17, 15],
        [-33, 38, 6, 38, -19, -4, -6, 1],
        [-11, 9, -38, -36, 13, 33, -48, -9],
        [0, 10, 42, -35, -16, -8, -15, 67],
        [41, 38, 3, -26, 22, 19, 22, -18],
        [-23, 36, -9, -44, 21, -28, 31, 7],
    ],
    dtype=float,
)
"""Auto-encoder data with a fold, for the outputs 0 to 4 of a butterfly of size 8 and k = 4.

The row spaces have full dimension.
"""


def _fold(context: Context) -> Finding:
    rng, rows, k, count = context.rng, tuple(range(5)), 4, 48
    problem = Problem.of(FOLDED, FOLDED, rows, k)
    optimum = reduced_loss(FOLDED, FOLDED, np.eye(8), k)
    result = attack(problem, problem.gain.spaces.random(rng, (count,)), optimum, rng)
    gaps = sorted((end.loss - optimum) / problem.energy for end in result.folds)
    above = ", ".join(sorted({f"{gap:.3g}" for gap in gaps}))
    moves = ", ".join(map(str, sorted({directions(end) for end in result.folds})))
    return Finding(
        Bearing.SILENT if gaps and not result.regular and result.optimal else Bearing.FAILED,
        f"An integer auto-encoder, n = 8, outputs {rows}, k = {k}: of {count} descents "
        f"{result.optimal} reach the dense optimum. {len(gaps)} end above it, by {above} of "
        f"‖Y‖_F², where the weights move the row space in {moves} of {k * (8 - k)} directions, and "
        "all starts nearby return. So, in floating point, full dimension does not exclude spurious "
        "minima: over the reals the set of row spaces has boundaries.",
        count,
        numbers={"optimal": result.optimal, "folds": len(gaps), "gaps": gaps},
    )


def directions(end: Minimum) -> int:
    """In how many directions the variables move the row space at an end, to a relative 1e-4."""
    size = motion(Gain(end.spaces, np.eye(end.spaces.n), np.eye(end.spaces.n)), end.x[None]).sizes[
        0
    ]
    return int((size > 1e-4 * size[0]).sum())


class Spurious(NamedTuple):
    """Number of data sets tried, and how far the spurious minimum found lies above another."""

    tried: int
    gap: float | None


class Deficient:
    """The search for data with a spurious minimum in one class."""

    def __init__(self, n: int, rows: tuple[int, ...], k: int, rng: Generator) -> None:
        self.n, self.rows, self.k, self.rng = n, rows, k, rng

    @cached_property
    def name(self) -> str:
        return f"n = {self.n}, {self.rows}, k = {self.k}"

    def search(self, max_data_sets: int, count: int) -> Spurious:
        """Go through the families until a data set has a spurious minimum in all weights."""
        for tried in range(1, max_data_sets + 1):
            X, Y = FAMILIES[(tried - 1) % len(FAMILIES)](self.n, self.k, self.rng)
            gap = self.gap(X, Y, count)
            if gap is not None:
                return Spurious(tried, gap)
        return Spurious(max_data_sets, None)

    def gap(self, X: RealArray, Y: RealArray, count: int) -> float | None:
        """Gap of a spurious minimum above the best one found, over ‖Y‖_F²; None without one."""
        found = multi_start(
            X, Y, self.rows, self.k, count, max_steps=150, tolerance=TOLERANCE, rng=self.rng
        )
        # The minimum must be nondegenerate in the row spaces, and a minimum in all weights too.
        for end in found.spurious:
            if end.nullity == 0 and is_minimum(end.minimum.network(X, Y), X, Y):
                return (end.loss - found[0].loss) / found.energy
        return None


def _deficient(context: Context) -> Finding:
    max_data_sets, count = (240, 32) if context.full else (40, 12)
    found, missing, tried = [], [], 0
    for n, rows, k, seed in chosen(context, dominant=False, quick=4):
        case = Deficient(n, rows, k, np.random.default_rng(seed))
        result = case.search(max_data_sets, count)
        tried += result.tried
        if result.gap is None:
            missing.append(case.name)
        else:
            found.append(f"{case.name}: {result.gap:.1e} after {result.tried}")
    return Finding(
        Bearing.SILENT if found else Bearing.FAILED,
        f"Of {len(found) + len(missing)} classes with a deficient dimension, {len(found)} have "
        "data with a nondegenerate minimum above another, which is a minimum in all weights too "
        f"(distance in units of ‖Y‖_F², data sets tried: {'; '.join(found)}). "
        + (f"Not found with {max_data_sets} data sets: {'; '.join(missing)}. " if missing else "")
        + "Such a minimum persists for nearby data. That one exists for every n is not proved.",
        tried,
        numbers={"found": len(found), "missing": len(missing), "data_sets": tried},
    )


class Tied(RowSpaces):
    """Row spaces with two weights that must agree, as a planted fault."""

    tie = 0, 1

    @cached_property
    def dimension(self) -> int:
        x = self.random(np.random.default_rng(0))
        return int(np.linalg.matrix_rank(Gain(self, np.eye(self.n), np.eye(self.n)).tangent(x)))

    def rows_at(self, x: RealArray) -> RealArray:
        return super().rows_at(self._agreeing(x))

    def jacobian(self, x: RealArray) -> RealArray:
        J = super().jacobian(self._agreeing(x))
        return np.asarray(np.swapaxes(np.swapaxes(J, -1, -2) @ self._map, -1, -2))

    def curvature(self, x: RealArray, G: RealArray) -> RealArray:
        return np.asarray(self._map.T @ super().curvature(self._agreeing(x), G) @ self._map)

    def rescaled(self, x: RealArray) -> RealArray:
        return x / np.linalg.norm(x, axis=-1, keepdims=True)

    @property
    def _map(self) -> RealArray:
        a, b = self.tie
        matrix = np.eye(self.size)
        matrix[b] = matrix[a]
        return matrix

    def _agreeing(self, x: RealArray) -> RealArray:
        return np.asarray(x @ self._map.T)


def _tied_is_found(context: Context) -> bool:
    """Whether it is noticed that two weights of a single output, n = 4, are tied.

    The tie costs a dimension, and then descents end above the optimum.
    """
    rng = context.rng
    X = rng.normal(size=(4, 8))
    right = Problem.of(X, X, (0,), 1)
    wrong = Tied(4, (0,), 1)
    problem = right._replace(gain=Gain(wrong, right.gain.C, right.gain.M))
    result = attack(problem, wrong.random(rng, (8,)), reduced_loss(X, X, np.eye(4), 1), rng)
    return wrong.dimension < right.gain.spaces.dimension and len(result.regular) > 0


def _whitened_has_none(context: Context) -> bool:
    """Whether the search finds nothing for siblings and whitened data."""
    rng, gaps = context.rng, []
    for n in (4, 4, 8, 8):
        X, Y = np.linalg.qr(rng.normal(size=(2 * n, n)))[0].T, rng.normal(size=(n, 2 * n))
        gaps.append(Deficient(n, (0, n // 2), 2, rng).gap(X, Y, 40))
    return gaps == [None] * 4


def _example_has_two(context: Context) -> bool:
    found = multi_start(EXAMPLE, EXAMPLE, (0, 2), 2, 60, rng=context.rng)
    return (
        np.allclose([end.loss for end in found], [2, 21 / 5], rtol=1e-10)
        if len(found) == 2
        else False
    )


def _deficient_taken_for_dominant(context: Context) -> bool:
    """Whether an attack on siblings finds a minimum above the dense optimum.

    The dense optimum is then wrongly taken for the only loss that a minimum may have.
    """
    X, Y = FAMILIES[0](4, 2, context.rng)
    return len(dominant_case(4, (0, 2), 2, X, Y, 8, context.rng).regular) > 0


CLAIM = Claim(
    id="joint-dichotomy",
    title="When spurious minima exist (conjecture)",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"Conjecture, neither proved nor refuted. If the reachable row spaces have less than "
    r"the full dimension $k(n-k)$, there is an open set of data $X$, $Y$ for which the network "
    r"with trained $B$ has local minima that are not global. Not part of it is the converse: with "
    r"full dimension no regular point is such a minimum (joint-submersion), but at folds of the "
    r"weights there seem to be some.",
    expected=Verdict.UNDECIDED,
    depends_on=("reachable", "joint-submersion", "joint-spurious"),
    checks=(
        Check(
            "full dimension",
            Grade.NUMERICAL,
            "Newton's method on generic and adversarial data",
            _dominant,
        ),
        Check(
            "a fold", Grade.NUMERICAL, "Newton's method on integer data with full dimension", _fold
        ),
        Check(
            "less than full dimension",
            Grade.NUMERICAL,
            "search for data with two minima",
            _deficient,
        ),
    ),
    controls=(
        Control("two weights tied in a class of full dimension", _tied_is_found),
        Control("a deficient class taken for one of full dimension", _deficient_taken_for_dominant),
        Control("spurious minima claimed for siblings and whitened data", _whitened_has_none),
        Control("one minimum claimed for the 4 × 4 example", _example_has_two),
    ),
)
