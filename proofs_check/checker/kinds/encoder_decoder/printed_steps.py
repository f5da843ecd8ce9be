"""What Section S3 says of gradients and of single critical points, and what holds instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import product as choices
from typing import Any

from flint import fmpq_mpoly

from proofs_check.checker.arithmetic.polynomial_matrices import (
    Polynomials,
    minus,
    symbols,
    times,
)
from proofs_check.checker.arithmetic.rational_matrices import (
    Matrix,
    difference,
    inverse,
    matrix,
    multiple,
    product,
    projection,
    rank,
    squared_norm,
    transpose,
)
from proofs_check.checker.bounded import Refused, integer
from proofs_check.checker.kinds.encoder_decoder.networks import (
    MAX_ROWS,
    Landscape,
    Network,
    is_critical,
    kernel_vector,
    require,
)

__all__ = ["claim_s3_2", "form", "gradients", "turns"]

STEP = Fraction(1, 10)


def gradients(
    certificate: dict[str, Any], shapes: Sequence[tuple[int, int, int, int]]
) -> tuple[bool, str]:
    """Whether the gradients of ½‖DEX − Y‖² compare with Lemma S3.1 as "comparisons" says.

    For every shape the formula (1) and the corrected formula vec(r)ᵀ(D ⊗ Xᵀ) must be the gradients,
    as polynomials in all entries. "comparisons" has, for the printed formula vec(r)ᵀ(D ⊗ X)ᵀ, the
    shapes (m, k, l, d) in which it is "equal" to the gradient, "different" or "undefined".

    Parameters
    ----------
    certificate : dict
        "comparisons".
    shapes : sequence of (m, k, l, d)
        The shapes that must occur; more may.
    """
    found: dict[str, list[list[int]]] = {}
    given = certificate["comparisons"]
    if not isinstance(given, dict):
        raise Refused("'comparisons' is no object")
    every = [tuple(integer(n, 1, 4, "a size") for n in s) for part in given.values() for s in part]
    require(set(shapes) <= set(every), f"a shape of {list(shapes)} is missing")
    require(len(set(every)) == len(every), "a shape occurs twice")
    for shape in every:
        m, k, l, d = shape
        D, E, X, Y = symbols({"d": (m, k), "e": (k, l), "x": (l, d), "y": (m, d)})
        residual, EX = minus(times(D, E, X), Y), times(E, X)
        loss = sum((x * x for row in residual for x in row), D[0][0].context().constant(0))
        # vec(r)ᵀ has the entries residual[i][s], row by row; the factor 2 stands for ½ of the loss
        for a in range(k):
            for i in range(m):
                # column (i, a) of I ⊗ (EX)ᵀ has (EX)_as in row (i, s)
                slope = sum(2 * residual[i][s] * EX[a][s] for s in range(d))
                require(
                    loss.derivative(str(D[i][a])) == slope, f"(1) is not the gradient for {shape}"
                )
            for p in range(l):
                # column (a, p) of D ⊗ Xᵀ has D_ia·X_ps in row (i, s)
                slope = sum(
                    2 * residual[i][s] * D[i][a] * X[p][s] for i in range(m) for s in range(d)
                )
                require(loss.derivative(str(E[a][p])) == slope, f"(2) corrected fails for {shape}")
        found.setdefault(_printed(shape, loss, residual, D, E, X), []).append(list(shape))
    names = found.keys() | given.keys()
    same = all(sorted(found.get(n, [])) == sorted(given.get(n, [])) for n in names)
    return same and "undefined" in found, f"gradients for {len(every)} shapes, as polynomials"


def _printed(
    shape: Sequence[int],
    loss: fmpq_mpoly,
    residual: Polynomials,
    D: Polynomials,
    E: Polynomials,
    X: Polynomials,
) -> str:
    """How vec(r)ᵀ(D ⊗ X)ᵀ compares with the gradient of half the loss in E."""
    m, k, l, d = shape
    # vec(r)ᵀ has m·d columns, and (D ⊗ X)ᵀ has k·d rows and m·l columns
    if m * d != k * d:
        return "undefined"
    # column (i, p) of (D ⊗ X)ᵀ has D_ia·X_ps in row (a, s)
    same = all(
        loss.derivative(str(E[i][p]))
        == sum(2 * residual[a][s] * D[i][a] * X[p][s] for a in range(k) for s in range(d))
        for i in range(m)
        for p in range(l)
    )
    return "equal" if same else "different"


def claim_s3_2(landscape: Landscape) -> Counter[str]:
    """Both parts of the claim, for D̃ of independent columns of D and Ẽ with D̃Ẽ = DE.

    It counts the points with D ≠ 0; those where ẼGẼᵀ is singular; those where the products of the
    printed equation are undefined; and those where it holds, which are all others but the singular.
    """
    data, counts = landscape.data, Counter[str]()
    B = matrix(landscape.entry["B"], MAX_ROWS)
    for network in landscape.networks:
        columns = _independent(transpose(network.D))
        if not columns:
            continue
        thin = transpose(columns)
        both = product(network.D, network.E)
        E = product(inverse(product(columns, thin)), product(columns, both))
        gram = product(product(E, data.gram), transpose(E))
        right = product(data.cross, transpose(E))
        require(product(thin, gram) == right, "D̃(ẼGẼᵀ) is not YX̃ᵀẼᵀ at some point")
        P, moved = network.range, product(network.range, data.signal)
        require(moved == product(data.signal, P) == product(moved, P), "PΣ = ΣP = PΣP fails")
        regular = rank(gram) == len(gram)
        counts += Counter({"points": 1, "singular": int(not regular)})
        if len(B[0]) != len(data.Y):
            counts["undefined"] += 1
        elif regular:
            seen = product(E, B)
            printed = product(product(seen, right), inverse(gram))
            require(product(seen, thin) == printed, "ẼBD̃ is not as printed at some point")
            counts["holds"] += 1
    return counts


def turns(landscape: Landscape) -> Counter[str]:
    """Whether a turn of an eigenvector in the range of D changes the loss as printed.

    No turn lowers it exactly where I' = [p]; if p < k, another direction does. "U" of the problem
    has orthonormal eigenvectors of Σ as columns, that of the largest eigenvalue first.
    """
    data, k, m = landscape.data, landscape.k, len(landscape.data.Y)
    U = transpose(matrix(landscape.entry["U"], MAX_ROWS))
    require(product(U, transpose(U)) == multiple(Fraction(1), m), "U is not orthogonal")
    levels = [data.eigenvalue(i) for i in range(m)]
    for row, image, level in zip(U, product(U, data.signal), levels, strict=True):
        require(image == [level * x for x in row], "a column of U is no eigenvector of Σ")
    counts = Counter[str]()
    for network in landscape.networks:
        p, inside = rank(network.D), product(U, network.range)
        chosen = [i for i in range(m) if inside[i] == U[i]]
        require(len(chosen) == p, "columns of U do not span the range of some D")
        outside = [i for i in range(m) if i not in chosen]
        changes = []
        for a, b in choices(outside, chosen):
            changes.append(_turned(network, U[a], U[b]) - network.loss)
            printed = -(STEP**2) / (1 + STEP**2) * (levels[a] - levels[b])
            require(changes[-1] == printed, f"a turn changes the loss by {changes[-1]}")
        covered = any(change < 0 for change in changes)
        pair = any(a < min(b, k) for a in outside for b in chosen)
        require(
            covered == pair == (chosen != list(range(p))),
            f"a turn lowers the loss: {covered}; there is a pair: {pair}; I' = {chosen}, from 0 on",
        )
        if not covered and p < k:
            require(all(change > 0 for change in changes), "a turn keeps the loss at a gap")
            require(_descends(network, U[p]), "there is no descent at a gap")
        counts += Counter({"points": 1, "covered" if covered else "gaps" if p < k else "minima": 1})
    return counts


def form(landscape: Landscape) -> Counter[str]:
    """Whether E = C·PTG⁻¹ + K with DC = P, TKᵀ = 0 and DK = 0; P projects onto the range of D.

    K is the part of E that is orthogonal to the rows of DᵀTG⁻¹ in the inner product of G, so that
    the printed N exists if and only if K = 0. It counts the points with rank D < k and rank Σ < l:
    with another row in ker T on a free unit they are critical, of the same loss, and have no N.
    """
    data, counts = landscape.data, Counter[str]()
    full = len(data.eigenvalues) == len(data.X)
    solution = product(data.cross, inverse(data.gram))
    for network in landscape.networks:
        D, E = network.D, network.E
        rows = product(transpose(D), solution)
        basis, K = _independent(rows), E
        if basis:
            seen = product(data.gram, transpose(basis))
            share = product(product(E, seen), inverse(product(basis, seen)))
            K = difference(E, product(share, basis))
        require(product(D, E) == product(network.range, solution), "DE is not PTG⁻¹ at some point")
        require(squared_norm(product(data.cross, transpose(K))) == 0, "TKᵀ ≠ 0 at some point")
        require(squared_norm(product(D, K)) == 0, "DK ≠ 0 at some point")
        require(not full or squared_norm(K) == 0, "K ≠ 0 at some point where rank Σ = l")
        counts["points"] += 1
        if rank(D) < len(E) and not full:
            row = product(kernel_vector(D), transpose(kernel_vector(data.cross)))
            added = Network(data, D, difference(difference(E, K), row))
            require(
                is_critical(D, added.E, data.X, added.residual) and added.loss == network.loss,
                "a row in ker T on a free unit changes the loss",
            )
            require(rank(rows + added.E) > len(basis), "N exists in spite of a row in ker T")
            counts["without"] += 1
    return counts


def _independent(rows: Matrix) -> Matrix:
    """The first rows that span the same space."""
    kept: Matrix = []
    for row in rows:
        if rank([*kept, row]) > len(kept):
            kept.append(row)
    return kept


def _turned(network: Network, a: list[Fraction], b: list[Fraction]) -> Fraction:
    """The least loss that the range of (I + ε·abᵀ)D allows."""
    shift = product(transpose([a]), product([b], network.D))
    D = [
        [x + STEP * y for x, y in zip(row, other, strict=True)]
        for row, other in zip(network.D, shift, strict=True)
    ]
    data = network.data
    best = product(projection(D), product(data.Y, projection(transpose(data.X))))
    return squared_norm(difference(best, data.Y))


def _descends(network: Network, v: list[Fraction]) -> bool:
    """Whether (D + s·vwᵀ, E + t·wqᵀ) has a lower loss for s, t > 0, and a higher one for s < 0 < t.

    w is in the kernel of D, and q = G⁻¹Tᵀv.
    """
    data, v_column, w = network.data, transpose([v]), kernel_vector(network.D)
    q = product(inverse(data.gram), product(transpose(data.cross), v_column))
    level = product(transpose(q), product(transpose(data.cross), v_column))[0][0]
    ww = squared_norm(w)
    c = squared_norm(product(transpose(product(network.E, data.X)), w))
    # the best s for this t
    s = STEP * ww * level / (c + STEP**2 * ww**2 * level)
    outer, inner = product(v_column, transpose(w)), product(w, transpose(q))
    E = difference(network.E, product(multiple(-STEP, len(w)), inner))
    lower, higher = (
        Network(data, difference(network.D, product(multiple(-step, len(v)), outer)), E).loss
        for step in (s, -s)
    )
    return lower < network.loss < higher
