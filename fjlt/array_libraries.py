"""Arrays of other libraries: read where they lie, with results in the library that they came from.

NumPy reads the memory of an array that speaks DLPack, such as a PyTorch tensor or an array of a
library that follows the array API standard. A Dask array stays lazy: its blocks are NumPy's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from fjlt.types import Array, DTypeLike

__all__ = ["at_once", "is_dask", "mapped", "shared"]

_CPU = 1  # kDLCPU of DLPack


def shared(x: Any, name: str) -> tuple[Any, Callable[[Array], Any]]:
    """What NumPy reads in place of x, and what takes a result to the library of x.

    Parameters
    ----------
    x : object
        An array of a library with DLPack is read without a copy. Anything else is left as it is,
        and so are results.
    name : str
        What error messages call it.

    Raises
    ------
    TypeError
        If the library does not let NumPy read the array: it is on another device, keeps track of
        gradients, or has a layout or dtype that NumPy lacks.

    Examples
    --------
    >>> array, back = shared([1, 2], "x")
    >>> array, back(np.ones(1))
    ([1, 2], array([1.]))
    """
    library = _library(x)
    if library is None:
        return x, lambda y: y
    kind = type(x).__name__
    try:
        device, _ = x.__dlpack_device__()
    except Exception as error:
        raise TypeError(f"{name}, a {kind} of {library.__name__}, has no memory: {error}") from None
    if device != _CPU:
        raise TypeError(
            f"{name}, a {kind} of {library.__name__}, is on the device {x.device}; only memory of "
            f"the processor is read, so copy it there first, with {name}.cpu() of PyTorch or "
            f"{name}.get() of CuPy"
        )
    try:
        array = np.from_dlpack(x)
    except Exception as error:
        raise TypeError(
            f"{name}, a {kind} of {library.__name__}, cannot be read by NumPy: {error}; pass a "
            "plain array of float32, float64, complex64 or complex128, for PyTorch "
            f"{name}.detach()"
        ) from None
    return array, library.from_dlpack


def at_once(x: Any, name: str) -> tuple[Any, Callable[[Array], Any]]:
    """As ``shared``, for what is computed at once and whole: a Dask array is refused.

    Raises
    ------
    TypeError
        As ``shared``; also if x is a Dask array.

    Examples
    --------
    >>> import dask.array as da
    >>> at_once(da.ones(2), "x")
    Traceback (most recent call last):
        ...
    TypeError: x is a Dask array, which is computed later; this needs all of it now: x.compute()
    """
    if is_dask(x):
        raise TypeError(
            f"{name} is a Dask array, which is computed later; this needs all of it now: "
            f"{name}.compute()"
        )
    return shared(x, name)


def _library(x: Any) -> Any:
    """The namespace of an array that is not NumPy's but speaks DLPack; else None."""
    if isinstance(x, np.ndarray | np.generic) or not hasattr(x, "__dlpack_device__"):
        return None
    if hasattr(x, "__array_namespace__"):
        library = x.__array_namespace__()
    else:  # PyTorch
        library = sys.modules.get(type(x).__module__.partition(".")[0])
    return library if hasattr(library, "from_dlpack") else None


def is_dask(x: Any) -> bool:
    """Whether x is a Dask array.

    Examples
    --------
    >>> is_dask(np.ones(2))
    False
    """
    dask = sys.modules.get("dask.array")
    return dask is not None and isinstance(x, dask.Array)


def mapped(
    function: Callable[..., Array], x: Any, along: int, size: int, dtype: DTypeLike, **options: Any
) -> Any:
    """The Dask array of ``function(block, **options)``, with blocks that are whole along an axis.

    Parameters
    ----------
    function : callable
    x : dask.array.Array
        Cut anew if it has several blocks along the axis: then the others are cut so that a block
        has about the size that Dask prefers.
    along : int
        Number of the axis; the result has ``size`` entries along it.
    size : int
    dtype : dtype
        Of the result.
    **options
        Passed on to the function.

    Examples
    --------
    >>> import dask.array as da
    >>> y = mapped(np.cumsum, da.ones((4, 2), chunks=1), 0, 4, float, axis=0)
    >>> y.numblocks, y.compute()[3]
    ((1, 1), array([4., 4.]))
    """
    along %= x.ndim
    if x.numblocks[along] > 1:
        x = x.rechunk({i: -1 if i == along else "auto" for i in range(x.ndim)})
    chunks = tuple((size,) if i == along else given for i, given in enumerate(x.chunks))
    meta = np.empty((0,) * x.ndim, dtype)
    return x.map_blocks(function, chunks=chunks, dtype=dtype, meta=meta, **options)
