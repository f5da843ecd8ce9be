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
from figures import data
from landscape import monodromy

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
    ours = [fjlt, fjlt.sklearn, layers, landscape, monodromy]
    packages = [*ours, data, proofs_check, proofs_check.exact]
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


LOW_CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = colour => {
    const [r, g, b] = [...rgba(colour)].map(v => v / 255)
      .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = e => {
    while (e && rgba(getComputedStyle(e).backgroundColor)[3] < 255) e = e.parentElement;
    return e ? getComputedStyle(e).backgroundColor : "white";
  };
  const faint = [];
  for (const e of document.querySelectorAll("article *, header *, nav *")) {
    const says = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!says || !e.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) faint.push(`${e.innerText || e.textContent} (${ratio.toFixed(1)})`);
  }
  return faint;
}"""

# what is too wide scrolls with the article; tables of numbers and formulas scroll by themselves
WIDTH = """article => {
  if (article) document.querySelector("article").innerHTML = article;
  const whole = ".bd-article-container, table.autosummary, #claims table";
  const boxes = [document.documentElement, ...document.querySelectorAll(whole)];
  return Math.max(...boxes.map(box => innerWidth + box.scrollWidth - box.clientWidth));
}"""


def article(path):
    """The part of a page that differs from page to page."""
    text = path.read_text(encoding="utf-8")
    return text[text.index("<article") : text.index("</article>")].partition(">")[2]


@pytest.fixture
def opened(browser):
    """A page in the browser, and what went wrong in it: errors, and requests to elsewhere."""
    page = browser.new_page(viewport={"width": 390, "height": 900}, color_scheme="dark")
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(("file:", "data:")) else faults.append(request.url)
        ),
    )
    yield page, faults
    page.close()


def test_pages_in_a_browser(opened, every):
    """No page is wider than the window, reaches for the network or reports an error.

    The pages of a folder have one frame and its scripts: it is opened once, and holds the articles
    of all of them in turn.
    """
    page, faults = opened
    frame = None
    for path in sorted(every, key=lambda path: (path.parent, path.name)):
        framed = "<article" in path.read_text(encoding="utf-8")
        if framed and path.parent == frame:
            if (wide := page.evaluate(WIDTH, article(path))) > 390:
                faults.append(f"{path.name} is {wide} pixels wide, of 390")
            continue
        frame = path.parent if framed else None
        page.goto(path.as_uri())
        for width in (1400, 390):
            page.set_viewport_size({"width": width, "height": 900})
            if (wide := page.evaluate(WIDTH)) > width:
                faults.append(f"{path.name} is {wide} pixels wide, of {width}")
    assert faults == []


def test_a_wide_page_is_seen(opened):
    page, faults = opened
    page.goto((SITE.resolve() / "claims" / "index.html").as_uri())
    assert page.evaluate(WIDTH, '<div style="width: 600px">wide</div>') > 390
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(opened, scheme):
    page, _ = opened
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1400, "height": 900})
    kinds = (
        "index",
        "claims/index",
        "claims/lemma-s2.1",
        "theory/lemma-2-1",
        "gallery/embeddings/plot_lemma",
    )
    for name in (*kinds, "api/embeddings", "api/generated/fjlt.srht", "commands/landscape"):
        page.goto((SITE.resolve() / f"{name}.html").as_uri())
        assert page.evaluate(LOW_CONTRAST) == [], name
    page.evaluate("document.querySelector('article p').style.color = '#777'")
    page.evaluate("document.querySelector('article p').style.background = '#888'")
    assert len(page.evaluate(LOW_CONTRAST)) >= 1


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
