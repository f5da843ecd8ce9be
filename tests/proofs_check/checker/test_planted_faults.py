"""Faults planted in the checker itself, and false certificates that such a fault would let pass."""

import copy
import json
from dataclasses import replace
from fractions import Fraction

import pytest

from proofs_check.checker.arithmetic import algebra
from proofs_check.checker.certificates import judged
from proofs_check.checker.expectation import DEFINITION, Assumption, Derivation, Goal, proof
from proofs_check.checker.expected import derivations
from proofs_check.checker.kinds.derivations import check, contradiction
from proofs_check.checker.kinds.encoder_decoder import critical_points

A, B = [[1, 2], [0, 1]], [[1, 0], [3, 1]]


def matrices(*rows):
    return [[[Fraction(x) for x in row] for row in matrix] for matrix in rows]


def sorted_words(self, polynomial, arrow):
    """A trace that depends on the letters only: tr ABAB = tr AABB."""
    total = {}
    for (scalars, word), value in polynomial.items():
        total = algebra._add(total, {(scalars, tuple(sorted(word))): value})
    return total


def test_a_trace_that_sorts_letters(monkeypatch):
    goal = Goal("tr ABAB = tr AABB", "A @ B @ A @ B - A @ A @ B @ B", "trace")
    model = dict(zip("AB", matrices(A, B), strict=True))
    claimed = Derivation({"A": ("m", "m"), "B": ("m", "m")}, {}, [goal], model=model)
    step = {"name": goal.name, "rule": "trace", "goal": goal.text, "cofactors": []}
    certificate = dict(proof(claimed, "supports").entries) | {"steps": [step]}
    assert not algebra.check(certificate)[0]
    monkeypatch.setattr(algebra.Language, "traced", sorted_words)
    assert algebra.check(certificate)[0]
    assert check(certificate, claimed) == (False, "the goal 'tr ABAB = tr AABB' fails at the model")


@pytest.mark.parametrize("name", derivations.__all__)
def test_models_satisfy_every_assumption_and_no_more(name):
    expected = getattr(derivations, name)
    assert contradiction(expected) == ""
    # a further assumption, that one of the matrices is zero, contradicts the model
    for symbol in expected.symbols:
        more = {**expected.assumptions, "zero": Assumption(symbol, DEFINITION)}
        assert "'zero' fails" in contradiction(replace(expected, assumptions=more))


@pytest.mark.parametrize("name", derivations.__all__)
def test_a_model_that_is_changed_is_refused(name):
    expected = getattr(derivations, name)
    used = " ".join(a.text for a in expected.assumptions.values())
    for symbol in expected.symbols:
        if f" {symbol} " in f" {used.replace('.T', ' ')} ":
            assert any(map(contradiction, moved(expected, symbol))), symbol
    zero = copy.deepcopy(dict(expected.model))
    first = next(iter(expected.symbols))
    zero[first] = [[Fraction(0)] * len(row) for row in zero[first]]
    assert "is zero in the model" in contradiction(replace(expected, model=zero))
    lacking = {key: value for key, value in expected.model.items() if key != first}
    assert "the model lacks" in contradiction(replace(expected, model=lacking))


def moved(expected, symbol):
    """The derivation with models that differ in one entry of a matrix."""
    for i, row in enumerate(expected.model[symbol]):
        for j in range(len(row)):
            model = copy.deepcopy(dict(expected.model))
            model[symbol][i][j] += 1
            yield replace(expected, model=model)


def test_contradictory_assumptions_have_no_model():
    expected = derivations.RECONSTRUCTION
    twice = {**expected.assumptions, "another scale": Assumption("J @ J.T - 2 * c", DEFINITION)}
    assert "'another scale' fails" in contradiction(replace(expected, assumptions=twice))


DESCENT = {
    "D": [["1"], ["0"]],
    "E": [["1", "0"]],
    "X": [["2", "0"], ["0", "1"]],
    "Y": [["2", "0"], ["0", "1"]],
    "w": [["0"]],
    "v": [["0"], ["1"]],
    "q": [["0"], ["1"]],
}
"""The global minimum of X = Y = diag(2, 1), k = 1."""


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"w": [["1"]]},
        {"w": [["1"]], "D": [["0"], ["0"]], "E": [["1", "0"]]},
        {"w": [["1"]], "D": [["0"], ["0"]], "E": [["0", "0"]], "v": [["0"], ["0"]]},
        {"w": [["1"]], "D": [["0"], ["0"]], "E": [["0", "0"]], "q": [["0"], ["0"]]},
        {"w": [["0"]], "D": [["0"], ["0"]], "E": [["0", "0"]]},
    ],
)
def test_descent_needs_its_hypotheses(change):
    """w = 0 at the global minimum; a point that is not critical; v = 0; a wrong q."""
    assert not judged({"kind": "descent", "points": [DESCENT | change]})[0]


def test_descent_from_a_rank_deficient_point():
    point = DESCENT | {"w": [["1"]], "D": [["0"], ["0"]], "E": [["0", "0"]]}
    assert judged({"kind": "descent", "points": [point]})[0]


SPURIOUS = {
    "X": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]],
    "Y": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]],
}


def test_spurious_minima_need_their_curvature():
    """Four pairs of unit rows are critical; only the strict maximum below the best passes."""
    units, accepted = ([1, 0], [0, 1]), []
    for u in units:
        for v in units:
            for other_u in units:
                for other_v in units:
                    losses = [_loss(*pair) for pair in ((u, v), (other_u, other_v))]
                    point = SPURIOUS | {"u": u, "v": v, "better_u": other_u, "better_v": other_v}
                    point |= {"loss": str(losses[0]), "better_loss": str(losses[1])}
                    if judged({"kind": "spurious-minimum", "points": [point]})[0]:
                        accepted.append((u, v, other_u, other_v))
    assert accepted == [([1, 0], [0, 1], [0, 1], [1, 0])]


def _loss(u, v):
    X = [[Fraction(x) for x in row] for row in SPURIOUS["X"]]
    N, Q = critical_points._gain(X, X, [Fraction(x) for x in u], [Fraction(x) for x in v])
    return sum(x * x for row in X for x in row) - N / Q


def test_every_number_of_the_ranks_is_recomputed_or_is_a_witness(edited_ranks):
    certificate, expected = edited_ranks
    assert judged(certificate, expected)[0]
    for i, point in enumerate(certificate["points"]):
        n = len(point["weights"][0])
        for change in (
            lambda c, i=i: c["dimensions"].__setitem__(i, c["dimensions"][i] + 1),
            lambda c, i=i: c["points"][i].update(rows=[0, 0]),
            lambda c, i=i, n=n: c["points"][i]["rows"].__setitem__(0, n),
            lambda c, i=i: c["points"][i].update(rows=[-1, 0]),
            lambda c, i=i: c["points"][i]["encoder"].__setitem__(0, c["points"][i]["encoder"][1]),
            lambda c, i=i: c["points"].__setitem__(i, c["points"][i - 1]),
            lambda c, i=i: c["points"].pop(i),
        ):
            other = copy.deepcopy(certificate)
            change(other)
            assert not judged(other, expected)[0], i
    for change in (
        lambda c: c.update(prime=4),
        lambda c: c.update(prime=2**31 - 1),
        lambda c: c["dimensions"].reverse(),
    ):
        other = copy.deepcopy(certificate)
        change(other)
        assert not judged(other, expected)[0]


@pytest.fixture
def edited_ranks():
    from numpy.random import SeedSequence

    from proofs_check import claims
    from proofs_check.checker import EXPECTED
    from proofs_check.claim import Context

    (claim,) = (claim for claim in claims() if claim.id == "reachable")
    (ranks,) = (check for check in claim.checks if check.name == "ranks")
    finding = ranks.run(Context("quick", SeedSequence(0)))
    return json.loads(json.dumps(finding.certificate)), EXPECTED["reachable"].checks["ranks"]
