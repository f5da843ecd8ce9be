"""The loss over two angles for the smallest network with a trained butterfly."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from landscape import JointCriticalPoint, joint_critical_points
from landscape.planes import angles, loss_over_angles
from proofs_check.exact.instances import EXAMPLE_ROWS
from proofs_check.report.pictures.drawing import Axes, Picture, mark

__all__ = ["draw_basins"]

MARKS = {
    "global minimum": "disc",
    "spurious minimum": "cross",
    "strict saddle": "triangle",
    "maximum": "square",
}


@cache
def draw_basins() -> Picture:
    """The picture, with every real critical point."""
    X = np.array(EXAMPLE_ROWS, dtype=float)
    points = joint_critical_points(X, X, [0, 2], 2, rng=0)
    values = sorted({round(point.loss, 9) for point in points})
    # bands that are narrow where critical values are near to each other, so that basins are seen
    scale = 12 / (values[-1] - values[0])
    levels = [
        float(level)
        for low, high in pairwise(values)
        for level in np.linspace(low, high, max(3, round(scale * (high - low))), endpoint=False)
    ] + [values[-1]]
    grid = np.linspace(-45, 135, 121)
    loss = loss_over_angles(X, X, *np.meshgrid(grid, grid))
    axes = Axes(44, 26, 300, 300, (-45, 135), (-45, 135))
    from contourpy import contour_generator

    contours: Any = contour_generator(grid, grid, loss, fill_type="OuterCode")
    parts = []
    for i, (low, high) in enumerate(pairwise([levels[0] - 1e-9, *levels[1:]])):
        outlines, codes = contours.filled(low, high)
        path = " ".join(
            axes.path(outline[start:stop]) + "Z"
            for outline, code in zip(outlines, codes, strict=True)
            for start, stop in pairwise([*np.flatnonzero(code == 1), len(code)])
        )
        depth = 1 - i / (len(levels) - 1)
        parts.append(f'<path class="level" fill-opacity="{depth:.2f}" d="{path}"/>')
    saddle = min(point.loss for point in points if point.kind == "strict saddle")
    parts += [axes.line(line, "rim") for line in contours.lines(saddle)]
    degrees = {float(t): f"{t}°".replace("-", "−") for t in (-45, 0, 45, 90, 135)}
    parts.append(axes.frame(degrees, degrees, "angle of u", "angle of v"))
    for point in points:
        alpha, beta = angles(point.rows)
        parts.append(mark(MARKS[point.kind], axes.x(alpha), axes.y(beta)))
    of = {kind: [p.loss for p in points if p.kind == kind] for kind in MARKS}
    least, spurious = of["global minimum"][0], of["spurious minimum"][0]
    return Picture(
        "joint-spurious",
        "Where training can stop too early",
        "The loss of the smallest network with a trained butterfly, four inputs, outputs 0 and 2, "
        f"k = 2, at the best D and E. Of its {len(points)} real critical points two are minima, of "
        f"loss {least:.3g} and {spurious:.3g}. The line is the level {saddle:.4g} of the saddles: "
        "it closes the shallow basin.",
        "The loss over the angles of u and v: a deep basin at "
        f"{_place(points, 'global minimum')}, a shallow one at "
        f"{_place(points, 'spurious minimum')}, {len(of['strict saddle'])} saddles around the "
        f"latter and {len(of['maximum'])} maxima.",
        370,
        370,
        "".join(parts),
        {f"{kind}, loss {_losses(of[kind])}": mark(shape) for kind, shape in MARKS.items()},
    )


def _losses(losses: list[float]) -> str:
    return ", ".join(f"{loss:.4g}" for loss in sorted({round(loss, 9) for loss in losses}))


def _place(points: Iterable[JointCriticalPoint], kind: str) -> str:
    alpha, beta = next(angles(point.rows) for point in points if point.kind == kind)
    return f"{alpha:.0f}° and {beta:.0f}°"
