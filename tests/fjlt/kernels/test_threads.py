"""Results do not depend on the number of threads, nor on whether anything is compiled."""

import os
import subprocess
import sys
from threading import Barrier

import numpy as np
import pytest

from fjlt.kernels import threads
from fjlt.kernels.threads import in_parallel, n_threads

PROGRAM = """
import hashlib, sys
import numpy as np
from fjlt import Butterfly, TruncatedButterfly, fwht, srht
small = "small" in sys.argv
rng = np.random.default_rng(0)
large = [((1024, 2000), 0), ((2000, 1024), 1), ((2**18,), 0)]
shapes = [((64, 20), 0), ((20, 64), 1), ((512,), 0)] if small else large
results = [fwht(rng.standard_normal(shape), axis=axis) for shape, axis in shapes]
for n, d in [(16, 5), (64, 30), (128, 9)] if small else [(256, 3000), (4096, 100)]:
    B, J = Butterfly.random(n, rng=1), srht(n // 5, n, rng=2)
    K = TruncatedButterfly(J.weights, J.rows, n - n // 3)
    for order in "CF":
        x = np.asarray(rng.standard_normal((n, d)), order=order)
        y = J @ x
        results += [B @ x, B.H @ x, *B.vjp(x, x), B.weights_gradient(x, x)]
        results += [y, J.H @ y, *J.vjp(x, y), J.weights_gradient(x, y)]
        results += [K @ x[: K.shape[1]], *K.vjp(x[: K.shape[1]], y)]
np.save(sys.argv[1], np.concatenate([y.ravel() for y in results]))
"""


def results(folder, *arguments, **environment):
    file = folder / ("-".join(environment.values()) + ".npy")
    env = {**os.environ, **environment}
    subprocess.run([sys.executable, "-c", PROGRAM, str(file), *arguments], env=env, check=True)
    return np.load(file)


def test_the_same_bits_for_any_number_of_threads(tmp_path):
    one, two, five = (results(tmp_path, NUMBA_NUM_THREADS=t) for t in "125")
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, five)


def test_the_same_without_a_compiler(tmp_path):
    compiled, interpreted = (results(tmp_path, "small", NUMBA_DISABLE_JIT=flag) for flag in "01")
    np.testing.assert_allclose(interpreted, compiled, rtol=1e-12, atol=1e-12)


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


@pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity"), reason="the system binds no thread to a core"
)
def test_each_thread_has_a_core_of_its_own_if_there_are_as_many():
    before = os.sched_getaffinity(0)
    seen, together = [], Barrier(n_threads())

    def run(first, stop):
        together.wait(timeout=60)
        seen.append(os.sched_getaffinity(0))

    in_parallel(run, n_threads(), 1 << 40)
    assert len(seen) == n_threads()
    assert os.sched_getaffinity(0) == before
    if n_threads() == len(before) > 1:
        assert sorted(map(tuple, seen)) == [(core,) for core in sorted(before)]


def test_a_system_that_binds_no_thread_is_no_error(monkeypatch):
    def refuse(*_):
        raise PermissionError("not allowed")

    monkeypatch.setattr(os, "sched_setaffinity", refuse, raising=False)
    threads._pool.cache_clear()
    done = np.zeros(4, int)

    def run(first, stop):
        done[first:stop] += 1

    in_parallel(run, 4, 1 << 40)
    threads._pool.cache_clear()
    assert (done == 1).all()
