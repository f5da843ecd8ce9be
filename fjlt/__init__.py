"""Butterfly networks and fast Johnson-Lindenstrauss transforms as linear operators, fast and
exact."""

from fjlt.check import check_operator
from fjlt.hadamard import fwht
from fjlt.low_rank_approximation import LowRank, low_rank
from fjlt.moments import bilinear_variance, one_sided_error, two_sided_error
from fjlt.operators.butterfly import Butterfly
from fjlt.operators.clarkson_woodruff import count_sketch
from fjlt.operators.dual_bch import ailon_liberty
from fjlt.operators.gaussian_matrix import gaussian
from fjlt.operators.operator import MatrixOperator, Operator, as_operator, to_dense
from fjlt.operators.product import Product
from fjlt.operators.replacement import DenseReplacement
from fjlt.operators.sparse_projection import ailon_chazelle
from fjlt.operators.subsampled_hadamard import srht
from fjlt.operators.truncated import TruncatedButterfly
from fjlt.squared_norms import srht_squared_norms
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
