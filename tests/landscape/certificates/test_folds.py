"""Certificates at a fold, where the row spaces have no regular coordinates of their own."""

import copy
import json

import numpy as np
import pytest
from flint import arb, arb_mat

from landscape import certify, row_classes
from landscape.certificates import certificate, regular_slice
from landscape.certificates.ball_gain import BallGain
from landscape.planes.gain import Gain
from landscape.planes.lined_spaces import LinedSpaces, with_lines
from landscape.planes.row_spaces import RowSpaces
from proofs_check.checker.kinds.encoder_decoder.joint_certificates import check
from proofs_check.statements.trained_encoder.joint_folds import X, Y, point

ROWS, K, BITS = range(5), 4, 256
OPPOSITE = 2 * np.diag(np.diag(Y)) - np.array(Y)
"""Targets that push away from the fold."""


def proved(x=None, targets=Y):
    return certify(X, targets, ROWS, K, point() if x is None else x, BITS)


@pytest.fixture(scope="module")
def document():
    return json.loads(json.dumps(proved().document))


@pytest.mark.parametrize("noise", [0, 1e-12, 1e-9])
def test_a_minimum_at_a_fold(noise):
    x = point() * (1 + noise * np.random.default_rng(0).normal(size=len(point())))
    proof = proved(x)
    assert (proof.certified, proof.reason, proof.index, proof.lines) == (True, "", 0, "even")
    assert proof.loss[0] <= 39659 <= proof.loss[1]


def test_a_saddle_at_a_fold():
    proof = proved(targets=OPPOSITE)
    assert (proof.certified, proof.index, proof.lines) == (True, 2, "even")


def test_row_spaces_alone_have_no_coordinates_there(monkeypatch):
    monkeypatch.setattr(certificate, "with_lines", lambda spaces: [])
    proof = proved()
    assert not proof.certified
    assert "in 15 independent directions, elsewhere in 16" in proof.reason


def test_a_plane_off_the_fold_is_not_critical():
    x = point()
    x[0] += 1
    assert "not near a critical point" in proved(x).reason


def test_without_a_slope_the_hessian_is_singular():
    proof = proved(targets=np.diag(np.diag(Y)))
    assert not proof.certified
    assert "with the lines of the even nodes: the Hessian modulo the symmetries is singular" in (
        proof.reason
    )


def test_a_singular_hessian_needs_more_bits():
    assert "with the lines" in certify(X, Y, ROWS, K, point(), 64).reason


def test_the_document_is_valid_and_its_edits_are_not(document):
    good, sentence = check(document)
    assert good, sentence
    assert "1 with lines" in sentence
    for entries in ({"index": 1}, {"lines": 1}, {"loss": ["0", "1"]}):
        false = copy.deepcopy(document)
        false["points"][0] |= entries
        assert not check(false)[0]
    del document["points"][0]["lines"]
    assert "not certain to move the row space in independent directions" in check(document)[1]


def test_lines_that_the_row_space_need_not_meet(document):
    document["rows"][1] = 6  # one odd output less would do; two even ones more do not
    document["points"][0]["lines"] = 1
    assert "need not meet these lines" in check(document)[1]


def test_too_large_an_intersection_is_no_pair():
    """W and the lines of a point of which all rows lie in the sum of the lines."""
    spaces = LinedSpaces(4, (0, 1, 2), 2, parity=0)
    assert spaces.common == 1
    x = spaces.random(np.random.default_rng(0))
    x[: spaces.k * spaces.l].reshape(spaces.k, spaces.l)[:, 1] = 0
    identity, box = arb_mat(np.eye(4).tolist()), [arb(v) for v in x.tolist()]
    gain = BallGain(spaces, identity, identity, [])
    assert not regular_slice._meets_lines(gain, gain.rows_at(box), box)


@pytest.mark.parametrize("n", [4, 8])
def test_the_dimension_of_pairs_is_a_bound_of_the_rank(n):
    """It is attained for the classes of which folds are known."""
    rng, attained = np.random.default_rng(0), set()
    for l in range(1, n + 1):
        for kept in row_classes(n, l):
            for k in range(1, min(l, n - 1) + 1):
                for spaces in with_lines(RowSpaces(n, kept.rows, k)):
                    gain = Gain(spaces, np.eye(n), np.eye(n))
                    rank = np.linalg.matrix_rank(gain.tangent(spaces.random(rng)), tol=1e-9)
                    assert rank <= spaces.dimension
                    if rank == spaces.dimension == k * (n - k):
                        attained.add((kept.rows, k, spaces.parity))
    if n == 8:
        assert {((0, 1, 2, 3, 4), 4, 0), ((0, 1, 2, 3, 4, 6), 4, 0)} <= attained


def test_no_lines_without_need():
    with pytest.raises(ValueError, match="need not meet the nodes of parity 1"):
        LinedSpaces(8, (0, 1, 2), 2, parity=1)
