"""Files that a user or a killed program leaves behind: edited, cut short, of another kind."""

from __future__ import annotations

import io
import json
import warnings

import numpy as np
import pytest
from scipy import io as scipy_io
from scipy import sparse

import landscape
from figures.engine.table import from_csv, to_csv
from fjlt.runs.jobs import Job, Store, run_jobs
from fjlt.runs.source_code import SourceCode
from proofs_check import run
from tests.fuzz.harness import Call, Promise, fuzz
from tests.fuzz.values import damaged_whole, integers, pick

RETURNS, RAISES, EITHER = Promise


def saved(suffix, a):
    """The bytes of a file with the matrix ``a``."""
    file = io.BytesIO()
    if suffix == ".npy":
        np.save(file, a)
    elif suffix == ".npz":
        np.savez(file, X=a)
    elif suffix == ".mat":
        scipy_io.savemat(file, {"X": sparse.csc_matrix(a)})
    else:
        np.savetxt(file, a, delimiter="," if suffix == ".csv" else " ")
    return file.getvalue()


def edited(rng, data):
    """The bytes with one changed, or with the end cut off."""
    if len(data) and rng.integers(4) == 0:
        return data[: rng.integers(len(data))]
    at = rng.integers(max(len(data), 1))
    return data[:at] + bytes([rng.integers(256)]) + data[at + 1 :]


def finite(a):
    """A real matrix of finite numbers: all that is known of an edited one."""
    assert a.ndim == 2
    assert a.size
    assert np.isfinite(a).all()


def draw_file(folder, suffix):
    file = folder / f"a{suffix}"

    def draw(rng):
        a = integers(rng, tuple(rng.integers(1, 6, 2)))
        data = saved(suffix, a)
        kind = rng.integers(4)
        if kind == 0:
            file.write_bytes(data)
            return Call((file,), RETURNS, lambda b: np.testing.assert_array_equal(a, b))
        if kind == 1:
            bad = np.where(a == a[0, 0], pick(rng, [np.nan, np.inf]), a)
            wrong = [saved(suffix, bad), b"", b"\0" * 50, bytes(rng.integers(0, 256, 200, "u1"))]
            file.write_bytes(pick(rng, wrong))
            return Call((file,), RAISES)
        file.write_bytes(edited(rng, data))
        return Call((file,), EITHER, finite)

    return draw


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".csv", ".txt"])
def test_matrices(suffix, calls, seed, tmp_path):
    fuzz(
        f"read_matrix {suffix}", landscape.read_matrix, draw_file(tmp_path, suffix), calls, seed,
        errors=(ValueError, TypeError, OSError),
    )  # fmt: skip


def test_foreign_files(calls, seed, tmp_path):
    """Another process reads a .mat file, so each call costs a process."""
    fuzz(
        "read_matrix .mat", landscape.read_matrix, draw_file(tmp_path, ".mat"), calls // 50, seed,
        errors=(ValueError, TypeError, OSError),
    )  # fmt: skip


def test_arrays_by_name(calls, seed, tmp_path):
    file = tmp_path / "a.npz"

    def draw(rng):
        a, b = integers(rng, (2, 3)), integers(rng, (3, 2))
        content = io.BytesIO()
        np.savez(content, X=a, Y=b)
        kind = rng.integers(3)
        if kind == 0:
            file.write_bytes(content.getvalue())
            return Call((file,), RETURNS, lambda r: np.testing.assert_array_equal(r["Y"], b))
        if kind == 1:
            return Call((pick(rng, [tmp_path, tmp_path / "none.npz", tmp_path / "a.xls"]),), RAISES)
        file.write_bytes(edited(rng, content.getvalue()))
        return Call((file,), EITHER)

    fuzz("read_arrays", landscape.read_arrays, draw, calls, seed, (ValueError, OSError))


def test_tables(calls, seed):
    """What a figure writes as CSV reads back the same; an edited one is a table or an error."""

    def draw(rng):
        texts = ["", "a", "1", "nan", "x,y", 'quoted "', "line\nbreak", "é", " "]
        values = [0, -3, 2**70, 0.1, 1e-300, *texts]
        rows = [{"a": pick(rng, values), "b c": pick(rng, values)} for _ in range(3)]
        if rng.integers(2):
            try:
                text = to_csv(rows)
            except ValueError:  # a value that would read back as another one is refused
                rows = [{"a": 1, "b c": "two"}]
                text = to_csv(rows)
            return Call((text,), RETURNS, lambda r: _equal(r, rows))
        if rng.integers(2):
            return Call((pick(rng, ["a,b\n1\n", "a,b\n1,2,3\n"]),), RAISES)
        text = to_csv([{"a": 1, "b": 2.5}] * 3)
        return Call((edited(rng, text.encode()).decode(errors="replace"),), EITHER)

    fuzz("from_csv", from_csv, draw, calls, seed, (ValueError, TypeError))


def _equal(a, b):
    assert [dict(row) for row in a] == b


def square(x):
    """A job."""
    return {"value": x * x}


def test_stored_results(calls, seed, tmp_path):
    """A stored result that was edited is computed again or is the right one, never another one."""
    jobs = [Job(str(x), x, (x,)) for x in range(-2, 3)]
    run_jobs(square, jobs, SourceCode(), Store(tmp_path, False))
    whole = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    results = sorted(path for path in whole if path.suffix == ".json")

    def resumed(*edits):
        for path, data in whole.items():
            path.write_bytes(data)
        for number, data in edits:
            file = results[number % len(results)]
            file.write_bytes(data(file.read_bytes()))
        return run_jobs(square, jobs, SourceCode(), Store(tmp_path, True))

    def draw(rng):
        cut = int(rng.integers(200))
        changes = [
            lambda data: edited(np.random.default_rng(cut), data),
            lambda data: b"",
            lambda data: b"[]",
            lambda data: data[:cut],
            lambda data: json.dumps({"result": {"value": 7}}).encode(),
        ]
        edits = [(int(rng.integers(99)), pick(rng, changes)) for _ in range(2)]
        return Call(tuple(edits), RETURNS, lambda r: _equal([d.result for d in r], _squares()))

    for number in range(calls):
        call = draw(np.random.default_rng([seed, number]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a file is damaged is said
            call.agrees(resumed(*call.args))


def _squares():
    return [{"value": x * x} for x in range(-2, 3)]


def test_runs_of_claims(calls, seed):
    def draw(rng):
        if rng.integers(100) == 0:
            return Call((["definition-3.1"],), RETURNS, lambda r: _equal([], r.failures))
        wrong = [
            ((["theorem-99"],), {}),
            (([None],), {}),
            ((["definition-3.1"], "slow"), {}),
            ((["definition-3.1"],), {"workers": damaged_whole(rng)}),
            ((["definition-3.1"],), {"seed": pick(rng, [-1, 0.5, "a", None, True])}),
            ((["definition-3.1"],), {"data": "no such file.npz"}),
        ]
        args, options = pick(rng, wrong)
        if rng.integers(50) == 0:
            args, options = (["definition-3.1"],), {"scheduler": "nowhere"}
        return Call(args, RAISES, options=options)

    fuzz("run", run, draw, calls, seed, (ValueError, TypeError, OSError))
