"""Recheck probabilities and tails of the SRHT from their laws, enumerated or counted."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product as choices
from math import comb
from typing import Any

from proofs_check.checker.arithmetic.hadamard import MAX_DRAWS, character
from proofs_check.checker.arithmetic.rational_matrices import (
    Matrix,
    at_most,
    column,
    difference,
    matrix,
    product,
    squared_norm,
    transpose,
)
from proofs_check.checker.bounded import Refused, integer, rational
from proofs_check.checker.kinds.embeddings.random_embeddings import grams, norm_law, prop1_law

__all__ = [
    "bilinear_tail",
    "drawn_errors",
    "lost_vectors",
    "norm_laws",
    "one_sided_tail",
    "prop1_laws",
    "same_class",
    "sketch_success",
    "smallest_error",
    "spike",
    "two_sided_mean",
]


def norm_laws(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether ‖Jx‖² has each of these means and variances."""
    found = [norm_law(one) for one in certificate["laws"]]
    return bool(found) and all(true for true, _ in found), f"{len(found)} laws, every draw"


def prop1_laws(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether ‖W'x − Wx‖² has each of these laws."""
    found = [prop1_law(one) for one in certificate["laws"]]
    return bool(found) and all(true for true, _ in found), f"{len(found)} laws, every pair of draws"


def lost_vectors(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether Jx = 0 this often, x the indicator of {0, …, s − 1}, and at least as often as stated.

    Only the signs on these s coordinates matter. For each choice the rows of H·D·x that are zero
    are counted; Jx = 0 if all k kept rows are among them.
    """
    valid = bool(certificate["laws"])
    for law in certificate["laws"]:
        n, s = integer(law["n"], 2, 16, "n"), integer(law["s"], 1, 8, "s")
        k = integer(law["k"], 1, n, "k")
        chance = Fraction(0)
        for signs in choices((1, -1), repeat=s):
            sums = [sum(character(i, j) * signs[j] for j in range(s)) for i in range(n)]
            chance += Fraction(comb(sums.count(0), k), comb(n, k) << s)
        stated = Fraction(2 * s * comb(n - n // s, k), comb(n, k) << s)
        valid &= chance == rational(law["probability"]) and chance >= stated
        valid &= s != 4 or chance == stated
    return valid, f"{len(certificate['laws'])} laws, every sign"


def drawn_errors(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether ‖x − JᵀJx‖² = ‖x‖² + (n/k − 2)‖Jx‖² >= ‖x‖² at these draws, all with k <= n/2."""
    valid = bool(certificate["draws"])
    for draw in certificate["draws"]:
        x = [integer(entry, 0, 10**6, "an entry") for entry in draw["x"]]
        n, rows = len(x), [integer(row, 0, len(x) - 1, "a row") for row in draw["rows"]]
        signs = [integer(sign, -1, 1, "a sign") for sign in draw["signs"]]
        k, norm = len(rows), sum(entry * entry for entry in x)
        if n not in (8, 16, 32, 64) or len(signs) != n or 0 in signs or not 0 < 2 * k <= n:
            raise Refused(f"{k} rows and {len(signs)} signs are no SRHT of size {n} with k <= n/2")
        if len(set(rows)) < k or not norm:
            raise Refused("a row occurs twice, or x = 0")
        seen = [sum(character(i, j) * signs[j] * x[j] for j in range(n)) for i in rows]
        back = [
            signs[j] * sum(character(i, j) * y for i, y in zip(rows, seen, strict=True))
            for j in range(n)
        ]
        # k²·‖x − JᵀJx‖², entry by entry, and by the identity
        error = sum((k * a - b) ** 2 for a, b in zip(x, back, strict=True))
        valid &= error == k * k * norm + (n - 2 * k) * sum(y * y for y in seen) >= k * k * norm
    return valid, f"{len(certificate['draws'])} draws, in integers"


def smallest_error(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether no draw has an error ‖W'x − Wx‖² below these positive numbers, k1 = k2 = k."""
    valid = bool(certificate["laws"])
    for law in certificate["laws"]:
        W, x, k = _nonzero(law["W"]), column(law["x"]), law["k"]
        least = min(_norm_of_difference(W, x, A1, A2) for A1, A2 in _pairs(x, W, k))
        valid &= least == rational(law["least"]) > 0
    return valid, f"{len(certificate['laws'])} matrices, every pair of draws"


def one_sided_tail(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether Pr[‖WAx − Wx‖² >= v] <= (‖W‖_F²‖x‖² + ‖Wx‖²)/(kv) for every v.

    It is enough to look at the values that occur. As ‖Wx‖ <= ‖W‖·‖x‖, the bound of the claim is no
    smaller.
    """
    values = 0
    for case in certificate["cases"]:
        W, x, k = _nonzero(case["W"]), column(case["x"]), case["k"]
        target = product(W, x)
        law = Counter(
            squared_norm(difference(product(W, product(A, x)), target)) for A in grams(len(x), k)
        )
        bound = squared_norm(W) * squared_norm(x) + squared_norm(target)
        if not all(chance * value * k <= bound for value, chance in _tails(law)):
            return False, "the bound fails"
        values += len(law)
    return values > 0, f"{len(certificate['cases'])} laws with {values} values"


def bilinear_tail(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether Pr[(uᵀW'x − uᵀWx)² >= v]·v <= (4/k + 3/k²)·w + ‖W‖_F²‖u‖²‖x‖²/k² for every v.

    Here w is the larger of ‖Wx‖²‖u‖² and ‖Wᵀu‖²‖x‖², at most (‖W‖·‖u‖·‖x‖)². So the bound of the
    claim is no smaller.
    """
    values = 0
    for case in certificate["cases"]:
        W, u, x, k = _nonzero(case["W"]), column(case["u"]), column(case["x"]), case["k"]
        rows = [product(transpose(product(A, u)), W) for A in grams(len(W), k)]
        seen = [product(A, x) for A in grams(len(x), k)]
        mean = product(transpose(u), product(W, x))[0][0]
        law = Counter((product(row, y)[0][0] - mean) ** 2 for row in rows for y in seen)
        w = max(
            squared_norm(product(W, x)) * squared_norm(u),
            squared_norm(product(transpose(W), u)) * squared_norm(x),
        )
        whole = squared_norm(W) * squared_norm(u) * squared_norm(x)
        bound = (4 * Fraction(1, k) + Fraction(3, k * k)) * w + whole / (k * k)
        if not all(chance * value <= bound for value, chance in _tails(law)):
            return False, "the bound fails"
        values += len(law)
    return values > 0, f"{len(certificate['cases'])} laws with {values} values"


def two_sided_mean(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether E‖W'x − Wx‖² is this, and at least (n2/k2 − 1)‖Wx‖²: equal where k1 = n1."""
    valid = bool(certificate["cases"])
    for case in certificate["cases"]:
        W, x, k1, k2 = _nonzero(case["W"]), column(case["x"]), case["k1"], case["k2"]
        pairs = [(A1, A2) for A1 in grams(len(x), k1) for A2 in grams(len(W), k2)]
        errors = [_norm_of_difference(W, x, A1, A2) for A1, A2 in pairs]
        mean = sum(errors, Fraction(0)) / len(errors)
        floor = (Fraction(len(W), k2) - 1) * squared_norm(product(W, x))
        valid &= mean == rational(case["mean"]) >= floor
        valid &= k1 != len(x) or mean == floor
    return valid, f"{len(certificate['cases'])} means over every pair of draws"


def same_class(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the first entry of W'e_1 is the largest, without a tie, this rarely; W = I, 4 × 4."""
    shares, x = [], column([1, 0, 0, 0])
    for k in certificate["k"]:
        draws, hits = grams(4, k), 0
        for A1, A2 in choices(draws, repeat=2):
            y = [entry for (entry,) in product(A2, product(A1, x))]
            hits += y[0] > max(y[1:])
        shares.append(Fraction(hits, len(draws) ** 2))
    valid = bool(shares) and shares == [rational(share) for share in certificate["shares"]]
    return valid and max(shares) < 1, f"shares {', '.join(map(str, shares))}"


def spike(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether ‖J_1(X) − X‖_F² <= 2Δ_1 this rarely; X has a row (0, 1) and n − 1 rows (2, 0).

    Every row of an SRHT is a vector of independent signs, up to its length. With j minus signs
    among the n − 1 equal rows JX is proportional to (2(n − 1 − 2j), ±1).
    """
    found = []
    for n in certificate["n"]:
        integer(n, 2, 4096, "n")
        good = 0
        for j in range(n):
            s = 2 * (n - 1 - 2 * j)
            # ‖X‖_F² − ‖Xv‖²/‖v‖² with v = (s, ±1), and Δ_1 = 1
            error = 4 * (n - 1) + 1 - Fraction(4 * (n - 1) * s * s + 1, s * s + 1)
            good += comb(n - 1, j) if error <= 2 else 0
        found.append(Fraction(good, 1 << n - 1))
    valid = bool(found) and found == [rational(p) for p in certificate["success"]]
    return valid and max(found) < Fraction(1, 2), f"{len(found)} sizes, by counting signs"


def sketch_success(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether ‖J_1(X) − X‖_F² <= 2Δ_1 with this probability, below one half, for a row J."""
    valid = bool(certificate["laws"])
    for one in certificate["laws"]:
        X = matrix(one["X"])
        integer(len(X), 2, 8, "the number of rows")
        gram, law, energy = product(transpose(X), X), Counter[Fraction](), squared_norm(X)
        for signs in choices((1, -1), repeat=len(X)):
            v = product([[Fraction(sign) for sign in signs]], X)
            kept = squared_norm(product(X, transpose(v)))
            length = squared_norm(v)
            law[energy - kept / length if length else energy] += 1
        # error <= 2(‖X‖_F² − λ) if λ, the largest eigenvalue, is at most ‖X‖_F² − error/2
        good = sum(count for error, count in law.items() if at_most(gram, energy - error / 2))
        success = Fraction(good, 1 << len(X))
        valid &= success == rational(one["success"]) < Fraction(1, 2)
    return valid, f"{len(certificate['laws'])} matrices, every sign"


def _pairs(x: Matrix, W: Matrix, k: Any) -> list[tuple[Matrix, Matrix]]:
    left, right = grams(len(x), k), grams(len(W), k)
    if len(left) * len(right) > MAX_DRAWS:
        raise Refused(f"{len(left) * len(right)} pairs of draws are too many")
    return [(A1, A2) for A1 in left for A2 in right]


def _nonzero(rows: Any) -> Matrix:
    W = matrix(rows)
    if not squared_norm(W):
        raise Refused("W = 0")
    return W


def _norm_of_difference(W: Matrix, x: Matrix, A1: Matrix, A2: Matrix) -> Fraction:
    return squared_norm(difference(product(A2, product(W, product(A1, x))), product(W, x)))


def _tails(law: Counter[Fraction]) -> list[tuple[Fraction, Fraction]]:
    """Each value v of a law with the probability of at least v."""
    total, above, tails = sum(law.values()), 0, []
    for value in sorted(law, reverse=True):
        above += law[value]
        tails.append((value, Fraction(above, total)))
    return tails
