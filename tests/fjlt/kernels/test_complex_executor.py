"""The compiled loop against its definition, layer by layer, with any order of layers."""

import numpy as np
import pytest

from fjlt.kernels.complex_executor import apply_layers


@pytest.mark.parametrize("columns", [0, 1, 2, 33])
@pytest.mark.parametrize("bits", [[], [0], [2], [1, 0, 2], [0, 0]])
def test_layers_in_place(bits, columns, dtype):
    rng = np.random.default_rng(0)
    w = rng.integers(-3, 4, (len(bits), 8, 2)).astype(dtype)
    x = rng.integers(-3, 4, (8, columns)).astype(dtype)
    expected = x.copy()
    for layer, i in zip(w, bits, strict=True):
        expected = layer[:, :1] * expected + layer[:, 1:] * expected[np.arange(8) ^ (1 << i)]
    apply_layers(w, np.array([1 << i for i in bits], np.int64), x)
    np.testing.assert_array_equal(x, expected)
