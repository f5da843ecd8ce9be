"""Figure 1: the weights printed for the replacement are the values of a bound, not a count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from figures.paper.printed import numbers
from fjlt import max_effective_weights, mean_effective_weights, min_effective_weights
from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Finding,
    Grade,
    Verdict,
    paper,
)

__all__ = ["CLAIM"]

Formula = Callable[[int, int], int]
"""Weights of one butterfly of size 2^p that keeps k outputs, from (p, k)."""


class Bar(NamedTuple):
    """The two numbers that Figure 1 prints for a model."""

    model: str
    dense: int
    butterfly: int


def bars() -> list[Bar]:
    """The numbers of Figure 1, model by model."""
    found = numbers("figure-1")
    return [
        Bar(dense.subject, int(dense.value), int(butterfly.value))
        for dense, butterfly in zip(found[::2], found[1::2], strict=True)
    ]


def floored(p: int, k: int) -> int:
    """2n·⌊log2 k⌋ + 6n, the bound of Section S6 with the logarithm rounded down; n = 2^p."""
    return (2 * (k.bit_length() - 1) + 6) << p


def largest(p: int, k: int) -> int:
    """The largest number of effective weights over all sets of k outputs."""
    return max_effective_weights(1 << p, k)


def every(p: int, k: int) -> int:
    """All weights of the butterfly."""
    return 2 * p << p


def replaced(p1: int, p2: int, formula: Formula) -> int:
    """Weights of the replacement of a 2^p2 × 2^p1 layer with k1 = p1 and k2 = p2."""
    return formula(p1, p1) + formula(p2, p2) + p1 * p2


def shapes(dense: int) -> Iterator[tuple[int, int]]:
    """All (p1, p2), p1 >= p2 >= 1, with dense = 2^p1·2^p2.

    A power of 2 has no other factors, so these are all sizes of a layer with k >= 1.
    """
    p = dense.bit_length() - 1
    if dense == 1 << p:
        yield from ((p1, p - p1) for p1 in range(-(-p // 2), p))


def sizes(bar: Bar, formula: Formula) -> list[tuple[int, int]]:
    """All sizes of a layer for which both numbers are as printed."""
    return [shape for shape in shapes(bar.dense) if replaced(*shape, formula) == bar.butterfly]


def nearest(bar: Bar) -> list[tuple[int, int, int]]:
    """(distance to the printed number, p1, p2) for every size, the nearest first."""
    return sorted(
        (abs(replaced(*shape, floored) - bar.butterfly), *shape) for shape in shapes(bar.dense)
    )


def _sizes(context: Context) -> Finding:
    fitting = [bar for bar in bars() if len(sizes(bar, floored)) == 1]
    (off,) = (bar for bar in bars() if not sizes(bar, floored))
    (_, p1, p2), (second, _, _) = nearest(off)[:2]
    formula = replaced(p1, p2, floored)
    digits = sum(a != b for a, b in zip(str(formula), str(off.butterfly), strict=True))
    searched = sum(len(list(shapes(bar.dense))) for bar in bars())
    listed = dict.fromkeys(
        f"{bar.butterfly} at {1 << p1} × {1 << p2}"
        for bar in fitting
        for p1, p2 in sizes(bar, floored)
    )
    return Finding.of(
        len(fitting) + 1 == len(bars()) and digits == 1,
        Bearing.REFUTES,
        f"All {searched} pairs of sizes n_1 >= n_2 > 1 whose product is the printed number of "
        "dense weights: (2n_1⌊log k_1⌋ + 6n_1) + (2n_2⌊log k_2⌋ + 6n_2) + k_1·k_2 with k_i = "
        f"log n_i is the other printed number for {len(fitting)} of {len(bars())} models, each "
        f"time for one pair alone: {', '.join(listed)}. For {off.model} it is {formula} at "
        f"{1 << p1} × {1 << p2}, printed is {off.butterfly}, which differs in one digit; at all "
        f"other sizes it is off by {second} or more.",
        searched,
        numbers={"fitting": len(fitting), "models": len(bars()), "formula": formula},
        certificate={
            "kind": "printed-sizes",
            "layers": [
                [bar.dense, bar.butterfly, [list(shape) for shape in sizes(bar, floored)]]
                for bar in bars()
            ],
        },
    )


class Layer(NamedTuple):
    """A printed number of the replacement, and the counts at the size that fits it.

    ``least``, ``mean`` and ``most`` are over all sets of kept outputs; ``stored`` is the number of
    all weights of both butterflies and the core.
    """

    p1: int
    p2: int
    printed: int
    least: int
    mean: float
    most: int
    stored: int


def layers() -> list[Layer]:
    """The different layers of Figure 1."""
    found = dict.fromkeys((*nearest(bar)[0][1:], bar.butterfly) for bar in bars())
    return [
        Layer(
            p1,
            p2,
            printed,
            replaced(p1, p2, lambda p, k: min_effective_weights(1 << p, k)),
            sum(float(mean_effective_weights(1 << p, p)) for p in (p1, p2)) + p1 * p2,
            replaced(p1, p2, largest),
            replaced(p1, p2, every),
        )
        for p1, p2, printed in found
    ]


def _counts(context: Context) -> Finding:
    found = layers()
    names = [f"{1 << layer.p1} × {1 << layer.p2}" for layer in found]
    listed = [
        f"{name}: {layer.least} to {layer.most}, {layer.mean:.0f} in the mean, printed "
        f"{layer.printed}"
        for name, layer in zip(names, found, strict=True)
    ]
    return Finding.of(
        all(layer.most < layer.printed < layer.stored for layer in found),
        Bearing.REFUTES,
        "Weights on a path to a kept output, from the least to the most over all sets of kept "
        f"outputs — {'; '.join(listed)}. Every printed number is above all of them, and below the "
        "number of all weights of the butterflies and the core.",
        len(found),
        scope=", ".join(names),
        numbers={
            "most": found[0].most,
            "mean": round(found[0].mean),
            "printed": found[0].printed,
            "sizes": ", ".join(names),
            "layers": [layer._asdict() for layer in found],
        },
        certificate={
            "kind": "printed-weights",
            "layers": [[layer.printed, layer.p1, layer.p2] for layer in found],
        },
    )


def fits(formula: Formula) -> int:
    """For how many models some size has both printed numbers."""
    return sum(bool(sizes(bar, formula)) for bar in bars())


CLAIM = Claim(
    id="printed-layer-weights",
    title="Figure 1 counts the weights of the replaced layer",
    source=paper("Section 5.1", "Figure 1"),
    statement=(
        r"Figure 1 reports the number of weights of the dense linear layer, and of the network "
        r"that replaces it with $k_1 = \log n_1$ and $k_2 = \log n_2$."
    ),
    expected=Verdict.REFUTED,
    correction=(
        r"The numbers of the dense layers are counts. Those of the replacement are the values of "
        r"the upper bound of Section S6 with the logarithm rounded down, "
        r"$2n_i\lfloor\log k_i\rfloor + 6n_i$ for either butterfly, and $k_1k_2$ for the core, "
        r"but for one digit. They tell the sizes of the replaced layers: <<counts:sizes>>. The "
        r"replacement is smaller than printed: at $1024 \times 1024$ it has at most "
        r"<<counts:most>> effective weights, whichever outputs are kept, and <<counts:mean>> in "
        r"the mean; printed is <<counts:printed>>."
    ),
    depends_on=("weight-bound",),
    checks=(
        Check(
            "counts",
            Grade.EXACT,
            "effective weights at the sizes that the printed numbers fit",
            _counts,
        ),
        Check(
            "sizes",
            Grade.EXACT,
            "all pairs of sizes whose product is the printed number of dense weights",
            _sizes,
            partial=True,
        ),
    ),
    controls=(
        Control(
            "the largest number of effective weights fits some sizes",
            lambda context: fits(largest) == 0,
        ),
        Control("all weights of the butterflies fit some sizes", lambda context: fits(every) == 0),
        Control(
            "the bound with 4n in the place of 6n",
            lambda context: fits(lambda p, k: floored(p, k) - (2 << p)) == 0,
        ),
        Control(
            "the bound with the logarithm rounded up",
            lambda context: fits(lambda p, k: (2 * (k - 1).bit_length() + 6) << p) == 0,
        ),
    ),
)
