"""What a run says of its duration before it begins: from stored times, and never for nothing."""

import json

import pytest

from proofs_check import claims, run
from proofs_check.engine.durations import Pace, as_table, expected_seconds
from proofs_check.engine.runner import Task


def test_the_table_knows_every_claim():
    tasks = [Task(claim.id, "check", 0) for claim in claims() if claim.checks]
    assert expected_seconds(tasks, "quick").keys() == set(tasks)
    assert expected_seconds(tasks, "full") == {}
    assert expected_seconds([Task("nobody", "check", 0)], "quick") == {}


def test_times_of_a_run_in_the_folder_count_more(tmp_path):
    run(["definition-3.1"], out=tmp_path)
    file = tmp_path / "checks" / "definition-3.1.check.0.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"seconds": 1000.0}))
    (tmp_path / "checks" / "definition-3.1.check.1.json").write_text("[")
    tasks = [Task("definition-3.1", "check", i) for i in range(2)]
    found = expected_seconds(tasks, "quick", tmp_path)
    assert found[tasks[0]] == 1000
    assert found[tasks[1]] == expected_seconds(tasks, "quick")[tasks[1]]
    assert expected_seconds(tasks, "full", tmp_path) == {}
    header, row = as_table(tmp_path).splitlines()
    assert header == "claim,checks and controls,seconds"
    assert row.startswith("definition-3.1,3,1000.")
    with pytest.raises(ValueError, match="has no quick run: proofs-check run --out"):
        as_table(tmp_path / "nowhere")


def test_the_pace_weighs_claims_by_their_durations():
    slow, quick = (
        [Task(id, "check", i) for i in range(n)] for id, n in (("slow", 2), ("quick", 8))
    )
    pace = Pace(dict.fromkeys(slow, 9.0) | dict.fromkeys(quick, 0.25), [*slow, *quick])
    assert pace.span(1) == 20
    assert pace.span(2) == 10
    assert pace.span(100) == 9
    shares = []
    for name in ("resumed", "slow", "quick", "slow", *["quick"] * 7):
        pace.advance(name)
        shares.append(pace.share)
    assert shares == pytest.approx(
        [0, 0.45, 0.4625, 0.9125, *(0.9125 + 0.0125 * i for i in range(1, 8))]
    )


def test_nothing_is_known_or_nothing_is_left():
    tasks = [Task("slow", "check", 0)]
    assert Pace({}, tasks).span(1) is None
    assert Pace({}, tasks).share == 0
    assert Pace().span(1) is None
    assert Pace().share == 1
