"""Little compromise in expressibility: which share of ‖W‖_F² the replacement can keep.

J2ᵀ·C·J1 has rank k at most, which leaves the share k/n of an orthogonal matrix, and k1k2/(n1n2) in
the mean if J1 and J2 are drawn and not trained. One butterfly in place of a square W has as many
weights as a pair of rank log2 n, and is another compromise: it keeps all of a Fourier transform,
and n^(-1/2) of a bit reversal.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import numpy as np

from fjlt import TruncatedButterfly, factorise
from fjlt.types import IntArray
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
from proofs_check.exact.sketch import transforms
from proofs_check.experiments.kept_share import (
    Shares,
    examples,
    gaussian_ceilings,
    kept_shares,
    rank_share,
    trained_layers,
)
from proofs_check.identities.all_sizes import Identities, proved_in_parts
from proofs_check.identities.proofs import BEST_CORE, NEAREST
from proofs_check.identities.second_moments import FIRST, SecondMoments

__all__ = ["CLAIM"]

NEARLY_ALL = 0.9
"""What "almost no loss" means in floating point; for large n any other share would do."""
N, K = 64, 6
"""Size and rank of the matrices in floating point."""
SIZE = 1024
"""The largest layer of Figure 1."""
TINY = 1e-9
"""What rounding may do to a share."""


def projections(n: int, k: int) -> IntArray:
    """n times the projection onto the row space of each draw of an SRHT, shape (draws, n, n)."""
    rows = [np.array(J.tolist(), dtype=np.int64) for J in transforms(n, k)]
    return np.array([J.T @ J for J in rows])


def is_mean_share(W: IntArray, share: Callable[[int, int], Fraction]) -> tuple[int, bool]:
    """(pairs of draws, whether the mean share of the best core is this, for every k1 and k2).

    In each draw ‖W − P·W·Q‖² = ‖W‖² − ‖P·W·Q‖².
    """
    n, square, cases, good = len(W), int((W**2).sum()), 0, True
    for k1, k2 in product(range(1, n + 1), repeat=2):
        # everything carries the factor n²
        kept = projections(n, k2)[:, None] @ W @ projections(n, k1)
        squares = (kept**2).sum(axis=(2, 3))
        good &= bool((((n * n * W - kept) ** 2).sum(axis=(2, 3)) == n**4 * square - squares).all())
        good &= Fraction(int(squares.sum()), squares.size * n**4) == share(k1, k2) * square
        cases += squares.size
    return cases, good


def ceiling(order: IntArray) -> Fraction:
    """Share of the permutation x ↦ x[order] that no butterfly exceeds.

    Above its lowest s layers a butterfly has blocks of rank one, one for each node between: high
    bits of the input, low bits of the output. A block of a permutation with r ones has r singular
    values 1, of which rank one keeps a single one.
    """
    n, outputs = len(order), np.arange(len(order))
    shares = [
        Fraction(len(set(zip(order >> s, outputs % (1 << s), strict=True))), n)
        for s in range(1, n.bit_length() - 1)
    ]
    return min(shares)


def reversed_bits(n: int) -> IntArray:
    """The numbers 0, …, n − 1 with their bits in reverse order."""
    bits = n.bit_length() - 1
    return np.array([int(f"{j:0{bits}b}"[::-1], 2) for j in range(n)])


def loses(shares: Shares) -> bool:
    """Whether J2ᵀ·C·J1 keeps less than nearly all of W, whatever its weights are."""
    return shares.rank < NEARLY_ALL


def keeps_its_own(context: Context) -> bool:
    """Whether descent finds nearly all of a matrix J2ᵀ·C·J1 of size 16, k = 4."""
    n, k = 16, 4
    weights = context.rng.standard_normal((2, k, n, 2))
    J1, J2 = (TruncatedButterfly(w, range(k)).to_dense() for w in weights)
    shares = kept_shares(J2.T @ context.rng.standard_normal((k, k)) @ J1, steps=50, polish=0)
    return not loses(shares) and (shares.pair or 0) > 0.99


def _every_draw(context: Context) -> Finding:
    family = [np.eye(4, dtype=np.int64), context.rng.integers(-3, 4, (4, 4))]
    found = [is_mean_share(W, lambda k1, k2: Fraction(k1 * k2, 16)) for W in family]
    cases = sum(draws for draws, _ in found)
    return Finding.of(
        all(good for _, good in found),
        Bearing.REFUTES,
        f"W = I and a random integer W, n1 = n2 = 4, every k1 and k2, {cases} pairs of draws: the "
        "best core leaves ‖W‖_F² − ‖P·W·Q‖_F², and the mean share is k1k2/16, in rationals.",
        cases,
        scope="4 × 4 matrices, every draw of J1 and J2",
        numbers={"draws": cases},
    )


def _bit_reversal(context: Context) -> Finding:
    sizes = [4**q for q in range(1, 8 if context.full else 6)]
    ceilings = [ceiling(reversed_bits(n)) for n in sizes]
    reached = [1 - factorise(np.eye(n)[reversed_bits(n)]).error ** 2 for n in sizes if n <= 64]
    good = all(c * c * n == 1 for c, n in zip(ceilings, sizes, strict=True))
    return Finding.of(
        good and np.allclose(reached, [float(c) for c in ceilings[: len(reached)]]),
        Bearing.REFUTES,
        f"W reverses the bits of the numbers of its inputs, n = 4, …, {sizes[-1]}. One butterfly "
        "in its place keeps at most n^(-1/2) of ‖W‖_F², counted in blocks, and for n <= 64 "
        f"fjlt.factorise finds one that keeps so much. At n = {SIZE} it is "
        f"{ceilings[sizes.index(SIZE)]}.",
        len(sizes),
        scope=f"one butterfly for a bit reversal, n = 4, …, {sizes[-1]}",
        numbers={"share": str(ceilings[sizes.index(SIZE)])},
    )


def described(name: str, shares: Shares) -> str:
    """The shares of a matrix in words."""
    pair = f"pair {shares.pair:.3f}, " if shares.pair else ""
    return (
        f"{name}: {pair}rank {K} {shares.rank:.3f}, dense pair {shares.dense_pair:.3f}, "
        f"one butterfly {shares.butterfly:.3f} of at most {shares.ceiling:.3f}"
    )


def sound(shares: Shares) -> bool:
    """Whether what was found lies below what is exact."""
    return (shares.pair or 0) <= shares.rank + TINY and shares.butterfly <= shares.ceiling + TINY


def _drawn(context: Context) -> Finding:
    found = {
        name: kept_shares(W, steps=120, polish=40) for name, W in examples(N, context.rng).items()
    }
    rank_mean, butterfly_mean = gaussian_ceilings(N, K)
    drawn = [context.rng.standard_normal((N, N)) for _ in range(20)]
    mean = float(np.mean([rank_share(W, K) for W in drawn]))
    # what is known beforehand of three kinds of matrices
    known = (
        abs(found["orthogonal"].rank - K / N) < TINY
        and abs(found["Fourier"].butterfly - 1) < TINY
        and K / N < mean < rank_mean
        and found["Gaussian"].butterfly < butterfly_mean
    )
    rank_large, butterfly_large = gaussian_ceilings(SIZE, SIZE.bit_length() - 1)
    return Finding.of(
        known and all(sound(s) and loses(s) for s in found.values()),
        Bearing.REFUTES,
        f"n = {N}, k1 = k2 = {K}, shares of ‖W‖_F²; a pair is J2ᵀ·C·J1 after descent, a dense pair "
        f"has as many weights. {'; '.join(described(*item) for item in found.items())}. Rank {K} "
        f"keeps {mean:.3f} of Gaussian W in the mean of {len(drawn)} draws, and by Davidson and "
        f"Szarek at most {rank_mean:.3f}.",
        len(found),
        scope=f"{len(found)} matrices of size {N}",
        numbers={
            "gaussian rank": f"{100 * rank_large:.1f}",
            "gaussian butterfly": f"{100 * butterfly_large:.1f}",
            "shares": {name: s._asdict() for name, s in found.items()},
        },
    )


def _trained(context: Context) -> Finding:
    found, accuracies = {}, []
    for decay in (1e-4, 0.1):
        layers, accuracy = trained_layers(decay, context.rng)
        accuracies.append(f"{accuracy:.3f}")
        for number, W in enumerate(layers, 1):
            found[f"decay {decay:g}, layer {number}"] = kept_shares(W, steps=120, polish=40)

    def span(kind: str) -> str:
        values = [100 * getattr(s, kind) for s in found.values()]
        return f"{min(values):.0f} to {max(values):.0f}"

    return Finding.of(
        all(sound(s) and loses(s) for s in found.values()),
        Bearing.REFUTES,
        f"The {N} × {N} layers of two networks for the digits that differ in weight decay. k1 = k2 "
        f"= {K}; test accuracies {' and '.join(accuracies)}. Shares of ‖W‖_F²: "
        f"{'; '.join(described(*item) for item in found.items())}. No J2ᵀ·C·J1 keeps {NEARLY_ALL}.",
        len(found),
        scope=f"{len(found)} trained layers",
        numbers={
            "pair": span("pair"),
            "rank": span("rank"),
            "butterfly": span("butterfly"),
            "shares": {name: s._asdict() for name, s in found.items()},
        },
    )


CLAIM = Claim(
    id="expressibility",
    title="Little compromise in expressibility",
    source=paper("Abstract", "Section 2"),
    statement=(
        r"The replacement of a dense layer by $J_2^\top C J_1$, with truncated butterflies of "
        r"$k_i = \lceil\log_2 n_i\rceil$ outputs and a dense core $C$, makes little compromise in "
        r"expressibility, with almost no loss in representation. As a statement on matrices: with "
        r"one $\delta < 1$ for all sizes, near $0$, every $W$ has weights for which "
        r"$\|W - J_2^\top C J_1\|_F^2 \le \delta\|W\|_F^2$. The same is asked of the best $C$ for "
        r"$J_1$ and $J_2$ that are drawn and kept, and of one butterfly in place of a square $W$."
    ),
    expected=Verdict.REFUTED,
    correction=(
        r"The best replacement keeps at most the share of the best rank $k = \min(k_1, k_2)$. For "
        r"orthogonal $W$ of size $n$ this is $k/n$, $10/1024$ for the largest layer of Figure 1. "
        r"For Gaussian $W$ of this size it is <<drawn:gaussian rank>> % at most in the mean. With "
        r"$J_1$, $J_2$ drawn and not trained it is $k_1k_2/(n_1n_2)$ in the mean, for every $W$. "
        r"Trained layers are nearer to low rank, the more their weights decay in training: of four "
        r"layers of two networks for the digits, 64 × 64 with $k = 6$, trained pairs keep "
        r"<<trained:pair>> %, and the best rank <<trained:rank>> %; with ten times the larger "
        r"decay it keeps more than 90 %. One butterfly has as many weights as two dense factors "
        r"of rank $\log_2 n$. It keeps all of a Fourier transform with its inputs in bit-reversed "
        r"order, <<bit reversal:share>> of a bit reversal, $n = 1024$, at most "
        r"<<drawn:gaussian butterfly>> % of Gaussian $W$ in the mean, and <<trained:butterfly>> % "
        r"of these layers. Whether a network trained with the replacement is as accurate is "
        r"another question (claim replacement-accuracy)."
    ),
    checks=(
        proved_in_parts(
            "rank",
            (Identities(NEAREST),),
            Bearing.REFUTES,
            "M = J2ᵀ·C·J1 has rank r <= min(k1, k2), and P projects onto its range, tr P <= r. For "
            "orthogonal W, tr PWWᵀ = tr P, and by the first step the share of ‖W‖_F² = n that M "
            "keeps is at most r/n. With k1 = k2 = log2 n it tends to 0: no δ < 1 is left.",
            scope="orthogonal W of every size n, whose share is at most min(k1, k2)/n",
        ),
        proved_in_parts(
            "drawn embeddings",
            (Identities(BEST_CORE), SecondMoments("srht", (FIRST,))),
            Bearing.REFUTES,
            "For given J1 and J2 the best core gives M = PWQ, with the projections P and Q onto "
            "their row spaces. For SRHTs, which have orthogonal rows, P = (k2/n2)·J2ᵀJ2 and Q = "
            "(k1/n1)·J1ᵀJ1. They are independent, so E‖PWQ‖_F² = E tr PWQWᵀ = "
            "(k1k2/(n1n2))‖W‖_F².",
            partial=True,
            scope="every W ≠ 0 with drawn J1 and J2, whose mean share is k1k2/(n1n2)",
        ),
        Check(
            "every draw",
            Grade.EXACT,
            "the best core of every draw, in rationals",
            _every_draw,
            partial=True,
        ),
        Check(
            "bit reversal", Grade.EXACT, "ranks of blocks, in integers", _bit_reversal, partial=True
        ),
        Check("drawn", Grade.NUMERICAL, "singular values and descent", _drawn, partial=True),
        Check("trained", Grade.NUMERICAL, "layers trained in this run", _trained, partial=True),
    ),
    controls=(
        Control(
            "k1/n1 in place of k1k2/(n1n2)",
            lambda context: (
                not is_mean_share(np.eye(4, dtype=np.int64), lambda k1, k2: Fraction(k1, 4))[1]
            ),
        ),
        Control(
            "a permutation that adds a number to all others by XOR, which a butterfly keeps whole",
            lambda context: ceiling(np.arange(64) ^ 37) == 1,
        ),
        Control(
            "layers trained with a weight decay of 1, of which rank 6 keeps nearly all",
            lambda context: all(
                rank_share(W, K) >= NEARLY_ALL for W in trained_layers(1.0, context.rng)[0]
            ),
        ),
        Control(
            "W = J2ᵀ·C·J1 of rank k, of which descent finds nearly all",
            keeps_its_own,
        ),
    ),
)
