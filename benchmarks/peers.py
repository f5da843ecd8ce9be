"""Comparisons with the same transforms of other libraries, which need not be installed."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.operators import DTYPES, TOTAL, data, label
from benchmarks.timing import Row, in_turns
from fjlt import Butterfly, fwht

__all__ = ["imported", "missing_peers", "transforms_of_peers"]

_PEERS = ("torch", "torch_structured", "hadamard_transform")


def imported(name: str) -> Any:
    """Import a library; None if that fails, and ``missing_peers`` says why."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except Exception as error:  # a broken peer is named, whatever is wrong with it
        _missing[name] = f"{name}: {type(error).__name__}: {error}"
        return None


_missing: dict[str, str] = {}


def missing_peers() -> list[str]:
    """The peers that cannot be imported, each with the reason."""
    for name in _PEERS:
        imported(name)
    return list(_missing.values())


def transforms_of_peers() -> Iterator[Row]:
    """Compare with the same transforms in PyTorch, for samples in rows."""
    n = 1024
    torch, structured, hadamard = (
        imported(name) for name in ("torch", "torch_structured", "hadamard_transform")
    )
    for dtype in DTYPES if torch else ():
        samples = data((TOTAL // n, n), dtype)
        tensor = torch.from_numpy(samples)
        if hadamard:
            functions: dict[str, Callable[[], Any]] = {
                "hadamard_transform": lambda t=tensor: hadamard.hadamard_transform(t),
                "fwht": lambda x=samples: fwht(x, axis=1),
            }
            yield in_turns(
                f"fwht, {label(n, dtype, 'along rows')}",
                functions,
                {"fwht": 1.0},
                TOTAL,
                rounds=5,
                n=n,
            )
        if structured:
            layer = structured.Butterfly(n, n, bias=False).to(tensor.dtype)
            B = Butterfly.random(n, rng=0)
            B = Butterfly(B.weights.astype(dtype))

            def forward(layer: Any = layer, tensor: Any = tensor) -> None:
                with torch.no_grad():
                    layer(tensor)

            functions = {"torch_structured": forward, "B @ X": lambda B=B, x=samples.T: B @ x}
            name = f"Butterfly, {label(n, dtype, 'along rows')}"
            yield in_turns(name, functions, {"B @ X": 1.0}, TOTAL, rounds=5, n=n)
