"""Recheck the generating function of the numbers of critical points on spans of vectors."""

from __future__ import annotations

from itertools import combinations, product
from math import prod
from typing import Any

from flint import Ordering, fmpz_mpoly, fmpz_mpoly_ctx

from proofs_check.checker.bounded import Refused, integer
from proofs_check.checker.kinds.trained_encoder.critical_counts import formula

__all__ = ["generating_function"]

BOUND = 10
"""Above the degrees, in s and in t, of both sides times (1 − s)²(1 − t)²(1 − st)^5.

The printed polynomial has degree 4 in N1 and 1 in N2 − N1.
"""

Terms = list[tuple[tuple[int, ...], int]]


def generating_function(certificate: dict[str, Any], vectors: int) -> tuple[bool, str]:
    """Whether ρ has this numerator, over Π(1 − a_i)·Π_{i<j}(1 − a_i·a_j).

    For two vectors also whether ρ² generates the printed numbers, for all lengths.

    Parameters
    ----------
    certificate : dict
        "numerator", a list of pairs of exponents and a coefficient.
    vectors : int
    """
    numerator: Terms = []
    for powers, coefficient in certificate["numerator"]:
        if len(powers) != vectors:
            raise Refused(f"an exponent is not one of {vectors} variables")
        numerator.append(
            (
                tuple(integer(e, 0, 8, "an exponent") for e in powers),
                integer(coefficient, -(10**6), 10**6, "a coefficient"),
            )
        )
    valid = _is_numerator(numerator, vectors)
    if vectors == 2:
        valid &= _generates(numerator)
    return valid, f"the generating function for spans of {vectors} vectors"


def _is_numerator(terms: Terms, k: int) -> bool:
    """Whether the sum over sets of Chern roots x_i = −a_i/(1 + a_i) is this fraction.

    Here x_i + x_j is to 1 + x_i + x_j as −(a_i + a_j + 2a_i·a_j) to 1 − a_i·a_j, and 1 + x_i − x_j
    to x_i − x_j as 1 + 2a_j + a_i·a_j to a_j − a_i. All is multiplied by Π_{i<j}(a_j − a_i).
    """
    ring = fmpz_mpoly_ctx.get([f"a{i}" for i in range(k)], Ordering.lex)
    a, one = ring.gens(), ring.from_dict({(0,) * k: 1})
    total = 0 * one
    for chosen in product((False, True), repeat=k):
        term = prod(
            (2 * t if inside else 1 - t for t, inside in zip(a, chosen, strict=True)), start=one
        )
        for i, j in combinations(range(k), 2):
            form = -(a[i] + a[j] + 2 * a[i] * a[j])
            if chosen[i] and chosen[j]:
                term *= form * (a[j] - a[i])
            elif chosen[i]:
                term *= form * (1 + 2 * a[j] + a[i] * a[j])
            elif chosen[j]:
                term *= -form * (1 + 2 * a[i] + a[i] * a[j])
            else:
                term *= (1 - a[i] * a[j]) * (a[j] - a[i])
        total += term
    found: fmpz_mpoly = ring.from_dict(dict(terms))
    apart = prod((a[j] - a[i] for i, j in combinations(range(k), 2)), start=one)
    return bool(total == found * apart * prod((1 + t for t in a), start=one))


def _generates(terms: Terms) -> bool:
    """Whether the square of ρ has the printed coefficients.

    Times the common denominator both sides are polynomials of degree below ``BOUND``, so that the
    coefficients up to ``BOUND`` decide; for N1 > N2 the lengths are exchanged.
    """
    degree = max(max(powers) for powers, _ in terms)
    # degree of the square times (1 − st)³, and of the printed sum times the common denominator
    if 2 * degree + 3 >= BOUND:
        raise Refused(f"a numerator of degree {degree}")
    size = range(BOUND + 1)
    rho = dict.fromkeys(product(size, repeat=2), 0)
    # 1/((1 − s)(1 − t)(1 − st)) has the coefficients 1 + min(i, j)
    for (p, q), coefficient in terms:
        for i, j in rho:
            if i >= p and j >= q:
                rho[i, j] += coefficient * (1 + min(i - p, j - q))
    return all(
        formula(*sorted((i + 1, j + 1)))
        == sum(rho[p, q] * rho[i - p, j - q] for p in range(i + 1) for q in range(j + 1))
        for i, j in rho
    )
