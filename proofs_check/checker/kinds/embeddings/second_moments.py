"""Recheck second moments of A = JᵀJ for random embeddings of every size, and what follows.

J has independent columns up to the sampling of rows. Entries are products of signs and a sampled
row of a Hadamard matrix (SRHT), or standard normal (Gaussian), both divided by √k. The statement is

    E[A_ai·A_jb] = δ_ai·δ_jb + s·(δ_aj·δ_ib + δ_ab·δ_ij + (f − 3)·δ_aijb),

where f is the fourth moment of an entry of √k·J, 1 or 3, and s a number that depends on n and k.
Both sides depend only on which of the four indices are equal, so the 15 patterns prove it for all
sizes. Consequences are sums of products of tensors over indices; they are compared after the
substitution, up to the names of the indices that are summed.

Standard library only, with the polynomials of ``algebra``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import permutations, product
from typing import Any

from proofs_check.checker.arithmetic.algebra import Language
from proofs_check.checker.bounded import Refused

__all__ = ["check"]

FOURTH = {"srht": 1, "gaussian": 3}
"""Fourth moment of an entry of √k·J."""

Factor = tuple[str, str]
"""Name of a tensor and its indices, one letter each; "δ" has two."""

Key = tuple[Factor, ...]
Scalars = dict[tuple[str, ...], Fraction]
"""A polynomial in scalars."""

_LANGUAGE = Language({}, frozenset(), frozenset({"s", "s1", "s2", "n"}), {})
_MAX_INDICES = 6


def check(certificate: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether the second moments of A are as stated, and each consequence follows.

    Parameters
    ----------
    certificate : mapping
        "ensemble", "srht" or "gaussian"; "consequences", a list of {"name", "free", "mean of",
        "is"}. "mean of" is a list of [tensor, indices]; the tensors "A", or "A1" and "A2", which
        are independent, occur once or twice. "is" is a list of [coefficient, [[tensor, indices],
        …]]; a coefficient is a polynomial in s (or s1, s2) and n.

    Examples
    --------
    >>> length = {"name": "E‖Jx‖² = ‖x‖²", "free": "", "mean of": [["x", "a"], ["A", "ai"],
    ...           ["x", "i"]], "is": [["1", [["x", "a"], ["x", "a"]]]]}
    >>> check({"ensemble": "srht", "consequences": [length]})[0]
    True
    """
    ensemble = certificate["ensemble"]
    if ensemble not in FOURTH:
        raise Refused(f"unknown ensemble {str(ensemble)[:40]!r}; known: {', '.join(FOURTH)}")
    fourth = FOURTH[ensemble]
    if not (_factor_s(ensemble) and _patterns(ensemble)):
        return False, "the second moments of A are not as stated"
    consequences = certificate["consequences"]
    for consequence in consequences:
        free = consequence["free"]
        mean = _expanded([["1", consequence["mean of"]]], free, fourth)
        if mean != _expanded(consequence["is"], free, fourth):
            return False, f"{consequence['name']!r} does not follow"
    names = "; ".join(consequence["name"] for consequence in consequences)
    return bool(consequences), f"15 patterns of four indices, for all n and k; {names}"


def _factor_s(ensemble: str) -> bool:
    """Whether s is the number of the statement, as an identity of rational functions of n and k.

    The kept rows of an SRHT contain one row with probability k/n, and two with probability
    k(k − 1)/(n(n − 1)). With the characters χ_r the sum over kept rows r, r' of χ_r(u)·χ_r'(v) has
    the mean k²(s·δ_uv + (1 − s)·δ_u0·δ_v0), because Σ_r χ_r(u)χ_r(v) = n·δ_uv. For independent
    rows it is k·E + k(k − 1)·EE, so s = 1/k.
    """
    # both sides times their denominators have degree at most 4 in n and in k: 6 × 6 points decide
    for n, k in product(range(2, 8), range(1, 7)):
        if ensemble == "srht":
            s = Fraction(n - k, k * (n - 1))
            one, two = Fraction(k, n), Fraction(k * (k - 1), n * (n - 1))
            equal, both = (one - two) * n, two * n * n
        else:
            s = Fraction(1, k)
            equal, both = Fraction(k), Fraction(k * (k - 1))
        if equal != s * k * k or both != (1 - s) * k * k:
            return False
    return True


def _patterns(ensemble: str) -> bool:
    """Whether both sides agree, as polynomials in s, for every pattern of equal indices."""
    fourth = FOURTH[ensemble]
    for a, i, j, b in _set_partitions(4):
        blocks = [(a, i, j, b).count(value) for value in {a, i, j, b}]
        # the mean of a product of four entries of one row of √k·J: odd powers vanish
        odd = any(size % 2 for size in blocks)
        one_row = 0 if odd else fourth if blocks == [4] else 1
        both = int(a == i and j == b)
        # left: s·one_row + (1 − s)·both; right: both + s·(three pairs)
        right = int(a == j and i == b) + int(a == b and i == j)
        right += (fourth - 3) * int(a == i == j == b)
        if one_row - both != right:
            return False
    return True


def _set_partitions(size: int) -> Iterator[tuple[int, ...]]:
    """Each partition of positions once, as the number of the block of every position."""
    blocks: list[tuple[int, ...]] = [()]
    for _ in range(size):
        blocks = [(*b, c) for b in blocks for c in range(max(b, default=-1) + 2)]
    return iter(blocks)


def _expanded(terms: Sequence[Sequence[Any]], free: str, fourth: int) -> dict[Key, Scalars]:
    """The sum of coefficient·product of tensors, with all A replaced by their moments."""
    total: dict[Key, Scalars] = {}
    for text, factors in terms:
        coefficient, arrow = _LANGUAGE.parse(text)
        if arrow is not None:
            raise Refused(f"{text!r} is no number")
        scalars = {monomial: value for (monomial, _), value in coefficient.items()}
        for weight, rest in _moments([(name, indices) for name, indices in factors], fourth):
            loops, key = _normal(rest, free)
            _accumulate(total.setdefault(key, {}), scalars, weight, ("n",) * loops)
    nonzero = {key: {m: v for m, v in value.items() if v} for key, value in total.items()}
    return {key: value for key, value in nonzero.items() if value}


def _moments(factors: list[Factor], fourth: int) -> Iterator[tuple[Scalars, list[Factor]]]:
    """The terms after A, A1 and A2 are replaced by their first or second moments."""
    name = next((name for name, _ in factors if name in ("A", "A1", "A2")), None)
    if name is None:
        yield {(): Fraction(1)}, factors
        return
    pairs = [indices for other, indices in factors if other == name]
    rest = [factor for factor in factors if factor[0] != name]
    if len(pairs) == 1:
        terms: list[tuple[Scalars, list[Factor]]] = [({(): Fraction(1)}, [("δ", pairs[0])])]
    elif len(pairs) == 2:
        a, i, j, b = list("".join(pairs))
        s: Scalars = {(f"s{name[1:]}",): Fraction(1)}
        terms = [
            ({(): Fraction(1)}, [("δ", a + i), ("δ", j + b)]),
            (s, [("δ", a + j), ("δ", i + b)]),
            (s, [("δ", a + b), ("δ", i + j)]),
            (
                {monomial: value * (fourth - 3) for monomial, value in s.items()},
                [("δ", a + i), ("δ", i + j), ("δ", j + b)],
            ),
        ]
    else:
        raise Refused(f"{name} occurs {len(pairs)} times")
    for weight, deltas in terms:
        for inner, done in _moments(rest + deltas, fourth):
            combined: Scalars = {}
            _accumulate(combined, weight, inner, ())
            yield combined, done


def _accumulate(total: Scalars, a: Scalars, b: Scalars, extra: tuple[str, ...]) -> None:
    for (m, x), (l, y) in product(a.items(), b.items()):
        monomial = tuple(sorted((*m, *l, *extra)))
        total[monomial] = total.get(monomial, Fraction(0)) + x * y


def _normal(factors: list[Factor], free: str) -> tuple[int, Key]:
    """(number of sums over an index that occurs nowhere, product in a normal form).

    Deltas identify indices. The names of the indices that are summed are those, of all
    permutations, that make the sorted product least.
    """
    letters = sorted({letter for _, indices in factors for letter in indices} | set(free))
    name = {letter: letter for letter in letters}
    for tensor, indices in factors:
        if tensor == "δ":
            keep, drop = (name[letter] for letter in indices)
            # a free index keeps its name
            if drop in free and keep not in free:
                keep, drop = drop, keep
            if not (keep in free and drop in free):
                name = {letter: keep if n == drop else n for letter, n in name.items()}
    # what is left of the deltas: those between two free indices
    deltas = [
        ("δ", "".join(sorted(name[letter] for letter in indices)))
        for tensor, indices in factors
        if tensor == "δ" and len({name[letter] for letter in indices}) == 2
    ]
    tensors = [
        (tensor, "".join(name[letter] for letter in indices))
        for tensor, indices in factors
        if tensor != "δ"
    ]
    used = {letter for _, indices in tensors for letter in indices}
    summed = sorted(used - set(free))
    loops = len(set(name.values()) - used - set(free))
    if len(summed) > _MAX_INDICES:
        raise Refused(f"{len(summed)} indices are summed; the limit is {_MAX_INDICES}")
    candidates = []
    for order in permutations(map(str, range(len(summed)))):
        renamed = dict(zip(summed, order, strict=True))
        candidates.append(
            sorted(
                (tensor, "".join(renamed.get(letter, letter) for letter in indices))
                for tensor, indices in tensors
            )
        )
    return loops, (*sorted(set(deltas)), *min(candidates))
