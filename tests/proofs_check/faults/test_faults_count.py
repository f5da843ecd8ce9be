"""Planted faults in the count of critical points with B trained make a named check fail."""

from dataclasses import replace
from itertools import combinations, pairwise, product
from math import comb
from random import Random

import numpy as np
import pytest

from landscape.continuation.start_sets import start_set
from landscape.planes.row_spaces import RowSpaces
from proofs_check.claim import Bearing
from proofs_check.counts import critical_ideal, euler_count, localisation, residues
from proofs_check.counts.critical_ideal import SpanData, degree_by_msolve, msolve
from proofs_check.counts.euler_count import critical_count, signed_integral
from proofs_check.counts.localisation import grassmannian, one_more, planes_in_spans, spans
from proofs_check.counts.spans import Spans
from proofs_check.statements.trained_encoder_counts import joint_count, joint_count_three


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
        lambda equations, program: (12, 11),
    ),
    "the roots are those of V, not of its dual": (
        "topology",
        euler_count,
        "regular_class",
        lambda roots, degree, original=euler_count.regular_class: original(
            [-x for x in roots], degree
        ),
    ),
    "the numerator of another series": (
        "all lengths",
        joint_count,
        "span_numerator",
        lambda k: {(0, 0): 1, (1, 1): 2},
    ),
    "an auto-encoder has a multiple point": (
        "auto-encoders",
        joint_count,
        "has_multiple_point",
        lambda data: True,
    ),
    "two pairs in place of four": (
        "other outputs",
        joint_count,
        "planes_in_spans",
        lambda lengths, k: planes_in_spans((2, 2, 2), 2),
    ),
    "outputs 0 and 2 are taken for siblings": (
        "small sizes",
        joint_count,
        "two_outputs",
        lambda n, a, b: planes_in_spans((n // 2, n // 2), 2),
    ),
    "vectors of the wrong length": (
        "small sizes",
        joint_count,
        "spans",
        lambda *lengths: spans(3, *lengths[1:]),
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


THREE = {
    "a pole is forgotten": (
        "all N",
        residues,
        "residue",
        lambda f, variable, pole, original=residues.residue: (
            f - f if pole == f.field.gens[2] else original(f, variable, pole)
        ),
    ),
    "derivatives for Taylor coefficients": (
        "all N",
        residues,
        "factorial",
        lambda order: 1,
    ),
    "the roots are those of V, not of its dual": (
        "fixed points",
        euler_count,
        "regular_class",
        FAULTS["the roots are those of V, not of its dual"][3],
    ),
    "vectors with one entry more": (
        "fixed points",
        joint_count_three,
        "FAMILIES",
        {"three vectors": (lambda N: spans(N, N, N + 1), joint_count_three.three_vectors, 1)},
    ),
}


@pytest.mark.parametrize("name", THREE)
def test_fault_in_the_count_for_three_outputs(name, monkeypatch, bearing):
    check, owner, attribute, fault = THREE[name]
    residues.three_spans_series.cache_clear()
    residues.one_more_series.cache_clear()
    monkeypatch.setattr(owner, attribute, fault)
    assert bearing("joint-count-three", check) is Bearing.FAILED
    residues.three_spans_series.cache_clear()
    residues.one_more_series.cache_clear()


@pytest.mark.parametrize("n", [8, 16, 32, 64])
def test_outputs_0_1_and_half_have_all_these_planes(n):
    family = one_more((n // 2, n // 2), 2)
    assert family.dimension == RowSpaces(n, (0, 1, n // 2), 3).dimension


@pytest.mark.parametrize("count", [3, 7])
def test_series_of_three_vectors_of_other_lengths(count):
    """The diagonal of the series in three variables, by partial sums."""
    series = euler_count.span_counts(euler_count.span_numerator(3), count)
    found = (series * series[::-1, ::-1, ::-1]).sum()
    assert found == residues.values(residues.three_spans_series(), count)[-1]


def test_a_polynomial_of_too_low_degree_is_no_closed_form():
    found = joint_count_three.disagreements(
        residues.three_spans_series, joint_count_three.three_vectors, 8
    )
    assert found == ["the coefficients are no such polynomial"]


def test_the_ideals_need_no_msolve(monkeypatch, bearing):
    monkeypatch.setattr(joint_count, "msolve", lambda: None)
    assert bearing("joint-count", "ideals") is Bearing.SUPPORTS


@pytest.mark.skipif(msolve() is None, reason="msolve is not installed")
@pytest.mark.parametrize(
    ("lengths", "count"),
    [((1, 1), 1), ((1, 4), 4), ((2, 2), 12), ((3, 3), 65), ((2, 2, 2), 72), ((2, 2, 3), 180)],
)
def test_msolve(lengths, count):
    data = SpanData.random(lengths, Random(0))
    assert degree_by_msolve(data.lifted, msolve()) == (count, count)


@pytest.mark.skipif(msolve() is None, reason="msolve is not installed")
@pytest.mark.parametrize(
    ("lengths", "count"),
    [((2, 2), 12), ((2, 3), 22), ((2, 2, 2), 72), ((1, 1, 1), 1), ((2, 2, 3), 180)],
)
def test_the_determinant_ratio_has_as_many_points(lengths, count):
    data = SpanData.random(lengths, Random(0))
    assert degree_by_msolve(data.lifted_determinants, msolve()) == (count, count)


@pytest.mark.skipif(msolve() is None, reason="msolve is not installed")
@pytest.mark.parametrize(
    ("lengths", "with_contracted"), [((3, 1, 1), 17), ((2, 1, 1), 10), ((3, 1, 2), 94)]
)
def test_planes_in_spans_by_ideals(lengths, with_contracted):
    """The first block is left out of the charts, or not, by the order of the blocks."""
    away, everywhere = (
        degree_by_msolve(replace(SpanData.random(order, Random(0)), k=2).lifted, msolve())
        for order in (lengths, lengths[::-1])
    )
    count = critical_count(planes_in_spans(lengths, 2))
    assert away == (count, count)
    assert everywhere == (with_contracted, with_contracted)
    assert signed_integral(planes_in_spans(lengths, 2, small=False)) == with_contracted


def test_a_program_without_an_answer():
    with pytest.raises(RuntimeError, match="no parametrization"):
        degree_by_msolve(SpanData.random((1, 2), Random(0)).lifted, "true")


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
    "family",
    [
        lambda: spans(3, 2),
        lambda: spans(2, 3, 1),
        lambda: one_more((2, 2, 2), 2),
        lambda: planes_in_spans((3, 1, 2), 2),
    ],
)
def test_the_weights_of_the_torus_do_not_matter(monkeypatch, family):
    found = critical_count(family())
    monkeypatch.setattr(
        localisation, "_weights", lambda n: tuple(17 * i * i + 5 * i + 1 for i in range(n))
    )
    assert critical_count(family()) == found


def test_in_four_dimensions_planes_that_hold_a_half_count_twice():
    """A three-plane in C^4 meets both halves in a line, or holds one.

    There the map to the planes has rank 2, and the sum over fixed points counts 2·2 points more.
    """
    family = one_more((2, 2), 2)
    with pytest.raises(ValueError, match="has rank 2 on a set of dimension 2"):
        critical_count(family)
    assert signed_integral(family) == critical_count(grassmannian(4, 3)) + 2 * 2 == 8


@pytest.mark.parametrize("lengths", [(1, 1, 3), (1, 3, 2), (4, 4, 4, 4)])
def test_lines_contract_too_much_in_large_blocks(lengths):
    with pytest.raises(ValueError, match="must be below it"):
        critical_count(planes_in_spans(lengths, 2, small=False))
    assert critical_count(planes_in_spans(lengths, 2)) > 0


@pytest.mark.parametrize(("n", "k"), [(4, 1), (5, 2), (6, 4), (7, 5), (8, 4)])
def test_all_planes_by_blocks_of_one(n, k):
    """Spans of eigenvectors: the same as on the Grassmannian."""
    assert critical_count(planes_in_spans([1] * n, k)) == comb(n, k)
    assert critical_count(grassmannian(n, k)) == comb(n, k)
    assert critical_count(planes_in_spans([2] * n, 1)) == 2 * n


def jacobian_rank(basis, velocities):
    """The rank of motions of a plane, given by the motions of a basis."""
    normal = np.linalg.svd(basis)[2][len(basis) :]
    return np.linalg.matrix_rank(
        np.array([(velocity @ normal.T).ravel() for velocity in velocities]), tol=1e-9
    )


@pytest.mark.parametrize(("lengths", "k"), [((2, 2, 2, 2), 2), ((1, 1, 3), 2), ((2, 3, 1, 2), 3)])
def test_ranks_on_contracted_strata(lengths, k):
    """The derivative by lines and coefficients, where some blocks have no component."""
    rng, ends = np.random.default_rng(0), np.cumsum([0, *lengths])
    family = planes_in_spans(lengths, k, small=False)
    found = set()
    for some in (
        c for r in range(len(lengths) - k + 1) for c in combinations(range(len(lengths)), r)
    ):
        A = rng.normal(size=(k, len(lengths)))
        A[:, list(some)] = 0
        L = np.zeros((len(lengths), ends[-1]))
        velocities = []
        for i, (first, stop) in enumerate(pairwise(ends)):
            L[i, first:stop] = rng.normal(size=stop - first)
            velocities += [np.outer(A[:, i], unit) for unit in np.eye(ends[-1])[first:stop]]
        velocities += [np.outer(row, L[i]) for row in np.eye(k) for i in range(len(lengths))]
        found.add((jacobian_rank(A @ L, velocities), family.dimension - k * len(some)))
    expected = {(rank, dimension) for dimension, rank in family.contracted}
    assert {pair for pair in found if pair[0] < family.dimension} == expected


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
