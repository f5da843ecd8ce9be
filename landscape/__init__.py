"""The loss landscape of the encoder-decoder butterfly network D·E·B·X."""

from fjlt.runs.matrices import read_arrays, read_matrix
from landscape.certificates.certificate import Certificate, certify, certify_complex
from landscape.enumeration.joint import joint_critical_points
from landscape.enumeration.joint_points import JointCriticalPoint, JointCriticalPoints
from landscape.fixed.critical import CriticalPoint, critical_points
from landscape.fixed.network import EncoderDecoder, Parameters
from landscape.fixed.reduced import (
    reduced_gradient,
    reduced_hessian_product,
    reduced_loss,
    reduced_weight_gradient,
)
from landscape.fixed.signal import signal_matrix
from landscape.minima.random_starts import EndLoss, EndLosses, multi_start
from landscape.minima.second_order import Minimum, minimise_reduced
from landscape.planes.reachable import is_dominant, reachable_dimension
from landscape.planes.row_class import RowClass, row_classes
from landscape.sketches.learned_sketch import LearnedSketch, approximation_errors, learn_sketch
from landscape.training.outcomes import Endings, endings
from landscape.training.training import Fit, fit
from landscape.training.two_phase import TwoPhases, fit_two_phase

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
    "RowClass",
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
