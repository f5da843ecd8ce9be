"""Certificates on trained B: the true ones pass, and every edit of one is refused."""

import copy
import json
import os
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq, fmpq_mat, fmpq_poly
from numpy.random import SeedSequence, default_rng

from landscape.planes.dimension import dimension_bound
from proofs_check import claims
from proofs_check.checker import EXPECTED
from proofs_check.checker.arithmetic import reachable_rank
from proofs_check.checker.arithmetic.gain import Gain
from proofs_check.checker.arithmetic.real_roots import signed_count
from proofs_check.checker.arithmetic.trained_network import TrainedNetwork
from proofs_check.checker.certificates import judged
from proofs_check.checker.expectation import Certificate
from proofs_check.checker.kinds.butterflies import butterfly_structure, row_space_forms
from proofs_check.checker.kinds.trained_encoder import (
    count_series,
    critical_counts,
    gradient_flows,
    hidden_motions,
    persistent_minima,
    planted_minima,
    sibling_census,
    small_sizes,
    trained_networks,
)
from proofs_check.claim import Context
from proofs_check.exact.instances import as_witness
from proofs_check.exact.planted import random_matrix
from proofs_check.row_spaces.gain import expansion
from proofs_check.statements.trained_encoder.joint_spurious import planted_network

FREE = {
    "dimensions-of-all-sets": {"weights", "encoder", "rows"},
    "dominant-outputs": {"weights", "encoder", "witnesses"},
    "critical-ideals": {"C", "M"},
    "persistent-minima": {"at", "size", "rectangle", "X"},
    "sibling-networks": {"weights"},
    "trained-networks": {"weights"},
    "eliminated-decoder": {"weights", "X"},
    "planted-minima": {"E", "weights", "better E", "better", "variables", "X", "Y"},
    "fold": {"weights", "better", "variables"},
    "hidden-motions": {"E", "weights", "curves", "moves", "at"},
    "separated-inputs": {"nodes"},
}
"""Where another number may be as good: generic data, boxes, sets of one orbit, idle weights."""

KINDS = {
    *FREE,
    "forms-of-pairs",
    "realised-forms",
    "critical-subspaces",
    "maxima-of-family",
    "sibling-census",
    "euler-characteristics",
    "count-series",
    "counts-by-residues",
    "rank-deficient-minimum",
    "separated-eigenvectors",
}
FLOW = "flow-from-fjlt: every FJLT start"
CHECKS = {
    f"{claim.id}: {check.name}": (check, EXPECTED[claim.id].checks[check.name])
    for claim in claims()
    for check in claim.checks
    if isinstance(what := EXPECTED[claim.id].checks[check.name], Certificate)
    and KINDS & {what.kind, *(part["kind"] for part in what.entries.get("parts", []))}
}
CLAIMS = {claim.id: claim for claim in claims()}
WITH_FLOWS = CHECKS | {
    FLOW: (
        CLAIMS["flow-from-fjlt"].checks[0],
        EXPECTED["flow-from-fjlt"].checks["every FJLT start"],
    )
}
"""The nodes of a flow may be others, so the edits of that certificate are chosen."""
MADE = {}
VALID = {}
RUN = []
SAME = {
    FLOW,
    "joint-auto-encoders: every class",
    "joint-count: small sizes",
    "joint-count-three: all N",
    "joint-spurious: every critical point",
    "two-phase-can-fail: two minima",
    "whitened: every pair",
    "worst-angle: table",
}
"""Certificates that take long to make and in which nothing is drawn: every run has the same."""


@pytest.fixture(scope="module", autouse=True)
def the_run_that_report_names(computed):
    """Where the variable REPORT names a run, those certificates are taken from there."""
    if "REPORT" in os.environ:
        RUN.append(computed)
    yield
    RUN.clear()


def made(name):
    """A fresh copy of the certificate of a check, and what is expected of it."""
    check, expected = WITH_FLOWS[name]
    if name not in MADE:
        finding = None
        for computed in RUN if name in SAME else ():
            (claim,) = computed([name.split(": ")[0]]).claims
            finding = next(one.finding for one in claim.evidence if one.check == check.name)
        if finding is None:
            context = Context("quick", SeedSequence(1))
            finding = check.run(context)
            assert not (name in SAME and context.drawn)
        MADE[name] = json.loads(json.dumps(finding.certificate))
    return copy.deepcopy(MADE[name]), expected


def is_valid(name):
    """Whether the certificate passes as it is: judged once, in the first test that asks."""
    if name not in VALID:
        VALID[name] = judged(*made(name))[0]
    return VALID[name]


def places(value, path=()):
    """The paths of all parts of a JSON value, the value itself first."""
    yield path
    if isinstance(value, (dict, list)):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in parts:
            yield from places(inner, (*path, key))


def part(value, path):
    for key in path:
        value = value[key]
    return value


def other(leaf):
    """Another number, of the same type; None for a text that is no number."""
    try:
        return leaf + 1 if type(leaf) is int else str(Fraction(leaf) + Fraction(1, 7))
    except ValueError:
        return None


def with_another_number(true, free, at_most=15):
    """The certificate with one number changed, here and there."""
    paths = [path for path in places(true) if not isinstance(part(true, path), (dict, list))]
    paths = [path for path in paths if not free & {*path} and other(part(true, path)) is not None]
    for path in paths[:: 1 + len(paths) // at_most]:
        false = copy.deepcopy(true)
        part(false, path[:-1])[path[-1]] = other(part(true, path))
        yield path, false


def with_another_list(true):
    """With a list of entries emptied, one entry dropped or doubled, or two that exchange a part."""
    for path in places(true):
        entries = part(true, path)
        if not isinstance(entries, list) or len(entries) < 2 or not isinstance(entries[0], dict):
            continue
        for name in ("emptied", "dropped", "doubled"):
            false = copy.deepcopy(true)
            shorter = part(false, path)
            if name == "emptied":
                shorter.clear()
            elif name == "dropped":
                shorter.pop()
            else:
                shorter[-1] = copy.deepcopy(shorter[0])
            yield (name, *path), false
        for key in entries[0].keys() & entries[-1].keys():
            if entries[0][key] != entries[-1][key]:
                false = copy.deepcopy(true)
                first, last = part(false, path)[0], part(false, path)[-1]
                first[key], last[key] = last[key], first[key]
                yield ("exchanged", *path, key), false


@pytest.mark.parametrize("name", CHECKS)
def test_edits_are_refused(name, remember):
    # an edit leaves most parts as they are, and what these are compared with
    for module, function in (
        (row_space_forms, "rank_at"),
        (butterfly_structure, "rank_at"),
        (row_space_forms, "_realised"),
        (small_sizes, "_two_outputs"),
        (small_sizes, "_planes"),
        (critical_counts, "_critical_count"),
        (planted_minima, "_is_spurious"),
        (hidden_motions, "_spanning"),
        (hidden_motions, "_leaving"),
        (TrainedNetwork, "of"),
    ):
        remember(module, function)
    true, expected = made(name)
    assert is_valid(name), judged(true, expected)
    free = FREE.get(expected.kind, set())
    if expected.kind == "parts":
        free = {"weights"}
    edits = [*with_another_number(true, free), *with_another_list(true)]
    generic = {"at", "size", "encoder"} & FREE.get(expected.kind, set())
    edits = [(path, false) for path, false in edits if path[-1] not in generic]
    assert edits
    for path, false in edits:
        assert not judged(false, expected)[0], path


def changed(name, change):
    """The verdict on a certificate after a change."""
    false, expected = made(name)
    change(false)
    return judged(false, expected)


def zero_butterfly(c):
    c["weights"][2] = [[[0, 0] for _ in layer] for layer in c["weights"][2]]


def equal_rows_of_the_encoder(c):
    point = next(p for p in c["points"] if len(p["encoder"]) == 2)
    point["encoder"][1] = point["encoder"][0]


def a_weight_that_counts(c):
    c["problems"][0]["points"][0]["weights"][0][0][0] += 1


def data_of_low_rank(c):
    size = len(c["cases"][2]["C"])
    c["cases"][2]["C"] = [[1] * size for _ in range(size)]


def equal_forms(c):
    c["cases"][2]["M"] = c["cases"][2]["C"]


def a_whitened_case(c):
    size = range(len(c["cases"][2]["C"]))
    c["cases"][2]["C"] = [[int(i == j) for j in size] for i in size]


def another_target(c):
    c["cases"][0]["M"] = [
        [x + (i == j) for j, x in enumerate(row)] for i, row in enumerate(c["cases"][0]["M"])
    ]


def another_numerator(c):
    """That of (1 + 2st)/((1 − s)(1 − t)(1 − st))."""
    c["numerator"][1][1] = 2


def far_data(c):
    c["draws"][0]["X"][0][0] += 1000


def a_draw_without_a_minimum(c):
    c["draws"][0]["at"] = ["1/2", "0"]


def a_rectangle_that_is_too_small(c):
    c["ball"]["rectangle"] = ["1/100000", "1/100000"]


def a_rectangle_without_sides(c):
    c["ball"]["rectangle"] = ["0", "0"]


def commuting_forms(c):
    for problem in c["problems"]:
        values, n = problem["values"], len(problem["C"])
        mu = [v * v for v in values] + [0] * (n - len(values))
        problem["C"] = problem["T"] = [[int(i == j) for j in range(n)] for i in range(n)]
        problem["M"] = [[x * (i == j) for j in range(n)] for i, x in enumerate(mu)]


def another_kind_of_point(c):
    c["census"]["maxima"] += 1
    c["census"]["saddles"] -= 1


def a_line_that_turns_the_row_space(c):
    c["points"][0]["curves"][0][0] = [[["E", 0, 0], [1]], [[0, 0, 0], [1]]]


def a_motion_named_twice(c):
    c["points"][0]["curves"][0][1] *= 2


def a_line_without_new_motions(c):
    c["points"][0]["curves"].append([[], []])


def a_network_that_moves_freely(c):
    """In the place of one with output 0 of n = 4, k = 1."""
    i = next(i for i, p in enumerate(c["points"]) if (p["rows"], len(p["weights"])) == ([0], 2))
    c["points"][i] = {
        "rows": [0],
        "E": [[1]],
        "weights": [[[1, 1]] * 4] * 2,
        "curves": [[[], [[0, 0, 0], [0, 0, 1], [0, 2, 0]]]],
    }


def a_rank_that_is_not_too_low(c):
    """Two outputs of different parity, k = 2, with rank B = 2."""
    i = next(i for i, p in enumerate(c["deficient"]) if p["rows"] == [0, 1])
    weights = [[[1, 2]] * 4, [[1, 3]] * 4]
    c["deficient"][i].update(weights=weights, moves=[], at=[0, 0, 0])


def a_weight_that_keeps_the_span(c):
    """B = 0, and a weight that another weight 0 hides."""
    i = next(i for i, p in enumerate(c["deficient"]) if p["rows"] == [0, 2])
    weights = [[[0, 0]] * 4, [[0, 0]] * 4]
    c["deficient"][i].update(weights=weights, moves=[], at=[0, 0, 0])


def eigenvectors_along_the_inputs(c):
    n = len(c["problems"][0]["X"])
    unit = [[int(i == j) for j in range(n)] for i in range(n)]
    Y = [[(i + 1) * x for x in row] for i, row in enumerate(unit)]
    c["problems"][0].update(X=unit, Y=Y, T=unit, values=[(i + 1) ** 2 for i in range(n)])


def equal_eigenvalues(c):
    n = len(c["problems"][0]["X"])
    c["problems"][0].update(Y=c["problems"][0]["X"], values=[1] * n)


def a_double_root(c):
    """q with a root of x + cy = t twice: 11 different points only."""
    c["polynomial"] = [
        str(entry) for entry in (fmpq_poly([0, 0, 1]) * fmpq_poly([1] * 11)).coeffs()
    ]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("reachable: every set", zero_butterfly),
        ("reachable: every set", equal_rows_of_the_encoder),
        ("joint-spurious: all weights", a_weight_that_counts),
        ("whitened: every pair", a_weight_that_counts),
        ("joint-minima: corners", a_weight_that_counts),
        ("joint-count: ideals", data_of_low_rank),
        ("joint-count: ideals", equal_forms),
        ("joint-count: ideals", a_whitened_case),
        ("joint-count: auto-encoders", another_target),
        ("joint-count: all lengths", another_numerator),
        ("joint-spurious: open set", far_data),
        ("joint-spurious: open set", a_draw_without_a_minimum),
        ("joint-spurious: open set", a_rectangle_that_is_too_small),
        ("joint-spurious: open set", a_rectangle_without_sides),
        ("joint-submersion: every critical subspace", commuting_forms),
        ("joint-spurious: every critical point", another_kind_of_point),
        ("joint-spurious: every critical point", a_double_root),
        ("joint-benign: vanishing weights", a_line_that_turns_the_row_space),
        ("joint-benign: vanishing weights", a_motion_named_twice),
        ("joint-benign: vanishing weights", a_line_without_new_motions),
        ("joint-benign: vanishing weights", a_network_that_moves_freely),
        ("joint-benign: vanishing weights", a_rank_that_is_not_too_low),
        ("joint-benign: vanishing weights", a_weight_that_keeps_the_span),
        ("joint-benign: eigenvectors", eigenvectors_along_the_inputs),
        ("joint-benign: eigenvectors", equal_eigenvalues),
    ],
)
def test_degenerate_witnesses_are_refused(name, change):
    good, sentence = changed(name, change)
    assert not good
    assert sentence.startswith("refused")


def below_a_saddle(c):
    c["parts"][1]["level"] = "77/2"


def the_other_minimum(c):
    c["parts"][0]["problems"][0]["end"].reverse()


def a_larger_loss(c):
    c["parts"][0]["problems"][1]["loss"] = "21/5"


def a_narrow_box(c):
    c["parts"][1]["box"][1][0] = "1/4"


def a_box_in_the_valley(c):
    c["parts"][1]["box"][0][0] = "-1"


def a_floor_above_the_minimum(c):
    c["parts"][1]["floor"] = "371/10"


def another_sign(c):
    c["parts"][1]["flows"][0]["signs"] = [1, -1]


def one_flow_less(c):
    c["parts"][1]["flows"].pop()


def another_scale(c):
    c["parts"][1]["flows"][0]["squared_scale"] = 2


def half_a_flow(c):
    nodes = c["parts"][1]["flows"][0]["nodes"]
    del nodes[len(nodes) // 2 :]


def a_node_off_the_flow(c):
    row = c["parts"][1]["flows"][0]["nodes"][1]["D"][0]
    row[0] = str(Fraction(row[0]) + Fraction(1, 100))


def a_late_start(c):
    c["parts"][1]["flows"][1]["nodes"][0]["time"] = "1/1000000"


@pytest.mark.parametrize(
    "change",
    [
        below_a_saddle,
        the_other_minimum,
        a_larger_loss,
        a_narrow_box,
        a_box_in_the_valley,
        a_floor_above_the_minimum,
        another_sign,
        one_flow_less,
        another_scale,
        half_a_flow,
        a_node_off_the_flow,
        a_late_start,
    ],
)
def test_edited_flows_are_refused(change):
    """No condition on data, walls, starts or steps is idle, whatever is expected."""
    assert is_valid(FLOW)
    false, _ = made(FLOW)
    change(false)
    assert not judged(false)[0]


def test_a_ball_that_is_too_large():
    true, _ = made("joint-spurious: open set")
    true["ball"]["radius"] = "1/4"
    assert not judged(true)[0]


@pytest.mark.parametrize(
    ("name", "module", "function", "wrong"),
    [
        # the printed count with another coefficient
        ("joint-count: topology", critical_counts, "formula", lambda N1, N2: N1 * N2),
        ("joint-count: ideals", critical_counts, "formula", lambda N1, N2: N1 * N2 + 1),
        ("joint-count: all lengths", count_series, "formula", lambda N1, N2: N1 * N2 + 1),
        ("joint-count: all lengths", count_series, "_is_numerator", lambda *a: False),
        # a factor of a block, or of a pair of roots, that is lost
        ("joint-count: small sizes", small_sizes, "_over", lambda f, a, b, size: f),
        ("joint-count: small sizes", small_sizes, "_pair", lambda degree: {(0, 0): 1}),
        # an inertia that forgets the zero eigenvalues
        ("whitened: every pair", trained_networks, "signs", lambda H: (0, H.nrows())),
        # a resultant that vanishes: further critical points are possible
        ("joint-spurious: every critical point", sibling_census, "_vanishes", lambda p: True),
        # an upper bound that is one too low
        ("reachable: every set", row_space_forms, "rank_at", lambda *point: 10**6),
        # no combination of rows is 0
        (
            "joint-benign: vanishing weights",
            hidden_motions,
            "_kernel",
            lambda a: fmpq_mat(a.ncols(), 1),
        ),
        # another critical value, a single row of small loss, a start without balance
        (FLOW, gradient_flows, "_has_no_root", lambda *a: False),
        (FLOW, gradient_flows, "signs", lambda H: (1, 3)),
        (FLOW, gradient_flows, "_root", lambda P: P),
        # a gain that is nowhere larger than at the centre
        ("joint-spurious: open set", persistent_minima, "_is_positive", lambda *p: False),
    ],
)
def test_faults_of_the_replay_are_seen(name, module, function, wrong, monkeypatch):
    """The true certificate is refused: no condition is idle."""
    assert is_valid(name)
    true, expected = made(name)
    monkeypatch.setattr(module, function, wrong)
    assert not judged(true, expected)[0]


@pytest.mark.parametrize("seed", range(5))
def test_derivatives_of_the_gain_are_those_of_the_claims(seed):
    rng = default_rng(seed)
    W, V, X, Y = (random_matrix(*shape, rng) for shape in ((2, 4), (2, 4), (4, 5), (3, 5)))
    if (W * X * X.transpose() * W.transpose()).det() == 0:
        W = fmpq_mat([[1, 0, 0, 2], [0, 1, 1, 0]])
        X = fmpq_mat(np.eye(4, 5, dtype=int).tolist())
    cross = X * Y.transpose()
    forms = X * X.transpose(), cross * cross.transpose()
    gain = Gain.at(W, *forms)
    value, slope, curvature = expansion(W, V, *forms)
    assert gain.value == value
    assert sum(a * b for a, b in zip(gain.slope.entries(), V.entries(), strict=True)) == slope
    assert gain.hessian([V]) == [[2 * curvature]]


@pytest.mark.parametrize("n", [4, 8])
def test_derivatives_of_the_loss_are_those_of_the_library(n):
    network, X, Y = planted_network(n)
    data = {"X": X.astype(int).tolist(), "Y": Y.astype(int).tolist(), "rows": [0, n // 2]}
    found = TrainedNetwork.of(data, as_witness(network))
    loss, gradient, H = found.derivatives
    assert int(loss) == network.loss(X, Y)
    assert not any(gradient)
    # the library has the weights that reach no kept output as well: their rows are zero
    second = network.hessian(X, Y)
    kept = np.flatnonzero(second.any(axis=0))
    mine = np.array([[float(x) for x in row] for row in H.tolist()])
    used = np.flatnonzero(mine.any(axis=0))
    values = [
        np.sort(np.linalg.eigvalsh(a[np.ix_(i, i)])) for a, i in ((second, kept), (mine, used))
    ]
    np.testing.assert_allclose(*values, atol=1e-8 * np.abs(second).max())


@pytest.mark.parametrize(("which", "l"), [("some", 4), ("every", 5)])
def test_numbers_of_outputs_that_are_too_small_are_refused(which, l):
    true, expected = made("dominant-outputs: orbits")
    true["sizes"][1][which][l - 1] -= 1
    assert not judged(true, expected)[0]


@pytest.mark.parametrize("which", [0, 5, 99, -1])
def test_nodes_that_leave_a_path_are_refused(which):
    """The sets of nodes are least ones."""
    true, expected = made("worst-angle: table")
    del true["pairs"][which]["nodes"][0]
    assert not judged(true, expected)[0]


@pytest.mark.parametrize("n", [2, 4, 8])
def test_upper_bounds_are_those_of_the_library(n):
    for kept, bounds in reachable_rank.dimension_bounds(n).items():
        for k in range(1, len(kept) + 1):
            assert bounds[k] == dimension_bound(n, sorted(kept), k)


@pytest.mark.parametrize("seed", range(20))
def test_signed_counts_of_real_roots(seed):
    rng = default_rng(seed)
    roots = rng.choice(np.arange(-6, 7), 4, replace=False).tolist()
    q = fmpq_poly([1 + seed % 3, 0, 1])
    for root in roots:
        q *= fmpq_poly([-root, 1])
    g = fmpq_poly([fmpq(int(x), 2) for x in rng.integers(-5, 6, 4)])
    signs = [(value > 0) - (value < 0) for value in (g(root) for root in roots)]
    assert signed_count(q, g) == sum(signs)
