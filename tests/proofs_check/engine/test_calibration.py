"""Calibration: what statistical checks do over many seeds; independent of workers, resumable, and
it can fail."""

import csv
import io
from dataclasses import replace

import pytest

from proofs_check import claims
from proofs_check.claim import Bearing, Check, Claim, Control, Finding, Grade, Verdict
from proofs_check.engine import calibration
from proofs_check.engine.calibration import Tally, as_csv, calibrate, summary
from proofs_check.engine.runner import Settings


def drawn(probability, says, otherwise):
    """A check that finds one thing with some probability and another else."""

    def run(context):
        return Finding(says if context.rng.random() < probability else otherwise, "", 1)

    return Check("drawn", Grade.STATISTICAL, "", run, alpha=1e-9)


def planted(check, *controls, expected=Verdict.REFUTED):
    return (Claim("planted", "", "", "", expected=expected, checks=(check,), controls=controls),)


@pytest.fixture
def of(monkeypatch):
    def tallies(claims, seeds=100, **settings):
        for user in ("calibration", "runner"):
            monkeypatch.setattr(f"proofs_check.engine.{user}.claims", lambda ids=None: claims)
        return calibrate(seeds, **settings)

    return tallies


def test_every_statistical_check_and_its_controls_do_what_they_should(monkeypatch):
    """With another seed than a run; without ``dynamics``, which has tests of its own."""
    monkeypatch.setattr(
        calibration, "Settings", lambda profile, seed: Settings(profile, seed=seed + 1)
    )
    tallies = calibrate(1, [c.id for c in claims() if c.id != "dynamics"])
    assert {t.kind for t in tallies} == {"check", "control"}
    assert len({t.claim for t in tallies if t.kind == "check"}) >= 5
    assert [t.failure for t in tallies if t.failure] == []
    assert all(t.share == 1 for t in tallies)
    drawn = [t for t in tallies if t.kind == "check" and t.drawn]
    stored = [t for t in tallies if t.kind == "check" and not t.drawn]
    assert {t.claim for t in drawn} >= {"prop-2", "jl-norm", "trained-loss-adam"}
    assert {t.claim for t in stored} >= {"replacement-accuracy", "training-time"}


def test_a_false_alarm_is_counted(of):
    (tally,) = of(planted(drawn(0.9, Bearing.REFUTES, Bearing.SUPPORTS)))
    assert 1 <= tally.wrong <= 30
    assert tally.silent == 0
    assert "false alarms" in tally.failure
    assert tally.wrong / 100 < tally.limit < 1


def test_silence_is_no_false_alarm_but_a_lack_of_power(of):
    (tally,) = of(planted(drawn(0.9, Bearing.SUPPORTS, Bearing.SILENT), expected=Verdict.HOLDS))
    assert tally.wrong == 0
    assert tally.silent > 1
    assert "only" in tally.failure


def test_a_control_that_is_sometimes_not_rejected(of):
    lazy = Control("lazy", lambda context: context.rng.random() < 0.9)
    check, control = of(planted(drawn(1, Bearing.REFUTES, Bearing.SILENT), lazy))
    assert check.failure is None
    assert control.kind == "control"
    assert control.wrong > 1
    assert "lazy" in control.failure


def test_a_check_that_crashes_is_wrong(of):
    crash = replace(drawn(1, Bearing.REFUTES, Bearing.SILENT), run=lambda context: 1 / 0)
    assert of(planted(crash), seeds=3)[0].wrong == 3


def test_a_claim_without_statistical_checks_is_left_out(of):
    exact = replace(drawn(1, Bearing.REFUTES, Bearing.SILENT), grade=Grade.EXACT)
    assert of(planted(exact, Control("never run", lambda context: False))) == []


def test_finished_seeds_are_kept(of, tmp_path):
    claims = planted(drawn(0.5, Bearing.REFUTES, Bearing.SILENT))
    first = of(claims, seeds=20, out=tmp_path)
    files = {
        path.name: path.stat().st_mtime_ns for path in (tmp_path / "calibration").glob("*.json")
    }
    assert len(files) == 20
    (tmp_path / "calibration" / "7.json").write_text("{")
    done = []
    with pytest.warns(UserWarning, match=r"7\.json is damaged; its result is computed anew"):
        again = of(claims, seeds=20, out=tmp_path, resume=True, progress=lambda *n: done.append(n))
    after = {
        path.name: path.stat().st_mtime_ns for path in (tmp_path / "calibration").glob("*.json")
    }
    assert again == first
    assert done == [(20, 20)]
    assert {name for name in files if files[name] != after[name]} == {"7.json"}


def test_the_table_as_csv():
    of_check = ("prop-1", "check", 'a, "b"', 1e-9, 100, 2, 1)
    tallies = [Tally(*of_check, drawn=True, findings=7), Tally(*of_check, drawn=False, findings=1)]
    drawn, stored = csv.DictReader(io.StringIO(as_csv(tallies)))
    assert [drawn] == [
        {
            "claim": "prop-1",
            "kind": "check",
            "name": 'a, "b"',
            "alpha": "1e-09",
            "seeds": "100",
            "silent": "2",
            "wrong": "1",
            "wrong, 95 % limit": "0.0466",
            "draws random numbers": "yes",
            "different findings": "7",
        }
    ]
    changed = {"wrong, 95 % limit": "", "draws random numbers": "no", "different findings": "1"}
    assert stored == drawn | changed


def test_what_does_not_depend_on_the_seed_is_no_evidence(of):
    """One check draws, one reads a table, one draws and makes nothing of it."""
    varies = drawn(0.5, Bearing.REFUTES, Bearing.REFUTES)
    varies = replace(varies, run=lambda c: Finding(Bearing.REFUTES, str(c.rng.random()), 1))
    table = replace(varies, name="table", run=lambda c: Finding(Bearing.REFUTES, "stored", 1))
    ignores = replace(
        varies, name="ignores", run=lambda c: Finding(Bearing.REFUTES, "same" * bool(c.rng), 1)
    )
    controls = [
        Control("split", lambda context: len(context.seed.spawn(2)) == 2),
        Control("integers", lambda context: context.integers.random() < 1),
        Control("fixed", lambda context: True),
    ]
    claim = Claim(
        "planted",
        "",
        "",
        "",
        expected=Verdict.REFUTED,
        checks=(varies, table, ignores),
        controls=tuple(controls),
    )
    tallies = of((claim,), seeds=5)
    assert [(t.drawn, t.findings) for t in tallies] == [
        (True, 5),
        (False, 1),
        (True, 1),
        (True, 1),
        (True, 1),
        (False, 1),
    ]
    assert [t.limit is None for t in tallies] == [not t.drawn for t in tallies]
    words = summary(tallies)
    assert words.startswith("2 of 3 checks and 2 of 3 controls draw random numbers.")
    assert words.endswith("the same finding for every seed: planted 'ignores'.")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"seeds": 0}, "seeds"),
        ({"seeds": 10**12}, "seeds"),
        ({"workers": 0}, "workers"),
        ({"profile": "quik"}, "did you mean 'quick'"),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        calibrate(**settings)
