"""Exact derivatives of the gain in variables: against its expansion on lines, and in floats."""

import numpy as np
import pytest
from flint import fmpq_mat

from landscape.planes.gain import Gain
from landscape.planes.row_spaces import RowSpaces
from proofs_check.exact.planted import rational
from proofs_check.row_spaces.gain import expansion, gradient, hessian
from proofs_check.row_spaces.points import forms, rows_and_moves


@pytest.mark.parametrize(
    ("n", "rows", "k"), [(4, (0, 2), 2), (4, (0, 1, 2), 2), (8, (0, 1, 2, 4, 5), 3)]
)
def test_derivatives_are_those_of_the_expansion_and_of_the_library(n, rows, k):
    spaces, rng = RowSpaces(n, rows, k), np.random.default_rng(n)
    x = rng.integers(-8, 9, spaces.size) / 4
    X, Y = (rng.integers(-9, 10, (n, n + 1)) for _ in range(2))
    data = forms(rational(X.astype(float)), rational(Y.astype(float)))
    chosen = list(range(0, spaces.size, max(1, spaces.size // 8)))
    W, moves = rows_and_moves(spaces, x)
    # first derivatives, and second ones by polarisation on lines of matrices
    assert gradient(W, moves, *data) == [expansion(W, move, *data)[1] for move in moves]
    H = hessian(spaces, x, data, chosen)
    bends = [spaces.curvature(x, entry) for entry in np.eye(k * n).reshape(-1, k, n)]
    for i, a in enumerate(chosen):
        for j, b in enumerate(chosen):
            both, *alone = (
                expansion(W, move, *data)[2] for move in (moves[a] + moves[b], moves[a], moves[b])
            )
            bend = rational(np.array([one[a, b] for one in bends]).reshape(k, n))
            assert H[i, j] == both - sum(alone) + expansion(W, bend, *data)[1]
    C = (X @ X.T).astype(float)
    cross = (Y @ X.T).astype(float)
    expected = Gain(spaces, C, cross.T @ cross).hessian(x)[np.ix_(chosen, chosen)]
    found = np.array([[float(e.p) / float(e.q) for e in line] for line in H.tolist()])
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max())


def test_the_gradient_vanishes_at_eigenspaces_alone():
    spaces = RowSpaces(4, (0, 1, 2, 3), 2)
    x = np.random.default_rng(0).integers(1, 5, spaces.size).astype(float)
    W, moves = rows_and_moves(spaces, x)
    # with C = WᵀW + (I − P), P the projector onto the rows of W, they span an eigenspace
    P = W.transpose() * (W * W.transpose()).inv() * W
    identity = fmpq_mat(4, 4)
    for i in range(4):
        identity[i, i] = 1
    C = W.transpose() * W + identity - P
    assert not any(gradient(W, moves, C, C * C))
    C[0, 0] += 1
    assert any(gradient(W, moves, C, C * C))
