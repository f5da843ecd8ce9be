"""How long checks and controls took when they were run last: what a run says before it begins.

The times are those of an earlier run in the same folder, and otherwise those of ``durations.csv``,
measured on two cores. ``python -m proofs_check.engine.durations report`` writes that table anew
from the run in the folder ``report``.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from proofs_check.engine.runner import Task

__all__ = ["Pace", "as_table", "expected_seconds"]

TABLE = Path(__file__).with_suffix(".csv")


def expected_seconds(
    tasks: Iterable[Task], profile: str, folder: Path | None = None
) -> dict[Task, float]:
    """Seconds that each task took, where that is known.

    Parameters
    ----------
    tasks : iterable of Task
    profile : {"quick", "full"}
    folder : path, optional
        Of a run, whose own times count more than those of the table.

    Examples
    --------
    >>> expected_seconds([Task("dynamics", "check", 0)], "quick").popitem()[1] > 0.1
    True
    """
    own = {} if folder is None else _times(folder, profile)
    means = _means() if profile == "quick" else {}
    found = {task: own.get(str(task), means.get(task.claim_id)) for task in tasks}
    return {task: seconds for task, seconds in found.items() if seconds is not None}


class Pace:
    """What is left of a run: the durations that are expected, claim by claim.

    Parameters
    ----------
    expected : mapping from Task to seconds
        The durations that are known; others count as much as the mean of these.
    tasks : sequence of Task
        What is to be computed.

    Examples
    --------
    >>> tasks = [Task("theorem-1", "check", i) for i in range(4)]
    >>> pace = Pace({task: 2.0 for task in tasks[:3]}, tasks)
    >>> pace.advance("theorem-1")
    >>> pace.share, pace.span(1), pace.span(10)
    (0.25, 8.0, 2.0)
    """

    def __init__(
        self, expected: Mapping[Task, float] | None = None, tasks: Sequence[Task] = ()
    ) -> None:
        expected = expected or {}
        self.known = len(expected)
        typical = sum(expected.values()) / self.known if self.known else 1.0
        self._seconds = [expected.get(task, typical) for task in tasks]
        of_claim: dict[str, list[float]] = defaultdict(list)
        for task, seconds in zip(tasks, self._seconds, strict=True):
            of_claim[task.claim_id].append(seconds)
        self._means = {id: sum(parts) / len(parts) for id, parts in of_claim.items()}
        self._done = 0.0

    def advance(self, claim_id: str) -> None:
        """One more check or control of a claim is done; other names change nothing."""
        self._done += self._means.get(claim_id, 0.0)

    @property
    def share(self) -> float:
        """Share of the expected work that is done, 1 if there was none."""
        return min(1.0, self._done / sum(self._seconds)) if self._seconds else 1.0

    def span(self, workers: int) -> float | None:
        """Least time in which so many processes can do all of it; None if nothing is known."""
        if not self.known:
            return None
        return max(max(self._seconds), sum(self._seconds) / workers)


def as_table(folder: Path) -> str:
    """The table, as text, from the times of a quick run."""
    of_claim: dict[str, list[float]] = defaultdict(list)
    for name, seconds in _times(folder, "quick").items():
        of_claim[name.rsplit(".", 2)[0]].append(seconds)
    if not of_claim:
        raise ValueError(f"{folder} has no quick run: proofs-check run --out {folder}")
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["claim", "checks and controls", "seconds"])
    for claim, times in sorted(of_claim.items()):
        table.writerow([claim, len(times), f"{sum(times):.3f}"])
    return text.getvalue()


@cache
def _means() -> dict[str, float]:
    """Mean seconds of a check or control of each claim."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["claim"]: float(row["seconds"]) / int(row["checks and controls"]) for row in rows}


def _times(folder: Path, profile: str) -> dict[str, float]:
    """Seconds of the stored checks and controls of a run, by name."""
    found = {}
    for path in (folder / "checks").glob("*.json"):
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            if stored["settings"]["profile"] == profile:
                found[path.stem] = float(stored["seconds"])
        except (OSError, ValueError, KeyError, TypeError):
            # damaged or not ours; the run itself warns of it
            continue
    return found


if __name__ == "__main__":
    TABLE.write_text(as_table(Path(sys.argv[1])), encoding="utf-8")
