"""A process of its own that replays certificates, so that none can hang or exhaust this one.

The process loads this folder and nothing else of the project. It answers one request after the
other, in lines of JSON; a request that takes too long ends it.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from proofs_check.checker.bounded import Refused

__all__ = ["Worker", "serve"]

MEMORY = 2**32
"""Bytes that the process may use, where the operating system can hold it to that."""

_START = """
import sys, types
package = types.ModuleType("proofs_check")
package.__path__ = [sys.argv[1]]
sys.modules["proofs_check"] = package
from proofs_check.checker.folders import ANSWERS
from proofs_check.checker.isolated import serve
serve(ANSWERS)
"""


class Worker:
    """The process, started when it is needed and ended with the block.

    Parameters
    ----------
    seconds : float
        The time that one request may take.

    Examples
    --------
    >>> with Worker(60.0) as worker:
    ...     worker.ask("certificate", "nowhere.json", None)
    [False, 'refused: the file is missing']
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def ask(self, question: str, *arguments: Any) -> Any:
        """The answer to a request.

        Raises
        ------
        Refused
            If it takes too long, or the process ends without an answer.
        """
        process = self._process or self._started()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps([question, *arguments]) + "\n")
            process.stdin.flush()
            line = self._lines.get(timeout=self.seconds)
        except queue.Empty:
            self._end()
            raise Refused(f"it takes more than {self.seconds:g} seconds") from None
        except OSError:
            line = ""
        if not line:
            self._end()
            raise Refused("the replay ended without an answer, perhaps for want of memory")
        return json.loads(line)

    def _started(self) -> subprocess.Popen[str]:
        package = Path(__file__).parents[1]
        self._process = process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, str(package)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        # a thread waits for the answers, so that the wait for them can end
        self._lines = queue.Queue()
        threading.Thread(target=_listen, args=(process, self._lines), daemon=True).start()
        return process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(OSError):  # what it was still to read
                    stream.close()  # type: ignore[union-attr]
            self._process = None


def serve(answers: Mapping[str, Callable[..., Any]]) -> None:
    """Answer the requests of standard input until it ends."""
    _limit_memory()
    for line in sys.stdin:
        question, *arguments = json.loads(line)
        print(json.dumps(answers[question](*arguments)), flush=True)


def _listen(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert process.stdout is not None
    try:
        for line in process.stdout:
            lines.put(line)
    except ValueError:  # the stream was closed
        pass
    lines.put("")


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
