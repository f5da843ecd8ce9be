"""The file of printed numbers: complete, read exactly, and with an interval for each number."""

from fractions import Fraction

import pytest

from figures.paper.printed import TABLE_S1, number, numbers

PLACES = {
    **{f"figure-{i}": n for i, n in ((1, 14), (2, 8), (3, 8), (7, 12), (8, 7))},
    **{"table-2": 15, "table-3": 6, "table-s1": 66, "figure-s4": 16, "figure-s5": 12},
}


@pytest.mark.parametrize("place", PLACES)
def test_every_label_and_cell_is_there_once(place):
    found = numbers(place)
    assert len(found) == PLACES[place]
    assert len({(one.subject, one.series, one.at) for one in found}) == len(found)


def test_only_what_was_measured_in_a_picture_has_an_uncertainty():
    places = [f"figure-{i}" for i in range(1, 9)] + [f"figure-s{i}" for i in range(2, 11)]
    every = [one for place in (*places, "table-2", "table-3", "table-s1") for one in numbers(place)]
    assert {(one.reading in ("curve", "bar")) == (one.within > 0) for one in every} == {True}
    assert {one.reading for one in every} == {"label", "table", "curve", "bar"}
    assert all(one.low < one.value < one.high for one in every)


def test_the_curves_fall_and_the_accuracies_rise():
    for place in ("figure-4", "figure-5", "figure-6", "figure-s7"):
        for subject in {one.subject for one in numbers(place)}:
            for series in {one.series for one in numbers(place, subject=subject)}:
                found = numbers(place, subject=subject, series=series)
                at = [Fraction(one.at) for one in found]
                values = [one.value for one in found]
                assert at == sorted(at)
                assert values == sorted(values, reverse=True)
    for series in {one.series for one in numbers("figure-s6")}:
        values = [one.value for one in numbers("figure-s6", series=series)]
        assert values == sorted(values)
        # the first epochs are those of figure 3
        for epoch in "12":
            both = [number(p, series=series, at=epoch).value for p in ("figure-3", "figure-s6")]
            assert both[0] == both[1]


def test_an_interval_holds_what_was_rounded_and_what_was_cut_off():
    one = number("figure-7", subject="Tech", series="butterfly")
    assert (one.text, one.low, one.high) == ("0.56", Fraction("0.555"), Fraction("0.57"))
    curve = number("figure-s7", subject="gaussian-2", series="trained", at="32")
    assert (curve.low, curve.high) == (-3, 9)


def test_no_number_and_several_numbers_are_errors():
    with pytest.raises(ValueError, match="figure-9 has no number with that name"):
        numbers("figure-9")
    with pytest.raises(ValueError, match=r"no number with .'series': 'dense'"):
        number("figure-s9", series="dense")
    with pytest.raises(ValueError, match="figure-2 has 4 numbers"):
        number("figure-2", series="dense")


def test_the_table_of_sketches_has_floats_by_family():
    assert TABLE_S1[10, 20, "butterfly"] == {
        "hyperspectral": 0.012,
        "cifar10": 0.470,
        "newsgroups": 0.568,
    }
    assert TABLE_S1[30, 60, "random sparse"] == {"hyperspectral": 2.105, "newsgroups": 5.124}
    assert len(TABLE_S1) == 27
