import numpy as np
import pytest

from figures.engine.gallery import find
from figures.engine.table import from_csv, to_csv
from figures.paper.figure_s1 import compute, draw, factors
from fjlt import Butterfly


def operator(seed=0, n=16):
    """The butterfly that the figure shows, from its description: signs and sizes of one
    generator."""
    rng = np.random.default_rng(seed)
    size = rng.uniform(0.5, 1.0, (n.bit_length() - 1, n, 2))
    return Butterfly(size * rng.choice([-1.0, 1.0], size.shape))


def product(table):
    """Dense matrix from the rows of the table alone: the factor of layer 0 is the rightmost."""
    matrix = np.eye(16)
    for i in range(4):
        layer = np.zeros((16, 16))
        for row in table:
            if row["layer"] == i:
                layer[row["output"], row["input"]] = row["weight"]
        matrix = layer @ matrix
    return matrix


@pytest.mark.parametrize("seed", [0, 5])
def test_the_table_is_the_operator(seed):
    table = from_csv(to_csv(compute(seed=seed)))
    assert len(table) == 4 * 16 * 2
    assert np.allclose(product(table), operator(seed) @ np.eye(16), rtol=1e-13, atol=0)


def test_every_layer_joins_pairs_that_differ_in_its_bit():
    for row in compute():
        assert row["output"] ^ row["input"] in (0, 1 << row["layer"])


@pytest.mark.parametrize("fault", ["one weight", "one end", "order of layers", "transposed layer"])
def test_an_altered_table_is_not_the_operator(fault):
    table = [dict(row) for row in compute()]
    if fault == "one weight":
        table[77]["weight"] *= 1.001
    elif fault == "one end":
        table[77]["input"] ^= 1
    elif fault == "order of layers":
        for row in table:
            row["layer"] = 3 - row["layer"]
    else:
        for row in table:
            if row["layer"] == 2:
                row["output"], row["input"] = row["input"], row["output"]
    assert np.abs(product(table) - operator() @ np.eye(16)).max() > 1e-4


def test_factors_are_the_layers_in_order_of_application():
    for i, factor in enumerate(factors(compute())):
        assert np.array_equal(factor, operator().layer(i).toarray())


def drawn(axes):
    """Signed positions of the squares of a matrix: filled is +1, open -1."""
    signs = np.zeros((16, 16), int)
    areas = np.zeros((16, 16))
    for collection in axes.collections:
        sign = 1 if len(collection.get_facecolor()) else -1
        for path in collection.get_paths():
            corners = path.get_extents()
            column, row = round((corners.x0 + corners.x1) / 2), round((corners.y0 + corners.y1) / 2)
            signs[row, column] = sign
            areas[row, column] = corners.width * corners.height
    return signs, areas


@pytest.fixture(scope="module")
def canvas():
    return draw(compute())


def named(canvas, gid):
    (axes,) = [axes for axes in canvas.axes if axes.get_gid() == gid]
    return axes


def test_the_factors_are_drawn_with_layer_0_rightmost(canvas):
    places = [named(canvas, f"factor {i}").get_position().x0 for i in range(4)]
    assert places == sorted(places, reverse=True)
    assert named(canvas, "factor 0").get_xlabel() == "applied first"
    assert named(canvas, "factor 3").get_xlabel() == "applied last"


@pytest.mark.parametrize("i", range(4))
def test_each_factor_is_drawn_as_it_is(canvas, i):
    axes = named(canvas, f"factor {i}")
    layer = operator().layer(i).toarray()
    signs, areas = drawn(axes)
    assert axes.get_title() == f"$B_{i}$"
    assert np.array_equal(signs, np.sign(layer))
    assert np.allclose(areas, 0.81 * np.abs(layer) / np.abs(layer).max())
    assert axes.yaxis_inverted()


def test_the_product_is_drawn_as_it_is(canvas):
    dense = operator() @ np.eye(16)
    signs, areas = drawn(named(canvas, "product"))
    assert np.array_equal(signs, np.sign(dense))
    assert np.allclose(areas, 0.81 * np.abs(dense) / np.abs(dense).max())


def test_the_graph_has_the_edges_of_the_table_from_left_to_right(canvas):
    edges = {}
    for collection in named(canvas, "graph").collections:
        dashed = collection.get_linestyle()[0][1] is not None
        for (start, end), width in zip(
            collection.get_segments(), collection.get_linewidths(), strict=True
        ):
            assert end[0] == start[0] + 1
            edges[int(start[0]), int(end[1]), int(start[1])] = -width if dashed else width
    table = {(row["layer"], row["output"], row["input"]): row["weight"] for row in compute()}
    assert edges.keys() == table.keys()
    widths, weights = (np.array([d[key] for key in sorted(table)]) for d in (edges, table))
    assert np.array_equal(np.sign(widths), np.sign(weights))
    assert np.allclose(widths / widths.max(), weights / weights.max(), rtol=1e-2)


@pytest.mark.parametrize("n", [2, 4, 8])
def test_other_sizes_are_drawn(n):
    assert len(draw(compute(n=n)).axes) == 2 + (n.bit_length() - 1)


def test_a_size_that_is_no_power_of_two_is_refused():
    with pytest.raises(ValueError, match="12"):
        compute(n=12)


def test_both_profiles_draw_the_size_of_the_paper():
    assert all(tuple(cases) == ({"n": 16},) for cases in find("figure-s1").cases.values())
