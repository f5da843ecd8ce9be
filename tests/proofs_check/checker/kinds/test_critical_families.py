"""Families of critical points: the true certificates pass, and every edit of them is refused."""

import copy
from dataclasses import replace
from fractions import Fraction

import pytest
from flint import fmpq, fmpq_mat
from numpy.random import SeedSequence, default_rng

from proofs_check import claims
from proofs_check.checker import EXPECTED
from proofs_check.checker.arithmetic.symmetric_elimination import inertia, sparse
from proofs_check.checker.certificates import judged
from proofs_check.checker.expectation import Certificate
from proofs_check.checker.kinds.encoder_decoder import index_tables, networks
from proofs_check.claim import Context
from proofs_check.exact.encoder_decoder import second_derivative
from proofs_check.exact.inertia import rational_inertia
from proofs_check.exact.planted import Problem, random_matrix, stored

KINDS = ("critical-points", "morse-indices", "turn-pairs")
CHECKS = {
    f"{claim.id}: {check.name}": (check, EXPECTED[claim.id].checks[check.name])
    for claim in claims()
    for check in claim.checks
    if isinstance(EXPECTED[claim.id].checks.get(check.name), Certificate)
    and EXPECTED[claim.id].checks[check.name].kind in KINDS
}
FAMILIES = [name for name, (_, expected) in CHECKS.items() if expected.kind == "critical-points"]
MADE = {}


def made(name):
    """A fresh copy of the certificate of a check, and what is expected of it."""
    check, expected = CHECKS[name]
    if name not in MADE:
        MADE[name] = check.run(Context("quick", SeedSequence(1))).certificate
    return copy.deepcopy(MADE[name]), expected


def more(entry):
    """Another number, of the same type."""
    return entry + 1 if isinstance(entry, int) else str(Fraction(entry) + Fraction(1, 7))


def largest(c):
    """The problem with most points."""
    return max(c["problems"], key=lambda problem: len(problem["points"]))


def in_decoder(c):
    largest(c)["points"][-1]["D"][0][0] = more(largest(c)["points"][-1]["D"][0][0])


def in_encoder(c):
    largest(c)["points"][-1]["E"][0][0] = more(largest(c)["points"][-1]["E"][0][0])


def in_target(c):
    largest(c)["Y"][0][0] = more(largest(c)["Y"][0][0])


def in_eigenvalue(c):
    largest(c)["values"][0] += 1


def in_counts(c):
    c["counts"] = {name: count + 1 for name, count in c["counts"].items()}


def points_of_another_problem(c):
    problem = largest(c)
    other = next(entry for entry in c["problems"] if entry["X"] != problem["X"])
    problem["points"], other["points"] = other["points"], problem["points"]


def a_point_dropped(c):
    largest(c)["points"].pop()


def a_point_copied_over_another(c):
    largest(c)["points"][0] = largest(c)["points"][-1]


def in_another_gauge(c):
    """The last point once more, in the place of the first, with D and E in another gauge."""
    points = largest(c)["points"]
    D, E = ([[Fraction(x) for x in row] for row in points[-1][name]] for name in "DE")
    points[0] = {
        "D": [[str(2 * x) for x in row] for row in D],
        "E": [[str(x / 2) for x in row] for row in E],
    }


def a_problem_dropped(c):
    c["problems"].pop()


def a_problem_copied_over_another(c):
    c["problems"][0] = c["problems"][-1]


def no_points(c):
    largest(c)["points"] = []


def no_problems(c):
    c["problems"] = []


EDITS = [
    in_decoder,
    in_encoder,
    in_target,
    in_eigenvalue,
    in_counts,
    points_of_another_problem,
    a_point_dropped,
    a_point_copied_over_another,
    in_another_gauge,
    a_problem_dropped,
    a_problem_copied_over_another,
    no_points,
    no_problems,
]


@pytest.mark.parametrize("name", FAMILIES)
def test_families(name):
    true, expected = made(name)
    assert judged(true, expected)[0], judged(true, expected)
    one_problem = len({str(problem["X"]) for problem in true["problems"]}) == 1
    for edit in EDITS:
        if not (one_problem and edit is points_of_another_problem):
            false = copy.deepcopy(true)
            edit(false)
            assert not judged(false, expected)[0], edit.__name__


def swapped_rows(c):
    c["tables"][0], c["tables"][-1] = c["tables"][-1], c["tables"][0]


def a_row_dropped(c):
    c["tables"].pop()


def no_rows(c):
    c["tables"] = []


def a_smaller_size(c):
    c["largest"] -= 1


def test_problems_of_another_shape_are_refused():
    """As many points and minima, all of them true, but with an output more."""
    true, expected = made("baldi-hornik: minima")
    rng = default_rng(0)
    problem = Problem.general([3, 2, 1], 4, 3, 4, 3, rng)
    choices = [
        (1, []),
        (1, [0]),
        (1, [1]),
        (1, [2]),
        (2, [0]),
        (2, [0, 1]),
        (2, [0, 2]),
        (2, [1, 2]),
    ]
    points = [(problem, *problem.critical_point(chosen, k, rng)) for k, chosen in choices]
    other = true | {"problems": stored(points)}
    larger = [([3, 2, 1], 4, 3, k) for k in (1, 2)]
    given = {**expected.given, "shapes": larger}
    assert judged(other, replace(expected, given=given))[0]
    good, sentence = judged(other, expected)
    assert not good
    assert "no problem of the shape ((3, 2, 1), 3, 3, 1)" in sentence


def another_number(place):
    return lambda c: c["tables"][-1].__setitem__(place, c["tables"][-1][place] + 1)


def one_more(name):
    return lambda c: c.__setitem__(name, c[name] + 1)


TABLE_EDITS = [a_smaller_size, swapped_rows, a_row_dropped, no_rows]
TABLE_EDITS += [*map(another_number, range(6)), one_more("classes"), one_more("landscapes")]


@pytest.mark.parametrize(
    ("name", "edits"),
    [
        ("morse-index: every class", [*TABLE_EDITS, one_more("largest_index")]),
        ("morse-index: blocks", [a_smaller_size, another_number(4)]),
        ("theorem-1-gap: pairs", [a_smaller_size, *map(one_more, ("largest", "sets", "without"))]),
    ],
)
def test_tables(name, edits):
    true, expected = made(name)
    assert judged(true, expected)[0], judged(true, expected)
    for i, edit in enumerate(edits):
        false = copy.deepcopy(true)
        edit(false)
        assert not judged(false, expected)[0], i


@pytest.mark.parametrize("fault", ["index", "nullity"])
def test_a_closed_form_that_is_wrong_somewhere_is_seen(fault, monkeypatch):
    """It fails in one class only: for a tie, or for idle units in both kernels."""
    real = index_tables.closed_form

    def wrong(multiplicities, m, l, k, kind):
        index, nullity = real(multiplicities, m, l, k, kind)
        return index + (fault == "index" and kind[1:] == (1, 1)), nullity + (
            fault == "nullity" and max(multiplicities, default=0) > 2
        )

    monkeypatch.setattr(index_tables, "closed_form", wrong)
    good, sentence = judged(*made("morse-index: every class"))
    assert not good
    assert "index and nullity are" in sentence


@pytest.mark.parametrize("seed", range(30))
def test_inertia_by_elimination_is_that_of_the_characteristic_polynomial(seed):
    rng = default_rng(seed)
    n = int(rng.integers(1, 8))
    a = rng.integers(-2, 3, (n, n)) * (rng.random((n, n)) < 0.5)
    a = a + a.T
    if seed % 3 == 0:
        a[range(n), range(n)] = 0
    expected = rational_inertia(fmpq_mat(a.tolist()))
    assert inertia([{j: fmpq(int(x)) for j, x in enumerate(row)} for row in a]) == expected


@pytest.mark.parametrize("seed", range(10))
def test_the_hessian_is_that_of_the_claims(seed):
    rng = default_rng(seed)
    m, k, l, d = (int(size) for size in rng.integers(1, 4, 4))
    D, E = random_matrix(m, k, rng), random_matrix(k, l, rng)
    X, Y = random_matrix(l, d, rng), random_matrix(m, d, rng)
    exact = second_derivative(D, E, X, Y)
    rows = [
        [[Fraction(int(x.p), int(x.q)) for x in row] for row in a.tolist()]
        for a in (D, E, X * X.transpose(), Y * X.transpose())
    ]
    found = networks.hessian(*map(sparse, rows))
    assert [[row.get(j, 0) for j in range(len(found))] for row in found] == exact.tolist()
