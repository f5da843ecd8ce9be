"""What Rocq computes from the definitions of the theorems is what the Python package computes."""

import json
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from flint import fmpq, fmpq_mat

import fjlt
from fjlt.operators.ensembles.subsampled_hadamard import SRHT
from landscape import EncoderDecoder
from landscape.fixed.network import Parameters
from landscape.fixed.signal import signal_matrix
from proofs_check.counts.sibling_gain import SiblingGain
from proofs_check.counts.weight_bounds import counts_by_subset
from proofs_check.exact.critical_points import is_minimum
from proofs_check.exact.inertia import numerical_inertia
from proofs_check.exact.instances import EXAMPLE, EXAMPLE_ROWS, WITNESS, sibling_network, siblings
from proofs_check.exact.laws import hadamard_rows, norm_law, prop1_law, prop2_success
from proofs_check.exact.moments import second_moment, sigma2
from proofs_check.exact.planted import rational
from proofs_check.formal.record import stored
from proofs_check.row_spaces.gain import expansion
from proofs_check.row_spaces.points import forms
from proofs_check.statements.fixed_encoder.claim_s3_2 import projection
from proofs_check.statements.trained_encoder.joint_submersion import freedom

VALUES = {name: json.loads(table) for name, table in stored()["values"].items()}


def signed(pair):
    negative, size = pair
    return -size if negative else size


def matrix(rows):
    return np.array([[signed(pair) for pair in row] for row in rows], dtype=float)


def layered(p, i):
    """The butterfly of size 2^p whose layer i takes each node to its partner."""
    weights = np.zeros((p, 2**p, 2))
    weights[:, :, 0] = 1
    weights[i] = weights[i][:, ::-1]
    return fjlt.Butterfly(weights)


def test_hadamard_matrices():
    assert [len(signs) for signs in VALUES["hadamard_signs"]] == [1, 2, 4, 8]
    for signs in VALUES["hadamard_signs"]:
        n, H = len(signs), 1 - 2 * np.array(signs, dtype=int)
        assert (hadamard_rows(n) == H).all()
        assert np.allclose(H / np.sqrt(n), fjlt.Butterfly.hadamard(n).to_dense())


def test_the_layers_of_a_butterfly():
    assert [len(layers[0]) for layers in VALUES["butterflies"]] == [2, 4, 8]
    for p, layers in enumerate(VALUES["butterflies"], 1):
        for i, partners in enumerate(layers):
            assert (layered(p, i).to_dense() == np.eye(2**p)[partners]).all()


def test_effective_weights_of_every_set_of_outputs():
    tables = VALUES["weights_highest_last"], VALUES["weights_lowest_last"]
    for p, (highest, lowest) in enumerate(zip(*tables, strict=True), 1):
        n = 2**p
        dense = np.ones((p, n, 2))
        for kept, weights in enumerate(highest, 1):
            rows = [b for b in range(n) if kept >> b & 1]
            assert fjlt.TruncatedButterfly(dense, rows=rows).n_effective_weights == weights
        assert counts_by_subset(n).tolist() == highest
        assert counts_by_subset(n, lambda p: reversed(range(p))).tolist() == lowest
        assert len(highest) == 2**n - 1


def test_effective_weights_where_the_first_inputs_are_fed():
    tables = VALUES["fed_highest_last"], VALUES["fed_lowest_last"]
    highest, lowest = ([counts for part in table for counts in part] for table in tables)
    assert len(highest) == len(lowest) == 7
    for n, (upwards, downwards) in enumerate(zip(highest, lowest, strict=True), 2):
        assert counts_by_subset(n).tolist() == upwards
        assert counts_by_subset(n, lambda p: reversed(range(p))).tolist() == downwards


def test_the_most_effective_weights():
    for p, most in enumerate(VALUES["largest_weights"], 1):
        found = [fjlt.max_effective_weights(2**p, l) for l in range(1, 2**p + 1)]
        assert most == found
        counts = np.array(VALUES["weights_highest_last"][p - 1])
        kept = np.bitwise_count(np.arange(1, 2**2**p))
        assert most == [counts[kept == l].max() for l in range(1, 2**p + 1)]


def test_the_fewest_effective_weights():
    for p, fewest in enumerate(VALUES["smallest_weights"], 1):
        found = [fjlt.min_effective_weights(2**p, l) for l in range(1, 2**p + 1)]
        assert fewest == found
        counts = np.array(VALUES["weights_highest_last"][p - 1])
        kept = np.bitwise_count(np.arange(1, 2**2**p))
        assert fewest == [counts[kept == l].min() for l in range(1, 2**p + 1)]


def test_the_loss():
    for parts, loss in VALUES["losses"]:
        B, X, Y, D, E = map(matrix, parts)
        assert EncoderDecoder(D, E, B).loss(X, Y) == pytest.approx(signed(loss), abs=1e-12)
    assert len({signed(loss) for _, loss in VALUES["losses"]}) == len(VALUES["losses"])


def test_the_signal_matrix():
    for solved, (B, Y), signal in VALUES["signals"]:
        assert solved
        B, Y, signal = matrix(B), matrix(Y), matrix(signal)
        assert np.allclose(signal_matrix(np.eye(B.shape[1]), Y, B), signal)
        assert signal.any()


def test_gradients_and_the_loss_on_a_line():
    for parts, gradients, (first, second, third, fourth) in VALUES["lines"]:
        B, X, Y, D, E, F, G = map(matrix, parts)
        net, direction = EncoderDecoder(D, E, B), Parameters(F, G, None)
        gradient, along = net.gradient(X, Y), net.flatten(direction)
        assert np.allclose(gradient.decoder, matrix(gradients[0]), rtol=0, atol=1e-12)
        assert np.allclose(gradient.encoder, matrix(gradients[1]), rtol=0, atol=1e-12)
        bent = along @ net.flatten(net.hessian_product(X, Y, direction))
        assert along @ net.flatten(gradient) == pytest.approx(signed(first), abs=1e-12)
        assert bent / 2 == pytest.approx(signed(second), abs=1e-12)
        for t in (1, -2):
            change = EncoderDecoder(D + t * F, E + t * G, B).loss(X, Y) - net.loss(X, Y)
            powers = t ** np.arange(1, 5)
            terms = np.array([signed(c) for c in (first, second, third, fourth)]) * powers
            assert change == pytest.approx(terms.sum(), abs=1e-9)
    assert any(signed(second) and signed(third) for _, _, (_, second, third, _) in VALUES["lines"])


def test_strict_saddles():
    """Where the second derivative on a line is negative, the Hessian has a negative eigenvalue."""
    found = []
    for strict, parts, (first, second, *_) in VALUES["saddles"]:
        Y, D, E, *_ = map(matrix, parts)
        net, unit = EncoderDecoder(D, E, np.eye(len(Y))), np.eye(len(Y))
        gradient = net.flatten(net.gradient(unit, Y))
        assert not gradient.any()
        assert not signed(first)
        assert strict == (signed(second) < 0)
        # the rank that is left, against the least loss
        singular = np.sort(np.diag(Y))[::-1][: D.shape[1]]
        saddle = net.loss(unit, Y) > np.sum(Y**2) - np.sum(singular**2)
        found.append((strict, numerical_inertia(net.hessian(unit, Y))[0] > 0, saddle))
    assert found == [(True, True, True), (False, False, False), *[(True, True, True)] * 3]


def test_orthogonal_projectors():
    assert [good for good, *_ in VALUES["projectors"]] == [True, True, False]
    for good, c, P, D in VALUES["projectors"]:
        D = matrix(D)
        assert np.allclose(D @ np.linalg.pinv(D), matrix(P) / signed(c)) == good


def test_pseudo_inverses():
    assert [good for good, *_ in VALUES["pseudo_inverses"]] == [True, True, False]
    for good, c, A, P in VALUES["pseudo_inverses"]:
        assert np.allclose(np.linalg.pinv(matrix(A)), matrix(P) / signed(c)) == good


def test_orthonormal_eigenvectors():
    assert [good for good, *_ in VALUES["eigenbases"]] == [True, True, False]
    for good, c, A, V, s in VALUES["eigenbases"]:
        A, U, s = matrix(A), matrix(V) / signed(c), [signed(value) for value in s]
        assert np.allclose(np.linalg.eigvalsh(A), sorted(s))
        assert np.allclose((U * s) @ U.T, A) == good


def test_products_of_kronecker():
    for (A, B, M), listed in VALUES["kroneckers"]:
        A, B, M = map(matrix, (A, B, M))
        found = M.ravel() @ np.kron(A, B)
        assert (found == matrix(listed).ravel()).all()
    assert any(matrix(found).any() for _, found in VALUES["kroneckers"])


def test_projections_onto_a_column():
    for column, above, below in VALUES["projections"]:
        v = fmpq_mat([[signed(pair) for pair in row] for row in column])
        scaled = fmpq_mat([[signed(pair) for pair in row] for row in above])
        assert projection(v) == scaled / signed(below)
    assert len(VALUES["projections"]) == 4


def test_the_draws_at_which_the_sketch_of_proposition_2_succeeds():
    for row, found in enumerate(VALUES["successes"]):
        for signs, success in zip(product([1, -1], repeat=3), found, strict=True):
            for first in (1, -1):
                J = hadamard_rows(4)[[row]] * np.array([first, *signs])
                assert (fjlt.low_rank(np.array(WITNESS, dtype=float), J, 1).error <= 2) == success
    share = Fraction(sum(map(sum, VALUES["successes"])), 32)
    assert share == prop2_success(WITNESS, 1, 1, 1)


def test_the_errors_of_proposition_1():
    draws = list(product([0, 1], repeat=3))

    def embedding(draw):
        row, *signs = draw
        return hadamard_rows(2)[[row]] * (1 - 2 * np.array(signs))

    x = np.array([1, 0])
    for first, errors in zip(draws, VALUES["errors"], strict=True):
        for second, error in zip(draws, errors, strict=True):
            J1, J2 = embedding(first), embedding(second)
            replaced = fjlt.DenseReplacement(J1, J2 @ J1.T, J2)
            assert np.sum((replaced @ x - x) ** 2) == error
    law = prop1_law([[1, 0], [0, 1]], [1, 0], 1, 1)
    flat = [error for errors in VALUES["errors"] for error in errors]
    assert {value: Fraction(flat.count(value), 64) for value in set(flat)} == law


def test_all_draws_of_a_transform():
    for (n, k), draws in zip([(2, 1), (2, 2), (4, 3)], VALUES["transforms"], strict=True):
        found = set()
        for negative, kept, J, A in draws:
            rows = np.flatnonzero(kept)
            dense = SRHT(1.0 - 2 * np.array(negative), rows, n).to_dense()
            assert np.allclose(np.sqrt(k) * dense, matrix(J))
            assert np.allclose(k * dense.T @ dense, matrix(A))
            found.add((*negative, *rows))
        # every set of signs with every set of k rows, once
        every = product(product([False, True], repeat=n), combinations(range(n), k))
        assert found == {(*signs, *rows) for signs, rows in every}
        assert len(found) == len(draws)


def test_means_variances_and_shares_over_all_draws():
    neighbours = []
    for k, x, total, squares, within, draws in VALUES["lengths"]:
        x, total, squares = matrix(x).ravel().astype(int), signed(total), signed(squares)
        law, length = norm_law(x.tolist(), k), int(x @ x)
        mean = sum(value * p for value, p in law.items())
        variance = sum(value**2 * p for value, p in law.items()) - mean**2
        assert Fraction(total, k * draws) == mean == length
        assert Fraction(draws * squares - total**2, (k * draws) ** 2) == variance
        assert Fraction(within, draws) == sum(p for value, p in law.items() if value <= length)
        # the variance of a sample, and "less than" in the place of "at most"
        unbiased = Fraction(draws * squares - total**2, k**2 * draws * (draws - 1))
        less = sum(p for value, p in law.items() if value < length)
        neighbours.append((unbiased != variance, Fraction(within, draws) != less))
    assert all(map(any, zip(*neighbours, strict=True)))


def test_shares_of_draws_that_keep_a_norm():
    shares, of_squares = [], []
    for k, (a, b), x, kept, draws in VALUES["norms"]:
        x, epsilon = matrix(x).ravel().astype(int), Fraction(a, b)
        law, length = norm_law(x.tolist(), k), int(x @ x)
        low, high = ((1 + sign * epsilon) ** 2 * length for sign in (-1, 1))
        shares.append(Fraction(kept, draws))
        assert shares[-1] == sum(p for value, p in law.items() if low <= value <= high)
        # the square of the norm up to ε in the place of the norm
        of_squares.append(
            sum(p for value, p in law.items() if abs(value - length) <= epsilon * length)
        )
    assert len(set(shares)) > 2
    assert shares != of_squares


def test_sigma_squared_and_the_moment_matrix():
    for n, row in zip([2, 4, 8], VALUES["sigmas"], strict=True):
        assert [Fraction(*pair) for pair in row] == [sigma2(n, k) for k in range(1, n + 1)]
    without = []
    for k, x, below, M in VALUES["moments"]:
        x, M = matrix(x).ravel().astype(int), matrix(M).astype(int)
        assert (below * second_moment(x, k) == M).all()
        without.append((below * second_moment(x, k, diagonal=0) == M).all())
    assert not all(without)


def test_the_gain_of_the_example():
    gain = SiblingGain(EXAMPLE_ROWS, EXAMPLE_ROWS)
    for x, row in enumerate(VALUES["gains"]):
        for y, (above, below) in enumerate(row):
            assert Fraction(str(gain.at((1, x), (y, 1)))) == Fraction(above, below)


def test_butterflies_with_weights_and_their_derivatives():
    """The sum of B'(v) against x gᵀ is that of the gradient in the weights against v."""
    reversed_order = []
    for p, (weights, direction, dense, slope) in enumerate(VALUES["trained_butterflies"], 1):
        w, v = (np.array([matrix(layer) for layer in part]) for part in (weights, direction))
        B, slope, unit = fjlt.Butterfly(w), matrix(slope), np.eye(2**p)
        assert (B.to_dense() == matrix(dense)).all()
        assert slope.any()
        for i, j in product(range(2**p), repeat=2):
            assert (B.vjp(unit[j], unit[i])[1] * v).sum() == slope[i, j]
        reversed_order.append((fjlt.Butterfly(w[::-1]).to_dense() == matrix(dense)).all())
    assert not all(reversed_order)


def test_the_spurious_point_in_all_weights():
    (weights, rows, scaled), *others = VALUES["stuck_points"]
    assert not others
    B = fjlt.TruncatedButterfly(np.array([matrix(layer) for layer in weights]), rows=[0, 2])
    assert (B.to_dense() == matrix(rows)).all()
    assert (siblings((1, 0), (0, 1)).to_dense() == matrix(rows)).all()
    network = sibling_network(B, EXAMPLE, EXAMPLE)
    assert np.allclose(network.decoder, matrix(scaled) / 5)
    assert (network.encoder == np.eye(2)).all()
    assert network.loss(EXAMPLE, EXAMPLE) == pytest.approx(21 / 5)
    assert is_minimum(network, EXAMPLE, EXAMPLE)
    # the row space does not move freely here, and it does for a single output
    assert freedom(network)[0] < 2 * (4 - 2)
    single = fjlt.TruncatedButterfly(np.ones((1, 2, 2)), rows=[0])
    assert freedom(EncoderDecoder([[1.0]], [[2.0]], single))[0] == 1 * (2 - 1)


def test_data_with_a_minimum_at_a_chosen_plane():
    assert [good for good, *_ in VALUES["planted_points"]] == [True, False]
    for good, parts, rows in VALUES["planted_points"]:
        e, z, X, Y = map(matrix, parts)
        norms, inside, outside = matrix(rows)
        V = np.vstack([e, z])
        C, M = (V @ A @ A.T @ V.T for A in (X, X @ Y.T))
        found = (np.diag([1, 1, *norms]) == C).all()
        assert (found and (np.diag([*inside, *(norms * outside)]) == M).all()) == good
    # the gain to second order at the good point, and the better plane
    e, z, X, Y = map(matrix, VALUES["planted_points"][0][1])
    norms, inside, outside = matrix(VALUES["planted_points"][0][2])
    C, M = forms(rational(X), rational(Y))
    t = np.array([[3, -1], [2, 5]])
    value, slope, curvature = expansion(rational(e), rational(t @ z), C, M)
    assert slope == 0
    assert curvature == int(np.sum((outside - inside[:, None]) * norms * t**2))
    better = expansion(rational(e * [2, 1, 2, 1]), rational(0 * e), C, M)[0]
    assert better - value == 3 - fmpq(9 * 25, 18**2 + 9)


def test_operator_norms():
    assert [good for good, *_ in VALUES["operator_norms"]] == [True, True, True, False]
    for good, rows, norm in VALUES["operator_norms"]:
        assert np.isclose(np.linalg.norm(matrix(rows), 2), signed(norm)) == good
