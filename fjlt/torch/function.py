"""The product with J2ᵀ·core·J1 and its derivative: compiled kernels on a CPU, blocks elsewhere."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd import forward_ad

from fjlt.torch.truncation import Truncation

__all__ = ["by_blocks", "by_kernels", "replacement"]

KERNEL_DTYPES = (torch.float32, torch.float64)


class Weights(NamedTuple):
    """Effective weights of J1, the core, shape (k2, k1), effective weights of J2, and the bias, if any."""

    first: Tensor
    core: Tensor
    second: Tensor
    bias: Tensor | None


def replacement(x: Tensor, weights: Weights, j1: Truncation, j2: Truncation) -> Tensor:
    """The rows of x, shape (b, n1), times J1ᵀ·coreᵀ·J2, plus the bias."""
    kernels = x.device.type == "cpu" and x.dtype in KERNEL_DTYPES and not _is_transformed()
    return by_kernels(x, weights, j1, j2) if kernels else by_blocks(x, weights, j1, j2)


def _is_transformed() -> bool:
    """Whether PyTorch traces, maps or differentiates forwards: then it must see every operation."""
    transforms = torch._C._are_functorch_transforms_active()
    return torch.compiler.is_compiling() or transforms or forward_ad._current_level >= 0


def by_blocks(x: Tensor, weights: Weights, j1: Truncation, j2: Truncation) -> Tensor:
    """``replacement`` in operations of PyTorch, for any device and dtype, differentiable any number of times."""
    y = j2.adjoint(j1.product(x, weights.first) @ weights.core.mT, weights.second)
    return y if weights.bias is None else y + weights.bias


def by_kernels(x: Tensor, weights: Weights, j1: Truncation, j2: Truncation) -> Tensor:
    """``replacement`` by the kernels of this library, on a CPU, in single or double precision."""
    with torch.autocast("cpu", enabled=False):
        y: Tensor = _Fused.apply(x, *weights, j1, j2)
    return y


class _Fused(torch.autograd.Function):
    """By hand: forward and backward in four products with the networks, and four small ones."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, *inputs: Any) -> Tensor:
        first, core, second, bias, ctx.j1, ctx.j2 = inputs
        ctx.networks = ctx.j1.network(first.numpy(force=True)), ctx.j2.network(second.numpy(force=True))
        a = torch.from_numpy(ctx.networks[0].product(x.numpy(force=True).T).T)
        b = a @ core.mT
        y = torch.from_numpy(ctx.networks[1].adjoint(b.numpy(force=True).T)[: ctx.j2.n].T)
        if bias is not None:
            y += bias
        ctx.save_for_backward(x, first, core, second, bias, a, b)
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, first, core, second, bias, a, b = ctx.saved_tensors
        needed = ctx.needs_input_grad
        if torch.is_grad_enabled():
            return _differentiable(ctx, g, x, Weights(first, core, second, bias))
        one, two = ctx.networks
        gradients: list[Tensor | None] = [None] * 7
        gy = g.numpy(force=True).T
        if needed[3]:
            found = two.gradient(gy, b.numpy(force=True).T, in_x=False)[1]
            gradients[3] = torch.from_numpy(ctx.j2.effective(found))
        if needed[4]:
            gradients[4] = g.sum(0)
        if any(needed[:3]):
            gb = torch.from_numpy(two.product(gy).T)
            gradients[2] = gb.mT @ a if needed[2] else None
            ga = (gb @ core).numpy(force=True).T
            if needed[1]:
                gx, found = one.gradient(x.numpy(force=True).T, ga, in_x=needed[0])
                gradients[1] = torch.from_numpy(ctx.j1.effective(found))
            elif needed[0]:
                gx = one.adjoint(ga)
            if needed[0]:
                gradients[0] = torch.from_numpy(gx[: ctx.j1.n].T)
        return tuple(gradients)


def _differentiable(ctx: Any, g: Tensor, x: Tensor, weights: Weights) -> tuple[Tensor | None, ...]:
    """The gradients as functions that can be differentiated again."""
    inputs = [x, *weights]
    some = [a for a, needed in zip(inputs, ctx.needs_input_grad, strict=False) if needed and a is not None]
    y = by_blocks(x, weights, ctx.j1, ctx.j2)
    found = iter(torch.autograd.grad(y, some, g, create_graph=True, materialize_grads=True))
    return *(next(found) if needed else None for needed in ctx.needs_input_grad[:5]), None, None
