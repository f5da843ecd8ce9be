"""Spans of tagged words, such as chunks or names, and how many of them a tagger finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["f1", "spans"]


def spans(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """The spans of a sentence in BIO form, each as (first word, last word, label).

    B-X begins a span with the label X, I-X continues it, and O is outside of all spans. I-X begins
    a span where none of its label is open, as in the scoring program of CoNLL-2000.

    Examples
    --------
    >>> sorted(spans(["B-NP", "I-NP", "O", "I-VP", "B-VP", "I-NP"]))
    [(0, 1, 'NP'), (3, 3, 'VP'), (4, 4, 'VP'), (5, 5, 'NP')]
    """
    found: set[tuple[int, int, str]] = set()
    start, label = 0, ""
    # one more O closes a span at the end of the sentence
    for i, tag in enumerate([*tags, "O"]):
        prefix, _, new_label = tag.partition("-")
        # an open span ends before O, before B, and before I of another label
        if label and (prefix != "I" or new_label != label):
            found.add((start, i - 1, label))
            label = ""
        if prefix != "O" and not label:
            start, label = i, new_label
    return found


def f1(predicted: Iterable[Sequence[str]], gold: Iterable[Sequence[str]]) -> float:
    """F1 of the predicted spans, the harmonic mean of precision and recall.

    A span is correct if its words and its label are. Precision is the share of correct spans among
    those predicted, recall the share among the gold ones; F1 is 0 if none is correct.

    Examples
    --------
    >>> f1([["B-NP", "O", "B-NP"]], [["B-NP", "I-NP", "B-NP"]])
    0.5
    """
    correct = total = 0
    for guess, truth in zip(predicted, gold, strict=True):
        ours, theirs = spans(guess), spans(truth)
        correct += len(ours & theirs)
        total += len(ours) + len(theirs)
    # with P = correct/predicted and R = correct/gold, 2PR/(P + R) = 2·correct/(predicted + gold)
    return 2 * correct / total if total else 0.0
