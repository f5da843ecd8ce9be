"""Proofs for all sizes: the checker accepts true certificates, refuses altered ones, and checks
types."""

import ast
import copy
import inspect
import json

import numpy as np
import pytest

from proofs_check.checker.arithmetic import algebra
from proofs_check.checker.arithmetic.algebra import IllTyped, Language, check
from proofs_check.identities import proofs
from proofs_check.identities.derivation import Derivation, Step, Underivable
from proofs_check.identities.proofs import largest_violation, model_of_critical_points

PROOFS = {
    name: getattr(proofs, name)
    for name in proofs.__all__
    if isinstance(getattr(proofs, name), Derivation)
}
SIZES = {"m": 4, "k": 3, "l": 5, "n": 2, "1": 1}
LETTERS = {
    "A": ("m", "k"),
    "B": ("k", "l"),
    "C": ("l", "m"),
    "S": ("m", "m"),
    "K": ("k", "k"),
    "M": ("l", "l"),
}
LETTERS["u"] = ("m", "1")


def certificate(name):
    return json.loads(json.dumps(PROOFS[name].certificate()))


def accepted(certificate):
    return check(certificate)[0]


@pytest.mark.parametrize("name", PROOFS)
def test_every_proof_is_accepted(name):
    valid, sentence = check(certificate(name))
    assert valid, sentence


@pytest.mark.parametrize("name", PROOFS)
def test_every_altered_cofactor_is_refused(name):
    whole = certificate(name)
    for i, step in enumerate(whole["steps"]):
        for j, (coefficient, *_) in enumerate(step["cofactors"]):
            for change in ("drop", "double", "sign"):
                other = copy.deepcopy(whole)
                cofactors = other["steps"][i]["cofactors"]
                if change == "drop":
                    del cofactors[j]
                else:
                    cofactors[j][0] = (
                        f"2 * ({coefficient})" if change == "double" else f"-({coefficient})"
                    )
                assert not accepted(other), (step["name"], j, change)


@pytest.mark.parametrize("name", PROOFS)
def test_every_goal_one_sign_off_is_refused(name):
    whole = certificate(name)
    for i, step in enumerate(whole["steps"]):
        tree = ast.parse(step["goal"], mode="eval")
        signs = [
            n
            for n in ast.walk(tree)
            if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Add | ast.Sub)
        ]
        for node in signs:
            node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
            other = copy.deepcopy(whole)
            other["steps"] = other["steps"][: i + 1]
            other["steps"][i]["goal"] = ast.unparse(tree)
            assert not accepted(other), (step["name"], ast.unparse(tree))
            node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()


def test_a_false_goal_cannot_be_derived():
    base = proofs.CRITICAL_POINTS
    for goal in ("P @ S + S @ P", "D @ E @ X - P @ Y", "R @ R.T - Y @ Y.T - P @ S"):
        steps = [*base.steps[:5], Step("false", goal, "trace" if goal.startswith("R") else "zero")]
        with pytest.raises(Underivable):
            Derivation(
                base.symbols,
                base.assumptions,
                steps,
                base.symmetric,
                base.scalars,
                base.definitions,
            ).certificate()


def test_assumptions_and_goals_hold_at_a_critical_point_and_not_elsewhere():
    rng = np.random.default_rng(0)
    proof, model = certificate("CRITICAL_POINTS"), model_of_critical_points(rng)
    assert largest_violation(proof, model) < 1e-10
    assert np.linalg.matrix_rank(model["D"]) == 1
    for name in ("D", "E", "P", "w", "v", "a", "b"):
        moved = model | {name: model[name] + 0.1 * rng.normal(size=model[name].shape)}
        assert largest_violation(proof, moved) > 1e-3


def expression(rng, rows, columns, depth):
    """A random expression of a type, with the letters above."""
    fits = [f"{a}" for a, arrow in LETTERS.items() if arrow == (rows, columns)]
    fits += [f"{a}.T" for a, arrow in LETTERS.items() if arrow[::-1] == (rows, columns)]
    if depth == 0:
        return str(rng.choice(fits))
    match rng.integers(4):
        case 0:
            first, second = (expression(rng, rows, columns, depth - 1) for _ in range(2))
            return f"({first} - 2 * ({second}))"
        case 1:
            return f"({expression(rng, columns, rows, depth - 1)}).T"
        case 2:
            return f"(c * ({expression(rng, rows, columns, depth - 1)}) / 3)"
        case _:
            middle = str(rng.choice(["m", "k", "l"]))
            left, right = (
                expression(rng, rows, middle, depth - 1),
                expression(rng, middle, columns, depth - 1),
            )
            return f"({left} @ {right})"


@pytest.mark.parametrize("seed", range(20))
def test_polynomials_agree_with_numpy(seed):
    """Expanding by the checker and evaluating by NumPy give the same matrix."""
    rng = np.random.default_rng(seed)
    language = Language(LETTERS, frozenset({"S"}), frozenset({"c"}), {})
    text = expression(rng, "m", "k", 3)
    matrices = {a: rng.normal(size=(SIZES[r], SIZES[c])) for a, (r, c) in LETTERS.items()}
    matrices["S"] = matrices["S"] + matrices["S"].T
    names = matrices | {"c": 1.7}
    expected = eval(text, {}, names)
    polynomial, arrow = language.parse(text)
    total = np.zeros_like(expected)
    for (scalars, word), value in polynomial.items():
        term = np.eye(SIZES["m"])
        for letter in word:
            term = term @ (names[letter[:-1]].T if letter.endswith("'") else names[letter])
        total = total + float(value) * 1.7 ** len(scalars) * term
    assert arrow == ("m", "k")
    assert np.allclose(total, expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())


def test_traces_are_compared_up_to_rotation_and_transposition():
    language = Language(LETTERS, frozenset({"S"}), frozenset(), {})
    one = language.traced(*language.parse("A @ B @ C"))
    assert (
        one
        == language.traced(*language.parse("C @ A @ B"))
        == language.traced(*language.parse("C.T @ B.T @ A.T"))
    )
    assert one != language.traced(*language.parse("A @ B @ B.T @ A.T"))
    identity = Language({"A": ("m", "k")}, frozenset(), frozenset(), {})
    left, right = (
        identity.traced(*identity.parse(text)) for text in ("1 + A @ A.T", "1 + A.T @ A")
    )
    assert left != right  # tr I is the size of the space, and the spaces differ


@pytest.mark.parametrize(
    "text",
    ["A @ A", "A + B", "A * B", "S ** 2", "c @ A", "A + 1", "A.T @ B.T", "u.T @ A.T"],
)
def test_mismatched_spaces_are_refused(text):
    with pytest.raises(IllTyped):
        Language(LETTERS, frozenset({"S"}), frozenset({"c"}), {}).parse(text)


def test_the_first_formula_of_claim_s3_2_does_not_type():
    """ẼBD̃ multiplies B, which reads n inputs, with D̃, which writes m outputs."""
    symbols = {"E": ("k", "l"), "B": ("l", "n"), "D": ("m", "k")}
    with pytest.raises(IllTyped, match="product of types"):
        Language(symbols, frozenset(), frozenset(), {}).parse("E @ B @ D")
    assert Language(symbols | {"D": ("n", "k")}, frozenset(), frozenset(), {}).parse("E @ B @ D")[
        1
    ] == ("k", "k")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "import os",
        "f(A)",
        "A.shape",
        "A[0]",
        "1.5 * A",
        "A if A else A",
        "__import__",
        "A @",
        "A.T.T @ Z",
    ],
)
def test_anything_else_is_no_expression(text):
    with pytest.raises(ValueError, match="expression"):
        Language(LETTERS, frozenset(), frozenset(), {}).parse(text)


def test_a_symmetric_letter_is_square_and_names_are_unique():
    with pytest.raises(IllTyped, match="symmetric"):
        Language(LETTERS, frozenset({"A"}), frozenset(), {})
    with pytest.raises(ValueError, match="two things"):
        Language(LETTERS, frozenset(), frozenset({"A"}), {})


def test_a_step_cannot_use_itself_or_a_later_one():
    base = {
        "symbols": {"A": ["m", "m"]},
        "symmetric": [],
        "scalars": [],
        "definitions": {},
        "assumptions": {},
    }
    step = {
        "name": "A = 0",
        "rule": "zero",
        "goal": "A",
        "cofactors": [["1", "", "A = 0", False, ""]],
    }
    with pytest.raises(ValueError, match="no statement before"):
        check(base | {"steps": [step]})


def test_a_trace_is_no_assumption_for_later_steps():
    base = {
        "symbols": {"A": ["m", "k"]},
        "symmetric": [],
        "scalars": [],
        "definitions": {},
        "assumptions": {},
    }
    first = {"name": "t", "rule": "trace", "goal": "A @ A.T - A @ A.T", "cofactors": []}
    second = {
        "name": "u",
        "rule": "zero",
        "goal": "A @ A.T",
        "cofactors": [["1", "", "t", False, ""]],
    }
    assert check(base | {"steps": [first]})[0]
    with pytest.raises(ValueError, match="no statement before"):
        check(base | {"steps": [first, second]})


def test_the_checker_is_small_and_stands_alone():
    source = inspect.getsource(algebra)
    assert source.count("\n") < 330
    tree = ast.parse(source)
    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    imported |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    libraries = {"__future__", "ast", "collections.abc", "fractions", "typing"}
    assert imported == libraries | {"proofs_check.checker.bounded"}
