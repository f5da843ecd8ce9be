"""The loss landscape of the encoder-decoder butterfly network D·E·B·X."""

from landscape.critical import CriticalPoint, critical_points
from landscape.learned_sketch import LearnedSketch, approximation_errors, learn_sketch
from landscape.matrices import read_arrays, read_matrix
from landscape.network import EncoderDecoder, Parameters
from landscape.reachable import is_dominant, reachable_dimension
from landscape.reduced import reduced_gradient, reduced_loss, reduced_weight_gradient
from landscape.row_classes import RowClass, row_classes
from landscape.signal import signal_matrix
from landscape.training import Fit, fit
from landscape.two_phase import TwoPhases, fit_two_phase

__all__ = [
    "CriticalPoint",
    "EncoderDecoder",
    "Fit",
    "LearnedSketch",
    "Parameters",
    "RowClass",
    "TwoPhases",
    "approximation_errors",
    "critical_points",
    "fit",
    "fit_two_phase",
    "is_dominant",
    "learn_sketch",
    "reachable_dimension",
    "read_arrays",
    "read_matrix",
    "reduced_gradient",
    "reduced_loss",
    "reduced_weight_gradient",
    "row_classes",
    "signal_matrix",
]
