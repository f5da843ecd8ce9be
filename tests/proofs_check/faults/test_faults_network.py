"""Planted faults in the claims on sketches and on the network: each makes a named check fail."""

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq, fmpq_mat

import fjlt
from proofs_check.claim import Bearing
from proofs_check.exact import critical_points, sketch
from proofs_check.exact.planted import Problem, square
from proofs_check.statements.embeddings import prop_2, prop_2_corrected
from proofs_check.statements.fixed_encoder import (
    baldi_hornik,
    claim_s3_1,
    claim_s3_2,
    lemma_s3_1,
    structured_b,
)
from proofs_check.statements.training import two_phase


def critical_point_off(self, subset, k, rng, original=Problem.critical_point):
    D, E = original(self, subset, k, rng)
    return D, 2 * E


# fault: (claim, check that must fail, owner and name of what is replaced, replacement)
FAULTS = {
    "every draw counts as a success": (
        "prop-2",
        "four rows",
        prop_2,
        "prop2_success",
        lambda *a: Fraction(1),
    ),
    "the error forgets the part outside the row space": (
        "prop-2",
        "four rows",
        prop_2,
        "error_law",
        lambda X, original=prop_2.error_law: {Fraction(1): Fraction(1)},
    ),
    "the signs are counted for one row more": (
        "prop-2",
        "every size",
        prop_2,
        "spike_success",
        lambda n, original=prop_2.spike_success: original(n + 1),
    ),
    "half of the failures count as successes": (
        "prop-2",
        "digit images",
        prop_2,
        "prop2_success",
        lambda *a, original=prop_2.prop2_success: (1 + original(*a)) / 2,
    ),
    "one singular value of the tail is wrong": (
        "prop-2-corrected",
        "structural lemma",
        sketch,
        "spectrum",
        lambda values, original=sketch.spectrum: original([v + (len(values) == 1) for v in values]),
    ),
    "the transform loses its signs": (
        "prop-2-corrected",
        "SRHT moments",
        sketch,
        "sign_patterns",
        lambda n: np.ones((1, n), dtype=np.int64),
    ),
    "the size of the SRHT is halved": (
        "prop-2-corrected",
        "SRHT moments",
        prop_2_corrected,
        "failure_bound",
        lambda k, epsilon, original=prop_2_corrected.failure_bound: original(k, epsilon, size=8),
    ),
    "a degree of freedom is lost": (
        "prop-2-corrected",
        "Gaussian mean",
        prop_2_corrected,
        "inverse_mean",
        lambda k, l: Fraction(k, l - k),
    ),
    "the pseudo-inverse is a tenth too large": (
        "prop-2-corrected",
        "Gaussian draws",
        prop_2_corrected.np.linalg,
        "lstsq",
        lambda a, b: (1.1 * np.linalg.pinv(a) @ b,),
    ),
    "the corrected gradient in E has D transposed": (
        "lemma-s3.1",
        "shapes",
        lemma_s3_1,
        "in_encoder",
        lambda D, E, X, r: lemma_s3_1.vec(r).T * lemma_s3_1.kronecker_product(D.T, X.T),
    ),
    "the corrected gradient in E is taken for the printed one": (
        "lemma-s3.1",
        "smallest shape",
        lemma_s3_1,
        "in_encoder_printed",
        lemma_s3_1.in_encoder,
    ),
    "the library's gradient is that of half the loss": (
        "lemma-s3.1",
        "digits",
        lemma_s3_1.EncoderDecoder,
        "gradient",
        lambda self, X, Y, original=lemma_s3_1.EncoderDecoder.gradient: [
            part if part is None else part / 2 for part in original(self, X, Y)
        ],
    ),
    "the encoder is without the inverse of G": (
        "claim-s3.1",
        "planted critical points",
        claim_s3_1,
        "agrees",
        lambda *a, original=claim_s3_1.agrees: original(*a, formula=claim_s3_1.without_gram),
    ),
    "the planted points are not critical": (
        "claim-s3.1",
        "planted critical points",
        Problem,
        "critical_point",
        critical_point_off,
    ),
    "the gradient in E does not vanish": (
        "claim-s3.1",
        "gradient in E alone",
        claim_s3_1,
        "half_critical",
        lambda rng, original=claim_s3_1.half_critical: (lambda D, E, X, Y: (D, 2 * E, X, Y))(
            *original(rng)
        ),
    ),
    "the search ends anywhere": (
        "claim-s3.1",
        "digits",
        claim_s3_1,
        "search",
        lambda A, k, rng, starts: (
            (rng.normal(size=(len(A), k)), rng.normal(size=(k, A.shape[1]))) for _ in range(5)
        ),
    ),
    "the witness has an encoder of full row rank": (
        "claim-s3.2",
        "no inverse",
        claim_s3_2,
        "witness",
        lambda original=claim_s3_2.witness: original() | {"E": fmpq_mat([[1]])},
    ),
    "the projection is not symmetric": (
        "claim-s3.2",
        "planted critical points",
        claim_s3_2,
        "projection",
        lambda D: D * fmpq_mat([[int(i == j) for j in range(D.nrows())] for i in range(D.ncols())]),
    ),
    "the normal equation loses the inner gram matrix": (
        "claim-s3.2",
        "planted critical points",
        claim_s3_2,
        "encoded_gram",
        lambda E, X, original=claim_s3_2.encoded_gram: 2 * original(E, X),
    ),
    "a critical value is forgotten for sparse encoders": (
        "structured-b",
        "every critical value",
        structured_b,
        "predicted",
        lambda *a, original=structured_b.predicted: original(*a)[:-1],
    ),
    "the Hessian of the comparison loses its mixed term": (
        "structured-b",
        "real data",
        critical_points,
        "hessian",
        lambda D, E, X, Y, original=critical_points.hessian: np.diag(np.diag(original(D, E, X, Y))),
    ),
    "a critical value is forgotten without a butterfly": (
        "baldi-hornik",
        "every critical value",
        baldi_hornik,
        "predicted",
        lambda *a, original=baldi_hornik.predicted: original(*a)[1:],
    ),
    "the Hessian without a butterfly is that of D = 0": (
        "baldi-hornik",
        "minima",
        baldi_hornik,
        "second_derivative",
        lambda D, E, X, Y, original=baldi_hornik.second_derivative: original(0 * D, E, X, Y),
    ),
    "the signal matrix forgets the inverse": (
        "baldi-hornik",
        "Loewner order",
        baldi_hornik,
        "signal",
        lambda X, Y: (Y * X.transpose()) * (Y * X.transpose()).transpose(),
    ),
    "the library's signal matrix is ten times too large": (
        "baldi-hornik",
        "digits",
        baldi_hornik,
        "signal_matrix",
        lambda X, Y, B, original=baldi_hornik.signal_matrix: 10 * original(X, Y, B),
    ),
    "the gauge changes nothing": (
        "two-phase",
        "gauge",
        two_phase,
        "gauge_witness",
        lambda original=two_phase.gauge_witness: (lambda w: w | {"D2": w["D"], "E2": w["E"]})(
            original()
        ),
    ),
    "the second point of the gauge is no minimum": (
        "two-phase",
        "gauge",
        two_phase,
        "gauge_witness",
        lambda original=two_phase.gauge_witness: (lambda w: w | {"E2": w["E"]})(original()),
    ),
    "the best approximation is zero": (
        "two-phase",
        "output",
        two_phase,
        "best_approximation",
        lambda problem, k: problem.X * fmpq(0),
    ),
    "the reduced loss is 1 % off": (
        "two-phase",
        "loss bound",
        two_phase,
        "reduced_loss",
        lambda *a, original=two_phase.reduced_loss: 1.01 * original(*a),
    ),
    "the approximation of the library has rank k + 1": (
        "two-phase",
        "training",
        two_phase,
        "low_rank",
        lambda X, B, k: fjlt.low_rank(X, B, k + 1),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_noticed(name, monkeypatch, bearing):
    claim_id, check, owner, attribute, fault = FAULTS[name]
    monkeypatch.setattr(owner, attribute, fault)
    assert bearing(claim_id, check) is Bearing.FAILED


def test_planted_problems_have_what_they_promise():
    rng = np.random.default_rng(0)
    for problem in (
        Problem.general([3, 2, 0], 4, 3, 5, 6, rng),
        Problem.auto_encoder([3, 2], 4, rng),
    ):
        sigma = claim_s3_2.signal(problem.encoded, problem.Y)
        assert sigma == problem.U * problem.S * problem.S.transpose() * problem.U.transpose()
        assert square(problem.U * problem.U.transpose()) == problem.U.nrows()
