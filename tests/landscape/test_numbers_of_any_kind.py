"""Integers of every NumPy type, legacy random states, masked arrays, and data of one number."""

import json

import numpy as np
import pytest

from fjlt import Butterfly, TruncatedButterfly, boundary, srht_squared_norms
from landscape import (
    approximation_errors,
    certify,
    critical_points,
    endings,
    fit,
    fit_two_phase,
    is_dominant,
    joint_critical_points,
    learn_sketch,
    minimise_reduced,
    multi_start,
    reachable_dimension,
    reduced_gradient,
    reduced_hessian_product,
    reduced_loss,
    row_classes,
    signal_matrix,
)
from landscape.planes import RowSpaces, dimension_bound, reachable_table

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(8, 10)), rng.normal(size=(3, 10))
B = rng.normal(size=(5, 8))
T = TruncatedButterfly(Butterfly.random(8, 0).weights, [0, 2, 5])
WEAK = rng.normal(size=(200, 2)) @ rng.normal(size=(2, 10))
POINT = next(critical_points(X, WEAK, B, 4))

# Each takes a converter, which it applies to every integer that it passes on.
CALLS = {
    "critical_points": lambda i: [
        (p.loss, p.index, p.nullity) for p in critical_points(X, Y, B, i(2))
    ],
    "inertia": lambda i: POINT.inertia(i(1), i(1)),
    "realise": lambda i: [a[:8].tolist() for a in POINT.realise(i(3), i(1), i(1))],
    "reduced_loss": lambda i: reduced_loss(X, Y, B, i(2)),
    "reduced_gradient": lambda i: reduced_gradient(X, Y, B, i(2)).tolist(),
    "fit": lambda i: fit(X, Y, i(2), T, max_steps=i(100), rng=i(5)).loss,
    "fit, Adam": lambda i: (
        fit(X, Y, i(2), T, method="adam", max_steps=i(100), batch_size=i(3), rng=i(5)).loss
    ),
    "minimise_reduced": lambda i: minimise_reduced(X, Y, [i(0), i(4)], i(2), rng=i(1)).loss,
    "multi_start": lambda i: [
        (end.loss, end.count, end.share, end.interval)
        for end in multi_start(X, Y, np.array([i(0), i(4)]), i(2), i(100), rng=i(1), workers=i(1))
    ],
    "joint_critical_points": lambda i: [
        p.loss for p in joint_critical_points(X[:4], Y, [i(0), i(2)], i(2), rng=i(0))
    ],
    "endings": lambda i: endings(X, Y, [i(0), i(4)], i(2), [1.0], i(3), rng=i(0), max_steps=i(9)),
    "certify": lambda i: json.dumps(
        certify(np.eye(4), np.diag([1, 2, 3, 4]), [i(0), i(2)], i(2), [1, 0, 0, 1], i(100)).document
    ),
    "reachable_dimension": lambda i: reachable_dimension(i(64), [i(1), i(2), i(33)], i(2)),
    "dimension_bound": lambda i: dimension_bound(i(64), [i(1), i(2), i(33)], i(2)),
    "is_dominant": lambda i: is_dominant(i(64), list(map(i, range(40))), i(5)),
    "reachable_table": lambda i: reachable_table(i(4), i(3), workers=i(1)),
    "row_classes": lambda i: row_classes(i(64), i(3)),
    "RowSpaces": lambda i: RowSpaces(i(64), [i(1), i(2), i(33)], i(2)).full,
    "approximation_errors": lambda i: approximation_errors(B, [X, 2 * X], i(3)).tolist(),
    "learn_sketch": lambda i: (
        learn_sketch([X] * 5, i(2), i(4), max_steps=i(9), batch_size=i(2), rng=i(0)).error
    ),
    "learn_sketch, sparse": lambda i: (
        learn_sketch([X] * 5, i(2), i(4), "sparse", nonzeros=i(3), max_steps=i(9), rng=i(0)).error
    ),
}


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.uint64, np.int32])
@pytest.mark.parametrize("name", CALLS)
def test_every_integer_type_gives_what_int_gives(name, kind):
    assert CALLS[name](kind) == CALLS[name](int)


SPAWN = {
    "multi_start": lambda r: [end.loss for end in multi_start(X, Y, [0, 4], 2, 70, rng=r)],
    "endings": lambda r: endings(X, Y, [0, 4], 2, [1.0], 2, rng=r, max_steps=3),
    "reachable_table": lambda r: reachable_table(4, 2, rng=r),
    "srht_squared_norms": lambda r: srht_squared_norms(X[:, 0], 2, 300, rng=r).tolist(),
}


@pytest.mark.parametrize("name", SPAWN)
def test_a_legacy_random_state_gives_reproducible_results(name):
    f = SPAWN[name]
    assert f(np.random.RandomState(3)) == f(np.random.RandomState(3))
    legacy = (np.random.Generator(np.random.RandomState(3)._bit_generator) for _ in range(2))
    assert f(next(legacy)) == f(next(legacy))


def test_generators_are_those_that_numpy_spawns_and_differ():
    spawned, expected = boundary.generators(7, 3), np.random.default_rng(7).spawn(3)
    assert [g.random() for g in spawned] == [g.random() for g in expected]
    legacy = boundary.generators(np.random.RandomState(0), 50)
    assert len({g.random() for g in legacy}) == 50
    state = np.random.RandomState(0)
    assert boundary.generators(state, 1)[0].random() != boundary.generators(state, 1)[0].random()


MASKED = np.ma.masked_array(X, X > 1)


@pytest.mark.parametrize(
    "call",
    [
        lambda: reduced_loss(X, Y, np.ma.masked_array(B, B > 1), 2),
        lambda: reduced_loss(X, np.ma.masked_array(Y, Y > 1), B, 2),
        lambda: approximation_errors(np.ma.masked_array(B, B > 1), [X], 2),
        lambda: approximation_errors(B, np.ma.masked_array([X, X], [X > 1, X > 1]), 2),
        lambda: learn_sketch([X] * 5, 1, 2, held_out=np.ma.masked_array([X], [X > 1])),
        lambda: minimise_reduced(X, Y, [0, 4], 2, start=np.ma.masked_array(np.ones(8), [1] * 8)),
        lambda: minimise_reduced(X, Y, np.ma.masked_array([0, 4, 7], [0, 0, 1]), 2),
        lambda: endings(X, Y, [0, 4], 2, np.ma.masked_array([1.0, 2.0], [0, 1]), 2),
        lambda: reachable_dimension(8, np.ma.masked_array([0, 4], [0, 1])),
        lambda: certify(MASKED[:4], Y, [0, 2], 2, [1, 0, 0, 1]),
        lambda: reduced_hessian_product(X, Y, T, 1, np.ma.masked_array(T.weights, T.weights > 0)),
    ],
)
def test_masked_arrays_are_refused_wherever_they_come(call):
    with pytest.raises(TypeError, match="is a masked array"):
        call()


ONE, THREE = np.array([[2.0]]), np.array([[3.0]])
T1 = TruncatedButterfly(Butterfly.identity(1).weights, [0])


def test_data_of_one_number_are_as_good_as_others():
    assert signal_matrix(ONE, THREE, T1) == [[9.0]]
    assert [(p.loss, p.index) for p in critical_points(ONE, THREE, T1, 1)] == [(0, 0), (9, 1)]
    assert reduced_hessian_product(ONE, THREE, T1, 1, T1.weights).shape == (0, 1, 2)
    assert fit(ONE, THREE, 1, T1, rng=0).loss == pytest.approx(0, abs=1e-9)
    assert fit_two_phase(ONE, THREE, 1, T1, rng=0).second.loss == pytest.approx(0, abs=1e-9)
    (point,) = joint_critical_points(ONE, THREE, [0], 1)
    assert (point.loss, point.kind, point.rows.tolist()) == (0.0, "global minimum", [[1.0]])
    assert [scheme.counts for scheme in endings(ONE, THREE, [0], 1, [0.0], 2, rng=0)] == [(2,)] * 3
    assert certify(ONE, THREE, [0], 1, []).certified
    with pytest.raises(ValueError, match="n = k = 1 span one row space only; take k < n"):
        multi_start(ONE, THREE, [0], 1, 3)


def test_all_outputs_have_one_row_space_which_is_listed():
    square = np.eye(2) + 0.1
    found = joint_critical_points(square, np.diag([1.0, 2.0]), [0, 1], 2)
    assert found.complete
    assert [(point.loss, point.kind) for point in found] == [(0.0, "global minimum")]


def test_where_nothing_is_explained_the_curvature_is_zero():
    assert not reduced_hessian_product(0 * X, Y, T, 1, T.weights).any()
    assert not reduced_hessian_product(X, 0 * Y, T, 1, T.weights).any()


@pytest.mark.parametrize("structure", ["butterfly", "sparse", "dense"])
@pytest.mark.parametrize("held_out", [0, 0.2])
@pytest.mark.parametrize(
    "matrix",
    [ONE, np.zeros((4, 3)), np.outer([1.0, 2, 3, 4], [1.0, -1]), np.eye(4)[:, :1]],
    ids=["one number", "zero", "rank 1", "one column"],
)
def test_a_sketch_that_cannot_be_better_has_its_error(structure, held_out, matrix):
    n = len(matrix)
    learned = learn_sketch([matrix] * 5, 1, n, structure, held_out=held_out, max_steps=3, rng=0)
    expected = approximation_errors(learned.sketch, [matrix], 1)[0]
    assert learned.error == pytest.approx(expected, abs=1e-20)
    assert learned.error == pytest.approx(0, abs=1e-20)
    assert len(learned.held_out) == (len(learned.history) if held_out else 0)


def test_a_step_that_overflows_ends_the_learning_with_the_best_sketch():
    for batch_size in (None, 2):
        learned = learn_sketch(
            [X] * 5, 1, 4, step_size=1e200, batch_size=batch_size, max_steps=20, rng=0
        )
        assert np.isfinite(learned.error)
        assert "diverged" in learned.reason


def test_the_callback_sees_the_last_point_of_a_training_that_converges():
    seen = []
    done = fit(X, Y, 2, B, "fixed-b", rng=0, callback=lambda *report: seen.append(report))
    assert done.converged
    assert [loss for _, loss in seen] == done.history.tolist()
