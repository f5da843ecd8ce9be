"""The stored start sets of siblings, and how they are made.

``python -m landscape.start_sets 8 --out DIR`` makes that of n = 8 anew.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from lzma import LZMAError
from pathlib import Path
from zipfile import ZIP_LZMA, BadZipFile, ZipFile, ZipInfo

import numpy as np

from fjlt.runs.atomic_files import write_atomically
from fjlt.types import Array, IndexArray
from landscape.continuation.monodromy_loops import StartSet, monodromy
from landscape.continuation.path_tracking import refine
from landscape.planes.gain import Forms
from landscape.planes.row_spaces import RowSpaces

__all__ = ["SIZES", "make", "start_set", "store"]

SIZES = (4, 8, 16)
FOLDER = Path(__file__).parent
UNIT = 2.0**-16


def start_set(spaces: RowSpaces) -> StartSet | None:
    """The stored start set of two siblings and k = 2, n = 4, 8 or 16; None for other outputs.

    Siblings are two outputs that differ in the top bit only.

    Raises
    ------
    ValueError
        If the file is damaged: it cannot be read, or its points are not critical.
    """
    n, half = spaces.n, spaces.n // 2
    if spaces.k != 2 or spaces.l != 2 or n not in SIZES or spaces.rows[1] - spaces.rows[0] != half:
        return None
    file = FOLDER / f"siblings-{n}.npz"
    remedy = f"make it anew: python -m landscape.start_sets {n} --replace --out {FOLDER}"
    try:
        with file.open("rb") as content, np.load(content, allow_pickle=False) as stored:
            W = np.zeros((len(stored["u"]), 2, n), dtype=complex)
            for row, place, name in ((0, slice(half), "u"), (1, slice(half, n), "v")):
                W[:, row, place] = stored[name] @ (UNIT, 1j * UNIT)
            forms, loops_no_progress = Forms(stored["C"], stored["M"]), int(stored["quiet"])
    except (OSError, ValueError, KeyError, LZMAError, BadZipFile) as error:
        raise ValueError(f"{file} is damaged ({error}); {remedy}") from None
    # The file has few digits: Newton's method gives the others.
    x, size = refine(spaces, spaces.linear_preimage(W), forms)
    if size.max() > 1e-10:
        raise ValueError(f"{file} is damaged: not all of its points are critical; {remedy}")
    return StartSet(spaces, forms, x, loops_no_progress)


def make(
    n: int, folder: Path, seed: int = 0, progress: Callable[[int], object] | None = None
) -> Path:
    """Compute the start set of siblings of size n and write it into a folder.

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

    Returns
    -------
    path
        ``siblings-N.npz`` in the folder; a file of this name is replaced.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     make(4, Path(folder)).name
    'siblings-4.npz'
    """
    return store(monodromy(RowSpaces(n, (0, n // 2)), rng=seed, progress=progress), folder)


def store(start: StartSet, folder: Path) -> Path:
    """Write a start set of siblings with five digits of each number; ``start_set`` refines it.

    The file has the rows (u, 0) and (0, v) of the row spaces as ``u`` and ``v``, integers of shape
    (P, n/2, 2), the forms as ``C`` and ``M``, and the loops without progress as ``quiet``.
    """
    half = start.spaces.n // 2
    W = start.spaces.rows_at(start.x)
    arrays = {
        "u": _integers(W[:, 0, :half]),
        "v": _integers(W[:, 1, half:]),
        "C": start.forms.C,
        "M": start.forms.M,
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
    return write_atomically(folder / f"siblings-{start.spaces.n}.npz", buffer.getvalue())


def _integers(rows: Array) -> IndexArray:
    """Multiples of the rows whose largest entry is 1, in units of 2^-16: real, imaginary parts."""
    largest = np.take_along_axis(rows, abs(rows).argmax(axis=1, keepdims=True), axis=1)
    scaled = rows / largest / UNIT
    return np.stack([scaled.real, scaled.imag], axis=-1).round().astype(np.int32)
