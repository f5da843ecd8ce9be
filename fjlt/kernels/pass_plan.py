"""Which butterflies of a truncated network reach a kept output, in passes of several layers.

After i layers, the value at node j can only reach outputs that agree with j in the lowest i bits,
its residue. The rows are sorted by residue: then a pass takes 2^r consecutive rows, does r layers
on them in the cache, and hands on the residues that some kept output has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_LAYERS", "Pass", "packed", "plan", "unpacked"]

Array = NDArray[Any]

MOST_LAYERS = 7  # of a pass; heuristic


class Pass(NamedTuple):
    """Layers first, …, first + layers - 1.

    Row number c·q + h of the input, q = n >> first, is node residues[c] + (h << first). Output t of
    the butterfly on 2^layers consecutive rows of residue c goes to residue number target[c, t] of
    the next pass; -1: no kept output needs it. ``used[c, a, l]``: whether any t = l modulo 2^a is
    needed. ``whole``: all are, and in order.
    """

    first: int
    layers: int
    residues: Array
    target: Array
    used: Array
    whole: bool

    def part(self, first: int, stop: int) -> Pass:
        """The same for some of the residues, of an input in which all are in order."""
        some = slice(first, stop)
        return self._replace(
            residues=self.residues[some], target=self.target[some], used=self.used[some]
        )


def plan(p: int, outputs: Array) -> list[Pass]:
    """The passes of a network of p layers, at most MOST_LAYERS each, with these outputs in this
    order."""
    passes: list[Pass] = []
    n_passes = -(-p // MOST_LAYERS)
    residues, first = np.zeros(1, np.int64), 0
    for i in range(n_passes):
        layers = (p + i) // n_passes
        done = first + layers
        kept = outputs if done == p else np.unique(outputs % (1 << done))
        where = np.full(1 << done, -1)
        where[kept] = np.arange(kept.size)
        nodes = residues[:, None] + (np.arange(1 << layers) << first)
        target = where[nodes]
        used = np.zeros((residues.size, layers, 1 << layers), np.bool_)
        for a in range(layers):
            used[:, a, : 1 << a] = (target >= 0).reshape(residues.size, -1, 1 << a).any(axis=1)
        whole = len(residues) == 1 << first and np.array_equal(target, nodes)
        passes.append(Pass(first, layers, residues, target, used, whole))
        residues, first = kept, done
    return passes


def packed(weights: Array, passes: Sequence[Pass]) -> Array:
    """The weights, shape (p, n, 2), pass by pass, butterfly by butterfly: those that are used
    together side by side.

    Butterfly number c·q + h of a pass, q = n >> (first + layers), has the nodes c + ((h·2^layers +
    row) << first).
    """
    return np.concatenate(
        [np.empty(0, weights.dtype), *(_turned(weights, step).ravel() for step in passes)]
    )


def unpacked(flat: Array, shape: tuple[int, ...], passes: Sequence[Pass]) -> Array:
    """The inverse of ``packed``."""
    weights = np.empty(shape, flat.dtype)
    start = 0
    for step in passes:
        turned = _turned(weights, step)
        turned[...] = flat[start : start + turned.size].reshape(turned.shape)
        start += turned.size
    return weights


def _turned(weights: Array, step: Pass) -> Array:
    """View of the weights of a pass: axes c, h, layer, row, which of the two."""
    own = weights[step.first : step.first + step.layers]
    return own.reshape(step.layers, -1, 1 << step.layers, 1 << step.first, 2).transpose(
        3, 1, 0, 2, 4
    )
