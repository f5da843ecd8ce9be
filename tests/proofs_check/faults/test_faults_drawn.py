"""Drawn checks say the opposite of what is expected when a fault is planted that makes it true."""

import pytest
from numpy.random import SeedSequence

import fjlt
from proofs_check.claim import Bearing, Context
from proofs_check.statements.embeddings import (
    fjlt_tail,
    introduction_accuracy,
    jl_norm,
    prop_1,
    prop_1_corrected,
    prop_2,
    prop_2_corrected,
)
from proofs_check.statements.experiments import trained_loss
from proofs_check.statements.training import dynamics


@pytest.fixture
def context():
    return Context("quick", SeedSequence(5))


def test_all_rows_kept_do_not_fail(context):
    assert prop_1._larger(context, kept=1.0).bearing is Bearing.SUPPORTS


def test_weights_that_keep_the_accuracy(context):
    assert introduction_accuracy._digits(context, 64, 16).bearing is Bearing.SUPPORTS


def test_more_rows_than_the_proposition_asks_for(context):
    assert prop_2._sampled(context, l=256).bearing is Bearing.SUPPORTS


def test_a_transform_that_loses_no_vector(context, monkeypatch):
    monkeypatch.setattr(fjlt_tail, "srht", fjlt.gaussian)
    assert fjlt_tail._drawn(context).bearing is Bearing.SUPPORTS


def test_draws_without_their_scale(context, monkeypatch):
    right = jl_norm.drawn_norms
    monkeypatch.setattr(jl_norm, "drawn_norms", lambda *about: [2 * x for x in right(*about)])
    assert jl_norm._drawn(context).bearing is Bearing.REFUTES


@pytest.mark.parametrize("check", ["digit images", "windows of pixels"])
def test_a_transform_with_its_scale_twice(bearing, monkeypatch, check):
    monkeypatch.setattr(
        prop_1_corrected, "srht", lambda k, n, rng: fjlt.srht(k, n, rng=rng) * (n / k) ** 0.5
    )
    assert bearing("prop-1-corrected", check) is Bearing.REFUTES


@pytest.mark.parametrize("check", ["real data", "many rows"])
def test_a_sketch_of_one_row(bearing, monkeypatch, check):
    right = prop_2_corrected.successes
    monkeypatch.setattr(
        prop_2_corrected,
        "successes",
        lambda X, draw, k, epsilon, l, given: right(X, draw, k, 1e-6, k, given),
    )
    assert bearing("prop-2-corrected", check) is Bearing.REFUTES


def test_butterflies_that_are_not_trained(context):
    assert trained_loss.verdict_on(trained_loss.within(context, "none")[0]) is Bearing.REFUTES


def test_starts_that_never_end_at_the_spurious_minimum(context, monkeypatch):
    monkeypatch.setattr(dynamics, "ROWS", (0, 1))  # every plane can be reached
    assert dynamics._share(context, dynamics.JOINT, dynamics.SCHEMES[0]).bearing is Bearing.REFUTES
