"""Complete enumeration with trained B.

Closed forms, exact examples, lost and merged paths, degenerate data.
"""

from collections import Counter
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from landscape import joint_critical_points, reduced_loss
from landscape.continuation import endgame
from landscape.continuation.endgame import track_start_set
from landscape.continuation.monodromy_loops import (
    StartSet,
    monodromy,
    projectors,
    track_in_chunks,
)
from landscape.continuation.start_sets import start_set
from landscape.enumeration import joint, pencils, real_form
from landscape.enumeration.pencils import pencil
from landscape.enumeration.real_form import real_variables, variables_of_all
from landscape.planes.gain import Gain, data_forms
from landscape.planes.row_spaces import RowSpaces

EXAMPLE = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])


def count(N):
    """Complex critical points of two siblings, N = n/2."""
    return Fraction(N * (2 * N - 1) * (2 * N * N - 3 * N + 4), 3)


def relative_gradient(X, Y, point):
    """Largest entry of the gradient of the reduced loss, relative to ‖Y‖²."""
    spaces, x, y = point.problem
    return np.abs(Gain(spaces, *data_forms(x, y)).gradient(point.variables)).max() / np.sum(y**2)


def test_the_explicit_example():
    found = joint_critical_points(EXAMPLE, EXAMPLE, [0, 2], 2)
    assert (found.n_complex, found.expected, found.complete, found.note) == (12, 12, True, "")
    assert not found.dominant
    losses = [point.loss for point in found]
    np.testing.assert_allclose(losses, [2, 4.2, *[losses[2]] * 4, 5, 6], atol=1e-12)
    kinds = Counter(point.kind for point in found)
    assert kinds == {"global minimum": 1, "spurious minimum": 1, "strict saddle": 4, "maximum": 2}
    assert [point.index for point in found] == [0, 0, 1, 1, 1, 1, 2, 2]
    assert found.dense_optimum == pytest.approx(
        reduced_loss(EXAMPLE, EXAMPLE, np.eye(4), 2), abs=1e-12
    )
    assert all(relative_gradient(EXAMPLE, EXAMPLE, point) < 1e-12 for point in found)
    spurious = found[1].rows
    np.testing.assert_allclose(spurious.T @ spurious, np.diag([1, 0, 0, 1]), atol=1e-12)
    assert len(found[:3]) == 3


@pytest.mark.parametrize("rows", [(0, 2), (1, 3)])
@pytest.mark.parametrize("seed", range(6))
def test_siblings_of_four(rows, seed):
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(4, 7)), rng.normal(size=(5, 7))
    found = joint_critical_points(X, Y, rows, 2, rng=seed)
    assert found.complete
    assert found.n_complex == count(2)
    assert sum((-1) ** point.index for point in found) == 0
    assert (found.n_complex - len(found)) % 2 == 0
    for point in found:
        assert relative_gradient(X, Y, point) < 1e-10
        assert point.loss == pytest.approx(
            reduced_loss(X, Y, point.rows, 2), abs=1e-10 * np.sum(Y**2)
        )


def test_the_minima_are_those_on_a_grid():
    rng = np.random.default_rng(8)
    X = rng.normal(size=(4, 6))
    found = joint_critical_points(X, X, [0, 2], 2)
    angles = np.pi * np.arange(120) / 120
    a, b = np.meshgrid(angles, angles, indexing="ij")
    f = Gain(RowSpaces(4, (0, 2)), *data_forms(X, X))(
        np.stack([np.cos(a), np.sin(a), np.cos(b), np.sin(b)], axis=-1)
    )
    peaks = np.ones(f.shape, dtype=bool)
    for shift in product((-1, 0, 1), repeat=2):
        if any(shift):
            peaks &= f > np.roll(f, shift, axis=(0, 1))
    assert peaks.sum() == sum(point.index == 0 for point in found)
    assert np.sum(X**2) - f.max() == pytest.approx(found[0].loss, rel=1e-3)


def test_siblings_of_eight_and_the_number_of_workers():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(8, 12))
    one, two = (joint_critical_points(X, X, [2, 6], 2, rng=5, workers=w) for w in (1, 2))
    assert one.complete
    assert one.n_complex == count(4)
    assert [point.loss for point in one] == [point.loss for point in two]
    assert sum((-1) ** point.index for point in one) == 0
    same = joint_critical_points(X, X, [0, 4], 2, rng=6)
    np.testing.assert_allclose([p.loss for p in same], [p.loss for p in one], rtol=1e-9)


@pytest.mark.parametrize(
    ("n", "rows", "k"), [(4, (0, 1), 2), (4, (0, 2), 1), (4, (0, 1, 2), 3), (8, (0, 1), 2)]
)
def test_where_every_plane_can_be_reached_paths_find_the_closed_form(n, rows, k):
    rng = np.random.default_rng(1)
    X, Y = rng.normal(size=(n, n + 3)), rng.normal(size=(n, n + 3))
    found = joint_critical_points(X, Y, rows, k)
    assert found.dominant
    assert found.complete
    assert found[0].loss == pytest.approx(found.dense_optimum, rel=1e-10)
    spaces = RowSpaces(n, rows, k)
    generic = monodromy(spaces, rng=2, max_loops_no_progress=2)
    forms = data_forms(X, Y)
    ends, stuck = track_start_set(generic, forms, rng, str)
    assert len(stuck) == 0
    assert np.abs(projectors(spaces, ends).imag).max() < 1e-7
    losses = np.sort(np.sum(Y**2) - Gain(spaces, *forms)(ends).real)
    np.testing.assert_allclose([point.loss for point in found], losses, rtol=1e-8)
    for point in found[:3]:
        values = np.linalg.eigvalsh(Gain(spaces, *forms).hessian(point.variables))
        assert (values > 1e-8 * np.abs(values).max()).sum() == point.index
        assert relative_gradient(X, Y, point) < 1e-9


def planted(monkeypatch, change):
    """The enumeration for n = 4 from a start set that was changed."""

    def start(spaces):
        good = start_set(spaces)
        return StartSet(spaces, good.forms, change(good.x), good.loops_no_progress)

    monkeypatch.setattr(joint, "start_set", start)
    X = np.random.default_rng(3).normal(size=(4, 6))
    return joint_critical_points(X, X, [0, 2], 2)


def test_a_lost_path_is_noticed(monkeypatch):
    assert planted(monkeypatch, lambda x: x).complete
    without_one = [planted(monkeypatch, lambda x, i=i: np.delete(x, i, axis=0)) for i in range(12)]
    assert not any(found.complete for found in without_one)
    assert all("incomplete" in found.note for found in without_one)


def test_compiled_paths_lead_to_the_same_list():
    X = np.random.default_rng(3).normal(size=(4, 6))
    lists = [joint_critical_points(X, X, [0, 2], 2, compiled=choice) for choice in (False, True)]
    assert [found.n_complex for found in lists] == [12, 12]
    losses, again = ([point.loss for point in found] for found in lists)
    assert losses == pytest.approx(again, rel=1e-9)


def test_the_scale_of_either_half_of_the_inputs_does_not_matter():
    """A change of coordinates within a half maps row spaces to row spaces: the list moves along."""
    rng = np.random.default_rng(8)
    X = rng.normal(size=(4, 6))
    H = np.zeros((4, 4))
    H[:2, :2], H[2:, 2:] = np.diag([1, 1e-3]) @ rng.normal(size=(2, 2)), rng.normal(size=(2, 2))
    plain, moved = (joint_critical_points(data, X, [0, 2], 2) for data in (X, H @ X))
    assert plain.complete
    assert moved.complete
    assert [p.loss for p in moved] == pytest.approx([p.loss for p in plain], rel=1e-8)
    for point, other in zip(plain, moved, strict=True):
        assert point.kind == other.kind
        assert other.certificate.certified
        # the row space of X is that of HX, times H
        gap = other.rows @ H @ (np.eye(4) - point.rows.T @ point.rows)
        assert np.abs(gap).max() < 1e-7


def told_apart(spaces, y):
    """A number for each row space, by a linear form in general position: an order without ties."""
    weights = np.random.default_rng(0).normal(size=(2, spaces.n, spaces.n))
    P = projectors(spaces, y)
    return np.einsum("pij,ij->p", P.real, weights[0]) + np.einsum("pij,ij->p", P.imag, weights[1])


def test_merged_paths_are_noticed(monkeypatch):
    def merged(spaces, x, start, end, *control):
        y, arrived = track_in_chunks(spaces, x, start, end, *control)
        order = np.argsort(told_apart(spaces, y))
        return np.where(np.arange(len(y))[:, None] == order[0], y[order[-1]], y), arrived

    monkeypatch.setattr(endgame, "track_in_chunks", merged)
    X = np.random.default_rng(3).normal(size=(4, 6))
    found = joint_critical_points(X, X, [0, 2], 2)
    assert not found.complete
    assert "1 of 12 paths" in found.note


def test_a_path_that_always_stops_is_noticed(monkeypatch):
    def stopped(spaces, x, start, end, *control):
        y, arrived = track_in_chunks(spaces, x, start, end, *control)
        return y, arrived & (np.arange(len(y)) != np.argmin(told_apart(spaces, y)))

    monkeypatch.setattr(endgame, "track_in_chunks", stopped)
    X = np.random.default_rng(3).normal(size=(4, 6))
    found = joint_critical_points(X, X, [0, 2], 2)
    assert not found.complete
    assert "1 of 12 paths" in found.note


def test_a_jump_to_another_path_is_repaired(monkeypatch):
    jumps = []

    def jumping(spaces, x, start, end, *control):
        y, arrived = track_in_chunks(spaces, x, start, end, *control)
        if not jumps:
            y[3] = y[5]
            jumps.append(3)
        return y, arrived

    monkeypatch.setattr(endgame, "track_in_chunks", jumping)
    X = np.random.default_rng(3).normal(size=(4, 6))
    found = joint_critical_points(X, X, [0, 2], 2)
    assert jumps
    assert found.complete


WHITE = np.linalg.svd(np.random.default_rng(0).normal(size=(4, 9)), full_matrices=False)[2]


@pytest.mark.parametrize(
    ("X", "rows", "k", "message"),
    [
        (np.ones((4, 6)), (0, 2), 2, "singular"),
        (np.eye(4)[:, :3], (0, 2), 2, "singular"),
        (WHITE, (0, 2), 2, "dimension up to 2"),
        (WHITE, (0, 1), 2, "dimension at least 1"),
        (np.diag([3.0, 2, 2, 1]), (0, 1), 2, "eigenvalues 2 and 3"),
        (np.random.default_rng(0).normal(size=(6, 9)), (0, 2), 2, "power of 2"),
        (np.eye(4), (0, 4), 2, "4"),
        (np.eye(4), (0, 2), 3, "k"),
    ],
)
def test_refused_data(X, rows, k, message):
    with pytest.raises(ValueError, match=message):
        joint_critical_points(X, X, rows, k)


def test_uncorrelated_halves_have_fewer_points():
    """The problem separates into two: N² points. The other paths have no end."""
    X, Y = np.diag([3.0, 1, 2, 1]), np.random.default_rng(0).normal(size=(4, 4))
    found = joint_critical_points(X, Y, (0, 2), 2)
    assert found.n_complex == 4
    assert not found.complete
    assert "8 of 12" in found.note


def test_a_plane_of_eigenvectors_may_have_no_real_weights():
    """Outputs 0 to 3 of 8 reach almost all complex planes of dimension 4, but not all real ones."""
    X = np.random.default_rng(0).normal(size=(8, 11))
    spaces, vectors = RowSpaces(8, range(4), 4), pencil(X, X)[1]
    assert spaces.dominant
    reached = []
    for chosen in ((0, 1, 2, 3), (0, 2, 4, 7)):
        try:
            real_variables(spaces, np.linalg.qr(vectors[:, chosen])[0].T)
            reached.append(True)
        except ValueError:
            reached.append(False)
    assert reached == [True, False]


def test_weights_of_several_planes_are_those_of_each_one(monkeypatch):
    monkeypatch.setattr(real_form, "CHUNK", 5)
    X = np.random.default_rng(0).normal(size=(8, 11))
    spaces, vectors = RowSpaces(8, range(4), 4), pencil(X, X)[1]
    planes = [(0, 1, 2, 3), (0, 2, 4, 7), (1, 2, 3, 4), (4, 5, 6, 7)]
    bases = np.array([np.linalg.qr(vectors[:, chosen])[0].T for chosen in planes])
    found = variables_of_all(spaces, bases)
    for basis, x in zip(bases, found, strict=True):
        try:
            alone = real_variables(spaces, basis)
        except ValueError:
            assert np.isnan(x).all()
            continue
        np.testing.assert_allclose(x, alone, atol=1e-6)
        W = np.linalg.qr(spaces.rows_at(x).T)[0]
        np.testing.assert_allclose(W @ W.T, basis.T @ basis, atol=1e-8)
    assert np.isnan(found).any(axis=1).tolist()[:2] == [False, True]
    # all row spaces of one plane are the whole of R^n
    assert variables_of_all(RowSpaces(2, [0, 1], 2), np.eye(2)[None]).shape == (1, 0)


@pytest.mark.parametrize(("lost", "words"), [(0, "dense optimum"), (5, "1 of 6 planes")])
def test_planes_without_real_weights_are_counted(monkeypatch, lost, words):
    def lacking(spaces, bases):
        found = variables_of_all(spaces, bases)
        found[lost] = np.nan
        return found

    monkeypatch.setattr(pencils, "variables_of_all", lacking)
    X = np.random.default_rng(0).normal(size=(4, 6))
    found = joint_critical_points(X, X, [0, 1], 2)
    assert (len(found), found.n_complex, found.complete) == (5, 6, False)
    assert words in found.note
    assert "multi_start" in found.note


def test_real_row_spaces_without_real_weights_are_counted(monkeypatch):
    def none(spaces, basis, near):
        raise ValueError("none")

    monkeypatch.setattr(joint, "real_variables", none)
    X = np.random.default_rng(0).normal(size=(4, 6))
    found = joint_critical_points(X, X, [0, 2], 2)
    assert len(found) == 0
    assert "no real weights were found" in found.note


def test_too_many_planes():
    X = np.random.default_rng(0).normal(size=(32, 40))
    with pytest.raises(ValueError, match="critical_points"):
        joint_critical_points(X, X, range(32), 16)
