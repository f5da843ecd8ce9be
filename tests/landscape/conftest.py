"""What tests of landscapes share."""

import pytest
from flint import ctx


@pytest.fixture(autouse=True)
def precision_is_restored():
    """python-flint has one global precision: a test that leaves it changed disturbs the next."""
    before = ctx.prec
    yield
    after, ctx.prec = ctx.prec, before
    assert after == before, f"the test left flint.ctx.prec at {after}; it was {before}"
