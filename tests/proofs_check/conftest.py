"""What tests of claims share."""

import os
import shutil
from pathlib import Path

import pytest
from flint import ctx
from numpy.random import SeedSequence

from proofs_check import claims, run
from proofs_check.claim import Context


@pytest.fixture(autouse=True)
def precision_is_restored():
    """python-flint has one global precision: a test that leaves it changed disturbs the next."""
    before = ctx.prec
    yield
    after, ctx.prec = ctx.prec, before
    assert after == before, f"the test left flint.ctx.prec at {after}; it was {before}"


@pytest.fixture(scope="session")
def computed(tmp_path_factory):
    """computed(ids): a report on claims, in the quick profile.

    Results that the folder of the variable REPORT holds, of the same source code, are taken from
    there.
    """
    folder = tmp_path_factory.mktemp("computed")
    if report := os.environ.get("REPORT"):
        shutil.copytree(Path(report) / "checks", folder / "checks")
    return lambda ids: run(ids, out=folder, resume=True)


@pytest.fixture
def bearing():
    """bearing(claim id, check name): what the finding of one check means, in the quick profile."""

    def found(claim_id, check_name):
        check = next(
            check
            for c in claims()
            if c.id == claim_id
            for check in c.checks
            if check.name == check_name
        )
        return check.run(Context("quick", SeedSequence(0))).bearing

    return found


@pytest.fixture
def rejected():
    """rejected(claim id, control name): whether one control is rejected, in the quick profile."""

    def found(claim_id, control_name):
        control = next(
            control
            for c in claims()
            if c.id == claim_id
            for control in c.controls
            if control.name == control_name
        )
        return control.rejected(Context("quick", SeedSequence(0))) is True

    return found
