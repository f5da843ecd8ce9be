"""Outputs without spurious minima, but for data of measure 0, with the butterfly trained as well.

The proof is on the page on the trained butterfly. At a local minimum the slope of the loss vanishes
along all motions of the parameters there, and along those at all parameters nearby with the same
row space: motions that vanishing weights hide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

from flint import fmpq_mat
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
from proofs_check.exact.planted import diagonal, orthogonal, texts
from proofs_check.identities.derivation import Derivation, Step
from proofs_check.identities.proofs import needs, proved
from proofs_check.row_spaces.hidden_motions import (
    Case,
    Network,
    Place,
    Span,
    held,
    kept,
    leaving,
    low,
    spanning,
)

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
"""Random eigenvectors that are tried before the search gives up."""

SIZES = 4, 8, 16
"""Numbers of inputs of the data whose eigenvectors are looked at."""


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
