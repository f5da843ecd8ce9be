"""The replacement of a dense layer as a PyTorch module."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor, fx, nn

from fjlt import boundary
from fjlt.torch.function import Layout, Weights, replacement
from fjlt.torch.initial import initial_weights
from fjlt.torch.truncation import truncated_to

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
    generator : torch.Generator, optional
        On the CPU: for the kept outputs and the weights, on every device. Default: the one that
        ``torch.manual_seed`` sets.

    Attributes
    ----------
    weights1, weights2 : Parameter, one-dimensional
        Effective weights of J1 and J2, as ``weights[effective_mask]`` of
        ``fjlt.TruncatedButterfly``.
    core : Parameter, shape (k2, k1)
    bias : Parameter, shape (out_features,), or None
    weight : Tensor, shape (out_features, in_features)
        The matrix J2ᵀ·core·J1, computed at every access.
    rows1, rows2 : Tensor
        Kept outputs. They are buffers, so that a ``state_dict`` has them. A layer that loads the
        ``state_dict`` of another takes over its kept outputs, and parameters of its sizes. If a
        part does not fit, the layer stays as it was.

    Raises
    ------
    ValueError
        If a size is out of range, ``init`` is unknown, the generator is not on the CPU, or the
        last axis of an input does not have in_features entries.
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

    On a CPU, compiled kernels make the forward and the backward pass, as an operation
    ``torch.ops.fjlt.butterfly_linear`` that PyTorch does not look into. Elsewhere, and for second
    derivatives, ``torch.func`` and ``torch.export``, batched products of blocks make them.

    The layer computes in single precision if its dtype is half precision, and under autocast; the
    result has the dtype of the input, or that of autocast.

    Processes that share one layer (``DistributedDataParallel``, ``fully_shard``) must draw the same
    kept outputs: give them generators of equal seeds, or load one ``state_dict`` first.

    References
    ----------
    Section 3.2 of arXiv 2007.08864v2.

    Examples
    --------
    >>> layer = ButterflyLinear(512, 10)
    >>> layer(torch.zeros(3, 7, 512)).shape, layer.core.shape
    (torch.Size([3, 7, 10]), torch.Size([4, 9]))
    """

    __jit_unused_properties__ = ("weight",)

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
        generator: torch.Generator | None = None,
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
        generator = _on_cpu(generator)
        kept = (
            torch.randperm(
                boundary.next_power_of_two(n), generator=generator, device=torch.device("cpu")
            )[:k]
            .sort()
            .values
            for n, k in ((self.in_features, self.k1), (self.out_features, self.k2))
        )
        self._j1, self._j2 = map(truncated_to, (self.in_features, self.out_features), kept)
        self.rows1: Tensor
        self.rows2: Tensor
        self.register_buffer("rows1", torch.tensor(self._j1.rows, device=device))
        self.register_buffer("rows2", torch.tensor(self._j2.rows, device=device))
        self.weights1 = nn.Parameter(torch.empty(self._j1.n_weights, **to))
        self.core = nn.Parameter(torch.empty(self.k2, self.k1, **to))
        self.weights2 = nn.Parameter(torch.empty(self._j2.n_weights, **to))
        self.bias: nn.Parameter | None
        self.register_parameter(
            "bias", nn.Parameter(torch.empty(self.out_features, **to)) if bias else None
        )
        self.reset_parameters(generator)

    @torch.no_grad()
    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        """Draw all weights anew. The kept outputs stay.

        Parameters
        ----------
        generator : torch.Generator, optional
            On the CPU. Default: the one that ``torch.manual_seed`` sets.
        """
        generator = _on_cpu(generator)
        for weights, j in ((self.weights1, self._j1), (self.weights2, self._j2)):
            start = initial_weights(j.size, len(j.rows), self.init, generator)[j.mask]
            _fill(weights, torch.from_numpy(start))
        for part, n in ((self.core, self.k1), (self.bias, self.in_features)):
            if part is not None:
                drawn = torch.empty(part.shape, dtype=part.dtype, device="cpu")
                _fill(part, drawn.uniform_(-(n**-0.5), n**-0.5, generator=generator))

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layer to the last axis.

        Parameters
        ----------
        x : Tensor, shape (…, in_features)
            Vectors, of the dtype and on the device of the layer; under autocast of any dtype.

        Returns
        -------
        Tensor, shape (…, out_features)
            Their images, with the bias.

        Raises
        ------
        ValueError
            If the last axis has another length.
        TypeError
            If x is on another device or, outside of autocast, of another dtype.
        """
        if torch.jit.is_scripting():  # type: ignore[attr-defined]
            return torch.ops.fjlt.butterfly_linear(
                x,
                self.weights1,
                self.core,
                self.weights2,
                self.bias,
                self.rows1,
                self.rows2,
                self.in_features,
                self.out_features,
            )[0]
        else:
            return self._apply_to(x)

    @torch.jit.unused
    def _apply_to(self, x: Tensor) -> Any:
        weights = Weights(self.weights1, self.core, self.weights2, self.bias)
        layout = Layout(self.rows1, self.rows2, self.in_features, self.out_features)
        tracer = getattr(x, "tracer", None)
        if isinstance(tracer, fx.Tracer):
            # A symbolic trace has one node for the layer.
            return tracer.create_proxy("call_function", replacement, (x, weights, layout), {})
        return replacement(x, weights, layout, (self._j1, self._j2))

    @property
    def weight(self) -> Tensor:
        """The matrix of ``to_dense()``, under the name that ``nn.Linear`` has for it.

        Other modules read it, such as ``nn.TransformerEncoderLayer`` for predictions: they then
        compute the dense product. What is written to it is lost. Cost: that of applying the
        butterflies to k1 and k2 vectors, and 2·in_features·out_features·k2 flops, at every access.
        """
        return self.to_dense()

    def to_dense(self) -> Tensor:
        """The matrix J2ᵀ·core·J1, as ``nn.Linear`` keeps it.

        Returns
        -------
        Tensor, shape (out_features, in_features)
            A function of the weights, with derivatives.

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
        """The factors J2ᵀ and core·J1 of the matrix.

        If you only predict, two products with them can take less time than the butterflies.

        Returns
        -------
        left : Tensor, shape (out_features, k2)
            J2ᵀ.
        right : Tensor, shape (k2, in_features)
            The product core·J1.
        """
        first, core, second = map(_whole, (self.weights1, self.core, self.weights2))
        return self._j2.dense(second).mT, core @ self._j1.dense(first)

    def __setattr__(self, name: str, value: Any) -> None:
        # The quantization of PyTorch marks every module so, and leaves those it does not know.
        if name == "qconfig":
            warnings.warn(
                f"{self} is not quantized and stays in {self.core.dtype}: replace it first by two "
                "nn.Linear with the weights of layer.factors(), right one first",
                stacklevel=2,
            )
        super().__setattr__(name, value)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> ButterflyLinear:
        # What to_empty leaves in the kept outputs is no number that belongs to the weights.
        super()._apply(fn, recurse)
        for rows, j in ((self.rows1, self._j1), (self.rows2, self._j2)):
            if not rows.is_meta:
                rows.copy_(torch.from_numpy(j.rows))
        return self

    def extra_repr(self) -> str:
        """What ``print`` shows of the layer.

        Returns
        -------
        str
            Sizes, and whether there is a bias.
        """
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}, k1={self.k1}, k2={self.k2}"
        )

    def load_state_dict(self, *args: Any, **options: Any) -> Any:
        """Load a ``state_dict``, as ``nn.Module`` does; a failure leaves the layer as it was.

        Parameters
        ----------
        *args
            As for ``nn.Module.load_state_dict``.
        **options
            As for ``nn.Module.load_state_dict``.

        Returns
        -------
        NamedTuple
            The ``missing_keys`` and ``unexpected_keys``.

        Raises
        ------
        RuntimeError
            If names or shapes do not fit.
        """
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
            if rows.is_meta:
                errors.append(f"{prefix}rows{side} is on meta, without values; load real ones")
                continue
            if rows.tolist() == j.rows.tolist():
                continue
            # Other kept outputs: another truncation, with its own number of weights.
            if f"{prefix}weights{side}" not in state_dict:
                errors.append(f"{prefix}rows{side} is given without {prefix}weights{side}")
                continue
            weights = getattr(self, f"weights{side}")
            # After a forward pass the parameters can be whole for a while.
            if _is_split(weights) or hasattr(self, "reshard"):
                errors.append(
                    f"{prefix}rows{side} are other kept outputs than those of this layer, which "
                    "fully_shard has split up: load the state_dict before, or make the layer with "
                    "the seed of the other"
                )
                continue
            try:
                j = truncated_to(j.n, rows)
            except (TypeError, ValueError) as error:
                errors.append(f"{prefix}rows{side}: {error}")
                continue
            setattr(self, f"_j{side}", j)
            weights.data = weights.new_empty(j.n_weights)
        return errors


def _on_cpu(generator: object) -> torch.Generator | None:
    if generator is not None and not isinstance(generator, torch.Generator):
        raise TypeError(
            f"generator must be a torch.Generator or None, got {type(generator).__name__}; "
            "make one with torch.Generator().manual_seed(seed)"
        )
    if generator is not None and generator.device.type != "cpu":
        raise ValueError(
            f"generator is on {generator.device}; all draws are made on the CPU, so that a seed "
            "gives one layer on every device: pass torch.Generator()"
        )
    return generator


def _is_split(parameter: Tensor) -> bool:
    """Whether ``fully_shard`` has split up a parameter between processes."""
    return hasattr(parameter, "full_tensor")


def _whole(parameter: Tensor) -> Tensor:
    return cast(Any, parameter).full_tensor() if _is_split(parameter) else parameter


def _fill(parameter: Tensor, values: Tensor) -> None:
    """Copy values to a parameter, which may be split up."""
    if _is_split(parameter):
        from torch.distributed.tensor import DTensor, distribute_tensor

        # The processes get the values of the first one.
        split = cast(DTensor, parameter)
        values = distribute_tensor(values.to(split.device), split.device_mesh, split.placements)
    parameter.copy_(values)


def _kept(k: int | None, name: str, n: int) -> int:
    return max(1, (n - 1).bit_length()) if k is None else boundary.dimension(k, name, high=n)
