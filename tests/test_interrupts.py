"""An interrupt from the keyboard ends every long command with all its processes, and each says what
is kept."""

import contextlib
import os
import signal
import subprocess
import sys

import numpy as np
import psutil
import pytest

X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1.0]])

COMMANDS = {
    "proofs_check run weight-bound dynamics joint-dichotomy --workers 2 --out out": (
        " of ",
        r"results are kept in {out}/checks. Add --resume to the same command to go on from there.",
    ),
    "figures make figure-4 --workers 2 --out out": (
        "figure-4: 1 of",
        r"results are kept in {out}/cases. The same command goes on from there.",
    ),
    "landscape joint --x X.npy --rows 0,2 --k 2 --runs 5000 --workers 2 --out out": (
        "second-order method: done",
        r"Finished steps are kept in {out}/steps; the same command goes on from there",
    ),
    "landscape train --x X.npy --rows 0,2 --k 2 --method adam --steps 1000000 --tolerance 1e-300 "
    "--step-size 1e-5 --out out": ("loss", "Nothing is kept of a training that has not ended"),
    "landscape.start_sets 4 8 --out out": (
        "n = 8: 2 points",
        r"Finished: {out}/siblings-4.npz.",
    ),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_an_interrupt_ends_a_command_and_says_what_is_kept(command, tmp_path):
    np.save(tmp_path / "X.npy", X)
    sign, kept = COMMANDS[command]
    process = subprocess.Popen(
        [sys.executable, "-m", *command.split()],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    try:
        # progress comes at once, so that the sign is there as soon as something is done
        for line in process.stdout:
            if sign in line and "checks and controls" not in line:
                break
        workers = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(timeout=30) == 130
        *_, last = rest.splitlines()
        assert last.startswith("Interrupted. "), rest
        assert kept.format(out="out") in last
        assert "Traceback" not in rest
        _, left = psutil.wait_procs(workers, timeout=10)
        assert not left
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()
        process.wait()
