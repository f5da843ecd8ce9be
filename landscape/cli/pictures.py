"""Pictures of a landscape: critical levels by Morse index, the course and the ends of trainings."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from landscape import data
from landscape.enumeration.joint_points import JointCriticalPoints
from landscape.fixed.critical import CriticalPoint
from landscape.planes.gain import Gain, data_forms
from landscape.planes.row_spaces import RowSpaces
from landscape.training.outcomes import TrainingOutcomes

__all__ = ["draw_angles", "draw_history", "draw_levels", "draw_outcomes", "rendered"]

# Okabe-Ito colours; the markers differ too, for readers who cannot tell the colours apart.
_KINDS = {
    "global minimum": ("#0072B2", "o"),
    "spurious minimum": ("#CC79A7", "X"),
    "strict saddle": ("#D55E00", "^"),
    "maximum": ("#000000", "s"),
}


def draw_levels(points: Sequence[CriticalPoint]) -> Figure:
    """Draw the losses of critical points against their Morse indices; losses are not scaled.

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
        of_kind = [point for point in points if point.kind == kind]
        if of_kind:
            indices, losses = [p.index for p in of_kind], [p.loss for p in of_kind]
            axes.scatter(
                indices, losses, c=colour, marker=marker, label=kind, alpha=0.8, linewidths=0
            )
    axes.set(xlabel="Morse index", ylabel=r"loss $\|DEBX-Y\|_F^2$")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def draw_history(phases: Mapping[str, ArrayLike], optima: Mapping[str, float]) -> Figure:
    """Draw the losses of the phases of a training, with horizontal lines at known optima.

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


def draw_angles(X: ArrayLike, Y: ArrayLike, points: JointCriticalPoints) -> Figure:
    """Draw the reduced loss of two siblings, n = 4 and k = 2, with every real critical point.

    The row space is spanned by (u, 0) and (0, v) with u = (cos α, sin α) and v = (cos β, sin β).
    The axes are the angles α and β, which have period π.

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
    # Divided by powers of 2, X and Y have squares in range.
    scaled = y / data.nearest_power(y)
    gain = Gain(RowSpaces(4, (0, 2)), *data_forms(x / data.nearest_power(x), scaled))(plane)
    loss = (float(np.sum(scaled**2)) - gain) * data.nearest_power(y) ** 2
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.add_subplot()
    degrees = np.degrees(grid)
    image = axes.contourf(degrees, degrees, loss, levels=24, cmap="Greys_r", alpha=0.75)
    figure.colorbar(image, ax=axes, label=r"loss $\|DEBX-Y\|_F^2$ at the best $D$, $E$")
    for kind, (colour, marker) in _KINDS.items():
        of_kind = [p for p in points if p.kind == kind]
        angles = [(_angle(p.rows[:, :2]), _angle(p.rows[:, 2:])) for p in of_kind]
        if of_kind:
            u, v = zip(*angles, strict=True)
            axes.scatter(u, v, c=colour, marker=marker, s=80, edgecolors="white", label=kind)
    limits = degrees[[0, -1]]
    axes.set(xlabel="angle of u, degrees", ylabel="angle of v, degrees", xlim=limits, ylim=limits)
    figure.legend(loc="outside lower center", ncols=4, frameon=False)
    return figure


def _angle(part: ArrayLike) -> float:
    """Angle, -45 to 135 degrees, of the line that the rows of a matrix with two columns span."""
    direction = np.linalg.svd(np.asarray(part))[2][0]
    return float((np.degrees(np.arctan2(direction[1], direction[0])) + 45) % 180 - 45)


def draw_outcomes(outcomes: Sequence[TrainingOutcomes]) -> Figure:
    """Draw the shares of the training runs that end at each minimum, with 99.9 % intervals.

    There is a group of bars for each scheme.

    Examples
    --------
    >>> outcomes = [TrainingOutcomes("joint", 10, (2.0, 4.2), (7, 2))]
    >>> draw_outcomes(outcomes).axes[0].get_ylabel()
    'share of runs'
    """
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    losses = outcomes[0].losses
    width = 0.8 / (len(losses) + 1)
    colours = ["#0072B2", "#CC79A7", "#E69F00", "#56B4E9", "#009E73", "#F0E442"]
    places = np.arange(len(outcomes))
    for i, loss in enumerate(losses):
        share = np.array([scheme.counts[i] / scheme.runs for scheme in outcomes])
        bars = np.array([scheme.interval(i) for scheme in outcomes]).T
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
    rest = [scheme.elsewhere / scheme.runs for scheme in outcomes]
    axes.bar(
        places + len(losses) * width,
        rest,
        width,
        color="#999999",
        label="elsewhere, or not converged",
    )
    axes.set(ylabel="share of runs", ylim=(0, 1))
    axes.set_xticks(
        places + width * len(losses) / 2,
        [f"{scheme.scheme}\n{scheme.runs} runs" for scheme in outcomes],
    )
    axes.grid(alpha=0.3, axis="y")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def rendered(figure: Figure, kind: Literal["png", "pdf"]) -> bytes:
    """Return the figure as a file of this kind; the same figure always gives the same bytes.

    Examples
    --------
    >>> rendered(draw_history({"all": [3, 2, 1]}, {}), "png")[1:4]
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
