"""Sign tests of paired scores: what they say, and when they are silent."""

import pytest
from numpy.random import SeedSequence

from figures.engine.stored_tables import stored
from proofs_check import claims
from proofs_check.claim import Bearing, Context, Grade
from proofs_check.experiments import scores
from proofs_check.experiments.scores import (
    Comparison,
    at_least,
    on_tasks,
    replaced_layer,
    scores_finding,
    tasks_check,
)
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
        [check for check in claim.checks if check.grade is not Grade.NUMERICAL]
        for claim in claims()
        if claim.id == question.id
    )
    tests = sum(len(found.above) + len(found.below) for found in question.compare())
    assert check.alpha == pytest.approx(1e-9 * tests)


@pytest.mark.parametrize(
    ("by", "decided"), [(0.0, "not reproduced"), (1.0, "reproduced"), (-1.0, "not reproduced")]
)
@pytest.mark.parametrize("first", [True, False])
def test_tasks_are_judged_one_by_one(monkeypatch, by, decided, first):
    """Fifteen trainings of one task decide; those of the others are too few."""
    tables = {id: scores.stored(id) for id in ("figure-2", "figure-s3")}

    def moved(row):
        (measure,) = {"accuracy", "score"} & row.keys()
        return {**row, measure: row[measure] + by * (row["layer"] == "butterfly")}

    monkeypatch.setattr(scores, "stored", lambda id: [moved(row) for row in tables[id]])
    numbers = tasks_check(first).run(Context("quick", SeedSequence(0))).numbers
    assert numbers[decided].startswith("the tagger of English web (R, 256 → 49, k = (8, 6)")
    assert ";" not in numbers[decided]
    assert numbers["not decided"].count(";") == 5
    other = {"not reproduced": "reproduced", "reproduced": "not reproduced"}[decided]
    assert numbers[other] == "none"


def test_a_step_size_at_the_end_of_its_grid_is_said(monkeypatch):
    def marked():
        return {task.label for task in on_tasks("butterfly") if "end of its grid" in task.place}

    assert marked() == set()
    # one more step size was tried for German names, up to 0.1, than for the treebank, up to 0.03
    names = {"europeana_ner_de": "German names", "nltk_treebank": "the Penn Treebank sample"}
    for size, found in ((0.03, {"nltk_treebank"}), (0.1, {"europeana_ner_de"})):
        planted = {
            id: [
                row | {"step_size": size} if row["dataset"] in names else row for row in stored(id)
            ]
            for id in ("figure-2", "figure-s3")
        }
        monkeypatch.setattr(scores, "stored", planted.get)
        assert marked() == {f"the tagger of {names[name]}" for name in found}


def test_readings():
    assert replaced_layer(512, 512) == "P, 512 → 512, k = (9, 9)"
    assert replaced_layer(256, 45) == "R, 256 → 45, k = (8, 6)"
