"""The row spaces that a truncated butterfly can have, and the gain as a function on them."""

from landscape.planes.dimension import dimension_bound
from landscape.planes.gain import Forms, Gain, data_forms
from landscape.planes.reachable import (
    Reachable,
    is_dominant,
    reachable_dimension,
    reachable_table,
)
from landscape.planes.row_class import RowClass, row_classes
from landscape.planes.row_motion import FramedGain, Motion, motion
from landscape.planes.row_spaces import RowSpaces
from landscape.planes.sibling_angles import angles, loss_over_angles

__all__ = [
    "Forms",
    "FramedGain",
    "Gain",
    "Motion",
    "Reachable",
    "RowClass",
    "RowSpaces",
    "angles",
    "data_forms",
    "dimension_bound",
    "is_dominant",
    "loss_over_angles",
    "motion",
    "reachable_dimension",
    "reachable_table",
    "row_classes",
]
