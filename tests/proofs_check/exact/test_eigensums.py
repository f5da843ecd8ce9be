"""Signs of sums of largest eigenvalues, ties included."""

from fractions import Fraction

import pytest
from flint import ctx, fmpq_poly

from proofs_check.exact.eigensums import sign_of_top_sums


@pytest.mark.parametrize(
    ("constant", "terms", "k", "sign"),
    [
        (Fraction(-141421356237309504, 10**17), [(1, [-2, 0, 1])], 1, 1),
        (Fraction(-141421356237309505, 10**17), [(1, [-2, 0, 1])], 1, -1),
        (Fraction(0), [(1, [-2, 0, 1]), (1, [-3, 0, 1]), (-1, [1, 0, -10, 0, 1])], 1, 0),  # √2 + √3
        (Fraction(0), [(1, [1, -3, 0, 1]), (-1, [1, -3, 0, 1])], 2, 0),
        # all roots: their sum is rational
        (Fraction(3, 2), [(1, [1, -3, 0, 1]), (Fraction(-1, 2), [-3, 1])], 3, 0),
        (Fraction(-2), [(1, [1, -2, 1])], 2, 0),  # a double root
        (Fraction(1, 10**60), [(1, [-2, 0, 1]), (-1, [-2, 0, 1])], 1, 1),
    ],
)
def test_sign_of_top_sums(constant, terms, k, sign):
    assert sign_of_top_sums(constant, [(Fraction(w), fmpq_poly(c)) for w, c in terms], k) == sign


def test_precision_is_restored():
    before = ctx.prec
    sign_of_top_sums(
        Fraction(-141421356237309505, 10**17), [(Fraction(1), fmpq_poly([-2, 0, 1]))], 1
    )
    assert ctx.prec == before
    with pytest.raises(AttributeError):
        sign_of_top_sums(Fraction(0), [(Fraction(1), None)], 1)
    assert ctx.prec == before
