"""Replay stored certificates from their numbers alone, with nothing shared with the checks.

The standard library is enough, but for inequalities between real numbers, which need balls.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any

from proofs_check.checker import enclosures, joint_certificates
from proofs_check.checker.algebra import check
from proofs_check.checker.reachable_rank import rank_at

__all__ = ["recheck", "valid"]

Matrix = list[list[Fraction]]


def recheck(folder: str | os.PathLike[str]) -> dict[str, tuple[bool, str]]:
    """{file name: (whether the certificate is valid, what was replayed)} for the certificates of a
    report.

    Raises
    ------
    ValueError
        If there is no certificate, or a file is no certificate.
    """
    files = sorted((Path(folder) / "certificates").glob("*.json"))
    if not files:
        raise ValueError(
            f"{Path(folder) / 'certificates'} holds no certificate; make them with: proofs-check "
            f"run"
        )
    results = {}
    for file in files:
        try:
            results[file.name] = valid(json.loads(file.read_text(encoding="utf-8")))
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            ZeroDivisionError,
            RecursionError,
        ) as error:
            raise ValueError(
                f"{file} is no readable certificate: {type(error).__name__}: {error}"
            ) from None
    return results


def valid(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether a certificate says the truth, and a sentence on what was replayed.

    Raises
    ------
    ValueError
        If its kind is unknown.

    Examples
    --------
    >>> valid({"kind": "srht-error-floor", "x": [1, 0], "k": 1, "floor": "1"})[0]
    True
    >>> valid({"kind": "srht-error-floor", "x": [1, 0], "k": 1, "floor": "2"})[0]
    False
    """
    kinds: dict[str, Callable[[dict[str, Any]], tuple[bool, str]]] = {
        "srht-error-floor": _error_floor,
        "norm-law": _norm_law,
        "prop1-law": _prop1_law,
        "weight-extremes": _weight_extremes,
        "moments": _moments,
        "descent": _descent,
        "sketch-error-law": _sketch_error_law,
        "singular-encoder": _singular_encoder,
        "gauge": _gauge,
        "eigenvalues": _eigenvalues,
        "reachable-dimension": _reachable_dimension,
        "spurious-minimum": _spurious_minimum,
        "identities": check,
        "enclosures": enclosures.check,
        "joint-critical-points": joint_certificates.check,
    }
    if certificate.get("kind") not in kinds:
        raise ValueError(f"unknown kind {certificate.get('kind')!r}; known: {', '.join(kinds)}")
    return kinds[certificate["kind"]](certificate)


def _matrix(rows: list[list[Any]]) -> Matrix:
    return [[Fraction(entry) for entry in row] for row in rows]


def _product(a: Matrix, b: Matrix) -> Matrix:
    return [
        [
            sum((x * y for x, y in zip(row, col, strict=True)), Fraction(0))
            for col in zip(*b, strict=True)
        ]
        for row in a
    ]


def _transpose(a: Matrix) -> Matrix:
    return [list(column) for column in zip(*a, strict=True)]


def _difference(a: Matrix, b: Matrix) -> Matrix:
    return [[x - y for x, y in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]


def _square(a: Matrix) -> Fraction:
    return sum((entry * entry for row in a for entry in row), Fraction(0))


def _column(values: list[Any]) -> Matrix:
    return [[Fraction(value)] for value in values]


def _sylvester(n: int) -> Matrix:
    h = [[Fraction(1)]]
    while len(h) < n:
        h = [row + row for row in h] + [row + [-entry for entry in row] for row in h]
    return h


def _projections(n: int, k: int) -> Iterator[Matrix]:
    """JᵀJ for every sign pattern and every k-subset of rows of the SRHT."""
    h = _sylvester(n)
    for kept in combinations(range(n), k):
        gram = _product(_transpose([h[i] for i in kept]), [h[i] for i in kept])
        for signs in product((1, -1), repeat=n):
            yield [[signs[i] * signs[j] * gram[i][j] / k for j in range(n)] for i in range(n)]


def _error_floor(c: dict[str, Any]) -> tuple[bool, str]:
    x, floor = _column(c["x"]), Fraction(c["floor"])
    errors = [_square(_difference(x, _product(A, x))) for A in _projections(len(x), c["k"])]
    return min(errors) == floor * _square(
        x
    ), f"{len(errors)} draws; the smallest ‖x − JᵀJx‖² is {floor}·‖x‖²"


def _norm_law(c: dict[str, Any]) -> tuple[bool, str]:
    x = _column(c["x"])
    # ‖Jx‖² = xᵀJᵀJx
    values = [_product(_transpose(x), _product(A, x))[0][0] for A in _projections(len(x), c["k"])]
    mean = sum(values, Fraction(0)) / len(values)
    variance = sum(((v - mean) ** 2 for v in values), Fraction(0)) / len(values)
    return (
        mean == Fraction(c["mean"]) and variance == Fraction(c["variance"]),
        f"{len(values)} draws; ‖Jx‖² has mean {mean} and variance {variance}",
    )


def _prop1_law(c: dict[str, Any]) -> tuple[bool, str]:
    W, x = _matrix(c["W"]), _column(c["x"])
    target, law, draws = _product(W, x), defaultdict[Fraction, int](int), 0
    for A1 in _projections(len(x), c["k1"]):
        z = _product(W, _product(A1, x))
        for A2 in _projections(len(W), c["k2"]):
            law[_square(_difference(_product(A2, z), target))] += 1
            draws += 1
    claimed = {Fraction(value): Fraction(p) for value, p in c["law"].items()}
    return {
        v: Fraction(count, draws) for v, count in law.items()
    } == claimed, f"{draws} pairs of draws"


def _weight_extremes(c: dict[str, Any]) -> tuple[bool, str]:
    n, good, subsets = c["n"], True, 0
    bits = n.bit_length() - 1
    for l, (low, high) in enumerate(c["extremes"], start=1):
        counts = []
        for kept in combinations(range(n), l):
            live, weights = set(kept), 0
            for i in reversed(range(bits)):
                weights += 2 * len(live)
                live |= {j ^ (1 << i) for j in live}
            counts.append(weights)
        good &= [min(counts), max(counts)] == [low, high]
        subsets += len(counts)
    return good and len(c["extremes"]) == n, f"{subsets} sets of kept outputs, n = {n}"


def _moments(c: dict[str, Any]) -> tuple[bool, str]:
    W, u, x = _matrix(c["W"]), _column(c["u"]), _column(c["x"])
    target, one, two, form, square = _product(W, x), [], [], [], []
    for A1 in _projections(len(x), c["k1"]):
        z = _product(W, _product(A1, x))
        one.append(_square(_difference(z, target)))
        for A2 in _projections(len(W), c["k2"]):
            y = _product(A2, z)
            two.append(_square(_difference(y, target)))
            form.append(_product(_transpose(u), y)[0][0])
            square.append(form[-1] ** 2)

    def mean(values: list[Fraction]) -> Fraction:
        return sum(values, Fraction(0)) / len(values)

    found = (mean(one), mean(two), mean(square) - mean(form) ** 2)
    claimed = tuple(Fraction(c[name]) for name in ("one_sided", "two_sided", "bilinear_variance"))
    return (
        found == claimed,
        f"{len(two)} pairs of draws; the three moments are {', '.join(map(str, found))}",
    )


def _descent(c: dict[str, Any]) -> tuple[bool, str]:
    """Both sides are polynomials of degree at most 2 in s and in t: nine points determine them."""
    good = bool(c["points"])
    for point in c["points"]:
        D, E, X, Y, w, v, q = (_matrix(point[name]) for name in ("D", "E", "X", "Y", "w", "v", "q"))
        residual = _difference(_product(D, _product(E, X)), Y)
        right = _product(X, _product(_transpose(Y), v))
        good &= _square(_product(residual, _transpose(_product(E, X)))) == 0
        good &= _square(_product(_product(_transpose(D), residual), _transpose(X))) == 0
        good &= _square(_product(D, w)) == 0 and _square(_product(_transpose(v), D)) == 0
        good &= _product(X, _product(_transpose(X), q)) == right
        curvature = _product(_transpose(right), q)[0][0]
        good &= curvature > 0
        e, ww, vv = _square(_product(_transpose(_product(E, X)), w)), _square(w), _square(v)
        for s, t in product(map(Fraction, (0, 1, 2)), repeat=2):
            shift_D, shift_E = _product(v, _transpose(w)), _product(w, _transpose(q))
            D2 = [
                [a + s * b for a, b in zip(r1, r2, strict=True)]
                for r1, r2 in zip(D, shift_D, strict=True)
            ]
            E2 = [
                [a + t * b for a, b in zip(r1, r2, strict=True)]
                for r1, r2 in zip(E, shift_E, strict=True)
            ]
            change = _square(_difference(_product(D2, _product(E2, X)), Y)) - _square(residual)
            good &= change == -2 * s * t * ww * curvature + s * s * vv * (
                e + t * t * ww * ww * curvature
            )
    return good, f"descent from {len(c['points'])} rational critical points with rank D < k"


def _rank(a: Matrix) -> int:
    rows, rank = [list(row) for row in a], 0
    for column in range(len(rows[0])):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for i in range(rank + 1, len(rows)):
            factor = rows[i][column] / rows[rank][column]
            rows[i] = [x - factor * y for x, y in zip(rows[i], rows[rank], strict=True)]
        rank += 1
    return rank


def _is_smaller_eigenvalue(value: Fraction, a: Matrix) -> bool:
    """Whether it is the smaller eigenvalue of a symmetric 2×2 matrix."""
    (p, q), (r, s) = a
    return value * value - (p + s) * value + p * s - q * r == 0 and 2 * value <= p + s


def _sketch_error_law(c: dict[str, Any]) -> tuple[bool, str]:
    """k = l = 1, two columns: J_1(X) is X projected to the line of the row JX."""
    X, draws, law = _matrix(c["X"]), 0, defaultdict[Fraction, int](int)
    for row in _sylvester(len(X)):
        for signs in product((1, -1), repeat=len(X)):
            v = _product([[s * h for s, h in zip(signs, row, strict=True)]], X)
            length = _square(v)
            law[_square(X) - (_square(_product(X, _transpose(v))) / length if length else 0)] += 1
            draws += 1
    found = {error: Fraction(count, draws) for error, count in law.items()}
    allowed = Fraction(c["allowed"])
    good = found == {Fraction(error): Fraction(p) for error, p in c["law"].items()}
    good &= _is_smaller_eigenvalue(allowed / 2, _product(_transpose(X), X))  # ε = 1
    success = sum((p for error, p in found.items() if error <= allowed), Fraction(0))
    return good and success == Fraction(
        c["success"]
    ), f"{draws} draws; {allowed} is met with probability {success}"


def _singular_encoder(c: dict[str, Any]) -> tuple[bool, str]:
    X, Y, B, D, E = (_matrix(c[name]) for name in ("X", "Y", "B", "D", "E"))
    encoded = _product(B, X)
    residual, seen = _difference(_product(D, _product(E, encoded)), Y), _product(E, encoded)
    good = _square(_product(residual, _transpose(seen))) == 0
    good &= _square(_product(_product(_transpose(D), residual), _transpose(encoded))) == 0
    good &= (
        _rank(D) == len(E)
        and _rank(encoded) == len(B) == _rank(_product(Y, _transpose(encoded))) == 1
    )
    return good and _rank(seen) < len(E), "a critical point whose encoder has no full row rank"


def _gauge(c: dict[str, Any]) -> tuple[bool, str]:
    """Two rows, X̃ square and invertible, so that Σ = YYᵀ; k = 1."""
    X, Y, B, D, E, D2, E2 = (_matrix(c[name]) for name in ("X", "Y", "B", "D", "E", "D2", "E2"))
    encoded = _product(B, X)
    good = _rank(encoded) == len(encoded[0]) == len(encoded) and len(E) == len(E2) == 1
    good &= D != D2 and E != E2 and _product(D, E) == _product(D2, E2)
    loss = _square(_difference(_product(D, _product(E, encoded)), Y))
    return good and _is_smaller_eigenvalue(
        loss, _product(Y, _transpose(Y))
    ), f"two global minima of loss {loss}"


def _determinant(a: Matrix) -> Fraction:
    rows, value = [list(row) for row in a], Fraction(1)
    for column in range(len(rows)):
        pivot = next((i for i in range(column, len(rows)) if rows[i][column]), None)
        if pivot is None:
            return Fraction(0)
        if pivot != column:
            rows[column], rows[pivot], value = rows[pivot], rows[column], -value
        value *= rows[column][column]
        for i in range(column + 1, len(rows)):
            factor = rows[i][column] / rows[column][column]
            rows[i] = [x - factor * y for x, y in zip(rows[i], rows[column], strict=True)]
    return value


def _eigenvalues(c: dict[str, Any]) -> tuple[bool, str]:
    """det(K − tG), of degree l in t, changes sign in each of l disjoint positive intervals; G is
    positive definite."""
    G, K = _matrix(c["G"]), _matrix(c["K"])
    ends = [(Fraction(low), Fraction(high)) for low, high in c["intervals"]]
    good = all(_determinant([row[:i] for row in G[:i]]) > 0 for i in range(1, len(G) + 1))
    good &= _transpose(G) == G and _transpose(K) == K and len(ends) == len(G)
    good &= all(0 < low < high for low, high in ends) and all(
        b[1] < a[0] for a, b in pairwise(ends)
    )
    for low, high in ends:
        values = (
            _determinant(_difference(K, [[t * x for x in row] for row in G])) for t in (low, high)
        )
        good &= next(values) * next(values) < 0
    return good, f"{len(ends)} distinct positive eigenvalues, each in its interval"


def _reachable_dimension(c: dict[str, Any]) -> tuple[bool, str]:
    """The rank of (E, weights) -> EB at a point, less k², is a lower bound of the dimension of the
    row spaces."""
    ranks = [
        rank_at(point["weights"], point["rows"], point["encoder"], c["prime"])
        for point in c["points"]
    ]
    good = bool(ranks) and ranks == c["dimensions"]
    return good, f"{len(ranks)} ranks of the derivative: {', '.join(map(str, ranks))}"


def _gain(X: Matrix, Y: Matrix, u: list[Fraction], v: list[Fraction]) -> tuple[Fraction, Fraction]:
    """(N, Q): N/Q is what the best D takes off ‖Y‖² with the rows (u, 0) and (0, v) of DEB =
    D·W."""
    seen = _product([[*u, *[Fraction(0)] * len(v)], [*[Fraction(0)] * len(u), *v]], X)
    signal = _product(seen, _transpose(Y))
    (a, b), (_, c) = _product(seen, _transpose(seen))
    (p, q), (_, r) = _product(signal, _transpose(signal))
    return c * p - 2 * b * q + a * r, a * c - b * b


def _spurious_minimum(c: dict[str, Any]) -> tuple[bool, str]:
    """n = 4. N − fQ, f = N/Q at (u, v), is quadratic in the turns of u and of v: nine values give
    its derivatives."""
    good = bool(c["points"])
    for point in c["points"]:
        X, Y = _matrix(point["X"]), _matrix(point["Y"])
        u, v, u2, v2 = (
            [Fraction(x) for x in point[name]] for name in ("u", "v", "better_u", "better_v")
        )
        (N, Q), (N2, Q2) = _gain(X, Y, u, v), _gain(X, Y, u2, v2)
        level = {}
        for s, t in product((-1, 0, 1), repeat=2):
            turned = _gain(
                X, Y, [u[0] - s * u[1], u[1] + s * u[0]], [v[0] - t * v[1], v[1] + t * v[0]]
            )
            level[s, t] = turned[0] - N / Q * turned[1]
        ss, tt = (level[step] + level[-step[0], -step[1]] for step in ((1, 0), (0, 1)))
        st = (level[1, 1] - level[1, -1] - level[-1, 1] + level[-1, -1]) / 4
        good &= (
            level[1, 0] == level[-1, 0]
            and level[0, 1] == level[0, -1]
            and ss < 0 < ss * tt - st * st
        )
        losses = _square(Y) - N / Q, _square(Y) - N2 / Q2
        good &= (
            losses == (Fraction(point["loss"]), Fraction(point["better_loss"]))
            and losses[1] < losses[0]
        )
        good &= min(Q, Q2) > 0 and len(X) == len(u) + len(v) == 4
    return (
        good,
        f"{len(c['points'])} strict local minima of a trained butterfly, with better networks",
    )
