"""Minima of the loss with a trained butterfly: second-order descents from one start and many."""

from landscape.minima.random_starts import ReachedMinima, ReachedMinimum, multi_start
from landscape.minima.second_order import Minimum, minimise_reduced

# Earlier names of the same classes.
EndLoss, EndLosses = ReachedMinimum, ReachedMinima

__all__ = [
    "EndLoss",
    "EndLosses",
    "Minimum",
    "ReachedMinima",
    "ReachedMinimum",
    "minimise_reduced",
    "multi_start",
]
