"""The assumptions of the proofs hold for the objects of the library on real data."""

import numpy as np
import pytest
from scipy.linalg import eigh

from figures.data import digits
from fjlt import srht
from proofs_check.identities import proofs
from proofs_check.identities.proofs import largest_violation
from proofs_check.statements.trained_encoder import joint_submersion, whitened

RNG = np.random.default_rng(5)
IMAGES = digits()[0][:, :200] / 16
LABELS = (digits()[1][:200] == np.arange(10)[:, None]).astype(float)
B = srht(8, 64, rng=0).to_dense()
X = B @ IMAGES
GRAM_INVERSE = np.linalg.inv(X @ X.T)
VALUES, VECTORS = np.linalg.eigh(LABELS @ X.T @ GRAM_INVERSE @ X @ LABELS.T)


def reconstruction():
    return {"J": srht(16, 64, rng=1).to_dense(), "x": IMAGES[:, :1], "c": 4.0}


def structural():
    k = 3
    U, s, Vt = np.linalg.svd(IMAGES, full_matrices=False)
    J = srht(16, 64, rng=2).to_dense()
    rest = s[k:, None] * Vt[k:]
    return {
        "U1": U[:, :k],
        "U2": U[:, k:],
        "M1": s[:k, None] * Vt[:k],
        "M2": rest,
        "J": J,
        "A": np.linalg.pinv(J @ U[:, :k]),
    }


def critical_points():
    b, a, v = VECTORS[:, [-2]], VECTORS[:, [-1]], VECTORS[:, [-4]]
    gauge = RNG.normal(size=(2, 2))
    D = np.hstack([b, 0 * b]) @ gauge
    code = np.vstack([b.T @ LABELS @ X.T @ GRAM_INVERSE, np.zeros((1, 8))])
    W = np.linalg.pinv(D)
    return {
        "D": D,
        "E": np.linalg.inv(gauge) @ code,
        "X": X,
        "Y": LABELS,
        "Gp": GRAM_INVERSE,
        "P": D @ W,
        "W": W,
        "w": np.linalg.inv(gauge) @ np.array([[0.0], [1.0]]),
        "v": v,
        "a": a,
        "b": b,
        "lambda_a": VALUES[-1],
        "lambda_b": VALUES[-2],
        "s": 0.3,
        "t": 0.7,
    }


def realised():
    return {
        "U": VECTORS[:, -3:],
        "X": X,
        "Y": LABELS,
        "Gp": GRAM_INVERSE,
        "Lambda": np.diag(VALUES[-3:]),
    }


def encoder():
    D = RNG.normal(size=(10, 3))
    N = np.linalg.inv(D.T @ D)
    E = N @ D.T @ LABELS @ X.T @ GRAM_INVERSE
    return {"D": D, "E": E, "X": X, "Y": LABELS, "N": N, "Ginv": GRAM_INVERSE}


def loewner():
    whole, seen = (np.linalg.pinv(a, rcond=1e-10) @ a for a in (IMAGES, X))
    return {"Y": LABELS, "Q": whole, "Q_B": seen}


def turned():
    values, vectors = eigh(X @ LABELS.T @ LABELS @ X.T, X @ X.T)
    return {
        "X": X,
        "Y": LABELS,
        "U": vectors[:, -3:-1],
        "V": RNG.normal(size=(8, 2)),
        "a": vectors[:, [-1]],
        "c": np.array([[0.0], [1.0]]),
        "mu_a": values[-1],
        "mu_b": values[-2],
        "t": 0.4,
    }


def separation():
    white = np.linalg.svd(X, full_matrices=False)[2]
    P, Q = np.eye(8)[:, :4], np.eye(8)[:, 4:]
    values, vectors = np.linalg.eigh(P.T @ white @ LABELS.T @ LABELS @ white.T @ P)
    columns = {name: RNG.normal(size=(4, 1)) for name in ("u", "v", "w")}
    return columns | {
        "X": white,
        "Y": LABELS,
        "P": P,
        "Q": Q,
        "a": vectors[:, [-1]],
        "b": vectors[:, [-2]],
        "d_u": RNG.normal(size=(10, 1)),
        "d_v": RNG.normal(size=(10, 1)),
        "mu_a": values[-1],
        "mu_b": values[-2],
        "t": 0.4,
    }


REAL = {
    "reconstruction": (proofs.RECONSTRUCTION, reconstruction),
    "structural": (proofs.STRUCTURAL, structural),
    "critical points": (proofs.CRITICAL_POINTS, critical_points),
    "realised": (proofs.REALISED, realised),
    "encoder": (proofs.ENCODER, encoder),
    "Loewner": (proofs.LOEWNER, loewner),
    "turned": (joint_submersion.TURNED, turned),
    "separation": (whitened.SEPARATION, separation),
}


@pytest.mark.parametrize("name", REAL)
def test_assumptions_and_goals_hold_for_real_objects(name):
    derivation, make = REAL[name]
    certificate, model = derivation.certificate(), make()
    assert largest_violation(certificate, model) < 1e-8
    # every matrix that an assumption speaks of must be the one that it is
    spoken = " ".join(derivation.assumptions.values()).replace(".T", " ").split()
    for symbol in derivation.symbols:
        if symbol in spoken and symbol != "Y":
            moved = model[symbol] + 0.1 * RNG.normal(size=model[symbol].shape)
            assert largest_violation(certificate, model | {symbol: moved}) > 1e-4, symbol


@pytest.mark.parametrize("k", [1, 8, 32, 64])
def test_rows_of_an_srht_have_the_scale_of_the_proof(k):
    """JJᵀ = (n/k)I, and not another multiple."""
    certificate = proofs.RECONSTRUCTION.certificate()
    model = {"J": srht(k, 64, rng=k).to_dense(), "x": IMAGES[:, :1]}
    assert largest_violation(certificate, model | {"c": 64 / k}) < 1e-9
    for wrong in (2 * 64 / k, k / 64 + 1, 0.0):
        if wrong != 64 / k:
            assert largest_violation(certificate, model | {"c": wrong}) > 1e-3
