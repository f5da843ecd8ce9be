"""The main operations, for a history: pytest benchmarks --override-ini addopts=
--benchmark-autosave."""

import numpy as np
import pytest

from fjlt import Butterfly, fwht, srht

SHAPE = (1024, 4096)


@pytest.fixture(params=[np.float32, np.float64])
def x(request):
    """Normal numbers."""
    return np.random.default_rng(0).standard_normal(SHAPE).astype(request.param)


def test_copy(benchmark, x):
    """The floor."""
    benchmark(np.copyto, np.empty_like(x), x)


def test_fwht(benchmark, x):
    """Along axis 0."""
    out = np.empty_like(x)
    benchmark(lambda: fwht(x, out=out))


def test_butterfly(benchmark, x):
    """General weights."""
    B = Butterfly(np.random.default_rng(0).standard_normal((10, 1024, 2)).astype(x.dtype))
    benchmark(lambda: B @ x)


def test_gradient(benchmark, x):
    """Both gradients of general weights."""
    B = Butterfly(np.random.default_rng(0).standard_normal((10, 1024, 2)).astype(x.dtype))
    benchmark(lambda: B.vjp(x, x))


def test_srht(benchmark, x):
    """64 outputs."""
    J = srht(64, 1024, rng=0, dtype=x.dtype)
    benchmark(lambda: J @ x)
