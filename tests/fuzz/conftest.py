"""How many calls of each entry point, and from which seed: see ``--fuzz-calls`` in the root."""

import pytest


@pytest.fixture(scope="session")
def calls(pytestconfig):
    """Calls of each entry point."""
    return pytestconfig.getoption("fuzz_calls")


@pytest.fixture(scope="session")
def seed(pytestconfig):
    """The seed of all draws."""
    return pytestconfig.getoption("fuzz_seed")
