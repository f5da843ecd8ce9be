"""Outputs without spurious minima, but for data of measure 0, with the butterfly trained as well.

The proof is on the page on the trained butterfly. At a local minimum the slope of the loss vanishes
along all motions of the parameters there, and along those at all parameters nearby with the same
row space: motions that vanishing weights hide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, product
from math import gcd, prod
from typing import Any

from flint import fmpq, fmpq_mat
from numpy.random import Generator

from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Finding,
    Grade,
    Verdict,
)
from proofs_check.counts.butterfly_paths import path
from proofs_check.exact.planted import diagonal, orthogonal, texts
from proofs_check.identities.derivation import Derivation, Step
from proofs_check.identities.proofs import needs, proved

__all__ = ["CLAIM", "HIDDEN"]

HIDDEN = Derivation(
    symbols={
        "D": ("m", "k"),
        "E": ("k", "l"),
        "B": ("l", "n"),
        "V": ("l", "n"),
        "X": ("n", "d"),
        "Y": ("m", "d"),
        "p": ("k", "1"),
        "h": ("l", "1"),
        "y": ("m", "1"),
        "z": ("k", "1"),
        "F": ("m", "j"),
        "W": ("j", "n"),
    },
    definitions={
        "S": "(D @ E @ B @ X - Y) @ X.T",
        "moved_D": "D + y @ p.T",
        "moved_E": "E + z @ h.T",
        "C": "X @ X.T",
        "M": "X @ Y.T @ Y @ X.T",
    },
    assumptions={
        "pᵀEB = 0": "p.T @ E @ B",
        "hᵀB = 0": "h.T @ B",
        "WCWᵀFᵀ = WXYᵀ": "W @ X @ X.T @ W.T @ F.T - W @ X @ Y.T",
        "Fᵀ(FWX − Y)Xᵀ = 0": "F.T @ F @ W @ X @ X.T - F.T @ Y @ X.T",
    },
    steps=[
        Step("(D + ypᵀ)(E + zhᵀ)B = DEB", "moved_D @ moved_E @ B - D @ E @ B"),
        Step(
            "of the slope along V, the part bilinear in y and z is tr y(pᵀz)(hᵀV)Sᵀ",
            "moved_D @ moved_E @ V @ S.T - D @ moved_E @ V @ S.T - moved_D @ E @ V @ S.T"
            " + D @ E @ V @ S.T - y @ p.T @ z @ h.T @ V @ S.T",
            "trace",
        ),
        Step(
            "WM = (WCWᵀ)(FᵀF)WC",
            "W @ M - W @ C @ W.T @ F.T @ F @ W @ C",
            backwards=("WCWᵀFᵀ = WXYᵀ",),
        ),
    ],
)
"""Motions that a network of rank below k hides; and what a vanishing slope says of W = EB.

F stands for the decoder of a network with rank EB = k.
"""

Place = tuple[Any, ...]
"""Of a parameter: ("E", row, column) or (layer, output, 0 or 1)."""

Curve = dict[Place, list[int]]
"""Parameters that move, with the coefficients of t, t², …"""

Case = tuple[int, tuple[int, ...], int]
"""Number of inputs, kept outputs, and k."""

CASES: Sequence[Case] = (
    (8, (0,), 1),
    (8, (0, 4), 1),
    (8, (1, 2, 5), 1),
    (4, (0,), 1),
    (4, (0, 2), 1),
    (4, (0, 1, 2), 1),
    (4, (0, 1, 2, 3), 1),
    (4, (0, 1), 2),
    (8, (0, 3), 2),
    (4, (0, 1, 2), 2),
    (4, (0, 1, 2, 3), 2),
    (4, (0, 1, 2), 3),
    (4, (0, 1, 2, 3), 3),
)
"""Outputs of which networks with vanishing weights are examined."""

DEFICIENT: Sequence[Case] = (
    (8, (0, 3), 2),
    (8, (1, 2, 5), 1),
    (4, (0, 2), 1),
    (4, (0, 1), 2),
    (4, (0, 1, 2), 2),
    (4, (0, 1, 2), 3),
    (4, (0, 1, 2, 3), 2),
    (4, (0, 1, 2, 3), 3),
    (4, (0, 1, 2, 3), 4),
)
"""The same for networks with rank B < k."""

DRAWS = 100
"""Curves that are tried for a network, and random eigenvectors, before the search gives up."""

SIZES = 4, 8, 16
"""Numbers of inputs of the data whose eigenvectors are looked at."""


@dataclass(frozen=True)
class Network:
    """E and the weights on paths to the kept outputs, in integers.

    Attributes
    ----------
    n, rows, k : int, tuple of int, int
        Number of inputs, kept outputs, rows of E.
    values : mapping from place to int
    """

    n: int
    rows: tuple[int, ...]
    k: int
    values: Mapping[Place, int]

    @classmethod
    def drawn(cls, case: Case, rng: Generator) -> Network:
        """Entries 0 with a probability of 0.4, otherwise −1, 1 or 2."""
        n, rows, k = case
        places: list[Place] = [("E", *place) for place in product(range(k), range(len(rows)))]
        places += sorted({edge for r in rows for c in range(n) for edge in path(n, r, c)})
        drawn = rng.choice([-1, 1, 2], len(places)) * (rng.random(len(places)) < 0.6)
        return cls(n, rows, k, dict(zip(places, map(int, drawn), strict=True)))

    def at(self, curve: Curve, t: int = 1) -> Network:
        """The network at t on a curve."""
        moved = {
            place: self.values[place] + sum(c * t ** (i + 1) for i, c in enumerate(coefficients))
            for place, coefficients in curve.items()
        }
        return Network(self.n, self.rows, self.k, {**self.values, **moved})

    @cached_property
    def B(self) -> fmpq_mat:
        """The rows of the butterfly."""
        n = self.n
        return fmpq_mat(
            [[prod(self.values[e] for e in path(n, r, c)) for c in range(n)] for r in self.rows]
        )

    @cached_property
    def E(self) -> fmpq_mat:
        """The encoder."""
        l = len(self.rows)
        return fmpq_mat([[self.values["E", a, s] for s in range(l)] for a in range(self.k)])

    @cached_property
    def W(self) -> fmpq_mat:
        """EB."""
        return self.E * self.B

    def bends(self) -> dict[Place, fmpq_mat]:
        """The derivative of B by each weight."""
        out: dict[Place, fmpq_mat] = {}
        for (s, r), c in product(enumerate(self.rows), range(self.n)):
            edges = path(self.n, r, c)
            for edge in edges:
                move = out.setdefault(edge, fmpq_mat(len(self.rows), self.n))
                move[s, c] += prod(self.values[other] for other in edges if other != edge)
        return out

    def moves(self) -> dict[Place, fmpq_mat]:
        """The derivative of EB by each entry of E and each weight."""
        out: dict[Place, fmpq_mat] = {edge: self.E * move for edge, move in self.bends().items()}
        for a, s in product(range(self.k), range(len(self.rows))):
            out["E", a, s] = fmpq_mat(self.k, self.n)
            for c in range(self.n):
                out["E", a, s][a, c] = self.B[s, c]
        return out

    def document(self) -> dict[str, Any]:
        """Outputs and weights for a certificate; weights on no path are 0."""
        p = self.n.bit_length() - 1
        weights = [[[0, 0] for _ in range(self.n)] for _ in range(p)]
        for (i, j, b), value in ((e, x) for e, x in self.values.items() if e[0] != "E"):
            weights[i][j][b] = value
        return {"rows": list(self.rows), "weights": weights}


@dataclass(frozen=True)
class Span:
    """A subspace of R^n, by a basis in echelon form.

    Attributes
    ----------
    basis : fmpq_mat, shape (r, n)
        The identity in the columns ``pivots``.
    pivots : list of int
    """

    basis: fmpq_mat
    pivots: list[int]

    @classmethod
    def of(cls, rows: fmpq_mat) -> Span:
        """The span of these rows."""
        reduced, r = rows.rref()
        basis = fmpq_mat(r, rows.ncols(), reduced.entries()[: r * rows.ncols()])
        return cls(basis, [next(c for c, x in enumerate(row) if x != 0) for row in basis.tolist()])

    def modulo(self, rows: fmpq_mat) -> list[fmpq]:
        """Vectors modulo the span, as their entries outside the pivots, one after the other."""
        rest = rows - self.part(rows) * self.basis
        return [x for row in rest.tolist() for c, x in enumerate(row) if c not in self.pivots]

    def part(self, rows: fmpq_mat) -> fmpq_mat:
        """The entries in the pivots: the coordinates, of vectors in the span."""
        kept = [row[c] for row in rows.tolist() for c in self.pivots]
        return fmpq_mat(rows.nrows(), len(self.pivots), kept)

    def contains(self, rows: fmpq_mat) -> bool:
        """Whether all these rows lie in the span."""
        return not any(self.modulo(rows))


def motions(network: Network, span: Span) -> dict[Place, list[fmpq]]:
    """How each parameter moves the row space of EB, which is the span.

    As vectors of k(n − k) entries, in the basis of the span at every network that has this row
    space.
    """
    inverse = span.part(network.W).inv()
    return {place: span.modulo(inverse * move) for place, move in network.moves().items()}


def hidden(network: Network, span: Span, outer: bool, rng: Generator) -> Curve:
    """A line on which the rows of EB, or those of B unless ``outer``, stay in a span.

    Parameters are let free one after the other, in random order or from the inputs on, as long as
    the rows stay where all free ones have random values.
    """
    places = [place for place in network.values if outer or place[0] != "E"]
    if rng.random() < 0.5:
        places = [places[i] for i in rng.permutation(len(places))]
    free: list[Place] = []
    for place in places:
        trial = {x: [int(rng.integers(1, 99))] for x in (*free, place)}
        end = network.at(trial)
        if span.contains(end.W if outer else end.B):
            free.append(place)
    return {place: [int(step)] for place in free if (step := rng.integers(-3, 4))}


def turned(network: Network, rng: Generator) -> Curve:
    """For n = 4, a curve on which the two nodes of a pair of inputs take over from each other.

    Let the nodes with the weights u and v enter EB by the columns αx and τx. Then αu + τv stays the
    same if v moves by αy, and τ by αε where a weight of the second layer moves εx into τx.
    """
    j = int(rng.integers(4))
    other = j ^ 1
    into = {j: fmpq_mat(network.k, 1), other: fmpq_mat(network.k, 1)}
    parallel = []
    for s, r in enumerate(network.rows):
        node = j if (r ^ j) & 1 == 0 else other
        edge, column = path(4, r, node)[1], _column(network.E, s)
        into[node] = into[node] + network.values[edge] * column
        if node == other:
            parallel.append((edge, column))
    x = [int(entry.p) for entry in into[j].entries()]
    alpha = gcd(*x)
    if not alpha or not parallel:
        return {}
    x = [entry // alpha for entry in x]
    tau = _multiple(into[other], x)
    if tau is None:
        return {}
    ratios = [(edge, _multiple(column, x)) for edge, column in parallel]
    # without such a weight τ stays as it is
    edge, epsilon = next(((e, a) for e, a in ratios if a), (parallel[0][0], 0))
    curve: Curve = {edge: [alpha]} if epsilon else {}
    # input c is read by the node c straight, and by the node c XOR 1 crossed
    for c in (j, other):
        y = int(rng.integers(1, 4))
        here, there = (0, j, int(c != j)), (0, other, int(c != other))
        v = network.values[there]
        curve[there] = [alpha * y]
        curve[here] = [-tau * y - epsilon * v, -alpha * epsilon * y]
    return curve


def _column(a: fmpq_mat, s: int) -> fmpq_mat:
    return fmpq_mat([[row[s]] for row in a.tolist()])


def _multiple(column: fmpq_mat, x: Sequence[int]) -> int | None:
    """The integer a with column = a·x, for primitive x; None if there is none."""
    entries = [int(entry.p) for entry in column.entries()]
    place = next(i for i, entry in enumerate(x) if entry)
    a = entries[place] // x[place]
    return a if entries == [a * entry for entry in x] else None


Found = list[tuple[Curve, list[Place]]]
"""Curves, and the parameters whose motions at their ends are new."""


def spanning(network: Network, rng: Generator, tries: int = DRAWS) -> tuple[int, Found]:
    """In how many directions a network and its hidden motions move the row space, and by which.

    Stops where they are k(n − k).
    """
    span, full = Span.of(network.W), network.k * (network.n - network.k)
    found: Found = []
    seen: list[list[fmpq]] = []
    for attempt in range(tries):
        curve: Curve = {}
        if attempt:
            turn = network.n == 4 and network.k > 1 and attempt % 3 == 0
            curve = turned(network, rng) if turn else hidden(network, span, True, rng)
        end = network.at(curve)
        if not kept(network, curve, span) or end.W.rank() < network.k:
            continue
        new = []
        for place, motion in motions(end, span).items():
            if fmpq_mat([*seen, motion]).rank() > len(seen):
                seen.append(motion)
                new.append(place)
        if new:
            found.append((curve, new))
        if len(seen) == full:
            break
    return len(seen), found


def kept(network: Network, curve: Curve, span: Span) -> bool:
    """Whether the rows of EB stay in a span on a curve.

    Their entries are polynomials in t: of the degree of the curve, times that of a product of an
    entry of E and the weights of a path.
    """
    degree = max(map(len, curve.values()), default=0) * network.n.bit_length()
    return all(span.contains(network.at(curve, t).W) for t in range(1, degree + 1))


def leaving(network: Network, rng: Generator, tries: int = DRAWS) -> tuple[Curve, Place] | None:
    """A line on which the rows of B keep their span, and a weight that ends that at t = 1.

    It moves a combination of rows that is 0 out of the span. None if none is found.
    """
    span = Span.of(network.B)
    for attempt in range(tries):
        curve = hidden(network, span, False, rng) if attempt else {}
        end = network.at(curve)
        if end.B.rank() < len(span.pivots) or not span.contains(end.B):
            continue
        # the combinations that are 0, in rows
        left = _kernel(end.B.transpose())
        for place, move in end.bends().items():
            if not span.contains(left * move):
                return curve, place
    return None


def _kernel(a: fmpq_mat) -> fmpq_mat:
    """A basis of the v with a·v = 0, in rows."""
    span = Span.of(a)
    free = [c for c in range(a.ncols()) if c not in span.pivots]
    basis = fmpq_mat(len(free), a.ncols())
    for line, c in enumerate(free):
        basis[line, c] = 1
        for i, pivot in enumerate(span.pivots):
            basis[line, pivot] = -span.basis[i, c]
    return basis


def held(case: Case, rng: Generator) -> Iterator[Network]:
    """Random networks with rank EB = k whose weights move the row space in less than k(n − k)."""
    n, _, k = case
    while True:
        network = Network.drawn(case, rng)
        if network.W.rank() == k:
            rows = [*motions(network, Span.of(network.W)).values()]
            if fmpq_mat(rows).rank() < k * (n - k):
                yield network


def low(case: Case, rng: Generator) -> Iterator[Network]:
    """Random networks with rank B < k."""
    while True:
        network = Network.drawn(case, rng)
        if network.B.rank() < case[2]:
            # E counts for nothing here
            yield replace(network, values={p: x for p, x in network.values.items() if p[0] != "E"})


def different(networks: Iterator[Network], count: int) -> list[Network]:
    """The first so many different ones."""
    found: list[Network] = []
    while len(found) < count:
        network = next(networks)
        if network not in found:
            found.append(network)
    return found


def _hidden_motions(context: Context) -> Finding:
    rng, each = context.rng, 20 if context.full else 3
    points, deficient, missing = [], [], []
    for case in CASES:
        n, rows, k = case
        for network in different(held(case, rng), each):
            reached, curves = spanning(network, rng)
            if reached < k * (n - k):
                missing.append(f"n = {n}, {rows}, k = {k}")
            entries = [
                [[[list(place), steps] for place, steps in curve.items()], [*map(list, places)]]
                for curve, places in curves
            ]
            E = [[int(x.p) for x in row] for row in network.E.tolist()]
            points.append({**network.document(), "E": E, "curves": entries})
    for case in DEFICIENT:
        n, rows, k = case
        for network in different(low(case, rng), each):
            if (way := leaving(network, rng)) is None:
                missing.append(f"n = {n}, {rows}, rank B < {k}")
                continue
            curve, place = way
            moves = [[list(x), steps] for x, steps in curve.items()]
            entry = {"k": k, "moves": moves, "at": list(place)}
            deficient.append({**network.document(), **entry})
    return Finding.of(
        not missing,
        Bearing.SUPPORTS,
        f"{len(points)} networks with rank EB = k and vanishing weights, of "
        f"{len(CASES)} sets of outputs and k: their parameters move the row space in less than "
        "k(n − k) directions, but in as many together with those of other networks of the same "
        "row space, on lines and curves through them. "
        f"{len(deficient)} networks with rank B < k: on a line on which the rows of B keep their "
        "span, some weight moves a combination of rows that is 0 out of it."
        + (f" Not found: {'; '.join(missing)}." if missing else ""),
        len(points) + len(deficient),
        numbers={"held": len(points), "deficient": len(deficient)},
        scope=f"{len(points) + len(deficient)} networks with vanishing weights, n = 4 and 8",
        certificate={"kind": "hidden-motions", "points": points, "deficient": deficient},
    )


def separate(vectors: fmpq_mat) -> bool:
    """Whether no minor of two of these rows vanishes at the inputs 2q and 2q + 1."""
    return all(
        a[c] * b[c + 1] != a[c + 1] * b[c]
        for a, b in combinations(vectors.tolist(), 2)
        for c in range(0, vectors.ncols(), 2)
    )


def separated_data(n: int, auto_encoder: bool, rng: Generator) -> tuple[fmpq_mat, fmpq_mat]:
    """(X, T): the rows of T are eigenvectors of (XYᵀYXᵀ, XXᵀ) without vanishing minors.

    The eigenvalues are 1, 4, 9, … with Y = diag(1, 2, …), and 1, 4, 9, … for Y = X.
    """
    for _ in range(DRAWS):
        entries = map(int, rng.integers(-99, 100, n * n))
        T = orthogonal(n, rng) if auto_encoder else fmpq_mat(n, n, [*entries])
        if T.rank() == n and separate(T):
            break
    sizes = diagonal([*range(1, n + 1)], n, n)
    return (T.transpose() * sizes if auto_encoder else T.inv()), T


def _eigenvectors(context: Context) -> Finding:
    problems, faults = [], []
    for n, auto_encoder in product(SIZES, (False, True)):
        X, T = separated_data(n, auto_encoder, context.rng)
        Y = X if auto_encoder else diagonal([*range(1, n + 1)], n, n)
        values = [i * i for i in range(1, n + 1)]
        C, cross = X * X.transpose(), Y * X.transpose()
        if T * cross.transpose() * cross != diagonal(values, n, n) * T * C or not separate(T):
            faults.append(n)
        forms = {name: texts(a) for name, a in (("X", X), ("Y", Y), ("T", T))}
        problems.append({**forms, "values": values})
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        f"Rational data with n = {', '.join(map(str, SIZES))}, and as many auto-encoders: no minor "
        "of two eigenvectors at the inputs 2q and 2q + 1 vanishes. So the condition on the data "
        "can be met.",
        len(problems),
        numbers={"problems": len(problems)},
        scope=f"data of n = {', '.join(map(str, SIZES))}",
        certificate={"kind": "separated-eigenvectors", "problems": problems},
    )


def siblings() -> Network:
    """The rows (1, 0, 0, 0), (0, 0, 0, 1) of the outputs 0 and 2: a spurious minimum of some data.

    No weight vanishes but those of one input for each row.
    """
    values: dict[Place, int] = {("E", a, s): int(a == s) for a in range(2) for s in range(2)}
    values |= {(1, 0, 0): 1, (1, 0, 1): 0, (1, 2, 0): 1, (1, 2, 1): 0}
    values |= {(0, 0, 0): 1, (0, 0, 1): 0, (0, 2, 0): 0, (0, 2, 1): 1}
    return Network(4, (0, 2), 2, values)


def _equal_parity(context: Context) -> bool:
    """Whether the motions of two outputs of equal parity, hidden ones too, are seen to be few."""
    return spanning(siblings(), context.rng, tries=20)[0] < 4


def _deficient_class(context: Context) -> bool:
    """The same for outputs 0, 2 and 4 of n = 8, k = 3, at weights without a pattern: 7 of 15."""
    network = Network.drawn((8, (0, 2, 4), 3), context.rng)
    generic = {place: int(context.rng.integers(1, 999)) for place in network.values}
    return spanning(replace(network, values=generic), context.rng, tries=10)[0] == 7


def _open_line(context: Context) -> bool:
    """Whether a line on which the row space turns is seen to hide nothing."""
    network = next(held((4, (0,), 1), context.rng))
    span = Span.of(network.W)
    lines = [{place: [1]} for place in network.values]
    return any(not kept(network, line, span) for line in lines)


def _flat_data(context: Context) -> bool:
    """Whether X = Y = diag(3, 1, 2, 1) is seen to be no such data: it has a flat minimum."""
    return not separate(diagonal([1] * 4, 4, 4))


CLAIM = Claim(
    id="joint-benign",
    title="Some outputs have no spurious minimum, for almost all data",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"Keep any outputs of a butterfly of any size $n = 2^p$, with $k = 1$; or two "
    r"outputs, one of them even and one odd, with $k = 2$; or, for $n = 4$, outputs and $k$ whose "
    r"row spaces $EB$ have the full dimension $k(n-k)$. Then for almost all "
    r"$X \in \mathbb R^{n \times d}$ and $Y \in \mathbb R^{m \times d}$ with $d, m \ge n$, and for "
    r"almost all $X = Y$ with $d \ge n$, every local minimum in $D$, $E$ and the weights is "
    r"global.",
    expected=Verdict.HOLDS,
    depends_on=("joint-submersion", "reachable"),
    checks=(
        replace(
            proved(
                "hidden motions, all sizes",
                HIDDEN,
                Bearing.SUPPORTS,
                "In words, on the page on the trained butterfly: which motions vanishing weights "
                "hide; that they leave no local minimum with rank EB < k, and at the others no "
                "slope of the gain, so that eigenvectors span the row space; that for almost all "
                "data such a row space moves freely. Then the minimum is global "
                "(joint-submersion).",
            ),
            method="matrix identities; what vanishing weights hide is proved in words",
        ),
        Check(
            "vanishing weights",
            Grade.EXACT,
            "motions of random integer networks with many zeros, in rational numbers",
            _hidden_motions,
            partial=True,
        ),
        Check(
            "eigenvectors",
            Grade.EXACT,
            "planted eigenvectors, in rational numbers",
            _eigenvectors,
            partial=True,
        ),
    ),
    controls=(
        Control("two outputs of equal parity", _equal_parity),
        Control("outputs whose row spaces have less than full dimension", _deficient_class),
        Control("a line on which the row space turns", _open_line),
        Control("data with a flat minimum", _flat_data),
        Control("a combination of rows that is not 0", lambda _: needs(HIDDEN, "hᵀB = 0")),
        Control("a decoder with a slope", lambda _: needs(HIDDEN, "Fᵀ(FWX − Y)Xᵀ = 0")),
    ),
)
