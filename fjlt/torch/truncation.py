"""A truncated butterfly with effective weights only, as batched products of small blocks.

It works on any device.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import NamedTuple
from weakref import WeakValueDictionary

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad
from torch.utils.weak import WeakTensorKeyDictionary

from fjlt import boundary
from fjlt.boundary import next_power_of_two
from fjlt.kernels.executor import ButterflyExecutor
from fjlt.kernels.pass_plan import packed
from fjlt.operators.truncated import effective_mask
from fjlt.types import Array, ArrayLike, IndexArray

__all__ = ["Truncation", "truncated_to"]

MAX_PASSES = 4
"""Numbers of passes that are tried, at most; heuristic."""


_by_value: WeakValueDictionary[tuple[int, bytes], Truncation] = WeakValueDictionary()
_by_tensor = WeakTensorKeyDictionary()  # for each tensor of rows: its version, the truncation


def truncated_to(n: int, rows: Tensor) -> Truncation:
    """The ``Truncation`` with these kept outputs, made once for equal ones.

    It is kept as long as the tensor, or whoever else has it. On a CPU the values are compared at
    every call. Elsewhere that would wait for the device: only the identity of the tensor is, and
    whether PyTorch has written to it.

    Raises
    ------
    ValueError
        If the kept outputs are not different numbers in range, or differ between layers that are
        mapped over.
    """
    with torch._C._DisableFuncTorch():
        rows = _unmapped(rows)
        version = 0 if rows.is_inference() else rows._version
        on_cpu = rows.device.type == "cpu"
        if not on_cpu:
            seen = _by_tensor.get(rows)
            if seen is not None and seen[0] == version and seen[1].n == n:
                return seen[1]
        values = rows.numpy(force=True)
    key = n, values.tobytes()
    found = _by_value.get(key)
    is_new = found is None
    if found is None:
        boundary.rows(values.tolist(), next_power_of_two(n))
        found = _by_value[key] = Truncation(n, values.copy())
    if is_new or not on_cpu:
        _by_tensor[rows] = version, found
    return found


def _unmapped(rows: Tensor) -> Tensor:
    """The kept outputs without the wrappers of ``torch.func``; equal ones of mapped layers."""
    functorch = torch._C._functorch
    while functorch.is_functorch_wrapped_tensor(rows):
        axis = functorch.maybe_get_bdim(rows) if functorch.is_batchedtensor(rows) else None
        rows = functorch.get_unwrapped(rows)
        if axis is not None:
            each = rows.movedim(axis, 0)
            if (each != each[:1]).any():
                raise ValueError(
                    "the layers that are mapped over keep different outputs, and one computation "
                    "cannot serve them: make them with generators of equal seeds, or copies of "
                    "one, and draw their weights anew with reset_parameters()"
                )
            rows = each[0]
    return rows


class Truncation:
    """The structure of a truncated butterfly: which weights matter, and products with them.

    The effective weights, those on a path from an input to a kept output, form one vector, in the
    order of ``weights[effective_mask]`` of ``fjlt.TruncatedButterfly``.

    Parameters
    ----------
    n : int
        Number of inputs.
    rows : array_like of int
        Kept outputs.

    Attributes
    ----------
    n, size : int
        Number of inputs, and the least power of 2 that is at least n.
    rows : ndarray
    mask : ndarray of bool, shape (log2 size, size, 2)
    compiled : dict
        Kept here by ``fjlt.torch.compilation``.

    Notes
    -----
    After i layers the value at node j reaches only outputs that agree with j in the lowest i bits.
    A pass of r layers is therefore a block for each residue j mod 2^i that some output has: from
    2^r nodes to the residue's successors, the residues mod 2^(i+r) that agree with it. The blocks
    are multiplied up from the weights, at a cost that does not depend on the batch. The number of
    passes is that of least work.

    Vectors are in rows here, as usual in PyTorch.

    Examples
    --------
    >>> J = Truncation(4, [2, 0])
    >>> weights = torch.ones(J.n_weights)
    >>> J.n_weights, J.product(torch.tensor([[1.0, 2.0, 3.0, 4.0]]), weights).tolist()
    (8, [[10.0, 10.0]])
    """

    def __init__(self, n: int, rows: ArrayLike) -> None:
        self.n, self.size, self.rows = n, next_power_of_two(n), np.asarray(rows, dtype=np.intp)
        self.p = self.size.bit_length() - 1
        self.mask = effective_mask(self.size, self.rows, n)
        self.n_weights = int(self.mask.sum())
        self._passes = self._plan()
        self._planned: dict[torch.device, list[_Pass]] = {}
        self.compiled: dict[int, object] = {}

    def __reduce__(self) -> tuple[type[Truncation], tuple[int, Array]]:
        return Truncation, (self.n, self.rows)

    @cached_property
    def kernels(self) -> tuple[ButterflyExecutor, IndexArray]:
        """An executor of zero weights for these kept outputs, and the places of effective weights.

        The places are those in its packed weights.
        """
        executor = ButterflyExecutor(np.zeros(self.mask.shape), self.rows)
        place = np.argsort(
            packed(np.arange(self.mask.size).reshape(self.mask.shape), executor.passes)
        )
        return executor, place[self.mask.ravel()]

    def product(self, x: Tensor, weights: Tensor) -> Tensor:
        """Kept outputs for the rows of x, shape (b, n)."""
        # x has shape (b, nodes, residues). A pass takes the 2^r nodes t of each block h and residue
        # c to the successors m of the residue, and then puts the residues in order.
        x = x.unsqueeze(-1)
        for step, block in self._blocks(weights):
            x = pad(x, (0, 0, 0, step.inputs - x.shape[1])).unflatten(1, (len(block), -1))
            x = torch.einsum("bhtc,hcmt->bhcm", x, block).flatten(2)[..., step.place]
        return x.flatten(1)

    def adjoint(self, z: Tensor, weights: Tensor) -> Tensor:
        """The transpose of ``product``, for the rows of z, shape (b, l)."""
        # The passes in reverse order, each transposed; a missing successor reads the zero column.
        z = z.unsqueeze(1)
        for step, block in reversed(self._blocks(weights)):
            z = pad(z, (0, 1))[:, : len(block), step.successor]
            z = torch.einsum("bhcm,hcmt->bhtc", z, block).flatten(1, 2)
        return z.flatten(1)[:, : self.n]

    def dense(self, weights: Tensor) -> Tensor:
        """The matrix of the truncated butterfly, shape (l, n)."""
        return self.product(
            torch.eye(self.n, dtype=weights.dtype, device=weights.device), weights
        ).mT

    def _blocks(self, weights: Tensor) -> list[tuple[_Pass, Tensor]]:
        """Each pass with its blocks from node t of residue c to successor m, shape (h, c, m, t)."""
        padded, blocks = pad(weights, (0, 1)), []
        for step in self._passes_on(weights.device):
            # From single nodes up: a layer joins the two halves of a block, each from its parent
            # residue, times the weights of the output for its own and its other input.
            block = weights.new_ones(step.inputs, len(step.successor), 1)
            for index, parent in step.layers:
                halves = block.unflatten(0, (-1, 2))[:, :, parent].transpose(1, 2)
                block = (padded[index].unsqueeze(-1) * halves).flatten(2)
            blocks.append((step, pad(block, (0, 0, 0, 1))[:, step.successor]))
        return blocks

    def _passes_on(self, device: torch.device) -> list[_Pass]:
        if device not in self._planned:
            self._planned[device] = [step.on(device) for step in self._passes]
        return self._planned[device]

    def _plan(self) -> list[_Pass]:
        """Passes of about equally many layers; their number is that of least work."""
        splits = [
            np.linspace(0, self.p, n + 1).round().astype(int).tolist()
            for n in range(1, min(MAX_PASSES, self.p) + 1)
        ]
        plans = [[self._pass(a, b) for a, b in pairwise(split)] for split in splits]
        return min(plans, key=lambda passes: sum(step.work for step in passes), default=[])

    def _residues(self, i: int) -> Array:
        return self.rows if i == self.p else np.unique(self.rows % (1 << i))

    def _pass(self, first: int, stop: int) -> _Pass:
        number = np.full(self.mask.shape, self.n_weights)
        number[self.mask] = np.arange(self.n_weights)
        layers = []
        for i in range(first, stop):
            # The nodes of each residue after layer i, and the weights of their two inputs: the half
            # of the block with bit i equal to the node's has its own weight.
            before, after = self._residues(i), self._residues(i + 1)
            node = after + (np.arange(-(-self.n >> stop) << (stop - i - 1))[:, None] << (i + 1))
            half = np.arange(2)
            index = number[i][node[..., None], half ^ (after[:, None] >> i & 1)]
            layers.append(
                (
                    torch.from_numpy(index),
                    torch.from_numpy(np.searchsorted(before, after % (1 << i))),
                )
            )
        before, after = self._residues(first), self._residues(stop)
        # The successors of each residue, padded to equally many.
        parent = np.searchsorted(before, after % (1 << first))
        children = [np.flatnonzero(parent == c) for c in range(len(before))]
        max_children = max(map(len, children))
        successor = np.full((len(before), max_children), len(after))
        place = np.empty(len(after), dtype=np.intp)
        for c, own in enumerate(children):
            successor[c, : len(own)] = own
            place[own] = c * max_children + np.arange(len(own))
        inputs = -(-self.n >> stop) << (stop - first)
        return _Pass(
            inputs,
            layers,
            torch.from_numpy(successor),
            torch.from_numpy(place),
            inputs * successor.size,
        )


class _Pass(NamedTuple):
    """Some layers of a truncation.

    Attributes
    ----------
    inputs : int
        Number of nodes that are read for each residue.
    layers : list of (Tensor, Tensor)
        For each layer, the numbers of the weights of each output, and the residue that each output
        comes from.
    successor : Tensor, shape (c, m)
        ``successor[c, m]`` is the m-th residue after the pass that agrees with residue c before it,
        or one more than the last if there are fewer.
    place : Tensor
        The inverse of ``successor``.
    work : int
        Operations a vector.
    """

    inputs: int
    layers: list[tuple[Tensor, Tensor]]
    successor: Tensor
    place: Tensor
    work: int

    def on(self, device: torch.device) -> _Pass:
        """The same pass on a device."""
        layers = [(index.to(device), parent.to(device)) for index, parent in self.layers]
        return self._replace(
            layers=layers, successor=self.successor.to(device), place=self.place.to(device)
        )
