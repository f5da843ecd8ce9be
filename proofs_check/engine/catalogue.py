"""The claims, one module each: every module of ``proofs_check.statements`` that defines
``CLAIM``."""

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from proofs_check import statements
from proofs_check.engine.claim import Claim
from proofs_check.statements.order import ORDER

__all__ = ["claims"]


@cache
def claims() -> tuple[Claim, ...]:
    """All claims, in the order of the paper.

    Examples
    --------
    >>> [claim.id for claim in claims()][:2]
    ['def-4.1', 'footnote-3']
    """
    modules = [
        import_module(found.name)
        for found in walk_packages(statements.__path__, f"{statements.__name__}.")
    ]
    found = {module.CLAIM.id: module.CLAIM for module in modules if hasattr(module, "CLAIM")}
    return tuple(found[claim_id] for claim_id in ORDER)
