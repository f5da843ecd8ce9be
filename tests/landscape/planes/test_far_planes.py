"""Planes far from all row spaces, and row spaces near a plane."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import landscape
from fjlt import TruncatedButterfly
from landscape.planes.far_planes import scattered, separating_nodes
from landscape.planes.nearest import _sines
from landscape.planes.row_spaces import RowSpaces


def pairs(n):
    return [
        (c.rows, k)
        for l in range(1, n + 1)
        for c in landscape.row_classes(n, l)
        for k in range(1, l + 1)
    ]


@pytest.mark.parametrize("n", [2, 4, 8])
def test_separating_nodes_are_as_many_as_the_rank_of_the_first_inputs(n):
    rng = np.random.default_rng(0)
    B = TruncatedButterfly(rng.standard_normal((n.bit_length() - 1, n, 2)), range(n)).to_dense()
    for rows, k in pairs(n):
        assert len(separating_nodes(n, rows, k)) == np.linalg.matrix_rank(B[list(rows), :k])


@pytest.mark.parametrize(("n", "w"), [(8, 2), (8, 4), (16, 2), (16, 4), (16, 8), (64, 4)])
def test_total_is_the_sum_of_the_norms_of_the_blocks(n, w):
    for j in range(n + 1):
        total, sets = scattered(n, j, w)
        assert len(sets) == j
        assert len({c for chosen in sets for c in chosen}) == sum(map(len, sets))
        P = np.zeros((n, n))
        for chosen in sets:
            P[np.ix_(chosen, chosen)] = 1 / len(chosen)
        norms = [np.linalg.norm(P[b : b + w, b : b + w], 2) for b in range(0, n, w)]
        assert abs(sum(norms) - float(total)) < 1e-12
        assert j / w <= total <= -(-j // w)


@pytest.mark.parametrize(("rows", "k"), [case for case in pairs(8) if case[1] < 8])
def test_no_row_space_found_is_nearer_than_proved(rows, k):
    """And for n = 8 the nearest one found has the proved angle."""
    far = landscape.far_plane(8, rows, k)
    if far is None:
        return
    assert np.abs(far.basis @ far.basis.T - np.eye(k)).max() < 1e-12
    near = landscape.nearest_row_space(far.basis, rows, 3, rng=0)
    assert -1e-7 < near.largest - far.angle < 1e-4


def test_every_plane_is_near_for_two_outputs_of_different_parity():
    rng = np.random.default_rng(1)
    for n, rows in ((4, [0, 1]), (8, [2, 5])):
        assert landscape.nearest_row_space(rng.standard_normal((2, n)), rows, rng=0).largest < 1e-4


def test_result_does_not_depend_on_the_basis_of_the_plane():
    rng = np.random.default_rng(2)
    U = rng.standard_normal((2, 4))
    other = 1e200 * np.array([[2.0, 1.0], [1.0, 1.0]]) @ U
    a, b = (landscape.nearest_row_space(V, [0, 2], rng=0) for V in (U, other))
    assert np.allclose(a.angles, b.angles, atol=1e-4)


def test_gradient():
    rng = np.random.default_rng(3)
    spaces, step = RowSpaces(8, [0, 1, 2], 2), 1e-6
    U, x = np.linalg.qr(rng.standard_normal((8, 2)))[0].T, spaces.random(rng)
    for p in (1, 8):
        gradient = _sines(x, spaces, U, p)[1]
        for v, move in enumerate(step * np.eye(len(x))):
            ends = [_sines(x + sign * move, spaces, U, p)[0] for sign in (1, -1)]
            assert abs((ends[0] - ends[1]) / (2 * step) - gradient[v]) < 1e-7


@pytest.mark.parametrize(
    ("U", "rows", "message"),
    [
        (np.ones((2, 4)), [0, 2], "dependent"),
        (np.zeros((1, 4)), [0], "dependent"),
        (np.eye(3), [0, 1, 2], "power of 2"),
        (np.eye(4)[:3], [0, 2], "exceeds"),
        (np.full((1, 4), np.nan), [0], "finite"),
        (np.ones(4), [0], "non-empty matrix"),
    ],
)
def test_planes_that_are_refused(U, rows, message):
    with pytest.raises(ValueError, match=message):
        landscape.nearest_row_space(U, rows)


def test_no_starts_are_refused():
    with pytest.raises(ValueError, match="starts = 0"):
        landscape.nearest_row_space(np.eye(4)[:2], [0, 2], starts=0)


@pytest.mark.parametrize(
    ("n", "rows", "k", "message"),
    [
        (6, [0], 1, "power of 2"),
        (4, [0, 0], 1, "rows repeats"),
        (4, [4], 1, "4"),
        (4, [0], 2, "exceeds"),
    ],
)
def test_outputs_that_are_refused(n, rows, k, message):
    with pytest.raises(ValueError, match=message):
        landscape.far_plane(n, rows, k)


def test_sets_of_the_same_size_agree_with_their_orbit():
    """Outputs of one orbit have the same bound."""
    bounds = {}
    for rows in combinations(range(8), 3):
        far = landscape.far_plane(8, rows, 3)
        bounds[rows] = far and round(far.angle, 9)
    for c in landscape.row_classes(8, 3):
        assert list(bounds.values()).count(bounds[c.rows]) >= c.size
