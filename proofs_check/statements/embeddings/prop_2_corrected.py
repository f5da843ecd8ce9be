"""What holds in place of Proposition 2: explicit sizes that give (1 + ε)·Δ_k with probability ½.

With X = U·diag(values)·Vᵀ, U1 is the first k columns of U, U2 the others, S2 the values after the
first k, and Δ_k = ‖S2‖_F² the error of the best approximation of rank k.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import ceil

import numpy as np
from flint import acb, arb, ctx, fmpq, fmpq_mat
from numpy.lib.stride_tricks import sliding_window_view
from numpy.random import Generator

from figures.data import digits
from fjlt import gaussian, low_rank, srht
from fjlt.runs.binomial import design
from fjlt.types import LinearMap, RealArray
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
from proofs_check.exact.encoder_decoder import best_approximation
from proofs_check.exact.instances import WITNESS
from proofs_check.exact.planted import Problem, orthogonal, random_matrix, square, texts
from proofs_check.exact.sketch import (
    columns,
    predicted,
    second_moments,
    spectrum,
    structural,
    transforms,
)
from proofs_check.formal.evidence import formalised
from proofs_check.identities.all_sizes import Identities, proved_in_parts
from proofs_check.identities.inequalities import Polynomials, PolynomialStep
from proofs_check.identities.proofs import STRUCTURAL, proved
from proofs_check.identities.second_moments import FORM, SecondMoments

__all__ = ["CLAIM"]

# a test that the success probability exceeds ½, used for each of four problems
DESIGN = design(0.5, 0.9, below=0.1)
ALPHA = 4 * DESIGN.alpha


def _all_tested(counts: Sequence[int]) -> Bearing:
    """What the tests of several problems say: one that fails too often refutes the statement."""
    found = {Bearing.tested(DESIGN, count, Bearing.SUPPORTS) for count in counts}
    if Bearing.REFUTES in found:
        return Bearing.REFUTES
    return Bearing.SILENT if Bearing.SILENT in found else Bearing.SUPPORTS


def failure_bound(k: int, epsilon: Fraction, size: int = 16) -> Fraction:
    """The bound 4k(k + 1)/l + 4k/(lε) of the failure probability at l = ⌈size·max(k(k + 1), k/ε)⌉.

    By Markov's inequality ‖U1ᵀJᵀJU1 − I‖_F > ½ has probability at most 4k(k + 1)/l. Otherwise
    (U1ᵀJᵀJU1)⁻¹ has norm at most 2, so ‖(JU1)⁺JU2S2‖_F² is at most 4·‖U1ᵀJᵀJU2S2‖_F². This exceeds
    ε·Δ_k with probability at most 4k/(lε), again by Markov's inequality.
    """
    l = ceil(size * max(Fraction(k * (k + 1)), k / epsilon))
    return Fraction(4 * k * (k + 1), l) + 4 * k / (l * epsilon)


def _lemma(context: Context) -> Finding:
    rng, cases, skipped, good, rounds = context.rng, 0, 0, True, []
    for _ in range(3 if context.full else 1):
        problem = Problem.auto_encoder([3, 2, 1], 5, rng)
        best = [best_approximation(problem, k) for k in (1, 2, 3)]
        for k, near in enumerate(best, start=1):
            kept = sum(v * v for v in (3, 2, 1)[:k])
            good &= square(problem.X - near) == square(problem.X) - kept
        U, V = orthogonal(4, rng), orthogonal(3, rng)
        rounds.append(
            {
                "X": texts(columns(U, 0, 3) * spectrum([3, 2, 1]) * V.transpose()),
                "U": texts(columns(U, 0, 2)),
                "planted": {
                    "X": texts(problem.X),
                    "B": texts(problem.B),
                    "best": [texts(near) for near in best],
                },
            }
        )
        for k, l in ((1, 1), (1, 2), (2, 2), (2, 3)):
            for J in transforms(4, l):
                found = structural(U, V, [3, 2, 1], k, J)
                skipped += found is None
                good &= found is None or found[0]
                cases += found is not None
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        f"Rational X of shape 4×3 with singular values 3, 2, 1, in {cases} draws of the SRHT with "
        f"JU1 of full column rank ({skipped} draws without): ‖X − U1(JU1)⁺JX‖_F² = Δ_k + "
        "‖(JU1)⁺JU2S2‖_F², and this is at least ‖X − J_k(X)‖_F², exactly. For a planted 5×5 X "
        "and k = 1, 2, 3, ‖X − J_k(X)‖_F² = ‖X‖_F² − (λ_1 + … + λ_k).",
        cases,
        numbers={"draws": cases, "skipped": skipped},
        certificate={
            "kind": "structural-lemma",
            "rounds": rounds,
            "draws": cases,
            "skipped": skipped,
        },
    )


def _moments(context: Context) -> Finding:
    rng, cases, good, families = context.rng, 0, True, []
    for n, sizes in ((4, (1, 2, 3, 4)), (8, (3, 4))) if context.full else ((4, (1, 2, 3, 4)),):
        U, found = orthogonal(n, rng), []
        for k in (1, 2):
            values = list(range(n - k, 0, -1))
            for l in sizes:
                means = second_moments(U, values, k, l)
                tail = sum(v * v for v in values)
                good &= means == predicted(U, values, k, l)
                good &= bool(means[0] <= fmpq(k * (k + 1), l) and means[1] <= fmpq(k * tail, l))
                found.append({"k": k, "l": l, "first": str(means[0]), "second": str(means[1])})
                cases += 1
        families.append({"U": texts(U), "means": found})
    pairs = [(k, Fraction(1, j)) for k in range(1, 21) for j in range(1, 21)]
    worst = max(failure_bound(k, epsilon) for k, epsilon in pairs)
    return Finding.of(
        good and worst <= Fraction(1, 2),
        Bearing.SUPPORTS,
        f"SRHT: in {cases} cases, over all draws, E‖U1ᵀJᵀJU1 − I‖_F² <= k(k + 1)/l and "
        "E‖U1ᵀJᵀJU2S2‖_F² <= k·Δ_k/l, and both expectations equal their closed forms. By "
        "Markov's inequality for ‖U1ᵀJᵀJU1 − I‖_F <= ½ and the structural identity the failure "
        "probability is at most 4k(k + 1)/l + 4k/(lε). For l = 16·max(k(k + 1), k/ε) this is at "
        f"most {worst} at all {len(pairs)} pairs k <= 20, ε = 1, 1/2, …, 1/20.",
        cases,
        numbers={"cases": cases, "worst": str(worst)},
        certificate={
            "kind": "sketch-moments",
            "families": families,
            "cases": cases,
            "largest": str(worst),
        },
    )


def divergence(Z: fmpq_mat) -> tuple[fmpq, fmpq]:
    """(Σ_ij ∂F_ij/∂Z_ij, tr (ZᵀZ)⁻¹) for the matrix function F(Z) = Z(ZᵀZ)⁻¹, exactly.

    Each partial derivative is taken with Z + t·E modulo t², E = e_i·e_jᵀ.
    """
    inverse = (Z.transpose() * Z).inv()
    total = fmpq(0)
    for i in range(Z.nrows()):
        for j in range(Z.ncols()):
            E = fmpq_mat(Z.nrows(), Z.ncols())
            E[i, j] = 1
            # (ZᵀZ + tS)(N + tN') = I modulo t² gives N' = −N·S·N
            S = E.transpose() * Z + Z.transpose() * E
            total += (E * inverse - Z * inverse * S * inverse)[i, j]
    return total, sum((inverse[j, j] for j in range(Z.ncols())), fmpq(0))


def stein_factor(k: int, l: int) -> int:
    """The factor f in Σ_ij ∂F_ij/∂Z_ij = f·tr (ZᵀZ)⁻¹ for Z of shape (l, k)."""
    return l - k - 1


def of_full_rank(rng: Generator, shapes: Iterable[tuple[int, int]]) -> list[fmpq_mat]:
    """A random l×k matrix of rank k for each (k, l)."""
    found = []
    for k, l in shapes:
        Z = random_matrix(l, k, rng)
        while (Z.transpose() * Z).det() == 0:
            Z = random_matrix(l, k, rng)
        found.append(Z)
    return found


def stein_holds(matrices: Iterable[fmpq_mat], factor: Callable[[int, int], int]) -> bool:
    """Whether the divergence is ``factor(k, l)``·tr (ZᵀZ)⁻¹ at each Z of shape (l, k)."""
    good = True
    for Z in matrices:
        found, trace = divergence(Z)
        good &= bool(found == factor(Z.ncols(), Z.nrows()) * trace)
    return good


def inverse_mean(k: int, l: int) -> Fraction:
    """E tr (ZᵀZ)⁻¹ for an l×k standard normal Z, by the Bartlett decomposition.

    ZᵀZ = TTᵀ with T lower triangular and independent entries: T_ii² is chi-squared with l − i
    degrees of freedom, i = 0, …, k − 1, and the entries below are standard normal. Row i of T⁻¹ is
    −(r·R, −1)/T_ii, where r is row i of T without T_ii and R the inverse of the block above.
    """
    total = Fraction(0)
    for i in range(k):
        # E‖row i of T⁻¹‖² = E[1/T_ii²]·(1 + E‖rR‖²), and E‖rR‖² = E‖R‖², summed so far
        total += chi_squared_reciprocal(l - i) * (1 + total)
    return total


def chi_squared_reciprocal(nu: int) -> Fraction:
    """E[1/χ²] = 1/(ν − 2) for ν > 2 degrees of freedom."""
    return Fraction(1, nu - 2)


def reciprocal_by_integration(nu: int) -> arb:
    """The same as the quotient of two integrals of the density, in a ball; ν >= 4."""

    def integral(power: int) -> arb:
        # beyond end >= 4·power the integrand is below end^power·e^(−end/4)·e^(−y/4)
        end = 256 + 8 * power
        body = acb.integral(lambda y, _: y**power * (-y / 2).exp(), 0, end)
        return body.real + arb(0.5, 0.5) * 4 * arb(end) ** power * (-arb(end) / 2).exp()

    return integral(nu // 2 - 2) / integral(nu // 2 - 1)


@ctx.workprec(96)
def _gaussian(context: Context) -> Finding:
    pairs = [(k, Fraction(1, j)) for k in range(1, 16) for j in range(1, 11)]
    agree = enough = True
    for k, epsilon in pairs:
        l = int(k + 1 + 2 * k / epsilon)
        mean = inverse_mean(k, l)
        agree &= mean == Fraction(k, l - k - 1)
        enough &= mean <= epsilon / 2
    shapes = [(k, l) for k in range(1, 5 if context.full else 4) for l in range(k + 1, k + 5)]
    matrices, cases = of_full_rank(context.rng, shapes), len(shapes)
    stein = stein_holds(matrices, stein_factor)
    degrees = (4, 6, 8, 12, 20)
    integrals = [reciprocal_by_integration(nu) for nu in degrees]
    integrated = all(
        bool(ball.contains(arb(1) / (nu - 2))) and bool(ball.rad() < arb(2) ** -40)
        for nu, ball in zip(degrees, integrals, strict=True)
    )
    return Finding.of(
        bool(agree and enough and stein and integrated),
        Bearing.SUPPORTS,
        f"Gaussian J, l = k + 1 + 2k/ε, {len(pairs)} pairs k <= 15, ε = 1, 1/2, …, 1/10: "
        "E‖(JU1)⁺JU2S2‖_F² = Δ_k·E tr (ZᵀZ)⁻¹ with Z = JU1 standard normal. By the Bartlett "
        "decomposition this mean is k/(l − k − 1), in rationals, which is at most ε/2; so the "
        "failure probability is at most ½ by Markov's inequality. The means of 1/χ² in it are "
        f"integrals of the density in balls for {len(degrees)} degrees of freedom up to "
        f"{degrees[-1]}. A second way: the derivatives of F = Z(ZᵀZ)⁻¹ add up to Σ ∂F_ij/∂Z_ij = "
        f"(l − k − 1)·tr (ZᵀZ)⁻¹ at a random rational Z of each of {cases} shapes, and tr ZᵀF = "
        "k, so that Stein's lemma gives the same mean.",
        len(pairs) + cases + len(degrees),
        numbers={"pairs": len(pairs), "shapes": cases, "degrees": list(degrees)},
        certificate={
            "kind": "inverse-gram",
            "k": 15,
            "accuracies": 10,
            "pairs": len(pairs),
            "matrices": [{"Z": texts(Z), "trace": str(divergence(Z)[1])} for Z in matrices],
            "shapes": cases,
            "degrees": list(degrees),
            "reciprocals": [reciprocal.str(30) for reciprocal in integrals],
        },
    )


def _gaussian_draws(context: Context) -> Finding:
    """The same mean, estimated from draws for the digits."""
    X, k, l, draws = digits()[0], 3, 16, 4000 if context.full else 1000
    U, values, _ = np.linalg.svd(X, full_matrices=False)
    tail, expected = U[:, k:] * values[k:], float(np.sum(values[k:] ** 2)) * k / (l - k - 1)
    rng = context.rng
    sketches = (rng.normal(size=(l, len(X))) for _ in range(draws))
    # the least-squares solution is (JU1)⁺JU2S2
    errors = [np.sum(np.linalg.lstsq(J @ U[:, :k], J @ tail)[0] ** 2) for J in sketches]
    ratio = float(np.mean(errors)) / expected
    return Finding.of(
        abs(ratio - 1) < 0.1,
        Bearing.SUPPORTS,
        f"Digits, k = {k}, l = {l}: the mean of ‖(JU1)⁺JU2S2‖_F² over {draws} Gaussian draws is "
        f"{ratio:.3f} times Δ_k·k/(l − k − 1).",
        draws,
        numbers={"ratio": ratio},
    )


def real_data() -> list[tuple[str, RealArray, Callable[..., LinearMap], int, Fraction, int]]:
    """(name, X, transform, k, ε, l), l the smallest size that the claim admits, below rank X."""
    X = digits()[0]
    # X = RᵀQᵀ with orthonormal columns of Q, so the smaller matrix Rᵀ has the same errors
    pixels = np.linalg.qr(X.T)[1].T
    images = X.T[:512]
    squares = np.square(images[:128, None] - images[None, :128]).sum(axis=2)
    kernel = np.exp(-squares / squares.mean())
    return [
        ("digits, 64 pixels", pixels, gaussian, 3, Fraction(1, 2), 16),
        ("digits, 64 pixels", pixels, srht, 1, Fraction(1, 2), 32),
        ("512 images of digits", images, srht, 1, Fraction(1), 32),
        ("Gaussian kernel of 128 images of digits", kernel, srht, 2, Fraction(1, 3), 96),
    ]


def successes(
    X: RealArray,
    transform: Callable[..., LinearMap],
    k: int,
    epsilon: float,
    l: int,
    context: Context,
) -> int:
    """How many of the draws of the design reach (1 + ε)·Δ_k."""
    allowed = (1 + epsilon) * np.sum(np.linalg.svd(X, compute_uv=False)[k:] ** 2)
    seeds = context.seed.spawn(DESIGN.draws)
    # X = QR with orthonormal columns of Q: J has for X the errors that JQ has for R
    Q, R = np.linalg.qr(X)
    columns = np.asfortranarray(Q)  # as an SRHT takes them fastest
    return sum(
        low_rank(R, transform(l, len(X), rng=seed) @ columns, k).error <= allowed * (1 + 1e-12)
        for seed in seeds
    )


def _sampled(context: Context) -> Finding:
    sentences, counts = [], []
    for name, X, transform, k, epsilon, l in real_data():
        counts.append(successes(X, transform, k, float(epsilon), l, context))
        kind = getattr(transform, "__name__", "")
        sentences.append(f"{name}, {kind}, k = {k}, ε = {epsilon}, l = {l}: {counts[-1]}")
    return Finding(
        _all_tested(counts),
        f"{DESIGN}. Successes: {'; '.join(sentences)}.",
        len(counts) * DESIGN.draws,
        numbers={"successes": counts, "draws": DESIGN.draws},
    )


def lags(rows: int, columns: int) -> RealArray:
    """The Hankel matrix of the stream of all pixels: row i holds pixels i, …, i + columns − 1."""
    return np.ascontiguousarray(sliding_window_view(digits()[0].T.ravel(), columns)[:rows])


def _many_rows(context: Context) -> Finding:
    n, k, l = 65536 if context.full else 4096, 1, 32
    found = successes(lags(n, 64), srht, k, 1.0, l, context)
    return Finding(
        Bearing.tested(DESIGN, found, Bearing.SUPPORTS),
        f"The {n}×64 Hankel matrix of the stream of pixels of the digits, SRHT, k = {k}, ε = 1, l "
        f"= {l}: {found} successes. {DESIGN}.",
        DESIGN.draws,
        numbers={"successes": found, "draws": DESIGN.draws},
    )


def _diagonal_is_needed(context: Context) -> bool:
    U = orthogonal(4, context.rng)
    return second_moments(U, [2, 1], 2, 2) != predicted(U, [2, 1], 2, 2, diagonal=0)


SIZES = Polynomials(
    numbers=("k", "l", "e", "h", "g", "i"),
    nonnegative={
        "h": "h",
        "e": "e",
        "l − 16k(k + 1)": "l - 16 * k * (k + 1)",
        "le − 16k": "l * e - 16 * k",
        "(l − k − 1)e − 2k": "(l - k - 1) * e - 2 * k",
    },
    zero={"hle = 1": "h * l * e - 1"},
    steps=(
        PolynomialStep(
            "SRHT: 4k(k + 1)/l + 4k/(le) <= 1/2, h = 1/(le)",
            "1 - 8 * h * e * k * (k + 1) - 8 * h * k",
            products=(("1/2", ("h", "e", "l − 16k(k + 1)")), ("1/2", ("h", "le − 16k"))),
            multiples=(("-1", "hle = 1"),),
        ),
        PolynomialStep(
            "Bartlett: i/(l − i − 1) + (1 + i/(l − i − 1))/(l − i − 2) = (i + 1)/(l − i − 2)",
            "g * i * (l - i - 2) + g * (l - 1) - g * (i + 1) * (l - i - 1)",
        ),
        PolynomialStep(
            "Gaussian: k/(l − k − 1) <= e/2",
            "(l - k - 1) * e / 2 - k",
            products=(("1/2", ("(l − k − 1)e − 2k",)),),
        ),
    ),
)
"""The sizes of the claim: e = ε, h = 1/(le) and g = 1/((l − i − 1)(l − i − 2))."""

CLAIM = Claim(
    id="prop-2-corrected",
    title="Low-rank approximation from a sketch, with constants",
    source="Correction of Proposition 2",
    statement=(
        r"The bound of Proposition 2 holds with probability at least 1/2 for Gaussian "
        r"$\ell \ge k+1+2k/\varepsilon$ and for the SRHT with "
        r"$n \ge \ell \ge 16\max(k(k+1), k/\varepsilon)$."
    ),
    expected=Verdict.HOLDS,
    follows_up=("prop-2",),
    checks=(
        proved_in_parts(
            "all sizes",
            (Identities(STRUCTURAL), SecondMoments("srht", (FORM,)), SIZES),
            Bearing.SUPPORTS,
            "‖X − J_k(X)‖² is at most ‖X − U1·A·J·X‖² with A = (JU1)⁺. SRHT: for orthonormal "
            "columns u of U1, v of (U1, U2) the moment E(uᵀAv)² gives E‖U1ᵀJᵀJU1 − I‖_F² <= k(k "
            "+ 1)/l and E‖U1ᵀJᵀJU2S2‖_F² <= k·Δ_k/l. By Markov's inequality ‖U1ᵀJᵀJU1 − I‖ > ½ "
            "has probability at most 4k(k + 1)/l; otherwise ‖(JU1)⁺JU2S2‖² <= 4‖U1ᵀJᵀJU2S2‖², "
            "which exceeds ε·Δ_k with probability at most 4k/(lε). Gaussian: JU1 and JU2 are "
            "independent, so E‖(JU1)⁺JU2S2‖² = Δ_k·E tr (ZᵀZ)⁻¹ with Z = JU1; the Bartlett "
            "decomposition gives k/(l − k − 1) by induction, and Markov's inequality the rest.",
        ),
        proved(
            "structural lemma, all sizes",
            STRUCTURAL,
            Bearing.SUPPORTS,
            "U1·A·J·X has rank at most k and rows in the row space of JX, so ‖X − J_k(X)‖² is at "
            "most as large.",
            partial=True,
        ),
        formalised(
            "kernel",
            {
                "structural_lemma": "if U1ᵀU1 = I, U1ᵀU2 = 0 and AJU1 = I, then X = U1M1 + U2M2 "
                "has ‖X − U1·A·J·X‖² = ‖U2M2‖² + ‖A·J·U2M2‖²"
            },
            Bearing.SUPPORTS,
            "the structural lemma, for all sizes",
            partial=True,
            remark="The moments and the probability are not among them.",
        ),
        Check("structural lemma", Grade.EXACT, "rational X, every draw", _lemma),
        Check("SRHT moments", Grade.EXACT, "every draw, rational orthogonal U", _moments),
        Check(
            "Gaussian mean",
            Grade.INTERVAL,
            "the Bartlett decomposition, integrals in balls, derivatives at rational matrices",
            _gaussian,
        ),
        Check("Gaussian draws", Grade.NUMERICAL, "mean over draws, digits", _gaussian_draws),
        Check(
            "real data",
            Grade.STATISTICAL,
            "a designed test for each of four problems",
            _sampled,
            alpha=ALPHA,
        ),
        Check(
            "many rows",
            Grade.STATISTICAL,
            "n = 4096 (full: 65536) lags of a stream of pixels, a designed binomial test",
            _many_rows,
            alpha=DESIGN.alpha,
        ),
    ),
    controls=(
        Control(
            "the data and size of claim prop-2, where the probability is ¼",
            lambda context: (
                not DESIGN.says_so(
                    successes(np.array(WITNESS, dtype=float), srht, 1, 1.0, 1, context)
                )
            ),
        ),
        Control(
            "half the size for the SRHT",
            lambda context: failure_bound(1, Fraction(1, 2), size=8) > Fraction(1, 2),
        ),
        Control(
            "the Gaussian mean k/(l − k) in place of k/(l − k − 1)",
            lambda context: (
                not stein_holds(of_full_rank(context.rng, [(2, 5)]), lambda k, l: l - k)
            ),
        ),
        Control(
            "the moments of the SRHT without their diagonal term",
            _diagonal_is_needed,
        ),
    ),
)
