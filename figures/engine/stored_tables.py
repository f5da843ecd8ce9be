"""Read the tables in a folder of figures, and those that come with the package.

The latter were computed by ``paper-figures make --all --profile paper``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from figures.engine.table import Table, from_csv
from figures.numbering import alias, renamed

__all__ = ["RESULTS", "read", "stored"]

RESULTS = Path(__file__).resolve().parents[1] / "results"
"""The folder of the tables that come with the package."""


def read(folder: Path, id: str) -> tuple[str, dict[str, Any]]:
    """The text of ``ID.csv`` and the record of ``ID.json``, which must belong together.

    Where the folder has them under the id of earlier versions only, they are read under that.

    Raises
    ------
    FileNotFoundError
        If the folder lacks one of them.
    ValueError
        If one of them is damaged, or they do not belong together.
    """
    old = alias(id)
    if renamed(old) == (id,) and not (folder / f"{id}.csv").exists():
        id = old if (folder / f"{old}.csv").exists() else id
    for suffix in (".csv", ".json"):
        if not (folder / (id + suffix)).is_file():
            raise FileNotFoundError(
                f"{folder} has no {id + suffix}; compute it: paper-figures make {id}"
            )
    content = (folder / f"{id}.csv").read_bytes()
    try:
        record = json.loads((folder / f"{id}.json").read_text(encoding="utf-8"))
        same = record["files"][f"{id}.csv"] == hashlib.sha256(content).hexdigest()
    except (ValueError, KeyError, TypeError):
        same = False
    if not same:
        raise ValueError(
            f"{id}.csv and {id}.json in {folder} do not belong together; make them anew"
        )
    return content.decode(), record


def stored(id: str) -> Table:
    """The table of a figure at the sizes of the paper, which comes with the package.

    Raises
    ------
    FileNotFoundError, ValueError
        As ``read``.

    Examples
    --------
    >>> len(stored("figure-s1"))
    128
    """
    return from_csv(read(RESULTS, id)[0])
