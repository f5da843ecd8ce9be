"""Results do not depend on the number of threads, nor on whether anything is compiled."""

import os
import subprocess
import sys

import numpy as np
import pytest

from fjlt.threads import in_parallel

PROGRAM = """
import hashlib, sys
import numpy as np
from fjlt import fwht
rng = np.random.default_rng(0)
state = hashlib.sha256()
for shape, axis in [((1024, 200), 0), ((200, 1024), 1), ((2**18,), 0), ((64, 3), 0)]:
    y = fwht(rng.standard_normal(shape), axis=axis)
    state.update(y.tobytes())
    if sys.argv[1:]:
        print(float(np.abs(y).sum()))
print(state.hexdigest())
"""


def output(**environment):
    env = {**os.environ, **environment}
    return subprocess.run([sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, check=True).stdout


def test_the_same_bits_for_any_number_of_threads():
    assert output(NUMBA_NUM_THREADS="1") == output(NUMBA_NUM_THREADS="2") == output(NUMBA_NUM_THREADS="5")


@pytest.mark.parametrize("n_tasks", [0, 1, 2, 3, 100])
def test_every_task_is_done_once(n_tasks):
    done = np.zeros(n_tasks, int)

    def run(counts, first, stop):
        counts[first:stop] += 1

    in_parallel(run, n_tasks, 1 << 40, done)
    assert (done == 1).all()


def test_errors_of_a_thread_are_raised():
    def run(first, stop):
        if stop == 100:
            raise MemoryError

    with pytest.raises(MemoryError):
        in_parallel(run, 100, 1 << 40)
