"""Reports of some claims, to be edited."""

import json
import shutil

import pytest

from proofs_check.checker import recheck
from proofs_check.report.document import write

CLAIMS = ["weight-bound", "lemma-s2.1", "jl-norm", "prop-1", "moments", "theorem-1-star"]
CLAIMS += ["prop-2", "claim-s3.2", "two-phase", "baldi-hornik"]


@pytest.fixture(scope="session")
def report(computed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write(computed(CLAIMS), folder)
    return folder


@pytest.fixture
def edited(report, tmp_path):
    """A copy to edit."""
    return shutil.copytree(report, tmp_path / "edited")


@pytest.fixture(scope="session")
def reports():
    """Folders of reports of one claim, by its id."""
    return {}


@pytest.fixture
def alone(computed, reports, tmp_path_factory, tmp_path):
    """alone(claim id): a copy, to edit, of the report of one claim."""

    def copy(claim_id):
        if claim_id not in reports:
            reports[claim_id] = tmp_path_factory.mktemp("alone")
            write(computed([claim_id]), reports[claim_id])
        return shutil.copytree(reports[claim_id], tmp_path / "edited")

    return copy


@pytest.fixture(scope="session")
def refusals():
    """refusals(folder): the files that are refused, and why."""
    return lambda folder: {name: why for name, (good, why) in recheck(folder).items() if not good}


@pytest.fixture(scope="session")
def rewrite():
    """rewrite(path, change): change the JSON value of a file in place."""

    def rewrite(path, change):
        content = json.loads(path.read_text(encoding="utf-8"))
        change(content)
        path.write_text(json.dumps(content), encoding="utf-8")

    return rewrite


@pytest.fixture
def remember(monkeypatch):
    """remember(module, name): let a function of a module be computed once for equal arguments."""

    def remember(module, name):
        function, known = getattr(module, name), {}

        def call(*arguments):
            key = repr(arguments)
            if key not in known:
                known[key] = function(*arguments)
            return known[key]

        monkeypatch.setattr(module, name, call)

    return remember
