"""Extremes over a subspace and over sparse vectors, against eigenvalues of dense matrices."""

from itertools import combinations

import numpy as np
import pytest
import scipy.linalg

import fjlt

RNG = np.random.default_rng(0)
M = RNG.standard_normal((6, 12))
Z = M + 1j * RNG.standard_normal((6, 12))


def ratio(m, x):
    return (np.linalg.norm(m @ x) / np.linalg.norm(x)) ** 2


@pytest.mark.parametrize("m", [M, Z], ids=["real", "complex"])
@pytest.mark.parametrize("d", [1, 4, 6, 9])
def test_the_extremes_are_generalised_eigenvalues(m, d):
    basis = RNG.standard_normal((12, d)) + (1j * RNG.standard_normal((12, d)) if m is Z else 0)
    gram = basis.conj().T @ m.conj().T @ m @ basis
    values = scipy.linalg.eigh(gram, basis.conj().T @ basis, eigvals_only=True)
    found = fjlt.subspace_distortion(m, basis)
    assert (found.low, found.high) == pytest.approx((values[0], values[-1]), rel=1e-9, abs=1e-12)
    assert found.epsilon == pytest.approx(max(1 - values[0], values[-1] - 1))
    for x, value in ((found.lowest, found.low), (found.highest, found.high)):
        assert np.linalg.norm(x) == pytest.approx(1)
        assert ratio(m, x) == pytest.approx(value, abs=1e-12)
        off = x - basis @ np.linalg.lstsq(basis, x, rcond=None)[0]
        assert np.linalg.norm(off) < 1e-10
    assert (found.low == 0) == (d > 6)


def test_a_dependent_basis_is_noticed_and_does_no_harm():
    basis = RNG.standard_normal((12, 3))
    plain = fjlt.subspace_distortion(M, basis)
    twice = fjlt.subspace_distortion(M, np.column_stack([basis, basis @ np.ones((3, 2))]) * 1e-200)
    assert (twice.dimension, twice.columns) == (3, 5)
    assert (plain.dimension, plain.columns) == (3, 3)
    assert (twice.low, twice.high) == pytest.approx((plain.low, plain.high))
    with pytest.raises(ValueError, match="basis is zero"):
        fjlt.subspace_distortion(M, np.zeros((12, 2)))
    with pytest.raises(ValueError, match="basis has 3 rows, expected 12"):
        fjlt.subspace_distortion(M, np.eye(3))
    with pytest.raises(OverflowError, match="a ratio is about"):
        fjlt.subspace_distortion(M * 1e160, basis)


def brute(m, s):
    """The extremes over all supports, one after the other."""
    found = []
    for support in combinations(range(m.shape[1]), s):
        values = np.linalg.svd(m[:, list(support)], compute_uv=False) ** 2
        found.append((values[-1] if s <= m.shape[0] else 0.0, values[0]))
    low, high = np.array(found).T
    return low.min(), high.max()


@pytest.mark.parametrize("m", [M, Z], ids=["real", "complex"])
@pytest.mark.parametrize("s", [1, 2, 3, 7, 12])
def test_all_supports_are_examined(m, s, monkeypatch):
    monkeypatch.setattr("fjlt.embedding.isometry._MOST_AT_ONCE", 100)
    found = fjlt.restricted_isometry(m, s)
    low, high = brute(m, s)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9, abs=1e-12)
    assert found.exact
    assert found.lower == found.upper == pytest.approx(max(1 - low, high - 1))
    for support, value in ((found.lowest, found.low), (found.highest, found.high)):
        values = np.linalg.eigvalsh(m[:, support].conj().T @ m[:, support])
        assert abs(values - value).min() < 1e-11 * high


@pytest.mark.parametrize("s", [1, 2, 3, 6, 12])
def test_bounds_hold_and_are_near(s):
    for m in (fjlt.srht(8, 12, rng=1), M / 6**0.5, Z / 12**0.5):
        exact = fjlt.restricted_isometry(m, s).upper
        found = fjlt.restricted_isometry(m, s, rng=0, method="bounds")
        assert not found.exact
        assert found.lower <= exact + 1e-12
        assert exact <= found.upper + 1e-12
        # at these sizes the search finds the worst support, and the bound above is not idle
        assert found.lower >= exact - 1e-9
        assert found.upper <= 3 * exact + 1e-9
        if s in (1, 12):
            assert found.upper == pytest.approx(exact)


@pytest.mark.parametrize("s", [2, 3, 5])
def test_the_upper_bound_is_that_of_the_discs_or_of_the_norm(s):
    # nearly orthogonal columns, for which the discs win, and others
    for m in (np.eye(12) + 0.01 * RNG.standard_normal((12, 12)), M / 6**0.5):
        gram = m.T @ m - np.eye(12)
        discs = max(
            abs(row[i]) + sum(sorted(abs(np.delete(row, i)))[-(s - 1) :])
            for i, row in enumerate(gram)
        )
        found = fjlt.restricted_isometry(m, s, rng=0, method="bounds")
        assert found.upper == pytest.approx(min(discs, np.linalg.norm(gram, 2)))


def test_too_many_supports_are_counted():
    J = fjlt.gaussian(16, 64, rng=0)
    with pytest.raises(ValueError, match=r"7624512 supports of size 5, more than max_supports = 9"):
        fjlt.restricted_isometry(J, 5, method="exact", max_supports=9)
    found = fjlt.restricted_isometry(J, 5, rng=0)
    assert (found.exact, found.supports) == (False, 7624512)
    assert found == fjlt.restricted_isometry(J, 5, rng=0)
    with pytest.raises(ValueError, match=r"sparsity = 65 .* 1 <= sparsity <= 64"):
        fjlt.restricted_isometry(J, 65)
    with pytest.raises(ValueError, match="'all' is unknown"):
        fjlt.restricted_isometry(J, 1, method="all")
