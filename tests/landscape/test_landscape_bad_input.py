"""Every public function refuses bad arguments with a sentence that holds the numbers."""

import numpy as np
import pytest

import landscape
from fjlt import Butterfly, TruncatedButterfly, to_dense
from landscape import (
    EncoderDecoder,
    Parameters,
    approximation_errors,
    certify,
    certify_complex,
    critical_points,
    enclose_flow,
    endings,
    far_plane,
    fit,
    fit_two_phase,
    is_dominant,
    joint_critical_points,
    learn_sketch,
    minimise_reduced,
    multi_start,
    nearest_row_space,
    reachable_dimension,
    reduced_gradient,
    reduced_hessian_product,
    reduced_loss,
    reduced_weight_gradient,
    row_classes,
    signal_matrix,
)
from landscape.fixed.signal import Signal

X = np.random.default_rng(0).normal(size=(4, 6))
Y = X[:3]
T = TruncatedButterfly(Butterfly.random(4, 0).weights, [0, 2])
M = to_dense(T)
NET = EncoderDecoder(np.ones((3, 1)), np.ones((1, 2)), T)
FIXED = EncoderDecoder(np.ones((3, 1)), np.ones((1, 2)), M)
ZERO = Parameters(np.zeros((3, 1)), np.zeros((1, 2)), np.zeros((2, 4, 2)))

BAD_X = {
    "NaN": np.where(X > 1, np.nan, X) + 0 * X,
    "infinite": X * np.inf,
    "empty": np.ones((4, 0)),
    "vector": X[0],
    "cube": X[None],
    "complex": X + 1j,
    "half precision": X.astype(np.float16),
    "objects": X.astype(object),
    "strings": X.astype(str),
    "ragged": [[1.0], [1.0, 2.0]],
    "too few rows": X[:3],
    "too few samples": X[:, :5],
    "None": None,
    "masked": np.ma.masked_array(X, X > 0),
}
BAD_X["NaN"][0, 0] = np.nan

BAD_Y = {name: bad for name, bad in BAD_X.items() if name != "too few rows"} | {
    "overflow": Y * 1e200,
    "underflow": Y * 1e-200,
}

BAD_B = {
    "NaN": M * np.nan,
    "complex": M * 1j,
    "complex butterfly": Butterfly(np.ones((2, 4, 2)) * 1j),
    "too wide": np.ones((2, 5)),
    "vector": M[0],
    "empty": np.ones((0, 4)),
    "string": "B",
    "None": None,
}

BAD_K = {
    "zero": 0,
    "negative": -1,
    "too large": 5,
    "float": 1.0,
    "bool": True,
    "string": "1",
    "None": None,
}

BAD_SIZE = {"zero": 0, "no power of 2": 6, "float": 4.0, "bool": True, "string": "4", "None": None}

BAD_ROWS = {
    "too large": [4],
    "negative": [-1],
    "repeated": [1, 1],
    "empty": [],
    "float": [1.0],
    "None": None,
}

WITH_B = {
    "signal_matrix": lambda x, y, b, k: signal_matrix(x, y, b),
    "critical_points": critical_points,
    "reduced_loss": reduced_loss,
    "reduced_gradient": reduced_gradient,
    "reduced_weight_gradient": lambda x, y, b, k: reduced_weight_gradient(
        x, y, T if b is M else b, k
    ),
    "reduced_hessian_product": lambda x, y, b, k: reduced_hessian_product(
        x, y, T if b is M else b, k, T.weights
    ),
    "fit": lambda x, y, b, k: fit(x, y, k, b, trainable="fixed-b"),
    "fit_two_phase": lambda x, y, b, k: fit_two_phase(x, y, k, T if b is M else b),
}

NETWORK = {
    "call": lambda x, y: NET(x) if y is Y else NET.loss(x, y),
    "loss": NET.loss,
    "gradient": NET.gradient,
    "loss_and_gradient": NET.loss_and_gradient,
    "hessian": NET.hessian,
    "hessian_product": lambda x, y: NET.hessian_product(x, y, ZERO),
}


def calls():
    for name, f in WITH_B.items():
        for bad, x in BAD_X.items():
            yield f"{name}: X {bad}", lambda f=f, x=x: f(x, Y, M, 1)
        for bad, y in BAD_Y.items():
            yield f"{name}: Y {bad}", lambda f=f, y=y: f(X, y, M, 1)
        for bad, b in BAD_B.items():
            yield f"{name}: B {bad}", lambda f=f, b=b: f(X, Y, b, 1)
        if name != "signal_matrix":
            for bad, k in BAD_K.items():
                yield f"{name}: k {bad}", lambda f=f, k=k: f(X, Y, M, k)
    for name, g in NETWORK.items():
        for bad, x in BAD_X.items():
            if (name, bad) != ("call", "too few samples"):
                yield f"network {name}: X {bad}", lambda g=g, x=x: g(x, Y)
        for bad, y in BAD_Y.items():
            yield f"network {name}: Y {bad}", lambda g=g, y=y: g(X, y)
        if name != "call":
            yield f"network {name}: Y too few rows", lambda g=g: g(X, X[:2])
    for bad, b in BAD_B.items():
        yield (
            f"EncoderDecoder: B {bad}",
            lambda b=b: EncoderDecoder(np.ones((3, 1)), np.ones((1, 3)), b),
        )
    yield "EncoderDecoder: E too wide", lambda: EncoderDecoder(np.ones((3, 1)), np.ones((1, 3)), T)
    yield "EncoderDecoder: D too wide", lambda: EncoderDecoder(np.ones((3, 2)), np.ones((1, 2)), T)
    yield (
        "EncoderDecoder: D NaN",
        lambda: EncoderDecoder(np.full((3, 1), np.nan), np.ones((1, 2)), T),
    )
    yield (
        "EncoderDecoder: E complex",
        lambda: EncoderDecoder(np.ones((3, 1)), np.ones((1, 2)) * 1j, T),
    )
    yield "unflatten: too short", lambda: NET.unflatten(np.zeros(3))
    yield "unflatten: NaN", lambda: NET.unflatten(np.full(NET.n_parameters, np.nan))
    yield (
        "direction: shape",
        lambda: NET.hessian_product(X, Y, ZERO._replace(decoder=np.zeros((1, 3)))),
    )
    yield "direction: no weights", lambda: NET.hessian_product(X, Y, ZERO._replace(weights=None))
    yield "direction: weights of a fixed B", lambda: FIXED.hessian_product(X, Y, ZERO)
    yield "with_parameters: weights of a fixed B", lambda: FIXED.with_parameters(ZERO)
    yield "with_parameters: no weights", lambda: NET.with_parameters(ZERO._replace(weights=None))
    for name, options in {
        "trainable": {"trainable": "some"},
        "method": {"method": "sgd"},
        "start type": {"start": (np.ones((3, 1)), np.ones((1, 2)))},
        "start shape": {"start": EncoderDecoder(np.ones((2, 1)), np.ones((1, 2)), T)},
        "start inner shape": {"start": EncoderDecoder(np.ones((3, 2)), np.ones((2, 2)), T)},
        "start overflow": {"start": EncoderDecoder(np.ones((3, 1)) * 1e300, np.ones((1, 2)), T)},
        "max_steps": {"max_steps": 0},
        "max_steps float": {"max_steps": 10.0},
        "tolerance": {"tolerance": 0},
        "tolerance NaN": {"tolerance": float("nan")},
        "tolerance string": {"tolerance": "small"},
        "step_size": {"step_size": -1.0},
        "step_size infinite": {"step_size": float("inf")},
        "batch_size": {"method": "adam", "batch_size": 7},
        "batch_size zero": {"method": "adam", "batch_size": 0},
        "batch_size of L-BFGS": {"batch_size": 2},
        "variable projection of fixed B": {"method": "variable-projection", "trainable": "fixed-b"},
        "variable projection from a start": {
            "method": "variable-projection",
            "start": EncoderDecoder(np.ones((3, 1)), np.ones((1, 2)), T),
        },
        "rng": {"rng": -1},
    }.items():
        yield f"fit: {name}", lambda options=options: fit(X, Y, 1, T, **options)
    for bad, x in BAD_X.items():
        if bad != "too few samples":
            yield f"learn_sketch: matrix {bad}", lambda x=x: learn_sketch([X] * 4 + [x], 1, 2)
            yield (
                f"approximation_errors: matrix {bad}",
                lambda x=x: approximation_errors(M, [X, x], 1),
            )
    for bad, b in BAD_B.items():
        yield f"approximation_errors: sketch {bad}", lambda b=b: approximation_errors(b, [X], 1)
    for bad, k in BAD_K.items():
        yield f"learn_sketch: k {bad}", lambda k=k: learn_sketch([X] * 5, k, 2)
        yield f"approximation_errors: k {bad}", lambda k=k: approximation_errors(M, [X], k)
    yield "approximation_errors: none", lambda: approximation_errors(M, [], 1)
    yield (
        "learn_sketch: held out of other size",
        lambda: learn_sketch([X] * 5, 1, 2, held_out=[X[:2]]),
    )
    yield "learn_sketch: held out NaN", lambda: learn_sketch([X] * 5, 1, 2, held_out=[X * np.nan])
    yield "learn_sketch: held out none", lambda: learn_sketch([X] * 5, 1, 2, held_out=[])
    yield "learn_sketch: overflow", lambda: learn_sketch([X * 1e200] * 5, 1, 2)
    yield "learn_sketch: underflow", lambda: learn_sketch([X * 1e-200] * 5, 1, 2)
    with_trained_b = {
        "joint_critical_points": joint_critical_points,
        "endings": lambda x, y, rows, k: endings(x, y, rows, k, [1.0], 2),
    }
    for name, f in with_trained_b.items():
        for bad, x in BAD_X.items():
            yield f"{name}: X {bad}", lambda f=f, x=x: f(x, Y, [0, 2], 2)
        for bad, y in BAD_Y.items():
            yield f"{name}: Y {bad}", lambda f=f, y=y: f(X, y, [0, 2], 2)
        for bad, rows in BAD_ROWS.items():
            yield f"{name}: rows {bad}", lambda f=f, rows=rows: f(X, Y, rows, 1)
        for bad, k in BAD_K.items():
            yield f"{name}: k {bad}", lambda f=f, k=k: f(X, Y, [0, 2], k)
    yield "endings: runs", lambda: endings(X, Y, [0, 2], 2, [1.0], 0)
    yield "endings: no losses", lambda: endings(X, Y, [0, 2], 2, [], 2)
    yield "endings: losses NaN", lambda: endings(X, Y, [0, 2], 2, [np.nan], 2)
    yield "endings: losses infinite", lambda: endings(X, Y, [0, 2], 2, [1.0, np.inf], 2)
    yield "endings: losses complex", lambda: endings(X, Y, [0, 2], 2, [1j], 2)
    yield "endings: losses a matrix", lambda: endings(X, Y, [0, 2], 2, [[1.0], [2.0]], 2)
    yield "endings: schemes", lambda: endings(X, Y, [0, 2], 2, [1.0], 2, schemes=["alone"])
    yield "endings: workers", lambda: endings(X, Y, [0, 2], 2, [1.0], 2, workers=0)
    yield (
        "joint_critical_points: workers",
        lambda: joint_critical_points(X, Y, [0, 2], 2, workers=0),
    )
    minimisers = {
        "minimise_reduced": minimise_reduced,
        "multi_start": lambda *a, **o: multi_start(*a, 2, **o),
    }
    for name, f in minimisers.items():
        for bad, x in BAD_X.items():
            yield f"{name}: X {bad}", lambda f=f, x=x: f(x, Y, [0, 2], 1)
        for bad, y in BAD_Y.items():
            yield f"{name}: Y {bad}", lambda f=f, y=y: f(X, y, [0, 2], 1)
        for bad, rows in BAD_ROWS.items():
            yield f"{name}: rows {bad}", lambda f=f, rows=rows: f(X, Y, rows, 1)
        for bad, k in {**BAD_K, "above l": 3}.items():
            yield f"{name}: k {bad}", lambda f=f, k=k: f(X, Y, [0, 2], k)
        for bad, options in {
            "max_steps": {"max_steps": 0},
            "tolerance": {"tolerance": 0},
            "rng": {"rng": -1},
        }.items():
            yield f"{name}: {bad}", lambda f=f, options=options: f(X, Y, [0, 2], 1, **options)
        yield f"{name}: X of rank 1", lambda f=f: f(np.ones((4, 6)), Y, [0, 2], 2)
        yield f"{name}: Y zero", lambda f=f: f(X, 0 * Y, [0, 2], 2)
        yield f"{name}: n = 6", lambda f=f: f(np.eye(6), np.eye(6), [0, 2], 2)
        yield f"{name}: one row space only", lambda f=f: f(np.eye(2), np.eye(2), [0, 1], 2)
    yield "minimise_reduced: start", lambda: minimise_reduced(X, Y, [0, 2], 2, start=np.ones(3))
    yield (
        "minimise_reduced: start NaN",
        lambda: minimise_reduced(X, Y, [0, 2], 2, start=np.ones(4) * np.nan),
    )
    yield "multi_start: starts", lambda: multi_start(X, Y, [0, 2], 2, 0)
    yield "multi_start: workers", lambda: multi_start(X, Y, [0, 2], 2, 2, workers=0)
    yield (
        "reduced_hessian_product: direction",
        lambda: reduced_hessian_product(X, Y, T, 1, np.ones((2, 4))),
    )
    yield (
        "reduced_hessian_product: NaN",
        lambda: reduced_hessian_product(X, Y, T, 1, T.weights * np.nan),
    )
    for bad, n in BAD_SIZE.items():
        yield f"row_classes: n {bad}", lambda n=n: row_classes(n, 1)
        yield f"is_dominant: n {bad}", lambda n=n: is_dominant(n, [0], 1)
        yield f"far_plane: n {bad}", lambda n=n: far_plane(n, [0], 1)
        yield f"reachable_dimension: n {bad}", lambda n=n: reachable_dimension(n, [0])
    for bad, rows in BAD_ROWS.items():
        yield f"is_dominant: rows {bad}", lambda rows=rows: is_dominant(4, rows, 1)
        yield f"far_plane: rows {bad}", lambda rows=rows: far_plane(4, rows, 1)
        yield f"nearest_row_space: rows {bad}", lambda rows=rows: nearest_row_space(M[:1], rows)
        yield f"reachable_dimension: rows {bad}", lambda rows=rows: reachable_dimension(4, rows)
    for bad, k in BAD_K.items():
        yield f"row_classes: l {bad}", lambda k=k: row_classes(4, k)
        yield f"is_dominant: k {bad}", lambda k=k: is_dominant(4, [0, 1], k)
        yield f"far_plane: k {bad}", lambda k=k: far_plane(4, [0, 1], k)
        if k is not None:
            yield f"reachable_dimension: k {bad}", lambda k=k: reachable_dimension(4, [0, 1], k)
    for bad, U in {
        "NaN": M[:1] * np.nan,
        "complex": M[:1] * 1j,
        "dependent": np.ones((2, 4)),
        "vector": M[0],
        "of 3 inputs": np.eye(3)[:1],
        "None": None,
    }.items():
        yield f"nearest_row_space: U {bad}", lambda U=U: nearest_row_space(U, [0, 1])
    for starts in (0, -1, 0.5, True, None):
        yield (
            f"nearest_row_space: starts {starts}",
            lambda starts=starts: nearest_row_space(M[:1], [0], starts),
        )
    yield "fit: B not trainable", lambda: fit(X, Y, 1, M)
    yield "fit_two_phase: B not trainable", lambda: fit_two_phase(X, Y, 1, M)
    yield "fit_two_phase: trainable", lambda: fit_two_phase(X, Y, 1, T, trainable="all")
    yield "reduced_weight_gradient: B not a butterfly", lambda: reduced_weight_gradient(X, Y, M, 1)


def certified_calls():
    """Calls of both functions at variables of n = 4 and rows 0 and 2."""
    x = np.ones(4)
    for name, f in {"certify": certify, "certify_complex": certify_complex}.items():
        complex_too = name == "certify_complex"
        for bad, data in BAD_X.items():
            if not (complex_too and bad == "complex"):
                yield f"{name}: X {bad}", lambda f=f, data=data: f(data, Y, [0, 2], 2, x)
                if bad != "too few rows":
                    yield f"{name}: Y {bad}", lambda f=f, data=data: f(X, data, [0, 2], 2, x)
        for bad, rows in BAD_ROWS.items():
            yield f"{name}: rows {bad}", lambda f=f, rows=rows: f(X, Y, rows, 2, x)
        for bad, k in BAD_K.items():
            if k is not None:
                yield f"{name}: k {bad}", lambda f=f, k=k: f(X, Y, [0, 2], k, x)
        points = {
            "short": x[:3],
            "matrix": x[None],
            "NaN": x * np.nan,
            "strings": ["1"] * 4,
            "None": None,
        }
        for bad, point in (points if complex_too else points | {"complex": x + 1j}).items():
            yield f"{name}: x {bad}", lambda f=f, point=point: f(X, Y, [0, 2], 2, point)
        for bits in (0, 1.5, True, None, 10**6):
            yield f"{name}: bits {bits}", lambda f=f, bits=bits: f(X, Y, [0, 2], 2, x, bits=bits)


def enclosed_calls():
    """Calls of ``enclose_flow`` for the network."""
    for bad, data in BAD_X.items():
        yield f"enclose_flow: X {bad}", lambda data=data: enclose_flow(data, Y, NET, 0.01)
    for bad, data in BAD_Y.items():
        yield f"enclose_flow: Y {bad}", lambda data=data: enclose_flow(X, data, NET, 0.01)
    yield "enclose_flow: start None", lambda: enclose_flow(X, Y, None, 0.01)
    for time in (0, -1.0, np.nan, np.inf, "1", None, True, 1j):
        yield f"enclose_flow: time {time}", lambda time=time: enclose_flow(X, Y, NET, time)
    for name, values in {
        "radius": (-1.0, np.nan, np.inf, "1", None, 1j),
        "bits": (0, 1.5, True, None, 10**6),
        "max_steps": (0, 1.5, True, None),
    }.items():
        for value in values:
            yield (
                f"enclose_flow: {name} {value}",
                lambda more={name: value}: enclose_flow(X, Y, NET, 0.01, **more),
            )


CALLS = dict(calls()) | dict(certified_calls()) | dict(enclosed_calls())


@pytest.mark.parametrize("name", CALLS)
def test_refused_with_a_sentence(name):
    with pytest.raises((ValueError, TypeError)) as caught:
        CALLS[name]()
    assert len(str(caught.value)) > 15
    assert "NoneType' object" not in str(caught.value)


def test_the_numbers_of_samples_are_compared():
    with pytest.raises(ValueError, match=r"X has 6 samples \(columns\) and Y has 5"):
        signal_matrix(X, Y[:, :5], M)


def test_every_public_function_is_in_the_registry():
    tested = {
        "Certificate",
        "CriticalPoint",
        "EndLoss",
        "EndLosses",
        "Endings",
        "Fit",
        "FarPlane",
        "FlowEnclosure",
        "JointCriticalPoint",
        "JointCriticalPoints",
        "LearnedSketch",
        "Minimum",
        "NearestRowSpace",
        "TwoPhases",
        "Parameters",
        "ReachedMinima",
        "ReachedMinimum",
        "RowClass",
        "TrainingOutcomes",
        "plot_history",
        "plot_landscape",
        "plot_levels",
        "read_arrays",
        "read_matrix",
    }  # plain records; own test file
    tested |= {name.split(":")[0] for name in CALLS}
    assert set(landscape.__all__) <= tested


def test_good_input_is_accepted():
    """The good arguments of the calls above work, so each refusal is due to the bad one."""
    for f in WITH_B.values():
        f(X, Y, M, 1)
    for g in NETWORK.values():
        g(X, Y)
    approximation_errors(M, [X], 1)
    learn_sketch([X] * 5, 1, 2, max_steps=1)
    assert minimise_reduced(X, Y, [0, 2], 2).spaces.size == 4
    assert multi_start(X, Y, [0, 2], 2, 2).starts == 2
    assert joint_critical_points(X, Y, [0, 2], 2).complete
    assert enclose_flow(X, Y, NET, 1e-6).certified
    assert far_plane(4, [0, 2], 2).cosine_squared == 0
    assert nearest_row_space(np.eye(4)[:1], [0], 1, rng=0).largest < 1e-4
    assert endings(X, Y, [0, 2], 2, [1.0], 1)[0].runs == 1
    assert row_classes(4, 1)[0].rows == (0,)
    assert is_dominant(4, [0, 1], 1)
    assert reachable_dimension(4, [0]) == 3
    assert Signal.of(X.astype(np.float32), Y.tolist(), M).rank == 2
