"""Butterfly networks and fast Johnson-Lindenstrauss transforms as linear operators."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)

__version__ = "0.1.0"
