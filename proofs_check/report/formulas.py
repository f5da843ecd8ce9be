"""Formulas of texts as HTML: LaTeX of statements, and the plain form of findings.

A statement has LaTeX between dollar signs. What a run computes is written in the plain form, which
a terminal can show: <= and >=, x^2 or l^(2n), e_1 or λ_(k+1), 2e-15.
"""

from __future__ import annotations

import re
from html import escape
from typing import Literal

from markupsafe import Markup

__all__ = ["mathml", "plain", "typeset"]

_RAISED = re.compile(r"\^(\((?:[^()]|\([^()]*\))*\)|\{[^{}]*\}|[−-]?\w+)")
# an index is short, and what has it is one letter or a bracket: one_sided_error stays as it is
_LOWERED = re.compile(
    r"((?<![a-z_.])[A-Za-zα-ωΑ-Ω1]|[‖)])"
    r"_(\([^()]*\)|\{[^{}]*\}|(?:\d+|[a-z]{2}|[A-Za-zα-ω])['\u0303]?(?![A-Za-z0-9_]))"
)
_NORM = re.compile(r"‖[^‖]{1,30}‖")
_POWER_OF_TEN = re.compile(r"(?<![\w.-])(-?)(\d+(?:\.\d+)?)e([+-]?\d+)(?!\w)")


def typeset(text: str) -> Markup:
    """HTML of prose with LaTeX between dollar signs, which becomes MathML.

    The rest is in the plain form.

    Raises
    ------
    ValueError
        For an odd number of dollar signs.

    Examples
    --------
    >>> typeset("a < b")
    Markup('a &lt; b')
    """
    pieces = text.split("$")
    if len(pieces) % 2 == 0:
        raise ValueError(f"unbalanced dollar signs in {text!r}")
    # every other piece stood between dollar signs
    page = "".join(mathml(p) if i % 2 else plain(p) for i, p in enumerate(pieces))
    # no line break between a formula and the punctuation after it
    return Markup(
        re.sub(r"<math(?:(?!</math>).)*</math>[.,;:)]+", r'<span class="whole">\g<0></span>', page)
    )


def mathml(formula: str, display: Literal["inline", "block"] = "inline") -> str:
    """A formula in LaTeX as MathML, with the spaces and heights that TeX would give it.

    Examples
    --------
    >>> "<mi>n</mi><mo" in mathml("n/k")
    True
    """
    # bars of a norm are as high as a letter, as TeX has them without \left and \right
    formula = re.sub(r"\\[lr]Vert(?![A-Za-z])", r"\\|", formula)
    formula = re.sub(r"\\[lr]vert(?![A-Za-z])", "|", formula)
    # thin spaces around logarithms, and after the kernel
    formula = re.sub(r"(?<=[\w}])\s*\\log(?![A-Za-z])", r"\\,\\log", formula)
    formula = re.sub(r"\\log(?![A-Za-z])(_\{[^}]*\}|_\w)?", r"\\log\1\\,", formula)
    from latex2mathml.converter import convert

    page = convert(formula.replace(r"\ker", r"\ker\,"), display=display)
    # no spaces around a slash, a bar or the name of a function
    page = re.sub(
        r"<mo[^>]*>(&#x0002F;|&#x0007C;|/|\||[A-Za-z]+)</mo>",
        r'<mo stretchy="false" lspace="0" rspace="0">\1</mo>',
        page,
    )
    # a prime is raised already
    page = re.sub(
        r"<msup>(<mi>.</mi>)<mi>(&#x02032;)</mi></msup>",
        r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>',
        page,
    )
    # a tilde does not lift what is raised after the letter under it
    return re.sub(
        r"<mover>(<mrow>)?<mi>[A-Z]</mi>(</mrow>)?<mo[^>]*>&#x0007E;</mo></mover>",
        r'<mpadded height="0.7em">\g<0></mpadded>',
        page,
    )


def plain(text: str) -> Markup:
    """HTML of a text in the plain form: comparisons as signs, exponents raised, indices lowered.

    Examples
    --------
    >>> plain("2^(M − 6n) <= l^(2n)")
    Markup('2<sup>M − 6n</sup> ≤ l<sup>2n</sup>')
    >>> plain("μ_a at 2e-15, by one_sided_error")
    Markup('μ<sub>a</sub> at 2·10<sup>−15</sup>, by one_sided_error')
    """
    text = text.replace("<=", "≤").replace(">=", "≥")
    # no line break within a norm
    text = _NORM.sub(lambda found: found[0].replace(" ", "\u00a0"), text)
    page = _POWER_OF_TEN.sub(_power_of_ten, escape(text, quote=False))
    page = _RAISED.sub(lambda found: f"<sup>{_bare(found[1])}</sup>", page)
    page = _LOWERED.sub(lambda found: f"{found[1]}<sub>{_bare(found[2])}</sub>", page)
    return Markup(page)


def _power_of_ten(found: re.Match[str]) -> str:
    """A number in floating point as a multiple of a power of ten."""
    sign, digits, exponent = found[1].replace("-", "−"), found[2], int(found[3])
    if exponent == 0 or float(digits) == 0:
        return sign + digits
    raised = f"10<sup>{exponent}</sup>".replace("-", "−")
    return sign + (raised if float(digits) == 1 else f"{digits}·{raised}")


def _bare(text: str) -> str:
    """What is raised or lowered, without the brackets around it."""
    return text[1:-1] if text[0] in "({" else text
