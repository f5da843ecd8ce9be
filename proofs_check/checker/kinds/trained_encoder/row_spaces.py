"""Recheck critical row spaces of the gain f(W) = tr (WCWᵀ)⁻¹WMWᵀ, in rational numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from flint import fmpq, fmpq_mat

from proofs_check.checker.arithmetic.gain import Gain, diagonal, dot, exact, number, signs
from proofs_check.checker.bounded import integer

__all__ = ["critical_subspaces", "maxima_of_family"]

MAX_PROBLEMS = 100


def critical_subspaces(
    certificate: dict[str, Any], spectra: Sequence[tuple[list[int], int, int]] = ()
) -> tuple[bool, str]:
    """Whether f is critical at the span of every k eigenvectors, with the index that they predict.

    −f has a negative eigenvalue for each pair of an eigenvector inside and one outside, of a larger
    eigenvalue. Pairs of equal eigenvalues, and the k² changes of basis, leave f as it is.

    Parameters
    ----------
    certificate : dict
        "problems", each with "values", the roots of the positive eigenvalues; "k"; symmetric "C"
        and "M", which must not commute in half of the problems at least; and "T", whose rows are
        the eigenvectors: TCTᵀ = I. Also "subspaces" and "tops", the numbers of all subspaces and of
        those of index 0.
    spectra : sequence of (values, n, k), optional
        What must occur among the problems.
    """
    problems, subspaces, tops, mixed, found = certificate["problems"], 0, 0, 0, []
    integer(len(problems), 1, MAX_PROBLEMS, "the number of problems")
    valid = True
    for problem in problems:
        C, M, T = (exact(problem[name], 8) for name in ("C", "M", "T"))
        n, k = C.nrows(), integer(problem["k"], 1, C.nrows() - 1, "k")
        values = [integer(value, 1, 100, "a value") for value in problem["values"]]
        mu = [value * value for value in values] + [0] * (n - len(values))
        found.append([values, n, k])
        valid &= all(a.transpose() == a for a in (C, M))
        mixed += C * M != M * C
        valid &= T * C * T.transpose() == diagonal([1] * n)
        valid &= T * M * T.transpose() == diagonal(mu)
        for chosen in combinations(range(n), k):
            rows = T.tolist()
            W = fmpq_mat([rows[i] for i in chosen])
            gain = Gain.at(W, C, M)
            valid &= not any(gain.slope.entries())
            valid &= gain.value == sum(mu[i] for i in chosen)
            units = [
                fmpq_mat(k, n, [int(place == entry) for entry in range(k * n)])
                for place in range(k * n)
            ]
            negative, positive = signs(-1 * fmpq_mat(gain.hessian(units)))
            pairs = [(c, i) for c in chosen for i in range(n) if i not in chosen]
            above = sum(mu[i] > mu[c] for c, i in pairs)
            valid &= negative == above and positive == sum(mu[i] < mu[c] for c, i in pairs)
            # the turn of the row c towards i gains (μ_i − μ_c)t² to second order
            for c, i in pairs:
                V = fmpq_mat(k, n)
                for j in range(n):
                    V[chosen.index(c), j] = T[i, j]
                valid &= dot(gain.along(V), V) == 2 * (mu[i] - mu[c])
            valid &= (above == 0) == (gain.value == sum(sorted(mu)[-k:]))
            tops += above == 0
            subspaces += 1
    valid &= 2 * mixed >= len(problems)
    valid &= all([[*values], n, k] in found for values, n, k in spectra)
    valid &= [subspaces, tops] == [certificate["subspaces"], certificate["tops"]]
    return valid, f"{subspaces} critical subspaces, {tops} of them maxima of the gain"


def maxima_of_family(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether e_0 and e_(n/2+1) are a strict local maximum of f, and e_1 and e_(n/2) gain more.

    Y = X, and the rows have the form (u, 0), (0, v): the n − 2 directions turn one of them.

    Parameters
    ----------
    certificate : dict
        "X", a list of matrices; "gain" and "better", the two gains, the same for all; "diagonal",
        the different diagonal entries of the Hessian, in order.
    """
    entries: set[fmpq] = set()
    matrices = certificate["X"]
    integer(len(matrices), 1, 8, "the number of matrices")
    claimed = [number(certificate[name]) for name in ("gain", "better")]
    valid = claimed[0] < claimed[1]
    for rows in matrices:
        X = exact(rows)
        n = X.nrows()
        half = n // 2
        here, better = (
            Gain.of_data(_units(n, *places), X, X) for places in ((0, half + 1), (1, half))
        )
        turns = [_units(n, j, None) for j in range(1, half)]
        turns += [_units(n, None, j) for j in range(half, n) if j != half + 1]
        H = fmpq_mat(here.hessian(turns))
        valid &= not any(dot(here.slope, turn) for turn in turns)
        valid &= signs(H) == (n - 2, 0) and [here.value, better.value] == claimed
        entries |= {H[i, i] for i in range(n - 2)}
    valid &= [number(text) for text in certificate["diagonal"]] == sorted(entries)
    return valid, f"strict local maxima of {len(matrices)} gains, with better rows"


def _units(n: int, *places: int | None) -> fmpq_mat:
    """Rows of the identity; None stands for a row of zeros."""
    return fmpq_mat(len(places), n, [int(j == place) for place in places for j in range(n)])
