"""The pages of the documentation say what the claims find."""

from pathlib import Path

import pytest

from proofs_check import claims
from proofs_check.report.documentation import fill, main

THEORY = Path(__file__).parents[3] / "docs" / "theory"
PAGE = THEORY / "printed-numbers.md"


def test_the_page_of_printed_numbers_is_that_of_a_run(tmp_path, capsys):
    text = PAGE.read_text(encoding="utf-8")
    (tmp_path / "changed.md").write_text(text.replace("17468", "17469"), encoding="utf-8")
    (tmp_path / "plain.md").write_text("Nothing to fill in.\n", encoding="utf-8")
    main(str(tmp_path))
    filled = (tmp_path / "changed.md").read_text(encoding="utf-8")
    assert filled == text, "run python -m proofs_check.report.documentation docs/theory"
    assert (tmp_path / "plain.md").read_text(encoding="utf-8") == "Nothing to fill in.\n"
    assert capsys.readouterr().out.split() == [str(tmp_path / "changed.md")]


def test_the_page_has_every_claim_on_printed_numbers():
    text = PAGE.read_text(encoding="utf-8")
    for claim in claims():
        assert text.count(f"<!-- claim: {claim.id} -->") == claim.id.startswith("printed-")


def test_an_unknown_claim_is_an_error():
    with pytest.raises(ValueError, match="weather"):
        fill("<!-- claim: weather -->\n<!-- end -->")


@pytest.mark.parametrize(
    ("page", "row", "false"),
    [
        ("critical-points", "28468224", "300288"),
        ("trained-butterfly", "0, 1, 2, 3, 4; 0, 1, 2, 3, 4, 6", "0, 1, 2, 3, 4"),
    ],
)
def test_the_rows_on_a_page_are_those_of_a_run(page, row, false):
    text = (THEORY / f"{page}.md").read_text(encoding="utf-8")
    assert row in text
    assert fill(text.replace(row, false)) == text


@pytest.mark.parametrize(
    ("mark", "message"),
    [("weather, pairs", "no check 'weather'"), ("small sizes, weather", "no number 'weather'")],
)
def test_rows_of_an_unknown_check_or_number_are_an_error(mark, message):
    with pytest.raises(ValueError, match=message):
        fill(f"<!-- rows: joint-count, {mark} -->\n| n |\n|---|\n<!-- end -->")
