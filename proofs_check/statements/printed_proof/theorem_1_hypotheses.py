"""What Theorem 1 needs of the eigenvalues of Σ(B): a gap behind the k-th, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.random import Generator
from sympy import Matrix, diag

from fjlt.types import RealArray
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
    integer_points,
    padded,
    stored,
    strata,
    tie_patterns,
)
from proofs_check.exact.encoder_decoder import realised
from proofs_check.exact.factorisation import are_the_critical_values, critical_values, hessian
from proofs_check.exact.inertia import integer_inertia
from proofs_check.exact.planted import gradients, identity, is_zero, square, texts
from proofs_check.identities.derivation import Derivation, Step
from proofs_check.identities.proofs import needs, proved

__all__ = ["CLAIM"]

ORBIT = Derivation(
    symbols={
        "D": ("m", "k"),
        "E": ("k", "l"),
        "D2": ("m", "k"),
        "E2": ("k", "l"),
        "X": ("l", "d"),
        "Y": ("m", "d"),
        "Ginv": ("l", "l"),
        "W": ("k", "m"),
        "W2": ("k", "m"),
    },
    symmetric=frozenset({"Ginv"}),
    definitions={"T": "Y @ X.T", "C": "W @ D2"},
    assumptions={
        "WD = I": "W @ D - 1",
        "W₂D₂ = I": "W2 @ D2 - 1",
        "D₂W₂ = DW": "D2 @ W2 - D @ W",
        "GG⁻¹ = I": "X @ X.T @ Ginv - 1",
        "E = W·TG⁻¹": "E - W @ T @ Ginv",
        "E₂ = W₂·TG⁻¹": "E2 - W2 @ T @ Ginv",
    },
    steps=[
        Step("D₂ = DC", "D @ C - D2", backwards=("D₂W₂ = DW",)),
        Step("E = CE₂", "C @ E2 - E"),
        Step("C·W₂D = I", "C @ W2 @ D - 1"),
    ],
)
"""Critical points of full rank with the same range differ by the gauge C. X stands for BX.

W and W₂ are the pseudo-inverses of D and D₂; E = W·TG⁻¹ is claim-s3.1.
"""


Range = tuple[tuple[str, ...], ...]
"""The range of a decoder: the rows of the reduced row echelon form of its transpose, as texts."""


def range_of(D: fmpq_mat) -> Range:
    """The range of D, in a form that two decoders share if and only if they have the same range."""
    reduced, rank = D.transpose().rref()
    return tuple(tuple(map(str, row)) for row in reduced.tolist()[:rank])


def first_vectors(m: int, k: int) -> Range:
    """The range of the first k unit vectors of R^m."""
    return tuple(tuple(str(int(i == j)) for j in range(m)) for i in range(k))


@dataclass(frozen=True)
class Minima:
    """The minima of the landscape ‖DF − A‖², A = diag(values) of shape (m, l), by exact Hessians.

    Every class of critical points is represented by an integer point.

    Attributes
    ----------
    losses : set of int
        Losses of the classes without a negative eigenvalue.
    ranges : set of Range
        The ranges of D at their points.
    saddles : int
        Number of the other classes.
    sound : bool
        Whether every point is critical.
    points : list of (D, F)
        The points.
    """

    losses: set[int]
    ranges: set[Range]
    saddles: int
    sound: bool
    points: list[tuple[RealArray, RealArray]]

    @classmethod
    def of(cls, values: Sequence[int], shape: Shape, rng: Generator) -> Minima:
        """Of one landscape; ``shape`` is (m, l, k)."""
        m, l, _ = shape
        A = padded(values, m, l)
        found = cls(set(), set(), 0, True, [])
        classes = list(strata(len(values), shape))
        for D, F in zip(*integer_points(values, shape, classes, rng), strict=True):
            found.points.append((D, F))
            residual = D @ F - A
            sound = not ((residual @ F.T).any() or (D.T @ residual).any())
            second = np.rint(hessian(D, F, np.eye(l), A)).astype(np.int64)
            if integer_inertia(second)[0]:
                found = replace(found, saddles=found.saddles + 1, sound=found.sound and sound)
                continue
            decoder = range_of(fmpq_mat(D.astype(int).tolist()))
            found = replace(
                found,
                losses=found.losses | {int(np.sum(residual**2))},
                ranges=found.ranges | {decoder},
                sound=found.sound and sound,
            )
        return found


def eigenvalue(values: Sequence[int], i: int) -> int:
    """λ_i, i from 1 on, from the roots of the positive eigenvalues; 0 behind the last."""
    return values[i - 1] ** 2 if i <= len(values) else 0


def separated(values: Sequence[int], k: int) -> bool:
    """Whether λ_k > λ_(k+1)."""
    return eigenvalue(values, k) > eigenvalue(values, k + 1)


def distinct(values: Sequence[int], k: int) -> bool:
    """Whether all positive eigenvalues are different and there are k of them at least."""
    return len(set(values)) == len(values) >= k


def all_positive(values: Sequence[int], k: int) -> bool:
    """Whether the first k eigenvalues are positive."""
    return len(values) >= k


def landscapes(largest: int) -> Iterator[tuple[list[int], Shape]]:
    """(roots of the positive eigenvalues, (m, l, k)), k <= l <= m up to a bound, for all patterns.

    A pattern says which eigenvalues are equal, and how many are zero.
    """
    for m, l, k in product(range(1, largest + 1), repeat=3):
        for rank in range(l + 1) if k <= l <= m else ():
            yield from ((values, (m, l, k)) for values in tie_patterns(rank))


def departures(
    criterion: Callable[[Sequence[int], int], bool], largest: int, rng: Generator
) -> tuple[list[str], int, list[dict[str, Any]]]:
    """(landscapes in which the minima are not as a criterion says, how many are single, all).

    As it says: D has the range of the first k eigenvectors at all minima if and only if the
    criterion holds. In every landscape all minima must have the loss of I = [k].
    """
    wrong, single, problems = [], 0, []
    for values, shape in landscapes(largest):
        m, l, k = shape
        found = Minima.of(values, shape, rng)
        least = sum(eigenvalue(values, i) for i in range(k + 1, m + 1))
        alone = found.ranges == {first_vectors(m, k)}
        if not found.sound or found.losses != {least} or alone != criterion(values, k):
            wrong.append(f"λ = {[v * v for v in values]}, (m, l, k) = {shape}")
        single += alone
        problems.append(stored(values, padded(values, m, l), found.points))
    return wrong, single, problems


def _minima(context: Context) -> Finding:
    largest = 4 if context.full else 3
    wrong, single, problems = departures(separated, largest, context.rng)
    cases = len(problems)
    return Finding.of(
        not wrong and 0 < single < cases,
        Bearing.SUPPORTS,
        f"This fails for {'; '.join(wrong[:5])}."
        if wrong
        else f"{cases} landscapes, for all k <= l <= m <= {largest} and every pattern of equal and "
        "of zero eigenvalues, by the characteristic polynomial of the integer Hessian at a point "
        "of every class: all points without a negative eigenvalue have the loss of I = [k]. D has "
        f"the range of the first k eigenvectors at all of them in {single} landscapes, exactly "
        "those with λ_k > λ_(k+1).",
        cases,
        numbers={"landscapes": cases, "single": single},
        certificate={
            "kind": "critical-points",
            "problems": problems,
            "counts": {"landscapes": cases, "single": single},
        },
        scope=f"k <= l <= m <= {largest}, every pattern of equal and of zero eigenvalues",
    )


def _values(context: Context) -> Finding:
    cases = [([1, 1], 1), ([2, 1], 1), ([2], 1), ([], 1), ([2], 2)]
    if context.full:
        cases += [([1, 1], 2), ([2, 1], 2), ([2, 2, 1], 1), ([2, 1, 1], 1)]
    good, sentences, problems = True, [], []
    for roots, k in cases:
        size = max(2, len(roots))
        A = diag(*roots, *[0] * (size - len(roots)))
        values = critical_values([root**2 for root in roots], k, sum(root**2 for root in roots))
        good &= are_the_critical_values(A, k, values)
        problems.append(realised(Matrix.eye(size), A, k))
        sentences.append(
            f"k = {k}, λ = {', '.join(str(A[i, i] ** 2) for i in range(size))}: "
            f"{', '.join(map(str, values))}"
        )
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        "With equal and with zero eigenvalues, too, the critical values are the sums over all I "
        "with at most k elements, all of these and no others, by Gröbner bases over the "
        f"rationals: {'; '.join(sentences)}.",
        len(cases),
        certificate={"kind": "critical-values", "problems": problems},
    )


Network = tuple[fmpq_mat, fmpq_mat]
"""(D, E)."""


def witnesses() -> list[tuple[str, fmpq_mat, list[Network]]]:
    """(what is dropped, Y, global minima of different ranges) for X = B = I and m = l = 2."""
    one, unit = identity(2), fmpq_mat([[1, 0], [0, 0]])
    slant = fmpq_mat([[fmpq(3, 5)], [fmpq(4, 5)]])
    columns = [fmpq_mat([[1], [0]]), fmpq_mat([[0], [1]]), slant]
    return [
        ("λ_1 = λ_2 and k = 1", one, [(D, D.transpose()) for D in columns]),
        ("λ_2 = 0 and k = 2", unit, [(unit, unit), (one, unit)]),
    ]


def are_minima(Y: fmpq_mat, networks: Sequence[Network]) -> bool:
    """Whether these are global minima for X = B = I and diagonal Y, their D of different ranges."""
    k = networks[0][0].ncols()
    # Σ = YYᵀ is diagonal, so its eigenvalues are on its diagonal
    largest = sorted((Y[i, i] ** 2 for i in range(Y.nrows())), reverse=True)
    least = square(Y) - sum(largest[:k], fmpq(0))
    lowest = all(
        all(map(is_zero, gradients(D, E, identity(Y.ncols()), Y))) and square(D * E - Y) == least
        for D, E in networks
    )
    return lowest and len({range_of(D) for D, _ in networks}) == len(networks)


def _witnesses(context: Context) -> Finding:
    good, sentences, problems = True, [], []
    for dropped, Y, networks in witnesses():
        good &= are_minima(Y, networks)
        decoders = ", ".join(f"{D.tolist()}" for D, _ in networks)
        losses = {str(square(D * E - Y)) for D, E in networks}
        sentences.append(f"{dropped}: D = {decoders}, of loss {', '.join(losses)}")
        problems.append(
            {"Y": texts(Y), "minima": [{"D": texts(D), "E": texts(E)} for D, E in networks]}
        )
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        "X = B = I, m = l = 2: global minima whose decoders have different ranges, so that no "
        f"gauge leads from one to another. {'; '.join(sentences)}. The range of (3/5, 4/5) "
        "is spanned by no eigenvector of the basis of the others: it belongs to no I.",
        sum(len(networks) for *_, networks in witnesses()),
        certificate={"kind": "several-minima", "problems": problems},
    )


def model_of_orbit(rng: Generator) -> dict[str, Any]:
    """Random matrices as ``ORBIT`` assumes them; the range of D need not be invariant."""
    X, Y, D = rng.normal(size=(4, 6)), rng.normal(size=(5, 6)), rng.normal(size=(5, 3))
    D2, Ginv = D @ rng.normal(size=(3, 3)), np.linalg.inv(X @ X.T)
    W, W2 = np.linalg.pinv(D), np.linalg.pinv(D2)
    seen = Y @ X.T @ Ginv
    return {
        "D": D,
        "E": W @ seen,
        "D2": D2,
        "E2": W2 @ seen,
        "X": X,
        "Y": Y,
        "Ginv": Ginv,
        "W": W,
        "W2": W2,
    }


CLAIM = Claim(
    id="theorem-1-hypotheses",
    title="What distinct and positive eigenvalues are needed for in Theorem 1",
    source="Sharpens Theorem 1",
    statement=(
        r"Let $G$ be invertible and $k \le \ell \le m$, and let $\lambda_1 \ge \dots \ge "
        r"\lambda_m \ge 0 = \lambda_{m+1}$ be the eigenvalues of $\Sigma(B)$; some may be equal or "
        r"zero. Still the critical values are $\mathrm{tr}\,YY^\top - \sum_{i \in I}\lambda_i$ "
        r"with $|I| \le k$, and every local minimum has that of $I = [k]$. That $I = [k]$ at every "
        r"minimum, so that $D$ has the range of the first $k$ eigenvectors and the minima are one "
        r"orbit $(DC, C^{-1}E)$ of the gauge, holds if and only if $\lambda_k > \lambda_{k+1}$. "
        r"Whether the other eigenvalues are distinct or positive does not matter."
    ),
    expected=Verdict.HOLDS,
    depends_on=("theorem-1-star", "claim-s3.1"),
    checks=(
        proved(
            "one orbit for each range, all sizes",
            ORBIT,
            Bearing.SUPPORTS,
            "Not part of the certificate: at a minimum P_D commutes with Σ, and tr P_DΣ is the sum "
            "of the k largest eigenvalues (theorem-1-star). If λ_k > λ_(k+1), only the projection "
            "onto the first k eigenvectors has that trace among those of rank k or less. If not, "
            "the eigenvector k may be exchanged for the next one, or left out.",
            model_of_orbit,
            partial=True,
        ),
        Check(
            "ranges of minima",
            Grade.EXACT,
            "characteristic polynomials of integer Hessians, every pattern of eigenvalues",
            _minima,
        ),
        Check(
            "critical values",
            Grade.EXACT,
            "Gröbner bases over the rationals, equal and zero eigenvalues",
            _values,
            partial=True,
        ),
        Check("witnesses", Grade.EXACT, "global minima in rationals", _witnesses, partial=True),
    ),
    controls=(
        Control(
            "distinct eigenvalues needed everywhere",
            lambda context: bool(departures(distinct, 3, context.rng)[0]),
        ),
        Control(
            "k positive eigenvalues are enough",
            lambda context: bool(departures(all_positive, 3, context.rng)[0]),
        ),
        Control(
            "two ranges of minima where λ_1 > λ_2",
            lambda context: not are_minima(fmpq_mat([[2, 0], [0, 1]]), witnesses()[0][2]),
        ),
        Control("one orbit for two ranges", lambda context: needs(ORBIT, "D₂W₂ = DW")),
    ),
)
