"""Signs of sums of largest eigenvalues, decided exactly: rational parts, balls, and a bound for
algebraic numbers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import lcm, perm
from typing import Any

from flint import arb, ctx, fmpq, fmpq_poly

__all__ = ["sign_of_top_sums", "signal_polynomial"]

_MAX_BITS = 200_000


def signal_polynomial(basis: Any, gram: Any) -> fmpq_poly:
    """Characteristic polynomial of X·P·Xᵀ without its zeros that P adds, P the projection to the
    rows of ``basis``.

    Parameters
    ----------
    basis : flint.fmpq_mat, shape (r, d)
        Independent rows.
    gram : flint.fmpq_mat, shape (d, d)
        XᵀX.

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> signal_polynomial(fmpq_mat([[1, 1]]), fmpq_mat([[4, 0], [0, 1]]))
    x + (-5/2)
    """
    return ((basis * basis.transpose()).inv() * basis * gram * basis.transpose()).charpoly()


def sign_of_top_sums(
    constant: Fraction, terms: Sequence[tuple[Fraction, fmpq_poly]], k: int
) -> int:
    """Sign of constant + sum of weight·(sum of the k largest roots) over the terms (weight,
    polynomial).

    Every polynomial has only real roots. Balls of rising precision decide unless the sum is zero. A
    factor all of whose roots are among the k largest adds a rational number. The rest is zero once
    it is smaller than a nonzero algebraic integer of its degree and its conjugates' size can be:
    its norm is at least 1.

    Raises
    ------
    ArithmeticError
        If that takes more than 200 000 bits.

    Examples
    --------
    >>> square_root_of_2 = fmpq_poly([-2, 0, 1])
    >>> sign_of_top_sums(Fraction(-3, 2), [(Fraction(1), square_root_of_2)], 1)
    -1
    >>> sign_of_top_sums(Fraction(0), [(Fraction(2), square_root_of_2), (Fraction(-1), fmpq_poly([-8, 0, 1]))], 1)
    0
    """
    before, bits = ctx.prec, 64
    try:
        while True:
            ctx.prec = bits
            total = _ball(constant)
            size, denominator, degree, ordered = abs(total), constant.denominator, 1, True
            for weight, polynomial in terms:
                largest = _largest(tuple(polynomial.coeffs()), k, bits)
                ordered &= largest.ordered
                total += _ball(weight) * largest.total
                size += abs(_ball(weight)) * k * largest.size
                denominator = lcm(denominator, weight.denominator * largest.leading)
                degree *= largest.conjugates
            if ordered and total > 0:
                return 1
            if ordered and total < 0:
                return -1
            exponent = degree * denominator.bit_length() + (degree - 1) * max(1, _bit_length(size))
            if ordered and abs(total) < arb(2) ** -exponent:
                return 0
            if bits > _MAX_BITS:
                raise ArithmeticError(
                    f"{bits} bits do not decide a sum of algebraic numbers of degree {degree}"
                )
            bits *= 2
    finally:
        ctx.prec = before


@lru_cache(maxsize=64)
def _largest(coefficients: tuple[fmpq, ...], k: int, bits: int) -> _Largest:
    """The same polynomial comes with every draw; ``bits`` is the precision in force."""
    return _Largest(fmpq_poly(list(coefficients)), k)


class _Largest:
    """Sum of the k largest roots, with multiplicity: its ball, and how many conjugates it can
    have."""

    def __init__(self, polynomial: fmpq_poly, k: int) -> None:
        factors = polynomial.factor()[1]
        found: list[list[Any]] = [f.complex_roots() for f, _ in factors]
        roots = [(pair[0].real, i, m) for i, (_, m) in enumerate(factors) for pair in found[i]]
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
                self.total += arb(fmpq(-coefficients[-2] * taken[0][1], coefficients[-1]))
            else:
                self.total += sum((count * root for root, count in taken), arb(0))
                self.conjugates *= perm(factor.degree(), len(taken))


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _bit_length(ball: arb) -> int:
    """b with |ball| < 2^b."""
    mantissa, exponent = ball.upper().man_exp()
    return int(mantissa).bit_length() + int(exponent)
