"""Sign tests of paired scores: what they say, and when they are silent."""

import pytest

from proofs_check.claim import Bearing
from proofs_check.scores import Ordering, at_least, scores_finding


def margins(above, below, ties=0):
    return Ordering(f"{above} of {above + below + ties}", [0.01] * above + [-0.02] * below + [0.0] * ties)


@pytest.mark.parametrize(
    ("found", "holds"),
    [(margins(81, 19), True), (margins(79, 21), False), (margins(79, 0, 21), False), (margins(29, 0), False)],
)
def test_an_ordering_holds_from_enough_seeds_on(found, holds):
    assert found.holds is holds


def test_ties_count_for_neither():
    found = margins(50, 30, 20)
    assert (found.better, found.exchanged().better) == (50, 30)


def test_bearings():
    up, down, even = margins(100, 0), margins(0, 100), margins(50, 50)
    assert at_least([up, down]) is Bearing.REFUTES
    assert at_least([up, even]) is Bearing.SILENT
    assert at_least([up, up]) is Bearing.SUPPORTS
    assert at_least([]) is Bearing.SILENT


def test_the_numbers_of_a_finding():
    found = scores_finding(Bearing.SUPPORTS, [margins(3, 1)], "Four seeds")
    assert found.numbers == {"3 of 4": "0.2", "3 of 4, below": 1}
    assert found.cases == 4
    assert "3 of 4: +0.25 (-2.14 to +2.64), median +1.00, above 0 in 3, below in 1 of 4" in found.detail
