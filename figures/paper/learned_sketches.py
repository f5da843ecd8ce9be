"""Figures 7, 8 and S8 to S10: test errors of learned and random sketches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from figures.engine.figure import Figure
from figures.engine.gallery import TITLES
from figures.engine.table import Row, Table, select
from figures.engine.wording import factor_words, joined, need, significant
from figures.experiments.sketching import compute
from figures.numbering import paper
from figures.paper.printed import FAMILIES, TABLE_S1, Printed, numbers
from figures.plots.sketch_errors import (
    FAMILY_LABELS,
    SHORT_LABELS,
    SOURCES,
    cases,
    curves,
    details,
    points,
    ratio,
    typical,
)

__all__ = ["FIGURES"]

LEARNED = ("butterfly", "sparse", "dense")


_ERROR = (
    "Test error of sketches B with ℓ rows: the loss of rank k from BX beyond that from X, in "
    "squared norms (the paper) and norms (its script). "
)


def _caption(
    table: Table, settings: Sequence[Mapping[str, Any]], says: Callable[[Table], str]
) -> str:
    """What is shown, and what the paper says of it against what is found."""
    draws = sorted({len({row["replicate"] for row in table})})
    return f"{_ERROR}Means of {draws[-1]} draws, 95 % intervals. {says(table)}"


def _order(table: Table, better: str, worse: str) -> str:
    """Where the error of the first sketch lies, by the interval of the ratio to the second."""
    found = ratio(need(table, sketch=worse), need(table, sketch=better), "squared")
    return "below" if found.low > 1 else "above" if found.high < 1 else "not told apart from"


def _against_paper(table: Table) -> str:
    """Where the error of the butterfly lies among the learned sketches, and on what data."""
    names = list(dict.fromkeys(str(row["dataset"]) for row in table))
    parts = []
    for other, called in (
        ("sparse", "that of the sparse sketch"),
        ("dense", "that of the dense matrix"),
    ):
        where: dict[str, list[str]] = {}
        for name in names:
            order = _order(need(table, dataset=name), "butterfly", other)
            where.setdefault(order, []).append(SHORT_LABELS[name])
        on = [f" on {joined(found)}" if len(names) > 1 else "" for found in where.values()]
        parts += [
            f"{order} {called}{at}" if i == 0 else f"{order.removesuffix(' from')}{at}"
            for i, (order, at) in enumerate(zip(where, on, strict=True))
        ]
    return joined(parts)


def _four_says(table: Table) -> str:
    return f"The paper prints butterfly < sparse; here the butterfly is {_against_paper(table)}."


def _one_pair_says(table: Table) -> str:
    return (
        f"{_at(table)}The paper shows the butterfly below the sparse sketch; here it is "
        f"{_against_paper(table)}."
    )


def _nonzeros_says(table: Table) -> str:
    verdicts = _verdicts(table)
    worse, better = (
        f"{what} for N = {joined(verdicts[key])}" if verdicts[key] else f"{what} for none"
        for key, what in (("more", "more"), ("less", "less"))
    )
    return (
        "The paper finds the learned butterfly better than every N, and than the dense matrix. "
        f"Here the sparse sketch errs {worse} and {better}, and the butterfly is "
        f"{_order(table, 'butterfly', 'dense')} the dense matrix."
    )


def _outputs_says(table: Table) -> str:
    outputs = sorted({int(row["l"]) for row in table})
    below = [l for l in outputs if _order(need(table, l=l), "butterfly", "sparse") == "below"]
    dense = [l for l in outputs if _order(need(table, l=l), "dense", "butterfly") == "below"]
    return (
        "The paper shows the butterfly below the sparse sketch at every ℓ; here by the intervals "
        f"in {len(below)} of {len(outputs)}, and the dense matrix below it in {len(dense)}."
    )


def _training_says(table: Table) -> str:
    last = max(int(row["step"]) for row in need(table, sketch="butterfly"))
    rows = need(table, step=last)
    return (
        "The paper observes that the butterfly passes the sparse sketch after a few iterations. "
        f"Here after {last} steps it is {_order(rows, 'butterfly', 'sparse')} the sparse sketch "
        f"and {_order(rows, 'butterfly', 'dense')} the dense matrix."
    )


def _details(table: Table, settings: Sequence[Mapping[str, Any]], more: str) -> str:
    return f"{details(table, settings)} {more}".strip()


def _against(rows: Table, sketch: str, other: str, name: str, **where: Any) -> str:
    """The error of one sketch against that of another, which the caption calls by a name."""
    errors = need(rows, sketch=sketch), need(rows, sketch=other, **where)
    return factor_words(ratio(*errors, "squared"), name)


def _stars(place: str, table: Table) -> list[Printed]:
    """The numbers that a place of the paper prints for the data and the (k, ℓ) of a table."""
    cells = {(row["dataset"], f"{row['k']} {row['l']}") for row in table}
    known = {(FAMILIES.get(str(dataset)), pair) for dataset, pair in cells}
    # during the training the abscissa is a step, all at (10, 20)
    return [
        one
        for one in numbers(place)
        if (one.subject, one.at if " " in one.at else "10 20") in known
    ]


def _four_bars(table: Table) -> Any:
    """Draw a group of points for each family, with what Figure 7 of the paper prints."""
    return _bars(table, "figure-7")


def _bars(table: Table, place: str) -> Any:
    """Draw a group of points for each family, with what a place of the paper prints."""
    names = list(dict.fromkeys(str(row["dataset"]) for row in table))
    labels = {name: FAMILY_LABELS[name].replace(": ", ":\n") for name in names}
    groups = {labels[name]: select(table, dataset=name) for name in names}
    ours = {FAMILIES[name]: labels[name] for name in names if name in FAMILIES}
    printed = {(ours[one.subject], one.series): float(one.value) for one in _stars(place, table)}
    return points(table, groups, printed)


def _curve(table: Table, place: str, column: str, label: str, fixed: Sequence[str] = ()) -> Any:
    """Draw the errors against a column, with what a place of the paper prints."""
    stars = []
    for one in _stars(place, table):
        sketch, _, nonzeros = one.series.partition(", N = ")
        at = {"nonzeros": nonzeros, "l": one.at.split()[-1], "step": one.at}[column]
        # "random" is either of the two random sketches of the paper
        known = sketch == "random" or any(row["sketch"] == sketch for row in table)
        if known:
            off = sketch in fixed or not at
            stars.append((sketch, None if off else float(at), float(one.value)))
    return curves(table, column, label, fixed, stars)


def _four_findings(table: Table) -> str:
    sentences = []
    names = list(dict.fromkeys(str(row["dataset"]) for row in table))
    for name in names:
        rows = need(table, dataset=name)
        printed = ""
        if (rows[0]["k"], rows[0]["l"]) == (10, 20) and name in TABLE_S1[10, 20, "sparse"]:
            factor = TABLE_S1[10, 20, "sparse"][name] / TABLE_S1[10, 20, "butterfly"][name]
            printed = f" (the paper prints {significant(factor)} times less)"
        gaussian = ratio(
            need(rows, sketch="sparse"), need(rows, sketch="random Gaussian"), "squared"
        )
        behind = (
            "; the learned sparse sketch stays behind a random Gaussian one"
            if gaussian.low > 1
            else ""
        )
        sentences.append(
            f"On {SHORT_LABELS[name]} the learned butterfly has "
            f"{_against(rows, 'butterfly', 'sparse', 'the learned sparse sketch')}{printed}, and "
            f"the learned dense matrix has "
            f"{_against(rows, 'dense', 'butterfly', 'the butterfly')}{behind}."
        )
    return f"{_at(table)}Ratios are of squared norms. " + " ".join(sentences)


def _at(table: Table) -> str:
    """k and ℓ of a table where they do not vary."""
    return f"k = {table[0]['k']}, ℓ = {table[0]['l']}. "


def _nonzeros_findings(table: Table) -> str:
    """Against the butterfly, from which N on a sparse sketch does as well, and better."""
    verdicts = _verdicts(table)
    words = {
        "more": "more error than the butterfly",
        "as much": "an error not told apart from that of the butterfly",
        "less": "less error than the butterfly",
    }
    parts = [
        f"{words[verdict]} for N = {joined(counts)}"
        for verdict, counts in verdicts.items()
        if counts
    ]
    return (
        f"{_at(table)}The butterfly has "
        f"{_against(table, 'butterfly', 'sparse', 'the sparse sketch with N = 1', nonzeros=1)}. "
        f"The sparse sketch has {joined(parts)}. The dense matrix, of which all others are special "
        f"cases, has {_against(table, 'dense', 'butterfly', 'the butterfly')}."
    )


def _verdicts(table: Table) -> dict[str, list[str]]:
    """For which N a sparse sketch has more error than the butterfly, as much, and less."""
    butterfly = need(table, sketch="butterfly")
    verdicts: dict[str, list[str]] = {"more": [], "as much": [], "less": []}
    for N in sorted({int(row["nonzeros"]) for row in need(table, sketch="sparse")}):
        found = ratio(need(table, sketch="sparse", nonzeros=N), butterfly, "squared")
        verdict = "more" if found.low > 1 else "less" if found.high < 1 else "as much"
        verdicts[verdict].append(str(N))
    return verdicts


def _one_pair_findings(table: Table) -> str:
    random = [
        typical(need(table, sketch=str(sketch)), "squared").low
        for sketch in dict.fromkeys(row["sketch"] for row in table)
        if str(sketch).startswith("random")
    ]
    learned = max(typical(need(table, sketch=sketch), "squared").high for sketch in LEARNED)
    below = " All three are below the random sketches." if learned < min(random) else ""
    return (
        f"{_at(table)}The learned butterfly has "
        f"{_against(table, 'butterfly', 'sparse', 'the learned sparse sketch')}, and the learned "
        f"dense matrix {_against(table, 'dense', 'butterfly', 'the butterfly')}.{below}"
    )


def _outputs_findings(table: Table) -> str:
    outputs = sorted({int(row["l"]) for row in table})
    parts = {l: need(table, l=l) for l in outputs}
    butterfly, dense = [], []
    for rows in parts.values():
        pair = [need(rows, sketch=sketch) for sketch in ("sparse", "butterfly", "dense")]
        butterfly.append(ratio(pair[0], pair[1], "squared"))
        dense.append(ratio(pair[1], pair[2], "squared"))
    behind = [
        str(l)
        for l, rows in parts.items()
        if ratio(need(rows, sketch="sparse"), need(rows, sketch="random Gaussian"), "squared").low
        > 1
    ]
    empty = (
        f" With ℓ near n = {table[0]['n']} a sketch with one non-zero per column leaves rows "
        f"empty: at ℓ = {joined(behind)} even random Gaussian sketches are better than the learned "
        "sparse ones."
        if behind
        else ""
    )
    return (
        f"k = {table[0]['k']}. The error of the learned sparse sketch is "
        f"{joined([significant(found.mean) for found in butterfly])} times that of the learned "
        f"butterfly at ℓ = {joined([str(l) for l in outputs])}.{empty} The error of the butterfly "
        f"is {significant(min(found.mean for found in dense))} to "
        f"{significant(max(found.mean for found in dense))} times that of the learned dense "
        "matrix."
    )


def _training_findings(table: Table) -> str:
    steps = sorted({int(row["step"]) for row in table if row["sketch"] in LEARNED})
    names = {
        "butterfly": "the butterfly",
        "sparse": "the sparse sketch",
        "dense": "the dense matrix",
    }

    def ends(sketch: str, step: int) -> Any:
        return typical(need(table, sketch=sketch, step=step), "squared")

    def since(better: str, worse: str) -> str:
        """From which checkpoint on the interval of one lies below that of the other."""
        first = None
        for step in reversed(steps):
            if ends(better, step).high >= ends(worse, step).low:
                break
            first = step
        if first is None:
            return f"the intervals of {names[better]} and {names[worse]} meet at the end"
        return f"{names[better]} lies below {names[worse]} from step {first} on"

    last: list[Row] = need(table, step=steps[-1])
    return (
        f"{_at(table)}Here {since('butterfly', 'sparse')}, and "
        f"{since('dense', 'butterfly')}. After {steps[-1]} steps the butterfly has "
        f"{_against(last, 'butterfly', 'sparse', 'the sparse sketch')}, and the dense matrix "
        f"{_against(last, 'dense', 'butterfly', 'the butterfly')}."
    )


def _nonzeros_cases(
    k: int, l: int, counts: tuple[int, ...], quick: bool = False
) -> list[dict[str, Any]]:
    fixed = cases("hyperspectral", [(k, l)], ("butterfly", "dense"), quick)
    return fixed + [
        case
        for N in counts
        for case in cases("hyperspectral", [(k, l)], ("sparse",), quick, nonzeros=N)
    ]


FIGURES = (
    Figure(
        id="figure-7",
        title=TITLES["figure-7"],
        source=paper("Figure 7"),
        compute=compute,
        draw=_four_bars,
        caption=partial(_caption, says=_four_says),
        details=partial(
            _details,
            more="Stars: Figure 7 of the paper. For HS-SOD its other figures and Table S1 print "
            "other numbers: claim printed-sketch-errors. The paper does not state the scale of its "
            "data, so only ratios compare.",
        ),
        findings=_four_findings,
        cases={
            "quick": cases("digits", [(2, 4)], quick=True)
            + cases("hyperspectral", [(2, 4)], quick=True),
            "paper": [
                case
                for dataset in ("hyperspectral", "cifar10", "newsgroups")
                for case in cases(dataset, [(10, 20)])
            ],
        },
        sources=SOURCES,
    ),
    Figure(
        id="figure-8",
        title=TITLES["figure-8"],
        source=paper("Figure 8"),
        compute=compute,
        draw=partial(
            _curve,
            place="figure-8",
            column="nonzeros",
            label="$N$, learned non-zeros per column",
            fixed=("butterfly", "dense"),
        ),
        caption=partial(_caption, says=_nonzeros_says),
        details=partial(
            _details,
            more="The lines of butterfly and dense have their intervals as bands; stars, at the "
            "right for them, are printed in Figure 8. The paper finds "
            "the learned butterfly better than every N, and better than the dense matrix. Its "
            "script learns a dense layer under the name of butterfly.",
        ),
        findings=_nonzeros_findings,
        cases={
            "quick": _nonzeros_cases(2, 4, (1, 2, 3), quick=True),
            "paper": _nonzeros_cases(10, 20, (1, 2, 4, 8, 12, 16)),
        },
        sources=SOURCES,
    ),
    Figure(
        id="figure-s8",
        title=TITLES["figure-s8"],
        source=paper("Figure S8"),
        compute=compute,
        draw=partial(_bars, place="figure-s8"),
        caption=partial(_caption, says=_one_pair_says),
        details=partial(_details, more="Stars: Figure S8."),
        findings=_one_pair_findings,
        cases={
            "quick": cases("hyperspectral", [(1, 4)], quick=True),
            "paper": cases("hyperspectral", [(1, 20)]),
        },
        sources=SOURCES,
    ),
    Figure(
        id="figure-s9",
        title=TITLES["figure-s9"],
        source=paper("Figure S9"),
        compute=compute,
        draw=partial(_curve, place="figure-s9", column="l", label="$\\ell$, rows of the sketch"),
        caption=partial(_caption, says=_outputs_says),
        details=partial(
            _details,
            more="Stars: Figure S9; grey ones for its random sketch, which it does not name.",
        ),
        findings=_outputs_findings,
        cases={
            "quick": cases("hyperspectral", [(2, 2), (2, 4), (2, 8)], quick=True),
            "paper": cases("hyperspectral", [(10, 10), (10, 20), (10, 40), (10, 60), (10, 80)]),
        },
        sources=SOURCES,
    ),
    Figure(
        id="figure-s10",
        title=TITLES["figure-s10"],
        source=paper("Figure S10"),
        compute=compute,
        draw=partial(
            _curve,
            place="figure-s10",
            column="step",
            label="steps of Adam",
            fixed=("random Gaussian",),
        ),
        caption=partial(_caption, says=_training_says),
        details=partial(
            _details,
            more="Shown is the error of the iterate that the held-out matrices choose among those "
            "up to a step. Stars are read off Figure S10.",
        ),
        findings=_training_findings,
        cases={
            "quick": cases("hyperspectral", [(2, 4)], LEARNED, quick=True, checkpoints=3)
            + cases("hyperspectral", [(2, 4)], ("random Gaussian",), quick=True),
            "paper": cases("hyperspectral", [(10, 20)], LEARNED, steps=2560, checkpoints=9)
            + cases("hyperspectral", [(10, 20)], ("random Gaussian",)),
        },
        sources=SOURCES,
    ),
)
