"""The formal claims of the paper, each checked by computation, with certificates to recheck."""

from lazy_loader import attach_stub

from fjlt.extras import installed

with installed("landscape", "figures"):
    __getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
