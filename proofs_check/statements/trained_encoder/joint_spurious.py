"""A trained butterfly has strict local minima that are not global.

There are integer examples, a family with one for every n >= 4, and an open set of such data.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq, fmpq_mat, fmpz_mat
from sympy import Poly, expand, factor_list, symbols

from fjlt.types import IntArray, RealArray
from landscape import EncoderDecoder, Parameters, certify
from landscape.planes.gain import Gain, data_forms
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
from proofs_check.counts.persistence import minimum_persists
from proofs_check.counts.sibling_gain import (
    Census,
    Pair,
    Rows,
    SiblingGain,
    census_certificate,
    certificate,
    is_spurious,
    x,
    y,
)
from proofs_check.exact.inertia import rational_inertia
from proofs_check.exact.instances import (
    EXAMPLE_ROWS,
    as_witness,
    exact_index,
    sibling_network,
    siblings,
)
from proofs_check.formal.evidence import formalised
from proofs_check.row_spaces.gain import expansion

__all__ = ["CLAIM"]

FIRST: Pair = (1, 0)
SECOND: Pair = (0, 1)


def never_above(level: Any, gain: SiblingGain) -> bool:
    """Whether level·Q − N is a sum of squares of monomials with non-negative coefficients.

    If so, the gain N/Q exceeds the level for no u and v, as Q > 0.
    """
    u0, u1, v0, v1 = variables = symbols("u0 u1 v0 v1")
    N, Q = gain.polynomials((u0, u1), (v0, v1))
    terms = Poly(expand(level * Q - N), *variables).terms()
    return all(c >= 0 and not any(power % 2 for power in powers) for powers, c in terms)


@ctx.workprec(128)
def dense_optimum(gain: SiblingGain) -> arb:
    """The least loss of an auto-encoder without a butterfly, k = 2.

    It is the sum of the two smallest eigenvalues of XXᵀ.
    """
    # The eigenvalues of C = XXᵀ in balls, each as often as its multiplicity.
    C = fmpz_mat([[int(entry) for entry in gain.forms[0].row(i)] for i in range(4)])
    polynomial: Any = C.charpoly()
    roots = [
        root.real for root, multiplicity in polynomial.complex_roots() for _ in range(multiplicity)
    ]
    return sum(sorted(roots, key=lambda root: float(root.mid()))[:2], arb(0))


def _example(context: Context) -> Finding:
    gain, point, better = SiblingGain(EXAMPLE_ROWS, EXAMPLE_ROWS), (FIRST, SECOND), (SECOND, FIRST)
    value, best, dense = gain.at(*point), gain.at(*better), dense_optimum(gain)
    N, Q = gain.polynomials((1, x), (y, 1))
    loss, least = gain.trace - value, gain.trace - best
    return Finding.of(
        is_spurious(gain, point, better) and never_above(best, gain) and dense < arb(int(least)),
        Bearing.SUPPORTS,
        f"u = (1, x), v = (y, 1): the gain is N/Q with N = {_text(N)} and Q = {_text(Q)}. At x = y "
        f"= 0 it is {value}, and N − {value}·Q = {_text(expand(N - value * Q))}: a strict local "
        f"maximum, of loss {loss}. As a form in u and v, N − {best}·Q = "
        f"{_text(expand(N - best * Q))} is minus a sum of squares. So the gain is at most {best} "
        "on all planes, those at infinity included. The rows e_1 and e_2 reach it, and the global "
        f"minimum is {least}. The dense optimum is lower, {dense.str(8, radius=False)}, in balls.",
        1,
        numbers={"loss": str(loss), "global": str(least), "dense": float(dense.mid())},
        scope="the example of n = 4",
        certificate={"kind": "spurious-minimum", "points": [certificate(gain, point, better)]},
    )


def _text(polynomial: Any) -> str:
    written = str(polynomial).replace("**2", "²").replace("**4", "⁴").replace("*", "")
    return written.replace(" - ", " − ").replace("-", "−")


def gauge(network: EncoderDecoder) -> IntArray:
    """Directions that leave D·E·B as it is, for n = 4 and outputs 0 and 2.

    They are the tangents of GL2 between D and E, of GL2 between E and B, and of the scales of two
    inner nodes. The parameters are integers, and the rows are in the order of ``flatten``.
    """
    D, E, weights = network.parameters
    assert weights is not None
    # The last layer makes the two outputs of the nodes 0 and 2, by the matrix ``top``.
    top = np.array([weights[1, 0], weights[1, 2, ::-1]])

    def layers(change: RealArray, node: int | None = None) -> RealArray:
        moved = np.zeros_like(weights)
        moved[1, 0], moved[1, 2] = change[0], change[1, ::-1]
        if node is not None:
            moved[0, node] = weights[0, node]
        return moved

    units = [unit.reshape(2, 2) for unit in np.eye(4)]
    # D(1 − tU) and (1 + tU)E for every unit matrix U.
    moves = [Parameters(-D @ unit, unit @ E, layers(np.zeros((2, 2)))) for unit in units]
    # E(1 − tU) and (1 + tU)·top.
    moves += [Parameters(0 * D, -E @ unit, layers(unit @ top)) for unit in units]
    # The weights into node 0 or 2 scaled by 1 + t, and its column of ``top`` by 1 − t.
    moves += [Parameters(0 * D, 0 * E, layers(-top * (np.arange(2) == i), 2 * i)) for i in range(2)]
    return np.array([network.flatten(move) for move in moves]).astype(np.int64)


def planted_network(n: int) -> tuple[EncoderDecoder, RealArray, RealArray]:
    """(network, X, Y) at the spurious point of the family.

    Y = 5X makes D an integer matrix, and multiplies the loss by 25.
    """
    X = family(n).astype(float)
    network = sibling_network(siblings(*np.eye(n // 2)[:2].tolist()), X, 5 * X)
    return network, X, 5 * X


def _all_weights(context: Context) -> Finding:
    sizes, faults, sentences = ([4, 8, 16, 32] if context.full else [4, 8, 16]), [], []
    problems = []
    for n in sizes:
        network, X, Y = planted_network(n)
        rows = np.eye(n // 2, dtype=int)[:2].tolist()
        point = {"u": rows[0], "v": rows[1], "index": 0} | as_witness(network)
        problems.append(
            {"X": X.astype(int).tolist(), "Y": Y.astype(int).tolist(), "points": [point]}
        )
        exact = all(
            np.array_equal(part, np.rint(part)) for part in (network.decoder, network.encoder)
        )
        # D has 2n entries, and u and v move in n/2 − 1 directions each; the others are gauge.
        flat = network.n_parameters - 2 * n - (n - 2)
        if not exact or exact_index(network, X, Y) != (0, flat):
            faults.append(f"n = {n}: {exact_index(network, X, Y)}")
        sentences.append(
            f"n = {n}: {network.n_parameters - flat} positive and {flat} zero of "
            f"{network.n_parameters}"
        )
    network, X, Y = planted_network(4)
    moves, second = gauge(network), network.hessian(X, Y).astype(np.int64)
    rank = fmpz_mat(moves.tolist()).rank()
    faults += ["the gauge is not the null space"] * bool(rank != 10 or (second @ moves.T).any())
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults)
        or "The integer Hessian in all of D, E and the weights, by its characteristic polynomial "
        f"({'; '.join(sentences)}): no eigenvalue is negative. 2n + n − 2 are positive, as many as "
        "the dimensions of D and of the directions of u and v. At n = 4 the null space is the "
        f"tangent space of the gauge orbit, of rank {rank}: GL2 between D and E, GL2 between E and "
        "B, the scales of two inner nodes. So up to the gauge the minimum is nondegenerate, and it "
        "persists for nearby data.",
        len(sizes),
        numbers={"n": sizes, "gauge_rank": rank},
        scope=f"the family of n = {', '.join(map(str, sizes))}",
        certificate={"kind": "sibling-networks", "problems": problems[:3]},
    )


def _critical_points(context: Context) -> Finding:
    gain = SiblingGain(EXAMPLE_ROWS, EXAMPLE_ROWS)
    # Hermite: the signature of the trace form (a, b) ↦ tr wab on the quotient algebra is the sum of
    # the signs of w over the real points. Weights from the Hessian of the gain count each kind.
    found, values = gain.census(), gain.discriminant
    corners = {gain.at(u, v) for u, v in product((FIRST, SECOND), repeat=2)}
    factors = values.factor_list()[1]
    irrational = [(factor.as_expr(), power) for factor, power in factors if factor.degree() > 1]
    zeros = gain.charts[0].zeros
    # Coordinates of critical points: roots of the characteristic polynomials of the multiplication
    # by x and by y in the quotient algebra, but for the root 0.
    coordinates = {
        name: [_text(f) for f, _ in factor_list(zeros.characteristic(i, t))[1] if f != t]
        for i, name, t in ((1, "x", x), (2, "y", y))
    }
    # Of the eight real points some share a value: four values at unit vectors, two irrational ones.
    real = sum(factor.count_roots() for factor, _ in factors)
    return Finding.of(
        found == Census(12, 8, 2, 4, 2)
        and values.degree() == found.complex
        and len(corners) == 4
        and real == 6,
        Bearing.SUPPORTS,
        f"Gröbner bases in four charts, signatures of trace forms: the gain has {found.complex} "
        f"complex critical points, {found.real} of them real: {found.maxima} maxima, "
        f"{found.saddles} saddles, {found.minima} minima, none degenerate. The critical values are "
        f"the roots of a polynomial of degree {values.degree()}: once each "
        f"{', '.join(map(str, sorted(corners)))}, at the pairs of unit vectors, and the roots of "
        f"{' and '.join(f'{_text(f)}, {power} times each' for f, power in irrational)}, at "
        f"{_points(coordinates)}.",
        found.complex,
        scope="all critical points of the example",
        numbers=found._asdict() | {"extrema": [str(value) for value in sorted(corners)]},
        certificate=census_certificate(gain, found, extrema=sorted(corners)),
    )


def _points(coordinates: dict[str, list[str]]) -> str:
    return " and ".join(f"roots {name} of {', '.join(of)}" for name, of in coordinates.items())


def family(n: int) -> IntArray:
    """2·X_4 on the coordinates 0, 1, n/2 and n/2 + 1, the identity elsewhere."""
    X, block = np.eye(n, dtype=np.int64), [0, 1, n // 2, n // 2 + 1]
    X[np.ix_(block, block)] = 2 * np.array(EXAMPLE_ROWS)
    return X


def units(n: int, *places: int) -> fmpq_mat:
    """Rows of the identity, with a row of zeros for −1."""
    return fmpq_mat(len(places), n, [int(j == place) for place in places for j in range(n)])


def tangent_form(X: IntArray, u: int, v: int) -> tuple[fmpq, bool, fmpq_mat]:
    """The gain at the rows e_u and e_v, whether its slope is 0, and its Hessian.

    The directions are turns of one row towards another unit vector of its half.
    """
    n, C = len(X), fmpq_mat((X @ X.T).tolist())
    W, M = units(n, u, v), C * C
    turns = [units(n, i, -1) for i in range(n // 2) if i != u]
    turns += [units(n, -1, j) for j in range(n // 2, n) if j != v]
    alone = [expansion(W, turn, C, M) for turn in turns]
    # The coefficient of t² along V is half of VᵀHV; polarisation gives the mixed entries of H.
    second = fmpq_mat(len(turns), len(turns))
    for i, (_, _, curvature) in enumerate(alone):
        second[i, i] = 2 * curvature
    for i, j in combinations(range(len(turns)), 2):
        both = expansion(W, turns[i] + turns[j], C, M)[2]
        second[i, j] = second[j, i] = both - alone[i][2] - alone[j][2]
    return alone[0][0], all(slope == 0 for _, slope, _ in alone), second


def _family(context: Context) -> Finding:
    sizes = [4, 8, 16, 32, 64] if context.full else [4, 8, 16]
    faults, entries = [], Counter[str]()
    for n in sizes:
        X = family(n)
        value, critical, second = tangent_form(X, 0, n // 2 + 1)
        best = tangent_form(X, 1, n // 2)[0]
        if not critical or rational_inertia(-second) != (0, 0) or not best > value:
            faults.append(f"n = {n}: gain {value}, {rational_inertia(-second)}")
        entries.update(str(second[i, i]) for i in range(n - 2))
    diagonal = ", ".join(map(_text, sorted(entries, key=Fraction)))
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        "; ".join(faults)
        or f"X_n for n = {', '.join(map(str, sizes))}, outputs 0 and n/2: at the rows e_0 and "
        f"e_(n/2+1) the gain is {value} and its slope is 0. Its Hessian in the n − 2 directions of "
        f"u and v is negative definite, in rationals, with entries {diagonal} on the diagonal. The "
        f"rows e_1 and e_(n/2) gain more, {best}.",
        len(sizes),
        numbers={
            "n": sizes,
            "gain": str(value),
            "better": str(best),
            "diagonal": sorted(entries, key=Fraction),
        },
        certificate={
            "kind": "maxima-of-family",
            "X": [family(n).tolist() for n in sizes[:3]],
            "gain": str(value),
            "better": str(best),
            "diagonal": sorted(entries, key=Fraction),
        },
    )


def polished(X: RealArray) -> RealArray:
    """The maximum of the gain next to u = (1, 0), v = (0, 1), found by Newton's method."""
    gain, at, free = Gain(RowSpaces(4, [0, 2]), *data_forms(X, X)), np.array([1.0, 0, 0, 1]), [1, 2]
    # The chart u = (1, x), v = (y, 1): steps change x and y only.
    for _ in range(8):
        at[free] -= np.linalg.solve(gain.hessian(at)[np.ix_(free, free)], gain.gradient(at)[free])
    return at


def _open_set(context: Context) -> Finding:
    rng, draws, radius = context.rng, 200 if context.full else 20, Fraction(1, 8192)
    certified: list[dict[str, Any]] = []
    # All X of the ball at once: no X in it has its maximum over the rectangle on the boundary.
    good, found = minimum_persists(EXAMPLE_ROWS, arb(fmpq(radius.numerator, radius.denominator))), 0
    for _ in range(draws):
        # Scaled by 1000 the draws are integers, so that their gains are rational.
        moved = 1000 * np.array(EXAMPLE_ROWS) + rng.integers(-20, 21, (4, 4))
        X = moved.astype(float)
        proof, exact = (
            certify(X, X, [0, 2], 2, polished(X)),
            SiblingGain(moved.tolist(), moved.tolist()),
        )
        least = Fraction(str(exact.trace - exact.at(SECOND, FIRST)))
        # The lower end of the certified loss is compared, in rationals.
        found += proof.loss is not None and proof.index == 0 and least < proof.loss[0]
        at = [str(Fraction(round(float(t) * 10**9), 10**9)) for t in polished(X)[1:3]]
        certified.append({"X": moved.tolist(), "at": at, "size": "1/1000"})
    return Finding.of(
        good and found == draws,
        Bearing.SUPPORTS,
        f"Every X with entries within {radius} of the example has a local minimum that is not "
        "global, in balls. The gain at x = y = 0 exceeds that on the boundary of |x| <= 9/10, |y| "
        f"<= 2/5, and inside it stays below the gain of another plane. Of {draws} X with entries "
        f"within 1/50, {found} have a critical point next to that of the example, by Krawczyk's "
        "test. It is nondegenerate and of index 0, and its loss exceeds that of the rows e_1 and "
        "e_2.",
        draws + 1,
        numbers={"radius": str(radius), "draws": draws, "certified": found},
        certificate={
            "kind": "persistent-minima",
            "ball": {"X": EXAMPLE_ROWS, "radius": str(radius), "rectangle": ["9/10", "2/5"]},
            "draws": certified,
            "certified": found,
        },
    )


Example = tuple[Rows, Rows, tuple[Pair, Pair], tuple[Pair, Pair]]

EXAMPLES: dict[str, Example] = {
    "two targets, X = I + 2·e_1·e_2ᵀ": (
        [[1, 0, 0, 0], [0, 1, 2, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
        [[0, 2, 0, 2], [1, 0, 0, 0]],
        (FIRST, SECOND),
        (SECOND, (2, -1)),
    ),
    "two targets, entries 0 and ±1": (
        [[1, 0, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0], [0, 1, 0, 1]],
        [[0, 0, 1, -1], [1, 0, 0, 0]],
        (SECOND, SECOND),
        (FIRST, (2, -1)),
    ),
    "auto-encoder, X lower triangular": (
        [[2, 0, 0, 0], [0, 1, 0, 0], [0, 2, 1, 0], [0, 0, 0, 2]],
        [[2, 0, 0, 0], [0, 1, 0, 0], [0, 2, 1, 0], [0, 0, 0, 2]],
        (SECOND, SECOND),
        (FIRST, FIRST),
    ),
}
"""X, Y, the rows (u, v) of the spurious minimum and those of a global one."""


def _smaller(context: Context) -> Finding:
    good, sentences, points, losses = True, [], [], {}
    for name, (X, Y, point, better) in EXAMPLES.items():
        gain = SiblingGain(X, Y)
        good &= is_spurious(gain, point, better) and gain.census(gain.at(*better)).real == 0
        points.append(certificate(gain, point, better))
        losses[name] = [points[-1]["loss"], points[-1]["better_loss"]]
        sentences.append(f"{name}, loss {losses[name][0]} against {losses[name][1]}")
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        f"Other small integers ({'; '.join(sentences)}): at the first loss the gradient of the "
        "gain is 0 and its Hessian negative definite. No critical point gains more than the "
        "second, by signatures of trace forms.",
        len(EXAMPLES),
        numbers=losses,
        certificate={"kind": "spurious-minimum", "points": points},
    )


def _whitened_has_one(context: Context) -> bool:
    found = SiblingGain(np.eye(4, dtype=int).tolist(), EXAMPLE_ROWS).census()
    return (found.maxima, found.real) == (1, found.complex)


def _coupled_less_has_one(context: Context) -> bool:
    """Whether the gain has a single maximum where X[3][1] is 1 in place of 2."""
    rows = [*EXAMPLE_ROWS[:3], [0, 1, 0, 1]]
    gain = SiblingGain(rows, rows)
    return gain.census().maxima == 1 and not is_spurious(gain, (FIRST, SECOND), (SECOND, FIRST))


def _saddle_is_rejected(context: Context) -> bool:
    """Whether the saddle of a separable gain, u at the top and v at the bottom, is rejected."""
    separate = np.diag([3, 1, 2, 1]).tolist()
    gain = SiblingGain(separate, separate)
    slope, second = gain.derivatives(FIRST, SECOND)
    return bool(slope.is_zero_matrix and second.det() < 0) and not is_spurious(
        gain, (FIRST, SECOND), (FIRST, FIRST)
    )


def _lowest_bound_is_rejected(context: Context) -> bool:
    """Whether the claim that 34/5 is the largest gain is rejected."""
    gain = SiblingGain(EXAMPLE_ROWS, EXAMPLE_ROWS)
    return (
        not never_above(gain.at(FIRST, SECOND), gain)
        and gain.census(gain.at(FIRST, SECOND)).maxima == 1
    )


CLAIM = Claim(
    id="joint-spurious",
    title="Training B creates spurious strict local minima",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"There is a $4 \times 4$ integer matrix $X = Y$ for which the network with trained "
    r"$B$, outputs $\{0, 2\}$ and $\ell = k = 2$, has a local minimum of loss $21/5$, strict but "
    r"for the symmetries of the parametrization, while the global minimum is $2$. All $12$ complex "
    r"critical points are known: $8$ are real, $2$ of them minima of the loss. There are such $X$ "
    r"for $n = 4, 8, 16, \dots$, and for $n = 4$ an open set of them.",
    expected=Verdict.HOLDS,
    depends_on=("reachable",),
    checks=(
        formalised(
            "kernel",
            {
                "gain_of_siblings": "with u = (1, x) and v = (y, 1) the gain of the example is "
                "(36x²y² + 6x² + 20y² + 34)/(4x²y² + x² + 4y² + 5)",
                "spurious_strict_maximum": "it is less than at x = y = 0 wherever 11x² < 9, except "
                "there",
                "spurious_not_global": "it is larger at x = y = 3, and never 9",
                "spurious_losses": "so for 11x² < 9 no D and E have a loss below 21/5, some D and "
                "E have the loss 21/5 at x = y = 0 and a smaller one at x = y = 3, and the loss is "
                "above 2 for all x and y",
                "spurious_below": "for all D, E and weights of the butterfly, with 11u_1² < 9u_0² "
                "and v_1 ≠ 0 for the weights u and v into the nodes 0 and 2, the loss is at least "
                "21/5",
                "spurious_in_all_weights": "so D, E = 1 and weights 0 and 1 with u = (1, 0) and "
                "v = (0, 1), of loss 21/5, are a local minimum in all D, E and weights",
                "spurious_strict": "where all weights are within 1/4 of these and the loss is at "
                "most 21/5, DEB is the same: the minimum is strict but for the symmetries",
                "joint_least_loss": "for all D, E and weights the loss is at least 2, and it is 2 "
                "for some",
            },
            Bearing.SUPPORTS,
            "the example of n = 4",
            partial=True,
            remark="They state the two minima of the example, not its number of critical points, "
            "the family or the open set.",
        ),
        Check("the example", Grade.EXACT, "polynomial identities in u and v", _example),
        Check(
            "all weights",
            Grade.EXACT,
            "characteristic polynomials of integer Hessians",
            _all_weights,
        ),
        Check(
            "every critical point",
            Grade.EXACT,
            "Gröbner bases, signatures of trace forms",
            _critical_points,
        ),
        Check("family", Grade.EXACT, "rational expansions of the gain", _family, partial=True),
        Check(
            "open set",
            Grade.INTERVAL,
            "balls for all X near the example; Krawczyk's test",
            _open_set,
            partial=True,
        ),
        Check("smaller examples", Grade.EXACT, "signatures of trace forms", _smaller, partial=True),
    ),
    controls=(
        Control("a second maximum of the gain where X = I", _whitened_has_one),
        Control("a second maximum with a smaller entry", _coupled_less_has_one),
        Control("a saddle taken for a minimum", _saddle_is_rejected),
        Control("the spurious gain as the largest one", _lowest_bound_is_rejected),
        Control(
            "a ball of radius 1/4 around X",
            lambda context: not minimum_persists(EXAMPLE_ROWS, arb("0.25")),
        ),
    ),
)
