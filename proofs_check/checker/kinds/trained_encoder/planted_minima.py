"""Recheck data with a local minimum that is not global, in rational numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from flint import fmpq, fmpq_mat

from proofs_check.checker.arithmetic.gain import Gain, dot, number, signs
from proofs_check.checker.arithmetic.reachable_rank import (
    dimension,
    dimension_bounds,
    normal_form,
    sets_of_outputs,
)
from proofs_check.checker.arithmetic.trained_network import (
    Entries,
    Place,
    TrainedNetwork,
    paired,
)
from proofs_check.checker.bounded import Refused, integer

__all__ = ["fold", "nondegenerate"]

MAX_POINTS = 100


def nondegenerate(
    certificate: dict[str, Any], sizes: Sequence[int] = (), auto_encoders: bool = False
) -> tuple[bool, str]:
    """Whether the data of each point have a nondegenerate minimum that is not global.

    A network with E, the weights and the best D is such a minimum, up to motions that change no
    output, because

    1. the gain of the row space of EB has the derivative 0 by every entry of E and every weight;
    2. these move the row space in d directions, and nowhere in more, as d is the bound of the
       dimension by counted parameters: so near the point the row spaces are a manifold;
    3. the Hessian of the gain by d of them, the variables, is negative definite;
    4. at other weights the gain is larger.

    The bound d is less than k(n − k).

    Parameters
    ----------
    certificate : dict
        "points", each with "X", "Y", "rows", "E" and "weights"; "variables", the places that vary;
        and "better", the other weights, with "better E" if E is another. Also "classes", the
        number of points for each n.
    sizes : sequence of int, optional
        For these n a point must be given for every k and every orbit of sets of outputs whose
        k-planes have a bound below k(n − k), and for nothing else.
    auto_encoders : bool
        Whether Y must be X.
    """
    points = certificate["points"]
    integer(len(points), 1, MAX_POINTS, "the number of points")
    valid, seen = True, []
    for point in points:
        n, rows, k = integer(len(point["X"]), 2, 8, "n"), point["rows"], len(point["E"])
        kept = frozenset(integer(row, 0, n - 1, "an output") for row in rows)
        seen.append((n, normal_form(kept, n), k))
    found = {n: sum(size == n for size, _, _ in seen) for n, _, _ in seen}
    valid &= len(set(seen)) == len(seen)
    valid &= [[n, found[n]] for n in sorted(found)] == certificate["classes"]
    if sizes:
        valid &= {*seen} == _deficient(sizes)
    valid = valid and all(_is_spurious(point, auto_encoders) for point in points)
    return valid, f"{len(points)} minima that are not global, nondegenerate, in rational numbers"


def _is_spurious(point: dict[str, Any], auto_encoder: bool) -> bool:
    """Whether a point is a nondegenerate minimum that is not global; cheap conditions first."""
    D = [[0] * len(point["E"]) for _ in point["Y"]]
    network, better = (
        TrainedNetwork.of(point, {"D": D, "E": E, "weights": weights})
        for E, weights in (
            (point["E"], point["weights"]),
            (point.get("better E", point["E"]), point["better"]),
        )
    )
    n, k = network.X.nrows(), network.E.nrows()
    d = dimension_bounds(n)[frozenset(network.rows)][k]
    valid = network.X.rank() == n and d < k * (n - k)
    valid &= not auto_encoder or network.X == network.Y
    here, there = (Gain.of_data(at.encoded, network.X, network.Y) for at in (network, better))
    valid &= here.value < there.value
    if not valid:
        return False
    W, first, second = network.moved(outer=False)
    valid &= not any(dot(here.slope, move) for move in first.values())
    valid &= _rank(first.values(), W) == d
    valid &= signs(_hessian(here, point["variables"], first, second)) == (d, 0)
    return bool(valid)


def fold(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the data have a minimum that is not global, at a fold of the row spaces.

    The rows of even outputs lie in R, the sum of the lines of r_q, the weights of the even nodes of
    the first layer, one in each pair of inputs. So W = EB meets R in dimension j at least, k less
    the number of odd outputs. Where it does not meet it in more, the pairs (W, R) are a manifold of
    dimension n/2 + j(n/2 − j) + (k − j)(n − k): of R, of the j-plane in it, and of W around this
    plane. Here that is k(n − k), the dimension of the row spaces. The gain is a function on the
    manifold. It has a strict maximum, since

    1. E and the weights move the pair in k(n − k) directions, so they map onto the manifold nearby;
    2. all derivatives of the gain by them vanish;
    3. its Hessian by the variables, k(n − k) of them, is negative definite.

    Parameters
    ----------
    certificate : dict
        "X", "Y", "rows", "E", "weights", "variables" and "better" as for ``nondegenerate``;
        "moved", the number of directions in which W moves, less than k(n − k); and "losses", of
        both networks with the best D.
    """
    E, rows = certificate["E"], certificate["rows"]
    D = [[0] * len(E) for _ in certificate["Y"]]
    network, better = (
        TrainedNetwork.of(
            {"X": certificate["X"], "Y": certificate["Y"], "rows": rows},
            {"D": D, "E": E, "weights": certificate[name]},
        )
        for name in ("weights", "better")
    )
    n, k = network.X.nrows(), network.E.nrows()
    half, common = n // 2, k - sum(r % 2 for r in rows)
    if n < 4 or common < 1:
        raise Refused("the row spaces need not meet the lines of the even nodes")
    full, _ = dimension(n, rows, k)
    W, first, second = network.moved(outer=False)
    here, there = (Gain.of_data(V, network.X, network.Y) for V in (W, better.encoded))
    total = dot(network.Y, network.Y)
    moved = _rank(first.values(), W)
    pairs = [network.weights[0][2 * q] for q in range(half)]
    R = fmpq_mat(half, n)
    turns = {}
    for q, (a, b) in enumerate(pairs):
        R[q, 2 * q], R[q, 2 * q + 1] = a, b
        # r_q turns by r_q ∧ r_q'
        turns[0, 2 * q, 0], turns[0, 2 * q, 1] = (q, -b), (q, a)
    valid = full == half + common * (half - common) + (k - common) * (n - k) == k * (n - k)
    # W + R is so large that W meets R in dimension j
    valid &= R.rank() == half
    valid &= fmpq_mat([*W.tolist(), *R.tolist()]).rank() == k + half - common
    valid &= network.X.rank() == n and moved == certificate["moved"] < full
    valid &= _rank(first.values(), W, [turns.get(place) for place in first], half) == full
    valid &= not any(dot(here.slope, move) for move in first.values())
    valid &= signs(_hessian(here, certificate["variables"], first, second)) == (full, 0)
    valid &= here.value < there.value
    losses = [number(text) for text in certificate["losses"]]
    valid &= losses == [total - here.value, total - there.value]
    return valid, "a strict minimum at a fold, and a lower loss, in rational numbers"


def _deficient(sizes: Sequence[int]) -> set[tuple[int, str, int]]:
    """The orbits and the k whose k-planes have a bound below that of all k-planes."""
    return {
        (n, normal_form(kept, n), k)
        for n in sizes
        for kept in sets_of_outputs(n)
        for k, bound in enumerate(dimension_bounds(n)[kept])
        if k and bound < k * (n - k)
    }


def _rank(
    moves: Iterable[fmpq_mat],
    W: fmpq_mat,
    turns: Sequence[tuple[int, fmpq] | None] = (),
    width: int = 0,
) -> int:
    """In how many directions these derivatives of W move its row space.

    With turns, each derivative moves so many further coordinates too: one of them, or none.
    """
    k, n = W.nrows(), W.ncols()
    rows = [move.entries() + [fmpq(0)] * width for move in moves]
    for row, turn in zip(rows, turns, strict=False):
        if turn is not None:
            row[k * n + turn[0]] = turn[1]
    for a, b in product(range(k), repeat=2):
        # row b added to row a: a change of basis
        change = [fmpq(0)] * (k * n + width)
        change[a * n : (a + 1) * n] = [W[b, c] for c in range(n)]
        rows.append(change)
    return int(fmpq_mat(rows).rank()) - k * k


def _hessian(
    gain: Gain,
    variables: Sequence[Sequence[Any]],
    first: dict[Place, fmpq_mat],
    second: dict[tuple[Place, Place], Entries],
) -> fmpq_mat:
    """The second derivatives of the gain by the variables, by the chain rule."""
    places = [tuple(place) for place in variables]
    if len(set(places)) < len(places) or not {*places} <= first.keys():
        raise Refused("the variables are not distinct parameters")
    bent = fmpq_mat(gain.hessian([first[place] for place in places]))
    for (a, p), (b, q) in product(enumerate(places), repeat=2):
        mixed = second.get((p, q), second.get((q, p)))
        bent[a, b] += paired(gain.slope, mixed) if mixed is not None else fmpq(0)
    return bent
