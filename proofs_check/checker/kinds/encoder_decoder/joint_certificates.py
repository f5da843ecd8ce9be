"""Recheck critical points of the network with trained B, in balls of more than twice the precision.

B is the product of its layers, and its derivatives come from second-order Taylor arithmetic.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from itertools import combinations
from operator import add, mul
from typing import Any

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat

from proofs_check.checker.arithmetic.ball_elimination import positive_eigenvalues, rank
from proofs_check.checker.arithmetic.jets import Jet
from proofs_check.checker.arithmetic.rational_matrices import matrix
from proofs_check.checker.arithmetic.reachable_rank import dimension
from proofs_check.checker.bounded import integer, rational

__all__ = ["check"]

MAX_BITS = 10_000
MAX_SIZE = 100_000

Place = tuple[Any, ...]
"""Of a weight: (layer, output, 0 or 1); of an entry of the encoder: ("E", row, column)."""


class _NotProved(Exception):
    """A condition of a certificate that is false, or that the balls leave open."""


def check(document: dict[str, Any]) -> tuple[bool, str]:
    """Whether a box around each point holds exactly one critical point, of this loss and index.

    The loss is ‖DEBX − Y‖_F² with the best D, as a function of the row space of W = EB. Some
    weights, the unknowns, vary; all others are held. The point is critical in E, in all weights and
    in D because

    1. Krawczyk's operator for the derivatives by the unknowns maps the box into its interior: the
       box holds exactly one zero of these derivatives;
    2. WXXᵀWᵀ is positive definite all over the box: the best D exists and is smooth;
    3. the unknowns move the row space in independent directions all over the box, and there are as
       many of them as the set of row spaces has dimensions: no other weight adds a direction.

    A point may have "lines", 0 or 1, and then 3. is this. The first nodes of this parity read two
    inputs each; the directions of their weights are n/2 lines, with the sum R. The outputs of this
    parity lie in R, so W meets R in dimension j at least, k less the number of the others. The
    pairs (W, R) that meet in dimension j are a manifold of dimension n/2 + j(n/2 − j) +
    (k − j)(n − k): of R, of a j-plane in it, and of the k-planes around that. All over the box they
    meet in no more, and the unknowns, as many as this dimension, move the pair in independent
    directions: so E and the weights reach all pairs nearby, and the index is that on pairs.

    Parameters
    ----------
    document : dict
        "X" and "Y", rational; "rows", the kept outputs; "k"; "bits"; "distinct", whether the row
        spaces are claimed to differ; and "points". Each point has "encoder", of shape (k, l), or
        None for the identity; "weights", of shape (p, n, 2), where output j of layer i has the
        weights of inputs j and j XOR 2^i; "unknown", the places that vary; "radius", half the side
        of the box in each of them; "loss", two ends of an interval; "index"; and perhaps "lines".

    Returns
    -------
    bool, str
        The sentence says what was proved, or which condition failed.

    Raises
    ------
    ValueError, KeyError, TypeError
        If the document is not of this form.

    Notes
    -----
    Cost: two evaluations of second-order jets for each point.

    References
    ----------
    R. Krawczyk, Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken, Computing 4
    (1969).

    Examples
    --------
    >>> identity, diagonal = [["1", "0"], ["0", "1"]], [["2", "0"], ["0", "1"]]
    >>> point = {"encoder": None, "weights": [[["1", "0"], ["1", "0"]]], "unknown": [[0, 0, 1]],
    ...          "radius": ["1/999"], "loss": ["0.99", "1.01"], "index": 0}
    >>> problem = {"X": identity, "Y": diagonal, "rows": [0], "k": 1, "bits": 64, "distinct": True}
    >>> check(problem | {"points": [point]})[0]
    True
    >>> check(problem | {"points": [point | {"index": 1}]})
    (False, 'point 0: the index is 0, not 1')
    """
    points, bits = document["points"], document["bits"]
    if not points or type(bits) is not int or not 2 <= bits <= MAX_BITS:
        return False, f"{len(points)} points at {str(bits)[:20]} bits: nothing to check"
    with ctx.workprec(2 * bits + 64):
        return _check(document, points)


def _check(document: dict[str, Any], points: list[dict[str, Any]]) -> tuple[bool, str]:
    problem = _Problem(document)
    projectors = []
    for i, point in enumerate(points):
        try:
            projectors.append(_projector(problem, point))
        except (_NotProved, ZeroDivisionError) as error:
            return False, f"point {i}: {error}"
    if document["distinct"]:
        # row spaces differ if the projectors to them do
        for (i, P), (j, Q) in combinations(enumerate(projectors), 2):
            if P.overlaps(Q):
                return (
                    False,
                    f"the row spaces of points {i} and {j} are not certain to be distinct",
                )
    count = f"boxes of {len(points)} critical points{', distinct' * bool(document['distinct'])}"
    with_lines = sum("lines" in point for point in points)
    count += f", {with_lines} with lines" * bool(with_lines)
    return (
        True,
        f"{count}, with loss and index, in balls of {ctx.prec} bits; critical in all weights "
        f"{problem.basis}",
    )


class _Problem:
    """C = XXᵀ, M = XYᵀYXᵀ and ‖Y‖² in balls, and the dimension of the set of row spaces."""

    def __init__(self, document: dict[str, Any]) -> None:
        X, Y = _rational(document["X"]), _rational(document["Y"])
        self.n = X.nrows()
        self.rows = [integer(r, 0, self.n - 1, "an output") for r in document["rows"]]
        self.k = integer(document["k"], 0, len(self.rows), "k")
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


def _projector(problem: _Problem, point: dict[str, Any]) -> arb_mat:
    """The projector to the row space of a point, once all its claims are proved."""
    unknowns = [tuple(place) for place in point["unknown"]]
    d, radius = len(unknowns), [_ball(r) for r in point["radius"]]
    parity = integer(point["lines"], 0, 1, "the parity of lines") if "lines" in point else None
    common, needed = 0, problem.dimension
    if parity is not None:
        half, k = problem.n // 2, problem.k
        common = k - sum(r % 2 != parity for r in problem.rows)
        needed = half + common * (half - common) + (k - common) * (problem.n - k)
        if common < 1 or half < 2:
            raise _NotProved("the row spaces need not meet these lines")
    if d != needed or len(set(unknowns)) != d:
        raise _NotProved(f"{len(set(unknowns))} unknowns; the row spaces have dimension {needed}")
    if len(radius) != d or not all(r > 0 for r in radius):
        raise _NotProved("every unknown needs a positive radius")
    # the same computation at the centre and, with balls as unknowns, over all of the box
    W_centre, _ = _row_jets(problem, point, unknowns, [arb(0)] * d)
    W_box, first_layer = _row_jets(problem, point, unknowns, [arb(0, r) for r in radius])
    lines = [] if parity is None else _lines(first_layer, parity)
    centre, box = _gain(problem, W_centre), _gain(problem, W_box)
    if d:
        _prove_contraction(centre, box, radius)
    if lines and _rank_with(W_box, lines) < problem.k + len(lines) - common:
        raise _NotProved("the row space may meet the lines in more than a general one does")
    if _independent_motions(W_box, lines, d, problem.k) < d:
        raise _NotProved(
            "the unknowns are not certain to move the row space in independent directions"
        )
    # the loss is ‖Y‖² less the gain: its negative curvatures are the positive ones of the gain
    index = positive_eigenvalues(box.hessian.tolist())
    if index != integer(point["index"], 0, d, "the index"):
        raise _NotProved(f"the index is {index}, not {point['index']}")
    # Taylor about the centre: the Hessian over the box bounds the remainder
    step = arb_mat(d, 1, [arb(0, r) for r in radius])
    linear, quadratic = centre.gradient.transpose() * step, step.transpose() * box.hessian * step
    loss = problem.energy - centre.value - linear[0, 0] - quadratic[0, 0] / 2
    low, high = map(_ball, point["loss"])
    if not (low <= loss and loss <= high):
        raise _NotProved(
            f"the loss is {loss.str(12)}, not in [{point['loss'][0]}, {point['loss'][1]}]"
        )
    W = arb_mat([[jet.value for jet in row] for row in W_box])
    return W.transpose() * (W * W.transpose()).inv() * W


def _row_jets(
    problem: _Problem, point: dict[str, Any], unknowns: list[Place], shifts: list[arb]
) -> tuple[list[list[Jet]], list[list[Jet]]]:
    """W = E·B as jets in the unknowns, each moved by its shift; and the weights of layer 0."""
    n, p, d = problem.n, problem.n.bit_length() - 1, len(unknowns)
    unplaced = {place: i for i, place in enumerate(unknowns)}

    def jet(place: Place, text: Any) -> Jet:
        if place not in unplaced:
            return Jet.constant(_ball(text), d)
        i = unplaced.pop(place)
        return Jet.variable(_ball(text) + shifts[i], i, d)

    weights, encoder = point["weights"], point["encoder"]
    if [[len(pair) for pair in layer] for layer in weights] != [[2] * n] * p:
        raise ValueError(f"weights must have shape ({p}, {n}, 2)")
    if encoder is None and problem.k < problem.l:
        raise ValueError(f"an encoder of shape ({problem.k}, {problem.l}) is missing")
    identity = [[int(a == t) for t in range(problem.l)] for a in range(problem.k)]
    E = identity if encoder is None else encoder
    if [len(row) for row in E] != [problem.l] * problem.k:
        raise ValueError(f"the encoder must have shape ({problem.k}, {problem.l})")
    # start with E on the kept outputs, then multiply with one layer after the other from the right
    W = [[Jet.constant(arb(0), d) for _ in range(n)] for _ in E]
    for a, row in enumerate(E):
        for t, entry in enumerate(row):
            W[a][problem.rows[t]] = (
                Jet.constant(arb(entry), d) if encoder is None else jet(("E", a, t), entry)
            )
    layer: list[list[Jet]] = []
    for i in reversed(range(p)):
        layer = [[jet((i, j, b), weights[i][j][b]) for b in range(2)] for j in range(n)]
        # column c of a layer: input c feeds output c by weight 0 and output c XOR 2^i by weight 1
        W = [
            [row[c] * layer[c][0] + row[c ^ (1 << i)] * layer[c ^ (1 << i)][1] for c in range(n)]
            for row in W
        ]
    if unplaced:
        raise _NotProved(f"{next(iter(unplaced))} is no weight")
    return W, layer


def _gain(problem: _Problem, W: list[list[Jet]]) -> Jet:
    """tr K⁻¹L with K = WCWᵀ, positive definite, and L = WMWᵀ."""
    K, L = (_form(W, form) for form in (problem.C, problem.M))
    k = problem.k
    if positive_eigenvalues([[entry.value for entry in row] for row in K]) < k:
        raise _NotProved("WXXᵀWᵀ is not positive definite")
    # Gauss-Jordan elimination turns (K, L) into (I, K⁻¹L)
    rows = [K[a] + L[a] for a in range(k)]
    for a in range(k):
        _eliminate(rows, a, a)
    return reduce(add, (rows[a][k + a] for a in range(k)))


def _form(W: list[list[Jet]], form: arb_mat) -> list[list[Jet]]:
    """W·form·Wᵀ, symmetric."""
    half, size = [Jet.transformed(form, row) for row in W], range(len(W))
    upper = {(a, b): reduce(add, map(mul, half[a], W[b])) for a in size for b in size if a <= b}
    return [[upper[min(a, b), max(a, b)] for b in size] for a in size]


def _prove_contraction(centre: Jet, box: Jet, radius: list[arb]) -> None:
    """Prove that Krawczyk's operator maps the box into its interior.

    With the box c + S, the gradient g(c), the Hessian H over the box and any matrix A, it is
    c − A·g(c) + (I − A·H)·S. Then the gradient has exactly one zero in the box.
    """
    d = len(radius)
    # A is an approximate inverse of the Hessian at the centre, without any radius of its own
    inverse = centre.hessian.mid().inv().mid()
    identity = arb_mat(d, d, [int(i == j) for i in range(d) for j in range(d)])
    half = arb_mat(d, 1, [arb(0, r) for r in radius])
    image = (identity - inverse * box.hessian) * half - inverse * centre.gradient
    if not all(abs(image[i, 0]) < r for i, r in enumerate(radius)):
        raise _NotProved("the box does not contract")


def _lines(first_layer: list[list[Jet]], parity: int) -> list[tuple[Jet, Jet]]:
    """The weights of the nodes of a parity, for each that of the even input first."""
    nodes = [first_layer[j] for j in range(parity, len(first_layer), 2)]
    # straight is the input of the same number, crossed that of the other parity
    return [(node[parity], node[1 - parity]) for node in nodes]


def _rank_with(W: list[list[Jet]], lines: list[tuple[Jet, Jet]]) -> int:
    """A lower bound of the rank of W together with the lines."""
    rows = [[jet.value for jet in row] for row in W]
    for q, pair in enumerate(lines):
        row = [arb(0)] * len(W[0])
        row[2 * q], row[2 * q + 1] = (jet.value for jet in pair)
        rows.append(row)
    return rank(rows)


def _independent_motions(W: list[list[Jet]], lines: list[tuple[Jet, Jet]], d: int, k: int) -> int:
    """A lower bound of the rank of the derivative of the row space of W by the unknowns.

    The entries of the reduced echelon form outside the pivot columns are coordinates of the row
    space. Lines count as well: that of (a, b) turns by a·db − b·da.
    """
    rows, free = [list(row) for row in W], list(range(len(W[0])))
    for a in range(k):
        c = max(free, key=lambda c: float(abs(rows[a][c].value).mid()))
        free.remove(c)
        _eliminate(rows, a, c)
    turns = [b.gradient * a.value - a.gradient * b.value for a, b in lines]
    return rank(
        [
            [rows[a][c].gradient[i, 0] for a in range(k) for c in free]
            + [turn[i, 0] for turn in turns]
            for i in range(d)
        ]
    )


def _eliminate(rows: list[list[Jet]], a: int, c: int) -> None:
    """One step of Gauss-Jordan elimination, with the pivot in row a and column c."""
    inverse = rows[a][c].reciprocal()
    rows[a] = [entry * inverse for entry in rows[a]]
    for b in range(len(rows)):
        if b != a:
            factor = rows[b][c]
            rows[b] = [x - factor * y for x, y in zip(rows[b], rows[a], strict=True)]


def _rational(rows: list[list[Any]]) -> fmpq_mat:
    return fmpq_mat([[_fmpq(entry) for entry in row] for row in matrix(rows, MAX_SIZE)])


def _fmpq(text: Any) -> fmpq:
    value = text if isinstance(text, Fraction) else rational(text)
    return fmpq(value.numerator, value.denominator)


def _ball(text: Any) -> arb:
    return arb(_fmpq(text))
