"""The report in Chromium: links, folds, filter, summary, phone, dark, print; nothing from outside
runs or is fetched."""

import dataclasses
import shutil
from collections import Counter
from itertools import pairwise

import pytest

from proofs_check import claims
from proofs_check.claim import Check, Claim, Grade, Verdict
from proofs_check.engine.verdicts import ClaimReport, Report
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
def url(computed, tmp_path_factory):
    report = computed(["definition-3.1", "weight-bound", "lemma-s2.1", "jl-norm"])
    first = report.claims[0].evidence[0]
    finding = dataclasses.replace(first.finding, detail=NASTY)
    spoilt = dataclasses.replace(first, check=NASTY, finding=finding, alpha=1e-9)
    check = Check(NASTY, Grade.EXACT, "m", lambda context: finding)
    torn = Claim(
        "torn-by-its-own-check", NASTY, NASTY, NASTY, depends_on=("lemma-s2.1",), checks=(check,)
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
def whole(tmp_path_factory):
    """The page of all claims, without evidence."""
    entries = (ClaimReport(c, c.expected, Grade.EXACT, (), ()) for c in claims())
    report = Report(tuple(entries), "quick", 0, None, {})
    return write(report, tmp_path_factory.mktemp("whole")).as_uri()


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

    def open_page(fragment="", address=url, **options):
        contexts.append(chromium.new_context(**options))
        page = contexts[-1].new_page()
        page.on("request", lambda request: requests.append(request.url.partition("#")[0]))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.goto(address + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert {request.partition(":")[0] for request in requests} <= {"file", "data"}
    assert len({request for request in requests if request.startswith("file:")}) == 1
    assert complaints == []


def in_view(page, anchor):
    return page.evaluate(
        "id => { const b = document.getElementById(id).getBoundingClientRect();"
        " return b.height > 0 && b.top >= -1 && b.top < innerHeight; }",
        anchor,
    )


def shown(page, selector):
    return page.eval_on_selector_all(
        selector,
        "all => all.filter(e => e.getClientRects().length && e.checkVisibility())"
        ".map(e => e.innerText)",
    )


def test_every_node_of_the_graph_leads_to_its_claim(opened):
    page = opened()
    anchors = page.eval_on_selector_all(
        "svg .node", "all => all.map(e => e.getAttribute('href').slice(1))"
    )
    assert anchors == [
        "definition-3-1",
        "weight-bound",
        "lemma-s2-1",
        "jl-norm",
        "torn-by-its-own-check",
        "waiting",
    ]
    for anchor in anchors:
        page.locator(f'svg .node[href="#{anchor}"]').click()
        page.wait_for_function("id => document.querySelector(':target')?.id === id", arg=anchor)
        assert in_view(page, anchor)
        assert page.locator(f"#{anchor} details").evaluate("e => e.open")


WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}


def cut(page, selector):
    """What is shown of a selector, and which of it is cut at a side of the window."""
    return page.eval_on_selector_all(
        selector,
        """all => {
          const boxes = all.filter(e => e.getClientRects().length)
            .map(e => [e.dataset.claim || e.textContent, e.getBoundingClientRect()]);
          const wide = document.documentElement.clientWidth;
          return [boxes.length,
                  boxes.filter(([, b]) => b.left < 0 || b.right > wide).map(([name]) => name)];
        }""",
    )


def test_no_node_of_the_graph_is_cut_on_a_screen(opened, whole):
    page = opened(address=whole, viewport=WIDE)
    assert cut(page, "svg .node") == [len(claims()), []]
    assert cut(page, "svg .node text")[1] == []
    assert cut(page, ".graph-list li")[0] == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1400
    # a narrower window without another layout would cut some
    page.add_style_tag(content=".graph { display: block !important; max-width: none !important }")
    page.set_viewport_size(PHONE)
    assert len(cut(page, "svg .node")[1]) > 30


def test_on_a_phone_the_graph_is_a_list_and_nothing_is_cut(opened, whole):
    page = opened(address=whole, viewport=PHONE)
    linked = {c.id for c in claims() if c.depends_on or c.follows_up}
    linked |= {below for c in claims() for below in (*c.depends_on, *c.follows_up)}
    assert cut(page, ".graph-list li") == [len(linked), []]
    assert cut(page, ".graph-list li *")[1] == []
    assert cut(page, "svg .node")[0] == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    item = page.locator('.graph-list [data-claim="prop-1-corrected"]').inner_text()
    assert "rests on moments" in item
    assert "follows up prop-1" in item


@pytest.mark.parametrize("wanted", ["rests on", "follows up"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_the_legend_says_what_the_arrows_mean(opened, viewport, wanted):
    page = opened(viewport=viewport)
    assert any(wanted in text for text in shown(page, ".legend p"))


def test_text_of_the_graph_stays_in_its_boxes(opened, whole):
    page = opened(address=whole, viewport=WIDE)
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
        articles = shown(page, "article")
        assert len(articles) == count
        assert name == "all" or all(name in text for text in articles)
        assert page.locator(".filter output").inner_text() == f"{count} of 6 claims"
        assert page.locator(".node:not(.dim)").count() == count


def test_filter_in_the_address_and_a_link_to_a_claim_that_it_hides(opened):
    page = opened("#verdict=refuted")
    assert len(shown(page, "article")) == 1
    assert in_view(page, "claims")
    page.locator('svg .node[href="#definition-3-1"]').click()
    page.wait_for_function("document.querySelectorAll('article[hidden]').length === 0")
    assert in_view(page, "definition-3-1")


def unfolded(page):
    return page.locator("article details[open]").count()


def test_claims_are_folded_to_a_line_each(opened):
    page = opened(viewport=WIDE)
    assert unfolded(page) == 0
    lines = shown(page, "article summary")
    assert len(lines) == 6
    assert all(len(line.splitlines()) <= 4 for line in lines)
    assert "refuted for every SRHT with k ≤ n/2" in " ".join(lines[2].split())
    assert shown(page, "article .evidence") == []
    heights = [box["height"] for box in (s.bounding_box() for s in page.locator("article").all())]
    # the last but one has a name that fills lines
    assert max(heights[:4]) < 45


def test_a_link_to_a_claim_or_a_check_opens_it(opened):
    for fragment in ("#lemma-s2-1", "#lemma-s2-1--every-draw"):
        page = opened(fragment)
        assert unfolded(page) == 1
        assert in_view(page, fragment[1:])
    # the same link a second time, after the claim was closed
    page = opened("#lemma-s2-1")
    page.get_by_role("button", name="Collapse all").click()
    page.locator('.picture a[href="#lemma-s2-1"]').click()
    page.wait_for_function("document.querySelector('#lemma-s2-1 details').open")


def test_a_refuted_claim_shows_its_witness_and_what_holds_instead(opened):
    page = opened()
    page.locator("#lemma-s2-1 summary").focus()
    page.keyboard.press("Enter")
    text = page.locator("#lemma-s2-1").inner_text()
    assert text.index("Witness: identity") < text.index("What holds instead.")
    assert text.index("What holds instead.") < text.index("Negative controls")


def test_expand_and_collapse_all(opened):
    page = opened()
    page.get_by_role("button", name="Expand all").click()
    assert unfolded(page) == 6
    assert len(shown(page, "article .evidence")) == page.locator("article .evidence").count() > 8
    page.get_by_role("button", name="Collapse all").click()
    assert unfolded(page) == 0


def test_the_summary_can_be_copied(opened):
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    page.wait_for_function("document.querySelector('.tools output').textContent !== ''")
    said = page.locator(".tools output").first.inner_text()
    text = page.locator(".summary").inner_text()
    assert text.startswith("6 claims on truncated butterfly networks: 3 hold, 1 refuted")
    if said == "Copied.":
        assert page.evaluate("navigator.clipboard.readText()") == text
    else:
        assert page.evaluate("String(getSelection())").strip() == text.strip()


def test_the_slider_of_a_picture_chooses_what_is_drawn_and_said(opened):
    page = opened()
    picture = page.locator('[data-claim="lemma-s2.1"].picture')
    slider = picture.get_by_role("slider")
    assert slider.get_attribute("aria-valuetext") == "k = 3"
    assert len(shown(page, '[data-claim="lemma-s2.1"] g[data-step]')) == 1
    slider.focus()
    page.keyboard.press("End")
    assert slider.get_attribute("aria-valuetext") == "k = 8"
    assert (
        picture.locator(".steps").inner_text().startswith("k = 8: the error lies between 0 and 0")
    )
    assert picture.locator("g[data-step='7']").is_visible()
    assert not picture.locator("g[data-step='2']").is_visible()


def test_pictures_have_a_name_for_those_who_do_not_see_them(opened):
    page = opened()
    named = page.get_by_role("img").evaluate_all(
        "all => all.map(e => e.getAttribute('aria-labelledby'))"
        ".map(id => document.getElementById(id).textContent)"
    )
    assert len(named) == 2
    assert all(len(text) > 80 for text in named)


def test_headings_go_down_by_one_level_at_a_time(opened):
    page = opened()
    levels = page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(e => +e.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_permalinks_appear_on_hover_and_focus(opened):
    page = opened("#lemma-s2-1")
    link = page.locator("#lemma-s2-1--every-draw .permalink")
    assert link.evaluate("e => getComputedStyle(e).opacity") == "0"
    link.focus()
    assert link.evaluate("e => getComputedStyle(e).opacity") == "1"
    page.keyboard.press("Enter")
    anchor = link.get_attribute("href")[1:]
    page.wait_for_function("id => document.querySelector(':target')?.id === id", arg=anchor)
    page.locator("body").evaluate("() => document.activeElement.blur()")
    link.locator("xpath=..").hover()
    assert link.evaluate("e => getComputedStyle(e).opacity") == "1"


def test_without_scripts_claims_open_and_no_button_is_shown(opened):
    page = opened(java_script_enabled=False)
    assert page.locator("article").count() == 6
    assert not page.locator(".filter").is_visible()
    assert not page.locator("#copy").is_visible()
    assert not page.get_by_role("slider").first.is_visible()
    assert page.locator('[data-claim="lemma-s2.1"] .steps span:visible').count() == 1
    page.locator("#lemma-s2-1 summary").click()
    assert page.locator("#lemma-s2-1 .correction").is_visible()


def test_a_phone_shows_the_claims_without_sideways_scrolling(opened):
    page = opened(viewport=PHONE, is_mobile=True, has_touch=True)
    page.get_by_role("button", name="Expand all").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in (*page.locator("summary").all(), *page.locator(".picture > svg").all()):
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


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
    page.get_by_role("button", name="Expand all").click()
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
        ".summary",
        ".id",
        ".scope",
        ".steps",
        ".keys",
        "figcaption",
        "#copy",
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
    assert len(shown(page, "article")) == 6
    evidence = page.locator("article .evidence")
    heights = evidence.evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
    assert min(heights) > 10
    assert len(shown(page, ".node")) == 6
    assert not page.locator(".filter").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_printing_opens_what_is_folded_and_closes_it_again(opened):
    page = opened("#lemma-s2-1")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert unfolded(page) == 6
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert unfolded(page) == 1


def test_formulas_are_typeset_and_names_stay_text(opened):
    page = opened()
    page.get_by_role("button", name="Expand all").click()
    sizes = page.eval_on_selector_all(
        "math", "all => all.map(e => e.getBoundingClientRect()).map(b => [b.width, b.height])"
    )
    assert len(sizes) > 10
    assert min(min(size) for size in sizes) > 1
    assert page.locator("script").count() == 1
    assert page.locator("img").count() == 0
    assert NASTY in page.locator("#torn-by-its-own-check .evidence").inner_text()
    assert NASTY in page.locator("header").inner_text()


def fonts_of_formulas(page):
    """Names of the fonts that draw the letters and signs of a page's formulas, each drawn once."""
    page.evaluate(
        """() => {
          const leaves = new Set(
            [...document.querySelectorAll("math *")].filter(e => !e.children.length)
              .map(e => e.outerHTML));
          const line = document.getElementById("leaves") || document.createElement("p");
          line.id = "leaves";
          line.innerHTML = [...leaves].map(leaf => `<math>${leaf}</math>`).join("");
          document.body.append(line);
        }"""
    )
    client = page.context.new_cdp_session(page)
    client.send("DOM.enable")
    client.send("CSS.enable")
    root = client.send("DOM.getDocument")["root"]["nodeId"]
    leaves = client.send("DOM.querySelectorAll", {"nodeId": root, "selector": "#leaves math *"})
    fonts = [
        font
        for node in leaves["nodeIds"]
        for font in client.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    ]
    return Counter((font["familyName"], font["isCustomFont"]) for font in fonts)


def test_every_glyph_of_every_formula_is_of_the_font_in_the_page(opened, whole):
    page = opened(address=whole)
    page.evaluate("document.fonts.ready")
    found = fonts_of_formulas(page)
    assert set(found) == {("STIX Two Math", True)}
    assert found.total() > 100
    # without it another font draws them
    page.add_style_tag(content="math { font-family: math !important }")
    assert ("STIX Two Math", True) not in fonts_of_formulas(page)


def test_the_index_of_a_norm_does_not_droop(opened, whole):
    """Where the F of ‖·‖_F begins and ends, from the top of the bars, in heights of a bar."""
    page = opened("#theorem-1", address=whole)
    page.evaluate("document.fonts.ready")

    def place():
        return page.evaluate(
            """() => {
              const sub = [...document.querySelectorAll("#theorem-1 msubsup")].find(
                e => e.children[0].textContent === "‖" && e.children[1].textContent === "F");
              const [bar, index] = [...sub.children].map(e => e.getBoundingClientRect());
              return [index.top, index.bottom].map(y => (y - bar.top) / bar.height);
            }"""
        )

    top, foot = place()
    assert 0.3 < top < 0.7
    assert 1 < foot < 1.2
    # a font without a table of mathematics sets it lower
    page.add_style_tag(content="math { font-family: math !important }")
    assert place()[0] > top
