"""What runs in the copy with a fault: the tests, or a check of a claim.

Each runs in a process of its own, which has the libraries loaded and no module of this project.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from threading import Thread

__all__ = ["LIBRARIES", "PASS", "watch"]

PASS = "pass"
"""What tests say that pass."""

LIBRARIES = [
    "numpy",
    "scipy.linalg",
    "scipy.optimize",
    "scipy.sparse.linalg",
    "scipy.stats",
    "numba",
    "llvmlite.ir",
    "flint",
    "sympy",
    "joblib",
    "rich.table",
    "typer",
    "pytest",
]
"""What is loaded once, before the processes part."""


def watch(tree: str, kind: str, target: str, interpreted: bool, answer: str) -> None:
    """Run tests or a check in the copy ``tree`` and write what they say to the file ``answer``.

    Parameters
    ----------
    tree : str
        Folder of the copy.
    kind : str
        ``"tests"`` or ``"claim"``.
    target : str
        As in ``Fault``.
    interpreted : bool
        Whether Numba compiles nothing.
    answer : str
        Gets one line; what was printed goes to the same name with the ending ``.log``.
    """
    os.setsid()  # a process group of its own, which can be ended as a whole
    Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    log = os.open(f"{answer}.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    # The copy comes first on the path, here and in the processes that tests start.
    checkout = str(Path(__file__).parents[1])
    sys.path[:] = [tree, *(p for p in sys.path if p not in ("", checkout))]
    os.chdir(tree)
    os.environ["PYTHONPATH"] = tree
    sys.dont_write_bytecode = True
    if interpreted:
        import numba

        os.environ["NUMBA_DISABLE_JIT"] = "1"
        numba.config.DISABLE_JIT = 1
    said = _tests(target) if kind == "tests" else _claim(target)
    # What ran must have been the copy.
    for name in ("fjlt", "landscape", "proofs_check"):
        module = sys.modules.get(name)
        if module is not None and not str(module.__file__).startswith(tree):
            said = f"error: {name} was loaded from {module.__file__}"
    Path(answer).write_text(said, encoding="utf-8")
    sys.stdout.flush()
    os._exit(0)


def _end_with(parent: int) -> None:
    """End the process group soon after the campaign has ended."""
    while os.getppid() == parent:
        time.sleep(2)
    os.killpg(0, signal.SIGKILL)


def _tests(target: str) -> str:
    import pytest

    class First:
        """The first report that is a failure, of a test or of an import."""

        failure = ""

        def pytest_runtest_logreport(self, report):  # type: ignore[no-untyped-def]
            if report.failed and not self.failure:
                crash = getattr(report.longrepr, "reprcrash", None)
                message = crash.message.partition("\n")[0] if crash else ""
                self.failure = f"{report.nodeid}: {message[:120]}"

        def pytest_collectreport(self, report):  # type: ignore[no-untyped-def]
            self.pytest_runtest_logreport(report)

    first = First()
    options = ["-n", "0", "-x", "-q", "-p", "no:cacheprovider", *target.split()]
    code = int(pytest.main(options, plugins=[first]))
    # 2: a module could not be imported; 4 and 5: no such test.
    said = {0: PASS, 1: f"fail: {first.failure}", 2: f"fail: {first.failure}"}
    return said.get(code, f"error: pytest ended with {code}")


def _claim(target: str) -> str:
    """The meaning of each finding, and whether each control was rejected."""
    from numpy.random import SeedSequence

    from proofs_check.claim import Context
    from proofs_check.engine.catalogue import claims, lines

    claim_id, _, name = target.partition(": ")
    if claim_id not in lines():
        return f"error: there is no claim {claim_id}"
    (claim,) = claims([claim_id])
    said = []
    for check in claim.checks:
        if name in ("", check.name):
            try:
                said.append(f"{check.name} {check.run(Context('quick', SeedSequence(0))).bearing}")
            except Exception as error:
                said.append(f"{check.name} raised {type(error).__name__}")
    for control in claim.controls:
        if name in ("", control.name):
            try:
                rejected = control.rejected(Context("quick", SeedSequence(0)))
            except Exception as error:
                rejected = type(error).__name__
            said.append(f"{control.name}: rejected {rejected}")
    return "; ".join(said) or f"error: {claim_id} has no check or control {name!r}"
