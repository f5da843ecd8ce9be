"""Certified critical points as documents of exact numbers, which anyone can check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, log10
from typing import Any, Protocol

import numpy as np
from flint import arb

from fjlt.types import RealArray
from landscape.planes.dimension import dimension_bound
from landscape.planes.row_spaces import FREE, RowSpaces

__all__ = ["CertifiedPoint", "decimal_enclosure", "merge_documents", "point_document"]

SHARED = ("kind", "bits", "X", "Y", "rows", "k", "dimension")
"""Keys that state the problem."""


@dataclass(frozen=True)
class CertifiedPoint:
    """What is claimed of one critical point.

    Attributes
    ----------
    centre : list of arb
        The V variables at the centre of the box, exact.
    unknown : list of int
        The variables that are not fixed on the slice.
    radius : list of arb
        Radii of the box of the unknowns, exact.
    loss : tuple of str
        Decimal numbers below and above the loss.
    index : int
        Number of negative directions of the loss.
    lines : {None, 0, 1}
        The parity of the first nodes whose lines belong to the point, if any.
    """

    centre: list[arb]
    unknown: list[int]
    radius: list[arb]
    loss: tuple[str, str]
    index: int
    lines: int | None = None


def point_document(
    spaces: RowSpaces, X: RealArray, Y: RealArray, point: CertifiedPoint, bits: int
) -> dict[str, Any]:
    """The document of one critical point: the problem, the box, and what is claimed of it.

    "X", "Y", "rows" and "k" state the problem. A point has the keys

    - "encoder" (None for the identity) and "weights", shape (p, n, 2): the centre of the box;
    - "unknown", the places of the unknowns: (layer, output, 0 for straight or 1 for crossed), or
      ("E", row, column);
    - "radius", the radii of the box;
    - "loss", a lower and an upper bound, and "index";
    - "lines", at a fold only: the parity of the first nodes whose lines are coordinates too.

    Numbers are integers, or fractions and decimals as text.
    """
    E, weights = spaces.weights_at(
        np.array([str(_exact(value)) for value in point.centre], dtype=object)
    )
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
            "unknown": [places[v] for v in point.unknown],
            "radius": [str(_exact(r)) for r in point.radius],
            "loss": list(point.loss),
            "index": point.index,
            **({} if point.lines is None else {"lines": point.lines}),
        }
    ]
    dimension = RowSpaces(spaces.n, spaces.rows, spaces.k).dimension
    dimension_proved = dimension == dimension_bound(spaces.n, spaces.rows, spaces.k)
    return {
        "kind": "joint-critical-points",
        "bits": bits,
        "X": [[str(Fraction(entry)) for entry in row] for row in X.tolist()],
        "Y": [[str(Fraction(entry)) for entry in row] for row in Y.tolist()],
        "rows": list(spaces.rows),
        "k": spaces.k,
        "dimension": f"{dimension}: "
        + (
            "an upper bound by counting parameters, attained"
            if dimension_proved
            else "the rank at random points"
        ),
        "points": points,
        "distinct": True,
    }


class Documented(Protocol):
    """A certificate, as far as its document goes."""

    @property
    def document(self) -> dict[str, Any]:
        """What an independent checker needs; empty if nothing is certified."""
        ...


def merge_documents(certificates: Sequence[Documented]) -> dict[str, Any]:
    """One document of the points of several certificates, which claims that they are distinct.

    Raises
    ------
    ValueError
        If there is no certificate, one of them is not certified or is complex, or they are not of
        the same problem.

    Examples
    --------
    >>> from landscape.certificates.certificate import certify
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> points = [certify(X, X, [0, 2], 2, x) for x in ([1, 0, 0, 1], [0, 1, 1, 0])]
    >>> [point["index"] for point in merge_documents(points)["points"]]
    [0, 0]
    """
    documents = [proof.document for proof in certificates]
    if not documents or not all(documents):
        empty = sum(not record for record in documents)
        raise ValueError(
            f"{empty} of {len(documents)} certificates have no document; merge only certified real "
            "points, at least one"
        )
    first = documents[0]
    for i, record in enumerate(documents):
        for key in SHARED:
            if record[key] != first[key]:
                raise ValueError(
                    f"certificates 0 and {i} differ in {key}; merge only points of one problem"
                )
    return first | {"points": [point for record in documents for point in record["points"]]}


def decimal_enclosure(ball: arb) -> tuple[str, str]:
    """Decimal numbers below and above a ball, at most a hundredth of its diameter away.

    Examples
    --------
    >>> decimal_enclosure(arb(1, 0.25))
    ('0.749', '1.251')
    """
    low, high = _exact(ball.lower()), _exact(ball.upper())
    width = max(high - low, Fraction(1, 10**300))
    # The number of decimals: two digits beyond the first digit of the diameter.
    decimals = 2 - floor(log10(width.numerator) - log10(width.denominator))
    ends = floor(low * Fraction(10) ** decimals), ceil(high * Fraction(10) ** decimals)
    return str(Decimal(f"{ends[0]}E{-decimals}")), str(Decimal(f"{ends[1]}E{-decimals}"))


def _exact(ball: arb) -> Fraction:
    """The value of a ball of radius 0."""
    man, exponent = ball.man_exp()
    return int(man) * Fraction(2) ** int(exponent)
