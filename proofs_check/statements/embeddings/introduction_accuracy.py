"""The abstract: almost all weights from the FJLT distribution approximate the dense layer.

Read as a statement about W'x this is false, in norm and for the decision of a classifier.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from figures.data import digits
from fjlt import DenseReplacement
from fjlt.runs.binomial import design
from fjlt.types import Array, IntArray, RealArray
from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Finding,
    Grade,
    Verdict,
    paper,
)
from proofs_check.exact.error_laws import success_probability
from proofs_check.exact.laws import projections, prop1_law
from proofs_check.formal.evidence import formalised

__all__ = ["CLAIM"]

# the probability of a false alarm, and of missing what a statistical check is designed to find
LEVEL = 1e-9
# the loss of accuracy whose probability is tested
DROP = 0.3
IDENTITY = np.eye(4, dtype=int)


def share_close(W: Array, x: Array, k1: int, k2: int, epsilon: Fraction) -> Fraction:
    """Share of the weights with ‖W'x − Wx‖ <= ε‖Wx‖, by enumeration.

    For the matrices used here ‖Wx‖ = ‖W‖‖x‖, so this is the event of Proposition 1.
    """
    Wx = W @ x
    return success_probability(W.tolist(), x.tolist(), k1, k2, epsilon**2 * int(Wx @ Wx))


def share_same_class(W: Array, x: Array, k1: int, k2: int) -> Fraction:
    """Share of the weights for which W'x has its largest entry where Wx has it, without a tie.

    By enumeration of the signs and rows of both transforms.
    """
    label, good, draws = int(np.argmax(W @ x)), 0, 0
    # many draws of J1 give the same vector k1·W·J1ᵀJ1·x, so each vector is examined once
    inner, counts = np.unique(
        np.concatenate(list(projections(x, k1))) @ W.T, axis=0, return_counts=True
    )
    for z, count in zip(inner, counts, strict=True):
        outputs = np.concatenate(list(projections(z, k2)))
        others = np.delete(outputs, label, axis=1).max(axis=1)
        good += int(count) * int((outputs[:, label] > others).sum())
        draws += int(count) * len(outputs)
    return Fraction(good, draws)


def rarely_same_class(*sizes: tuple[int, int]) -> bool:
    """Whether less than 9/10 of the weights keep the class of x = e1, W = I, at each (k1, k2)."""
    return all(share_same_class(IDENTITY, IDENTITY[0], *size) < Fraction(9, 10) for size in sizes)


def classifier() -> tuple[RealArray, RealArray, IntArray]:
    """(W, images, labels): a linear classifier of the digits and the half not used to fit it.

    W has shape (16, 64): ten rows fitted by least squares to one-hot labels, and six zero rows.
    """
    X, labels = digits()
    train = np.arange(X.shape[1]) % 2 == 0
    W = np.zeros((16, 64))
    W[:10] = np.linalg.lstsq(X[:, train].T, np.eye(10)[labels[train]], rcond=None)[0].T
    return W, X[:, ~train], labels[~train]


def accuracy(W: RealArray | DenseReplacement, X: RealArray, labels: IntArray) -> float:
    """Share of the images whose label is the largest of the first ten outputs."""
    return float(np.mean(np.argmax((W @ X)[:10], axis=0) == labels))


def sampled(context: Context, k1: int, k2: int, draws: int) -> tuple[float, RealArray]:
    """(accuracy of the dense classifier, accuracies of drawn replacements that are not trained)."""
    W, X, labels = classifier()
    accuracies = [
        accuracy(DenseReplacement.from_dense(W, k1, k2, rng=s), X, labels)
        for s in context.seed.spawn(draws)
    ]
    return accuracy(W, X, labels), np.array(accuracies)


def _action(context: Context) -> Finding:
    epsilons = (Fraction(1, 2), Fraction(9, 10), Fraction(999_999, 1_000_000))
    vectors = [[1, 0, 0, 0], [1, 1, 0, 0], [1, 2, 3, 4], [1, -1, 2, 0]]
    shares = [
        [share_close(IDENTITY, np.array(x), k, k, epsilon) for k in (1, 2) for epsilon in epsilons]
        for x in vectors
    ]
    law = {str(value): str(p) for value, p in prop1_law(IDENTITY, vectors[0], 2, 2).items()}
    cases, largest = sum(map(len, shares)), max(map(max, shares))
    return Finding.of(
        not any(shares[0]) and largest < Fraction(1, 4),
        Bearing.REFUTES,
        f"W = I, n = 4, k1 = k2 = 1, 2, ε up to {float(epsilons[-1])}, by enumeration: for x = e1 "
        f"no choice of the weights has ‖W'x − Wx‖ <= ε‖W‖‖x‖. For {len(vectors) - 1} other "
        f"vectors the share of such choices is at most {largest}. So almost no choice "
        "approximates the action of W.",
        cases,
        scope="W = I, n = 4",
        numbers={
            "shares": {
                str(x): [str(share) for share in row]
                for x, row in zip(vectors, shares, strict=True)
            }
        },
        certificate={
            "kind": "prop1-law",
            "W": IDENTITY.tolist(),
            "x": vectors[0],
            "k1": 2,
            "k2": 2,
            "law": law,
        },
    )


def _decision(context: Context) -> Finding:
    shares = {k: share_same_class(IDENTITY, IDENTITY[0], k, k) for k in (1, 2, 3)}
    return Finding.of(
        rarely_same_class(*((k, k) for k in shares)),
        Bearing.REFUTES,
        "Four classes, W = I and x = e1, which belongs to the first class by a margin of ‖W‖‖x‖. "
        "The share of the weights for which the replacement gives the same class, without a tie, "
        "is "
        + ", ".join(f"{share} for k1 = k2 = {k}" for k, share in shares.items())
        + ", by enumeration.",
        len(shares),
        scope="a classifier, decided by every draw",
        numbers={"shares": {str(k): str(share) for k, share in shares.items()}},
        certificate={
            "kind": "same-class",
            "k": list(shares),
            "shares": [str(share) for share in shares.values()],
        },
    )


def _digits(context: Context, k1: int = 6, k2: int = 4) -> Finding:
    test = design(0.5, 0.9, LEVEL, LEVEL, below=0.1)
    dense, accuracies = sampled(context, k1, k2, test.draws)
    lost = int((accuracies <= dense - DROP).sum())
    return Finding(
        Bearing.tested(test, lost, Bearing.REFUTES),
        "A least-squares classifier of the digits (10×64, padded to 16×64, fitted to half of the "
        f"images) has accuracy {dense:.3f} on the other half. Its replacement with k1 = log 64 = "
        f"{k1}, k2 = log 16 = {k2}, not trained, has median accuracy {np.median(accuracies):.3f} "
        f"over {test.draws} draws and {accuracies.max():.3f} at best. In {lost} draws it loses at "
        f"least {DROP}. The test asks whether the probability of such a loss exceeds 1/2. Design: "
        f"{test}.",
        test.draws,
        numbers={
            "dense": dense,
            "median": float(np.median(accuracies)),
            "best": float(accuracies.max()),
            "lost": lost,
        },
    )


CLAIM = Claim(
    id="introduction-accuracy",
    title="Almost all choices of weights preserve accuracy",
    source=paper("Section 1, advantage (1)"),
    statement=(
        r"Almost all choices of the weights from the distribution of an FJLT preserve accuracy. As "
        r"a statement on one layer: for every $x$, $W'x$ is close to $Wx$ with probability close "
        r"to $1$."
    ),
    expected=Verdict.REFUTED,
    correction=(
        r"For untrained weights the output side destroys the approximation in norm (claim "
        r"prop-1). What concentrates is the input side, and $u^\top W'x$ for fixed $u$ and $x$ "
        r"(claim prop-1-corrected). Whether trained replacements keep accuracy is a question for "
        r"experiments; this statement does not answer it. The introduction writes the replacement "
        r"as $J_1^\top W'J_2$, which is defined only for $k_1 = k_2$ and has the shape of the "
        r"layer only for $n_1 = n_2$; Section 3.2 has $J_2^\top\tilde W J_1$, which is meant here."
    ),
    depends_on=("prop-1",),
    checks=(
        formalised(
            "kernel",
            {
                "output_side_fails": "for SRHTs and any W and x with Wx ≠ 0 the share of the draws "
                "with ‖W'x − Wx‖ <= ε‖Wx‖ is at most k2/((1 − ε²)n2), 0 <= ε < 1"
            },
            Bearing.REFUTES,
            "every x with Wx ≠ 0, SRHTs, k2 much smaller than n2",
            remark="It states nothing on the accuracy of a classifier.",
        ),
        Check("action", Grade.EXACT, "the whole law, in rationals", _action),
        Check(
            "decision",
            Grade.EXACT,
            "every sign pattern and row subset of both transforms",
            _decision,
        ),
        Check(
            "digits",
            Grade.STATISTICAL,
            "drawn replacements, a designed binomial test",
            _digits,
            alpha=LEVEL,
        ),
    ),
    controls=(
        Control(
            "k1 = k2 = n, where W' = W and the statement is true",
            lambda context: (
                share_close(IDENTITY, np.array([1, 2, 3, 4]), 4, 4, Fraction(0)) == 1
                and share_same_class(IDENTITY, IDENTITY[0], 4, 4) == 1
            ),
        ),
        Control(
            "k1 = 3 of 4 and k2 = n2, which keeps the class of e1 in every draw",
            lambda context: not rarely_same_class((3, 4)),
        ),
        Control(
            "the full-size replacement of the digits classifier, which loses nothing",
            lambda context: (
                [bool((abs(f - dense) < 0.01).all()) for dense, f in [sampled(context, 64, 16, 5)]]
                == [True]
            ),
        ),
        Control(
            "digits with k1 = 64 and k2 = 16, whose draws must not refute",
            lambda context: _digits(context, 64, 16).bearing is not Bearing.REFUTES,
        ),
    ),
)
