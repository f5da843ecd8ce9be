#!/usr/bin/env -S uv run --script
# /// script
# dependencies = ["nox>=2025.2.9"]
# ///
"""Tasks in fresh environments: ``nox -s tests-3.13``, ``nox -s test-lowest``, ``nox -s wheel``.

Each session runs the command that the continuous integration runs; the Makefile has the same tasks
for the environment in ``.venv``.
"""

from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "venv"


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types, docstrings, spelling, and the state of the repository."""
    session.install("--editable", ".[test,lint]")
    session.run("make", "check", f"BIN={session.bin}", external=True)


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
def tests(session: nox.Session) -> None:
    """Run the tests."""
    session.install("--editable", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session(name="test-lowest", python="3.11", default=False)
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest versions that ``pyproject.toml`` admits."""
    session.install("packaging")
    with open(Path(session.create_tmp(), "lowest.txt"), "w+", encoding="utf-8") as requirements:
        session.run("python", "tests/lowest.py", stdout=requirements)
    session.install("--requirement", requirements.name)
    session.install("--no-deps", "--editable", ".")
    session.run("pytest", *session.posargs)


@nox.session(default=False)
def wheel(session: nox.Session) -> None:
    """Build the wheel and the source distribution."""
    session.install("build")
    session.run("python", "-m", "build", "--outdir", "dist")


if __name__ == "__main__":
    nox.main()
