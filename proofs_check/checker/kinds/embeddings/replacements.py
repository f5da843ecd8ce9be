"""Recheck what W' = J2ᵀJ2·W·J1ᵀJ1 does in every pair of draws of two SRHTs, in integers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from itertools import product as choices
from typing import Any

from proofs_check.checker.arithmetic.hadamard import MAX_DRAWS, character, scaled_grams
from proofs_check.checker.arithmetic.rational_matrices import (
    at_most,
    determinant,
    matrix,
    product,
    transpose,
)
from proofs_check.checker.bounded import Refused, integer, rational

__all__ = ["best_multiple", "best_multiple_per_draw", "proof_steps", "success_bound"]

Vector = tuple[int, ...]
Rows = list[Vector]
Law = Counter[Fraction]
"""How many draws have each value."""

MAX_ENTRY = 1000


def success_bound(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether Pr[‖W'x − Wx‖² <= v‖W‖²‖x‖²] <= k2/((1 − v)n2) for every v < 1, k1 and k2.

    The same for Pr[‖t − Pt‖² <= v‖t‖²], where P projects to the range of J2ᵀ. By Parseval's
    identity ‖t − Pt‖² is the sum of <h, Dt>²/n over the rows h that are not kept. The certificate
    states for each law the largest ratio of the probability and the bound.

    Parameters
    ----------
    certificate : dict
        "matrices", a list of {"W", "x", "ratios"}, a ratio for each k1 and k2; "vectors", a list of
        {"t", "ratios"}, a ratio for each k; "laws" and "distances", how many there are of either.
    """
    valid, counts = True, {"laws": 0, "distances": 0}
    for one in certificate["matrices"]:
        W, x = _rows(one["W"]), _vector(one["x"])
        t = _times(W, x)
        gram, scale = product(transpose(matrix(one["W"])), matrix(one["W"])), _square(t)
        # x is a top right singular vector: WᵀW <= (‖Wx‖²/‖x‖²)·I
        if not scale or not at_most(gram, Fraction(scale, _square(x))):
            return False, "x is no top right singular vector"
        found = []
        for k1, k2 in choices(range(1, len(x) + 1), range(1, len(W) + 1)):
            law, c = Law(), k1 * k2
            for y, count in _images(W, x, k1, k2).items():
                law[Fraction(_square(_combined(1, y, -c, t)), scale * c * c)] += count
            found.append(_largest_ratio(law, len(W), k2))
        valid &= found == [rational(ratio) for ratio in one["ratios"]] and max(found) <= 1
        counts["laws"] += len(found)
    for one in certificate["vectors"]:
        t = _vector(one["t"])
        found = [_largest_ratio(_distances(t, k), len(t), k) for k in range(1, len(t) + 1)]
        valid &= found == [rational(ratio) for ratio in one["ratios"]] and max(found) <= 1
        counts["distances"] += len(found)
    valid &= all(count == certificate[name] > 0 for name, count in counts.items())
    return valid, f"{counts['laws']} laws of W'x and {counts['distances']} of distances, every draw"


def _largest_ratio(law: Law, n: int, k: int) -> Fraction:
    """The largest Pr[value <= v]·(1 − v)·n/k over the values v < 1; 0 if there are none."""
    total, seen, largest = law.total(), 0, Fraction(0)
    for value in sorted(v for v in law if v < 1):
        seen += law[value]
        largest = max(largest, Fraction(seen, total) * (1 - value) * Fraction(n, k))
    return largest


def _distances(t: Vector, k: int) -> Law:
    """The law of ‖t − Pt‖²/‖t‖²."""
    n, law, squares = len(t), Law(), Counter[Vector]()
    if n not in (2, 4, 8) or not any(t):
        raise Refused(f"t = {t}: it must not be 0, and have length 2, 4 or 8")
    h = [tuple(character(i, j) for j in range(n)) for i in range(n)]
    for tail in choices((1, -1), repeat=n - 1):
        turned = tuple(s * v for s, v in zip((1, *tail), t, strict=True))
        squares[tuple(sorted(entry * entry for entry in _times(h, turned)))] += 1
    for values, count in squares.items():
        for lost in combinations(values, n - k):
            law[Fraction(sum(lost), n * _square(t))] += count
    return law


def best_multiple(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether E‖cW'x − Wx‖² is least at these c, for every k1 and k2, and what it is there.

    c is the vertex of a parabola: the mean at c + 1 equals that at c − 1 and exceeds that at c. The
    latter must be (1 − c)‖Wx‖² >= (1 − k2/n2)‖Wx‖², with equality for k1 = n1.

    Parameters
    ----------
    certificate : dict
        "cases", a list of {"W", "x", "multiples", "least"}, a row of c and of the least means for
        each k1, an entry for each k2; "pairs", how many c there are.
    """
    pairs, valid, seen = 0, True, set()
    for case in certificate["cases"]:
        W, x = _rows(case["W"]), _vector(case["x"])
        t = _times(W, x)
        seen.add((*W, x))
        stated, smallest = matrix(case["multiples"]), matrix(case["least"])
        if (len(stated), len(stated[0])) != (len(x), len(W)) or not any(t):
            return False, "Wx = 0, or a multiple is missing"
        for k1, k2 in choices(range(1, len(x) + 1), range(1, len(W) + 1)):
            c, images = stated[k1 - 1][k2 - 1], _images(W, x, k1, k2)
            below, least, above = (_mean(images, c + d, t, k1 * k2) for d in (-1, 0, 1))
            floor = (1 - Fraction(k2, len(W))) * _square(t)
            valid &= below == above and above > least == smallest[k1 - 1][k2 - 1]
            valid &= least == (1 - c) * _square(t) >= floor
            valid &= least == floor or k1 != len(x)
            # the statement for W = I
            unit = len(W) == len(x) and all(
                entry == (i == j) for i, row in enumerate(W) for j, entry in enumerate(row)
            )
            valid &= not unit or c == Fraction(k1 * k2, len(x) ** 2)
            pairs += 1
    if len(seen) < len(certificate["cases"]):
        return False, "a case occurs twice"
    valid &= pairs == certificate["pairs"] > 0
    return valid, f"{pairs} parabolas, means over every pair of draws"


def _mean(images: Counter[Vector], c: Fraction, t: Vector, scale: int) -> Fraction:
    """E‖cy/scale − t‖² over the vectors y, by integers."""
    p, q = c.numerator, c.denominator * scale
    total = sum(count * _square(_combined(p, y, -q, t)) for y, count in images.items())
    return Fraction(total, images.total() * q * q)


def best_multiple_per_draw(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether in every draw ‖cJᵀJx − x‖² is least at c = k/n, and there it has these laws.

    At 2k/n the parabola has its value at 0, ‖x‖²; so k/n is its vertex.

    Parameters
    ----------
    certificate : dict
        "laws", a list of {"x", "k", "law"}; "draws", how many draws there are.
    """
    draws, valid = 0, True
    for one in certificate["laws"]:
        x, k, law = _vector(one["x"]), one["k"], Law()
        n = len(x)
        for gram in scaled_grams(n, k):
            # y/n = (k/n)·JᵀJx
            y = _times(gram, x)
            valid &= _square(_combined(2, y, -n, x)) == n * n * _square(x)
            law[Fraction(_square(_combined(1, y, -n, x)), n * n)] += 1
        stated = {rational(value): rational(p) for value, p in one["law"].items()}
        valid &= stated == {value: Fraction(c, law.total()) for value, c in law.items()}
        draws += law.total()
    return valid and draws == certificate["draws"] > 0, f"{draws} draws"


STEPS = ("(2)", "(3)", "(4)", "(5)", "(6)", "(7)")


def proof_steps(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether each step of the printed proof of Proposition 1 holds in so many pairs of draws.

    The pairs are those of (k1, k2) = (1, 1), (n − 1, n − 1), (n, n), (n, n − 1), (n − 1, n).
    Steps (3), (5), (6) and (7) must hold wherever their premises do, and (4) must fail somewhere.
    Step (2) must fail in every draw for every ε < 1, for x = e1, n = 2 and k1 = 1.

    Parameters
    ----------
    certificate : dict
        "matrices", a list of {"W", "x", "norm"}, where "norm" is ‖W‖²; "epsilons"; "holds" and
        "premises", {step: how many pairs}; "pairs", how many there are; "valid", the steps that
        hold wherever their premises do.
    """
    holds, premises, pairs = Counter[str](), Counter[str](), 0
    for one in certificate["matrices"]:
        W, x, norm = _rows(one["W"]), _vector(one["x"]), rational(one["norm"])
        gram = product(transpose(matrix(one["W"])), matrix(one["W"]))
        rest = [[norm * (i == j) - e for j, e in enumerate(row)] for i, row in enumerate(gram)]
        # norm·I − WᵀW >= 0 is singular
        if not at_most(gram, norm) or determinant(rest):
            return False, f"‖W‖² is not {norm}"
        n = len(x)
        for k1, k2 in sorted({(1, 1), (n - 1, n - 1), (n, n), (n, n - 1), (n - 1, n)}):
            for lengths, count in _lengths(W, x, norm, k1, k2).items():
                for epsilon in map(rational, certificate["epsilons"]):
                    for name, premise, conclusion in _steps(lengths, epsilon):
                        premises[name] += count * premise
                        holds[name] += count * (premise and conclusion)
                    pairs += count
    valid = [
        name
        for name in STEPS
        if name not in ("(2)", "(4)") and premises[name] > 0 and holds[name] == premises[name]
    ]
    # ‖x − J1ᵀJ1x‖ = ‖x‖ for x = e1 in every draw
    never = all(_square((1 - a, -b)) >= 1 for (a, _), (b, _) in scaled_grams(2, 1))
    sentence = f"{pairs} pairs of draws; steps {', '.join(valid)} hold, and (2) and (4) fail"
    stated = [{name: certificate[key][name] for name in STEPS} for key in ("holds", "premises")]
    agrees = stated == [{name: c[name] for name in STEPS} for c in (holds, premises)]
    agrees &= certificate["pairs"] == pairs and certificate["valid"] == valid
    return agrees and len(valid) == 4 and never and holds["(4)"] < pairs, sentence


Lengths = tuple[Fraction, ...]


def _lengths(W: Rows, x: Vector, norm: Fraction, k1: int, k2: int) -> Counter[Lengths]:
    """Squared errors relative to ‖x‖², ‖z‖² and ‖W‖²‖x‖², for each pair of draws.

    Those of J1 on x, of J1 on Wx, of J2 on z = WJ1ᵀJ1x; ‖z‖²; again that of J2 on z; of both.
    """
    found, t, whole = Counter[Lengths](), _times(W, x), norm * _square(x)
    right, left = _draws(len(x), k1, len(W), k2)
    for v, count in Counter(_times(gram, x) for gram in right).items():
        z = _times(W, v)
        first = Fraction(_square(_combined(k1, x, -1, v)), k1 * k1 * _square(x))
        second = _square(_combined(k1, t, -1, z)) / (k1 * k1 * whole)
        length = _square(z) / (k1 * k1 * whole)
        for gram in left:
            w = _times(gram, z)
            lost = Fraction(_square(_combined(k2, z, -1, w)), k2 * k2)
            error = _square(_combined(1, w, -k1 * k2, t)) / ((k1 * k2) ** 2 * whole)
            # J2 takes 0 to 0
            own = lost / _square(z) if any(z) else Fraction(0)
            found[first, second, own, length, lost / (k1 * k1 * whole), error] += count
    return found


def _steps(lengths: Lengths, e: Fraction) -> Iterator[tuple[str, bool, bool]]:
    """Each step, whether its premises hold, and whether it does, for one pair of draws."""
    limits = (e, e, e, 1 + e, e * (1 + e), 3 * e)
    two, three, four, five, six, seven = (
        value <= limit * limit for value, limit in zip(lengths, limits, strict=True)
    )
    yield "(2)", True, two
    yield "(3)", two, three
    yield "(4)", True, four
    yield "(5)", three, five
    yield "(6)", four and five, six
    yield "(7)", three and six, seven


def _images(W: Rows, x: Vector, k1: int, k2: int) -> Counter[Vector]:
    """How often k1·k2·W'x is each vector."""
    found = Counter[Vector]()
    right, left = _draws(len(x), k1, len(W), k2)
    for z, count in Counter(_times(W, _times(gram, x)) for gram in right).items():
        for gram in left:
            found[_times(gram, z)] += count
    return found


def _draws(n1: int, k1: int, n2: int, k2: int) -> tuple[list[Any], list[Any]]:
    """k1·J1ᵀJ1 and k2·J2ᵀJ2 for every draw."""
    right, left = scaled_grams(n1, k1), scaled_grams(n2, k2)
    if len(right) * len(left) > MAX_DRAWS:
        raise Refused(f"{len(right) * len(left)} pairs of draws are too many")
    return right, left


def _rows(values: Any) -> Rows:
    rows = [_vector(row) for row in values]
    if len({len(row) for row in rows}) != 1:
        raise Refused("a matrix has rows of different lengths, or none")
    return rows


def _vector(values: Any) -> Vector:
    if not isinstance(values, list) or not 1 <= len(values) <= 8:
        raise Refused("a vector is no list of 1 to 8 integers")
    return tuple(integer(value, -MAX_ENTRY, MAX_ENTRY, "an entry") for value in values)


def _times(rows: Any, x: Vector) -> Vector:
    return tuple(sum(a * b for a, b in zip(row, x, strict=True)) for row in rows)


def _combined(a: int, x: Vector, b: int, y: Vector) -> Vector:
    """ax + by."""
    return tuple(a * p + b * q for p, q in zip(x, y, strict=True))


def _square(x: Vector) -> int:
    return sum(entry * entry for entry in x)
