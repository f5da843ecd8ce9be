"""Rocq itself accepts the proofs, and refuses faulty ones; without it the reason is said."""

import shutil

import pytest

from proofs_check.formal import rocq
from proofs_check.formal.rocq import PACKAGES, checked, missing

needs_rocq = pytest.mark.skipif(bool(missing()), reason="Rocq with MathComp is not installed")


def test_without_rocq_the_packages_are_named(monkeypatch):
    monkeypatch.setattr(rocq.shutil, "which", lambda tool: None)
    assert "coqc" in missing()
    assert PACKAGES in missing()
    with pytest.raises(ValueError, match="not found"):
        checked()


def theories(folder, text):
    """A project of one source."""
    folder.mkdir()
    (folder / "_CoqProject").write_text("-Q . Butterfly\nA.v\n", encoding="utf-8")
    (folder / "A.v").write_text(text, encoding="utf-8")
    return folder


@needs_rocq
def test_a_gap_is_refused_before_rocq_runs(tmp_path):
    folder = theories(tmp_path / "a", "Theorem a : False. Admitted.")
    with pytest.raises(ValueError, match=r"A.v is refused: line 1: Admitted"):
        checked(folder)


@needs_rocq
def test_a_false_proof_is_not_accepted(tmp_path):
    folder = theories(tmp_path / "a", "Theorem a : 1 = 2. Proof. reflexivity. Qed.")
    with pytest.raises(ValueError, match="Unable to unify"):
        checked(folder)


@needs_rocq
def test_an_axiom_of_a_library_is_noticed(tmp_path, monkeypatch):
    """The reader of the sources cannot see it; what Rocq prints of the theorem says so."""
    text = (
        "From Coq Require Import Classical ssreflect.\n"
        "Theorem sound (P : Prop) : P -> P. Proof. by []. Qed.\n"
        "Theorem a {P : Prop} : P \\/ ~ P. Proof. exact (classic P). Qed.\n"
        "Theorem sound_too : 1 = 1. Proof. by []. Qed.\n"
    )
    monkeypatch.setattr(rocq, "TABLES", ())
    with pytest.raises(
        ValueError, match=r"a rests on assumptions: Axioms:\s+Classical_Prop.classic"
    ):
        checked(theories(tmp_path / "a", text), coqchk=False)


def test_tables_are_read():
    text = "= [:: ([:: 1%N; 2%N], (true, 3%N))]\n     : seq (seq nat * (bool * nat))"
    assert rocq._value(text) == [[[1, 2], [True, 3]]]


SUMMARY = """
CONTEXT SUMMARY
===============

* Theory: Set is predicative

* Axioms: {}

* Constants/Inductives relying on type-in-type: {}

* Constants/Inductives relying on unsafe (co)fixpoints: <none>

* Inductives whose positivity is assumed: <none>
"""


def test_what_coqchk_reports_is_read():
    assert rocq._assumed(SUMMARY.format("<none>", "<none>")) == []
    primitives = "\n    Coq.Floats.PrimFloat.add\n    Coq.Numbers.Cyclic.Int63.PrimInt63.add"
    assert rocq._assumed(SUMMARY.format(primitives, "<none>")) == []
    assert rocq._assumed(SUMMARY.format("\n    A.cheat", "<none>")) == ["A.cheat"]
    assert rocq._assumed(SUMMARY.format("<none>", "\n    A.loop")) == ["A.loop"]
    assert rocq._assumed("") == ["no summary"]


@needs_rocq
def test_the_copy_is_compiled_elsewhere(tmp_path, monkeypatch):
    """Nothing is written into the folder of the sources."""
    monkeypatch.setattr(rocq, "TABLES", ())
    folder = theories(tmp_path / "a", "Theorem a : 1 = 1. Proof. reflexivity. Qed.")
    found = checked(folder, coqchk=False)
    assert found["theorems"]["a"]["statement"] == "1%N = 1%N"
    assert sorted(path.name for path in folder.iterdir()) == ["A.v", "_CoqProject"]
    assert shutil.which("coqc")


@needs_rocq
def test_a_source_may_lie_in_a_folder_of_its_subject(tmp_path, monkeypatch):
    monkeypatch.setattr(rocq, "TABLES", ())
    folder = theories(tmp_path / "a", "Definition one := 1.")
    (folder / "room").mkdir()
    text = "From Butterfly Require Import A. Theorem b : one = 1. Proof. reflexivity. Qed."
    (folder / "room" / "B.v").write_text(text, encoding="utf-8")
    with (folder / "_CoqProject").open("a", encoding="utf-8") as project:
        project.write("room/B.v\n")
    found = checked(folder)
    assert found["theorems"]["b"]["definitions"] == ["one"]
    assert list(found["sources"]) == ["_CoqProject", "A.v", "room/B.v"]
