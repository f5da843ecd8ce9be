"""An HTML page of the figures in a folder, with captions and links to the numbers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from figures.engine.gallery import TITLES
from figures.engine.wording import lowered
from figures.numbering import alias
from fjlt.runs.own_files import OwnFiles

__all__ = ["readable_time", "write_page"]


def write_page(out: str | Path) -> Path:
    """Write ``index.html`` for the figures that ``Figure.make`` wrote into a folder.

    Returns
    -------
    path : Path
        Of the page.

    Raises
    ------
    FileNotFoundError
        If the folder has no figure.
    FileExistsError
        If the folder has an ``index.html`` that this function did not write.
    ValueError
        If a record is damaged.
    """
    folder = Path(out)
    records = [_record(folder / f"{id}.json") for id in TITLES if (folder / f"{id}.json").is_file()]
    if not records:
        raise FileNotFoundError(
            f"{folder} has no figures; make some: paper-figures make --all --out {folder}"
        )
    environment = Environment(
        loader=PackageLoader("figures.engine"), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["time"] = readable_time
    environment.filters["marked"] = _marked
    environment.filters["alias"] = alias
    page = environment.get_template("gallery.html").render(figures=records)
    # A page of others, such as a report on claims, stays.
    OwnFiles(folder, "gallery").replace({"index.html": page})
    return folder / "index.html"


def _record(path: Path) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        missing = {
            "id",
            "title",
            "caption",
            "findings",
            "details",
            "sheet",
            "source",
            "profile",
            "seed",
            "settings",
            "seconds",
        } - set(record)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} is damaged ({error}); make the figure anew") from None
    if missing:
        raise ValueError(
            f"{path} lacks {', '.join(sorted(missing))}; make the figure anew, or draw it anew: "
            f"paper-figures draw {path.stem} --out {path.parent}"
        )
    return record


def _marked(text: str) -> Markup:
    """Escaped text in which ``_k`` and ``_F`` are subscripts, and text between ``**`` is bold.

    Examples
    --------
    >>> print(_marked("Δ_k < **‖X‖_F²**"))
    Δ<sub>k</sub> &lt; <strong>‖X‖<sub>F</sub>²</strong>
    """
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", lowered(str(escape(text)))))


def readable_time(seconds: float) -> str:
    """Seconds, or minutes and seconds.

    Examples
    --------
    >>> readable_time(12.34), readable_time(754)
    ('12.3 s', '12 min 34 s')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
