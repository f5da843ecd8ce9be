"""Butterfly networks and fast Johnson-Lindenstrauss transforms as linear operators."""

from fjlt.bounds import (
    Bound,
    MeasuredMinDim,
    MinDim,
    min_dim,
    min_dim_measured,
    srht_failure_bound,
    srht_spike_failure,
)
from fjlt.check import check_operator
from fjlt.embedding.exact_law import gaussian_failure
from fjlt.embedding.isometry import RestrictedIsometry, restricted_isometry
from fjlt.embedding.kept_norms import JLTest, jl_test
from fjlt.embedding.pairs import distortion
from fjlt.embedding.ratios import Distortion
from fjlt.embedding.squared_norms import srht_squared_norms
from fjlt.embedding.subspaces import SubspaceDistortion, subspace_distortion
from fjlt.factorisation import Factorisation, factorise
from fjlt.hadamard import fwht
from fjlt.moments import bilinear_variance, one_sided_error, two_sided_error
from fjlt.operators import (
    Butterfly,
    DenseReplacement,
    MatrixOperator,
    Operator,
    Product,
    TruncatedButterfly,
    ailon_chazelle,
    ailon_liberty,
    as_operator,
    count_sketch,
    gaussian,
    sparse_jl,
    srht,
    to_dense,
)
from fjlt.sketching.least_squares import LeastSquares, lstsq
from fjlt.sketching.low_rank_approximation import LowRank, low_rank
from fjlt.transforms import circulant, dct, dft, dst, idft, toeplitz
from fjlt.weights import max_effective_weights, mean_effective_weights, min_effective_weights

__all__ = [
    "Bound",
    "Butterfly",
    "DenseReplacement",
    "Distortion",
    "Factorisation",
    "JLTest",
    "LeastSquares",
    "LowRank",
    "MatrixOperator",
    "MeasuredMinDim",
    "MinDim",
    "Operator",
    "Product",
    "RestrictedIsometry",
    "SubspaceDistortion",
    "TruncatedButterfly",
    "ailon_chazelle",
    "ailon_liberty",
    "as_operator",
    "bilinear_variance",
    "check_operator",
    "circulant",
    "count_sketch",
    "dct",
    "dft",
    "distortion",
    "dst",
    "factorise",
    "fwht",
    "gaussian",
    "gaussian_failure",
    "idft",
    "jl_test",
    "low_rank",
    "lstsq",
    "max_effective_weights",
    "mean_effective_weights",
    "min_dim",
    "min_dim_measured",
    "min_effective_weights",
    "one_sided_error",
    "restricted_isometry",
    "sparse_jl",
    "srht",
    "srht_failure_bound",
    "srht_spike_failure",
    "srht_squared_norms",
    "subspace_distortion",
    "to_dense",
    "toeplitz",
    "two_sided_error",
]

__version__ = "0.1.0"
