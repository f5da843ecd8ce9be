"""What the commands write: the folder, pictures as files, and the versions that made them."""

from __future__ import annotations

import io
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import fjlt
from fjlt.extras import installed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["output_folder", "page", "ready", "rendered", "versions"]


def output_folder(out: str) -> Path:
    """Return the folder to write to, which need not exist; it must not be a file, nor in one."""
    folder = Path(out)
    for part in (folder, *folder.parents):
        if part.exists() and not part.is_dir():
            raise ValueError(f"--out {out}: {part} is a file; name a folder")
    return folder


def ready() -> None:
    """Load Matplotlib now: that it is missing is noticed before the work, not after it."""
    with installed():
        import matplotlib.figure  # noqa: F401


def page(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of this size, in inches, and its axes; pyplot does not know it.

    Examples
    --------
    >>> figure, axes = page(6, 4)
    >>> figure.axes == [axes]
    True
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def rendered(figure: Figure, kind: Literal["png", "pdf"]) -> bytes:
    """Return the figure as a file of this kind; the same figure always gives the same bytes.

    Examples
    --------
    >>> rendered(page(6, 4)[0], "png")[1:4]
    b'PNG'
    """
    # No time and no version in the file.
    metadata = (
        {"Software": None}
        if kind == "png"
        else {"CreationDate": None, "Creator": None, "Producer": None}
    )
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, dpi=150, metadata=metadata)
    return buffer.getvalue()


def versions() -> dict[str, str]:
    """Return the versions of the packages that the results depend on."""
    import numpy as np
    import scipy

    return {
        "butterfly-theory": fjlt.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "scipy": scipy.__version__,
    }
