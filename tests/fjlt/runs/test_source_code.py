"""What the digest of a program depends on besides the source code: Python and the libraries."""

import platform
from importlib.util import find_spec

import numpy
import pytest

from fjlt.runs import source_code
from fjlt.runs.jobs import Job, Store, run_jobs
from fjlt.runs.source_code import SourceCode, library_versions, source_digest

SOURCE = SourceCode(("fjlt",))
calls = []


def negative(x):
    calls.append(x)
    return -x


@pytest.fixture
def versions(monkeypatch):
    """Pretend that other versions are installed."""

    def pretend(**others):
        found = library_versions() | others
        monkeypatch.setattr(source_code, "library_versions", lambda: found)
        source_digest.cache_clear()

    yield pretend
    source_digest.cache_clear()


def test_the_libraries_that_compute_count_and_python():
    found = library_versions()
    assert {"python", "numpy", "scipy", "numba", "python-flint", "scikit-learn"} <= set(found)
    assert ("torch" in found) == (find_spec("torch") is not None)
    assert (found["numpy"], found["python"]) == (numpy.__version__, platform.python_version())


@pytest.mark.parametrize("name", ["python", "scipy", "numba", "one-that-was-not-there"])
def test_a_result_of_another_version_is_computed_anew(tmp_path, versions, name):
    calls.clear()
    job, store = Job("three", None, (3,)), Store(tmp_path, key_in_name=True)
    for expected in (1, 1):
        assert run_jobs(negative, [job], SOURCE, store)[0].result == -3
        assert len(calls) == expected
    versions(**{name: "0.0.1"})
    assert run_jobs(negative, [job], SOURCE, store)[0].result == -3
    assert len(calls) == 2
