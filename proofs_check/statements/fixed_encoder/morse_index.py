"""Morse index and nullity of every critical point in (D, E) with B fixed, in closed form.

In whitened coordinates the loss is ‖DF − A‖² with A of shape (m, l) and rank r. A critical point
has a class (I, t_D, t_E): the chosen singular pairs of A, and the further ranks of D in ker Aᵀ and
of F in ker A. All points of a class have the same index and nullity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any

import numpy as np
from flint import fmpq_mat
from numpy.random import Generator

from fjlt.types import RealArray
from landscape import EncoderDecoder, critical_points
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
from proofs_check.exact.critical_points import (
    Shape,
    Stratum,
    integer_points,
    padded,
    strata,
    tie_patterns,
)
from proofs_check.exact.encoder_decoder import has_spectrum, second_derivative
from proofs_check.exact.factorisation import hessian, search
from proofs_check.exact.inertia import integer_inertia, numerical_inertia, rational_inertia
from proofs_check.exact.planted import Problem, gradients, is_zero, stored
from proofs_check.identities.proofs import proved
from proofs_check.identities.splitting import SPLITTING, model_of_splitting

__all__ = ["CLAIM", "closed_form"]

Formula = Callable[[Sequence[float], Shape, Stratum], tuple[int, int]]
"""(index, nullity) from the positive singular values of A, the shape and the class."""


def closed_form(values: Sequence[float], shape: Shape, stratum: Stratum) -> tuple[int, int]:
    """The formula of the claim: (index, nullity) from the positive singular values of A."""
    (m, l, k), (chosen, t_D, t_E) = shape, stratum
    q, r = len(chosen), len(values)
    outside = [value for i, value in enumerate(values) if i not in chosen]
    # exchanging a chosen pair for a larger one, or waking an idle unit, lowers the loss
    pairs = [(values[c], value) for c in chosen for value in outside]
    index = sum(value > inside for inside, value in pairs) + (k - q) * (r - q)
    # zero eigenvalues: the gauge and the freedom of the idle units, less what the ranks t_D and t_E
    # fix, and a rotation for each tie between a chosen and another singular value
    kernels = t_D * (l - r) + t_E * (m - r) - t_D * t_E
    ties = sum(value == inside for inside, value in pairs)
    return index, q * q + (k - q) * (2 * q + m + l - 2 * r) - kernels + ties


def exact(
    values: list[int], shape: Shape, classes: Sequence[Stratum], rng: Generator
) -> list[tuple[int, int] | None]:
    """(index, nullity) at an integer point of each class; None if it is not a critical point."""
    A = padded(values, *shape[:2])
    D, F = integer_points(values, shape, classes, rng)
    residual = D @ F - A
    in_D, in_F = residual @ np.swapaxes(F, 1, 2), np.swapaxes(D, 1, 2) @ residual
    second = np.rint(hessian(D, F, np.eye(shape[1]), A)).astype(np.int64)
    return [
        None if slope_D.any() or slope_F.any() else integer_inertia(matrix)
        for slope_D, slope_F, matrix in zip(in_D, in_F, second, strict=True)
    ]


def instances(largest: int) -> Iterator[tuple[list[int], Shape]]:
    """(positive singular values, shape) for all m, l, k up to a bound and all patterns of ties."""
    for m, l, k in product(range(1, largest + 1), repeat=3):
        for rank in range(min(m, l) + 1):
            yield from ((values, (m, l, k)) for values in tie_patterns(rank))


def of_blocks(values: Sequence[float], shape: Shape, stratum: Stratum) -> tuple[int, int]:
    """(index, nullity) by adding up the blocks of ``SPLITTING``."""
    (m, l, k), (chosen, t_D, t_E) = shape, stratum
    q, r = len(chosen), len(values)
    # a unit and a singular value outside I share the form φ²x² + ψ²y² − 2σxy: for a unit of I φ is
    # its singular value and ψ = 1; one of φ, ψ is 0 for the others, and both for idle ones
    units = [(values[c], 1) for c in chosen] + [(0, 1)] * t_D + [(1, 0)] * t_E
    units += [(0, 0)] * (k - q - t_D - t_E)
    pairs = [
        (phi * psi) ** 2 - values[i] ** 2 for phi, psi in units for i in range(r) if i not in chosen
    ]
    # the ranks of the maps H11, H13, H31 and H33; no two of them share a variable
    ranks = q * q + q * (l - r) + (m - r) * q + (m - r) * t_E + t_D * (l - r) - t_D * t_E
    variables = k * (q + m - r) + k * (q + l - r)
    return sum(det < 0 for det in pairs), variables - ranks + sum(det == 0 for det in pairs)


@dataclass
class Inertias:
    """Index and nullity of every class, added up for a certificate.

    Attributes
    ----------
    tables : dict
        For each shape (m, l, k) the number of classes, the sum of their indices and that of their
        nullities.
    indices : list of int
        Of every class.
    landscapes : int
        The caller counts them.
    """

    tables: dict[Shape, list[int]] = field(default_factory=dict)
    indices: list[int] = field(default_factory=list)
    landscapes: int = 0

    def add(self, shape: Shape, inertia: tuple[int, int]) -> None:
        """Add (index, nullity) of a class."""
        table = self.tables.setdefault(shape, [0, 0, 0])
        for place, number in enumerate((1, *inertia)):
            table[place] += number
        self.indices.append(inertia[0])

    def certificate(self, largest: int) -> dict[str, Any]:
        """The certificate for all shapes up to a bound."""
        return {
            "kind": "morse-indices",
            "largest": largest,
            "tables": [[*shape, *table] for shape, table in self.tables.items()],
            "landscapes": self.landscapes,
            "classes": len(self.indices),
            "largest_index": max(self.indices),
        }


def _blocks(context: Context) -> Finding:
    largest = 6 if context.full else 5
    faults, inertias = [], Inertias()
    for values, shape in instances(largest):
        inertias.landscapes += 1
        for stratum in strata(len(values), shape):
            found = of_blocks(values, shape, stratum)
            if found != closed_form(values, shape, stratum):
                faults.append(f"σ = {values}, (m, l, k) = {shape}, (I, t_D, t_E) = {stratum}")
            inertias.add(shape, found)
    cases = len(inertias.indices)
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        f"This fails for {'; '.join(faults[:5])}."
        if faults
        else f"All {cases} classes with m, l, k <= {largest}: the blocks of the splitting, 2 × 2 "
        "forms and squares of linear maps, add up to the closed form.",
        cases,
        numbers={"classes": cases},
        scope=f"m, l, k <= {largest}, the blocks of every class",
        certificate=inertias.certificate(largest),
    )


def _exhaustive(context: Context) -> Finding:
    largest, rng = 5 if context.full else 4, context.rng
    faults, inertias = [], Inertias()
    for values, shape in instances(largest):
        inertias.landscapes += 1
        m, l, k = shape
        A, n = padded(values, m, l), max(l, k)
        library = {p.subset: p for p in critical_points(np.eye(n, l), A, np.eye(l, n), k)}
        classes = list(strata(len(values), shape))
        for stratum, found in zip(classes, exact(values, shape, classes, rng), strict=True):
            chosen, t_D, t_E = stratum
            predicted = library[tuple(i + 1 for i in chosen)].inertia(t_D, t_E)
            if not found == predicted == closed_form(values, shape, stratum):
                faults.append(
                    f"σ = {values}, (m, l, k) = {shape}, (I, t_D, t_E) = {stratum}: {found}, not "
                    f"{predicted}"
                )
            inertias.add(shape, predicted)
    cases, indices = len(inertias.indices), inertias.indices
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or f"{inertias.landscapes} landscapes, for all m, l, k <= {largest} and every pattern of "
        f"equal and of zero singular values, with {cases} classes (I, t_D, t_E): at an integer "
        "critical point of each class, in a random integer gauge, the characteristic polynomial "
        "of the Hessian gives the predicted index and nullity. Indices from "
        f"{min(indices)} to {max(indices)} occur.",
        cases,
        scope=f"m, l, k <= {largest}, every class of critical points",
        numbers={
            "landscapes": inertias.landscapes,
            "points": cases,
            "largest_index": max(indices),
            "faults": len(faults),
        },
        certificate=inertias.certificate(largest),
    )


# positive singular values and (m, l, k)
PLANTED = [
    ([3, 2], (3, 3, 2)),
    ([2, 2, 1], (3, 4, 2)),
    ([2, 1], (4, 2, 2)),
    ([3, 3], (3, 3, 1)),
    ([3, 1], (4, 5, 3)),
    ([3, 2, 1], (4, 3, 3)),
    ([2, 2], (4, 4, 2)),
    ([4, 3, 2, 1], (5, 4, 2)),
    ([1], (2, 3, 2)),
    ([], (2, 2, 1)),
]


def _planted(context: Context) -> Finding:
    """Exact inertia for dense rational X, Y and B; the ranks of D and E give t_D and t_E."""
    rng, faults, kernels, minima = context.rng, [], set(), 0
    points: list[tuple[Problem, fmpq_mat, fmpq_mat]] = []
    shapes = PLANTED * 10 if context.full else PLANTED
    for values, shape in shapes:
        m, l, k = shape
        problem = Problem.general(values, m, l, l + 2, l + 1, rng)
        if not has_spectrum(problem, values):
            faults.append(f"σ is not {values}")
        for chosen in [
            list(c)
            for q in range(min(k, len(values)) + 1)
            for c in combinations(range(len(values)), q)
        ]:
            D, E = problem.critical_point(chosen, k, rng)
            t_D, t_E = D.rank() - len(chosen), E.rank() - len(chosen)
            found = rational_inertia(second_derivative(D, E, problem.encoded, problem.Y))
            critical = all(is_zero(part) for part in gradients(D, E, problem.encoded, problem.Y))
            if not critical or found != closed_form(values, shape, (chosen, t_D, t_E)):
                faults.append(f"σ = {values}, (m, l, k) = {shape}, I = {chosen}: {found}")
            kernels.add((t_D, t_E))
            minima += found[0] == 0
            points.append((problem, D, E))
    cases = len(points)
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or f"{cases} critical points of {len(shapes)} problems with dense rational X, Y and B, in "
        "rational gauges: index and nullity are as predicted, exactly. By the ranks of D and E, "
        f"(t_D, t_E) takes the values {sorted(kernels)}.",
        cases,
        numbers={"points": cases, "faults": len(faults)},
        scope=f"{cases} points of dense rational data",
        certificate={
            "kind": "critical-points",
            "problems": stored(points),
            "counts": {"points": cases, "minima": minima},
        },
    )


def random_problem(rng: Generator) -> tuple[RealArray, RealArray, RealArray, int]:
    """(X, Y, B, k) of random shapes; the ranks of B and of what it sees of Y are random too."""
    m, l, d = int(rng.integers(1, 6)), int(rng.integers(1, 6)), 12
    n = l + int(rng.integers(0, 3))
    k = int(rng.integers(1, min(4, n) + 1))
    X = rng.normal(size=(n, d)) / d**0.5
    rank_b, rank_y = int(rng.integers(max(1, l - 1), l + 1)), int(rng.integers(1, m + 1))
    B = rng.normal(size=(l, rank_b)) @ rng.normal(size=(rank_b, n)) / n**0.5
    signal = np.linalg.svd(B @ X, full_matrices=False)[2][:rank_b]
    # Y has a part of rank at most rank_y in the row space of BX, and a part orthogonal to it
    seen = rng.normal(size=(rank_y, rank_b)) @ signal
    unseen = rng.normal(size=(m, d))
    unseen -= unseen @ np.linalg.pinv(signal) @ signal
    Y = rng.normal(size=(m, rank_y)) @ seen + unseen
    return X, Y / np.linalg.norm(Y), B, k


def _dense(context: Context) -> Finding:
    rng, cases, faults = context.rng, 0, []
    shapes, deficient, kernels = set(), 0, 0
    for _ in range(150 if context.full else 25):
        X, Y, B, k = random_problem(rng)
        (m, l), rho = (len(Y), len(B)), int(np.linalg.matrix_rank(B @ X))
        points = list(critical_points(X, Y, B, k))
        for i in rng.permutation(len(points))[:8]:
            p = points[i]
            r, q = p.signal.rank, len(p.subset)
            t_D = int(rng.integers(min(m - r, k - q) + 1))
            t_E = int(rng.integers(min(rho - r, k - q - t_D) + 1))
            D, E = p.realise(rng, t_D, t_E)
            found = numerical_inertia(EncoderDecoder(D, E, B).hessian(X, Y))
            index, nullity = closed_form(
                p.signal.values, (m, rho, k), ([c - 1 for c in p.subset], t_D, t_E)
            )
            if not found == p.inertia(t_D, t_E) == (index, nullity + k * (l - rho)):
                faults.append(
                    f"(m, l, k) = {m, l, k}, ρ = {rho}, I = {p.subset}, {t_D}, {t_E}: {found}"
                )
            shapes.add((m, l, k, rho, r))
            kernels += t_D + t_E > 0
            deficient += rho < l
            cases += 1
    return Finding.of(
        not faults and deficient > 0 and kernels > 0,
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or f"{cases} critical points of dense random problems with {len(shapes)} different (m, l, "
        "k, ρ, r), in random gauges: index and nullity of the Hessian, in floating point, are as "
        f"predicted. At {kernels} of them D or E has further rank in the kernels. At {deficient} "
        "of them BX has rank ρ < l, which adds k(l − ρ) to the nullity.",
        cases,
        numbers={
            "points": cases,
            "shapes": len(shapes),
            "deficient": deficient,
            "faults": len(faults),
        },
    )


def classified(
    D: RealArray, F: RealArray, A: RealArray, zero: float = 1e-6, clear: float = 0.1
) -> Stratum | None:
    """The class of a critical point of ‖DF − A‖² with ‖A‖ = 1, from projections and ranks.

    None if a singular value of D or F is too near to 0 or too large for rounding not to matter.
    """
    left, values, right = np.linalg.svd(A)
    r = int((values > zero).sum())
    # u_iᵀ·DF·v_i/σ_i is 1 for a chosen singular pair and 0 for any other
    share = np.array([left[:, i] @ D @ F @ right[i] / values[i] for i in range(r)])
    ranks = []
    for factor in (D, F):
        spectrum = np.linalg.svd(factor, compute_uv=False)
        if ((spectrum > zero) & ~((spectrum > clear) & (spectrum < 1 / clear))).any():
            return None
        ranks.append(int((spectrum > zero).sum()))
    chosen = np.flatnonzero(share > 0.5).tolist()
    return chosen, ranks[0] - len(chosen), ranks[1] - len(chosen)


def _search(context: Context) -> Finding:
    """Critical points that a search finds, without a closed form."""
    rng, starts = context.rng, 120 if context.full else 20
    cases, faults, unclear, classes = 0, [], 0, set()
    spectra = [
        ([1, 0.7, 0.4], (4, 4, 2)),
        ([1, 0.7, 0.4], (3, 3, 2)),
        ([1, 0.6], (2, 4, 2)),
        ([1, 0.5], (3, 3, 3)),
    ]
    for values, shape in spectra:
        m, l, k = shape
        turns = [np.linalg.qr(rng.normal(size=(size, size)))[0] for size in (m, l)]
        A = turns[0] @ padded(values, m, l) @ turns[1]
        for D, F in search(A, k, rng, starts):
            stratum = classified(D, F, A)
            if stratum is None:
                unclear += 1
                continue
            chosen, t_D, t_E = stratum
            found = numerical_inertia(hessian(D, F, np.eye(l), A), 1e-6)
            if found != closed_form(values, shape, stratum):
                faults.append(f"(m, l, k) = {shape}, (I, t_D, t_E) = {stratum}: {found}")
            classes.add((shape, tuple(chosen), t_D, t_E))
            cases += 1
    return Finding.of(
        not faults and len(classes) >= 6 and unclear <= cases,
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or f"Minimising the norm of the gradient from random starts finds {cases + unclear} "
        f"critical points. By their measured I, t_D and t_E {cases} of them lie in one of "
        f"{len(classes)} different classes; for {unclear} a singular value of D or E is too near "
        "to 0 or too large to tell. At each of the former index and nullity are those of the "
        "closed form.",
        cases,
        numbers={
            "points": cases,
            "classes": len(classes),
            "unclear": unclear,
            "faults": len(faults),
        },
    )


def _is_refuted(formula: Formula, values: list[int], context: Context) -> bool:
    """Whether a formula differs from the exact inertia in some class, m = 3, l = 4, k = 2."""
    shape = (3, 4, 2)
    every = list(strata(len(values), shape))
    found = exact(values, shape, every, context.rng)
    return any(f != formula(values, shape, s) for f, s in zip(found, every, strict=True))


def _without_idle_units(values: Sequence[float], shape: Shape, stratum: Stratum) -> tuple[int, int]:
    index, nullity = closed_form(values, shape, stratum)
    return index - (shape[2] - len(stratum[0])) * (len(values) - len(stratum[0])), nullity


def _without_kernels(values: Sequence[float], shape: Shape, stratum: Stratum) -> tuple[int, int]:
    return closed_form(values, shape, (stratum[0], 0, 0))


def _of_the_gauge(values: Sequence[float], shape: Shape, stratum: Stratum) -> tuple[int, int]:
    return closed_form(values, shape, stratum)[0], shape[2] ** 2


def _ties_broken(values: Sequence[float], shape: Shape, stratum: Stratum) -> tuple[int, int]:
    return closed_form([value - i / 100 for i, value in enumerate(values)], shape, stratum)


def _kernels_apart(values: Sequence[float], shape: Shape, stratum: Stratum) -> tuple[int, int]:
    """The closed form without the product t_D·t_E."""
    index, nullity = closed_form(values, shape, stratum)
    return index, nullity - stratum[1] * stratum[2]


CLAIM = Claim(
    id="morse-index",
    title="Morse index and nullity of every critical point with B fixed",
    source="Sharpens Theorem 1",
    statement=(
        r"Let $A = Y\tilde X^\top(\tilde X\tilde X^\top)^{-1/2}$ have rank $r$ and singular "
        r"values $\sigma_1 > \dots > \sigma_r > 0$. At a critical point of $L$ in $D$ and $E$ "
        r"with index set $I$, $q = |I|$, where $D$ has $t_D$ further columns in $\ker A^\top$ and "
        r"$E$ has $t_E$ further rows in $\ker A$, the Hessian has "
        r"$\sum_{c \in I}\#\{i \notin I : i < c\} + (k-q)(r-q)$ negative eigenvalues and "
        r"$q^2 + (k-q)(2q+m+\ell-2r) - (t_D(\ell-r) + t_E(m-r) - t_Dt_E)$ zero ones. With equal "
        r"singular values, the pairs $\sigma_i = \sigma_c$ are no negative but further zero "
        r"eigenvalues."
    ),
    expected=Verdict.HOLDS,
    depends_on=("theorem-1-star",),
    checks=(
        proved(
            "splitting, all sizes",
            SPLITTING,
            Bearing.SUPPORTS,
            "Not part of the certificate: a gauge and bases of the kernels bring every critical "
            "point of the class to this form and keep the signature. With diagonal L1 and L2 the "
            "last line falls into forms φ²x² + ψ²y² − 2σ_i·xy, one for each hidden unit and each i "
            "outside I, whose determinant φ²ψ² − σ_i² has the sign of σ_c² − σ_i² for the unit of "
            "c and is negative for every other.",
            model_of_splitting,
            partial=True,
        ),
        Check("blocks", Grade.EXACT, "the blocks counted, every class", _blocks, partial=True),
        Check(
            "every class",
            Grade.EXACT,
            "characteristic polynomials of integer Hessians for all small shapes",
            _exhaustive,
        ),
        Check(
            "rational data",
            Grade.EXACT,
            "characteristic polynomials of rational Hessians, dense planted problems",
            _planted,
        ),
        Check(
            "dense data",
            Grade.NUMERICAL,
            "critical points of random problems, Hessians in floating point",
            _dense,
        ),
        Check("search", Grade.NUMERICAL, "critical points found without the closed form", _search),
    ),
    controls=(
        Control(
            "an index that forgets idle hidden units",
            lambda c: _is_refuted(_without_idle_units, [2, 1], c),
        ),
        Control(
            "a nullity that forgets the ranks in the kernels",
            lambda c: _is_refuted(_without_kernels, [2, 1], c),
        ),
        Control(
            "the nullity of the gauge alone, k²", lambda c: _is_refuted(_of_the_gauge, [2, 1], c)
        ),
        Control(
            "kernels of which each counts alone",
            lambda c: any(
                of_blocks(values, shape, stratum) != _kernels_apart(values, shape, stratum)
                for values, shape in instances(3)
                for stratum in strata(len(values), shape)
            ),
        ),
        Control(
            "equal singular values counted as if different",
            lambda c: _is_refuted(_ties_broken, [2, 2], c),
        ),
    ),
)
