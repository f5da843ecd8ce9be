"""The butterfly nearest to a given matrix."""

from fjlt.factorisation.nearest import Factorisation, factorise

__all__ = ["Factorisation", "factorise"]
