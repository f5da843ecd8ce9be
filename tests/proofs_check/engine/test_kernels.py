"""What is compiled before the checks is what they call."""

import subprocess
import sys

SCRIPT = """
import gc

from numba.core.registry import CPUDispatcher

from fjlt.runs.backends import backend
from proofs_check.engine.catalogue import claims
from proofs_check.engine.kernels import compile_kernels
from proofs_check.engine.runner import Settings, Task, perform

CALLERS = {
    "param-count": "dense layer",
    "prop-1": "larger W",
    "expressibility": "drawn",
    "fixed-b": "training",
}


def ready():
    kernels = [d for d in gc.get_objects() if isinstance(d, CPUDispatcher)]
    return {
        (d.py_func.__qualname__, str(signature))
        for d in kernels
        if d.py_func.__module__.startswith(("fjlt", "landscape"))
        for signature in d.signatures
    }


with backend(1):
    compile_kernels()
before = ready()
for id, name in CALLERS.items():
    (claim,) = claims([id])
    perform(Task(id, "check", [check.name for check in claim.checks].index(name)), Settings())
print(len(before), *sorted(ready() - before))
"""


def test_checks_find_all_kernels_compiled():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 6
