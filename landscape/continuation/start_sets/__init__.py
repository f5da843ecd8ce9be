"""The stored start sets, and how they are made.

``python -m landscape.start_sets 8`` makes that of siblings of n = 8 anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from lzma import LZMAError
from pathlib import Path
from zipfile import ZIP_LZMA, BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from fjlt.runs.atomic_files import write_atomically
from fjlt.types import Array
from landscape.continuation.monodromy_loops import StartSet, monodromy, projectors
from landscape.continuation.path_tracking import refine
from landscape.planes.gain import Forms
from landscape.planes.row_class import symmetry
from landscape.planes.row_spaces import RowSpaces

__all__ = ["SIZES", "STORED", "file_name", "is_stored", "make", "start_set", "store"]

SIZES = (4, 8, 16)
"""Siblings of these sizes are stored."""

STORED = (*((n, (0, n // 2)) for n in SIZES), (8, (0, 2)), (8, (0, 1, 4)), (8, (0, 2, 4)))
"""Sizes and outputs whose start sets are stored, with as many rows of E as outputs."""

FOLDER = Path(__file__).parent
SMALL = 1e-8
"""A last step of Newton's method that is larger does not end at a critical point."""

LEAST_BITS, MOST_BITS = 10, 30
"""Digits after the binary point that are tried."""


def start_set(spaces: RowSpaces) -> StartSet | None:
    """The stored start set of these outputs, or of others of their orbit; None if there is none.

    They are stored for k outputs: for siblings, two outputs that differ in the top bit only, n = 4,
    8 or 16, and for the outputs (0, 2), (0, 1, 4) and (0, 2, 4) of n = 8.

    Raises
    ------
    ValueError
        If the file is damaged: it cannot be read, or its points are not critical.
    """
    found = _stored(spaces)
    if found is None:
        return None
    stored, map_of_outputs = found
    n, rows = stored.n, stored.rows
    file = FOLDER / file_name(n, rows)
    arguments = n if rows == (0, n // 2) else f"{n} --rows {','.join(map(str, rows))}"
    remedy = f"make it anew: python -m landscape.start_sets {arguments} --replace --out {FOLDER}"
    try:
        with file.open("rb") as content, np.load(content, allow_pickle=False) as arrays:
            x = spaces.moved(stored, _numbers(arrays["x"], arrays["bits"]), map_of_outputs)
            forms, loops_no_progress = Forms(arrays["C"], arrays["M"]), int(arrays["quiet"])
    except (OSError, ValueError, KeyError, IndexError, LZMAError, BadZipFile) as error:
        raise ValueError(f"{file} is damaged ({error}); {remedy}") from None
    # The file has few digits: Newton's method gives the others.
    x, size = refine(spaces, x, forms)
    if size.max() > SMALL:
        raise ValueError(f"{file} is damaged: not all of its points are critical; {remedy}")
    return StartSet(spaces, forms, x, loops_no_progress)


def is_stored(spaces: RowSpaces) -> bool:
    """Whether ``start_set`` has points for these outputs."""
    return _stored(spaces) is not None


def _stored(spaces: RowSpaces) -> tuple[RowSpaces, tuple[int, ...]] | None:
    """The row spaces with a stored start set, and a symmetry that takes them to these."""
    for n, rows in STORED if spaces.k == spaces.l else ():
        if spaces.n == n and (outputs := symmetry(n, rows, spaces.rows)) is not None:
            return RowSpaces(n, rows), outputs
    return None


def file_name(n: int, rows: Iterable[int]) -> str:
    """``siblings-8.npz`` for the outputs 0 and 4 of n = 8, ``outputs-8-0-2.npz`` for 0 and 2."""
    rows = tuple(sorted(int(r) for r in rows))
    if rows == (0, n // 2):
        return f"siblings-{n}.npz"
    return f"outputs-{n}-{'-'.join(map(str, rows))}.npz"


def make(
    n: int,
    folder: Path,
    seed: int = 0,
    progress: Callable[[int], object] | None = None,
    rows: Iterable[int] | None = None,
) -> Path:
    """Compute the start set of k outputs of a butterfly of size n and write it into a folder.

    Parameters
    ----------
    n : int
        A power of 2, at least 4.
    folder : path
        It is made if it is absent.
    seed : int
        Draws the data and the loops.
    progress : callable(number of points), optional
        Called after every loop.
    rows : iterable of int, optional
        The outputs; by default the siblings 0 and n/2.

    Returns
    -------
    path
        The file, with the name that ``file_name`` gives it; one that is there is replaced.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     make(4, Path(folder)).name
    'siblings-4.npz'
    """
    spaces = RowSpaces(n, (0, n // 2) if rows is None else rows)
    return store(monodromy(spaces, rng=seed, progress=progress), folder)


def store(start: StartSet, folder: Path) -> Path:
    """Write a start set, with so few digits that Newton's method still finds the others.

    The file has the variables as ``x``, integers of shape (P, V, 2): real and imaginary parts, with
    the number of binary digits after the point that ``bits`` gives for each point. The largest
    entry of every inner vector is 1. The forms are ``C`` and ``M``, the loops without progress
    ``quiet``.

    Raises
    ------
    ValueError
        If the points are not critical, or too near to each other.
    """
    spaces, forms = start.spaces, start.forms
    places = projectors(spaces, start.x)
    numbers = _with_largest_entries_1(spaces, start.x)
    bits = np.full(len(numbers), LEAST_BITS)
    for _ in range(LEAST_BITS, MOST_BITS):
        x = _integers(numbers, bits)
        back, size = refine(spaces, _numbers(x, bits), forms)
        lost = (size > SMALL) | (abs(projectors(spaces, back) - places).max(axis=(1, 2)) > 1e-6)
        if not lost.any():
            break
        bits[lost] += 1
    else:
        raise ValueError("the points are not critical, or too near to each other")
    arrays: dict[str, Array] = {
        "x": x,
        "bits": bits.astype(np.int8),
        "C": forms.C,
        "M": forms.M,
        "quiet": np.array(start.loops_no_progress),
    }
    buffer = BytesIO()
    # NumPy reads what LZMA has compressed, and writes none: it takes a quarter less than deflate.
    with ZipFile(buffer, "w") as file:
        for name, array in arrays.items():
            entry = ZipInfo(f"{name}.npy")
            entry.compress_type = ZIP_LZMA
            with file.open(entry, "w") as stream:
                np.lib.format.write_array(stream, array, allow_pickle=False)
    return write_atomically(folder / file_name(spaces.n, spaces.rows), buffer.getvalue())


def _with_largest_entries_1(spaces: RowSpaces, x: Array) -> Array:
    """Variables of the same row spaces; the largest entry of every inner vector is 1."""
    x = x.copy()
    for vector, multipliers in spaces.rescalings:
        part = x[:, vector]
        largest = np.take_along_axis(part, abs(part).argmax(axis=1, keepdims=True), axis=1)
        x[:, vector] /= largest
        x[:, multipliers] *= largest
    return x


def _integers(x: Array, bits: Array) -> NDArray[np.int32]:
    """Real and imaginary parts in units of 2^-bits."""
    return np.ldexp(np.stack([x.real, x.imag], -1), bits[:, None, None]).round().astype(np.int32)


def _numbers(integers: Array, bits: Array) -> Array:
    return np.ldexp(integers, -bits[:, None, None].astype(int)) @ (1, 1j)
