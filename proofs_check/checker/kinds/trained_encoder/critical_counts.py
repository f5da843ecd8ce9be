"""Recheck numbers of complex critical points of the gain on the spans of (u, 0) and (0, v).

``ideals``: for data modulo a prime, by polynomials in one variable. ``euler_characteristics``: for
general data, by integrals over products of projective spaces.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq_mat, nmod_mat, nmod_poly

from proofs_check.checker.bounded import Refused, integer
from proofs_check.checker.kinds.trained_encoder.sibling_census import pencil, resultant

__all__ = ["euler_characteristics", "formula", "ideals"]

PRIME = 2**30 + 3
MAX_LENGTH = 12

Monomial = tuple[int, int, int]
Polynomial = dict[Monomial, int]


def ideals(certificate: dict[str, Any], auto_encoder: bool = False) -> tuple[bool, str]:
    """Whether the gain has so many critical points with det K ≠ 0 modulo the prime, all simple.

    With u of length 1, critical v are eigenvectors of a pencil A − gB; det(A − gB) must have the
    degree N2, and simple roots. With both lengths 2, see ``sibling_census``: the resultant must
    have degree 12 and simple roots, at which the pencil has two finite eigenvalues. A simple root
    is one simple critical point: where det K = 0, or where two critical points meet, it is
    multiple.

    Parameters
    ----------
    certificate : dict
        "prime", 2^30 + 3; and "cases", each with "lengths", [N1, N2]; symmetric "C" and "M"; and
        "count".
    auto_encoder : bool
        Whether M must be C².
    """
    if certificate["prime"] != PRIME:
        raise Refused(f"the modulus is not the prime {PRIME}")
    valid, total = bool(certificate["cases"]), 0
    for case in certificate["cases"]:
        N1, N2 = (integer(N, 1, 8, "a length") for N in case["lengths"])
        C, M = (_symmetric(case[name], N1 + N2) for name in ("C", "M"))
        if auto_encoder and nmod_mat(M, PRIME) != nmod_mat(C, PRIME) * nmod_mat(C, PRIME):
            raise Refused("M is not C²")
        if N1 == 1:
            count = _eigenvectors(C, M)
        elif (N1, N2) == (2, 2):
            count = _simple_roots(C, M)
        else:
            raise Refused(f"spans of vectors of the lengths {N1} and {N2} are not implemented")
        valid &= count == case["count"] == formula(N1, N2)
        total += count
    return (
        valid,
        f"{total} simple critical points modulo a prime, in {len(certificate['cases'])} cases",
    )


def _symmetric(rows: Any, size: int) -> list[list[int]]:
    if len(rows) != size or any(len(row) != size for row in rows):
        raise Refused(f"a matrix has not {size} rows and columns")
    entries = [[integer(x, 0, PRIME - 1, "an entry") for x in row] for row in rows]
    if entries != [list(column) for column in zip(*entries, strict=True)]:
        raise Refused("a matrix is not symmetric")
    return entries


def _eigenvectors(C: list[list[int]], M: list[list[int]]) -> int:
    """The number of critical v for u = 1; −1 if some are not simple, or have det K = 0."""
    size = range(1, len(C))
    # N = K22·L11 − 2·K12·L12 + K11·L22 and Q = K11·K22 − K12² as forms in v
    A = [
        [
            M[0][0] * C[i][j] - C[0][i] * M[0][j] - M[0][i] * C[0][j] + C[0][0] * M[i][j]
            for j in size
        ]
        for i in size
    ]
    B = [[C[0][0] * C[i][j] - C[0][i] * C[0][j] for j in size] for i in size]
    numerator, denominator = nmod_mat(A, PRIME), nmod_mat(B, PRIME)
    if denominator.rank() < len(size):
        return -1
    characteristic = (denominator.inv() * numerator).charpoly()
    return len(size) if _squarefree(characteristic) else -1


def _simple_roots(C: list[list[int]], M: list[list[int]]) -> int:
    """The number of critical points for lengths 2 and 2; −1 if some may not be simple."""
    forms = fmpq_mat(C), fmpq_mat(M)
    E, leading = (
        nmod_poly([int(c.p) * pow(int(c.q), -1, PRIME) for c in polynomial.coeffs()], PRIME)
        for polynomial in (resultant(*forms), pencil(*forms)[2])
    )
    good = E.degree() == 12 and _squarefree(E) and E.gcd(leading).degree() == 0
    return E.degree() if good else -1


def _squarefree(p: nmod_poly) -> bool:
    return bool(p.gcd(p.derivative()).degree() == 0)


def formula(N1: int, N2: int) -> int:
    """The number of critical points that the statement says."""
    return N1 * ((8 * N1 * N1 - 12 * N1 + 7) * N2 - 4 * (N1 - 1) ** 2 * (N1 + 1)) // 3


def euler_characteristics(certificate: dict[str, Any], largest: int) -> tuple[bool, str]:
    """Whether Euler characteristics give the formula for all N1 <= N2 <= largest.

    Up to sign the count is χ(det K ≠ 0) − χ(f = c, det K ≠ 0) on P^(N1−1) × P^(N2−1). Both are sums
    of Euler characteristics of zero sets of general sections, over this variety or over the lines
    in the planes: the integral of c_top(E)·c(T)/c(E), by multiplication of polynomials in the Chern
    roots x, y of V* and, over the lines, in the class z of the tautological one, with
    (z − x)(z − y) = 0.

    Parameters
    ----------
    certificate : dict
        "counts", a list of [N1, N2, count].
    largest : int
    """
    needed = [[i, j] for i in range(1, largest + 1) for j in range(i, largest + 1)]
    integer(largest, 1, MAX_LENGTH, "the largest length")
    valid = [entry[:2] for entry in certificate["counts"]] == needed
    for N1, N2, count in certificate["counts"]:
        valid &= count == _critical_count(N1, N2) == formula(N1, N2)
    return valid, f"{len(needed)} numbers of critical points, by Euler characteristics"


X, Y, Z = (1, 0, 0), (0, 1, 0), (0, 0, 1)
"""The Chern roots, as coefficients of x, y and z."""


def _critical_count(N1: int, N2: int) -> int:
    """(−1)^d·(χ(det K ≠ 0) − χ(f = c, det K ≠ 0)); K and N are general symmetric forms on V."""
    form = [(2, 0, 0), (0, 2, 0), (1, 1, 0)]
    # tr adj(K)N is a section of (det V*)²; W*·V* has the roots 2z and, as x + y − z is the other
    # root, z + (x + y − z)
    gain, kernel, inside = [(2, 2, 0)], [(0, 0, 2), (1, 1, 0)], [(0, 0, 2)]

    def chi(*roots: Monomial) -> int:
        return _euler(N1, N2, list(roots), lines=False)

    def over_lines(*roots: Monomial) -> int:
        return _euler(N1, N2, list(roots), lines=True)

    zero = chi(*form)
    singular_K = over_lines(*kernel) - zero
    # K = N = 0: nodes of the hypersurface tr adj(K)N = 0, with a Milnor fibre of χ = 0
    nodes = chi(*form, *form) - chi(*form, *form, *gain)
    hypersurface = chi(*gain) + nodes
    isotropic = over_lines(*kernel, *inside) - over_lines(*form, *inside)
    difference = chi() - singular_K - (hypersurface - isotropic - zero)
    return (-1) ** (N1 + N2) * difference


def _euler(N1: int, N2: int, roots: list[Monomial], lines: bool) -> int:
    """χ of the zero set of a general section with these Chern roots."""
    degree = N1 + N2 - 2 + lines
    if len(roots) > degree:
        return 0
    tangent = [X] * N1 + [Y] * N2
    # the lines of V: W*⊗V has the roots z − x and z − y, and contains the trivial W*⊗W
    tangent += [(-1, 0, 1), (0, -1, 1)] if lines else []
    total: Polynomial = {(0, 0, 0): 1}
    for root in tangent:
        total = _sum(total, _multiplied(total, root, N1, N2, degree))
    for root in roots:
        # 1/(1 + root) = 1 − root + root² − …
        term, inverse = total, dict(total)
        for i in range(1, degree + 1):
            term = _multiplied(term, root, N1, N2, degree)
            inverse = _sum(inverse, term, (-1) ** i)
        total = inverse
    for root in roots:
        total = _multiplied(total, root, N1, N2, degree)
    # the class of a point is x^(N1−1)·y^(N2−1), times z over the lines
    return total.get((N1 - 1, N2 - 1, int(lines)), 0)


def _sum(a: Polynomial, b: Polynomial, factor: int = 1) -> Polynomial:
    return {key: a.get(key, 0) + factor * b.get(key, 0) for key in a.keys() | b.keys()}


def _multiplied(a: Polynomial, root: Monomial, N1: int, N2: int, degree: int) -> Polynomial:
    """a·root modulo x^N1, y^N2 and z² = (x + y)z − xy, up to a degree."""
    total: Polynomial = {}

    def add(key: Monomial, value: int) -> None:
        i, j, l = key
        if i >= N1 or j >= N2 or i + j + l > degree or value == 0:
            return
        if l == 2:
            for moved, sign in (((i + 1, j, 1), 1), ((i, j + 1, 1), 1), ((i + 1, j + 1, 0), -1)):
                add(moved, sign * value)
        else:
            total[key] = total.get(key, 0) + value

    for key, value in a.items():
        i, j, l = key
        moved = (i + 1, j, l), (i, j + 1, l), (i, j, l + 1)
        for shifted, coefficient in zip(moved, root, strict=True):
            add(shifted, value * coefficient)
    return total
