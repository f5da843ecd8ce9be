"""Trainings on real data: their ends against descents by Newton's method, and their curvatures."""

from itertools import pairwise

import numpy as np
import pytest

from figures.critical_points import real_sizes
from figures.critical_points.real_data import Ends, Kind, findings, is_minimum
from figures.critical_points.real_sizes import compute, curvatures
from figures.experiments.autoencoding import data_matrix
from fjlt import srht
from fjlt.runs.seeds import stream
from landscape import multi_start, reduced_loss
from landscape.training.variable_projection import VariableProjection


@pytest.mark.parametrize(("l", "above"), [(2, True), (4, False)])
def test_ends_are_minima_that_newtons_method_finds(l, above):
    """The other way has its own variables, derivatives and starts."""
    rows = compute(l=l, starts=4)
    X = data_matrix("digits", 16, stream(0, "digits", 16, "data"))
    kept = stream(0, "digits", 16, l, "outputs").choice(16, l, replace=False)
    minima = multi_start(X, X, sorted(kept), 2, starts=32, rng=0)
    losses = [end.loss / minima.energy for end in minima]
    for row in rows:
        assert min(abs(row["loss"] - loss) for loss in losses) < 1e-9
        assert row["optimum"] == pytest.approx(minima.dense_optimum / minima.energy)
        assert (row["loss"] > row["optimum"] + 1e-3) == above == (row["bound"] < 28)
        assert row["untrained"] > row["loss"]


def projected_and_hessian(x, B):
    projected = VariableProjection(B, x, x, 2)
    at = projected.start
    moves = 1e-5 * np.eye(len(at))
    H = np.array([(projected(at + e)[1] - projected(at - e)[1]) / 2e-5 for e in moves])
    return projected, at, (H + H.T) / 2


@pytest.mark.parametrize("seed", range(3))
def test_curvatures_are_the_ends_of_the_spectrum(seed):
    rng = np.random.default_rng(seed)
    projected, weights, H = projected_and_hessian(rng.standard_normal((8, 12)), srht(3, 8, rng=rng))
    unit = weights @ weights
    spectrum, vectors = np.linalg.eigh(H)
    least, largest, direction = curvatures(projected, weights, rng)
    assert least == pytest.approx(unit * spectrum[0], rel=1e-2)
    assert largest == pytest.approx(unit * spectrum[-1], rel=1e-2)
    assert spectrum[0] < -1e-3
    assert abs(direction @ vectors[:, 0]) == pytest.approx(unit**0.5, rel=1e-2)


def test_a_training_goes_on_where_the_loss_curves_down(monkeypatch):
    """After one step there is no minimum yet; pushes go down, and are not more than allowed."""
    real, losses = real_sizes.fit, []

    def one_step(x, y, k, B, *rest, max_steps, **more):
        end = real(x, y, k, B, *rest, max_steps=1, **more)
        losses.append((reduced_loss(x, y, B, k), end.loss))
        return end

    monkeypatch.setattr(real_sizes, "fit", one_step)
    (row,) = compute(l=2, starts=1)
    # a push goes down: each training starts below the end of the one before
    assert all(start < end for (_, end), (start, _) in pairwise(losses))
    assert row["pushes"] == real_sizes.PUSHES
    assert row["steps"] == real_sizes.PUSHES + 1
    monkeypatch.setattr(real_sizes, "PUSHES", 0)
    (stopped,) = compute(l=2, starts=1)
    assert stopped["pushes"] == 0
    assert row["loss"] < stopped["loss"]
    assert stopped["least"] < -real_sizes.DOWN * stopped["largest"]


def test_starts_do_not_depend_on_how_they_are_divided():
    assert compute(starts=2) == [*compute(starts=1), *compute(start=1, starts=1)]


def row(loss, bound=28, **more):
    size = {"dataset": "mnist", "n": 16, "l": 4, "k": 2, "refined": loss}
    end = {"index": 0, "nullity": 0, "gradient": 1e-8, "least": 0.0, "largest": 1.0}
    return size | end | {"loss": loss, "optimum": 0.3, "untrained": 0.5, "bound": bound} | more


def test_findings_tell_the_ends_apart():
    at = [row(0.3), row(0.300001, index=1)]
    one = [row(0.35, 20, l=2), row(0.3500001, 20, l=2)]
    spurious = [row(0.35, 27, l=3), row(0.36, 27, l=3), row(0.36, 27, l=3, nullity=2)]
    running = [row(0.35, l=5), row(0.36, l=5, index=-1, nullity=-1, gradient=1e-4)]
    assert Ends.of(at).in_words == "at the loss of PCA"
    assert (Ends.of(spurious).minima, Ends.of(spurious).spurious) == (2, 1)
    assert findings([*at, *one, *spurious, *running]) == (
        "In 1 of 4 networks all trainings end at the loss of PCA, with at most 0.001 % of ‖X‖² "
        "more; the others at one loss above it for MNIST, n = 16, ℓ = 2, k = 2; partly at spurious "
        "minima for MNIST, n = 16, ℓ = 3, k = 2 (1 of 3, 33 (1 to 91) %; losses up to 1.0 % of "
        "‖X‖² apart); at different losses for MNIST, n = 16, ℓ = 5, k = 2. 2 networks are proved "
        "not to reach all k-planes; in 0 of these the trainings end at the loss of PCA."
    )
    assert findings(at).startswith("In 1 of 1 networks all trainings end at the loss of PCA, with ")
    assert "others" not in findings(at)
    assert Kind("mnist", 16, 3, 2).rows([*at, *spurious]) == spurious


def test_without_a_morse_index_a_minimum_has_no_gradient_and_does_not_curve_down():
    end = row(0.3, index=-1, nullity=-1)
    assert is_minimum(end)
    assert not is_minimum(end | {"gradient": 1e-5})
    assert not is_minimum(end | {"least": -0.002})


def test_newtons_method_does_not_move_an_end_and_finds_a_minimum():
    for row in compute(l=2, starts=3):
        assert (row["index"], row["nullity"]) == (0, 0)
        assert abs(row["refined"] - row["loss"]) < 1e-12


def test_without_newtons_method_the_index_is_unknown(monkeypatch):
    monkeypatch.setattr(real_sizes, "NEWTON", 0)
    (row,) = compute(starts=1)
    assert (row["index"], row["nullity"], row["refined"]) == (-1, -1, row["loss"])
