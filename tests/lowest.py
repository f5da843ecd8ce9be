"""Print the lowest versions that ``pyproject.toml`` admits, as requirements for pip.

``python tests/lowest.py > lowest.txt && pip install -r lowest.txt`` makes the environment of
``make test-lowest``. Only what the package itself asks for is pinned.
"""

import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version


def lowest(project, extra):
    """The requirements of a project with an extra, each at the lowest version it admits.

    Parameters
    ----------
    project : dict
        The table ``[project]`` of ``pyproject.toml``.
    extra : str
        The extra to install. Extras of the project that it asks for are followed.

    Returns
    -------
    list of str
        Sorted lines ``name[extras]==version``. Where a package is asked for twice, the lower
        version stands: an exact one for the usual tests gives way to the range of the users.

    Raises
    ------
    ValueError
        If a requirement names no lowest version.

    Examples
    --------
    >>> lowest(
    ...     {
    ...         "name": "mine",
    ...         "dependencies": ["numpy>=2.1,<3"],
    ...         "optional-dependencies": {
    ...             "test": ["torch==2.13.0", "mine[torch]"],
    ...             "torch": ["torch>=2.6"],
    ...         },
    ...     },
    ...     "test",
    ... )
    ['numpy==2.1', 'torch==2.6']
    >>> lowest({"name": "mine", "dependencies": [], "optional-dependencies": {"x": ["scipy"]}}, "x")
    Traceback (most recent call last):
    ValueError: 'scipy' names no lowest version; write it with '>='
    """
    found: dict[str, Version] = {}
    waiting = [*project["dependencies"], *project["optional-dependencies"][extra]]
    while waiting:
        requirement = Requirement(waiting.pop())
        if requirement.marker and not requirement.marker.evaluate():
            continue
        if requirement.name == project["name"]:
            for name in requirement.extras:
                waiting += project["optional-dependencies"][name]
            continue
        versions = [Version(s.version) for s in requirement.specifier if s.operator in (">=", "==")]
        if not versions:
            raise ValueError(f"'{requirement}' names no lowest version; write it with '>='")
        name = f"{requirement.name}[{','.join(sorted(requirement.extras))}]".removesuffix("[]")
        found[name] = min(found.get(name, versions[0]), versions[0])
    return [f"{name}=={version}" for name, version in sorted(found.items())]


if __name__ == "__main__":
    checkout = Path(__file__).parents[1]
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    print("\n".join(lowest(project, "test")))
