"""Pictures of the page, drawn from numbers that the run computes."""

from collections.abc import Iterable

from proofs_check.report.pictures.basins import basins
from proofs_check.report.pictures.concentration import concentration
from proofs_check.report.pictures.drawing import Picture
from proofs_check.report.pictures.reconstruction import reconstruction

__all__ = ["pictures"]

_OF_CLAIM = {"lemma-b1": reconstruction, "jl-norm": concentration, "joint-spurious": basins}


def pictures(claim_ids: Iterable[str]) -> list[Picture]:
    """The pictures that belong to some claims, each computed once in a process.

    Cost: about a second for all.

    Examples
    --------
    >>> [picture.title for picture in pictures(["def-4.1", "lemma-b1"])]
    ['What comes back of a vector']
    """
    known = set(claim_ids)
    return [draw() for claim, draw in _OF_CLAIM.items() if claim in known]
