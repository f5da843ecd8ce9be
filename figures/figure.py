"""A figure of the paper: a table computed from data, a drawing made from that table alone, and its record."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import fjlt
from figures.registry import data_hashes
from figures.style import STYLE
from figures.table import Table, from_csv, to_csv
from landscape.files import write_atomically

__all__ = ["PROFILES", "Figure"]

PROFILES = ("quick", "paper")
"""Settings for minutes on two cores, and those of the paper."""

_PACKAGES = ("matplotlib", "numpy", "scikit-learn", "scipy")


@dataclass(frozen=True)
class Figure:
    """One figure or table of the paper.

    Attributes
    ----------
    id : str
        For example ``"fig06"``; the stem of the files.
    title : str
        One sentence.
    source : str
        Where the paper shows it.
    compute : callable(seed, **settings) -> Table
        The numbers.
    draw : callable(Table) -> matplotlib.figure.Figure
        The drawing; reads the table and nothing else.
    settings : mapping from profile to keyword arguments of ``compute``
    datasets : tuple of str
        Names of datasets or files of the register that ``compute`` reads.
    """

    id: str
    title: str
    source: str
    compute: Callable[..., Table]
    draw: Callable[[Table], Any]
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {name: {} for name in PROFILES})
    datasets: tuple[str, ...] = ()

    def make(self, out: str | Path, profile: str = "quick", seed: int = 0) -> tuple[Path, ...]:
        """Write ``ID.csv`` (the numbers), ``ID.pdf``, ``ID.png`` and ``ID.json`` (how they came about).

        Everything is computed before the first file is written, and every file is written whole or not at
        all. The drawing is made from the text of the CSV, so the file holds all that is drawn. Equal
        settings, seed and versions give equal bytes, except ``seconds`` in the JSON.

        Parameters
        ----------
        out : path
            Folder; made if absent.
        profile : {"quick", "paper"}
        seed : int
            At least 0.

        Returns
        -------
        paths : tuple of Path
            CSV, PDF, PNG, JSON.

        Raises
        ------
        ValueError
            For an unknown profile or a negative seed.
        OSError
            If data cannot be had, or the folder not written.
        """
        if profile not in PROFILES:
            raise ValueError(f"unknown profile {profile!r}; known: {', '.join(PROFILES)}")
        if seed < 0:
            raise ValueError(f"seed must be at least 0, got {seed}")
        start = time.perf_counter()
        settings = dict(self.settings[profile])
        table = to_csv(self.compute(seed=seed, **settings))
        contents = {".csv": table.encode(), **_render(self.draw, from_csv(table))}
        record = {
            "schema": 1,
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "profile": profile,
            "settings": settings,
            "seed": seed,
            "data": data_hashes(*self.datasets),
            "files": {self.id + suffix: hashlib.sha256(content).hexdigest() for suffix, content in contents.items()},
            "versions": _versions(),
            "seconds": round(time.perf_counter() - start, 3),
        }
        contents[".json"] = (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode()
        return tuple(write_atomically(Path(out) / (self.id + suffix), content) for suffix, content in contents.items())


def _render(draw: Callable[[Table], Any], table: Table) -> dict[str, bytes]:
    """PDF and PNG without a date, so that the same table gives the same bytes."""
    import matplotlib

    contents = {}
    with matplotlib.rc_context(STYLE):
        drawing = draw(table)
        for suffix, extra in ((".pdf", {"metadata": {"CreationDate": None}}), (".png", {})):
            stream = io.BytesIO()
            drawing.savefig(stream, format=suffix[1:], **extra)
            contents[suffix] = stream.getvalue()
    return contents


def _versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "butterfly-theory": fjlt.__version__,
        **{name: metadata.version(name) for name in _PACKAGES},
    }
