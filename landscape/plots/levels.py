"""The losses of critical points against their Morse indices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fjlt.plot_axes import own_axes
from landscape.enumeration.joint_points import JointCriticalPoint
from landscape.fixed.critical import CriticalPoint
from landscape.plots.look import KINDS, LOSS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_levels"]


def plot_levels(
    points: Iterable[CriticalPoint | JointCriticalPoint],
    ax: Axes | None = None,
    *,
    labels: bool = True,
) -> Axes:
    """Plot the losses of critical points against their Morse indices; losses are not scaled.

    Parameters
    ----------
    points : iterable of CriticalPoint or JointCriticalPoint
        As ``critical_points`` or ``joint_critical_points`` returns them.
    ax : matplotlib.axes.Axes, optional
        Default: axes of a new figure of pyplot.
    labels : bool
        Whether to write its subset beside each point of a fixed B. A label for which there is no
        room is left out.

    Returns
    -------
    matplotlib.axes.Axes
        With one collection of markers for each kind of point.

    Raises
    ------
    ValueError
        If there is no point.
    TypeError
        If ax has no two plain axes.

    See Also
    --------
    critical_points : The critical points for a fixed B.
    plot_landscape : The loss of two siblings over two angles.

    Examples
    --------
    >>> import numpy as np
    >>> from landscape import critical_points
    >>> X = np.diag([3, 2, 1])
    >>> ax = plot_levels(critical_points(X, X, np.eye(3), k=1))
    >>> ax.get_xlabel(), [text.get_text() for text in ax.texts]
    ('Morse index: number of directions downhill', ['{1}', '{2}', '{3}', '{ }'])
    """
    points = list(points)
    if not points:
        raise ValueError("there is no critical point to plot; pass at least one")
    ax = own_axes(ax)
    from matplotlib.ticker import MaxNLocator

    for kind, (colour, marker) in KINDS.items():
        of_kind = [point for point in points if point.kind == kind]
        if of_kind:
            indices, losses = [p.index for p in of_kind], [p.loss for p in of_kind]
            ax.scatter(indices, losses, s=36, c=colour, marker=marker, label=kind, linewidths=0)
    ax.set(xlabel="Morse index: number of directions downhill", ylabel=f"loss {LOSS}")
    ax.margins(0.08)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(alpha=0.3)
    ax.legend()
    if labels:
        _label([point for point in points if isinstance(point, CriticalPoint)], ax)
    return ax


def _label(points: list[CriticalPoint], ax: Any) -> None:
    """Write the subset beside each point, where no other label and no marker is in the way."""
    size, marker = 7.5, 6.0
    # The layout decides where the axes are, and it would otherwise be made only on drawing.
    ax.figure.draw_without_rendering()
    # Places on the page in points, 1/72 inch; what is taken are boxes (left, right, low, high).
    scale = 72 / ax.figure.dpi
    places = ax.transData.transform([(point.index, point.loss) for point in points]) * scale
    taken = [(x - 3, x + 3, y - 3, y + 3) for x, y in places]
    for point, (x, y) in zip(points, places, strict=True):
        text = "{" + (",".join(map(str, point.subset)) or " ") + "}"
        wide, high = 0.55 * size * len(text), 1.1 * size
        sides = {
            (marker, 0): (x + marker, x + marker + wide, y - high / 2, y + high / 2),
            (-marker, 0): (x - marker - wide, x - marker, y - high / 2, y + high / 2),
            (0, marker): (x - wide / 2, x + wide / 2, y + marker, y + marker + high),
            (0, -marker): (x - wide / 2, x + wide / 2, y - marker - high, y - marker),
        }
        for offset, box in sides.items():
            if not any(_overlap(box, other) for other in taken):
                taken.append(box)
                ax.annotate(
                    text,
                    (point.index, point.loss),
                    offset,
                    textcoords="offset points",
                    ha=("right", "center", "left")[1 + (offset[0] > 0) - (offset[0] < 0)],
                    va=("top", "center", "bottom")[1 + (offset[1] > 0) - (offset[1] < 0)],
                    fontsize=size,
                )
                break


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    """Whether two boxes (left, right, low, high) overlap."""
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]
