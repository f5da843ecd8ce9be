"""Theorem 1: the critical values of the loss in D and E with B fixed."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice, pairwise
from math import comb

import numpy as np
from flint import arb, ctx
from sympy import Matrix

from fjlt import srht
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
from proofs_check.exact.critical_points import (
    distinct_positive_eigenvalues,
    faults_at,
    indices,
    integers,
)
from proofs_check.exact.encoder_decoder import realised
from proofs_check.exact.factorisation import (
    are_the_critical_values,
    critical_values,
    search,
    whitened,
)
from proofs_check.exact.instances import data_sets
from proofs_check.exact.separation import BITS, eigenvalues
from proofs_check.experiments.own_data import scaled
from proofs_check.formal.evidence import formalised

__all__ = ["CLAIM"]

# bound on the sum of the cubes of the orders of the Hessians examined for the reader's own data
WORK = 10**10


def photograph(context: Context) -> tuple[str, RealArray, RealArray, RealArray]:
    """(name, X, Y, B) for an auto-encoder of the columns of a grey photograph, all integers."""
    from sklearn.datasets import load_sample_image

    X = load_sample_image("china.jpg").sum(axis=2).astype(float)
    return (
        "photograph, auto-encoder",
        X,
        X,
        np.rint(srht(16, len(X), rng=context.rng).to_dense() * 4),
    )


def _groebner(context: Context) -> Finding:
    # k <= l <= m, the shape of A
    shapes = [(Matrix([[2, 0], [0, 1]]), 1), (Matrix([[2, 0], [0, 1], [0, 0]]), 1)]
    shapes += [(Matrix([[3, 0, 0], [0, 2, 0], [0, 0, 1]]), 1), (Matrix([[2, 0], [0, 1]]), 2)]
    good, found, problems = True, [], []
    for A, k in shapes:
        m, l = A.shape
        singular = [int(A[i, i]) for i in range(l)]
        squares = [value**2 for value in singular]
        values = critical_values(squares, k, sum(squares))
        good &= k <= l <= m and are_the_critical_values(A, k, values)
        # the exact Hessian at a point of every index set: minima have I = [k]
        inertia = indices(singular, m, l, k)
        good &= [I for I, (index, _) in inertia.items() if index == 0] == [tuple(range(1, k + 1))]
        problems.append(realised(Matrix.eye(l), A, k))
        found.append(f"k = {k}, λ = {', '.join(map(str, squares))}: {', '.join(map(str, values))}")
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        "The product of (L − value) over the predicted values lies in the ideal of the critical "
        "equations, by Gröbner bases over the rationals, and without any one of its factors it "
        "does not. So there is no other critical value, real or complex, and each of these is one: "
        f"{'; '.join(found)}. At a point of every I but [k] the Hessian has a negative eigenvalue, "
        "by its characteristic polynomial in integers.",
        len(shapes),
        numbers={"instances": found},
        certificate={"kind": "critical-values", "problems": problems},
        scope=f"{len(shapes)} integer problems with k <= l <= m <= "
        f"{max(A.rows for A, _ in shapes)}",
    )


def _outside(context: Context) -> Finding:
    """What becomes of the minima where k <= l <= m <= n does not hold, by exact Hessians."""
    wide, tall, good = 0, 0, True
    for m in range(1, 5):
        for l in range(1, min(m, 3) + 1):
            for k in range(1, 5):
                inertia = indices(list(range(l, 0, -1)), m, l, k)
                minima = [I for I, (index, _) in inertia.items() if index == 0]
                # I = [k] up to k = l, whatever n is; beyond it all l eigenvalues are taken
                good &= minima == [tuple(range(1, min(k, l) + 1))]
                wide += k > l
                # B is the identity, n = l
                tall += k <= l < m
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        f"In {tall} problems with k <= l = n < m the only index set at which the Hessian has no "
        "negative eigenvalue is [k], as within the assumption k <= l <= m <= n. In "
        f"{wide} with k > l it is [l], which is not [k]. Inertia of integer Hessians, B = X = I.",
        wide + tall,
        numbers={"tall": tall, "wide": wide},
    )


def _digits(context: Context) -> Finding:
    k, cases, sentences, faults = 3, 0, [], []
    for name, X, Y, B in data_sets(context.rng):
        l = len(B)
        distinct = distinct_positive_eigenvalues(X, Y, B)
        if distinct != l:
            sentences.append(
                f"{name}: the hypotheses fail ({distinct} distinct positive eigenvalues of {l})"
            )
            continue
        basis = whitened(X, B)
        points = list(critical_points(X, Y, basis, min(k, l)))
        for point in points:
            D, E = point.realise(rng=context.rng)
            faults += [
                f"{name}, I = {point.subset}: {f}" for f in faults_at(point, (D, E), basis @ X, Y)
            ]
        expected = sum(comb(l, q) for q in range(min(k, l) + 1))
        minima = [point for point in points if point.index == 0]
        if len(points) != expected or [p.subset for p in minima] != [
            tuple(range(1, min(k, l) + 1))
        ]:
            faults.append(
                f"{name}: {len(points)} index sets, minima at {[p.subset for p in minima]}"
            )
        cases += len(points)
        sentences.append(
            f"{name} (n = {len(X)}, d = {X.shape[1]}, m = {len(Y)}, l = {l}): G is invertible and "
            f"Σ has {distinct} distinct positive eigenvalues, in exact arithmetic. At all "
            f"{len(points)} index sets the gradient vanishes, the loss is tr YYᵀ − Σ λ_i, the "
            f"Hessian has the predicted index and nullity, and only I = [{min(k, l)}] has index 0"
        )
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults[:5] or sentences) + ".",
        cases,
        numbers={"points": cases, "faults": len(faults)},
    )


@ctx.workprec(BITS)
def _separation(context: Context) -> Finding:
    """The hypotheses in balls; the certificate can be checked by sign changes, without balls."""
    sentences, cases, enclosed, problems = [], 0, True, []
    digit_sets = data_sets(context.rng)
    for name, X, Y, B in (photograph(context), *digit_sets):
        balls = eigenvalues(X, Y, B)
        if balls is None:
            enclosed = False
            continue
        cases += len(balls)
        gap = min(a - b for a, b in pairwise(balls))
        sentences.append(
            f"{name} (n = {len(X)}, l = {len(B)}): {len(balls)} balls above "
            f"{balls[-1].str(4, radius=False)}, the least gap {gap.str(4, radius=False)}"
        )
        ends = [[str(_end(ball.lower())), str(_end(ball.upper()))] for ball in balls]
        problems.append({"T": integers(X @ Y.T), "intervals": ends})
    _, X, _, B = digit_sets[0]
    return Finding.of(
        enclosed,
        Bearing.SUPPORTS,
        "For real data the hypotheses hold, in balls that enclose the rounding errors of the "
        "products: G is invertible, and the l eigenvalues λ_i of Σ(B) are positive and distinct. "
        f"{'; '.join(sentences)}.",
        cases,
        # the digits with either target; the photograph is larger than the checker reads
        certificate={
            "kind": "eigenvalues",
            "B": integers(B),
            "C": integers(X @ X.T),
            "problems": problems[1:],
        },
    )


def _end(bound: arb) -> Fraction:
    """The end of a ball, a dyadic number, as an exact fraction."""
    mantissa, exponent = bound.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _search(context: Context) -> Finding:
    """The losses at critical points that are found by minimising the norm of the gradient."""
    k, starts = 2, 120 if context.full else 40
    _, X, Y, B = data_sets(context.rng, l=4)[1]
    A = Y @ (whitened(X, B) @ X).T
    trace = float(np.sum(Y**2))
    levels = np.array(critical_values(np.linalg.svd(A, compute_uv=False) ** 2, k, trace))
    # ‖DEX̃ − Y‖² = ‖DF − A‖² + ‖Y‖² − ‖A‖² in whitened coordinates
    losses = np.array(
        [
            trace - np.sum(A**2) + np.sum((D @ F - A) ** 2)
            for D, F in search(A, k, context.rng, starts)
        ]
    )
    distance = np.abs(losses[:, None] - levels)
    hit = set(distance.argmin(axis=1).tolist())
    far = float(distance.min(axis=1).max() / trace)
    return Finding.of(
        far < 1e-8 and len(hit) >= 4,
        Bearing.SUPPORTS,
        f"Minimising the norm of the gradient from {starts} random starts (digits, one-hot "
        f"labels, l = 4, k = 2) finds {len(losses)} critical points with {len(hit)} different "
        f"losses. Each of these is one of the {len(levels)} predicted values, to {far:.1e} of "
        "‖Y‖_F².",
        len(losses),
        numbers={
            "reached": len(losses),
            "levels_hit": len(hit),
            "levels": len(levels),
            "deviation": far,
        },
    )


def _turned_point_is_accepted(context: Context) -> bool:
    """Whether a critical point still passes when its decoder is turned and its encoder refitted."""
    _, X, Y, B = data_sets(context.rng)[1]
    basis = whitened(X, B)
    point = next(iter(critical_points(X, Y, basis, 2)))
    D, _ = point.realise()
    turned = np.linalg.qr(D + 0.01 * np.abs(D).max() * context.rng.normal(size=D.shape))[0]
    return not faults_at(point, (turned, turned.T @ Y @ (basis @ X).T), basis @ X, Y)


def _exchanged_index_is_accepted(context: Context) -> bool:
    """Whether a saddle passes for the minimum when it is given the minimum's loss and index."""
    _, X, Y, B = data_sets(context.rng)[1]
    basis = whitened(X, B)
    points = critical_points(X, Y, basis, 2)
    lowest, second = next(points), next(points)
    return not faults_at(lowest, second.realise(), basis @ X, Y)


@ctx.workprec(BITS)
def _own_data(context: Context) -> Finding:
    """The reader's X, Y (default X) and B (default an SRHT): hypotheses, and the lowest levels."""
    X, _ = scaled(context.data["X"].astype(float))
    Y, power = scaled(context.data.get("Y", context.data["X"]).astype(float))
    n = len(X)
    B = context.data.get("B", srht(min(8, n), n, rng=context.rng).to_dense()).astype(float)
    B, _ = scaled(B)
    l, k = len(B), context.target.k
    shape = f"n = {n}, d = {X.shape[1]}, m = {len(Y)}, l = {l}, k = {k}"
    balls = eigenvalues(X, Y, B)
    if balls is None or not k <= l <= len(Y) <= n:
        reason = f"G, or the {l} eigenvalues of Σ(B), cannot be separated from 0 and each other"
        if l > len(Y):
            reason = f"Σ(B) has at most m = {len(Y)} positive eigenvalues, fewer than l"
        elif k > l or len(Y) > n:
            reason = "k <= l <= m <= n is assumed"
        return Finding(
            Bearing.SILENT,
            f"{shape}: the hypotheses are not established: {reason}. Theorem 1 without hypotheses "
            "(claim theorem-1-star) applies nevertheless.",
            1,
        )
    basis = whitened(X, B)
    count = 1 + min(200, WORK // (k * (len(Y) + l)) ** 3)
    points = list(islice(critical_points(X, Y, basis, k), count))
    faults = [
        f
        for point in points
        for f in faults_at(point, point.realise(rng=context.rng), basis @ X, Y)
    ]
    # losses and eigenvalues have the scale of Y²
    unit = arb(4) ** power
    loss, balls = arb(points[0].loss) * unit, [ball * unit for ball in balls]
    gap = balls[k - 1] - (balls[k] if k < l else 0)
    return Finding.of(
        not faults and [p.subset for p in points if p.index == 0] == [tuple(range(1, k + 1))],
        Bearing.SUPPORTS,
        f"{shape}: G is invertible and Σ(B) has {l} distinct positive eigenvalues, in balls, from "
        f"{balls[0].str(4, radius=False)} to {balls[-1].str(4, radius=False)}, with λ_k − λ_(k+1) "
        f"= {gap.str(4, radius=False)}. Of {sum(comb(l, q) for q in range(k + 1))} critical "
        f"values the lowest {len(points)} were realised. In floating point gradient, loss, index "
        f"and nullity are as predicted, and only I = [{k}] has index 0; its loss is "
        f"{loss.str(6, radius=False)}.",
        len(points),
        numbers={
            "eigenvalues": [_number(ball) for ball in balls],
            "points": len(points),
            "loss": _number(loss),
        },
    )


def _number(ball: arb) -> float | str:
    """The middle of a ball, as text if it is out of the range of floating point."""
    value = float(ball)
    in_range = np.finfo(float).tiny <= abs(value) < np.inf or ball.is_zero()
    return value if in_range else str(ball.str(17, radius=False))


CLAIM = Claim(
    id="theorem-1",
    title="Critical values of the encoder-decoder butterfly network, B fixed",
    source=paper("Theorem 1"),
    statement=(
        r"Let $k \le \ell \le m \le n$, $\tilde X = BX$, $G = \tilde X\tilde X^\top$ invertible, "
        r"and let $\Sigma(B) = Y\tilde X^\top G^{-1}\tilde XY^\top$ have $\ell$ distinct positive "
        r"eigenvalues $\lambda_1 > \dots > \lambda_\ell$. If the gradients of "
        r"$L = \|DEBX - Y\|_F^2$ in $D$ and $E$ vanish, then "
        r"$L = \mathrm{tr}\,YY^\top - \sum_{i \in I}\lambda_i$ for some $I \subseteq [\ell]$, "
        r"$|I| \le k$, and at a local minimum $I = [k]$."
    ),
    expected=Verdict.HOLDS,
    correction=(
        r"The printed proof does not cover critical points where $D$ has rank $p < k$ and "
        r"$I = [p]$, for instance $D = E = 0$: it needs an $a \in [k] \setminus I$ and a "
        r"$b \in I$ with $\lambda_a > \lambda_b$, and there is no such $b$. A direction of "
        r"descent exists there nevertheless (claim theorem-1-star), so the theorem holds. That "
        r"$|I| \le k$ stands in the proof only. The assumption $k \le \ell \le m \le n$ stands in "
        r"Section 1.1; Section 4 has $k \le m \le n$. Of it $m \le n$ is not used: $n$ enters only "
        r"through $BX$. For $\ell > m$ no $\Sigma(B)$ has $\ell$ positive eigenvalues. For $k > "
        r"\ell$ the critical values are the same, and the minima have $I = [\ell]$ in place of "
        r"$[k]$."
    ),
    depends_on=("theorem-1-star",),
    checks=(
        formalised(
            "kernel",
            {
                "descent_identity": "where the gradient in D vanishes, Dᵀv = 0 and Dw = 0, the "
                "loss changes along (D + s·v·wᵀ, E + t·w·(Zᵀv)ᵀ) by "
                "−2st‖w‖²vᵀΣv + s²‖v‖²(‖X̃ᵀEᵀw‖² + t²‖w‖^4·vᵀΣv)",
                "rotation_identity": "at a critical point, b = Dβ turned towards a vector a with "
                "Dᵀa = 0 changes the loss by "
                "−ε²/(pp')·(p·aᵀΣa − ‖a‖²·bᵀΣb), p = ‖b‖², p' = p + ε²‖a‖²",
                "signal_invertible": "here Σ is the paper's if G is invertible",
                "gradient_D_derivative": "the gradient in D is the derivative",
                "gradient_E_derivative": "and so is that in E",
                "local_min_global": "every local minimum in D and E is global",
                "eigenbasis_exists": "over every real closed field a symmetric matrix has "
                "orthonormal eigenvectors in the order of the eigenvalues",
                "critical_value": "for such eigenvectors of Σ, and if no two positive eigenvalues "
                "are equal, every critical value is tr YYᵀ − Σ_{i∈I} λ_i with |I| <= k and "
                "positive λ_i, i in I",
                "critical_index_set": "if no two positive eigenvalues are equal, P_D has their "
                "eigenvectors u_i with i in I in its range and is orthogonal to the others, |I| "
                "<= k",
                "minimal_index_set": "the point is a global minimum exactly if these are the u_i "
                "with i <= k",
                "local_min_value": "at a local minimum it is tr YYᵀ − Σ_{i<=k} λ_i",
            },
            Bearing.SUPPORTS,
            "all sizes",
        ),
        Check(
            "every critical value",
            Grade.EXACT,
            "Gröbner bases over the rationals, small instances",
            _groebner,
        ),
        Check(
            "digits",
            Grade.NUMERICAL,
            "every index set realised; hypotheses exact, Hessians in floating point",
            _digits,
        ),
        Check(
            "hypotheses",
            Grade.INTERVAL,
            "eigenvalues enclosed in balls, digits and a photograph",
            _separation,
            partial=True,
        ),
        Check(
            "outside the assumption",
            Grade.EXACT,
            "minima at an integer point of every index set, k > l and m > n",
            _outside,
            partial=True,
        ),
        Check("search", Grade.NUMERICAL, "critical points found without the closed form", _search),
    ),
    controls=(
        Control(
            "one critical value left out",
            lambda context: not are_the_critical_values(Matrix([[2, 0], [0, 1]]), 1, [5, 1]),
        ),
        Control(
            "one critical value too many",
            lambda context: not are_the_critical_values(Matrix([[2, 0], [0, 1]]), 1, [0, 1, 4, 5]),
        ),
        Control(
            "I = [k] at the minima for k > l too",
            lambda context: (1, 2) not in indices([2], 2, 1, 2),
        ),
        Control(
            "a point next to a critical point",
            lambda context: not _turned_point_is_accepted(context),
        ),
        Control(
            "a saddle in the place of the minimum",
            lambda context: not _exchanged_index_is_accepted(context),
        ),
    ),
    on_data=(
        Check(
            "X, Y, B",
            Grade.NUMERICAL,
            "hypotheses in balls, Hessians in floating point",
            _own_data,
            needs="X",
        ),
    ),
)
