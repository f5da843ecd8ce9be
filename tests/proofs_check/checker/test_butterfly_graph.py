"""Certificates on the butterfly graph: false ones are rejected."""

import copy

import pytest
from numpy.random import SeedSequence

from proofs_check.checker.certificates import judged
from proofs_check.checker.kinds.butterflies import butterfly_graph
from proofs_check.claim import Context
from proofs_check.statements.butterflies import (
    definition_3_1,
    footnote_4,
    footnote_5,
    param_count,
    weight_bound,
)


def certificate(claim, name):
    check = next(check for check in claim.checks if check.name == name)
    return check.run(Context("quick", SeedSequence(1))).certificate


def lose_an_edge(c):
    c["networks"][2][1].pop()


def exchange_two_layers(c):
    c["networks"][2] = c["networks"][2][::-1]


def repeat_an_edge(c):
    c["networks"][2][1][0] = c["networks"][2][1][1]


def a_weight_that_makes_the_point_special(c):
    c["weights"][1] = [[[1, 1] for _ in range(4)] for _ in range(2)]
    c["prime"] = 2


def a_count_off_by_one(c):
    c["operators"][-1]["weights"] += 1


def a_row_twice(c):
    c["operators"][-1]["rows"][0] = c["operators"][-1]["rows"][1]


def an_output_that_is_not_there(c):
    c["operators"][-1]["rows"][0] = -1


def within_the_bound(c):
    c["beyond"] = not c["beyond"]


def the_other_order(c):
    c["order"] = {"lowest first": "highest first"}.get(c["order"], "lowest first")


def an_unknown_order(c):
    c["order"] = "random"


def a_maximum_off_by_one(c):
    c["extremes"][-1][1][2][1] += 1


def a_factor_without_minors(c):
    c["P"] = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]


def fewer_patterns(c):
    c["excluded"] -= 1


def no_signs(c):
    c["signs"] = [1] * 16


def too_large(c):
    c["n"] = [2**40]


def a_power_too_small(c):
    c["powers"] = [3]


FALSE = [
    (definition_3_1, "structure", [lose_an_edge, exchange_two_layers, repeat_an_edge]),
    (definition_3_1, "dimension", [a_weight_that_makes_the_point_special]),
    (footnote_4, "every subset", [a_maximum_off_by_one, an_unknown_order, the_other_order]),
    (footnote_4, "the other order", [a_count_off_by_one, the_other_order, within_the_bound]),
    (footnote_4, "implementation", [a_count_off_by_one, a_row_twice, within_the_bound]),
    (footnote_4, "integer inequality", [too_large]),
    (footnote_5, "minors", [a_factor_without_minors]),
    (footnote_5, "Ailon-Chazelle", [fewer_patterns]),
    (footnote_5, "Ailon-Liberty", [no_signs]),
    (weight_bound, "every subset", [a_maximum_off_by_one]),
    (weight_bound, "implementation", [a_count_off_by_one, an_output_that_is_not_there]),
    (param_count, "dense layer", [a_count_off_by_one]),
    (param_count, "growth", [a_power_too_small]),
]


@pytest.mark.parametrize(("module", "name", "changes"), FALSE)
def test_false_certificates_are_rejected(module, name, changes):
    true = certificate(module.CLAIM, name)
    assert judged(true)[0], judged(true)
    for change in changes:
        false = copy.deepcopy(true)
        change(false)
        assert not judged(false)[0], change.__name__
        assert judged(false)[1].startswith("refused: ")


def test_a_rescaling_that_moves_the_matrix_is_seen(monkeypatch):
    """Where the two edges into a node of layer 1 are exchanged, the rescalings are other ones."""
    real = butterfly_graph.path

    def exchanged(p, a, c):
        return [(i, j, 1 - b if i == 1 else b) for i, j, b in real(p, a, c)]

    true = certificate(definition_3_1.CLAIM, "dimension")
    monkeypatch.setattr(butterfly_graph, "path", exchanged)
    assert not judged(true)[0]


def test_fewer_rescalings_leave_the_dimension_open(monkeypatch):
    real = butterfly_graph.modular_rank

    def one_less(rows, prime):
        # the directions of the rescalings are few and long, those of all weights are not
        return real(rows, prime) - (len(rows[0]) > 2 * len(rows))

    true = certificate(definition_3_1.CLAIM, "dimension")
    monkeypatch.setattr(butterfly_graph, "modular_rank", one_less)
    assert not judged(true)[0]


def test_a_bound_that_is_one_weight_too_small(monkeypatch):
    """The inequality that the checker proves is the printed one: 2n·log l + n is refuted."""
    real = butterfly_graph._within
    monkeypatch.setattr(butterfly_graph, "_within", lambda excess, n, l: real(excess + 5 * n, n, l))
    assert not judged(certificate(weight_bound.CLAIM, "integer inequality"))[0]
