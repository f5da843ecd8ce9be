"""Loaders of the public data that the figures read, and the register of their files.

A loader takes its files from the folder ``FJLT_DATA_DIR``, from a cache, or from the network, and
verifies their SHA-256.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
