"""The look of all figures: fonts, and colours that also the colour-blind can tell apart."""

from __future__ import annotations

import math
from typing import Any

from fjlt.runs.intervals import Interval

__all__ = [
    "BLACK",
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "PURPLE",
    "STYLE",
    "TEXT_WIDTH",
    "VERMILION",
    "draw_interval",
    "ticks",
]

BLACK, BLUE, ORANGE, GREEN = "#000000", "#0072B2", "#E69F00", "#009E73"
VERMILION, PURPLE, GREY = "#D55E00", "#CC79A7", "#767676"
"""The colours of Okabe and Ito, and a grey with enough contrast for small text."""

TEXT_WIDTH = 5.5
"""Width of the text of the paper, in inches. Figures are drawn at the size at which they are
printed."""

STYLE: dict[Any, Any] = {
    "font.family": "STIXGeneral",
    "mathtext.fontset": "stix",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "pdf.fonttype": 42,
    "savefig.dpi": 300,
}
"""Settings of Matplotlib for drawing and saving every figure."""


def draw_interval(axes: Any, found: Interval, place: float, **look: Any) -> None:
    """Draw a mean and its interval along a horizontal line at ``place``.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    found : Interval
    place : float
        Height of the line.
    **look
        Keyword arguments of ``Axes.errorbar``.
    """
    look = {"capsize": 2, "elinewidth": 0.8, **look}
    axes.errorbar(found.mean, place, xerr=[[arm] for arm in found.arms], **look)


def ticks(low: float, high: float) -> tuple[list[float], list[str]]:
    """Places and labels of the ticks on a logarithmic axis.

    They are at 1, 2 and 5 of each decade, or, if the axis spans two decades or more, at 1 only.

    Examples
    --------
    >>> ticks(0.3, 3.0)
    ([0.5, 1.0, 2.0], ['0.5', '1', '2'])
    >>> ticks(0.5, 150.0)[1]
    ['1', '10', '100']
    """
    steps = (1,) if high >= 100 * low else (1, 2, 5)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    places = [float(f"{step}e{decade}") for decade in decades for step in steps]
    shown = [place for place in places if low <= place <= high]
    return shown, [f"{place:g}" for place in shown]
