"""Planted faults in the claims on counting and embedding: each makes a named check fail."""

from fractions import Fraction

import numpy as np
import pytest

import fjlt
from proofs_check.claim import Bearing
from proofs_check.statements.butterflies import footnote_3, footnote_4, param_count
from proofs_check.statements.embeddings import abstract_accuracy, fjlt_tail, prop_1_corrected

# fault: (claim, check that must fail, owner and name of what is replaced, replacement)
FAULTS = {
    "the maximal count is one too small": (
        "footnote-3",
        "every subset",
        footnote_3,
        "max_effective_weights",
        lambda n, l: fjlt.max_effective_weights(n, l) - 1,
    ),
    "the count is that of the next power of 2": (
        "footnote-3",
        "every subset",
        footnote_3,
        "min_effective_weights",
        lambda n, l: fjlt.min_effective_weights(footnote_3.next_power_of_two(n), l),
    ),
    "the layers join the highest bit first": (
        "footnote-3",
        "integer inequality",
        footnote_3,
        "max_effective_weights",
        footnote_3.max_highest_first,
    ),
    "both orders are the same": (
        "footnote-3",
        "the other order",
        footnote_3,
        "highest_first",
        range,
    ),
    "every weight is called effective": (
        "footnote-3",
        "implementation",
        fjlt.TruncatedButterfly,
        "effective_mask",
        property(lambda self: np.ones(self.butterfly.weights.shape, dtype=bool)),
    ),
    "paths forget whether they cross": (
        "footnote-4",
        "minors",
        footnote_4,
        "path",
        lambda n, row, column, original=footnote_4.path: [
            (i, head, 0) for i, head, _ in original(n, row, column)
        ],
    ),
    "the Hadamard matrix has no signs": (
        "footnote-4",
        "minors",
        footnote_4,
        "hadamard_rows",
        lambda n: np.ones((n, n), dtype=np.int64),
    ),
    "every matrix is taken for a butterfly": (
        "footnote-4",
        "Ailon-Chazelle",
        footnote_4,
        "excluded",
        lambda B: np.zeros(len(B), dtype=bool),
    ),
    "no matrix is taken for a butterfly": (
        "footnote-4",
        "Ailon-Liberty",
        footnote_4,
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
        lambda n, k, e, d, original=fjlt_tail.corrected: original(n, 100 * k, e, d),
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
        "abstract-accuracy",
        "action",
        abstract_accuracy,
        "success_probability",
        lambda W, x, k1, k2, limit, original=abstract_accuracy.success_probability: original(
            W, x, k1, k2, 10 * limit
        ),
    ),
    "the transforms keep every row": (
        "abstract-accuracy",
        "decision",
        abstract_accuracy,
        "projections",
        lambda x, k, original=abstract_accuracy.projections: original(x, len(x)),
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
        abstract_accuracy.DenseReplacement,
        "from_dense",
        lambda W, k1, k2, rng: original(W, 64, 16, rng=rng),
    )
    assert bearing("abstract-accuracy", "digits") is Bearing.SILENT


def test_large_errors_are_not_bounded(monkeypatch, bearing):
    monkeypatch.setattr(prop_1_corrected, "srht", lambda k, n, rng: fjlt.srht(1, n, rng))
    assert bearing("prop-1-corrected", "digit images") is Bearing.SILENT
