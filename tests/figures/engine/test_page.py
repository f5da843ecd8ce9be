"""The page of a folder of figures, and drawings made anew from their numbers."""

import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

import figures.engine
from figures.engine.figure import PROFILES
from figures.engine.gallery import find
from figures.engine.page import write_page

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)> \"quoted\" & '5 < 6'"
SMALL = replace(
    find("figure-s1"),
    title=f"Title {NASTY}",
    caption=lambda table, settings: NASTY,
    cases={profile: ({"n": 4},) for profile in PROFILES},
)


class Page(HTMLParser):
    """Ids of the articles, addresses, and text of each element of a page."""

    def __init__(self, path):
        super().__init__()
        self.articles, self.addresses, self.tags, self.text = [], [], [], ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        self.addresses += [attrs[name] for name in ("href", "src") if name in attrs]
        if tag == "article":
            self.articles.append(attrs["id"])

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with two figures, the second made first, and its page."""
    folder = tmp_path_factory.mktemp("figures")
    find("figure-1").make(folder, profile="paper", seed=3)
    SMALL.make(folder)
    assert write_page(folder) == folder / "index.html"
    return folder


@pytest.fixture
def folder(finished, tmp_path):
    return Path(shutil.copytree(finished, tmp_path / "copy"))


def test_figures_stand_in_the_order_of_the_paper(finished):
    assert Page(finished / "index.html").articles == ["figure-1", "figure-s1"]


def test_every_link_leads_to_a_file_beside_the_page_or_into_it(finished):
    page = Page(finished / "index.html")
    files = {address for address in page.addresses if not address.startswith("#")}
    assert files == {
        f"{id}.{suffix}"
        for id in ("figure-s1", "figure-1")
        for suffix in ("csv", "json", "pdf", "png")
    }
    assert all((finished / name).is_file() for name in files)
    assert {address[1:] for address in page.addresses if address.startswith("#")} == set(
        page.articles
    )


def test_captions_and_titles_are_text(finished):
    page = Page(finished / "index.html")
    assert "script" not in page.tags
    assert page.tags.count("img") == 2
    assert page.text.count(NASTY) == 2
    record = json.loads((finished / "figure-1.json").read_text(encoding="utf-8"))
    assert record["caption"] in page.text
    assert record["findings"] in page.text
    assert record["details"] in page.text


def test_numbers_stand_in_a_table_of_text_and_details_are_folded(finished):
    page = Page(finished / "index.html")
    sheet = json.loads((finished / "figure-1.json").read_text(encoding="utf-8"))["sheet"]
    assert len(sheet["lines"]) == 11
    assert page.tags.count("table") == 1
    assert page.tags.count("td") == sum(map(len, sheet["lines"]))
    assert all(cell in page.text for line in sheet["lines"] for cell in line)
    assert page.tags.count("details") == page.tags.count("summary") == 3


def test_the_page_and_the_report_have_one_look(finished):
    look = (Path(figures.engine.__file__).parent / "templates/look.css").read_text("utf-8").strip()
    assert look in (finished / "index.html").read_text(encoding="utf-8")


def test_the_page_says_how_the_figures_came_about(finished):
    text = " ".join(Page(finished / "index.html").text.split())
    seconds = json.loads((finished / "figure-1.json").read_text())["seconds"]
    assert re.search(rf"profile paper, seed 3, 1 computations?, {seconds:.1f} s of one core", text)
    assert re.search("profile quick, seed 0, 1 computation", text)


def test_a_figure_without_a_record_is_left_out(folder):
    (folder / "figure-s1.json").unlink()
    write_page(folder)
    assert Page(folder / "index.html").articles == ["figure-1"]


def test_a_page_of_others_stays(folder):
    write_page(folder)
    (folder / "index.html").write_text("a report on claims")
    with pytest.raises(FileExistsError, match=r"index\.html was changed after this command wrote"):
        write_page(folder)
    (folder / ".gallery.list").unlink()
    with pytest.raises(FileExistsError, match=r"index\.html was not written by this command"):
        write_page(folder)
    assert (folder / "index.html").read_text() == "a report on claims"


def test_a_folder_without_figures_names_the_remedy(tmp_path):
    with pytest.raises(
        FileNotFoundError,
        match=r"has no figures; make some: paper-figures make --all --out .*absent",
    ):
        write_page(tmp_path / "absent")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"null", b"3", b"[]", b"{}", b"\xff", b"without caption", b"truncated"]
)
def test_a_damaged_record_is_refused_by_name(folder, damage):
    path = folder / "figure-1.json"
    before = (folder / "index.html").read_bytes()
    if damage == b"without caption":
        damage = json.dumps(
            {k: v for k, v in json.loads(path.read_text()).items() if k != "caption"}
        ).encode()
    path.write_bytes(path.read_bytes()[:-5] if damage == b"truncated" else damage)
    with pytest.raises(ValueError, match=r"figure-1\.json .*make the figure anew"):
        write_page(folder)
    assert (folder / "index.html").read_bytes() == before


def contents(folder):
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and path.name != "index.html"
    }


def fail(seed, **case):
    raise RuntimeError("computed")


def test_redraw_computes_nothing_and_gives_the_same_bytes(folder):
    before = contents(folder)
    shutil.rmtree(folder / "cases")
    for suffix in ("pdf", "png"):
        (folder / f"figure-s1.{suffix}").unlink()
    paths = replace(SMALL, compute=fail).redraw(folder)
    assert [path.name for path in paths] == [
        "figure-s1.csv",
        "figure-s1.pdf",
        "figure-s1.png",
        "figure-s1.json",
    ]
    assert contents(folder) == before
    assert not (folder / "cases").exists()


def test_redraw_takes_a_new_drawing_and_caption_and_keeps_the_rest(folder):
    before, old = contents(folder), json.loads((folder / "figure-s1.json").read_text())

    def draw(table):
        canvas = SMALL.draw(table)
        canvas.text(0.5, 0.5, "new")
        return canvas

    replace(SMALL, compute=fail, draw=draw, caption=lambda table, settings: "new").redraw(folder)
    after, new = contents(folder), json.loads((folder / "figure-s1.json").read_text())
    assert {name for name in after if after[name] != before[name]} == {
        "figure-s1.pdf",
        "figure-s1.png",
        "figure-s1.json",
    }
    assert {name for name in new if new[name] != old[name]} == {"caption", "files"}


@pytest.mark.parametrize("changed", ["number", "row", "of another seed"])
def test_redraw_refuses_numbers_that_are_not_those_of_the_record(folder, tmp_path, changed):
    path = folder / "figure-s1.csv"
    lines = path.read_text().splitlines(keepends=True)
    if changed == "number":
        lines[1] = lines[1].replace("0.", "0.0", 1)
    elif changed == "row":
        lines.pop()
    else:
        lines = SMALL.make(tmp_path / "other", seed=1)[0].read_text().splitlines(keepends=True)
    path.write_text("".join(lines))
    before = contents(folder)
    with pytest.raises(
        ValueError, match=r"figure-s1\.csv and figure-s1\.json .* do not belong together"
    ):
        SMALL.redraw(folder)
    assert contents(folder) == before


@pytest.mark.parametrize(
    "damage", [b"", b"null", b"[]", b"{}", b'{"files": {}}', b"\xff", b"of another figure"]
)
def test_redraw_refuses_a_damaged_record(folder, damage):
    other = (folder / "figure-1.json").read_bytes()
    (folder / "figure-s1.json").write_bytes(other if damage == b"of another figure" else damage)
    with pytest.raises(ValueError, match="do not belong together; make them anew"):
        SMALL.redraw(folder)


def test_redraw_refuses_numbers_that_are_no_text(folder):
    (folder / "figure-s1.csv").write_bytes(b"\xff")
    with pytest.raises(ValueError, match="do not belong together; make them anew"):
        SMALL.redraw(folder)


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_redraw_without_the_numbers_names_the_remedy(folder, suffix):
    (folder / f"figure-s1.{suffix}").unlink()
    before = contents(folder)
    with pytest.raises(
        FileNotFoundError,
        match=rf"has no figure-s1\.{suffix}; compute it: paper-figures make figure-s1",
    ):
        SMALL.redraw(folder)
    assert contents(folder) == before


@pytest.mark.skipif(
    CHROMIUM is None, reason="needs chromium, chromium-browser or google-chrome on the PATH"
)
def test_in_a_browser_every_image_loads_and_nothing_complains(finished):
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="needs the Python package playwright"
    )
    complaints, requests = [], []
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: requests.append(request.url))
        page.goto((finished / "index.html").as_uri())
        for image in page.locator("img").all():
            image.scroll_into_view_if_needed()
            image.evaluate("e => e.decode()")
        widths = page.eval_on_selector_all(
            "img", "all => all.map(e => e.complete && e.naturalWidth)"
        )
        sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        browser.close()
    assert widths == [1210, 1210]
    assert complaints == []
    assert set(requests) == {
        (finished / name).as_uri() for name in ("index.html", "figure-s1.png", "figure-1.png")
    }
    assert sideways <= 0
