"""Proofs by matrix identities for all sizes: how cofactors are found, verified and stored."""

from proofs_check.identities.derivation import Derivation, Step, Underivable
from proofs_check.identities.expansion import verify
from proofs_check.identities.proofs import proved

__all__ = ["Derivation", "Step", "Underivable", "proved", "verify"]
