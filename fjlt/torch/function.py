"""The product with J2ᵀ·core·J1 and its derivatives, by compiled kernels or batched blocks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from math import prod
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd import forward_ad

from fjlt.torch.compilation import compiled, working_dtype
from fjlt.torch.truncation import Truncation, truncated_to

__all__ = ["Layout", "Weights", "by_blocks", "by_kernels", "is_transformed", "replacement"]

_is_exporting = getattr(torch.compiler, "is_exporting", bool)  # from PyTorch 2.7 on


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


class Layout(NamedTuple):
    """The structure of a layer J2ᵀ·core·J1.

    Attributes
    ----------
    rows1, rows2 : Tensor
        Kept outputs of J1 and J2.
    n1, n2 : int
        Numbers of inputs and outputs of the layer.
    """

    rows1: Tensor
    rows2: Tensor
    n1: int
    n2: int

    def truncations(self) -> tuple[Truncation, Truncation]:
        """The two truncated butterflies."""
        return truncated_to(self.n1, self.rows1), truncated_to(self.n2, self.rows2)


def replacement(
    x: Tensor,
    weights: Weights,
    layout: Layout,
    traced: tuple[Truncation, Truncation] | None = None,
) -> Tensor:
    """The product of J2ᵀ·core·J1 with x, shape (…, n1), plus the bias.

    Kernels are used on a CPU; batched blocks elsewhere. Single precision is used inside for half
    precision and under autocast.

    Parameters
    ----------
    x : Tensor
    weights : Weights
    layout : Layout
    traced : (Truncation, Truncation), optional
        The truncated butterflies, where PyTorch traces operations and the kept outputs have no
        values.
    """
    cast = _autocast(x.device.type) if x.dtype != torch.float64 else None
    _refuse(x, weights.core, layout.n1, cast is not None)
    if cast is not None:
        x = x.to(weights.core.dtype)
    if x.device.type == "cpu" and not is_transformed() and not _is_exporting():
        y = by_kernels(x, weights, layout)
    else:
        tracing = torch.compiler.is_compiling() or x.is_meta
        pair = traced if tracing and traced is not None else layout.truncations()
        y = by_blocks(x, weights, *pair)
    return y if cast is None else y.to(cast)


def _refuse(x: Tensor, core: Tensor, n1: int, is_cast: bool) -> None:
    """Refuse an input whose shape, device or dtype is not that of the layer."""
    if x.shape[-1:] != (n1,):
        raise ValueError(
            f"input has shape {tuple(x.shape)}; the last axis must be in_features = {n1}"
        )
    if x.device != core.device:
        raise TypeError(
            f"input is on {x.device}, the layer on {core.device}; move one with .to(device)"
        )
    if x.dtype != core.dtype and not is_cast:
        raise TypeError(
            f"input has dtype {x.dtype}, the layer {core.dtype}; convert one with .to(dtype)"
        )


def _autocast(device: str) -> torch.dtype | None:
    """The dtype of autocast on a device, or None if it is off."""
    on = device != "meta" and torch.is_autocast_enabled(device)
    return torch.get_autocast_dtype(device) if on else None


def _without_autocast(device: str) -> AbstractContextManager[None]:
    return nullcontext() if _autocast(device) is None else torch.autocast(device, enabled=False)


def is_transformed() -> bool:
    """Whether PyTorch maps or differentiates forwards: then it must see every operation."""
    return torch._C._are_functorch_transforms_active() or forward_ad._current_level >= 0


def by_blocks(x: Tensor, weights: Weights, j1: Truncation, j2: Truncation) -> Tensor:
    """``replacement`` in operations of PyTorch, for any device and dtype.

    It can be differentiated any number of times.
    """
    dtype = working_dtype(x.dtype)
    first, core, second = (a.to(dtype) for a in weights[:3])
    rows = x.reshape(prod(x.shape[:-1]), x.shape[-1]).to(dtype)
    with _without_autocast(x.device.type):
        y = j2.adjoint(j1.product(rows, first) @ core.mT, second)
        y = y if weights.bias is None else y + weights.bias
    return y.reshape(*x.shape[:-1], y.shape[-1]).to(x.dtype)


def by_kernels(x: Tensor, weights: Weights, layout: Layout) -> Tensor:
    """``replacement`` by the compiled kernels, on a CPU, as one operation of PyTorch."""
    y: Tensor = torch.ops.fjlt.butterfly_linear(x, *weights, *layout)[0]
    return y


# The operation gives y = x·J1ᵀ·coreᵀ·J2 + bias, a = x·J1ᵀ and b = a·coreᵀ. PyTorch does not look
# into it. With the gradient g in y, the gradients are
#
#     in b: g·J2ᵀ    in a: (g·J2ᵀ)·core    in x: (g·J2ᵀ·core)·J1    in the core: (g·J2ᵀ)ᵀ·a
#
# and those in the weights of J1 and J2 are the ones of <g·J2ᵀ·core, x·J1ᵀ> and of <b, g·J2ᵀ>.
_library = torch.library.Library("fjlt", "FRAGMENT")
_library.define(
    "butterfly_linear(Tensor x, Tensor first, Tensor core, Tensor second, Tensor? bias, "
    "Tensor rows1, Tensor rows2, int n1, int n2) -> (Tensor, Tensor, Tensor)"
)
_library.define(
    "butterfly_linear_backward(Tensor g, Tensor x, Tensor first, Tensor core, Tensor second, "
    "Tensor a, Tensor b, Tensor rows1, Tensor rows2, bool[] needed) -> Tensor[]"
)


@torch.library.impl(_library, "butterfly_linear", "CPU")
def _forward(
    x: Tensor,
    first: Tensor,
    core: Tensor,
    second: Tensor,
    bias: Tensor | None,
    rows1: Tensor,
    rows2: Tensor,
    n1: int,
    n2: int,
) -> tuple[Tensor, Tensor, Tensor]:
    _refuse(x, core, n1, False)
    dtype = working_dtype(x.dtype)
    with _without_autocast("cpu"):
        one = compiled(truncated_to(n1, rows1), first)
        two = compiled(truncated_to(n2, rows2), second)
        a = one.product(x.reshape(prod(x.shape[:-1]), n1).to(dtype))
        b = a @ core.to(dtype).mT
        y = two.adjoint(b)
        if bias is not None:
            y += bias
    # A result that is a view would mislead those who ask whether it may be written to.
    y = torch.ops.aten._unsafe_view(y.to(x.dtype).contiguous(), (*x.shape[:-1], n2))
    return y, a.contiguous(), b


def _forward_fake(
    x: Tensor,
    first: Tensor,
    core: Tensor,
    second: Tensor,
    bias: Tensor | None,
    rows1: Tensor,
    rows2: Tensor,
    n1: int,
    n2: int,
) -> tuple[Tensor, Tensor, Tensor]:
    batch, dtype = prod(x.shape[:-1]), working_dtype(x.dtype)
    return (
        x.new_empty(*x.shape[:-1], n2),
        x.new_empty(batch, core.shape[1], dtype=dtype),
        x.new_empty(batch, core.shape[0], dtype=dtype),
    )


@torch.library.impl(_library, "butterfly_linear_backward", "CPU")
def _gradients(
    g: Tensor,
    x: Tensor,
    first: Tensor,
    core: Tensor,
    second: Tensor,
    a: Tensor,
    b: Tensor,
    rows1: Tensor,
    rows2: Tensor,
    needed: Sequence[bool],
) -> list[Tensor]:
    n1, n2, dtype = x.shape[-1], g.shape[-1], working_dtype(x.dtype)
    with _without_autocast("cpu"):
        one = compiled(truncated_to(n1, rows1), first)
        two = compiled(truncated_to(n2, rows2), second)
        g2 = g.reshape(a.shape[0], n2).to(dtype)
        # Only what is needed: x, first and core need gb, x and first need ga.
        gb = two.product(g2) if any(needed[:3]) else g2
        ga = gb @ core.to(dtype) if any(needed[:2]) else g2
        found = []
        if needed[0]:
            found.append(one.adjoint(ga).reshape(x.shape).to(x.dtype).contiguous())
        if needed[1]:
            x2 = x.reshape(a.shape[0], n1).to(dtype)
            found.append(one.weights_gradient(x2, ga).to(first.dtype))
        if needed[2]:
            found.append((gb.mT @ a).to(core.dtype))
        if needed[3]:
            found.append(two.weights_gradient(g2, b).to(second.dtype))
        if needed[4]:
            found.append(g2.sum(0).to(g.dtype))
    return found


def _gradients_fake(
    g: Tensor,
    x: Tensor,
    first: Tensor,
    core: Tensor,
    second: Tensor,
    a: Tensor,
    b: Tensor,
    rows1: Tensor,
    rows2: Tensor,
    needed: Sequence[bool],
) -> list[Tensor]:
    shapes = x.shape, first.shape, core.shape, second.shape, g.shape[-1:]
    return [
        x.new_empty(shape) for shape, is_needed in zip(shapes, needed, strict=True) if is_needed
    ]


def _setup(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor, Tensor]) -> None:
    *tensors, ctx.n1, ctx.n2 = inputs
    ctx.save_for_backward(*tensors, *output[1:])


def _backward(ctx: Any, g: Tensor, *_: Any) -> tuple[Tensor | None, ...]:
    x, first, core, second, bias, rows1, rows2, a, b = ctx.saved_tensors
    needed = [bool(flag) for flag in ctx.needs_input_grad[:5]]
    if torch.is_grad_enabled():
        layout = Layout(rows1, rows2, ctx.n1, ctx.n2)
        found = _differentiable(g, x, Weights(first, core, second, bias), layout, needed)
    else:
        found = torch.ops.fjlt.butterfly_linear_backward(
            g, x, first, core, second, a, b, rows1, rows2, needed
        )
    gradients = iter(found)
    return *(next(gradients) if flag else None for flag in needed), None, None, None, None


torch.library.register_fake("fjlt::butterfly_linear", _forward_fake, lib=_library)
torch.library.register_fake("fjlt::butterfly_linear_backward", _gradients_fake, lib=_library)
torch.library.register_autograd(
    "fjlt::butterfly_linear", _backward, setup_context=_setup, lib=_library
)


def _differentiable(
    g: Tensor, x: Tensor, weights: Weights, layout: Layout, needed: list[bool]
) -> Sequence[Tensor]:
    """The gradients as functions that can be differentiated again."""
    inputs = (x, *weights)
    wanted = [a for a, flag in zip(inputs, needed, strict=True) if flag and a is not None]
    y = by_blocks(x, weights, *layout.truncations())
    return torch.autograd.grad(y, wanted, g, create_graph=True, materialize_grads=True)
