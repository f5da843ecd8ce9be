"""A page for each claim, from the registry and the report of a run."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from proofs_check import Claim, claims
from proofs_check.checker.expected import EXPECTED

Entry = Mapping[str, Any]


def report(folder: Path) -> dict[str, Entry]:
    """The claims of a report by their ids.

    Raises
    ------
    ExtensionError
        If there is no report of this version's claims.
    """
    path = folder / "report.json"
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["claims"]
    except FileNotFoundError:
        raise ExtensionError(
            f"the pages of the claims need {path}: run `make verify` first"
        ) from None
    found = {entry["id"]: entry for entry in entries}
    for claim in claims():
        if claim.id not in found or found[claim.id]["statement"] != claim.statement:
            raise ExtensionError(f"{path} is not of this version ({claim.id}): run `make verify`")
    return found


def prose(text: str) -> str:
    """Text in which Markdown finds no markup but formulas and links to other claims."""
    known = {claim.id for claim in claims()}

    def escaped(part: str) -> str:
        part = re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", part)
        return re.sub(
            r"\bclaim ([a-z0-9-]+)",
            lambda m: f"claim [{m[1]}]({m[1]}.md)" if m[1] in known else m[0],
            part,
        )

    parts = text.split("$")
    return "".join(f"${part}$" if i % 2 else escaped(part) for i, part in enumerate(parts))


def evidence(claim: Claim, entry: Entry) -> Iterator[str]:
    """What each check found, and where its certificate is, or why there is none."""
    for one in entry["evidence"]:
        part = ", of a part" if one["partial"] else ""
        alpha = f", false alarm at most {one['alpha']:.0e}" if one["alpha"] else ""
        yield f"**{prose(one['check'])}** ({prose(one['method'])}): {one['bearing']}"
        yield f": {prose(one['detail'])}\n\n  *Grade: {one['grade']}{part}{alpha}.*"
        if one.get("certificate"):
            yield f"  Certificate: `{one['certificate']}`."
        elif isinstance(reason := EXPECTED[claim.id].checks.get(one["check"]), str):
            yield f"  No certificate: {prose(reason)}."
        yield ""


def page(claim: Claim, entry: Entry) -> str:
    """Statement, verdict, what holds instead, evidence and controls of a claim, in Markdown."""
    lines = [
        f"# {prose(claim.title)}",
        f"*{prose(claim.source)}.* The commands call this claim `{claim.id}`.",
        "## Statement",
        prose(claim.statement),
        "## Verdict",
        f"**{prose(entry['words'])}** (grade: {entry['grade'] or 'none'})",
    ]
    if entry["correction"]:
        instead = entry["verdict"] == "refuted"
        lines += ["## What holds instead" if instead else "## Remarks", prose(entry["correction"])]
    lines += ["## Evidence", "\n".join(evidence(claim, entry))]
    rejected = [prose(control["name"]) for control in entry["controls"] if control["rejected"]]
    if rejected:
        lines += [
            "## Controls",
            "False versions, sent through the same code and rejected:",
            "\n".join(f"- {name}" for name in rejected),
        ]
    if claim.depends_on:
        links = ", ".join(f"[{other}]({other}.md)" for other in claim.depends_on)
        lines += ["## Rests on", links]
    if claim.follows_up:
        links = ", ".join(f"[{other}]({other}.md)" for other in claim.follows_up)
        lines += ["## Follows up", links]
    lines += ["## Check it yourself", f"```\nproofs-check run {claim.id}\n```"]
    return "\n\n".join(lines) + "\n"


def index(entries: Mapping[str, Entry]) -> str:
    """All claims in two tables: what the paper prints, and what is added here."""

    def table(chosen: list[Claim]) -> str:
        rows = ["| claim | what it says | verdict | grade |", "|---|---|---|---|"]
        for claim in chosen:
            entry = entries[claim.id]
            cells = (prose(claim.title), prose(entry["words"]), entry["grade"] or "–")
            rows.append(f"| [{claim.id}]({claim.id}.md) | {' | '.join(cells)} |")
        return "\n".join(rows)

    def counts(chosen: list[Claim]) -> str:
        verdicts = [entries[claim.id]["verdict"] for claim in chosen]
        order = {"holds": "hold", "refuted": "are refuted", "undecided": "are undecided"}
        said = [f"{verdicts.count(v)} {words}" for v, words in order.items() if v in verdicts]
        return f"{len(chosen)} claims: {', '.join(said)}."

    printed = [claim for claim in claims() if claim.printed]
    ours = [claim for claim in claims() if not claim.printed]
    toctree = "\n".join(claim.id for claim in claims())
    return f"""# Claims

Every statement that was checked, with its verdict in its own words. "Holds for all sizes" is said
only where a proof of the whole statement was checked; "holds for" anything else means no
counterexample there.
[How to read a verdict](../theory/verdicts.md).

## Printed in the paper

{counts(printed)}

{table(printed)}

## Corrections, sharper forms and additions

{counts(ours)}

{table(ours)}

```{{toctree}}
:hidden:

{toctree}
```
"""


def write(app: Sphinx) -> None:
    """Write the pages before Sphinx reads the sources."""
    folder = Path(app.srcdir) / "claims"
    folder.mkdir(exist_ok=True)
    entries = report(Path(os.environ.get("REPORT", Path(app.srcdir).parent / "report")))
    for claim in claims():
        text = page(claim, entries[claim.id])
        (folder / f"{claim.id}.md").write_text(text, encoding="utf-8")
    (folder / "index.md").write_text(index(entries), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
