"""The claims, one module each: every module here that defines ``CLAIM``."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from proofs_check.claim import Claim

__all__ = ["claims"]


@cache
def claims() -> tuple[Claim, ...]:
    """All claims, checked ones and those not yet checked, in the order of the paper.

    Examples
    --------
    >>> [claim.id for claim in claims()][:2]
    ['def-4.1', 'footnote-3']
    """
    from proofs_check.claims.unchecked import ORDER, UNCHECKED

    modules = [import_module(f"proofs_check.claims.{module.name}") for module in iter_modules(__path__)]
    checked = {module.CLAIM.id: module.CLAIM for module in modules if hasattr(module, "CLAIM")}
    waiting = {claim.id: claim for claim in UNCHECKED if claim.id not in checked}
    return tuple((checked | waiting)[claim_id] for claim_id in ORDER)
