"""Pictures of a landscape: critical levels by Morse index, and the course of a training."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from landscape.critical import CriticalPoint

__all__ = ["draw_history", "draw_levels", "rendered"]

# Okabe-Ito colours, told apart also by marker.
_KINDS = {"global minimum": ("#0072B2", "o"), "strict saddle": ("#D55E00", "^")}


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
            axes.scatter(indices, losses, c=colour, marker=marker, label=kind, alpha=0.8, linewidths=0)
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


def rendered(figure: Figure, kind: Literal["png", "pdf"]) -> bytes:
    """The figure as a file, without time or version in it: the same figure gives the same bytes.

    Examples
    --------
    >>> rendered(draw_history({"all": [3, 2, 1]}, {}), "png")[1:4]
    b'PNG'
    """
    metadata = {"Software": None} if kind == "png" else {"CreationDate": None, "Creator": None, "Producer": None}
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, dpi=150, metadata=metadata)
    return buffer.getvalue()
