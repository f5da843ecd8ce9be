"""Sign tests of paired scores: what they say, and when they are silent."""

import pytest

from proofs_check import claims
from proofs_check.claim import Bearing
from proofs_check.experiments.scores import Comparison, at_least, scores_finding
from proofs_check.statements.experiments.replacement_scores import QUESTIONS


def margins(above, below, ties=0):
    found = [0.01] * above + [-0.02] * below + [0.0] * ties
    return Comparison(
        f"{above} of {above + below + ties}", found, [found], [[-margin for margin in found]]
    )


@pytest.mark.parametrize(
    ("found", "says_so"),
    [
        (margins(81, 19), True),
        (margins(79, 21), False),
        (margins(79, 0, 21), False),
        (margins(29, 0), False),
    ],
)
def test_a_network_is_more_accurate_from_enough_seeds_on(found, says_so):
    assert found.more_accurate is says_so
    assert not found.exchanged().more_accurate
    assert found.exchanged().exchanged() == found


def test_every_step_size_of_the_other_must_lose():
    up, even = [0.01] * 100, [0.01, -0.01] * 50
    assert Comparison("both lose", up, [up, up], [even]).more_accurate
    assert not Comparison("one does not", up, [up, even], [even]).more_accurate
    assert not Comparison("only the other is compared", up, [even], [up, up]).more_accurate


def test_bearings():
    up, down, even = margins(100, 0), margins(0, 100), margins(50, 50)
    assert at_least([up, down]) is Bearing.REFUTES
    assert at_least([up, even]) is Bearing.SILENT
    assert at_least([up, up]) is Bearing.SUPPORTS
    assert at_least([]) is Bearing.SILENT


def test_the_numbers_of_a_finding():
    found = scores_finding(Bearing.SUPPORTS, [margins(3, 1)], "Four seeds")
    assert found.numbers == {
        "3 of 4": "+0.2",
        "3 of 4, in words": "0.2 points ahead of",
        "3 of 4, below": 1,
        "3 of 4, of": 4,
        "3 of 4, enough": 5,
    }
    assert found.cases == 4
    assert "3 of 4: +0.25 (-2.14 to +2.64), above 0 in 3, below in 1 of 4. " in found.detail


def test_step_sizes():
    several = margins(3, 1)._replace(
        above=[[0.01] * 4, [-0.01, 0.01, 0.01, 0.01], [0.01, 0.01, 0.0, 0.0]]
    )
    found = scores_finding(Bearing.SILENT, [several, margins(50, 0)], "Seeds")
    assert "below in 1 of 4, whatever the step size of the less accurate in 2 and 1; 50 of" in (
        found.detail
    )
    assert found.numbers["50 of 50, below"] == 0
    assert found.cases == 54
    assert "of 50 draws must succeed" in found.detail
    assert "no number of 4 draws is enough" in found.detail
    assert "missed at most 0e+00" not in found.detail


def test_the_sign_comes_with_the_number():
    behind = scores_finding(Bearing.REFUTES, [margins(1, 3)], "Four seeds").numbers
    assert behind["1 of 4"] == "−1.2"
    assert behind["1 of 4, in words"] == "1.2 points behind"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_the_false_alarm_counts_every_sign_test(question):
    (check,) = next(
        [check for check in claim.checks if check.name != "tasks"]
        for claim in claims()
        if claim.id == question.id
    )
    tests = sum(len(found.above) + len(found.below) for found in question.compare())
    assert check.alpha == pytest.approx(1e-9 * tests)
