"""Runs Rocq: compiles the sources in a folder of its own and reads what it prints of theorems."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from proofs_check.formal.record import CLOSED, digest, used
from proofs_check.formal.sources import (
    PROJECT,
    THEORIES,
    definitions_in,
    digests,
    listed,
    offences,
    stripped,
)

__all__ = ["PACKAGES", "VALUES", "checked", "missing", "theorems_in"]

PACKAGES = "coq libcoq-mathcomp-algebra libcoq-mathcomp-algebra-tactics"
"""The packages of Debian and Ubuntu that have all that is needed."""

VALUES = (
    "Fidelity.v",
    "dense_layer/NormValues.v",
    "embeddings/DrawValues.v",
    "trained_encoder/TrainedValues.v",
)
"""The sources whose definitions of tables are evaluated for the record."""

TABLES = (
    "hadamard_signs",
    "butterflies",
    "weights_highest_last",
    "weights_lowest_last",
    "fed_highest_last",
    "fed_lowest_last",
    "largest_weights",
    "smallest_weights",
    "losses",
    "kroneckers",
    "projections",
    "signals",
    "errors",
    "successes",
    "gains",
    "lines",
    "saddles",
    "projectors",
    "pseudo_inverses",
    "eigenbases",
    "transforms",
    "lengths",
    "sigmas",
    "moments",
    "norms",
    "trained_butterflies",
    "stuck_points",
    "planted_points",
    "operator_norms",
)
PRIMITIVES = ("Coq.Numbers.Cyclic.Int63.PrimInt63.", "Coq.Floats.PrimFloat.")
"""Operations of the kernel itself on machine numbers. No theorem rests on them: Rocq says so."""

EVERY = "every_theorem"
"""The term that contains all theorems."""

_SEPARATOR = "==== "
SECONDS = 3600
COLLECTOR = "s=32M,o=1000"
"""The garbage collector of Rocq: as it has it, but rarely through old memory, a tenth faster."""


def missing() -> str:
    """What is not installed and how to get it, as a sentence; empty if Rocq and MathComp are there.

    Nothing is installed.
    """
    tools = [tool for tool in ("coqc", "coqchk", "coq_makefile", "make") if not shutil.which(tool)]
    if not tools:
        where = _output(["coqc", "-where"]).strip()
        libraries = ("mathcomp/algebra", "mathcomp/algebra_tactics")
        tools = [one for one in libraries if not (Path(where) / "user-contrib" / one).is_dir()]
    if not tools:
        return ""
    return (
        f"{', '.join(tools)} not found. The proofs are checked by Rocq with MathComp 1.15 to 1.19; "
        f"on Debian or Ubuntu: apt-get install {PACKAGES}"
    )


def theorems_in(folder: Path = THEORIES) -> list[str]:
    """The names of all theorems in the sources, in their order. Lemmas are not listed."""
    names: list[str] = []
    for source in listed(folder):
        code = stripped((folder / source).read_text(encoding="utf-8"))
        names += re.findall(r"\bTheorem\s+(\w+)", code)
    return names


def checked(
    folder: Path = THEORIES, coqchk: bool = True, say: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Compile the sources and return the record of all theorems in them.

    Parameters
    ----------
    folder : path
        Where the sources are. Nothing is written there.
    coqchk : bool
        Whether the compiled files are checked a second time, by the independent checker of Rocq.
    say : callable(str), optional
        Told what is being done.

    Raises
    ------
    ValueError
        If Rocq is not installed, a source has what it must not, or a proof is not accepted.
    """
    if reason := missing():
        raise ValueError(reason)
    sources = listed(folder)
    for name in sources:
        if found := offences((folder / name).read_text(encoding="utf-8")):
            raise ValueError(f"{name} is refused: {'; '.join(found)}")
    with tempfile.TemporaryDirectory(prefix="formal-") as scratch:
        there = Path(scratch)
        for name in (PROJECT, *sources):
            (there / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(folder / name, there / name)
        read = digests(there)
        say(f"compiling {len(sources)} sources")
        _output(["coq_makefile", "-f", PROJECT, "-o", "Makefile"], there)
        _output(["make", "--jobs=2", "--silent"], there)
        say("printing statements, definitions, assumptions and values")
        theorems = theorems_in(folder)
        names = [defined for source, defined in definitions_in(folder) if source not in VALUES]
        printed = _printed(there, sources, _questions(theorems, names))
        if printed[f"Assumptions {EVERY}"] == CLOSED:
            printed |= {f"Assumptions {name}": CLOSED for name in theorems}
        else:  # of one or more: of which
            printed |= _printed(there, sources, _assumptions(theorems))
        if coqchk:
            say("checking the compiled files again with coqchk")
            modules = [f"Butterfly.{_module(name)}" for name in sources]
            context = _output(["coqchk", "-silent", "-o", "-Q", ".", "Butterfly", *modules], there)
            if assumed := _assumed(context):
                raise ValueError(f"coqchk reports assumptions: {', '.join(assumed)}")
    definitions = {name: printed[f"Print {name}"] for name in names if f"Print {name}" in printed}
    return {
        "date": datetime.date.today().isoformat(),
        "versions": _versions(),
        "coqchk": coqchk,
        "sources": read,
        "theorems": {name: _theorem(name, printed, definitions) for name in theorems},
        "definitions": {
            name: {"text": text, "sha256": digest(text)} for name, text in definitions.items()
        },
        "values": {
            # one line each
            name: json.dumps(_value(printed[f"Value {name}"]), separators=(",", ":"))
            for name in TABLES
        },
    }


def _module(source: str) -> str:
    """The name of a source as Rocq has it, after that of the project."""
    return source.removesuffix(".v").replace("/", ".")


def _theorem(name: str, printed: dict[str, str], definitions: dict[str, str]) -> dict[str, Any]:
    """The entry of a theorem."""
    statement = re.sub(rf"^{name}\s*:\s*", "", printed[f"Check {name}"])
    assumptions = printed[f"Assumptions {name}"]
    if assumptions != CLOSED:
        raise ValueError(f"{name} rests on assumptions: {assumptions}")
    return {
        "statement": statement,
        "sha256": digest(statement),
        "definitions": used(statement, definitions),
        "assumptions": assumptions,
    }


def _questions(theorems: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """Commands by title that print all but what each theorem alone rests on.

    Rocq reads the libraries anew whenever it is asked for assumptions, for half a second. So they
    are asked for once, of a term that contains all theorems.
    """
    every = "".join(f"let _ := @{name} in\n" for name in theorems)
    return {
        f"Assumptions {EVERY}": f"Definition {EVERY} :=\n{every}I.\nPrint Assumptions {EVERY}.",
        **{f"Check {name}": f"Check {name}." for name in theorems},
        **{f"Print {name}": f"Print {name}." for name in names},
        **{f"Value {name}": f"Eval vm_compute in {name}." for name in TABLES},
    }


def _assumptions(theorems: Sequence[str]) -> dict[str, str]:
    """Commands by title that print what each theorem rests on."""
    return {f"Assumptions {name}": f"Print Assumptions {name}." for name in theorems}


def _printed(folder: Path, sources: Sequence[str], questions: Mapping[str, str]) -> dict[str, str]:
    """What Rocq prints after each command, in a folder with the compiled sources."""
    lines = [
        "From mathcomp Require Import all_ssreflect all_algebra.",
        f"From Butterfly Require Import {' '.join(map(_module, sources))}.",
        "Set Printing Width 96.",
        "Unset Printing Implicit Defensive.",
        "Open Scope ring_scope.",
    ]
    for title, command in questions.items():
        # a tactic prints the title in the place where the answer follows
        lines += [f'Goal True. idtac "{_SEPARATOR}{title}". Abort.', command]
    (folder / "Print.v").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return _answers(_output(["coqc", "-Q", ".", "Butterfly", "Print.v"], folder))


def _answers(output: str) -> dict[str, str]:
    """What was printed under each title."""
    parts = re.split(rf"^{_SEPARATOR}(.*)$", output, flags=re.MULTILINE)
    answers = dict(zip(parts[1::2], map(str.strip, parts[2::2]), strict=True))
    # the shape of arguments, which follows a definition, is no part of it
    return {title: text.split("\n\nArguments ")[0] for title, text in answers.items()}


def _value(text: str) -> Any:
    """A table that Rocq has printed, as lists of integers and booleans."""
    text = text.removeprefix("=").rsplit("\n     :", 1)[0].rsplit(" : ", 1)[0]
    text = re.sub(r"%[NZ]", "", text).replace("[::", "[").replace(";", ",")
    text = text.replace("(", "[").replace(")", "]")
    return json.loads(text)


def _assumed(context: str) -> list[str]:
    """What coqchk reports beyond the machine numbers of the kernel, which libraries load."""
    summary = context.partition("CONTEXT SUMMARY")[2]
    if summary.count("* ") != 5:
        return ["no summary"]
    # the theory itself is in the first line; then axioms and three checks that may be switched off
    _, *parts = summary.split("* ")[1:]
    names = [name for part in parts for name in part.partition(":")[2].split()]
    return [name for name in names if name != "<none>" and not name.startswith(PRIMITIVES)]


def _versions() -> dict[str, str]:
    """The versions of Rocq and of MathComp."""
    coq = re.search(r"version ([\w.+-]+)", _output(["coqc", "--version"]))
    packages = shutil.which("dpkg-query")
    mathcomp = ""
    if packages:
        asked = [packages, "-W", "-f", "${Version}", "libcoq-mathcomp-algebra"]
        mathcomp = _output(asked).partition("-")[0].partition("+")[0]
    return {"coq": coq[1] if coq else "unknown", "mathcomp": mathcomp or "unknown"}


def _output(command: Sequence[str], folder: Path | None = None) -> str:
    """What a command prints.

    Raises
    ------
    ValueError
        If it fails, with the end of what it printed.
    """
    done = subprocess.run(
        command,
        cwd=folder,
        env={"OCAMLRUNPARAM": COLLECTOR, **os.environ},
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise ValueError(f"{' '.join(command[:2])} failed: {done.stdout.strip()[-1500:]}")
    return done.stdout
