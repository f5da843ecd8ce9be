"""Comparisons of transforms and operators with a copy of the array and with dense products."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import scipy.fft
from sklearn.random_projection import GaussianRandomProjection

from benchmarks.timing import Row, in_turns
from figures.experiments.timing import n_threads
from fjlt import Butterfly, TruncatedButterfly, fwht, srht, srht_squared_norms
from fjlt.types import Array

__all__ = ["CASES", "DTYPES", "TOTAL", "data", "label"]

TOTAL = 1 << 22
SIZES = (256, 1024, 4096, 16384)
DTYPES = (np.float32, np.float64)


def data(shape: tuple[int, ...], dtype: Any, seed: int = 0) -> Array:
    """Standard normal numbers."""
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def label(n: int, dtype: Any, layout: str) -> str:
    """Size, precision and memory order, in words."""
    return f"n = {n}, {np.dtype(dtype).name}, {layout}"


def _arrays(n: int) -> Iterator[tuple[str, Array, int]]:
    """Vectors of n numbers in columns and in rows, with a name and their axis."""
    for dtype in DTYPES:
        yield label(n, dtype, "along axis 0"), data((n, TOTAL // n), dtype), 0
        yield label(n, dtype, "along rows"), data((TOTAL // n, n), dtype), 1


def _into_out(x: Array, axis: int) -> dict[str, Callable[[], Any]]:
    """A transform into an array that is there, beside a copy into it."""
    y = np.empty_like(x)
    return {"copy": lambda: np.copyto(y, x), "fwht": lambda: fwht(x, axis=axis, out=y)}


def transform() -> Iterator[Row]:
    """Compare fwht with copying the array, and with a cosine transform."""
    for n in SIZES:
        for name, x, axis in _arrays(n):
            # into an array that is there, and into a new one: each beside a copy of its kind
            functions = _into_out(x, axis)
            yield in_turns(f"fwht into out, {name}", functions, {"fwht": 3.0}, TOTAL, n=n)
            functions = {
                "copy": x.copy,
                "fwht": partial(fwht, x, axis=axis),
                "scipy dct": partial(scipy.fft.dct, x, axis=axis, workers=2),
            }
            row = in_turns(f"fwht into a new array, {name}", functions, {}, TOTAL, n=n)
            yield replace(row, targets={"fwht": min(3.0, row.ratios["scipy dct"])})


def one_thread() -> Iterator[Row]:
    """Compare fwht with the copy, with one thread.

    The aim is twice the time of the copy plus half a nanosecond for each number.
    """
    n = 1024
    for name, x, axis in _arrays(n):
        with n_threads(1):
            row = in_turns(f"fwht, one thread, {name}", _into_out(x, axis), {}, TOTAL, n=n)
        limit = 2 + 0.5e-9 * TOTAL / row.seconds["copy"]
        yield replace(row, targets={"fwht": limit})


def vector() -> Iterator[Row]:
    """Compare fwht of a single vector with the copy."""
    n = 1 << 20
    for dtype in DTYPES:
        x = data((n,), dtype)
        y = np.empty_like(x)
        for threads, limit in ((1, 8.0), (2, 5.0)):
            with n_threads(threads):
                yield in_turns(
                    f"fwht of one vector, n = 2^20, {np.dtype(dtype).name}, {threads} threads",
                    {
                        "copy": lambda x=x, y=y: np.copyto(y, x),
                        "fwht": lambda x=x, y=y: fwht(x, out=y),
                    },
                    {"fwht": limit},
                    n,
                    rounds=31,
                    n=n,
                )


def weights() -> Iterator[Row]:
    """Compare butterflies with fwht, both into new arrays, and their gradients with a product."""
    for n in SIZES:
        for dtype in DTYPES:
            B = Butterfly(data((n.bit_length() - 1, n, 2), dtype) * 2**-0.5)
            for layout, x in (
                ("along axis 0", data((n, TOTAL // n), dtype)),
                ("along rows", data((TOTAL // n, n), dtype).T),
            ):
                yield in_turns(
                    f"Butterfly, {label(n, dtype, layout)}",
                    {
                        "fwht": lambda x=x: fwht(x),
                        "B @ X": lambda B=B, x=x: B @ x,
                        "B.H @ X": lambda B=B, x=x: B.H @ x,
                        "B.T @ X": lambda B=B, x=x: B.T @ x,
                    },
                    {"B @ X": 2.5, "B.H @ X": 2.5},
                    TOTAL,
                    n=n,
                )
                g = np.ones_like(x)
                yield in_turns(
                    f"vjp, {label(n, dtype, layout)}",
                    {"B @ X": lambda B=B, x=x: B @ x, "vjp": lambda B=B, x=x, g=g: B.vjp(x, g)},
                    {"vjp": 4.0},
                    TOTAL,
                    rounds=7,
                    n=n,
                )


def complex_numbers() -> Iterator[Row]:
    """Compare complex weights with real ones, on the same complex array."""
    for n in (256, 1024, 16384):
        for dtype in DTYPES:
            kind = np.result_type(dtype, np.complex64)
            w, v = (data((n.bit_length() - 1, n, 2), dtype, seed) / 2 for seed in (0, 1))
            B, C = Butterfly(w), Butterfly((w + 1j * v).astype(kind))
            z = data((n, TOTAL // n), dtype).view(kind)
            for layout, x in (("along axis 0", z), ("along rows", np.asfortranarray(z))):
                yield in_turns(
                    f"complex numbers, {label(n, kind, layout)}",
                    {
                        "real weights": lambda B=B, x=x: B @ x,
                        "complex weights": lambda C=C, x=x: C @ x,
                    },
                    {"complex weights": 2.0},
                    TOTAL,
                    rounds=7,
                    n=n,
                )


def other_sizes() -> Iterator[Row]:
    """Compare fwht of n = m·2^p with the padded transform, for samples in rows and in columns."""
    for m, p in ((12, 6), (20, 6), (28, 6), (12, 10), (28, 10)):
        n, padded = m << p, 1 << (m << p).bit_length()
        d = TOTAL // padded
        for axis, layout in ((0, "along axis 0"), (1, "along rows")):
            x = data((n, d) if axis == 0 else (d, n), np.float32)
            wider = [(0, padded - n), (0, 0)] if axis == 0 else [(0, 0), (0, padded - n)]
            yield in_turns(
                f"fwht, {label(n, np.float32, layout)}",
                {
                    f"padded to {padded}": lambda x=x, w=wider, a=axis: fwht(np.pad(x, w), axis=a),
                    "fwht": lambda x=x, axis=axis: fwht(x, axis=axis),
                },
                {},
                n * d,
                n=n,
            )


def columns() -> Iterator[Row]:
    """Compare fwht of a few columns with the copy."""
    for d in (1, 2, 3, 5, 8, 15):
        n = 1 << (TOTAL // d).bit_length() - 1
        for dtype in DTYPES:
            x = data((n, d), dtype)
            y = np.empty_like(x)
            yield in_turns(
                f"fwht of {d} column{'s' * (d > 1)}, {label(n, dtype, 'along axis 0')}",
                {
                    "copy": lambda x=x, y=y: np.copyto(y, x),
                    "fwht": lambda x=x, y=y: fwht(x, out=y),
                },
                {"fwht": 2.5},
                n * d,
                rounds=31,
                n=n,
            )


def pruning() -> Iterator[Row]:
    """Compare a butterfly with few kept outputs with the full one."""
    n, l = 4096, 12
    for dtype in DTYPES:
        B = Butterfly(data((12, n, 2), dtype) * 2**-0.5)
        J = TruncatedButterfly(B.weights, np.random.default_rng(0).choice(n, l, replace=False))
        x = data((n, TOTAL // n), dtype)
        yield in_turns(
            f"TruncatedButterfly, n = {n}, l = {l}, {np.dtype(dtype).name}",
            {"Butterfly": lambda B=B, x=x: B @ x, "TruncatedButterfly": lambda J=J, x=x: J @ x},
            {"TruncatedButterfly": 0.6},
            TOTAL,
        )


def embedding() -> Iterator[Row]:
    """Compare srht with dense random projections, for samples in rows and in columns."""
    for n, k in ((1024, 64), (1024, 256), (4096, 32), (4096, 512)):
        for dtype in DTYPES:
            samples = data((TOTAL // n, n), dtype)
            x = np.ascontiguousarray(samples.T)
            J, matrix = srht(k, n, rng=0, dtype=dtype), data((k, n), dtype)
            transposed = np.ascontiguousarray(matrix.T)
            gaussian = GaussianRandomProjection(k, random_state=0).fit(samples)
            for layout, dense, fast in (
                (
                    "along rows",
                    lambda a=samples, m=transposed: a @ m,
                    lambda J=J, a=samples: J @ a.T,
                ),
                ("along axis 0", lambda a=x, m=matrix: m @ a, lambda J=J, a=x: J @ a),
            ):
                functions: dict[str, Callable[[], Any]] = {
                    "dense product": dense,
                    "srht": fast,
                    "scikit-learn": lambda gaussian=gaussian, samples=samples: gaussian.transform(
                        samples
                    ),
                }
                if k < 512:
                    functions = {
                        name: functions[name] for name in ("scikit-learn", "srht", "dense product")
                    }
                name = f"srht, k = {k}, {label(n, dtype, layout)}"
                targets = {"srht": 1.0 if k < 512 else 0.1}
                yield in_turns(name, functions, targets, TOTAL, rounds=7, rest=0.15, n=n)


def draws() -> Iterator[Row]:
    """Compare the rate of draws of ‖Jx‖² with 200 000 a second."""
    x = data((1024,), np.float64)
    row = in_turns(
        "100 000 draws of ‖Jx‖², n = 1024, k = 10",
        {"srht_squared_norms": lambda: srht_squared_norms(x, 10, 100_000, rng=0)},
        {},
        100_000,
        rounds=5,
    )
    seconds = {"200 000 a second": 0.5, **row.seconds}
    ratios = {
        "200 000 a second": 1.0,
        "srht_squared_norms": row.seconds["srht_squared_norms"] / 0.5,
    }
    yield Row(row.name, "200 000 a second", seconds, ratios, {"srht_squared_norms": 1.0}, row.size)


CASES = (
    transform,
    one_thread,
    vector,
    weights,
    complex_numbers,
    other_sizes,
    columns,
    pruning,
    embedding,
    draws,
)
