"""Figure S1: a 16 × 16 butterfly as a graph of 4 layers, and as a product of 4 sparse matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.engine.figure import PROFILES, Figure
from figures.engine.gallery import TITLES
from figures.engine.style import BLACK, BLUE, GREY, TEXT_WIDTH, VERMILION
from figures.engine.table import Row, Table
from figures.numbering import paper
from fjlt import Butterfly

__all__ = ["FIGURES", "caption", "compute", "draw", "factors"]

_SIZE = (TEXT_WIDTH, 3.0)
_ASPECT = _SIZE[0] / _SIZE[1]
_SIGNS: tuple[tuple[int, str, Any], ...] = ((1, BLUE, "solid"), (-1, VERMILION, (0, (2.5, 1.2))))


def compute(seed: int = 0, n: int = 16) -> Table:
    """Every edge of a random butterfly, read off the sparse matrices of its layers.

    Parameters
    ----------
    seed : int
        The weights are uniform in ±[1/2, 1].
    n : int
        Size of the butterfly, a power of 2.

    Returns
    -------
    table : one row for each of the 2·n·log2 n edges
        ``layer`` (0 is applied first), ``output``, ``input``, ``weight``.

    Raises
    ------
    ValueError
        If n is not a power of 2.

    Examples
    --------
    >>> table = compute(n=4)
    >>> len(table), [table[1][column] for column in ("layer", "output", "input")]
    (16, [0, 0, 1])
    """
    rng = np.random.default_rng(seed)
    shape = Butterfly.identity(n).weights.shape
    butterfly = Butterfly(rng.uniform(0.5, 1.0, shape) * rng.choice([-1.0, 1.0], shape))
    edges: list[Row] = []
    for i in range(butterfly.p):
        layer = butterfly.layer(i).tocoo()
        # Row j of a layer holds the two weights of output j, in columns j and j XOR 2^i.
        edges += [
            {"layer": i, "output": int(row), "input": int(column), "weight": float(weight)}
            for row, column, weight in zip(layer.row, layer.col, layer.data, strict=True)
        ]
    return edges


def factors(table: Table) -> list[NDArray[np.float64]]:
    """Dense matrices (n, n) of the layers in a table, layer 0 first; their product is the network.

    Examples
    --------
    >>> [int(np.count_nonzero(factor)) for factor in factors(compute(n=8))]
    [16, 16, 16]
    """
    n = 1 + max(int(edge["output"]) for edge in table)
    matrices = [np.zeros((n, n)) for _ in range(1 + max(int(edge["layer"]) for edge in table))]
    for edge in table:
        matrices[int(edge["layer"])][int(edge["output"]), int(edge["input"])] = edge["weight"]
    return matrices


def draw(table: Table) -> Any:
    """Draw the butterfly as a graph, inputs at the left, and as a product of matrices.

    The rightmost factor is the layer that is applied first. Positive weights are blue, solid and
    filled, negative ones vermilion, dashed and open. Widths and areas grow with the absolute value
    of the weight.
    """
    from matplotlib.figure import Figure as Canvas

    layers = factors(table)
    p = len(layers)
    canvas = Canvas(figsize=_SIZE)
    _graph(canvas.add_axes((0.0, 0.0, 0.46, 1.0), gid="graph"), layers)

    left, gap, top = 0.5, 0.024, 0.94
    width = (0.99 - left - (p - 1) * gap) / p
    # Matrices act from the right: the layer applied first is the rightmost factor.
    for place, i in enumerate(reversed(range(p))):
        x = left + place * (width + gap)
        axes = _matrix(canvas, (x, top), width, layers[i], rf"$B_{i}$", f"factor {i}")
        if i in (0, p - 1):
            axes.set_xlabel("applied first" if i == 0 else "applied last", labelpad=3, fontsize=7)
        if place:
            canvas.text(
                x - gap / 2, top - width * _ASPECT / 2, r"$\cdot$", ha="center", va="center"
            )
    product = np.linalg.multi_dot(layers[::-1]) if p > 1 else layers[0]
    _matrix(canvas, (left + 0.05, 0.53), 0.27, product, "$B$", "product")
    canvas.text(
        left + 0.02, 0.53 - 0.27 * _ASPECT / 2, "$=$", ha="center", va="center", fontsize=10
    )
    _legend(canvas, (left + 0.33, 0.53 - 0.27 * _ASPECT / 2))
    return canvas


def _graph(axes: Any, layers: list[NDArray[np.float64]]) -> None:
    from matplotlib.collections import LineCollection

    p, n = len(layers), len(layers[0])
    largest = max(np.abs(layer).max() for layer in layers)
    # An edge for each non-zero weight: from its input in layer i to its output in layer i + 1.
    for sign, colour, dashes in _SIGNS:
        lines, widths = [], []
        for i, layer in enumerate(layers):
            for output, source in np.argwhere(layer * sign > 0):
                lines.append([(i, source), (i + 1, output)])
                widths.append(1.1 * abs(layer[output, source]) / largest)
        axes.add_collection(
            LineCollection(lines, colors=colour, linewidths=widths, linestyles=[dashes])
        )
    nodes = np.indices((p + 1, n)).reshape(2, -1)
    axes.plot(*nodes, "o", color=BLACK, markersize=2.4, zorder=3)
    for j in range(n):
        axes.text(-0.12, j, f"$x_{{{j}}}$", ha="right", va="center", fontsize=7)
        axes.text(p + 0.12, j, f"$(Bx)_{{{j}}}$", ha="left", va="center", fontsize=7)
    for i in range(p):
        axes.text(i + 0.5, -1.0, f"$B_{i}$", ha="center", va="center")
        axes.text(
            i + 0.5, n + 0.1, f"$j,\\ j \\oplus {1 << i}$", ha="center", va="center", fontsize=7
        )
    axes.set(xlim=(-0.6, p + 0.95), ylim=(n + 0.8, -1.7))
    axes.axis("off")


def _matrix(
    canvas: Any,
    corner: tuple[float, float],
    width: float,
    matrix: NDArray[np.float64],
    title: str,
    gid: str,
) -> Any:
    """Draw the non-zeros of a matrix in square axes with the given top left corner.

    The area of a square is proportional to the absolute value of the entry.
    """
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    height = width * _ASPECT
    axes = canvas.add_axes((corner[0], corner[1] - height, width, height), gid=gid)
    n = len(matrix)
    largest = np.abs(matrix).max()
    for sign, colour, _ in _SIGNS:
        squares = []
        for row, column in np.argwhere(matrix * sign > 0):
            # The area, not the side, is proportional to the absolute value.
            side = 0.9 * (abs(matrix[row, column]) / largest) ** 0.5
            squares.append(Rectangle((column - side / 2, row - side / 2), side, side))
        face = colour if sign > 0 else "none"
        axes.add_collection(
            PatchCollection(squares, facecolor=face, edgecolor=colour, linewidth=0.45)
        )
    axes.set(xlim=(-0.9, n - 0.1), ylim=(n - 0.1, -0.9), xticks=[], yticks=[])
    axes.set_title(title, pad=3)
    for spine in axes.spines.values():
        spine.set(visible=True, color=GREY, linewidth=0.5)
    return axes


def _legend(canvas: Any, place: tuple[float, float]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [],
            [],
            color=colour,
            linestyle=dashes,
            linewidth=1,
            marker="s",
            markersize=4,
            markerfacecolor=colour if sign > 0 else "white",
            label="positive" if sign > 0 else "negative",
        )
        for sign, colour, dashes in _SIGNS
    ]
    canvas.legend(
        handles=handles, loc="center left", bbox_to_anchor=place, frameon=False, handlelength=2.4
    )


def caption(table: Table, settings: Sequence[Mapping[str, Any]]) -> str:
    """What is drawn; the sizes are those of the table."""
    n = 1 + max(int(edge["output"]) for edge in table)
    p = 1 + max(int(edge["layer"]) for edge in table)
    return (
        f"A butterfly of size {n}, drawn from the operator itself, with random weights in "
        f"±[1/2, 1]. Left: as a graph of {p} layers, in which output j of layer i reads the inputs "
        f"j and j XOR 2^i. Right: as the product of {p} sparse matrices with two non-zeros in each "
        "row; the product has no zero. Blue and solid: positive. Vermilion and dashed: negative."
    )


FIGURES = (
    Figure(
        id="figure-s1",
        title=TITLES["figure-s1"],
        source=paper("Figure S1"),
        compute=compute,
        draw=draw,
        caption=caption,
        cases={profile: ({"n": 16},) for profile in PROFILES},
    ),
)
