"""Sections 3 and 5: how many weights the replacement of a dense layer and the encoder save."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from flint import fmpz_mat

from fjlt import (
    Butterfly,
    DenseReplacement,
    TruncatedButterfly,
    max_effective_weights,
    min_effective_weights,
)
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
from proofs_check.counts.weight_bounds import within
from proofs_check.exact.laws import hadamard_rows
from proofs_check.formal.evidence import formalised

__all__ = ["CLAIM"]


def replacement_weights(p: int) -> int:
    """Largest number of effective weights of J2ᵀ·W'·J1 at n1 = n2 = 2^p, k1 = k2 = p."""
    return 2 * max_effective_weights(1 << p, p) + p * p


def violations(powers: Iterable[int], constant: int) -> list[int]:
    """The p at which the largest count exceeds constant·n·log log n, n = 2^p, in integers."""
    # log n = p, so the comparison M > c·n·log p is 2^M > p^(cn)
    return [p for p in powers if 2 ** replacement_weights(p) > p ** (constant << p)]


def encoder_weights(n: int, k: int, l: int) -> int:
    """Largest number of effective weights of E·B, E of shape (k, l), B keeping l of n outputs."""
    return k * l + max_effective_weights(n, l)


def encoder_within(n: int, k: int, l: int, extra: int) -> bool:
    """Whether the encoder has at most kl + 2n·log l + extra weights, in integers."""
    return within(encoder_weights(n, k, l) - k * l, n, l, extra)


def sketch_size(k: int) -> int:
    """The least integer that is at least k·log k + k."""
    return k + (k**k - 1).bit_length()


def _layer(context: Context) -> Finding:
    n, k = 1024, 10
    weights = Butterfly.hadamard(n).weights
    # the outputs 0, …, k − 1 have the most effective weights
    J = TruncatedButterfly(weights, range(k))
    worst = DenseReplacement(J, np.ones((k, k)), J)
    drawn = [
        DenseReplacement.from_dense(np.eye(n), k, k, rng=seed).n_weights
        for seed in context.seed.spawn(3)
    ]
    largest, least = replacement_weights(k), 2 * min_effective_weights(n, k) + k * k
    # the rank of J2ᵀ·core·J1, without the scale of the transforms
    core = context.rng.integers(-9, 10, (6, 6))
    h = hadamard_rows(64)
    rows = [context.rng.choice(64, 6, replace=False) for _ in range(2)]
    rank, core_rank = (
        fmpz_mat(a.tolist()).rank() for a in (h[rows[1]].T @ core @ h[rows[0]], core)
    )
    return Finding.of(
        worst.n_weights == largest
        and all(least <= count <= largest for count in drawn)
        and rank == core_rank <= 6,
        Bearing.SUPPORTS,
        f"n = {n}, k = log n = {k}: a dense layer has {n * n} weights. Its replacement has at "
        f"most {largest}, reached by the outputs 0, …, {k - 1} and counted on the operator, and "
        f"at least {least}; drawn replacements have {', '.join(map(str, drawn))}. The rank falls "
        f"to at most k: for n = 64, k = 6 and an integer core it is exactly {rank}.",
        len(drawn) + 2,
        scope=f"a layer of n = {n}",
        numbers={"dense": n * n, "most": largest, "least": least, "drawn": drawn},
        certificate={
            "kind": "effective-weights",
            "order": "lowest first",
            "beyond": False,
            "operators": [{"n": n, "rows": list(range(k)), "weights": J.n_effective_weights}],
        },
    )


def _growth(context: Context) -> Finding:
    powers = range(4, 19 if context.full else 16)
    bad = violations(powers, 6)
    equal = [p for p in powers if 2 ** replacement_weights(p) == p ** (6 << p)]
    return Finding.of(
        not bad and equal == [4],
        Bearing.SUPPORTS,
        "With k = log n the largest count of the replacement is at most 6n·log log n for n = "
        f"2^4, …, 2^{powers[-1]}, in integers, with equality at n = 16. The same holds for all "
        "larger n, since the count is at most 4n·log log n + 4n + (log n)² − 4·log n (claim "
        "weight-bound).",
        len(powers),
        scope=f"layers of n = 2^{powers[0]}, …, 2^{powers[-1]}",
        numbers={"counts": {str(1 << p): replacement_weights(p) for p in powers}},
        certificate={"kind": "replacement-growth", "powers": list(range(4, 16))},
    )


def _encoder(context: Context) -> Finding:
    sizes = [2**p for p in range(2, 11 if context.full else 9)]
    pairs = [(n, l) for n in sizes for l in range(1, n + 1)]
    good = all(encoder_within(n, 3, l, 2 * n - 2 * l) for n, l in pairs)
    n, k, l = 1024, 10, 20
    count, least = encoder_weights(n, k, l), k * l + min_effective_weights(n, l)
    network = TruncatedButterfly(Butterfly.hadamard(n).weights, range(l))
    # with l = ⌈k·log k + k⌉ the k at which the encoder is smaller than kn form one block
    candidates = [k for k in range(2, n) if sketch_size(k) <= n]
    saves = [k for k in candidates if encoder_weights(n, k, sketch_size(k)) < k * n]
    block = saves == list(range(saves[0], saves[-1] + 1)) if saves else False
    return Finding.of(
        good and block and count == k * l + network.n_effective_weights > k * n,
        Bearing.SUPPORTS,
        f"The encoder has at most kl + 2n·log l + 2n − 2l weights for all {len(pairs)} pairs (n, "
        f"l), n = 4, …, {sizes[-1]}, so kl + O(n·log l) holds. This is not always a reduction. "
        f"For n = {n}, k = {k}, l = {l} the worst set of outputs has {count}, counted on the "
        f"operator, and the best has {least}, while kn = {k * n}. With l = ⌈k·log k + k⌉ the "
        f"largest count is below kn exactly for k = {saves[0] if saves else 0}, …, "
        f"{saves[-1] if saves else 0} among the k with l <= n.",
        len(pairs) + len(candidates),
        scope=f"encoders of n = {sizes[0]}, …, {sizes[-1]}, every l",
        numbers={
            "n": n,
            "k": k,
            "l": l,
            "count": count,
            "least": least,
            "dense": k * n,
            "saves": [saves[0], saves[-1]] if saves else [],
        },
        certificate={"kind": "weight-bound", "n": [2**p for p in range(2, 9)]},
    )


CLAIM = Claim(
    id="param-count",
    title="Weights saved by the replacement of a dense layer",
    source=paper("Section 3.2", "Section 4"),
    statement=(
        r"With $k = \log n$, a dense $n \times n$ layer becomes $O(n \log\log n)$ weights; an "
        r"encoder of $kn$ weights becomes $k\ell + O(n \log \ell)$."
    ),
    expected=Verdict.HOLDS,
    correction=(
        r"With constants: at most $6n\log\log n$ for $n \ge 16$, and at most "
        r"$k\ell + 2n\log\ell + 2n - 2\ell$, which is $k\ell + O(n\log\ell)$ for $\ell \ge 2$. The "
        r"layer loses rank: at most $\log n$ is left. The encoder is not always smaller: for "
        r"$n = <<encoder:n>>$, $k = <<encoder:k>>$, "
        r"$\ell = <<encoder:l>>$ it has up to <<encoder:count>> weights, more than "
        r"$kn = <<encoder:dense>>$."
    ),
    depends_on=("weight-bound",),
    checks=(
        formalised(
            "kernel",
            {
                "replaced_layer_weights": "for n = 2^p >= 16 and any p outputs of each butterfly "
                "the layer has M <= 6n·log log n weights, in the form 2^M <= p^(6n)",
                "encoder_weights": "for l >= 2 kept outputs the encoder has M <= kl + 4n·log l, in "
                "the form 2^M <= 2^(kl)·l^(4n)",
            },
            Bearing.SUPPORTS,
            "all sizes",
            remark="The statement is read for large n and l >= 2: for l = 1 the logarithm is 0.",
        ),
        Check("dense layer", Grade.EXACT, "counts on operators, a rank in integers", _layer),
        Check("growth", Grade.EXACT, "powers of 2, compared without logarithms", _growth),
        Check(
            "encoder", Grade.EXACT, "all pairs (n, l); the range of k that saves weights", _encoder
        ),
    ),
    controls=(
        Control("5n·log log n", lambda context: bool(violations(range(4, 12), 5))),
        Control(
            "kl + 2n·log l + 2n − 2l − 1",
            lambda context: (
                not all(encoder_within(64, 3, l, 2 * 64 - 2 * l - 1) for l in range(1, 65))
            ),
        ),
        Control(
            "the encoder always has fewer weights than kn",
            lambda context: (
                encoder_weights(1024, 10, 20) > 1024 * 10
                and encoder_weights(1024, 32, 192) < 1024 * 32
            ),
        ),
    ),
)
