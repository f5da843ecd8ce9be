"""Residues of rational functions, exactly, and the generating functions that they give.

The coefficient of (ab…)^N in a rational function of a, b, … is found for all N at once: the sum
over N of that coefficient times u^N is an iterated residue, of which the poles are rational.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count, islice
from math import factorial
from typing import Any

from sympy import ZZ
from sympy.polys.fields import field

from proofs_check.counts.euler_count import regular_fraction, span_fraction

__all__ = ["one_more_series", "residue", "three_spans_series", "values"]

Rational = Any
"""A rational function with integer coefficients, an element of a field of SymPy."""


def residue(f: Rational, variable: Rational, pole: Rational) -> Rational:
    """The residue of a rational function, whatever the order of the pole.

    Examples
    --------
    >>> F, x, y = field("x,y", ZZ)
    >>> residue(1 / (x - y) ** 2 / x, x, y), residue(1 / (x - y) ** 2 / x, x, F.zero)
    (-1/(y**2), 1/(y**2))
    """
    # with t = variable − pole and f = Σ a_j·t^j / (t^m Σ b_j·t^j): the coefficient m − 1 of a/b
    below = _taylor(f.denom, variable, pole)
    order, b = next((m, [c]) for m, c in enumerate(below) if c)
    if not order:
        return pole.field.zero
    a = list(islice(_taylor(f.numer, variable, pole), order))
    b += islice(below, order - 1)
    series: list[Rational] = []
    for j in range(order):
        rest = a[j] - sum((b[i] * series[j - i] for i in range(1, j + 1)), pole.field.zero)
        series.append(rest / b[0])
    return series[-1]


def _taylor(polynomial: Any, variable: Rational, at: Rational) -> Iterator[Rational]:
    """The coefficients of the powers of ``variable`` − ``at``."""
    generator = polynomial.ring.gens[at.field.gens.index(variable)]
    for j in count():
        yield _at(polynomial, variable, at) / factorial(j)
        polynomial = polynomial.diff(generator)


def _substituted(f: Rational, variable: Rational, value: Rational) -> Rational:
    return _at(f.numer, variable, value) / _at(f.denom, variable, value)


def _at(polynomial: Any, variable: Rational, value: Rational) -> Rational:
    """A polynomial with a value in place of a variable, by Horner's rule without fractions."""
    F, ring = value.field, polynomial.ring
    i = F.gens.index(variable)
    # SymPy's degree of 0 is minus infinity
    coefficients: list[dict[Any, Any]] = [{} for _ in range(1 + max(0, polynomial.degree(i)))]
    for powers, coefficient in polynomial.terms():
        coefficients[powers[i]][(*powers[:i], 0, *powers[i + 1 :])] = coefficient
    total, scale = ring.zero, ring.one
    for terms in reversed(coefficients):
        total = total * value.numer + ring.from_dict(terms) * scale
        scale *= value.denom
    return F.new(total, scale.exquo(value.denom))


@cache
def three_spans_series() -> Rational:
    """The sum over N of c(N, N, N)·u^(N − 1), the counts for spans of three vectors of length N.

    It is that part of ρ(x, y, u/(xy))² in which no x and no y is left, where |u| < |xy| and |x|,
    |y| < 1: a residue in y, then in x, of this square over xy.

    Examples
    --------
    >>> values(three_spans_series(), 4)
    [1, 72, 2131, 30128]
    """
    F, x, y, u = field("x,y,u", ZZ)
    f = span_fraction([x, y, u / (x * y)]) ** 2 / (x * y)
    # small poles: factors 1 − a_i and 1 − a_i·a_j with u in them vanish there, or x, y themselves
    in_x = sum((residue(f, y, pole) for pole in (F.zero, u, u / x)), F.zero)
    found: Rational = sum((residue(in_x, x, pole) for pole in (F.zero, u)), F.zero)
    return found


@cache
def one_more_series() -> Rational:
    """The sum over N of c(N)·w^(2N − 2), the counts for the outputs 0, 1, n/2 of n = 2N inputs.

    These planes are spanned by (p, 0), (0, q) and one further vector, a bundle of projective spaces
    over the pairs p, q. With g and h for the hyperplane classes of the pairs and z for that of the
    fibre, the integral for lengths N1 and N2 is minus the residue at 0 of

        r(g, h, z)²·(z − g)(z − h)/((1 + z − g)(1 + z − h))·A(g)^N1·A(h)^N2,
        A(g) = (1 + g)(1 + z)/(gz),

    in g and h, then z. Summed over N1 with s^(N1 − 1), A^N1 becomes A/(1 − sA): its one small pole
    in g is g = s(1 + z)/(z − s(1 + z)). Let s = x and t = w²/x; where N1 = N2, no x is left.

    Examples
    --------
    >>> values(one_more_series(), 9)[::2]
    [0, 8, 444, 5216, 32536]
    """
    F, z, x, w = field("z,x,w", ZZ)
    lengths = x, w**2 / x
    g, h = (v * (1 + z) / (z - v * (1 + z)) for v in lengths)
    r = regular_fraction([g, h, z], F.one)
    f = -(r**2) * (z - g) * (z - h) / ((1 + z - g) * (1 + z - h))
    for v in lengths:
        # the residue of A/(1 − vA)
        f *= z * (1 + z) / (z - v * (1 + z)) ** 2
    # where z, z − s(1 + z), 1 + z − g, 1 + 2g and 1 + g + h vanish for small s and t; the last has
    # two zeros, which w → −w exchanges, and s ↔ t exchanges those of the others
    in_g = sum((residue(f, z, c * x / (1 - d * x)) for c, d in ((1, 1), (2, 1), (-1, -1))), F.zero)
    in_both = residue(f, z, w / (1 - w))
    in_x = residue(f, z, F.zero) + in_g + _substituted(in_g, x, w**2 / x)
    in_x += in_both + _substituted(in_both, w, -w)
    found: Rational = sum((residue(in_x / x, x, pole) for pole in (F.zero, w**2)), F.zero)
    return found


def values(f: Rational, count: int) -> list[int]:
    """The first coefficients of the power series of a rational function of one variable."""
    (i,) = {
        place
        for part in (f.numer, f.denom)
        for powers in part.monoms()
        for place, power in enumerate(powers)
        if power
    }
    above, below = (
        {powers[i]: int(coefficient) for powers, coefficient in part.terms()}
        for part in (f.numer, f.denom)
    )
    found: list[int] = []
    for n in range(count):
        # below · series = above
        rest = above.get(n, 0) - sum(below.get(j, 0) * found[n - j] for j in range(1, n + 1))
        found.append(rest // below[0])
    return found
