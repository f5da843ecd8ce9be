"""Recheck what the proof that some outputs have no spurious minima says of vanishing weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from flint import fmpq, fmpq_mat

from proofs_check.checker.arithmetic.gain import diagonal, exact, number
from proofs_check.checker.arithmetic.trained_network import Place, TrainedNetwork
from proofs_check.checker.bounded import Refused, integer

__all__ = ["motions", "separated"]

MAX_POINTS = 1000
MAX_DEGREE = 3
MAX_N = 16

Case = tuple[int, tuple[int, ...], int]
"""Number of inputs, kept outputs, and k."""


def motions(
    certificate: dict[str, Any],
    cases: Sequence[tuple[int, list[int], int]] = (),
    deficient: Sequence[tuple[int, list[int], int]] = (),
) -> tuple[bool, str]:
    """Whether hidden motions make up for the weights that vanish.

    A curve from a network moves E and the weights by polynomials in t that vanish at t = 0. Where
    the network is a local minimum and the row space stays the same on the curve, the networks of
    small t, with the decoders that keep the product, are local minima as well. So the slope of the
    loss vanishes along all their motions, and by continuation at t = 1.

    1. For each of the "points" EB has rank k, and its weights move the row space in less than
       k(n − k) directions. Those at t = 1 on curves on which the row space stays the same move it
       in k(n − k) together: of the parameters named with each curve all move it in a new one.
    2. For each of the "deficient" B has a rank r < k, and its rows stay in their span R on the
       curve. At t = 1 the rank is r, and a weight moves a combination of rows that is 0 out of R.

    Parameters
    ----------
    certificate : dict
        "points", each with "rows", "E", "weights" and "curves", a list of pairs: the moves, each a
        place with the coefficients of t, t², …; and the places of parameters. "deficient", each
        with "rows", "k", "weights", "moves" and "at", the place of a weight.
    cases, deficient : sequence of (n, rows, k), optional
        What must occur in either list, as often as it is named here at least.
    """
    points, others = certificate["points"], certificate["deficient"]
    for entries in (points, others):
        integer(len(entries), 1, MAX_POINTS, "the number of networks")
    found = [_spanning(point) for point in points]
    left = [_leaving(point) for point in others]
    # no network occurs twice
    valid = len({str((point["rows"], point["E"], point["weights"])) for point in points}) == len(
        points
    )
    valid &= len({str((other["rows"], other["k"], other["weights"])) for other in others}) == len(
        others
    )
    valid &= all(true for true, _ in (*found, *left))
    for named, seen in ((cases, found), (deficient, left)):
        wanted = Counter((n, tuple(rows), k) for n, rows, k in named)
        valid &= not wanted - Counter(case for _, case in seen)
    return valid, f"hidden motions of {len(points)} networks, and of {len(others)} of lower rank"


def _spanning(point: dict[str, Any]) -> tuple[bool, Case]:
    """Whether the motions of a network, and those hidden at it, move its row space everywhere."""
    network = _network(point["rows"], point["E"], point["weights"])
    W = network.encoded
    k, n = W.nrows(), W.ncols()
    echelon, rank = W.rref()
    valid = rank == k
    seen = [_motion(echelon, W, move) for move in network.moved(outer=False)[1].values()]
    valid &= fmpq_mat(seen).rank() < k * (n - k)
    spanned: list[list[fmpq]] = []
    for moves, places in point["curves"]:
        end = _end(network, moves, echelon)
        first = end.moved(outer=False)[1]
        valid &= len(places) > 0
        spanned += [_motion(echelon, end.encoded, first[tuple(place)]) for place in places]
    integer(len(spanned), 1, MAX_N**2, "the number of motions")
    valid &= len(spanned) == fmpq_mat(spanned).rank() == k * (n - k)
    return bool(valid), (n, tuple(network.rows), k)


def _leaving(point: dict[str, Any]) -> tuple[bool, Case]:
    """Whether a combination of rows that is 0 leaves their span."""
    l = len(point["rows"])
    k = integer(point["k"], 1, l, "k")
    network = _network(point["rows"], _identity(l), point["weights"])
    B = network.encoded
    echelon, rank = B.rref()
    span = fmpq_mat(rank, B.ncols(), echelon.entries()[: rank * B.ncols()])
    end = _end(network, point["moves"], span, l)
    moved = end.moved(outer=False)[1][tuple(point["at"])]
    # the combinations that are 0 fill a space of dimension l − rank: the kernel of Bᵀ
    combined = _kernel(end.encoded.transpose()).transpose() * moved
    valid = point["at"][0] != "E" and rank < k and end.encoded.rank() == rank
    valid &= _joined(span, combined).rank() > rank
    return bool(valid), (B.ncols(), tuple(network.rows), k)


def _network(rows: Any, E: Any, weights: Any) -> TrainedNetwork:
    n = len(weights[0])
    integer(n, 2, MAX_N, "n")
    data = {"X": _identity(n), "Y": _identity(n), "rows": rows}
    return TrainedNetwork.of(
        data, {"D": [[0] * len(E) for _ in range(n)], "E": E, "weights": weights}
    )


def _end(
    network: TrainedNetwork, moves: Any, span: fmpq_mat, l: int | None = None
) -> TrainedNetwork:
    """The network at t = 1 on a curve; refused if the rows leave their span on it.

    The entries of EB modulo the span are polynomials in t: of the degree of the curve, times the
    number of factors of a product of an entry of E and the weights of a path. They vanish at t = 0.
    """
    steps: dict[Place, list[fmpq]] = {}
    for place, coefficients in moves:
        integer(len(coefficients), 1, MAX_DEGREE, "the degree of a curve")
        if tuple(place) in steps or tuple(place) not in network.parameters or place[0] == "D":
            raise Refused("a curve does not move distinct parameters")
        steps[tuple(place)] = [number(c) for c in coefficients]
    degree = max(map(len, steps.values()), default=0) * (1 + len(network.weights))
    ends = [_at(network, steps, t) for t in range(1, degree + 1)]
    if any(_joined(span, end.encoded).rank() > span.nrows() for end in ends):
        raise Refused("the row space does not stay the same on a curve")
    end = ends[0] if ends else network
    if l is None and end.encoded.rank() < span.nrows():
        raise Refused("the rank falls on a curve")
    return end


def _at(network: TrainedNetwork, steps: dict[Place, list[fmpq]], t: int) -> TrainedNetwork:
    E = fmpq_mat(network.E)
    weights = [[list(pair) for pair in layer] for layer in network.weights]
    for place, coefficients in steps.items():
        change = sum((c * t ** (i + 1) for i, c in enumerate(coefficients)), fmpq(0))
        if place[0] == "E":
            E[place[1], place[2]] += change
        else:
            weights[place[0]][place[1]][place[2]] += change
    return TrainedNetwork(network.X, network.Y, network.D, E, weights, network.rows)


def _motion(echelon: fmpq_mat, W: fmpq_mat, move: fmpq_mat) -> list[fmpq]:
    """How a motion of W moves its row space, in the basis of the echelon form, modulo that."""
    pivots = [next(c for c in range(W.ncols()) if row[c] != 0) for row in echelon.tolist()]
    change = fmpq_mat([[row[c] for c in pivots] for row in W.tolist()])
    moved = change.inv() * move
    part = fmpq_mat([[row[c] for c in pivots] for row in moved.tolist()])
    rest = moved - part * echelon
    return [row[c] for row in rest.tolist() for c in range(W.ncols()) if c not in pivots]


def _kernel(a: fmpq_mat) -> fmpq_mat:
    """A basis of the v with a·v = 0, in columns."""
    reduced, rank = a.rref()
    width = a.ncols()
    pivots = [next(c for c in range(width) if reduced[i, c] != 0) for i in range(rank)]
    free = [c for c in range(width) if c not in pivots]
    basis = fmpq_mat(width, len(free))
    for column, c in enumerate(free):
        basis[c, column] = 1
        for i, pivot in enumerate(pivots):
            basis[pivot, column] = -reduced[i, c]
    return basis


def _joined(top: fmpq_mat, bottom: fmpq_mat) -> fmpq_mat:
    rows = top.nrows() + bottom.nrows()
    return fmpq_mat(rows, bottom.ncols(), top.entries() + bottom.entries())


def _identity(n: int) -> list[list[int]]:
    return [[int(i == j) for j in range(n)] for i in range(n)]


def separated(
    certificate: dict[str, Any], sizes: Sequence[tuple[int, bool]] = ()
) -> tuple[bool, str]:
    """Whether the data satisfy the conditions under which there are no spurious minima.

    XXᵀ and YXᵀ have rank n, and the eigenvectors of the pencil (XYᵀYXᵀ, XXᵀ) to different
    eigenvalues have, two by two, no vanishing minor at the inputs 2q and 2q + 1. So the span of k
    of them, restricted to these inputs, has rank min(k, 2).

    Parameters
    ----------
    certificate : dict
        "problems", each with "X", "Y", "T", whose rows are the eigenvectors, and "values", the
        eigenvalues, all different.
    sizes : sequence of (n, whether Y = X), optional
        What must occur.
    """
    problems, found = certificate["problems"], []
    integer(len(problems), 1, MAX_POINTS, "the number of problems")
    valid = True
    for problem in problems:
        X, Y, T = (exact(problem[name]) for name in ("X", "Y", "T"))
        n, values = X.nrows(), [number(text) for text in problem["values"]]
        cross = Y * X.transpose()
        C, M = X * X.transpose(), cross.transpose() * cross
        valid &= C.rank() == cross.rank() == T.rank() == n == len(set(values)) == len(values)
        valid &= diagonal(values) * T * C == T * M
        rows = T.tolist()
        for a, b in combinations(rows, 2):
            valid &= all(a[c] * b[c + 1] != a[c + 1] * b[c] for c in range(0, n, 2))
        found.append((n, X == Y))
    valid &= {*map(tuple, sizes)} <= {*found}
    return bool(valid), f"eigenvectors without vanishing minors for {len(problems)} data sets"
