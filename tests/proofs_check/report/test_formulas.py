"""Formulas in HTML: LaTeX of statements, the plain form of findings; the font that sets them."""

import re
from html import unescape
from importlib.resources import files

import pytest

from proofs_check import claims
from proofs_check.checker import pages
from proofs_check.report.formulas import mathml, plain, typeset


def test_typeset():
    assert typeset(r"$2n\log n$").count("<mspace") == 2
    assert typeset("a < b & c") == "a &lt; b &amp; c"
    assert "<math" in typeset(r"where $x \le 1$")
    assert typeset("$x$ and ($y$), $z$").count('<span class="whole"><math') == 1
    assert typeset("n <= 2^p, $x$").startswith("n ≤ 2<sup>p</sup>, <math")
    with pytest.raises(ValueError, match="unbalanced"):
        typeset("costs 5 $")


CLOSE = '<mo stretchy="false" lspace="0" rspace="0">'


def test_formulas_have_the_spaces_and_heights_of_tex():
    assert mathml("|x|/n").count(CLOSE) == 3
    assert f"{CLOSE}Pr</mo>" in mathml(r"\Pr[x]")
    assert "<mspace" in mathml(r"\ker A")
    assert "<msup>" not in mathml("W'x")
    assert "′" in unescape(mathml("W'x"))
    raised = r'<msup><mpadded height="0.7em"><mover>.*</mover></mpadded><mo>&#x022A4;</mo></msup>'
    assert re.search(raised, mathml(r"\tilde X^\top"))
    assert mathml(r"\lVert x\rVert_F") == mathml(r"\|x\|_F")
    assert mathml(r"\lvert x\rvert") == mathml("|x|")
    assert 'display="block"' in mathml("x", display="block")


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("2^(M − 6n) <= l^(2n)", "2<sup>M − 6n</sup> ≤ l<sup>2n</sup>"),
        ("e^(−(k/2)·t) >= 2^61", "e<sup>−(k/2)·t</sup> ≥ 2<sup>61</sup>"),
        ("‖Y‖_F², λ_(k+1), σ_{r+1}", "‖Y‖<sub>F</sub>², λ<sub>k+1</sub>, σ<sub>r+1</sub>"),
        ("3a_1²x_a, ∂F_ij/∂Z_ij", "3a<sub>1</sub>²x<sub>a</sub>, ∂F<sub>ij</sub>/∂Z<sub>ij</sub>"),
        ("1e-09, -2.5e-3 and 7e+00", "10<sup>−9</sup>, −2.5·10<sup>−3</sup> and 7"),
        ("fjlt.one_sided_error, europeana_ner_de, n_inputs=n", None),
        ("‖x − y‖ <= ‖x‖ + ‖y‖", "‖x\u00a0−\u00a0y‖ ≤ ‖x‖ + ‖y‖"),
        ("x < y & z, R2e3d, claim S3.2", "x &lt; y &amp; z, R2e3d, claim S3.2"),
    ],
)
def test_plain_form(text, page):
    assert plain(text) == (page or text)


def unset(page):
    """A page's raised and lowered text in the form that the checker compares."""
    for tag, sign in (("sup", "^"), ("sub", "_")):
        page = page.replace(f"<{tag}>", sign + "{").replace(f"</{tag}>", "}")
    return unescape(page)


def test_the_checker_reads_the_plain_form_as_the_page_sets_it():
    """It has its own reading; here the two meet on all that the claims say."""
    texts = [
        text
        for c in claims()
        for text in (
            c.title,
            c.source,
            *c.statement.split("$")[::2],
            *c.correction.split("$")[::2],
            *(word for check in c.checks for word in (check.name, check.method)),
            *(control.name for control in c.controls),
        )
    ]
    assert len(texts) > 500
    for text in [
        *texts,
        "2^(M − 6n) <= l^(2n) at 2e-15, ‖Y‖_F² of e_(n/2+1), x^{a_1}, l^(2^(p−i))",
    ]:
        assert pages._plain(unset(str(plain(text)))) == pages._plain(text)


def test_another_exponent_or_index_is_another_text():
    for one, other in (("2^10", "210"), ("x_1", "x1"), ("1e-09", "10^−8"), ("a <= b", "a < b")):
        assert pages._plain(one) != pages._plain(other)


def test_the_font_is_there_with_its_licence():
    folder = files("proofs_check.report") / "fonts"
    font = (folder / "stix-two-math.woff2").read_bytes()
    assert font[:4] == b"wOF2"
    assert len(font) < 120_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / "OFL.txt").read_text()


def test_both_bars_of_a_norm_have_one_height():
    bars = re.findall(r"<mo[^>]*>&#x02016;</mo>", mathml(r"\lVert x\rVert^2 + \|y\|_F"))
    assert len(bars) == 4
    assert len(set(bars)) == 1
    assert 'stretchy="false"' in bars[0]


def test_the_base_of_a_logarithm_belongs_to_it():
    page = mathml(r"2n\log_2 n")
    assert "<msub><mi>log</mi><mn>2</mn></msub>" in page
    assert page.count('<mspace width="0.167em" />') == 2
