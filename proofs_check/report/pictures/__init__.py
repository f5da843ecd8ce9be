"""Pictures of the page, drawn from numbers that the run computes."""

from collections.abc import Iterable

from proofs_check.report.pictures.basins import draw_basins
from proofs_check.report.pictures.concentration import draw_concentration
from proofs_check.report.pictures.drawing import Picture
from proofs_check.report.pictures.reconstruction import draw_reconstruction

__all__ = ["pictures_of"]

_OF_CLAIM = {
    "lemma-s2.1": draw_reconstruction,
    "jl-norm": draw_concentration,
    "joint-spurious": draw_basins,
}


def pictures_of(claim_ids: Iterable[str]) -> list[Picture]:
    """The pictures that belong to some claims, each computed once in a process.

    Cost: about a second for all.

    Examples
    --------
    >>> [picture.title for picture in pictures_of(["definition-3.1", "lemma-s2.1"])]
    ['What comes back of a vector']
    """
    known = set(claim_ids)
    return [draw() for claim, draw in _OF_CLAIM.items() if claim in known]
