"""Where the row space of EB can move freely, a joint local minimum is the dense optimum.

With C = XXᵀ > 0 and M = XYᵀYXᵀ, the gain f(W) = tr (WCWᵀ)⁻¹WMWᵀ is the amount by which the best D
lowers the loss tr YYᵀ of D = 0, if EB = W.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.random import Generator

from fjlt import Butterfly, TruncatedButterfly
from fjlt.types import RealArray
from landscape import EncoderDecoder, fit, reduced_loss
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
from proofs_check.exact.critical_points import is_minimum
from proofs_check.exact.inertia import rational_inertia
from proofs_check.exact.instances import EXAMPLE, sibling_network, siblings
from proofs_check.exact.planted import Problem, random_matrix, texts
from proofs_check.formal.evidence import formalised
from proofs_check.identities.derivation import Derivation, Step
from proofs_check.identities.proofs import needs, proved
from proofs_check.row_spaces.gain import expansion

__all__ = ["CLAIM", "freedom"]

TURNED = Derivation(
    symbols={
        "X": ("n", "d"),
        "Y": ("m", "d"),
        "U": ("n", "k"),
        "V": ("n", "k"),
        "a": ("n", "1"),
        "c": ("k", "1"),
    },
    scalars=frozenset({"t", "mu_a", "mu_b"}),
    definitions={
        "C": "X @ X.T",
        "M": "X @ Y.T @ Y @ X.T",
        "R": "Y @ X.T @ U @ U.T @ X - Y",
        "turned": "U + t * (a @ c.T)",
        "inverse": "(1 + t**2) - t**2 * (c @ c.T)",
    },
    assumptions={
        "UᵀCU = I": "U.T @ X @ X.T @ U - 1",
        "UᵀCa = 0": "U.T @ X @ X.T @ a",
        "aᵀCa = 1": "a.T @ X @ X.T @ a - 1",
        "cᵀc = 1": "c.T @ c - 1",
        "Ma = μ_a·Ca": "X @ Y.T @ Y @ X.T @ a - mu_a * (X @ X.T @ a)",
        "MUc = μ_b·CUc": "X @ Y.T @ Y @ X.T @ U @ c - mu_b * (X @ X.T @ U @ c)",
    },
    steps=[
        Step(
            "L = tr YYᵀ − f(Uᵀ) for D = YXᵀU",
            "R @ R.T - Y @ Y.T + Y @ X.T @ U @ U.T @ X @ Y.T",
            "trace",
        ),
        Step(
            "the slope of f along V is 2 tr Vᵀ(MU − CU·UᵀMU)",
            "U.T @ M @ V + V.T @ M @ U - (U.T @ C @ V + V.T @ C @ U) @ U.T @ M @ U"
            " - 2 * V.T @ (M @ U - C @ U @ U.T @ M @ U)",
            "trace",
        ),
        Step(
            "f(Uᵀ + t·caᵀ) = f(Uᵀ) + (μ_a − μ_b)·t²/(1 + t²)",
            "inverse @ turned.T @ M @ turned - (1 + t**2) * (U.T @ M @ U)"
            " - t**2 * (mu_a - mu_b) * (c @ c.T)",
            "trace",
        ),
        Step(
            "(1 + t²)·((U + t·acᵀ)ᵀC(U + t·acᵀ))⁻¹ = 1 + t² − t²·ccᵀ",
            "turned.T @ C @ turned @ inverse - (1 + t**2)",
        ),
    ],
)
"""The turn from an eigenvector b = Uc in the row space to an eigenvector a outside it.

The columns of U are a basis of the row space, orthonormal for C.
"""


def descent(W: fmpq_mat, C: fmpq_mat, M: fmpq_mat) -> tuple[fmpq, tuple[int, int]] | None:
    """Gain f, and the index and nullity of −f in the entries of W, exactly.

    Returns None where W is not critical.
    """
    k, n = W.nrows(), W.ncols()
    units = [fmpq_mat(k, n, [int(i == j) for j in range(k * n)]) for i in range(k * n)]
    alone = [expansion(W, unit, C, M) for unit in units]
    if any(slope != 0 for _, slope, _ in alone):
        return None
    # The coefficient of t² along V is half of VᵀHV; polarisation gives the mixed entries of H.
    second = fmpq_mat(k * n, k * n)
    for i in range(k * n):
        second[i, i] = -2 * alone[i][2]
        for j in range(i):
            both = expansion(W, units[i] + units[j], C, M)[2]
            second[i, j] = second[j, i] = alone[i][2] + alone[j][2] - both
    return alone[0][0], rational_inertia(second)


def dense_problem(values: list[int], n: int, rng: Generator) -> tuple[fmpq_mat, fmpq_mat, fmpq_mat]:
    """(C, M, T) of rational X and Y.

    The rows of T are eigenvectors: MTᵀ = CTᵀ·diag(values²).
    """
    problem = Problem.general(values, n, n, n + 1, n, rng)
    X, cross = problem.encoded, problem.Y * problem.encoded.transpose()
    return X * X.transpose(), cross.transpose() * cross, problem.T.inv()


def spanned(T: fmpq_mat, chosen: tuple[int, ...], rng: Generator) -> fmpq_mat:
    """A random basis of the span of the chosen rows: they are mixed by an integer matrix."""
    k = len(chosen)
    rows = fmpq_mat([T.tolist()[i] for i in chosen])
    while (mixed := random_matrix(k, k, rng)).det() == 0:
        pass
    return mixed * rows


def turn(
    T: fmpq_mat, chosen: tuple[int, ...], inside: int, outside: int, C: fmpq_mat, M: fmpq_mat
) -> fmpq:
    """Second-order gain of f as one row inside the span turns towards a row outside."""
    rows, k = T.tolist(), len(chosen)
    zero = [fmpq(0)] * T.ncols()
    V = fmpq_mat([rows[outside] if chosen[unit] == inside else zero for unit in range(k)])
    return expansion(fmpq_mat([rows[i] for i in chosen]), V, C, M)[2]


SPECTRA = [
    ([3, 2, 1], 3, 1),
    ([3, 2, 1], 3, 2),
    ([4, 3, 2, 1], 4, 2),
    ([2, 2, 1], 3, 1),
    ([2, 2, 1, 1], 4, 2),
]
SPECTRA += [
    ([3, 1], 4, 2),
    ([2], 3, 2),
    ([5, 4, 3, 2, 1], 5, 2),
]  # (roots of the positive eigenvalues, n, k)


def _subspaces(context: Context) -> Finding:
    rng, cases, faults, tops, problems = context.rng, 0, [], 0, []
    spectra = (
        SPECTRA * 4 + [([3, 3, 2, 2, 1], 5, 3), ([5, 4, 3, 2, 1], 6, 3)]
        if context.full
        else SPECTRA
    )
    for values, n, k in spectra:
        C, M, T = dense_problem(values, n, rng)
        mu = [value * value for value in values] + [0] * (n - len(values))
        forms = {name: texts(a) for name, a in (("C", C), ("M", M), ("T", T))}
        problems.append({"values": values, "k": k} | forms)
        for chosen in combinations(range(n), k):
            pairs = [(c, i) for c in chosen for i in range(n) if i not in chosen]
            # −f has a negative direction for each turn to a larger eigenvalue. Turns to an equal
            # one and the k² changes of basis leave f as it is, to second order.
            index, ties = (
                sum(mu[i] > mu[c] for c, i in pairs),
                sum(mu[i] == mu[c] for c, i in pairs),
            )
            gain = fmpq(sum(mu[i] for i in chosen))
            turned = all(turn(T, chosen, c, i, C, M) == mu[i] - mu[c] for c, i in pairs)
            found = descent(spanned(T, chosen, rng), C, M)
            if (
                not turned
                or found != (gain, (index, k * k + ties))
                or (index == 0) != (gain == sum(mu[:k]))
            ):
                faults.append(
                    f"μ = {mu}, k = {k}, I = {chosen}: not index {index} and gain {gain}, or not "
                    "μ_a − μ_b"
                )
            tops += index == 0
            cases += 1
    return Finding.of(
        not faults and tops > 0,
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or f"{len(spectra)} rational problems, some with equal and with zero eigenvalues: at the "
        f"span of every k eigenvectors of (M, C), {cases} subspaces, the slope of f is 0 in all "
        "directions, and a turn from b to a gains (μ_a − μ_b)t² to second order. By its "
        "characteristic polynomial the Hessian of −f has one negative eigenvalue for each pair "
        f"with μ_a > μ_b, b inside and a outside. It has none at {tops} subspaces, where f is the "
        "sum of the k largest eigenvalues.",
        cases,
        numbers={"subspaces": cases, "tops": tops, "faults": len(faults)},
        scope=f"{cases} critical subspaces with n <= {max(n for _, n, _ in spectra)}",
        certificate={
            "kind": "critical-subspaces",
            "problems": problems,
            "subspaces": cases,
            "tops": tops,
        },
    )


def freedom(network: EncoderDecoder) -> tuple[int, float]:
    """The number of directions in which the row space of EB moves, and how well conditioned it is.

    Returns the rank of the derivative of (E, weights) ↦ row space of EB, which is at most k(n − k),
    and its singular value of that number over the largest.
    """
    B, E = network.butterfly, network.encoder
    dense = B.to_dense()
    W = E @ dense
    k, n = W.shape
    # A change of W moves the row space by its part orthogonal to the rows of W.
    normal = np.eye(n) - np.linalg.pinv(W) @ W
    moves = [np.outer(unit, row @ normal) for unit in np.eye(k) for row in dense]
    for place in np.argwhere(B.effective_mask):
        weights = B.weights.copy()
        # B is affine in every single weight, so that this difference is a derivative.
        weights[tuple(place)] += 1
        moves.append(E @ (TruncatedButterfly(weights, B.rows).to_dense() - dense) @ normal)
    spectrum = np.linalg.svd(np.reshape(moves, (len(moves), -1)), compute_uv=False)[: k * (n - k)]
    return int((spectrum > 1e-8 * spectrum[0]).sum()), float(spectrum[-1] / spectrum[0])


def satisfies_hypotheses(
    network: EncoderDecoder, X: RealArray, Y: RealArray, clear: float = 1e-3
) -> bool:
    """Whether the network is a minimum in all weights and its row space moves freely.

    Both must hold by a clear margin.
    """
    k, n = len(network.encoder), len(X)
    rank, margin = freedom(network)
    return rank == k * (n - k) and margin > clear and is_minimum(network, X, Y)


CASES = [
    (4, (0, 1), 2),
    (4, (0, 1, 2), 2),
    (4, (0, 2), 1),
    (4, (0, 1, 2), 3),
    (8, (0, 1), 2),
    (8, (0, 1, 2), 2),
]
CASES += [(8, (0, 4), 1), (8, (0, 1, 2, 3), 3)]  # (n, kept outputs, k)


def trained(
    context: Context, starts: int
) -> Iterator[tuple[str, EncoderDecoder, RealArray, RealArray]]:
    """Yield (case, network, X, Y) for every training of all weights that converges.

    Data and starting butterflies are random.
    """
    for n, rows, k in CASES:
        for seed in context.seed.spawn(starts):
            rng = np.random.default_rng(seed)
            X, Y = rng.normal(size=(2, n, 2 * n))
            B = TruncatedButterfly(Butterfly.random(n, rng).weights, rows)
            run = fit(X, Y, k, B, method="variable-projection", max_steps=2000, tolerance=1e-8)
            if run.converged:
                yield f"n = {n}, outputs {set(rows)}, k = {k}", run.network, X, Y


def above_optimum(network: EncoderDecoder, X: RealArray, Y: RealArray) -> float:
    """Loss above that of the best dense network, relative to ‖Y‖_F²."""
    dense = reduced_loss(X, Y, np.eye(len(X)), len(network.encoder))
    return float((network.loss(X, Y) - dense) / np.sum(Y**2))


def _training(context: Context) -> Finding:
    starts, worst, converged, free = 30 if context.full else 5, 0.0, 0, Counter[str]()
    for case, network, X, Y in trained(context, starts):
        converged += 1
        if satisfies_hypotheses(network, X, Y):
            free[case] += 1
            worst = max(worst, abs(above_optimum(network, X, Y)))
    met = free.total()
    return Finding.of(
        worst < 1e-7 and len(free) >= len(CASES) // 2,
        Bearing.SUPPORTS,
        f"Random data and butterflies, all weights trained: {converged} trainings converge. {met} "
        "of the ends are minima by their Hessian in all weights, with EB of rank k and a row space "
        "that moves in k(n − k) directions, in the least by more than a thousandth of the most "
        f"({'; '.join(f'{case}: {count}' for case, count in free.items())}). Their loss is the "
        f"dense optimum, to {worst:.0e} of ‖Y‖_F².",
        met,
        numbers={"converged": converged, "satisfying": met, "worst": worst},
    )


def stuck_siblings() -> tuple[EncoderDecoder, RealArray, RealArray]:
    """A minimum above the optimum whose row space is tied to the form (u, 0), (0, v).

    n = 4, outputs {0, 2}, k = 2.
    """
    return sibling_network(siblings((1, 0), (0, 1)), EXAMPLE, EXAMPLE), EXAMPLE, EXAMPLE


def stuck_row() -> tuple[EncoderDecoder, RealArray, RealArray]:
    """A degenerate minimum above the optimum for a single output, l = k = 1.

    A single output can reach every row, but here a weight of 0 holds the row.
    """
    X, weights = np.diag([3.0, 1, 2, 1]), np.zeros((2, 4, 2))
    weights[0, 0], weights[0, 2], weights[1, 0] = (0, 1), (1, 0), (0, 1)
    B = TruncatedButterfly(weights, rows=[0])
    encoded = B @ X
    return EncoderDecoder(X @ encoded.T / np.sum(encoded**2), [[1.0]], B), X, X


def _is_no_counterexample(network: EncoderDecoder, X: RealArray, Y: RealArray) -> bool:
    """Whether this is a minimum above the dense optimum that does not satisfy the hypotheses."""
    spurious = is_minimum(network, X, Y) and above_optimum(network, X, Y) > 0.1
    return spurious and not satisfies_hypotheses(network, X, Y)


def _lower_turn_gains(context: Context) -> bool:
    C, M, T = dense_problem([3, 2, 1], 3, context.rng)
    return bool(turn(T, (0, 1), 0, 2, C, M) > 0)


CLAIM = Claim(
    id="joint-submersion",
    title="Where the row space can move freely there is no spurious minimum",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"Let $XX^\top$ be invertible. At a joint local minimum in $D$, $E$ and the weights "
    r"at which $EB$ has rank $k$ and $(E, \text{weights}) \mapsto \mathrm{rowspace}(EB)$ is a "
    r"submersion to $\mathrm{Gr}(k, n)$, the loss is the global optimum of the dense network, "
    r"$\mathrm{tr}\,YY^\top - \sum_{i \le k}\gamma_i$.",
    expected=Verdict.HOLDS,
    depends_on=("baldi-hornik",),
    checks=(
        formalised(
            "kernel",
            {
                "free_minimum_global": "over every ordered field, for all sizes, X, Y and kept "
                "outputs: at a local minimum in D, E and the weights where every direction of a "
                "k × n matrix is one of EB, up to a change of its basis, the loss is at most that "
                "of every D'W' with k columns and rows",
                "free_minimum_value": "if XXᵀ is invertible and the columns of U are orthonormal "
                "eigenvectors of YXᵀ(XXᵀ)⁻¹XYᵀ, γ_1 >= γ_2 >= …, it is tr YYᵀ − Σ_{i<=k} γ_i",
                "eigenbasis_exists": "over every real closed field, as the real numbers, there are "
                "such eigenvectors",
            },
            Bearing.SUPPORTS,
            "all sizes",
        ),
        proved(
            "turning one eigenvector, all sizes",
            TURNED,
            Bearing.SUPPORTS,
            "Not part of the certificate: a submersion is open, and the best D stays near where EB "
            "has rank k, so the row space is a local maximum of f among all subspaces. Critical "
            "row spaces are invariant under C⁻¹M. This is self-adjoint for C, so eigenvectors span "
            "them. Unless these are the k largest, there is a turn with μ_a > μ_b, and f "
            "increases.",
            partial=True,
        ),
        Check(
            "every critical subspace",
            Grade.EXACT,
            "rational expansions of f, characteristic polynomials",
            _subspaces,
        ),
        Check(
            "training", Grade.NUMERICAL, "variable projection from random butterflies", _training
        ),
    ),
    controls=(
        Control(
            "a minimum whose rows keep the form (u, 0), (0, v)",
            lambda _: _is_no_counterexample(*stuck_siblings()),
        ),
        Control("a single row held by a weight 0", lambda _: _is_no_counterexample(*stuck_row())),
        Control(
            "a turn towards a lower eigenvalue that gains",
            lambda context: not _lower_turn_gains(context),
        ),
        Control("a turn towards a that is not orthogonal", lambda _: needs(TURNED, "UᵀCa = 0")),
    ),
)
