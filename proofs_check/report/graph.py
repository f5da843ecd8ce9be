"""The dependency graph of a run: what each node shows, and a layered layout of boxes and arrows.

The layout is that of Sugiyama, Tagawa and Toda (IEEE Trans. Syst. Man Cybern. 11, 1981): columns by
longest chain, order within a column by barycentres, then positions that shorten the arrows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from textwrap import wrap
from typing import Literal

import numpy as np
from scipy.optimize import isotonic_regression

from proofs_check.claim import Grade, Verdict
from proofs_check.engine.verdicts import ClaimReport, Report

__all__ = ["Arrow", "Box", "Graph", "Node", "layers", "of_report", "state"]

WIDTH, ROW_GAP, COLUMN_GAP, MARGIN = 250.0, 12.0, 54.0, 6.0
HEAD, LINE, FOOT = 20.0, 14.0, 24.0  # heights in a box: the id, a line of the title, the verdict
LETTERS = 34  # of a line of a title at 12 px, for every common sans-serif face
ACROSS = 4  # boxes in a row of claims without any link
SWEEPS = 24  # of the ordering, and of the positions


@dataclass(frozen=True)
class Box:
    """Place of a node: upper left corner and size, in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Arrow:
    """An arrow from one claim to another.

    Attributes
    ----------
    start, end : str
        Ids. The claim at the end rests on the one at the start, or follows it up.
    relation : {"rests", "follows"}
    path : str
        In SVG.
    """

    start: str
    end: str
    relation: Literal["rests", "follows"]
    path: str


@dataclass(frozen=True)
class Node:
    """A claim as drawn.

    Attributes
    ----------
    id, title : str
    lines : tuple of str
        The title in lines that fit into the box.
    state : str
        The verdict, or "unchecked".
    words : str
        The verdict in its own words.
    grade : Grade, optional
    solid : bool
        Whether the claim and all that it rests on, directly or not, hold.
    box : Box
    """

    id: str
    title: str
    lines: tuple[str, ...]
    state: str
    words: str
    grade: Grade | None
    solid: bool
    box: Box


@dataclass(frozen=True)
class Graph:
    """A drawing of the claims.

    Attributes
    ----------
    nodes : tuple of Node
    arrows : tuple of Arrow
    width, height : float
        Size of the drawing in pixels.
    """

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    width: float
    height: float


def of_report(report: Report) -> Graph:
    """The graph of the claims of a run.

    A dependency that was not part of the run is not drawn, and counts as not known to hold.
    """
    entries = {entry.claim.id: entry for entry in report.claims}
    rests, follows = (
        {i: [d for d in pick(e.claim) if d in entries] for i, e in entries.items()}
        for pick in (attrgetter("depends_on"), attrgetter("follows_up"))
    )
    links = {i: list(dict.fromkeys([*rests[i], *follows[i]])) for i in entries}
    lines = {
        i: tuple(wrap(e.claim.title, LETTERS, break_on_hyphens=False)) for i, e in entries.items()
    }
    boxes, paths = _layout(links, {i: HEAD + LINE * len(lines[i]) + FOOT for i in entries})
    arrows = tuple(
        Arrow(start, end, "rests" if start in rests[end] else "follows", path)
        for (start, end), path in paths.items()
    )
    holding: dict[str, bool] = {}
    depth = layers(links)
    # dependencies first, so that they are decided before the claims that rest on them
    for i in sorted(entries, key=lambda i: depth[i]):
        entry = entries[i]
        known = all(holding.get(d, False) for d in entry.claim.depends_on)
        holding[i] = known and entry.checked and entry.verdict is Verdict.HOLDS
    nodes = tuple(
        Node(i, e.claim.title, lines[i], state(e), e.words, e.grade, holding[i], boxes[i])
        for i, e in entries.items()
    )
    width = max((box.x + box.width for box in boxes.values()), default=0.0) + MARGIN
    height = max((box.y + box.height for box in boxes.values()), default=0.0) + MARGIN
    return Graph(nodes, arrows, round(width, 1), round(height, 1))


def state(entry: ClaimReport) -> str:
    """The verdict of a claim as a word, or "unchecked"."""
    return str(entry.verdict) if entry.checked else "unchecked"


def layers(links: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Length of the longest chain of dependencies below each node.

    Parameters
    ----------
    links : mapping from a node to the nodes that it rests on

    Raises
    ------
    ValueError
        If the dependencies have a cycle.

    Examples
    --------
    >>> layers({"a": [], "b": ["a"], "c": ["a", "b"]})
    {'a': 0, 'b': 1, 'c': 2}
    """
    depth: dict[str, int] = {}
    unplaced = {node: set(below) for node, below in links.items()}
    while unplaced:
        free = [node for node, below in unplaced.items() if below.isdisjoint(unplaced)]
        if not free:
            raise ValueError(f"these claims rest on one another in a circle: {sorted(unplaced)}")
        for node in free:
            depth[node] = 1 + max((depth[below] for below in unplaced.pop(node)), default=-1)
    return {node: depth[node] for node in links}


def _layout(
    links: Mapping[str, Sequence[str]], heights: Mapping[str, float]
) -> tuple[dict[str, Box], dict[tuple[str, str], str]]:
    """Boxes of the nodes and paths of the arrows.

    A column holds the nodes of one layer. Nodes without any link stand in rows below the columns.
    """
    linked = {node for node, below in links.items() if below} | {
        b for below in links.values() for b in below
    }
    depth = layers(links)
    columns: list[list[str]] = [
        [] for _ in range(1 + max((depth[node] for node in linked), default=0))
    ]
    for node in links:
        if node in linked:
            columns[depth[node]].append(node)
    # an arrow across several columns passes each of them through a slot of its own, without height
    routes: dict[tuple[str, str], list[str]] = {}
    segments: list[tuple[str, str]] = []
    for node, below in links.items():
        for b in below:
            slots = [f"{b} → {node} @ {column}" for column in range(depth[b] + 1, depth[node])]
            for column, slot in enumerate(slots, depth[b] + 1):
                columns[column].append(slot)
            routes[b, node] = [b, *slots, node]
            segments += pairwise(routes[b, node])
    columns = _ordered(columns, segments)
    sizes = {name: heights.get(name, 0.0) for column in columns for name in column}
    centre = _centres(columns, segments, sizes)

    pitch = WIDTH + COLUMN_GAP
    boxes = {
        name: Box(
            round(MARGIN + i * pitch, 1),
            round(centre[name] - heights[name] / 2, 1),
            WIDTH,
            heights[name],
        )
        for i, column in enumerate(columns)
        for name in column
        if name in links
    }
    arrows = {}
    for (below, node), route in routes.items():
        left = MARGIN + depth[below] * pitch
        # from the right side of a box, by a curve across each gap, straight through each slot
        path = f"M{left + WIDTH:.1f},{centre[below]:.1f}"
        for i, (a, b) in enumerate(pairwise(route)):
            start, end = left + i * pitch + WIDTH, left + (i + 1) * pitch
            bend, tip = (start + end) / 2, end - 5 if b == node else end
            path += (
                f" C{bend:.1f},{centre[a]:.1f} {bend:.1f},{centre[b]:.1f} {tip:.1f},{centre[b]:.1f}"
            )
            path += f" H{end + WIDTH:.1f}" if b != node else ""
        arrows[below, node] = path

    top = (
        max((box.y + box.height for box in boxes.values()), default=MARGIN - 2 * ROW_GAP)
        + 2 * ROW_GAP
    )
    alone = [node for node in links if node not in linked]
    for i in range(0, len(alone), ACROSS):
        row = alone[i : i + ACROSS]
        for j, node in enumerate(row):
            boxes[node] = Box(round(MARGIN + j * pitch, 1), round(top, 1), WIDTH, heights[node])
        top += max(heights[node] for node in row) + ROW_GAP
    return boxes, arrows


def _neighbours(segments: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """What each node or slot is joined to, in both neighbouring columns."""
    near: dict[str, list[str]] = {}
    for a, b in segments:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    return near


def _crossings(columns: Sequence[Sequence[str]], segments: Sequence[tuple[str, str]]) -> int:
    """Number of pairs of segments that cross: in the same gap, their ends in opposite order."""
    place = {name: (i, j) for i, column in enumerate(columns) for j, name in enumerate(column)}
    ends = [(*place[a], place[b][1]) for a, b in segments]
    return sum(
        p[0] == q[0] and (p[1] - q[1]) * (p[2] - q[2]) < 0
        for i, p in enumerate(ends)
        for q in ends[:i]
    )


def _ordered(columns: list[list[str]], segments: list[tuple[str, str]]) -> list[list[str]]:
    """The columns in an order with few crossings.

    Sweeps to the right and to the left sort a column by the mean places of its neighbours in the
    column before. The best order met is returned.
    """
    near, best = _neighbours(segments), [list(column) for column in columns]
    columns = [list(column) for column in columns]
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for i in range(1, len(columns)) if forward else range(len(columns) - 2, -1, -1):
            seen = {name: j for j, name in enumerate(columns[i - 1 if forward else i + 1])}
            old = {name: float(j) for j, name in enumerate(columns[i])}
            places = {n: [seen[m] for m in near[n] if m in seen] for n in columns[i]}
            columns[i].sort(
                key=lambda n: (sum(places[n]) / len(places[n]) if places[n] else old[n], old[n])
            )
        if _crossings(columns, segments) < _crossings(best, segments):
            best = [list(column) for column in columns]
    return best


def _centres(
    columns: list[list[str]], segments: list[tuple[str, str]], sizes: dict[str, float]
) -> dict[str, float]:
    """Heights of the centres of all nodes and slots, in pixels from the top.

    Each is near the mean of its neighbours, in the given order and with the gap between boxes.
    """
    near, offsets = _neighbours(segments), []
    y: dict[str, float] = {}
    for column in columns:
        half = np.array([sizes[name] / 2 for name in column])
        steps = half[1:] + half[:-1] + ROW_GAP
        offsets.append(np.concatenate([[0.0], np.cumsum(steps)]) if len(column) else half)
        y |= dict(zip(column, offsets[-1] - offsets[-1].mean() if len(column) else [], strict=True))
    for _ in range(SWEEPS):
        for column, offset in zip(columns, offsets, strict=True):
            if column:
                # less the offsets, the heights need only be non-decreasing: isotonic regression
                # gives those nearest to the means in the sense of least squares
                means = np.array([np.mean([y[m] for m in near[name]]) for name in column])
                y |= dict(zip(column, isotonic_regression(means - offset).x + offset, strict=True))
    lowest = min((y[name] - sizes[name] / 2 for name in y), default=0.0)
    return {name: float(value - lowest + MARGIN) for name, value in y.items()}
