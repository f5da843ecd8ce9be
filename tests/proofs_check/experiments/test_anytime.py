"""Claims judged by trainings that went on until it was known: both answers, and planted tables."""

import pytest

from figures.added.anytime import LABELS
from figures.experiments.until_known import ALPHA
from figures.models.layers import layer
from proofs_check import claims
from proofs_check.claim import Bearing
from proofs_check.experiments import anytime
from proofs_check.experiments.anytime import Sequential, known, sequential
from proofs_check.statements.experiments.replacement_variants import RECTIFIERS, STARTS

CLAIMS = {
    claim.id: claim
    for claim in claims()
    if claim.id in ("replacement-rectified", "replacement-start")
}
JUDGED = {"replacement-rectified": RECTIFIERS, "replacement-start": STARTS}


def test_bearings_of_one_and_of_several():
    ahead, behind = Sequential("a", [1.0] * 90, 0.5), Sequential("b", [-3.0] * 90, 0.5)
    open_ = Sequential("c", [0.0, -1.0] * 45, 0.5)
    assert [one.bearing for one in (ahead, behind, open_)] == [
        Bearing.SUPPORTS,
        Bearing.REFUTES,
        Bearing.SILENT,
    ]
    assert known([ahead, behind, open_]) is Bearing.REFUTES
    assert known([ahead, open_]) is Bearing.SILENT
    assert known([ahead]) is Bearing.SUPPORTS
    assert known([]) is Bearing.SILENT


def test_the_margin_decides():
    points = [-0.5, -1.5] * 100
    assert Sequential("", points, 2.0).bearing is Bearing.SUPPORTS
    assert Sequential("", points, 0.1).bearing is Bearing.REFUTES
    assert Sequential("", points, 1.0).bearing is Bearing.SILENT
    assert Sequential("", points, 0.1).shifted(2.0).bearing is Bearing.SUPPORTS
    assert Sequential("", points, 2.0).shifted(-2.5).bearing is Bearing.REFUTES
    assert Sequential("", points, 0.1).alternating().points[:3] == [-0.5, 1.5, -0.5]


def planted(monkeypatch, change):
    table = [dict(row) for row in anytime.stored("anytime")]
    monkeypatch.setattr(anytime, "stored", lambda id: [change(row) for row in table])


@pytest.mark.parametrize(("by", "found"), [(0.05, Bearing.SUPPORTS), (-0.05, Bearing.REFUTES)])
@pytest.mark.parametrize("claim", CLAIMS)
def test_five_points_more_or_less(monkeypatch, bearing, claim, by, found):
    planted(monkeypatch, lambda row: {**row, "accuracy": row["accuracy"] + by})
    assert bearing(claim, "last epoch") is found


@pytest.mark.parametrize("claim", CLAIMS)
def test_one_comparison_is_enough_to_refute(monkeypatch, bearing, claim):
    first, second = next(kinds for kinds, label in LABELS.items() if label in JUDGED[claim])

    def one(row):
        behind = (row["first"], row["second"]) == (first, second)
        return {**row, "accuracy": row["other"] + (-0.1 if behind else 0.03)}

    planted(monkeypatch, one)
    assert bearing(claim, "last epoch") is Bearing.REFUTES
    finding = CLAIMS[claim].checks[0].run(None)
    assert finding.scope == f"our networks: {LABELS[first, second]}"


def test_networks_that_differ_by_the_margin_are_not_told_apart(monkeypatch, bearing):
    planted(monkeypatch, lambda row: {**row, "accuracy": row["other"] - row["margin"] / 100})
    for claim in CLAIMS:
        assert bearing(claim, "last epoch") is Bearing.SILENT


def test_a_table_with_a_seed_missing_is_refused(monkeypatch):
    table = anytime.stored("anytime")
    monkeypatch.setattr(anytime, "stored", lambda id: [row for row in table if row["pair"] != 1])
    with pytest.raises(ValueError, match="has not the seeds of FJLT against identity in order"):
        sequential(["FJLT against identity"])


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.id)
def test_the_statement_says_what_is_judged(claim):
    (check,) = claim.checks
    found = sequential(JUDGED[claim.id])
    assert check.alpha == pytest.approx(2 * len(found) * ALPHA)
    (margin,) = {one.margin for one in found}
    assert f" at most {margin:g} point" in claim.statement
    butterfly = layer("butterfly", 1024, 1024)
    assert butterfly.k1 == butterfly.k2 == 10
    assert "k_1 = k_2 = 10" in claim.statement
    # nobody went on after an answer
    assert {one._replace(points=one.points[:-1]).bearing for one in found} == {Bearing.SILENT}
