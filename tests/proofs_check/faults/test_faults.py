"""Planted faults: each makes a named check fail, so no check passes whatever the code does."""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest

import fjlt
from proofs_check.claim import Bearing
from proofs_check.exact import critical_points
from proofs_check.exact import moments as exact_moments
from proofs_check.statements.butterflies import definition_3_1, weight_bound
from proofs_check.statements.embeddings import jl_norm, lemma_s2_1, moments
from proofs_check.statements.fixed_encoder import fixed_b, theorem_1, theorem_1_star


def wrong_layer(self, i, original=fjlt.Butterfly.layer):
    return original(self, 0)


def points_with(**change):
    def altered(X, Y, B, k, original=theorem_1.critical_points):
        for point in original(X, Y, B, k):
            yield dataclasses.replace(
                point, **{name: f(getattr(point, name)) for name, f in change.items()}
            )

    return altered


# fault: (claim, check that must fail, owner and name of what is replaced, replacement)
FAULTS = {
    "every layer joins bit 0": (
        "definition-3.1",
        "structure",
        fjlt.Butterfly,
        "layer",
        wrong_layer,
    ),
    "the pattern of the text is read with bits reversed": (
        "definition-3.1",
        "structure",
        definition_3_1,
        "pattern",
        lambda n, bit, original=definition_3_1.pattern: original(n, n.bit_length() - 2 - bit),
    ),
    "the maximal count is one too large": (
        "weight-bound",
        "every subset",
        weight_bound,
        "max_effective_weights",
        lambda n, l: fjlt.max_effective_weights(n, l) + 1,
    ),
    "the mean count is that of sampling with replacement": (
        "weight-bound",
        "every subset",
        weight_bound,
        "mean_effective_weights",
        lambda n, l: Fraction(fjlt.max_effective_weights(n, l)),
    ),
    "the draws lose a sign": (
        "lemma-s2.1",
        "every draw",
        lemma_s2_1,
        "projections",
        lambda x, k, original=lemma_s2_1.projections: (np.abs(v) for v in original(x, k)),
    ),
    "the draws lose the scale 1/k": (
        "lemma-s2.1",
        "every draw",
        lemma_s2_1,
        "projections",
        lambda x, k, original=lemma_s2_1.projections: (k * v for v in original(x, k)),
    ),
    "the Hadamard matrix is not orthogonal": (
        "lemma-s2.1",
        "digits",
        lemma_s2_1,
        "hadamard_rows",
        lambda n: np.triu(np.ones((n, n), dtype=int)),
    ),
    "the barrier is for n + 2 coordinates": (
        "lemma-s2.1",
        "Beta barrier",
        lemma_s2_1,
        "barrier",
        lambda n, k, e, original=lemma_s2_1.barrier: original(n + 2, k, e),
    ),
    "sigma² loses the finite-population factor": (
        "jl-norm",
        "SRHT variance",
        exact_moments,
        "sigma2",
        lambda n, k: Fraction(1, k),
    ),
    "the Gaussian tail is one-sided with twice the rows": (
        "jl-norm",
        "Gaussian tail",
        jl_norm,
        "chernoff",
        lambda k, e, original=jl_norm.chernoff: original(2 * k, e),
    ),
    "the library's one-sided error is 1 % off": (
        "moments",
        "library functions",
        moments,
        "one_sided_error",
        lambda *a: 1.01 * fjlt.one_sided_error(*a),
    ),
    "the second moment of the draws is biased": (
        "moments",
        "every draw",
        moments,
        "enumerated",
        lambda x, k, original=moments.enumerated: (original(x, k)[0], original(x, k)[1] * 2),
    ),
    "the Morse index is one too large": (
        "theorem-1",
        "digits",
        theorem_1,
        "critical_points",
        points_with(index=lambda i: i + 1),
    ),
    "the nullity forgets the gauge": (
        "theorem-1",
        "digits",
        theorem_1,
        "critical_points",
        points_with(nullity=lambda _: 0),
    ),
    "the loss has an eigenvalue too many": (
        "theorem-1",
        "digits",
        theorem_1,
        "critical_points",
        points_with(loss=lambda loss: 0.99 * loss),
    ),
    "one critical value is forgotten": (
        "theorem-1",
        "every critical value",
        theorem_1,
        "critical_values",
        lambda *a, original=theorem_1.critical_values: original(*a)[:-1],
    ),
    "the Hessian loses its mixed term": (
        "theorem-1-star",
        "closed forms",
        critical_points,
        "hessian",
        lambda D, E, X, Y, original=critical_points.hessian: np.diag(np.diag(original(D, E, X, Y))),
    ),
    "the direction of descent is turned": (
        "theorem-1-star",
        "descent identity",
        theorem_1_star,
        "descent_direction",
        lambda X, Y, v, original=theorem_1_star.descent_direction: -original(X, Y, v),
    ),
    "saddles are called minima": (
        "fixed-b",
        "exact index",
        critical_points,
        "integer_inertia",
        lambda symmetric, original=critical_points.integer_inertia: (0, original(symmetric)[1]),
    ),
    "the optimum is 1 % too low": (
        "fixed-b",
        "training",
        fixed_b,
        "reduced_loss",
        lambda *a, original=fixed_b.reduced_loss: 0.99 * original(*a),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_noticed(name, monkeypatch, bearing):
    claim_id, check, owner, attribute, fault = FAULTS[name]
    monkeypatch.setattr(owner, attribute, fault)
    assert bearing(claim_id, check) is Bearing.FAILED
