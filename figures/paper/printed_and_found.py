"""Every printed number of an experiment beside the number that is found here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from figures.engine.stored_tables import stored
from figures.engine.table import Sheet, Table, select
from figures.engine.wording import significant
from figures.paper.printed import FAMILIES, Printed, numbers, time_ratio
from figures.plots.language import PRINTED
from figures.plots.layer_scores import last
from figures.plots.time_ratios import ratio
from fjlt.runs.intervals import Interval, geometric_mean, mean

__all__ = ["MODES", "PLACES", "SERIES", "Pair", "beside"]

DIGITS = 3


class Pair(NamedTuple):
    """A printed number, and what is found for it; None where nothing is computed.

    Attributes
    ----------
    what : str
        The subject, the method and the abscissa, as in the list of printed numbers.
    printed : str
    found : Interval or None
        A mean with its 95 % interval.
    of : str
        Whose number is found, where the data or the network is another one.
    """

    what: str
    printed: str
    found: Interval | None
    of: str = ""

    @property
    def words(self) -> str:
        """The mean with the ends of its interval."""
        if self.found is None:
            return "–"
        ends = [significant(end, DIGITS) for end in self.found]
        return f"{ends[0]} ({ends[1]} to {ends[2]})"


def _pair(one: Printed, text: str, found: Interval | None, of: str = "") -> Pair:
    at = f", {_abscissa(one)}" if one.at else ""
    return Pair(f"{one.subject}: {one.series}{at}", text, found, of if found else "")


def _abscissa(one: Printed) -> str:
    if " " in one.at:
        return f"({one.at.replace(' ', ', ')})"
    named = {
        "figure-3": "epoch ",
        "figure-s6": "epoch ",
        "figure-s3": "step ",
        "figure-s10": "step ",
        "figure-4": "k = ",
        "figure-5": "k = ",
        "figure-6": "k = ",
        "figure-s7": "k = ",
    }
    return named.get(one.place, "") * one.at.replace(".", "").isdigit() + one.at


# sketches: the printed errors and ours are of the same kind

OURS = {name: family for family, name in FAMILIES.items()}
STAND_INS = {"HS-SOD": "Jasper Ridge", "CIFAR-10": "", "Tech": "newsgroups"}


def _sketches(place: str) -> list[Pair]:
    pairs = []
    for one in numbers(place):
        k, l = map(int, one.at.split())
        sketch, _, nonzeros = one.series.partition(", N = ")
        found = [
            float(row["squared"])
            for row in select(stored(place), dataset=OURS[one.subject], k=k, l=l, sketch=sketch)
            if not nonzeros or row["nonzeros"] == int(nonzeros)
        ]
        pairs.append(_pair(one, one.text, mean(found) if found else None, STAND_INS[one.subject]))
    return pairs


def _steps(place: str) -> list[Pair]:
    pairs = []
    for one in numbers(place):
        step = 0 if one.series.startswith("random") else int(one.at)
        rows = select(stored(place), sketch=one.series, step=step)
        found = mean([float(row["squared"]) for row in rows]) if rows else None
        pairs.append(_pair(one, one.text, found, STAND_INS[one.subject]))
    return pairs


# auto-encoders: shares of ‖X‖_F², since the scales differ

DATA = {
    "gaussian-1": ("gaussian-2", "Gaussian 2, since the names are exchanged"),
    "gaussian-2": ("gaussian-1", "Gaussian 1, since the names are exchanged"),
    "mnist": ("mnist", ""),
    "olivetti": ("olivetti", ""),
    "hyperspectral": ("hyperspectral", "Jasper Ridge"),
}
"""Our data for those of a curve: see claim printed-gaussian-names."""

METHODS = {"PCA": "PCA", "FJLT+PCA": "FJLT+PCA", "trained": "Adam, two phases"}


def _losses(place: str, *ids: str) -> list[Pair]:
    table = [row for id in ids for row in stored(id)]
    pairs = []
    for one in numbers(place):
        # the trained curves start a little higher; what is left of X at k = 0 is X in any case
        start = numbers(place, subject=one.subject, at="0")[0].value
        name, of = DATA[one.subject]
        rows = select(table, dataset=name, k=int(one.at), method=METHODS[one.series])
        shares = [float(row["loss"]) / float(row["energy"]) for row in rows]
        found = geometric_mean(shares) if shares and min(shares) > 1e-12 else None
        if one.at != "0":
            text = significant(float(one.value / start), DIGITS)
            pairs.append(_pair(one, text, found, of))
    return pairs


SERIES = {
    "frozen": "FJLT+PCA",
    "random init": "Adam, random init",
    "optimal init": "Adam, two phases",
}
READINGS = {
    "imagenet-scaled": "an image of ImageNet, rows scaled",
    "imagenet": "the image, not scaled",
    "gaussian-2": "the Gaussian matrix of rank 64",
}


def _phases(place: str) -> list[Pair]:
    """The losses over that of PCA at the same k, for every reading of the data.

    The ends of the printed axis lie between whole k; there it is the k below.
    """
    pairs = []
    for one in numbers(place):
        (best,) = numbers(place, series="PCA", at=one.at)
        if one is best:
            continue
        text = significant(float(one.value / best.value), DIGITS)
        k = int(float(one.at))
        rows = select(stored(place), method=SERIES[one.series], k=k)
        found = {
            of: [float(row["loss"]) / float(row["optimum"]) for row in select(rows, dataset=name)]
            for name, of in READINGS.items()
        }
        pairs += [
            _pair(one, text, geometric_mean(ratios), of + f", k = {k}" * (one.at != str(k)))
            for of, ratios in found.items()
            if ratios
        ] or [_pair(one, text, None)]
    return pairs


# replaced layers


def _scores(rows: Table, kind: str, measure: str) -> Interval | None:
    found = [100 * float(row[measure]) for row in select(rows, layer=kind)]
    return mean(found) if found else None


REDUCED = "an eighth of the width, a fifth of CIFAR-10"

READINGS_OF_PHOTOGRAPHS = {
    "R": "an eighth of the width, 8 epochs in all",
    "P": "an eighth of the width, 8 epochs in all, a layer before the output replaced",
}
"""The figures *photographs* and *photographs-wide*, by the layer that is replaced."""


def _photographs() -> Table:
    return [*stored("photographs"), *stored("photographs-wide")]


def _accuracies(place: str) -> list[Pair]:
    rows = last(select(stored(place), model="PreActResNet-18", optimizer="Adam"))
    pairs = []
    for one in numbers(place):
        if one.subject.startswith("PreAct"):
            pairs.append(_pair(one, one.text, _scores(rows, one.series, "accuracy"), REDUCED))
            pairs += _readings(
                one, one.text, last(_photographs()), "accuracy", READINGS_OF_PHOTOGRAPHS
            )
        else:
            pairs.append(_pair(one, one.text, None))
    return pairs


def _readings(
    one: Printed, text: str, rows: Table, measure: str, readings: Mapping[str, str]
) -> list[Pair]:
    """A pair for each reading in which the network was trained."""
    series = one.series.partition(",")[0]
    found = {
        of: _scores(select(rows, reading=reading), series, measure)
        for reading, of in readings.items()
    }
    return [_pair(one, text, score, of) for of, score in found.items() if score is not None]


def _epochs(place: str) -> list[Pair]:
    pairs = []
    for one in numbers(place):
        kind, optimizer = one.series.split(", ")
        rows = select(
            stored(place), model="PreActResNet-18", optimizer=optimizer, epoch=int(one.at)
        )
        pairs.append(_pair(one, one.text, _scores(rows, kind, "accuracy"), REDUCED))
        if optimizer == "Adam":
            reached = select(_photographs(), epoch=int(one.at))
            pairs += _readings(one, one.text, reached, "accuracy", READINGS_OF_PHOTOGRAPHS)
    return pairs


TAGGERS = {
    "NER English": "chunks",
    "NER German": "old newspapers",
    "Penn Treebank": "the sample in NLTK",
}
"""What is tagged here in the place of the paper's data."""

READINGS_OF_NAMES = {
    "R": "CoNLL-2003, a smaller tagger",
    "P": "CoNLL-2003, a smaller tagger, a layer before the output replaced",
}
"""The figure *first-steps*, by the layer that is replaced."""

MODES = {"training": "training step", "inference": "prediction"}
"""Our name of what is timed."""


def _tags(place: str) -> list[Pair]:
    pairs = []
    for one in numbers(place):
        if one.at == "last":
            rows = last(select(stored(place), dataset=PRINTED[one.subject]))
            found = _scores(rows, one.series, "score")
            pairs.append(_pair(one, one.text, found, TAGGERS[one.subject]))
        else:
            reached = select(stored("first-steps"), dataset="conll2003_en", step=int(one.at))
            # the curve is read off as a share, not in per cent
            text = f"{float(100 * one.value):.0f}"
            pairs += _readings(one, text, reached, "score", READINGS_OF_NAMES)
    return pairs


def _times(place: str, model: Callable[[str], str], of: Mapping[str, str]) -> list[Pair]:
    """Times with the butterfly over times with the dense layer, in the largest batches."""
    pairs = []
    for one in numbers(place, series="butterfly"):
        rows = select(stored(place), model=model(one.subject), mode=MODES[one.at])
        batch = max((int(row["batch"]) for row in rows), default=0)
        found = ratio(select(rows, batch=batch), "butterfly") if rows else None
        text = significant(float(time_ratio(one)), DIGITS)
        whose = f"{of.get(one.subject, '')}, batches of {batch}".removeprefix(", ")
        what = f"{one.subject}: {one.at}"
        pairs.append(Pair(what, text, found, whose if found else ""))
    return pairs


ERROR, ACCURACY, SHARE, TIME = (
    "test error",
    "accuracy in %",
    "loss as a share of ‖X‖_F²",
    "time with the butterfly over time with the dense layer",
)

PLACES: dict[str, tuple[str, Callable[[], list[Pair]]]] = {
    "figure-2": (ACCURACY, lambda: _accuracies("figure-2")),
    "figure-3": (ACCURACY, lambda: _epochs("figure-3")),
    "figure-4": (SHARE, lambda: _losses("figure-4", "figure-s7")),
    "figure-5": (SHARE, lambda: _losses("figure-5", "figure-5")),
    "figure-6": ("loss over that of PCA", lambda: _phases("figure-6")),
    "figure-7": (ERROR, lambda: _sketches("figure-7")),
    "figure-8": (ERROR, lambda: _sketches("figure-8")),
    "figure-s3": ("F1 in %, for the Penn Treebank accuracy", lambda: _tags("figure-s3")),
    "figure-s4": (
        TIME,
        lambda: _times(
            "figure-s4",
            lambda subject: subject.partition(",")[0].replace("ResNet18", "ResNet-18"),
            {"PreActResNet18, CIFAR-10": "an eighth of the width"},
        ),
    ),
    "figure-s5": (
        TIME,
        lambda: _times(
            "figure-s5",
            lambda subject: PRINTED[subject],
            TAGGERS,
        ),
    ),
    "figure-s6": (ACCURACY, lambda: _epochs("figure-s6")),
    "figure-s7": (SHARE, lambda: _losses("figure-s7", "figure-4", "figure-s7")),
    "figure-s8": (ERROR, lambda: _sketches("figure-s8")),
    "figure-s9": (ERROR, lambda: _sketches("figure-s9")),
    "figure-s10": (ERROR, lambda: _steps("figure-s10")),
    "table-s1": (ERROR, lambda: _sketches("table-s1")),
}
"""For each place of the paper what its numbers are, and the function that pairs them with ours."""


def beside(place: str) -> Sheet:
    """The numbers of a place of the paper as a table, each with the one that is found here.

    Parameters
    ----------
    place : str
        A key of ``PLACES``.

    Examples
    --------
    >>> beside("figure-8").lines[0][:2]
    ['HS-SOD: sparse, N = 1, (10, 20)', '0.137']
    """
    measure, pairs = PLACES[place]
    head = [measure, "printed", "found, with its 95 % interval", "of"]
    return Sheet(head, [[pair.what, pair.printed, pair.words, pair.of] for pair in pairs()])
