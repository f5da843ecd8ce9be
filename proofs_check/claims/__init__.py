"""The registry: one module a claim. A new claim is a new module and its name in ``_MODULES``."""

from functools import cache
from importlib import import_module

from proofs_check.claim import Claim

__all__ = ["claims"]

_MODULES = (
    "def_4_1",
    "weight_bound",
    "lemma_b1",
    "jl_norm",
    "prop_1",
    "moments",
    "theorem_1",
    "theorem_1_star",
    "fixed_b",
)


@cache
def claims() -> tuple[Claim, ...]:
    """All claims, checked ones and those not yet checked, in the order of the paper.

    Examples
    --------
    >>> [claim.id for claim in claims()][:2]
    ['def-4.1', 'footnote-3']
    """
    from proofs_check.claims.unchecked import ORDER, UNCHECKED

    checked = [import_module(f"proofs_check.claims.{name}").CLAIM for name in _MODULES]
    return tuple(sorted([*checked, *UNCHECKED], key=lambda claim: ORDER.index(claim.id)))
