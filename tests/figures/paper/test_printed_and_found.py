"""Printed numbers stand beside the right ones: same data, same sizes, same scale."""

import numpy as np
import pytest

from figures.engine.stored_tables import stored
from figures.engine.table import select
from figures.paper.autoencoder_losses import printed_shares
from figures.paper.learned_sketches import _stars
from figures.paper.printed import numbers
from figures.paper.printed_and_found import PLACES, READINGS, beside


@pytest.mark.parametrize("place", ["figure-2", "figure-7", "figure-8", "figure-s8", "table-s1"])
def test_every_printed_number_has_a_line(place):
    # one that is found in two networks has two
    lines = list({line[0]: line for line in beside(place).lines}.values())
    assert [line[1] for line in lines] == [one.text for one in numbers(place)]


@pytest.mark.parametrize(
    ("place", "at", "id", "measure", "reading", "where"),
    [
        ("figure-2", "dense", "photographs-wide", "accuracy", "P", {"epoch": 8}),
        ("figure-s6", "dense, Adam, epoch 3", "photographs-wide", "accuracy", "P", {"epoch": 3}),
        ("figure-s3", "dense, step 200", "first-steps", "score", "R", {"step": 200}),
        ("figure-s3", "dense, step 200", "first-steps", "score", "P", {"step": 200}),
    ],
)
def test_curves_in_both_readings_stand_beside_the_printed_ones(
    place, at, id, measure, reading, where
):
    dataset = {"photographs-wide": "cifar10_png", "first-steps": "conll2003_en"}[id]
    rows = select(stored(id), dataset=dataset, layer="dense", reading=reading, **where)
    mean = 100 * np.mean([row[measure] for row in rows])
    network = "smaller tagger" if id == "first-steps" else "8 epochs"
    (line,) = (
        line
        for line in beside(place).lines
        if line[0].endswith(at)
        and network in line[3]
        and ("replaced" in line[3]) == (reading == "P")
    )
    assert abs(float(line[2].split()[0]) / mean - 1) < 0.01
    assert float(line[1]) > 30


def test_a_found_number_is_the_mean_of_its_rows():
    rows = select(stored("figure-8"), sketch="sparse", nonzeros=4, k=10, l=20)
    mean = np.mean([row["squared"] for row in rows])
    (line,) = (line for line in beside("figure-8").lines if "N = 4" in line[0])
    assert abs(float(line[2].split()[0]) / mean - 1) < 0.01
    assert line[3] == "Jasper Ridge"


def test_the_curves_of_the_gaussian_matrices_agree_with_the_names_exchanged():
    for dataset, id in (("gaussian-1", "figure-4"), ("gaussian-2", "figure-s7")):
        start, shares = printed_shares(dataset)
        assert (shares[0], min(shares), max(shares)) == (1, 0, {"gaussian-1": 32}.get(dataset, 62))
        assert start in (1018, 1020)
        compared = []
        for k, share in shares.items():
            rows = select(stored(id), dataset=dataset, method="PCA", k=k)
            found = [row["loss"] / row["energy"] for row in rows]
            # two readings, each within one per cent of the start
            assert np.allclose(found, share, atol=0.02)
            compared += [k] * bool(found)
        assert compared == list(shares)[1:]


def test_figure_6_has_each_printed_curve_beside_each_reading_of_its_data():
    lines = beside("figure-6").lines
    of = [line[3] for line in lines if line[2] != "–"]
    assert {words.partition(", k =")[0] for words in of} == set(READINGS.values())
    # 37.4 lies between two widths
    assert all(line[3].endswith("k = 37") == ("37.4" in line[0]) for line in lines if line[3])
    table = select(stored("figure-6"), dataset="imagenet-scaled", k=25, method="Adam, random init")
    mean = np.exp(np.mean([np.log(row["loss"] / row["optimum"]) for row in table]))
    (line,) = (
        line
        for line in lines
        if line[0].endswith("random init, k = 25") and line[3] == READINGS["imagenet-scaled"]
    )
    assert abs(float(line[2].split()[0]) / mean - 1) < 0.01


def test_stars_are_for_the_sizes_of_a_table_alone():
    table = [{"dataset": "hyperspectral", "k": 10, "l": 20}]
    assert len(_stars("figure-8", table)) == 7
    assert {one.at for one in _stars("figure-s9", table)} == {"10 20"}
    assert _stars("figure-8", [{"dataset": "hyperspectral", "k": 2, "l": 4}]) == []
    assert _stars("figure-8", [{"dataset": "digits", "k": 10, "l": 20}]) == []


def test_every_experiment_of_the_paper_has_its_place():
    drawn = {f"figure-{i}" for i in (2, 3, 4, 5, 6, 7, 8)} | {f"figure-s{i}" for i in range(3, 11)}
    assert set(PLACES) == drawn | {"table-s1"}
