"""What the paper prints: its numbers, each with its place and how it was read, and its statements.

The numbers stand in ``printed.csv``. Claims and drawings read them from there and nowhere else.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources

__all__ = [
    "FAMILIES",
    "STATEMENTS",
    "TABLE_S1",
    "Printed",
    "is_printed_layer",
    "number",
    "numbers",
    "time_ratio",
]


@dataclass(frozen=True)
class Printed:
    """A number of the paper.

    Attributes
    ----------
    place : str
        Figure, table or section, as ``"figure-s2"``.
    subject, series, at : str
        The data or the model; the method or the layer; the abscissa, such as k, "k ℓ" or an epoch.
    text : str
        The digits as printed, or as read off a drawing.
    reading : {"label", "table", "text", "curve", "bar"}
        Where the digits stand. A curve and a bar have none: they are measured in the picture.
    within : Fraction
        How far a measured number may be off; 0 for printed digits.

    Examples
    --------
    >>> found = number("figure-s5", subject="NER English", series="dense", at="inference")
    >>> found.text, found.value, found.low, found.high
    ('0.089', Fraction(89, 1000), Fraction(177, 2000), Fraction(9, 100))
    """

    place: str
    subject: str
    series: str
    at: str
    text: str
    reading: str
    within: Fraction

    @property
    def value(self) -> Fraction:
        """The number itself."""
        return Fraction(self.text)

    @property
    def unit(self) -> Fraction:
        """One unit of the last digit."""
        return Fraction(1, 10 ** len(self.text.partition(".")[2]))

    @property
    def low(self) -> Fraction:
        """The least number that reads so: half a unit below if the digits are rounded."""
        return self.value - (self.within or self.unit / 2)

    @property
    def high(self) -> Fraction:
        """The largest number that reads so: a unit above, since digits may have been cut off."""
        return self.value + (self.within or self.unit)


@cache
def _all() -> tuple[Printed, ...]:
    text = (resources.files("figures.paper") / "printed.csv").read_text(encoding="utf-8")
    return tuple(
        Printed(within=Fraction(row.pop("within") or 0), **row)
        for row in csv.DictReader(text.splitlines())
    )


def is_printed_layer(n1: int, n2: int) -> bool:
    """Whether a dense layer from n1 to n2 features has as many weights as one in Figure 1.

    Examples
    --------
    >>> is_printed_layer(1024, 512), is_printed_layer(512, 10)
    (True, False)
    """
    return any(one.value == n1 * n2 for one in numbers("figure-1", series="dense"))


def numbers(place: str, **where: str) -> list[Printed]:
    """The numbers of a figure, table or section, in the order of the paper.

    Parameters
    ----------
    place : str
        As ``"figure-1"``, ``"figure-s2"``, ``"table-s1"`` or ``"section-5.2"``.
    **where
        Values of ``subject``, ``series``, ``at`` or ``reading`` that they must have.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> [one.text for one in numbers("figure-2", series="butterfly")]
    ['90.6', '95.5', '80.1', '81.4']
    """
    found = [
        one
        for one in _all()
        if one.place == place and all(getattr(one, name) == v for name, v in where.items())
    ]
    if not found:
        raise ValueError(f"{place} has no number with {where or 'that name'} in printed.csv")
    return found


def number(place: str, **where: str) -> Printed:
    """The only number of a place that these values leave.

    Raises
    ------
    ValueError
        If there is none, or more than one.

    Examples
    --------
    >>> number("section-6", series="AppTe").text
    '10.56'
    """
    found = numbers(place, **where)
    if len(found) > 1:
        raise ValueError(f"{place} has {len(found)} numbers with {where}: say more of one")
    return found[0]


FAMILIES = {"hyperspectral": "HS-SOD", "cifar10": "CIFAR-10", "newsgroups": "Tech"}
"""The data set of the paper for which a family of matrices stands."""


def _table_s1() -> dict[tuple[int, int, str], dict[str, float]]:
    ours = {name: family for family, name in FAMILIES.items()}
    found: dict[tuple[int, int, str], dict[str, float]] = {}
    for one in numbers("table-s1"):
        k, l = map(int, one.at.split())
        found.setdefault((k, l, one.series), {})[ours[one.subject]] = float(one.value)
    return found


TABLE_S1 = _table_s1()
"""Test errors by (k, ℓ, sketch) and family, printed for HS-SOD, CIFAR-10 and Tech."""


def time_ratio(butterfly: Printed) -> Fraction:
    """A printed time with the butterfly over that with the dense layer.

    Examples
    --------
    >>> time_ratio(number("figure-s5", subject="NER English", series="butterfly", at="inference"))
    Fraction(82, 89)
    """
    where = {"subject": butterfly.subject, "at": butterfly.at}
    return butterfly.value / number(butterfly.place, series="dense", **where).value


STATEMENTS = {
    "figure-1": "A significant reduction of the weights of the dense layer",
    "figure-2": "Networks for images are as accurate with the final linear layer before the output "
    "layer replaced, or more accurate",
    "figure-3": "In the first few epochs the butterfly by SGD is even better than the original "
    "PreActResNet-18 by Adam",
    "figure-4": "Gaussian 1: the loss of the trained network is almost equal to Δ_k for all k, and "
    "equal to it for small and large k",
    "figure-5": "and so on MNIST",
    "figure-6": "One image of ImageNet, or Gaussian 1: phase two improves on phase one, and a "
    "random init ends between them",
    "figure-7": "At k = 10, ℓ = 20 the learned butterfly has a far smaller test error than the "
    "learned sparse sketch on three data sets",
    "figure-8": "and than a learned dense matrix",
    "figure-s1": "A 16 × 16 butterfly",
    "figure-s2": "Weights of the whole models",
    "figure-s3": "Taggers score as high with the replacement, in the end and in the first epochs",
    "figure-s4": "Networks for images train and predict faster with the replacement (seconds)",
    "figure-s5": "and so do taggers",
    "figure-s6": "Accuracy as in figure 2 in each of the first 20 epochs, by Adam and SGD",
    "figure-s7": "As figures 4 and 5, for Gaussian 2, Olivetti and hyperspectral data",
    "figure-s8": "The order of figure 7 at k = 1, ℓ = 20",
    "figure-s9": "and for ℓ from 10 to 80 at k = 10",
    "figure-s10": "During the training the butterfly soon passes the sparse sketch",
    "table-s1": "butterfly < sparse < random in all nine pairs on all data",
}
"""What each figure or table of the paper is to show, in short."""
