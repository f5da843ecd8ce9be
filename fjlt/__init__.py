"""Butterfly networks and fast Johnson-Lindenstrauss transforms as linear operators, fast and exact."""

from fjlt.ailon_chazelle import ailon_chazelle
from fjlt.ailon_liberty import ailon_liberty
from fjlt.butterfly import Butterfly
from fjlt.check import check_operator
from fjlt.count_sketch import count_sketch
from fjlt.gaussian import gaussian
from fjlt.hadamard import fwht
from fjlt.low_rank import LowRank, low_rank
from fjlt.moments import bilinear_variance, one_sided_error, two_sided_error
from fjlt.operator import MatrixOperator, Operator, as_operator, to_dense
from fjlt.product import Product
from fjlt.replacement import DenseReplacement
from fjlt.squared_norms import srht_squared_norms
from fjlt.srht import srht
from fjlt.truncated import TruncatedButterfly
from fjlt.weights import max_effective_weights, mean_effective_weights, min_effective_weights

__all__ = [
    "Butterfly",
    "DenseReplacement",
    "LowRank",
    "MatrixOperator",
    "Operator",
    "Product",
    "TruncatedButterfly",
    "ailon_chazelle",
    "ailon_liberty",
    "as_operator",
    "bilinear_variance",
    "check_operator",
    "count_sketch",
    "fwht",
    "gaussian",
    "low_rank",
    "max_effective_weights",
    "mean_effective_weights",
    "min_effective_weights",
    "one_sided_error",
    "srht",
    "srht_squared_norms",
    "to_dense",
    "two_sided_error",
]

__version__ = "0.1.0"
