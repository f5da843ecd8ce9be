"""The claims, one module each: every module here that defines ``CLAIM``."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from proofs_check.claim import Claim
from proofs_check.claims.order import ORDER

__all__ = ["claims"]


@cache
def claims() -> tuple[Claim, ...]:
    """All claims, in the order of the paper.

    Examples
    --------
    >>> [claim.id for claim in claims()][:2]
    ['def-4.1', 'footnote-3']
    """
    modules = [import_module(f"proofs_check.claims.{module.name}") for module in iter_modules(__path__)]
    found = {module.CLAIM.id: module.CLAIM for module in modules if hasattr(module, "CLAIM")}
    return tuple(found[claim_id] for claim_id in ORDER)
