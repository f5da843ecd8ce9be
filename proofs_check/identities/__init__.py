"""Proofs by matrix identities for all sizes: finding their cofactors."""
