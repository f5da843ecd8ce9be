"""The fast Walsh-Hadamard transform, and that of sizes 12, 20 and 28 times a power of 2."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fjlt import boundary
from fjlt.array_libraries import is_dask, mapped, shared
from fjlt.types import Array, ArrayLike, IndexArray

__all__ = ["fwht"]

ORDERS = ("sylvester", "dyadic", "sequency")


def fwht(
    x: ArrayLike,
    axis: int | Sequence[int] = 0,
    ortho: bool = True,
    out: Array | None = None,
    *,
    order: str = "sylvester",
) -> Array:
    """Walsh-Hadamard transform, scaled by n^(-1/2) if ``ortho``.

    In the order of Sylvester it is

        y[i] = c · sum_j (-1)^<i,j> x[j],

    where <i,j> is the number of common bits of i and j, and c is n^(-1/2) or 1. In each order it is
    symmetric, and the orthonormal one is its own inverse. So it is for n = m·2^p, m = 12, 20 or 28,
    with the Kronecker product of a symmetric Hadamard matrix of order m and that of order 2^p.

    Parameters
    ----------
    x : array_like
        Real or complex, of any shape; n = x.shape[axis] must be a power of 2, or 12, 20 or 28 times
        one. Integers become float64. A Dask array stays one, with blocks that are whole along the
        axis. A tensor of PyTorch, or an array that follows the array API standard, is read without
        a copy, and the result is of the same library.
    axis : int or sequence of int
        The axis along which to transform, or several different ones, one after the other.
    ortho : bool
        Whether to scale by n^(-1/2), so that the transform is orthonormal.
    out : ndarray, optional
        Array for the result, of its shape and dtype; may be x itself, also memory-mapped, so that
        x may exceed the memory. It must be writable, without a mask, and its entries must not share
        memory with each other. Not for a Dask array.
    order : {"sylvester", "dyadic", "sequency"}
        Order of the outputs. In the dyadic one, of Paley, i has its bits reversed. In that of
        sequency, of Walsh, output i is the product with the row that changes its sign i times.
        These two are for powers of 2.

    Returns
    -------
    ndarray
        Of the shape, floating dtype and memory order of x. x is not modified, unless it is ``out``.

    Raises
    ------
    TypeError
        If the dtype is not an integer type, float32, float64, complex64 or complex128, x or ``out``
        is masked, or x is not in the memory of the processor.
    ValueError
        If n is another number, or no power of 2 where the order needs one, an axis is out of range
        or repeated, the order is unknown, x has NaN or infinite entries, or ``out`` does not fit or
        cannot be written.
    MemoryError
        If the machine has too little memory for the result, and there is no ``out``.

    Notes
    -----
    Cost: n·log2 n additions a vector, and about log2(n)/7 readings and writings of the array. If x
    is contiguous, the only temporaries are blocks in the cache; an order other than that of
    Sylvester needs another array and one more reading and writing. For n = m·2^p there are m
    multiplications for each entry more, and one more reading and writing.

    The transform uses as many threads as Numba would (NUMBA_NUM_THREADS). The bits of the result do
    not depend on their number.

    References
    ----------
    The matrix H of the FJLT: Ailon, Chazelle, SIAM J. Comput. 39 (2009). Orders 12, 20 and 28:
    Paley, J. Math. Phys. 12 (1933).

    Examples
    --------
    >>> fwht([1, 0, 0, 0])
    array([0.5, 0.5, 0.5, 0.5])
    >>> fwht([1, 2, 3, 4], ortho=False)
    array([10., -2., -4.,  0.])

    The columns of the identity show the rows of the matrix:

    >>> fwht(np.eye(4), ortho=False, order="sequency")
    array([[ 1.,  1.,  1.,  1.],
           [ 1.,  1., -1., -1.],
           [ 1., -1., -1.,  1.],
           [ 1., -1.,  1., -1.]])
    >>> H = fwht(np.eye(12), ortho=False)
    >>> bool(np.array_equal(H @ H, 12 * np.eye(12)))
    True
    >>> picture = np.ones((4, 8))
    >>> fwht(picture, axis=(0, 1), ortho=False)[0, 0]
    np.float64(32.0)
    """
    from fjlt.kernels.hadamard_sizes import first_factor

    if order not in ORDERS:
        from fjlt.runs.console import choose

        choose(order, ORDERS, "order")
    lazy = is_dask(x)
    if lazy and out is not None:
        raise TypeError("x is a Dask array, which is computed later; leave out= away")
    a, back = shared(x, "x")
    like = boundary.array(a._meta if lazy else a, "x", finite=False)
    a = a if lazy else like
    if a.ndim == 0:
        raise ValueError("x is a single number, of shape (); pass a vector, [x]")
    axes = _axes(axis, a.ndim)
    check_size = boundary.log2_exact if order != "sylvester" else first_factor
    for i in axes:
        check_size(a.shape[i], f"x.shape[{i}]")
    if lazy:
        for i in axes:
            a = mapped(
                _transformed, a, i, a.shape[i], like.dtype, axes=(i,), ortho=ortho, order=order
            )
        return a
    if out is None:
        boundary.memory(a.nbytes, f"the transform of shape {a.shape}")
        return back(_transformed(a, axes, ortho, order))
    _transformed(a, axes, ortho, order, _writable(shared(out, "out")[0], a))
    return out


def _axes(axis: int | Sequence[int], ndim: int) -> tuple[int, ...]:
    """Different axes, counted from the first."""
    given = axis if isinstance(axis, Sequence) else (axis,)
    axes = tuple(boundary.dimension(i, "axis", low=-ndim, high=ndim - 1) % ndim for i in given)
    if not axes or len(set(axes)) < len(axes):
        raise ValueError(f"axis must be an axis, or different ones; got {axis}")
    return axes


def _transformed(
    x: Array, axes: tuple[int, ...], ortho: bool, order: str, out: Array | None = None
) -> Array:
    """``fwht`` on NumPy's arrays; the sizes are checked."""
    y = _along(x, axes[0], ortho, out)
    for axis in axes[1:]:
        y = _along(y, axis, ortho, y)
    if order != "sylvester":
        for axis in axes:
            y = np.take(y, _places(y.shape[axis], order), axis)
        if out is not None:
            out[...] = y
    return y


def _places(n: int, order: str) -> IndexArray:
    """Where the outputs of another order are in that of Sylvester."""
    from fjlt.transforms.fourier import bit_reversal

    i = np.arange(n)
    # neighbours in Gray's code differ in one bit, and their rows in one more change of sign
    places: IndexArray = bit_reversal(n)[i ^ (i >> 1) if order == "sequency" else i]
    return places


def _along(x: Array, axis: int, ortho: bool, out: Array | None) -> Array:
    """The transform along one axis, in the order of Sylvester; ``out`` if it is given."""
    from fjlt.kernels.hadamard_sizes import transform

    x = boundary.array(x, "x", finite=False)
    n = x.shape[axis]
    if out is not None and np.may_share_memory(x, out):
        boundary.array(x, "x")
        same = x.ctypes.data == out.ctypes.data and x.strides == out.strides
        x = x if same else x.copy()
    if not (x.flags.c_contiguous or x.flags.f_contiguous):
        x = x.copy()
    in_place = out is not None and out.strides == x.strides and out.flags.aligned
    y = out if out is not None and in_place else np.empty_like(x)
    transform(_planes(x, axis), _planes(y, axis), n**-0.5 if ortho else 1.0)
    # Output 0 is the sum of all inputs, with signs: what is not finite shows there.
    if not np.isfinite(y[(slice(None),) * axis + (0,)]).all():
        boundary.array(x, "x")
    if out is None or y is out:
        return y
    out[...] = y
    return out


def _writable(out: object, x: Array) -> Array:
    """The argument ``out`` as an array, if the transform of x can be written to it."""
    if isinstance(out, np.ma.MaskedArray):
        raise TypeError("out is a masked array; pass one without a mask, for example out.data")
    if not isinstance(out, np.ndarray) or out.shape != x.shape or out.dtype != x.dtype:
        got = (
            f"shape {out.shape} and dtype {out.dtype}"
            if isinstance(out, np.ndarray)
            else type(out).__name__
        )
        raise ValueError(
            f"out must be an array of shape {x.shape} and dtype {x.dtype}, as the result; got {got}"
        )
    if not out.flags.writeable:
        raise ValueError("out is read-only; pass an array that may be written, or out.copy()")
    # Sorted by stride, each axis must step over all that the axes before it reach.
    reach = out.itemsize
    for stride, length in sorted(zip(map(abs, out.strides), out.shape, strict=True)):
        if length > 1 and stride < reach and out.size > 0:
            raise ValueError(
                f"entries of out share memory (its strides are {out.strides}); pass a new array, "
                f"np.empty({x.shape}, {x.dtype})"
            )
        reach += stride * (length - 1)
    return np.asarray(out)


def _planes(a: Array, axis: int) -> Array:
    """View of a contiguous array as real matrices, shape (batch, n, d), with n along ``axis``.

    A complex number counts as two real columns.
    """
    if not a.flags.c_contiguous:
        a, axis = a.T, a.ndim - 1 - axis
    real = a.real.dtype
    before, n, after = math.prod(a.shape[:axis]), a.shape[axis], math.prod(a.shape[axis + 1 :])
    return a.reshape(-1).view(real).reshape(before, n, after * (a.itemsize // real.itemsize))
