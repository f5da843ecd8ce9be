"""Section S3: Theorem 1 for every matrix B, structured or not."""

from __future__ import annotations

from itertools import islice

import numpy as np
from sympy import Matrix

from figures.data import digits
from fjlt import count_sketch
from fjlt.types import RealArray
from landscape import critical_points
from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Finding,
    Grade,
    Verdict,
    paper,
)
from proofs_check.exact.critical_points import distinct_positive_eigenvalues, faults_at
from proofs_check.exact.encoder_decoder import predicted, realised
from proofs_check.exact.factorisation import are_the_critical_values, whitened

__all__ = ["CLAIM"]

EMPTY_BUCKET = Matrix([[1, -1, 1, 1, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, -1]])
DENSE = Matrix([[1, 2, 0, 1], [0, 1, -1, 1], [1, 1, 1, 0]])


def small_problems() -> list[tuple[str, Matrix, Matrix, Matrix]]:
    """(name, B, X, Y) with integer entries and a singular G."""
    Y = Matrix([[2, -2, 2, 2, 0], [0, 0, 0, 0, 3]])
    return [
        ("Clarkson-Woodruff, one bucket empty", EMPTY_BUCKET, Matrix.eye(5), Y),
        (
            "dense 3×4, l above the rank of X",
            DENSE,
            Matrix([[1, 0], [0, 1], [1, 1], [0, 2]]),
            Matrix([[2, 0], [0, 1]]),
        ),
    ]


def _one_left_out_is_rejected(B: Matrix, X: Matrix, Y: Matrix) -> bool:
    return not are_the_critical_values(Y, 1, predicted(B, X, Y, 1)[1:], B * X)


def encoders(context: Context) -> list[tuple[str, RealArray, RealArray, RealArray]]:
    """(name, X, Y, B): B sparse, with an empty bucket, with l above the rank of X, and dense."""
    X, labels = digits()
    X, one_hot = X.astype(float), (labels == np.arange(10)[:, None]).astype(float)
    rng = context.rng
    sketch = count_sketch(8, 64, rng=rng).to_dense()
    empty = sketch.copy()
    empty[2] = 0
    low = rng.normal(size=(64, 32)) @ rng.normal(size=(32, 200))
    k = 9
    l = int(np.ceil(k * np.log2(k) + k))
    return [
        ("digits, Clarkson-Woodruff, l = 8", X, one_hot, sketch),
        ("digits, Clarkson-Woodruff, a bucket empty", X, one_hot, empty),
        (
            f"Gaussian data of rank 32, l = k log k + k = {l} for k = {k}",
            low,
            low,
            count_sketch(l, 64, rng=rng).to_dense(),
        ),
        ("digits, dense integers", X, X, rng.integers(-3, 4, (6, 64)).astype(float)),
    ]


def _groebner(context: Context) -> Finding:
    good, sentences, problems = True, [], []
    for name, B, X, Y in small_problems():
        values = predicted(B, X, Y, 1)
        good &= are_the_critical_values(Y, 1, values, B * X)
        problems.append(realised(X, Y, 1, B))
        sentences.append(f"{name}: {', '.join(map(str, values))}")
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        "For singular G and k = 1 the critical equations in D and E, not whitened, admit the "
        "predicted losses and no others, by Gröbner bases over the rationals: "
        f"{'; '.join(sentences)}.",
        len(sentences),
        numbers={"instances": sentences},
        certificate={"kind": "critical-values", "problems": problems},
        scope=f"the critical values of {len(sentences)} integer problems with singular G, k = 1",
    )


def _digits(context: Context) -> Finding:
    k, cases, sentences, faults = 3, 0, [], []
    for name, X, Y, B in encoders(context):
        basis = whitened(X, B)
        points = list(islice(critical_points(X, Y, B, k), 60 if context.full else 15))
        # the same network in coordinates in which BX has orthonormal rows
        same = list(islice(critical_points(X, Y, basis, k), len(points)))
        for point, other in zip(points, same, strict=True):
            faults += [
                f"{name}, I = {other.subset}: {f}"
                for f in faults_at(other, other.realise(rng=context.rng), basis @ X, Y)
            ]
            D, E = point.realise(rng=context.rng)
            losses = np.array([np.sum((D @ E @ B @ X - Y) ** 2), point.loss, other.loss])
            if np.ptp(losses) > 1e-9 * np.sum(Y**2):
                faults.append(f"{name}, I = {point.subset}: losses {losses}")
        minima = [p.subset for p in points if p.index == 0]
        if minima != [tuple(range(1, k + 1))]:
            faults.append(f"{name}: minima at {minima}")
        distinct = distinct_positive_eigenvalues(X, Y, B) if len(B) <= 8 else None
        sentences.append(
            f"{name} (rank BX {len(basis)} of {len(B)}, G "
            f"{'singular' if distinct is None else 'invertible'})"
        )
        cases += len(points)
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or f"{cases} critical points, k = {k}: {'; '.join(sentences)}. Gradient, loss, index and "
        f"nullity are as predicted, and only I = [{k}] has index 0.",
        cases,
        numbers={"points": cases, "faults": len(faults)},
    )


def _other_encoder_is_rejected(context: Context) -> bool:
    """A critical point for one encoder, examined with another encoder."""
    _, X, Y, B = encoders(context)[0]
    basis, other = whitened(X, B), whitened(X, B[:, ::-1])
    point = next(iter(critical_points(X, Y, basis, 3)))
    return bool(faults_at(point, point.realise(), other @ X, Y))


CLAIM = Claim(
    id="structured-b",
    title="Theorem 1 for any structured B",
    source=paper("Section S3"),
    statement=(
        r"Theorem 1 holds for any $\ell \times n$ matrix $B$, since $B$ enters only through $BX$."
    ),
    expected=Verdict.HOLDS,
    correction=(
        r"A sparse sketch with an empty bucket, or $\ell$ above the rank of $X$, makes $G$ "
        r"singular, which breaks a hypothesis of Theorem 1. With the pseudo-inverse of $G$ the "
        r"critical values have the same form (claim theorem-1-star)."
    ),
    depends_on=("theorem-1-star",),
    checks=(
        Check(
            "every critical value",
            Grade.EXACT,
            "Gröbner bases over the rationals, in the original coordinates",
            _groebner,
        ),
        Check(
            "real data", Grade.NUMERICAL, "closed-form critical points for four encoders", _digits
        ),
    ),
    controls=(
        Control(
            "one critical value left out",
            lambda context: _one_left_out_is_rejected(*small_problems()[0][1:]),
        ),
        Control("the critical points of another encoder", _other_encoder_is_rejected),
    ),
)
