"""Number of critical points of the gain on a family of k-planes, k = 2 or 3, from Euler
characteristics.

Let X be a smooth projective variety of k-planes V in C^n, K and L general symmetric bilinear forms
on C^n restricted to V, and U the part of X where det K ≠ 0, of dimension d. The projectors of V
along K embed the planes with det K ≠ 0 as a closed affine variety, on which the gain f = tr K⁻¹L is
a general linear function. If it is critical at isolated points of U only, there are

    (-1)^d (χ(U) - χ(F)),   F = {f = c} for general c,

of them (Seade, Tibăr, Verjovsky, Math. Ann. 333, 2005, if U is embedded). X may also be mapped to
the planes with a derivative of rank r < d on sets of dimension less than r: for general L none of
their points is critical.

F = H - Q, where Q is det K = 0 and H is tr adj(K) N = 0 with N = L - cK/k, a section of (det V*)².
H is singular where adj K = 0 and N = 0 on the kernel of K, or K = 0 if k = 3. Beside a smooth
section H' its Euler characteristic changes by those of the Milnor fibres: χ(H') = χ(H) + Σ
(χ(Milnor fibre) - 1) χ(S - H') over its strata S (Parusiński, Pragacz, J. Algebraic Geom. 10,
2001). All sets are made of zeros of general sections over flags of V.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from proofs_check.counts.localisation import Family, FixedPoint, euler, flagged

__all__ = ["MILNOR", "critical_count"]

Bundle = Callable[[FixedPoint], list[int]]

MILNOR = {
    "N = 0 on ker K": 0,
    "K = 0, rank N = 3": 0,
    "K = 0, rank N = 2": 0,
    "K = 0, rank N = 1": 2,
    "K = N = 0": 0,
}
"""χ of the Milnor fibre of tr adj(K) N, k = 3. In the first case, and the second, a node in six
variables.

The others are quasi-homogeneous, so that the fibre is {tr adj(K) N = 1} with N = diag(1, 1, t),
diag(1, τ) or any; it is linear in t, τ, or N, and its fibres over K are affine spaces, or empty.
For rank 1, those with a coefficient of τ different from 0 have χ = 0 together, and K with all of
them 0 and adj(K)₁₁ = 1 are a quadric, with χ = 2.
"""


def critical_count(family: Family) -> int:
    """How many critical points the gain has for general data, all simple.

    Raises
    ------
    ValueError
        If k is not 2 or 3.

    Examples
    --------
    >>> from proofs_check.counts.localisation import grassmannian, spans
    >>> critical_count(spans(2, 2)), critical_count(spans(2, 2, 2)), critical_count(grassmannian(5, 3))
    (12, 72, 10)
    """
    if family.k not in (2, 3):
        raise ValueError(f"planes of dimension {family.k}; 2 or 3 are implemented")
    difference = _two(family) if family.k == 2 else _three(family)
    return (-1) ** family.dimension * difference


def _two(family: Family) -> int:
    lines = flagged(family, 1)
    zero, zero_both = euler(family, form), euler(family, lambda at: 2 * form(at))
    singular = euler(lines, kernel) - zero
    smooth, nodes = (
        euler(family, gain),
        zero_both - euler(family, lambda at: 2 * form(at) + gain(at)),
    )
    H = smooth + nodes
    isotropic = euler(lines, lambda at: kernel(at) + inside(at)) - euler(
        lines, lambda at: form(at) + inside(at)
    )
    return euler(family, nothing) - singular - (H - isotropic - zero)


def _three(family: Family) -> int:
    lines, planes, flags = flagged(family, 1), flagged(family, 2), flagged(family, 1, 2)
    zero = euler(family, form)
    corank_2 = euler(planes, kernel) - 3 * zero
    corank_1 = euler(lines, kernel) - 2 * corank_2 - 3 * zero
    within, beside = _singular(family, nothing), _singular(family, gain)
    H = euler(family, gain) - sum(
        (MILNOR[name] - 1) * (within[name] - beside[name]) for name in MILNOR
    )
    conics = euler(lines, lambda at: form(at) + inside(at))
    over_corank_2 = euler(flags, lambda at: kernel(at, 1) + inside(at)) - 2 * conics
    isotropic = euler(lines, lambda at: kernel(at) + inside(at)) - over_corank_2 - conics
    Q = corank_1 + corank_2 + zero
    return euler(family, nothing) - Q - (H - isotropic - corank_2 - zero)


def _singular(family: Family, also: Bundle) -> dict[str, int]:
    """χ of the strata of the singular set of H, and of a further section."""
    lines, planes = flagged(family, 1), flagged(family, 2)
    zero = euler(family, lambda at: form(at) + also(at))
    none = euler(family, lambda at: 2 * form(at) + also(at))
    one = euler(planes, lambda at: form(at) + kernel(at) + also(at)) - 3 * none
    two = euler(lines, lambda at: form(at) + kernel(at) + also(at)) - 2 * one - 3 * none
    on_kernel = (
        euler(planes, lambda at: kernel(at) + inside(at) + also(at)) - 2 * two - one - 3 * none
    )
    return dict(zip(MILNOR, (on_kernel, zero - none - one - two, two, one, none), strict=True))


def nothing(at: FixedPoint) -> list[int]:
    """No section."""
    return []


def form(at: FixedPoint) -> list[int]:
    """A symmetric form on V."""
    return _products(at, range(len(at.space)), range(len(at.space)))


def gain(at: FixedPoint) -> list[int]:
    """A section of (det V*)²."""
    return [-2 * sum(at.space)]


def kernel(at: FixedPoint, place: int = 0) -> list[int]:
    """A symmetric form, of which a part of V is in the kernel."""
    return _products(at, at.flag[place], range(len(at.space)))


def inside(at: FixedPoint) -> list[int]:
    """A symmetric form on the least part of V."""
    return _products(at, at.flag[0], at.flag[0])


def _products(at: FixedPoint, some: Iterable[int], others: Iterable[int]) -> list[int]:
    pairs = {(min(i, j), max(i, j)) for i in some for j in others}
    return [-(at.space[i] + at.space[j]) for i, j in sorted(pairs)]
