"""Certificates of families of matrices and draws: every change of one is refused."""

import copy
import json
import random
from fractions import Fraction

import pytest
from numpy.random import SeedSequence

from proofs_check import claims
from proofs_check.checker import EXPECTED
from proofs_check.checker.certificates import judged, valid
from proofs_check.checker.kinds.embeddings import low_rank
from proofs_check.claim import Context

# a list whose entries have an order, or must differ, as a path in the certificate
LISTS = {
    ("prop-1-universal", "every draw"): ["matrices", 3, "ratios"],
    ("rank-barrier", "Frobenius norm"): ["matrices", 0, "ranks", 1, "pairs"],
    ("rank-barrier", "spectral norm"): ["matrices", 0, "ranks"],
    ("rank-barrier", "sphere"): ["matrices", 1, "ranks"],
    ("best-multiple", "multiple"): ["cases"],
    ("best-multiple", "every draw"): ["laws"],
    ("gaussian-moments", "every three-point matrix"): ["cases"],
    ("gaussian-moments", "law of the error"): ["cases"],
    ("prop-1-derivation", "steps"): ["matrices"],
    ("prop-1-derivation", "constants"): ["less"],
    ("prop-2-elsewhere", "criterion"): ["laws"],
    ("prop-2-elsewhere", "ε = 1/2"): ["counted"],
    ("prop-2-elsewhere", "n = 3"): ["laws"],
    ("prop-2-corrected", "structural lemma"): ["rounds", 0, "planted", "best"],
    ("prop-2-corrected", "SRHT moments"): ["families", 0, "means"],
    ("prop-2-corrected", "Gaussian mean"): ["matrices"],
}


def another_best(c):
    ranks = c["matrices"][0]["ranks"][0]
    ranks["best"] = ranks["pairs"][0]


def zero_vector(c):
    c["matrices"][0]["ranks"][0]["pairs"][0]["x"] = ["0"] * 4


def not_the_top_vector(c):
    c["matrices"][0]["x"] = [1, 0]


def a_wide_ball(c):
    c["cases"][0]["success"] = "[0.1 +/- 0.5]"


def a_wide_reciprocal(c):
    c["reciprocals"][0] = "[0.5 +/- 0.4]"


def no_approximation(c):
    c["rounds"][0]["planted"]["best"][0] = [["0"] * 5] * 5


def the_best_of_higher_rank(c):
    best = c["rounds"][0]["planted"]["best"]
    best[0] = best[1]


def zero_matrix(c):
    case = c["cases"][0]
    case["W"] = [[0, 0]]
    case |= {"one_sided": "0", "two_sided": "0", "bilinear_variance": "0"}


def other_accuracies(c):
    c["epsilons"] = ["1/2", "1/2"]


def eigenvalues_between(c):
    # XXᵀ has the eigenvalues (3 ± √5)/2 and twice 1
    law = {"k": 2, "l": 2, "epsilon": "1/2", "optimum": 2, "success": "1"}
    c["laws"] = [{"X": [[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], **law}]


# what the replay refuses whatever the claim needs
FALSE = [
    ("rank-barrier", "Frobenius norm", another_best),
    ("rank-barrier", "spectral norm", zero_vector),
    ("prop-1-universal", "every draw", not_the_top_vector),
    ("gaussian-moments", "law of the error", a_wide_ball),
    ("gaussian-moments", "every three-point matrix", zero_matrix),
    ("prop-2-corrected", "Gaussian mean", a_wide_reciprocal),
    ("prop-2-corrected", "structural lemma", no_approximation),
    ("prop-2-corrected", "structural lemma", the_best_of_higher_rank),
    ("prop-1-derivation", "steps", other_accuracies),
    ("prop-2-elsewhere", "criterion", eigenvalues_between),
]

CHECKS = {(claim.id, check.name): check for claim in claims() for check in claim.checks}
LEAVES = 12


@pytest.fixture(scope="module", params=LISTS, ids=" ".join)
def honest(request):
    """A certificate as it is stored, what is expected of it, and the list in it."""
    made = CHECKS[request.param].run(Context("quick", SeedSequence(1))).certificate
    claim, check = request.param
    return json.loads(json.dumps(made)), EXPECTED[claim].checks[check], LISTS[request.param]


def leaves(value, path=()):
    """The paths of all numbers and texts, the kind apart."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in items:
            if key != "kind":
                yield from leaves(part, (*path, key))
    elif value is not None:
        yield path


def at(certificate, path):
    for key in path:
        certificate = certificate[key]
    return certificate


def changed(leaf):
    """Another number, or another ball."""
    if isinstance(leaf, int):
        return leaf + 1
    try:
        return str(Fraction(leaf) + Fraction(1, 7))
    except ValueError:
        return leaf.replace("0.", "9.", 1) if "0." in leaf else f"{leaf} "


def test_honest(honest):
    certificate, expected, _ = honest
    assert judged(certificate, expected)[0], judged(certificate, expected)


def test_one_number_changed(honest, remember):
    # a change leaves most matrices as they are, and what is computed from them
    for function in ("_gram", "_mean_on_corners"):
        remember(low_rank, function)
    certificate, expected, _ = honest
    paths = [path for path in leaves(certificate) if path != ("bits",)]
    for path in random.Random(0).sample(paths, min(LEAVES, len(paths))):
        false = copy.deepcopy(certificate)
        at(false, path[:-1])[path[-1]] = changed(at(false, path))
        assert not judged(false, expected)[0], path


def swapped(entries):
    other = next((i for i, entry in enumerate(entries) if entry != entries[0]), None)
    if other is None:
        pytest.skip("one entry")
    entries[0], entries[other] = entries[other], entries[0]


def copied(entries):
    if len(entries) < 2:
        pytest.skip("one entry")
    other = next(i for i, entry in enumerate(entries) if entry != entries[0])
    entries[0] = copy.deepcopy(entries[other])


def dropped(entries):
    # of a list that may be longer, leave too few
    del entries[min(len(entries) - 1, 7 if len(entries) > 12 else len(entries)) :]
    del entries[-1:]


def emptied(entries):
    entries.clear()


# where the order of the entries does not matter
UNORDERED = (["matrices", 0, "ranks", 1, "pairs"], ["matrices"])


@pytest.mark.parametrize("change", [swapped, copied, dropped, emptied])
def test_a_list_changed(honest, change):
    certificate, expected, path = honest
    if (
        change is swapped
        and expected.kind in ("rank-barrier", "inverse-gram")
        and path in UNORDERED
    ):
        pytest.skip("the order does not matter")
    false = copy.deepcopy(certificate)
    change(at(false, path))
    assert not judged(false, expected)[0]


@pytest.mark.parametrize(
    ("claim", "check", "change"), FALSE, ids=lambda p: getattr(p, "__name__", p)
)
def test_false_whatever_is_expected(claim, check, change):
    made = CHECKS[claim, check].run(Context("quick", SeedSequence(1))).certificate
    false = json.loads(json.dumps(made))
    assert judged(false)[0]
    change(false)
    assert not judged(false)[0]


def test_eigenvalues_below_1_are_named():
    false = {"kind": "sketch-laws"}
    eigenvalues_between(false)
    assert judged(false)[1] == "refused: an eigenvalue of XXᵀ is between 0 and 1"


def test_a_probability_that_is_not_below_its_limit():
    made = CHECKS["prop-2-elsewhere", "n = 3"].run(Context("quick", SeedSequence(1))).certificate
    assert valid(made, below=Fraction(1, 3))[0]
    assert not valid(made, below=Fraction(1, 4))[0]


def test_a_certificate_of_another_check(honest):
    certificate, expected, _ = honest
    for claim, check in LISTS:
        other = EXPECTED[claim].checks[check]
        assert other is expected or not judged(certificate, other)[0]
