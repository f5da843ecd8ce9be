"""Codelets, compiled and in NumPy, and the cache of the compiler."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fjlt.kernels import codelets, simd

PATH = str(Path(simd.__file__).parents[2])

CACHED = """
import sys
import numpy as np
from fjlt import fwht
from fjlt.kernels import simd
from fjlt.kernels import hadamard_passes
if "changed" in sys.argv:
    simd._sources = lambda folder: "other"
assert np.allclose(fwht(np.arange(32.0)[:, None] * np.ones(32))[0], 496 / 32**0.5)
stats = hadamard_passes._across.stats
print(sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
"""

FIRST_CALLS = """
import numpy as np
from numba.core import event
import fjlt

names = []

class Compilations(event.Listener):
    def on_start(self, e):
        names.append(e.data["dispatcher"].py_func.__qualname__)

    def on_end(self, e):
        pass

event.register("numba:compile", Compilations())
J, B = fjlt.srht(5, 64, rng=0), fjlt.Butterfly.identity(512)
for call in (
    lambda: fjlt.fwht(np.ones(64)),
    lambda: J @ np.ones(64),
    lambda: J @ np.ones((64, 3)),
    lambda: B @ np.ones((512, 3)),
):
    names.clear()
    call()
    print(*names)
"""


def hits_and_misses(folder, *arguments, stderr=subprocess.PIPE):
    env = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}
    command = [sys.executable, "-c", CACHED, *arguments]
    done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, stderr=stderr)
    assert not done.stderr  # of a pipe
    return tuple(map(int, done.stdout.split()))


@pytest.fixture
def terminal():
    """A terminal, and what was written to it."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    yield theirs, lambda: os.read(ours, 1000).decode()
    os.close(ours)
    os.close(theirs)


def test_compiled_once_and_again_when_any_source_changes_or_a_file_is_damaged(tmp_path, terminal):
    screen, shown = terminal
    assert hits_and_misses(tmp_path, stderr=screen) == (0, 1)
    assert (
        shown()
        == "fjlt compiles its kernels for this processor. That takes some seconds, once.\r\n"
    )
    assert hits_and_misses(tmp_path, stderr=screen) == (1, 0)
    os.write(screen, b"nothing more")
    assert shown() == "nothing more"
    assert hits_and_misses(tmp_path, "changed") == (0, 1)
    for kind in ("*.nbc", "*.nbi"):
        for file in tmp_path.rglob(kind):
            file.write_bytes(file.read_bytes()[:100])
        assert hits_and_misses(tmp_path) == (0, 1)
        assert hits_and_misses(tmp_path) == (1, 0)


def test_a_source_beside_a_function_is_followed(tmp_path):
    """A function of another file is compiled into this one, whose stored code would keep it."""
    (tmp_path / "ours.py").write_text(
        "from fjlt.kernels.simd import compiled\n"
        "from beside import part\n"
        "@compiled\n"
        "def plus_part(x):\n"
        "    return x + part(x)\n"
        "print(plus_part(1.0), sum(plus_part.stats.cache_hits.values()))\n"
    )

    def run(part):
        text = f"import numba\n@numba.njit\ndef part(x):\n    return {part}\n"
        (tmp_path / "beside.py").write_text(text)
        env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "stored"), "PYTHONPATH": PATH}
        command = [sys.executable, "-B", "ours.py"]
        return subprocess.run(
            command, cwd=tmp_path, env=env, check=True, stdout=subprocess.PIPE, text=True
        ).stdout.split()

    assert run("x") == ["2.0", "0"]
    assert run("x") == ["2.0", "1"]
    assert run("2 * x") == ["3.0", "0"]


def test_a_first_call_compiles_one_kernel_and_one_of_another_size_none(tmp_path):
    """Seconds would depend on the machine, so compiled functions are counted."""
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", FIRST_CALLS]
    shown = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    transform, of_vector, of_columns, of_another_size = map(str.split, shown.splitlines())
    assert transform == ["_in_cache"]
    assert of_vector == ["_sampled"]
    # Beside the kernel, what Numba itself may need for it, as min of two numbers.
    assert of_columns[0] == "_products.<locals>.run"
    assert len(of_columns) <= 2
    # A network of two passes instead of one.
    assert not of_another_size


@pytest.mark.parametrize("method", ["from_function", "save"])
def test_no_folder_for_the_cache_or_no_room_in_it_is_no_error(monkeypatch, method):
    def refuse(*_):
        raise (
            RuntimeError("no locator")
            if method == "from_function"
            else OSError("no space left on device")
        )

    if method == "from_function":
        monkeypatch.setattr(simd._Cache, "__init__", refuse)
    else:
        monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", refuse)
    assert simd.compiled(lambda x: x + 1)(2) == 3


rows_at = simd.rows_at
_t8, _t16 = codelets.transpose.values()


@simd.compiled
def transposed(x, y, n):
    """A square matrix, n = 8 or 16, as many entries as a vector has."""
    place, target, k = rows_at(x, 0, n), rows_at(y, 0, n), (0, 0, 0)
    if n == 8:
        _t8(place, place, target, n, x, k, x)
    else:
        _t16(place, place, target, n, x, k, x)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_transposition_in_registers(dtype):
    n = simd.VECTOR_BYTES // np.dtype(dtype).itemsize
    x = np.arange(n * n, dtype=dtype)
    y = np.empty_like(x)
    transposed(x, y, n)
    np.testing.assert_array_equal(y.reshape(n, n), x.reshape(n, n).T)
    transposed(y, y, n)
    np.testing.assert_array_equal(y, x)


@pytest.mark.parametrize(("n", "s"), [(2, 1), (8, 1), (8, 4), (16, 2), (16, 8)])
def test_exchange_and_swap_in_numpy(n, s):
    j = np.arange(n)
    first, second = simd.exchange(j, j + 100, s)
    np.testing.assert_array_equal(first, np.where(j & s, 100 + (j ^ s), j))
    np.testing.assert_array_equal(second, np.where(j & s, 100 + j, j ^ s))
    other, signs = simd.swap(j.astype(float), s)
    np.testing.assert_array_equal(other, j ^ s)
    np.testing.assert_array_equal(signs, np.where(j & s, -1, 1))


def test_read_only_arrays_keep_their_memory():
    a = np.arange(6.0)
    a.flags.writeable = False
    alias = simd.flat(a.reshape(2, 3))
    assert np.shares_memory(alias, a)
    assert alias.flags.writeable
    del a
    np.testing.assert_array_equal(alias, np.arange(6.0))
