"""Butterfly networks and fast Johnson-Lindenstrauss transforms as linear operators."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

__version__ = "0.1.0"
