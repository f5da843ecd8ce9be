"""Dimensions of the reachable planes, and orbits of kept outputs.

They are compared with closed forms, brute force, ranks in floating point and bounds.
"""

import itertools
import math
import time
from fractions import Fraction

import numpy as np
import pytest

import landscape.planes.reachable
from fjlt import Butterfly
from landscape import RowClass, is_dominant, reachable_dimension, row_classes
from landscape.planes.dimension import dimension_bound
from landscape.planes.reachable import Reachable, reachable_table

SIZES = [2, 4, 8, 16, 32, 64]


def classes(n, l_max=None):
    return [c for l in range(1, (l_max or n) + 1) for c in row_classes(n, l)]


def pairs(n):
    """Every (orbit, k)."""
    return [(c, k) for c in classes(n) for k in range(1, len(c.rows) + 1)]


def jacobian(n, rows, k, seed):
    """Derivative of (E, weights) -> EB in floating point.

    B is linear in each weight, so unit changes of one weight give its exact derivative.
    """
    rng = np.random.default_rng(seed)
    weights, E = rng.normal(size=(n.bit_length() - 1, n, 2)), rng.normal(size=(k, len(rows)))

    def product(w):
        return E @ Butterfly(w).to_dense()[list(rows)]

    moves = []
    for index in np.ndindex(weights.shape):
        moved = weights.copy()
        moved[index] += 1
        moves.append((product(moved) - product(weights)).ravel())
    B = Butterfly(weights).to_dense()[list(rows)]
    for t, s in np.ndindex(E.shape):
        direction = np.zeros((k, n))
        direction[t] = B[s]
        moves.append(direction.ravel())
    return np.array(moves)


def images(rows, n):
    """The images of a set under the exchanges of two subtrees."""
    for i in range(n.bit_length() - 1):
        for c in range(2**i):
            yield tuple(sorted(r ^ 2**i if r % 2**i == c else r for r in rows))


def orbits_by_search(n, l):
    """{first set: size} of the orbits, found by a search through the images."""
    left, orbits = set(itertools.combinations(range(n), l)), {}
    while left:
        orbit = front = {min(left)}
        while front:
            front = {image for rows in front for image in images(rows, n)} - orbit
            orbit = orbit | front
        orbits[min(orbit)] = len(orbit)
        left -= orbit
    return orbits


@pytest.mark.parametrize("n", SIZES)
def test_two_outputs_have_the_closed_form(n):
    for b in range(n.bit_length() - 1):
        assert (
            reachable_dimension(n, [0, 1 << b])
            == n + n // 2**b - 4
            == dimension_bound(n, [0, 1 << b])
        )
        assert is_dominant(n, [0, 1 << b], 2) == (b == 0)
        assert is_dominant(n, [0, 1 << b], 1)


@pytest.mark.parametrize("n", [1, *SIZES])
def test_one_output_or_all_reach_every_plane(n):
    assert reachable_dimension(n, [n - 1]) == n - 1
    for k in {1, n // 2 or 1, n}:
        assert reachable_dimension(n, range(n), k) == k * (n - k)


@pytest.mark.parametrize("n", [2, 4, 8])
def test_ranks_agree_with_floats(n):
    for c, k in pairs(n):
        rank = np.linalg.matrix_rank(jacobian(n, c.rows, k, 1), tol=1e-8)
        assert reachable_dimension(n, c.rows, k) == rank - k * k, (c, k)


def test_ranks_agree_with_floats_for_some_of_sixteen():
    rng = np.random.default_rng(0)
    every = pairs(16)
    for i in rng.choice(len(every), 25, replace=False):
        c, k = every[i]
        assert (
            reachable_dimension(16, c.rows, k)
            == np.linalg.matrix_rank(jacobian(16, c.rows, k, i), tol=1e-8) - k * k
        )


@pytest.mark.parametrize("n", [2, 4, 8])
def test_every_dimension_is_proved_for_small_sizes(n):
    for c, k in pairs(n):
        assert reachable_dimension(n, c.rows, k) == dimension_bound(n, c.rows, k), (c, k)


def test_no_dimension_exceeds_the_bound():
    found = [
        (reachable_dimension(16, c.rows, k), dimension_bound(16, c.rows, k), k)
        for c, k in pairs(16)
    ]
    assert all(d <= bound <= k * (16 - k) for d, bound, k in found)
    assert sum(d == bound for d, bound, _ in found) > 0.8 * len(found)


@pytest.mark.parametrize("n", [4, 8])
def test_sets_of_one_orbit_have_the_same_dimension(n):
    for c in classes(n):
        orbit = {c.rows}
        while grown := {image for rows in orbit for image in images(rows, n)} - orbit:
            orbit |= grown
        assert len(orbit) == c.size
        for k in range(1, len(c.rows) + 1):
            assert len({reachable_dimension(n, rows, k, rng=7) for rows in orbit}) == 1


@pytest.mark.parametrize("n", [8, 16])
def test_the_complement_has_the_same_dimension(n):
    for c in classes(n):
        if len(c.rows) < n:
            others = sorted(set(range(n)) - set(c.rows))
            assert reachable_dimension(n, c.rows) == reachable_dimension(n, others)


def test_outputs_of_one_parity_are_those_of_half_the_size():
    for c, k in pairs(8):
        for parity in (0, 1):
            spread = [2 * r + parity for r in c.rows]
            assert reachable_dimension(16, spread, k) == reachable_dimension(8, c.rows, k) + 8


def test_more_outputs_reach_no_less():
    for c, k in pairs(8):
        for r in set(range(8)) - set(c.rows):
            assert reachable_dimension(8, [*c.rows, r], k) >= reachable_dimension(8, c.rows, k)


@pytest.mark.parametrize("n", [1, 2, 4, 8, 16])
def test_orbits_agree_with_a_search(n):
    for l in range(1, n + 1) if n < 16 else (1, 2, 3, 4, 13):
        assert {c.rows: c.size for c in row_classes(n, l)} == orbits_by_search(n, l)


@pytest.mark.parametrize("n", [1, 2, 4, 8, 16, 32])
def test_orbits_are_counted(n):
    with_empty = 2
    for _ in range(n.bit_length() - 1):
        with_empty = with_empty * (with_empty + 1) // 2
    found = classes(n)
    assert len({c.rows for c in found}) == len(found) == with_empty - 1
    for l in range(1, n + 1):
        members = row_classes(n, l)
        assert sum(c.size for c in members) == math.comb(n, l)
        assert members == sorted(members, key=lambda c: c.rows)
        assert all(len(c.rows) == l for c in members)


def test_large_sizes_are_fast():
    begin = time.perf_counter()
    for l in (2, 3, 4):
        assert sum(c.size for c in row_classes(64, l)) == math.comb(64, l)
    assert len(row_classes(2**12, 2)) == 12
    assert row_classes(64, 64) == [RowClass(tuple(range(64)), 1)]
    assert reachable_dimension(64, range(64), 32) == 32 * 32
    assert reachable_dimension(64, range(32), 32) == dimension_bound(64, range(32), 32)
    rows = np.random.default_rng(0).choice(64, 32, replace=False)
    assert reachable_dimension(64, rows, 16) <= dimension_bound(64, rows, 16)
    assert time.perf_counter() - begin < 10


def test_the_order_of_the_outputs_and_the_seed_do_not_matter():
    expected = reachable_dimension(16, [0, 1, 4, 5, 8], 5)
    assert reachable_dimension(16, [8, 0, 5, 1, 4], 5) == expected
    assert {reachable_dimension(16, [0, 1, 4, 5, 8], rng=seed) for seed in range(5)} == {expected}
    assert (
        reachable_dimension(16, np.array([0, 1, 4, 5, 8]), rng=np.random.default_rng(3)) == expected
    )
    assert reachable_dimension(16, iter([0, 1, 4, 5, 8]), np.int64(5)) == expected


def test_primes_are_random_and_have_61_bits():
    rng = np.random.default_rng(0)
    primes = {landscape.planes.reachable._random_prime(rng) for _ in range(20)}
    assert len(primes) == 20
    assert all(q.bit_length() == 61 and pow(3, q - 1, q) == 1 for q in primes)


def test_a_second_point_is_taken_unless_the_first_proves_the_dimension(monkeypatch):
    ranks = iter([7, 8, 3, 5, 12])
    monkeypatch.setattr(landscape.planes.reachable, "_rank", lambda *_: next(ranks))
    assert reachable_dimension(8, [0, 2]) == 8  # after 7
    assert reachable_dimension(8, [0, 2]) == 5  # not proved: the larger of two
    assert reachable_dimension(8, [0, 1]) == 12  # the only one


def test_table_is_that_of_all_subsets():
    table = reachable_table(8)
    assert [(row.l, row.k) for row in table] == [
        (l, k) for l in range(1, 9) for k in range(1, l + 1)
    ]
    for row in table:
        found = [
            reachable_dimension(8, rows, row.k, rng=2)
            for rows in itertools.combinations(range(8), row.l)
        ]
        assert (row.worst, row.best, row.full) == (min(found), max(found), row.k * (8 - row.k))
        assert row.subsets == len(found)
        assert row.dominant_subsets == found.count(row.full)
        assert row.share == Fraction(found.count(row.full), len(found))
        members = [(c, k) for c, k in pairs(8) if k == row.k and len(c.rows) == row.l]
        assert row.classes == row.proved == len(members)
        assert row.dominant == sum(is_dominant(8, c.rows, k) for c, k in members)


def test_table_does_not_depend_on_workers_or_seed():
    table = reachable_table(8, 4)
    assert (
        table
        == reachable_table(8, 4)
        == reachable_table(8, 4, workers=2)
        == reachable_table(8, 4, rng=5)
    )
    assert table == reachable_table(8)[: len(table)]


@pytest.mark.parametrize("n", [32, 64])
def test_table_of_few_outputs(n):
    table = {(row.l, row.k): row for row in reachable_table(n, l_max=3)}
    p = n.bit_length() - 1
    assert table[1, 1] == Reachable(1, 1, 1, n, n - 1, n - 1, n - 1, 1, n, 1)
    pair = table[2, 2]
    assert (pair.classes, pair.worst, pair.best, pair.dominant) == (p, n - 2, 2 * n - 4, 1)
    assert pair.share == Fraction(n // 2, n - 1)
    assert all(row.proved == row.classes for row in table.values())


BAD = {
    "n not a power of 2": ((6, [0, 1], 1), "not a power of 2"),
    "n zero": ((0, [0], 1), "n = 0"),
    "n negative": ((-4, [0], 1), "n = -4"),
    "n float": ((4.0, [0], 1), "must be an integer"),
    "n bool": ((True, [0], 1), "must be an integer"),
    "n None": ((None, [0], 1), "must be an integer"),
    "row too large": ((4, [0, 4], 1), "row = 4"),
    "row negative": ((4, [-1, 0], 1), "row = -1"),
    "rows repeated": ((4, [1, 1], 1), r"repeats \[1\]"),
    "no rows": ((4, [], 1), "empty"),
    "row float": ((4, [0.0, 1], 1), "must be an integer"),
    "row bool": ((4, [True, 0], 1), "must be an integer"),
    "rows a number": ((4, 2, 1), "sequence"),
    "rows a string": ((4, "01", 1), "sequence"),
    "k zero": ((4, [0, 1], 0), "k = 0"),
    "k negative": ((4, [0, 1], -1), "k = -1"),
    "k too large": ((4, [0, 1], 3), "k = 3 .* 2 kept outputs"),
    "k float": ((4, [0, 1], 1.0), "must be an integer"),
    "k bool": ((4, [0, 1], True), "must be an integer"),
    "k a string": ((4, [0, 1], "1"), "must be an integer"),
}


@pytest.mark.parametrize("function", [reachable_dimension, is_dominant, dimension_bound])
@pytest.mark.parametrize("name", BAD)
def test_bad_planes(name, function):
    arguments, message = BAD[name]
    with pytest.raises((ValueError, TypeError), match=message):
        function(*arguments)


def test_is_dominant_needs_k():
    with pytest.raises(TypeError, match="k must be an integer"):
        is_dominant(4, [0, 1], None)


@pytest.mark.parametrize("n", [6, 0, -2, 4.0, True, "4", None])
@pytest.mark.parametrize("function", [lambda n: row_classes(n, 1), reachable_table])
def test_bad_sizes(n, function):
    with pytest.raises((ValueError, TypeError), match=r"n = |n must be"):
        function(n)


@pytest.mark.parametrize("l", [0, -1, 5, 2.0, True, "2", None])
def test_bad_numbers_of_outputs(l):
    with pytest.raises((ValueError, TypeError), match=r"l = |l must be"):
        row_classes(4, l)
    if l is not None:
        with pytest.raises((ValueError, TypeError), match="l_max"):
            reachable_table(4, l)


@pytest.mark.parametrize("workers", [0, -1, 1.0, True, None])
def test_bad_workers(workers):
    with pytest.raises((ValueError, TypeError), match="workers"):
        reachable_table(4, workers=workers)


@pytest.mark.parametrize(
    "function",
    [lambda rng: reachable_dimension(4, [0, 2], rng=rng), lambda rng: reachable_table(4, rng=rng)],
)
def test_bad_seeds(function):
    for rng in (-1, "seed", 0.5):
        with pytest.raises((ValueError, TypeError)):
            function(rng)


@pytest.mark.parametrize("function", [lambda: row_classes(64, 32), lambda: reachable_table(64)])
def test_too_many_orbits_are_refused_at_once(function):
    begin = time.perf_counter()
    with pytest.raises(ValueError, match=r"l = \d+ has \d+ \(about 2\^\d+\) orbits"):
        function()
    assert time.perf_counter() - begin < 2


def test_sets_of_nearly_all_outputs_are_as_few_as_their_complements():
    assert sum(c.size for c in row_classes(128, 126)) == 128 * 127 // 2
    assert len(row_classes(128, 126)) == len(row_classes(128, 2)) == 7
