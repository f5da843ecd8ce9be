"""A check that a linear operator keeps the promises of its interface."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator

from fjlt.types import Array, ArrayLike, DTypeLike, RNGLike

__all__ = ["check_operator"]

_DTYPES = (np.float32, np.float64, np.complex64, np.complex128)


def check_operator(op: LinearOperator, rng: RNGLike = None) -> None:
    """Check adjoint, linearity, batches, dtypes and pickling of a linear operator of any scale.

    Let M be the matrix whose columns are the images of the unit vectors. For Gaussian x and g of
    every dtype, the function checks that

    - op @ x = M x, also for batches of shape (n, d), d = 0, 1, 3,
    - op.H @ g = Mᴴ g, and <g, op x> = <opᴴ g, x>,
    - results have the common dtype of operator and array,
    - x is not written to,
    - a pickled copy acts the same.

    Parameters
    ----------
    op : scipy.sparse.linalg.LinearOperator, shape (m, n)
        The operator to check.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws x and g.

    Raises
    ------
    AssertionError
        At the first violation. The message gives the largest error and what rounding allows,
        10·(m + n)·eps·‖M‖_F·‖x‖.
    TypeError
        If ``op`` is not a linear operator.

    Notes
    -----
    Cost: about n + 100 products, and memory for m·n numbers.

    Examples
    --------
    >>> from fjlt import srht
    >>> check_operator(srht(3, 6, rng=0), rng=0)
    """
    if not isinstance(op, LinearOperator):
        raise TypeError(
            f"op must be a LinearOperator, got {type(op).__name__}; wrap it with MatrixOperator"
        )
    rng = np.random.default_rng(rng)
    m, n = op.shape
    _require(
        op.dtype in _DTYPES,
        f"op has dtype {op.dtype}, expected float32, float64, complex64 or complex128",
    )
    unit = np.eye(n, dtype=op.dtype)
    dense = np.stack([_result("op.matvec(e)", op.matvec, e, (m,), op.dtype) for e in unit], axis=1)

    for dtype in _DTYPES:
        common = np.result_type(op.dtype, dtype)
        for batch in ((), (0,), (1,), (3,)):
            label = f"x of dtype {np.dtype(dtype)} and shape {(n, *batch)}"
            x, g = _random(rng, (n, *batch), dtype), _random(rng, (m, *batch), dtype)
            before = x.copy()
            y = _result(f"op @ x, {label}", op.dot, x, (m, *batch), common)
            _require(np.array_equal(x, before), f"op @ x wrote to x ({label})")
            _close(f"op @ x against the matrix of op, {label}", y, dense @ x, dense, x)
            z = _result(f"op.H @ g, {label}", op.H.dot, g, (n, *batch), common)
            _close(f"op.H @ g against the adjoint matrix, {label}", z, dense.conj().T @ g, dense, g)
            if batch == ():
                left, right = np.vdot(g, y), np.vdot(z, x)
                _close(
                    f"<g, op x> = {left:.9g} against <opᴴ g, x> = {right:.9g}",
                    left,
                    right,
                    dense,
                    x,
                    g,
                )
                r = _result(f"op.rmatvec(g), {label}", op.rmatvec, g, (n,), common)
                _close(f"op.rmatvec(g) against op.H @ g, {label}", r, z, dense, g)

    try:
        copy = pickle.loads(pickle.dumps(op))
    except Exception as error:
        raise AssertionError(f"op does not pickle: {type(error).__name__}: {error}") from error
    x = _random(rng, (n,), np.float64)
    y, z = op @ x, copy @ x
    _require(
        np.array_equal(y, z),
        f"a pickled copy of op differs, by at most {np.max(np.abs(y - z)):.3g}",
    )


def _random(rng: np.random.Generator, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
    x = rng.standard_normal(shape)
    return (x + 1j * rng.standard_normal(shape) if np.dtype(dtype).kind == "c" else x).astype(dtype)


def _result(
    name: str,
    call: Callable[[Array], Any],
    argument: Array,
    shape: tuple[int, ...],
    dtype: DTypeLike,
) -> Array:
    try:
        y = call(argument)
    except Exception as error:
        raise AssertionError(f"{name} raised {type(error).__name__}: {error}") from error
    y = np.asarray(y)
    _require(y.shape == shape, f"{name} has shape {y.shape}, expected {shape}")
    _require(y.dtype == dtype, f"{name} has dtype {y.dtype}, expected {np.dtype(dtype)}")
    return y


def _close(name: str, a: ArrayLike, b: ArrayLike, *factors: Array) -> None:
    """Require |a - b| to be within the rounding error of a product of the factors.

    Rounding is that of the least precise of their dtypes.
    """
    eps = max(np.finfo(f.dtype).eps for f in factors)
    allowed = 10 * sum(factors[0].shape) * eps * np.prod([np.linalg.norm(f) for f in factors])
    error = np.max(np.abs(np.subtract(a, b)), initial=0.0)
    _require(
        bool(error <= allowed), f"{name}: largest error {error:.3g}, rounding allows {allowed:.3g}"
    )


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise AssertionError(message)
