"""What tests of claims share."""

import pytest
from numpy.random import SeedSequence

from proofs_check import claims
from proofs_check.engine.claim import Context


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
