"""Ranks and inertia of matrices of balls, by elimination with the largest pivots first."""

from __future__ import annotations

from flint import arb

__all__ = ["positive_eigenvalues", "rank"]

Matrix = list[list[arb]]


def rank(a: Matrix) -> int:
    """A lower bound for the rank of every matrix in the balls.

    Gaussian elimination with complete pivoting, which stops at a pivot that may be zero.

    Examples
    --------
    >>> rank([[arb(1), arb(2)], [arb(2), arb(4, 0.1)]])
    1
    >>> rank([[arb(1), arb(2)], [arb(2), arb(5, 0.1)]])
    2
    """
    rest, pivots = [list(row) for row in a], 0
    while rest and rest[0]:
        _, i, c = max(
            (float(abs(x).mid()), i, c) for i, row in enumerate(rest) for c, x in enumerate(row)
        )
        pivot = rest.pop(i)
        if pivot[c].contains(0):
            break
        factors = [row[c] / pivot[c] for row in rest]
        rest = [
            [x - f * y for e, (x, y) in enumerate(zip(row, pivot, strict=True)) if e != c]
            for f, row in zip(factors, rest, strict=True)
        ]
        pivots += 1
    return pivots


def positive_eigenvalues(a: Matrix) -> int:
    """The number of positive eigenvalues of every symmetric matrix in the balls.

    By Sylvester's law of inertia it is that of D in a factorisation LDLᵀ. The blocks of D have size
    1, or size 2 where all diagonal entries are small.

    Raises
    ------
    ZeroDivisionError
        If a matrix in the balls may be singular.

    References
    ----------
    J. R. Bunch, B. N. Parlett, Direct methods for solving symmetric indefinite systems of linear
    equations, SIAM J. Numer. Anal. 8 (1971).

    Examples
    --------
    >>> positive_eigenvalues([[arb(0), arb(1)], [arb(1), arb(0)]])
    1
    """
    rest, positive = [list(row) for row in a], 0
    while rest:
        size = range(len(rest))
        largest, i, j = max(
            (float(abs(rest[i][j]).mid()), i, j) for i in size for j in range(i + 1)
        )
        diagonal, m = max((float(abs(rest[m][m]).mid()), m) for m in size)
        # a block of size 2 has a dominant off-diagonal entry, and hence eigenvalues of both signs
        block = [m] if diagonal >= largest / 2 else [i, j]
        inverse, above = _inverted([[rest[s][t] for t in block] for s in block])
        positive += above
        # go on with the Schur complement of the block
        rest = [
            [
                rest[u][v]
                - sum(
                    rest[u][s] * inverse[x][y] * rest[t][v]
                    for x, s in enumerate(block)
                    for y, t in enumerate(block)
                )
                for v in size
                if v not in block
            ]
            for u in size
            if u not in block
        ]
    return positive


def _inverted(block: Matrix) -> tuple[Matrix, int]:
    """The inverse of a block of size 1 or 2, and its number of positive eigenvalues.

    A block of size 2 must have a negative determinant: then one eigenvalue is positive.
    """
    if len(block) == 1:
        pivot = block[0][0]
        if pivot.contains(0):
            raise ZeroDivisionError(
                f"a symmetric matrix is not certain to be regular: pivot {pivot.str(5)}"
            )
        return [[1 / pivot]], int(pivot > 0)
    (p, q), (_, r) = block
    determinant = p * r - q * q
    if not determinant < 0:
        raise ZeroDivisionError(
            f"a symmetric matrix is not certain to be regular: minor {determinant.str(5)}"
        )
    return [[r / determinant, -q / determinant], [-q / determinant, p / determinant]], 1
