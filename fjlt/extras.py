"""What a plain installation lacks, and the packages that must be this project's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

__all__ = ["EXTRAS", "installed", "remedy"]

EXTRAS = {
    "matplotlib": "plots",
    "sklearn": "sklearn",
    "torch": "torch",
    "dask": "dask",
    "distributed": "dask",
    **dict.fromkeys(("PIL", "pooch", "seaborn"), "figures"),
    **dict.fromkeys(("contourpy", "latex2mathml", "sympy"), "verify"),
}
"""The extra of this project that brings a package."""


def remedy(error: ImportError) -> str:
    """What an import error says, and the extra to install if one brings what is missing.

    Examples
    --------
    >>> remedy(ModuleNotFoundError("No module named 'sympy.core'", name="sympy.core"))
    "No module named 'sympy.core'; pip install 'butterfly-theory[verify]'"
    """
    extra = EXTRAS.get((error.name or "").partition(".")[0])
    if extra is None or "pip install" in str(error):
        return str(error)
    return f"{error}; pip install 'butterfly-theory[{extra}]'"


@contextmanager
def installed(*neighbours: str) -> Iterator[None]:
    """Import packages that may be missing, beside neighbours that must be this project's.

    Parameters
    ----------
    *neighbours : str
        Packages of this project whose names other projects use too.

    Raises
    ------
    ModuleNotFoundError
        If the block imports a package that is missing; it names the extra that brings it.
    ImportError
        If a neighbour is another project's package.

    Examples
    --------
    >>> with installed("landscape"):
    ...     from sklearn.base import clone
    """
    for name in neighbours:
        spec = find_spec(name)
        # An installation of the other project replaces the first file of ours.
        place = Path(spec.origin) if spec and spec.origin else None
        if place is None or "butterfl" not in place.read_text(encoding="utf-8")[:200]:
            raise ImportError(
                f"the package {name!r} in {place and place.parent} is not the one of "
                f"butterfly-theory; pip uninstall {name}, then install butterfly-theory anew",
                name=name,
            )
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(remedy(error), name=error.name, path=error.path) from error
