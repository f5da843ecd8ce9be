"""What the pictures of the page share: axes and marks in SVG, and steps that a slider chooses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

__all__ = ["Axes", "Picture", "Step", "mark"]

Point = tuple[float, float]


@dataclass(frozen=True)
class Step:
    """What is drawn and said at one place of the slider.

    Attributes
    ----------
    label : str
        The place, as in "k = 3".
    drawing : str
        SVG, drawn over the rest of the picture.
    words : str
        A sentence with the numbers of this place, in the plain form of formulas.
    """

    label: str
    drawing: str
    words: str


@dataclass(frozen=True)
class Picture:
    """A picture that stands for a claim.

    Attributes
    ----------
    claim : str
        Id.
    title, caption : str
        In the plain form of formulas.
    alt : str
        What is to be seen, for those who do not see it.
    width, height : float
    drawing : str
        SVG in these units.
    keys : mapping from str to str
        What the marks mean: words to SVG of 16 × 16 units around 0.
    slider : str
        What the slider chooses; empty without one.
    steps : tuple of Step
    start : int
        The step that is shown first, and without a script.
    """

    claim: str
    title: str
    caption: str
    alt: str
    width: float
    height: float
    drawing: str
    keys: Mapping[str, str]
    slider: str = ""
    steps: tuple[Step, ...] = ()
    start: int = 0


@dataclass(frozen=True)
class Axes:
    """A rectangle of the drawing with its scales.

    Attributes
    ----------
    left, top, width, height : float
    xs, ys : (float, float)
        The numbers at its edges: left and right, bottom and top.
    """

    left: float
    top: float
    width: float
    height: float
    xs: Point
    ys: Point

    def x(self, value: float) -> float:
        """Place of a number on the axis to the right."""
        low, high = self.xs
        return round(self.left + (value - low) / (high - low) * self.width, 1)

    def y(self, value: float) -> float:
        """Place of a number on the axis upwards."""
        low, high = self.ys
        return round(self.top + (high - value) / (high - low) * self.height, 1)

    def path(self, points: Iterable[Point]) -> str:
        """Points joined by lines, as the data of an SVG path.

        Examples
        --------
        >>> Axes(0, 0, 10, 10, (0, 1), (0, 1)).path([(0, 0), (0.5, 1)])
        'M0.0,10.0 L5.0,0.0'
        """
        return "M" + " L".join(f"{self.x(x)},{self.y(y)}" for x, y in points)

    def line(self, points: Iterable[Point], style: str) -> str:
        """A line of a class of the style sheet."""
        return f'<path class="{style}" d="{self.path(points)}"/>'

    def area(self, points: Iterable[Point], style: str) -> str:
        """An area of a class of the style sheet."""
        return f'<path class="{style}" d="{self.path(points)} Z"/>'

    def frame(
        self, xticks: Mapping[float, str], yticks: Mapping[float, str], xlabel: str, ylabel: str
    ) -> str:
        """Axes, ticks with their labels, and what the axes mean."""
        low, right = self.top + self.height, self.left + self.width
        parts = [f'<path class="axis" d="M{self.left},{self.top} V{low} H{right}"/>']
        for value, label in xticks.items():
            parts.append(f'<path class="axis" d="M{self.x(value)},{low} v4"/>')
            parts.append(_text(self.x(value), low + 16, label))
        for value, label in yticks.items():
            parts.append(f'<path class="axis" d="M{self.left},{self.y(value)} h-4"/>')
            parts.append(_text(self.left - 7, self.y(value) + 4, label, "end"))
        parts.append(_text(self.left + self.width / 2, low + 33, xlabel))
        parts.append(_text(self.left, self.top - 9, ylabel, "start"))
        return "".join(parts)

    def note(self, x: float, y: float, text: str, anchor: str = "start") -> str:
        """A label at a point."""
        return _text(self.x(x), self.y(y), text, anchor)


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    place = f'x="{round(x, 1)}" y="{round(y, 1)}"'
    return f'<text {place} text-anchor="{anchor}">{escape(text, quote=False)}</text>'


def mark(kind: str, x: float = 0.0, y: float = 0.0) -> str:
    """A mark around a point: "disc", "cross", "triangle" or "square".

    Raises
    ------
    KeyError
        For another kind.

    Examples
    --------
    >>> mark("square", 10, 10)
    '<path class="mark square" transform="translate(10 10)" d="M-5,-5 h10 v10 h-10 z"/>'
    """
    outline = {
        "disc": "M-6,0 a6,6 0 1 1 12,0 a6,6 0 1 1 -12,0 z",
        "cross": "M-6,-3 L-3,-6 L0,-3 L3,-6 L6,-3 L3,0 L6,3 L3,6 L0,3 L-3,6 L-6,3 L-3,0 z",
        "triangle": "M0,-6 L6,5 L-6,5 z",
        "square": "M-5,-5 h10 v10 h-10 z",
    }[kind]
    return f'<path class="mark {kind}" transform="translate({x:g} {y:g})" d="{outline}"/>'
