"""Recheck where the gradient flow of ‖DEBX − Y‖² ends, for the outputs 0 and 2 of size 4, k = 2.

DEB has the blocks V_0uᵀ and V_1vᵀ, where V = DES, S is the last layer and u, v are the first nodes:
20 parameters. The gain of the rows (u, 0) and (0, v) is f = N/Q as in ``sibling_census``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import combinations, pairwise, product
from typing import Any

from flint import arb, arb_mat, arb_poly, arb_series, ctx, fmpq, fmpq_mat, fmpq_poly

from proofs_check.checker.arithmetic.gain import Gain, dot, exact, number, signs
from proofs_check.checker.arithmetic.real_roots import signed_count
from proofs_check.checker.bounded import Refused, integer
from proofs_check.checker.kinds.trained_encoder.sibling_census import pencil

__all__ = ["critical_values", "into_a_box", "trapped_starts"]

BITS, DEGREE = 128, 16
MAX_NODES, MAX_FLOWS, MAX_PARTS = 200, 16, 20000
SLOPES = [*product((1, -1), repeat=2)]
PLACES = [*product(range(3), repeat=2)]
Table = list[list[Any]]


def into_a_box(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the flow from every balanced FJLT start comes into a box that it cannot leave.

    Parameters
    ----------
    certificate : dict
        "X" and "Y", of four rows; "box", [[x0, x1], [y0, y1]], the row spaces of (x, 1, 0, 0) and
        (0, 0, y, 1); "level", a loss that is exceeded on its edges and by every single row;
        "floor", a loss that is exceeded all over it; "flows", each with "signs", the slopes of u
        and v at the start, "squared_scale" of the last layer, and "nodes", the networks near the
        flow at increasing "time".
    """
    X, Y = exact(certificate["X"], 8), exact(certificate["Y"], 8)
    if X.nrows() != 4:
        raise Refused(f"X has {X.nrows()} rows, not 4")
    level, floor = number(certificate["level"]), number(certificate["floor"])
    box = [[number(end) for end in side] for side in certificate["box"]]
    (x0, x1), (y0, y1) = box
    given = certificate["flows"]
    integer(len(given), 1, MAX_FLOWS, "the number of flows")
    cross = X * Y.transpose()
    C, M, energy = X * X.transpose(), cross * cross.transpose(), dot(Y, Y)
    for flow in given:
        integer(len(flow["nodes"]), 2, MAX_NODES, "the number of nodes")
        times = [number(node["time"]) for node in flow["nodes"]]
        if times[0] != 0 or not all(a < b for a, b in pairwise(times)):
            raise Refused("the times of a flow do not increase from 0")
    # no EB of rank 1 has a loss of the level or less
    valid = x0 < x1 and y0 < y1 and signs((energy - level) * C - M) == (0, 4)
    with ctx.workprec(BITS):
        edges = [((x, x), (y0, y1)) for x in box[0]] + [((x0, x1), (y, y)) for y in box[1]]
        valid &= _loses_more(C, M, energy - level, edges)
        valid &= _loses_more(C, M, energy - floor, [((x0, x1), (y0, y1))])
        valid = valid and all(_enters(X, Y, flow, box, level) for flow in given)
    known = {(*flow["signs"], flow["squared_scale"]) for flow in given}
    steps = sum(len(flow["nodes"]) - 1 for flow in given)
    return valid and {(*pair, 1) for pair in SLOPES} <= known, (
        f"{len(given)} flows in 20 weights come in {steps} steps into a box of row spaces, and "
        f"below the loss {level} on its edges"
    )


def _loses_more(C: fmpq_mat, M: fmpq_mat, gain: fmpq, boxes: Sequence[Any]) -> bool:
    """Whether the gain is below a number on all boxes of slopes, by halving them."""
    excess, parts = _excess(C, M, gain), list(boxes)
    left: list[tuple[fmpq, int, Any]] = []
    for seen in range(1, MAX_PARTS + 1):
        if not parts:
            # halved next: where the bound is largest
            if not left:
                return True
            parts += product(*(_halves(*side) for side in heappop(left)[2]))
        sides = parts.pop()
        (a, r), (b, s) = (((low + high) / 2, (high - low) / 2) for low, high in sides)
        P = _around(_turned(_around(excess, a)), b)
        middle = P[0][0]
        if middle >= 0:
            return False
        # P[j][i] belongs to (x − a)^i·(y − b)^j
        bound = middle + sum(abs(P[j][i]) * r**i * s**j for i, j in PLACES if i or j)
        if bound >= 0:
            heappush(left, (-bound, seen, sides))
    return False


def _halves(low: fmpq, high: fmpq) -> list[tuple[fmpq, fmpq]]:
    middle = (low + high) / 2
    return [(low, middle), (middle, high)] if low < high else [(low, high)]


def _excess(C: fmpq_mat, M: fmpq_mat, gain: fmpq) -> Table:
    """N − gain·Q at (x, 1, 0, 0) and (0, 0, y, 1): a row for each power of x, in powers of y."""

    def rows(f: fmpq_mat) -> list[list[fmpq]]:
        upper = [f[1, 1], 2 * f[0, 1], f[0, 0]]
        lower = [f[3, 3], 2 * f[2, 3], f[2, 2]]
        return [upper, lower, [f[1, 3], f[0, 3], f[1, 2], f[0, 2]]]

    (k1, k2, k0), (l1, l2, l0) = rows(C), rows(M)
    P = [[fmpq(0)] * 3 for _ in range(3)]
    for i, j in PLACES:
        P[i][j] += k2[j] * l1[i] + k1[i] * l2[j] - gain * k1[i] * k2[j]
    mixed = ((0, 0), (1, 0), (0, 1), (1, 1))
    for (i, p), (j, q) in product(enumerate(mixed), repeat=2):
        P[p[0] + q[0]][p[1] + q[1]] += gain * k0[i] * k0[j] - 2 * k0[i] * l0[j]
    return P


def _around(rows: Table, a: fmpq) -> Table:
    """Polynomials of degree 2, a column each, in powers of the distance from a."""
    c, b, square = rows
    return [
        [x + a * (y + a * z) for x, y, z in zip(c, b, square, strict=True)],
        [y + 2 * a * z for y, z in zip(b, square, strict=True)],
        square,
    ]


def _enters(X: fmpq_mat, Y: fmpq_mat, flow: dict[str, Any], box: Table, level: fmpq) -> bool:
    """Whether a flow is at its last node in the box, with a loss below the level."""
    nodes = flow["nodes"]
    times = [number(node["time"]) for node in nodes]
    points = [_parameters(node) for node in nodes]
    scale = integer(flow["squared_scale"], 1, 16, "the squared scale")
    problem = _Problem(X, Y)
    start = problem.start([integer(sign, -1, 1, "a sign") for sign in flow["signs"]], scale)
    r = _norm(a - arb(b) for a, b in zip(start, points[0], strict=True))
    for (t, point), (t_next, following) in pairwise(zip(times, points, strict=True)):
        after = problem.step([arb(a) for a in point], arb(t_next - t), r)
        if after is None:
            return False
        values, r = after
        r = (r + _norm(a - arb(b) for a, b in zip(values, following, strict=True))).upper()
    end = [arb(a) + arb(0, r) for a in points[-1]]
    (x0, x1), (y0, y1) = box
    if end[17].contains(0) or end[19].contains(0):
        return False
    x, y = end[16] / end[17], end[18] / end[19]
    return bool(problem.loss(end) < arb(level) and arb(x0) < x < arb(x1) and arb(y0) < y < arb(y1))


def _parameters(node: dict[str, Any]) -> list[fmpq]:
    """D, E, S, u and v, one after the other."""
    D, E = exact(node["D"], 4), exact(node["E"], 2)
    first, last = ([[number(w) for w in pair] for pair in layer] for layer in node["weights"])
    if (D.nrows(), D.ncols(), E.nrows(), E.ncols()) != (4, 2, 2, 2):
        raise Refused("D is not of shape (4, 2), or E is not of shape (2, 2)")
    # output j of layer i reads the inputs j and j XOR 2^i
    S = [*last[0], *reversed(last[2])]
    return [*D.entries(), *E.entries(), *S, *first[0], *first[2]]


class _Problem:
    """The loss for given data; parameters are lists of 20 balls, or of polynomials."""

    def __init__(self, X: fmpq_mat, Y: fmpq_mat) -> None:
        self.C, self.cross = arb_mat(X * X.transpose()), arb_mat(Y * X.transpose())
        self.energy = arb(dot(Y, Y))

    def start(self, slopes: Sequence[int], squared_scale: int) -> list[arb]:
        """The FJLT with u = (1, s)/√2 and v = (1, t)/√2, and the best E = Eᵀ and D, DᵀD = EEᵀ."""
        if set(slopes) - {1, -1} or len(slopes) != 2:
            raise Refused("the slopes of an FJLT are 1 or -1")
        half = 1 / arb(2).sqrt()
        u, v = ([half, half * s] for s in slopes)
        c = half * arb(squared_scale).sqrt()
        S = arb_mat([[c, c], [c, -c]])
        B = S * arb_mat([[*u, 0, 0], [0, 0, *v]])
        A = self.cross * B.transpose() * (B * self.C * B.transpose()).inv()
        # DᵀD = EEᵀ and DE = A give E⁴ = AᵀA
        E = _root(_root(A.transpose() * A))
        return [*(A * E.inv()).entries(), *E.entries(), *S.entries(), *u, *v]

    def products(self, p: list[Any]) -> tuple[Table, Table, Table, Table, Table, Table]:
        """D, E, S, ES, V = DES and G = 2(DEB·XXᵀ − YXᵀ)."""
        D, E, S = _table(p[:8], 2), _table(p[8:12], 2), _table(p[12:16], 2)
        T = _product(E, S)
        V = _product(D, T)
        A = [[v[0] * p[16], v[0] * p[17], v[1] * p[18], v[1] * p[19]] for v in V]
        C, N = self.C, self.cross
        G = [
            [2 * (sum(row[k] * C[k, j] for k in range(4)) - N[i, j]) for j in range(4)]
            for i, row in enumerate(A)
        ]
        return D, E, S, T, V, G

    def slope(self, p: list[Any]) -> list[Any]:
        """The gradient of the loss."""
        D, E, S, T, V, G = self.products(p)
        H = self.nodes(p, G)
        inner = _product(_turned(D), H)
        parts = [_product(H, _turned(T)), _product(inner, _turned(S)), _product(_turned(E), inner)]
        first = [sum(V[i][j // 2] * G[i][j] for i in range(4)) for j in range(4)]
        return [entry for part in parts for row in part for entry in row] + first

    @staticmethod
    def nodes(p: list[Any], G: Table) -> Table:
        """The derivative by V: the products of the blocks of G with u and v."""
        return [[g[0] * p[16] + g[1] * p[17], g[2] * p[18] + g[3] * p[19]] for g in G]

    def loss(self, p: list[arb]) -> arb:
        """‖DEBX − Y‖² over a box."""
        V = self.products(p)[4]
        A = arb_mat([[v[0] * p[16], v[0] * p[17], v[1] * p[18], v[1] * p[19]] for v in V])
        rest = A * self.C - 2 * self.cross
        terms = (a * b for a, b in zip(A.entries(), rest.entries(), strict=True))
        return sum(terms, self.energy)

    def step(self, p: list[arb], h: arb, r: arb) -> tuple[list[arb], arb] | None:
        """Where a polynomial from p leads after the time h, and the radius of flows around it.

        Picard's iteration makes the polynomial y. Let δ bound ‖y' + ∇L(y)‖, and let no eigenvalue
        of the Hessian be below −μ up to the distance ρ from y. A flow x that starts within r has
        ‖x − y‖ <= re^(μh) + δ(e^(μh) − 1)/μ, if this is less than ρ.
        """
        y = [arb_poly([c.mid() for c in a.coeffs()]) for a in self.iterated(p)]
        defect = _norm(_bound(a.derivative() + b, h) for a, b in zip(y, self.slope(y), strict=True))
        rho = (4 * (r + defect * h) + arb(2) ** -80).upper()
        for _ in range(6):
            tube = [_values(a, h) + arb(0, rho) for a in y]
            mu = self.growth(tube)
            if mu is not None:
                factor = (mu * h).exp()
                after = (r * factor + defect * (factor - 1) / mu).upper()
                if after < rho:
                    return [a(h) for a in y], after
            rho = (4 * rho).upper()
        return None

    def iterated(self, p: list[arb]) -> list[arb_series]:
        """The flow from p in powers of the time, each iteration with a power more."""
        cap, ctx.cap = ctx.cap, DEGREE + 1
        try:
            y = [arb_series([a], prec=1) for a in p]
            for _ in range(DEGREE):
                y = [a - move.integral() for a, move in zip(p, self.slope(y), strict=True)]
        finally:
            ctx.cap = cap
        return y

    def growth(self, p: list[arb]) -> arb | None:
        """μ > 0 with no eigenvalue of the Hessian below −μ over a box, by pairs of factors."""
        D, E, S, T, _, G = self.products(p)
        H = self.nodes(p, G)
        behind = _product(_turned(D), G)
        size = {
            (0, 1): _all(_product(H, _turned(S))),
            (0, 2): _all(H) * _all(E),
            (0, 3): _all(G) * _all(T),
            (1, 2): _all(_product(_turned(D), H)),
            (1, 3): _all(behind) * _all(S),
            (2, 3): _all(_product(_turned(E), behind)),
        }
        if not all(a.is_finite() for a in size.values()):
            return None
        # the largest root of the matrix of sizes, by its powers, and an upper bound of it
        z = [1.0] * 4
        for _ in range(20):
            w = [1e-9] * 4
            for i, j in combinations(range(4), 2):
                w[i] += float(size[i, j]) * z[j]
                w[j] += float(size[i, j]) * z[i]
            z = [a / max(w) for a in w]
        top = arb(1)
        for i in range(4):
            row = sum((size[min(i, j), max(i, j)] * z[j] for j in range(4) if j != i), arb(0))
            top = top.max((row / z[i]).upper())
        return top


def _root(P: arb_mat) -> arb_mat:
    """The positive definite R with R² = P, shape (2, 2): R·tr R = P + I·det R."""
    size = P.det().sqrt()
    return (P + arb_mat([[size, 0], [0, size]])) / (P.trace() + 2 * size).sqrt()


def _table(entries: list[Any], columns: int) -> Table:
    return [entries[i : i + columns] for i in range(0, len(entries), columns)]


def _turned(a: Table) -> Table:
    return [list(column) for column in zip(*a, strict=True)]


def _product(a: Table, b: Table) -> Table:
    return [
        [sum(p * q for p, q in zip(row, column, strict=True)) for column in zip(*b, strict=True)]
        for row in a
    ]


def _norm(values: Iterable[arb]) -> arb:
    return sum((abs(a).upper() ** 2 for a in values), arb(0)).sqrt().upper()


def _all(a: Table) -> arb:
    return _norm(entry for row in a for entry in row)


def _bound(p: arb_poly, h: arb) -> arb:
    """An upper bound of |p| on [0, h]."""
    total = arb(0)
    for c in reversed(p.coeffs()):
        total = total * h + abs(c)
    return total.upper()


def _values(p: arb_poly, h: arb) -> arb:
    """A ball around the values of p on [0, h]."""
    return p[0] + arb(0, _bound(p - arb_poly([p[0]]), h))


def trapped_starts(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether all FJLT row spaces lie around a maximum of the gain, with no other critical value.

    Parameters
    ----------
    certificate : dict
        "problems", each with "X", "Y", "end", the rows u and v of a maximum of the gain, and
        "loss", its loss.
    """
    problems = certificate["problems"]
    valid = bool(problems)
    for problem in problems:
        X, Y = exact(problem["X"], 8), exact(problem["Y"], 8)
        cross = X * Y.transpose()
        C, M = X * X.transpose(), cross * cross.transpose()
        u, v = ([number(a) for a in row] for row in problem["end"])
        W = fmpq_mat([[*u, 0, 0], [0, 0, *v]])
        end = Gain.at(W, C, M)
        turns = [
            fmpq_mat([[-u[1], u[0], 0, 0], [0] * 4]),
            fmpq_mat([[0] * 4, [0, 0, -v[1], v[0]]]),
        ]
        valid &= all(dot(end.slope, turn) == 0 for turn in turns)
        valid &= signs(fmpq_mat(end.hessian(turns))) == (2, 0)
        valid &= dot(Y, Y) - end.value == number(problem["loss"])
        values, top = critical_values(C, M), end.value
        if values.degree() < 0 or values(top) != 0:
            return False, "the value of an end is not critical"
        others = values / fmpq_poly([-top, 1])
        for s, t in SLOPES:
            start = fmpq_mat([[1, s, 0, 0], [0, 0, 1, t]])
            level = Gain.at(start, C, M).value
            valid &= level < top and signs(level * C - M) == (0, 4)
            valid &= _has_no_root(others, level, top) and _gains_more(start, W, C, M, level)
    return valid, (
        f"{len(problems)} data sets: the {len(SLOPES)} row spaces of FJLTs lie around a maximum, "
        "and no other critical value of the gain is from there to its value"
    )


def critical_values(C: fmpq_mat, M: fmpq_mat) -> fmpq_poly:
    """A polynomial in g that vanishes at the critical values of the gain.

    For fixed u a critical value is a zero of F = c0 − c1·g + c2·g², and at a critical point F, of
    degree 4 in u, has a double zero: its discriminant vanishes.
    """
    c = [[*part.coeffs(), *[fmpq(0)] * 5][:5] for part in pencil(C, M)]
    a, b, m, d, e = (fmpq_poly([c[0][i], -c[1][i], c[2][i]]) for i in range(5))
    first = 12 * a * e - 3 * b * d + m * m
    second = 72 * a * m * e + 9 * b * m * d - 27 * (a * d * d + e * b * b) - 2 * m * m * m
    return 4 * first * first * first - second * second


def _has_no_root(p: fmpq_poly, low: fmpq, high: fmpq) -> bool:
    """Whether a polynomial has no zero from low to high, by signs at its zeros."""
    if p(low) == 0 or p(high) == 0:
        return False
    return signed_count(p, fmpq_poly([-low, 1])) == signed_count(p, fmpq_poly([-high, 1]))


def _gains_more(start: fmpq_mat, end: fmpq_mat, C: fmpq_mat, M: fmpq_mat, level: fmpq) -> bool:
    """Whether the gain is above the level on the segment from start to end, but for the start."""
    rows = []
    for i, (p, q) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        p, q = p[2 * i : 2 * i + 2], q[2 * i : 2 * i + 2]
        # the row may be turned round, so that the segment does not pass through 0
        sign = 1 if p[0] * q[0] + p[1] * q[1] > 0 else -1
        rows.append([fmpq_poly([sign * a, b - sign * a]) for a, b in zip(p, q, strict=True)])

    def form(a: fmpq_mat, i: int, j: int) -> fmpq_poly:
        pairs = product(range(2), repeat=2)
        terms = (rows[i][r] * rows[j][s] * a[2 * i + r, 2 * j + s] for r, s in pairs)
        return sum(terms, fmpq_poly([0]))

    (k, m, l), (K, N, L) = ([form(a, *at) for at in ((0, 0), (0, 1), (1, 1))] for a in (C, M))
    # N − level·Q vanishes at the start
    excess = K * l - 2 * m * N + L * k - level * (k * l - m * m)
    if excess(0) != 0:
        return False
    rest = excess / fmpq_poly([0, 1])
    return bool(rest(1) > 0 and _has_no_root(rest, fmpq(0), fmpq(1)))
