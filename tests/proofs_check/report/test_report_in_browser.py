"""The report in Chromium: links, filter, permalinks, phone, dark, print; nothing from outside runs
or is fetched."""

import dataclasses
import shutil

import pytest

from proofs_check import run
from proofs_check.claim import Check, Claim, Grade, Verdict
from proofs_check.engine.verdicts import ClaimReport
from proofs_check.report.document import write

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)>"

playwright = pytest.importorskip(
    "playwright.sync_api", reason="needs the Python package playwright"
)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="needs chromium, chromium-browser or google-chrome on the PATH"
)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    report = run(["def-4.1", "weight-bound", "lemma-b1", "moments"])
    first = report.claims[0].evidence[0]
    finding = dataclasses.replace(first.finding, detail=NASTY)
    spoilt = dataclasses.replace(first, check=NASTY, finding=finding, alpha=1e-9)
    check = Check(NASTY, Grade.EXACT, "m", lambda context: finding)
    torn = Claim(
        "torn-by-its-own-check", NASTY, NASTY, NASTY, depends_on=("lemma-b1",), checks=(check,)
    )
    waiting = Claim(
        "waiting", "Nobody looked", "Nowhere", "$x$", depends_on=("torn-by-its-own-check",)
    )
    added = (
        ClaimReport(torn, Verdict.UNDECIDED, None, (spoilt,), ((NASTY, True),)),
        ClaimReport(waiting, Verdict.UNDECIDED, None, (), ()),
    )
    report = dataclasses.replace(report, claims=(*report.claims, *added), data=NASTY)
    return write(report, tmp_path_factory.mktemp("report")).as_uri()


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, url):
    """opened(**options of the context): the report in a new page; at the end, that it asked for and
    said nothing."""
    contexts, requests, complaints = [], [], []

    def open_page(fragment="", **options):
        contexts.append(chromium.new_context(**options))
        page = contexts[-1].new_page()
        page.on("request", lambda request: requests.append(request.url.partition("#")[0]))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.goto(url + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert set(requests) == {url}
    assert complaints == []


def in_view(page, anchor):
    return page.evaluate(
        "id => { const b = document.getElementById(id).getBoundingClientRect();"
        " return b.height > 0 && b.top >= -1 && b.top < innerHeight; }",
        anchor,
    )


def shown(page, selector):
    return page.eval_on_selector_all(
        selector, "all => all.filter(e => e.getClientRects().length).map(e => e.innerText)"
    )


def test_every_node_of_the_graph_leads_to_its_claim(opened):
    page = opened()
    anchors = page.eval_on_selector_all(
        "svg .node", "all => all.map(e => e.getAttribute('href').slice(1))"
    )
    assert anchors == [
        "def-4-1",
        "weight-bound",
        "lemma-b1",
        "moments",
        "torn-by-its-own-check",
        "waiting",
    ]
    for anchor in anchors:
        page.locator(f'svg .node[href="#{anchor}"]').click()
        page.wait_for_function("id => document.querySelector(':target')?.id === id", arg=anchor)
        assert in_view(page, anchor)


def test_text_of_the_graph_stays_in_its_boxes(opened):
    page = opened()
    assert page.evaluate(
        "[...document.querySelectorAll('.node')].every(n => "
        "[...n.querySelectorAll('text')].every(t => t.getBBox().width <= "
        "n.querySelector('rect').getBBox().width - 8))"
    )


def test_filter(opened):
    page = opened()
    expected = {"all": 6, "holds": 3, "refuted": 1, "undecided": 1, "not yet checked": 1}
    for name, count in expected.items():
        button = page.get_by_role("button", name=name, exact=True)
        button.focus()
        page.keyboard.press("Enter")
        assert page.locator('button[aria-pressed="true"]').all_inner_texts() == [name]
        rows, articles = shown(page, ".verdicts tbody tr"), shown(page, "article")
        assert len(rows) == len(articles) == count
        assert name == "all" or all(name in text for text in rows + articles)
        assert page.locator("output").inner_text() == f"{count} of 6 claims"
        assert page.locator(".node:not(.dim)").count() == count


def test_filter_in_the_address_and_a_link_to_a_claim_that_it_hides(opened):
    page = opened("#verdict=refuted")
    assert len(shown(page, "article")) == 1
    assert in_view(page, "verdicts")
    page.locator('svg .node[href="#def-4-1"]').click()
    page.wait_for_function("document.querySelectorAll('article[hidden]').length === 0")
    assert in_view(page, "def-4-1")


def test_permalinks_appear_on_hover_and_focus(opened):
    page = opened()
    for link in (
        page.locator("#lemma-b1 h3 .permalink"),
        page.locator("#lemma-b1--every-draw .permalink"),
    ):
        assert link.evaluate("e => getComputedStyle(e).opacity") == "0"
        link.focus()
        assert link.evaluate("e => getComputedStyle(e).opacity") == "1"
        page.keyboard.press("Enter")
        anchor = link.get_attribute("href")[1:]
        page.wait_for_function("id => document.querySelector(':target')?.id === id", arg=anchor)
        page.locator("body").evaluate("() => document.activeElement.blur()")
        link.locator("xpath=..").hover()
        assert link.evaluate("e => getComputedStyle(e).opacity") == "1"
        page.mouse.move(0, 0)


def test_without_scripts_everything_is_shown_and_no_button(opened):
    page = opened(java_script_enabled=False)
    assert page.locator("article").count() == 6
    assert not page.locator(".filter").is_visible()
    assert page.locator("article").last.is_visible()


def test_a_phone_shows_the_verdicts_without_sideways_scrolling(opened):
    page = opened(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for cell in page.locator(".verdicts tr:nth-child(3) td:not(.extra)").all():
        box = cell.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert not page.locator(".verdicts .extra").first.is_visible()
    graph = page.locator("[aria-label='Dependency graph']")
    assert graph.evaluate("e => e.scrollWidth > e.clientWidth")


def contrast(page, selector):
    """WCAG contrast of the text of an element with the first opaque background under it."""
    return page.locator(selector).first.evaluate(
        """element => {
          const parse = text => text.match(/[\\d.]+/g).map(Number);
          const light = rgb => rgb.slice(0, 3).map(v => v / 255)
            .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const svg = element instanceof SVGElement;
          const front = parse(getComputedStyle(element)[svg ? "fill" : "color"]);
          const first = c => element.parentNode.querySelector("." + c);
          const box = svg && (first("fill") || first("paper"));
          let under = svg ? parse(getComputedStyle(box).fill) : null;
          for (let e = element; !under; e = e.parentElement) {
            const colour = parse(getComputedStyle(e).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) under = colour;
          }
          const [a, b] = [light(front), light(under)].sort((x, y) => y - x);
          return (a + 0.05) / (b + 0.05);
        }"""
    )


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_light_and_dark_are_both_readable(opened, scheme, dark):
    page = opened(color_scheme=scheme)
    red = int(
        page.evaluate("getComputedStyle(document.body).backgroundColor").split("(")[1].split(",")[0]
    )
    assert (red < 60) is dark
    texts = [
        "p",
        ".soft",
        "a",
        "th",
        "h4",
        ".filter button",
        "[aria-pressed=true]",
        ".legend p",
        ".source",
    ]
    states = [".badge.holds", ".badge.refuted", ".badge.undecided", ".badge.unchecked"]
    for selector in [*texts, *states, ".node:not(.solid)[data-verdict=unchecked] text"]:
        assert contrast(page, selector) >= 4.5, selector
    for grade in Grade:
        page.locator(".node.solid .fill").first.evaluate(
            "(e, c) => e.setAttribute('class', c)", f"fill solid {grade}"
        )
        assert contrast(page, ".node.solid text") >= 4.5, grade


def test_print_shows_everything_black_on_white(opened):
    page = opened("#verdict=refuted", color_scheme="dark")
    page.emulate_media(media="print")
    assert len(shown(page, "article")) == len(shown(page, ".verdicts tbody tr")) == 6
    assert not page.locator(".filter").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_formulas_are_typeset_and_names_stay_text(opened):
    page = opened()
    sizes = page.eval_on_selector_all(
        "math", "all => all.map(e => e.getBoundingClientRect()).map(b => [b.width, b.height])"
    )
    assert len(sizes) > 10
    assert min(min(size) for size in sizes) > 1
    assert page.locator("script").count() == 1
    assert page.locator("img").count() == 0
    assert NASTY in page.locator("#torn-by-its-own-check .evidence").inner_text()
    assert NASTY in page.locator("header").inner_text()
