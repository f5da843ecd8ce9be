"""A figure: a table computed from data, a drawing and a caption made from it, and a record."""

from __future__ import annotations

import hashlib
import io
import json
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import fjlt
from figures.data.download import fetch_all
from figures.data.registry import data_hashes, lookup
from figures.engine.cases import sweep
from figures.engine.stored_tables import read
from figures.engine.style import STYLE
from figures.engine.table import Sheet, Table, from_csv, to_csv
from fjlt.runs.atomic_files import write_atomically

__all__ = ["LIMIT", "PROFILES", "Figure"]

LIMIT = 80
"""Number of words of a caption, at most."""

PROFILES = ("quick", "paper")
"""Names of the settings: some that take minutes on two cores, and those of the paper."""

Case = Mapping[str, Any]
"""Keyword arguments of ``Figure.compute``."""

_PACKAGES = ("matplotlib", "numpy", "scikit-learn", "scipy", "seaborn")


@dataclass(frozen=True)
class Figure:
    """One figure or table of the paper, or one added to them.

    Attributes
    ----------
    id : str
        For example ``"figure-s1"``; the stem of its files.
    title : str
        One line.
    source : str
        Where the paper shows it.
    compute : callable(seed, **case) -> Table
        Computes the numbers of a case. All cases have the same columns.
    draw : callable(Table) -> matplotlib.figure.Figure
        Draws the table of all cases, and reads nothing else.
    caption : callable(Table, settings) -> str
        What one sees and where it departs from the paper, in at most ``LIMIT`` words. ``settings``
        are the cases that the table was computed from.
    findings : callable(Table) -> str
        What the numbers of the table say.
    details : callable(Table, settings) -> str
        How the numbers came about: data, methods, effort, what intervals mean, all that departs
        from the paper.
    sheet : callable(Table) -> Sheet
        The numbers as a table in words, for a page. None if the drawing says it all.
    cases : mapping from profile to a sequence of keyword arguments of ``compute``
        Independent of each other; they are computed in parallel and kept.
    sources : mapping from a value of the argument ``dataset`` to names of the register
        Which data a case reads.
    needs : sequence of str
        Names of packages beyond those that are always installed.
    alone : bool
        Whether it measures times or memory. Then its cases are computed one after the other, in
        this process.
    """

    id: str
    title: str
    source: str
    compute: Callable[..., Table]
    draw: Callable[[Table], Any]
    caption: Callable[[Table, Sequence[Case]], str]
    findings: Callable[[Table], str] = field(default=lambda table: "")
    details: Callable[[Table, Sequence[Case]], str] = field(default=lambda table, settings: "")
    sheet: Callable[[Table], Sheet] | None = None
    cases: Mapping[str, Sequence[Case]] = field(
        default_factory=lambda: {name: ({},) for name in PROFILES}
    )
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    needs: Sequence[str] = ()
    alone: bool = False

    def words(self, table: Table, settings: Sequence[Case]) -> dict[str, Any]:
        """All that is said of a drawing; every number in it is one of its table or its settings.

        Parameters
        ----------
        table : Table
            The numbers that are drawn.
        settings : sequence of mapping
            The cases that they were computed from.

        Returns
        -------
        words : dict
            ``caption``, ``findings``, ``details``, and ``sheet``, which is None or has the keys
            ``head`` and ``lines``.

        Raises
        ------
        ValueError, KeyError
            If the table lacks a number that the words state.

        Examples
        --------
        >>> from figures.engine.gallery import find
        >>> table = [{"layer": 0, "output": 1, "input": 0}]
        >>> find("figure-s1").words(table, [{"n": 2}])["caption"][:21]
        'A butterfly of size 2'
        """
        return {
            "caption": self.caption(table, settings).strip(),
            "findings": self.findings(table).strip(),
            "details": self.details(table, settings).strip(),
            "sheet": self.sheet(table)._asdict() if self.sheet else None,
        }

    @property
    def missing(self) -> list[str]:
        """The packages that it needs and that are not installed.

        Examples
        --------
        >>> from dataclasses import replace
        >>> from figures.engine.gallery import find
        >>> figure_s1 = find("figure-s1")
        >>> figure_s1.missing, replace(figure_s1, needs=("sympy", "a_package_of_nobody")).missing
        ([], ['a_package_of_nobody'])
        """
        return [name for name in self.needs if find_spec(name) is None]

    @property
    def remedy(self) -> str:
        """How to install what is missing."""
        packages = ", ".join(self.missing)
        return f"{self.id} needs {packages}: pip install 'butterfly-theory[{packages}]'"

    def make(
        self,
        out: str | Path,
        profile: str = "quick",
        seed: int = 0,
        *,
        workers: int = 1,
        scheduler: str | None = None,
        resume: bool = True,
        progress: Callable[[int, int], None] | None = None,
        missing: dict[str, str] | None = None,
    ) -> tuple[Path, ...]:
        """Compute the numbers, and write ``ID.csv``, ``ID.pdf``, ``ID.png`` and ``ID.json``.

        The CSV holds the numbers, the JSON how they came about. Each finished case is kept in the
        folder ``cases`` of ``out``. Neither this figure nor another with the same case computes it
        again, and a run that was killed resumes from there. The files of the figure are written
        after the last case, each whole or not at all. Drawing and caption are made from the text
        of the CSV, so that it holds every number that they show. Equal settings, seed and versions
        give equal bytes, except for the seconds in the JSON.

        Parameters
        ----------
        out : path
            Folder, which is made if it is absent.
        profile : {"quick", "paper"}
        seed : int
            At least 0.
        workers, scheduler, resume, progress
            As for ``figures.engine.cases.sweep``.
        missing : dict from str to str, optional
            As for ``figures.data.download.fetch_all``.

        Returns
        -------
        paths : tuple of Path
            CSV, PDF, PNG, JSON.

        Raises
        ------
        ValueError
            For an unknown profile or a negative seed.
        ModuleNotFoundError
            If it needs a package that is not installed.
        MissingData
            If data cannot be had.
        OSError
            If the folder cannot be written.
        """
        if profile not in PROFILES:
            raise ValueError(f"unknown profile {profile!r}; known: {', '.join(PROFILES)}")
        if self.missing:
            raise ModuleNotFoundError(self.remedy)
        if seed < 0:
            raise ValueError(f"seed must be at least 0, got {seed}")
        cases, folder = self.cases[profile], Path(out)
        sources = dict.fromkeys(
            name for case in cases for name in self.sources.get(case.get("dataset", ""), ())
        )
        computed = sweep(
            self.compute,
            cases,
            seed=seed,
            folder=folder / "cases",
            workers=1 if self.alone else workers,
            scheduler=None if self.alone else scheduler,
            resume=resume,
            prepare=lambda: fetch_all([f for name in sources for f in lookup(name)], missing),
            progress=progress,
        )
        record = {
            "profile": profile,
            "settings": [dict(case) for case in cases],
            "seed": seed,
            "data": data_hashes(*sources),
            "versions": _versions(*self.needs),
            "seconds": round(sum(found.seconds for found in computed), 3),
        }
        return self._write(
            folder, to_csv([row for found in computed for row in found.table]), record
        )

    def redraw(self, out: str | Path) -> tuple[Path, ...]:
        """Draw ``ID.pdf`` and ``ID.png`` and write the caption anew from ``ID.csv``.

        Raises
        ------
        FileNotFoundError
            If the folder has no ``ID.csv`` and ``ID.json``.
        ValueError
            If one of them is damaged, or they do not belong together.
        """
        folder = Path(out)
        text, old = read(folder, self.id)
        kept = ("profile", "settings", "seed", "data", "versions", "seconds")
        if not set(kept) <= set(old):
            raise ValueError(f"{self.id}.json in {folder} is damaged; make the figure anew")
        return self._write(folder, text, {name: old[name] for name in kept})

    def _write(self, folder: Path, table: str, record: Mapping[str, Any]) -> tuple[Path, ...]:
        # Drawing and caption see the numbers as they are read back from the file.
        rows = from_csv(table)
        contents = {".csv": table.encode(), **_render(self.draw, rows)}
        files = {
            self.id + suffix: hashlib.sha256(content).hexdigest()
            for suffix, content in contents.items()
        }
        about = {
            "schema": 3,
            "id": self.id,
            "title": self.title,
            "source": self.source,
            **self.words(rows, record["settings"]),
        }
        everything = {**about, **record, "files": files}
        contents[".json"] = (json.dumps(everything, indent=1, ensure_ascii=False) + "\n").encode()
        return tuple(
            write_atomically(folder / (self.id + suffix), content)
            for suffix, content in contents.items()
        )


def _render(draw: Callable[[Table], Any], table: Table) -> dict[str, bytes]:
    """PDF and PNG without a date, so that the same table gives the same bytes."""
    import matplotlib
    from PIL import Image

    pdf, raw, png = (io.BytesIO() for _ in range(3))
    with matplotlib.rc_context(STYLE):
        drawing = draw(table)
        drawing.savefig(pdf, format="pdf", metadata={"CreationDate": None})
        drawing.savefig(raw, format="png")
    # Lines and letters need few colours: a palette makes the file three times smaller.
    picture = Image.open(raw).convert("RGB").quantize(128, method=Image.Quantize.FASTOCTREE)
    # The nearest colour to white is a white that no page would match.
    palette = picture.getpalette() or []
    picture.putpalette([255 if part >= 250 else part for part in palette])
    picture.save(png, format="png", optimize=True)
    return {".pdf": pdf.getvalue(), ".png": png.getvalue()}


def _versions(*needs: str) -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "butterfly-theory": fjlt.__version__,
        **{name: metadata.version(name) for name in (*_PACKAGES, *needs)},
    }
