"""The numbers in the documents are those of the stored tables."""

import re
from pathlib import Path

import pytest

from figures.documentation import BLOCKS, fill, main

DOCS = Path(__file__).parents[2] / "docs" / "guides"
DOCUMENTS = (
    "experiments.md",
    "landscapes.md",
    "numbering.md",
    "printed-beside-found.md",
    "replacement.md",
)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_holds_the_numbers_of_the_stored_tables(name):
    text = (DOCS / name).read_text(encoding="utf-8")
    assert fill(text) == text, "run python -m figures.documentation docs/guides"


def test_every_block_stands_in_one_document():
    texts = "".join((DOCS / name).read_text(encoding="utf-8") for name in DOCUMENTS)
    assert sorted(re.findall(r"<!-- numbers: (.*) -->", texts)) == sorted(BLOCKS)
    assert texts.count("<!-- end -->") == len(BLOCKS)


def test_a_changed_number_is_written_anew(tmp_path, capsys):
    text = (DOCS / "replacement.md").read_text(encoding="utf-8")
    (tmp_path / "changed.md").write_text(text.replace("8192", "8193"), encoding="utf-8")
    (tmp_path / "plain.md").write_text("Nothing to fill in.\n", encoding="utf-8")
    main(str(tmp_path))
    assert (tmp_path / "changed.md").read_text(encoding="utf-8") == text
    assert (tmp_path / "plain.md").read_text(encoding="utf-8") == "Nothing to fill in.\n"
    assert capsys.readouterr().out.split() == [str(tmp_path / "changed.md")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!-- numbers: weather -->\n<!-- end -->", "unknown block 'weather'; known: concordance"),
        ("plain", "no line <!-- numbers: NAME -->"),
    ],
)
def test_a_document_that_cannot_be_filled(text, message):
    with pytest.raises(ValueError, match=message):
        fill(text)
