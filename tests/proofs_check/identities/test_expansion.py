"""The two expansions of matrix identities, SymPy's for the claims and the checker's own, agree; a
fault in either makes them differ."""

import ast
import copy
import json
from fractions import Fraction

import numpy as np
import pytest
from sympy import Add, Symbol, expand

from proofs_check.checker.arithmetic import algebra
from proofs_check.identities import expansion, proofs
from proofs_check.identities.derivation import Derivation
from proofs_check.identities.expansion import Expansion, Typed, verify
from proofs_check.statements.trained_encoder.joint_benign import HIDDEN
from proofs_check.statements.trained_encoder.joint_submersion import TURNED
from proofs_check.statements.trained_encoder.whitened import SEPARATION

PROOFS = {
    name: getattr(proofs, name)
    for name in proofs.__all__
    if isinstance(getattr(proofs, name), Derivation)
}
PROOFS |= {"HIDDEN": HIDDEN, "TURNED": TURNED, "SEPARATION": SEPARATION}

SQUARE = {
    "symbols": {
        "P": ["m", "m"],
        "Q": ["m", "m"],
        "R": ["m", "m"],
        "S": ["m", "m"],
        "A": ["m", "k"],
    },
    "symmetric": ["S"],
    "scalars": ["c"],
    "definitions": {},
    "assumptions": {"PQ = QP": "P @ Q - Q @ P"},
}
TRUE = [
    ("zero", "(P @ Q @ R).T - R.T @ Q.T @ P.T"),
    ("zero", "(S @ P).T - P.T @ S"),
    ("zero", "P / 2 + P / 2 - P"),
    ("zero", "(c - 1)**2 * P - c * c * P + 2 * c * P - P"),
    ("zero", "(P + 1) @ (P - 1) - P @ P + 1"),
    ("trace", "P @ Q @ R - Q @ R @ P"),
    ("trace", "P @ Q @ S - Q.T @ P.T @ S"),
    ("trace", "P @ P @ Q - P @ Q @ P"),
    ("trace", "A @ A.T @ P - P.T @ A @ A.T"),
]
FALSE = [
    ("zero", "(P @ Q).T - P.T @ Q.T"),
    ("zero", "P @ Q - Q @ P"),
    ("zero", "P - P.T"),
    ("zero", "P + P"),
    ("zero", "c * P - P"),
    ("trace", "P @ Q @ R - Q @ P @ R"),
    ("trace", "P @ Q - P @ Q.T"),
    ("trace", "P + 1 - P"),
]


def single(rule, goal, cofactors=()):
    step = {"name": "goal", "rule": rule, "goal": goal, "cofactors": list(cofactors)}
    return SQUARE | {"steps": [step]}


def certificate(name):
    return json.loads(json.dumps(PROOFS[name].certificate()))


def alone(certificate, i):
    """Step i with the earlier ones as assumptions."""
    steps = certificate["steps"]
    earlier = {step["name"]: step["goal"] for step in steps[:i] if step["rule"] == "zero"}
    assumptions = certificate["assumptions"] | earlier
    return copy.deepcopy(certificate | {"assumptions": assumptions, "steps": [steps[i]]})


@pytest.mark.parametrize("name", PROOFS)
def test_every_proof_is_accepted_by_both_in_the_same_words(name):
    assert verify(certificate(name)) == algebra.check(certificate(name))
    assert verify(certificate(name))[0]


@pytest.mark.parametrize("name", PROOFS)
def test_every_altered_cofactor_is_refused(name):
    whole = certificate(name)
    for i in range(len(whole["steps"])):
        step = alone(whole, i)
        for j, (coefficient, *_) in enumerate(step["steps"][0]["cofactors"]):
            other = copy.deepcopy(step)
            other["steps"][0]["cofactors"][j][0] = f"-({coefficient})"
            assert not verify(other)[0], (whole["steps"][i]["name"], j)


@pytest.mark.parametrize("name", PROOFS)
def test_every_goal_one_sign_off_is_refused(name):
    whole = certificate(name)
    for i in range(len(whole["steps"])):
        step = alone(whole, i)
        tree = ast.parse(step["steps"][0]["goal"], mode="eval")
        for node in ast.walk(tree):
            if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)):
                continue
            sign = node.op
            node.op = ast.Sub() if isinstance(sign, ast.Add) else ast.Add()
            step["steps"][0]["goal"] = ast.unparse(tree)
            assert not verify(step)[0], step["steps"][0]["goal"]
            node.op = sign


@pytest.mark.parametrize("rule_and_goal", TRUE)
def test_identities_of_all_matrices(rule_and_goal):
    assert verify(single(*rule_and_goal)) == (True, "1 step from 1 assumption: goal")


@pytest.mark.parametrize("rule_and_goal", FALSE)
def test_what_is_no_identity(rule_and_goal):
    assert verify(single(*rule_and_goal)) == (False, "the step 'goal' does not follow")


@pytest.mark.parametrize(
    ("goal", "cofactors", "follows"),
    [
        ("P @ Q @ P - Q @ P @ P", [["1", "", "PQ = QP", False, "P"]], True),
        ("Q.T @ P.T - P.T @ Q.T", [["1", "", "PQ = QP", True, ""]], True),
        ("c * (R @ P @ Q - R @ Q @ P) / 3", [["(1) / 3 * c", "R", "PQ = QP", False, ""]], True),
        ("P @ Q @ P - Q @ P @ P", [["1", "P", "PQ = QP", False, ""]], False),
        ("Q.T @ P.T - P.T @ Q.T", [["1", "", "PQ = QP", False, ""]], False),
        ("A.T @ A", [["1", "", "PQ = QP", False, ""]], False),
        ("P @ Q - Q @ P", [["R", "", "PQ = QP", False, ""]], False),
    ],
)
def test_cofactors(goal, cofactors, follows):
    one = single("zero", goal, cofactors)
    assert verify(one)[0] is follows is algebra.check(one)[0]


@pytest.mark.parametrize(
    "text", ["A @ A", "P + A", "P * Q", "S ** 2", "c @ A", "A + 1", "A.T @ P @ A.T"]
)
def test_mismatched_spaces_are_refused(text):
    for check in (verify, algebra.check):
        valid, sentence = check(single("zero", text))
        assert not valid
        assert "it does not type" in sentence


@pytest.mark.parametrize(
    "text",
    [
        *("", "import os", "f(A)", "A.shape", "A[0]", "1.5 * A", "A if A else A", "A @", "Z"),
        *("A.value", "P / c", "c ** (0 - 1)", "c ** c", "__import__('os')"),
    ],
)
def test_anything_else_is_no_expression(text):
    with pytest.raises(ValueError, match="expression"):
        verify(single("zero", text))


def test_names_are_unique_and_symmetric_letters_square():
    with pytest.raises(ValueError, match="two things"):
        Expansion(SQUARE | {"scalars": ["P"]})
    with pytest.raises(expansion.IllTyped, match="symmetric"):
        Expansion(SQUARE | {"symmetric": ["A"]})
    with pytest.raises(ValueError, match="two statements"):
        verify(single("zero", "P - P") | {"assumptions": {"goal": "P"}})
    with pytest.raises(ValueError, match="unknown rule"):
        verify(single("norm", "P - P"))


def test_a_step_uses_neither_itself_nor_a_trace():
    own = single("zero", "P", [["1", "", "goal", False, ""]])
    with pytest.raises(KeyError):
        verify(own)
    trace = single("trace", "P @ Q - Q @ P")["steps"][0] | {"name": "t"}
    later = single("zero", "P @ Q - Q @ P", [["1", "", "t", False, ""]])
    with pytest.raises(KeyError):
        verify(later | {"steps": [trace, *later["steps"]]})


def random_expression(rng, rows, columns, depth):
    """A random expression of a type in the letters of ``SQUARE``."""
    letters = {name: tuple(arrow) for name, arrow in SQUARE["symbols"].items()}
    fits = [a for a, arrow in letters.items() if arrow == (rows, columns)]
    fits += [f"{a}.T" for a, arrow in letters.items() if arrow[::-1] == (rows, columns)]
    fits += ["1"] * (rows == columns)
    if depth == 0:
        return str(rng.choice(fits))

    def part(r, c):
        return random_expression(rng, r, c, depth - 1)

    match rng.integers(4):
        case 0:
            return f"({part(rows, columns)} - 2 * {part(rows, columns)})"
        case 1:
            return f"({part(columns, rows)}).T" if rows != columns else f"(-{part(rows, columns)})"
        case 2:
            return f"(c * {part(rows, columns)} / 3)"
        case _:
            middle = str(rng.choice(["m", "k"]))
            left, right = part(rows, middle), part(middle, columns)
            # a bare 1 is a scalar: adding a zero matrix makes it an identity, as @ needs
            zeros = zero(rows, middle), zero(middle, columns)
            return f"(({left} + 0 * {zeros[0]}) @ ({right} + 0 * {zeros[1]}))"


def zero(rows, columns):
    return {("m", "m"): "P", ("m", "k"): "A", ("k", "m"): "A.T", ("k", "k"): "(A.T @ A)"}[
        rows, columns
    ]


def as_dictionary(value):
    """A SymPy polynomial in the form of the checker."""
    terms = {}
    for term in Add.make_args(expand(value)):
        scalars, factors = term.args_cnc()
        number, names = Fraction(1), []
        for factor in scalars:
            base, power = factor.as_base_exp()
            if base.is_Rational:
                number *= Fraction(int(factor.p), int(factor.q))
            else:
                names += [base.name] * int(power)
        word = []
        for factor in factors:
            letter, power = factor.as_base_exp()
            word += [letter.name.replace(".T", "'")] * int(power)
        if number:
            terms[tuple(sorted(names)), tuple(word)] = number
    return terms


@pytest.mark.parametrize("seed", range(20))
def test_both_expand_random_expressions_alike(seed):
    rng = np.random.default_rng(seed)
    text = random_expression(rng, *rng.choice([["m", "m"], ["m", "k"], ["k", "m"]]), 3)
    polynomial, arrow = algebra.Language.of(SQUARE).parse(text)
    read = Expansion(SQUARE).read(text)
    assert (as_dictionary(read.value), read.spaces) == (polynomial, arrow)
    assert as_dictionary(read.T.value) == algebra.Language.of(SQUARE).transpose(polynomial)


def disagreements():
    """Certificates, true and false ones, on which the two expansions differ."""
    small = [certificate(name) for name in PROOFS if name != "CRITICAL_POINTS"]
    small += [single(*rule_and_goal) for rule_and_goal in (*TRUE, *FALSE)]

    def verdict(check, one):
        try:
            return check(one)[0]
        except ValueError:
            return None

    return [one for one in small if verdict(verify, one) != verdict(algebra.check, one)]


def test_the_two_expansions_agree():
    assert disagreements() == []


# to multiply in the opposite order throughout would change no verdict: transposition is
# an isomorphism to the opposite algebra
FAULTS = {
    "checker: transposes keep the order": (
        algebra.Language,
        "_transposed",
        lambda self, word, original=algebra.Language._transposed: original(self, word)[::-1],
    ),
    "checker: differences are sums": (
        algebra,
        "_add",
        lambda a, b, sign=1, original=algebra._add: original(a, b),
    ),
    "checker: traces are not rotated": (
        algebra.Language,
        "traced",
        lambda self, polynomial, arrow: polynomial,
    ),
    "checker: any trace is 0": (algebra.Language, "traced", lambda self, polynomial, arrow: {}),
    "SymPy: transposes keep the order": (
        Typed,
        "__matmul__",
        lambda a, b, original=Typed.__matmul__: Typed(
            a.value * b.value, a.transpose * b.transpose, original(a, b).spaces
        ),
    ),
    "SymPy: products commute": (
        expansion,
        "Symbol",
        lambda name, commutative=True: Symbol(name),
    ),
    "SymPy: differences are sums": (Typed, "__sub__", lambda a, b: a + b),
    "SymPy: transposes change nothing but the type": (
        Typed,
        "T",
        property(lambda a: Typed(a.value, a.transpose, a.spaces and a.spaces[::-1])),
    ),
    "SymPy: any trace is 0": (Expansion, "trace", lambda self, of: 0 * of.value),
    "SymPy: traces are not rotated": (Expansion, "trace", lambda self, of: of.value),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_one_expansion_is_caught_by_the_other(monkeypatch, fault):
    monkeypatch.setattr(*FAULTS[fault])
    assert disagreements()
