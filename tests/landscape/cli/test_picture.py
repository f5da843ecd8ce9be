import numpy as np
import pytest

from landscape import critical_points
from landscape.cli.pictures import draw_history, draw_levels, rendered


def points():
    X = np.diag([3.0, 2.0, 1.0])
    return list(critical_points(X, X, np.eye(3), 2))


@pytest.mark.parametrize(("kind", "magic"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_same_points_same_bytes(kind, magic):
    one, two = (rendered(draw_levels(points()), kind) for _ in range(2))
    assert one.startswith(magic)
    assert one == two
    assert b"CreationDate" not in one


def test_every_point_is_drawn_where_it_is():
    axes = draw_levels(points()).axes[0]
    drawn = np.vstack([c.get_offsets() for c in axes.collections])
    assert sorted(map(tuple, drawn)) == sorted((p.index, p.loss) for p in points())
    labels = [c.get_label() for c in axes.collections]
    assert labels == ["global minimum", "strict saddle"]
    assert len(axes.collections[0].get_offsets()) == 1


def test_no_points():
    with pytest.raises(ValueError, match="no critical point"):
        draw_levels([])


def test_history_runs_through_the_phases():
    axes = draw_history({"one": [4, 2], "two": [2, 1.5, 1]}, {"best": 0.5}).axes[0]
    assert axes.lines[1].get_xdata().tolist() == [1, 2, 3]
    assert axes.get_yscale() == "log"
    assert draw_history({"one": [4, 0]}, {}).axes[0].get_yscale() == "linear"
