"""Recheck rational critical points of the encoder-decoder network, and eigenvalues of Σ(B)."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise
from itertools import product as choices
from typing import Any

from proofs_check.checker.arithmetic.rational_matrices import (
    Matrix,
    determinant,
    difference,
    matrix,
    multiple,
    product,
    rank,
    squared_norm,
    transpose,
)
from proofs_check.checker.bounded import Refused, rational
from proofs_check.checker.kinds.encoder_decoder.networks import is_critical

__all__ = [
    "descent",
    "eigenvalues",
    "encoder_form",
    "gauge",
    "several_minima",
    "singular_encoder",
    "spurious_minimum",
]

MAX_ROWS = 16


def descent(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the loss falls from each critical point with rank D < k, as the formula says.

    Along (D + s·vwᵀ, E + t·wqᵀ) it changes by −2st‖w‖²c + s²‖v‖²(‖XᵀEᵀw‖² + t²‖w‖⁴c) with
    c = (XYᵀv)ᵀq > 0.
    """
    valid = bool(certificate["points"])
    for point in certificate["points"]:
        D, E, X, Y, w, v, q = (matrix(point[name]) for name in ("D", "E", "X", "Y", "w", "v", "q"))
        residual = difference(product(D, product(E, X)), Y)
        right = product(X, product(transpose(Y), v))
        valid &= is_critical(D, E, X, residual)
        # Dw = 0, vᵀD = 0 and XXᵀq = XYᵀv
        valid &= squared_norm(product(D, w)) == 0 and squared_norm(product(transpose(v), D)) == 0
        valid &= product(X, product(transpose(X), q)) == right
        c = product(transpose(right), q)[0][0]
        valid &= c > 0
        # w and v show that the rank of D is below k, and that there is a direction to go
        ww, vv = squared_norm(w), squared_norm(v)
        valid &= ww > 0 and vv > 0 and rank(D) < len(E)
        seen = squared_norm(product(transpose(product(E, X)), w))
        shift_D, shift_E = product(v, transpose(w)), product(w, transpose(q))
        # both sides are polynomials of degree at most 2 in s and in t: nine points determine them
        for s, t in choices(map(Fraction, (0, 1, 2)), repeat=2):
            D2, E2 = _shifted(D, s, shift_D), _shifted(E, t, shift_E)
            moved = difference(product(D2, product(E2, X)), Y)
            change = squared_norm(moved) - squared_norm(residual)
            valid &= change == -2 * s * t * ww * c + s * s * vv * (seen + t * t * ww * ww * c)
        # at t = 1 the best s goes down, so that the point is no minimum
        s = ww * c / (vv * (seen + ww * ww * c)) if valid else Fraction(0)
        D2, E2 = _shifted(D, s, shift_D), _shifted(E, Fraction(1), shift_E)
        moved = difference(product(D2, product(E2, X)), Y)
        valid &= squared_norm(moved) < squared_norm(residual)
    return (
        valid,
        f"descent from {len(certificate['points'])} rational critical points with rank D < k",
    )


def several_minima(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the points of each problem are global minima whose decoders have different ranges.

    X = B = I, and Σ = YYᵀ is diagonal, so that the k largest entries of the diagonal give the least
    loss.
    """
    valid, count = bool(certificate["problems"]), 0
    for problem in certificate["problems"]:
        Y = matrix(problem["Y"])
        sigma = product(Y, transpose(Y))
        diagonal = [row[i] for i, row in enumerate(sigma)]
        valid &= squared_norm(sigma) == sum(x * x for x in diagonal)
        one = multiple(Fraction(1), len(Y[0]))
        networks = [(matrix(point["D"]), matrix(point["E"])) for point in problem["minima"]]
        for D, E in networks:
            residual = difference(product(D, E), Y)
            left = sorted(diagonal, reverse=True)[len(E) :]
            valid &= is_critical(D, E, one, residual) and squared_norm(residual) == sum(left)
        for (D, _), (other, _) in combinations(networks, 2):
            joined = rank(transpose(D) + transpose(other))
            valid &= joined > min(rank(D), rank(other))
        valid &= len(networks) > 1
        count += len(networks)
    return valid, f"{count} global minima whose decoders have different ranges"


def singular_encoder(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether (D, E) is critical with rank D = k and rank EBX < k, all of Σ(B) of rank 1."""
    X, Y, B, D, E = (matrix(certificate[name]) for name in ("X", "Y", "B", "D", "E"))
    encoded = product(B, X)
    hidden = product(E, encoded)
    valid = is_critical(D, E, encoded, difference(product(D, hidden), Y))
    valid &= rank(D) == len(E)
    valid &= rank(encoded) == len(B) == rank(product(Y, transpose(encoded))) == 1
    valid &= rank(hidden) < len(E)
    return valid, "a critical point whose encoder has no full row rank"


def encoder_form(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether (D, E) is critical with rank D < k, and a row of E is outside the rows of DᵀTG⁻¹.

    T = YX̃ᵀ and G = X̃X̃ᵀ for X̃ = BX; G is invertible, and rank T < l.
    """
    X, Y, B, D, E = (matrix(certificate[name]) for name in ("X", "Y", "B", "D", "E"))
    encoded = product(B, X)
    G, T = product(encoded, transpose(encoded)), product(Y, transpose(encoded))
    valid = is_critical(D, E, encoded, difference(product(D, product(E, encoded)), Y))
    valid &= rank(G) == len(B) > rank(T) and rank(D) < len(E)
    # multiplied by G, which is invertible, the rows are those of DᵀT and EG
    rows = product(transpose(D), T)
    valid &= rank(rows + product(E, G)) > rank(rows)
    return valid, "a critical point whose encoder is not of the printed form"


def gauge(certificate: dict[str, Any], same: bool = True) -> tuple[bool, str]:
    """Whether (D, E) and (D2, E2) are different global minima; k = 1, two outputs.

    Their products must be equal, or differ if not ``same``. BX is square and invertible, so that
    Σ(B) = YYᵀ and the least loss is its smaller eigenvalue.
    """
    X, Y, B, D, E, D2, E2 = (
        matrix(certificate[name]) for name in ("X", "Y", "B", "D", "E", "D2", "E2")
    )
    encoded = product(B, X)
    valid = rank(encoded) == len(encoded[0]) == len(encoded) and len(E) == len(E2) == 1
    valid &= D != D2 and E != E2 and (product(D, E) == product(D2, E2)) == same
    other = squared_norm(difference(product(D2, product(E2, encoded)), Y))
    loss = squared_norm(difference(product(D, product(E, encoded)), Y))
    # a zero of the characteristic polynomial, and at most half the trace
    (p, q), (r, s) = product(Y, transpose(Y))
    valid &= loss * loss - (p + s) * loss + p * s - q * r == 0 and 2 * loss <= p + s
    valid &= loss == other
    return valid, f"two global minima of loss {loss}"


def eigenvalues(certificate: dict[str, Any], l: int | None = None) -> tuple[bool, str]:
    """Whether Σ(B) has l distinct positive eigenvalues, one in each interval, for each problem.

    They are those of G⁻¹K with G = BCBᵀ, C = XXᵀ, and K = BTTᵀBᵀ, T = XYᵀ. B consists of l rows of
    a Hadamard matrix with signs: its entries are ±1, and BBᵀ = n·I.

    Parameters
    ----------
    certificate : dict
        "B"; "C"; and "problems", a list of {"T": matrix, "intervals": pairs of numbers}, from the
        largest eigenvalue to the smallest.
    l : int, optional
        The number of rows that B must have.
    """
    B, C = matrix(certificate["B"]), matrix(certificate["C"])
    if len(B) > MAX_ROWS:
        raise Refused(f"B has {len(B)} rows; at most {MAX_ROWS}")
    n, count = len(B[0]), 0
    gram = product(B, transpose(B))
    valid = len(B) == (l or len(B)) and all(abs(entry) == 1 for row in B for entry in row)
    valid &= all(x == (n if i == j else 0) for i, row in enumerate(gram) for j, x in enumerate(row))
    G = product(product(B, C), transpose(B))
    # Sylvester's criterion: G is positive definite if its leading minors are positive
    valid &= all(determinant([row[:i] for row in G[:i]]) > 0 for i in range(1, len(G) + 1))
    for problem in certificate["problems"]:
        seen = product(B, matrix(problem["T"]))
        K = product(seen, transpose(seen))
        ends = matrix(problem["intervals"])
        if len(ends) != len(B) or len(ends[0]) != 2:
            raise Refused(f"{len(ends)} intervals for {len(B)} eigenvalues")
        valid &= all(0 < low < high for low, high in ends)
        valid &= all(lower[1] < upper[0] for upper, lower in pairwise(ends))
        # det(K − tG) has degree l in t: a change of sign in each of l intervals is one zero in each
        for low, high in ends:
            signs = (
                determinant(difference(K, [[t * x for x in row] for row in G])) for t in (low, high)
            )
            valid &= next(signs) * next(signs) < 0
        count += len(ends)
    return valid and count > 0, f"{count} distinct positive eigenvalues, each in its interval"


def spurious_minimum(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether each point is a strict local minimum of the loss that is not global.

    There the gain N/Q of the rows (u, 0) and (0, v), n = 4, has a strict local maximum, and another
    pair of rows has a larger gain.
    """
    valid = bool(certificate["points"])
    for point in certificate["points"]:
        X, Y = matrix(point["X"]), matrix(point["Y"])
        u, v, better_u, better_v = (
            [rational(entry) for entry in point[name]]
            for name in ("u", "v", "better_u", "better_v")
        )
        if {len(w) for w in (u, v, better_u, better_v)} != {2} or len(X) != 4:
            raise Refused("a spurious minimum of n = 4 outputs has rows u and v of 2 entries")
        (N, Q), (better_N, better_Q) = _gain(X, Y, u, v), _gain(X, Y, better_u, better_v)
        # with f = N/Q at the point, N − fQ is quadratic in the turns of u and of v: nine values
        # give its derivatives, which are those of N/Q up to the positive factor Q
        level = {}
        for s, t in choices((-1, 0, 1), repeat=2):
            turned_u = [u[0] - s * u[1], u[1] + s * u[0]]
            turned_v = [v[0] - t * v[1], v[1] + t * v[0]]
            turned_N, turned_Q = _gain(X, Y, turned_u, turned_v)
            level[s, t] = turned_N - N / Q * turned_Q
        ss, tt = (level[step] + level[-step[0], -step[1]] for step in ((1, 0), (0, 1)))
        st = (level[1, 1] - level[1, -1] - level[-1, 1] + level[-1, -1]) / 4
        valid &= level[1, 0] == level[-1, 0] and level[0, 1] == level[0, -1]
        valid &= ss < 0 < ss * tt - st * st
        losses = squared_norm(Y) - N / Q, squared_norm(Y) - better_N / better_Q
        valid &= losses == (rational(point["loss"]), rational(point["better_loss"]))
        valid &= losses[1] < losses[0]
        valid &= min(Q, better_Q) > 0
    return (
        valid,
        f"{len(certificate['points'])} strict local minima of a trained butterfly, with better "
        "networks",
    )


def _shifted(a: Matrix, step: Fraction, direction: Matrix) -> Matrix:
    return [
        [x + step * y for x, y in zip(r, s, strict=True)] for r, s in zip(a, direction, strict=True)
    ]


def _gain(X: Matrix, Y: Matrix, u: list[Fraction], v: list[Fraction]) -> tuple[Fraction, Fraction]:
    """(N, Q): with W of rows (u, 0) and (0, v), the best D reduces ‖Y‖² by N/Q.

    N/Q = tr K⁻¹L for K = WXXᵀWᵀ and L = WXYᵀYXᵀWᵀ, so Q = det K and N = tr adj(K)L.
    """
    encoded = product([[*u, *[Fraction(0)] * len(v)], [*[Fraction(0)] * len(u), *v]], X)
    signal = product(encoded, transpose(Y))
    (a, b), (_, c) = product(encoded, transpose(encoded))
    (p, q), (_, r) = product(signal, transpose(signal))
    return c * p - 2 * b * q + a * r, a * c - b * b
