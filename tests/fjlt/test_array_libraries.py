"""Arrays of other libraries against NumPy's: the same numbers, in the same library, uncopied."""

import pickle
import resource
import subprocess
import sys
from pathlib import Path

import dask.array as da
import numpy as np
import pytest
import torch
from dask.base import tokenize

import fjlt
from fjlt.array_libraries import shared
from fjlt.operators import application as module

J = fjlt.srht(3, 8, rng=0)
PRODUCTS = {
    "J @ x": (lambda op, x: op @ x, (8, 5)),
    "vector": (lambda op, x: op @ x, (8,)),
    "batch": (lambda op, x: op @ x, (2, 8, 5)),
    "matvec": (lambda op, x: op.matvec(x), (4, 8)),
    "x @ J": (lambda op, x: x @ op, (6, 3)),
    "fwht": (lambda op, x: fjlt.fwht(x, axis=-1), (3, 8)),
}


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex64, torch.int32])
def test_a_tensor_gives_a_tensor(product, dtype):
    apply, shape = PRODUCTS[product]
    x = torch.arange(1, 1 + int(np.prod(shape))).reshape(shape).to(dtype)
    y = apply(J, x)
    assert isinstance(y, torch.Tensor)
    np.testing.assert_array_equal(y.numpy(), apply(J, x.numpy()))


def test_a_tensor_is_read_where_it_lies_and_written_where_it_is_told():
    x = torch.ones(8, 2, dtype=torch.float64)
    read, back = shared(x, "x")
    assert read.ctypes.data == x.data_ptr()
    y = np.ones(3)
    assert back(y).data_ptr() == y.ctypes.data
    if shared(x, "x")[0].flags.writeable:  # NumPy before 2.2 does not write to shared memory
        assert fjlt.fwht(x, out=x) is x
        np.testing.assert_allclose(x[1:], 0)


B, D = fjlt.Butterfly.random(8, rng=0), fjlt.srht(3, 8, rng=0).to_dense()
AT_ONCE = {
    "low_rank": lambda x: fjlt.low_rank(x, D, 2)[:2],
    "lstsq": lambda x: fjlt.lstsq(D.T, x, rng=0)[:2],
    "vjp": lambda x: B.vjp(x, D.T[:, :2]),
    "vjp, truncated": lambda x: J.vjp(x, D[:, :2]),
    "weights_gradient": lambda x: (J.weights_gradient(x, D[:, :2]),),
    "to_dense": lambda x: (fjlt.to_dense(x),),
}
MEASURES = {
    "distortion": lambda x: fjlt.distortion(D, x).ratios,
    "quantiles": lambda x: fjlt.distortion(D, D.T).quantiles(x / 9),
    "subspace_distortion": lambda x: fjlt.subspace_distortion(D, x).lowest,
    "jl_test": lambda x: fjlt.jl_test("srht", 2, x[:, 0], 0.5, 0.01).witness,
    "srht_squared_norms": lambda x: fjlt.srht_squared_norms(x[:, 0], 2, 3, rng=0),
}


@pytest.mark.parametrize("name", AT_ONCE)
@pytest.mark.parametrize("dtype", [torch.float32, torch.complex128, torch.int32])
def test_what_is_computed_at_once_stays_in_its_library(name, dtype):
    """Factors, solutions and gradients: the numbers are those of NumPy, and x is not written to."""
    x = torch.tensor([[1, 2], [3, 5], [0, 1], [2, 2], [1, 1], [4, 0], [2, 1], [0, 3]]).to(dtype)
    before, expected = x.clone(), AT_ONCE[name](x.numpy())
    for y, reference in zip(AT_ONCE[name](x), expected, strict=True):
        assert isinstance(y, torch.Tensor)
        np.testing.assert_array_equal(y.numpy(), reference)
        y.zero_()
    assert torch.equal(x, before)
    for y, reference in zip(AT_ONCE[name](x.tolist()), expected, strict=True):
        assert type(y) is np.ndarray
        np.testing.assert_allclose(y, reference, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", AT_ONCE)
def test_what_is_computed_at_once_refuses_lazy_and_traced_arrays(name):
    with pytest.raises(TypeError, match=r"^(X|b|x|operator) is a Dask array.*\.compute\(\)"):
        AT_ONCE[name](da.ones((8, 2)))
    with pytest.raises(TypeError, match=r"^(X|b|x|operator), a Tensor of torch.*\.detach\(\)"):
        AT_ONCE[name](torch.ones(8, 2, requires_grad=True))


@pytest.mark.parametrize("name", MEASURES)
def test_measurements_are_arrays_of_numpy(name):
    x = torch.tensor([[1.0, 0.0], [2.0, 0.0], [4.0, 1.0], [8.0, 2.0]]).repeat(2, 1)
    found = MEASURES[name](x)
    assert type(found) is np.ndarray
    np.testing.assert_array_equal(found, MEASURES[name](x.numpy()))


class Elsewhere:
    """A tensor of an accelerator, as DLPack tells of it."""

    device = "cuda:0"
    __module__ = "torch"

    def __dlpack_device__(self):
        return (2, 0)

    def __dlpack__(self, **options):
        raise AssertionError("read")


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (Elsewhere(), r"x, a Elsewhere of torch, is on the device cuda:0; .* x\.cpu\(\)"),
        (torch.ones(8, device="meta"), "Tensor of torch, has no memory"),
        (torch.ones(8, requires_grad=True), r"cannot be read by NumPy: .*grad.* x\.detach\(\)"),
        (torch.ones(8, dtype=torch.bfloat16), "cannot be read by NumPy: .*dtype"),
        (torch.ones(8, dtype=torch.float16), "x has dtype float16"),
        (torch.ones(8).to_sparse(), "cannot be read by NumPy: .*layout"),
    ],
)
def test_what_numpy_cannot_read_is_refused(x, message):
    for product in (J.dot, J.matvec, J.T.rdot, fjlt.fwht):
        with pytest.raises(TypeError, match=message):
            product(x)
    with pytest.raises(TypeError, match=message.replace("x,", "matrix,").replace("x", ".*")):
        fjlt.MatrixOperator(x)


def test_arrays_of_the_standard_keep_their_library():
    """A library in a few lines: an array that only DLPack can read."""

    class Other:
        def __init__(self, a):
            self.a = a

        def __array_namespace__(self, api_version=None):
            return Namespace

        def __dlpack__(self, **options):
            return self.a.__dlpack__(**options)

        def __dlpack_device__(self):
            return self.a.__dlpack_device__()

        def __array__(self, *_):
            raise AssertionError("converted")

        def __rmatmul__(self, other):
            return NotImplemented

    class Namespace:
        __name__ = "other"

        @staticmethod
        def from_dlpack(a):
            return Other(np.from_dlpack(a))

    x = np.random.default_rng(0).standard_normal((8, 2))
    for product in (J.dot, J.T.T.dot, fjlt.fwht):
        y = product(Other(x))
        assert isinstance(y, Other)
        np.testing.assert_array_equal(y.a, product(x))


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("chunks", [-1, 2, 3])
def test_a_dask_array_stays_lazy(product, chunks):
    apply, shape = PRODUCTS[product]
    x = np.random.default_rng(0).standard_normal(shape)
    y = apply(J, da.from_array(x, chunks=chunks))
    assert isinstance(y, da.Array)
    expected = apply(J, x)
    assert (y.shape, y.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(y.compute(scheduler="synchronous"), expected, atol=1e-14)


def test_blocks_of_a_dask_array_are_kept_where_they_can_be():
    x = da.ones((8, 100), chunks=(8, 7), dtype=np.float32)
    assert (J @ x).chunks == ((3,), x.chunks[1])
    assert fjlt.fwht(x).chunks == x.chunks
    assert fjlt.fwht(x).dtype == np.float32


def test_nothing_of_a_dask_array_is_computed_before_it_is_asked_for():
    def fail(block):
        raise RuntimeError("computed")

    x = da.ones((8, 4), chunks=2).map_blocks(fail, dtype=float, meta=np.empty((0, 0)))
    y = fjlt.fwht(2 * (J @ x) + J @ x, axis=-1)
    with pytest.raises(RuntimeError, match="computed"):
        y.compute(scheduler="synchronous")


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (da.ones((7, 2)), ValueError, "J @ x with J of shape .3, 8. takes 8 numbers"),
        (da.ones((8, 2), dtype=np.float16), TypeError, "float16"),
        (da.ma.masked_equal(da.ones((8, 2)), 1), TypeError, "masked"),
    ],
)
def test_a_dask_array_that_does_not_fit_is_refused_at_once(x, error, message):
    with pytest.raises(error, match=message):
        J @ x
    with pytest.raises(error, match=message if error is TypeError else "power of 2"):
        fjlt.fwht(x)


def test_a_block_that_is_not_finite_is_refused_when_it_is_computed():
    y = J @ da.full((8, 2), np.nan)
    with pytest.raises(ValueError, match="16 entries that are NaN"):
        y.compute(scheduler="synchronous")


ENSEMBLES = [fjlt.srht, fjlt.gaussian, fjlt.sparse_jl, fjlt.ailon_chazelle]


@pytest.mark.parametrize("ensemble", ENSEMBLES, ids=lambda f: f.__name__)
def test_tokens_are_those_of_the_values(ensemble):
    made = [ensemble(3, 16, rng=seed) for seed in (0, 0, 1)]
    token = tokenize(made[0])
    made[0] @ np.ones((16, 2))
    assert tokenize(made[0]) == token == tokenize(made[1]) != tokenize(made[2])
    assert tokenize(pickle.loads(pickle.dumps(made[0]))) == token
    assert len({token, tokenize(made[0].H), tokenize(2 * made[0]), tokenize(3 * made[0])}) == 4
    x = da.ones((16, 2))
    assert (made[0] @ x).name == (made[1] @ x).name != (made[2] @ x).name


@pytest.mark.parametrize("op", [J, fjlt.gaussian(3, 8, rng=0)], ids=["srht", "gaussian"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_mapped_array_is_read_in_blocks(tmp_path, monkeypatch, op, order):
    monkeypatch.setattr(module, "BLOCK", 64)
    products = [(op.dot, (8, 50)), (op.dot, (3, 8, 5)), (op.matvec, (50, 8)), (op.T.rdot, (50, 8))]
    for product, shape in products:
        x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
        on_disk = np.memmap(tmp_path / "x", np.float32, "w+", shape=shape, order=order)
        on_disk[...] = x
        np.testing.assert_allclose(product(on_disk), product(x), atol=1e-13)


def test_an_entry_on_disk_that_is_not_finite_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 64)
    x = np.memmap(tmp_path / "x", float, "w+", shape=(8, 50))
    x[3, 41] = np.inf
    with pytest.raises(ValueError, match=r"x\[:, 41:42\] has 1 entries .* \(3, 0\)"):
        J @ x


def test_a_mapped_array_may_exceed_the_memory(tmp_path):
    """In a process that may take 64 MiB beyond what it holds, with an array of 128 MiB."""
    code = f"""
import resource, numpy as np, fjlt, fjlt.operators.application
fjlt.operators.application.BLOCK = 2**22
J = fjlt.gaussian(4, 256, rng=0)
S = fjlt.srht(4, 256, rng=0)
[op @ np.ones((256, 1024)) for op in (J, S)]; fjlt.fwht(np.ones((256, 2)), out=np.ones((256, 2)))
x = np.memmap({str(tmp_path / "x")!r}, np.float64, "w+", shape=(256, 2**16))
x[:, -1] = 1
held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + 2**26,) * 2)
for op in (J, S, J - S):
    assert np.allclose((op @ x)[:, -1], op @ np.ones(256))
assert fjlt.fwht(x, out=x) is x and np.isclose(x[0, -1], 16)
try:
    np.empty_like(x, subok=False)
except MemoryError:
    print("done")
"""
    if not Path("/proc/self/statm").exists() or not hasattr(resource, "RLIMIT_AS"):
        pytest.skip("no limit of memory on this system")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (run.stdout, run.returncode) == ("done\n", 0), run.stderr
