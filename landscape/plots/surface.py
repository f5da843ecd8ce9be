"""The loss of two siblings over the two angles of their row spaces."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from fjlt.plot_axes import own_axes
from fjlt.types import RealArray
from landscape.enumeration.joint_points import JointCriticalPoint
from landscape.planes.sibling_angles import angles, loss_over_angles
from landscape.plots.look import KINDS, LOSS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_landscape"]

_DOUBLINGS = 10  # of the steps of descent
_SLOW = 1e-3  # of the largest slope: below it steps get shorter
_ABOVE = 0.02  # of the range of the loss: what ends above it has not reached the global minimum


def plot_landscape(
    points: Iterable[JointCriticalPoint],
    ax: Axes | None = None,
    *,
    surface: bool = False,
    flow: bool = False,
    colorbar: bool = True,
) -> Axes:
    """Plot the loss of two siblings, n = 4 and k = 2, over two angles, with critical points.

    The row space of E·B is spanned by (cos α, sin α, 0, 0) and (0, 0, cos β, sin β). The loss is
    ‖DEBX - Y‖_F² at the best D. The angles have period π; the plot shows one period of each.

    Parameters
    ----------
    points : iterable of JointCriticalPoint
        As ``joint_critical_points`` returns them for rows [0, 2] or [1, 3] of 4 and k = 2. They
        hold the data X and Y.
    ax : matplotlib.axes.Axes, optional
        For a surface, with the projection "3d". Default: axes of a new figure of pyplot.
    surface : bool
        Whether to plot a surface in place of filled contours.
    flow : bool
        Whether to draw paths of steepest descent over the contours: white where they end at a
        global minimum, red where not.
    colorbar : bool
        Whether to draw a bar that says which colour is which loss.

    Returns
    -------
    matplotlib.axes.Axes
        Its collections are the surface or the filled contours, white lines at the losses of the
        saddles, and markers for each kind of point.

    Raises
    ------
    ValueError
        If there is no point, the row spaces are no two siblings of n = 4 with k = 2, or a flow is
        to be drawn on a surface.
    TypeError
        If ax has another projection.

    See Also
    --------
    joint_critical_points : The critical points with trained B.
    plot_levels : Losses against Morse indices, for row spaces of any size.

    Notes
    -----
    Cost: one evaluation of the loss for 181 × 181 row spaces. The flow is that in the angles, with
    central differences for the gradient.

    Examples
    --------
    >>> from landscape import joint_critical_points
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> ax = plot_landscape(joint_critical_points(X, X, rows=[0, 2], k=2))
    >>> ax.get_xlabel(), [marks.get_label() for marks in ax.collections[2:]]
    ('angle α, degrees', ['global minimum', 'spurious minimum', 'strict saddle', 'maximum'])
    """
    points = list(points)
    if not points:
        raise ValueError("there is no critical point to plot; pass at least one")
    spaces, X, Y = points[0].problem
    if (spaces.n, spaces.k, spaces.dimension) != (4, 2, 2):
        raise ValueError(
            f"outputs {list(spaces.rows)} of {spaces.n} with k = {spaces.k} have row spaces of "
            f"dimension {spaces.dimension}; two angles describe those of outputs [0, 2] or "
            "[1, 3] of 4 with k = 2: use plot_levels"
        )
    if surface and flow:
        raise ValueError("the flow is drawn over contours; leave out surface=True")
    ax = own_axes(ax, "3d" if surface else None)
    grid = np.linspace(-45.0, 135.0, 181)
    alpha, beta = np.meshgrid(grid, grid)
    loss = loss_over_angles(X, Y, alpha, beta)
    canvas: Any = ax
    if surface:
        drawn = canvas.plot_surface(
            alpha, beta, loss, cmap="cividis", rcount=60, ccount=60, alpha=0.9, linewidth=0
        )
        canvas.set_zlabel(f"loss {LOSS}")
        # Lines and points lie in the surface; drawn after it they are not half buried.
        canvas.computed_zorder = False
        canvas.view_init(elev=48, azim=60)
    else:
        drawn = canvas.contourf(alpha, beta, loss, levels=24, cmap="cividis")
        if flow:
            from matplotlib.colors import ListedColormap

            coarse = grid[::2]
            across, up, above = _descent(loss[::2, ::2], coarse[1] - coarse[0])
            colours = ListedColormap(["white", "#FF9ECB"])
            canvas.streamplot(
                coarse, coarse, across, up, color=above, cmap=colours, density=1.6, linewidth=0.8
            )
    # The basin of a minimum ends at the line through its lowest saddle.
    saddles = {f"{p.loss:.9g}": p.loss for p in points if p.is_saddle}
    if saddles:
        heights = sorted(saddles.values())
        canvas.contour(alpha, beta, loss, levels=heights, colors="white", linewidths=1, zorder=3)
    for kind, (colour, marker) in KINDS.items():
        of_kind = [p for p in points if p.kind == kind]
        if of_kind:
            places = [(*angles(p.rows), p.loss) for p in of_kind]
            look = {"s": 80, "c": colour, "marker": marker, "edgecolors": "white", "label": kind}
            look |= {"zorder": 5} | ({"depthshade": False} if surface else {})
            u, v, height = np.transpose(places)
            canvas.scatter(*((u, v, height) if surface else (u, v)), **look)
    if colorbar and ax.figure is not None:
        bar: dict[str, Any] = {"shrink": 0.6, "pad": 0.12} if surface else {}
        ax.figure.colorbar(drawn, ax=ax, label=f"loss {LOSS} at the best $D$", **bar)
    ticks = np.arange(-45, 136, 45)
    ax.set(xlabel="angle α, degrees", ylabel="angle β, degrees", xticks=ticks, yticks=ticks)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False)
    return ax


def _descent(loss: RealArray, step: float) -> tuple[RealArray, RealArray, RealArray]:
    """Direction of steepest descent, and whether it ends above the global minimum: 0 or 1.

    ``loss`` has one period, and its last row and column repeat the first.
    """
    from scipy.ndimage import map_coordinates

    once = loss[:-1, :-1]
    across, up = ((np.roll(once, 1, i) - np.roll(once, -1, i)) / (2 * step) for i in (1, 0))
    # A step of at most half a cell along the flow, and by doubling so many that every point is at a
    # minimum: the way from a place, and the way from there.
    speed = np.hypot(up, across)
    way = 0.5 * np.array([up, across]) / np.maximum(speed, _SLOW * speed.max())
    start = np.indices(once.shape, dtype=float)
    for _ in range(_DOUBLINGS):
        way += [map_coordinates(part, start + way, order=1, mode="grid-wrap") for part in way]
    places = start + way
    end = map_coordinates(once, places, order=1, mode="grid-wrap")
    above = end > loss.min() + _ABOVE * (loss.max() - loss.min())
    down, right, high = (np.pad(f, (0, 1), mode="wrap") for f in (up, across, above.astype(float)))
    return right, down, high
