"""Plots of a landscape: levels of critical points, the loss as a surface, courses of training."""

from landscape.plots.courses import plot_history
from landscape.plots.levels import plot_levels
from landscape.plots.surface import plot_landscape

__all__ = ["plot_history", "plot_landscape", "plot_levels"]
