"""What the plots of this package have in common: kinds of points, the loss."""

from __future__ import annotations

__all__ = ["KINDS", "LOSS"]

KINDS = {
    "global minimum": ("#0072B2", "o"),
    "spurious minimum": ("#CC79A7", "X"),
    "strict saddle": ("#D55E00", "^"),
    "maximum": ("#000000", "s"),
}
"""Colour and marker of each kind of critical point; the markers tell them apart in grey."""

LOSS = r"$\|DEBX-Y\|_F^2$"
