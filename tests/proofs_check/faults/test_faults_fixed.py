"""Planted faults in the claims on the network with B fixed: each makes a named check fail, or lets
a control through."""

from dataclasses import replace

import numpy as np
import pytest
from flint import fmpq_mat
from numpy.random import SeedSequence

from landscape import CriticalPoint
from proofs_check.checker import valid
from proofs_check.claim import Bearing, Context
from proofs_check.exact import critical_points
from proofs_check.exact.planted import Point, Problem, identity
from proofs_check.identities.derivation import Derivation
from proofs_check.statements.fixed_encoder import (
    baldi_hornik,
    claim_s3_2,
    fixed_b,
    lemma_s3_1,
    structured_b,
    theorem_1,
    theorem_1_star,
)
from proofs_check.statements.printed_proof import (
    encoder_form,
    theorem_1_gap,
    theorem_1_hypotheses,
)
from proofs_check.statements.trained_encoder_counts import joint_count
from proofs_check.statements.training import two_phase


def ends_at_zero(A, k, rng, starts):
    return ((np.zeros((len(A), k)), np.zeros((k, A.shape[1]))) for _ in range(starts))


def without_last_steps_sign(self, original=Derivation.certificate):
    certificate = original(self)
    cofactor = certificate["steps"][-1]["cofactors"][0]
    cofactor[0] = f"-({cofactor[0]})"
    return certificate


def encoder_doubled(self, subset, k, rng, original=Problem.critical_point):
    D, E = original(self, subset, k, rng)
    return D, 2 * E


# fault: (claim, check that must fail, owner and name of what is replaced, replacement)
CHECKS = {
    "a critical value too many is predicted": (
        "theorem-1",
        "every critical value",
        theorem_1,
        "critical_values",
        lambda *a, original=theorem_1.critical_values: [*original(*a), 99],
    ),
    "a critical value too many is predicted for degenerate data": (
        "theorem-1-star",
        "every critical value",
        theorem_1_star,
        "critical_values",
        lambda *a, original=theorem_1_star.critical_values: [*original(*a), 99],
    ),
    "a critical value too many is predicted for sparse encoders": (
        "structured-b",
        "every critical value",
        structured_b,
        "predicted",
        lambda *a, original=structured_b.predicted: [*original(*a), 99],
    ),
    "the minima have I = [k] for k > l, too": (
        "theorem-1",
        "outside the assumption",
        theorem_1,
        "indices",
        lambda values, m, l, k: {tuple(range(1, k + 1)): (0, 0)},
    ),
    "every search ends at D = 0": (
        "theorem-1-star",
        "search",
        theorem_1_star,
        "search",
        ends_at_zero,
    ),
    "every search ends at D = 0, where every projection commutes": (
        "claim-s3.2",
        "digits",
        claim_s3_2,
        "search",
        ends_at_zero,
    ),
    "the library's signal matrix is zero": (
        "baldi-hornik",
        "digits",
        baldi_hornik,
        "signal_matrix",
        lambda X, Y, B: np.zeros((len(Y), len(Y))),
    ),
    "the optimum is 1 % too high": (
        "fixed-b",
        "training",
        fixed_b,
        "reduced_loss",
        lambda *a, original=fixed_b.reduced_loss: 1.01 * original(*a),
    ),
    "the points of the index sets are not critical": (
        "fixed-b",
        "exact index",
        critical_points,
        "padded",
        lambda *a, original=critical_points.padded: original(*a) + 1,
    ),
    "both points of the gauge are saddles": (
        "two-phase",
        "gauge",
        two_phase,
        "gauge_witness",
        lambda original=two_phase.gauge_witness: (
            original()
            | {name: fmpq_mat([[0], [v]]) for name, v in (("D", 1), ("D2", -1))}
            | {name: fmpq_mat([[0, v]]) for name, v in (("E", 1), ("E2", -1))}
        ),
    ),
    "I' = [p] has a pair as well": (
        "theorem-1-gap",
        "pairs",
        theorem_1_gap,
        "has_pair",
        lambda chosen, k: len(chosen) < k,
    ),
    "a pair may also go to a smaller eigenvalue": (
        "theorem-1-gap",
        "turns",
        theorem_1_gap,
        "has_pair",
        lambda chosen, k: any(a != b for a in range(1, k + 1) if a not in chosen for b in chosen),
    ),
    "no network is turned": (
        "theorem-1-gap",
        "turns",
        Point,
        "turned",
        lambda self, a, b, epsilon: self,
    ),
    "the planted points of the proof are not critical": (
        "theorem-1-gap",
        "turns",
        Problem,
        "critical_point",
        encoder_doubled,
    ),
    "the direction of descent is that of q reversed": (
        "theorem-1-gap",
        "smallest witnesses",
        Point,
        "shifted",
        lambda self, s, t, v, w, original=Point.shifted: original(self, s, -t, v, w),
    ),
    "a sign is lost in the proof of the gap": (
        "theorem-1-gap",
        "ranges and descent, all sizes",
        Derivation,
        "certificate",
        without_last_steps_sign,
    ),
    "a sign is lost in the proof of the form": (
        "encoder-form",
        "the form, all sizes",
        Derivation,
        "certificate",
        without_last_steps_sign,
    ),
    "a sign is lost in the proof that K is zero": (
        "encoder-form",
        "when K is zero, all sizes",
        Derivation,
        "certificate",
        without_last_steps_sign,
    ),
    "N exists at every point": (
        "encoder-form",
        "planted critical points",
        encoder_form,
        "printed_form",
        lambda point: True,
    ),
    "K is forgotten": (
        "encoder-form",
        "planted critical points",
        encoder_form,
        "parts",
        lambda point, original=encoder_form.parts: (lambda W, N, K, seen: (W, N, 0 * K, seen))(
            *original(point)
        ),
    ),
    "rank Σ = l at the witness": (
        "encoder-form",
        "smallest witness",
        encoder_form,
        "form_witness",
        lambda: theorem_1_gap.gap_witnesses()[1],
    ),
    "λ_k > λ_(k+1) is not asked for": (
        "theorem-1-hypotheses",
        "ranges of minima",
        theorem_1_hypotheses,
        "separated",
        lambda values, k: True,
    ),
    "all Hessians are those of D = 0": (
        "theorem-1-hypotheses",
        "ranges of minima",
        theorem_1_hypotheses,
        "hessian",
        lambda D, E, X, Y, original=theorem_1_hypotheses.hessian: original(0 * D, 0 * E, X, Y),
    ),
    "the planted integer points are not critical": (
        "theorem-1-hypotheses",
        "ranges of minima",
        theorem_1_hypotheses,
        "integer_points",
        lambda *a, original=theorem_1_hypotheses.integer_points: (lambda D, F: (D, F + 1))(
            *original(*a)
        ),
    ),
    "a critical value too many for equal eigenvalues": (
        "theorem-1-hypotheses",
        "critical values",
        theorem_1_hypotheses,
        "critical_values",
        lambda *a, original=theorem_1_hypotheses.critical_values: [*original(*a), 99],
    ),
    "one of the minima is a saddle": (
        "theorem-1-hypotheses",
        "witnesses",
        theorem_1_hypotheses,
        "witnesses",
        lambda original=theorem_1_hypotheses.witnesses: [
            (name, fmpq_mat([[2, 0], [0, 1]]), networks) for name, _, networks in original()
        ],
    ),
    "a sign is lost in the proof of one orbit": (
        "theorem-1-hypotheses",
        "one orbit for each range, all sizes",
        Derivation,
        "certificate",
        without_last_steps_sign,
    ),
}

# fault: (claim, control that must not be rejected, owner and name of what is replaced, replacement)
CONTROLS = {
    "without an assumption the minima are said to have I = [k]": (
        "theorem-1",
        "I = [k] at the minima for k > l too",
        theorem_1,
        "indices",
        lambda values, m, l, k: {tuple(range(1, k + 1)): (0, 0)},
    ),
    "no encoder has full row rank": (
        "claim-s3.2",
        "an encoder of full row rank, where the inverse exists",
        claim_s3_2,
        "encoded_gram",
        lambda E, encoded: fmpq_mat(E.nrows(), E.nrows()),
    ),
    "every decoder is invariant": (
        "claim-s3.2",
        "a decoder that is not critical: its range does not commute with Σ",
        claim_s3_2,
        "invariant",
        lambda D, E, problem: True,
    ),
    "every point solves the normal equation": (
        "claim-s3.2",
        "the normal equation with an arbitrary decoder",
        claim_s3_2,
        "normal_equation",
        lambda D, E, problem: True,
    ),
    "the printed equation holds wherever it is defined": (
        "claim-s3.2",
        "the printed equation with an arbitrary decoder",
        claim_s3_2,
        "printed",
        lambda D, E, problem, original=claim_s3_2.printed: (
            original(D, E, problem) in (True, False) or None
        ),
    ),
    "every property holds at every point": (
        "claim-s3.2",
        "the normal equation without the Gram matrix",
        claim_s3_2,
        "holding",
        lambda holds, points: len(points),
    ),
    "every property holds at every point, ranges too": (
        "claim-s3.2",
        "every eigenvector of Σ in the range of D",
        claim_s3_2,
        "holding",
        lambda holds, points: len(points),
    ),
    "the index is not compared": (
        "theorem-1-star",
        "a saddle claimed to have index 0",
        theorem_1_star,
        "faults_at",
        lambda *a, original=theorem_1_star.faults_at: [f for f in original(*a) if f != "index"],
    ),
    "the facts hold everywhere": (
        "theorem-1-star",
        "a network next to a critical point",
        theorem_1_star,
        "deviations",
        lambda *a: ({"commutes": 0.0, "product": 0.0, "loss": 0.0}, 1),
    ),
    "every set but [k] has a pair": (
        "theorem-1-gap",
        "a pair at every critical point but the minimum",
        theorem_1_gap,
        "has_pair",
        lambda chosen, k: tuple(chosen) != tuple(range(1, k + 1)),
    ),
    "a unit vector alone has a pair": (
        "theorem-1-gap",
        "D = 0 alone is missed",
        theorem_1_gap,
        "has_pair",
        lambda chosen, k: tuple(chosen) not in ((), tuple(range(1, k + 1))),
    ),
    "some turn lowers the loss everywhere": (
        "theorem-1-gap",
        "a turn that lowers the loss where I' = [p]",
        theorem_1_gap,
        "turns",
        lambda point: [(1, 2, -1)],
    ),
    "a shift leads to the minimum": (
        "theorem-1-gap",
        "descent with v in the range of D",
        Point,
        "shifted",
        lambda self, s, t, v, w: replace(self, D=identity(2), E=identity(2)),
    ),
    "N exists everywhere": (
        "encoder-form",
        "an N at the witness with rank Σ < l",
        encoder_form,
        "printed_form",
        lambda point: True,
    ),
    "N exists nowhere": (
        "encoder-form",
        "a critical point without N where rank Σ = l",
        encoder_form,
        "printed_form",
        lambda point: False,
    ),
    "every network is critical": (
        "encoder-form",
        "a further row outside ker T",
        Point,
        "critical",
        property(lambda self: True),
    ),
    "the criterion is not compared": (
        "theorem-1-hypotheses",
        "distinct eigenvalues needed everywhere",
        theorem_1_hypotheses,
        "departures",
        lambda criterion, largest, rng: ([], 1, 2),
    ),
    "only ties are looked at": (
        "theorem-1-hypotheses",
        "k positive eigenvalues are enough",
        theorem_1_hypotheses,
        "tie_patterns",
        lambda rank: [list(range(rank, 0, -1))],
    ),
    "losses are not compared": (
        "theorem-1-hypotheses",
        "two ranges of minima where λ_1 > λ_2",
        theorem_1_hypotheses,
        "are_minima",
        lambda Y, networks: len(networks) > 1,
    ),
    "values that are not critical do no harm": (
        "theorem-1-star",
        "a critical value too many",
        theorem_1_star,
        "are_the_critical_values",
        lambda Y, k, values: {1, 2} <= set(values),
    ),
}


@pytest.mark.parametrize("name", CHECKS)
def test_fault_is_noticed(name, monkeypatch, bearing):
    claim_id, check, owner, attribute, fault = CHECKS[name]
    monkeypatch.setattr(owner, attribute, fault)
    assert bearing(claim_id, check) is Bearing.FAILED


@pytest.mark.parametrize("name", CONTROLS)
def test_fault_lets_the_control_through(name, monkeypatch, rejected):
    claim_id, control, owner, attribute, fault = CONTROLS[name]
    assert rejected(claim_id, control)
    monkeypatch.setattr(owner, attribute, fault)
    assert not rejected(claim_id, control)


@pytest.mark.parametrize(
    ("run", "number"),
    [
        (theorem_1._digits, "points"),
        (structured_b._digits, "points"),
        (theorem_1_star._closed_forms, "points"),
    ],
)
def test_no_two_points_have_the_same_gauge(run, number, monkeypatch):
    states, original = [], CriticalPoint.realise

    def recorded(self, rng=None, t_D=0, t_E=0):
        states.append(str(np.random.default_rng(rng).bit_generator.state))
        return original(self, rng, t_D, t_E)

    monkeypatch.setattr(CriticalPoint, "realise", recorded)
    found = run(Context("quick", SeedSequence(0)))
    assert found.bearing is Bearing.SUPPORTS
    assert len(set(states)) == len(states) >= found.numbers[number]


@pytest.mark.parametrize(
    ("matrix", "entries"),
    [
        ("E", [["1", "0"], ["1", "0"]]),  # an N exists
        ("D", [["1", "0"], ["0", "1"]]),  # rank D = k
        ("Y", [["1", "0"], ["0", "1"]]),  # rank Σ = l
        ("B", [["1", "0"], ["0", "0"]]),  # G is singular
    ],
)
def test_altered_certificates_of_the_form_are_rejected(matrix, entries):
    found = encoder_form._form_witness(Context("quick", SeedSequence(0)))
    assert valid(found.certificate)[0]
    assert not valid({**found.certificate, matrix: entries})[0]


@pytest.mark.parametrize(
    "alter",
    [
        lambda problem: problem["minima"].pop(0) and problem["minima"].pop(0),  # one minimum alone
        lambda problem: problem["minima"].append(problem["minima"][0]),  # the same range twice
        lambda problem: problem.update(Y=[["2", "0"], ["0", "1"]]),  # saddles
        lambda problem: problem.update(Y=[["0", "1"], ["2", "1"]]),  # Σ is not diagonal
    ],
)
def test_altered_certificates_of_minima_are_rejected(alter):
    found = theorem_1_hypotheses._witnesses(Context("quick", SeedSequence(0)))
    certificate = dict(found.certificate)
    assert valid(certificate)[0]
    alter(certificate["problems"][0])
    assert not valid(certificate)[0]


def test_decoder_and_encoder_are_drawn_one_after_the_other(monkeypatch):
    drawn, original = [], lemma_s3_1.EncoderDecoder

    def recorded(D, E, B):
        drawn.extend([D, E])
        return original(D, E, B)

    monkeypatch.setattr(lemma_s3_1, "EncoderDecoder", recorded)
    lemma_s3_1._digits(Context("quick", SeedSequence(0)))
    entries = np.concatenate([part.ravel() for part in drawn])
    assert len(np.unique(entries)) == len(entries)


def test_equal_numbers_of_real_points_are_one_number():
    assert joint_count._spread([4, 4]) == "In every set 4 are"
    assert joint_count._spread([6, 4]) == "In a set 4 to 6 are"
