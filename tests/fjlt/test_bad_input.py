"""Every public name refuses bad input, with the offending numbers and the remedy in the message."""

import numpy as np
import pytest
from scipy import sparse

import fjlt

NAN, INF = np.array([[1.0, np.nan]]), np.array([[np.inf, 1.0]])
W1 = np.ones((2, 4, 2))

SIZES = [  # for every embedding (k, n)
    ((0, 4), ValueError, r"k = 0 .* (1 <= k <= 4|k >= 1)"),
    ((-1, 4), ValueError, r"k = -1 .* (1 <= k <= 4|k >= 1)"),
    ((5, 4), ValueError, r"k = 5"),
    ((1, 0), ValueError, r"n = 0 .* n >= 1"),
    ((2.0, 4), TypeError, r"k must be an integer, got 2\.0"),
    ((1, "4"), TypeError, r"n must be an integer, got '4'"),
    ((True, 4), TypeError, r"k must be an integer, got True"),
    ((1, None), TypeError, r"n must be an integer, got None"),
    ((1, np.nan), TypeError, r"n must be an integer, got nan"),
    ((1, 16, "seed"), TypeError, r"."),
    ((1, 16, -1), ValueError, r"."),
]

MATRICES = [  # for everything that takes a matrix first
    (NAN, ValueError, r"1 entries that are NaN or infinite, the first at index \(0, 1\)"),
    (INF, ValueError, r"1 entries that are NaN or infinite, the first at index \(0, 0\)"),
    (np.ones((0, 2)), ValueError, r"non-empty matrix, got shape \(0, 2\)"),
    (np.ones(3), ValueError, r"matrix, got shape \(3,\)"),
    (np.ones((2, 2), np.float16), TypeError, r"dtype float16; use float32, .*astype"),
    (np.ones((2, 2), np.longdouble), TypeError, r"dtype (float|longdouble)\d*; use float32"),
    (np.array([[1, None]]), TypeError, r"dtype object; use"),
    ([["a"]], TypeError, r"dtype <U1; use"),
    ([[1, 2], [3]], ValueError, r"ragged"),
    (np.ma.masked_equal([[1.0, 2.0]], 2), TypeError, r"masked .*filled"),
    (None, TypeError, r"dtype object"),
]

COUNTS = [
    ((0, 1), ValueError, r"n = 0"),
    ((4, 0), ValueError, r"l = 0 .* 1 <= l <= 4"),
    ((4, 5), ValueError, r"l = 5 .* 1 <= l <= 4"),
    ((4.0, 1), TypeError, r"n must be an integer"),
]

ERRORS = [  # for the moments: (W, x, k1)
    ((np.eye(4), np.ones(3), 1), ValueError, r"x has length 3, expected 4"),
    (
        (np.eye(4), np.ones((4, 1)), 1),
        ValueError,
        r"x must be a non-empty vector, got shape \(4, 1\)",
    ),
    ((np.eye(4), np.ones(4), 0), ValueError, r"k1 = 0 .* 1 <= k1 <= 4"),
    ((np.eye(4), np.ones(4), 5), ValueError, r"k1 = 5 .* 1 <= k1 <= 4"),
    ((np.eye(4) * 1j, np.ones(4), 1), TypeError, r"W is complex"),
    ((np.eye(4), np.ones(4) * 1j, 1), TypeError, r"x is complex"),
    (
        (np.eye(3), np.ones(3), 1),
        ValueError,
        r"n[12] = 3 is not a power of 2.* pad W with zeros to 4",
    ),
    ((np.eye(4), [1, 2, np.nan, 0], 1), ValueError, r"x has 1 entries"),
]

weights = fjlt.max_effective_weights, fjlt.min_effective_weights, fjlt.mean_effective_weights
embeddings = (
    fjlt.srht,
    fjlt.gaussian,
    fjlt.count_sketch,
    fjlt.sparse_jl,
    fjlt.ailon_chazelle,
    fjlt.ailon_liberty,
)

CALLS = [
    *((f, *case) for f in embeddings for case in SIZES),
    *((f, *case) for f in weights for case in COUNTS),
    *(
        (f, (m,), error, text)
        for f in (fjlt.MatrixOperator, fjlt.as_operator, fjlt.to_dense, fjlt.Product)
        for m, error, text in MATRICES
    ),
    *((fjlt.low_rank, (m, np.eye(2), 1), error, text) for m, error, text in MATRICES),
    *((fjlt.low_rank, (np.eye(2), m, 1), error, text) for m, error, text in MATRICES),
    *((fjlt.DenseReplacement.from_dense, (m, 1, 1), error, text) for m, error, text in MATRICES),
    *(
        (f, (m, [1, 1], *ks), error, text)
        for f, ks in ((fjlt.one_sided_error, (1,)), (fjlt.two_sided_error, (1, 1)))
        for m, error, text in MATRICES
    ),
    *((fjlt.one_sided_error, args, error, text) for args, error, text in ERRORS),
    *((fjlt.two_sided_error, (*args, 1), error, text) for args, error, text in ERRORS),
    *(
        (fjlt.bilinear_variance, (w, np.ones(len(w)), *rest, 1), error, text)
        for (w, *rest), error, text in ERRORS
    ),
    (fjlt.two_sided_error, (np.eye(4), np.ones(4), 1, 5), ValueError, r"k2 = 5 .* 1 <= k2 <= 4"),
    (
        fjlt.two_sided_error,
        (np.ones((3, 4)), np.ones(4), 1, 1),
        ValueError,
        r"n2 = 3 is not a power of 2",
    ),
    (
        fjlt.bilinear_variance,
        (np.ones((4, 2)), np.ones(2), np.ones(2), 1, 1),
        ValueError,
        r"u has length 2, expected 4",
    ),
    (fjlt.bilinear_variance, (np.eye(4), np.ones(4), np.ones(4), 1, 0), ValueError, r"k2 = 0"),
    (
        fjlt.one_sided_error,
        (np.eye(4), np.ones(4), 1, "count_sketch"),
        ValueError,
        r"'count_sketch' is unknown; use \"srht\"",
    ),
    (fjlt.min_dim, (1, 0.5), ValueError, r"n_points = 1 .* n_points >= 2"),
    (fjlt.min_dim, (2, 0.5), ValueError, r"n = None: the bounds for 'srht' need the dimension n"),
    (fjlt.min_dim, (2, 0.5, 0.1, "all", 4), ValueError, r"ensemble = 'all' is unknown"),
    (fjlt.min_dim, (2, 0.5, 0.1, fjlt.srht, 4), TypeError, r"measure with fjlt.min_dim_measured"),
    (fjlt.min_dim, (2, 1.5, 0.1, "srht", 4), ValueError, r"eps = 1\.5"),
    (fjlt.min_dim, (2, 0.5, np.nan, "srht", 4), ValueError, r"delta = nan"),
    (fjlt.srht_failure_bound, (5, 4, 0.5), ValueError, r"k = 5 .* did you mean k = 4, n = 5"),
    (fjlt.srht_spike_failure, (5, 4, 0.5), ValueError, r"k = 5 .* did you mean k = 4, n = 5"),
    (fjlt.gaussian_failure, (0, 0.5), ValueError, r"k = 0"),
    *((fjlt.min_dim_measured, (m, 0.5), error, text) for m, error, text in MATRICES),
    (fjlt.ailon_chazelle, (1, 4, 0, 3), TypeError, r"positional"),
    (
        lambda: fjlt.ailon_chazelle(1, 4, density=0),
        (),
        ValueError,
        r"density = 0.* 0.0 < density <= 1",
    ),
    (lambda: fjlt.ailon_chazelle(1, 4, density=1.5), (), ValueError, r"density = 1\.5"),
    (lambda: fjlt.ailon_chazelle(1, 4, density=np.nan), (), ValueError, r"density = nan"),
    (
        lambda: fjlt.ailon_chazelle(1, 4, density="1"),
        (),
        TypeError,
        r"density must be a real number, got '1'",
    ),
    (
        lambda: fjlt.ailon_chazelle(1, 4, n_points=1),
        (),
        ValueError,
        r"n_points = 1 .* n_points >= 2",
    ),
    (
        lambda: fjlt.ailon_chazelle(1, 4, n_points=3, density=1),
        (),
        ValueError,
        r"n_points = 3 and density = 1 .* give one",
    ),
    (lambda: fjlt.ailon_liberty(1, 4, rounds=-1), (), ValueError, r"rounds = -1"),
    (
        fjlt.ailon_liberty,
        (9, 64),
        ValueError,
        r"k = 9 is too large for n = 64: .* 7 rows; pad .* n = 256, or use srht",
    ),
    (
        fjlt.Butterfly,
        (np.ones((1, 3, 2)),),
        ValueError,
        r"3 is not a power of 2; pad with zeros to 4",
    ),
    (fjlt.Butterfly, (np.ones((1, 4, 2)),), ValueError, r"has 1 layers; .* p = log2 n = 2"),
    (fjlt.Butterfly, (np.ones((2, 4)),), ValueError, r"shape \(p, 2\*\*p, 2\), got \(2, 4\)"),
    (fjlt.Butterfly, (np.ones((0, 0, 2)),), ValueError, r"= 0 is out of range"),
    (fjlt.Butterfly, (W1 * np.nan,), ValueError, r"16 entries that are NaN"),
    (fjlt.Butterfly, (W1.astype(np.float16),), TypeError, r"float16"),
    (fjlt.Butterfly.hadamard, (6,), ValueError, r"n = 6 is not a power of 2; .* 8"),
    (fjlt.Butterfly.hadamard, (4, [1, 1]), ValueError, r"signs has length 2, expected 4"),
    (fjlt.Butterfly.hadamard, (1, [-1]), ValueError, r"size 1 has no layer"),
    (fjlt.Butterfly.identity, (0,), ValueError, r"n = 0"),
    (fjlt.Butterfly.random, (-4,), ValueError, r"n = -4"),
    (fjlt.Butterfly(W1).layer, (2,), ValueError, r"i = 2 .* 0 <= i <= 1"),
    (
        fjlt.Butterfly(W1).vjp,
        (np.ones(3), np.ones(4)),
        ValueError,
        r"x must have shape \(4,\) or \(4, d\), got \(3,\)",
    ),
    (
        fjlt.Butterfly(W1).vjp,
        (np.ones(4), np.ones((4, 2))),
        ValueError,
        r"equally many columns, got shapes \(4,\) and \(4, 2\)",
    ),
    (fjlt.Butterfly(W1).vjp, (np.full(4, np.nan), np.ones(4)), ValueError, r"x has 4 entries"),
    (fjlt.TruncatedButterfly, (W1, []), ValueError, r"rows is empty"),
    (fjlt.TruncatedButterfly, (W1, [4]), ValueError, r"row = 4 .* 0 <= row <= 3"),
    (fjlt.TruncatedButterfly, (W1, [-1]), ValueError, r"row = -1"),
    (fjlt.TruncatedButterfly, (W1, [1, 2, 1]), ValueError, r"repeats \[1\]"),
    (fjlt.TruncatedButterfly, (W1, [0.0]), TypeError, r"row must be an integer, got 0\.0"),
    (fjlt.TruncatedButterfly, (W1, 2), TypeError, r"rows must be a sequence"),
    (fjlt.TruncatedButterfly, (W1, "01"), TypeError, r"rows must be a sequence"),
    (fjlt.TruncatedButterfly, (W1, [0], 5), ValueError, r"n_inputs = 5 .* 1 <= n_inputs <= 4"),
    (fjlt.TruncatedButterfly, (W1, [0], 0), ValueError, r"n_inputs = 0"),
    (
        fjlt.TruncatedButterfly(W1, [0]).vjp,
        (np.ones(4), np.ones(2)),
        ValueError,
        r"g must have shape \(1,\)",
    ),
    (
        fjlt.TruncatedButterfly(W1, [0]).vjp,
        (np.ones((4, 2)), np.ones((1, 3))),
        ValueError,
        r"equally many columns",
    ),
    (
        fjlt.fwht,
        (np.ones(3),),
        ValueError,
        r"x\.shape\[0\] = 3 is neither a power of 2 nor 12, .* pad with zeros to 4",
    ),
    (fjlt.fwht, (np.ones((4, 0)), 1), ValueError, r"x\.shape\[1\] = 0"),
    (fjlt.fwht, (np.ones(4), 1), ValueError, r"axis = 1 .* -1 <= axis <= 0"),
    (fjlt.fwht, (np.ones(4), 0.0), TypeError, r"axis must be an integer"),
    (fjlt.fwht, (5.0,), ValueError, r"single number"),
    (fjlt.fwht, ([1, np.nan],), ValueError, r"x has 1 entries"),
    (fjlt.fwht, (np.ones(4, np.float16),), TypeError, r"float16"),
    (fjlt.fwht, (sparse.csr_array(np.eye(2)),), TypeError, r"sparse; pass x\.toarray\(\)"),
    (fjlt.MatrixOperator, (sparse.csr_array([[np.nan]]),), ValueError, r"NaN"),
    (
        fjlt.MatrixOperator,
        (sparse.csr_array((0, 2)),),
        ValueError,
        r"non-empty matrix, got shape \(0, 2\)",
    ),
    (
        fjlt.MatrixOperator,
        (sparse.coo_array([1.0, 2.0]),),
        ValueError,
        r"non-empty matrix, got shape \(2,\)",
    ),
    (fjlt.Product, (), ValueError, r"at least one factor"),
    (fjlt.Product, (np.eye(2), np.eye(3)), ValueError, r"2 columns against 3 rows"),
    *((fjlt.factorise, (m,), error, text) for m, error, text in MATRICES),
    (fjlt.factorise, (np.eye(3),), ValueError, r"shape \(3, 3\).* rows=range\(3\)"),
    (fjlt.factorise, (np.ones((2, 4)),), ValueError, r"shape \(2, 4\); without rows"),
    (fjlt.factorise, (np.eye(1),), ValueError, r"of size 2, 4, 8"),
    (fjlt.factorise, (np.eye(2), [0]), ValueError, r"rows has 1 outputs, but A has 2 rows"),
    (fjlt.factorise, (np.eye(2), [1, 1]), ValueError, r"rows repeats \[1\]"),
    (fjlt.factorise, (np.eye(2), [0, 2**40]), ValueError, r"row = 1099511627776 is out of range"),
    (lambda: fjlt.factorise(np.eye(2), order="no"), (), ValueError, r"'no' .* balanced, left, ri"),
    (lambda: fjlt.factorise(np.eye(2), polish=-1), (), ValueError, r"polish = -1"),
    *(
        (f, (n,), error, text)
        for f in (fjlt.dft, fjlt.idft, fjlt.dct, fjlt.dst)
        for n, error, text in (
            (6, ValueError, r"n = 6 is not a power of 2; .* 8"),
            (0, ValueError, r"n = 0"),
            (4.0, TypeError, r"n must be an integer"),
        )
    ),
    *((f, (4, "no"), ValueError, r"'no' .* ortho") for f in (fjlt.dft, fjlt.idft)),
    *((f, (4, 2, "no"), ValueError, r"'no' .* ortho") for f in (fjlt.dct, fjlt.dst)),
    *((f, (4, 1), ValueError, r"type = 1 .* use type 2, 3 or 4") for f in (fjlt.dct, fjlt.dst)),
    *((f, (4, 5), ValueError, r"type = 5") for f in (fjlt.dct, fjlt.dst)),
    *((f, (1,), ValueError, r"n = 1 .* n >= 2") for f in (fjlt.dct, fjlt.dst)),
    *((f, ([1, np.nan],), ValueError, r"c has 1 entries") for f in (fjlt.circulant, fjlt.toeplitz)),
    *((f, ([],), ValueError, r"c must be a non-empty") for f in (fjlt.circulant, fjlt.toeplitz)),
    (fjlt.toeplitz, ([1], np.eye(2)), ValueError, r"r must be a non-empty vector"),
    (lambda: fjlt.sparse_jl(3, 4, s=0), (), ValueError, r"s = 0 .* 1 <= s <= 3"),
    (lambda: fjlt.sparse_jl(3, 4, s=4), (), ValueError, r"s = 4 .* 1 <= s <= 3"),
    (lambda: fjlt.sparse_jl(3, 4, s=2.0), (), TypeError, r"s must be an integer"),
    *((fjlt.lstsq, (m, np.ones(2)), error, text) for m, error, text in MATRICES),
    (fjlt.lstsq, (np.eye(3)[:2], [1, 2]), ValueError, r"shape \(2, 3\), fewer rows than col"),
    (fjlt.lstsq, (np.eye(2), [1, 2, 3]), ValueError, r"b must have shape \(2,\) .* got \(3,\)"),
    (fjlt.lstsq, (np.eye(2), np.ones((2, 0))), ValueError, r"got \(2, 0\)"),
    (fjlt.lstsq, (np.eye(2), [1, np.nan]), ValueError, r"b has 1 entries"),
    (fjlt.lstsq, (np.eye(2), ["1", "2"]), TypeError, r"b has dtype"),
    (lambda: fjlt.lstsq(np.eye(2), [1, 2], k=1), (), ValueError, r"k = 1 .* k >= 2"),
    (lambda: fjlt.lstsq(np.eye(2), [1, 2], rtol=0), (), ValueError, r"rtol = 0"),
    (
        lambda: fjlt.lstsq(np.eye(2), [1, 2], k=2, sketch=np.eye(2)),
        (),
        ValueError,
        r"k = 2 and a sketch are both given",
    ),
    (
        lambda: fjlt.lstsq(np.eye(3)[:, :2], [1, 2, 3], sketch=np.ones((1, 3))),
        (),
        ValueError,
        r"sketch must have shape \(k, 3\) with k >= 2, got \(1, 3\)",
    ),
    (fjlt.low_rank, (np.eye(3), np.eye(2), 1), ValueError, r"sketch has 2 columns, expected 3"),
    (fjlt.low_rank, (np.eye(3), np.eye(3), 0), ValueError, r"k = 0 .* 1 <= k <= 3"),
    (fjlt.low_rank, (np.ones((5, 3)), np.eye(5), 4), ValueError, r"k = 4 .* 1 <= k <= 3"),
    (
        fjlt.DenseReplacement,
        (np.ones((2, 3)), np.ones((3, 2)), np.ones((2, 3))),
        ValueError,
        r"core has 3 rows, expected 2",
    ),
    (
        fjlt.DenseReplacement,
        (np.ones((2, 3)), np.ones((2, 3)), np.ones((2, 3))),
        ValueError,
        r"core has 3 columns, expected 2",
    ),
    (
        fjlt.DenseReplacement,
        (np.ones((2, 3)), NAN, np.ones((2, 3))),
        ValueError,
        r"core has 1 entries",
    ),
    (
        fjlt.DenseReplacement.from_dense,
        (np.ones((4, 3)), 4, 1),
        ValueError,
        r"k1 = 4 .* 1 <= k1 <= 3",
    ),
    (
        fjlt.DenseReplacement.from_dense,
        (np.ones((4, 3)), 1, 5),
        ValueError,
        r"k2 = 5 .* 1 <= k2 <= 4",
    ),
    (fjlt.DenseReplacement.from_dense, (np.ones((4, 3)), 0, 1), ValueError, r"k1 = 0"),
    *(
        (f, (64, 32), ValueError, r"k = 64 .* n = 32 .* did you mean k = 32, n = 64\?")
        for f in (fjlt.srht, fjlt.gaussian, fjlt.count_sketch, fjlt.ailon_chazelle)
    ),
    (fjlt.srht, (1, 2, None, np.float16), ValueError, r"dtype = float16: use float32 or float64"),
    (fjlt.srht_squared_norms, ([1, np.nan], 1, 10), ValueError, r"x has 1 entries"),
    (fjlt.srht_squared_norms, ([1j], 1, 10), TypeError, r"x is complex"),
    (fjlt.srht_squared_norms, ([1, 2], 3, 10), ValueError, r"k = 3 .* 1 <= k <= 2"),
    (fjlt.srht_squared_norms, ([1, 2], 1, 0), ValueError, r"draws = 0"),
    *((fjlt.distortion, (m, np.eye(2)), error, text) for m, error, text in MATRICES),
    *((fjlt.distortion, (np.eye(2), m), error, text) for m, error, text in MATRICES),
    *((fjlt.subspace_distortion, (m, np.eye(2)), error, text) for m, error, text in MATRICES),
    *((fjlt.subspace_distortion, (np.eye(2), m), error, text) for m, error, text in MATRICES),
    *((fjlt.restricted_isometry, (m, 1), error, text) for m, error, text in MATRICES),
    (fjlt.restricted_isometry, (np.eye(2), 3), ValueError, r"sparsity = 3 .* <= 2"),
    (fjlt.jl_test, ("srht", 3, 2, 0.5, 0.1), ValueError, r"k = 3 outputs of n = 2"),
    (fjlt.check_operator, ("x",), TypeError, r"must be a LinearOperator, got str"),
]


@pytest.mark.parametrize(("function", "args", "error", "text"), CALLS)
def test_is_refused(function, args, error, text):
    with pytest.raises(error, match=text):
        function(*args)


def test_no_public_name_is_left_out():
    tried = {function for function, *_ in CALLS} | {getattr(f, "__self__", None) for f, *_ in CALLS}
    without_arguments = {
        "Bound",
        "Distortion",
        "Factorisation",
        "JLTest",
        "LeastSquares",
        "LowRank",
        "MeasuredMinDim",
        "MinDim",
        "Operator",
        "RestrictedIsometry",
        "SubspaceDistortion",
    }
    for name in set(fjlt.__all__) - without_arguments:
        assert getattr(fjlt, name) in tried, name


def test_all_is_what_is_public():
    import types

    for name in fjlt.__all__:
        getattr(fjlt, name)  # names load on demand
    public = {
        n
        for n, v in vars(fjlt).items()
        if not n.startswith("_") and not isinstance(v, types.ModuleType)
    }
    assert public == set(fjlt.__all__)
