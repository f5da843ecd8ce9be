"""What is expected of the claims on the numbers that the paper prints.

The printed numbers, and bounds that follow from curves, are written out here a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proofs_check.checker.expectation import WITNESS, Certificate, Claim
from proofs_check.checker.expected.reasons import DRAWN, LAYER_LISTS, PRINTED, STORED

__all__ = ["CLAIMS"]

TINY = f"1/{10**70}"

SIZES = [
    [1048576, 24676, [[10, 10]]],
    [524288, 18552, []],
    [131072, 13638, [[10, 7]]],
    [1048576, 24676, [[10, 10]]],
    [262144, 12369, [[9, 9]]],
    [262144, 12369, [[9, 9]]],
    [262144, 15440, [[10, 8]]],
]
"""The seven pairs of numbers of Figure 1, and the sizes that fit the bound."""

LAYERS = [[24676, 10, 10], [18552, 10, 9], [13638, 10, 7], [12369, 9, 9], [15440, 10, 8]]


def unlikely(*events: Any) -> Certificate:
    """The certificate that the probability of each event is below ``TINY``."""
    less = [{"left": event, "right": TINY, "balls": WITNESS} for event in events]
    return Certificate("enclosures", "refutes", "interval", {"bits": WITNESS, "less": less})


def table(kind: str, layers: Any) -> Certificate:
    """The certificate of a table of layers."""
    return Certificate(kind, "refutes", "exact", {"layers": layers})


CLAIMS: Mapping[str, Claim] = {
    "printed-layer-weights": Claim(
        "35cc78b1c1af36b05b31ce1a37e412bb61f8293e4cdbb3d5462d914da67a8f2d",
        {"counts": table("printed-weights", LAYERS), "sizes": table("printed-sizes", SIZES)},
        parts=("sizes",),
    ),
    "printed-layer-sizes": Claim(
        "9a837b9d9028849226d7bfa68a4dfe650e619ac33d7a037da3f122aa3c78d957",
        {"linear layers": LAYER_LISTS, "outputs": PRINTED},
    ),
    "printed-model-weights": Claim(
        "70675513fd7129bdaa3f440cd648ce6aba58919b61bf22ce0adf92ba43e8d62e",
        {
            "savings": PRINTED,
            "known totals": LAYER_LISTS,
            "tenfold": PRINTED,
            "file sizes": LAYER_LISTS,
        },
    ),
    "printed-gaussian-names": Claim(
        "2dc9bb082e1e378ede2616fff3cd26c4b04bed4bac9af685a1e2ab117da8a8f5",
        {
            "Gaussian 1": PRINTED,
            # 64 singular values of at least 5, and a chi-squared number of 65536 degrees
            "Gaussian 2": unlikely(
                ["add", ["exp", "-361/2"], ["gamma upper", "32768", "196608/5"]]
            ),
        },
    ),
    "printed-gaussian-scale": Claim(
        "45ff884ea21deb7790703a7ca54cd402f94fd313a184da40933f768ad1f3cc57",
        {
            # half of 1010 over the variance, for rank 32 and for rank 64
            "scale": unlikely(["gamma upper", "16384", "50500"], ["gamma upper", "32768", "50500"]),
            "ratio": unlikely(["beta lower", "32768", "16384", "515/1021"]),
        },
        parts=("scale",),
    ),
    "printed-ranks": Claim(
        "d5054e657acf4e356d3d3f869c754ab7df6fe1ca01e9c350c0df58247e9895d1",
        {"Olivetti": PRINTED, "MNIST": STORED},
        parts=("MNIST",),
    ),
    "printed-scaling": Claim(
        "405a4a03588d9a05932f4726dbc43d92c3443a2362f5c7781dc8d7dbcffeebef",
        {"scaled": STORED, "as described": STORED},
        parts=("as described",),
    ),
    "printed-noise": Claim(
        "be5cc87e74a96092b461ad7f980c5a2065d809d6959dcf9ab5ef7ab3cfb60d93",
        {"noise": DRAWN, "faces": STORED},
        parts=("faces",),
    ),
    "printed-sketch-errors": Claim(
        "f8ff2e2b9a40dc16d44ffd757d1414d7972e3aeb594f5a392e664a45ec93c762", {"agreement": PRINTED}
    ),
    "printed-sketch-order": Claim(
        "4e946f8d2c6b0a93208200c75f7bd0dbdd5d446a7887de098ff6457f96bcd1cd", {"order": PRINTED}
    ),
    "printed-smallest-error": Claim(
        "60f6d83bc5cb47994ca3bcd37f1cd6c293195c1fde8a1ed1f70bd6cd1e7e5c98", {"unit": PRINTED}
    ),
    "printed-times": Claim(
        "e05d6d1dffdd4d45f7834b42d76a48cbe0fc0cd65427a9e1372bee0d399237b5", {"shares": LAYER_LISTS}
    ),
}
"""For each claim the digest of its statement, and what is expected of every check."""
