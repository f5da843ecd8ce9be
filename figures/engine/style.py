"""The look of all figures: fonts, axes, and how each method is drawn, the same in every figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fjlt.runs.intervals import Interval

__all__ = [
    "BLACK",
    "BLUE",
    "GREEN",
    "GREY",
    "METHODS",
    "ORANGE",
    "PRINTED",
    "PURPLE",
    "SKY",
    "STYLE",
    "TEXT_WIDTH",
    "VERMILION",
    "WINE",
    "draw_interval",
    "plain_ticks",
    "ticks",
]

BLACK, BLUE, ORANGE, GREEN = "#000000", "#0072B2", "#E69F00", "#009E73"
VERMILION, PURPLE, SKY, GREY, WINE = "#D55E00", "#CC79A7", "#56B4E9", "#767676", "#882255"
"""The colours of Okabe and Ito, a grey with enough contrast for small text, and a wine of Tol."""

_SOLID, _LONG, _DASHED, _DOTTED = "-", (0, (7, 1.5)), (0, (3, 1.5)), (0, (1, 1))
_DASH_DOT, _DASH_DOTS, _PAIRS = (0, (4, 1.2, 1, 1.2)), (0, (5, 1, 1, 1, 1, 1)), (0, (3, 1, 1, 1))


def _look(color: str, marker: str, linestyle: Any) -> dict[str, Any]:
    return {"color": color, "marker": marker, "linestyle": linestyle}


METHODS: dict[str, dict[str, Any]] = {
    # Layers of networks, and the sketches that are learned.
    "dense": _look(BLACK, "s", _LONG),
    "butterfly": _look(BLUE, "o", _SOLID),
    "low rank, equal rank": _look(VERMILION, "^", _DASHED),
    "low rank, equal weights": _look(ORANGE, "v", _DOTTED),
    "butterfly, rectified core": _look(GREEN, "D", _DASH_DOT),
    "butterfly, rectified layers": _look(SKY, "d", _DASH_DOTS),
    "block-diagonal": _look(GREEN, "D", _DASH_DOT),
    "sparse, random places": _look(PURPLE, "P", _PAIRS),
    "torch_structured": _look(PURPLE, "P", _PAIRS),
    "butterfly, identity": _look(SKY, "<", _DASHED),
    "butterfly, gaussian": _look(WINE, ">", _DOTTED),
    "butterfly, orthogonal": _look(GREEN, "h", _DASH_DOT),
    "sparse": _look(GREEN, "D", _DASH_DOT),
    # Random sketches.
    "random sparse": _look(PURPLE, "v", _DOTTED),
    "random Gaussian": _look(VERMILION, "^", _DASHED),
    "random FJLT": _look(ORANGE, "<", _DASH_DOTS),
    # The auto-encoder.
    "PCA": _look(BLACK, "", _SOLID),
    "FJLT+PCA": _look(ORANGE, "<", _DASH_DOTS),
    "FJLT+PCA, proved l": _look(PURPLE, ">", _DOTTED),
    "Adam, phase one": _look(GREY, "v", _PAIRS),
    "Adam, joint": _look(VERMILION, "^", _DASHED),
    "Adam, random init": _look(SKY, "P", _SOLID),
    "Adam, two phases": _look(GREEN, "D", _DASH_DOT),
    "variable projection": _look(BLUE, "o", _LONG),
    "proved bound": _look(SKY, "_", ""),
    "floor of B": _look(WINE, "x", ""),
}
"""Colour, marker and dashes of every method. Methods that meet in a figure differ in all three."""

PRINTED: dict[str, Any] = {
    "marker": "*",
    "linestyle": "",
    "markersize": 6,
    "markerfacecolor": "white",
    "markeredgecolor": BLACK,
    "markeredgewidth": 0.7,
    "zorder": 6,
}
"""How numbers that the paper prints are drawn."""

TEXT_WIDTH = 5.5
"""Width of the text of the paper, in inches. Figures are drawn at the size at which they are
printed, so that no letter is smaller there than 7 points."""

STYLE: dict[Any, Any] = {
    "font.family": "STIXGeneral",
    "mathtext.fontset": "stix",
    "font.size": 8.5,
    "figure.titlesize": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 8.5,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "pdf.fonttype": 42,
    "savefig.dpi": 220,
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


def ticks(low: float, high: float, stride: int = 0) -> tuple[list[float], list[str]]:
    """Places and plain labels of the ticks on a logarithmic axis.

    They are at 1, 2 and 5 of each decade; at 1 and 3 if the axis spans two decades; at 1 only if it
    spans three; and at every second decade if it spans more than five. A stride is the number of
    decades from one to the next, where there is little room.

    Examples
    --------
    >>> ticks(0.3, 3.0)
    ([0.5, 1.0, 2.0], ['0.5', '1', '2'])
    >>> ticks(0.5, 150.0)[1]
    ['1', '3', '10', '30', '100']
    >>> ticks(1e-5, 2e3)[1]
    ['0.0001', '0.01', '1', '100']
    >>> ticks(1e-5, 2e3, stride=3)[1]
    ['0.001', '1', '1000']
    >>> ticks(900, 2e7)[1]
    ['1 k', '10 k', '100 k', '1 M', '10 M']
    """
    steps = (1,) if high >= 1000 * low else (1, 3) if high >= 100 * low else (1, 2, 5)
    stride = stride or (2 if high > 1e5 * low else 1)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    places = [
        float(f"{step}e{decade}") for decade in decades if decade % stride == 0 for step in steps
    ]
    shown = [place for place in places if low <= place <= high]
    if low >= 100 and high >= 1e5:
        # Thousands and millions.
        return shown, [
            f"{place / 1e6:g} M" if place >= 1e6 else f"{place / 1e3:g} k" for place in shown
        ]
    return shown, [f"{place:.10f}".rstrip("0").rstrip(".") for place in shown]


def plain_ticks(axis: Any, stride: int = 0) -> None:
    """Give a logarithmic axis the ticks of ``ticks`` over its limits, and none between them."""
    low, high = sorted(axis.get_view_interval())
    axis.set_ticks(*ticks(low, high, stride))
    axis.set_ticks([], minor=True)
