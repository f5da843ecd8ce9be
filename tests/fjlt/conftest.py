"""One registry of operators: a new operator is one line here, and every test below runs on it."""

import numpy as np
import pytest

import fjlt


def _weights(n, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    shape = (n.bit_length() - 1, n, 2)
    w = rng.standard_normal(shape)
    return (w + 1j * rng.standard_normal(shape) if np.dtype(dtype).kind == "c" else w).astype(dtype)


DTYPES = [np.float32, np.float64, np.complex64, np.complex128]

OPERATORS = {
    "matrix": lambda: fjlt.MatrixOperator(np.arange(6.0).reshape(2, 3)),
    "matrix, complex64": lambda: fjlt.MatrixOperator(
        np.array([[1, 2j], [3, 4 - 1j]], dtype=np.complex64)
    ),
    "matrix adjoint": lambda: fjlt.MatrixOperator([[1, 2j, 3], [0, 4j, 5]]).H,
    "butterfly, n = 1": lambda: fjlt.Butterfly(np.empty((0, 1, 2), np.complex64)),
    "butterfly, n = 2": lambda: fjlt.Butterfly(_weights(2)),
    **{f"butterfly, {np.dtype(d)}": lambda d=d: fjlt.Butterfly(_weights(16, d)) for d in DTYPES},
    "hadamard": lambda: fjlt.Butterfly.hadamard(8),
    "identity": lambda: fjlt.Butterfly.identity(4),
    "random": lambda: fjlt.Butterfly.random(32, rng=0),
    "truncated": lambda: fjlt.TruncatedButterfly(_weights(8, np.complex128), [6, 0, 3]),
    "truncated, n = 11": lambda: fjlt.TruncatedButterfly(
        _weights(16, np.float32), [9, 2], n_inputs=11
    ),
    "srht": lambda: fjlt.srht(5, 16, rng=0),
    "srht, n = 1": lambda: fjlt.srht(1, 1, rng=0),
    "srht, n = 11": lambda: fjlt.srht(5, 11, rng=0),
    "gaussian": lambda: fjlt.gaussian(3, 7, rng=0),
    "count_sketch": lambda: fjlt.count_sketch(3, 9, rng=0),
    "sparse_jl": lambda: fjlt.sparse_jl(5, 9, rng=0, s=2),
    "combination": lambda: 2 * fjlt.gaussian(3, 4, rng=0) - 1j * fjlt.count_sketch(3, 4, rng=0),
    "ailon_chazelle": lambda: fjlt.ailon_chazelle(3, 11, rng=0),
    "ailon_chazelle, n = 1": lambda: fjlt.ailon_chazelle(1, 1, rng=0),
    "ailon_liberty": lambda: fjlt.ailon_liberty(3, 11, rng=0),
    "ailon_liberty, 0 rounds": lambda: fjlt.ailon_liberty(7, 64, rng=0, rounds=0),
    "product": lambda: fjlt.Product(fjlt.gaussian(2, 3, rng=0), [[1, 2j], [3, 4], [5j, 6]]),
    "dft": lambda: fjlt.dft(8),
    "dct": lambda: fjlt.dct(8),
    "dst, type 3": lambda: fjlt.dst(8, 3),
    "circulant, complex": lambda: fjlt.circulant([1, 2j, 3, 4]),
    "toeplitz": lambda: fjlt.toeplitz([1, 2, 3], [1, 4, 5, 6]),
    "replacement": lambda: fjlt.DenseReplacement.from_dense(
        np.arange(35.0).reshape(7, 5), 3, 4, rng=0
    ),
    "replacement, complex": lambda: fjlt.DenseReplacement(
        [[1j, 2]], [[1], [1 + 1j]], [[1, 1j], [2, 3j]]
    ),
}

ENSEMBLES = [
    fjlt.srht,
    fjlt.gaussian,
    fjlt.count_sketch,
    fjlt.sparse_jl,
    fjlt.ailon_chazelle,
    fjlt.ailon_liberty,
]


@pytest.fixture(params=OPERATORS)
def operator(request):
    return OPERATORS[request.param]()


@pytest.fixture(params=ENSEMBLES, ids=lambda f: f.__name__)
def ensemble(request):
    return request.param


@pytest.fixture(params=DTYPES, ids=lambda d: np.dtype(d).name)
def dtype(request):
    return np.dtype(request.param)


@pytest.fixture(params=[1, 2, 4, 16])
def weights(request, dtype):
    """Random weights of butterflies of sizes 1 to 16, in every dtype."""
    return _weights(request.param, dtype, seed=1)


@pytest.fixture
def dense_layers():
    """Dense layers straight from the definition, by loops; exact for integer and object weights."""

    def layers(weights):
        p, n, _ = weights.shape
        result = []
        for i in range(p):
            layer = np.zeros((n, n), dtype=weights.dtype)
            for j in range(n):
                layer[j, j] += weights[i, j, 0]
                layer[j, j ^ (1 << i)] += weights[i, j, 1]
            result.append(layer)
        return result

    return layers


@pytest.fixture
def dense_network(dense_layers):
    """Dense matrix of a butterfly, the product of the loops' layers, layer 0 first."""

    def network(weights):
        product = np.eye(weights.shape[1], dtype=weights.dtype)
        for layer in dense_layers(weights):
            product = layer @ product
        return product

    return network
