"""Spans of tagged words, chunks or names, and how many of them a tagger finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["f1", "spans"]


def spans(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """First and last word and kind of each span of a sentence in BIO form.

    I begins a span where none of its kind is open, as in the scoring program of CoNLL-2000.

    Examples
    --------
    >>> sorted(spans(["B-NP", "I-NP", "O", "I-VP", "B-VP", "I-NP"]))
    [(0, 1, 'NP'), (3, 3, 'VP'), (4, 4, 'VP'), (5, 5, 'NP')]
    """
    found: set[tuple[int, int, str]] = set()
    start, kind = 0, ""
    for i, tag in enumerate([*tags, "O"]):
        place, _, new = tag.partition("-")
        if kind and (place != "I" or new != kind):
            found.add((start, i - 1, kind))
            kind = ""
        if place != "O" and not kind:
            start, kind = i, new
    return found


def f1(predicted: Iterable[Sequence[str]], gold: Iterable[Sequence[str]]) -> float:
    """Harmonic mean of the shares of right spans among those predicted and among the gold ones; 0
    if none is right.

    Examples
    --------
    >>> f1([["B-NP", "O", "B-NP"]], [["B-NP", "I-NP", "B-NP"]])
    0.5
    """
    right = both = 0
    for guess, truth in zip(predicted, gold, strict=True):
        ours, theirs = spans(guess), spans(truth)
        right += len(ours & theirs)
        both += len(ours) + len(theirs)
    return 2 * right / both if both else 0.0
