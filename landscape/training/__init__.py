"""Training of the network D·E·B·X, and where it ends."""

from landscape.training.outcomes import SCHEMES, TrainingOutcomes, endings
from landscape.training.training import METHODS, Fit, fit
from landscape.training.two_phase import TwoPhases, fit_two_phase
from landscape.training.variable_projection import VariableProjection

# An earlier name of the same class.
Endings = TrainingOutcomes

__all__ = [
    "METHODS",
    "SCHEMES",
    "Endings",
    "Fit",
    "TrainingOutcomes",
    "TwoPhases",
    "VariableProjection",
    "endings",
    "fit",
    "fit_two_phase",
]
