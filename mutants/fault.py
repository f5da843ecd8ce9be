"""What a planted fault is: a text of the program, what replaces it, and who must notice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Fault", "flaws", "plant"]


@dataclass(frozen=True)
class Fault:
    """A change of one file, and the check of a claim and the tests that must notice it.

    Attributes
    ----------
    name : str
        What is wrong, in words.
    path : str
        The file, relative to the checkout.
    old, new : str
        The text that is replaced, and the text in its place.
    tests : str
        Arguments of pytest, separated by blanks; empty if no test need notice.
    claim : str
        ``"id: name of a check or control"``, or ``"id"`` for all of the claim; empty if no claim
        need notice.
    times : int
        How often the old text occurs; all places are changed.
    interpreted : bool
        Whether to run without compilation by Numba, for faults in the kernels.
    """

    name: str
    path: str
    old: str
    new: str
    tests: str = ""
    claim: str = ""
    times: int = 1
    interpreted: bool = False


def plant(fault: Fault, tree: Path) -> None:
    """Make the change in a copy of the checkout.

    The changed file is a new one: another name of the old file, a hard link, keeps its text.

    Raises
    ------
    ValueError
        If the old text does not occur exactly as often as stated.
    """
    path = tree / fault.path
    text = path.read_text(encoding="utf-8")
    if (found := text.count(fault.old)) != fault.times:
        raise ValueError(
            f"{fault.name!r}: the text to replace occurs {found} times in {fault.path}, expected "
            f"{fault.times}; the file has changed, so bring the fault up to date: {fault.old!r}"
        )
    path.unlink()
    path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")


def flaws(faults: Iterable[Fault], checkout: Path) -> list[str]:
    """What is wrong with a list of faults, a sentence each."""
    faults = list(faults)
    found = [
        f"{n} faults are named {name!r}"
        for name, n in Counter(f.name for f in faults).items()
        if n > 1
    ]
    for fault in faults:
        path = checkout / fault.path
        count = path.read_text(encoding="utf-8").count(fault.old) if path.is_file() else 0
        if count != fault.times:
            found.append(
                f"{fault.name!r}: the text occurs {count} times in {fault.path}, not "
                f"{fault.times}: {fault.old!r}"
            )
        if fault.old == fault.new:
            found.append(f"{fault.name!r}: the change changes nothing")
        if not (fault.tests or fault.claim):
            found.append(f"{fault.name!r}: nobody must notice it")
        for target in fault.tests.split():
            if not target.startswith("-") and not (checkout / target.split("::")[0]).exists():
                found.append(f"{fault.name!r}: there is no {target}")
    return found
