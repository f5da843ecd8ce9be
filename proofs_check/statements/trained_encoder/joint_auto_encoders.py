"""Row spaces of less than full dimension: auto-encoders with a spurious minimum.

The construction of ``joint_dichotomy`` chooses X and Y; with Y = X one form, C = XXᵀ, is left. But
all auto-encoders that are critical at a given plane are known. Let the rows of U be orthogonal to
those of W, and let C have the blocks A, AN, NᵀA and Σ + NᵀAN in the basis (W, U). At the row space
of W + HU the gain has the derivative 2·tr HΣGNᵀ, with G the inverse of UUᵀ. So W is critical if and
only if β = NGΣ is orthogonal to all motions H that the weights make. For any such β, any A and any
Σ there is one auto-encoder: N = βΣ⁻¹G⁻¹.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.random import Generator
from scipy.linalg import qr

from fjlt.types import Array, RealArray
from landscape import multi_start
from landscape.planes.gain import Gain
from landscape.planes.row_spaces import RowSpaces
from proofs_check.claim import Bearing, Check, Claim, Context, Control, Finding, Grade, Verdict
from proofs_check.exact.inertia import rational_inertia
from proofs_check.exact.planted import rational, stacked, texts
from proofs_check.row_spaces.gain import expansion, gradient, hessian
from proofs_check.row_spaces.points import (
    deficient_classes,
    forms,
    kernel,
    places,
    rows_and_moves,
)

__all__ = ["CLAIM"]

DRAWS = 10
"""Random weights that are tried for a class before the search gives up; without a seed forty times
as many."""
BATCH = 32
"""Random critical auto-encoders at each of them."""
STARTS = 5
"""Descents that look for a better network."""
DIGITS = (6, 8, 10, 12)
"""Binary digits to which the data and the better network are rounded, one after the other."""
FLAT = 1e-6
"""Relative to the largest, smaller singular values and eigenvalues count as zero in the search."""


class SpuriousAutoEncoder(NamedTuple):
    """Rational data X, Y = X, with a nondegenerate minimum that is not global.

    Attributes
    ----------
    spaces : RowSpaces
    X : fmpq_mat, shape (n, n)
    x, better : ndarray, shape (V,)
        Variables of the minimum, and of a network with less loss.
    variables : list of int
        As many as the set of row spaces has dimensions; the gain is concave in them.
    gains : tuple of fmpq
        At the minimum, and at the better network.
    """

    spaces: RowSpaces
    X: fmpq_mat
    x: RealArray
    better: RealArray
    variables: list[int]
    gains: tuple[fmpq, fmpq]


def rounded(values: Array, digits: int) -> RealArray:
    """Numbers with so many binary digits after the point."""
    return np.round(values * 2.0**digits) / 2.0**digits


def floating(a: fmpq_mat) -> RealArray:
    """A matrix of fractions in floating point."""
    return np.array([[int(e.p) / int(e.q) for e in line] for line in a.tolist()])


def critical_auto_encoder(
    spaces: RowSpaces, x: RealArray, near: RealArray, digits: int, free: bool = False
) -> fmpq_mat | None:
    """Rational data X near the given ones for which the row space at x is critical.

    Parameters
    ----------
    spaces : RowSpaces
    x : ndarray, shape (V,)
        Variables of few binary digits.
    near : ndarray, shape (n, n)
        Invertible.
    digits : int
        Binary digits to which the factors of A and Σ are rounded.
    free : bool
        Whether β need not be orthogonal to the motions.

    Returns
    -------
    fmpq_mat or None
        None where the row space moves less freely than elsewhere.
    """
    k, n = spaces.k, spaces.n
    W, moves = rows_and_moves(spaces, x)
    if W.rank() < k:
        return None
    U = kernel(W)[0].transpose()
    G = (U * U.transpose()).inv()
    # a motion of the plane: what a move adds to W, as a combination of the rows of U
    motions = fmpq_mat([(move * U.transpose() * G).entries() for move in moves])
    missing, codimension = kernel(motions)
    if codimension != spaces.full - spaces.dimension:
        return None
    basis = stacked(W, U)
    Z = floating(basis) @ near
    C = Z @ Z.T
    A, N = C[:k, :k], np.linalg.solve(C[:k, :k], C[:k, k:])
    Sigma = C[k:, k:] - N.T @ A @ N
    a, s = (rational(rounded(np.linalg.cholesky(part), digits)) for part in (A, Sigma))
    # β: NGΣ of these data, projected onto the forms that vanish on all motions
    beta = (N @ floating(G) @ Sigma).ravel()
    if free:
        entries = rational(rounded(beta[:, None], digits))
    else:
        combination = np.linalg.lstsq(floating(missing), beta, rcond=None)[0]
        entries = missing * rational(rounded(combination[:, None], digits))
    exact_N = fmpq_mat(k, n - k, entries.entries()) * (s * s.transpose()).inv() * G.inv()
    # XXᵀ has the blocks A = aaᵀ, AN and Σ + NᵀAN, Σ = ssᵀ, in this basis
    lower = (exact_N.transpose() * a).tolist()
    above = [[*line, *[fmpq(0)] * (n - k)] for line in a.tolist()]
    return basis.inv() * fmpq_mat(
        above + [[*left, *right] for left, right in zip(lower, s.tolist(), strict=True)]
    )


def certified(
    spaces: RowSpaces, X: fmpq_mat, x: RealArray, better: RealArray
) -> SpuriousAutoEncoder | None:
    """These data, if the row space at x is a nondegenerate maximum of the gain and not the largest.

    All derivatives of the gain by the variables vanish, its Hessian is negative definite in as many
    variables as there are dimensions, and at the other variables the gain is larger.
    """
    data, nothing = forms(X, X), fmpq_mat(spaces.k, spaces.n)
    here, there = (
        expansion(rows_and_moves(spaces, at)[0], nothing, *data)[0] for at in (x, better)
    )
    if there <= here or not critical(spaces, X, x):
        return None
    variables = _independent(spaces, x)
    if rational_inertia(hessian(spaces, x, data, variables)) != (spaces.dimension, 0):
        return None
    return SpuriousAutoEncoder(spaces, X, x, better, variables, (here, there))


def critical(spaces: RowSpaces, X: fmpq_mat, x: RealArray) -> bool:
    """Whether all derivatives of the gain by the variables vanish, exactly."""
    return not any(gradient(*rows_and_moves(spaces, x), *forms(X, X)))


def _independent(spaces: RowSpaces, x: RealArray) -> list[int]:
    """Variables that move the row space in independent directions, as many as there are."""
    W, J = spaces.rows_at(x), spaces.jacobian(x)
    orthogonal = np.linalg.svd(W)[2][spaces.k :]
    motions = np.swapaxes(J, 0, 1) @ orthogonal.T
    order = qr(motions.reshape(spaces.size, -1).T, pivoting=True, mode="r")[1]
    return sorted(int(v) for v in order[: spaces.dimension])


def search(
    n: int, rows: tuple[int, ...], k: int, rng: Generator, draws: int = DRAWS
) -> SpuriousAutoEncoder | None:
    """An auto-encoder with a spurious minimum, found among those that are critical at a plane.

    Where the gain is concave, descents look for a network with less loss; then all is made rational
    and certified.
    """
    spaces = RowSpaces(n, rows, k)
    for _ in range(draws):
        x = rounded(spaces.rescaled(spaces.random(rng)), DIGITS[0] - 2)
        for near in _concave(spaces, x, rng):
            better = _better(spaces, near, x, rng)
            if better is None:
                continue
            for digits in DIGITS:
                X = critical_auto_encoder(spaces, x, near, digits)
                found = certified(spaces, X, x, rounded(better, digits)) if X is not None else None
                if found:
                    return found
    return None


def _better(spaces: RowSpaces, X: RealArray, x: RealArray, rng: Generator) -> RealArray | None:
    """Variables that gain more, by one descent, or else by the others."""
    for starts, descents in zip((1, STARTS - 1), rng.spawn(2), strict=True):
        reached = multi_start(X, X, spaces.rows, spaces.k, starts=starts, rng=descents)
        if reached and _gains_more(spaces, X, reached[0].minimum.x, x):
            return reached[0].minimum.x
    return None


def _gains_more(spaces: RowSpaces, X: RealArray, better: RealArray, x: RealArray) -> bool:
    """Whether other variables gain more, in floating point."""
    C = X @ X.T
    there, here = Gain(spaces, C, C @ C)(np.stack([better, x]))
    return bool(there > (1 + FLAT) * here)


def _concave(spaces: RowSpaces, x: RealArray, rng: Generator) -> list[RealArray]:
    """Random data, critical at the row space, whose gain has a negative definite Hessian there.

    The blocks A and Σ have random eigenvalues and eigenvectors, and β a random size.
    """
    n, k, d = spaces.n, spaces.k, spaces.dimension
    W = spaces.rows_at(x)
    left, sizes, V = np.linalg.svd(W)
    if sizes[-1] < FLAT * sizes[0]:
        return []
    # motions in orthonormal bases of the plane and of its complement
    moves = np.swapaxes(spaces.jacobian(x), 0, 1)
    motions = (left / sizes).T @ moves @ V[k:].T
    _, moved, directions = np.linalg.svd(motions.reshape(spaces.size, -1))
    if moved[d - 1] < FLAT * moved[0]:
        return []
    # the plane holds most of the energy, so that most motions lose
    A, Sigma = _random_form(k, (0.2, 3), rng), _random_form(n - k, (0.05, 1), rng)
    beta = (rng.normal(size=(BATCH, len(directions) - d)) @ directions[d:]).reshape(-1, k, n - k)
    # without a missing motion β = 0
    norms = np.linalg.norm(beta, axis=(1, 2), keepdims=True) + (len(directions) == d)
    beta *= rng.choice([0.3, 1, 2, 4], (BATCH, 1, 1)) / norms
    N = beta @ np.linalg.inv(Sigma)
    NT = np.swapaxes(N, 1, 2)
    C = V.T @ np.block([[A, A @ N], [NT @ A, Sigma + NT @ A @ N]]) @ V
    H = Gain(spaces, C, C @ C).hessian(np.broadcast_to(x, (BATCH, spaces.size)))
    values = np.linalg.eigvalsh(H)
    small = FLAT * abs(values).max(axis=1)
    concave = (values[:, -1] < small) & (values[:, d - 1] < -small)
    return [np.linalg.cholesky(form) for form in C[concave]]


def _random_form(size: int, ends: tuple[float, float], rng: Generator) -> RealArray:
    """Random matrices with eigenvalues between these ends, shape (BATCH, size, size)."""
    Q = np.linalg.qr(rng.normal(size=(BATCH, size, size)))[0]
    values = rng.uniform(*ends, (BATCH, 1, size))
    return Q * values @ np.swapaxes(Q, 1, 2)


SEEDS: dict[tuple[tuple[int, ...], int], int] = {
    ((0, 1, 4), 3): 12,
    ((0, 2, 4), 2): 7,
    ((0, 2, 4), 3): 1,
    ((0, 1, 2, 4), 3): 10,
    ((0, 1, 2, 4), 4): 8,
    ((0, 1, 2, 5), 4): 6,
    ((0, 1, 4, 5), 3): 3,
    ((0, 1, 4, 5), 4): 5,
    ((0, 2, 4, 6), 4): 1,
    ((0, 1, 2, 3, 4), 5): 42,
    ((0, 1, 2, 4, 5), 4): 2,
    ((0, 1, 2, 4, 5), 5): 5,
    ((0, 1, 2, 4, 6), 3): 45,
    ((0, 1, 2, 4, 6), 4): 10,
    ((0, 1, 2, 4, 6), 5): 5,
    ((0, 1, 2, 3, 4, 6), 5): 36,
    ((0, 1, 2, 3, 4, 6), 6): 12,
    ((0, 1, 2, 4, 5, 6), 4): 13,
    ((0, 1, 2, 4, 5, 6), 5): 6,
    ((0, 1, 2, 4, 5, 6), 6): 1,
}
"""Seeds with which the search is short, by outputs and k; 0 for the others."""


def point(data: SpuriousAutoEncoder) -> dict[str, Any]:
    """A point of the certificate: data, networks, and the variables."""
    spaces, X = data.spaces, texts(data.X)
    found: dict[str, Any] = {"X": X, "Y": X, "rows": list(spaces.rows)}
    for x, names in ((data.x, ("E", "weights")), (data.better, ("better E", "better"))):
        E, weights = spaces.weights_at(x)
        layers = [texts(rational(layer)) for layer in weights]
        found |= dict(zip(names, (texts(rational(E)), layers), strict=True))
    return {**found, "variables": [places(spaces)[v] for v in data.variables]}


def _every_class(context: Context) -> Finding:
    points: list[dict[str, Any]] = []
    shares, counts = [], []
    for n in (4, 8):
        cases = deficient_classes(n)
        counts.append([n, len(cases)])
        for rows, k in cases:
            if context.full:
                data = search(n, rows, k, context.rng, 40 * DRAWS)
            else:
                data = search(n, rows, k, np.random.default_rng(SEEDS.get((rows, k), 0)))
            if data is None:
                return Finding(
                    Bearing.FAILED, f"not found: n = {n}, {rows}, k = {k}", len(points) + 1
                )
            points.append(point(data))
            here, there = data.gains
            total = sum((entry * entry for entry in data.X.entries()), fmpq(0))
            shares.append(float((there - here) / total))
    return Finding(
        Bearing.SUPPORTS,
        f"All {len(points)} classes of outputs with less than full dimension, "
        f"{' and '.join(f'{count} for n = {n}' for n, count in counts)}: rational X, Y = X and "
        "rational weights, at which all derivatives of the gain vanish and it is concave in as "
        "many weights as the row spaces have dimensions. Other weights gain more, by "
        f"{min(shares):.2g} to {max(shares):.2g} of ‖X‖_F². Random data that are critical at "
        "random weights gave them.",
        len(points),
        scope="n = 4 and 8, all outputs and k",
        certificate={"kind": "planted-minima", "points": points, "classes": counts},
    )


def _any_direction(context: Context) -> bool:
    """Whether a plane is critical for β orthogonal to the motions, and not for any β."""
    spaces = RowSpaces(4, (0, 2), 2)
    x, near = rounded(spaces.random(context.rng), DIGITS[0]), context.rng.normal(size=(4, 4))
    found = [critical_auto_encoder(spaces, x, near, DIGITS[0], free) for free in (False, True)]
    return [X is not None and critical(spaces, X, x) for X in found] == [True, False]


def _no_better_network(context: Context) -> bool:
    """Whether a minimum is refused if no network with less loss is given."""
    data = search(4, (0, 2), 2, context.rng)
    return data is not None and certified(data.spaces, data.X, data.x, data.x) is None


def _full_dimension(context: Context) -> bool:
    """Whether the search finds nothing for outputs of full dimension."""
    return search(4, (0, 1), 2, context.rng, 1) is None


CLAIM = Claim(
    id="joint-auto-encoders",
    title="Where the row space cannot move freely, some auto-encoders have a spurious minimum",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"Let $n = 4$ or $8$, and let the row spaces $EB$ of some kept outputs and $k$ have "
    r"less than the full dimension $k(n-k)$. Then there is an auto-encoder, $Y = X$, for which the "
    r"network with trained $B$ has a local minimum that is not global, and it persists for all $X$ "
    r"nearby.",
    expected=Verdict.HOLDS,
    depends_on=("joint-dichotomy",),
    checks=(
        Check(
            "every class",
            Grade.EXACT,
            "all auto-encoders that are critical at a plane, in rational numbers",
            _every_class,
        ),
    ),
    controls=(
        Control("a plane that is critical for no reason", _any_direction),
        Control("a minimum without a better network", _no_better_network),
        Control("outputs whose row spaces have full dimension", _full_dimension),
    ),
)
