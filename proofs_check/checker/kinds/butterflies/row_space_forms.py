"""Recheck which row spaces kept outputs of a butterfly can have: their form, and their dimension.

The entry of an output and an input is the product of the weights on the path between them. With
weights as unknowns it is a monomial, here the set of these weights.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from proofs_check.checker.arithmetic.butterfly_paths import path
from proofs_check.checker.arithmetic.reachable_rank import (
    PRIME,
    Kept,
    dimension_bounds,
    normal_form,
    rank_at,
    sets_of_outputs,
    upper_bounds,
)
from proofs_check.checker.bounded import Refused, integer

__all__ = [
    "dimensions_of_all_sets",
    "dominant_outputs",
    "forms_of_pairs",
    "orbits",
    "realised_forms",
    "separated_inputs",
]

Place = tuple[int, int, int]


def orbits(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the non-empty sets of outputs form so many orbits, for each n.

    A set is brought to a normal form: its parts of even and of odd outputs, halved, each in normal
    form and in order. Two sets are in one orbit if their normal forms are equal.
    """
    found = []
    for n in certificate["n"]:
        integer(n, 2, 16, "n")
        forms = {normal_form(kept, n) for kept in sets_of_outputs(n)}
        found.append(len(forms))
    return bool(found) and found == certificate["orbits"], f"{sum(found)} orbits of sets of outputs"


def forms_of_pairs(certificate: dict[str, Any], largest: int = 2) -> tuple[bool, str]:
    """Whether two outputs have the rows M·diag(u), with few enough parameters, for all pairs.

    u_c holds the weights that both outputs share on their paths from input c, and M the others,
    which are the same all over a block of inputs. With N blocks there are 2(N − 2) parameters of a
    plane and, in each block, one fewer than its size. For outputs that differ first in bit b this
    must be n + n/2^b − 4.

    Parameters
    ----------
    certificate : dict
        "n", the sizes 2, 4, 8, …, and "pairs", the number of all pairs.
    largest : int, optional
        How far the sizes must go at least.
    """
    sizes, pairs, valid = certificate["n"], 0, True
    integer(len(sizes), 1, 6, "the number of sizes")
    if sizes != [2 << i for i in range(len(sizes))] or sizes[-1] < largest:
        raise Refused(f"the sizes are {sizes}, not 2, 4, …, up to {largest} at least")
    for p, n in enumerate(sizes, start=1):
        monomials = {(r, c): frozenset(path(p, r, c)) for r in range(n) for c in range(n)}
        for r, s in combinations(range(n), 2):
            blocks: dict[tuple[frozenset[Place], ...], int] = defaultdict(int)
            shared = set[Place]()
            for c in range(n):
                u = monomials[r, c] & monomials[s, c]
                shared |= u
                blocks[monomials[r, c] - u, monomials[s, c] - u] += 1
            own = [frozenset[Place]().union(*(block[i] for block in blocks)) for i in range(2)]
            # three sets of different weights: u, and the two rows of M
            valid &= len(shared | own[0] | own[1]) == len(shared) + len(own[0]) + len(own[1])
            valid &= all(len({block[i] for block in blocks}) == len(blocks) for i in range(2))
            count = 2 * (len(blocks) - 2) + sum(size - 1 for size in blocks.values())
            b = next(b for b in range(p) if (r ^ s) >> b & 1)
            valid &= count == n + (n >> b) - 4
            pairs += 1
    return valid and pairs == certificate["pairs"], f"the form of {pairs} pairs of outputs"


def realised_forms(certificate: dict[str, Any], sizes: Sequence[int] = ()) -> tuple[bool, str]:
    """Whether every row of one output, and every form M·diag(u) of two, has weights that reach it.

    The certificate says which weights are the entries of u and of M; all others are 1. Multiplied
    out, the entry of output t and input c must be the monomial M[t, block of c]·u[c]. For
    outputs that differ in the lowest bit there is no u.

    Parameters
    ----------
    certificate : dict
        "forms", each with "n", "rows", "u", a list of weights, and "M", a list of weights for each
        output. Weight (i, j, b), of layer i, output j and input j XOR b·2^i, is 2(ni + j) + b.
    sizes : sequence of int, optional
        All single outputs and all pairs of these sizes must occur, each once.
    """
    forms = certificate["forms"]
    found = [_realised(form) for form in forms]
    valid = bool(forms) and all(true for true, *_ in found)
    if sizes:
        needed = [(n, [*rows]) for n in sizes for l in (1, 2) for rows in combinations(range(n), l)]
        valid &= sorted((n, rows) for _, n, rows in found) == sorted(needed)
    return valid, f"weights for all rows of one or two outputs, {len(found)} sets of outputs"


def _realised(form: dict[str, Any]) -> tuple[bool, int, list[int]]:
    """Whether one form has weights that reach it; also n and its outputs."""
    n = integer(form["n"], 2, 16, "n")
    p = n.bit_length() - 1
    rows = [integer(row, 0, n - 1, "an output") for row in form["rows"]]
    b = 0
    if len(rows) == 2 and rows[0] != rows[1]:
        b = next(b for b in range(p) if (rows[0] ^ rows[1]) >> b & 1)
    # which unknown a weight is, by its number
    unknowns: dict[tuple[str | int, ...], int] = {}
    unknowns |= {("u", c): place for c, place in enumerate(form["u"])}
    for t, places in enumerate(form["M"]):
        unknowns |= {("M", t, block): place for block, place in enumerate(places)}
    names = {integer(place, 0, 2 * n * p - 1, "a weight"): name for name, place in unknowns.items()}
    valid = len(names) == len(unknowns)
    valid &= len(form["u"]) == (n if b else 0)
    valid &= [len(places) for places in form["M"]] == [n >> b] * len(rows)
    for t, row in enumerate(rows):
        for c in range(n):
            steps = (2 * (n * i + j) + side for i, j, side in path(p, row, c))
            met = {names[step] for step in steps if step in names}
            valid &= met == {("M", t, c >> b)} | ({("u", c)} if b else set())
    return valid, n, rows


def dimensions_of_all_sets(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the dimension of the k-planes is bounded from both sides, for each orbit and each k.

    The rank of the derivative at a point, modulo a prime, is a lower bound; the upper bounds count
    parameters. Sets of one orbit have the same dimension.

    Parameters
    ----------
    certificate : dict
        "weights", of a butterfly of each size n = 2, 4, …; "points", each with "n", "rows" and
        "encoder"; and, for each n, "pairs", the number of pairs (orbit, k), "dominant", of those of
        dimension k(n − k), and "proved", of those whose bounds agree.
    """
    by_size = certificate["weights"]
    integer(len(by_size), 1, 3, "the number of sizes")
    counts = [[0] * len(by_size) for _ in range(3)]
    seen: set[tuple[int, str, int]] = set()
    valid = True
    for point in certificate["points"]:
        n = integer(point["n"], 2, 1 << len(by_size), "n")
        p, rows, encoder = n.bit_length() - 1, point["rows"], point["encoder"]
        weights = by_size[p - 1]
        if n != 1 << p or [[len(pair) for pair in layer] for layer in weights] != [[2] * n] * p:
            raise Refused(f"n = {n}: the weights have not the shape (log2 n, n, 2)")
        for row in rows:
            integer(row, 0, n - 1, "an output")
        k, l = len(encoder), len(set(rows))
        if l < len(rows) or not 1 <= k <= l or [len(row) for row in encoder] != [l] * k:
            raise Refused("an output is named twice, or the encoder has another shape")
        numbers = [x for layer in weights for pair in layer for x in pair]
        for x in [*numbers, *(x for row in encoder for x in row)]:
            integer(x, 0, PRIME - 1, "a weight")
        least = rank_at(weights, rows, encoder, PRIME)
        most = dimension_bounds(n)[frozenset(rows)][k]
        valid &= 0 <= least <= most
        counts[0][p - 1] += 1
        counts[1][p - 1] += least == k * (n - k)
        counts[2][p - 1] += least == most
        key = n, normal_form(frozenset(rows), n), k
        valid &= key not in seen
        seen.add(key)
    needed = {
        (n, normal_form(rows, n), k)
        for n in (2 << i for i in range(len(by_size)))
        for rows in sets_of_outputs(n)
        for k in range(1, len(rows) + 1)
    }
    valid &= seen == needed
    valid &= counts == [certificate[name] for name in ("pairs", "dominant", "proved")]
    return valid, f"{len(seen)} pairs of an orbit and k, {sum(counts[2])} dimensions proved"


def dominant_outputs(certificate: dict[str, Any], logs: Sequence[int] = ()) -> tuple[bool, str]:
    """Whether these are the largest k for which every set, and some set, of l outputs is dominant.

    A set is dominant for k if its k-planes have dimension k(n − k), and then for all smaller k: a
    k-plane lies in a (k + 1)-plane. A rank at a point shows that it is, an upper bound that it is
    not.

    Parameters
    ----------
    certificate : dict
        "prime", 2^61 − 1; and "sizes", for each n = 4, 8, …, with "weights" of a butterfly, a
        matrix "encoder" of shape (n, n), of which the corner of shape (k, l) is taken, and for
        l = 1, …, n: "every" and "some", numbers k, and "witnesses", sets of outputs.
    logs : sequence of int, optional
        The numbers log2 n, all of which must occur, in this order.
    """
    found = []
    if certificate["prime"] != PRIME:
        raise Refused(f"the modulus is not the prime {PRIME}")
    for size in certificate["sizes"]:
        weights, encoder = size["weights"], size["encoder"]
        p = integer(len(weights), 2, 4, "the number of layers")
        n = 1 << p
        if [[len(pair) for pair in layer] for layer in weights] != [[2] * n] * p:
            raise Refused(f"the weights have not the shape ({p}, {n}, 2)")
        if [len(row) for row in encoder] != [n] * n:
            raise Refused(f"the encoder has not the shape ({n}, {n})")
        for x in (x for rows in (*weights, encoder) for row in rows for x in row):
            integer(x, 0, PRIME - 1, "a weight")
        orbits = {normal_form(kept, n): kept for kept in sets_of_outputs(n)}
        for l in range(1, n + 1):
            sets = [kept for kept in orbits.values() if len(kept) == l]
            every = integer(size["every"][l - 1], 1, l, "k")
            some = integer(size["some"][l - 1], every, l, "k")
            witness = frozenset(integer(r, 0, n - 1, "an output") for r in size["witnesses"][l - 1])
            if len(witness) != l:
                raise Refused(f"the witness {sorted(witness)} has not {l} outputs")
            if not any(_is_deficient(kept, every + 1, n) for kept in sets):
                return False, f"n = {n}, l = {l}: every set may be dominant for k = {every + 1}"
            if not all(_is_deficient(kept, some + 1, n) for kept in sets):
                return False, f"n = {n}, l = {l}: a set may be dominant for k = {some + 1}"
            ranks = [(witness, some), *((kept, every) for kept in sets)]
            if not all(_is_dominant(kept, k, weights, encoder) for kept, k in ranks):
                return False, f"n = {n}, l = {l}: a rank is too small"
        found.append(p)
    return found == [*logs] if logs else bool(
        found
    ), f"dominant outputs for n = {', '.join(str(1 << p) for p in found)}"


def separated_inputs(
    certificate: dict[str, Any], counts: Sequence[Sequence[int]] = ()
) -> tuple[bool, str]:
    """Whether fewer than k nodes meet all paths from the first k inputs to the outputs.

    Then the rows of these outputs have a rank below k there, so every k-plane in their span has a
    vector that vanishes at these inputs.

    Parameters
    ----------
    certificate : dict
        "pairs", each with "n", "rows", "k" and "nodes", pairs (i, j) for value j after i layers.
        No two have the same n, k and orbit of outputs.
    counts : sequence of (n, int), optional
        How many there must be, for each n.
    """
    seen, valid = set(), True
    for pair in certificate["pairs"]:
        n, rows = integer(pair["n"], 2, 16, "n"), pair["rows"]
        p = n.bit_length() - 1
        if n != 1 << p:
            raise Refused(f"n = {n} is no power of 2")
        for row in rows:
            integer(row, 0, n - 1, "an output")
        k = integer(pair["k"], 1, len(set(rows)), "k")
        nodes = {
            (integer(i, 0, p, "a layer"), integer(j, 0, n - 1, "a node")) for i, j in pair["nodes"]
        }
        # The value j after i layers lies on the path from an input to an output if it has the low
        # bits of the output and the high bits of the input.
        met = all(
            any((i, (row & (1 << i) - 1) | (c >> i << i)) in nodes for i in range(p + 1))
            for row in rows
            for c in range(k)
        )
        valid &= met and len(nodes) < k
        seen.add((n, normal_form(frozenset(rows), n), k))
    valid &= len(seen) == len(certificate["pairs"]) > 0
    valid &= all(sum(m == n for m, _, _ in seen) == count for n, count in counts)
    return valid, f"separating nodes for {len(seen)} pairs of outputs and k"


def _is_dominant(
    kept: Kept, k: int, weights: list[list[list[int]]], encoder: list[list[int]]
) -> bool:
    """Whether the rank at these weights is full."""
    n, corner = len(encoder), [row[: len(kept)] for row in encoder[:k]]
    return rank_at(weights, sorted(kept), corner, PRIME) == k * (n - k)


def _is_deficient(kept: Kept, k: int, n: int) -> bool:
    """Whether an upper bound leaves k too large."""
    return k > len(kept) or upper_bounds(kept, n)[k] < k * (n - k)
