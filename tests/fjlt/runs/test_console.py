"""Progress of commands: lines where nobody sees a bar, a bar with the time left in a terminal."""

import os
import pty
import re
import subprocess
import sys

import pytest

from fjlt.runs import console
from fjlt.runs.console import Progress, in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (119.4, "119 s"),
        (119.6, "2 min"),
        (3600, "60 min"),
        (7199, "2 h 0 min"),
        (90_000, "25 h 0 min"),
    ],
)
def test_durations_in_words(seconds, words):
    assert in_words(seconds) == words


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(console.time, "monotonic", lambda: now[0])
    return now


def test_the_time_left_follows_the_pace(clock):
    with Progress() as progress:
        assert progress.left == ""
        progress.update("a", 0, 4)
        assert progress.left == ""
        clock[0] = 30.0
        progress.update("a", 1, 4)
        assert progress.left == "about 90 s left"
        # what counts is the share of the work, if it is known
        progress.update("b", 2, 4, share=0.75)
        assert progress.left == "about 10 s left"
        progress.update("c", 4, 4)
        assert progress.left == ""


def test_stored_results_do_not_count_as_pace_and_an_estimate_stands_in(clock):
    with Progress(seconds=40) as progress:
        progress.update("resumed", 6, 10)
        assert progress.left == "about 40 s left"
        clock[0] = 5.0
        progress.update("next", 8, 10)
        assert progress.left == "about 5.0 s left"


def test_a_step_back_is_a_new_beginning(clock):
    with Progress() as progress:
        progress.update("phase one", 1, 10)
        clock[0] = 100.0
        progress.update("phase one", 10, 10)
        progress.update("phase two", 1, 10)
        clock[0] = 102.0
        progress.update("phase two", 2, 10)
        assert progress.left == "about 16 s left"


@pytest.mark.parametrize(
    ("total", "every", "printed"),
    [(30, 1, range(3, 31, 3)), (3, 1, [1, 2, 3]), (25, 7, [7, 14, 21, 25]), (0, 1, [])],
)
def test_about_ten_lines_on_the_way(capsys, total, every, printed):
    with Progress() as progress:
        for done in [*range(0, total, every), total]:
            progress.tenths("steps", done, total)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("; ")[0] for line in lines] == [f"steps: {i} of {total}" for i in printed]


PROGRAM = """
import sys, time
from fjlt.runs.console import Progress
with Progress() as progress:
    for i in range(3):
        progress.update(f"step {i}", i, 3)
        progress.line(f"line {i}")
        if i == 1:
            sys.stdin.readline()
"""


def test_lines_are_written_at_once_to_a_pipe():
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        # both lines come while the program waits for an answer
        assert [process.stdout.readline() for _ in range(2)] == ["line 0\n", "line 1\n"]
        assert process.communicate("\n", timeout=20) == ("line 2\n", "")


def test_a_terminal_has_a_bar_and_no_lines():
    ours, theirs = pty.openpty()
    streams = {"stdin": subprocess.DEVNULL, "stdout": theirs, "stderr": theirs}
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    program = PROGRAM.replace("sys.stdin.readline()", "progress.say('[/above]'); time.sleep(0.3)")
    with subprocess.Popen([sys.executable, "-c", program], env=environment, **streams) as process:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # so ends a terminal that nobody holds any more
            pass
        assert process.wait(timeout=20) == 0
    os.close(ours)
    assert b"step 1" in shown
    assert b"1/3" in shown
    assert b" left" in shown
    assert b"line" not in shown
    # what is said stands on a line of its own
    assert re.search(rb"(\r|\n|\x1b\[2K)\[/above\]\s*\n", shown), shown
