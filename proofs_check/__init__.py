"""The formal claims of the paper, each checked by computation, with certificates to recheck."""

import lazy_loader

from fjlt.extras import installed

with installed("landscape", "figures"):
    __getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
