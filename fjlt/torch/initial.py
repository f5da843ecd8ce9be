"""Initial weights of a truncated butterfly: an FJLT, or alternatives to compare it with."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fjlt.operators.butterfly import Butterfly

__all__ = ["INITIAL", "initial_weights"]

INITIAL = ("fjlt", "identity", "gaussian", "orthogonal")


def initial_weights(
    size: int, k: int, init: str, generator: torch.Generator | None = None
) -> NDArray[np.float64]:
    """Weights, shape (log2 size, size, 2), with E JᵀJ = I if k kept outputs are drawn uniformly.

    The last layer contains the scale sqrt(size/k).

    Parameters
    ----------
    size : int
        A power of 2.
    k : int
        Number of kept outputs.
    init : {"fjlt", "identity", "gaussian", "orthogonal"}
        "fjlt" is the Hadamard matrix with random signs, in layer 0. "gaussian" has independent
        N(0, 1/2) weights. "orthogonal" rotates every pair of nodes by a uniform angle.
    generator : torch.Generator, optional
        On the CPU. Default: the one that ``torch.manual_seed`` sets.

    Raises
    ------
    ValueError
        If ``init`` is unknown.

    Examples
    --------
    >>> initial_weights(4, 1, "identity")[:, 0].tolist()
    [[1.0, 0.0], [2.0, 0.0]]
    """
    p, node = size.bit_length() - 1, np.arange(size)
    on: dict[str, Any] = {"generator": generator, "device": "cpu"}
    if init == "fjlt":
        signs = _numbers(torch.randint(2, (size,), **on)) * 2 - 1
        weights = Butterfly.hadamard(size, signs if p else None).weights.copy()
    elif init == "identity":
        weights = Butterfly.identity(size).weights.copy()
    elif init == "gaussian":
        weights = _numbers(torch.randn(p, size, 2, dtype=torch.float64, **on)) * 2**-0.5
    elif init == "orthogonal":
        angle = _numbers(torch.rand(p, size, dtype=torch.float64, **on)) * 2 * np.pi
        weights = np.empty((p, size, 2))
        for i in range(p):
            # The nodes j and j ^ 2^i share an angle: (x, y) becomes (cx + sy, cy - sx).
            high = node >> i & 1
            shared = angle[i, node & ~(1 << i)]
            weights[i, :, 0], weights[i, :, 1] = (
                np.cos(shared),
                np.where(high, -1, 1) * np.sin(shared),
            )
    else:
        raise ValueError(f"init = {init!r} is unknown; use one of {', '.join(map(repr, INITIAL))}")
    weights[-1:] *= (size / k) ** 0.5
    return weights


def _numbers(drawn: Tensor) -> NDArray[np.float64]:
    return drawn.numpy().astype(np.float64)
