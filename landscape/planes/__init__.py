"""The row spaces that a truncated butterfly can have, and the gain as a function on them."""

from landscape.planes.dimension import dimension_bound
from landscape.planes.far_planes import FarPlane, far_plane
from landscape.planes.gain import Forms, Gain, data_forms
from landscape.planes.nearest import NearestRowSpace, nearest_row_space
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
    "FarPlane",
    "Forms",
    "FramedGain",
    "Gain",
    "Motion",
    "NearestRowSpace",
    "Reachable",
    "RowClass",
    "RowSpaces",
    "angles",
    "data_forms",
    "dimension_bound",
    "far_plane",
    "is_dominant",
    "loss_over_angles",
    "motion",
    "nearest_row_space",
    "reachable_dimension",
    "reachable_table",
    "row_classes",
]
