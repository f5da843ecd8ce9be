"""The lists of critical points for two siblings of four inputs, against paths and each other."""

import numpy as np
import pytest

from landscape import joint_critical_points
from landscape.enumeration import eigenvalue_branches
from landscape.enumeration.eigenvalue_branches import extrema, numbers_of_extrema
from landscape.planes.sibling_angles import angles, loss_over_angles

SHAPES = [(8, 0), (4, 0), (5, 3), (32, 16), (4, 1)]


def data(shape, seed, sets=1):
    """X and Y of random data sets; Y = X if there are no targets."""
    samples, targets = shape
    rng = np.random.default_rng([samples, targets, seed])
    X = rng.standard_normal((sets, 4, samples))
    return X, rng.standard_normal((sets, targets, samples)) if targets else X


def turn(a, b):
    return min((a - b) % 180, (b - a) % 180)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("shape", SHAPES[:4])
def test_lists_are_those_that_paths_lead_to(shape, seed):
    X, Y = (sets[0] for sets in data(shape, seed))
    found, paths = extrema(X, Y), joint_critical_points(X, Y, [0, 2], 2)
    assert paths.complete
    assert [point.index for point in found] == [point.index for point in paths]
    for point, other in zip(found, paths, strict=True):
        assert float(point.loss) == pytest.approx(other.loss, rel=1e-9, abs=1e-9)
        pairs = zip(point.angles, angles(other.rows), strict=True)
        assert max(turn(a, b) for a, b in pairs) < 1e-6
        assert loss_over_angles(X, Y, *point.angles) == pytest.approx(float(point.loss), rel=1e-9)


@pytest.mark.parametrize("shape", SHAPES[:4])
def test_numbers_are_those_of_the_lists(shape, monkeypatch):
    X, Y = data(shape, 100, 300)
    points = [[point.index for point in extrema(*pair)] for pair in zip(X, Y, strict=True)]
    lists = [[2 * indices.count(0), 2 * indices.count(2)] for indices in points]
    assert all(indices.count(1) * 2 == len(indices) for indices in points)
    unclear = []
    monkeypatch.setattr(
        eigenvalue_branches, "extrema", lambda *pair: unclear.append(pair) or extrema(*pair)
    )
    assert numbers_of_extrema(X, Y).tolist() == lists
    # where samples are few, many data sets are nearly singular
    assert len(unclear) < (100 if shape[0] < 8 else 10)


def test_units_change_nothing():
    X, Y = (sets[0] for sets in data((8, 5), 0))
    found, scaled = extrema(X, Y), extrema(2.0**-300 * X, 2.0**300 * Y)
    assert [point.angles for point in found] == [point.angles for point in scaled]
    assert [float(p.loss) * 2.0**600 for p in found] == [float(p.loss) for p in scaled]


def test_coordinates_of_the_halves_change_nothing():
    """Row spaces W of HX are the W·H of X, where H keeps the halves."""
    X, Y = (sets[0] for sets in data((8, 5), 1))
    H = np.zeros((4, 4))
    H[:2, :2], H[2:, 2:] = [[2, 1], [1, 1]], [[0, 1], [-1, 3]]
    for point, other in zip(extrema(X, Y), extrema(H @ X, Y), strict=True):
        assert point.index == other.index
        assert float(point.loss) == pytest.approx(float(other.loss), rel=1e-12)


def test_a_direction_at_infinity_is_found():
    """The span of inputs 1 and 3 is critical, and u = (0, 1) is no point of the first chart."""
    X = np.array([[0, 4, 1, 0], [1, 1, 0, 0], [1, 1, 0, 1], [0, 2, 0, 0]])
    points = extrema(X, X)
    assert any(turn(a, 90) < 1e-9 and turn(b, 90) < 1e-9 for a, b in (p.angles for p in points))
    paths = joint_critical_points(X, X, [0, 2], 2)
    assert [point.index for point in points] == [point.index for point in paths]
    assert numbers_of_extrema(X[None], X[None]).tolist() == [
        [2 * sum(point.index == i for point in points) for i in (0, 2)]
    ]


@pytest.mark.parametrize(
    ("X", "Y", "words"),
    [
        (np.ones((3, 4)), np.ones((3, 4)), "3 rows; four inputs"),
        (np.ones((4, 4)), np.ones((3, 4)), "singular"),
        (np.eye(4), np.eye(4), "not isolated"),
        (np.diag([1.0, 2, 3, 4]), np.zeros((2, 4)), "not isolated"),
        (np.diag([1.0, 2, 3, 4]), np.diag([1.0, 2, 3, 4]), "degenerate"),
        (np.eye(4)[:, :3], np.eye(3), "singular"),
        (np.eye(4), np.ones((2, 3)), "Y has 3"),
    ],
)
def test_data_without_a_list_are_refused(X, Y, words):
    with pytest.raises(ValueError, match=words):
        extrema(X, Y)


def test_a_nearly_double_root_is_listed_exactly(monkeypatch):
    """Between one minimum and two the larger eigenvalue has a degenerate extremum."""
    X = data((4, 0), 3, 400)[0]
    counts = numbers_of_extrema(X, X)[:, 0]
    few, many = X[counts == 2][0], X[counts == 4][0]
    low, high = 0.0, 1.0
    while high - low > 1e-13:
        middle = (low + high) / 2
        here = few + middle * (many - few)
        minima = sum(point.index == 0 for point in extrema(here, here))
        low, high = (middle, high) if minima == 1 else (low, middle)
    for share, expected in ((low, 2), (high, 4)):
        here = (few + share * (many - few))[None]
        assert numbers_of_extrema(here, here)[0, 0] == expected
