"""A page for each claim, from the registry and the report of a run, which the site has as well."""

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from figures.numbering import alias
from proofs_check import Claim, claims
from proofs_check.checker.expected import EXPECTED
from proofs_check.report.formulas import plain

Entry = Mapping[str, Any]


def folder() -> Path:
    """Where the report is: the folder that the variable REPORT names, or that of `make verify`."""
    return Path(os.environ.get("REPORT", Path(__file__).parents[2] / "report"))


def report() -> tuple[dict[str, Entry], Entry]:
    """The claims of the report by their ids, and what it says of the run.

    Raises
    ------
    ExtensionError
        If there is no report of this version's claims.
    """
    path = folder() / "report.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ExtensionError(
            f"the pages of the claims need {path}: run `make verify` first"
        ) from None
    found = {entry["id"]: entry for entry in content["claims"]}
    for claim in claims():
        if claim.id not in found or found[claim.id]["statement"] != claim.statement:
            raise ExtensionError(f"{path} is not of this version ({claim.id}): run `make verify`")
    return found, content


def certificates() -> dict[tuple[str, str], str]:
    """The names of the files of the certificates, by claim and check."""
    named = {}
    for path in sorted((folder() / "certificates").glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        named[content["claim"], content["check"]] = path.name
    return named


def escaped(text: str) -> str:
    """Text in which neither Markdown nor HTML finds any markup."""
    return re.sub(r"([\\`*_{}\[\]<>#|~^$])", r"\\\1", " ".join(text.split()))


def prose(text: str) -> str:
    """Text with formulas between dollar signs and in the plain form, and links to other claims."""
    known = {claim.id for claim in claims()}

    def set_plain(part: str) -> str:
        # the tags for what is raised and lowered stay, and other signs of Markdown mean themselves
        page = "".join(
            piece if i % 2 else re.sub(r"([\\`*_{}\[\]#|~^])", r"\\\1", piece)
            for i, piece in enumerate(re.split(r"(</?su[bp]>)", plain(part)))
        )
        return re.sub(
            r"\bclaim ([a-z0-9-]+)",
            lambda m: f"claim [{m[1]}]({m[1]}.md)" if m[1] in known else m[0],
            page,
        )

    parts = " ".join(text.split()).split("$")
    return "".join(f"${part}$" if i % 2 else set_plain(part) for i, part in enumerate(parts))


def verdict(entry: Entry) -> str:
    """A verdict in its own words, in the colour of its first."""
    return f'<span class="verdict {entry["verdict"]}">{prose(entry["words"])}</span>'


def evidence(claim: Claim, entry: Entry, files: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """What each check found, and where its certificate is, or why there is none."""
    for one in entry["evidence"]:
        yield f"### {escaped(one['check'][:1].upper() + one['check'][1:])}"
        facts = [one["bearing"], f"grade: {one['grade']}", f"cases: {one['cases']}"]
        if one["partial"]:
            facts.append("a part of the statement")
        if one["alpha"]:
            rate = prose(format(one["alpha"], ".0e"))
            facts.append(f"probability of a false alarm: at most {rate}")
        if name := files.get((claim.id, one["check"])):
            facts.append(f'<a href="../report/certificates/{name}">certificate</a>')
        elif isinstance(reason := EXPECTED[claim.id].checks.get(one["check"]), str):
            facts.append(f"no certificate: {prose(reason)}")
        yield f'<div class="facts">\n\n{" · ".join(facts)}\n\n</div>'
        yield f"*Examined:* {prose(one['method'])}."
        yield f"*Found:* {prose(one['detail'])}"
        if one["grade"] == "formal" and name:
            yield from theorems(name)


def theorems(name: str) -> Iterator[str]:
    """The theorems of a certificate as Rocq prints them, each with the definitions it rests on."""
    content = json.loads((folder() / "certificates" / name).read_text(encoding="utf-8"))
    for one in content["theorems"]:
        yield f"```coq\nTheorem {one['name']} :\n{one['statement']}\n```"
    definitions = {}
    for one in content["theorems"]:
        definitions |= one["definitions"]
    yield "They rest on these definitions:"
    yield "```coq\n" + "\n\n".join(definitions.values()) + "\n```"
    yield (
        "The [sources](../theory/formal-proofs.md) have the definitions beside the words of the "
        "paper. `make formal` in a checkout has Rocq check the proofs anew."
    )


def related(claim: Claim, entries: Mapping[str, Entry]) -> Iterator[str]:
    """What a claim rests on and follows up, and which claims do so with it."""

    def to(others: Iterable[str], words: str) -> Iterator[str]:
        for id in others:
            yield f"- {words} [{escaped(entries[id]['title'])}]({id}.md): {entries[id]['verdict']}"

    yield from to(claim.depends_on, "rests on")
    yield from to(claim.follows_up, "follows up")
    yield from to((c.id for c in claims() if claim.id in c.depends_on), "is used by")
    yield from to((c.id for c in claims() if claim.id in c.follows_up), "is followed up by")


def page(claim: Claim, entries: Mapping[str, Entry], files: Mapping[tuple[str, str], str]) -> str:
    """Statement, verdict, what holds instead, evidence and controls of a claim, in Markdown."""
    entry = entries[claim.id]
    lines = [
        f"# {escaped(claim.title)}",
        f"*{escaped(claim.source)}.* The commands call this claim `{claim.id}`."
        + (
            f' In earlier versions it was <span id="{old}"></span>`{old}`, which they still accept.'
            if (old := alias(claim.id))
            else ""
        ),
        f'<div class="statement">\n\n{prose(claim.statement)}\n\n</div>',
        f"{verdict(entry)} · grade: {entry['grade'] or 'none'}",
    ]
    if entry["correction"]:
        instead = entry["verdict"] == "refuted"
        lines += ["## What holds instead" if instead else "## Remarks", prose(entry["correction"])]
    lines += ["## Evidence", *evidence(claim, entry, files)]
    rejected = [prose(control["name"]) for control in entry["controls"] if control["rejected"]]
    if rejected:
        lines += [
            "## Controls",
            "False versions, sent through the same code and rejected:",
            "\n".join(f"- {name}" for name in rejected),
        ]
    if others := "\n".join(related(claim, entries)):
        lines += ["## Related claims", others]
    lines += [
        "## Check it yourself",
        f"```\nproofs-check run {claim.id} --out mine\nproofs-check recheck mine\n```",
        "[How to read a verdict](../theory/verdicts.md).",
    ]
    return "\n\n".join(lines) + "\n"


def index(entries: Mapping[str, Entry], about: Entry) -> str:
    """All claims in two tables: what the paper prints, and what is added here."""

    def table(chosen: list[Claim]) -> str:
        rows = ["| claim | what it says | verdict | grade |", "|---|---|---|---|"]
        for claim in chosen:
            entry = entries[claim.id]
            cells = (escaped(claim.title), verdict(entry), entry["grade"] or "–")
            rows.append(f"| [{claim.id}]({claim.id}.md) | {' | '.join(cells)} |")
        return "\n".join(rows)

    def counts(chosen: list[Claim]) -> str:
        verdicts = [entries[claim.id]["verdict"] for claim in chosen]
        order = {"holds": "hold", "refuted": "are refuted", "undecided": "are undecided"}
        said = [f"{verdicts.count(v)} {words}" for v, words in order.items() if v in verdicts]
        own = sum(entries[c.id]["words"].startswith("refuted for our networks") for c in chosen)
        return (
            f"{len(chosen)} claims: {', '.join(said)}. Of those refuted, {own} are so for networks "
            "of our own, which says nothing of the paper's."
        )

    printed = [claim for claim in claims() if claim.printed]
    ours = [claim for claim in claims() if not claim.printed]
    toctree = "\n".join(claim.id for claim in claims())
    run = about["environment"]
    return f"""# Claims

Every statement that was checked, with its verdict in its own words. "Holds for all sizes" is said
only where the formulas of a proof of the whole statement were checked; "holds for" anything else
means no counterexample there.
[How to read a verdict](../theory/verdicts.md).

The verdicts are those of a run of version {run["butterfly-theory"]}, profile {run["profile"]}, seed
{run["seed"]}. Its <a href="../report/index.html">report</a> has all of them on one page, with the
graph of what rests on what.

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
    pages = Path(app.srcdir) / "claims"
    pages.mkdir(exist_ok=True)
    entries, about = report()
    files = certificates()
    for claim in claims():
        (pages / f"{claim.id}.md").write_text(page(claim, entries, files), encoding="utf-8")
    (pages / "index.md").write_text(index(entries, about), encoding="utf-8")


def copy(app: Sphinx, error: Exception | None) -> None:
    """Put the files of the report beside the pages, which lead to its certificates."""
    if error or app.builder.format != "html":
        return
    _, about = report()
    for name in (*about["files"], "report.json"):
        target = Path(app.outdir) / "report" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder() / name, target)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("builder-inited", write)
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
