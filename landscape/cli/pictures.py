"""The picture of where trainings end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fjlt.cli.results import page
from fjlt.plot_axes import COLOURS
from landscape.training.outcomes import TrainingOutcomes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_outcomes"]


def draw_outcomes(outcomes: Sequence[TrainingOutcomes]) -> Figure:
    """Draw the shares of the training runs that end at each minimum, with 99.9 % intervals.

    There is a group of bars for each scheme.

    Examples
    --------
    >>> outcomes = [TrainingOutcomes("joint", 10, (2.0, 4.2), (7, 2))]
    >>> draw_outcomes(outcomes).axes[0].get_ylabel()
    'share of runs'
    """
    figure, axes = page(7, 4)
    losses = outcomes[0].losses
    width = 0.8 / (len(losses) + 1)
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
            color=COLOURS[i % len(COLOURS)],
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
