"""An operator applied to arrays of any shape and library, or what is said if they do not fit."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from fjlt import boundary
from fjlt.array_libraries import is_dask, mapped, shared
from fjlt.types import Array

if TYPE_CHECKING:
    from fjlt.operators.operator import Operator

__all__ = ["applied"]

BLOCK = 1 << 26
"""Bytes of a memory-mapped array that are read at a time, about."""


def applied(operator: Operator, x: Any, product: str, shape: tuple[int, int]) -> Any:
    """The operator applied to x as ``product`` says, for J of this shape."""
    m, n = operator.shape
    lazy, on_disk = is_dask(x), isinstance(x, np.memmap)
    back: Callable[[Array], Any] = np.asarray
    if lazy or on_disk:
        # Blocks are checked when they are read; here, of what kind they are.
        boundary.unmasked(x, "x")
        kind = boundary.array(x._meta if lazy else np.empty(0, x.dtype), "x").dtype
    else:
        x, back = shared(x, "x")
        x = boundary.array(x, "x", finite=False)
        kind = x.dtype
    # One vector, or rows that are vectors, or matrices whose columns are.
    vectors = product.endswith("matvec(x)")
    rows = x.ndim == 1 or product == "x @ J" or (vectors and x.shape != (n, 1))
    fits = x.ndim > product.endswith("matmat(x)") and x.shape[-1 if rows else -2] == n
    if not fits:
        raise ValueError(_misfit(product, shape, n, rows, x.shape))
    dtype = np.result_type(operator.dtype, kind)
    if lazy:
        return mapped(_of_block, x, -1 if rows else -2, m, dtype, operator=operator, rows=rows)
    if on_disk and x.ndim > 1 and x.nbytes > BLOCK:
        return _by_blocks(x, operator, rows, dtype)
    return back(_of_block(x, operator, rows))


def _of_block(x: Array, operator: Operator, rows: bool, name: str = "x") -> Array:
    """The operator applied along the last axis, if ``rows``, or the last but one."""
    x = boundary.array(x, name, finite=not operator._output_shows_nonfinite)
    m, n = operator.shape
    # All vectors are columns of one matrix.
    if rows:
        y = operator._apply(x.reshape(-1, n).T)
        result = y.T.reshape(*x.shape[:-1], m)
    elif x.ndim == 2:
        result = y = operator._apply(x)
    else:
        columns = np.moveaxis(x, -2, 0)
        y = operator._apply(columns.reshape(n, -1))
        result = np.moveaxis(y.reshape(m, *columns.shape[1:]), 0, -2)
    if operator._output_shows_nonfinite and not np.isfinite(y[0]).all():
        boundary.array(x, name)
    return result


def _by_blocks(x: Array, operator: Operator, rows: bool, dtype: np.dtype) -> Array:
    """``_of_block`` for an array that may exceed the memory; the result must not."""
    shape = list(x.shape)
    shape[-1 if rows else -2] = operator.shape[0]
    boundary.memory(prod(shape) * dtype.itemsize, f"the result, of shape {tuple(shape)},")
    y = np.empty(shape, dtype)
    # An axis is cut that is not summed over.
    axis = 0 if rows or x.ndim > 2 else 1
    step = max(1, BLOCK * x.shape[axis] // x.nbytes)
    for start in range(0, x.shape[axis], step):
        part = (slice(None),) * axis + (slice(start, start + step),)
        y[part] = _of_block(x[part], operator, rows, f"x[{':, ' * axis}{start}:{start + step}]")
    return y


def _misfit(
    product: str, shape: tuple[int, int], size: int, rows: bool, found: tuple[int, ...]
) -> str:
    """What is said of an array that does not fit: on which side its samples must be."""
    line, samples = ("columns", "rows") if product == "x @ J" else ("rows", "columns")
    takes = f"a matrix with {size} {line} ({samples} are samples)"
    if product.endswith("matvec(x)"):
        takes = f"vectors of shape (..., {size}), or one column ({size}, 1)"
    elif not product.endswith("matmat(x)"):
        takes = f"{size} numbers, or {takes}"
    remedy = ""
    if len(found) > 1 and found[-2 if rows else -1] == size:
        turned = {
            "J @ x": "for samples in rows, take J @ x.T",
            "x @ J": "for samples in columns, take x.T @ J",
            "J.matvec(x)": "for samples in columns, take J @ x",
            "J.rmatvec(x)": "for samples in columns, take J.H @ x",
            "J.matmat(x)": "for samples in rows, take J @ x.T",
            "J.rmatmat(x)": "for samples in rows, take J.H @ x.T",
        }
        remedy = f"; {turned[product]}"
    elif product == "J @ x" and found and found[-1 if rows else -2] == shape[0]:
        remedy = "; what fits it is the adjoint, J.H @ x"
    return (
        f"{product} with J of shape {shape} takes {takes}, but x has shape {tuple(found)}{remedy}"
    )
