"""The main operations, timed for a history.

Usage: pytest benchmarks --override-ini addopts= --benchmark-autosave
"""

import numpy as np
import pytest

from fjlt import Butterfly, fwht, srht

SHAPE = (1024, 4096)


@pytest.fixture(params=[np.float32, np.float64])
def x(request):
    """Standard normal numbers."""
    return np.random.default_rng(0).standard_normal(SHAPE).astype(request.param)


def test_copy(benchmark, x):
    """A copy of the array, the floor."""
    benchmark(np.copyto, np.empty_like(x), x)


def test_fwht(benchmark, x):
    """The Walsh-Hadamard transform along axis 0."""
    out = np.empty_like(x)
    benchmark(lambda: fwht(x, out=out))


def test_butterfly(benchmark, x):
    """A product with a butterfly of general weights."""
    B = Butterfly(np.random.default_rng(0).standard_normal((10, 1024, 2)).astype(x.dtype))
    benchmark(lambda: B @ x)


def test_gradient(benchmark, x):
    """Both gradients of a butterfly of general weights."""
    B = Butterfly(np.random.default_rng(0).standard_normal((10, 1024, 2)).astype(x.dtype))
    benchmark(lambda: B.vjp(x, x))


def test_srht(benchmark, x):
    """An SRHT with 64 outputs."""
    J = srht(64, 1024, rng=0, dtype=x.dtype)
    benchmark(lambda: J @ x)
