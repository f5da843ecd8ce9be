"""Pictures of a landscape: critical levels by Morse index, the course of a training, where
trainings end."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from landscape.enumeration.joint_points import JointCriticalPoints
from landscape.fixed.critical import CriticalPoint
from landscape.planes.gain import Gain, data_forms
from landscape.planes.row_spaces import RowSpaces
from landscape.training.outcomes import Endings

__all__ = ["draw_angles", "draw_endings", "draw_history", "draw_levels", "rendered"]

# Okabe-Ito colours, told apart also by marker.
_KINDS = {
    "global minimum": ("#0072B2", "o"),
    "spurious minimum": ("#CC79A7", "X"),
    "strict saddle": ("#D55E00", "^"),
    "maximum": ("#000000", "s"),
}


def draw_levels(points: Sequence[CriticalPoint]) -> Figure:
    """Loss of critical points against their Morse index; loss in the units of ‖Y‖_F², not scaled.

    Raises
    ------
    ValueError
        If there is no point.

    Examples
    --------
    >>> from landscape import critical_points
    >>> figure = draw_levels(list(critical_points(np.eye(2), np.diag([2, 1]), np.eye(2), 1)))
    >>> figure.axes[0].get_xlabel()
    'Morse index'
    """
    points = list(points)
    if not points:
        raise ValueError("there is no critical point to draw; pass at least one")
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    for kind, (colour, marker) in _KINDS.items():
        some = [point for point in points if point.kind == kind]
        if some:
            indices, losses = [p.index for p in some], [p.loss for p in some]
            axes.scatter(
                indices, losses, c=colour, marker=marker, label=kind, alpha=0.8, linewidths=0
            )
    axes.set(xlabel="Morse index", ylabel=r"loss $\|DEBX-Y\|_F^2$")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def draw_history(phases: Mapping[str, ArrayLike], optima: Mapping[str, float]) -> Figure:
    """Loss of each phase of a training, one after the other, and horizontal lines at known optima.

    Examples
    --------
    >>> draw_history({"all": [3, 2, 1]}, {"dense optimum": 0.5}).axes[0].get_ylabel()
    'loss'
    """
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    first, losses = 0, []
    for (name, history), colour in zip(phases.items(), ("#0072B2", "#D55E00"), strict=False):
        values = np.asarray(history, dtype=float).tolist()
        axes.plot(range(first, first + len(values)), values, color=colour, label=name)
        first += len(values) - 1
        losses += values
    for (name, value), style in zip(optima.items(), ("--", ":", "-."), strict=False):
        axes.axhline(value, color="black", linestyle=style, linewidth=1, label=name)
    if min([*losses, *optima.values()]) > 0:
        axes.set_yscale("log")
    axes.set(xlabel="passes over the data", ylabel="loss")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def draw_angles(X: ArrayLike, Y: ArrayLike, found: JointCriticalPoints) -> Figure:
    """Reduced loss of two siblings, n = 4 and k = 2, over the angles of u and v, with every real
    critical point.

    The row space is spanned by (u, 0) and (0, v), u = (cos α, sin α), v = (cos β, sin β); both
    angles have period π.

    Examples
    --------
    >>> from landscape import joint_critical_points
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> draw_angles(X, X, joint_critical_points(X, X, [0, 2], 2)).axes[0].get_xlabel()
    'angle of u, degrees'
    """
    x, y = np.asarray(X, dtype=float), np.asarray(Y, dtype=float)
    grid = np.linspace(-np.pi / 4, 3 * np.pi / 4, 181)
    alpha, beta = np.meshgrid(grid, grid)
    plane = np.stack([np.cos(alpha), np.sin(alpha), np.cos(beta), np.sin(beta)], axis=-1)
    loss = float(np.sum(y**2)) - Gain(RowSpaces(4, (0, 2)), *data_forms(x, y))(plane)
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.add_subplot()
    degrees = np.degrees(grid)
    image = axes.contourf(degrees, degrees, loss, levels=24, cmap="Greys_r", alpha=0.75)
    figure.colorbar(image, ax=axes, label=r"loss $\|DEBX-Y\|_F^2$ at the best $D$, $E$")
    for kind, (colour, marker) in _KINDS.items():
        some = [p for p in found if p.kind == kind]
        angles = [(_angle(p.rows[:, :2]), _angle(p.rows[:, 2:])) for p in some]
        if some:
            u, v = zip(*angles, strict=True)
            axes.scatter(u, v, c=colour, marker=marker, s=80, edgecolors="white", label=kind)
    limits = degrees[[0, -1]]
    axes.set(xlabel="angle of u, degrees", ylabel="angle of v, degrees", xlim=limits, ylim=limits)
    figure.legend(loc="outside lower center", ncols=4, frameon=False)
    return figure


def _angle(part: ArrayLike) -> float:
    """Of the only direction in the rows of a matrix with two columns, in degrees from -45 to
    135."""
    direction = np.linalg.svd(np.asarray(part))[2][0]
    return float((np.degrees(np.arctan2(direction[1], direction[0])) + 45) % 180 - 45)


def draw_endings(ends: Sequence[Endings]) -> Figure:
    """Shares of the training runs that end at each minimum, one group of bars a scheme, with 99.9 %
    intervals.

    Examples
    --------
    >>> draw_endings([Endings("joint", 10, (2.0, 4.2), (7, 2))]).axes[0].get_ylabel()
    'share of runs'
    """
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    losses = ends[0].losses
    width = 0.8 / (len(losses) + 1)
    colours = ["#0072B2", "#CC79A7", "#E69F00", "#56B4E9", "#009E73", "#F0E442"]
    places = np.arange(len(ends))
    for i, loss in enumerate(losses):
        share = np.array([end.counts[i] / end.runs for end in ends])
        bars = np.array([end.interval(i) for end in ends]).T
        error = np.abs(bars - share)
        label = f"minimum of loss {loss:.6g}"
        axes.bar(
            places + i * width,
            share,
            width,
            yerr=error,
            color=colours[i % len(colours)],
            label=label,
            capsize=3,
        )
    rest = [end.elsewhere / end.runs for end in ends]
    axes.bar(
        places + len(losses) * width,
        rest,
        width,
        color="#999999",
        label="elsewhere, or not converged",
    )
    axes.set(ylabel="share of runs", ylim=(0, 1))
    axes.set_xticks(
        places + width * len(losses) / 2, [f"{end.scheme}\n{end.runs} runs" for end in ends]
    )
    axes.grid(alpha=0.3, axis="y")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def rendered(figure: Figure, kind: Literal["png", "pdf"]) -> bytes:
    """The figure as a file, without time or version in it: the same figure gives the same bytes.

    Examples
    --------
    >>> rendered(draw_history({"all": [3, 2, 1]}, {}), "png")[1:4]
    b'PNG'
    """
    metadata = (
        {"Software": None}
        if kind == "png"
        else {"CreationDate": None, "Creator": None, "Producer": None}
    )
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, dpi=150, metadata=metadata)
    return buffer.getvalue()
