"""Codelets, short functions on rows of numbers, compiled to vector instructions.

A codelet is a Python function of a few rows, and of coefficients, that adds, subtracts and
multiplies whole rows. ``compile_codelet`` turns it into one loop over the columns that loads all
rows before it stores any: results may overwrite the rows they come from. A compiler could not prove
that by itself, and would not use vectors. Where Numba does not compile (NUMBA_DISABLE_JIT=1), the
same codelet runs on NumPy arrays.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.caching import FunctionCache
from numba.extending import intrinsic

from fjlt.types import Array

__all__ = [
    "COMPILES",
    "VECTOR_BYTES",
    "compile_codelet",
    "compiled",
    "exchange",
    "flat",
    "inlined",
    "offset_to_line",
    "part",
    "rows_at",
    "swap",
]

VECTOR_BYTES = 64
"""Bytes of a vector register, and of a cache line."""

_settings: Any = numba.config
COMPILES = not _settings.DISABLE_JIT
"""Whether Numba compiles; if not, functions run in the interpreter."""

_INT = ir.IntType(64)


@cache
def _sources(folder: Path) -> str:
    """Digest of all modules of a folder."""
    return sha256(b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))).hexdigest()


class _Cache(FunctionCache):
    """Compiled functions on disk, invalid once a source beside them or in this folder changes.

    A function may have any other of these compiled into it. What cannot be read or written is
    compiled again.
    """

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        folders = [Path(file).parent for file in (__file__, self._py_func.__code__.co_filename)]
        return (*super()._index_key(sig, codegen), *map(_sources, folders))

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            loaded = super().load_overload(sig, target_context)
        except Exception:  # a damaged file can raise anything
            with suppress(OSError):
                self.flush()
            loaded = None
        if loaded is None:
            _announce()
        return loaded

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(OSError):
            super().save_overload(sig, data)


@cache
def _announce() -> None:
    """Say on a terminal, once, why the first call takes long."""
    if sys.stderr is not None and sys.stderr.isatty():
        print(
            "fjlt compiles its kernels for this processor. That takes some seconds, once.",
            file=sys.stderr,
        )


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, compiled on first call to run without the GIL.

    The result is cached on disk where a folder for it is writable.
    """
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy")(function)
    if dispatcher is not function:
        with suppress(RuntimeError):  # there is no such folder
            dispatcher._cache = _Cache(function)
    return dispatcher


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, made part of each compiled function that calls it.

    Numba optimises a compiled function anew in every function that calls it, however deep. This one
    is compiled with its caller only.
    """
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy", inline="always")(function)
    return dispatcher


def part(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, for compiled functions only, which are stored with it."""
    bare: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy", **bare)(function)
    return dispatcher


@inlined
def offset_to_line(x):  # type: ignore[no-untyped-def]
    """Index of the first entry of the flat array x that begins a cache line."""
    return -(x.ctypes.data // x.itemsize) % (VECTOR_BYTES // x.itemsize)


class _Writable:
    """The memory of an array, declared writable. Keeps the array alive."""

    def __init__(self, a: Array) -> None:
        self.array = a
        interface = a.__array_interface__
        self.__array_interface__ = interface | {"data": (interface["data"][0], False)}


def flat(a: Array) -> Array:
    """A contiguous array as a vector that Numba takes for writable.

    Read-only arrays would have a type of their own, and everything would be compiled twice.
    """
    a = a.reshape(-1)
    return a if a.flags.writeable else np.asarray(_Writable(a))


class _Vector:
    """A vector register, or a single number, while a codelet is compiled."""

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder, self.value = builder, value
        self.size = value.type.count if isinstance(value.type, ir.VectorType) else 1

    def __add__(self, other: _Vector) -> _Vector:
        return _Vector(self.builder, self.builder.fadd(self.value, other.value))

    def __sub__(self, other: _Vector) -> _Vector:
        return _Vector(self.builder, self.builder.fsub(self.value, other.value))

    def __mul__(self, other: _Vector) -> _Vector:
        return _Vector(self.builder, self.builder.fmul(self.value, other.value))

    def plus_product(self, x: _Vector, y: _Vector) -> _Vector:
        kind = self.value.type
        number = "f64" if "double" in str(kind) else "f32"
        name = f"llvm.fma.v{self.size}{number}" if self.size > 1 else f"llvm.fma.{number}"
        fma = cgutils.get_or_insert_function(
            self.builder.module, ir.FunctionType(kind, [kind] * 3), name
        )
        return _Vector(self.builder, self.builder.call(fma, [x.value, y.value, self.value]))

    def swap(self, s: int) -> tuple[_Vector, _Vector]:
        mask = _mask([j ^ s for j in range(self.size)])
        other = self.builder.shuffle_vector(self.value, self.value, mask)
        signs = ir.Constant(self.value.type, [-1.0 if j & s else 1.0 for j in range(self.size)])
        return _Vector(self.builder, other), _Vector(self.builder, signs)

    def exchange(self, other: _Vector, s: int) -> tuple[_Vector, _Vector]:
        n = self.size
        if s >= n:
            return self, other
        first = [n + (j ^ s) if j & s else j for j in range(n)]
        second = [n + j if j & s else j ^ s for j in range(n)]
        one, two = (
            self.builder.shuffle_vector(self.value, other.value, _mask(entries))
            for entries in (first, second)
        )
        return _Vector(self.builder, one), _Vector(self.builder, two)


def _mask(entries: Sequence[int]) -> Any:
    """The entries that a shuffle takes, counted through its first and then its second vector."""
    return ir.Constant(ir.VectorType(ir.IntType(32), len(entries)), list(entries))


def exchange(row: Any, other: Any, s: int) -> tuple[Any, Any]:
    """Two rows, after entry j of the first has changed places with entry j ^ s of the other.

    Only entries with j & s are exchanged.
    """
    if isinstance(row, _Vector):
        return row.exchange(other, s)
    j = np.arange(row.size)
    return np.where(j & s, other[j ^ s], row), np.where(j & s, other, row[j ^ s])


def swap(row: Any, s: int) -> tuple[Any, Any]:
    """The row with its entries j and j ^ s exchanged, and a row of signs, -1 where j & s."""
    if isinstance(row, _Vector):
        return row.swap(s)
    j = np.arange(row.size)
    return row[j ^ s], np.where(j & s, -1.0, 1.0).astype(row.dtype)


def _reduced(vector: _Vector) -> Any:
    """Sum of the entries of a vector: halves are added until one entry is left."""
    builder, value = vector.builder, vector.value
    while isinstance(value.type, ir.VectorType):
        half = value.type.count // 2
        low, high = (
            builder.shuffle_vector(value, value, _mask(entries))
            for entries in (range(half), range(half, 2 * half))
        )
        value = builder.fadd(low, high)
        if half == 1:
            value = builder.extract_element(value, ir.Constant(ir.IntType(32), 0))
    return value


def _data(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    return context.make_array(kind)(context, builder, array).data


def _rows_at() -> Callable[..., Any]:
    if not COMPILES:
        return lambda x, start, step: (x, start, step)

    @intrinsic
    def address(typingctx, x, start, step):  # type: ignore[no-untyped-def]
        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            x, start, step = arguments
            first = builder.gep(_data(context, builder, signature.args[0], x), [start])
            return context.make_tuple(
                builder, signature.return_type, (builder.ptrtoint(first, _INT), step)
            )

        return types.UniTuple(types.int64, 2)(x, types.int64, types.int64), generate

    return address


rows_at = _rows_at()
"""rows_at(x, start, step): rows of the flat array x, the first at ``start``, each ``step`` after
the one before.

The result does not keep x alive where it is compiled: an array in a tuple would cost two atomic
operations a call.
"""


_numbers = count()
"""Numbers of the codelets, which name their functions in LLVM."""


def compile_codelet(
    codelet: Callable[..., Any],
    n_rows: int,
    n_layers: int = 0,
    *,
    two: bool = False,
    sums: bool = False,
    whole_vectors: bool = False,
) -> Callable[..., None]:
    """Compile a codelet into run(source, given, target, width, coefficients, k, sum_to).

    Parameters
    ----------
    codelet : callable
        Called as ``codelet(rows, w)``, where w(i, t, e) is coefficient e = 0, 1 of row t in layer
        i; returns rows.
    n_rows : int
        Rows that it reads, and rows that it returns.
    n_layers : int
        Layers of coefficients.
    two : bool
        Call it as ``codelet(rows, given_rows, w)`` instead.
    sums : bool
        Call it as ``codelet(rows, given_rows, w)``; it returns rows and ``pairs[i][t][e]``, pairs
        of rows whose inner products are added to ``sum_to``.
    whole_vectors : bool
        Whether ``width`` is always a multiple of the length of a vector.

    Returns
    -------
    callable
        ``source``, ``given`` and ``target`` come from ``rows_at``; they have ``width`` columns.
        ``coefficients`` and ``sum_to`` are flat arrays of one dtype; coefficient e of row t in
        layer i, and the sum that belongs to it, is entry k[0] + i·k[1] + t·k[2] + e.
    """

    def columns(
        first: Any, c: Any, load: Callable[..., Any], coefficient: Callable[..., Any], second: Any
    ) -> Any:
        rows = [load(first, t, c) for t in range(n_rows)]
        if not (two or sums):
            return codelet(rows, coefficient), None
        result = codelet(rows, [load(second, t, c) for t in range(n_rows)], coefficient)
        return result if sums else (result, None)

    if not COMPILES:

        def in_numpy(
            source: Any, given: Any, target: Any, width: int, coefficients: Any, k: Any, sum_to: Any
        ) -> None:
            def load(place: Any, t: int, _: Any) -> Any:
                flat, start, step = place
                return flat[start + t * step : start + t * step + width].copy()

            def at(i: int, t: int, e: int) -> int:
                return int(k[0] + i * k[1] + t * k[2] + e)

            rows, pairs = columns(source, 0, load, lambda i, t, e: coefficients[at(i, t, e)], given)
            for t in range(n_rows):
                flat, start, step = target
                flat[start + t * step : start + t * step + width] = rows[t]
            for i, t, e in np.ndindex(n_layers, n_rows, 2) if sums else ():
                sum_to[at(i, t, e)] += np.vdot(*pairs[i][t][e])

        return in_numpy

    number_of_codelet = next(_numbers)

    @intrinsic
    def run(typingctx, source, given, target, width, coefficients, k, sum_to):  # type: ignore[no-untyped-def]
        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            source, given, target, width, coefficients, k, sum_to = arguments
            size = signature.args[4].dtype.bitwidth // 8
            number = ir.DoubleType() if size == 8 else ir.FloatType()
            function = cgutils.get_or_insert_function(
                builder.module,
                ir.FunctionType(
                    ir.VoidType(),
                    [_INT] * 7 + [number.as_pointer()] + [_INT] * 3 + [number.as_pointer()],
                ),
                f"codelet_{number_of_codelet}_{8 * size}",
            )
            if function.is_declaration:
                function.linkage = "internal"
                function.attributes.add("noinline")
                define(function, size, number)
            places = (cgutils.unpack_tuple(builder, place, 2) for place in (source, given, target))
            builder.call(
                function,
                [
                    *(part for place in places for part in place),
                    width,
                    _data(context, builder, signature.args[4], coefficients),
                    *cgutils.unpack_tuple(builder, k, 3),
                    _data(context, builder, signature.args[6], sum_to),
                ],
            )
            return context.get_dummy_value()

        return types.void(source, given, target, width, coefficients, k, sum_to), generate

    def define(function: Any, size: int, number: Any) -> None:
        """The body of the codelet in LLVM, once in a module, for numbers of ``size`` bytes."""
        builder = ir.IRBuilder(function.append_basic_block())
        *places, width, coefficients, k0, k_layer, k_row, sum_to = function.args
        source, given, target = (
            (builder.inttoptr(address, number.as_pointer()), step)
            for address, step in zip(places[::2], places[1::2], strict=True)
        )

        def index(start, *terms):  # type: ignore[no-untyped-def]
            for factor, step in terms:
                start = builder.add(start, builder.mul(ir.Constant(_INT, factor), step))
            return start

        def at(i, t, e):  # type: ignore[no-untyped-def]
            return index(k0, (i, k_layer), (t, k_row), (e, ir.Constant(_INT, 1)))

        def loop(length, start, stop, some=None):  # type: ignore[no-untyped-def]
            """Columns start, …, stop - 1, as many at a time as a vector of this length has.

            ``some`` says which entries of the vector are columns; all are by default.
            """
            vector = ir.VectorType(number, length) if length > 1 else number

            def coefficient(i, t, e):  # type: ignore[no-untyped-def]
                value = builder.load(builder.gep(coefficients, [at(i, t, e)]))
                if length > 1:  # the same number in every entry
                    none = ir.Constant(vector, ir.Undefined)
                    value = builder.insert_element(none, value, ir.Constant(ir.IntType(32), 0))
                    value = builder.shuffle_vector(value, none, _mask([0] * length))
                return _Vector(builder, value)

            def address(place, t, c):  # type: ignore[no-untyped-def]
                row_0, step = place
                place = builder.gep(row_0, [index(c, (t, step))])
                return builder.bitcast(place, vector.as_pointer())

            def load(place, t, c):  # type: ignore[no-untyped-def]
                if some is None:
                    return _Vector(builder, builder.load(address(place, t, c), align=size))
                value = _masked_load(builder, address(place, t, c), some, vector, size)
                return _Vector(builder, value)

            def store(row, place, t, c):  # type: ignore[no-untyped-def]
                if some is None:
                    builder.store(row.value, address(place, t, c), align=size)
                else:
                    _masked_store(builder, row.value, address(place, t, c), some, size)

            # Sums are kept in registers, one vector each, over all columns.
            totals = np.array([])
            if sums:
                totals = np.array(
                    [cgutils.alloca_once(builder, vector) for _ in range(2 * n_layers * n_rows)]
                )
                totals = totals.reshape(n_layers, n_rows, 2)
                for total in totals.flat:
                    builder.store(ir.Constant(vector, [0.0] * length if length > 1 else 0.0), total)
            # All rows are loaded, and the results computed, before any row is stored.
            with cgutils.for_range_slice(builder, start, stop, ir.Constant(_INT, length), _INT) as (
                c,
                _,
            ):
                rows, pairs = columns(source, c, load, coefficient, given)
                for t in range(n_rows):
                    store(rows[t], target, t, c)
                for place in np.ndindex(totals.shape) if sums else ():
                    i, t, e = place
                    total = _Vector(builder, builder.load(totals[place])).plus_product(
                        *pairs[i][t][e]
                    )
                    builder.store(total.value, totals[place])
            for place in np.ndindex(totals.shape) if sums else ():
                total = _reduced(_Vector(builder, builder.load(totals[place])))
                pointer = builder.gep(sum_to, [at(*place)])
                builder.store(builder.fadd(builder.load(pointer), total), pointer)

        # Whole vectors first. The rest is part of a vector, or single columns where sums are made.
        length = VECTOR_BYTES // size
        rest = builder.and_(width, ir.Constant(_INT, -length))
        loop(length, ir.Constant(_INT, 0), rest)
        if sums:
            loop(1, rest, width)
        elif not whole_vectors:
            each = ir.VectorType(_INT, length)
            left = builder.insert_element(
                ir.Constant(each, ir.Undefined),
                builder.sub(width, rest),
                ir.Constant(ir.IntType(32), 0),
            )
            left = builder.shuffle_vector(left, left, _mask([0] * length))
            some = builder.icmp_signed("<", ir.Constant(each, list(range(length))), left)
            loop(length, rest, width, some)
        builder.ret_void()

    return run


def _masked_load(builder: Any, address: Any, mask: Any, vector: Any, size: int) -> Any:
    """The entries of a vector that a mask names, zeros for the others."""
    align, zeros = ir.Constant(ir.IntType(32), size), ir.Constant(vector, None)
    kinds = [address.type, align.type, mask.type, vector]
    name = f"llvm.masked.load.v{vector.count}f{8 * size}.p0"
    load = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, kinds), name)
    return builder.call(load, [address, align, mask, zeros])


def _masked_store(builder: Any, value: Any, address: Any, mask: Any, size: int) -> None:
    """Store the entries of a vector that a mask names."""
    align = ir.Constant(ir.IntType(32), size)
    kinds = [value.type, address.type, align.type, mask.type]
    name = f"llvm.masked.store.v{value.type.count}f{8 * size}.p0"
    store = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(ir.VoidType(), kinds), name
    )
    builder.call(store, [value, address, align, mask])
