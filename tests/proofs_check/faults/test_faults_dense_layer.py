"""Planted faults in the claims on the replacement of a matrix: a check or a control sees each."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.random import SeedSequence

from proofs_check import claims
from proofs_check.claim import Bearing, Context
from proofs_check.experiments import kept_share
from proofs_check.identities import second_moments
from proofs_check.statements.dense_layer import (
    best_multiple,
    expressibility,
    gaussian_moments,
    prop_1_derivation,
    prop_1_universal,
    rank_barrier,
)
from proofs_check.statements.embeddings import prop_2_elsewhere

# fault: (claim, check that must fail, owner and name of what is replaced, replacement)
FAULTS = {
    "the bound loses 1 − ε²": (
        "prop-1-universal",
        "every draw",
        prop_1_universal,
        "markov",
        lambda n, k, e2: Fraction(k, n) * (1 - e2),
    ),
    "the transform loses its scale": (
        "prop-1-universal",
        "every draw",
        prop_1_universal,
        "norm_law",
        lambda t, k, original=prop_1_universal.norm_law: {
            2 * value: p for value, p in original(t, k).items()
        },
    ),
    "the Gaussian range has a dimension too many": (
        "prop-1-universal",
        "Gaussian",
        prop_1_universal,
        "markov",
        lambda n, k, e2: Fraction(k, 100 * n) / (1 - e2),
    ),
    "every vector counts as a top one": (
        "prop-1-universal",
        "every draw",
        prop_1_universal,
        "MATRICES",
        [([[1, 0], [0, 0]], [0, 1])],
    ),
    "one singular value too many is lost": (
        "rank-barrier",
        "Frobenius norm",
        rank_barrier,
        "tail",
        lambda values, r, original=rank_barrier.tail: original(values, r - 1),
    ),
    "the replacement keeps W": (
        "rank-barrier",
        "Frobenius norm",
        rank_barrier,
        "replaced",
        lambda W, J1, J2: W,
    ),
    "the vector is a first singular vector": (
        "rank-barrier",
        "spectral norm",
        rank_barrier,
        "worst_vector",
        lambda problem, M, r: rank_barrier.columns(problem.V, 0, 1),
    ),
    "the mean over the sphere is a sum": (
        "rank-barrier",
        "sphere",
        rank_barrier,
        "mean_on_sphere",
        lambda Z, rng, original=rank_barrier.mean_on_sphere: 2 * original(Z, rng),
    ),
    "the best multiple forgets V1": (
        "best-multiple",
        "multiple",
        best_multiple,
        "one_sided",
        lambda W, x, k: 0,
    ),
    "the draws lose a sign": (
        "best-multiple",
        "every draw",
        best_multiple,
        "projections",
        lambda x, k, original=best_multiple.projections: (abs(v) for v in original(x, k)),
    ),
    "entries have the fourth moment of signs": (
        "gaussian-moments",
        "every three-point matrix",
        gaussian_moments,
        "gaussian_draws",
        lambda n, k, original=gaussian_moments.gaussian_draws: (
            original(n, k)[0],
            original(n, k)[1] * 0 + Fraction(1, 3 ** (n * k)),
        ),
    ),
    "the error has n normal parts": (
        "gaussian-moments",
        "drawn",
        gaussian_moments,
        "success",
        lambda n, k, e, original=gaussian_moments.success: original(n - 8, k, e),
    ),
    "the barrier is exceeded": (
        "gaussian-moments",
        "law of the error",
        gaussian_moments,
        "barrier",
        lambda n, k, e, original=gaussian_moments.success: original(n, k, e) / 2,
    ),
    "the moments have another σ²": (
        "gaussian-moments",
        "all sizes",
        second_moments,
        "variance_factor",
        lambda ensemble, n, k: Fraction(1, k + 1),
    ),
    "the projection forgets its scale": (
        "expressibility",
        "every draw",
        expressibility,
        "projections",
        lambda n, k, original=expressibility.projections: 2 * original(n, k),
    ),
    "the bits are not reversed": (
        "expressibility",
        "bit reversal",
        expressibility,
        "reversed_bits",
        lambda n: np.arange(n),
    ),
    "the butterfly of the ceiling has too few blocks": (
        "expressibility",
        "bit reversal",
        expressibility,
        "ceiling",
        lambda order, original=expressibility.ceiling: original(order) / 2,
    ),
    "one singular value more is kept": (
        "expressibility",
        "drawn",
        kept_share,
        "rank_share",
        lambda W, r, original=kept_share.rank_share: original(W, r + 1),
    ),
    "the error in place of its square": (
        "expressibility",
        "drawn",
        kept_share,
        "factorise",
        lambda W, *a, original=kept_share.factorise, **k: original(W, *a, **k)._replace(
            error=original(W, *a, **k).error ** 2
        ),
    ),
    "more is found than rank 6 can keep": (
        "expressibility",
        "trained",
        expressibility,
        "kept_shares",
        lambda W, steps, polish: kept_share.Shares(0.6, 0.5, 0.6, 0.4, 0.5),
    ),
    "norms are compared without their root": (
        "prop-1-derivation",
        "steps",
        prop_1_derivation,
        "at_most",
        lambda a, limit, b: a <= limit * b,
    ),
    "the constants absorb everything": (
        "prop-1-derivation",
        "constants",
        prop_1_derivation,
        "constants_fail",
        lambda K, c: False,
    ),
    "the excess is halved": (
        "prop-2-elsewhere",
        "criterion",
        prop_2_elsewhere,
        "excess_of",
        lambda M, alpha, original=prop_2_elsewhere.excess_of: original(M, alpha) / 2,
    ),
    "the threshold forgets α": (
        "prop-2-elsewhere",
        "n = 3",
        prop_2_elsewhere,
        "threshold",
        lambda n, epsilon, alpha=None: Fraction(1, 100),
    ),
    "the signs of two rows are those of one": (
        "prop-2-elsewhere",
        "ε = 1/2",
        prop_2_elsewhere,
        "two_rows",
        lambda n, epsilon: Fraction(1, 3),
    ),
    "the Gaussian range has a dimension more": (
        "prop-2-elsewhere",
        "Gaussian",
        prop_2_elsewhere,
        "one_gaussian",
        lambda n, l, epsilon, original=prop_2_elsewhere.one_gaussian: original(n, l + 1, epsilon),
    ),
    "two more rows": (
        "prop-2-elsewhere",
        "k = 2",
        prop_2_elsewhere,
        "two_gaussian",
        lambda n, l, epsilon, original=prop_2_elsewhere.two_gaussian: original(n, l + 2, epsilon),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_noticed(name, monkeypatch, bearing):
    claim_id, check, owner, attribute, fault = FAULTS[name]
    monkeypatch.setattr(owner, attribute, fault)
    try:
        found = bearing(claim_id, check)
    except (StopIteration, ZeroDivisionError):
        return
    # a statistical check says the opposite, any other fails
    assert found in (Bearing.FAILED, Bearing.REFUTES)
    if claim_id == "prop-1-derivation":
        assert found is Bearing.FAILED


# fault in the machinery: (claim, control that it must make fail, owner and name, replacement)
CONTROLS = {
    "distances are never small": (
        "prop-1-universal",
        "half the bound, for distances",
        prop_1_universal,
        "distances",
        lambda t, k: {Fraction(1): Fraction(1)},
    ),
    "the spectrum is flat": (
        "rank-barrier",
        "σ_r in place of σ_{r+1}",
        rank_barrier,
        "VALUES",
        ([1, 1, 1, 1],),
    ),
    "the quadratic has its least value at 1": (
        "best-multiple",
        "c = 1, as in the paper",
        best_multiple,
        "examples",
        lambda context: [],
    ),
    "the closed forms ignore the fourth moment": (
        "gaussian-moments",
        "a fourth moment of 1, that of signs",
        gaussian_moments,
        "closed",
        lambda W, u, x, k1, k2, fourth=3, original=gaussian_moments.closed: original(
            W, u, x, k1, k2
        ),
    ),
    "every share is small": (
        "expressibility",
        "W = J2ᵀ·C·J1 of rank k, of which descent finds nearly all",
        expressibility,
        "loses",
        lambda shares: True,
    ),
    "descent does not begin": (
        "expressibility",
        "W = J2ᵀ·C·J1 of rank k, of which descent finds nearly all",
        kept_share,
        "pair_share",
        lambda W, k, steps: 0.0,
    ),
    "no draw is examined": (
        "prop-1-derivation",
        "(2) at k = n, where it must not fail",
        prop_1_derivation,
        "at_most",
        lambda a, limit, b: False,
    ),
    "the excess is nothing": (
        "prop-2-elsewhere",
        "twice the excess",
        prop_2_elsewhere,
        "spiked_success",
        lambda A, e, l, factor=1: prop_2_elsewhere.prop2_success(
            prop_2_elsewhere.data(A), A.shape[1], e, l
        ),
    ),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_fault_makes_a_control_fail(name, monkeypatch):
    claim_id, control_name, owner, attribute, fault = CONTROLS[name]
    claim = next(claim for claim in claims() if claim.id == claim_id)
    control = next(c for c in claim.controls if c.name == control_name)
    assert control.rejected(Context("quick", SeedSequence(0)))
    monkeypatch.setattr(owner, attribute, fault)
    assert not control.rejected(Context("quick", SeedSequence(0)))
