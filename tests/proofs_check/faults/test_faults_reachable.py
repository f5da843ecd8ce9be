"""Planted faults in the claim on reachable row spaces are noticed.

Its certificate is stored and replayed; altered ones are rejected.
"""

import copy
import json
from dataclasses import replace

import numpy as np
import pytest
from flint import fmpq_mat
from numpy.random import SeedSequence

import landscape
from figures.critical_points.kac_rice import expected_extrema
from landscape import RowClass
from landscape.enumeration.eigenvalue_branches import extrema
from landscape.planes import far_planes
from proofs_check.checker import certificates as recheck
from proofs_check.checker.arithmetic import reachable_rank
from proofs_check.claim import Bearing, Context
from proofs_check.counts import output_orbits
from proofs_check.statements.trained_encoder import reachable
from proofs_check.statements.trained_encoder_counts import (
    dominant_outputs,
    random_siblings,
    real_reach,
    worst_angle,
)


def shared_step_lost(n, r, c, original=reachable.path):
    """Make the node of layer 0 depend on the top bit of the output, too."""
    (i, node, crossed), *rest = original(n, r, c)
    return [(i, node ^ (r & n // 2), crossed), *rest]


def merged(classes):
    """Merge the first two orbits."""
    if len(classes) < 2:
        return classes
    first, second, *rest = classes
    return [RowClass(first.rows, first.size + second.size), *rest]


FAULTS = {
    "the formula has the dimension of all planes": ("ranks", "closed_form", lambda n, b: 2 * n - 4),
    "the formula is for the next bit": (
        "ranks",
        "closed_form",
        lambda n, b, original=reachable.closed_form: original(n, b + 1),
    ),
    "the library counts one dimension too many": (
        "ranks",
        "reachable_dimension",
        lambda *a, **more: landscape.reachable_dimension(*a, **more) + 1,
    ),
    "the second computation keeps the motions E -> CE": (
        "ranks",
        "dense_dimension",
        lambda rows, point, original=reachable.dense_dimension: (
            original(rows, point) + len(point[1]) ** 2
        ),
    ),
    "the second computation uses a layer twice": (
        "ranks",
        "dense_dimension",
        lambda rows, point, original=reachable.dense_dimension: original(
            rows, point, bits=[0, *range(len(point[0]) - 1)]
        ),
    ),
    "one parameter too many": (
        "upper bound",
        "parameters",
        lambda n, b, original=reachable.parameters: original(n, b) + 1,
    ),
    "the scale of the blocks is counted": (
        "upper bound",
        "parameters",
        lambda n, b, original=reachable.parameters: original(n, b) + n // 2**b,
    ),
    "the highest differing bit for the lowest": (
        "upper bound",
        "lowest_difference",
        lambda r, s: (r ^ s).bit_length() - 1,
    ),
    "the bound of the library is one too small": (
        "upper bound",
        "dimension_bound",
        lambda *a, original=reachable.dimension_bound: original(*a) - 1,
    ),
    "layer 0 is not shared": ("upper bound", "path", shared_step_lost),
    "the construction forgets the shared layers": (
        "realised",
        "realisation",
        lambda n, rows, u, M, original=reachable.realisation: original(n, rows, [1] * n, M),
    ),
    "the network adds its inputs without weights": (
        "realised",
        "outputs",
        lambda weights, rows, original=reachable.outputs: original(
            [[[1, 1] for _ in weights[0]] for _ in weights], rows
        ),
    ),
    "an orbit is forgotten": (
        "orbits",
        "row_classes",
        lambda n, l: landscape.row_classes(n, l)[1:],
    ),
    "two orbits are taken for one": (
        "orbits",
        "row_classes",
        lambda n, l: merged(landscape.row_classes(n, l)),
    ),
    "an orbit has another first set": (
        "orbits",
        "row_classes",
        lambda n, l: [
            RowClass(tuple(n - 1 - r for r in c.rows[::-1]), c.size)
            for c in landscape.row_classes(n, l)
        ],
    ),
    "the exchanges move too little": (
        "orbits",
        "exchanged",
        lambda sets, n, i, c, original=output_orbits.exchanged: (
            original(sets, n, i, c) if i else sets
        ),
    ),
    "exchanges of residues that the network tells apart": (
        "every set",
        "exchanged",
        lambda sets, n, i, c, original=output_orbits.exchanged: original(sets, n, 1, 0),
    ),
    "sets of the same size are taken for one orbit": (
        "every set",
        "first_sets",
        lambda n: np.array([(2**s - 1) << n - s for s in (x.bit_count() for x in range(2**n))]),
    ),
    "the bound of the library is the trivial one less one": (
        "every set",
        "dimension_bound",
        lambda n, rows, k: k * (n - k) - 1,
    ),
    "the ranks ignore the encoder": (
        "every set",
        "dense_dimension",
        lambda rows, point, original=reachable.dense_dimension: original(
            rows, (point[0], np.eye(len(rows), dtype=int))
        ),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_noticed(name, monkeypatch):
    check_name, attribute, fault = FAULTS[name]
    monkeypatch.setattr(output_orbits if attribute == "exchanged" else reachable, attribute, fault)
    (check,) = (check for check in reachable.CLAIM.checks if check.name == check_name)
    assert check.run(Context("quick", SeedSequence(0))).bearing is Bearing.FAILED


@pytest.fixture(scope="module")
def certificate():
    (check,) = (check for check in reachable.CLAIM.checks if check.name == "ranks")
    return json.loads(json.dumps(dict(check.run(Context("quick", SeedSequence(1))).certificate)))


def test_certificate_is_valid(certificate):
    valid, sentence = recheck.valid(certificate)
    assert valid
    assert certificate["dimensions"] == [
        reachable.closed_form(n, b) for n, b in ((4, 0), (4, 1), (8, 0), (8, 1), (8, 2))
    ] + [reachable.closed_form(16, b) for b in range(4)]
    assert ", ".join(map(str, certificate["dimensions"])) in sentence


def test_altered_certificates_are_rejected(certificate):
    for i in range(len(certificate["dimensions"])):
        for change in (-1, 1):
            altered = copy.deepcopy(certificate)
            altered["dimensions"][i] += change
            assert not recheck.valid(altered)[0]
    for part in ("dimensions", "points"):
        assert not recheck.valid(certificate | {part: certificate[part][1:]})[0]
    assert not recheck.valid(certificate | {"points": [], "dimensions": []})[0]
    altered = copy.deepcopy(certificate)
    # An encoder of rank 1 has no plane as its row space.
    encoder = altered["points"][0]["encoder"]
    encoder[1] = encoder[0]
    assert not recheck.valid(altered)[0]
    altered = copy.deepcopy(certificate)
    # Two outputs with another lowest differing bit, or one output twice.
    altered["points"][0]["rows"][1] ^= 1
    assert not recheck.valid(altered)[0]


def test_other_planes_are_replayed():
    points, dimensions = [], []
    for n, rows, k in (
        (2, [1], 1),
        (8, [0, 1, 4, 5], 3),
        (8, [0, 1, 2, 5], 4),
        (8, [0, 2, 3], 2),
        (4, [0, 1, 2, 3], 2),
    ):
        weights, encoder = reachable.random_point(n, len(rows), k, reachable.Random(n + k))
        points.append({"rows": rows, "weights": weights, "encoder": encoder})
        dimensions.append(landscape.reachable_dimension(n, rows, k))
    certificate = {
        "kind": "reachable-dimension",
        "prime": reachable.PRIME,
        "points": points,
        "dimensions": dimensions,
    }
    assert recheck.valid(certificate)[0]


def test_a_modulus_that_is_no_prime_adds_nothing():
    """A pivot that is a unit is a minor that is not zero, whatever the modulus."""
    assert reachable_rank.modular_rank([[2, 4], [4, 8]], 15) == 1
    assert reachable_rank.modular_rank([[15, 30], [2, 1]], 15) == 1
    with pytest.raises(ValueError, match="not invertible"):
        reachable_rank.modular_rank([[3, 1], [1, 1]], 15)


def too_small(n, rows, k, rng=None):
    return landscape.reachable_dimension(n, rows, k, rng) - (len(rows) == 5)


PAIRS = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]

DOMINANT = {
    "a rank is too small": ("orbits", "reachable_dimension", too_small),
    "an orbit is left out": (
        "orbits",
        "row_classes",
        lambda n, l: landscape.row_classes(n, l)[: -1 if l == 2 else None],
    ),
    "ranks of single sets are too small": ("every set", "reachable_dimension", too_small),
    "another table is printed": (
        "every set",
        "LEAST",
        {4: ((2,), (4,)), 8: ((2,) * 5, (8,) * 5)},
    ),
    "every two outputs are dominant for k = 2": (
        "n = 32",
        "largest_planes",
        lambda n, l, original=dominant_outputs.largest_planes: original(n, l)._replace(
            every=min(l, 2)
        ),
    ),
}


@pytest.mark.parametrize("name", DOMINANT)
def test_fault_in_the_number_of_outputs(name, monkeypatch, bearing):
    check, attribute, fault = DOMINANT[name]
    monkeypatch.setattr(dominant_outputs, attribute, fault)
    assert bearing("dominant-outputs", check) is Bearing.FAILED


def never_found(spaces, bases):
    return np.full((len(bases), spaces.size), np.nan)


REAL = {
    "all planes have real transversals": (
        "share",
        "reached_planes",
        lambda rng, draws: draws,
        Bearing.REFUTES,
    ),
    "a share at an end": (
        "share",
        "reached_planes",
        lambda rng, draws: round(0.867 * draws),
        Bearing.SILENT,
    ),
    "another determinant": (
        "row spaces",
        "_determinant",
        lambda x, y, z: x + y,
        Bearing.FAILED,
    ),
    "weights are never found": ("weights", "variables_of_all", never_found, Bearing.FAILED),
}


@pytest.mark.parametrize("name", REAL)
def test_fault_in_the_share_of_real_planes(name, monkeypatch, bearing):
    check, attribute, fault, expected = REAL[name]
    monkeypatch.setattr(real_reach, attribute, fault)
    assert bearing("real-reach", check) is expected


def drawn(share, points=0.14):
    """Lists of which such shares have a second minimum, and further critical points."""

    def lists(rng, draws):
        counts = np.ones((draws, 2), dtype=int)
        counts[: round(share * draws), 0] = 2
        counts[: round(points * draws), 1] = 2
        return counts

    return lists


RANDOM = {
    "no second minimum is ever found": ("lists", "listed", drawn(0), Bearing.REFUTES),
    "a share at an end": ("lists", "listed", drawn(0.0435, 0.113), Bearing.SILENT),
    "saddles are found where there are none": (
        "lists",
        "listed",
        drawn(0.0378, 0.2),
        Bearing.REFUTES,
    ),
    "the integral lacks a factor": (
        "integral",
        "expected_extrema",
        lambda *arguments: tuple(0.99 * x for x in expected_extrema(*arguments)),
        Bearing.FAILED,
    ),
    "the integral counts saddles as minima": (
        "integral",
        "expected_extrema",
        lambda *arguments: (sum(expected_extrema(*arguments)), 1.1),
        Bearing.FAILED,
    ),
    "a critical point is left out": (
        "census",
        "extrema",
        lambda X, Y: extrema(X, Y)[1:],
        Bearing.FAILED,
    ),
}


@pytest.mark.parametrize("name", RANDOM)
def test_fault_in_the_frequency_of_spurious_minima(name, monkeypatch, bearing):
    check, attribute, fault, expected = RANDOM[name]
    monkeypatch.setattr(random_siblings, attribute, fault)
    assert bearing("random-siblings", check) is expected


def test_right_numbers_of_minima_are_accepted(monkeypatch, bearing):
    monkeypatch.setattr(random_siblings, "listed", drawn(0.0378, 0.1166))
    assert bearing("random-siblings", "lists") is Bearing.SUPPORTS


def with_plane(**changes):
    """Far planes with another bound or basis, for 3-planes at 30°."""

    def changed(n, rows, k):
        plane = landscape.far_plane(n, rows, k)
        is_one = (n, k) == (8, 3) and plane and plane.cosine_squared
        return replace(plane, **changes) if is_one else plane

    return changed


def onto_complement(plane):
    """The projector onto the other vectors."""
    P = EXACT_PROJECTOR(plane)
    n = P.nrows()
    return fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)]) - P


EXACT_PROJECTOR = worst_angle.exact_projector

ANGLES = {
    "a node is missing": (
        "table",
        "separating_nodes",
        lambda n, rows, k: {*sorted(far_planes.separating_nodes(n, rows, k))[1:]},
    ),
    "the bound is too small": ("table", "far_plane", with_plane(cosine_squared=0.5)),
    "a plane is another": ("table", "far_plane", with_plane(basis=np.eye(8)[:3])),
    "no plane is far": ("table", "far_plane", lambda n, rows, k: None),
    "two even outputs have all planes": ("table", "_both_parities", lambda rows: True),
    "the projector onto the complement": ("integer networks", "exact_projector", onto_complement),
    "a trace twice as large": ("conference matrices", "turned_sum", lambda S, u: len(u) ** 2),
    "every plane is found near": (
        "nearest",
        "nearest_row_space",
        lambda U, rows, starts, rng: landscape.NearestRowSpace(U, np.zeros(len(U))),
    ),
    "random planes are farther": ("search", "far_plane", with_plane(cosine_squared=1.0)),
    "the other norm": (
        "siblings",
        "sibling_distance",
        lambda U: np.arccos(np.linalg.norm(U[:, 0])),
    ),
    "a loss without its floor": ("loss", "reduced_loss", lambda X, Y, B, k: 0.0),
}


@pytest.mark.parametrize("name", ANGLES)
def test_fault_in_the_worst_angle(name, monkeypatch, bearing):
    check, attribute, fault = ANGLES[name]
    monkeypatch.setattr(worst_angle, attribute, fault)
    assert bearing("worst-angle", check) is Bearing.FAILED


@pytest.mark.parametrize("seed", range(20))
def test_discriminants_are_those_of_the_quadric_on_the_complement(seed):
    """The quadric restricted to the lines that meet none, from its matrix of products."""
    N = np.random.default_rng(seed).standard_normal((8, 4))
    lines = np.array(
        [
            [N[2 * q, i] * N[2 * q + 1, j] - N[2 * q, j] * N[2 * q + 1, i] for i, j in PAIRS]
            for q in range(4)
        ]
    )
    K = np.array([[float(real_reach.klein(a, b)) for b in np.eye(6)] for a in np.eye(6)])
    # lines orthogonal to all four
    meeting = np.linalg.svd(lines @ K)[2][4:]
    values = np.linalg.eigvalsh(meeting @ K @ meeting.T)
    assert (values[0] < 0 < values[1]) == (real_reach.discriminants(N) > 0)
    # a line through two points meets itself
    assert np.allclose(np.einsum("qi,ij,qj->q", lines, K, lines), 0)
