"""What the Python sessions of the documentation print is what they print here."""

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def session(text, name):
    """The sessions of one page, which go on where the one before ended."""
    blocks = re.findall(r"```python\n(>>> .*?)```", text, flags=re.S)
    return doctest.DocTestParser().get_doctest("\n".join(blocks), {}, name, name, 0)


def failures(text, name):
    """Number of examples that print something else, and what the runner says of them."""
    said: list[str] = []
    outcome = doctest.DocTestRunner(verbose=False).run(session(text, name), out=said.append)
    return outcome.failed, "".join(said)


PAGES = {
    str(page.relative_to(ROOT)): page.read_text(encoding="utf-8")
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
}


@pytest.mark.parametrize(
    "name", [name for name, text in PAGES.items() if session(text, name).examples]
)
def test_the_sessions_of_a_page(name):
    failed, said = failures(PAGES[name], name)
    assert not failed, said


def test_a_wrong_number_in_a_session_is_noticed():
    page = "```python\n>>> 1 + 1\n3\n```\n\n```python\n>>> 'later'\n'later'\n```\n"
    assert failures(page, "planted")[0] == 1
