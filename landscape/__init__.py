"""The loss landscape of the encoder-decoder butterfly network D·E·B·X."""

from landscape.certify import Certificate, certify, certify_complex
from landscape.critical import CriticalPoint, critical_points
from landscape.endings import Endings, endings
from landscape.joint import joint_critical_points
from landscape.joint_points import JointCriticalPoint, JointCriticalPoints
from landscape.learned_sketch import LearnedSketch, approximation_errors, learn_sketch
from landscape.matrices import read_arrays, read_matrix
from landscape.multi_start import EndLoss, EndLosses, multi_start
from landscape.network import EncoderDecoder, Parameters
from landscape.reachable import is_dominant, reachable_dimension
from landscape.reduced import reduced_gradient, reduced_hessian_product, reduced_loss, reduced_weight_gradient
from landscape.row_classes import RowClass, row_classes
from landscape.second_order import Minimum, minimise_reduced
from landscape.signal import signal_matrix
from landscape.training import Fit, fit
from landscape.two_phase import TwoPhases, fit_two_phase

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
