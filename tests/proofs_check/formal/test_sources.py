"""The reader of the sources refuses what leaves a gap in a proof, wherever it hides."""

import shutil
from collections import Counter

import pytest

from proofs_check.formal import sources
from proofs_check.formal.sources import THEORIES, definitions_in, listed, offences, stripped


def test_the_sources_have_nothing_that_is_refused():
    for name in listed():
        assert offences((THEORIES / name).read_text(encoding="utf-8")) == [], name
    rooms = Counter(name.rpartition("/")[0] for name in listed())
    assert max(rooms.values()) <= 12, rooms


@pytest.mark.parametrize(
    "text",
    [
        "Axiom a : False.",
        "Local Axiom a : False.",
        "#[local] Parameter a : False.",
        "Parameters a b : nat.",
        "Conjecture a : False.",
        "Lemma a : False. Proof. Admitted.",
        "Lemma a : False. Proof. admit. Defined.",
        "Lemma a : False. Proof. give_up. Qed.",
        "Unset Guard Checking.",
        "Unset  Positivity\nChecking.",
        "Unset Universe Checking.",
        "#[bypass_check(guard)] Fixpoint f (n : nat) : nat := f n.",
        "Set Type In Type.",
        "Variable x : nat.",
        "Hypothesis h : False.",
        "Hypotheses h g : False.",
        "Context (h : False).",
        "Section A. End A. Variable x : nat.",
        "Module M. Variable x : nat. End M.",
        'Definition s := "(*". Axiom a : False. (* *)',
        '(* "*)" *) Axiom a : False.',
        "(* (* *) *) Axiom a : False.",
        'Declare ML Module "evil".',
        "Admit Obligations.",
    ],
)
def test_what_leaves_a_gap_is_refused(text):
    assert offences(text)


@pytest.mark.parametrize(
    "text",
    [
        "(* Axiom a : False. *)",
        "(* (* Admitted *) Parameter *) Lemma axiom_free : True.",
        'Definition s := "Axiom ""Admitted"" ".',
        "Section A. Variable x : nat. Section B. Hypothesis h : x = x. End B. Variable y : nat. "
        "End A.",
        "Definition parameter := 1. Definition admitted_x := 2.",
    ],
)
def test_what_leaves_none_is_not(text):
    assert offences(text) == []


def test_a_comment_without_end_is_an_error():
    with pytest.raises(ValueError, match="comment is not closed"):
        stripped("(* (* *)")
    with pytest.raises(ValueError, match="string is not closed"):
        stripped('Definition s := "a')


def test_the_project_sets_no_other_option_and_lists_every_source(tmp_path):
    folder = tmp_path / "theories"
    shutil.copytree(THEORIES, folder, ignore=shutil.ignore_patterns("*.vo*", "*.glob", ".*"))
    assert listed(folder) == listed()
    project = folder / sources.PROJECT
    text = project.read_text(encoding="utf-8")
    project.write_text(text + "-arg -type-in-type\n", encoding="utf-8")
    with pytest.raises(ValueError, match="type-in-type"):
        listed(folder)
    project.write_text(text.replace("Descent.v\n", ""), encoding="utf-8")
    with pytest.raises(ValueError, match=r"not in both: \['Descent.v'\]"):
        listed(folder)
    project.write_text(text, encoding="utf-8")
    (folder / "room").mkdir()
    (folder / "room" / "A.v").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match=r"not in both: \['room/A.v'\]"):
        listed(folder)
    project.write_text(text + "room/A.v\n", encoding="utf-8")
    assert listed(folder) == [*listed(), "room/A.v"]


def test_all_that_theorems_speak_of_is_in_one_short_file():
    text = (THEORIES / "Definitions.v").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 330
    elsewhere = {name for source, name in definitions_in() if source != "Definitions.v"}
    assert {"residual", "shown"} <= elsewhere
