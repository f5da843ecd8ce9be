"""Validation of arguments, once, by every public function.

Each function here returns its argument in canonical form. Otherwise it raises ``ValueError`` or
``TypeError`` with the offending numbers and the remedy, so that NaN, infinity and wrong shapes
never travel inwards.
"""

from __future__ import annotations

import operator
import os
import sys
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import islice
from numbers import Real
from typing import Any

import numpy as np

from fjlt.array_libraries import shared
from fjlt.types import Array, IndexArray, RNGLike

__all__ = [
    "array",
    "dimension",
    "generators",
    "is_power_of_two",
    "log2_exact",
    "matrix",
    "memory",
    "next_power_of_two",
    "number",
    "outputs",
    "rows",
    "shown",
    "unmasked",
    "vector",
]

_FLOATS = (np.float32, np.float64, np.complex64, np.complex128)


def array(a: Any, name: str, *, real: bool = False, finite: bool = True) -> Array:
    """Array of float32, float64, complex64 or complex128; integers and booleans become float64.

    The bytes of the result have the order of this machine, at addresses that its processor reads.

    Parameters
    ----------
    a : array_like
        Also an array of another library, in the memory of the processor.
    name : str
        What error messages call the argument.
    real : bool
        Whether to refuse complex numbers.
    finite : bool
        Whether to refuse NaN and infinity.

    Raises
    ------
    TypeError
        If the input is of objects or strings, of float16 or extended precision, sparse, masked or
        not for NumPy to read, or complex and ``real`` is set.
    ValueError
        If an entry is NaN or infinite and ``finite`` is set.

    Examples
    --------
    >>> array([1, 2], "x").dtype
    dtype('float64')
    """
    if hasattr(a, "toarray"):
        raise TypeError(f"{name} is sparse; pass {name}.toarray()")
    unmasked(a, name)
    a, _ = shared(a, name)
    try:
        a = np.asarray(a)
    except ValueError as error:
        raise ValueError(
            f"{name} is ragged: all its rows must have the same length ({error})"
        ) from None
    if a.dtype.kind in "iub":
        a = a.astype(np.float64)
    if not (a.dtype.isnative and a.flags.aligned):
        a = a.astype(a.dtype.newbyteorder("="))
    if a.dtype.type not in _FLOATS:
        raise TypeError(
            f"{name} has dtype {a.dtype}; use float32, float64, complex64 or complex128, "
            f"for example {name}.astype(np.float64)"
        )
    if real and a.dtype.kind == "c":
        raise TypeError(f"{name} is complex; only real arrays are accepted here")
    if finite and not _is_finite(a):
        bad = np.argwhere(~np.isfinite(a))
        raise ValueError(
            f"{name} has {len(bad)} entries that are NaN or infinite, the first at index "
            f"{tuple(bad[0].tolist())}; remove or replace them first"
        )
    return a


def _is_finite(a: Array) -> bool:
    """Whether all entries are finite; their sum shows it, without an array of truth values.

    If only the sum overflows, it is no answer.
    """
    with np.errstate(all="ignore"):
        return bool(np.isfinite(a.sum()) or np.isfinite(a).all())


def unmasked(a: Any, name: str) -> None:
    """Refuse masked arrays: NumPy would use the numbers behind the mask.

    Examples
    --------
    >>> unmasked(np.ma.masked_equal([1, 2], 2), "x")
    Traceback (most recent call last):
        ...
    TypeError: x is a masked array; fill the masked entries first, with x.filled(value)
    """
    if isinstance(a, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array; fill the masked entries first, with {name}.filled(value)"
        )
    if isinstance(a, list | tuple):
        for i, part in enumerate(a):
            if isinstance(part, np.ma.MaskedArray | list | tuple):
                unmasked(part, f"{name}[{i}]")


def vector(x: Any, name: str, size: int | None = None, *, real: bool = False) -> Array:
    """A non-empty vector of finite numbers, of length ``size`` if given."""
    x = array(x, name, real=real)
    if x.ndim != 1 or x.size == 0:
        raise ValueError(f"{name} must be a non-empty vector, got shape {x.shape}")
    if size is not None and x.size != size:
        raise ValueError(f"{name} has length {x.size}, expected {size}")
    return x


def matrix(
    a: Any,
    name: str,
    *,
    n_rows: int | None = None,
    n_columns: int | None = None,
    real: bool = False,
) -> Array:
    """A non-empty matrix of finite numbers; ``n_rows`` and ``n_columns`` fix its shape."""
    a = array(a, name, real=real)
    if a.ndim != 2 or a.size == 0:
        raise ValueError(f"{name} must be a non-empty matrix, got shape {a.shape}")
    if n_rows is not None and a.shape[0] != n_rows:
        raise ValueError(
            f"{name} has {a.shape[0]} rows, expected {n_rows} (its shape is {a.shape})"
        )
    if n_columns is not None and a.shape[1] != n_columns:
        raise ValueError(
            f"{name} has {a.shape[1]} columns, expected {n_columns} (its shape is {a.shape})"
        )
    return a


def dimension(value: Any, name: str, low: int = 1, high: int | None = None) -> int:
    """An integer with low <= value <= high, neither a boolean nor a float.

    Examples
    --------
    >>> dimension(5, "k", high=4)
    Traceback (most recent call last):
        ...
    ValueError: k = 5 is out of range; it must satisfy 1 <= k <= 4
    """
    if isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    try:
        value = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {value!r}") from None
    if value < low or (high is not None and value > high):
        span = f"{name} >= {low}" if high is None else f"{low} <= {name} <= {high}"
        raise ValueError(f"{name} = {shown(value)} is out of range; it must satisfy {span}")
    return value


def outputs(k: Any, n: Any) -> tuple[int, int]:
    """Numbers of outputs and of inputs of an embedding, 1 <= k <= n.

    Examples
    --------
    >>> outputs(64, 32)
    Traceback (most recent call last):
        ...
    ValueError: k = 64 outputs of n = 32 inputs: 1 <= k <= n is needed; did you mean k = 32, n = 64?
    """
    k, n = dimension(k, "k"), dimension(n, "n")
    if k > n:
        raise ValueError(
            f"k = {shown(k)} outputs of n = {shown(n)} inputs: 1 <= k <= n is needed; "
            f"did you mean k = {shown(n)}, n = {shown(k)}?"
        )
    return k, n


def number(value: Any, name: str, *, above: float, high: float) -> float:
    """A real number with above < value <= high.

    Examples
    --------
    >>> number(2, "density", above=0, high=1)
    Traceback (most recent call last):
        ...
    ValueError: density = 2.0 is out of range; it must satisfy 0 < density <= 1
    """
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a real number, got {value!r}")
    try:
        value = float(value)
    except OverflowError:
        raise ValueError(f"{name} is too large for a double") from None
    if not above < value <= high:
        raise ValueError(
            f"{name} = {value} is out of range; it must satisfy {above} < {name} <= {high}"
        )
    return value


def generators(rng: RNGLike | np.random.RandomState, count: int) -> list[np.random.Generator]:
    """Independent generators of random numbers, spawned from ``rng``.

    A ``RandomState``, and a generator seeded like one, cannot spawn; a seed is drawn from it.

    Examples
    --------
    >>> first, second = generators(np.random.RandomState(0), 2)
    >>> first.random() == second.random()
    False
    """
    if isinstance(rng, np.random.RandomState):
        seed: Any = rng.randint(2**32, size=8, dtype=np.uint32)
    else:
        generator = np.random.default_rng(rng)
        try:
            return generator.spawn(count)
        except TypeError:
            seed = generator.integers(2**32, size=8, dtype=np.uint32)
    return np.random.default_rng(seed).spawn(count)


def rows(kept: Iterable[int], n: int) -> IndexArray:
    """Kept outputs of a butterfly of size n, as a new array in the given order.

    They must be distinct integers from 0 to n - 1, at least one.
    """
    if isinstance(kept, str | bytes) or not isinstance(kept, Iterable):
        raise TypeError(f"rows must be a sequence of output numbers, got {kept!r}")
    if isinstance(kept, np.ma.MaskedArray):
        raise TypeError("rows is a masked array; pass the output numbers to keep, without others")
    # An array of integers is checked as a whole. If it fails, the loop below finds the reason.
    if isinstance(kept, np.ndarray) and kept.ndim == 1 and kept.dtype.kind in "iu" and kept.size:
        in_range = kept.min() >= 0 and kept.max() < n
        if in_range and np.bincount(kept.astype(np.intp), minlength=1).max() == 1:
            return kept.astype(np.intp)
    # Among n + 1 rows there is a repetition: a longer sequence, which may have no end, is not read.
    chosen = [dimension(row, "row", low=0, high=n - 1) for row in islice(kept, n + 1)]
    if not chosen:
        raise ValueError("rows is empty; keep at least one output")
    if len(set(chosen)) < len(chosen):
        repeated = sorted(row for row, times in Counter(chosen).items() if times > 1)
        raise ValueError(f"rows repeats {repeated}; every output may be kept once")
    return np.array(chosen, dtype=np.intp)


def memory(n_bytes: float, what: str) -> None:
    """Refuse at once what takes more memory than this machine has.

    Parameters
    ----------
    n_bytes : int or float
    what : str
        What takes it, for the message.

    Raises
    ------
    MemoryError
        If it does not fit. Otherwise a system that promises memory before it has it would end the
        program later.

    Examples
    --------
    >>> memory(8 * 2**70, "a vector of 2**70 numbers")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    MemoryError: a vector of 2**70 numbers takes about 2^43 GiB; this machine has ... GiB
    """
    if n_bytes > _machine_memory():
        gib = int(n_bytes) >> 30
        raise MemoryError(
            f"{what} takes about 2^{gib.bit_length() - 1} GiB; "
            f"this machine has {_machine_memory() / 2**30:.1f} GiB"
        )


@cache
def _machine_memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # a system that does not say
        return sys.maxsize


def is_power_of_two(n: int) -> bool:
    """Whether n = 2^p for some p >= 0."""
    return n >= 1 and n & (n - 1) == 0


def log2_exact(n: int, name: str = "n") -> int:
    """The p with n = 2^p, or an error that names the next size up."""
    n = dimension(n, name)
    if not is_power_of_two(n):
        raise ValueError(
            f"{name} = {shown(n)} is not a power of 2; pad with zeros to "
            f"{shown(next_power_of_two(n))}, or use TruncatedButterfly with n_inputs = {shown(n)}"
        )
    return n.bit_length() - 1


def next_power_of_two(n: int) -> int:
    """The least power of 2 that is at least n."""
    return 1 << (n - 1).bit_length()


def shown(value: int) -> str:
    """An integer for a message, in words of bounded length.

    Examples
    --------
    >>> shown(10**5000)
    '2^16609…'
    """
    sign = "-" if value < 0 else ""
    return str(value) if abs(value) < 10**100 else f"{sign}2^{abs(value).bit_length() - 1}…"
