"""Minima of the loss with a trained butterfly: second-order descents from one start and many."""

from landscape.minima.random_starts import ReachedMinima, ReachedMinimum, multi_start
from landscape.minima.second_order import Minimum, minimise_reduced

__all__ = ["Minimum", "ReachedMinima", "ReachedMinimum", "minimise_reduced", "multi_start"]
