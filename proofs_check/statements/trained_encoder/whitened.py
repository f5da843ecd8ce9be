"""Whitened data and sibling outputs: the loss is a sum of two rank-one problems.

If XXᵀ = I, the loss depends on the data through YXᵀ and ‖Y‖ only, so the exact checks take X = I.
The outputs 0 and N = n/2 of a butterfly of size n span the rows (u, 0) and (0, v), u and v in R^N.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
from sympy import expand, symbols

from figures.data import digits
from fjlt import Butterfly, TruncatedButterfly
from fjlt.types import RealArray
from landscape import EncoderDecoder, fit
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
from proofs_check.exact.instances import (
    EXAMPLE,
    as_witness,
    exact_index,
    sibling_network,
    siblings,
)
from proofs_check.exact.laws import hadamard_rows
from proofs_check.identities.derivation import Derivation, Step
from proofs_check.identities.inequalities import Polynomials, PolynomialStep
from proofs_check.identities.proofs import needs, proved

__all__ = ["CLAIM"]

SEPARATION = Derivation(
    symbols={
        "X": ("n", "d"),
        "Y": ("m", "d"),
        "P": ("n", "N"),
        "Q": ("n", "N"),
        "u": ("N", "1"),
        "v": ("N", "1"),
        "a": ("N", "1"),
        "b": ("N", "1"),
        "w": ("N", "1"),
        "d_u": ("m", "1"),
        "d_v": ("m", "1"),
    },
    scalars=frozenset({"t", "mu_a", "mu_b"}),
    definitions={
        "M": "P.T @ X @ Y.T @ Y @ X.T @ P",
        "R": "d_u @ u.T @ P.T @ X + d_v @ v.T @ Q.T @ X - Y",
        "turned": "b + t * a",
        "missed": "d_u @ u.T @ u - Y @ X.T @ P @ u",
    },
    assumptions={
        "XXᵀ = I": "X @ X.T - 1",
        "PᵀP = I": "P.T @ P - 1",
        "QᵀQ = I": "Q.T @ Q - 1",
        "PᵀQ = 0": "P.T @ Q",
        "aᵀa = 1": "a.T @ a - 1",
        "bᵀb = 1": "b.T @ b - 1",
        "aᵀb = 0": "a.T @ b",
        "Ma = μ_a·a": "P.T @ X @ Y.T @ Y @ X.T @ P @ a - mu_a * a",
        "Mb = μ_b·b": "P.T @ X @ Y.T @ Y @ X.T @ P @ b - mu_b * b",
    },
    steps=[
        Step("the rows (u, 0)X and (0, v)X are orthogonal", "u.T @ P.T @ X @ X.T @ Q @ v"),
        Step(
            "L = tr YYᵀ + l(u, d_u) + l(v, d_v), l(u, d) = ‖d‖²‖u‖² − 2dᵀYXᵀPu",
            "R @ R.T - Y @ Y.T - d_u @ u.T @ u @ d_u.T + 2 * d_u @ u.T @ P.T @ X @ Y.T"
            " - d_v @ v.T @ v @ d_v.T + 2 * d_v @ v.T @ Q.T @ X @ Y.T",
            "trace",
        ),
        Step(
            "‖u‖²·l(u, d) = ‖d‖u‖² − YXᵀPu‖² − uᵀMu",
            "u.T @ u @ d_u.T @ d_u @ u.T @ u - 2 * (u.T @ u @ d_u.T @ Y @ X.T @ P @ u)"
            " - missed.T @ missed + u.T @ M @ u",
            "trace",
        ),
        Step(
            "for ‖b‖ = 1 the slope of uᵀMu/‖u‖² along w is 2wᵀ(Mb − b·bᵀMb)",
            "w.T @ M @ b + b.T @ M @ w - (w.T @ b + b.T @ w) @ b.T @ M @ b"
            " - 2 * (w.T @ (M @ b - b @ b.T @ M @ b))",
            "trace",
        ),
        Step("‖b + ta‖² = 1 + t²", "turned.T @ turned - 1 - t**2"),
        Step(
            "(b + ta)ᵀM(b + ta) = (1 + t²)·bᵀMb + t²(μ_a − μ_b)",
            "turned.T @ M @ turned - (1 + t**2) * (b.T @ M @ b) - t**2 * (mu_a - mu_b) * (a.T @ a)",
            "trace",
        ),
    ],
)
"""The loss is that of two problems of rank one, and in each a lower eigenvector can be improved.

P and Q put u and v into the halves of R^n, and M = PᵀXYᵀYXᵀP. d_u and d_v are the columns of D in
the basis in which EB has the rows (u, 0) and (0, v).
"""


def coupled(upper: Sequence[int], lower: Sequence[int]) -> tuple[RealArray, RealArray, RealArray]:
    """(Y, M11, M22) with X = I, known eigenvectors and halves that are coupled, M12 ≠ 0.

    The rows of a Hadamard matrix of size N are the eigenvectors of M11 and of M22. The eigenvalues
    are N·s² for s in ``upper`` and (N·s)² for s in ``lower``, in the order of the rows.
    """
    H = hadamard_rows(len(upper)).astype(float)
    halves = np.diag(upper) @ H, H @ np.diag(lower) @ H
    return np.hstack(halves), halves[0].T @ halves[0], halves[1].T @ halves[1]


def pairs(upper: Sequence[int], lower: Sequence[int]) -> list[tuple[EncoderDecoder, int, float]]:
    """Network, predicted index and predicted loss at every pair of eigenvectors of M11 and M22."""
    Y, M11, M22 = coupled(upper, lower)
    N, X, rows = len(upper), np.eye(2 * len(upper)), hadamard_rows(len(upper))
    mu, nu = (np.array([w @ M @ w / N for w in rows]) for M in (M11, M22))
    points = []
    for i, j in product(range(N), repeat=2):
        network = sibling_network(siblings(rows[i].tolist(), rows[j].tolist()), X, Y)
        # One negative eigenvalue for each larger eigenvalue in the same half.
        index = int((mu > mu[i]).sum() + (nu > nu[j]).sum())
        points.append((network, index, float(np.sum(Y**2) - mu[i] - nu[j])))
    return points


def minima(networks: Iterable[EncoderDecoder], X: RealArray, Y: RealArray) -> set[float]:
    """Losses of the critical points whose Hessian has no negative eigenvalue, exactly."""
    inertias = [(network, exact_index(network, X, Y)) for network in networks]
    return {
        network.loss(X, Y) for network, found in inertias if found is not None and found[0] == 0
    }


INSTANCES = [
    ((2, 1), (1, 3)),
    ((1, 3), (1, 2)),
    ((2, 1), (2, 0)),
    ((3, 1, 2, 4), (1, 2, 4, 3)),
    ((1, 2, 5, 0), (3, 1, 0, 2)),
]


def _enumerated(context: Context) -> Finding:
    faults, cases, sentences, problems = [], 0, [], []
    for upper, lower in INSTANCES:
        Y, N = coupled(upper, lower)[0], len(upper)
        X, listed = np.eye(2 * N), pairs(upper, lower)
        # Directions that change DEB: D, and the rows u and v up to their lengths.
        moving = 2 * len(Y) + 2 * N - 2
        for network, index, loss in listed:
            if (
                exact_index(network, X, Y) != (index, network.n_parameters - moving)
                or network.loss(X, Y) != loss
            ):
                faults.append(
                    f"n = {2 * N}, s = {upper}, {lower}: not index {index} and loss {loss:g}"
                )
        rows = hadamard_rows(N).tolist()
        problems.append(
            {
                "X": X.astype(int).tolist(),
                "Y": Y.astype(int).tolist(),
                "points": [
                    {"u": u, "v": v, "index": index} | as_witness(network)
                    for (u, v), (network, index, _) in zip(
                        product(rows, repeat=2), listed, strict=True
                    )
                ],
            }
        )
        found = minima([network for network, _, _ in listed], X, Y)
        lowest = min(loss for _, _, loss in listed)
        if found != {lowest}:
            faults.append(f"n = {2 * N}, s = {upper}, {lower}: minima of loss {found}")
        cases += len(listed)
        sentences.append(f"n = {2 * N}: {len(listed)} points, minimum {lowest:g}")
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or f"{len(INSTANCES)} integer problems with XXᵀ = I and YXᵀ coupling both halves "
        f"({'; '.join(sentences)}): at every pair of eigenvectors of M11 and M22 the gradient in "
        "D, E and the weights vanishes. By its characteristic polynomial the Hessian has one "
        "negative eigenvalue for each larger eigenvalue in the two halves, and zero eigenvalues "
        "for the gauge only. The only pair without negative ones is that of the top eigenvectors.",
        cases,
        numbers={"points": cases, "faults": len(faults)},
        scope=f"n <= {2 * max(len(upper) for upper, _ in INSTANCES)}, the pairs of eigenvectors of "
        f"{len(INSTANCES)} integer problems",
        certificate={"kind": "sibling-networks", "problems": problems},
    )


def flat_minimum() -> tuple[EncoderDecoder, RealArray, RealArray]:
    """(network, X, Y) at a local minimum with an inner weight of 0; n = 8 and XXᵀ = I.

    The upper row is u = (r·a, s·b) with r = 0, a = b = (1, 0), s = 1.
    """
    X, Y = np.eye(8), np.diag([1.0, 3, 2, 0, 1, 0, 0, 0])
    weights = siblings([1, 0, 1, 0], [1, 0, 0, 0]).weights.copy()
    # r is the weight of a in the middle layer: while it is 0, turning a does not move u.
    weights[1, 0, 0] = 0
    return sibling_network(TruncatedButterfly(weights, rows=[0, 4]), X, Y), X, Y


def bounds_the_gain(level: int, Y: RealArray) -> bool:
    """Whether level·‖u‖² − uᵀM11u = r²(3a_1² − 5a_2²) + 4s²b_2², as polynomials.

    Here u = (r·a, s·b).
    """
    r, s, a1, a2, b1, b2 = symbols("r s a1 a2 b1 b2")
    u = [r * a1, r * a2, s * b1, s * b2]
    gain = sum(int(value) ** 2 * x**2 for value, x in zip(np.diag(Y), u, strict=False))
    claimed = r**2 * (3 * a1**2 - 5 * a2**2) + 4 * s**2 * b2**2
    return bool(expand(level * sum(x**2 for x in u) - gain - claimed) == 0)


BOUNDED_GAIN = Polynomials(
    numbers=("r", "s", "a1", "a2", "b1", "b2"),
    nonnegative={
        "r² >= 0": "r**2",
        "s²b_2² >= 0": "s**2 * b2**2",
        "a is near (1, 0)": "3 * a1**2 - 5 * a2**2",
    },
    steps=(
        PolynomialStep(
            "4‖u‖² >= uᵀM11u",
            "4 * (r**2 * a1**2 + r**2 * a2**2 + s**2 * b1**2 + s**2 * b2**2)"
            " - (r**2 * a1**2 + 9 * r**2 * a2**2 + 4 * s**2 * b1**2)",
            [("1", ["r² >= 0", "a is near (1, 0)"]), ("4", ["s²b_2² >= 0"])],
        ),
    ),
)
"""The gain of the upper row at the minimum with a weight of 0, for u = (r·a, s·b)."""


def _stuck(context: Context) -> Finding:
    network, X, Y = flat_minimum()
    found, loss = exact_index(network, X, Y), network.loss(X, Y)
    other = sibling_network(siblings([0, 1, 0, 0], [1, 0, 0, 0]), X, Y)
    better, points = other.loss(X, Y), []
    for one, index in ((network, found), (other, exact_index(other, X, Y))):
        negative, zero = index or (-1, 0)
        inertia = [negative, one.n_parameters - zero - negative]
        points.append(as_witness(one) | {"loss": f"{one.loss(X, Y):g}", "inertia": inertia})
    critical = {
        "kind": "trained-networks",
        "X": X.astype(int).tolist(),
        "Y": Y.astype(int).tolist(),
        "rows": network.butterfly.rows.tolist(),
        "points": points,
    }
    return Finding.of(
        BOUNDED_GAIN.holds(context.rng)
        and bounds_the_gain(4, Y)
        and found is not None
        and found[0] == 0
        and better < loss,
        Bearing.SUPPORTS,
        "That no inner weight is 0 is needed: n = 8, outputs 0 and 4, X = I, Y = diag(1, 3, 2, 0, "
        "1, 0, 0, 0), u = (r·a, s·b) at r = 0, a = b = (1, 0), s = 1. The gradient vanishes, and "
        "the Hessian has index 0. As polynomials, 4‖u‖² − uᵀM11u = r²(3a_1² − 5a_2²) + 4s²b_2², "
        "which is not negative as long as 3a_1² >= 5a_2². So this is a local minimum, not a strict "
        f"one, of loss {loss:g}, while {better:g} is reached elsewhere.",
        1,
        numbers={"loss": f"{loss:g}", "better": f"{better:g}"},
        certificate={"kind": "parts", "parts": [critical, BOUNDED_GAIN.certificate()]},
    )


def whitened_digits(n: int) -> list[tuple[str, RealArray, RealArray]]:
    """(name, X, Y) with XXᵀ = I and ‖Y‖_F = 1, from the digits.

    X is made from n pixels that are not blank in all images.
    """
    pixels, labels = digits()
    live = pixels[pixels.any(axis=1)].astype(float)
    # Without the singular values the rows are orthonormal: the polar factor of the pixels.
    left, _, right = np.linalg.svd(live[:: len(live) // n][:n], full_matrices=False)
    one_hot = (labels == np.arange(10)[:, None]).astype(float)
    targets = {"labels": one_hot, "pixels": live}
    return [
        (name, left @ right, target / np.linalg.norm(target)) for name, target in targets.items()
    ]


def ends(X: RealArray, Y: RealArray, starts: int, context: Context) -> list[float]:
    """Losses at which training from random butterflies converges, outputs 0 and n/2, k = 2."""
    n, runs = len(X), []
    for seed in context.seed.spawn(starts):
        B = TruncatedButterfly(Butterfly.random(n, seed).weights, rows=[0, n // 2])
        runs.append(fit(X, Y, 2, B, method="variable-projection", max_steps=3000, tolerance=1e-7))
    return [run.loss for run in runs if run.converged]


def _training(context: Context) -> Finding:
    starts, cases, worst, sentences = 20 if context.full else 6, 0, 0.0, []
    sizes = (8, 16, 32) if context.full else (8, 16)
    for n in sizes:
        for name, X, Y in whitened_digits(n):
            # The separated problems are solved by the top eigenvectors of the diagonal blocks.
            M = X @ Y.T @ Y @ X.T
            halves = M[: n // 2, : n // 2], M[n // 2 :, n // 2 :]
            optimum = float(np.sum(Y**2) - sum(np.linalg.eigvalsh(half)[-1] for half in halves))
            losses = ends(X, Y, starts, context)
            worst = max([worst, *(abs(loss - optimum) for loss in losses)])
            cases += len(losses)
            sentences.append(f"n = {n}, {name}: {len(losses)} at {optimum:.5f}")
    return Finding.of(
        worst < 1e-6 and cases >= len(sizes) * starts,
        Bearing.SUPPORTS,
        f"Whitened pixels of the digits, outputs 0 and n/2, k = 2: {cases} of "
        f"{2 * len(sizes) * starts} trainings from random butterflies converge, all to the loss of "
        f"the pair of top eigenvectors, to {worst:.0e} of ‖Y‖_F² ({'; '.join(sentences)}).",
        cases,
        numbers={"ends": cases, "worst": worst},
    )


def _trained_on_other_data(context: Context) -> bool:
    """Whether training on data that are not whitened ends at two losses, 21/5 and 2."""
    return {round(5 * loss, 6) for loss in ends(EXAMPLE, EXAMPLE, 40, context)} == {21, 10}


def _enumerated_on_other_data(context: Context) -> bool:
    """Whether the exact check finds two minima for data that are not whitened.

    Y = 5X makes the decoders integer matrices.
    """
    rows = [((1, 0), (0, 1)), ((0, 1), (1, 0)), ((1, 0), (1, 0)), ((0, 1), (0, 1))]
    Y = 5 * EXAMPLE
    networks = [sibling_network(siblings(u, v), EXAMPLE, Y) for u, v in rows]
    return minima(networks, EXAMPLE, Y) == {25 * 21 / 5, 25 * 2}


def _lower_eigenvector_passes(context: Context) -> bool:
    network, index, _ = pairs((2, 1), (1, 3))[0]
    Y = coupled((2, 1), (1, 3))[0]
    return index > 0 and exact_index(network, np.eye(4), Y) == (0, network.n_parameters - 6)


CLAIM = Claim(
    id="whitened",
    title="Whitened data with sibling outputs have no spurious minima",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"Let $XX^\top = I$, $\ell = k = 2$, and let the two kept outputs differ only in the "
    r"top bit, so that the rows of $B$ span $(u, 0)$ and $(0, v)$ with $u, v \in "
    r"\mathbb{R}^{n/2}$. With the blocks of $M = XY^\top YX^\top$, the loss for the best $D$ and "
    r"$E$ is $\mathrm{tr}\,YY^\top - u^\top M_{11}u/u^\top u - v^\top M_{22}v/v^\top v$. It has no "
    r"local minimum in $(u, v)$ but the pairs of top eigenvectors, which are global. So every "
    r"local minimum in $D$, $E$ and the weights at which $EB$ has rank 2 and no weight between the "
    r"first and the last layer is 0 (for $n = 4$ there is none) is global.",
    expected=Verdict.HOLDS,
    correction=r"If such a weight is 0, there are local minima that are not global, though not "
    r"strict ones. With $n = 8$, outputs $\{0, 4\}$, $X = I$ and $Y = \mathrm{diag}(1, 3, 2, 0, 1, "
    r"0, 0, 0)$ there is one of loss $<<a weight of zero:loss>>$, while $<<a weight of "
    r"zero:better>>$ is reached elsewhere.",
    depends_on=("fixed-b", "reachable"),
    checks=(
        proved(
            "separation, all sizes",
            SEPARATION,
            Bearing.SUPPORTS,
            "So critical u are eigenvectors. An eigenvector b whose eigenvalue is not the largest "
            "turns towards a better one, a, with a gain of t²(μ_a − μ_b)/(1 + t²). Not part of the "
            "certificate: at a local minimum D and E are the best for B (fixed-b). Where EB has "
            "rank 2, the best D for the same E stays near as u and v move. Where the inner weights "
            "are not 0, the outer ones move u and v in every direction.",
            partial=True,
        ),
        Check(
            "every pair", Grade.EXACT, "characteristic polynomials of integer Hessians", _enumerated
        ),
        Check(
            "a weight of zero",
            Grade.EXACT,
            "polynomial identity and integer Hessian",
            _stuck,
            partial=True,
        ),
        Check("training", Grade.NUMERICAL, "variable projection on whitened digits", _training),
    ),
    controls=(
        Control("training on data that are not whitened", _trained_on_other_data),
        Control("exact minima of data that are not whitened", _enumerated_on_other_data),
        Control(
            "a lower eigenvector claimed to be a minimum",
            lambda context: not _lower_eigenvector_passes(context),
        ),
        Control(
            "a separation that needs no whitening",
            lambda context: needs(SEPARATION, "XXᵀ = I"),
        ),
    ),
)
