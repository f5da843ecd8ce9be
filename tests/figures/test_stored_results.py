"""The results that come with the package: whole, reproducible, and what the captions say of them."""

import hashlib
import json
from pathlib import Path

import pytest

import figures
from figures import duel, fig02, fig04, fig13
from figures.autoencoding import compute as autoencode
from figures.gallery import DRAWN, find
from figures.loss_curves import ratio_to_optimum, replicates
from figures.sketch_errors import ratio, select
from figures.sketching import compute as sketch
from figures.stored import stored

FOLDER = Path(figures.__file__).parent / "results"


@pytest.mark.parametrize("id", DRAWN)
def test_every_figure_is_stored_with_its_record(id):
    record = json.loads((FOLDER / f"{id}.json").read_text(encoding="utf-8"))
    figure = find(id)
    assert record["profile"] == "paper"
    assert record["caption"] == figure.caption
    assert record["settings"] == [dict(case) for case in figure.cases["paper"]]
    assert record["seconds"] <= 2 * 3600  # an hour on two cores
    for name, digest in record["files"].items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest


def test_they_are_small():
    assert sum(path.stat().st_size for path in FOLDER.glob("*.*")) < 15e6


def test_an_unknown_or_changed_table_is_refused(monkeypatch, tmp_path):
    with pytest.raises(FileNotFoundError, match="paper-figures make fig01"):
        stored("fig01")
    results = tmp_path / "results"
    results.mkdir()
    for suffix in (".csv", ".json"):
        (results / f"fig06{suffix}").write_bytes((FOLDER / f"fig06{suffix}").read_bytes())
    monkeypatch.setattr("figures.stored.resources.files", lambda package: tmp_path)
    assert stored("fig06")
    (results / "fig06.csv").write_text("layer\n1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="not the one"):
        stored("fig06")


@pytest.mark.parametrize("id", ["fig06", "fig07", "fig08"])
def test_what_takes_no_time_is_computed_again(id):
    figure = find(id)
    assert [row for case in figure.cases["paper"] for row in figure.compute(0, **case)] == stored(id)


def assert_close(found, expected, rel):
    assert len(found) == len(expected) > 0
    for row, kept in zip(found, expected, strict=True):
        for column, value in kept.items():
            assert row[column] == (pytest.approx(value, rel=rel, abs=1e-9) if isinstance(value, float) else value)


def test_a_case_of_figure_4_is_computed_again(data_folder):
    case = next(c for c in fig04.FIGURE.cases["paper"] if (c["dataset"], c["sketch"]) == ("cifar10", "random FJLT"))
    kept = select(stored("fig04"), dataset="cifar10", sketch="random FJLT")
    assert_close(sketch(0, **case), kept, rel=1e-6)


def test_a_case_of_figure_2_is_computed_again():
    case = next(c for c in fig02.FIGURE.cases["paper"] if c["dataset"] == "gaussian-1")
    found = autoencode(0, **(case | {"adam_steps": 2, "projection_steps": 1}))
    kept = select(stored("fig02"), dataset="gaussian-1", k=case["k"], replicate=0)
    untrained = ("PCA", "FJLT+PCA", "FJLT+PCA, proved l")
    assert_close(*([row for row in rows if row["method"] in untrained] for rows in (found, kept)), rel=1e-6)


def worst(id, method, largest=True):
    table = stored(id)
    points = {(row["dataset"], row["k"]) for row in table}
    found = [ratio_to_optimum(rows) for point in points if (rows := replicates(table, *point, method))]
    if largest:
        return max(
            r["loss"] / r["optimum"] for r in table if r["method"] == method and r["optimum"] > 1e-12 * r["energy"]
        )
    return max(point.mean for point in found if point is not None)


def test_what_the_captions_of_figures_2_and_13_say():
    for words in ("within 0.2 % of Δ_k everywhere", "within 3.1 %", "within 10 %", "about 830"):
        assert words in fig02.CAPTION
    assert worst("fig02", "variable projection") < 1.002
    assert 1.029 < worst("fig02", "Adam, two phases") < 1.031
    assert 1.05 < worst("fig02", "Adam, joint", largest=False) < 1.10
    assert {row["rank"] for row in select(stored("fig02"), dataset="mnist")} <= set(range(820, 840))
    for words in ("within 0.05 %", "within 6.4 %", "below 400"):
        assert words in fig13.CAPTION
    assert worst("fig13", "variable projection") < 1.0005
    assert 1.06 < worst("fig13", "Adam, two phases") < 1.064
    assert max(row["rank"] for row in select(stored("fig13"), dataset="olivetti")) < 400


def test_what_the_captions_of_figure_4_and_the_duel_say():
    table = stored("fig04")
    factors = {
        dataset: ratio(*(select(table, dataset=dataset, sketch=s) for s in ("sparse", "butterfly")), "squared")
        for dataset in ("hyperspectral", "cifar10", "newsgroups")
    }
    assert "2.8 times on the hyperspectral stand-in and 12 times" in fig04.CAPTION
    assert f"{factors['hyperspectral'].mean:.1f}" == "2.8"
    assert f"{factors['cifar10'].mean:.0f}" == "12"
    assert factors["newsgroups"].low < 1 < factors["newsgroups"].high
    wins = {
        (dataset, s): sum(r > 1 for r in duel.ratios(stored("duel"), dataset, s, "squared"))
        for dataset in factors
        for s in ("sparse", "dense")
    }
    assert "31 of 40 on newsgroups" in duel.CAPTION
    assert "14 of 40 on newsgroups" in duel.CAPTION
    expected = {"hyperspectral": (40, 0), "cifar10": (40, 0), "newsgroups": (31, 26)}
    assert {d: (wins[d, "sparse"], wins[d, "dense"]) for d in factors} == expected
