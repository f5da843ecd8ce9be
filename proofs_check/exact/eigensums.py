"""Exact signs of sums of largest eigenvalues.

Balls decide all signs but that of zero. Zero is recognised by a separation bound: an algebraic
number that is smaller than its degree and its conjugates allow is zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import lcm, perm
from typing import Any

from flint import arb, ctx, fmpq, fmpq_mat, fmpq_poly

__all__ = ["sign_of_top_sums", "signal_polynomial"]

_MAX_BITS = 200_000


def signal_polynomial(basis: fmpq_mat, gram: fmpq_mat) -> fmpq_poly:
    """The characteristic polynomial of X·P·Xᵀ up to a power of the variable.

    P is the projection to the span of the rows b of ``basis``. X·P·Xᵀ has the same nonzero
    eigenvalues as (bbᵀ)⁻¹·b·XᵀX·bᵀ, of order r.

    Parameters
    ----------
    basis : flint.fmpq_mat, shape (r, d)
        Independent rows.
    gram : flint.fmpq_mat, shape (d, d)
        XᵀX.

    Examples
    --------
    >>> signal_polynomial(fmpq_mat([[1, 1]]), fmpq_mat([[4, 0], [0, 1]]))
    x + (-5/2)
    """
    return ((basis * basis.transpose()).inv() * basis * gram * basis.transpose()).charpoly()


def sign_of_top_sums(
    constant: Fraction, terms: Sequence[tuple[Fraction, fmpq_poly]], k: int
) -> int:
    """The sign of constant + Σ weight·(sum of the k largest roots of the polynomial).

    Parameters
    ----------
    constant : Fraction
    terms : sequence of (Fraction, flint.fmpq_poly)
        Weights and polynomials, all of whose roots are real.
    k : int
        How many roots of each polynomial count, with multiplicity.

    Returns
    -------
    int
        −1, 0 or 1; exact.

    Raises
    ------
    ArithmeticError
        If that takes more than 200 000 bits.

    Notes
    -----
    The precision is doubled until a ball excludes zero, or until it lies below the separation
    bound. The norm of a nonzero algebraic integer is at least 1 in absolute value. So if q·s is an
    algebraic integer of degree at most D, and no conjugate of s is larger than M, then s = 0 or
    |s| >= q^−D·M^(1−D).

    Examples
    --------
    >>> square_root_of_2, square_root_of_8 = fmpq_poly([-2, 0, 1]), fmpq_poly([-8, 0, 1])
    >>> sign_of_top_sums(Fraction(-3, 2), [(Fraction(1), square_root_of_2)], 1)
    -1
    >>> terms = [(Fraction(2), square_root_of_2), (Fraction(-1), square_root_of_8)]
    >>> sign_of_top_sums(Fraction(0), terms, 1)
    0
    """
    bits = 64
    while True:
        with ctx.workprec(bits):
            sign, degree = _sign_at(constant, terms, k, bits)
        if sign is not None:
            return sign
        if bits > _MAX_BITS:
            raise ArithmeticError(
                f"{bits} bits do not decide a sum of algebraic numbers of degree {degree}"
            )
        bits *= 2


def _sign_at(
    constant: Fraction, terms: Sequence[tuple[Fraction, fmpq_poly]], k: int, bits: int
) -> tuple[int | None, int]:
    """The sign, or None if the precision in force, ``bits``, leaves it open; and the degree D."""
    total = _ball(constant)
    size, denominator, degree, ordered = abs(total), constant.denominator, 1, True
    for weight, polynomial in terms:
        largest = _largest_roots(tuple(polynomial.coeffs()), k, bits)
        ordered &= largest.ordered
        total += _ball(weight) * largest.total
        size += abs(_ball(weight)) * k * largest.size
        # a root times the leading coefficient of its polynomial is an algebraic integer
        denominator = lcm(denominator, weight.denominator * largest.leading)
        degree *= largest.conjugates
    if not ordered:
        return None, degree
    if total > 0:
        return 1, degree
    if total < 0:
        return -1, degree
    exponent = degree * denominator.bit_length() + (degree - 1) * max(1, _bit_length(size))
    return (0 if abs(total) < arb(2) ** -exponent else None), degree


@lru_cache(maxsize=64)
def _largest_roots(coefficients: tuple[fmpq, ...], k: int, bits: int) -> _LargestRoots:
    """Cached, since every draw brings the same polynomials; ``bits`` is the precision in force."""
    return _LargestRoots(fmpq_poly(list(coefficients)), k)


class _LargestRoots:
    """The k largest roots of a polynomial, with multiplicity.

    Attributes
    ----------
    total : arb
        A ball around their sum.
    ordered : bool
        Whether the balls of all roots are disjoint, so that the largest are known.
    size : arb
        A bound for the absolute value of all roots.
    conjugates : int
        A bound for the number of conjugates of the sum.
    leading : int
        A multiple of the leading coefficients of the irreducible factors that are involved.
    """

    def __init__(self, polynomial: fmpq_poly, k: int) -> None:
        factors = polynomial.factor()[1]
        enclosed: list[list[Any]] = [f.complex_roots() for f, _ in factors]
        roots = [(pair[0].real, i, m) for i, (_, m) in enumerate(factors) for pair in enclosed[i]]
        roots.sort(key=lambda root: root[0].mid(), reverse=True)
        self.ordered = all(bool(a[0] > b[0]) for a, b in pairwise(roots))
        self.size = max(
            (abs(root[0]) for root in roots), key=lambda ball: ball.upper(), default=arb(0)
        )
        chosen: list[tuple[arb, int, int]] = []
        left = k
        for root, i, multiplicity in roots:
            if left:
                chosen.append((root, i, min(left, multiplicity)))
                left -= chosen[-1][2]
        self.total, self.conjugates, self.leading = arb(0), 1, 1
        for i, (factor, _) in enumerate(factors):
            taken = [(root, count) for root, j, count in chosen if j == i]
            coefficients = factor.numer().coeffs()
            if not taken:
                continue
            self.leading = lcm(self.leading, int(abs(coefficients[-1])))
            if len(taken) == factor.degree() and all(count == taken[0][1] for _, count in taken):
                # all roots of the factor, equally often: by Vieta their sum is rational
                self.total += arb(fmpq(-coefficients[-2] * taken[0][1], coefficients[-1]))
            else:
                # a conjugation maps the roots taken to other roots, one to one
                self.total += sum((count * root for root, count in taken), arb(0))
                self.conjugates *= perm(factor.degree(), len(taken))


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _bit_length(ball: arb) -> int:
    """An exponent b with |ball| < 2^b."""
    mantissa, exponent = ball.upper().man_exp()
    return int(mantissa).bit_length() + int(exponent)
