"""Coordinates of row spaces, and the gain: against butterflies, the reduced loss, complex steps."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from fjlt import Butterfly, TruncatedButterfly, to_dense
from landscape import (
    EncoderDecoder,
    critical_points,
    reachable_dimension,
    reduced_loss,
    row_classes,
)
from landscape.enumeration.real_form import real_variables
from landscape.planes.gain import Gain, data_forms
from landscape.planes.row_class import symmetry
from landscape.planes.row_motion import FramedGain, motion
from landscape.planes.row_spaces import RowSpaces

CASES = [
    (n, c.rows, k)
    for n in (1, 2, 4, 8)
    for l in range(1, n + 1)
    for c in row_classes(n, l)
    for k in range(1, l + 1)
    if l <= 5 or k == l
] + [(16, (0, 8), 2), (16, (0, 3, 4, 9), 3), (16, (1, 5), 2), (32, (7, 23), 2)]


def projector(W):
    Q = np.linalg.qr(np.conj(np.swapaxes(W, -1, -2)))[0]
    return Q @ np.conj(np.swapaxes(Q, -1, -2))


@pytest.mark.parametrize(("n", "rows", "k"), CASES)
def test_rows_are_those_of_the_butterfly(n, rows, k):
    spaces, rng = RowSpaces(n, rows, k), np.random.default_rng(0)
    x = spaces.random(rng)
    E, weights = spaces.weights_at(x)
    np.testing.assert_allclose(
        spaces.rows_at(x), E @ to_dense(TruncatedButterfly(weights, rows)), atol=1e-12
    )
    z = x + 1j * spaces.random(rng)
    for same in (spaces.rescaled(z), spaces.aligned(z)):
        np.testing.assert_allclose(
            projector(spaces.rows_at(same)), projector(spaces.rows_at(z)), atol=1e-9
        )


@pytest.mark.parametrize("n", [1, 2, 4, 8])
def test_a_symmetry_moves_the_variables_of_every_set_of_an_orbit(n):
    """Every set is reached from one orbit's smallest set, and has the same row spaces."""
    rng = np.random.default_rng(0)
    for l in range(1, n + 1):
        orbits = {c.rows: (c.size, RowSpaces(n, c.rows)) for c in row_classes(n, l)}
        reached = Counter()
        for rows in combinations(range(n), l):
            maps = {smallest: symmetry(n, smallest, rows) for smallest in orbits}
            ((smallest, to),) = ((a, b) for a, b in maps.items() if b is not None)
            reached[smallest] += 1
            assert sorted(to[r] for r in smallest) == list(rows)
            # residues go to residues
            for i in range(n.bit_length() - 1):
                assert len({(r % 2**i, to[r] % 2**i) for r in range(n)}) == 2**i
            x = orbits[smallest][1].random(rng, (2,))
            moved = RowSpaces(n, rows)
            np.testing.assert_allclose(
                projector(moved.rows_at(moved.moved(orbits[smallest][1], x, to))),
                projector(orbits[smallest][1].rows_at(x)),
                atol=1e-9,
            )
        assert reached == {rows: size for rows, (size, _) in orbits.items()}


def test_aligned_variables_have_a_real_largest_entry_in_every_inner_vector():
    spaces, rng = RowSpaces(8, (0, 2, 5), 2), np.random.default_rng(0)
    x = spaces.aligned(spaces.random(rng, (3,)) + 1j * spaces.random(rng, (3,)))
    assert spaces.rescalings
    for vector, _ in spaces.rescalings:
        for inner in x[:, vector]:
            largest = inner[np.abs(inner).argmax()]
            assert largest.real > 0
            assert abs(largest.imag) < 1e-15 * abs(largest)


def test_framed_rows_are_orthonormal_and_turn_at_the_rate_of_the_tangent():
    spaces, X = RowSpaces(8, (0, 2, 5), 2), np.eye(8)
    x = spaces.random(np.random.default_rng(0), (1,))
    gain = Gain(spaces, X, X)
    near = FramedGain(gain, x)
    W = near._rows_at(x)[0]
    np.testing.assert_allclose(W @ W.T, np.eye(2), atol=1e-13)
    # the sine of the largest principal angle is the norm of the difference of the projectors
    step, tangent = 1e-6, near.tangent(x)[0]
    for i, row in enumerate(tangent):
        moved = x.copy()
        moved[0, i] += step
        turned = projector(spaces.rows_at(moved)[0]) - projector(spaces.rows_at(x)[0])
        speed = np.linalg.norm(turned) / 2**0.5 / step
        np.testing.assert_allclose(np.linalg.norm(row), speed, atol=1e-5)


def test_where_rows_are_nearly_dependent_the_point_is_hardly_regular():
    spaces, X = RowSpaces(4, (0, 1, 2), 2), np.eye(4)
    E, rest = [[1, 0.3, 1], [1, 0.3 + 1e-6, 1]], spaces.random(np.random.default_rng(0))[6:]
    x = np.concatenate([np.ravel(E), rest])[None]
    sizes = np.linalg.svd(spaces.rows_at(x), compute_uv=False)[0]
    assert sizes[1] < 1e-5 * sizes[0]
    assert motion(FramedGain(Gain(spaces, X, X), x), x).regularity <= sizes[1] / sizes[0]


@pytest.mark.parametrize(("n", "rows", "k"), CASES)
def test_derivatives(n, rows, k):
    spaces, rng, h = RowSpaces(n, rows, k), np.random.default_rng(1), 1e-30
    X, Y = rng.normal(size=(n, n + 2)), rng.normal(size=(3, n + 2))
    gain, draws = Gain(spaces, *data_forms(X, Y)), spaces.rescaled(spaces.random(rng, (50,)))
    x = draws[np.linalg.cond(spaces.rows_at(draws)).argmin()]
    W = spaces.rows_at(x)
    energy = np.sum(Y**2) * np.linalg.cond(W) ** 2
    assert np.sum(Y**2) - gain(x) == pytest.approx(
        reduced_loss(X, Y, spaces.rows_at(x), k), abs=1e-9 * energy
    )
    unit = np.eye(spaces.size)
    W = np.moveaxis(
        np.array([spaces.rows_at(x + 1j * h * e).imag / h for e in unit]).reshape(-1, k, n), 0, 1
    )
    np.testing.assert_allclose(spaces.jacobian(x), W, atol=1e-12)
    gradient, hessian = gain.derivatives(x)
    slope = [gain(x + 1j * h * e).imag / h for e in unit]
    np.testing.assert_allclose(gradient, slope, atol=1e-10 * energy)
    second = [gain.gradient(x + 1j * h * e).imag / h for e in unit]
    np.testing.assert_allclose(hessian, np.reshape(second, hessian.shape), atol=1e-9 * energy)
    dC, dM = data_forms(rng.normal(size=(n, n)), rng.normal(size=(2, n)))
    moved = Gain(spaces, gain.C + 1j * h * dC, gain.M + 1j * h * dM).gradient(x).imag / h
    np.testing.assert_allclose(gain.hessian_and_velocity(x, dC, dM)[1], moved, atol=1e-9 * energy)


@pytest.mark.parametrize(("n", "rows", "k"), CASES)
def test_dimension_and_gauge_directions(n, rows, k):
    spaces, rng = RowSpaces(n, rows, k), np.random.default_rng(2)
    assert spaces.dimension == reachable_dimension(n, rows, k)
    x = spaces.rescaled(spaces.random(rng))
    gain = Gain(spaces, np.eye(n), np.diag(np.arange(1.0, n + 1)))
    values = np.linalg.svd(gain.tangent(x), compute_uv=False)
    assert (values > 1e-9).sum() == spaces.dimension
    gauge = gain.gauge_directions(x)
    assert gauge.shape == (spaces.size, spaces.size - spaces.dimension)
    step = 1e-6 * gauge
    for direction in step.T:
        np.testing.assert_allclose(
            projector(spaces.rows_at(x + direction)), projector(spaces.rows_at(x)), atol=1e-9
        )
    assert np.abs(gain.gradient(x) @ gauge).max(initial=0) < 1e-9


@pytest.mark.parametrize(
    ("n", "rows", "k"), [case for case in CASES if case[0] in (4, 8) and case[2] == len(case[1])]
)
def test_no_row_space_is_lost(n, rows, k):
    """The row space of a random butterfly, all weights drawn, is that of some variables."""
    B = to_dense(TruncatedButterfly(Butterfly.random(n, 3).weights, rows))
    spaces = RowSpaces(n, rows, k)
    basis = np.linalg.qr(B.T)[0].T
    x = real_variables(spaces, basis)
    np.testing.assert_allclose(projector(spaces.rows_at(x)), projector(B), atol=1e-8)


def test_the_index_is_that_of_the_network_in_all_weights():
    X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1.0]])
    spaces = RowSpaces(4, (0, 2))
    gain = Gain(spaces, *data_forms(X, X))
    for x in ([1.0, 0, 0, 1], [0, 1.0, 1, 0], [1.0, 0, 1, 0]):
        x = np.array(x)
        assert np.abs(gain.gradient(x)).max() < 1e-12
        B = TruncatedButterfly(spaces.weights_at(x)[1], (0, 2))
        network = EncoderDecoder(*next(critical_points(X, X, B, 2)).realise(), B)
        values = np.linalg.eigvalsh(network.hessian(X, X))
        assert (values < -1e-9).sum() == (np.linalg.eigvalsh(gain.hessian(x)) > 1e-9).sum()


def test_batches_and_empty_batches():
    spaces = RowSpaces(8, (0, 2, 4), 2)
    x = spaces.random(np.random.default_rng(0), (3, 5))
    gain = Gain(spaces, np.eye(8), np.diag(np.arange(8.0)))
    gradient, hessian = gain.derivatives(x)
    assert hessian.shape == (3, 5, spaces.size, spaces.size)
    np.testing.assert_allclose(gradient[1, 2], gain.gradient(x[1, 2]), atol=1e-12)
    np.testing.assert_allclose(hessian[2, 4], gain.hessian(x[2, 4]), atol=1e-12)
    assert gain.derivatives(x[:0, 0])[1].shape == (0, spaces.size, spaces.size)
    assert spaces.rows_at(x[:0, 0]).shape == (0, 2, 8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((6, [0, 1]), "power of 2"),
        ((4, [0, 4]), "4"),
        ((4, [0, 0]), "0"),
        ((4, [0, 1], 3), "k = 3"),
        ((4, [0, 1], 0), "k"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        RowSpaces(*arguments)
