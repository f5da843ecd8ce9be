"""How long the figures took to compute: what ``paper-figures make`` says before it begins.

The times are those of an earlier run in the same folder. Otherwise they are those of the stored
results, and for the quick profile of ``durations.csv``, both measured on two cores.
``python -m figures.engine.durations DIR`` writes that table anew from the figures in a folder.
"""

from __future__ import annotations

import csv
import json
import sys
from functools import cache
from pathlib import Path

from figures.engine.stored_tables import RESULTS

__all__ = ["expected_seconds"]

TABLE = Path(__file__).with_suffix(".csv")


def expected_seconds(id: str, profile: str, folder: Path) -> float | None:
    """Seconds of computing for a figure, all its cases together; None if that is not known.

    Parameters
    ----------
    id : str
    profile : {"quick", "paper"}
    folder : path
        Of figures, whose own times count more than the stored ones.

    Examples
    --------
    >>> expected_seconds("figure-4", "paper", Path("nowhere")) > 60
    True
    """
    own = _seconds(folder / f"{id}.json", profile)
    if own is not None:
        return own
    return _quick().get(id) if profile == "quick" else _seconds(RESULTS / f"{id}.json", profile)


def _seconds(record: Path, profile: str) -> float | None:
    """What the record of a figure says, if it is of this profile."""
    try:
        content = json.loads(record.read_text(encoding="utf-8"))
        return float(content["seconds"]) if content["profile"] == profile else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


@cache
def _quick() -> dict[str, float]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["figure"]: float(row["seconds"]) for row in csv.DictReader(file)}


if __name__ == "__main__":
    found = {
        path.stem: seconds
        for path in Path(sys.argv[1]).glob("*.json")
        if (seconds := _seconds(path, "quick")) is not None
    }
    rows = [f"{id},{seconds:.3f}\n" for id, seconds in sorted(found.items())]
    TABLE.write_text("figure,seconds\n" + "".join(rows), encoding="utf-8")
