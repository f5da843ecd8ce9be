"""The claims, found in the modules of ``proofs_check.statements``.

Such a module defines one claim, ``CLAIM``, or a table of several, ``CLAIMS``.
"""

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from fjlt.extras import installed
from proofs_check import statements
from proofs_check.claim import Claim

__all__ = ["claims"]


@cache
def claims() -> tuple[Claim, ...]:
    """All claims: those of the paper in its order, then those that go beyond it.

    Raises
    ------
    ValueError
        If two claims have the same id, or an id has no place in the order, or a place no claim.

    Examples
    --------
    >>> [claim.id for claim in claims()][:2]
    ['definition-3.1', 'footnote-4']
    """
    by_id: dict[str, Claim] = {}
    for found in walk_packages(statements.__path__, f"{statements.__name__}."):
        with installed():
            module = import_module(found.name)
        for claim in (*getattr(module, "CLAIMS", ()), *_single(module)):
            if claim.id in by_id:
                raise ValueError(f"{found.name} defines the claim {claim.id!r} a second time")
            by_id[claim.id] = claim
    if misplaced := sorted(by_id.keys() ^ set(statements.ORDER)):
        raise ValueError(f"in statements.ORDER or defined in a module, but not both: {misplaced}")
    return tuple(by_id[claim_id] for claim_id in statements.ORDER)


def _single(module: object) -> tuple[Claim, ...]:
    claim = getattr(module, "CLAIM", None)
    return () if claim is None else (claim,)
