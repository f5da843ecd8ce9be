"""The table of single vectors: it is what is computed, and no line contradicts itself."""

import csv

import pytest

from benchmarks.single_vectors import CASES, COLUMNS, EPS, TABLE, measured, row
from fjlt.runs.binomial import limits

with TABLE.open(encoding="utf-8", newline="") as file:
    HEADER, *STORED = csv.reader(file)

SMALL = ("srht", 1024, 512)


def test_all_cases_are_there_with_their_bounds_and_laws():
    assert tuple(HEADER) == COLUMNS
    cases = [(*case, eps) for case in CASES for eps in EPS]
    assert [line[:7] for line in STORED] == [row(*case, None) for case in cases]


def test_draws_are_those_of_the_seed():
    norms = measured(*SMALL)
    assert [line for line in STORED if line[:3] == list(map(str, SMALL))] == [
        row(*SMALL, eps, norms) for eps in EPS
    ]


def contradictions(factor):
    """Lines with a law or a share above the bound times a factor, by more than chance."""
    return [
        line
        for line in STORED
        for bound, law, share, draws in [(line[4], line[6], line[7], line[8])]
        if float(law.replace("–", "0")) > factor * float(bound)
        or limits(round(float(share) * int(draws)), int(draws), 1e-6)[0] > factor * float(bound)
    ]


@pytest.mark.parametrize(("factor", "some"), [(1, False), (0.25, True)])
def test_neither_law_nor_draws_exceed_a_bound(factor, some):
    """A bound of a quarter would be exceeded."""
    assert bool(contradictions(factor)) == some
