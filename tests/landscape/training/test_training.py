import numpy as np
import pytest

from fjlt import Butterfly, TruncatedButterfly, srht
from landscape import EncoderDecoder, fit, fit_two_phase, reduced_loss
from landscape.training.descent import batch_objectives

SPURIOUS = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1.0]])


def small(seed=0, m=4, n=8, d=20):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(size=(m, d))


def butterfly(seed, rows, n):
    return TruncatedButterfly(Butterfly.random(n, seed).weights, rows)


@pytest.mark.parametrize("seed", range(4))
def test_fixed_encoder_reaches_the_global_optimum(seed):
    X, Y = small(seed)
    B = srht(5, 8, rng=seed)
    result = fit(X, Y, 3, B, trainable="fixed-b", rng=seed)
    best = reduced_loss(X, Y, B, 3)
    assert best - 1e-10 <= result.loss <= best + 1e-8
    assert result.network.butterfly is B
    assert result.network.loss(X, Y) == pytest.approx(result.loss, rel=1e-12)


@pytest.mark.parametrize("Y", ["X", "other"])
@pytest.mark.parametrize("scale", [1.0, 1e80])
@pytest.mark.parametrize("l", [2, 5])
def test_a_fit_knows_the_optimum_for_a_fixed_encoder(Y, scale, l):
    X, other = small()
    X, Y = X, scale * (X if Y == "X" else other)
    B = srht(l, 8, rng=0)
    result = fit(X, Y, 3, B, trainable="fixed-b", rng=0)
    assert result.optimum == pytest.approx(reduced_loss(X, Y, B, 3), rel=1e-12)
    assert -1e-12 * result.loss <= result.gap <= 1e-7 * result.loss
    assert result.gap == result.loss - result.optimum
    early = fit(X, Y, 3, B, trainable="fixed-b", rng=0, max_steps=1)
    assert early.gap > 1e-3 * early.loss
    assert f"optimum={early.optimum:.9g}, gap={early.gap:.3g}" in repr(early)


def test_a_fit_with_a_trained_encoder_knows_a_bound():
    best = fit(SPURIOUS, SPURIOUS, 2, butterfly(0, [0, 2], 4), rng=0)
    # by PCA: the sum of the least two squares of singular values
    floor = (np.linalg.svd(SPURIOUS, compute_uv=False)[2:] ** 2).sum()
    assert best.optimum == pytest.approx(floor, rel=1e-12)
    assert f"optimum>={floor:.9g}, gap<={best.gap:.3g}" in repr(best)
    # one output gives rank 1 only; of targets Y that is the best reduced-rank regression
    X, Y = small()
    one = fit(X, Y, 3, butterfly(0, [0], 8), rng=0)
    assert one.optimum == pytest.approx(reduced_loss(X, Y, np.eye(8), 1), rel=1e-12)
    assert one.gap > 0


def test_joint_training_ends_at_both_minima_of_the_spurious_example():
    ends = []
    for seed in range(16):
        result = fit(SPURIOUS, SPURIOUS, 2, butterfly(seed, [0, 2], 4), rng=seed, tolerance=1e-7)
        ends.append(result.loss)
    ends = np.array(ends)
    spurious, best = np.isclose(ends, 21 / 5, atol=1e-6), np.isclose(ends, 2, atol=1e-6)
    assert (spurious | best).sum() >= 15
    assert best.sum() > spurious.sum() >= 2
    assert ends.min() > 2 - 1e-9


@pytest.mark.parametrize(
    "options",
    [
        {"method": "l-bfgs", "max_steps": 30},
        {"method": "adam", "max_steps": 60},
        {"method": "adam", "max_steps": 45, "batch_size": 6},
        {"method": "adam", "max_steps": 40, "step_size": 0.9},
    ],
)
@pytest.mark.parametrize("trainable", ["all", "fixed-b"])
def test_the_best_point_is_kept(options, trainable):
    X, Y = small()
    result = fit(X, Y, 2, butterfly(1, [0, 3, 5], 8), trainable=trainable, rng=1, **options)
    assert result.loss == result.history.min() <= result.history[0]
    if "step_size" not in options:
        assert result.loss < result.history[0]
    assert result.network.loss(X, Y) == pytest.approx(result.loss, rel=1e-12)
    assert result.n_steps <= options["max_steps"]


def test_one_step_of_adam_moves_against_the_gradient_by_the_step_size():
    X, Y = small()
    B = butterfly(2, [0, 3], 8)
    X, Y = X / np.linalg.norm(B @ X), Y / np.linalg.norm(Y)
    start = EncoderDecoder(np.full((4, 2), 0.3), np.full((2, 2), -0.2), B)
    result = fit(X, Y, 2, B, start=start, method="adam", max_steps=1, step_size=1e-3)
    moved = start.flatten(result.network.parameters) - start.flatten(start.parameters)
    assert np.allclose(moved, -1e-3 * np.sign(start.flatten(start.gradient(X, Y))), atol=1e-6)


@pytest.mark.parametrize("options", [{"method": "l-bfgs"}, {"method": "adam", "batch_size": 6}])
@pytest.mark.parametrize("trainable", ["all", "fixed-b"])
def test_the_scale_of_the_data_changes_nothing_else(options, trainable):
    X, Y = small()
    B = butterfly(1, [0, 3, 5], 8)
    one = fit(X, Y, 2, B, trainable, max_steps=40, rng=1, **options)
    other = fit(2.0**9 * X, 2.0**-20 * Y, 2, B, trainable, max_steps=40, rng=1, **options)
    assert np.array_equal(other.history, 2.0**-40 * one.history)
    assert np.array_equal(other.network.encoder, 2.0**-29 * one.network.encoder)
    assert np.array_equal(other.network.decoder, one.network.decoder)


def test_a_start_means_the_same_in_every_scale():
    X, Y = small()
    start = EncoderDecoder(np.full((4, 2), 0.3), np.full((2, 2), -0.2), butterfly(2, [0, 3], 8))
    for c in (1.0, 1000.0):
        begun = fit(c * X, c * Y, 2, start.butterfly, start=start, max_steps=1)
        assert begun.history[0] == pytest.approx(start.loss(c * X, c * Y), rel=1e-12)


def test_adam_comes_down_to_the_optimum():
    X, Y = small(1)
    B = srht(4, 8, rng=0)
    result = fit(X, Y, 2, B, "fixed-b", "adam", max_steps=3000, step_size=0.01, rng=0)
    assert result.loss == pytest.approx(reduced_loss(X, Y, B, 2), rel=1e-6)


def test_batches_visit_every_sample_once_a_pass():
    X, Y = small(d=10)
    result = fit(X, Y, 2, srht(3, 8, rng=0), method="adam", batch_size=4, max_steps=7, rng=0)
    assert len(result.history) == 1 + 2 + 1
    assert result.n_steps == 7


def test_a_pass_is_a_partition_of_the_samples():
    rng = np.random.default_rng(0)
    batches = batch_objectives(10, 4, None, lambda chosen: chosen.tolist(), rng)
    passes = [[next(batches) for _ in range(3)] for _ in range(2)]
    for of_pass in passes:
        assert [len(batch) for batch, _ in of_pass] == [4, 4, 2]
        assert [last for _, last in of_pass] == [False, False, True]
        assert sorted(i for batch, _ in of_pass for i in batch) == list(range(10))
    assert passes[0] != passes[1]


def test_ineffective_weights_stay():
    X, Y = small()
    B = butterfly(3, [0], 8)
    result = fit(X, Y, 1, B, max_steps=20, rng=0)
    outside = ~B.effective_mask
    assert not result.network.butterfly.weights[outside].any()
    assert (result.network.butterfly.weights[~outside] != B.weights[~outside]).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_results_repeat(seed):
    X, Y = small()
    runs = [
        fit(X, Y, 2, srht(3, 8, rng=0), method="adam", batch_size=7, max_steps=20, rng=seed)
        for _ in range(2)
    ]
    assert np.array_equal(runs[0].history, runs[1].history)


def test_divergence_is_a_reason_not_an_exception():
    X, Y = small()
    result = fit(X, Y, 2, srht(3, 8, rng=0), method="adam", step_size=1e200, rng=0)
    assert "diverged" in result.reason
    assert "step_size" in result.reason
    assert not result.converged
    assert np.isfinite(result.loss)
    assert np.isfinite(result.history).all()
    assert result.network.loss(X, Y) == pytest.approx(result.loss)


def test_reasons():
    X, Y = small()
    B = srht(3, 8, rng=0)
    few = fit(X, Y, 2, B, max_steps=3, rng=0)
    assert "max_steps = 3" in few.reason
    assert (few.converged, few.n_steps, len(few.history)) == (False, 3, 4)
    done = fit(X, Y, 2, B, "fixed-b", rng=0)
    assert "converged" in done.reason
    assert done.converged
    again = fit(X, Y, 2, B, "fixed-b", start=done.network)
    assert again.n_steps == 0
    assert again.loss == pytest.approx(done.loss, rel=1e-14)
    for method in ("adam", "l-bfgs"):
        stopped = fit(X, Y, 2, B, method=method, callback=lambda step, loss: step == 2, rng=0)
        assert "callback stopped" in stopped.reason
        assert stopped.n_steps == 2
    exact = fit(X, Y, 2, B, "fixed-b", tolerance=1e-300, rng=0)
    assert "no lower loss" in exact.reason
    assert not exact.converged


def test_zero_targets_and_zero_data():
    X, _ = small()
    B = srht(3, 8, rng=0)
    assert fit(X, np.zeros((2, 20)), 1, B, rng=0, tolerance=1e-3).loss < 1e-3
    assert fit(np.zeros((8, 20)), np.ones((2, 20)), 1, B, rng=0).loss == 40


def test_callback_sees_the_history():
    X, Y = small()
    calls = []
    result = fit(
        X, Y, 2, srht(3, 8, rng=0), max_steps=5, rng=0, callback=lambda *a: calls.append(a)
    )
    assert calls == list(enumerate(result.history.tolist()))


def test_progress_bar_leaves_standard_output_alone(capsys):
    X, Y = small()
    plain = fit(X, Y, 2, srht(3, 8, rng=0), max_steps=5, rng=0)
    shown = fit(X, Y, 2, srht(3, 8, rng=0), max_steps=5, rng=0, progress=True)
    assert np.array_equal(plain.history, shown.history)
    assert capsys.readouterr().out == ""


def test_two_phases():
    X, Y = small()
    B = srht(3, 8, rng=0)
    first, second = fit_two_phase(X, Y, 2, B, rng=0)
    assert first.network.butterfly is B
    assert first.loss == pytest.approx(reduced_loss(X, Y, B, 2), abs=1e-8)
    assert second.history[0] == pytest.approx(first.loss, rel=1e-12)
    assert second.loss < first.loss - 1e-3
    assert not np.allclose(second.network.butterfly.weights, B.weights)


def test_two_phases_from_fjlt_can_fail_always():
    X = np.array([[1, -1, 1, 0], [2, -4, -2, 2], [3, 3, -4, -2], [-4, 3, -4, 4.0]])
    best = min(fit(X, X, 2, butterfly(seed, [0, 2], 4), rng=seed).loss for seed in range(8))
    assert best == pytest.approx(33.9259, abs=1e-3)
    for seed in range(4):
        signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=4)
        B = TruncatedButterfly(Butterfly.hadamard(4, signs).weights, [0, 2])
        assert fit_two_phase(X, X, 2, B, rng=seed).second.loss == pytest.approx(37.0289, abs=1e-3)


@pytest.mark.parametrize("trainable", ["all", "fixed-b"])
def test_converged_means_a_small_gradient(trainable):
    B = butterfly(0, [0, 2], 4)
    X, Y = SPURIOUS / np.linalg.norm(B @ SPURIOUS), SPURIOUS / np.linalg.norm(SPURIOUS)
    result = fit(X, Y, 2, B, trainable, rng=0)
    assert result.converged
    net = (
        result.network
        if trainable == "all"
        else EncoderDecoder(*result.network.parameters[:2], B.to_dense())
    )
    slope = np.linalg.norm(net.flatten(net.gradient(X, Y)))
    size = np.linalg.norm(net.flatten(net.parameters))
    assert slope * size <= 1e-6 * np.square(Y).sum() * (1 + 1e-9)
