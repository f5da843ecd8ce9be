"""All planted faults."""

from mutants.faults import (
    checkers,
    claims,
    distortion,
    embeddings,
    factorisations,
    interfaces,
    landscapes,
    operators,
)

__all__ = ["FAULTS"]

FAULTS = (
    *operators.FAULTS,
    *interfaces.FAULTS,
    *embeddings.FAULTS,
    *distortion.FAULTS,
    *factorisations.FAULTS,
    *landscapes.FAULTS,
    *claims.FAULTS,
    *checkers.FAULTS,
)
