"""The campaign: every fault in a copy of its own, in parallel, resumable."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from mutants.fault import Fault, plant
from mutants.watchers import LIBRARIES, PASS, watch

__all__ = ["Outcome", "campaign"]

COPIED = ("fjlt", "landscape", "figures", "proofs_check", "tests", "conftest.py", "pyproject.toml")
TROUBLE = ("error", "timeout", "ended")
"""How answers begin where a watcher did not come to an end of its own."""

PATIENCE = 60.0
"""Seconds beyond five times what the watcher takes without a fault; then it counts as noticed."""


@dataclass(frozen=True)
class Outcome:
    """What a campaign says of one fault.

    Attributes
    ----------
    name, path : str
        Of the fault.
    claim, tests : str
        ``"noticed"``, ``"SURVIVED"``, or empty where nobody was named. Tests that fail without a
        fault notice none.
    said : str
        What the check of the claim found, without and with the fault, and the first test to fail.
    seconds : float
    """

    name: str
    path: str
    claim: str
    tests: str
    said: str
    seconds: float

    @property
    def survived(self) -> bool:
        """Whether someone who must notice did not."""
        return "SURVIVED" in (self.claim, self.tests)


def campaign(
    faults: Iterable[Fault],
    checkout: Path,
    store: Path,
    *,
    workers: int = 2,
    resume: bool = False,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> list[Outcome]:
    """Plant each fault in a copy of the checkout, and ask those who must notice.

    Whoever must notice is asked about the unchanged copy first: tests must pass there, and what a
    check says there is what it is compared with.

    Parameters
    ----------
    faults : iterable of Fault
    checkout : Path
        Folder of the project.
    store : Path
        File to which each finished answer is appended.
    workers : int
        Processes at a time.
    resume : bool
        Whether to take answers from the store, if the project is the same.
    progress : callable
        Called with what was finished, how many, of how many.

    Returns
    -------
    list of Outcome
        In the order of the faults.

    Raises
    ------
    ValueError
        If a text does not occur as often as it should.
    """
    faults = list(faults)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LIBRARIES)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        desk = _Desk(Path(folder), checkout, store, resume, context)
        questions = [(f.interpreted, w) for f in faults for w in _watchers(f)]
        total = len(set(questions)) + len(questions)
        asked = 0
        with ThreadPoolExecutor(workers) as pool:
            for planted in (False, True):
                some = [
                    (fault if planted else None, *watcher, fault.interpreted)
                    for fault in faults
                    for watcher in _watchers(fault)
                ]
                futures = {pool.submit(desk.ask, *q): q for q in dict.fromkeys(some)}
                for future in as_completed(futures):
                    asked += 1
                    future.result()
                    fault, _, target, _ = futures[future]
                    progress(fault.name if fault else f"without fault: {target}", asked, total)
        return [desk.outcome(fault) for fault in faults]


def _watchers(fault: Fault) -> list[tuple[str, str]]:
    pairs = [("claim", fault.claim), ("tests", fault.tests)]
    return [(kind, target) for kind, target in pairs if target]


class _Desk:
    """Answers to the question what a watcher says of a fault, or of the unchanged copy."""

    def __init__(self, folder, checkout, store, resume, context) -> None:  # type: ignore[no-untyped-def]
        self.folder, self.store, self.context = folder, store, context
        self.clean = folder / "clean"
        # A snapshot, so that editing goes on meanwhile; compiled files keep their times with it.
        for name in COPIED:
            source = checkout / name
            if source.is_dir():
                shutil.copytree(source, self.clean / name)
            else:
                shutil.copy2(source, self.clean / name)
        digest = hashlib.sha256()
        for path in sorted(self.clean.rglob("*.py")):
            digest.update(str(path.relative_to(self.clean)).encode() + path.read_bytes())
        self.version = digest.hexdigest()
        self.lock = threading.Lock()
        self.answers: dict[str, tuple[str, float]] = {}
        if resume and store.is_file():
            for line in store.read_text(encoding="utf-8").splitlines():
                with suppress(ValueError, KeyError):
                    entry = json.loads(line)
                    if entry["version"] == self.version:
                        self.answers[entry["key"]] = (entry["said"], entry["seconds"])
        else:
            store.parent.mkdir(parents=True, exist_ok=True)
            store.unlink(missing_ok=True)

    def ask(
        self, fault: Fault | None, kind: str, target: str, interpreted: bool
    ) -> tuple[str, float]:
        key = _key(fault, kind, target, interpreted)
        if key in self.answers:
            return self.answers[key]
        usual = self.answers.get(_key(None, kind, target, interpreted), ("", 240.0))[1]
        # Without a fault in the snapshot itself: what Numba compiles there serves all copies.
        tree = self.clean if fault is None else Path(tempfile.mkdtemp(dir=self.folder))
        answer = self.folder / hashlib.sha256(key.encode()).hexdigest()
        start = time.perf_counter()
        if fault is not None:
            shutil.copytree(self.clean, tree, copy_function=os.link, dirs_exist_ok=True)
            plant(fault, tree)
        process = self.context.Process(
            target=watch, args=(str(tree), kind, target, interpreted, str(answer))
        )
        process.start()
        process.join(PATIENCE + 5 * usual)
        timeout = process.is_alive()
        if timeout:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.join()
        if fault is not None:
            shutil.rmtree(tree, ignore_errors=True)
        # A process that ended without a word was ended by the fault.
        said = (
            "timeout"
            if timeout
            else answer.read_text(encoding="utf-8")
            if answer.is_file()
            else f"ended with {process.exitcode}"
        )
        seconds = time.perf_counter() - start
        with self.lock:
            self.answers[key] = (said, seconds)
            if not said.startswith("error"):
                with self.store.open("a", encoding="utf-8") as file:
                    entry = {"version": self.version, "key": key, "said": said, "seconds": seconds}
                    file.write(json.dumps(entry) + "\n")
        return said, seconds

    def outcome(self, fault: Fault) -> Outcome:
        results, said, seconds = {"claim": "", "tests": ""}, list[str](), 0.0
        for kind, target in _watchers(fault):
            before, _ = self.answers[_key(None, kind, target, fault.interpreted)]
            after, duration = self.answers[_key(fault, kind, target, fault.interpreted)]
            seconds += duration
            # Whoever is not at ease without a fault cannot notice one.
            able = before == PASS if kind == "tests" else not before.startswith(TROUBLE)
            noticed = able and before != after and not after.startswith("error")
            results[kind] = "noticed" if noticed else "SURVIVED"
            if before != after or not able:
                said.append(f"{before} → {after}")
        return Outcome(
            fault.name,
            fault.path,
            results["claim"],
            results["tests"],
            " | ".join(said),
            round(seconds, 1),
        )


def _key(fault: Fault | None, kind: str, target: str, interpreted: bool) -> str:
    what = asdict(fault) if fault else None
    return json.dumps(
        [what and [what["path"], what["old"], what["new"]], kind, target, interpreted]
    )
