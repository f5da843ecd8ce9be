"""The tables that come with the package: what ``paper-figures make --all --profile paper`` computed."""

from __future__ import annotations

import hashlib
import json
from importlib import resources

from figures.table import Table, from_csv

__all__ = ["stored"]


def stored(id: str) -> Table:
    """The table of a figure in the paper's profile, without computing it.

    Raises
    ------
    FileNotFoundError
        If none is stored under this id.
    ValueError
        If it is not the one that its record describes.

    Examples
    --------
    >>> len(stored("fig06"))
    128
    """
    folder = resources.files("figures") / "results"
    if not (folder / f"{id}.csv").is_file():
        raise FileNotFoundError(
            f"no results are stored for {id}; compute them: paper-figures make {id} --profile paper"
        )
    text = (folder / f"{id}.csv").read_text(encoding="utf-8")
    record = json.loads((folder / f"{id}.json").read_text(encoding="utf-8"))
    if record["files"][f"{id}.csv"] != hashlib.sha256(text.encode()).hexdigest():
        raise ValueError(f"the stored {id}.csv is not the one that {id}.json describes; make the figure anew")
    return from_csv(text)
