"""Recheck that some losses are all critical values, by polynomials in the entries of D and E."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from flint import fmpq

from proofs_check.checker.arithmetic.polynomial_matrices import (
    constants,
    minus,
    symbols,
    times,
    turned,
)
from proofs_check.checker.arithmetic.rational_matrices import (
    inverse,
    matrix,
    product,
    projection,
    rank,
    squared_norm,
    transpose,
)
from proofs_check.checker.bounded import integer, rational
from proofs_check.checker.kinds.encoder_decoder.networks import MAX_ROWS, Data, Network, require

__all__ = ["all_values"]

MAX_VARIABLES = 24


def all_values(
    certificate: dict[str, Any], problems: Sequence[Mapping[str, Any]], minima: bool = False
) -> tuple[bool, str]:
    """Whether "values" are all critical values, over complex D and E too, of each problem.

    They must be the sums tr YYᵀ − Σ λ_i over all I of at most k positive eigenvalues of Σ. A point
    for each I shows that they are critical values. That there is no other follows from four
    identities: see ``_no_others``.

    Parameters
    ----------
    certificate : dict
        "problems", each with "X", "Y", perhaps "B", the number "k" of hidden units, the positive
        "eigenvalues" of Σ, "values" from the lowest on, and "points", networks "D" and "E".
    problems : sequence of mappings
        Entries "X", "Y", perhaps "B", and "k" of problems that must occur; more may.
    minima : bool, optional
        Whether the Hessian must have a negative eigenvalue at each point unless its loss is the
        lowest.
    """
    missing, count = [_problem(problem) for problem in problems], 0
    for entry in certificate["problems"]:
        k = integer(entry["k"], 1, 4, "'k'")
        data = Data.of(entry, [rational(value) for value in entry["eigenvalues"]])
        networks = [Network.critical(data, point) for point in entry["points"]]
        require(all(len(network.E) == k for network in networks), f"a point has not {k} units")
        sums = [
            sum(chosen, Fraction(0))
            for q in range(k + 1)
            for chosen in combinations(data.eigenvalues, q)
        ]
        losses = {network.loss for network in networks}
        values = sorted({squared_norm(data.Y) - gained for gained in sums})
        require(
            [rational(value) for value in entry["values"]] == values == sorted(losses),
            f"the critical values are {', '.join(map(str, values))}",
        )
        found = len({network.signature for network in networks})
        require(found == len(networks) == len(sums), f"points of {found} sets I of {len(sums)}")
        if minima:
            lowest = all((n.inertia[0] == 0) == (n.loss == values[0]) for n in networks)
            require(lowest, "the index is not 0 exactly at the lowest value")
        require(_no_others(data, k), "an identity fails")
        if (problem := _problem(entry)) in missing:
            missing.remove(problem)
        count += len(values)
    require(not missing, f"{len(missing)} of the problems are missing")
    return count > 0, f"{count} critical values, all of {len(certificate['problems'])} problems"


def _problem(entry: Mapping[str, Any]) -> list[Any]:
    """What fixes a problem: X, Y, B and k."""
    given = [matrix(entry[name], MAX_ROWS) for name in ("X", "Y", "B") if name in entry]
    return [*given, entry["k"]]


def _no_others(data: Data, k: int) -> bool:
    """Whether four identities hold between polynomials in the entries of D and E.

    With M = DEX, A = YP and N = AMᵀ, where P projects onto the rows of X,

        N − Nᵀ = Uᵀ − U,    NΣ − ΣN = Σ(U − Uᵀ) + A(Vᵀ − V)Aᵀ,    NNᵀ − NΣ = AVAᵀ
        and    ‖M − Y‖² = tr YYᵀ − tr N + tr U

    for U = (M − Y)Mᵀ and V = Mᵀ(M − Y)P, which are multiples of the gradients in D and in E. At a
    critical point, real or complex, U = V = 0. So N commutes with Σ, and N² = NΣ. On the eigenspace
    of λ this is N² = λN: if λ ≠ 0, then N is diagonalisable there with eigenvalues 0 and λ, and if
    λ = 0, it is nilpotent. Hence tr N is a sum of eigenvalues of Σ, none more often than it occurs,
    and at most k in number, since rank N <= rank M <= k. The loss is tr YYᵀ less this sum.
    """
    m, l = len(data.Y), len(data.X)
    require(k * (m + l) <= MAX_VARIABLES, f"{k * (m + l)} entries of D and E")
    D, E = symbols({"d": (m, k), "e": (k, l)})
    kept: list[int] = []
    for i in range(l):
        if rank([data.X[j] for j in (*kept, i)]) > len(kept):
            kept.append(i)
    # P = XᵀC: the rows of C for independent rows K of X are those of (KKᵀ)⁻¹K, the others are zero
    basis = [data.X[i] for i in kept]
    part = product(inverse(product(basis, transpose(basis))), basis)
    zero = [Fraction(0)] * len(data.X[0])
    C = [part[kept.index(i)] if i in kept else zero for i in range(l)]
    P = projection(transpose(data.X))
    require(product(transpose(data.X), C) == P, "the projection onto the rows of X is wrong")

    context = D[0][0].context()
    X, Y, A, C_, S = (
        constants(a, context) for a in (data.X, data.Y, product(data.Y, P), C, data.signal)
    )
    M = times(D, E, X)
    residual = minus(M, Y)
    in_D = times(residual, turned(times(E, X)))
    in_E = times(turned(D), residual, turned(X))
    U = times(in_D, turned(D))
    V = times(turned(times(E, X)), in_E, C_)
    N = times(A, turned(M))
    loss = sum((x * x for row in residual for x in row), context.constant(0))
    trace = [sum((row[i] for i, row in enumerate(a)), context.constant(0)) for a in (N, U)]
    total = squared_norm(data.Y)
    constant = context.constant(fmpq(total.numerator, total.denominator))
    return (
        minus(N, turned(N)) == minus(turned(U), U)
        and minus(minus(times(N, S), times(S, N)), times(S, minus(U, turned(U))))
        == times(A, minus(turned(V), V), turned(A))
        and minus(times(N, turned(N)), times(N, S)) == times(A, V, turned(A))
        and loss == constant - trace[0] + trace[1]
    )
