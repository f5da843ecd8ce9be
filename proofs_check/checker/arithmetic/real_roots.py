"""Count real roots of a polynomial by the signs that others have there, exactly."""

from __future__ import annotations

from itertools import pairwise

from flint import fmpq_poly

__all__ = ["inverse", "is_squarefree", "signed_count"]


def signed_count(q: fmpq_poly, g: fmpq_poly) -> int:
    """The number of real roots of q with g > 0, less those with g < 0; each root counts once.

    It is the Cauchy index of q'g/q: the changes of sign at −∞, less those at +∞, in the sequence of
    signed remainders.

    References
    ----------
    S. Basu, R. Pollack, M.-F. Roy, Algorithms in Real Algebraic Geometry, Springer 2006, Theorem
    2.61.

    Examples
    --------
    >>> q, x = fmpq_poly([-2, 0, 1]), fmpq_poly([0, 1])
    >>> signed_count(q, fmpq_poly([1])), signed_count(q, x), signed_count(q, x + 2)
    (2, 0, 2)
    """
    sequence = [q, (q.derivative() * g) % q]
    while sequence[-1].degree() >= 0:
        # only the signs matter: a positive factor keeps the coefficients small
        rest = -(sequence[-2] % sequence[-1])
        sequence.append(rest / abs(rest.coeffs()[-1]) if rest.degree() > 0 else rest)
    leading = [(p.coeffs()[-1] > 0, p.degree() % 2) for p in sequence[:-1]]
    above = [positive for positive, _ in leading]
    below = [positive != bool(odd) for positive, odd in leading]
    return _changes(below) - _changes(above)


def _changes(signs: list[bool]) -> int:
    return sum(a != b for a, b in pairwise(signs))


def is_squarefree(q: fmpq_poly) -> bool:
    """Whether all complex roots are simple."""
    return bool(q.degree() > 0 and q.gcd(q.derivative()).degree() == 0)


def inverse(a: fmpq_poly, q: fmpq_poly) -> fmpq_poly:
    """1/a modulo q; ``ValueError`` if a vanishes at a root of q.

    Examples
    --------
    >>> inverse(fmpq_poly([0, 1]), fmpq_poly([-2, 0, 1]))
    1/2*x
    """
    common, left, _ = a.xgcd(q)
    if common.degree() != 0:
        raise ValueError("a polynomial vanishes at a root")
    return left / common.coeffs()[0] % q
