"""Documents of critical points: valid ones are accepted, altered ones are refused."""

import copy
import json
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from flint import arb, arb_mat

from landscape import certify, reachable_dimension, row_classes
from landscape.certificates import merge_documents
from landscape.continuation.path_tracking import refine
from landscape.planes.gain import Forms, Gain, data_forms
from landscape.planes.row_spaces import RowSpaces
from proofs_check.checker import valid
from proofs_check.checker.arithmetic import ball_elimination, reachable_rank
from proofs_check.checker.arithmetic.jets import Jet
from proofs_check.checker.kinds.encoder_decoder.joint_certificates import check

SQUARE = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
SADDLE = np.sqrt(2 * np.sqrt(13) / 3 - 5 / 3), np.sqrt(np.sqrt(13) / 8 - 3 / 8)
EXACT = [[1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]]
EXACT += [[1, s * SADDLE[0], t * SADDLE[1], 1] for s in (1, -1) for t in (1, -1)]
CASES = [
    (2, (0,), 1),
    (4, (1, 3), 1),
    (8, (0, 4), 2),
    (8, (0, 2), 2),
    (8, (0, 1), 2),
    (8, (0, 2, 4), 2),
    (16, (0, 8), 2),
]


@pytest.fixture(scope="module")
def exact():
    return read(merge_documents([certify(SQUARE, SQUARE, [0, 2], 2, x) for x in EXACT]))


def read(document):
    return json.loads(json.dumps(document, allow_nan=False))


def certified_points(n, rows, k, count=2):
    """The document of critical points of random data, with different losses."""
    rng = np.random.default_rng([n, k, *rows])
    X, Y, spaces, proofs = (
        rng.normal(size=(n, n + 3)),
        rng.normal(size=(k + 2, n + 3)),
        RowSpaces(n, rows, k),
        [],
    )
    C, M = data_forms(X, Y)
    forms = Forms(C * n / np.trace(C), M * n / np.trace(M))
    for _ in range(200):
        try:
            x, size = refine(spaces, spaces.random(rng, (1,)), forms, 40)
            regular = np.linalg.svd(Gain(spaces, *forms).tangent(x[0]), compute_uv=False)[
                spaces.dimension - 1
            ]
        except np.linalg.LinAlgError:
            continue
        if size[0] < 1e-10 and regular > 1e-3:
            proof = certify(X, Y, rows, k, x[0])
            if proof.certified and all(
                abs(proof.loss[0] - other.loss[0]) > 1e-6 for other in proofs
            ):
                proofs.append(proof)
        if len(proofs) == count:
            return read(merge_documents(proofs))
    raise AssertionError("too few points")


def test_the_exact_example_is_valid(exact):
    good, sentence = check(exact)
    assert good, sentence
    assert "8 critical points, distinct" in sentence
    assert "differ first in bit 1" in sentence
    assert valid(exact) == (good, sentence)


@pytest.mark.parametrize(("n", "rows", "k"), CASES)
def test_random_data(n, rows, k):
    document = certified_points(n, rows, k)
    good, sentence = check(document)
    assert good, sentence
    full = reachable_dimension(n, rows, k) == k * (n - k)
    expected = (
        "first in bit" if len(rows) == k == 2 else "full dimension" if full else "random points"
    )
    assert expected in sentence


@pytest.mark.parametrize("bits", [64, 256])
def test_other_precisions(bits):
    assert check(read(certify(SQUARE, SQUARE, [0, 2], 2, EXACT[4], bits=bits).document))[0]


def test_no_unknowns():
    x = RowSpaces(4, range(4)).random(np.random.default_rng(0))
    assert check(read(certify(SQUARE, SQUARE, [0, 1, 2, 3], 4, x).document))[0]


def moved(text, by=Fraction(1, 7)):
    return str(Fraction(text) + by)


def shift_centre(document, by):
    point = document["points"][0]
    i, j, b = point["unknown"][0]
    point["weights"][i][j][b] = moved(point["weights"][i][j][b], by)


def inflate(document):
    point = document["points"][4]
    point["radius"] = ["1"] * len(point["radius"])


def drop_unknown(document):
    point = document["points"][0]
    point["unknown"], point["radius"] = point["unknown"][:-1], point["radius"][:-1]


def repeat_unknown(document):
    point = document["points"][0]
    point["unknown"] = point["unknown"][:1] * len(point["unknown"])


def absent_unknown(document):
    document["points"][0]["unknown"][0] = [7, 0, 0]


def irregular_unknown(document):
    """Put a weight that only rescales a row in place of one that turns it."""
    document["points"][0]["unknown"][0] = [1, 0, 0]


def shift_loss(document):
    document["points"][0]["loss"] = [moved(end) for end in document["points"][0]["loss"]]


def reverse_loss(document):
    document["points"][0]["loss"].reverse()


def nudge_loss(document):
    """Shift the loss by 1e-30."""
    document["points"][0]["loss"] = [
        moved(end, Fraction(1, 10**30)) for end in document["points"][0]["loss"]
    ]


ALTERED = {
    "centre moved": lambda c: shift_centre(c, Fraction(1, 7)),
    "centre moved a little": lambda c: shift_centre(c, Fraction(1, 10**25)),
    "index": lambda c: c["points"][3].update(index=1),
    "loss shifted": shift_loss,
    "loss shifted a little": nudge_loss,
    "loss reversed": reverse_loss,
    "one point repeated": lambda c: c["points"].append(c["points"][2]),
    "radius too large": inflate,
    "radius zero": lambda c: c["points"][0].update(radius=["0", "0"]),
    "radius negative": lambda c: c["points"][0].update(radius=["-1/1000000", "1/1000000"]),
    "radius missing": lambda c: c["points"][0]["radius"].pop(),
    "one unknown dropped": drop_unknown,
    "one unknown repeated": repeat_unknown,
    "unknown elsewhere": absent_unknown,
    "unknown of no effect": irregular_unknown,
    "other rows": lambda c: c.update(rows=[0, 1]),
    "other rows of the same kind": lambda c: c.update(rows=[1, 3]),
    "other data": lambda c: c["X"][0].__setitem__(0, "2"),
    "other target": lambda c: c["Y"][3].__setitem__(1, "1"),
    "fewer rows": lambda c: c.update(k=1, rows=[0]),
    "no points": lambda c: c.update(points=[]),
    "no precision": lambda c: c.update(bits=-31),
}


@pytest.mark.parametrize("name", ALTERED)
def test_altered_documents_are_refused(exact, name):
    document = copy.deepcopy(exact)
    ALTERED[name](document)
    assert document != exact
    good, sentence = check(document)
    assert not good
    assert len(sentence) > 15


def test_every_weight_of_the_unknowns_counts():
    document = certified_points(8, (0, 2, 4), 2, 1)
    for place, radius in zip(
        document["points"][0]["unknown"], document["points"][0]["radius"], strict=True
    ):
        other = copy.deepcopy(document)
        point, by = other["points"][0], 100 * Fraction(radius)
        if place[0] == "E":
            point["encoder"][place[1]][place[2]] = moved(point["encoder"][place[1]][place[2]], by)
        else:
            pair = point["weights"][place[0]][place[1]]
            pair[place[2]] = moved(pair[place[2]], by)
        assert "contract" in check(other)[1]


def test_a_fold_of_the_coordinates_is_no_critical_point():
    """W = (1, y, s·c, 0) at y = s = c = 0: the derivatives by y, s and c vanish, but not the one by
    the entry s·c."""
    identity = [[str(int(i == j)) for j in range(4)] for i in range(4)]
    Y = [["2", "0", "1/2", "0"], ["0", "1", "0", "0"], ["0", "0", "1", "0"]]
    weights = [
        [["1", "0"], ["1", "1"], ["0", "0"], ["1", "1"]],
        [["1", "0"], ["1", "1"], ["1", "1"], ["1", "1"]],
    ]
    point = {
        "encoder": None,
        "weights": weights,
        "unknown": [[0, 0, 1], [0, 2, 0], [1, 0, 1]],
        "index": 1,
    }
    point |= {"radius": ["1/1000000"] * 3, "loss": ["2.249", "2.251"]}
    problem = {"X": identity, "Y": Y, "rows": [0], "k": 1, "bits": 64, "distinct": True}
    assert "independent directions" in check(problem | {"points": [point]})[1]


def test_distinctness_is_checked_only_where_it_is_claimed(exact):
    twice = exact | {"points": exact["points"][:1] * 2}
    assert not check(twice)[0]
    assert check(twice | {"distinct": False})[0]


@pytest.mark.parametrize("name", ["points", "X", "rows", "bits", "k", "distinct"])
def test_missing_entries(exact, name):
    with pytest.raises(KeyError, match=name):
        check({key: value for key, value in exact.items() if key != name})


@pytest.mark.parametrize(
    "change",
    [
        {"rows": [0, 0]},
        {"rows": [0, 4]},
        {"k": 3},
        {"k": 0},
        {"X": [["1", "2"]] * 3},
        {"Y": [["1", "2"]] * 3},
        {"k": 1},
    ],
)
def test_malformed_documents(exact, change):
    with pytest.raises(ValueError, match=r"rows|samples|encoder|an output is 4|k is 3"):
        check(exact | {"k": 2} | change if change != {"k": 1} else _without_encoder(exact))


def _without_encoder(exact):
    """k = 1 of two outputs needs an encoder; three unknowns are then expected."""
    point = exact["points"][0] | {"unknown": [[0, 0, 0], [0, 0, 1], [0, 2, 0]], "radius": ["1"] * 3}
    return exact | {"k": 1, "points": [point]}


@pytest.mark.parametrize("n", [1, 2, 4, 8])
def test_dimensions_agree_with_those_of_landscape(n):
    for l in range(1, n + 1):
        for c in row_classes(n, l):
            for k in range(1, l + 1):
                assert reachable_rank.dimension(n, list(c.rows), k)[0] == reachable_dimension(
                    n, c.rows, k
                )


def test_closed_form_against_the_rank():
    for n in (4, 8, 16):
        for rows in combinations(range(n), 2):
            assert reachable_rank.dimension(n, list(rows), 2)[0] == reachable_dimension(n, rows, 2)


def test_jets_against_polynomials():
    """(x + 2y)²/(1 + xy) at (1, 3), by hand: value 49/4."""
    x, y = (Jet.variable(arb(v), i, 2) for i, v in enumerate((1, 3)))
    s = x + y + y
    f = s * s * (Jet.constant(arb(1), 2) + x * y).reciprocal()
    assert f.value.contains(arb("12.25"))
    # f_x = 2s/q - s²y/q², f_y = 4s/q - s²x/q²
    assert f.gradient[0, 0].overlaps(arb(14) / 4 - arb(147) / 16)
    assert f.gradient[1, 0].overlaps(arb(28) / 4 - arb(49) / 16)
    # f_xx = 2/q - 4sy/q² + 2s²y²/q³, f_xy = 4/q - (2sx + 4sy + s²)/q² + 2s²xy/q³, f_yy = 8/q -
    # 8sx/q² + 2s²x²/q³
    assert f.hessian[0, 0].overlaps(arb(2) / 4 - arb(84) / 16 + arb(882) / 64)
    assert f.hessian[0, 1].overlaps(arb(4) / 4 - arb(14 + 84 + 49) / 16 + arb(294) / 64)
    assert f.hessian[1, 1].overlaps(arb(8) / 4 - arb(56) / 16 + arb(98) / 64)
    two = Jet.transformed(arb_mat([[1, 2], [0, 1]]), [x, y])
    assert (two[0].value, two[0].gradient[1, 0], two[1].gradient[0, 0]) == (7, 2, 0)
    assert (x - y).gradient[1, 0] == -1
    with pytest.raises(ZeroDivisionError):
        (x - Jet.constant(arb(1, 0.1), 2)).reciprocal()


@pytest.mark.parametrize("d", range(1, 8))
def test_signs_of_eigenvalues(d):
    rng = np.random.default_rng(d)
    for positive in range(d + 1):
        values = np.r_[
            rng.uniform(0.01, 1, size=positive), -rng.uniform(0.01, 1, size=d - positive)
        ]
        Q = np.linalg.qr(rng.normal(size=(d, d)))[0]
        H = Q * values @ Q.T
        H = (H + H.T) / 2
        for a in (H, H - np.diag(np.diag(H))):
            balls = [[arb(entry, 1e-9) for entry in row] for row in a.tolist()]
            eigenvalues = np.linalg.eigvalsh(a)
            if np.abs(eigenvalues).min() > 1e-3:
                assert ball_elimination.positive_eigenvalues(balls) == (eigenvalues > 0).sum()
    singular = [[arb(1), arb(2)], [arb(2), arb(4, 0.1)]]
    with pytest.raises(ZeroDivisionError, match="not certain"):
        ball_elimination.positive_eigenvalues(singular)
    with pytest.raises(ZeroDivisionError, match="not certain"):
        ball_elimination.positive_eigenvalues([[arb(0), arb(0, 1)], [arb(0, 1), arb(0)]])
