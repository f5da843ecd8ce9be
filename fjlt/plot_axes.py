"""What the plots have in common: colours, styles of lines, axes of their own."""

from __future__ import annotations

from typing import Any

from fjlt.extras import installed

__all__ = ["COLOURS", "LINES", "own_axes"]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Colours of Okabe and Ito, which the colour-blind can tell apart."""

LINES = ("solid", "dashed", "dotted", "dashdot")
"""Styles of lines, which tell curves apart in grey."""


def own_axes(ax: Any, projection: str | None = None) -> Any:
    """Return ax, or the axes of a new figure of pyplot.

    Raises
    ------
    TypeError
        If ax is no ``matplotlib.axes.Axes``, or has another projection.
    """
    with installed():
        from matplotlib.axes import Axes

    if ax is None:
        from matplotlib import pyplot

        return pyplot.figure(layout="constrained").add_subplot(projection=projection)
    if not isinstance(ax, Axes):
        raise TypeError(f"ax must be a matplotlib.axes.Axes, got {type(ax).__name__}")
    if ax.name != (projection or "rectilinear"):
        raise TypeError(
            f"ax has the projection {ax.name!r}, and {projection or 'rectilinear'!r} is needed: "
            f"make it with figure.add_subplot(projection={projection!r})"
        )
    return ax
