"""Check critical points of the network with trained B from their documents alone, in balls of twice
the precision.

Nothing is shared with the program that made them: B is the product of its layers, derivatives are
those of jets.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from itertools import combinations
from operator import add, mul
from typing import Any

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat

from proofs_check.checker.ball_elimination import positive_eigenvalues, rank
from proofs_check.checker.jets import Jet
from proofs_check.checker.reachable_rank import dimension

__all__ = ["check"]

Matrix = list[list[Any]]


class _Refuted(Exception):
    """What is not so."""


def check(document: dict[str, Any]) -> tuple[bool, str]:
    """Whether every point is the centre of a box with exactly one critical point, of the stated
    loss and index.

    The loss is ‖DEBX - Y‖_F² with the best D, as a function of the row space of W = EB. Krawczyk's
    operator for the derivatives by the unknowns maps the box into its interior; WXXᵀWᵀ is positive
    definite and the unknowns move the row space in independent directions all over the box; these
    are as many as the set of row spaces has dimensions, so that the point is critical in E and all
    weights, and the loss in D as well.

    Parameters
    ----------
    document : dict
        "X", "Y", "rows", "k", "bits", "distinct", and "points" with "encoder" (None for the
        identity), "weights" (layer i, output j: two factors of inputs j and j XOR 2^i), "unknown",
        "radius", "loss" and "index".

    Returns
    -------
    bool, str
        The sentence says what was proved, or what was not.

    Raises
    ------
    ValueError, KeyError, TypeError
        If it is no such document.

    Notes
    -----
    Cost: two evaluations of second-order jets a point. Source: Krawczyk, Computing 4, 1969.

    Examples
    --------
    >>> identity, diagonal = [["1", "0"], ["0", "1"]], [["2", "0"], ["0", "1"]]
    >>> point = {"encoder": None, "weights": [[["1", "0"], ["1", "0"]]], "unknown": [[0, 0, 1]], "radius": ["1/999"]}
    >>> point |= {"loss": ["0.99", "1.01"], "index": 0}
    >>> problem = {"X": identity, "Y": diagonal, "rows": [0], "k": 1, "bits": 64, "distinct": True}
    >>> check(problem | {"points": [point]})[0], check(problem | {"points": [point | {"index": 1}]})[1]
    (True, 'point 0: the index is 0, not 1')
    """
    points, bits = document["points"], int(document["bits"])
    if not points or not 2 <= bits <= 10_000:
        return False, f"{len(points)} points at {bits} bits: nothing to check"
    before, ctx.prec = ctx.prec, 2 * bits + 64
    try:
        problem = _Problem(document)
        spaces = []
        for i, point in enumerate(points):
            try:
                spaces.append(_checked(problem, point))
            except (_Refuted, ZeroDivisionError) as error:
                return False, f"point {i}: {error}"
        if document["distinct"]:
            for i, j in combinations(range(len(spaces)), 2):
                if spaces[i].overlaps(spaces[j]):
                    return (
                        False,
                        f"the row spaces of points {i} and {j} are not certain to be distinct",
                    )
        count = f"boxes of {len(points)} critical points{', distinct' * bool(document['distinct'])}"
        return (
            True,
            f"{count}, with loss and index, in balls of {ctx.prec} bits; critical in all weights "
            f"{problem.basis}",
        )
    finally:
        ctx.prec = before


class _Problem:
    """Data in balls, and the dimension of the set of row spaces."""

    def __init__(self, document: dict[str, Any]) -> None:
        X, Y = _rational(document["X"]), _rational(document["Y"])
        self.n, self.rows, self.k = (
            X.nrows(),
            [int(r) for r in document["rows"]],
            int(document["k"]),
        )
        self.l = len(self.rows)
        if (
            self.n & (self.n - 1)
            or len(set(self.rows)) < self.l
            or not {*self.rows} <= {*range(self.n)}
        ):
            raise ValueError(
                f"rows {self.rows} are not distinct outputs of a butterfly of size {self.n}, a "
                f"power of 2"
            )
        if not 1 <= self.k <= self.l or X.ncols() != Y.ncols():
            raise ValueError(
                f"k = {self.k} of {self.l} rows, {X.ncols()} and {Y.ncols()} samples do not fit"
            )
        cross = Y * X.transpose()
        self.C, self.M = arb_mat(X * X.transpose()), arb_mat(cross.transpose() * cross)
        squares = Y * Y.transpose()
        self.energy = sum((arb(squares[i, i]) for i in range(squares.nrows())), arb(0))
        self.dimension, self.basis = dimension(self.n, self.rows, self.k)


def _checked(problem: _Problem, point: dict[str, Any]) -> arb_mat:
    """The projector to the row space of a point that is as stated."""
    unknown = [tuple(place) for place in point["unknown"]]
    d, radius = len(unknown), [_ball(r) for r in point["radius"]]
    if d != problem.dimension or len(set(unknown)) != d:
        raise _Refuted(
            f"{len(set(unknown))} unknowns; the row spaces have dimension {problem.dimension}"
        )
    if len(radius) != d or not all(r > 0 for r in radius):
        raise _Refuted("every unknown needs a positive radius")
    at = _rows(problem, point, unknown, [arb(0)] * d)
    over = _rows(problem, point, unknown, [arb(0, r) for r in radius])
    centre, box = _gain(problem, at), _gain(problem, over)
    if d:
        _contract(centre, box, radius)
    if _motions(over, d, problem.k) < d:
        raise _Refuted(
            "the unknowns are not certain to move the row space in independent directions"
        )
    index = positive_eigenvalues(box.hessian.tolist())
    if index != point["index"]:
        raise _Refuted(f"the index is {index}, not {point['index']}")
    half = arb_mat(d, 1, [arb(0, r) for r in radius])
    slope, bend = centre.gradient.transpose() * half, half.transpose() * box.hessian * half
    loss = problem.energy - centre.value - slope[0, 0] - bend[0, 0] / 2
    low, high = map(_ball, point["loss"])
    if not (low <= loss and loss <= high):
        raise _Refuted(
            f"the loss is {loss.str(12)}, not in [{point['loss'][0]}, {point['loss'][1]}]"
        )
    W = arb_mat([[jet.value for jet in row] for row in over])
    return W.transpose() * (W * W.transpose()).inv() * W


def _rows(
    problem: _Problem, point: dict[str, Any], unknown: list[tuple[Any, ...]], moves: list[arb]
) -> list[list[Jet]]:
    """W = E·B: the rows of E, one layer after the other from the right."""
    n, p, d = problem.n, problem.n.bit_length() - 1, len(unknown)
    numbers = {place: i for i, place in enumerate(unknown)}

    def jet(place: tuple[Any, ...], text: Any) -> Jet:
        if place not in numbers:
            return Jet.constant(_ball(text), d)
        i = numbers.pop(place)
        return Jet.variable(_ball(text) + moves[i], i, d)

    weights, encoder = point["weights"], point["encoder"]
    if [[len(pair) for pair in layer] for layer in weights] != [[2] * n] * p:
        raise ValueError(f"weights must have shape ({p}, {n}, 2)")
    if encoder is None and problem.k < problem.l:
        raise ValueError(f"an encoder of shape ({problem.k}, {problem.l}) is missing")
    identity = [[int(a == t) for t in range(problem.l)] for a in range(problem.k)]
    E = identity if encoder is None else encoder
    if [len(row) for row in E] != [problem.l] * problem.k:
        raise ValueError(f"the encoder must have shape ({problem.k}, {problem.l})")
    W = [[Jet.constant(arb(0), d) for _ in range(n)] for _ in E]
    for a, row in enumerate(E):
        for t, entry in enumerate(row):
            W[a][problem.rows[t]] = (
                Jet.constant(arb(entry), d) if encoder is None else jet(("E", a, t), entry)
            )
    for i in reversed(range(p)):
        layer = [[jet((i, j, b), weights[i][j][b]) for b in range(2)] for j in range(n)]
        W = [
            [row[c] * layer[c][0] + row[c ^ (1 << i)] * layer[c ^ (1 << i)][1] for c in range(n)]
            for row in W
        ]
    if numbers:
        raise _Refuted(f"{next(iter(numbers))} is no weight")
    return W


def _gain(problem: _Problem, W: list[list[Jet]]) -> Jet:
    """tr K⁻¹L by Gaussian elimination of (K, L), K = WCWᵀ positive definite, L = WMWᵀ."""
    K, L = (_form(W, form) for form in (problem.C, problem.M))
    k = problem.k
    if positive_eigenvalues([[entry.value for entry in row] for row in K]) < k:
        raise _Refuted("WXXᵀWᵀ is not positive definite")
    rows = [K[a] + L[a] for a in range(k)]
    for a in range(k):
        _clear(rows, a, a)
    return reduce(add, (rows[a][k + a] for a in range(k)))


def _form(W: list[list[Jet]], form: arb_mat) -> list[list[Jet]]:
    """W·form·Wᵀ, symmetric."""
    half, size = [Jet.transformed(form, row) for row in W], range(len(W))
    upper = {(a, b): reduce(add, map(mul, half[a], W[b])) for a in size for b in size if a <= b}
    return [[upper[min(a, b), max(a, b)] for b in size] for a in size]


def _contract(centre: Jet, box: Jet, radius: list[arb]) -> None:
    """Krawczyk's operator maps the box into its interior."""
    d = len(radius)
    inverse = centre.hessian.mid().inv().mid()
    identity = arb_mat(d, d, [int(i == j) for i in range(d) for j in range(d)])
    half = arb_mat(d, 1, [arb(0, r) for r in radius])
    image = (identity - inverse * box.hessian) * half - inverse * centre.gradient
    if not all(abs(image[i, 0]) < r for i, r in enumerate(radius)):
        raise _Refuted("the box does not contract")


def _motions(W: list[list[Jet]], d: int, k: int) -> int:
    """In how many independent directions at least the reduced echelon form of W moves with the
    unknowns."""
    rows, free = [list(row) for row in W], list(range(len(W[0])))
    for a in range(k):
        c = max(free, key=lambda c: float(abs(rows[a][c].value).mid()))
        free.remove(c)
        _clear(rows, a, c)
    return rank([[rows[a][c].gradient[i, 0] for a in range(k) for c in free] for i in range(d)])


def _clear(rows: list[list[Jet]], a: int, c: int) -> None:
    """A step of the elimination of Gauss and Jordan, pivot in row a and column c."""
    inverse = rows[a][c].reciprocal()
    rows[a] = [entry * inverse for entry in rows[a]]
    for b in range(len(rows)):
        if b != a:
            factor = rows[b][c]
            rows[b] = [x - factor * y for x, y in zip(rows[b], rows[a], strict=True)]


def _rational(rows: list[list[Any]]) -> fmpq_mat:
    return fmpq_mat([[_fmpq(entry) for entry in row] for row in rows])


def _fmpq(text: Any) -> fmpq:
    value = Fraction(text)
    return fmpq(value.numerator, value.denominator)


def _ball(text: Any) -> arb:
    return arb(_fmpq(text))
