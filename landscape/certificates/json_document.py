"""Critical points of the network with trained B as documents of exact numbers, that anyone can
check."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, log10
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from landscape.planes.row_spaces import FREE, RowSpaces

__all__ = ["document", "enclosing", "joined"]

Array = NDArray[Any]

SHARED = ("kind", "bits", "X", "Y", "rows", "k", "dimension")


def document(
    spaces: RowSpaces,
    X: Array,
    Y: Array,
    x: list[arb],
    unknown: list[int],
    radius: list[arb],
    loss: tuple[str, str],
    index: int,
    bits: int,
    dimension_proved: bool,
) -> dict[str, Any]:
    """One critical point: the box of the unknowns around x, exact, and what is claimed of it.

    The keys "X", "Y", "rows" and "k" state the problem; a point has "encoder" (None for the
    identity) and "weights", shape (p, n, 2), "unknown", the places (layer, output, straight or
    crossed) or ("E", row, column) of the unknowns, their "radius", and "loss" and "index". Numbers
    are integers or fractions as text.
    """
    E, weights = spaces.weights_at(np.array([str(_exact(value)) for value in x], dtype=object))
    places: list[list[Any]] = [
        ["E", a, t] for a in range(spaces.k) for t in range(spaces.l) if spaces.k < spaces.l
    ]
    places += np.argwhere(spaces.state == FREE).tolist()
    points = [
        {
            "encoder": E.tolist() if spaces.k < spaces.l else None,
            "weights": [
                [[str(int(w)) if isinstance(w, bool) else w for w in pair] for pair in layer]
                for layer in weights
            ],
            "unknown": [places[v] for v in unknown],
            "radius": [str(_exact(r)) for r in radius],
            "loss": list(loss),
            "index": index,
        }
    ]
    return {
        "kind": "joint-critical-points",
        "bits": bits,
        "X": [[str(Fraction(entry)) for entry in row] for row in X.tolist()],
        "Y": [[str(Fraction(entry)) for entry in row] for row in Y.tolist()],
        "rows": list(spaces.rows),
        "k": spaces.k,
        "dimension": f"{len(unknown)}: "
        + (
            "an upper bound by counting parameters, attained"
            if dimension_proved
            else "the rank at random points"
        ),
        "points": points,
        "distinct": True,
    }


def joined(certificates: Sequence[Any]) -> dict[str, Any]:
    """One document of the points of several certificates for the same problem, claimed to be
    distinct.

    Raises
    ------
    ValueError
        If there is none, one is not certified or complex, or they are not of the same problem.

    Examples
    --------
    >>> from landscape.certificates.certificate import certify
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> points = [certify(X, X, [0, 2], 2, x) for x in ([1, 0, 0, 1], [0, 1, 1, 0])]
    >>> [point["index"] for point in joined(points)["points"]]
    [0, 0]
    """
    documents = [proof.document for proof in certificates]
    if not documents or not all(documents):
        empty = sum(not record for record in documents)
        raise ValueError(
            f"{empty} of {len(documents)} certificates have no document; join certified real "
            f"points only"
        )
    first = documents[0]
    for i, record in enumerate(documents):
        for key in SHARED:
            if record[key] != first[key]:
                raise ValueError(
                    f"certificates 0 and {i} differ in {key}; join points of one problem only"
                )
    return first | {"points": [point for record in documents for point in record["points"]]}


def enclosing(ball: arb) -> tuple[str, str]:
    """Decimal numbers below and above a ball, at most a hundredth of its diameter away.

    Examples
    --------
    >>> enclosing(arb(1, 0.25))
    ('0.749', '1.251')
    """
    low, high = _exact(ball.lower()), _exact(ball.upper())
    width = max(high - low, Fraction(1, 10**300))
    last = 2 - floor(log10(width.numerator) - log10(width.denominator))
    ends = floor(low * Fraction(10) ** last), ceil(high * Fraction(10) ** last)
    return str(Decimal(f"{ends[0]}E{-last}")), str(Decimal(f"{ends[1]}E{-last}"))


def _exact(ball: arb) -> Fraction:
    man, exponent = ball.man_exp()
    return int(man) * Fraction(2) ** int(exponent)
