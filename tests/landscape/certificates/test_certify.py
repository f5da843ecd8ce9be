"""Certificates of critical points: an exact example, random data, every refusal.

The parts are compared with computations in floating point.
"""

import json
from fractions import Fraction

import numpy as np
import pytest
from flint import acb, arb, arb_mat, ctx

from fjlt import TruncatedButterfly
from landscape import EncoderDecoder, certify, certify_complex, reduced_loss
from landscape.certificates.ball_gain import BallGain
from landscape.certificates.certificate import all_distinct
from landscape.certificates.json_document import decimal_enclosure, merge_documents
from landscape.certificates.krawczyk import _maps_inside, ball_box, inertia, krawczyk_radii, newton
from landscape.certificates.regular_slice import is_regular
from landscape.continuation.path_tracking import refine
from landscape.enumeration.real_form import real_variables
from landscape.planes.gain import Forms, Gain, data_forms
from landscape.planes.row_spaces import RowSpaces

SQUARE = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
ROOT = np.sqrt(13)
SADDLE = np.sqrt(2 * ROOT / 3 - 5 / 3), np.sqrt(ROOT / 8 - 3 / 8)
REAL = {
    "spurious": ([1, 0, 0, 1], "21/5", 0),
    "global": ([0, 1, 1, 0], "2", 0),
    "maximum 5": ([0, 1, 0, 1], "5", 2),
    "maximum 6": ([1, 0, 1, 0], "6", 2),
} | {
    f"saddle {s}{t}": ([1, s * SADDLE[0], t * SADDLE[1], 1], None, 1)
    for s in (1, -1)
    for t in (1, -1)
}
CASES = [
    (2, (0,), 1),
    (4, (0, 2), 2),
    (4, (1, 3), 1),
    (8, (0, 4), 2),
    (8, (2, 6), 2),
    (8, (0, 2), 2),
    (8, (0, 1), 2),
    (8, (0, 2, 4), 2),
    (8, (0, 1, 2, 4), 3),
    (16, (0, 8), 2),
]


def random_data(n, k, seed=0):
    rng = np.random.default_rng([n, k, seed])
    return rng.normal(size=(n, n + 3)), rng.normal(size=(k + 2, n + 3))


def newton_points(n, rows, k, count, seed=0):
    """Critical points that Newton's method finds from random ones."""
    X, Y = random_data(n, k, seed)
    spaces, (C, M) = RowSpaces(n, rows, k), data_forms(X, Y)
    forms, rng, found = (
        Forms(C * n / np.trace(C), M * n / np.trace(M)),
        np.random.default_rng(seed),
        [],
    )
    for _ in range(50 * count):
        try:
            x, size = refine(spaces, spaces.random(rng, (1,)), forms, 40)
            regular = np.linalg.svd(Gain(spaces, *forms).tangent(x[0]), compute_uv=False)[
                spaces.dimension - 1
            ]
        except np.linalg.LinAlgError:
            continue
        if size[0] < 1e-10 and regular > 1e-3:
            found.append(x[0])
        if len(found) == count:
            break
    assert found
    return X, Y, spaces, found


@pytest.mark.parametrize("name", REAL)
def test_the_exact_example(name):
    x, loss, index = REAL[name]
    proof = certify(SQUARE, SQUARE, [0, 2], 2, x)
    assert (proof.certified, proof.reason, proof.index) == (True, "", index)
    low, high = proof.loss
    assert 0 < high - low < Fraction(1, 10**25)
    if loss:
        assert low < Fraction(loss) < high
    else:
        # 5/2 + √13/2 is the loss of all four saddles
        assert float(low) == pytest.approx((5 + ROOT) / 2, rel=1e-14)


def test_the_exact_example_has_eight_real_and_twelve_complex_points():
    real = [certify(SQUARE, SQUARE, [0, 2], 2, x) for x, *_ in REAL.values()]
    assert all_distinct(real)
    assert sum((-1) ** proof.index for proof in real) == 0
    imaginary = [
        [1, 1j * s * np.sqrt(5 / 3 + 2 * ROOT / 3), 1j * t * np.sqrt(3 / 8 + ROOT / 8), 1]
        for s in (1, -1)
        for t in (1, -1)
    ]
    proofs = [
        certify_complex(SQUARE, SQUARE, [0, 2], 2, x)
        for x in [*(x for x, *_ in REAL.values()), *imaginary]
    ]
    assert len(proofs) == 12
    assert all_distinct(proofs)
    assert not all_distinct([*proofs, proofs[5]])
    assert proofs[0].document == {}
    assert proofs[0].index is proofs[0].loss is None


@pytest.mark.parametrize(("n", "rows", "k"), CASES)
def test_points_found_by_newton(n, rows, k):
    X, Y, spaces, found = newton_points(n, rows, k, 4)
    for x in found:
        proof = certify(X, Y, rows, k, x)
        assert proof.certified, proof.reason
        assert float(proof.loss[0]) == pytest.approx(
            reduced_loss(X, Y, spaces.rows_at(x), k), rel=1e-9
        )
        assert proof.loss[0] < proof.loss[1] < proof.loss[0] + Fraction(1, 10**15)
        W = spaces.rows_at(x)
        projector = W.T @ np.linalg.solve(W @ W.T, W)
        middle = np.array([float(entry) for entry in proof.row_space.entries()]).reshape(n, n)
        np.testing.assert_allclose(middle, projector, atol=1e-7)
        assert certify_complex(X, Y, rows, k, x).certified
        json.dumps(proof.document, allow_nan=False)


@pytest.mark.parametrize(
    ("n", "rows", "k"), [(4, (0, 2), 2), (8, (0, 2, 4), 2), (8, (0, 1), 2), (4, (1, 3), 1)]
)
def test_index_and_point_are_those_of_the_whole_network(n, rows, k):
    """The loss in D, E and all weights has ``index`` negative eigenvalues.

    The other directions of the row space, and all of D, are positive.
    """
    X, Y, spaces, found = newton_points(n, rows, k, 3)
    for x in found:
        proof = certify(X, Y, rows, k, x)
        E, weights = spaces.weights_at(spaces.rescaled(x))
        B = TruncatedButterfly(weights, rows)
        D = np.linalg.lstsq((spaces.rows_at(spaces.rescaled(x)) @ X).T, Y.T, rcond=None)[0].T
        network = EncoderDecoder(D, E, B)
        assert np.abs(network.flatten(network.gradient(X, Y))).max() < 1e-6
        values = np.linalg.eigvalsh(network.hessian(X, Y))
        small = 1e-8 * np.abs(values).max()
        assert (values < -small).sum() == proof.index
        assert (values > small).sum() == spaces.dimension - proof.index + D.size


def test_the_scale_of_the_data_does_not_matter():
    x = REAL["spurious"][0]
    for a, b in [(1e150, 1e-120), (1e-150, 1e120), (1.0, 1e-130)]:
        proof = certify(SQUARE * a, SQUARE * b, [0, 2], 2, x)
        assert proof.certified
        assert proof.index == 0
        assert float(proof.loss[0] / Fraction(b) ** 2) == pytest.approx(4.2, rel=1e-12)


def test_the_precision_is_a_parameter_and_is_left_as_it_was():
    before = ctx.prec
    widths = []
    for bits in (64, 128, 512):
        low, high = certify(SQUARE, SQUARE, [0, 2], 2, REAL["saddle 11"][0], bits=bits).loss
        widths.append(high - low)
    assert widths[0] > 1000 * widths[1] > 10**60 * widths[2]
    assert ctx.prec == before
    with pytest.raises(ValueError, match="bits"):
        certify(SQUARE, SQUARE, [0, 2], 2, [1, 0, 0, 1], bits=32)
    assert ctx.prec == before


def repeated():
    """Data whose pencil has a double eigenvalue: the gain is constant on its eigenspace."""
    X = np.diag([2.0, 2, 1, 3])
    return X, X, [0, 1], 1


REFUSED = {
    "white data": ((np.eye(4), np.eye(4), [0, 2], 2, [1, 0, 0, 1]), "singular"),
    "equal eigenvalues": ((*repeated(), None), "singular"),
    "constant gain": ((SQUARE, 0 * SQUARE, [0, 2], 2, [1, 0, 0, 1]), "singular"),
    "singular X, critical points in families": (
        (np.diag([3.0, 1, 0, 0]), np.diag([3.0, 1, 0, 0]), [0, 1], 1, None),
        "singular",
    ),
    "X of rank less than k": (
        (SQUARE[:, :1], SQUARE[:, :1], [0, 2], 2, [1, 1, 1, 1]),
        "WXXᵀWᵀ is singular",
    ),
    "not critical": ((SQUARE, SQUARE, [0, 2], 2, [1, 0.5, 1, 0]), "not near a critical point"),
    "nearly critical": ((SQUARE, SQUARE, [0, 2], 2, [1, 0.01, 1, 0]), "not near a critical point"),
    "zero vector": ((SQUARE, SQUARE, [0, 2], 2, [0, 0, 0, 1]), "not regular"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name):
    (X, Y, rows, k, x), why = REFUSED[name]
    if x is None:
        spaces = RowSpaces(4, rows, k)
        x = variables_of(spaces, np.eye(4)[0])
    proof = certify(X, Y, rows, k, x)
    assert not proof.certified
    assert why in proof.reason, proof.reason
    assert (proof.loss, proof.index, proof.row_space, proof.document) == (None, None, None, {})
    assert not certify_complex(X, Y, rows, k, x).certified
    with pytest.raises(ValueError, match="no document"):
        merge_documents([proof])


def variables_of(spaces, row):
    """Variables whose row space is spanned by this row, k = 1, near random ones."""
    return real_variables(spaces, row[None], spaces.random(np.random.default_rng(0)))


def test_fewer_samples_than_inputs():
    """XXᵀ is singular, but WXXᵀWᵀ is not, and the point is not degenerate."""
    proof = certify(SQUARE[:, :3], SQUARE[:, :3], [0, 2], 2, [1, 0, 1, 0])
    assert proof.certified
    assert proof.loss[0] < 5 < proof.loss[1]


def test_joined_documents_are_of_one_problem():
    proofs = [certify(SQUARE, SQUARE, [0, 2], 2, x) for x, *_ in REAL.values()]
    assert len(merge_documents(proofs)["points"]) == 8
    with pytest.raises(ValueError, match="differ in X"):
        merge_documents([*proofs, certify(2 * SQUARE, SQUARE, [0, 2], 2, [1, 0, 0, 1])])
    with pytest.raises(ValueError, match="0 of 0"):
        merge_documents([])


def test_the_document_is_exact():
    X, Y, _, (x,) = newton_points(4, (0, 2), 2, 1)
    document = certify(X, Y, (0, 2), 2, x).document
    assert [[float(Fraction(entry)) for entry in row] for row in document["X"]] == X.tolist()
    (point,) = document["points"]
    assert np.shape(point["weights"]) == (2, 4, 2)
    assert point["encoder"] is None
    assert document["dimension"].startswith("2: an upper bound")
    weights = np.array(
        [[[float(Fraction(w)) for w in pair] for pair in layer] for layer in point["weights"]]
    )
    spaces = RowSpaces(4, (0, 2), 2)
    found = reduced_loss(X, Y, spaces.rows_at(weights[spaces.state == 0]), 2)
    assert found == pytest.approx(float(Fraction(point["loss"][0])))


@pytest.mark.parametrize(("n", "rows", "k"), CASES)
def test_derivatives_in_balls_enclose_those_in_floating_point(n, rows, k):
    X, Y = random_data(n, k)
    C, M = data_forms(X, Y)
    spaces = RowSpaces(n, rows, k)
    x, unknown = spaces.rescaled(spaces.random(np.random.default_rng(5))), list(range(spaces.size))
    gain, balls = (
        Gain(spaces, C, M),
        BallGain(spaces, arb_mat(C.tolist()), arb_mat(M.tolist()), unknown),
    )
    box = [arb(value, 1e-9) for value in x.tolist()]
    gradient, hessian = balls.derivatives(box)
    assert balls.value(box).overlaps(arb(float(gain(x)), 1e-9 * abs(float(gain(x)))))
    for expected, entries in (
        (gain.gradient(x), gradient),
        (gain.gradient(x), balls.gradient(box)),
        (gain.hessian(x), hessian),
    ):
        scale = float(np.abs(expected).max()) * 1e-8
        assert all(
            ball.overlaps(arb(float(value), scale))
            for ball, value in zip(entries.entries(), expected.ravel(), strict=True)
        )


def test_two_weights_of_one_row_are_no_coordinates():
    """They move the span of (u, 0) and (0, v) in one direction only.

    In too large a box nothing is proved.
    """
    C = arb_mat(SQUARE.tolist())
    for unknown, regular in (([0, 1], False), ([1, 2], True), ([0, 3], True), ([2, 3], False)):
        gain = BallGain(RowSpaces(4, (0, 2)), C, C, unknown)
        assert is_regular(gain, [arb(1, 1e-9), arb(2, 1e-9), arb(3, 1e-9), arb(4, 1e-9)]) is regular
        assert not is_regular(gain, [arb(0, 2)] * 4)


@pytest.mark.parametrize("d", range(7))
def test_inertia(d):
    rng = np.random.default_rng(d)
    for positive in range(d + 1):
        values = np.r_[
            rng.uniform(1e-6, 1, size=positive), -rng.uniform(1e-6, 1, size=d - positive)
        ]
        Q = np.linalg.qr(rng.normal(size=(d, d)))[0] if d else np.zeros((0, 0))
        H = Q * values @ Q.T
        assert inertia(arb_mat(d, d, H.ravel().tolist())) == (d - positive, positive)
    with pytest.raises(ValueError, match="not determined"):
        inertia(arb_mat(2, 2, [1, 1, 1, 1]))
    with pytest.raises(ValueError, match="not determined"):
        inertia(arb_mat(2, 2, [1, 0, 0, arb(0, 0.1)]))


@pytest.mark.parametrize("entry", [arb(0, 1.01), arb(0.5, 0.6), arb(-0.9, 0.2)])
def test_signs_that_off_diagonal_entries_leave_open(entry):
    """[[1, b], [b, 1]] has the eigenvalues 1 - b and 1 + b: beyond |b| < 1 a sign is open, though
    the diagonal of the matrix, turned into the basis of its midpoint, is certain."""
    certain = bool(abs(entry) < 1)
    assert not certain
    with pytest.raises(ValueError, match="not determined"):
        inertia(arb_mat([[1, entry], [entry, 1]]))
    assert inertia(arb_mat([[1, arb(0, 0.9)], [arb(0, 0.9), 1]])) == (0, 2)


@pytest.mark.parametrize(
    ("defect", "step", "radius", "inside"),
    [
        (0, "0.4", "0.5", True),
        (0, "0.6", "0.5", False),  # the step alone leads out of the box
        ("0.5", "0.2", "0.5", True),
        ("0.5", "0.3", "0.5", False),  # half the box and the step
        ("1.1", "0", "0.5", False),  # no contraction
    ],
)
def test_the_image_of_a_box_by_hand(defect, step, radius, inside):
    """Krawczyk's operator maps the box of the radius r to (1 - AJ)·[-r, r] - s."""
    AJ = arb_mat([[1 - arb(defect)]])
    for sign in (1, -1):
        assert _maps_inside(AJ, arb_mat([[sign * arb(step)]]), [arb(radius)]) is inside


def test_one_point_is_not_distinct_from_itself():
    points = [certify(SQUARE, SQUARE, (0, 2), 2, REAL[name][0]) for name in ("spurious", "global")]
    assert all(point.certified for point in points)
    assert all_distinct(points)
    assert not all_distinct([*points, points[0]])


def test_double_zeros_do_not_contract():
    assert (
        krawczyk_radii(lambda x: (arb_mat([[x[0] ** 2]]), arb_mat([[2 * x[0]]])), [arb(1e-8)])
        is None
    )
    assert newton(lambda x: (arb_mat([[x[0] * 0 + 1]]), arb_mat([[x[0] * 0]])), [arb(1)]) == [1]


@pytest.mark.parametrize("scale", ["1", "1e-40", "1e40", "1e-200"])
def test_decimal_enclosures_are_outside(scale):
    for middle, radius in (
        ("4.2", "1e-9"),
        ("-1", "0.3"),
        ("0", "1e-30"),
        ("2", "0"),
        ("1e9", "1e-9"),
    ):
        ball = arb(middle) * arb(scale) + arb(0, 1) * arb(radius) * arb(scale)
        low, high = decimal_enclosure(ball)
        ends = [
            Fraction(int(man)) * Fraction(2) ** int(e)
            for man, e in (ball.lower().man_exp(), ball.upper().man_exp())
        ]
        width = ends[1] - ends[0] + Fraction(1, 10**300)
        assert (
            ends[0] - width / 50
            < Fraction(low)
            <= ends[0]
            <= ends[1]
            <= Fraction(high)
            < ends[1] + width / 50
        )


def test_a_box_around_a_complex_number_has_two_sides():
    (box,) = ball_box([acb(1, 2)], [arb(0.5)])
    for corner in (acb(1.5, 2.5), acb(0.5, 1.5), acb(1, 2.5)):
        assert box.contains(corner)
    assert not box.contains(acb(1, 2.6))
