"""All planted faults."""

from mutants.faults import checkers, claims, embeddings, landscapes, operators

__all__ = ["FAULTS"]

FAULTS = (
    *operators.FAULTS,
    *embeddings.FAULTS,
    *landscapes.FAULTS,
    *claims.FAULTS,
    *checkers.FAULTS,
)
