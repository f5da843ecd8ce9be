"""The numbers of the published paper, and what became of the ids of earlier versions."""

import hashlib
import json
import re

import pytest

from figures.engine.gallery import TITLES, find
from figures.engine.stored_tables import RESULTS, read
from figures.numbering import CONCORDANCE, alias, former, paper, renamed
from fjlt.runs.seeds import seed_sequence
from proofs_check import claims, run

CLAIMS = {claim.id: claim for claim in claims()}


def test_every_place_and_every_id_has_one_line():
    for column in ("published", "id"):
        names = [name for row in CONCORDANCE if (name := getattr(row, column))]
        assert len(names) == len(set(names))
    ids = {row.id for row in CONCORDANCE if row.id}
    assert ids <= CLAIMS.keys() | TITLES.keys()
    printed = {id for id in TITLES if re.match("figure|table", id)}
    assert printed <= ids
    assert {row.former for row in CONCORDANCE if row.id in printed} == {
        *(f"fig{i:02}" for i in range(1, 17)),
        "tab04",
    }


def test_a_numbered_source_has_the_line_of_its_id():
    for row in CONCORDANCE:
        if row.id and row.published[0] not in "S":
            source = CLAIMS[row.id].source if row.id in CLAIMS else find(row.id).source
            assert source.startswith(paper(row.published))


def test_an_id_of_an_earlier_version_leads_to_one_of_today():
    today = CLAIMS.keys() | TITLES.keys()
    for row in CONCORDANCE:
        assert set(renamed(row.former or row.id)) - {""} <= today
        assert renamed(row.id) == (row.id,)
        if row.former and row.former not in today:
            assert row.id in renamed(row.former)
        assert alias(row.id) not in today
    # footnote 4 of the published paper, and not what was called so
    assert renamed("footnote-4") == ("footnote-4",)
    assert alias("footnote-4") == "footnote-3"
    assert renamed("no-such-id") == ("no-such-id",)


@pytest.mark.parametrize("place", ["Lemma S2.2", "Figure 9", "Section S4", "Appendix B"])
def test_a_place_without_a_line_is_refused(place):
    with pytest.raises(ValueError, match="the concordance has no line for"):
        paper(place)


def test_random_numbers_are_those_of_earlier_versions():
    (entry,) = run(["lemma-b1"]).claims
    assert entry.claim.id == "lemma-s2.1"
    for evidence in entry.evidence:
        drawn = seed_sequence(0, "lemma-b1", "check", evidence.check)
        assert evidence.seed == (0, *drawn.spawn_key)
    assert former("footnote-5") == "footnote-4"


def test_a_folder_of_an_earlier_version_is_read(tmp_path):
    text, record = read(RESULTS, "figure-s1")
    (tmp_path / "fig06.csv").write_text(text, encoding="utf-8")
    record["files"] = {"fig06.csv": hashlib.sha256(text.encode()).hexdigest()}
    (tmp_path / "fig06.json").write_text(json.dumps(record), encoding="utf-8")
    assert read(tmp_path, "figure-s1")[0] == text
    # one that has become two is made anew
    (tmp_path / "fig02.csv").write_text(text, encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"has no figure-4\.csv"):
        read(tmp_path, "figure-4")
