"""Planted faults in the count of critical points with B trained make a named check fail."""

from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest

from landscape.continuation.start_sets import start_set
from landscape.planes.row_spaces import RowSpaces
from proofs_check.claim import Bearing
from proofs_check.counts import critical_ideal, euler_count, localisation
from proofs_check.counts.critical_ideal import SpanData, degree_by_msolve, msolve
from proofs_check.counts.euler_count import critical_count
from proofs_check.counts.localisation import euler, grassmannian, one_more, planes_of_pairs, spans
from proofs_check.counts.spans import Spans
from proofs_check.statements.trained_encoder import joint_count


def without_last_equation(self, original=SpanData.direct.func):
    slope, det = original(self)
    return [*slope[:-1], 0 * slope[-1]], det


def with_constant_gain(self, original=SpanData.direct.func):
    return original(replace(self, M=self.C))


def moved(spaces, original=joint_count.start_set):
    found = original(spaces)
    x = found.x.copy()
    x[-1] += 1e-4 * np.arange(spaces.n)
    return replace(found, x=x)


def on_one_line(spaces, original=joint_count.start_set):
    """As many points, of which two are one row space in other coordinates."""
    found = original(spaces)
    x = found.x.copy()
    x[1] = 2j * x[0]
    return replace(found, x=x)


def without_lowest(*a, original=joint_count.real_enumeration):
    found = original(*a)
    return replace(found, points=found.points[1:])


FAULTS = {
    "singular K is let in": (
        "ideals",
        critical_ideal,
        "_inverse_exists",
        lambda det: det.context().gen(0),
    ),
    "one critical equation is lost": (
        "ideals",
        SpanData,
        "direct",
        property(without_last_equation),
    ),
    "M is C": ("ideals", SpanData, "direct", property(with_constant_gain)),
    "every point is multiple": ("ideals", joint_count, "has_multiple_point", lambda data: True),
    "msolve finds one point twice": (
        "ideals",
        joint_count,
        "degree_by_msolve",
        lambda data, program: (12, 11),
    ),
    "K is singular where one entry is zero": (
        "topology",
        euler_count,
        "kernel",
        lambda *a, k=euler_count.kernel: k(*a)[1:],
    ),
    "H is of half the degree": ("topology", euler_count, "gain", lambda at: [-sum(at.space)]),
    "H is smooth": ("other outputs", euler_count, "MILNOR", dict.fromkeys(euler_count.MILNOR, 1)),
    "all singular points of H are nodes": (
        "other outputs",
        euler_count,
        "MILNOR",
        dict.fromkeys(euler_count.MILNOR, 0),
    ),
    "two pairs in place of four": (
        "other outputs",
        joint_count,
        "planes_of_pairs",
        lambda m, k: planes_of_pairs(3, 2),
    ),
    "a loop loses one point": (
        "monodromy",
        joint_count,
        "monodromy",
        lambda *a, original=joint_count.monodromy, **more: (lambda s: replace(s, x=s.x[1:]))(
            original(*a, **more)
        ),
    ),
    "a stored point is not critical": ("start sets", joint_count, "start_set", moved),
    "a stored point comes twice": ("start sets", joint_count, "start_set", on_one_line),
    "no stored point is simple": (
        "start sets",
        joint_count.Gain,
        "hessian",
        lambda *a, original=joint_count.Gain.hessian: (lambda H: H[..., :1] @ H[..., :1, :])(
            original(*a)
        ),
    ),
    "the global minimum is lost": ("Morse sum", joint_count, "real_enumeration", without_lowest),
    "the real row spaces are two spheres": (
        "Morse sum",
        joint_count,
        "euler_characteristic",
        lambda N1, N2: 4,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_noticed(name, monkeypatch, bearing):
    check, owner, attribute, fault = FAULTS[name]
    if "msolve" in name:
        monkeypatch.setattr(joint_count, "msolve", lambda: "msolve")
    monkeypatch.setattr(owner, attribute, fault)
    assert bearing("joint-count", check) is Bearing.FAILED


def test_the_ideals_need_no_msolve(monkeypatch, bearing):
    monkeypatch.setattr(joint_count, "msolve", lambda: None)
    assert bearing("joint-count", "ideals") is Bearing.SUPPORTS


@pytest.mark.skipif(msolve() is None, reason="msolve is not installed")
@pytest.mark.parametrize(
    ("lengths", "count"), [((1, 1), 1), ((1, 4), 4), ((2, 2), 12), ((3, 3), 65), ((2, 2, 2), 72)]
)
def test_msolve(lengths, count):
    data = SpanData.random(lengths, Random(0))
    assert degree_by_msolve(data, msolve()) == (count, count)


def test_a_program_without_an_answer():
    with pytest.raises(RuntimeError, match="no parametrization"):
        degree_by_msolve(SpanData.random((1, 2), Random(0)), "true")


@pytest.mark.parametrize(("N", "count"), [(1, 1), (2, 12), (3, 65), (4, 224), (5, 585)])
def test_equal_lengths(N, count):
    assert joint_count.predicted(N, N) == critical_count(spans(N, N)) == count
    assert 3 * count == N * (2 * N - 1) * (2 * N * N - 3 * N + 4)


@pytest.mark.parametrize(("N1", "N2"), product(range(1, 6), repeat=2))
def test_lengths_can_be_exchanged(N1, N2):
    assert (
        critical_count(spans(N1, N2))
        == critical_count(spans(N2, N1))
        == joint_count.predicted(N2, N1)
    )


@pytest.mark.parametrize(
    "family", [lambda: spans(3, 2), lambda: spans(2, 3, 1), lambda: one_more(planes_of_pairs(3, 2))]
)
def test_the_weights_of_the_torus_do_not_matter(monkeypatch, family):
    found = critical_count(family())
    monkeypatch.setattr(
        localisation, "_weights", lambda n: tuple(17 * i * i + 5 * i + 1 for i in range(n))
    )
    assert critical_count(family()) == found


def test_in_four_dimensions_planes_that_hold_a_half_count_twice():
    """A three-plane in C^4 meets both halves in a line, or holds one.

    There the map to the planes has rank 2 of 3.
    """
    assert critical_count(one_more(spans(2, 2))) == 4 + 2 * 2


def test_other_dimensions_are_refused():
    with pytest.raises(ValueError, match="planes of dimension 4; 2 or 3 are implemented"):
        critical_count(spans(1, 1, 1, 1))


@pytest.mark.parametrize(
    ("n", "quadrics", "chi"), [(4, 0, 4), (4, 1, 4), (3, 2, 4), (4, 2, 0), (4, 3, 8), (5, 3, -8)]
)
def test_euler_characteristics_of_quadrics(n, quadrics, chi):
    assert euler(grassmannian(n, 1), lambda at: [-2 * at.space[0]] * quadrics) == chi


@pytest.mark.parametrize("n", [4, 8])
def test_spans_are_the_row_spaces_of_siblings(n):
    siblings, spans = RowSpaces(n, (0, n // 2)), Spans(n // 2, n // 2)
    x = np.random.default_rng(n).normal(size=(3, n))
    assert (spans.size, spans.dimension) == (siblings.size, siblings.dimension)
    np.testing.assert_array_equal(spans.rows_at(x), siblings.rows_at(x))
    np.testing.assert_array_equal(spans.jacobian(x), siblings.jacobian(x))
    np.testing.assert_allclose(spans.rescaled(x), siblings.rescaled(x))


def test_a_stored_set_has_no_fault():
    assert joint_count.faults_of(start_set(RowSpaces(4, (0, 2))), 12) == []
