"""Planted faults in the claims on indices, on counts and on trained butterflies: each makes a named
check fail."""

import itertools
from math import comb
from types import SimpleNamespace

import numpy as np
import pytest
from flint import fmpq

from landscape import CriticalPoint, EncoderDecoder
from proofs_check.claim import Bearing
from proofs_check.exact.planted import Problem
from proofs_check.identities.derivation import Derivation
from proofs_check.statements.fixed_encoder import fixed_b_count, morse_index
from proofs_check.statements.trained_encoder import joint_minima, joint_submersion, whitened


def without_last_steps_sign(self, original=Derivation.certificate):
    certificate = original(self)
    cofactor = certificate["steps"][-1]["cofactors"][0]
    cofactor[0] = f"-({cofactor[0]})"
    return certificate


def without_idle_units(values, shape, stratum, original=morse_index.closed_form):
    index, nullity = original(values, shape, stratum)
    return index - (shape[2] - len(stratum[0])) * (len(values) - len(stratum[0])), nullity


def without_the_weight_zero(original=whitened.flat_minimum):
    network, X, Y = original()
    weights = network.butterfly.weights.copy()
    weights[1, 0, 0] = 1
    return whitened.sibling_network(whitened.TruncatedButterfly(weights, [0, 4]), X, Y), X, Y


def with_larger_decoder(end):
    def network(X, Y):
        found = end.minimum.network(X, Y)
        return EncoderDecoder(1.1 * found.decoder, found.encoder, found.butterfly)

    return network


# fault: (claim, check that must fail, owner and name of what is replaced, replacement)
FAULTS = {
    "the library forgets what the kernels do to the nullity": (
        "morse-index",
        "every class",
        CriticalPoint,
        "inertia",
        lambda self, t_D=0, t_E=0: (self.index, self.nullity),
    ),
    "the points lie in one class only": (
        "morse-index",
        "every class",
        morse_index,
        "integer_points",
        lambda values, shape, classes, rng, original=morse_index.integer_points: original(
            values, shape, [((), 0, 0)] * len(classes), rng
        ),
    ),
    "the planted points are not critical": (
        "morse-index",
        "rational data",
        Problem,
        "critical_point",
        lambda *a, original=Problem.critical_point: (lambda D, E: (D, 2 * E))(*original(*a)),
    ),
    "the Hessian loses its mixed term": (
        "morse-index",
        "dense data",
        EncoderDecoder,
        "hessian",
        lambda *a, original=EncoderDecoder.hessian: np.diag(np.diag(original(*a))),
    ),
    "the index forgets idle hidden units": (
        "morse-index",
        "search",
        morse_index,
        "closed_form",
        without_idle_units,
    ),
    "the kernel of the decoder is not counted": (
        "fixed-b-count",
        "every solution",
        fixed_b_count,
        "predicted",
        lambda m, r, k: comb(r, k),
    ),
    "one critical equation is lost": (
        "fixed-b-count",
        "every solution",
        fixed_b_count,
        "critical_equations",
        lambda *a, original=fixed_b_count.critical_equations: original(*a)[:-1],
    ),
    "the gauge is forgotten": (
        "fixed-b-count",
        "isolated points",
        fixed_b_count.Instance,
        "Q",
        property(lambda self: np.zeros((self.k, self.m), dtype=int)),
    ),
    "every ideal has three solutions": (
        "fixed-b-count",
        "infinitely many",
        fixed_b_count,
        "quotient_dimension",
        lambda instance: 3,
    ),
    "one point is missing in the closed form": (
        "fixed-b-count",
        "search",
        fixed_b_count,
        "closed_forms",
        lambda *a, original=fixed_b_count.closed_forms: original(*a)[1:],
    ),
    "a sign is lost in a proof": (
        "whitened",
        "separation, all sizes",
        Derivation,
        "certificate",
        without_last_steps_sign,
    ),
    "the eigenvalues of the lower half are those of the upper": (
        "whitened",
        "every pair",
        whitened,
        "coupled",
        lambda *a, original=whitened.coupled: (lambda Y, M11, M22: (Y, M11, M11))(*original(*a)),
    ),
    "the rows of the butterfly are mixed": (
        "whitened",
        "every pair",
        whitened,
        "siblings",
        lambda u, v, original=whitened.siblings: original(u, u),
    ),
    "no weight is zero": (
        "whitened",
        "a weight of zero",
        whitened,
        "flat_minimum",
        without_the_weight_zero,
    ),
    "the digits are not white": (
        "whitened",
        "training",
        whitened,
        "whitened_digits",
        lambda n, original=whitened.whitened_digits: [
            (name, np.arange(1, n + 1)[:, None] * X, Y) for name, X, Y in original(n)
        ],
    ),
    "a sign is lost in the turn": (
        "joint-submersion",
        "turning one eigenvector, all sizes",
        Derivation,
        "certificate",
        without_last_steps_sign,
    ),
    "the gain forgets the inverse of the Gram matrix": (
        "joint-submersion",
        "every critical subspace",
        joint_submersion,
        "dense_problem",
        lambda *a, original=joint_submersion.dense_problem: (lambda C, M, T: (C * C, M, T))(
            *original(*a)
        ),
    ),
    "the second-order term is half of it": (
        "joint-submersion",
        "every critical subspace",
        joint_submersion,
        "expansion",
        lambda *a, original=joint_submersion.expansion: (
            lambda f, slope, c: (f, slope, c / fmpq(2))
        )(*original(*a)),
    ),
    "the dense optimum has one rank more": (
        "joint-submersion",
        "training",
        joint_submersion,
        "reduced_loss",
        lambda X, Y, B, k, original=joint_submersion.reduced_loss: original(X, Y, B, k + 1),
    ),
    "the row space moves nowhere": (
        "joint-submersion",
        "training",
        joint_submersion,
        "freedom",
        lambda network: (0, 0.0),
    ),
}


FAULTS |= {
    "a sign is lost in the splitting": (
        "morse-index",
        "splitting, all sizes",
        Derivation,
        "certificate",
        without_last_steps_sign,
    ),
    "the closed form forgets the idle units, and the blocks do not": (
        "morse-index",
        "blocks",
        morse_index,
        "closed_form",
        without_idle_units,
    ),
    "the decoder is not the best one": (
        "joint-minima",
        "derivatives",
        joint_minima.Instance,
        "random",
        classmethod(
            lambda cls, rows, k, rng, original=joint_minima.Instance.random: (
                lambda found: joint_minima.replace(found, Y=found.Y + 1)
            )(original(rows, k, rng))
        ),
    ),
    "the gain is that of W + tV alone": (
        "joint-minima",
        "derivatives",
        joint_minima.Instance,
        "along",
        lambda self, direction, second=True, original=joint_minima.Instance.along: original(
            self, direction, False
        ),
    ),
    "the library's Hessian has no mixed terms": (
        "joint-minima",
        "derivatives",
        EncoderDecoder,
        "hessian",
        lambda *a, original=EncoderDecoder.hessian: np.diag(np.diag(original(*a))),
    ),
    "the maxima of the gain are its minima": (
        "joint-minima",
        "corners",
        joint_minima,
        "rational_inertia",
        lambda form, original=joint_minima.rational_inertia: original(-1 * form),
    ),
    "every corner is a maximum of the gain": (
        "joint-minima",
        "corners",
        joint_minima.SiblingGain,
        "is_strict_maximum",
        lambda self, u, v: True,
    ),
    "the higher eigenvalue of the witness is the lower one": (
        "joint-minima",
        "what the hypotheses are needed for",
        joint_minima,
        "tied",
        lambda upper=1, lower=9, original=joint_minima.tied: original(lower, upper),
    ),
    "the trainings end at saddles": (
        "joint-minima",
        "both ways",
        joint_minima,
        "trained",
        lambda context, starts, original=joint_minima.trained: (
            (
                network.with_parameters(
                    network.unflatten(network.flatten(network.parameters) * np.linspace(1, 1.2, n))
                ),
                X,
                Y,
            )
            for network, X, Y in original(context, starts)
            for n in [network.n_parameters]
        ),
    ),
    "the decoders at the maxima are a tenth too large": (
        "joint-minima",
        "both ways",
        joint_minima,
        "multi_start",
        lambda *a, original=joint_minima.multi_start, **more: [
            SimpleNamespace(minimum=SimpleNamespace(network=with_larger_decoder(end)))
            for end in original(*a, **more)
        ],
    ),
    "a sign is lost in the elimination of D": (
        "joint-minima",
        "the best decoder, all sizes",
        Derivation,
        "certificate",
        without_last_steps_sign,
    ),
}

# fault: (control that must not be rejected, owner and name of what is replaced, replacement)
CONTROLS = {
    "derivatives are not compared": (
        "a decoder that is not the best one",
        joint_minima.Instance,
        "agrees",
        lambda self, second=True: True,
    ),
    "the motion of W in second order is not used": (
        "rows taken to be linear in E and the weights",
        joint_minima.Instance,
        "gain_derivatives",
        lambda self, second=True, original=joint_minima.Instance.gain_derivatives: original(self),
    ),
    "every Hessian is positive": (
        "a saddle of f for a minimum of L",
        joint_minima,
        "exact_index",
        lambda *a: (0, 10),
    ),
    "every polynomial makes a witness": (
        "the witness with a lower eigenvalue in the place of the higher",
        joint_minima,
        "is_tied_witness",
        lambda upper=1, lower=9: True,
    ),
    "every derivation is valid": (
        "a gain that forgets the inverse",
        joint_minima,
        "needs",
        lambda derivation, assumption: False,
    ),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_fault_lets_the_control_through(name, monkeypatch, rejected):
    control, owner, attribute, fault = CONTROLS[name]
    assert rejected("joint-minima", control)
    monkeypatch.setattr(owner, attribute, fault)
    assert not rejected("joint-minima", control)


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_noticed(name, monkeypatch, bearing):
    claim_id, check, owner, attribute, fault = FAULTS[name]
    monkeypatch.setattr(owner, attribute, fault)
    assert bearing(claim_id, check) is Bearing.FAILED


def test_without_the_submersion_training_ends_above_the_optimum(monkeypatch, bearing):
    monkeypatch.setattr(joint_submersion, "CASES", [(4, (0, 2), 2)])
    monkeypatch.setattr(joint_submersion, "freedom", lambda network: (4, 1.0))
    assert bearing("joint-submersion", "training") is Bearing.FAILED


def test_blocks_that_leave_out_what_the_kernels_share_are_noticed(monkeypatch, rejected):
    name = "kernels of which each counts alone"
    assert rejected("morse-index", name)
    monkeypatch.setattr(morse_index, "of_blocks", morse_index._kernels_apart)
    assert not rejected("morse-index", name)


def test_every_pattern_of_ties_once():
    patterns = [tuple(values) for values in morse_index.tie_patterns(4)]
    assert len(set(patterns)) == len(patterns) == 8
    assert all(a - b in (0, 1) for values in patterns for a, b in itertools.pairwise(values))


@pytest.mark.parametrize("n", [4, 8, 16])
def test_siblings_have_the_rows_that_were_asked_for(n):
    u, v = np.random.default_rng(n).normal(size=(2, n // 2))
    dense = whitened.siblings(u.tolist(), v.tolist()).to_dense()
    assert np.allclose(dense, [[*u, *np.zeros(n // 2)], [*np.zeros(n // 2), *v]])
