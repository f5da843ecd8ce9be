"""The loss landscape of the encoder-decoder butterfly network D·E·B·X.

Every function here uses one thread of BLAS, and so do the commands: no result depends on the number
of threads. Matrices of a few hundred rows gain little from more, and on a busy machine threads that
wait for each other make a decomposition many times slower. The limit ends with the call.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
