"""How a command ends with its worker processes: told to, killed, without its terminal, or after
the loss of a worker. All with real processes."""

import contextlib
import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import time

import psutil
import pytest

COMMAND = """
import os, signal, sys, time
from pathlib import Path
import typer
from fjlt.runs.console import run
from fjlt.runs.jobs import Job, Store, run_jobs
from fjlt.runs.source_code import SourceCode

app = typer.Typer()

def work(folder, i, last):
    (Path(folder) / f"began {i}").write_text(str(os.getpid()))
    if i == 0:
        return 0
    while not (Path(folder) / "[/x]" / "0.json").exists():
        time.sleep(0.05)
    if last == "memory":
        os.kill(os.getpid(), signal.SIGKILL)
    if last == "crash":
        os.abort()
    if last == "error":
        raise ValueError("planted [/x]")
    time.sleep(60)

@app.command()
def command(folder: Path, workers: int, last: str = "wait"):
    jobs = [Job(str(i), None, (str(folder), i, last)) for i in range(4)]
    store = Store(folder / "[/x]")
    run_jobs(work, jobs, SourceCode(("fjlt",)), store, workers=workers)

if __name__ == "__main__":
    run(app, "Do it again")
"""


def within(seconds, condition):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def members(group):
    """The processes of a group, without those that have ended and that nobody has waited for."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def alive(group):
    return bool(members(group))


@pytest.fixture
def start(tmp_path):
    """start(workers, last): the command in a session of its own, when its workers are at work."""
    script = tmp_path / "command.py"
    script.write_text(COMMAND)
    folder = tmp_path / "folder"
    folder.mkdir()
    processes = []

    def started(workers=2, *last, busy=True, **streams):
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
        process = subprocess.Popen(
            [sys.executable, script, folder, str(workers), *last],
            text=True,
            start_new_session=True,
            **streams,
        )
        processes.append(process)
        if busy:
            count = 3 if workers == 2 else 2
            stored = folder / "[/x]" / "0.json"
            assert within(60, lambda: stored.exists() and len(list(folder.glob("b*"))) == count)
        return process

    yield started
    for process in processes:
        if alive(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for stream in filter(None, (process.stdout, process.stderr)):
            stream.close()


KEPT = "1 of 4 results are kept in {}. Do it again.\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_command_that_is_told_to_end_says_what_is_kept(start, tmp_path, number, workers):
    process = start(workers)
    # an interrupt from the keyboard goes to the whole group, the others to one process
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors == "Interrupted. " + KEPT.format(tmp_path / "folder" / "[/x]")
    assert within(5, lambda: not alive(process.pid))


def test_what_a_parent_ignores_stays_ignored(start):
    """As with nohup, or in the background of a shell."""
    process = start(1, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    process.send_signal(signal.SIGHUP)
    time.sleep(1)
    assert process.poll() is None
    process.terminate()
    assert process.wait(timeout=20) == 130


@pytest.mark.parametrize("busy", [True, False])
def test_workers_of_a_killed_command_end_and_let_its_output_go(start, busy):
    process = start(busy=busy)
    if not busy:  # killed while its workers start
        assert within(60, lambda: workers_of(process.pid))
    process.kill()
    process.wait()
    # the end of the file comes when nobody holds the other end any more; a worker that was starting
    # may have written that it could not
    begun = time.monotonic()
    process.stdout.read()
    assert time.monotonic() - begun < 30
    assert within(5, lambda: not alive(process.pid))


def workers_of(group):
    found = []
    for process in members(group):
        with contextlib.suppress(psutil.Error):
            found += [process] if "LokyProcess" in " ".join(process.cmdline()) else []
    return found


def test_a_closed_terminal_ends_a_command_and_its_workers(start):
    master, terminal = pty.openpty()

    def take_terminal():
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    streams = {"stdin": terminal, "stdout": terminal, "stderr": terminal}
    process = start(2, preexec_fn=take_terminal, **streams)
    os.close(terminal)
    os.close(master)
    assert process.wait(timeout=20) == 130
    assert within(20, lambda: not alive(process.pid))


@pytest.mark.parametrize(
    ("last", "status", "sentence"),
    [
        ("memory", 3, "killed, as happens when memory runs out; use fewer workers than 2"),
        ("crash", 3, "ended before its work was done: SIGABRT"),
        ("error", 2, "planted [/x]"),
    ],
)
def test_a_lost_worker_is_one_sentence(start, tmp_path, last, status, sentence):
    process = start(2, "--last", last, busy=False)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == status
    assert errors.count("Error:") == 1
    line = errors[errors.index("Error:") :]
    assert sentence in line
    assert f"results are kept in {tmp_path / 'folder' / '[/x]'}. Do it again." in line
    assert "Traceback" not in errors
    assert within(20, lambda: not alive(process.pid))
