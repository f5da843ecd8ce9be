"""Table 2: the ranks printed for MNIST and Olivetti."""

from __future__ import annotations

from figures.engine.stored_tables import stored
from figures.engine.table import select
from figures.paper.printed import number
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

FACES = 400
"""Images of the Olivetti data set: ten of each of 40 persons (Samaria, Harter 1994)."""


def printed_rank(data: str) -> int:
    """The rank that Table 2 prints."""
    return int(number("table-2", subject=data, series="rank").value)


def largest_rank(n: int, d: int, different_rows: int) -> int:
    """The largest rank of an n × d matrix with so many different rows at most."""
    return min(n, d, different_rows)


def _olivetti(context: Context) -> Finding:
    n, d = (int(number("table-2", subject="olivetti", series=s).value) for s in ("n", "d"))
    rank, bound = printed_rank("olivetti"), largest_rank(n, d, FACES)
    return Finding.of(
        bound < rank,
        Bearing.REFUTES,
        f"Olivetti, {n} × {d}: each row is one of the {FACES} images of the data set, so that at "
        f"most {FACES} rows are different, and the rank is at most {bound}; printed is {rank}. A "
        "transposed matrix has the same rank.",
        1,
        scope=f"{n} rows that are images of Olivetti",
        numbers={"bound": bound, "printed": rank},
    )


def _mnist(context: Context) -> Finding:
    rows = select(stored("figure-5"), dataset="mnist")
    found = sorted({int(row["rank"]) for row in rows})
    n = int(rows[0]["n"])
    rank, padded = printed_rank("mnist"), n - int(number("section-5.2", subject="mnist").value)
    return Finding.of(
        max(found) < rank,
        Bearing.REFUTES,
        f"MNIST, {n} rows that are images drawn from it, padded to 32 × 32 pixels by {padded} "
        f"numbers near 0: the rank is {found[0]} to {found[-1]} in the stored draws, since pixels "
        f"at the edge are 0 in all the images; printed is {rank}. This says nothing of images in "
        "which zeros inside were replaced as well.",
        len(rows),
        numbers={"least": found[0], "most": found[-1]},
    )


CLAIM = Claim(
    id="printed-ranks",
    title="The image matrices have rank 1024",
    source=paper("Section 5.2", "Table 2"),
    statement=(
        r"The data matrices of MNIST and of Olivetti, whose rows are 1024 images of the data set, "
        r"those of MNIST padded, have rank 1024."
    ),
    expected=Verdict.REFUTED,
    correction=(
        r"Olivetti has 400 images, so the rank is at most <<Olivetti:bound>>. The rank for MNIST "
        r"is <<MNIST:least>> to <<MNIST:most>> in our draws. 1024 is the number of rows. The rank "
        r"printed for HS-SOD, 768, is possible."
    ),
    checks=(
        Check("Olivetti", Grade.EXACT, "the number of different rows", _olivetti),
        Check(
            "MNIST",
            Grade.NUMERICAL,
            "ranks of stored draws, in floating point",
            _mnist,
            partial=True,
        ),
    ),
    controls=(
        Control(
            "1024 different images could not have rank 1024 either",
            lambda context: largest_rank(1024, 4096, 1024) == printed_rank("olivetti"),
        ),
        Control(
            "the rank printed for HS-SOD is impossible too",
            lambda context: largest_rank(1024, 768, 1024) == printed_rank("hyperspectral"),
        ),
    ),
)
