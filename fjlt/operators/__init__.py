"""Linear operators: butterfly networks, their truncations, and the random embeddings from them."""

from fjlt.operators.butterfly import Butterfly
from fjlt.operators.conversion import MatrixOperator, as_operator, to_dense
from fjlt.operators.ensembles.clarkson_woodruff import count_sketch
from fjlt.operators.ensembles.dual_bch import ailon_liberty
from fjlt.operators.ensembles.gaussian_matrix import gaussian
from fjlt.operators.ensembles.kane_nelson import sparse_jl
from fjlt.operators.ensembles.sparse_projection import ailon_chazelle
from fjlt.operators.ensembles.subsampled_hadamard import srht
from fjlt.operators.operator import Operator
from fjlt.operators.product import Product
from fjlt.operators.replacement import DenseReplacement
from fjlt.operators.truncated import TruncatedButterfly

__all__ = [
    "Butterfly",
    "DenseReplacement",
    "MatrixOperator",
    "Operator",
    "Product",
    "TruncatedButterfly",
    "ailon_chazelle",
    "ailon_liberty",
    "as_operator",
    "count_sketch",
    "gaussian",
    "sparse_jl",
    "srht",
    "to_dense",
]
