"""Results do not depend on the number of threads, nor on whether anything is compiled."""

import os
import signal
import subprocess
import sys
import time
from threading import Barrier, Event, Timer, get_ident, main_thread

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


def test_ranges_run_side_by_side_in_as_many_threads():
    seen, together = [], Barrier(n_threads())

    def run(first, stop):
        together.wait(timeout=60)
        seen.append(get_ident())

    in_parallel(run, n_threads(), 1 << 40)
    assert len(set(seen)) == n_threads()
    assert get_ident() in seen


@pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity"), reason="the system binds no thread to a core"
)
def test_a_helper_may_run_on_every_core_but_the_callers(monkeypatch):
    # Bound to one core, helpers of two programs on one machine would be bound to the same.
    monkeypatch.setattr(threads, "n_threads", lambda: 2)
    before, bound, together = os.sched_getaffinity(0), [], Barrier(2)
    monkeypatch.setattr(threads, "_core", lambda: lambda: 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    monkeypatch.setattr(os, "sched_setaffinity", lambda *a: bound.append((get_ident(), *a)))
    threads._pool.cache_clear()
    for _ in range(2):
        in_parallel(lambda first, stop: together.wait(timeout=60), 2, 1 << 40)
    threads._pool.cache_clear()
    monkeypatch.undo()
    # It is done once, in the helper.
    assert [(pid, cores) for _, pid, cores in bound] == [(0, {0, 2, 3})]
    assert bound[0][0] != get_ident()
    assert os.sched_getaffinity(0) == before


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


def test_an_interrupt_is_raised_once_nothing_runs(monkeypatch):
    # Two interrupts: one in the calling thread, one while it waits for the helper.
    monkeypatch.setattr(threads, "n_threads", lambda: 2)
    started, caller, done = Event(), get_ident(), []

    def interrupt():
        signal.pthread_kill(main_thread().ident, signal.SIGINT)

    def run(first, stop):
        if get_ident() == caller:
            assert started.wait(60)
            raise KeyboardInterrupt
        started.set()
        Timer(0.1, interrupt).start()
        time.sleep(0.5)
        done.append(first)

    with pytest.raises(KeyboardInterrupt):
        in_parallel(run, 100, 1 << 40)
    assert len(done) == 1


def test_what_no_thread_has_taken_is_left_out_after_an_error(monkeypatch):
    monkeypatch.setattr(threads, "n_threads", lambda: 8)
    monkeypatch.setattr(threads, "_pool", lambda *_: Never())
    tried = []

    def run(first, stop):
        tried.append(first)
        raise ValueError("the first")

    with pytest.raises(ValueError, match="the first"):
        in_parallel(run, 8, 1 << 40)
    assert tried == [0]


class Never:
    """A pool whose threads never come."""

    def submit(self, *_):
        pass


class Refusing:
    """A pool that takes one task, which it never runs, and no second one."""

    taken = 0

    def submit(self, *_):
        self.taken += 1
        if self.taken > 1:
            raise RuntimeError("can't start new thread")


@pytest.mark.parametrize("pool", [Never(), Refusing()])
def test_without_helpers_the_caller_does_all(monkeypatch, pool):
    monkeypatch.setattr(threads, "n_threads", lambda: 8)
    monkeypatch.setattr(threads, "_pool", lambda *_: pool)
    done = np.zeros(100, int)

    def run(first, stop):
        done[first:stop] += 1

    in_parallel(run, 100, 1 << 40)
    assert (done == 1).all()


AT_THE_END = """
import atexit, threading, numpy as np
from fjlt import Butterfly
B, x = Butterfly.random(256, rng=0), np.ones((256, 3000))
def product(name):
    print(name, float((B @ x)[0, 0]))
atexit.register(product, "atexit")
def later():
    threading.main_thread().join()
    product("thread")
product("main")
threading.Thread(target=later).start()
"""


def test_products_after_the_main_thread_has_ended():
    env = {**os.environ, "NUMBA_NUM_THREADS": "2"}
    run = subprocess.run(
        [sys.executable, "-c", AT_THE_END], env=env, capture_output=True, text=True, check=True
    )
    assert run.stderr == ""
    values = dict(line.split() for line in run.stdout.splitlines())
    assert values.keys() == {"main", "thread", "atexit"}
    assert len(set(values.values())) == 1
