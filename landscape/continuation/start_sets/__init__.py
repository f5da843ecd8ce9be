"""The stored start sets of siblings, and how they are made.

``python -m landscape.start_sets 8 --out DIR`` makes that of n = 8 anew.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np

from fjlt.runs.atomic_files import write_atomically
from fjlt.types import Array
from landscape.continuation.monodromy_loops import StartSet, monodromy
from landscape.continuation.path_tracking import refine
from landscape.planes.gain import Forms
from landscape.planes.row_spaces import RowSpaces

__all__ = ["SIZES", "make", "start_set", "store"]

SIZES = (4, 8, 16)
FOLDER = Path(__file__).parent


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
        with np.load(file, allow_pickle=False) as stored:
            W = np.zeros((len(stored["u"]), 2, n), dtype=complex)
            W[:, 0, :half], W[:, 1, half:] = stored["u"], stored["v"]
            forms, loops_no_progress = Forms(stored["C"], stored["M"]), int(stored["quiet"])
    except (OSError, ValueError, KeyError) as error:
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

    The file has the rows (u, 0) and (0, v) of the row spaces as ``u`` and ``v``, the forms as ``C``
    and ``M``, and the loops without progress as ``quiet``.
    """
    half = start.spaces.n // 2
    W = start.spaces.rows_at(start.x)
    buffer = BytesIO()
    np.savez_compressed(
        buffer,
        u=_rounded(W[:, 0, :half]),
        v=_rounded(W[:, 1, half:]),
        C=start.forms.C,
        M=start.forms.M,
        quiet=np.array(start.loops_no_progress),
    )
    return write_atomically(folder / f"siblings-{start.spaces.n}.npz", buffer.getvalue())


def _rounded(rows: Array) -> Array:
    """Multiples of the rows, rounded to multiples of 2^-18; the largest entry of each is 1."""
    largest = np.take_along_axis(rows, abs(rows).argmax(axis=1, keepdims=True), axis=1)
    return (np.round(rows / largest * 2.0**18) / 2.0**18).astype(np.complex64)
