"""Figures S4 and S5: the time saved, against the share of the replaced layer in all products."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from figures.models.architectures import architecture
from figures.models.operations import image_multiplications, word_multiplications
from figures.paper.printed import Printed, number, numbers
from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Finding,
    Grade,
    Verdict,
)

__all__ = ["CLAIM"]

IMAGES = {
    "EfficientNet, CIFAR-10": ("EfficientNet-B0", 10, 32),
    "PreActResNet18, CIFAR-10": ("PreActResNet-18", 10, 32),
    "seresnet152, CIFAR-100": ("SE-ResNet-152", 100, 32),
    "senet154, ImageNet": ("SENet-154", 1000, 224),
}
"""Architecture, classes and side of the images.

The paper gives no sizes of images. For CIFAR the images as they are: enlarged ones take more
multiplications, of which the layer has a smaller share.
"""

WORDS = {
    "NER English": (4196, 20),
    "NER German": (4396, 20),
    "Penn Treebank": (4396, 49),
}
"""Width of the embeddings of a word and number of tags; wider embeddings take more products."""


class Saving(NamedTuple):
    """The time that a model saves, and the shares of the replaced layer.

    Attributes
    ----------
    model, mode : str
    saved : Fraction
        The least share of the time that the printed digits leave.
    wide, output : Fraction
        Share of all multiplications that a layer of the size of Figure 1 has, put before the
        output layer, and that of the output layer.
    """

    model: str
    mode: str
    saved: Fraction
    wide: Fraction
    output: Fraction


def shares(model: str) -> tuple[Fraction, Fraction]:
    """(share of a layer of the printed size, share of the output layer) in all multiplications."""
    if model in IMAGES:
        name, classes, pixels = IMAGES[model]
        all_products = image_multiplications(name, classes, pixels)
        output = architecture(name).features * classes
    else:
        width, tags = WORDS[model]
        all_products = word_multiplications(width, tags)
        output = all_products - word_multiplications(width, 0)
    wide = int(number("figure-1", subject=model, series="dense").value)
    # an additional layer takes part in the total
    return Fraction(wide, all_products + wide), Fraction(output, all_products)


def least_saved(dense: Printed, butterfly: Printed) -> Fraction:
    """The least share of the time saved by two numbers that read as printed.

    Zeros at the end are not printed, so a panel has the unit of its longest label.
    """
    half = min(one.unit for one in numbers(dense.place, at=dense.at)) / 2
    return 1 - (butterfly.value + half) / (dense.value - half)


def savings() -> list[Saving]:
    """All savings of Figures S4 and S5, in the order of the paper."""
    found = []
    for place in ("figure-s4", "figure-s5"):
        for dense in numbers(place, series="dense"):
            butterfly = number(place, subject=dense.subject, series="butterfly", at=dense.at)
            found.append(
                Saving(
                    dense.subject, dense.at, least_saved(dense, butterfly), *shares(dense.subject)
                )
            )
    return found


def slower(saved: Fraction, share: Fraction) -> Fraction:
    """How many times as long a product in the layer takes as elsewhere, at least.

    The layer takes at least the time that is saved, and the rest at most the rest of it.
    """
    return saved / (1 - saved) / (share / (1 - share))


def unexplained(found: list[Saving], times: int = 1) -> list[Saving]:
    """The savings beyond the share of either layer, if its products take ``times`` as long."""
    return [one for one in found if slower(one.saved, max(one.wide, one.output)) > times]


def _percent(share: Fraction) -> str:
    return f"{float(100 * share):.2g} %"


def _amdahl(context: Context) -> Finding:
    found = savings()
    factors = [slower(one.saved, max(one.wide, one.output)) for one in found]
    listed = [
        f"{one.model}, {one.mode}: {_percent(one.saved)} of the time, layer of Figure 1 "
        f"{_percent(one.wide)}, output layer {_percent(one.output)} of the multiplications"
        for one in found
    ]
    preact = next(one for one in found if one.model.startswith("PreAct"))
    return Finding.of(
        len(unexplained(found)) == len(found),
        Bearing.SUPPORTS,
        "Time saved, at least, by the printed digits, and share of the replaced layer in all "
        f"multiplications of weights — {'; '.join(listed)}. If the replacement took no time at "
        "all, a multiplication in the replaced layer would have to take "
        f"{float(min(factors)):.1f} to {float(max(factors)):.0f} times as long as elsewhere, in "
        "the reading that needs less.",
        len(found),
        scope=f"all {len(found)} printed savings",
        numbers={
            "savings": len(found),
            "least": round(float(min(factors)), 1),
            "most": round(float(max(factors))),
            "saved": round(float(100 * preact.saved), 1),
            "wide": float(f"{float(100 * preact.wide):.2g}"),
            "output": float(f"{float(100 * preact.output):.1g}"),
        },
    )


CLAIM = Claim(
    id="printed-times",
    title="The printed savings of time exceed the share of the replaced layer",
    source="Goes beyond Figures 1, S4 and S5",
    statement=(
        r"In every model of Figures S4 and S5, in training and in inference, the share of the time "
        r"that the replacement saves is larger than the share of all multiplications that the "
        r"replaced layer has, be it a layer of the size of Figure 1 or the output layer."
    ),
    expected=Verdict.HOLDS,
    correction=(
        r"By Amdahl's argument fewer multiplications explain only a part of the savings, unless "
        r"each one in the layer takes <<shares:least>> to <<shares:most>> times as long as "
        r"elsewhere. PreActResNet18 saves <<shares:saved>> % of an epoch or more; a layer of "
        r"$1024 \times 512$ has <<shares:wide>> % of the multiplications, the output layer "
        r"<<shares:output>> %. What else differed between the two trainings, the paper does not "
        r"say. Times of our own: claims training-time, prediction-time and replacement-speed."
    ),
    checks=(
        Check(
            "shares",
            Grade.EXACT,
            "multiplications from the layer lists, times as printed",
            _amdahl,
        ),
    ),
    controls=(
        Control(
            "no saving is explained even if products of the layer take 1000 times as long",
            lambda context: unexplained(savings(), 1000) == [],
        ),
        Control(
            "a saving of the share of the layer is unexplained",
            lambda context: (
                unexplained([Saving("", "", Fraction(1, 100), Fraction(1, 100), Fraction(0))]) == []
            ),
        ),
    ),
)
