"""Operators are shown with the arguments of their constructor.

SciPy's ``LinearOperator`` has a ``__new__(*args, **kwargs)``, which autodoc would show instead.
"""

import inspect
from typing import Any

from scipy.sparse.linalg import LinearOperator
from sphinx.application import Sphinx
from sphinx.util.inspect import stringify_signature


def signature(
    app: Sphinx, kind: str, name: str, obj: Any, options: Any, args: str | None, returns: str | None
) -> tuple[str, None] | None:
    """The arguments of ``__init__`` of an operator, without types."""
    if kind != "class" or not issubclass(obj, LinearOperator):
        return None
    of_self = inspect.signature(obj.__init__)
    shown = of_self.replace(parameters=list(of_self.parameters.values())[1:])
    return stringify_signature(shown, show_annotation=False, show_return_annotation=False), None


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("autodoc-process-signature", signature)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
