"""What the README says, runs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import landscape
import proofs_check
from figures.added import crossover
from figures.engine.stored_tables import stored
from proofs_check import Verdict

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def run(example):
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_library_example():
    example, _ = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    error, *levels, trained = run(example)
    assert abs(float(levels[0].split(") ")[1].split()[0]) - float(error)) < 1e-6 * float(error)
    assert levels[0].endswith("0 global minimum")
    assert all(level.endswith("strict saddle") for level in levels[1:])
    assert float(trained.split()[0]) < float(error)


def test_the_layer_example():
    pytest.importorskip("torch")
    _, example = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    (line,) = run(example)
    layer, *numbers = line.rsplit(maxsplit=3)
    weights, error, floor = map(float, numbers)
    assert layer == "ButterflyLinear(in_features=784, out_features=1024, bias=True, k1=10, k2=10)"
    assert weights < 0.1 * 785 * 1024
    assert floor < error < 1


def numbers(pattern):
    """The numbers of the one place of the README that a pattern describes."""
    (found,) = re.finditer(pattern, " ".join(README.split()))
    return [float(number) for number in found.groups()]


def test_the_counts_of_claims():
    every = proofs_check.claims()
    printed = [claim.expected for claim in every if claim.printed]
    # the words of the verdicts, which another test compares with a run
    words = (ROOT / "tests/proofs_check/engine/verdicts.csv").read_text(encoding="utf-8")
    on_ours = set(re.findall(r"^([^,]*),\"?refuted for our networks", words, re.M))
    own = sum(claim.printed and claim.id in on_ours for claim in every)
    refuted, holds = printed.count(Verdict.REFUTED), printed.count(Verdict.HOLDS)
    assert refuted + holds == len(printed)
    pattern = r"Of (\d+) statements .*? (\d+) hold: .*? (\d+) are refuted as .*? (\d+) more, on exp"
    assert numbers(pattern) == [len(printed), holds, refuted - own, own]
    assert numbers(r"(\d+) further claims are ours") == [len(every) - len(printed)]


def test_the_minima_of_the_picture():
    X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    points = landscape.joint_critical_points(X, X, [0, 2], 2)
    spurious, complex_points = (
        [p.loss for p in points if p.kind == "spurious minimum"],
        points.n_complex,
    )
    least, above, below, count = numbers(
        r"minimum of loss (\d+), along .*? basin of loss (\d+)/(\d+)\. All (\d+) complex"
    )
    assert np.allclose(spurious, above / below)
    assert np.isclose(points[0].loss, least)
    assert complex_points == count
    assert numbers(r"minima of loss (\d+)/(\d+) beside the global one of (\d+)") == [
        above,
        below,
        least,
    ]


def test_the_sizes_from_which_the_layer_is_faster():
    table = stored("crossover")
    sizes = [
        max(
            crossover.crossing(
                crossover.ratios(table, "training step", "butterfly", batch, threads)
            )
            for threads in (1, 2)
        )
        for batch in (128, 1)
    ]
    assert numbers(r"from n = (\d+) on for batches of 128, from (\d+) on for single") == sizes


def test_the_trainings_on_digits():
    (claim,) = proofs_check.run(["replacement-accuracy"]).claims
    lower, of = numbers(r"than the dense layer in (\d+) of (\d+) trainings")
    assert f"in {lower:.0f} of {of:.0f} trainings" in claim.correction


def test_the_times_of_the_transform():
    rows = json.loads((ROOT / "benchmarks/results/speed.json").read_text())["rows"]
    found = [row for row in rows if row["name"].startswith("fwht into out, n")]
    low, high, first, last = numbers(
        r"takes ([\d.]+) to ([\d.]+) times as long as a copy into the same array, "
        r"for n = (\d+) to (\d+)"
    )
    ratios = [row["ratios"]["fwht"] for row in found]
    sizes = [row["settings"]["n"] for row in found]
    assert [round(min(ratios), 1), round(max(ratios), 1)] == [low, high]
    assert [min(sizes), max(sizes)] == [first, last]


def test_links_point_to_files():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists()


def missing_files(text, folder):
    """Files that a text names from the root of the checkout, or links to, and that do not exist."""
    named = set(re.findall(r"`((?:fjlt|landscape|figures|proofs_check|tests|docs)/[\w/.]+)`", text))
    linked = {
        target.partition("#")[0]
        for target in re.findall(r"\]\(([^)\s]+)\)", text)
        if not target.startswith(("https://", "#"))
    }
    missing = {name for name in named if not (ROOT / name).exists()}
    return missing | {target for target in linked if not (folder / target).exists()}


# links between the pages of the site are checked where the site is built
@pytest.mark.parametrize("page", ROOT.glob("*.md"), ids=lambda page: page.name)
def test_files_named_in_a_page_exist(page):
    assert missing_files(page.read_text(encoding="utf-8"), page.parent) == set()


@pytest.mark.parametrize("page", (ROOT / "docs").rglob("*.md"), ids=lambda page: page.name)
def test_files_named_in_a_page_of_the_site_exist(page):
    without_links = re.sub(r"\]\([^)]*\)", "]", page.read_text(encoding="utf-8"))
    assert missing_files(without_links, ROOT) == set()


def test_a_planted_name_of_no_file_is_found():
    text = (
        "`fjlt/nowhere.py`, [a page](docs/nowhere.md#here), `fjlt/types.py` and [this](README.md)"
    )
    assert missing_files(text, ROOT) == {"fjlt/nowhere.py", "docs/nowhere.md"}
