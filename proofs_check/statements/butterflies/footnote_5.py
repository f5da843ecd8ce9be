"""Footnote 4: of three fast transforms in the literature, not all are truncated butterflies."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from math import lcm

import numpy as np

from fjlt import Butterfly, TruncatedButterfly, ailon_chazelle, ailon_liberty, srht, to_dense
from fjlt.operators.ensembles.dual_bch import dual_bch_rows
from fjlt.types import Array, BoolArray, IndexArray, IntArray, RealArray
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
from proofs_check.counts.butterfly_paths import path
from proofs_check.exact.laws import hadamard_rows, sign_patterns

__all__ = ["CLAIM"]


def vanishes(n: int, r: int, s: int, a: int, b: int) -> bool:
    """Whether the minor of rows r, s and columns a, b of a butterfly vanishes identically.

    Every entry is the product of the weights along the only path, so the minor is a difference of
    two monomials. It is the zero polynomial exactly when the monomials are the same.
    """
    first = Counter(path(n, r, a) + path(n, s, b))
    return first == Counter(path(n, r, b) + path(n, s, a))


def excluded(B: Array) -> BoolArray:
    """Which integer matrices of a batch (count, k, n) are certainly rows of no butterfly.

    Suppose the layer at the input joins bit i. Two outputs with the same bit i read the same nodes
    of that layer, so all their minors on columns c, c XOR 2^i vanish. Among any three outputs two
    have the same bit i. Therefore a matrix is excluded, whatever the order of the layers, if for
    every i there are three rows of which each pair has a minor of this kind that is not zero.
    """
    n, k = B.shape[2], B.shape[1]
    out = np.ones(len(B), dtype=bool)
    for i in range(n.bit_length() - 1):
        low = [c for c in range(n) if not c >> i & 1]
        high = [c | 1 << i for c in low]
        # the pairs of rows with a minor on two sibling columns that is not zero
        apart = {
            (r, s): (B[:, r][:, low] * B[:, s][:, high] != B[:, r][:, high] * B[:, s][:, low]).any(
                axis=1
            )
            for r, s in combinations(range(k), 2)
        }
        triples = [apart[r, s] & apart[s, t] & apart[r, t] for r, s, t in combinations(range(k), 3)]
        out &= np.any(triples, axis=0)
    return out


def absorbed(n: int, signs: IntArray, layer: int = 0) -> bool:
    """Whether signs multiplied into that layer of H give sqrt(n)·H·D, in integers."""
    # sqrt(2) times the weights of H, which are ±1/sqrt(2); each weight takes the sign of its input
    weights = np.rint(Butterfly.hadamard(n).weights * 2**0.5)
    weights[layer, :, 0] *= signs
    weights[layer, :, 1] *= signs[np.arange(n) ^ (1 << layer)]
    return bool((to_dense(Butterfly(weights)) == hadamard_rows(n) * signs).all())


def scaled(B: RealArray) -> Array:
    """The entries of B, exact fractions in binary, times their common denominator."""
    exact = [Fraction(float(v)) for v in B.flat]
    scale = lcm(*(v.denominator for v in exact))
    return np.array([int(v * scale) for v in exact], dtype=object).reshape(B.shape)


def two_rounds(rows: IndexArray, signs: IntArray) -> IntArray:
    """The matrices n·P·H·D·H for each sign pattern D, in integers.

    This is the Ailon-Liberty transform with one round, up to the scale and the innermost signs D',
    which only scale columns.
    """
    h = hadamard_rows(signs.shape[1])
    return (h[rows] * signs[:, None, :]) @ h


def _butterflies(context: Context) -> Finding:
    minors, good = 0, True
    for n in (4, 8, 16):
        for (r, s), c in product(combinations(range(n), 2), range(0, n, 2)):
            good &= vanishes(n, r, s, c, c + 1) == ((r ^ s) & 1 == 0)
            minors += 1
    # Krahmer-Ward: an SRHT is a truncated butterfly
    patterns = [signs for n in (2, 4, 8) for signs in sign_patterns(n)]
    good &= all(absorbed(len(signs), signs) for signs in patterns)
    # true rows of butterflies with integer weights must not be excluded
    integer = context.rng.integers(-9, 10, (50, 4, 16, 2)).astype(float)
    rows = [
        np.rint(to_dense(TruncatedButterfly(w, context.rng.choice(16, 5, replace=False))))
        for w in integer
    ]
    good &= not excluded(np.array(rows).astype(np.int64)).any()
    # a dense P before the Hadamard matrix, as in Ailon-Chazelle
    P = np.array([[1, 2, 3, 5], [2, -1, 7, 1], [1, 4, -2, 9]])
    witness = P @ hadamard_rows(4)
    good &= bool(excluded(witness[None])[0])
    return Finding.of(
        bool(good),
        Bearing.REFUTES,
        f"The signs are absorbed exactly ({len(patterns)} sign patterns, n = 2, 4, 8), so the "
        "subsampled Hadamard transform of Krahmer and Ward is a truncated butterfly. For the "
        f"other transforms consider minors as polynomials in the weights ({minors} of them, n = "
        "4, 8, 16). The minor of rows r, s and columns c, c XOR 1 vanishes identically exactly "
        f"when r and s agree in bit 0, and two of any three rows do. P·H with P = {P.tolist()} "
        "has, for any two rows and any bit that the first layer may join, a minor of this kind "
        f"that is not zero. So {witness.tolist()} are rows of no butterfly.",
        minors + len(patterns) + len(rows),
        numbers={"P": P.tolist(), "PH": witness.tolist()},
        scope=f"P·H with P = {P.tolist()}",
        certificate={"kind": "sibling-minors", "sizes": [4, 8, 16], "P": P.tolist()},
    )


def _ailon_chazelle(context: Context) -> Finding:
    # Random integers stand for generic entries: a minor that is not zero at them is not the zero
    # polynomial, and so not zero for almost all Gaussian entries.
    entries = np.array(list(product((0, 1), repeat=12))).reshape(-1, 3, 4)
    generic = context.rng.integers(1, 10**6, (3, 4))
    out = excluded((entries * generic) @ hadamard_rows(4))
    share = Fraction(int(out.sum()), len(out))
    draws = 20 if context.full else 5
    seeds = context.seed.spawn(2 * draws)
    drawn = [ailon_chazelle(3, 4, seed, density=1.0) for seed in seeds[:draws]]
    larger = [ailon_chazelle(6, 16, seed) for seed in seeds[draws:]]
    exact = [
        [scaled(to_dense(J.factors[0])) @ hadamard_rows(J.factors[0].shape[1]) for J in Js]
        for Js in (drawn, larger)
    ]
    found = [int(excluded(np.array(batch)).sum()) for batch in exact]
    return Finding.of(
        share > 0 and found[0] == draws and found[1] > 0,
        Bearing.REFUTES,
        f"Ailon-Chazelle P·H·D, k = 3, n = 4: for {int(out.sum())} of the {len(out)} patterns of "
        "zeros of P the minors are not the zero polynomial. With Gaussian entries in these "
        "places the matrix is almost surely no truncated butterfly, so at density 1/2 this has "
        f"probability {share}. Draws of fjlt.ailon_chazelle, with P in exact fractions and "
        f"without the signs, which only scale columns: {found[0]} of {draws} at (k, n) = (3, 4), "
        f"density 1, and {found[1]} of {draws} at (6, 16), default density, are no truncated "
        "butterflies.",
        len(out) + 2 * draws,
        numbers={"share": str(share)},
        scope="Ailon-Chazelle, k = 3, n = 4",
        certificate={
            "kind": "sparse-factor",
            "generic": generic.tolist(),
            "excluded": int(out.sum()),
        },
    )


def _ailon_liberty(context: Context) -> Finding:
    rows = dual_bch_rows(3)
    patterns = sign_patterns(16)
    out = excluded(two_rounds(rows, patterns))
    share = Fraction(int(out.sum()), len(out))
    draws = 100 if context.full else 20
    dense = np.array(
        [to_dense(ailon_liberty(3, 16, seed, rounds=2)) for seed in context.seed.spawn(draws)]
    )
    dense *= 16 * 3**0.5  # now integers, up to rounding
    integers = np.rint(dense).astype(np.int64)
    close = float(np.abs(dense - integers).max()) < 1e-9
    drawn = int(excluded(integers).sum())
    code = (hadamard_rows(16)[rows] * sign_patterns(16)[7])[None]
    return Finding.of(
        share > 0 and close and drawn > 0 and not excluded(code)[0],
        Bearing.REFUTES,
        "Ailon-Liberty, k = 3, n = 16: the code matrix alone consists of the Hadamard rows "
        f"{rows.tolist()} and is a truncated butterfly. After a round H·D' it is none, in any "
        f"order of the layers, for {int(out.sum())} of all {len(out)} sign patterns D up to sign, "
        f"whatever D': this has probability {share}. With two rounds {drawn} of {draws} draws of "
        "fjlt.ailon_liberty, in integers, are none. The transform is a product of butterflies.",
        len(out) + draws,
        numbers={"share": str(share), "rows": rows.tolist()},
        scope=f"Ailon-Liberty, {len(rows)} rows",
        certificate={
            "kind": "two-rounds",
            "rows": rows.tolist(),
            "signs": patterns[int(out.argmax())].tolist(),
        },
    )


def drawn_srht(context: Context) -> IntArray:
    """Draws of the SRHT of the library, k = 5, n = 16, as integers."""
    draws = [to_dense(srht(5, 16, seed)) * 5**0.5 for seed in context.seed.spawn(20)]
    return np.rint(draws).astype(np.int64)


CLAIM = Claim(
    id="footnote-5",
    title="The FJLT constructions in the literature are truncated butterflies",
    source=paper("Footnote 5"),
    statement=(
        r"The transforms of Ailon-Chazelle, Ailon-Liberty and Krahmer-Ward are truncated "
        r"butterfly networks whose sign diagonal is absorbed in the first layer."
    ),
    expected=Verdict.REFUTED,
    correction=(
        r"This is true of the subsampled randomised Hadamard transform (Krahmer-Ward), "
        r"$J = \sqrt{n/k}\,P_SHD$, and of the code matrix of Ailon-Liberty with signs but without "
        r"further rounds. Ailon-Chazelle is a butterfly followed by a sparse matrix, and "
        r"Ailon-Liberty with rounds is a product of butterflies. In an $n \times n$ butterfly two "
        r"of any three outputs read the same nodes of the first layer, so certain $2 \times 2$ "
        r"minors vanish identically."
    ),
    depends_on=("definition-3.1",),
    checks=(
        Check(
            "minors",
            Grade.EXACT,
            "minors as polynomials in the weights; an integer witness",
            _butterflies,
        ),
        Check(
            "Ailon-Chazelle",
            Grade.EXACT,
            "every pattern of zeros; draws in exact fractions",
            _ailon_chazelle,
        ),
        Check("Ailon-Liberty", Grade.EXACT, "every sign pattern, in integers", _ailon_liberty),
    ),
    controls=(
        Control(
            "an SRHT called no butterfly", lambda context: not excluded(drawn_srht(context)).any()
        ),
        Control(
            "a round without signs called no butterfly: H·H is the identity",
            lambda context: (
                not excluded(two_rounds(dual_bch_rows(3), np.ones((1, 16), dtype=np.int64)))[0]
            ),
        ),
        Control(
            "every minor on two sibling columns called zero",
            lambda context: not vanishes(8, 0, 1, 0, 1) and vanishes(8, 0, 2, 0, 1),
        ),
        Control(
            "signs absorbed in the last layer",
            lambda context: not absorbed(4, np.array([1, -1, 1, 1]), layer=1),
        ),
    ),
)
