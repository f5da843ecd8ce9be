"""Plans: the passes of a truncated network, each of several layers, without unneeded butterflies.

After i layers, the value at node j can only reach outputs that agree with j in the lowest i bits,
the residue of j. The rows are sorted by residue. A pass then takes 2^r consecutive rows, applies r
layers to them in the cache, and hands on the residues that some kept output has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from fjlt.types import Array, BoolArray, IndexArray

__all__ = ["MAX_LAYERS", "Pass", "packed", "plan", "unpacked"]

MAX_LAYERS = 7
"""Layers of a pass, at most; heuristic."""


class Pass(NamedTuple):
    """Layers first, …, first + layers - 1 of a network of n rows.

    Row c·q + h of the input, q = n >> first, is node residues[c] + (h << first).

    Attributes
    ----------
    first, layers : int
        Number of the first layer, and number of layers.
    residues : ndarray, shape (r,)
        Residues modulo 2^first that some kept output has.
    target : ndarray, shape (r, 2^layers)
        ``target[c, t]`` is the position, among the residues of the next pass, of output t of the
        butterflies on 2^layers consecutive rows of residue c; -1 if no kept output needs it.
    used : ndarray of bool, shape (r, layers, 2^layers)
        ``used[c, a, l]``: whether some output t = l modulo 2^a is needed.
    complete : bool
        Whether all outputs are needed, and stay in their order.
    """

    first: int
    layers: int
    residues: IndexArray
    target: IndexArray
    used: BoolArray
    complete: bool

    def part(self, first: int, stop: int) -> Pass:
        """The same pass for some of the residues; the rows of the input must be in natural order.

        Parameters
        ----------
        first, stop : int
            The residues are ``self.residues[first:stop]``.
        """
        some = slice(first, stop)
        return self._replace(
            residues=self.residues[some], target=self.target[some], used=self.used[some]
        )


def plan(p: int, outputs: Array) -> list[Pass]:
    """The passes of a network of p layers, at most MAX_LAYERS each, that keep these outputs.

    The result has the outputs in the order of ``outputs``.
    """
    passes: list[Pass] = []
    n_passes = -(-p // MAX_LAYERS)
    residues, first = np.zeros(1, np.int64), 0
    for i in range(n_passes):
        # As equal numbers of layers as possible, the smaller ones first.
        layers = (p + i) // n_passes
        done = first + layers
        # Only nodes that agree with a kept output in the lowest ``done`` bits are handed on.
        kept = outputs if done == p else np.unique(outputs % (1 << done))
        where = np.full(1 << done, -1)
        where[kept] = np.arange(kept.size)
        # A butterfly joins the nodes of one residue that differ in the bits first, …, done - 1.
        nodes = residues[:, None] + (np.arange(1 << layers) << first)
        target = where[nodes]
        # After a of its layers, a row reaches the outputs that agree with it in the lowest a bits.
        used = np.zeros((residues.size, layers, 1 << layers), np.bool_)
        for a in range(layers):
            used[:, a, : 1 << a] = (target >= 0).reshape(residues.size, -1, 1 << a).any(axis=1)
        complete = len(residues) == 1 << first and np.array_equal(target, nodes)
        passes.append(Pass(first, layers, residues, target, used, complete))
        residues, first = kept, done
    return passes


def packed(weights: Array, passes: Sequence[Pass]) -> Array:
    """Weights in the order in which the passes read them: pass by pass, butterfly by butterfly.

    Butterfly c·q + h of a pass, q = n >> (first + layers), has the nodes
    c + ((h·2^layers + row) << first).

    Parameters
    ----------
    weights : ndarray, shape (p, n, 2)
    passes : sequence of Pass

    Returns
    -------
    ndarray, shape (2·p·n,)
    """
    return np.concatenate(
        [np.empty(0, weights.dtype), *(_by_butterflies(weights, step).ravel() for step in passes)]
    )


def unpacked(flat: Array, shape: tuple[int, ...], passes: Sequence[Pass]) -> Array:
    """The inverse of ``packed``; ``shape`` is (p, n, 2)."""
    weights = np.empty(shape, flat.dtype)
    start = 0
    for step in passes:
        view = _by_butterflies(weights, step)
        view[...] = flat[start : start + view.size].reshape(view.shape)
        start += view.size
    return weights


def _by_butterflies(weights: Array, step: Pass) -> Array:
    """View of the weights of a pass, with axes c, h, layer, row, and own or other input."""
    own = weights[step.first : step.first + step.layers]
    return own.reshape(step.layers, -1, 1 << step.layers, 1 << step.first, 2).transpose(
        3, 1, 0, 2, 4
    )
