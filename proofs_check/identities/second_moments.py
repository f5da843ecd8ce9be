"""Second moments of A = JᵀJ for SRHT and Gaussian J of every size, and what follows from them.

With the fourth moment f of an entry of √k·J, 1 for the SRHT and 3 for Gaussian entries,

    E[A_ai·A_jb] = δ_ai·δ_jb + s·(δ_aj·δ_ib + δ_ab·δ_ij + (f − 3)·δ_aijb),

s = σ² = (n − k)/(k(n − 1)) for the SRHT and s = 1/k for Gaussian J.

Proof. A_ai = (1/k)·Σ_r g_ra·g_ri over the rows of √k·J. For the SRHT g_ra = ε_a·χ_r(a) with signs
ε, r in a uniform k-subset, and the characters χ_r of the group of bit vectors. The mean over the
signs vanishes unless every index occurs an even number of times; then a XOR i = j XOR b = u, and
the sum over the rows has the mean k²(s + (1 − s)·δ_u0), by orthogonality of the characters. For
Gaussian J the k equal pairs of rows give E[g_a·g_i·g_j·g_b], and the k(k − 1) other pairs
δ_ai·δ_jb. In both cases the mean is s·E[g_a·g_i·g_j·g_b] + (1 − s)·δ_ai·δ_jb with independent
entries g of variance 1 and fourth moment f, which depends only on which indices are equal: there
are 15 cases.

The consequences hold because A1 and A2 are independent and the mean is linear. A certificate states
them; ``proofs-check recheck`` proves the 15 cases and expands the consequences. Here they are
tested in another way, on real draws and with numbers in place of the tensors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any, Literal

import numpy as np
from numpy.random import Generator

from fjlt.types import Array, IntArray
from proofs_check.exact.laws import projections

__all__ = [
    "BILINEAR",
    "FIRST",
    "FORM",
    "LENGTH",
    "MEAN_LENGTH",
    "ONE_SIDE",
    "SECOND",
    "SQUARE",
    "TWO_SIDES",
    "Consequence",
    "Ensemble",
    "SecondMoments",
    "gaussian_draws",
]

Ensemble = Literal["srht", "gaussian"]
Factors = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Consequence:
    """The mean of a product of tensors, summed over all indices that are not free.

    Attributes
    ----------
    name : str
    of : sequence of (tensor, indices)
        With A once or twice, or A1 and A2, which are independent, each twice.
    free : str
        The indices that are not summed.
    value : callable(f − 3) -> sequence of (coefficient, product)
        The mean; coefficients are polynomials in s (s1, s2 for A1, A2) and n, as text.
    """

    name: str
    of: Factors
    value: Callable[[int], tuple[tuple[str, Factors], ...]]
    free: str = ""


def factors(text: str) -> Factors:
    """Tensors with their indices from a text such as "W ca, W cb, δ ab"."""
    return tuple((name, indices) for name, indices in (part.split() for part in text.split(", ")))


FIRST = Consequence("E[A] = I", factors("A ai"), lambda f: (("1", factors("δ ai")),), "ai")

MEAN_LENGTH = Consequence(
    "E‖Jx‖² = ‖x‖²", factors("A ai, x a, x i"), lambda f: (("1", factors("x a, x a")),)
)

FORM = Consequence(
    "E(uᵀAx)² = (1 + s)(uᵀx)² + s‖u‖²‖x‖² + (f − 3)s·Σ_a u_a²x_a²",
    factors("A ai, A jb, u a, u j, x i, x b"),
    lambda f: (
        ("1 + s", factors("u a, x a, u b, x b")),
        ("s", factors("u a, u a, x b, x b")),
        (f"{f} * s", factors("u a, u a, x a, x a")),
    ),
)

LENGTH = Consequence(
    "E‖Jx‖⁴ = ‖x‖⁴ + 2s‖x‖⁴ + (f − 3)s·‖x‖₄⁴",
    factors("A ai, A jb, x a, x i, x j, x b"),
    lambda f: (
        ("1 + 2 * s", factors("x a, x a, x b, x b")),
        (f"{f} * s", factors("x a, x a, x a, x a")),
    ),
)

SECOND = Consequence(
    "E[Axxᵀ A] = (1 + s)xxᵀ + s‖x‖²I + (f − 3)s·diag(x²)",
    factors("A ai, A jb, x i, x j"),
    lambda f: (
        ("1 + s", factors("x a, x b")),
        ("s", factors("δ ab, x i, x i")),
        (f"{f} * s", factors("δ ab, x a, x a")),
    ),
    "ab",
)

SQUARE = Consequence(
    "E[A²] = (1 + s(n + f − 2))·I",
    factors("A ai, A ib"),
    lambda f: ((f"1 + s * (n + 1 + {f})", factors("δ ab")),),
    "ab",
)

ONE_SIDE = Consequence(
    "E‖WAx‖² = (1 + s)‖Wx‖² + s‖W‖_F²‖x‖² + (f − 3)s·Σ_a x_a²‖We_a‖²",
    factors("A ai, A jb, W ca, W cb, x i, x j"),
    lambda f: (
        ("1 + s", factors("W ca, x a, W cb, x b")),
        ("s", factors("W ca, W ca, x i, x i")),
        (f"{f} * s", factors("W ca, W ca, x a, x a")),
    ),
)

TWO_SIDES = Consequence(
    "E‖A2·W·A1x‖² = (1 + s2(n2 + f − 2))·E‖W·A1x‖²",
    factors("A2 pc, A2 pd, A1 ai, A1 jb, W ca, W db, x i, x j"),
    lambda f: (
        (f"(1 + s2 * (n + 1 + {f})) * (1 + s1)", factors("W ca, x a, W cb, x b")),
        (f"(1 + s2 * (n + 1 + {f})) * s1", factors("W ca, W ca, x i, x i")),
        (f"(1 + s2 * (n + 1 + {f})) * {f} * s1", factors("W ca, W ca, x a, x a")),
    ),
)


def _bilinear(f: int) -> tuple[tuple[str, Factors], ...]:
    """Tr(M_u·W·M_x·Wᵀ), with M_u and M_x as in ``SECOND``, multiplied out."""
    left = [("1 + s2", "u c, u d"), ("s2", "δ cd, u p, u p"), (f"{f} * s2", "δ cd, u c, u d")]
    right = [("1 + s1", "x a, x b"), ("s1", "δ ab, x i, x i"), (f"{f} * s1", "δ ab, x a, x b")]
    return tuple(
        (f"({p}) * ({q})", factors(f"{u}, W ca, W db, {x}"))
        for (p, u), (q, x) in product(left, right)
    )


BILINEAR = Consequence(
    "E(uᵀA2·W·A1x)² = tr(M_u·W·M_x·Wᵀ)",
    factors("u p, A2 pc, u q, A2 qd, A1 ai, A1 bj, W ca, W db, x i, x j"),
    _bilinear,
)


def gaussian_draws(n: int, k: int) -> tuple[IntArray, Array]:
    """Matrices that stand for the k×n Gaussian ones in all moments of entries up to the fifth.

    An entry 0 or ±√3, with probabilities 2/3, 1/6 and 1/6, has the first five moments of a standard
    normal one. So a polynomial of degree at most 5 in each entry has the same mean.

    Returns
    -------
    ndarray of int, shape (3^(nk), k, n)
        The entries of J times √(k/3).
    ndarray of Fraction, shape (3^(nk),)
        Their probabilities.

    Examples
    --------
    >>> entries, weights = gaussian_draws(1, 1)
    >>> entries.ravel().tolist(), [str(w) for w in weights]
    ([-1, 0, 1], ['1/6', '2/3', '1/6'])
    """
    entries = np.array(list(product((-1, 0, 1), repeat=n * k)), dtype=np.int64)
    zeros = (entries == 0).sum(axis=1)
    weights = np.array([Fraction(4 ** int(z), 6 ** (n * k)) for z in zeros], dtype=object)
    return entries.reshape(-1, k, n), weights


def drawn(ensemble: Ensemble, n: int, k: int) -> Array:
    """E[A_ai·A_jb] for all indices, shape (n, n, n, n), over every draw, in rationals."""
    if ensemble == "srht":
        columns = [np.concatenate(list(projections(e, k))) for e in np.eye(n, dtype=np.int64)]
        A = np.stack(columns, axis=2)
        return np.einsum("dai,djb->aijb", A, A).astype(object) * Fraction(1, k * k * len(A))
    entries, weights = gaussian_draws(n, k)
    A = 3 * np.einsum("dra,dri->dai", entries, entries)
    scale = weights[0].denominator * weights.max().numerator
    counts = np.array([int(w * scale) for w in weights])
    total = np.einsum("d,dai,djb->aijb", counts, A, A)
    return total.astype(object) * Fraction(1, k * k * int(counts.sum()))


def moment_tensor(n: int, s: Any, f: int) -> Array:
    """The closed form of E[A_ai·A_jb], shape (n, n, n, n)."""
    one = np.eye(n, dtype=np.int64)
    four = np.einsum("ai,aj,ab->aijb", one, one, one)
    pairs = np.einsum("aj,ib->aijb", one, one) + np.einsum("ab,ij->aijb", one, one)
    return np.einsum("ai,jb->aijb", one, one) + s * (pairs + (f - 3) * four)


FOURTH: dict[Ensemble, int] = {"srht": 1, "gaussian": 3}
SHAPES: dict[Ensemble, list[tuple[int, int]]] = {
    "srht": [(2, 1), (2, 2), (4, 1), (4, 2), (4, 3), (4, 4)],
    "gaussian": [(2, 1), (2, 2), (2, 3), (3, 2), (4, 1), (4, 2)],
}


def variance_factor(ensemble: Ensemble, n: int, k: int) -> Fraction:
    """S: (n − k)/(k(n − 1)) for the SRHT, 1/k for Gaussian J."""
    return Fraction(n - k, k * (n - 1)) if ensemble == "srht" else Fraction(1, k)


def moments_agree(ensemble: Ensemble, fourth: int | None = None) -> tuple[int, bool]:
    """(shapes, whether the closed form is the mean over every draw, for all indices)."""
    f = FOURTH[ensemble] if fourth is None else fourth
    agree = [
        bool((drawn(ensemble, n, k) == moment_tensor(n, variance_factor(ensemble, n, k), f)).all())
        for n, k in SHAPES[ensemble]
    ]
    return len(agree), all(agree)


def consequence_holds(consequence: Consequence, f: int, rng: Generator) -> bool:
    """Whether both sides agree for random integer tensors and integers in place of s1, s2 and n."""
    n, m = 4, 3
    numbers = {"s": 5, "s1": 5, "s2": 7, "n": m if "A2" in dict(consequence.of) else n}
    tensors = {
        "x": rng.integers(-3, 4, n),
        "W": rng.integers(-3, 4, (m, n)),
        "u": rng.integers(-3, 4, m if "A2" in dict(consequence.of) else n),
    }
    sizes = dict.fromkeys("abij", n) | dict.fromkeys("cdpq", m)

    def summed(product_of: Factors) -> Array:
        operands, indices = [], []
        for name in dict.fromkeys(name for name, _ in product_of):
            places = [where for other, where in product_of if other == name]
            if name in ("A", "A1", "A2"):
                size = sizes[places[0][0]]
                s = numbers[f"s{name[1:]}"]
                moment = moment_tensor(size, s, f)
                # a single A has the mean I
                operands.append(moment if len(places) == 2 else np.eye(size, dtype=np.int64))
                indices.append("".join(places))
            else:
                for where in places:
                    delta = np.eye(sizes[where[0]], dtype=np.int64)
                    operands.append(delta if name == "δ" else tensors[name])
                    indices.append(where)
        return np.einsum(f"{','.join(indices)}->{consequence.free}", *operands, optimize=True)

    right = sum(
        eval(text, {"__builtins__": {}}, numbers) * summed(product_of)
        for text, product_of in consequence.value(f - 3)
    )
    return bool(np.array_equal(summed(consequence.of), right))


@dataclass(frozen=True)
class SecondMoments:
    """The second moments of A for all sizes, with consequences."""

    ensemble: Ensemble
    consequences: tuple[Consequence, ...]

    def holds(self, rng: Generator) -> bool:
        """Whether they agree with every draw of small shapes, and the sums with numbers."""
        f = FOURTH[self.ensemble]
        return moments_agree(self.ensemble)[1] and all(
            consequence_holds(c, f, rng) for c in self.consequences
        )

    @property
    def names(self) -> list[str]:
        """The names of the consequences."""
        return [c.name for c in self.consequences]

    def certificate(self) -> dict[str, Any]:
        """The statement as data; the checker proves it."""
        f = FOURTH[self.ensemble]
        return {
            "kind": "second-moments",
            "ensemble": self.ensemble,
            "consequences": [
                {
                    "name": c.name,
                    "free": c.free,
                    "mean of": [list(factor) for factor in c.of],
                    "is": [
                        [text, [list(factor) for factor in product_of]]
                        for text, product_of in c.value(f - 3)
                    ],
                }
                for c in self.consequences
            ],
        }
