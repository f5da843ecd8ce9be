"""The numbers of the published paper beside those of its submission, and the ids that follow them.

Everything is quoted from the published paper: Ailon, Leibovitch, Nair, UAI 2021, PMLR
161:1174-1184, arXiv 2007.08864v2. S marks its supplement, which counts for itself: Lemma S2.1 is
Lemma 2.1 there. Earlier versions of this project quoted the submission to ICLR 2021.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["CONCORDANCE", "VERSION", "Numbered", "alias", "former", "paper", "renamed"]

VERSION = "arXiv 2007.08864v2"
"""The version of the paper that is quoted."""


class Numbered(NamedTuple):
    """A statement, a figure or a table of the paper.

    Attributes
    ----------
    published : str
        Where it stands in the published paper.
    submission : str
        Where it stands in the submission.
    id : str
        What the commands call it; empty if they do not.
    former : str
        What they called it in earlier versions; empty if the same.
    """

    published: str
    submission: str
    id: str = ""
    former: str = ""


CONCORDANCE = (
    Numbered("Section 1, advantage (1)", "Section 1", "introduction-accuracy", "abstract-accuracy"),
    Numbered("Definition 3.1", "Definition 4.1", "definition-3.1", "def-4.1"),
    Numbered("Footnote 4", "Footnote 3", "footnote-4", "footnote-3"),
    Numbered("Footnote 5", "Footnote 4", "footnote-5", "footnote-4"),
    Numbered("Proposition 1", "Proposition 1", "prop-1"),
    Numbered("Proposition 2", "Proposition 2", "prop-2"),
    Numbered("Theorem 1", "Theorem 1", "theorem-1"),
    Numbered("Section S2", "Appendix B"),
    Numbered("Lemma S2.1", "Lemma B.1", "lemma-s2.1", "lemma-b1"),
    Numbered("Section S3", "Appendix C"),
    Numbered("Lemma S3.1", "Lemma C.1", "lemma-s3.1", "lemma-c1"),
    Numbered("Claim S3.1", "Claim C.1", "claim-s3.1", "claim-c1"),
    Numbered("Claim S3.2", "Claim C.2", "claim-s3.2", "claim-c2"),
    Numbered("Section S6", "Appendix F", "weight-bound"),
    Numbered("Figure 1", "Figure 7", "figure-1", "fig07"),
    Numbered("Figure 2", "Figure 1", "figure-2", "fig01"),
    Numbered("Figure 3", "Figure 12 (in part)", "figure-3", "fig12"),
    Numbered("Figure 4", "Figure 2 (left)", "figure-4", "fig02"),
    Numbered("Figure 5", "Figure 2 (right)", "figure-5", "fig02"),
    Numbered("Figure 6", "Figure 3", "figure-6", "fig03"),
    Numbered("Figure 7", "Figure 4", "figure-7", "fig04"),
    Numbered("Figure 8", "Figure 5", "figure-8", "fig05"),
    Numbered("Table 1", "Table 1"),
    Numbered("Table 2", "Table 2"),
    Numbered("Table 3", "Table 3"),
    Numbered("Figure S1", "Figure 6", "figure-s1", "fig06"),
    Numbered("Figure S2", "Figure 8", "figure-s2", "fig08"),
    Numbered("Figure S3", "Figure 9", "figure-s3", "fig09"),
    Numbered("Figure S4", "Figure 10", "figure-s4", "fig10"),
    Numbered("Figure S5", "Figure 11", "figure-s5", "fig11"),
    Numbered("Figure S6", "Figure 12", "figure-s6", "fig12"),
    Numbered("Figure S7", "Figure 13", "figure-s7", "fig13"),
    Numbered("Figure S8", "Figure 14", "figure-s8", "fig14"),
    Numbered("Figure S9", "Figure 15", "figure-s9", "fig15"),
    Numbered("Figure S10", "Figure 16", "figure-s10", "fig16"),
    Numbered("Table S1", "Table 4", "table-s1", "tab04"),
)
"""All that has a number and is quoted, in the order of the published paper."""


def paper(*places: str) -> str:
    """Where something stands in the published paper, and its number in the submission, if another.

    Sections of the paper itself, its footnotes 6 to 9 and the abstract have no line in the table.

    Raises
    ------
    ValueError
        If the table lacks a numbered statement, figure, table or part of the supplement.

    Examples
    --------
    >>> paper("Lemma S2.1")
    'Lemma S2.1 of arXiv 2007.08864v2; Lemma B.1 of the ICLR 2021 submission'
    >>> paper("Abstract", "Proposition 1")
    'Abstract and Proposition 1 of arXiv 2007.08864v2'
    """
    numbers = {row.published: row.submission for row in CONCORDANCE}
    for place in places:
        word, _, number = place.partition(" ")
        numbered = word not in ("Abstract", "Section", "Proof") or number.startswith("S")
        if numbered and place not in numbers:
            raise ValueError(f"the concordance has no line for {place!r}; known: {list(numbers)}")
    others = [numbers[place] for place in places if numbers.get(place, place) != place]
    submitted = f"; {_listed(others)} of the ICLR 2021 submission" if others else ""
    return f"{_listed(places)} of {VERSION}{submitted}"


def _listed(places: Sequence[str]) -> str:
    *first, last = places
    return f"{', '.join(first)} and {last}" if first else last


def former(id: str) -> str:
    """The id of earlier versions, which goes on seeding the random numbers of a claim.

    Examples
    --------
    >>> former("lemma-s2.1"), former("prop-1")
    ('lemma-b1', 'prop-1')
    """
    return next((row.former for row in CONCORDANCE if row.id == id and row.former), id)


def renamed(id: str) -> tuple[str, ...]:
    """What an id is now: itself unless it is only one of earlier versions.

    Two figures were one. An id that means something today is never taken for a former one.

    Examples
    --------
    >>> renamed("lemma-b1"), renamed("fig02"), renamed("footnote-4")
    (('lemma-s2.1',), ('figure-4', 'figure-5'), ('footnote-4',))
    """
    if any(row.id == id for row in CONCORDANCE):
        return (id,)
    return tuple(row.id for row in CONCORDANCE if row.former == id) or (id,)


def alias(id: str) -> str:
    """The id of earlier versions that still leads to this one; empty if there is none.

    Of two figures that were one it leads to the first.

    Examples
    --------
    >>> alias("lemma-s2.1"), alias("figure-5"), alias("footnote-5")
    ('lemma-b1', '', '')
    """
    old = former(id)
    return old if old != id and renamed(old)[0] == id else ""
