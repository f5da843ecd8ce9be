"""Critical values, gradients and points in a gauge: true certificates pass, edits are refused."""

import copy
from fractions import Fraction

import pytest
from numpy.random import SeedSequence

from proofs_check.checker import EXPECTED
from proofs_check.checker.certificates import judged
from proofs_check.checker.kinds.encoder_decoder import critical_values
from proofs_check.claim import Context
from proofs_check.statements.fixed_encoder import (
    baldi_hornik,
    fixed_b_count,
    lemma_s3_1,
    structured_b,
    theorem_1,
    theorem_1_star,
)
from proofs_check.statements.printed_proof import theorem_1_hypotheses

MADE = {}


def made(module, name):
    """A fresh copy of the certificate of a check, and what is expected of it."""
    key = module.CLAIM.id, name
    if key not in MADE:
        check = next(check for check in module.CLAIM.checks if check.name == name)
        MADE[key] = check.run(Context("quick", SeedSequence(1))).certificate
    return copy.deepcopy(MADE[key]), EXPECTED[module.CLAIM.id].checks[name]


def refused_after(edits, module, name):
    """The true certificate passes; the names of the edits after which it still passes."""
    true, expected = made(module, name)
    assert judged(true, expected)[0], judged(true, expected)
    passed = []
    for edit in edits:
        false = copy.deepcopy(true)
        edit(false)
        if judged(false, expected)[0]:
            passed.append(edit.__name__)
    return passed == [], passed


def no_problems(c):
    c["problems"] = []


def a_problem_dropped(c):
    c["problems"].pop()


def a_problem_copied_over_another(c):
    c["problems"][0] = c["problems"][-1]


def values_swapped(c):
    values = c["problems"][0]["values"]
    values[0], values[1] = values[1], values[0]


def a_value_left_out(c):
    c["problems"][0]["values"].pop()


def a_value_too_many(c):
    c["problems"][0]["values"].append("100")


def another_value(c):
    c["problems"][0]["values"][-1] = str(Fraction(c["problems"][0]["values"][-1]) + 1)


def a_value_and_its_points_left_out(c):
    """What is left is consistent: only the theorem says that a value is missing."""
    problem = c["problems"][0]
    problem["values"] = problem["values"][:-1]
    problem["points"] = [p for p in problem["points"] if any(map(any, numbers(p["D"])))]


def numbers(rows):
    return [[Fraction(x) for x in row] for row in rows]


def another_eigenvalue(c):
    c["problems"][0]["eigenvalues"][0] = "7"


def one_eigenvalue_twice(c):
    c["problems"][0]["eigenvalues"].append(c["problems"][0]["eigenvalues"][0])


def a_point_dropped(c):
    c["problems"][0]["points"].pop()


def a_point_copied_over_another(c):
    c["problems"][0]["points"][0] = c["problems"][0]["points"][-1]


def no_points(c):
    c["problems"][0]["points"] = []


def another_decoder(c):
    D = c["problems"][0]["points"][-1]["D"]
    D[0][0] = str(Fraction(D[0][0]) + 1)


def another_target(c):
    """Twice the targets, with everything else to match: another problem."""
    problem = c["problems"][0]
    for name in ("Y", "values", "eigenvalues"):
        factor = 2 if name == "Y" else 4
        rows = problem[name] if name == "Y" else [problem[name]]
        changed = [[str(factor * Fraction(x)) for x in row] for row in rows]
        problem[name] = changed if name == "Y" else changed[0]
    for point in problem["points"]:
        point["E"] = [[str(2 * Fraction(x)) for x in row] for row in point["E"]]


def more_units(c):
    c["problems"][0]["k"] += 1


VALUES = [
    no_problems,
    a_problem_dropped,
    a_problem_copied_over_another,
    values_swapped,
    a_value_left_out,
    a_value_too_many,
    another_value,
    a_value_and_its_points_left_out,
    another_eigenvalue,
    one_eigenvalue_twice,
    a_point_dropped,
    a_point_copied_over_another,
    no_points,
    another_decoder,
    another_target,
    more_units,
]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (theorem_1, "every critical value"),
        (theorem_1_star, "every critical value"),
        (theorem_1_hypotheses, "critical values"),
        (structured_b, "every critical value"),
        (baldi_hornik, "every critical value"),
    ],
)
def test_critical_values(module, name):
    good, passed = refused_after(VALUES, module, name)
    assert good, passed


@pytest.mark.parametrize("name", ["times", "minus", "turned"])
def test_a_proof_that_no_other_value_exists_is_made(name, monkeypatch):
    """With an arithmetic of polynomials that is wrong somewhere an identity fails."""
    real = getattr(critical_values, name)
    wrong = {
        "times": lambda *factors: real(*factors, *factors[:1] * (len(factors) == 3)),
        "minus": lambda a, b: real(a, real(b, a)),
        "turned": lambda a: real(a) if len(a) == len(a[0]) == 1 else real(a)[::-1],
    }
    monkeypatch.setattr(critical_values, name, wrong[name])
    assert not judged(*made(theorem_1, "every critical value"))[0]


def called_different(c):
    c["comparisons"]["different"].append(c["comparisons"]["undefined"].pop())


def called_equal(c):
    c["comparisons"]["equal"].append(c["comparisons"]["different"].pop())


def a_shape_dropped(c):
    c["comparisons"]["undefined"].pop()


def a_shape_twice(c):
    c["comparisons"]["undefined"].append(c["comparisons"]["undefined"][0])


def a_shape_over_another(c):
    c["comparisons"]["undefined"][0] = [4, 3, 1, 1]


def no_shapes(c):
    c["comparisons"] = {"equal": [], "different": [], "undefined": []}


def test_gradients():
    edits = [called_different, called_equal, a_shape_dropped, a_shape_twice]
    edits += [a_shape_over_another, no_shapes]
    good, passed = refused_after(edits, lemma_s3_1, "shapes")
    assert good, passed
    good, passed = refused_after([no_shapes, a_shape_dropped], lemma_s3_1, "smallest shape")
    assert good, passed


def shapes_swapped(c):
    first, last = c["problems"][0], c["problems"][-1]
    first["shape"], last["shape"] = last["shape"], first["shape"]


def a_choice_dropped(c):
    c["problems"][-1]["regular"].pop()


def another_choice(c):
    c["problems"][-1]["regular"][-1][0] = 0 if c["problems"][-1]["regular"][-1][0] else 1


def a_special_gauge(c):
    R = c["problems"][-1]["R"]
    c["problems"][-1]["R"] = [[0 for _ in row] for row in R]


def one_more(key):
    def edit(c):
        c[key] += 1

    edit.__name__ = f"one more of {key}"
    return edit


ISOLATED = [
    no_problems,
    a_problem_dropped,
    a_problem_copied_over_another,
    shapes_swapped,
    a_choice_dropped,
    another_choice,
    a_special_gauge,
    *map(one_more, ("shapes", "regular", "singular")),
]


@pytest.mark.parametrize(
    ("name", "edits"),
    [("every solution", ISOLATED), ("isolated points", [a_problem_dropped, one_more("singular")])],
)
def test_isolated_points(name, edits):
    good, passed = refused_after(edits, fixed_b_count, name)
    assert good, passed


def test_more_than_the_isolated_points_are_not_all_solutions():
    """For m >= r + 2 the isolated points are not all solutions, and are not passed off as such."""
    true, _ = made(fixed_b_count, "isolated points")
    _, expected = made(fixed_b_count, "every solution")
    good, sentence = judged(true, expected)
    assert not good
    assert "m > r + 1" in sentence


def problems_swapped(c):
    c["problems"].reverse()


def no_direction(c):
    c["problems"][0]["V"] = [[0 for _ in row] for row in c["problems"][0]["V"]]


def along_the_gauge(c):
    """D(1 + t): with F = 0 it is critical, and in the gauge it is one point."""
    c["problems"][0]["V"] = c["problems"][0]["D"]


def out_of_the_kernel(c):
    c["problems"][0]["V"] = [[1], [0], [0]]


def another_encoder(c):
    c["problems"][0]["F"][0][0] += 1


def decoder_of_lower_rank(c):
    c["problems"][-1]["D"] = [[0 for _ in row] for row in c["problems"][-1]["D"]]


def test_lines():
    edits = [no_problems, a_problem_dropped, a_problem_copied_over_another, problems_swapped]
    edits += [no_direction, along_the_gauge, out_of_the_kernel, another_encoder]
    edits += [decoder_of_lower_rank]
    good, passed = refused_after(edits, fixed_b_count, "infinitely many")
    assert good, passed
