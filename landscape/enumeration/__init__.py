"""All critical points of the network with a trained butterfly."""

from landscape.enumeration.joint import joint_critical_points
from landscape.enumeration.joint_points import JointCriticalPoint, JointCriticalPoints
from landscape.enumeration.pencils import pencil
from landscape.enumeration.real_form import real_variables

__all__ = [
    "JointCriticalPoint",
    "JointCriticalPoints",
    "joint_critical_points",
    "pencil",
    "real_variables",
]
