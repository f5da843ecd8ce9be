"""Short programs on rows of numbers, compiled to vector instructions.

A program is a Python function of a few rows, and of coefficients, that adds, subtracts and
multiplies whole rows. ``on_rows`` turns it into one loop over the columns, in which all rows are
loaded before any is stored: results may overwrite the rows they come from. A compiler could not
prove that by itself, and would not use vectors. Where Numba does not compile (NUMBA_DISABLE_JIT=1),
the same program runs on NumPy arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.caching import FunctionCache
from numba.extending import intrinsic
from numpy.typing import NDArray

__all__ = [
    "VECTOR_BYTES",
    "compiled",
    "exchange",
    "flat",
    "on_rows",
    "rows_at",
    "swap",
    "to_a_line",
]

VECTOR_BYTES = 64  # of a vector register, and of a line of the cache
_INT = ir.IntType(64)


_SOURCES = sha256(
    b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
).hexdigest()


class _Cache(FunctionCache):
    """Compiled functions on disk, by the sources of the whole package: one may have any other
    compiled into it.

    What cannot be read, or written, is compiled again.
    """

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        return (*super()._index_key(sig, codegen), _SOURCES)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # whatever a damaged file brings about
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(OSError):
            super().save_overload(sig, data)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, compiled on first call, without the GIL; cached on disk where a folder for it
    is writable."""
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy")(function)
    if dispatcher is not function:
        with suppress(RuntimeError):  # no folder
            dispatcher._cache = _Cache(function)
    return dispatcher


@compiled
def to_a_line(x):  # type: ignore[no-untyped-def]
    """How many numbers of the flat array x there are before the first that begins a line of the
    cache."""
    return -(x.ctypes.data // x.itemsize) % (VECTOR_BYTES // x.itemsize)


class _Writable:
    """The memory of an array, declared writable; keeps the array alive."""

    def __init__(self, a: NDArray[Any]) -> None:
        self.array = a
        interface = a.__array_interface__
        self.__array_interface__ = interface | {"data": (interface["data"][0], False)}


def flat(a: NDArray[Any]) -> NDArray[Any]:
    """A contiguous array as a vector, of one type for the compiler, whether it is read-only or
    not."""
    a = a.reshape(-1)
    return a if a.flags.writeable else np.asarray(_Writable(a))


class _Vector:
    """A vector register, or a single number, while a program is compiled."""

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
        lanes = ir.Constant(
            ir.VectorType(ir.IntType(32), self.size), [j ^ s for j in range(self.size)]
        )
        other = self.builder.shuffle_vector(self.value, self.value, lanes)
        signs = ir.Constant(self.value.type, [-1.0 if j & s else 1.0 for j in range(self.size)])
        return _Vector(self.builder, other), _Vector(self.builder, signs)

    def exchange(self, other: _Vector, s: int) -> tuple[_Vector, _Vector]:
        n = self.size
        if s >= n:
            return self, other
        first = [n + (j ^ s) if j & s else j for j in range(n)]
        second = [n + j if j & s else j ^ s for j in range(n)]
        lanes = (
            ir.Constant(ir.VectorType(ir.IntType(32), n), places) for places in (first, second)
        )
        one, two = (
            self.builder.shuffle_vector(self.value, other.value, places) for places in lanes
        )
        return _Vector(self.builder, one), _Vector(self.builder, two)


def exchange(row: Any, other: Any, s: int) -> tuple[Any, Any]:
    """Two rows, after entry j of the first with j & s, and entry j ^ s of the other, have changed
    places."""
    if isinstance(row, _Vector):
        return row.exchange(other, s)
    j = np.arange(row.size)
    return np.where(j & s, other[j ^ s], row), np.where(j & s, other, row[j ^ s])


def swap(row: Any, s: int) -> tuple[Any, Any]:
    """(the row with its entries j and j ^ s exchanged, the row of signs: − where j & s)."""
    if isinstance(row, _Vector):
        return row.swap(s)
    j = np.arange(row.size)
    return row[j ^ s], np.where(j & s, -1.0, 1.0).astype(row.dtype)


def _reduced(vector: _Vector) -> Any:
    """Sum of the entries of a vector, by halves."""
    builder, value = vector.builder, vector.value
    while isinstance(value.type, ir.VectorType):
        half = value.type.count // 2
        low, high = (
            builder.shuffle_vector(
                value, value, ir.Constant(ir.VectorType(ir.IntType(32), half), list(lanes))
            )
            for lanes in (range(half), range(half, 2 * half))
        )
        value = builder.fadd(low, high)
        if half == 1:
            value = builder.extract_element(value, ir.Constant(ir.IntType(32), 0))
    return value


def _data(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    return context.make_array(kind)(context, builder, array).data


def _rows_at() -> Callable[..., Any]:
    settings: Any = numba.config
    if settings.DISABLE_JIT:
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

Does not keep x alive where it is compiled: an array in a tuple would cost two atomic operations a
call.
"""


def on_rows(
    program: Callable[..., Any],
    n_rows: int,
    n_layers: int = 0,
    *,
    two: bool = False,
    sums: bool = False,
) -> Callable[..., None]:
    """Compile a program on ``n_rows`` rows into run(source, given, target, width, coefficients, k,
    sum_to).

    ``source``, ``given``, ``target`` come from ``rows_at``; ``coefficients`` and ``sum_to`` are
    flat arrays of the same dtype; coefficient e = 0, 1 of row t in layer i is at k[0] + i·k[1] +
    t·k[2] + e, and so is the sum that belongs to it. The program is called as

    - program(rows, w), returning rows, where w(i, t, e) is a coefficient; or, with ``two``,
    - program(rows, given rows, w), returning rows; or, with ``sums``,
    - program(rows, given rows, w), returning rows, and pairs[i][t][e] of rows: inner products,
      added to ``sum_to``.
    """

    def columns(
        first: Any, c: Any, load: Callable[..., Any], coefficient: Callable[..., Any], second: Any
    ) -> Any:
        rows = [load(first, t, c) for t in range(n_rows)]
        if not (two or sums):
            return program(rows, coefficient), None
        result = program(rows, [load(second, t, c) for t in range(n_rows)], coefficient)
        return result if sums else (result, None)

    settings: Any = numba.config
    if settings.DISABLE_JIT:

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

    @intrinsic
    def run(typingctx, source, given, target, width, coefficients, k, sum_to):  # type: ignore[no-untyped-def]
        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            source, given, target, width, coefficients, k, sum_to = arguments
            size = signature.args[4].dtype.bitwidth // 8
            number = ir.DoubleType() if size == 8 else ir.FloatType()

            def from_tuple(place):  # type: ignore[no-untyped-def]
                address, step = cgutils.unpack_tuple(builder, place, 2)
                return builder.inttoptr(address, number.as_pointer()), step

            source, given, target = (from_tuple(place) for place in (source, given, target))
            coefficients = _data(context, builder, signature.args[4], coefficients)
            sum_to = _data(context, builder, signature.args[6], sum_to)
            k0, k_layer, k_row = cgutils.unpack_tuple(builder, k, 3)

            def index(start, *terms):  # type: ignore[no-untyped-def]
                for factor, step in terms:
                    start = builder.add(start, builder.mul(ir.Constant(_INT, factor), step))
                return start

            def at(i, t, e):  # type: ignore[no-untyped-def]
                return index(k0, (i, k_layer), (t, k_row), (e, ir.Constant(_INT, 1)))

            def loop(lanes, start, stop):  # type: ignore[no-untyped-def]
                vector = ir.VectorType(number, lanes) if lanes > 1 else number

                def coefficient(i, t, e):  # type: ignore[no-untyped-def]
                    value = builder.load(builder.gep(coefficients, [at(i, t, e)]))
                    if lanes > 1:
                        none = ir.Constant(vector, ir.Undefined)
                        value = builder.insert_element(none, value, ir.Constant(ir.IntType(32), 0))
                        zeros = ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0] * lanes)
                        value = builder.shuffle_vector(value, none, zeros)
                    return _Vector(builder, value)

                def address(place, t, c):  # type: ignore[no-untyped-def]
                    row_0, step = place
                    place = builder.gep(row_0, [index(c, (t, step))])
                    return builder.bitcast(place, vector.as_pointer())

                def load(place, t, c):  # type: ignore[no-untyped-def]
                    return _Vector(builder, builder.load(address(place, t, c), align=size))

                totals = np.array([])
                if sums:
                    totals = np.array(
                        [cgutils.alloca_once(builder, vector) for _ in range(2 * n_layers * n_rows)]
                    )
                    totals = totals.reshape(n_layers, n_rows, 2)
                    for total in totals.flat:
                        builder.store(
                            ir.Constant(vector, [0.0] * lanes if lanes > 1 else 0.0), total
                        )
                with cgutils.for_range_slice(
                    builder, start, stop, ir.Constant(_INT, lanes), _INT
                ) as (c, _):
                    rows, pairs = columns(source, c, load, coefficient, given)
                    for t in range(n_rows):
                        builder.store(rows[t].value, address(target, t, c), align=size)
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

            lanes = VECTOR_BYTES // size
            whole = builder.and_(width, ir.Constant(_INT, -lanes))
            loop(lanes, ir.Constant(_INT, 0), whole)
            loop(1, whole, width)
            return context.get_dummy_value()

        return types.void(source, given, target, width, coefficients, k, sum_to), generate

    return run
