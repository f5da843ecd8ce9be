"""GF(2^m): the axioms, exhaustively for small m; irreducible polynomials against Gauss's count."""

import numpy as np
import pytest

from fjlt.operators.ensembles.galois import MAX_DEGREE, irreducible, multiply


@pytest.mark.parametrize("m", range(1, 7))
def test_is_a_field(m):
    x = np.arange(1 << m)
    table = multiply(x[:, None], x, m)
    np.testing.assert_array_equal(table, table.T)
    np.testing.assert_array_equal(table[1], x)
    np.testing.assert_array_equal(np.sort(table[1:, 1:], axis=1), np.tile(x[1:], (len(x) - 1, 1)))
    a, b, c = np.meshgrid(x, x, x[:: max(1, len(x) // 8)], indexing="ij")
    np.testing.assert_array_equal(
        multiply(multiply(a, b, m), c, m), multiply(a, multiply(b, c, m), m)
    )
    np.testing.assert_array_equal(multiply(a, b ^ c, m), multiply(a, b, m) ^ multiply(a, c, m))


@pytest.mark.parametrize("m", range(1, MAX_DEGREE + 1))
def test_polynomial_is_irreducible(m):
    """Rabin's test: z^(2^m) = z modulo f, and z^(2^d) - z is invertible for d = m/q, q prime."""
    f = irreducible(m)
    assert f.bit_length() == m + 1
    z = 2 if m > 1 else f ^ 2
    powers = [np.int64(z)]
    for _ in range(m):
        powers.append(multiply(powers[-1], powers[-1], m))
    assert powers[m] == z
    for d in range(1, m):
        if m % d == 0:
            y = int(powers[d]) ^ z
            g, r = f, y
            while r:
                while g.bit_length() >= r.bit_length():
                    g ^= r << (g.bit_length() - r.bit_length())
                g, r = r, g
            assert g == 1
