"""The dual BCH code behind the Ailon-Liberty transform, checked against its trace definition."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
import scipy.linalg

from fjlt import ailon_liberty, to_dense
from fjlt.operators.ensembles.dual_bch import dual_bch_rows
from fjlt.operators.ensembles.galois import multiply


def code_matrix(k):
    """The rows used by the transform, as a matrix of signs."""
    m = k.bit_length()
    return scipy.linalg.hadamard(4**m)[dual_bch_rows(k)]


def is_independent(signs, order):
    """Whether in any ``order`` rows each sign pattern occurs in exactly columns/2^order columns."""
    bits = (signs < 0).astype(np.int64)
    for chosen in combinations(bits, order):
        pattern = sum(b << i for i, b in enumerate(chosen))
        if not (np.bincount(pattern, minlength=1 << order) == signs.shape[1] >> order).all():
            return False
    return True


@pytest.mark.parametrize("k", [1, 2, 3, 5, 7, 15])
def test_any_four_rows_are_jointly_uniform(k):
    for order in range(1, min(k, 4) + 1):
        assert is_independent(code_matrix(k), order)


def test_without_the_cubes_three_rows_are_dependent():
    linear = scipy.linalg.hadamard(64)[np.arange(1, 8)]
    assert is_independent(linear, 2)
    assert not is_independent(linear, 3)


def test_five_rows_are_not_independent():
    assert not is_independent(code_matrix(15), 5)


@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_columns_are_the_words_of_the_dual_bch_code(m):
    """The multiset of columns is that of (-1)^tr(ax + bx³), x = 1, …, 2^m - 1, over all a and b."""
    field = np.arange(1 << m)

    def trace(y):
        total, power = y, y
        for _ in range(m - 1):
            power = multiply(power, power, m)
            total = total ^ power
        assert set(np.unique(total)) <= {0, 1}
        return total

    x = field[1:]
    cube = multiply(x, multiply(x, x, m), m)
    words = Counter(
        tuple(1 - 2 * trace(multiply(a, x, m) ^ multiply(b, cube, m))) for a in field for b in field
    )
    assert Counter(map(tuple, code_matrix(len(x)).T)) == words


@pytest.mark.parametrize("rounds", [0, 1, 3])
@pytest.mark.parametrize(("k", "n"), [(1, 4), (3, 16), (2, 16), (3, 64), (7, 64), (7, 128)])
def test_rows_are_orthogonal_of_squared_norm_n_over_k(k, n, rounds):
    j = ailon_liberty(k, n, rng=0, rounds=rounds)
    assert len(j.factors) == rounds + 1
    dense = to_dense(j)
    np.testing.assert_allclose(dense @ dense.T, n / k * np.eye(k), atol=1e-12)


@pytest.mark.parametrize(("k", "n"), [(3, 16), (3, 13), (5, 100), (2, 64)])
def test_the_code_is_repeated_and_signed(k, n):
    """Without rounds J = k^(-1/2)·(code, code, …)·D.

    Its columns are unit vectors with independent signs, so that E JᵀJ = I.
    """
    j = to_dense(ailon_liberty(k, n, rng=1, rounds=0)) * np.sqrt(k)
    code = code_matrix(k)
    copies = np.tile(code, (1, -(-n // code.shape[1])))[:, :n]
    signs = j[0] * copies[0]
    np.testing.assert_allclose(np.abs(signs), 1, atol=1e-12)
    assert n < 16 or {-1, 1} == set(np.sign(signs))
    np.testing.assert_allclose(j, copies * signs, atol=1e-12)


def test_every_round_has_its_own_signs():
    j = ailon_liberty(3, 64, rng=0, rounds=3)
    signs = [np.sign(a.weights[0, ::2, 0]) for a in j.factors]
    for a, b in combinations(signs, 2):
        assert not np.array_equal(a, b)


@pytest.mark.parametrize(
    ("k", "n", "most"),
    [(2, 4, 1), (1, 2, 0), (1, 1, 0), (4, 16, 3), (4, 17, 3), (8, 64, 7), (8, 128, 7)],
)
def test_too_many_rows_are_refused_and_the_remedy_works(k, n, most):
    with pytest.raises(
        ValueError, match=rf"k = {k} is too large for n = {n}: .* has {most} rows; pad .* n = (\d+)"
    ) as e:
        ailon_liberty(k, n)
    enough = int(str(e.value).split("to n = ")[1].split(",")[0])
    assert ailon_liberty(k, enough, rng=0).shape == (k, enough)
