"""Rational matrices for which the assumptions of a derivation hold, one model for each.

A model shows that the assumptions do not contradict one another. It is no special case that would
hide a contradiction: no matrix is zero, spaces that differ have different sizes, and rotations keep
the matrices from commuting. The checker evaluates assumptions and goals at it, exactly.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from proofs_check.checker.arithmetic.rational_matrices import (
    Matrix,
    inverse,
    matrix,
    product,
    transpose,
)

__all__ = [
    "best_core",
    "critical_points",
    "eliminated",
    "encoder",
    "form",
    "gap",
    "hidden",
    "kernel",
    "loewner",
    "multiple",
    "nearest",
    "orbit",
    "ranged",
    "realised",
    "reconstruction",
    "separation",
    "spiked",
    "splitting",
    "structural",
    "turned",
]

ROTATION = matrix([["3/5", "-4/5"], ["4/5", "3/5"]])
HALVES = matrix(
    [
        [f"{s}/2" for s in row]
        for row in ((1, 1, 1, 1), (1, -1, 1, -1), (1, 1, -1, -1), (1, -1, -1, 1))
    ]
)
"""Orthogonal matrices of order 2 and 4."""

MIXING = product(
    [[*row, Fraction(0)] for row in HALVES] + matrix([[0, 0, 0, 0, 1]]),
    matrix(
        [
            [1, 0, 0, 0, 0],
            [0, 1, 0, 0, 0],
            [0, 0, 1, 0, 0],
            [0, 0, 0, "3/5", "4/5"],
            [0, 0, 0, "-4/5", "3/5"],
        ]
    ),
)
"""An orthogonal matrix of order 5 in which every row of ``HALVES`` is mixed with the last."""

SKEW, UNSKEW = (
    matrix([[1, 0, 0], [1, 1, 0], [0, 2, 1]]),
    matrix([[1, 0, 0], [-1, 1, 0], [2, -2, 1]]),
)
SHEAR, UNSHEAR = matrix([[1, 2], [1, 3]]), matrix([[3, -2], [-1, 1]])
"""Two matrices, each with its inverse."""


def chain(*factors: Matrix) -> Matrix:
    """The product of several matrices."""
    value = factors[0]
    for factor in factors[1:]:
        value = product(value, factor)
    return value


def diagonal(values: list[int], columns: int) -> Matrix:
    """A matrix with these numbers on its diagonal."""
    return [[Fraction(v if i == j else 0) for j in range(columns)] for i, v in enumerate(values)]


def unit(i: int, n: int) -> Matrix:
    """A column of n numbers with a 1 at place i."""
    return [[Fraction(int(i == j))] for j in range(n)]


def columns(a: Matrix, *places: int) -> Matrix:
    """Some columns of a matrix."""
    return [[row[i] for i in places] for row in a]


def reconstruction() -> dict[str, Any]:
    """An SRHT of shape 4 × 8: four rows of the Hadamard matrix with signs, entries ±½; c = n/k."""
    signs = (1, 1, -1, 1, -1, -1, 1, 1)
    J = [
        [Fraction(sign * (-1) ** (r & j).bit_count(), 2) for j, sign in enumerate(signs)]
        for r in (0, 3, 5, 6)
    ]
    return {"J": J, "x": matrix([[x] for x in (1, -2, 3, 5, 0, 7, 1, 1)]), "c": 2}


def ranged() -> dict[str, Any]:
    """The same SRHT, a vector w of its outputs and a vector t of its inputs."""
    model = reconstruction()
    w = matrix([[w] for w in (1, -2, 0, 3)])
    return {"J": model["J"], "w": w, "t": model["x"], "c": model["c"]}


def multiple() -> dict[str, Any]:
    """The same SRHT, and the multiple 3/5."""
    return reconstruction() | {"s": "3/5"}


def nearest() -> dict[str, Any]:
    """m = 4, n = 6, r = 2, q = 3; WWᵀ has the eigenvalues 9, 6, 4, 1, and λ = 5."""
    rows = matrix([[3, 0, 0, 0, 0, 0], [0, 2, 1, 1, 0, 0], [0, 0, 0, 0, 2, 0], [0, 0, 0, 0, 0, 1]])
    projection = diagonal([1, 1, 0, 0], 4)
    first = columns(HALVES, 0, 1)
    spread = matrix([[1, 2, 0, -1, 3, 1], [0, 1, 1, 2, 0, -2], [1] * 6, [2] * 6])
    return {
        "W": product(HALVES, rows),
        "M": product(projection, spread),
        "P": projection,
        "Q": product(first, transpose(first)),
        "R": product(first, matrix([[2, 0], [0, 1]])),
        "T": product(columns(HALVES, 2, 3), matrix([[1, 0, 0], [0, 2, 0]])),
        "lam": 5,
    }


def best_core() -> dict[str, Any]:
    """m = 4, n = 5; P has rank 2 and Q rank 3."""
    left, right = columns(HALVES, 0, 2), columns(MIXING, 1, 3, 4)
    P, Q = product(left, transpose(left)), product(right, transpose(right))
    spread = matrix([[1, 2, 0, -1, 3], [0, 1, 1, 2, -2], [1, 0, 3, 1, 1], [2, -1, 0, 1, 2]])
    return {
        "W": matrix([[2, 1, 0, 1, -1], [0, 3, 1, 0, 2], [1, 1, 1, -2, 0], [0, 0, 2, 1, 1]]),
        "M": chain(P, spread, Q),
        "P": P,
        "Q": Q,
    }


def spiked() -> dict[str, Any]:
    """n = 4, l = 3, k = 2; the vector y of JUUᵀJᵀ relative to JJᵀ has the eigenvalue 9/25."""
    rows = matrix([["3/5", 0, "4/5", 0], [0, "3/5", 0, "4/5"], ["4/5", 0, "-3/5", 0]])
    return {
        "J": chain(SKEW, rows, transpose(HALVES)),
        "U": columns(HALVES, 0, 1),
        "y": product(transpose(UNSKEW), matrix([[0], [1], [0]])),
        "z": matrix([[1], [2], [-1]]),
        "a": 2,
        "t": "9/25",
    }


def structural() -> dict[str, Any]:
    """n = 4, k = 2, r = 1, d = 5, l = 3."""
    J = product(matrix([[1, 0, 0, 2], [0, 1, 0, -1], [0, 0, 1, 1]]), transpose(HALVES))
    return {
        "U1": columns(HALVES, 0, 1),
        "U2": columns(HALVES, 2),
        "M1": matrix([[3, 1, 0, -1, 2], [0, 2, 1, 1, 0]]),
        "M2": matrix([[1, 0, -1, 1, 1]]),
        "J": J,
        # a left inverse of J·U1, which is the identity above a zero row
        "A": matrix([[1, 0, 2], [0, 1, -3]]),
    }


def data() -> tuple[Matrix, Matrix, Matrix]:
    """X (3 × 5), Y (4 × 5), G⁺ = (XXᵀ)⁻¹; the columns of HALVES are eigenvectors, to 9, 4, 1, 0."""
    X = chain(SKEW, diagonal([1, 1, 1], 5), MIXING)
    Y = chain(
        HALVES, matrix([[3, 0, 0, 0, 0], [0, 2, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 2, 1]]), MIXING
    )
    return X, Y, product(transpose(UNSKEW), UNSKEW)


def critical_points() -> dict[str, Any]:
    """A critical point with rank D = 1 < k = 2; m = 4, l = 3, d = 5."""
    X, Y, Gp = data()
    a, b, v = (columns(HALVES, i) for i in (0, 1, 2))
    # D spans b; a basis of the hidden layer is sheared
    D = product([[*row, Fraction(0)] for row in b], SHEAR)
    W = product(UNSHEAR, transpose([[*row, Fraction(0)] for row in b]))
    E = chain(W, Y, transpose(X), Gp)
    return {
        "D": D,
        "E": E,
        "X": X,
        "Y": Y,
        "Gp": Gp,
        "P": product(D, W),
        "W": W,
        "w": product(UNSHEAR, unit(1, 2)),
        "v": v,
        "a": a,
        "b": b,
        "lambda_a": 9,
        "lambda_b": 4,
        "s": 2,
        "t": 3,
    }


def realised() -> dict[str, Any]:
    """Two eigenvectors, turned by a rotation: m = 4, q = 2, l = 3, d = 5."""
    X, Y, Gp = data()
    return {
        "U": product(columns(HALVES, 0, 2), ROTATION),
        "X": X,
        "Y": Y,
        "Gp": Gp,
        "Lambda": chain(transpose(ROTATION), diagonal([9, 1], 2), ROTATION),
    }


def encoder() -> dict[str, Any]:
    """D of full column rank whose range is no invariant subspace: m = 4, k = 2, l = 3, d = 5."""
    X, Y, Ginv = data()
    D = product(columns(HALVES, 0, 2), SHEAR)
    N = product(UNSHEAR, transpose(UNSHEAR))
    return {
        "D": D,
        "E": chain(N, transpose(D), Y, transpose(X), Ginv),
        "X": X,
        "Y": Y,
        "N": N,
        "Ginv": Ginv,
    }


def loewner() -> dict[str, Any]:
    """Projections of rank 3 and 2 in R^5; m = 4."""
    Q, Q_B = (
        chain(transpose(MIXING), diagonal(values, 5), MIXING)
        for values in ([1, 1, 1, 0, 0], [0, 1, 1, 0, 0])
    )
    return {"Y": data()[1], "Q": Q, "Q_B": Q_B}


def turned() -> dict[str, Any]:
    """n = 4, d = 5, m = 3, k = 2."""
    upper = matrix([[1, 1, 0, 0], [0, 1, 2, 0], [0, 0, 1, 1], [0, 0, 0, 1]])
    inverse = matrix([[1, -1, 2, -2], [0, 1, -2, 2], [0, 0, 1, -1], [0, 0, 0, 1]])
    # X = LX₀ with X₀X₀ᵀ = 1; in the coordinates of Lᵀ the columns of HALVES are eigenvectors
    start = columns(transpose(MIXING), 0, 1, 2, 3)
    X = product(transpose(upper), transpose(start))
    Y = [
        [x + y for x, y in zip(r, s, strict=True)]
        for r, s in zip(
            chain(diagonal([3, 2, 1], 4), HALVES, transpose(start)),
            # what no row of X sees
            product(matrix([[1], [2], [-1]]), transpose(columns(transpose(MIXING), 4))),
            strict=True,
        )
    ]
    return {
        "X": X,
        "Y": Y,
        "U": chain(inverse, columns(HALVES, 1, 2), ROTATION),
        "V": matrix([[1, 0], [2, 1], [0, 1], [1, -1]]),
        "a": product(inverse, columns(HALVES, 0)),
        "c": product(transpose(ROTATION), unit(0, 2)),
        "mu_a": 9,
        "mu_b": 4,
        "t": 3,
    }


def separation() -> dict[str, Any]:
    """n = 4, N = 2, d = 5, m = 3."""
    X = transpose(columns(transpose(MIXING), 0, 1, 2, 3))
    P, Q = columns(HALVES, 0, 1), columns(HALVES, 2, 3)
    seen = product(diagonal([3, 1, 0], 2), ROTATION)
    other = matrix([[0, 1], [1, 0], [1, 1]])
    Y = [
        [x + y for x, y in zip(r, s, strict=True)]
        for r, s in zip(chain(seen, transpose(P), X), chain(other, transpose(Q), X), strict=True)
    ]
    return {
        "X": X,
        "Y": Y,
        "P": P,
        "Q": Q,
        "u": matrix([[1], [2]]),
        "v": matrix([[3], [-1]]),
        "a": product(transpose(ROTATION), unit(0, 2)),
        "b": product(transpose(ROTATION), unit(1, 2)),
        "w": matrix([[1], [5]]),
        "d_u": matrix([[1], [0], [2]]),
        "d_v": matrix([[0], [1], [1]]),
        "mu_a": 9,
        "mu_b": 1,
        "t": 3,
    }


def gap() -> dict[str, Any]:
    """A critical point with rank D = 1, and a D₂ of rank 2 that is none; m = 4, k = 2, l = 3."""
    X, Y, Gp = data()
    D = product([[*row, Fraction(0)] for row in columns(HALVES, 0)], ROTATION)
    # two orthonormal columns, the first between two eigenvectors
    U = [[(3 * a + 4 * b) / 5, c] for a, b, c in columns(HALVES, 0, 1, 3)]
    return {
        "D": D,
        "E": chain(transpose(D), Y, transpose(X), Gp),
        "X": X,
        "Y": Y,
        "Gp": Gp,
        "D2": product(U, SHEAR),
        "E2": matrix([[1, 0, 2], [3, -1, 1]]),
        "P2": product(U, transpose(U)),
        "v": columns(HALVES, 1),
        "w": product(transpose(ROTATION), unit(1, 2)),
        "lambda_v": 4,
        "s": 2,
        "t": 3,
    }


def form() -> dict[str, Any]:
    """rank D = 1 < k = 2 and rank Σ = 2 < l = 3; the second row of C⁻¹E has an N and a K."""
    X, _, Ginv = data()
    Y = chain(
        HALVES, matrix([[3, 0, 0, 0, 0], [0, 2, 0, 0, 0], [0, 0, 0, 1, 1], [0, 0, 0, 2, 1]]), MIXING
    )
    b, kappa = columns(HALVES, 0), product(transpose(UNSKEW), unit(2, 3))
    seen = chain(transpose(b), Y, transpose(X), Ginv)
    bare = [[*row, Fraction(0)] for row in b]
    further = [[2 * x + y for x, y in zip(seen[0], transpose(kappa)[0], strict=True)]]
    inverses = diagonal([0, 0, 0, 0], 4)
    inverses[0][0], inverses[1][1] = Fraction(1, 9), Fraction(1, 4)
    return {
        "D": product(bare, SHEAR),
        "E": product(UNSHEAR, seen + further),
        "X": X,
        "Y": Y,
        "Ginv": Ginv,
        "P": product(b, transpose(b)),
        "W": product(UNSHEAR, transpose(bare)),
        "Sp": chain(HALVES, inverses, transpose(HALVES)),
        "w": product(UNSHEAR, unit(1, 2)),
        "kappa": kappa,
    }


def kernel() -> dict[str, Any]:
    """rank T = 3 = l; m = 4, k = 2."""
    X, Y, Ginv = data()
    inverses = [[Fraction(int(i == j), 3 - i) for j in range(3)] for i in range(3)]
    return {
        "X": X,
        "Y": Y,
        "Ginv": Ginv,
        "K": matrix([[1, 2, 0], [0, 1, -1]]),
        "A": matrix([[1, 0, 2, 1], [0, 3, 1, -1]]),
        "Q": chain(transpose(UNSKEW), inverses, transpose(columns(HALVES, 0, 1, 2))),
    }


def orbit() -> dict[str, Any]:
    """Two decoders with one range, which is no invariant subspace: m = 4, k = 2, l = 3, d = 5."""
    X, Y, Ginv = data()
    change, back = matrix([[1, 1], [0, 2]]), matrix([[1, "-1/2"], [0, "1/2"]])
    U = [[(3 * a + 4 * b) / 5, c] for a, b, c in columns(HALVES, 0, 1, 3)]
    D, W = product(U, SHEAR), product(UNSHEAR, transpose(U))
    D2, W2 = product(D, change), product(back, W)
    return {
        "D": D,
        "E": chain(W, Y, transpose(X), Ginv),
        "D2": D2,
        "E2": chain(W2, Y, transpose(X), Ginv),
        "X": X,
        "Y": Y,
        "Ginv": Ginv,
        "W": W,
        "W2": W2,
    }


def eliminated() -> dict[str, Any]:
    """A decoder that is not the best: m = 4, k = 2, n = 3, d = 5."""
    X, Y, _ = data()
    # the rows of W are the first two of SKEW⁻¹, sheared, and SKEW⁻¹·X has orthonormal rows
    return {
        "D": matrix([[1, 0], [2, 1], [0, 1], [-1, 3]]),
        "W": product(SHEAR, UNSKEW[:2]),
        "X": X,
        "Y": Y,
        "N": product(transpose(UNSHEAR), UNSHEAR),
        "T": matrix([[1, 1], [0, 2]]),
        "Tinv": matrix([[1, "-1/2"], [0, "1/2"]]),
    }


def hidden() -> dict[str, Any]:
    """A network with k = 3, l = 4 and rank B = 2, and FW with rank 2: n = 5, d = 6, m = 7."""
    X = matrix(
        [
            [1, 0, 0, 0, 0, 1],
            [0, 1, 0, 0, 2, 0],
            [0, 0, 1, 0, 0, 0],
            [1, 0, 0, 1, 0, 0],
            [0, -1, 0, 0, 1, 0],
        ]
    )
    F = matrix([[1, 0], [2, 1], [0, 1], [-1, 3], [1, 1], [0, -2], [1, 0]])
    W = matrix([[1, 0, 2, -1, 1], [0, 1, 1, 1, -2]])
    # orthogonal to the columns of F, and to the rows of W
    g, omega = matrix([[1], [-1], [0], [0], [1], [0], [0]]), matrix([[-1, -1, 1, 2, 1]])
    cross = [
        [x + y for x, y in zip(r, s, strict=True)]
        for r, s in zip(chain(F, W, X, transpose(X)), product(g, omega), strict=True)
    ]
    # the last two rows of B are sums of the others
    B = matrix([[1, 2, 0, 1, -1], [0, 1, 1, 0, 3], [1, 3, 1, 1, 2], [2, 5, 1, 2, 1]])
    E = matrix([[1, 0, 1, 2], [0, 1, -1, 1], [-1, 0, 0, 4]])
    return {
        "D": filled(7, 3, 2),
        "E": E,
        "B": B,
        "V": filled(4, 5, 3),
        "X": X,
        "Y": chain(cross, inverse(product(X, transpose(X))), X),
        "p": matrix([[1], [1], [-1]]),
        "h": matrix([[1], [1], [-1], [0]]),
        "y": filled(7, 1, 4),
        "z": filled(3, 1, 5),
        "F": F,
        "W": W,
    }


def reflection(n: int) -> Matrix:
    """The reflection of R^n that turns the vector (1, 2, …, n) round."""
    square = sum(i * i for i in range(1, n + 1))
    return [
        [Fraction(int(i == j)) - Fraction(2 * i * j, square) for j in range(1, n + 1)]
        for i in range(1, n + 1)
    ]


def filled(rows: int, width: int, shift: int) -> Matrix:
    """A matrix of small integers without a pattern."""
    return [
        [Fraction((7 * i * i + 3 * j * (i + shift) + j * j + shift) % 11 - 5) for j in range(width)]
        for i in range(rows)
    ]


def splitting() -> dict[str, Any]:
    """q = 3, s = 1, a = 6, b = 7, t = 2, e = 4; m = 10, l = 11, k = 14."""
    q, s, a, b, t, e = 3, 1, 6, 7, 2, 4
    m, l, k = q + s + a, q + s + b, q + t + e + 5
    left, right, units = reflection(m), reflection(l), reflection(k)
    model = {
        "J1": columns(units, *range(q)),
        "J2": columns(units, *range(q, q + t)),
        "J3": columns(units, *range(q + t, q + t + e)),
        "T": columns(reflection(a), *range(t)),
        "S": columns(reflection(b), *range(e)),
        "L1": matrix([[3, 1, 0], [1, 2, 1], [0, 1, 1]]),
        "L2": matrix([[2]]),
    }
    for name, frame, last in (("U", left, a), ("V", right, b)):
        for i, (start, size) in enumerate(((0, q), (q, s), (q + s, last)), 1):
            model[f"{name}{i}"] = columns(frame, *range(start, start + size))
    for i, (of_X, of_Y) in enumerate(((q, q), (s, s), (a, b)), 1):
        model |= {f"X{i}": filled(of_X, k, i), f"Y{i}": filled(k, of_Y, i + 3)}
    return model
