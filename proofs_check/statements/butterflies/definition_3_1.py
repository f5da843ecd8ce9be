"""Definition 3.1: the butterfly network, its 2n·log n weights, the dimension of its matrices."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np
from flint import nmod_mat

from fjlt import Butterfly
from fjlt.types import Array, IntArray
from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Finding,
    Grade,
    Verdict,
    paper,
)

__all__ = ["CLAIM"]

PRIME = 2**61 - 1

Weights = list[list[list[int]]]


def pattern(n: int, bit: int) -> IntArray:
    """Adjacency matrix of the layer of a bit, read off the words of the definition.

    Two nodes are joined if their binary labels are equal, or differ in exactly that bit.
    """
    p = n.bit_length() - 1
    labels = [f"{j:0{p}b}" for j in range(n)]
    # labels are written with the highest bit first
    differing = [[{p - 1 - t for t in range(p) if a[t] != b[t]} for b in labels] for a in labels]
    return np.array([[int(d in (set(), {bit})) for d in row] for row in differing])


def is_butterfly(patterns: list[IntArray]) -> bool:
    """Whether every layer has 2n edges and every input reaches every output by exactly one path."""
    n = len(patterns[0])
    # an entry of the product of the adjacency matrices counts the paths from an input to an output
    paths = np.linalg.multi_dot(patterns[::-1]) if len(patterns) > 1 else patterns[0]
    return all(layer.sum() == 2 * n for layer in patterns) and bool((paths == 1).all())


def drawn_weights(n: int, rng: Random) -> Weights:
    """Weights modulo the prime, none of them zero."""
    p = n.bit_length() - 1
    return [[[rng.randrange(1, PRIME) for _ in range(2)] for _ in range(n)] for _ in range(p)]


def jacobian_rank(weights: Weights) -> int:
    """Rank modulo a prime of the Jacobian of the map (weights) -> matrix, at a random point.

    It is at most the generic rank over the rationals, and less only if a minor that is not the zero
    polynomial vanishes at the random point.
    """
    p, n = len(weights), len(weights[0])
    # below[i] is the product of the layers before layer i, above[i] that of the last i layers
    below = [np.eye(n, dtype=object)]
    for i in range(p):
        below.append(_layer(weights[i], i) @ below[-1] % PRIME)
    above = [np.eye(n, dtype=object)]
    for i in reversed(range(p)):
        above.append(above[-1] @ _layer(weights[i], i) % PRIME)
    # The matrix is above·(layer i)·below, so its derivative in the weight from node j XOR b·2^i to
    # node j is a column of above times a row of below.
    rows = [
        np.outer(above[p - 1 - i][:, j], below[i][j ^ (b << i)]).ravel() % PRIME
        for i, j, b in product(range(p), range(n), range(2))
    ]
    entries = [int(entry) for row in rows for entry in row]
    return nmod_mat(len(rows), n * n, entries, PRIME).rank()


def _layer(weights: list[list[int]], i: int) -> Array:
    """The sparse matrix of layer i, dense and of Python integers."""
    matrix = np.zeros((len(weights), len(weights)), dtype=object)
    for j, (straight, crossed) in enumerate(weights):
        matrix[j, j], matrix[j, j ^ (1 << i)] = straight, crossed
    return matrix


def _structure(context: Context) -> Finding:
    sizes = [2**p for p in range(1, 10 if context.full else 7)]
    good, certified = True, []
    for n in sizes:
        network = Butterfly.random(n, rng=context.rng)
        layers = [(network.layer(i).toarray() != 0).astype(int) for i in range(network.p)]
        good &= all((layers[i] == pattern(n, i)).all() for i in range(network.p)) and is_butterfly(
            layers
        )
        if n <= 32:
            certified.append([np.argwhere(layer).tolist() for layer in layers])
    return Finding.of(
        good,
        Bearing.SUPPORTS,
        f"For n = {sizes[0]}, …, {sizes[-1]} the layers of the implementation join exactly the "
        "labels that are equal or differ in the bit of the layer. Each has 2n weights, and every "
        "input reaches every output by exactly one path.",
        len(sizes),
        numbers={"n": sizes, "weights": [2 * n * (n.bit_length() - 1) for n in sizes]},
        certificate={"kind": "paths", "networks": certified},
        scope=f"n = {sizes[0]}, …, {sizes[-1]}, every edge and path",
    )


def _dimension(context: Context) -> Finding:
    rng = context.integers
    sizes = [2, 4, 8, 16] if context.full else [2, 4, 8]
    weights = [drawn_weights(n, rng) for n in sizes]
    ranks = [jacobian_rank(w) for w in weights]
    expected = [n * n.bit_length() for n in sizes]
    return Finding.of(
        ranks == expected,
        Bearing.SUPPORTS,
        f"The matrices of butterflies of size n = {', '.join(map(str, sizes))} form sets of "
        f"dimension {', '.join(map(str, ranks))} = n(log n + 1). This is less than the 2n·log n "
        "weights, because the n rescalings between two consecutive layers, n(log n − 1) in all, "
        "leave the matrix as it is. The rank modulo a prime at a random point is a rigorous "
        "lower bound of the dimension; the rescalings give the same number as an upper bound.",
        len(sizes),
        numbers={"n": sizes, "rank": ranks},
        certificate={"kind": "matrix-dimension", "prime": PRIME, "weights": weights[:3]},
    )


def _one_layer_twice(context: Context) -> bool:
    layers = [pattern(8, 0), pattern(8, 1), pattern(8, 1)]
    return is_butterfly([pattern(8, i) for i in range(3)]) and not is_butterfly(layers)


def _all_weights_free(context: Context) -> bool:
    return jacobian_rank(drawn_weights(4, Random(1))) != 2 * 4 * 2


CLAIM = Claim(
    id="definition-3.1",
    title="The butterfly network",
    source=paper("Definition 3.1"),
    statement=(
        r"A butterfly network of size $n = 2^p$ has $p = \log n$ layers; layer $i$ joins an "
        r"output $j$ to the inputs $j'$ that equal $j$ or differ from it only in bit $i$: $2n$ "
        r"weights a layer, $2n\log n$ in all, and one path from every input to every output."
    ),
    expected=Verdict.HOLDS,
    correction=(
        r"An addition: the $2n\log n$ weights are not independent. The set of matrices of "
        r"butterfly networks has dimension $n(\log n + 1)$. The definition leaves open at which "
        r"end layer $0$ is; here it is at the input. The paper numbers the nodes from 1 and takes "
        r"the bits of $j - 1$; here they are numbered from 0."
    ),
    checks=(
        Check("structure", Grade.EXACT, "enumeration of all edges and all paths", _structure),
        Check(
            "dimension",
            Grade.EXACT,
            "rank of the Jacobian modulo the prime 2^61 − 1",
            _dimension,
            partial=True,
        ),
    ),
    controls=(
        Control("one layer applied twice in place of its successor", _one_layer_twice),
        Control("dimension 2n·log n, as if all weights were free", _all_weights_free),
    ),
)
