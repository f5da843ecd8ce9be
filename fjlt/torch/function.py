"""The product with J2ᵀ·core·J1 and its derivatives, by compiled kernels or batched blocks."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd import forward_ad

from fjlt.torch.compilation import compiled
from fjlt.torch.truncation import Truncation

__all__ = ["by_blocks", "by_kernels", "replacement"]

KERNEL_DTYPES = (torch.float32, torch.float64)


class Weights(NamedTuple):
    """The parameters of a layer J2ᵀ·core·J1.

    Attributes
    ----------
    first, second : Tensor, one-dimensional
        Effective weights of J1 and J2.
    core : Tensor, shape (k2, k1)
    bias : Tensor, shape (n2,), or None
    """

    first: Tensor
    core: Tensor
    second: Tensor
    bias: Tensor | None


def replacement(x: Tensor, weights: Weights, j1: Truncation, j2: Truncation) -> Tensor:
    """The rows of x, shape (b, n1), times J1ᵀ·coreᵀ·J2, plus the bias.

    Kernels are used on a CPU in single or double precision; batched blocks elsewhere.
    """
    kernels = x.device.type == "cpu" and x.dtype in KERNEL_DTYPES and not _is_transformed()
    return by_kernels(x, weights, j1, j2) if kernels else by_blocks(x, weights, j1, j2)


def _is_transformed() -> bool:
    """Whether PyTorch traces, maps or differentiates forwards: then it must see every operation."""
    transforms = torch._C._are_functorch_transforms_active()
    return torch.compiler.is_compiling() or transforms or forward_ad._current_level >= 0


def by_blocks(x: Tensor, weights: Weights, j1: Truncation, j2: Truncation) -> Tensor:
    """``replacement`` in operations of PyTorch, for any device and dtype.

    It can be differentiated any number of times.
    """
    y = j2.adjoint(j1.product(x, weights.first) @ weights.core.mT, weights.second)
    return y if weights.bias is None else y + weights.bias


def by_kernels(x: Tensor, weights: Weights, j1: Truncation, j2: Truncation) -> Tensor:
    """``replacement`` by the compiled kernels, on a CPU, in single or double precision."""
    with torch.autocast("cpu", enabled=False):
        y: Tensor = _Fused.apply(x, *weights, j1, j2)
    return y


class _Fused(torch.autograd.Function):
    """The layer as one node of the graph, y = x·J1ᵀ·coreᵀ·J2 + bias.

    With a = x·J1ᵀ and b = a·coreᵀ, and g the gradient in y, the gradients are

        in b: g·J2ᵀ    in a: (g·J2ᵀ)·core    in x: (g·J2ᵀ·core)·J1    in the core: (g·J2ᵀ)ᵀ·a

    and those in the weights of J1 and J2 are the ones of <g·J2ᵀ·core, x·J1ᵀ> and of <b, g·J2ᵀ>.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, *inputs: Any) -> Tensor:
        first, core, second, bias, ctx.j1, ctx.j2 = inputs
        ctx.both = compiled(ctx.j1, first), compiled(ctx.j2, second)
        a = ctx.both[0].product(x)
        b = a @ core.mT
        y = ctx.both[1].adjoint(b)
        if bias is not None:
            y += bias
        ctx.save_for_backward(x, first, core, second, bias, a, b)
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, first, core, second, bias, a, b = ctx.saved_tensors
        if torch.is_grad_enabled():
            return _differentiable(ctx, g, x, Weights(first, core, second, bias))
        needed, (one, two) = ctx.needs_input_grad, ctx.both
        # Only what is needed: x, first and core need gb, x and first need ga.
        gb = two.product(g) if any(needed[:3]) else g
        ga = gb @ core if any(needed[:2]) else g
        return (
            one.adjoint(ga) if needed[0] else None,
            one.weights_gradient(x, ga) if needed[1] else None,
            gb.mT @ a if needed[2] else None,
            two.weights_gradient(g, b) if needed[3] else None,
            g.sum(0) if needed[4] else None,
            None,
            None,
        )


def _differentiable(ctx: Any, g: Tensor, x: Tensor, weights: Weights) -> tuple[Tensor | None, ...]:
    """The gradients as functions that can be differentiated again."""
    inputs = [x, *weights]
    wanted = [
        a
        for a, needed in zip(inputs, ctx.needs_input_grad, strict=False)
        if needed and a is not None
    ]
    y = by_blocks(x, weights, ctx.j1, ctx.j2)
    computed = torch.autograd.grad(y, wanted, g, create_graph=True, materialize_grads=True)
    gradients = iter(computed)
    return *(next(gradients) if needed else None for needed in ctx.needs_input_grad[:5]), None, None
