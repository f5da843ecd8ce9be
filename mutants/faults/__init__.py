"""All planted faults."""

from mutants.faults import (
    checkers,
    claims,
    distortion,
    embeddings,
    factorisations,
    landscapes,
    operators,
)

__all__ = ["FAULTS"]

FAULTS = (
    *operators.FAULTS,
    *embeddings.FAULTS,
    *distortion.FAULTS,
    *factorisations.FAULTS,
    *landscapes.FAULTS,
    *claims.FAULTS,
    *checkers.FAULTS,
)
