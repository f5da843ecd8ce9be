"""The loss landscape of the encoder-decoder butterfly network D·E·B·X.

Every function here uses one thread of BLAS, and so do the commands: no result depends on the number
of threads. Matrices of a few hundred rows gain little from more, and on a busy machine threads that
wait for each other make a decomposition many times slower. The limit ends with the call.
"""

from fjlt.runs.matrices import read_arrays, read_matrix
from landscape.certificates.certificate import Certificate, certify, certify_complex
from landscape.enumeration.joint import joint_critical_points
from landscape.enumeration.joint_points import JointCriticalPoint, JointCriticalPoints
from landscape.fixed import (
    CriticalPoint,
    EncoderDecoder,
    Parameters,
    critical_points,
    reduced_gradient,
    reduced_hessian_product,
    reduced_loss,
    reduced_weight_gradient,
    signal_matrix,
)
from landscape.minima import (
    Minimum,
    ReachedMinima,
    ReachedMinimum,
    minimise_reduced,
    multi_start,
)
from landscape.planes.reachable import is_dominant, reachable_dimension
from landscape.planes.row_class import RowClass, row_classes
from landscape.plots import plot_history, plot_landscape, plot_levels
from landscape.sketches import LearnedSketch, approximation_errors, learn_sketch
from landscape.training import (
    Fit,
    TrainingOutcomes,
    TwoPhases,
    endings,
    fit,
    fit_two_phase,
)

# Earlier names of the same classes.
EndLoss, EndLosses, Endings = ReachedMinimum, ReachedMinima, TrainingOutcomes

__all__ = [
    "Certificate",
    "CriticalPoint",
    "EncoderDecoder",
    "EndLoss",
    "EndLosses",
    "Endings",
    "Fit",
    "JointCriticalPoint",
    "JointCriticalPoints",
    "LearnedSketch",
    "Minimum",
    "Parameters",
    "ReachedMinima",
    "ReachedMinimum",
    "RowClass",
    "TrainingOutcomes",
    "TwoPhases",
    "approximation_errors",
    "certify",
    "certify_complex",
    "critical_points",
    "endings",
    "fit",
    "fit_two_phase",
    "is_dominant",
    "joint_critical_points",
    "learn_sketch",
    "minimise_reduced",
    "multi_start",
    "plot_history",
    "plot_landscape",
    "plot_levels",
    "reachable_dimension",
    "read_arrays",
    "read_matrix",
    "reduced_gradient",
    "reduced_hessian_product",
    "reduced_loss",
    "reduced_weight_gradient",
    "row_classes",
    "signal_matrix",
]
