"""What the README says, runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_the_verdicts_are_those_of_the_claims():
    from proofs_check import claims

    rows = dict(
        re.findall(r"^\| ([a-z0-9.-]+) \| (holds|refuted|undecided)[ |]", README, flags=re.M)
    )
    assert rows == {claim.id: str(claim.expected) for claim in claims() if claim.checks}


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
