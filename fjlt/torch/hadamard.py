"""The fast Walsh-Hadamard transform of tensors, with derivatives."""

from __future__ import annotations

from math import prod
from typing import Any

import torch
from torch import Tensor

from fjlt import boundary
from fjlt.kernels.hadamard_sizes import first_factor, paley, transform
from fjlt.torch.compilation import working_dtype
from fjlt.torch.function import is_transformed
from fjlt.types import Array

__all__ = ["fwht"]

DTYPES = (
    torch.float16,
    torch.bfloat16,
    torch.float32,
    torch.float64,
    torch.complex64,
    torch.complex128,
)


def fwht(x: Tensor, dim: int = -1, ortho: bool = True) -> Tensor:
    """Walsh-Hadamard transform of a tensor along ``dim``, scaled by n^(-1/2) if ``ortho``.

    The transform is that of ``fjlt.fwht``; along the last axis it is x·H for vectors in rows.

    Parameters
    ----------
    x : Tensor
        Real or complex floating numbers; n = x.shape[dim] must be a power of 2, or 12, 20 or 28
        times one.
    dim : int
        The axis along which to transform.
    ortho : bool
        Whether to scale by n^(-1/2), so that the transform is orthonormal.

    Returns
    -------
    Tensor
        Contiguous, of the shape, dtype and device of x. NaN and infinity spread.

    Raises
    ------
    TypeError
        If x is not a tensor of one of these dtypes.
    ValueError
        If n is another number, or dim is out of range.

    Notes
    -----
    Cost: n·log2 n additions a vector, and for n = m·2^p m·n multiplications more. On a CPU the
    compiled kernels are used, as one operation ``torch.ops.fjlt.fwht``, which can be differentiated
    any number of times and compiled. Elsewhere and under ``torch.func`` it is log2 n sums and
    differences of halves. Half precision is single precision inside.

    Examples
    --------
    >>> fwht(torch.tensor([1.0, 2.0, 3.0, 4.0]), ortho=False)
    tensor([10., -2., -4.,  0.])
    >>> x = torch.zeros(4, requires_grad=True)
    >>> fwht(x)[1].backward()
    >>> x.grad
    tensor([ 0.5000, -0.5000,  0.5000, -0.5000])
    """
    # A compiler does not look into the checks: the operation makes them.
    if not torch.compiler.is_compiling():
        dim = _axis(x, dim)
    if x.device.type == "cpu" and not is_transformed():
        y: Tensor = torch.ops.fjlt.fwht(x, dim, ortho)
        return y
    return _by_halves(x, dim, ortho)


def _axis(x: object, dim: object) -> int:
    """The number of the axis, at least 0, if x can be transformed along it."""
    if not isinstance(x, Tensor) or x.dtype not in DTYPES:
        got = f"a tensor of {x.dtype}" if isinstance(x, Tensor) else type(x).__name__
        raise TypeError(f"x must be a tensor of floating numbers, got {got}; use x.float()")
    if x.ndim == 0:
        raise ValueError("x is a single number, of shape (); pass a vector, x[None]")
    axis = boundary.dimension(dim, "dim", low=-x.ndim, high=x.ndim - 1) % x.ndim
    first_factor(x.shape[axis], f"x.shape[{axis}]")
    return axis


def _by_halves(x: Tensor, dim: int, ortho: bool) -> Tensor:
    """``fwht`` in operations of PyTorch, for any device."""
    n = x.shape[dim]
    y = x.to(working_dtype(x.dtype)).movedim(dim, -1)
    m = first_factor(n)
    if m > 1:
        H = torch.as_tensor(paley(m), dtype=y.dtype, device=y.device)
        y = (H @ y.unflatten(-1, (m, -1))).flatten(-2)
    # A step of stride h takes y[j], y[j + h] to their sum and difference.
    h = 1
    while h < n // m:
        a, b = y.unflatten(-1, (-1, 2, h)).unbind(-2)
        y = torch.stack((a + b, a - b), -2).flatten(-3)
        h *= 2
    y = y * n**-0.5 if ortho else y
    return y.movedim(-1, dim).to(x.dtype).contiguous()


_library = torch.library.Library("fjlt", "FRAGMENT")
_library.define("fwht(Tensor x, int dim, bool ortho) -> Tensor")


@torch.library.impl(_library, "fwht", "CPU")
def _transformed(x: Tensor, dim: int, ortho: bool) -> Tensor:
    dim = _axis(x, dim)
    source = x.detach().to(working_dtype(x.dtype)).resolve_conj().resolve_neg().contiguous()
    y = torch.empty_like(source)
    if y.numel():
        scale = x.shape[dim] ** -0.5 if ortho else 1.0
        transform(_planes(source, dim), _planes(y, dim), scale)
    return y.to(x.dtype)


def _planes(a: Tensor, dim: int) -> Array:
    """A contiguous tensor as real matrices of n rows; a complex number counts as two columns."""
    real = torch.view_as_real(a) if a.is_complex() else a
    return real.numpy().reshape(prod(a.shape[:dim]), a.shape[dim], -1)


def _fake(x: Tensor, dim: int, ortho: bool) -> Tensor:
    _axis(x, dim)
    return torch.empty_like(x, memory_format=torch.contiguous_format)


def _setup(ctx: Any, inputs: tuple[Tensor, int, bool], output: Tensor) -> None:
    _, ctx.dim, ctx.ortho = inputs


def _backward(ctx: Any, g: Tensor) -> tuple[Tensor, None, None]:
    # The matrix is real and symmetric, so it is its own adjoint.
    return torch.ops.fjlt.fwht(g, ctx.dim, ctx.ortho), None, None


torch.library.register_fake("fjlt::fwht", _fake, lib=_library)
torch.library.register_autograd("fjlt::fwht", _backward, setup_context=_setup, lib=_library)
