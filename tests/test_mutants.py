"""The list of planted faults is in order, and the campaign does see faults and survivors."""

from pathlib import Path

import pytest

from mutants.campaign import campaign
from mutants.fault import Fault, flaws, plant
from mutants.faults import FAULTS

CHECKOUT = Path(__file__).parents[1]
MODULE = "fjlt/runs/seeds.py"
TEXT = '"/".join(map(str, names)).encode()'


def test_the_list_is_long_and_up_to_date():
    assert len(FAULTS) >= 120
    assert flaws(FAULTS, CHECKOUT) == []


def test_every_room_of_the_library_has_faults():
    rooms = {"/".join(fault.path.split("/")[:2]) for fault in FAULTS}
    assert rooms >= {
        *(f"fjlt/{room}" for room in ("kernels", "operators", "runs", "torch")),
        *(
            f"landscape/{path.parent.name}"
            for path in (CHECKOUT / "landscape").glob("*/__init__.py")
            if path.parent.name != "cli"
        ),
        *(
            f"proofs_check/{room}"
            for room in ("checker", "counts", "exact", "identities", "engine")
        ),
    }


def test_a_text_that_has_changed_is_an_error(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")
    fault = Fault("gone", "a.py", "y = 1", "y = 2", tests="a.py")
    assert len(flaws([fault, fault], tmp_path)) == 3
    with pytest.raises(ValueError, match=r"occurs 0 times in a\.py, expected 1"):
        plant(fault, tmp_path)


def test_planting_leaves_other_names_of_the_file_alone(tmp_path):
    first = tmp_path / "one"
    second = tmp_path / "two"
    first.mkdir()
    second.mkdir()
    (first / "a.py").write_text("x = 1\n")
    (second / "a.py").hardlink_to(first / "a.py")
    plant(Fault("two", "a.py", "1", "2"), second)
    assert (first / "a.py").read_text() == "x = 1\n"
    assert (second / "a.py").read_text() == "x = 2\n"


def test_a_fault_is_noticed_and_a_harmless_change_survives(tmp_path):
    """Two samples, one by a test and one by a claim, and a change that nothing can notice."""
    names = Fault("all names agree", MODULE, TEXT, 'b""', tests=MODULE)
    harmless = Fault("a comment", MODULE, "# a digest", "# the digest", tests=MODULE)
    law = Fault(
        "the law lacks its shift",
        "proofs_check/exact/laws.py",
        "shift=int(target @ target) * (k1 * k2) ** 2",
        "shift=0",
        claim="prop-1: 2×2 identity",
    )
    outcomes = campaign([names, harmless, law], CHECKOUT, tmp_path / "answers.jsonl")
    assert [(o.claim, o.tests) for o in outcomes] == [
        ("", "noticed"),
        ("", "SURVIVED"),
        ("noticed", ""),
    ]
    assert [o.survived for o in outcomes] == [False, True, False]
    again = campaign([names], CHECKOUT, tmp_path / "answers.jsonl", resume=True)
    assert again[0] == outcomes[0]
