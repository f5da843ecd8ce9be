"""Put butterfly layers in the place of the dense ones of a model."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from fjlt import boundary
from fjlt.torch.linear import ButterflyLinear
from fjlt.torch.truncation import Truncation

__all__ = ["Projection", "count_weights", "from_linear", "replace_linear"]


class Projection(NamedTuple):
    """A butterfly layer fitted to a dense one.

    Attributes
    ----------
    layer : ButterflyLinear
        The fitted layer.
    error : float
        ‖W - J2ᵀ·core·J1‖_F² / ‖W‖_F².
    floor : float
        The least such error of any matrix of rank min(k1, k2): the sum of the squares of the other
        singular values of W, divided by ‖W‖_F². A layer of few rows can be near W only if W has few
        large singular values.

    Examples
    --------
    >>> _ = torch.manual_seed(0)
    >>> fitted = from_linear(nn.Linear(16, 8), k1=4, k2=4, steps=20)
    >>> fitted.layer
    ButterflyLinear(in_features=16, out_features=8, bias=True, k1=4, k2=4)
    >>> 0 < fitted.floor <= fitted.error < 1
    True
    """

    layer: ButterflyLinear
    error: float
    floor: float


def from_linear(
    linear: nn.Linear,
    k1: int | None = None,
    k2: int | None = None,
    *,
    init: str = "fjlt",
    steps: int = 200,
    generator: torch.Generator | None = None,
) -> Projection:
    """Fit a butterfly layer to a trained dense layer by descent; it takes over the bias.

    Parameters
    ----------
    linear : torch.nn.Linear
        The trained layer; it stays as it is.
    k1, k2, init
        As for ``ButterflyLinear``.
    steps : int
        Steps of L-BFGS in the weights of both butterflies. With 0 only the core is fitted.
    generator : torch.Generator, optional
        As for ``ButterflyLinear``.

    Returns
    -------
    Projection
        The layer has the dtype, device and mode of ``linear``.

    Raises
    ------
    TypeError
        If ``linear`` is not an ``nn.Linear``.
    ValueError
        If its weights are not finite, or a size is out of range.

    Notes
    -----
    The best core for given butterflies is (J2ᵀ)⁺·W·J1⁺. The descent minimises the error with this
    core, in double precision on the CPU. It needs independent rows: if those of a start are not, as
    the kept outputs of an identity can be where no input is, normal numbers of standard deviation
    1/16 of the weights' are added to the weights. A step costs about 6·n1·n2·k operations.

    References
    ----------
    Eckart, Young, Psychometrika 1 (1936), for the floor.

    Examples
    --------
    >>> _ = torch.manual_seed(0)
    >>> layer, error, floor = from_linear(nn.Linear(16, 8), steps=20)
    >>> 0.0 < floor <= error < 1.0
    True
    """
    if not isinstance(linear, nn.Linear):
        raise TypeError(f"linear must be a torch.nn.Linear, got {type(linear).__name__}")
    steps = boundary.dimension(steps, "steps", low=0)
    W = linear.weight.detach().to("cpu", torch.float64)
    boundary.matrix(W.numpy(), "linear.weight")
    sizes = linear.in_features, linear.out_features, linear.bias is not None, k1, k2
    layer = ButterflyLinear(*sizes, init=init, device="cpu", generator=generator).double()
    energy = float((W**2).sum())

    def error() -> Tensor:
        # With orthonormal bases Q1, Q2 of the row spaces and the best core, the layer is
        # Q2·Q2ᵀ·W·Q1·Q1ᵀ, an orthogonal projection of W.
        q1, q2 = (
            _basis(j.dense(w))
            for j, w in ((layer._j1, layer.weights1), (layer._j2, layer.weights2))
        )
        return 1 - (q2.mT @ W @ q1).square().sum() / (energy or 1.0)

    butterflies = [w for w in (layer.weights1, layer.weights2) if w.numel()]
    if steps:
        for j, w in ((layer._j1, layer.weights1), (layer._j2, layer.weights2)):
            _make_rows_independent(j, w, generator)
    if steps and energy and butterflies:
        descent = torch.optim.LBFGS(
            butterflies,
            max_iter=steps,
            tolerance_grad=1e-10,
            tolerance_change=1e-12,
            line_search_fn="strong_wolfe",
        )

        def closure() -> Tensor:
            descent.zero_grad()
            loss = error()
            loss.backward()
            return loss

        start = [w.detach().clone() for w in butterflies]
        descent.step(closure)
        # a line search that leaves the finite numbers is undone
        if not all(w.isfinite().all() for w in butterflies):
            with torch.no_grad():
                for w, before in zip(butterflies, start, strict=True):
                    w.copy_(before)
    with torch.no_grad():
        j1, j2 = layer._j1.dense(layer.weights1), layer._j2.dense(layer.weights2)
        layer.core.copy_(torch.linalg.pinv(j2.mT) @ W @ torch.linalg.pinv(j1))
        if layer.bias is not None:
            layer.bias.copy_(linear.bias)
        left = float((W - layer.to_dense()).square().sum())
    values = np.linalg.svd(W.numpy(), compute_uv=False) ** 2
    layer.zero_grad()
    layer.to(linear.weight.device, linear.weight.dtype).train(linear.training)
    rank = min(layer.k1, layer.k2)
    return Projection(layer, left / (energy or 1.0), float(values[rank:].sum()) / (energy or 1.0))


def replace_linear(
    model: nn.Module,
    layers: str | Collection[str] | Callable[[str, nn.Linear], bool] | None = None,
    *,
    k1: int | None = None,
    k2: int | None = None,
    init: str = "fjlt",
    project: bool = False,
    generator: torch.Generator | None = None,
) -> nn.Module:
    """Replace dense layers of a model by butterfly layers, in place.

    Parameters
    ----------
    model : torch.nn.Module
        The model, which is changed.
    layers : str, collection of str, or callable(name, layer) -> bool, optional
        Which layers to replace: a name, several names, or a function that says so for each layer.
        Names are those of ``model.named_modules()``. Default: the last one, as in the paper.
    k1, k2, init
        As for ``ButterflyLinear``, applied to the sizes of each layer.
    project : bool
        Whether to fit the new layers to the trained weights, by ``from_linear``.
    generator : torch.Generator, optional
        As for ``ButterflyLinear``.

    Returns
    -------
    torch.nn.Module
        The model, or its replacement if it is itself an ``nn.Linear``. A layer that occurs twice
        stays shared.

    Raises
    ------
    TypeError
        If ``model`` is not a module, or ``layers`` is none of these.
    ValueError
        If a name is not that of an ``nn.Linear``, with the names there are; if no layer is chosen;
        if a layer shares its weight with another module.

    Notes
    -----
    Subclasses of ``nn.Linear`` are left alone, because their owners may read their weights, as
    ``MultiheadAttention`` does. Make the optimizer after the replacement.

    Examples
    --------
    >>> model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    >>> replace_linear(model)[2]
    ButterflyLinear(in_features=32, out_features=10, bias=True, k1=5, k2=4)
    >>> replace_linear(model, "0", k1=8, k2=8)[0]
    ButterflyLinear(in_features=64, out_features=32, bias=True, k1=8, k2=8)
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
    dense = {name: layer for name, layer in model.named_modules() if type(layer) is nn.Linear}
    names = _chosen(model, dense, layers)
    if not names:
        chooser = "the function" if callable(layers) else f"layers = {layers!r}"
        raise ValueError(
            f"no nn.Linear to replace: the model has {len(dense)}, and {chooser} chose none"
            if dense
            else "no nn.Linear to replace: the model has none"
        )
    new: dict[nn.Module, nn.Module] = {}
    for name in names:
        layer = dense[name]
        others = [
            owner or "the model"
            for owner, module in model.named_modules()
            if module is not layer
            and any(p is layer.weight for p in module.parameters(recurse=False))
        ]
        if others:
            raise ValueError(f"the weight of {name} is also that of {others[0]}; untie them first")
        if project:
            new[layer] = from_linear(layer, k1, k2, init=init, generator=generator).layer
        else:
            w = layer.weight
            new[layer] = ButterflyLinear(
                layer.in_features,
                layer.out_features,
                layer.bias is not None,
                k1,
                k2,
                init=init,
                device=w.device,
                dtype=w.dtype,
                generator=generator,
            ).train(layer.training)
    if model in new:
        return new[model]
    for module in list(model.modules()):
        for name, child in list(module._modules.items()):
            if child is not None and child in new:
                setattr(module, name, new[child])
    return model


def _chosen(
    model: nn.Module,
    dense: dict[str, nn.Linear],
    layers: str | Collection[str] | Callable[[str, nn.Linear], bool] | None,
) -> list[str]:
    """The names of the layers to replace; each is a key of ``dense``."""
    if layers is None:
        return list(dense)[-1:]
    if callable(layers):
        return [name for name, layer in dense.items() if layers(name, layer)]
    wanted: object = [layers] if isinstance(layers, str) else layers
    if not isinstance(wanted, Collection) or not all(isinstance(name, str) for name in wanted):
        raise TypeError(
            f"layers must be a name, a collection of names or a function, got {layers!r}"
        )
    others = {name: type(module).__name__ for name, module in model.named_modules()}
    for name in wanted:
        if name not in dense:
            what = f"is a {others[name]}, not an nn.Linear" if name in others else "is no layer"
            known = ", ".join(map(repr, dense)) or "none"
            raise ValueError(f"{name!r} {what}; the nn.Linear of this model: {known}")
    return list(dict.fromkeys(wanted))


def count_weights(model: nn.Module) -> int:
    """Number of trained numbers: the entries of all parameters that require a gradient.

    Shared parameters count once, and butterflies have only effective weights.

    Parameters
    ----------
    model : torch.nn.Module
        A model or a layer.

    Returns
    -------
    int
        The sum of their sizes.

    Raises
    ------
    TypeError
        If ``model`` is not a module.

    Examples
    --------
    >>> butterfly = ButterflyLinear(512, 10, bias=False)
    >>> count_weights(nn.Linear(512, 10)), 1151 <= count_weights(butterfly) <= 4302
    (5130, True)
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


@torch.no_grad()
def _make_rows_independent(
    j: Truncation, weights: Tensor, generator: torch.Generator | None
) -> None:
    """Add noise to the weights of a truncated butterfly if its rows are linearly dependent."""
    if int(torch.linalg.matrix_rank(j.dense(weights))) < len(j.rows):
        scale = weights.square().mean().sqrt()
        weights += scale / 16 * torch.randn(weights.shape, dtype=weights.dtype, generator=generator)


def _basis(j: Tensor) -> Tensor:
    """Orthonormal basis of the row space of j, in columns."""
    return torch.linalg.qr(j.mT)[0]
