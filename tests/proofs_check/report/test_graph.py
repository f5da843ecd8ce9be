"""The dependency graph: layers, a layout without overlaps, and what makes a node solid."""

from itertools import combinations

import pytest

from proofs_check import claims
from proofs_check.claim import Check, Claim, Grade, Verdict
from proofs_check.engine.verdicts import ClaimReport, Report
from proofs_check.report.graph import layers, of_report


def report_of(*entries):
    return Report(tuple(entries), "quick", 0, None, {})


def entry(claim_id, verdict=Verdict.HOLDS, rests_on=(), checked=True, follows_up=()):
    check = Check("c", Grade.EXACT, "m", lambda context: None)
    claim = Claim(
        claim_id,
        "t",
        "s",
        "x",
        depends_on=tuple(rests_on),
        follows_up=tuple(follows_up),
        checks=(check,) if checked else (),
    )
    return ClaimReport(claim, verdict, Grade.EXACT if checked else None, (), ())


@pytest.fixture(scope="module")
def graph():
    return of_report(
        report_of(*(ClaimReport(c, Verdict.UNDECIDED, None, (), ()) for c in claims()))
    )


def test_every_claim_and_every_relation_is_drawn(graph):
    assert [node.id for node in graph.nodes] == [c.id for c in claims()]
    drawn = {(arrow.start, arrow.end, arrow.relation) for arrow in graph.arrows}
    assert drawn == {
        (below, c.id, relation)
        for c in claims()
        for relation, ids in (("rests", c.depends_on), ("follows", c.follows_up))
        for below in ids
    }
    assert len(drawn) == len(graph.arrows) > 30


def test_nodes_carry_the_whole_title_in_lines_that_fit(graph):
    for node in graph.nodes:
        assert " ".join(node.lines) == node.title
        assert max(map(len, node.lines)) <= 34


def test_no_arrow_hangs_what_holds_from_what_is_refuted():
    expected = {c.id: c.expected for c in claims()}
    run = report_of(*(ClaimReport(c, c.expected, None, (), ()) for c in claims()))
    hanging = [
        (arrow.start, arrow.end)
        for arrow in of_report(run).arrows
        if arrow.relation == "rests"
        and (expected[arrow.start], expected[arrow.end]) == ("refuted", "holds")
    ]
    assert hanging == []


def test_boxes_stay_apart_and_inside(graph):
    boxes = [node.box for node in graph.nodes]
    for a, b in combinations(boxes, 2):
        apart = abs(a.y + a.height / 2 - b.y - b.height / 2) - (a.height + b.height) / 2
        assert max(abs(a.x - b.x) - a.width, apart) >= 11, (a, b)
    for box in boxes:
        assert min(box.x, box.y) >= 0
        assert box.x + box.width <= graph.width
        assert box.y + box.height <= graph.height


def test_arrows_go_right_and_through_no_box(graph):
    boxes = {node.id: node.box for node in graph.nodes}
    for arrow in graph.arrows:
        path = arrow.path
        assert boxes[arrow.start].x + boxes[arrow.start].width < boxes[arrow.end].x
        for piece in path.split(" H")[1:]:
            y = float(path[: path.index(" H" + piece)].split(",")[-1])
            column = float(piece.split(" ")[0])
            for box in boxes.values():
                if box.x <= column - 1 <= box.x + box.width:
                    assert abs(y - box.y - box.height / 2) >= box.height / 2 + 11


def test_layout_is_deterministic(graph):
    again = of_report(
        report_of(*(ClaimReport(c, Verdict.UNDECIDED, None, (), ()) for c in claims()))
    )
    assert again == graph


def test_long_arrows_get_a_free_slot():
    chain = [entry("a"), entry("b", rests_on=["a"]), entry("c", rests_on=["b", "a"])]
    graph = of_report(report_of(*chain))
    paths = {(arrow.start, arrow.end): arrow.path for arrow in graph.arrows}
    assert " H" in paths["a", "c"]
    assert " H" not in paths["b", "c"]


def test_a_claim_that_follows_up_a_refuted_one_stays_solid():
    graph = of_report(
        report_of(entry("a", Verdict.REFUTED), entry("b", follows_up=["a"]), entry("c"))
    )
    assert [(a.start, a.end, a.relation) for a in graph.arrows] == [("a", "b", "follows")]
    assert {node.id: node.solid for node in graph.nodes} == {"a": False, "b": True, "c": True}


@pytest.mark.parametrize(
    ("below", "solid"),
    [
        (entry("a"), True),
        (entry("a", Verdict.REFUTED), False),
        (entry("a", Verdict.UNDECIDED), False),
        (entry("a", Verdict.UNDECIDED, checked=False), False),
        (entry("another"), False),
    ],
)
def test_solid_only_if_everything_below_holds(below, solid):
    graph = of_report(report_of(entry("c", rests_on=["b"]), entry("b", rests_on=["a"]), below))
    assert {node.id: node.solid for node in graph.nodes}["c"] is solid


def test_what_is_refuted_or_unchecked_is_not_solid():
    nodes = of_report(report_of(entry("a", Verdict.REFUTED), entry("b", checked=False))).nodes
    assert [(node.state, node.solid) for node in nodes] == [
        ("refuted", False),
        ("unchecked", False),
    ]


def test_a_circle_is_refused_and_an_empty_run_is_drawn():
    with pytest.raises(ValueError, match=r"circle: \['a', 'b'\]"):
        layers({"a": ["b"], "b": ["a"], "c": []})
    assert of_report(report_of()).nodes == ()
