"""Butterfly networks and fast Johnson-Lindenstrauss transforms as linear operators, fast and exact."""

from fjlt.butterfly import Butterfly
from fjlt.hadamard import fwht
from fjlt.operator import MatrixOperator, Operator, to_dense
from fjlt.srht import srht
from fjlt.truncated import TruncatedButterfly
from fjlt.weights import max_effective_weights, mean_effective_weights, min_effective_weights

__all__ = [
    "Butterfly",
    "MatrixOperator",
    "Operator",
    "TruncatedButterfly",
    "fwht",
    "max_effective_weights",
    "mean_effective_weights",
    "min_effective_weights",
    "srht",
    "to_dense",
]

__version__ = "0.1.0"
