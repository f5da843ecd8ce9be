"""Lemma S3.1: the gradients of the encoder-decoder loss, as printed and as they are.

Here r = (DEX̃ − Y)ᵀ, so that vec(r) lists the residual row by row.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sympy import Expr, Matrix, Rational, expand, eye, kronecker_product, symbols
from sympy.matrices.exceptions import ShapeError

from landscape import EncoderDecoder
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
from proofs_check.exact.instances import data_sets
from proofs_check.formal.evidence import formalised

__all__ = ["CLAIM"]

HALF = Rational(1, 2)
# (m, k, l, d)
SHAPES = [
    (1, 1, 1, 1),
    (2, 1, 1, 1),
    (1, 1, 2, 3),
    (3, 2, 1, 2),
    (2, 2, 1, 1),
    (2, 2, 2, 2),
    (3, 2, 3, 2),
]

Formula = Callable[[Matrix, Matrix, Matrix, Matrix], Matrix]
"""A gradient as a function of D, E, X̃ and r."""


def network(m: int, k: int, l: int, d: int) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Matrices D, E, X̃ and Y of symbols."""
    shapes = {"d": (m, k), "e": (k, l), "x": (l, d), "y": (m, d)}
    D, E, X, Y = (
        Matrix(*shape, symbols(f"{name}:{shape[0] * shape[1]}")) for name, shape in shapes.items()
    )
    return D, E, X, Y


def vec(a: Matrix) -> Matrix:
    """The columns of a stacked into one column."""
    return a.T.reshape(len(a), 1)


def in_decoder(D: Matrix, E: Matrix, X: Matrix, r: Matrix) -> Matrix:
    """(1), the printed gradient in vec(Dᵀ): vec(r)ᵀ(I_m ⊗ (EX̃)ᵀ)."""
    return vec(r).T * kronecker_product(eye(D.rows), (E * X).T)


def in_encoder_printed(D: Matrix, E: Matrix, X: Matrix, r: Matrix) -> Matrix:
    """(2), the printed gradient in vec(Eᵀ): vec(r)ᵀ(D ⊗ X̃)ᵀ."""
    return vec(r).T * kronecker_product(D, X).T


def in_encoder(D: Matrix, E: Matrix, X: Matrix, r: Matrix) -> Matrix:
    """(2) corrected: vec(r)ᵀ(D ⊗ X̃ᵀ)."""
    return vec(r).T * kronecker_product(D, X.T)


def compared(
    formula: Formula,
    part: str,
    shape: tuple[int, ...],
    factor: Expr = HALF,
) -> str:
    """How a formula compares with the derivative of factor·‖DEX̃ − Y‖² in D or E.

    Returns "equal", "different", "undefined" or "of wrong length".
    """
    D, E, X, Y = network(*shape)
    residual = D * E * X - Y
    loss = factor * sum(entry**2 for entry in residual)
    variables = vec((D if part == "D" else E).T)
    try:
        claimed = formula(D, E, X, residual.T)
    except ShapeError:
        return "undefined"
    if claimed.shape != (1, len(variables)):
        return "of wrong length"
    gaps = (expand(loss.diff(v) - c) for v, c in zip(variables, claimed, strict=True))
    return "equal" if all(gap == 0 for gap in gaps) else "different"


def _smallest(context: Context) -> Finding:
    m, k, _, d = shape = (2, 1, 1, 1)
    found = compared(in_encoder_printed, "E", shape)
    return Finding.of(
        found == "undefined" and compared(in_encoder, "E", shape) == "equal",
        Bearing.REFUTES,
        f"m = {m}, k = l = d = 1: vec(r)ᵀ has {m * d} columns and (D ⊗ X̃)ᵀ has {k * d} row, so "
        f"their product is {found}. The gradient of ½‖DEX̃ − Y‖_F² in E is vec(r)ᵀ(D ⊗ X̃ᵀ).",
        1,
        scope=f"m = {m}, k = l = d = 1",
        certificate={"kind": "gradients", "comparisons": {found: [list(shape)]}},
    )


def _symbolic(context: Context) -> Finding:
    shapes = SHAPES + ([(3, 3, 2, 2), (2, 3, 3, 3)] if context.full else [])
    results: dict[str, list[tuple[int, ...]]] = {}
    good = True
    for shape in shapes:
        good &= compared(in_decoder, "D", shape) == "equal" == compared(in_encoder, "E", shape)
        results.setdefault(compared(in_encoder_printed, "E", shape), []).append(shape)
    numbers = {name: [list(shape) for shape in found] for name, found in results.items()}
    wrong = sum(len(found) for name, found in results.items() if name != "equal")
    return Finding.of(
        good
        and wrong > 0
        and all((s[0] == s[1]) == (s not in results.get("undefined", [])) for s in shapes),
        Bearing.REFUTES,
        f"Derivatives of ½‖DEX̃ − Y‖_F² in symbols for {len(shapes)} shapes (m, k, l, d): "
        "vec(r)ᵀ(I ⊗ (EX̃)ᵀ) and vec(r)ᵀ(D ⊗ X̃ᵀ) are the gradients in D and E for all of them. "
        "Compared with the derivative, the printed gradient in E is "
        + "; ".join(f"{name} for {', '.join(map(str, found))}" for name, found in results.items())
        + ". It is defined only for m = k, and then it has Dᵀ in place of D.",
        len(shapes),
        scope=f"{wrong} of {len(shapes)} shapes",
        numbers=numbers,
        certificate={"kind": "gradients", "comparisons": numbers},
    )


def _digits(context: Context) -> Finding:
    worst, cases, undefined, k = 0.0, 0, 0, 3
    for _, X, Y, B in data_sets(context.rng):
        X, Y = (part[:, :100] / np.linalg.norm(part[:, :100]) for part in (X, Y))
        D, E = context.rng.normal(size=(len(Y), k)), context.rng.normal(size=(k, len(B)))
        in_D, in_E, _ = EncoderDecoder(D, E, B).gradient(X, Y)
        encoded = B @ X
        r = (D @ E @ encoded - Y).ravel()
        claimed = r @ np.kron(np.eye(len(Y)), (E @ encoded).T), r @ np.kron(D, encoded.T)
        # as printed, vec(r)ᵀ would have to fit the rows of (D ⊗ X̃)ᵀ
        undefined += r.size != D.shape[1] * encoded.shape[1]
        for gradient, half in zip((in_D, in_E), claimed, strict=True):
            worst = max(
                worst, float(np.linalg.norm(gradient.ravel() - 2 * half) / np.linalg.norm(gradient))
            )
        cases += 1
    return Finding.of(
        worst < 1e-9 and undefined == cases,
        Bearing.REFUTES,
        f"Digits, {cases} networks with k = {k} and m = 64 or 10; the printed gradient in E is "
        f"undefined for {undefined}: the gradient of ‖DEBX − Y‖_F² from the library is twice the "
        f"corrected formula, to a relative error of {worst:.1e}.",
        cases,
        numbers={"deviation": worst},
    )


CLAIM = Claim(
    id="lemma-s3.1",
    title="Gradients of the encoder-decoder loss",
    source=paper("Lemma S3.1"),
    statement=(
        r"With $r = (\bar Y - Y)^\top$, the gradient of $L$ in $\mathrm{vec}(D^\top)$ is (1) "
        r"$\mathrm{vec}(r)^\top (I_m \otimes (E\tilde X)^\top)$, and in $\mathrm{vec}(E^\top)$ it "
        r"is (2) $\mathrm{vec}(r)^\top (D \otimes \tilde X)^\top$."
    ),
    expected=Verdict.REFUTED,
    correction=(
        r"(2) should read $\mathrm{vec}(r)^\top(D \otimes \tilde X^\top)$; as printed it is "
        r"defined only for $m = k$. With this change (1) and (2) are the gradients of "
        r"$\frac{1}{2}\|\bar Y - Y\|_F^2$; those of the paper's $L = \|\bar Y - Y\|_F^2$ are "
        r"twice as large."
    ),
    checks=(
        formalised(
            "kernel",
            {
                "printed_gradient_E_fails": "vec(r)ᵀ has md entries and (D ⊗ X̃)ᵀ has kd rows, the "
                "same number only for m = k; at m = k = 2, l = d = 1 there is a point at which "
                "vec(r)ᵀ(D ⊗ X̃)ᵀ times any constant is not the gradient in vec(Eᵀ)",
                "gradient_E_by_kronecker": "for all sizes this gradient is 2·vec(r)ᵀ(D ⊗ X̃ᵀ)",
                "gradient_D_by_kronecker": "and that in vec(Dᵀ) is 2·vec(r)ᵀ(I_m ⊗ (EX̃)ᵀ)",
                "gradient_E_derivative": "the gradient in E is the derivative of ‖DEX̃ − Y‖_F²",
                "gradient_D_derivative": "and so is that in D",
            },
            Bearing.REFUTES,
            "every shape with m ≠ k, and m = k = 2, l = d = 1",
        ),
        Check("smallest shape", Grade.EXACT, "derivatives in symbols", _smallest),
        Check(
            "shapes",
            Grade.EXACT,
            "derivatives in symbols, seven shapes (full: nine)",
            _symbolic,
        ),
        Check("digits", Grade.NUMERICAL, "gradients of the library against the formulas", _digits),
    ),
    controls=(
        Control(
            "the loss without the factor ½",
            lambda context: compared(in_decoder, "D", (2, 1, 1, 1), Rational(1)) == "different",
        ),
        Control(
            "the gradient in E with Dᵀ in the place of D",
            lambda context: (
                compared(
                    lambda D, E, X, r: vec(r).T * kronecker_product(D.T, X.T), "E", (2, 2, 1, 1)
                )
                == "different"
            ),
        ),
        Control(
            "rows on top of each other in the place of columns",
            lambda context: (
                compared(lambda D, E, X, r: in_encoder(D, E, X, r.T), "E", (2, 2, 2, 3)) != "equal"
            ),
        ),
    ),
)
