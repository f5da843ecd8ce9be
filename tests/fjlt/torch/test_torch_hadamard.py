"""The transform of tensors against that of arrays and the dense matrix, with its derivatives."""

import numpy as np
import pytest
from scipy.linalg import hadamard

torch = pytest.importorskip("torch")

import fjlt  # noqa: E402
from fjlt.torch import fwht  # noqa: E402
from fjlt.torch.hadamard import _by_halves  # noqa: E402

DTYPES = [torch.float32, torch.float64, torch.complex64, torch.complex128]
SHAPES = [
    ((8,), 0),
    ((3, 8, 2), 1),
    ((4, 5), 0),
    ((5, 256), -1),
    ((2, 0, 4), -1),
    ((1,), 0),
    ((2, 24), 1),
    ((20, 3), 0),
]


# PyTorch itself still uses it
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:FutureWarning")


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.mark.parametrize("ortho", [True, False])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("shape", "dim"), SHAPES)
def test_is_the_transform_of_the_library(shape, dim, dtype, ortho):
    x = torch.randn(shape, dtype=dtype)
    before = x.clone()
    y = fwht(x, dim, ortho)
    assert (y.dtype, y.shape, y.is_contiguous()) == (dtype, x.shape, True)
    assert torch.equal(x, before)
    torch.testing.assert_close(_by_halves(x, dim % x.ndim, ortho), y, rtol=1e-5, atol=1e-5)
    expected = fjlt.fwht(x.numpy(), axis=dim, ortho=ortho)
    torch.testing.assert_close(y, torch.from_numpy(np.ascontiguousarray(expected)))


def test_vectors_in_rows_and_strided_or_conjugate_tensors():
    x = torch.randn(16, 6, dtype=torch.complex128)
    H = torch.from_numpy(hadamard(16)).to(x.dtype) / 4
    torch.testing.assert_close(fwht(x.T), x.T @ H)
    torch.testing.assert_close(fwht(x[:, ::2].mH), x[:, ::2].mH @ H)
    torch.testing.assert_close(fwht(x, dim=0).imag, fwht(x.imag, dim=0))


@pytest.mark.parametrize("way", ["kernels", "halves"])
@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
@pytest.mark.parametrize("ortho", [True, False])
@pytest.mark.parametrize("n", [8, 12])
def test_derivatives(n, ortho, dtype, way):
    x = torch.randn(3, n, dtype=dtype, requires_grad=True)

    def transform(x):
        return fwht(x, -1, ortho) if way == "kernels" else _by_halves(x, 1, ortho)

    # A square, because the second derivatives of the linear map alone are zero.
    for f in (transform, lambda x: transform(x) ** 2):
        assert torch.autograd.gradcheck(f, x)
        assert torch.autograd.gradgradcheck(f, x)


def test_inside_the_transforms_of_pytorch():
    x = torch.randn(3, 8)
    torch.testing.assert_close(torch.func.vmap(fwht)(x), fwht(x))
    jacobian = torch.func.jacfwd(fwht)(x[0])
    torch.testing.assert_close(jacobian, torch.from_numpy(hadamard(8)).float() / 8**0.5)
    compiled = torch.compile(fwht, backend="aot_eager", fullgraph=True)
    assert torch.equal(compiled(x), fwht(x))
    assert fwht(torch.empty(3, 8, device="meta")).shape == (3, 8)
    torch.library.opcheck(torch.ops.fjlt.fwht, (x.requires_grad_(), 1, True))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_rounds_the_result_only(dtype):
    x = torch.randn(5, 1024).to(dtype)
    assert torch.equal(fwht(x), fwht(x.float()).to(dtype))


def test_nan_spreads():
    x = torch.ones(2, 4)
    x[0, 1] = torch.nan
    assert fwht(x).isnan().tolist() == [[True] * 4, [False] * 4]


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ((np.ones(4),), TypeError, "x must be a tensor of floating numbers, got ndarray"),
        ((torch.ones(4, dtype=torch.int64),), TypeError, r"got a tensor of torch.int64; use x.fl"),
        ((torch.ones(()),), ValueError, r"shape \(\)"),
        ((torch.ones(3, 4), 0), ValueError, r"x.shape\[0\] = 3"),
        ((torch.ones(4, 3),), ValueError, r"x.shape\[1\] = 3"),
        ((torch.ones(0),), ValueError, r"x.shape\[0\] = 0"),
        ((torch.ones(4, 4), 2), ValueError, "dim = 2"),
        ((torch.ones(4, 4), 0.5), TypeError, "dim must be an integer"),
    ],
)
def test_refusals(arguments, error, text):
    with pytest.raises(error, match=text):
        fwht(*arguments)
