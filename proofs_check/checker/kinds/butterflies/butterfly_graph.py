"""Recheck what is read off the butterfly graph: its edges and paths, effective weights, bounds."""

from __future__ import annotations

from itertools import combinations
from itertools import product as choices
from typing import Any

from proofs_check.checker.arithmetic.butterfly_paths import path
from proofs_check.checker.arithmetic.reachable_rank import modular_rank
from proofs_check.checker.bounded import Refused, integer

__all__ = [
    "effective_weights",
    "matrix_dimension",
    "paths",
    "printed_sizes",
    "printed_weights",
    "replacement_growth",
    "weight_bound",
    "weight_extremes",
]

LARGEST = 1024
"""Largest size of a graph that is walked."""

ORDERS = {"lowest first": lambda p: list(range(p)), "highest first": lambda p: list(range(p))[::-1]}
"""The bits that the p layers join, from the input on."""


def paths(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the layers have the edges of the definition, and one path joins every two ends.

    Layer i joins output a to input b if the labels are equal or differ in bit i alone.
    """
    valid, edges = bool(certificate["networks"]), 0
    for layers in certificate["networks"]:
        p = integer(len(layers), 1, 6, "the number of layers")
        n = 1 << p
        # reached[b][a]: the number of paths from input b to node a, so far
        reached = [[int(a == b) for a in range(n)] for b in range(n)]
        for i, layer in enumerate(layers):
            pairs = [(integer(a, 0, n - 1), integer(b, 0, n - 1)) for a, b in layer]
            defined = {
                (a, b) for a in range(n) for b in range(n) if bin(a ^ b).count("1") <= 1
                and (a ^ b) >> i in (0, 1) and not (a ^ b) & ((1 << i) - 1)
            }  # fmt: skip
            valid &= len(pairs) == 2 * n and set(pairs) == defined
            after = [[0] * n for _ in range(n)]
            for row, new in zip(reached, after, strict=True):
                for a, b in pairs:
                    new[a] += row[b]
            reached, edges = after, edges + len(pairs)
        valid &= all(count == 1 for row in reached for count in row)
    return valid, f"{edges} edges of {len(certificate['networks'])} networks, and all paths"


def matrix_dimension(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether butterflies of each size n form a set of dimension n(log n + 1).

    The rank of the derivative modulo a prime, at the given weights, is at most the dimension. The
    rescalings of the nodes between two layers change no matrix; their directions are as many as
    their rank, and the dimension is at most the number of weights less that.
    """
    prime, ranks = integer(certificate["prime"], 2, 2**61 - 1, "the prime"), []
    valid = bool(certificate["weights"])
    for weights in certificate["weights"]:
        p = integer(len(weights), 1, 4, "the number of layers")
        n = 1 << p
        values = {
            (i, j, b): integer(weights[i][j][b], 1, prime - 1, "a weight")
            for i, j, b in choices(range(p), range(n), range(2))
        }
        derivative = {step: [0] * (n * n) for step in values}
        for a, c in choices(range(n), repeat=2):
            steps = path(p, a, c)
            # the entry is the product along the path: leave out one factor after the other
            for step in steps:
                others = 1
                for other in steps:
                    others = others * values[other] % prime if other != step else others
                derivative[step][a * n + c] = others
        # node j between layers i − 1 and i: what enters is multiplied by 1 + t, what leaves divided
        gauge = []
        for i, j in choices(range(1, p), range(n)):
            direction = dict.fromkeys(values, 0)
            for b in range(2):
                direction[i - 1, j, b] += values[i - 1, j, b]
                direction[i, j ^ (b << i), b] -= values[i, j ^ (b << i), b]
            gauge.append([direction[step] for step in values])
            moved = [0] * (n * n)
            for step, row in derivative.items():
                if direction[step]:
                    moved = [
                        (x + direction[step] * y) % prime for x, y in zip(moved, row, strict=True)
                    ]
            valid &= not any(moved)
        rank = modular_rank(list(derivative.values()), prime)
        free = len(values) - (modular_rank(gauge, prime) if gauge else 0)
        valid &= rank == free == n * (p + 1)
        ranks.append(rank)
    return valid, f"dimensions {', '.join(map(str, ranks))}, from below and from above"


def weight_extremes(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the numbers of effective weights have these extremes, for each number of outputs.

    In the order "lowest first" the largest must be at most 2n·log l + 6n.
    """
    order, subsets, valid = certificate["order"], 0, bool(certificate["extremes"])
    for n, extremes in certificate["extremes"]:
        size = 1 << (integer(n, 2, 8, "n") - 1).bit_length()
        valid &= len(extremes) == n
        for l, (low, high) in enumerate(extremes, start=1):
            counts = [_count(n, kept, order) for kept in combinations(range(size), l)]
            valid &= [min(counts), max(counts)] == [low, high]
            valid &= order != "lowest first" or _within(high - 6 * n, n, l)
            subsets += len(counts)
    return valid, f"{subsets} sets of kept outputs, {order}"


def effective_weights(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether each of these truncated butterflies has that many effective weights."""
    found = [
        _count(one["n"], one["rows"], certificate["order"]) for one in certificate["operators"]
    ]
    counts = [one["weights"] for one in certificate["operators"]]
    beyond = [
        not _within(count - 6 * one["n"], one["n"], len(one["rows"]))
        for count, one in zip(counts, certificate["operators"], strict=True)
    ]
    valid = bool(found) and found == counts and set(beyond) == {certificate["beyond"]}
    return valid, f"effective weights of {len(found)} sets of outputs, counted on the graph"


def weight_bound(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether 2n·log l + 6n weights are enough for all l <= n, at these n, layer by layer.

    An effective weight of layer i ends in a node that reaches a kept output, of which there are at
    most l·2^(p−1−i), and starts in a node that an input reaches. Either node has two weights.
    """
    pairs, valid = 0, bool(certificate["n"])
    for n in certificate["n"]:
        p = (integer(n, 2, LARGEST, "n") - 1).bit_length()
        # the first n inputs reach ⌈n/2^i⌉·2^i nodes before layer i, which joins bit i
        reached = [-(-n >> i) << i for i in range(p)]
        for l in range(1, n + 1):
            largest = sum(2 * min(l << p - 1 - i, reached[i]) for i in range(p))
            valid &= _within(largest - 6 * n, n, l)
            pairs += 1
    return valid, f"{pairs} pairs of sizes, in integers"


def replacement_growth(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether 2M + p² <= 6n·log p for n = 2^p, M the bound on p outputs of size n, in integers."""
    powers, valid = certificate["powers"], bool(certificate["powers"])
    for p in powers:
        n = 1 << integer(p, 4, 20, "p")
        total = 2 * sum(2 * min(p << p - 1 - i, n) for i in range(p)) + p * p
        # total <= 6n·log2 p; the integer part of log2 p decides if it can
        valid &= total <= 6 * n * (p.bit_length() - 1) or 2**total <= p ** (6 * n)
    return valid, f"n = 2^{min(powers)}, …, 2^{max(powers)}"


def printed_sizes(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether these are all sizes of a layer with two printed numbers, one of them by a formula.

    The first is n1·n2. The second is 2n1⌊log k1⌋ + 6n1 + 2n2⌊log k2⌋ + 6n2 + k1·k2, k_i = log n_i.
    """
    pairs, valid = 0, bool(certificate["layers"])
    for dense, printed, shapes in certificate["layers"]:
        most = integer(dense, 4, 2**21, "a number of dense weights")
        divisors = [n for n in range(2, most) if dense % n == 0]
        found = []
        for n1, n2 in ((n, dense // n) for n in divisors if n * n >= dense):
            p1, p2 = n1.bit_length() - 1, n2.bit_length() - 1
            if (n1, n2) != (1 << p1, 1 << p2):
                raise Refused(f"{n1} × {n2} are no powers of 2")
            bound = sum(2 * n * (p.bit_length() - 1) + 6 * n for n, p in ((n1, p1), (n2, p2)))
            if bound + p1 * p2 == printed:
                found.append([p1, p2])
            pairs += 1
        valid &= found == shapes
    return valid, f"{pairs} pairs of sizes, by division"


def printed_weights(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether no sets of p1 and p2 kept outputs give a 2^p1 × 2^p2 layer so many weights.

    As in ``weight_bound``: layer i has at most 2·min(k·2^(p−1−i), n) effective weights.
    """
    valid = bool(certificate["layers"])
    for printed, *shape in certificate["layers"]:
        p1, p2 = (integer(p, 1, 20, "p") for p in shape)
        most = sum(2 * min(p << p - 1 - i, 1 << p) for p in (p1, p2) for i in range(p))
        valid &= most + p1 * p2 < integer(printed, 1, 2**40, "a printed number")
    return valid, f"{len(certificate['layers'])} layers, by the bound of each layer of a butterfly"


def _count(n: Any, rows: Any, order: str) -> int:
    """Effective weights of the kept outputs, with the first n inputs fed: a walk on the graph."""
    p = (integer(n, 2, LARGEST, "n") - 1).bit_length()
    size = 1 << p
    if order not in ORDERS:
        raise Refused(f"the order {str(order)[:40]!r} is unknown")
    bits = ORDERS[order](p)
    live = {integer(row, 0, size - 1, "an output") for row in rows}
    if len(live) < len(rows) or not live:
        raise Refused("the outputs are not distinct, or there is none")
    # forwards from the inputs, and backwards from the outputs
    fed = [set(range(n))]
    for bit in bits:
        fed.append(fed[-1] | {j ^ (1 << bit) for j in fed[-1]})
    weights = 0
    for bit, tails in zip(reversed(bits), reversed(fed[:-1]), strict=True):
        weights += sum((j in tails) + (j ^ (1 << bit) in tails) for j in live)
        live |= {j ^ (1 << bit) for j in live}
    return weights


def _within(excess: int, n: int, l: int) -> bool:
    """Whether excess <= 2n·log2 l, in integers."""
    return excess <= 2 * n * (l.bit_length() - 1) or 2**excess <= l ** (2 * n)
