"""Recheck what rank costs, and what sketches give, at rational matrices and every draw."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations
from itertools import product as choices
from math import ceil, comb
from typing import Any

from proofs_check.checker.arithmetic.hadamard import MAX_DRAWS, character
from proofs_check.checker.arithmetic.rational_matrices import (
    Matrix,
    at_most,
    difference,
    inverse,
    matrix,
    multiple,
    product,
    rank,
    squared_norm,
    transpose,
)
from proofs_check.checker.bounded import Refused, integer, rational

__all__ = ["rank_barrier", "sketch_laws", "sketch_moments", "structural_lemma"]


def rank_barrier(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether J2ᵀJ2·W·J1ᵀJ1 is as far from W as its rank demands, for each pair J1, J2.

    W has the singular values s. With J1 and J2 of r rows the squared Frobenius norm of the error is
    at least Σ_{i>r} s_i², with equality for the "best" pair. It is as stated, and n·E‖error·x‖² for
    x uniform on the sphere. If a pair has an "x", J2ᵀJ2·W·J1ᵀJ1·x = 0 and ‖Wx‖ >= s_{r+1}‖x‖.

    Parameters
    ----------
    certificate : dict
        "matrices", a list of {"values", "W", "ranks"}; "ranks" has for r = 1, …, n − 1 an object
        {"pairs": a list of {"J1", "J2", "error"} and perhaps "x", "best": another or none}.
    """
    cases, valid = 0, bool(certificate["matrices"])
    for one in certificate["matrices"]:
        W, values = matrix(one["W"], 8), [integer(v, 0, 100, "a value") for v in one["values"]]
        if values != sorted(values, reverse=True) or not _singular_values(W, values):
            return False, f"the singular values are not {values}"
        if len(one["ranks"]) != len(W) - 1:
            return False, "a rank is missing"
        for r, given in enumerate(one["ranks"], start=1):
            best, pairs = given["best"], given["pairs"]
            tail = sum(v * v for v in values[r:])
            for pair in pairs if best is None else (*pairs, best):
                J1, J2 = matrix(pair["J1"], 8), matrix(pair["J2"], 8)
                if len(J1) != r or len(J2) != r:
                    return False, f"J1 or J2 has not {r} rows"
                replaced = product(_gram(J2), product(W, _gram(J1)))
                error = len(W[0]) * _mean_on_corners(difference(replaced, W))
                valid &= error == rational(pair["error"]) >= tail
                valid &= pair is not best or error == tail
                if "x" in pair:
                    x = [[rational(entry)] for entry in pair["x"]]
                    length = squared_norm(x)
                    valid &= length > 0 == squared_norm(product(replaced, x))
                    valid &= squared_norm(product(W, x)) >= values[r] ** 2 * length
                cases += 1
    return valid, f"{cases} pairs of J1 and J2"


def _gram(J: Matrix) -> Matrix:
    return product(transpose(J), J)


def _singular_values(X: Matrix, values: list[int]) -> bool:
    """Whether X has these singular values, and beyond them 0: by the ranks of XᵀX − s²·I."""
    gram = product(transpose(X), X)
    counts = Counter(values)
    counts[0] += len(gram) - len(values)
    return all(
        rank([[e - s * s * (i == j) for j, e in enumerate(row)] for i, row in enumerate(gram)])
        == len(gram) - count
        for s, count in counts.items()
        if count
    )


def _mean_on_corners(Z: Matrix) -> Fraction:
    """The mean of ‖Zx‖² over the corners x of a cube in the sphere; these have E[xxᵀ] = I/n."""
    n = len(Z[0])
    corners = list(choices((Fraction(1), Fraction(-1)), repeat=n))
    total = sum((squared_norm(product(Z, [[s] for s in x])) for x in corners), Fraction(0))
    return total / (n * len(corners))


def sketch_laws(certificate: dict[str, Any], below: Fraction | None = None) -> tuple[bool, str]:
    """Whether ‖X − J_k(X)‖_F² <= (1 + ε)Δ_k with these probabilities, over every draw of the SRHT.

    With C = JXXᵀJᵀ and S = J(XXᵀ)²Jᵀ the squared error is ‖X‖² less the k largest eigenvalues of S
    relative to C. S − C is positive semidefinite of rank at most k, as the replay verifies: so all
    but k of them are 1, none is less, and their sum is tr C⁻¹S − (l − k).

    Parameters
    ----------
    certificate : dict
        "laws", a list of {"X", "k", "l", "epsilon", "optimum", "success"}, where "optimum" is Δ_k,
        verified by the eigenvalues 1 and above of XXᵀ; perhaps "counted", a list of {"n",
        "success"} with n = 8, 16, …, for X = (5·1, I), k = 1, ε = 1/2, l = 2.
    below : Fraction, optional
        What all probabilities must be less than.
    """
    found = [_success(one) for one in certificate["laws"]]
    stated = [rational(one["success"]) for one in certificate["laws"]]
    valid = bool(found) and found == stated
    counted = certificate.get("counted", [])
    for power, one in enumerate(counted, start=3):
        n = integer(one["n"], 1 << power, 1 << power, "n")
        found.append(_counted_success(n))
        valid &= found[-1] == rational(one["success"])
    valid &= below is None or max(found) < below
    return valid, f"{len(stated)} laws over every draw, {len(counted)} by counting signs"


def _success(one: dict[str, Any]) -> Fraction:
    X = matrix(one["X"], 16)
    n, l = len(X), integer(one["l"], 1, 8, "l")
    k, epsilon, optimum = integer(one["k"], 1, l, "k"), rational(one["epsilon"]), one["optimum"]
    if n not in (2, 4, 8) or comb(n, l) << n > MAX_DRAWS:
        raise Refused(f"n = {n} is not 2, 4 or 8, or there are too many draws for l = {l}")
    G = [[int(entry) for entry in row] for row in product(X, transpose(X))]
    if any(entry.denominator > 1 for row in X for entry in row):
        raise Refused("X is no matrix of integers")
    # XXᵀ has k large eigenvalues, ``optimum`` times 1, and else 0
    ones = n - rank([[Fraction(e - (i == j)) for j, e in enumerate(r)] for i, r in enumerate(G)])
    integer(optimum, ones, ones, "the optimum")
    if rank([[Fraction(e) for e in row] for row in G]) != ones + k:
        raise Refused(f"XXᵀ has other eigenvalues than {k} of its own, {ones} times 1, and 0")
    square = [[sum(a * b for a, b in zip(r, s, strict=True)) for s in G] for r in G]
    # none is between 0 and 1: XXᵀ − (XXᵀ)² <= 0
    if not at_most(
        [[Fraction(e - f) for e, f in zip(*r, strict=True)] for r in zip(G, square, strict=True)],
        Fraction(0),
    ):
        raise Refused("an eigenvalue of XXᵀ is between 0 and 1")
    allowed, energy, law = (1 + epsilon) * optimum, squared_norm(X), Counter[Any]()
    for tail in choices((1, -1), repeat=n - 1):
        signs = (1, *tail)
        for kept in combinations(range(n), l):
            J = [[character(i, j) * s for j, s in enumerate(signs)] for i in kept]
            law[_quadratic(J, G), _quadratic(J, square)] += 1
    good = 0
    for (c, s), count in law.items():
        C, S = ([[Fraction(e) for e in row] for row in rows] for rows in (c, s))
        excess = difference(S, C)
        if rank(excess) > k or not at_most([[-e for e in row] for row in excess], Fraction(0)):
            raise Refused("S − C is not positive semidefinite of rank k")
        relative = product(inverse(C), S)
        top = sum((relative[i][i] for i in range(l)), Fraction(0)) - (l - k)
        good += count if energy - top <= allowed else 0
    return Fraction(good, law.total())


def _quadratic(J: list[list[int]], G: list[list[int]]) -> tuple[tuple[int, ...], ...]:
    """JGJᵀ."""
    seen = [[sum(a * b for a, b in zip(row, g, strict=True)) for g in G] for row in J]
    return tuple(tuple(sum(a * b for a, b in zip(s, r, strict=True)) for r in J) for s in seen)


def _counted_success(n: int) -> Fraction:
    """The same for X = (5·1, I), k = 1, ε = 1/2, l = 2, by the sums s of the signs in two rows.

    C = n·I + 25ssᵀ and S = n·I + (50 + 625n)ssᵀ, so the largest eigenvalue is (n + (50 +
    625n)q)/(n + 25q) with q = ‖s‖². Half of the signs agree in the two rows.
    """
    half = n // 2
    ways = [(2 * plus - half, comb(half, plus)) for plus in range(half + 1)]
    good = 0
    for agree, p in ways:
        for differ, q in ways:
            s = (agree + differ) ** 2 + (agree - differ) ** 2
            # twice: ‖X‖² − eigenvalue <= 3/2·(n − 1), times the denominator
            if (52 * n - 3 * (n - 1)) * (n + 25 * s) <= 2 * (n + (50 + 625 * n) * s):
                good += p * q
    return Fraction(good, 1 << n)


def structural_lemma(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether ‖X − U1·A·J·X‖² = Δ_k + ‖A·J·(X − U1·U1ᵀ·X)‖² with A = (JU1)⁺ in every draw.

    U1·A·J·X has rank at most k and its rows in the row space of JX, so it is no better than J_k(X).
    Draws where JU1 has no full column rank are counted. In the second family J_k(X) is delivered;
    it is best if the k largest eigenvalues of XPXᵀ, P onto the row space of BX, add up to its ‖·‖².

    Parameters
    ----------
    certificate : dict
        "rounds", a list of {"X", "U", "planted"}: X of shape (4, 3) with the singular values 3, 2,
        1, left singular vectors U of the first two; "planted" is {"X", "B", "best"}, X of shape (5,
        5), "best" a list of J_k(X) for k = 1, 2, 3; "draws" and "skipped", how many.
    """
    draws = skipped = 0
    valid = bool(certificate["rounds"])
    for one in certificate["rounds"]:
        X, U = matrix(one["X"], 8), matrix(one["U"], 8)
        valid &= (len(X), len(X[0]), len(U), len(U[0])) == (4, 3, 4, 2)
        valid &= _singular_values(X, [3, 2, 1]) and _gram(U) == multiple(Fraction(1), 2)
        image = product(_gram(transpose(X)), U)
        valid &= image == [[9 * a, 4 * b] for a, b in U]
        for k, l in ((1, 1), (1, 2), (2, 2), (2, 3)):
            first = [row[:k] for row in U]
            rest = difference(X, product(first, product(transpose(first), X)))
            tail = sum(v * v for v in (3, 2, 1)[k:])
            for J in _sketches(4, l):
                mixed = product(J, first)
                if rank(mixed) < k:
                    skipped += 1
                    continue
                pseudo = product(inverse(_gram(mixed)), transpose(mixed))
                near = product(first, product(pseudo, product(J, X)))
                error = squared_norm(difference(X, near))
                lost = squared_norm(product(pseudo, product(J, rest)))
                rows = product(J, X)
                valid &= error == tail + lost
                valid &= rank(near) <= k and rank([*rows, *near]) == rank(rows)
                draws += 1
        valid &= _planted(one["planted"])
    valid &= certificate["draws"] == draws > 0 and certificate["skipped"] == skipped
    return valid, f"{draws} draws, and {skipped} without full column rank"


def _sketches(n: int, l: int) -> list[Matrix]:
    """√l·J for every draw of the SRHT, one of each pair ±J."""
    return [
        [[Fraction(character(i, j) * s) for j, s in enumerate((1, *tail))] for i in kept]
        for tail in choices((1, -1), repeat=n - 1)
        for kept in combinations(range(n), l)
    ]


def _planted(given: dict[str, Any]) -> bool:
    """Whether these are the best approximations, and ‖X − J_k(X)‖² = ‖X‖² − (λ_1 + … + λ_k)."""
    X, B = matrix(given["X"], 8), matrix(given["B"], 8)
    best = [matrix(one, 8) for one in given["best"]]
    seen = product(B, X)
    # XPXᵀ, and its nonzero eigenvalues 9, 4 and 1
    cross = product(X, transpose(seen))
    signal = product(cross, product(inverse(_gram(transpose(seen))), transpose(cross)))
    eigenvalues = Counter({9: 1, 4: 1, 1: 1, 0: len(X) - 3})
    valid = len(best) == 3 and all(
        rank([[e - v * (i == j) for j, e in enumerate(row)] for i, row in enumerate(signal)])
        == len(X) - count
        for v, count in eigenvalues.items()
    )
    for k, near in enumerate(best, start=1):
        valid &= rank(near) <= k and rank([*seen, *near]) == rank(seen)
        valid &= squared_norm(difference(X, near)) == squared_norm(X) - sum((9, 4, 1)[:k])
    return valid


def sketch_moments(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether E‖U1ᵀJᵀJU1 − I‖² and E‖U1ᵀJᵀJU2S2‖² are these, <= k(k + 1)/l and <= kΔ_k/l.

    From the moments E[A_ai·A_jb] of A = JᵀJ. The mean over signs keeps those where the four indices
    pair up; the mean over the kept rows is taken over every subset. S2 = diag(n − k, …, 1).

    Parameters
    ----------
    certificate : dict
        "families", a list of {"U", "means"}, U orthogonal, "means" a list of {"k", "l", "first",
        "second"}, k = 1, 2 by l = 1, 2, 3, 4 for n = 4 and l = 3, 4 for n = 8; "cases", how many;
        "largest", the largest failure probability 4k(k + 1)/l + 4k/(lε) at l = ⌈16·max(k(k + 1),
        k/ε)⌉, k <= 20, ε = 1, 1/2, …, 1/20.
    """
    cases, valid, sizes = 0, bool(certificate["families"]), []
    for family in certificate["families"]:
        U = matrix(family["U"], 8)
        n = len(U)
        valid &= _gram(U) == multiple(Fraction(1), n)
        sizes.append(n)
        expected = [(k, l) for k in (1, 2) for l in ((1, 2, 3, 4) if n == 4 else (3, 4))]
        valid &= expected == [(one["k"], one["l"]) for one in family["means"]]
        for one, (k, l) in zip(family["means"], expected, strict=True):
            values = list(range(n - k, 0, -1))
            means = _means(U, k, l)
            first = sum((means[p][q] for p in range(k) for q in range(k)), Fraction(-k))
            second = sum(
                (means[p][q] * values[q - k] ** 2 for p in range(k) for q in range(k, n)),
                Fraction(0),
            )
            valid &= first == rational(one["first"]) <= Fraction(k * (k + 1), l)
            tail = sum(v * v for v in values)
            valid &= second == rational(one["second"]) <= Fraction(k * tail, l)
            cases += 1
    largest = max(_failure(k, j) for k in range(1, 21) for j in range(1, 21))
    valid &= largest == rational(certificate["largest"]) <= Fraction(1, 2)
    valid &= cases == certificate["cases"] and sizes in ([4], [4, 8])
    return valid, f"{cases} cases by second moments; at most {largest} fails"


def _failure(k: int, j: int) -> Fraction:
    """4k(k + 1)/l + 4k/(lε) for ε = 1/j."""
    l = ceil(16 * max(k * (k + 1), k * j))
    return Fraction(4 * k * (k + 1) + 4 * k * j, l)


def _means(U: Matrix, k: int, l: int) -> list[list[Fraction]]:
    """E(u_pᵀAu_q)² for p < k and every q."""
    n = len(U)
    sums = [
        [sum(character(i, d) for i in kept) for d in range(n)] for kept in combinations(range(n), l)
    ]
    # the mean of Σ_i χ_i(d)·Σ_i χ_i(e) over the subsets of kept rows
    both = [
        [Fraction(sum(s[d] * s[e] for s in sums), len(sums) * l * l) for e in range(n)]
        for d in range(n)
    ]
    moments = [
        (a, i, j, b, both[a ^ i][j ^ b])
        for a, i, j, b in choices(range(n), repeat=4)
        if not any(count % 2 for count in Counter((a, i, j, b)).values()) and both[a ^ i][j ^ b]
    ]
    return [
        [
            sum(
                (m * U[a][p] * U[i][q] * U[j][p] * U[b][q] for a, i, j, b, m in moments),
                Fraction(0),
            )
            for q in range(n)
        ]
        for p in range(k)
    ]
