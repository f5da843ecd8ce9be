"""The numbers in ``docs``, generated from the stored tables.

A document marks a block with ``<!-- numbers: NAME -->`` and ``<!-- end -->``, each on a line of its
own. ``python -m figures.documentation docs`` rewrites every block in the Markdown files of a
folder.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from figures.added import crossover, seeds
from figures.added.anytime import KNOWN, WRONG, compared
from figures.added.beyond import SHARES, less
from figures.engine.gallery import TITLES, find
from figures.engine.page import readable_time
from figures.engine.stored_tables import RESULTS, read, stored
from figures.engine.table import Table, from_csv, select
from figures.engine.wording import (
    between,
    count,
    fixed,
    joined,
    lowered,
    need,
    significant,
    with_interval,
)
from figures.experiments.durations import MODES
from figures.experiments.until_known import answer, differences, interval
from figures.numbering import CONCORDANCE, alias
from figures.paper.printed import STATEMENTS
from figures.paper.printed_and_found import PLACES, beside
from figures.paper.replaced_layers import points
from figures.plots.language import PAPER, SHORT_NAMES, TAGS
from figures.plots.layer_scores import last
from fjlt.runs.intervals import Interval, mean

__all__ = ["BLOCKS", "fill", "main"]

PAIR_OF_WEIGHTS, PAIR_OF_RANK = "low rank, equal weights", "low rank, equal rank"

_AGREEMENT = {
    "figure-2": "not seen to be more accurate anywhere",
    "figure-3": "no",
    "figure-4": "yes",
    "figure-5": "yes, given enough steps",
    "figure-s7": "yes for what the network can reach, no for joint Adam with as many steps",
    "figure-6": "in part, on the image with its rows scaled as by the released script",
    "figure-7": "in kind, except on newsgroups",
    "figure-8": "no",
    "figure-s1": "yes",
    "figure-1": "in part",
    "figure-s2": "in part",
    "figure-s3": "no",
    "figure-s4": "only for a wide layer",
    "figure-s5": "no",
    "figure-s6": "no",
    "figure-s8": "in kind",
    "figure-s9": "yes against sparse",
    "figure-s10": "yes against sparse",
    "table-s1": "in kind; the factors are mostly smaller than printed",
}
"""A judgement on each figure of the paper, without numbers."""

_MACHINE = {
    "figure-2": ", on an AMD EPYC beside other work",
    "figure-3": ", on an AMD EPYC beside other work; with figure S6, whose trainings these are",
    "figure-4": ", with figure 5",
    "figure-5": ", with figure 4",
    "figure-s3": ", on an AMD EPYC",
    "figure-s6": ", on an AMD EPYC beside other work; mostly shared with figure 2",
    "seeds": ", on an AMD EPYC",
    "beyond": ", on an AMD EPYC",
    "anytime": ", beside other work",
    "tradeoff": ", beside other work",
    "first-steps": ", beside other work",
    "first-steps-planned": ", beside other work",
    "photographs": ", beside other work",
    "photographs-wide": ", beside other work",
}
"""What the time of a figure was measured on, where it is another machine."""

_MARKS = re.compile(r"<!-- numbers: ([a-z-]+) -->\n(.*?)<!-- end -->", re.DOTALL)


def fill(text: str) -> str:
    """A document with its blocks written anew.

    Raises
    ------
    ValueError
        If a block has an unknown name, or the document no block.

    Examples
    --------
    >>> print(fill("<!-- numbers: step-at-largest -->\\nold\\n<!-- end -->").splitlines()[1][:12])
    At n = 8192,
    """

    def block(mark: re.Match[str]) -> str:
        name = mark[1]
        if name not in BLOCKS:
            raise ValueError(f"unknown block {name!r}; known: {', '.join(BLOCKS)}")
        return f"<!-- numbers: {name} -->\n{lowered(BLOCKS[name]())}\n<!-- end -->"

    filled, n_blocks = _MARKS.subn(block, text)
    if not n_blocks:
        raise ValueError("the document has no line <!-- numbers: NAME -->")
    return filled


def _rows(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |".replace("|  |", "| |") for line in lines)


def _experiments() -> str:
    """Each figure: what is printed, what its table says, and how long it took."""
    added = (
        "duel",
        "seeds",
        "beyond",
        "anytime",
        "tradeoff",
        "first-steps",
        "first-steps-planned",
        "photographs",
        "photographs-wide",
        "crossover",
    )
    published = {row.id: row.published for row in CONCORDANCE}
    rows = []
    for id in (*STATEMENTS, *added):
        _, record = read(RESULTS, id)
        name = f"{id} (added)"
        if id in STATEMENTS:
            name = published[id].removeprefix("Figure ")
        took = readable_time(float(record["seconds"])) + _MACHINE.get(id, "")
        findings = find(id).findings(stored(id)) or "The same, drawn from the operator itself."
        rows.append([name, STATEMENTS.get(id, ""), findings, _AGREEMENT.get(id, ""), took])
    return _rows(["figure", "printed", "found", "agreement", "time of one core"], rows)


def _crossover() -> str:
    """From which size on the butterfly, and a pair of the same rank, wins over the dense layer."""
    table = stored("crossover")
    columns = [(batch, threads) for batch in (1, 128) for threads in (1, 2)]

    def size(measure: str, kind: str, batch: int, threads: int) -> str:
        found = crossover.ratios(table, measure, kind, batch, threads)
        if not found:
            return ""
        crossing = crossover.crossing(found)
        return "at no size" if crossing is None else str(crossing)

    kinds = [(measure, "butterfly", measure) for measure in crossover.MEASURES]
    kinds += [(mode, PAIR_OF_RANK, f"{mode}, pair of the same rank") for mode in MODES]
    header = ["", "one vector, 1 thread", "2 threads", "128 vectors, 1 thread", "2 threads"]
    lines = [[name, *(size(measure, kind, *c) for c in columns)] for measure, kind, name in kinds]
    return _rows(header, lines)


def _step_at_largest() -> str:
    """How little of the time of the dense layer a training step takes at the largest size."""
    table = stored("crossover")
    largest = max(int(row["n"]) for row in table)
    cases = sorted({(int(row["batch"]), int(row["threads"])) for row in table})
    shares = [
        100 * crossover.ratios(table, "training step", "butterfly", *case)[largest].mean
        for case in cases
    ]
    return (
        f"At n = {largest}, a training step with the butterfly takes {significant(min(shares))} to "
        f"{significant(max(shares))} % of the time of the dense layer."
    )


class _Network(NamedTuple):
    """A line of the table of accuracies."""

    name: str
    id: str
    where: Mapping[str, str]
    measure: str = "accuracy"


_LENET = _Network(
    "LeNet, MNIST, 84 → 10, Adam", "figure-2", {"model": "LeNet", "optimizer": "Adam"}
)
_PREACT = {"model": "PreActResNet-18"}
_WIDE = {"model": "wide perceptron"}
_NETWORKS = (
    _LENET,
    _Network("the same, SGD", "figure-2", {"model": "LeNet", "optimizer": "SGD"}),
    _Network("perceptron, MNIST, 1024 → 1024, Adam", "figure-2", _WIDE | {"optimizer": "Adam"}),
    _Network("the same, SGD", "figure-2", _WIDE | {"optimizer": "SGD"}),
    _Network(
        "PreActResNet-18 of width 8, CIFAR-10, 64 → 10, Adam",
        "figure-s6",
        _PREACT | {"optimizer": "Adam"},
    ),
    _Network("the same, SGD", "figure-s6", _PREACT | {"optimizer": "SGD"}),
    *(
        _Network(
            f"tagger, {SHORT_NAMES[name]}, 256 → {TAGS[name]}, Adam",
            "figure-s3",
            {"dataset": name},
            "score",
        )
        for name in PAPER
    ),
)


def _weights(rows: Table, kind: str) -> str:
    found = [float(row["weights"]) for row in need(rows, layer=kind)]
    return count(sum(found) / len(found))


def _accuracies() -> str:
    """Accuracy or F1 with the dense layer, and differences to it."""
    lines = []
    for network in _NETWORKS:
        rows = last(need(stored(network.id), **network.where))
        dense = [100 * float(row[network.measure]) for row in need(rows, layer="dense")]
        kinds = ("butterfly", PAIR_OF_WEIGHTS, PAIR_OF_RANK)
        found = [with_interval(points(rows, network.measure, kind), 2) for kind in kinds]
        weights = f"{_weights(rows, 'dense')}, {_weights(rows, 'butterfly')}"
        repeated = network.name.startswith("the same")
        lines.append(
            [network.name, "" if repeated else weights, fixed(sum(dense) / len(dense)), *found]
        )
    table = stored("seeds")
    for model, label in seeds.LABELS.items():
        rows = last(select(table, model=model))
        all_sizes = need(rows, layer="dense")
        at_best = select(all_sizes, step_size=seeds.best(all_sizes))
        accuracy = mean([100 * float(row["accuracy"]) for row in at_best]).mean
        found = []
        for kind in ("butterfly", PAIR_OF_WEIGHTS, PAIR_OF_RANK):
            size, margins = seeds.margins(table, model, kind)
            found.append(with_interval(mean([100 * m for m in margins[size]]), 2))
        butterfly = need(rows, layer="butterfly")
        trained = [*at_best, *select(butterfly, step_size=seeds.best(butterfly))]
        weights = f"{_weights(trained, 'dense')}, {_weights(trained, 'butterfly')}"
        lines.append([f"perceptron, digits, {label}, Adam", weights, fixed(accuracy), *found])
    header = ["network, layer replaced", "weights, dense and butterfly", "accuracy, dense"]
    return _rows([*header, "butterfly", "pair, equal weights", "pair, equal rank"], lines)


def _early() -> str:
    """The differences after the first epoch."""

    def early(id: str, measure: str, **where: str) -> Interval:
        return points(need(stored(id), epoch=1, **where), measure)

    lenet = early("figure-2", "accuracy", **_LENET.where)
    preact = early("figure-s6", "accuracy", model="PreActResNet-18", optimizer="Adam")
    taggers = [early("figure-s3", "score", dataset=name).mean for name in PAPER]
    table = stored("seeds")
    digits, pairs = [], []
    for model, label in seeds.LABELS.items():
        found = mean([100 * m for m in seeds.butterfly_margins(table, model, first=True)])
        digits.append(f"{with_interval(found)} on digits with {label} replaced")
        size, margins = seeds.margins(table, model, "butterfly", PAIR_OF_WEIGHTS, first=True)
        pairs.append(with_interval(mean([100 * m for m in margins[size]])))
    return (
        "After the first epoch, by Adam, the butterfly less the dense layer is, in points, "
        f"{with_interval(lenet)} in LeNet, {with_interval(preact)} in PreActResNet-18, "
        f"{between(taggers)} in the taggers, and {joined(digits)}. On digits the butterfly less "
        f"the pair of as many weights is {joined(pairs)}."
    )


def _first_look() -> str:
    """In how many of the first five trainings of each task the butterfly ended lower."""
    tasks = [network for network in _NETWORKS if network.where.get("optimizer", "Adam") == "Adam"]
    lower = total = 0
    for network in tasks:
        rows = last(need(stored(network.id), **network.where))
        first = [row for row in rows if int(row["replicate"]) < 5]
        for replicate in range(5):
            pair = (need(first, layer=kind, replicate=replicate) for kind in ("butterfly", "dense"))
            ours, theirs = (float(one[network.measure]) for (one,) in pair)
            lower, total = lower + (ours < theirs), total + 1
    extra = {
        SHORT_NAMES[name]: len(
            {row["replicate"] for row in select(stored("figure-s3"), dataset=name)}
        )
        for name in PAPER
    }
    more = [f"{n} for {name}" for name, n in extra.items() if n != 5]
    return (
        f"Each network for images and each tagger is trained five times, {joined(more)}. The "
        f"additional ones were added after a first look, when {lower} of {total} trainings with "
        "the butterfly by Adam had ended lower."
    )


def _beyond() -> str:
    """What the paper leaves open, as differences to the dense network."""
    table = stored("beyond")
    dense = {"layer": "dense"}

    def accuracy(share: float) -> str:
        rows = need(last(table), layer="dense", share=share, replaced=1)
        return fixed(mean([100 * float(row["accuracy"]) for row in rows]).mean)

    lines = []
    for name, setting, other in (
        ("one layer replaced, 1024 → 1024", {}, {}),
        ("and that from the image", {"replaced": 2}, {}),
        ("and that to the classes", {"replaced": 3}, {}),
        ("one layer, a quarter of the images", {"share": SHARES[1]}, {"share": SHARES[1]}),
        ("one layer, a sixteenth of the images", {"share": SHARES[2]}, {"share": SHARES[2]}),
    ):
        found = [
            with_interval(less(table, {"layer": kind} | setting, dense | other))
            for kind in ("butterfly", PAIR_OF_WEIGHTS)
        ]
        shown = "" if "replaced" in setting else accuracy(other.get("share", 1.0))
        lines.append([name, shown, *found])
    return _rows(["", "dense", "butterfly", "pair, equal weights"], lines)


def _peer() -> str:
    """The butterfly of another library."""
    table = stored("beyond")
    peer = less(table, {"layer": "torch_structured"}, {"layer": "dense"})
    seeds_of_peer = len({row["replicate"] for row in need(table, layer="torch_structured")})
    return (
        "The butterfly of torch_structured, with all log₂ n layers of weights and full rank, less "
        f"the dense layer is {with_interval(peer)} points ({seeds_of_peer} seeds)."
    )


def _inside_and_starts() -> str:
    """Rectifiers and starts, trained until it was known what they cost."""
    lines = []
    for name, rows in compared(stored("anytime")).items():
        found, margin = differences(rows), float(rows[0]["margin"])
        known = KNOWN[answer(found, margin)].format(margin)
        low, high = (fixed(end) for end in interval(found)[1:])
        mean_of_all = with_interval(interval(found, 0.025))
        lines.append([name, mean_of_all, f"{low} to {high}", str(len(found)), known])
    head = ["", "difference in points, 95 %", f"each end wrong: {WRONG}", "seeds", "known"]
    return _rows(head, lines)


def _sheet(id: str) -> str:
    """The numbers of a figure as a table, and what they say."""
    text, record = read(RESULTS, id)
    words = find(id).words(from_csv(text), record["settings"])
    return f"{_rows(words['sheet']['head'], words['sheet']['lines'])}\n\n{words['findings']}"


def _made() -> str:
    """How the numbers of each figure were made, and the tables among them, to unfold."""
    parts = []
    for id in TITLES:
        text, record = read(RESULTS, id)
        words = find(id).words(from_csv(text), record["settings"])
        parts.append(f"<details><summary>{id}: {TITLES[id]}</summary>\n\n{words['caption']}")
        parts.append(words["details"])
        if words["sheet"]:
            parts.append(_rows(words["sheet"]["head"], words["sheet"]["lines"]))
        parts.append("</details>")
    return "\n\n".join(filter(None, parts))


def _concordance() -> str:
    """What the published paper numbers, beside the submission and the ids of the commands."""
    figures = set(TITLES)
    rows = []
    for row in CONCORDANCE:
        # an id of a claim in italics becomes a link to its page
        id = f"`{row.id}`" if row.id in figures else f"*{row.id}*" if row.id else ""
        anchor = f'<span id="{alias(row.id)}"></span>' if alias(row.id) else ""
        rows.append(
            [row.published, row.submission, id, f"{anchor}`{row.former}`" if row.former else ""]
        )
    return _rows(["published", "submission", "id", "id in earlier versions"], rows)


def _beside() -> str:
    """Every printed number of an experiment beside the one that is found, to unfold by figure."""
    parts = []
    for place in PLACES:
        head, lines = beside(place)
        printed, found = (
            len({line[0] for line in lines if line[2] not in without}) for without in ("", "–")
        )
        kind, _, number = place.partition("-")
        name = f"{kind.capitalize()} {number.upper()}"
        title = f"{name}: {head[0]}, {printed} printed, {found} with a number found"
        parts += [f"<details><summary>{title}</summary>", _rows(head, lines), "</details>"]
    return "\n\n".join(parts)


BLOCKS: dict[str, Callable[[], str]] = {
    "concordance": _concordance,
    "experiments": _experiments,
    "made": _made,
    "beside": _beside,
    "crossover": _crossover,
    "step-at-largest": _step_at_largest,
    "first-look": _first_look,
    "accuracies": _accuracies,
    "early": _early,
    "beyond": _beyond,
    "inside-and-starts": _inside_and_starts,
    "peer": _peer,
    "tradeoff": partial(_sheet, "tradeoff"),
    **{
        id: partial(_sheet, id)
        for id in ("first-steps", "first-steps-planned", "photographs", "photographs-wide")
    },
    "landscapes": partial(_sheet, "landscapes"),
    "four-inputs": partial(_sheet, "four-inputs"),
    "real-data": partial(_sheet, "real-data"),
}
"""What writes each block."""


def main(folder: str) -> None:
    """Rewrite the blocks in the Markdown files of a folder, and print the names of those files."""
    for path in sorted(Path(folder).glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if _MARKS.search(text):
            path.write_text(fill(text), encoding="utf-8")
            print(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
