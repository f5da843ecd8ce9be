"""Planted faults in the claims on counting and embedding: each makes a named check fail."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, fmpq_mat
from numpy.random import SeedSequence

import fjlt
from proofs_check import claims
from proofs_check.claim import Bearing, Context
from proofs_check.statements.butterflies import footnote_4, footnote_5, param_count
from proofs_check.statements.embeddings import (
    fjlt_tail,
    introduction_accuracy,
    lemma_s2_1,
    prop_1,
    prop_1_corrected,
    prop_2,
    prop_2_corrected,
)

# fault: (claim, check that must fail, owner and name of what is replaced, replacement)
FAULTS = {
    "the maximal count is one too small": (
        "footnote-4",
        "every subset",
        footnote_4,
        "max_effective_weights",
        lambda n, l: fjlt.max_effective_weights(n, l) - 1,
    ),
    "the count is that of the next power of 2": (
        "footnote-4",
        "every subset",
        footnote_4,
        "min_effective_weights",
        lambda n, l: fjlt.min_effective_weights(footnote_4.next_power_of_two(n), l),
    ),
    "the layers join the highest bit first": (
        "footnote-4",
        "integer inequality",
        footnote_4,
        "max_effective_weights",
        footnote_4.max_highest_first,
    ),
    "both orders are the same": (
        "footnote-4",
        "the other order",
        footnote_4,
        "highest_first",
        range,
    ),
    "every weight is called effective": (
        "footnote-4",
        "implementation",
        fjlt.TruncatedButterfly,
        "effective_mask",
        property(lambda self: np.ones(self.butterfly.weights.shape, dtype=bool)),
    ),
    "paths forget whether they cross": (
        "footnote-5",
        "minors",
        footnote_5,
        "path",
        lambda n, row, column, original=footnote_5.path: [
            (i, head, 0) for i, head, _ in original(n, row, column)
        ],
    ),
    "the Hadamard matrix has no signs": (
        "footnote-5",
        "minors",
        footnote_5,
        "hadamard_rows",
        lambda n: np.ones((n, n), dtype=np.int64),
    ),
    "every matrix is taken for a butterfly": (
        "footnote-5",
        "Ailon-Chazelle",
        footnote_5,
        "excluded",
        lambda B: np.zeros(len(B), dtype=bool),
    ),
    "no matrix is taken for a butterfly": (
        "footnote-5",
        "Ailon-Liberty",
        footnote_5,
        "excluded",
        lambda B: np.ones(len(B), dtype=bool),
    ),
    "the maximal count is one too large": (
        "param-count",
        "dense layer",
        param_count,
        "max_effective_weights",
        lambda n, l: fjlt.max_effective_weights(n, l) + 1,
    ),
    "the core is counted twice": (
        "param-count",
        "dense layer",
        fjlt.DenseReplacement,
        "n_weights",
        property(
            lambda self, original=fjlt.DenseReplacement.n_weights.fget: (
                original(self) + self.core.size
            )
        ),
    ),
    "the count is that of a full butterfly": (
        "param-count",
        "growth",
        param_count,
        "max_effective_weights",
        lambda n, l: fjlt.max_effective_weights(n, n),
    ),
    "the encoder has one weight more": (
        "param-count",
        "encoder",
        param_count,
        "encoder_weights",
        lambda n, k, l, original=param_count.encoder_weights: original(n, k, l) + 1,
    ),
    "rows are drawn with replacement": (
        "fjlt-tail",
        "two coordinates",
        fjlt_tail,
        "hypergeometric",
        lambda n, good, k: (
            {t: fjlt_tail.comb(k, t) * good**t * (n - good) ** (k - t) for t in range(k + 1)},
            n**k,
        ),
    ),
    "a vector is lost twice as often": (
        "fjlt-tail",
        "coset adversary",
        fjlt_tail,
        "lost",
        lambda n, k, s, factor=2, original=fjlt_tail.lost: original(n, k, s, 2 * factor),
    ),
    "the subgroup is of constant order": ("fjlt-tail", "rate", fjlt_tail, "order", lambda k: 64),
    "the corrected bound has a hundred times the exponent": (
        "fjlt-tail",
        "corrected bound",
        fjlt_tail,
        "corrected",
        lambda n, k, *rest, original=fjlt_tail.corrected: original(n, 100 * k, *rest),
    ),
    "the constant of the corrected bound is 2/5": (
        "fjlt-tail",
        "corrected bound",
        fjlt_tail,
        "CONSTANT",
        Fraction(2, 5),
    ),
    "the draws of both sides lose the factor n2/k2": (
        "prop-1-corrected",
        "two sides",
        prop_1_corrected,
        "prop1_law",
        lambda W, x, k1, k2, original=prop_1_corrected.prop1_law: {
            value * Fraction(k2, len(W)): p for value, p in original(W, x, k1, k2).items()
        },
    ),
    "a normal matrix has a row too many": (
        "prop-2-corrected",
        "Gaussian mean",
        prop_2_corrected,
        "chi_squared_reciprocal",
        lambda nu, original=prop_2_corrected.chi_squared_reciprocal: original(nu + 1),
    ),
    "the derivative of an inverse has the wrong sign": (
        "prop-2-corrected",
        "Gaussian mean",
        prop_2_corrected,
        "stein_factor",
        lambda k, l: l + k + 1,
    ),
    "the mean of 1/χ² is 1/ν": (
        "prop-2-corrected",
        "Gaussian mean",
        prop_2_corrected,
        "reciprocal_by_integration",
        lambda nu: 1 / arb(nu),
    ),
    "the barrier has k − 2 degrees of freedom": (
        "lemma-s2.1",
        "Beta barrier",
        lemma_s2_1,
        "law_moments",
        lambda n, k, count, original=lemma_s2_1.law_moments: original(n, k - 2, count),
    ),
    "the complement forgets a row": (
        "lemma-s2.1",
        "Beta barrier",
        lemma_s2_1,
        "complement",
        lambda J, original=lemma_s2_1.complement: original(
            fmpq_mat(J.nrows() - 1, J.ncols(), J.entries()[: -J.ncols()])
        ),
    ),
    "the barrier is a thousandth": (
        "lemma-s2.1",
        "Beta barrier",
        lemma_s2_1,
        "hardest",
        lambda n, k, epsilon: Fraction(1),
    ),
    "the draws are twice too large": (
        "prop-1-corrected",
        "one side",
        prop_1_corrected,
        "projections",
        lambda x, k, original=prop_1_corrected.projections: (2 * v for v in original(x, k)),
    ),
    "the one-sided moment is biased": (
        "prop-1-corrected",
        "one side",
        prop_1_corrected,
        "one_sided",
        lambda *a, original=prop_1_corrected.one_sided: 2 * original(*a) + 1,
    ),
    "the bilinear variance is twice too large": (
        "prop-1-corrected",
        "bilinear form",
        prop_1_corrected,
        "bilinear",
        lambda *a, original=prop_1_corrected.bilinear: 2 * original(*a),
    ),
    "the two-sided moment is an eighth too small": (
        "prop-1-corrected",
        "two sides",
        prop_1_corrected,
        "two_sided",
        lambda *a, original=prop_1_corrected.two_sided: original(*a) - Fraction(1, 8),
    ),
    "the square of the limit is ten times too wide": (
        "introduction-accuracy",
        "action",
        introduction_accuracy,
        "success_probability",
        lambda W, x, k1, k2, limit, original=introduction_accuracy.success_probability: original(
            W, x, k1, k2, 10 * limit
        ),
    ),
    "the transforms keep every row": (
        "introduction-accuracy",
        "decision",
        introduction_accuracy,
        "projections",
        lambda x, k, original=introduction_accuracy.projections: original(x, len(x)),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_noticed(name, monkeypatch, bearing):
    claim_id, check, owner, attribute, fault = FAULTS[name]
    monkeypatch.setattr(owner, attribute, fault)
    assert bearing(claim_id, check) is Bearing.FAILED


def test_lossless_replacement_does_not_refute(monkeypatch, bearing):
    original = fjlt.DenseReplacement.from_dense
    monkeypatch.setattr(
        introduction_accuracy.DenseReplacement,
        "from_dense",
        lambda W, k1, k2, rng: original(W, 64, 16, rng=rng),
    )
    assert bearing("introduction-accuracy", "digits") is Bearing.SUPPORTS


def test_large_errors_are_not_bounded(monkeypatch, bearing):
    monkeypatch.setattr(prop_1_corrected, "srht", lambda k, n, rng: fjlt.srht(1, n, rng))
    assert bearing("prop-1-corrected", "digit images") is Bearing.REFUTES


def test_samples_of_butterflies_keep_different_rows(monkeypatch, bearing):
    kept = []

    def recorded(weights, rows, original=footnote_5.TruncatedButterfly):
        kept.append(tuple(rows))
        return original(weights, rows)

    monkeypatch.setattr(footnote_5, "TruncatedButterfly", recorded)
    assert bearing("footnote-5", "minors") is Bearing.REFUTES
    assert len(kept) == 50
    assert len(set(kept)) > 40


# fault in the machinery: (claim, control that it must make fail, owner and name, replacement)
CONTROLS = {
    "the law is that of ‖W'x‖²": (
        "prop-1",
        "rank one, with the error n2/k2 in place of n2/k2 − 1",
        prop_1,
        "prop1_law",
        lambda W, x, k1, k2, original=prop_1.prop1_law: {
            value + 1: p for value, p in original(W, x, k1, k2).items()
        },
    ),
    "a certain success counts as too rare": (
        "prop-2",
        "rows (1, 0) in place of (2, 0), for which every draw succeeds",
        prop_2,
        "HALF",
        Fraction(2),
    ),
    "the inner transform keeps one row": (
        "introduction-accuracy",
        "k1 = 3 of 4 and k2 = n2, which keeps the class of e1 in every draw",
        introduction_accuracy,
        "projections",
        lambda x, k, original=introduction_accuracy.projections: original(x, min(k, 1)),
    ),
    "the draws ignore the sizes": (
        "introduction-accuracy",
        "digits with k1 = 64 and k2 = 16, whose draws must not refute",
        introduction_accuracy,
        "sampled",
        lambda context, k1, k2, draws, original=introduction_accuracy.sampled: original(
            context, 6, 4, draws
        ),
    ),
    "the factor of the divergence is the one to be tested": (
        "prop-2-corrected",
        "the Gaussian mean k/(l − k) in place of k/(l − k − 1)",
        prop_2_corrected,
        "divergence",
        lambda Z, original=prop_2_corrected.divergence: (
            (Z.nrows() - Z.ncols()) * original(Z)[1],
            original(Z)[1],
        ),
    ),
    "the law of the distance is read off the shape": (
        "lemma-s2.1",
        "the law of the distance with k + 2 in place of k",
        lemma_s2_1,
        "distance_moments",
        lambda J, count: lemma_s2_1.law_moments(J.ncols(), J.nrows() + 2, count),
    ),
    "the failures are those of a smaller subgroup": (
        "fjlt-tail",
        "the constant 1/2 in place of 6 in the corrected bound",
        fjlt_tail,
        "failure",
        lambda n, k, e, s, original=fjlt_tail.failure: original(n, k, e, 2),
    ),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_fault_makes_a_control_fail(name, monkeypatch):
    claim_id, control_name, owner, attribute, fault = CONTROLS[name]
    claim = next(claim for claim in claims() if claim.id == claim_id)
    control = next(c for c in claim.controls if c.name == control_name)
    context = Context("quick", SeedSequence(0))
    assert control.rejected(context)
    monkeypatch.setattr(owner, attribute, fault)
    assert not control.rejected(context)
