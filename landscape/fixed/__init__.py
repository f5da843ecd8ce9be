"""The network D·E·B·X with a fixed encoder B: loss, derivatives, critical points, reduced loss."""

from landscape.fixed.critical import CriticalPoint, critical_points
from landscape.fixed.network import EncoderDecoder, Parameters
from landscape.fixed.reduced import (
    reduced_gradient,
    reduced_hessian_product,
    reduced_loss,
    reduced_weight_gradient,
)
from landscape.fixed.signal import Signal, signal_matrix

__all__ = [
    "CriticalPoint",
    "EncoderDecoder",
    "Parameters",
    "Signal",
    "critical_points",
    "reduced_gradient",
    "reduced_hessian_product",
    "reduced_loss",
    "reduced_weight_gradient",
    "signal_matrix",
]
