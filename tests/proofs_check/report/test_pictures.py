"""Pictures of the page: their numbers against laws, bounds and critical points computed apart."""

import re
from fractions import Fraction
from xml.etree import ElementTree

import numpy as np
import pytest
from sklearn.datasets import load_digits

from fjlt import srht
from landscape import joint_critical_points
from landscape.planes import angles, loss_over_angles
from proofs_check.exact.instances import EXAMPLE_ROWS
from proofs_check.exact.laws import norm_law
from proofs_check.exact.moments import norm_variance
from proofs_check.report.pictures import pictures_of
from proofs_check.report.pictures.concentration import failure
from proofs_check.report.pictures.drawing import Axes
from proofs_check.report.pictures.reconstruction import law_of_error

ALL = {
    picture.claim: picture for picture in pictures_of(["lemma-s2.1", "jl-norm", "joint-spurious"])
}


@pytest.mark.parametrize("claim", ALL)
def test_drawings_are_svg_within_their_frame(claim):
    picture = ALL[claim]
    for part in (picture.drawing, *picture.keys.values(), *(s.drawing for s in picture.steps)):
        ElementTree.fromstring(f"<svg>{part}</svg>")
    assert len(picture.drawing) < 200_000
    assert len({step.words for step in picture.steps}) == len(picture.steps)
    assert 0 <= picture.start <= len(picture.steps)
    curves = re.sub(r'<path class="mark[^>]*>', "", picture.drawing)
    places = re.findall(r"[ML](-?[\d.]+),(-?[\d.]+)", curves)
    assert len(places) > 50
    assert all(-1 <= float(x) <= picture.width + 1 for x, _ in places)
    assert all(-1 <= float(y) <= picture.height + 1 for _, y in places)


def test_the_law_of_the_error_is_that_of_drawn_transforms():
    rng = np.random.default_rng(0)
    x = np.array([1.0, 2, 3, 4, 5, 6, 7, 8])
    law = law_of_error([1, 2, 3, 4, 5, 6, 7, 8], 3)
    assert sum(law.values()) == 1
    known = np.array([float(value) for value in law])
    for _ in range(20):
        J = srht(3, 8, rng=rng).to_dense()
        error = np.sum((x - J.T @ (J @ x)) ** 2) / np.sum(x**2)
        assert np.abs(known - error).min() < 1e-12


def test_the_error_says_what_lemma_s2_1_is_refuted_by():
    words = {step.label: step.words for step in ALL["lemma-s2.1"].steps}
    assert list(words) == [f"k = {k}" for k in range(1, 9)]
    for k in range(1, 9):
        assert ("below 1 in 0.0%" in words[f"k = {k}"]) is (k <= 4)
    assert "never below 1 for k <= 4" in ALL["lemma-s2.1"].caption


def test_the_bound_of_the_norm_holds_and_its_variance_is_that_of_the_law():
    x = load_digits().images[0][2:4].astype(int).ravel().tolist()
    square = sum(entry * entry for entry in x)
    law = {value / square: p for value, p in norm_law(x, 4).items()}
    assert sum(value * p for value, p in law.items()) == 1
    assert sum(value**2 * p for value, p in law.items()) - 1 == norm_variance(x, 4) / square**2
    steps = ALL["jl-norm"].steps
    found = [re.findall(r"([\d.]+)%", step.words) for step in steps]
    assert len(found) == 7
    for step, (share, bound) in zip(steps, found, strict=True):
        assert float(share) <= float(bound)
        epsilon = float(step.label.removeprefix("ε = "))
        assert float(share) == pytest.approx(100 * float(failure(law, epsilon)), abs=0.06)
    # a quarter of the variance would be no bound
    assert any(
        failure(law, e / 20) > norm_variance(x, 4) / square**2 / 4 / Fraction(e, 20) ** 2
        for e in range(9, 40)
    )


def test_the_landscape_has_its_critical_points_where_they_are_marked():
    X = np.array(EXAMPLE_ROWS, dtype=float)
    points = joint_critical_points(X, X, [0, 2], 2, rng=1)
    picture = ALL["joint-spurious"]
    marks = re.findall(
        r'class="mark (\w+)" transform="translate\(([\d.]+) ([\d.]+)\)', picture.drawing
    )
    axes, kinds = Axes(44, 26, 300, 300, (-45, 135), (-45, 135)), {}
    for point in points:
        alpha, beta = angles(point.rows)
        assert loss_over_angles(X, X, alpha, beta) == pytest.approx(point.loss)
        for turn in ((1e-4, 0), (0, 1e-4)):
            moved = loss_over_angles(X, X, alpha + turn[0], beta + turn[1])
            assert abs(moved - point.loss) < 1e-9
        kinds.setdefault(point.kind, set()).add((axes.x(alpha), axes.y(beta)))
    drawn = {}
    for kind, x, y in marks:
        drawn.setdefault(kind, set()).add((float(x), float(y)))
    assert [len(v) for v in drawn.values()] == [1, 1, 4, 2]
    for kind, shape in (
        ("global minimum", "disc"),
        ("spurious minimum", "cross"),
        ("maximum", "square"),
    ):
        assert drawn[shape] == kinds[kind]
    assert "loss 2 and 4.2" in picture.caption


def test_only_pictures_of_claims_of_the_run():
    assert pictures_of(["definition-3.1", "theorem-1"]) == []
    assert [picture.claim for picture in pictures_of(["jl-norm"])] == ["jl-norm"]
