"""Start sets of siblings that come with the package, and how they were made.

``python -m landscape.start_sets 8`` makes that of n = 8 anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np

from fjlt.runs.atomic_files import write_atomically
from landscape.continuation.monodromy_loops import StartSet, monodromy
from landscape.continuation.path_tracking import refine
from landscape.planes.gain import Forms
from landscape.planes.row_spaces import RowSpaces

__all__ = ["SIZES", "make", "start_set"]

SIZES = (4, 8, 16)
HERE = Path(__file__).parent


def start_set(spaces: RowSpaces) -> StartSet | None:
    """The stored set for two outputs that differ in the top bit only and k = 2; None for others.

    Raises
    ------
    ValueError
        If the file is damaged: its points are not critical, or not distinct.
    """
    n, half = spaces.n, spaces.n // 2
    if spaces.k != 2 or spaces.l != 2 or n not in SIZES or spaces.rows[1] - spaces.rows[0] != half:
        return None
    file = HERE / f"siblings-{n}.npz"
    try:
        with np.load(file, allow_pickle=False) as stored:
            W = np.zeros((len(stored["u"]), 2, n), dtype=complex)
            W[:, 0, :half], W[:, 1, half:] = stored["u"], stored["v"]
            forms, quiet = Forms(stored["C"], stored["M"]), int(stored["quiet"])
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(
            f"{file} is damaged ({error}); make it anew: python -m landscape.start_sets {n}"
        ) from None
    x, size = refine(spaces, spaces.linear_preimage(W), forms)
    if size.max() > 1e-10:
        raise ValueError(
            f"{file} is damaged: not all are critical; make it anew: python -m "
            f"landscape.start_sets {n}"
        )
    return StartSet(spaces, forms, x, quiet)


def make(sizes: Iterable[int], seed: int = 0) -> None:
    """Compute and store the start sets of these sizes."""
    for n in sizes:
        found = monodromy(RowSpaces(n, (0, n // 2)), rng=seed, progress=print)
        store(found)


def store(found: StartSet) -> None:
    """Write a start set of siblings; single precision, which ``start_set`` refines."""
    half = found.spaces.n // 2
    W = found.spaces.rows_at(found.spaces.rescaled(found.x)).astype(np.complex64)
    buffer = BytesIO()
    np.savez(
        buffer,
        u=W[:, 0, :half],
        v=W[:, 1, half:],
        C=found.forms.C,
        M=found.forms.M,
        quiet=np.array(found.quiet),
    )
    write_atomically(HERE / f"siblings-{found.spaces.n}.npz", buffer.getvalue())
