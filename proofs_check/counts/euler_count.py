"""Numbers of critical points of the gain on families of 2- or 3-planes, from Euler characteristics.

Let X be a smooth projective variety of k-planes V in C^n, and d its dimension. Let K and L be
general symmetric bilinear forms on C^n, restricted to V, and U the part of X where det K ≠ 0. The
projectors to V along K embed the planes with det K ≠ 0 as a closed affine variety, on which the
gain f = tr K⁻¹L is a general linear function. If it has only isolated critical points on U, there
are

    (−1)^d (χ(U) − χ(F)),   F = {f = c} for general c,

of them [1]_, if X is embedded. X may also be mapped to the planes with a derivative of rank r < d,
on sets of dimension less than r: for general L none of their points is critical.

F = H − Q, where Q is det K = 0 and H is tr adj(K)N = 0 with N = L − cK/k, a section of (det V*)².
For k = 2, H is singular where K = N = 0; for k = 3, where K has rank 1 and N = 0 on its kernel, and
where K = 0. The Euler characteristic of a smooth section H' of the same bundle differs by those of
the Milnor fibres: χ(H') = χ(H) + Σ (χ(Milnor fibre) − 1)·χ(S − H'), summed over the strata S of the
singular set [2]_. All these sets are zero sets of general sections, over flags of subspaces of V,
up to multiplicities that are counted off.

References
----------
.. [1] J. Seade, M. Tibăr, A. Verjovsky, Global Euler obstruction and polar invariants, Math. Ann.
   333 (2005).
.. [2] A. Parusiński, P. Pragacz, Characteristic classes of hypersurfaces and characteristic cycles,
   J. Algebraic Geom. 10 (2001).
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
"""χ of the Milnor fibre of tr adj(K)N along each stratum of the singular set, for k = 3.

In the first two cases the singularity is a node in six variables, whose fibre is a 5-sphere up to
homotopy. The others are quasi-homogeneous, so that the fibre is {tr adj(K)N = 1} with N =
diag(1, 1, t), N = diag(1, τ) for a symmetric τ of order 2, or any N. The equation is linear in t,
in τ or in N, so that the fibres over K are affine spaces, or empty. For rank 1, the K for which τ
has a coefficient that is not 0 contribute χ = 0 together; those with all coefficients 0 and
adj(K)₁₁ = 1 are a quadric with χ = 2.
"""


def critical_count(family: Family) -> int:
    """The number of complex critical points of the gain on a family, for general data.

    Parameters
    ----------
    family : localisation.Family
        Planes of dimension k = 2 or 3.

    Raises
    ------
    ValueError
        If k is neither 2 nor 3.

    Examples
    --------
    >>> from proofs_check.counts.localisation import grassmannian, spans
    >>> [critical_count(family) for family in (spans(2, 2), spans(2, 2, 2), grassmannian(5, 3))]
    [12, 72, 10]
    """
    if family.k not in (2, 3):
        raise ValueError(f"planes of dimension {family.k}; 2 or 3 are implemented")
    difference = _two(family) if family.k == 2 else _three(family)
    return (-1) ** family.dimension * difference


def _two(family: Family) -> int:
    """χ(U) − χ(F) for k = 2."""
    lines = flagged(family, 1)
    zero, zero_both = euler(family, form), euler(family, lambda at: 2 * form(at))
    # lines in the kernel of K: one if K has rank 1, a projective line of them, with χ = 2, if K = 0
    Q = euler(lines, kernel) - zero
    # along K = N = 0, H has a node in six variables, and the Milnor fibre has χ = 0
    nodes = zero_both - euler(family, lambda at: 2 * form(at) + gain(at))
    H = euler(family, gain) + nodes
    # K of rank 1 with N = 0 on its kernel; with K = 0 these are the planes in both H and Q
    isotropic = euler(lines, lambda at: kernel(at) + inside(at)) - euler(
        lines, lambda at: form(at) + inside(at)
    )
    return euler(family, nothing) - Q - (H - isotropic - zero)


def _three(family: Family) -> int:
    """χ(U) − χ(F) for k = 3."""
    lines, planes, flags = flagged(family, 1), flagged(family, 2), flagged(family, 1, 2)
    zero = euler(family, form)
    # planes in the kernel of K: one if K has rank 1, χ = 3 if K = 0
    corank_2 = euler(planes, kernel) - 3 * zero
    # lines in the kernel of K: one if K has rank 2, χ = 2 if rank 1, χ = 3 if K = 0
    corank_1 = euler(lines, kernel) - 2 * corank_2 - 3 * zero
    # from a smooth section to H, stratum by stratum
    within, beside = _singular(family, nothing), _singular(family, gain)
    H = euler(family, gain) - sum(
        (MILNOR[name] - 1) * (within[name] - beside[name]) for name in MILNOR
    )
    # K of rank 2 with N = 0 on its kernel: isotropic lines in kernels, less those over lower ranks;
    # over K = 0 each isotropic line lies in planes with χ = 2
    conics = euler(lines, lambda at: form(at) + inside(at))
    over_corank_2 = euler(flags, lambda at: kernel(at, 1) + inside(at)) - 2 * conics
    isotropic = euler(lines, lambda at: kernel(at) + inside(at)) - over_corank_2 - conics
    Q = corank_1 + corank_2 + zero
    return euler(family, nothing) - Q - (H - isotropic - corank_2 - zero)


def _singular(family: Family, also: Bundle) -> dict[str, int]:
    """χ of the strata of the singular set of H, intersected with the zeros of a further section."""
    lines, planes = flagged(family, 1), flagged(family, 2)
    zero = euler(family, lambda at: form(at) + also(at))
    none = euler(family, lambda at: 2 * form(at) + also(at))
    # K = 0 and N of rank 1 or 2: the kernel of N is a plane or a line
    one = euler(planes, lambda at: form(at) + kernel(at) + also(at)) - 3 * none
    two = euler(lines, lambda at: form(at) + kernel(at) + also(at)) - 2 * one - 3 * none
    # K of rank 1 with N = 0 on its kernel: pairs of such a plane, less those over K = 0, where N of
    # rank 2, 1 or 0 vanishes on two planes, on one, or on all of them, with χ = 3
    on_kernel = (
        euler(planes, lambda at: kernel(at) + inside(at) + also(at)) - 2 * two - one - 3 * none
    )
    return dict(zip(MILNOR, (on_kernel, zero - none - one - two, two, one, none), strict=True))


def nothing(at: FixedPoint) -> list[int]:
    """The weights of the zero bundle: no equation."""
    return []


def form(at: FixedPoint) -> list[int]:
    """The weights of Sym² V*: a symmetric form on V vanishes."""
    return _products(at, range(len(at.space)), range(len(at.space)))


def gain(at: FixedPoint) -> list[int]:
    """The weight of (det V*)²: an equation such as tr adj(K)N = 0."""
    return [-2 * sum(at.space)]


def kernel(at: FixedPoint, place: int = 0) -> list[int]:
    """The weights of the products W*·V*: a part W of V lies in the kernel of a symmetric form."""
    return _products(at, at.flag[place], range(len(at.space)))


def inside(at: FixedPoint) -> list[int]:
    """The weights of Sym² W*: a symmetric form vanishes on the least part W of V."""
    return _products(at, at.flag[0], at.flag[0])


def _products(at: FixedPoint, some: Iterable[int], others: Iterable[int]) -> list[int]:
    pairs = {(min(i, j), max(i, j)) for i in some for j in others}
    return [-(at.space[i] + at.space[j]) for i, j in sorted(pairs)]
