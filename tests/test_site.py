"""The documentation site, as it was built: links, completeness, and how it looks in a browser."""

import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import fjlt
import fjlt.sklearn
import landscape
import proofs_check

ROOT = Path(__file__).resolve().parents[1]
SITE = Path(os.environ.get("SITE", ROOT / "docs" / "_build" / "html"))
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
OWN_WAYS = {"genindex.html", "py-modindex.html", "search.html"}  # that the menus do not name

pytestmark = pytest.mark.skipif(
    "SITE" not in os.environ and not SITE.is_dir(), reason="make docs has not been run"
)


class Page(HTMLParser):
    """Links, anchors and images of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors.add(attributes.get("id"))
        named = {"a": "href", "img": "src", "script": "src", "link": "href"}.get(tag)
        if named and (target := attributes.get(named)):
            self.links.add(target)


def pages(site):
    names = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    return {path: Page(path.read_text(encoding="utf-8")) for path in names}


def broken(every):
    """Links within the site that lead nowhere."""
    for path, page in every.items():
        for link in page.links:
            address = urlsplit(link)
            if address.scheme in {"http", "https", "data", "mailto"}:
                continue
            target = (path.parent / unquote(address.path)).resolve() if address.path else path
            if not target.is_file():
                yield f"{path.name}: {link}"
            elif target in every and address.fragment:
                anchors = every[target].anchors
                if unquote(address.fragment) not in anchors:
                    yield f"{path.name}: {link}"


def reached(every, start):
    found, waiting = set(), [start]
    while waiting:
        path = waiting.pop()
        if path not in found and path in every:
            found.add(path)
            links = {urlsplit(link) for link in every[path].links}
            waiting += [(path.parent / unquote(a.path)).resolve() for a in links if not a.scheme]
    return found


@pytest.fixture(scope="module")
def every():
    return pages(SITE.resolve())


def test_links_lead_somewhere(every):
    assert sorted(broken(every)) == []


def test_every_page_can_be_reached(every):
    site = SITE.resolve()
    missing = set(every) - reached(every, site / "index.html")
    assert {str(path.relative_to(site)) for path in missing} <= OWN_WAYS


def test_planted_faults_are_found(tmp_path):
    (tmp_path / "index.html").write_text('<a href="a.html#here">a</a> <a href="b.html">b</a>')
    (tmp_path / "a.html").write_text('<h1 id="there">A</h1>')
    (tmp_path / "c.html").write_text("<p>alone</p>")
    planted = pages(tmp_path.resolve())
    assert sorted(broken(planted)) == ["index.html: a.html#here", "index.html: b.html"]
    assert tmp_path.resolve() / "c.html" not in reached(planted, tmp_path.resolve() / "index.html")


def test_every_public_name_has_one_page():
    layers = pytest.importorskip("fjlt.torch")
    packages = [fjlt, fjlt.sklearn, layers, landscape, proofs_check, proofs_check.exact]
    public = {f"{p.__name__}.{name}" for p in packages for name in p.__all__} - {
        "proofs_check.exact"
    }
    listed = []
    for page in (ROOT / "docs" / "api").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        for module, names in re.findall(
            r"currentmodule:: ([\w.]+)\n\n.*?:toctree: generated\n\n(.*?)```", text, re.S
        ):
            listed += [f"{module}.{name}" for name in names.split()]
    assert sorted(listed) == sorted(public)


def test_every_claim_has_a_page(every):
    names = {path.stem for path in every if path.parent.name == "claims"}
    assert names == {claim.id for claim in proofs_check.claims()} | {"index"}


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM:
        pytest.skip("no Chromium")
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (390, "dark")])
def test_pages_in_a_browser(browser, every, width, scheme):
    """No page is wider than the window, reaches for the network or reports an error.

    All pages at 390 pixels; at 1400 those that are not made by the dozen.
    """
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    faults, requests = [], []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("request", lambda request: requests.append(request.url))
    for path in every:
        if width > 390 and path.parent.name in {"generated", "claims"}:
            continue
        page.goto(path.as_uri())
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            faults.append(f"{path.name} is {wide} pixels wide")
    assert faults == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    page.close()


def test_formulas_are_set_in_the_font_of_the_site(browser):
    page = browser.new_page()
    page.goto((SITE.resolve() / "theory" / "lemma-2-1.html").as_uri())
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px \"STIX Two Math\"')")
    assert page.locator("math").count() > 10
    page.close()


def test_search_finds_a_word_from_disk(browser):
    page = browser.new_page()
    page.goto((SITE.resolve() / "search.html").as_uri() + "?q=SRHT")
    page.wait_for_selector("#search-results li", timeout=20_000)
    assert page.locator("#search-results li").count() > 3
    page.close()
