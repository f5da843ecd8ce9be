"""Number of complex critical points with B trained: for two sibling outputs, and for others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations_with_replacement
from math import comb

import numpy as np

from fjlt.types import Array
from landscape.continuation.monodromy_loops import StartSet, monodromy, projectors
from landscape.continuation.start_sets import SIZES, start_set
from landscape.enumeration.joint import joint_critical_points
from landscape.enumeration.joint_points import JointCriticalPoints
from landscape.planes.gain import Gain
from landscape.planes.row_class import row_classes
from landscape.planes.row_spaces import RowSpaces
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
from proofs_check.counts.critical_ideal import (
    PRIME,
    SpanData,
    degree,
    degree_by_msolve,
    has_multiple_point,
    msolve,
)
from proofs_check.counts.euler_count import (
    critical_count,
    signed_integral,
    span_counts,
    span_numerator,
)
from proofs_check.counts.localisation import (
    Family,
    grassmannian,
    one_more,
    planes_in_spans,
    spans,
    two_outputs,
)
from proofs_check.counts.spans import Spans

__all__ = ["CLAIM", "predicted"]

SMALL = [(1, 2), (1, 3), (2, 2)]
PAIRS = {3: 72, 4: 528}
"""Number of critical points for spans of 3 or 4 vectors with two entries each.

Four such vectors span the rows of the outputs 0, 2, 4, 6 of a butterfly of size 8.
"""

CRITICAL, REGULAR, APART = 1e-9, 1e-9, 1e-5
"""Relative slope below which a point is critical, relative singular value of the Hessian above
which it is simple, and distance of the projectors above which two points differ."""


def predicted(N1: int, N2: int) -> int:
    """Number of complex critical points for u and v of lengths N1 and N2.

    It is N(2N − 1)(2N² − 3N + 4)/3 if both lengths are N.
    """
    N1, N2 = sorted((N1, N2))
    return N1 * ((8 * N1 * N1 - 12 * N1 + 7) * N2 - 4 * (N1 - 1) ** 2 * (N1 + 1)) // 3


def euler_characteristic(N1: int, N2: int) -> int:
    """Euler characteristic of the product of two real projective spaces.

    Their dimensions are N1 − 1 and N2 − 1, so it is 1 if both are even, and else 0.
    """
    return N1 % 2 * (N2 % 2)


def faults_of(start: StartSet, count: int) -> list[str]:
    """Reasons why these are not ``count`` different simple critical points; empty if they are."""
    spaces, (C, M) = start.spaces, start.forms
    W = spaces.rows_at(spaces.rescaled(start.x))
    x = spaces.linear_preimage(W)
    faults = [] if len(x) == count else [f"{len(x)} points, not {count}"]
    slope, scale = slopes(W, C, M)
    # A simple point has a Hessian of full rank on the row spaces; the rest is gauge.
    values = np.linalg.svd(Gain(spaces, C, M).hessian(x), compute_uv=False)
    P = projectors(spaces, x).reshape(len(x), spaces.n**2)
    # Squared distances of the projectors onto the row spaces: ‖P‖² + ‖Q‖² − 2 Re⟨P, Q⟩.
    gap = (
        np.linalg.norm(P, axis=1) ** 2
        + np.linalg.norm(P, axis=1)[:, None] ** 2
        - 2 * (P @ P.conj().T).real
    )
    np.fill_diagonal(gap, np.inf)
    if not (slope < CRITICAL * scale).all():
        faults.append(f"{np.sum(~(slope < CRITICAL * scale))} points are not critical")
    if not (values[:, spaces.dimension - 1] > REGULAR * values[:, 0]).all():
        faults.append(
            f"{np.sum(~(values[:, spaces.dimension - 1] > REGULAR * values[:, 0]))} points are not "
            "simple"
        )
    if len(x) > 1 and not gap.min() > APART**2:
        faults.append("points are repeated")
    return faults


def slopes(W: Array, C: Array, M: Array) -> tuple[Array, Array]:
    """Largest entry of P·W·M − PLP·W·C where W has variables, and the largest of its terms.

    Here P is the inverse of K = WCWᵀ, and L = WMWᵀ. The expression is half of the gradient of the
    gain tr K⁻¹L, and vanishes at a critical point.
    """
    T = np.swapaxes(W, -1, -2)
    P = np.linalg.inv(W @ C @ T)
    terms = P @ W @ M, P @ (W @ M @ T) @ P @ W @ C
    return (abs(terms[0] - terms[1]) * (W != 0)).max(axis=(1, 2)), np.maximum(
        *(abs(t).max(axis=(1, 2)) for t in terms)
    )


def _all_lengths(context: Context) -> Finding:
    size = 40
    numerator = span_numerator(2)
    series = span_counts(numerator, size)
    faults = [] if numerator == {(0, 0): 1, (1, 1): 3} else [f"the numerator is {numerator}"]
    # both sides, times (1 − s)²(1 − t)²(1 − st)^5, are polynomials of degree at most 9 in s and t:
    # the polynomial in N1 has degree 4, that in N2 − N1 degree 1
    for N1, N2 in combinations_with_replacement(range(1, size + 1), 2):
        count = int((series[:N1, :N2] * series[:N1, :N2][::-1, ::-1]).sum())
        faults += [f"{N1, N2}: {count}"] if count != predicted(N1, N2) else []
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or "The number is an integral of characteristic classes (theory, Number of critical "
        "points). So the sum of c(N1, N2)·s^(N1 − 1)·t^(N2 − 1) is the square of (1 + 3s·t) / "
        "((1 − s)(1 − t)(1 − st)): an identity of rational functions. With a common denominator "
        "the sum of the printed numbers and this square have degrees below 10 in s and in t, and "
        f"their coefficients agree for N1, N2 <= {size}. So they agree for all N1 and N2.",
        1,
        certificate={"kind": "count-series", "numerator": terms(numerator)},
    )


def terms(numerator: dict[tuple[int, ...], int]) -> list[list[object]]:
    """A polynomial as a list of exponents and coefficients."""
    return [[list(powers), coefficient] for powers, coefficient in sorted(numerator.items())]


def _auto_encoders(context: Context) -> Finding:
    rng, program, faults, found = context.integers, msolve(), [], {}
    cases = []
    for pair in [(2, 2)]:
        data = SpanData.random(pair, rng).auto_encoder
        forms = {"C": data.C.tolist(), "M": data.M.tolist()}
        cases.append({"lengths": list(pair), **forms, "count": predicted(*pair)})
        found[pair] = degree(data)
        if found[pair] != predicted(*pair) or has_multiple_point(data):
            faults.append(f"{pair}: {found[pair]} points with multiplicity, or a multiple one")
    for pair in [(2, 3), (3, 3), (3, 4), (4, 4)][: 4 if context.full else 2] if program else ():
        data = SpanData.random(pair, rng).auto_encoder
        both = degree_by_msolve(data.lifted, program or "")
        found[pair] = both[1]
        if set(both) != {predicted(*pair)}:
            faults.append(f"{pair}: {both[0]} points with multiplicity, {both[1]} different")
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults)
        or "M = C² for random C modulo a prime, Gröbner bases: "
        + ", ".join(f"{pair}: {count}" for pair, count in found.items())
        + ". All points are simple, as for general M.",
        len(found),
        scope=f"N2 <= {max(max(pair) for pair in found)}, auto-encoders modulo a prime",
        certificate={"kind": "critical-ideals", "prime": PRIME, "cases": cases},
    )


def _ideals(context: Context) -> Finding:
    rng, program, faults = context.integers, msolve(), []
    counts: dict[tuple[int, ...], int | None] = {}
    cases = []
    for N1, N2 in SMALL:
        data = SpanData.random((N1, N2), rng)
        counts[N1, N2] = degree(data)
        forms = {"C": data.C.tolist(), "M": data.M.tolist()}
        cases.append({"lengths": [N1, N2], **forms, "count": counts[N1, N2]})
        if counts[N1, N2] != predicted(N1, N2) or has_multiple_point(data):
            faults.append(
                f"{N1, N2}: {counts[N1, N2]} points with multiplicity, not {predicted(N1, N2)} "
                "simple ones"
            )
    larger = combinations_with_replacement(range(1, 6 if context.full else 5), 2)
    for N1, N2 in larger if program else ():
        found = degree_by_msolve(SpanData.random((N1, N2), rng).lifted, program or "")
        counts[N1, N2] = found[1]
        if set(found) != {predicted(N1, N2)}:
            faults.append(f"{N1, N2}: {found[0]} points with multiplicity, {found[1]} different")
    vectors = [*((2,) * count for count in PAIRS), (2, 2, 3)]
    for lengths in vectors if context.full and program else ():
        data, count = SpanData.random(lengths, rng), critical_count(spans(*lengths))
        # det L / det K has as many critical points
        for equations in (data.lifted, data.lifted_determinants):
            found = degree_by_msolve(equations, program or "")
            counts[lengths] = found[1]
            if set(found) != {count}:
                faults.append(
                    f"{lengths}: {found[0]} points with multiplicity, {found[1]} different"
                )
    used = (
        "msolve in the lifted system" if program else "msolve, which finds more, is not installed"
    )
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults)
        or "Random C and M modulo a prime, Gröbner bases of the critical equations with det K ≠ 0, "
        f"by SymPy in u and v for (N1, N2) = {', '.join(map(str, SMALL))}; {used}. Degrees: "
        + ", ".join(f"{pair}: {count}" for pair, count in sorted(counts.items()))
        + ". All points are simple, so data in characteristic 0 with the same residues have at "
        "least as many.",
        len(counts),
        scope=f"N2 <= {max(max(pair) for pair in counts)}, ideals modulo a prime",
        numbers={"pairs": len(counts), "points": sum(count or 0 for count in counts.values())},
        certificate={"kind": "critical-ideals", "prime": PRIME, "cases": cases},
    )


def _euler(context: Context) -> Finding:
    largest = 10 if context.full else 6
    pairs = list(combinations_with_replacement(range(1, largest + 1), 2))
    found = {pair: critical_count(spans(*pair)) for pair in pairs}
    faults = [f"{pair}: {count}" for pair, count in found.items() if count != predicted(*pair)]
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or f"All N1 <= N2 <= {largest}: the Euler characteristic of the pairs (u, v) with det K ≠ "
        "0 and det L ≠ 0 is the number of critical points up to sign. The replay takes that of "
        "det K ≠ 0, less that of a general level set of the gain.",
        len(pairs),
        scope=f"N2 <= {largest}, Euler characteristics",
        numbers={"largest": largest, "points": found[largest, largest]},
        certificate={
            "kind": "euler-characteristics",
            "counts": [[*pair, count] for pair, count in found.items() if max(pair) <= 6],
        },
    )


OTHERS: dict[tuple[tuple[int, ...], int], Callable[[], Family]] = {
    ((0, 2), 2): lambda: planes_in_spans((2, 2, 2, 2), 2),
    ((0, 2, 4), 3): lambda: planes_in_spans((2, 2, 2, 2), 3),
    ((0, 1, 4), 3): lambda: one_more((4, 4), 2),
    ((0, 1, 2), 3): lambda: one_more((2, 2, 2, 2), 2),
}
"""Row spaces of other outputs of a butterfly of size 8, by outputs and k.

They are planes in the span of four pairs, or spans of any vector with such a plane.
"""


def _others(context: Context) -> Finding:
    faults = []
    closed = [(n, k) for k in (2, 3, 4) for n in range(k + 1, 9)]
    # On all k-planes the critical points are the spans of k eigenvectors.
    for n, k in closed:
        count = critical_count(grassmannian(n, k))
        faults += [f"{k}-planes in C^{n}: {count}"] if count != comb(n, k) else []
    pairs = {m: critical_count(spans(*[2] * m)) for m in PAIRS}
    faults += [f"vectors of 2: {pairs}"] if pairs != PAIRS else []
    found = {}
    for (rows, k), make in OTHERS.items():
        # A family stands for the row spaces of these outputs only if it has their dimension.
        family, dimension = make(), RowSpaces(8, rows, k).dimension
        found[", ".join(map(str, rows))] = critical_count(family)
        faults += (
            [f"{rows}: dimension {family.dimension}, not {dimension}"]
            if dimension != family.dimension
            else []
        )
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults)
        or f"The same count is {pairs[3]} and {pairs[4]} for spans of three and four vectors with "
        "two entries each. For all "
        f"k-planes in C^n it is C(n, k), as it must be, at {len(closed)} pairs (n, k). For n = 8 "
        "and k = 2 or 3 it is "
        + "; ".join(f"{count} for outputs {rows}" for rows, count in found.items())
        + ". The families have the dimensions of the row spaces of the butterflies.",
        len(closed) + len(pairs) + len(found),
        numbers={rows.replace(", ", "-"): count for rows, count in found.items()},
    )


INPUTS, VECTORS = (2, 4, 8, 16), 8
"""Numbers of inputs of two outputs, and the largest number of vectors with two entries each."""


def _small_sizes(context: Context) -> Finding:
    pairs, vectors, faults = [], [], []
    for n in INPUTS:
        for kept in row_classes(n, 2):
            family = two_outputs(n, *kept.rows)
            count = critical_count(family)
            pairs.append([n, *kept.rows, family.dimension, count])
            if family.dimension != RowSpaces(n, kept.rows, 2).dimension:
                faults.append(f"outputs {kept.rows} of {n}: dimension {family.dimension}")
            # two formulas that hold for every n
            known = {1: comb(n, 2), n // 2: predicted(n // 2, n // 2)}
            if count != known.get(kept.rows[1], count):
                faults.append(f"outputs {kept.rows} of {n}: {count}")
    for m in range(1, VECTORS + 1):
        count = critical_count(spans(*[2] * m))
        vectors.append([m, count])
        known = {1: 2, 2: predicted(2, 2), **PAIRS}
        faults += [f"{m} vectors: {count}"] if count != known.get(m, count) else []
        parity = RowSpaces(2 * m, range(0, 2 * m, 2), m) if m & (m - 1) == 0 else None
        if parity and parity.dimension != m:
            faults.append(f"one parity of {2 * m}: dimension {parity.dimension}")
    listed = "; ".join(f"{n}: {a} and {b}: {count}" for n, a, b, _, count in pairs)
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults)
        or "Every pair of outputs with k = 2 is in the orbit of one of these, by the number of "
        f"inputs: {listed}. For 1 to {VECTORS} vectors with two entries each, which span the rows "
        "of all outputs of one parity, there are "
        + ", ".join(str(count) for _, count in vectors)
        + ". The families have the dimensions of the row spaces. Outputs 0 and 1, and 0 and n/2, "
        "are as the formulas for all n say. The others are computed for these sizes.",
        len(pairs) + len(vectors),
        numbers={"pairs": pairs, "vectors": vectors},
        certificate={"kind": "counts-by-residues", "pairs": pairs, "vectors": vectors},
    )


def _monodromy(context: Context) -> Finding:
    no_progress, cases = (
        4,
        [(2, 2), (2, 3), (2, 4), (3, 3), (3, 4), (4, 4), (5, 5)] if context.full else [(2, 2)],
    )
    faults, sentences, loops = [], [], []
    for N1, N2 in cases:
        found = monodromy(Spans(N1, N2), rng=context.rng, max_loops_no_progress=no_progress)
        loops.append(found.loops_no_progress)
        faults += [f"{N1, N2}: {fault}" for fault in faults_of(found, predicted(N1, N2))]
        sentences.append(f"{N1, N2}: {len(found.x)}")
    if context.full:
        found = monodromy(
            RowSpaces(8, (0, 2, 4, 6), 4), rng=context.rng, max_loops_no_progress=no_progress
        )
        faults += (
            [f"outputs 0, 2, 4, 6 of 8: {len(found.x)} points"] if len(found.x) != PAIRS[4] else []
        )
        sentences.append(f"outputs 0, 2, 4, 6 of 8, k = 4: {len(found.x)}")
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults)
        or "Loops of complex data carry one point to all of these, which are simple and different: "
        f"{', '.join(sentences)}. {min(loops)} loops or more carry them to themselves.",
        len(cases),
        numbers={"cases": len(cases)},
    )


def _start_sets(context: Context) -> Finding:
    faults, counts = [], []
    for n in SIZES if context.full else SIZES[:2]:
        stored = start_set(RowSpaces(n, (0, n // 2)))
        faults += [
            f"n = {n}: {fault}"
            for fault in (faults_of(stored, predicted(n // 2, n // 2)) if stored else ["none"])
        ]
        counts.append(f"n = {n}: {len(stored.x) if stored else 0}")
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults)
        or "The stored points are critical, with a Hessian of rank n − 2, and different: "
        f"{', '.join(counts)}.",
        len(counts),
        numbers={"sets": len(counts)},
    )


def morse_faults(found: JointCriticalPoints, N: int) -> list[str]:
    """Contradictions to the count, or to the topology of the real row spaces."""
    faults = (
        []
        if found.n_complex == predicted(N, N)
        else [f"{found.n_complex} points, not {predicted(N, N)}"]
    )
    # The data are real, so the other points come in conjugate pairs.
    if (found.n_complex - len(found)) % 2:
        faults.append(
            f"{found.n_complex - len(found)} points are not real, so not conjugate in pairs"
        )
    # Morse theory: the alternating sum over the indices is the Euler characteristic.
    morse = sum((-1) ** point.index for point in found)
    if morse != euler_characteristic(N, N):
        faults.append(f"the Morse sum is {morse}")
    return faults + ([found.note] if found.note else [])


def real_enumeration(n: int, rng: np.random.Generator) -> JointCriticalPoints:
    """All critical points for random real data with outputs 0 and n/2."""
    X, Y = rng.normal(size=(2, n, n + 2))
    return joint_critical_points(X, Y, [0, n // 2], 2, rng=rng)


def _spread(counts: Sequence[int]) -> str:
    """How many points are real, as the beginning of a sentence."""
    least, most = min(counts), max(counts)
    return f"In every set {least} are" if least == most else f"In a set {least} to {most} are"


def _morse(context: Context) -> Finding:
    rng, cases = context.rng, {4: 10, 8: 100} if context.full else {4: 3}
    faults, real = [], []
    for n, instances in cases.items():
        for _ in range(instances):
            found = real_enumeration(n, rng)
            real.append(len(found))
            faults += [f"n = {n}: {fault}" for fault in morse_faults(found, n // 2)]
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults[:5])
        or f"{len(real)} random real data sets, n = {' and '.join(map(str, cases))}: every complex "
        f"point is found, and none twice. {_spread(real)} real, and their sum of (−1)^index is the "
        "Euler characteristic of a product of two real projective spaces. This sum can change if "
        "a point is lost.",
        len(real),
        numbers={"instances": len(real), "least": min(real), "most": max(real)},
    )


def _stored(change: slice | list[int]) -> StartSet:
    found = start_set(RowSpaces(4, (0, 2)))
    if found is None:
        raise LookupError("no start set of n = 4")
    return replace(found, x=found.x[change])


def _contracted(family: Family, same_planes: Family) -> bool:
    """Whether a family is refused, and the sum is not the number of another with these planes."""
    try:
        critical_count(family)
    except ValueError:
        return signed_integral(family) != critical_count(same_planes)
    return False


def _is_rejected(
    context: Context, count: int, saturated: bool = True, whitened: bool = False
) -> bool:
    """Whether the ideal for N1 = N2 = 2 has another degree than ``count``."""
    data = SpanData.random((2, 2), context.integers)
    return degree(data.whitened if whitened else data, saturated) != count


CLAIM = Claim(
    id="joint-count",
    title="Number of complex critical points with trainable B",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"Let two outputs differ in the top bit only, $\ell = k = 2$, so that the row spaces "
    r"of $EB$ are spanned by $(u, 0)$ and $(0, v)$, $u \in \mathbb{C}^{N_1}$ and $v \in "
    r"\mathbb{C}^{N_2}$, $N_1 \le N_2$; $N_1 = N_2 = n/2$ if all inputs are kept. For generic data "
    r"the gain has $N_1 ((8N_1^2 - 12N_1 + 7) N_2 - 4(N_1 - 1)^2 (N_1 + 1)) / 3$ "
    r"complex critical row spaces on which $XX^\top$ is regular, all simple. For $N_1 = N_2 = N$ "
    r"this is $N(2N-1)(2N^2-3N+4)/3$: $1, 12, 65, 224, 585$. For $N_1, N_2 \ge 2$ so many, all "
    r"simple, has a generic auto-encoder as well, $Y = X$.",
    expected=Verdict.HOLDS,
    correction=r"For other outputs of $n = 8$ there are <<other outputs:0-2>> points for 0, 2 and "
    r"$k = 2$, and <<other outputs:0-2-4>> for 0, 2, 4 and $k = 3$. There are <<other "
    r"outputs:0-1-4>> for 0, 1, 4 and <<other outputs:0-1-2>> for 0, 1, 2; for these no paths are "
    r"followed.",
    depends_on=("reachable",),
    checks=(
        Check(
            "all lengths",
            Grade.PROOF,
            "identity of rational functions; the integral is proved in words",
            _all_lengths,
        ),
        Check(
            "auto-encoders",
            Grade.EXACT,
            "Gröbner bases modulo a prime, M = C²",
            _auto_encoders,
            partial=True,
        ),
        Check("ideals", Grade.EXACT, "Gröbner bases modulo a prime, SymPy and msolve", _ideals),
        Check(
            "topology",
            Grade.EXACT,
            "Euler characteristics by residues at fixed points of a torus",
            _euler,
        ),
        Check("other outputs", Grade.EXACT, "the same", _others, partial=True),
        Check(
            "small sizes",
            Grade.EXACT,
            "the same, for all pairs of outputs and for all outputs of one parity",
            _small_sizes,
            partial=True,
        ),
        Check("monodromy", Grade.NUMERICAL, "loops of data, from one point", _monodromy),
        Check(
            "start sets", Grade.NUMERICAL, "stored points: critical, simple, different", _start_sets
        ),
        Check("Morse sum", Grade.NUMERICAL, "real data, indices of all real points", _morse),
    ),
    controls=(
        Control("one point more", lambda c: _is_rejected(c, predicted(2, 2) + 1)),
        Control("2N² in place of 2N² − 3N + 4", lambda c: _is_rejected(c, 2 * 3 * 8 // 3)),
        Control("det K = 0 allowed", lambda c: _is_rejected(c, predicted(2, 2), saturated=False)),
        Control(
            "a family that contracts too much",
            lambda c: _contracted(one_more((2, 2), 2), grassmannian(4, 3)),
        ),
        Control(
            "two outputs with lines in blocks of four inputs",
            lambda c: _contracted(
                planes_in_spans((4, 4, 4, 4), 2, small=False), two_outputs(16, 0, 4)
            ),
        ),
        Control("whitened data", lambda c: _is_rejected(c, predicted(2, 2), whitened=True)),
        Control(
            "a start set without one point",
            lambda c: bool(faults_of(_stored(slice(1, None)), predicted(2, 2))),
        ),
        Control(
            "a start set with one point twice",
            lambda c: bool(faults_of(_stored([0, *range(11)]), predicted(2, 2))),
        ),
    ),
)
