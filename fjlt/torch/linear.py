"""The replacement of a dense layer as a PyTorch module."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from fjlt import boundary
from fjlt.torch.function import Weights, replacement
from fjlt.torch.initial import initial_weights
from fjlt.torch.truncation import Truncation

__all__ = ["ButterflyLinear"]


class ButterflyLinear(nn.Module):
    """Layer y = J2ᵀ·core·J1·x + bias in place of ``nn.Linear``; no scale is added.

    A small dense core stands between two truncated butterflies, J1 of shape (k1, in_features) and
    J2 of shape (k2, out_features). They start as FJLTs, scale included, and are trained. Only
    weights on a path from an input to a kept output are parameters. The core is drawn as that of
    ``nn.Linear(k1, k2)``, the bias as that of ``nn.Linear(in_features, out_features)``.

    Parameters
    ----------
    in_features, out_features : int
        At least 1; they need not be powers of 2.
    bias : bool
        Whether there is a bias.
    k1, k2 : int, optional
        Numbers of kept outputs, at most in_features and out_features. Default: the ceilings of the
        logarithms log2 of these, but at least 1.
    init : {"fjlt", "identity", "gaussian", "orthogonal"}
        Start of J1 and J2. For each of them E JᵀJ = I over the kept outputs.
    device, dtype
        As for ``nn.Linear``; float16, bfloat16, float32 or float64.

    Attributes
    ----------
    weights1, weights2 : Parameter, one-dimensional
        Effective weights of J1 and J2, as ``weights[effective_mask]`` of
        ``fjlt.TruncatedButterfly``.
    core : Parameter, shape (k2, k1)
    bias : Parameter, shape (out_features,), or None
    rows1, rows2 : Tensor
        Kept outputs, drawn with PyTorch's generator. They are buffers, so that a ``state_dict`` has
        them. A layer that loads the ``state_dict`` of another takes over its kept outputs, and
        parameters of its sizes. If a part does not fit, the layer stays as it was.

    Raises
    ------
    ValueError
        If a size is out of range, ``init`` is unknown, or the last axis of an input does not have
        in_features entries.
    TypeError
        If the dtype is not one of these, or the dtype or device of an input is not that of the
        layer.
    MemoryError
        If the machine has too little memory for a butterfly.

    See Also
    --------
    fjlt.DenseReplacement : the same operator in NumPy.

    Notes
    -----
    The rank is at most min(k1, k2). Cost a vector: at most 6·n·log2(n) flops for each butterfly and
    2·k1·k2 for the core.

    On a CPU, in single or double precision, compiled kernels make the forward and the backward
    pass. Elsewhere, and for second derivatives, ``torch.func`` and ``torch.compile``, batched
    products of blocks make them. Under autocast a CPU computes in single precision, and the result
    has autocast's dtype.

    References
    ----------
    Section 3.2 of arXiv 2007.08864 (numbered as in the ICLR 2021 submission).

    Examples
    --------
    >>> layer = ButterflyLinear(512, 10)
    >>> layer(torch.zeros(3, 7, 512)).shape, layer.core.shape
    (torch.Size([3, 7, 10]), torch.Size([4, 9]))
    """

    rows1: Tensor
    rows2: Tensor
    bias: Tensor | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        k1: int | None = None,
        k2: int | None = None,
        *,
        init: str = "fjlt",
        device: torch.device | str | int | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.in_features = boundary.dimension(in_features, "in_features")
        self.out_features = boundary.dimension(out_features, "out_features")
        self.k1 = _kept(k1, "k1", self.in_features)
        self.k2 = _kept(k2, "k2", self.out_features)
        for n in (self.in_features, self.out_features):
            size = boundary.next_power_of_two(n)
            boundary.memory(
                40 * size * size.bit_length(), f"a butterfly of size {boundary.shown(size)}"
            )
        dtype = torch.get_default_dtype() if dtype is None else dtype
        if dtype not in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
            raise TypeError(f"dtype = {dtype}: use torch.float32, float64, float16 or bfloat16")
        self.init = init
        to: dict[str, Any] = {"device": device, "dtype": dtype}
        self._j1, self._j2 = (
            Truncation(n, torch.randperm(boundary.next_power_of_two(n))[:k].sort().values)
            for n, k in ((self.in_features, self.k1), (self.out_features, self.k2))
        )
        self.register_buffer("rows1", torch.as_tensor(self._j1.rows, device=device))
        self.register_buffer("rows2", torch.as_tensor(self._j2.rows, device=device))
        self.weights1 = nn.Parameter(torch.empty(self._j1.n_weights, **to))
        self.core = nn.Parameter(torch.empty(self.k2, self.k1, **to))
        self.weights2 = nn.Parameter(torch.empty(self._j2.n_weights, **to))
        self.register_parameter(
            "bias", nn.Parameter(torch.empty(self.out_features, **to)) if bias else None
        )
        self.reset_parameters()

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Draw all weights anew. The kept outputs stay."""
        for weights, j in ((self.weights1, self._j1), (self.weights2, self._j2)):
            weights.copy_(torch.from_numpy(initial_weights(j.size, len(j.rows), self.init)[j.mask]))
        self.core.uniform_(-(self.k1**-0.5), self.k1**-0.5)
        if self.bias is not None:
            self.bias.uniform_(-(self.in_features**-0.5), self.in_features**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layer to x of shape (…, in_features)."""
        if x.shape[-1:] != (self.in_features,):
            raise ValueError(
                f"input has shape {tuple(x.shape)}; the last axis must be in_features = "
                f"{self.in_features}"
            )
        if x.device != self.core.device:
            raise TypeError(
                f"input is on {x.device}, the layer on {self.core.device}; move one with "
                f".to(device)"
            )
        weights = Weights(self.weights1, self.core, self.weights2, self.bias)
        cast = _autocast(x.device.type) if x.dtype != torch.float64 else None
        if cast is not None:
            x = x.to(self.core.dtype)
        elif x.dtype != self.core.dtype:
            raise TypeError(
                f"input has dtype {x.dtype}, the layer {self.core.dtype}; convert one with "
                f".to(dtype)"
            )
        y = replacement(
            x.reshape(prod(x.shape[:-1]), self.in_features), weights, self._j1, self._j2
        )
        y = y.reshape(*x.shape[:-1], self.out_features)
        return y if cast is None else y.to(cast)

    def to_dense(self) -> Tensor:
        """The matrix J2ᵀ·core·J1, shape (out_features, in_features), as ``nn.Linear`` keeps it.

        It is differentiable.

        Examples
        --------
        >>> layer = ButterflyLinear(6, 3)
        >>> x = torch.randn(2, 6)
        >>> torch.allclose(layer(x), x @ layer.to_dense().T + layer.bias, atol=1e-5)
        True
        """
        left, right = self.factors()
        return left @ right

    def factors(self) -> tuple[Tensor, Tensor]:
        """The factors J2ᵀ, shape (out_features, k2), and core·J1, shape (k2, in_features).

        If you only predict, two products with them can take less time than the butterflies.
        """
        return self._j2.dense(self.weights2).mT, self.core @ self._j1.dense(self.weights1)

    def extra_repr(self) -> str:
        """What ``print`` shows of the layer."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}, k1={self.k1}, k2={self.k2}"
        )

    def load_state_dict(self, *args: Any, **options: Any) -> Any:
        """Load a ``state_dict``, as ``nn.Module`` does; a failure leaves the layer as it was."""
        restore = self._restorer()
        try:
            return super().load_state_dict(*args, **options)
        except BaseException:
            restore()
            raise

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any) -> None:
        # This is called for the layers of a model, where PyTorch raises the collected errors at
        # the end. Kept outputs and weights belong together: with an error, nothing is loaded.
        errors: list[str] = args[-1]
        before, restore = len(errors), self._restorer()
        errors.extend(self._take_over_rows(state_dict, prefix))
        if len(errors) == before:
            super()._load_from_state_dict(state_dict, prefix, *args)
        if len(errors) > before:
            restore()

    def _restorer(self) -> Callable[[], None]:
        """A function that gives the layer back its present state."""
        parameters, buffers, kept = (
            dict(self._parameters),
            dict(self._buffers),
            (self._j1, self._j2),
        )
        tensors = [a for a in (*parameters.values(), *buffers.values()) if a is not None]
        saved = [(a, a.data, a.detach().clone()) for a in tensors]

        def restore() -> None:
            self._j1, self._j2 = kept
            self._parameters.update(parameters)
            self._buffers.update(buffers)
            for tensor, storage, values in saved:
                tensor.data = storage.copy_(values)

        return restore

    def _take_over_rows(self, state_dict: dict[str, Any], prefix: str) -> list[str]:
        """Keep the outputs of a ``state_dict``, with their weights; say what is against it."""
        errors = []
        for side in ("1", "2"):
            rows, j = state_dict.get(f"{prefix}rows{side}"), getattr(self, f"_j{side}")
            if not isinstance(rows, Tensor) or rows.shape != (len(j.rows),):
                continue
            if rows.tolist() == j.rows.tolist():
                continue
            # Other kept outputs: another truncation, with its own number of weights.
            if f"{prefix}weights{side}" not in state_dict:
                errors.append(f"{prefix}rows{side} is given without {prefix}weights{side}")
                continue
            try:
                j = Truncation(j.n, boundary.rows(rows.tolist(), j.size))
            except (TypeError, ValueError) as error:
                errors.append(f"{prefix}rows{side}: {error}")
                continue
            setattr(self, f"_j{side}", j)
            weights = getattr(self, f"weights{side}")
            weights.data = weights.new_empty(j.n_weights)
        return errors


def _autocast(device: str) -> torch.dtype | None:
    """The dtype of autocast on a device, or None if it is off."""
    on = torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device)
    return torch.get_autocast_dtype(device) if on else None


def _kept(k: int | None, name: str, n: int) -> int:
    return max(1, (n - 1).bit_length()) if k is None else boundary.dimension(k, name, high=n)
