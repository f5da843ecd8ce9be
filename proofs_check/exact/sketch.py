"""Why sketches give low-rank approximations: the steps of the proof, in rational arithmetic.

X = U·diag(values)·Vᵀ with orthogonal U and V. U1 holds the first k columns of U, U2 the others, and
S2 the values after the first k. Every draw of the SRHT is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from flint import fmpq, fmpq_mat

from proofs_check.exact.eigensums import sign_of_top_sums, signal_polynomial
from proofs_check.exact.laws import hadamard_rows, sign_patterns
from proofs_check.exact.planted import identity, square

__all__ = [
    "columns",
    "predicted",
    "second_moments",
    "spectrum",
    "structural",
    "transforms",
]


def transforms(n: int, l: int) -> Iterator[fmpq_mat]:
    """sqrt(l)·J for every draw of the SRHT J of shape (l, n), one of each pair ±J."""
    h = hadamard_rows(n)
    for signs in sign_patterns(n):
        for kept in combinations(range(n), l):
            yield fmpq_mat((h[list(kept)] * signs).tolist())


def columns(a: fmpq_mat, start: int, stop: int) -> fmpq_mat:
    """Columns start, …, stop − 1."""
    return fmpq_mat([row[start:stop] for row in a.tolist()])


def spectrum(values: list[int]) -> fmpq_mat:
    """The diagonal matrix of these values."""
    return fmpq_mat(
        [[v if i == j else 0 for j in range(len(values))] for i, v in enumerate(values)]
    )


def structural(
    U: fmpq_mat, V: fmpq_mat, values: list[int], k: int, J: fmpq_mat
) -> tuple[bool, fmpq] | None:
    """Check the structural bound for one sketch of X = U·diag(values)·Vᵀ.

    ‖X − U1(JU1)⁺JX‖² = ‖S2‖² + ‖(JU1)⁺JU2S2‖², and it is at least the error of the best
    approximation of rank k in the row space of JX.

    Returns
    -------
    bool, fmpq, or None
        Whether both hold, and the error on the left; None if JU1 has no full column rank.
    """
    d = len(values)
    X = columns(U, 0, d) * spectrum(values) * V.transpose()
    sketched = J * columns(U, 0, k)
    gram = sketched.transpose() * sketched
    if gram.det() == 0:
        return None
    inverse = gram.inv() * sketched.transpose()
    tail = inverse * J * columns(U, k, d) * spectrum(values[k:])
    error = square(X - columns(U, 0, k) * inverse * J * X)
    # the best error is ‖X‖² less the k largest eigenvalues of X·P·Xᵀ, P projecting to that space
    reduced, rank = (J * X).rref()
    basis, gram_x = fmpq_mat(reduced.tolist()[:rank]), X.transpose() * X
    excess = error - square(X)
    top = [(Fraction(1), signal_polynomial(basis, gram_x))]
    below = sign_of_top_sums(Fraction(int(excess.p), int(excess.q)), top, k) >= 0
    return bool(error == sum(v * v for v in values[k:]) + square(tail) and below), error


def second_moments(U: fmpq_mat, values: list[int], k: int, l: int) -> tuple[fmpq, fmpq]:
    """E‖U1ᵀJᵀJU1 − I‖_F² and E‖U1ᵀJᵀJU2S2‖_F², averaged over all draws."""
    n, draws, sums = U.nrows(), 0, [fmpq(0), fmpq(0)]
    first, rest = columns(U, 0, k), columns(U, k, n) * spectrum(values)
    for J in transforms(n, l):
        sketched = (J * first).transpose() * fmpq(1, l)
        sums[0] += square(sketched * (J * first) - identity(k))
        sums[1] += square(sketched * (J * rest))
        draws += 1
    return sums[0] / draws, sums[1] / draws


def predicted(
    U: fmpq_mat, values: list[int], k: int, l: int, diagonal: int = 2
) -> tuple[fmpq, fmpq]:
    """The closed forms of ``second_moments``.

    σ²(k² + k − 2·Σ u_ia²u_ib²) and σ²(kΔ − 2·Σ u_ia²u_ib²s_b²) with σ² = (n − l)/(l(n − 1)) and
    Δ = ‖S2‖². Another coefficient than 2, the argument ``diagonal``, makes them wrong on purpose.
    """
    n = U.nrows()
    sigma2, weights = fmpq(n - l, l * (n - 1)), dict(zip(range(k, n), values, strict=True))
    overlap = [
        [sum((U[i, a] * U[i, b]) ** 2 for i in range(n)) for b in range(n)] for a in range(k)
    ]
    inner = sum(overlap[a][b] for a in range(k) for b in range(k))
    outer = sum(overlap[a][b] * w**2 for a in range(k) for b, w in weights.items())
    return sigma2 * (k * k + k - diagonal * inner), sigma2 * (
        k * sum(v * v for v in values) - diagonal * outer
    )
