"""Recheck critical points in D, E and all weights of B: gradient, loss and inertia, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq, fmpq_mat

from proofs_check.checker.arithmetic.gain import Gain, diagonal, dot, exact, number, signs
from proofs_check.checker.arithmetic.trained_network import TrainedNetwork, paired
from proofs_check.checker.bounded import Refused, integer

__all__ = [
    "eliminated_decoder",
    "in_all_weights",
    "rank_deficient_minimum",
    "sibling_networks",
]

MAX_POINTS = 200


def in_all_weights(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether each network is critical in all weights, with the loss and the inertia that it says.

    Parameters
    ----------
    certificate : dict
        "X", "Y", "rows", and "points". Each point has "D", "E", "weights", "loss", and
        "inertia", [negative eigenvalues, positive eigenvalues] of the Hessian of the loss.
    """
    points = _points(certificate)
    valid = True
    for point in points:
        network = TrainedNetwork.of(certificate, point)
        loss, gradient, H = network.derivatives
        valid &= not any(gradient) and loss == number(point["loss"])
        valid &= list(signs(H)) == point["inertia"]
    return valid, f"{len(points)} networks: gradient, loss and inertia in all weights"


def sibling_networks(
    certificate: dict[str, Any], whitened: bool = False, all_pairs: bool = False
) -> tuple[bool, str]:
    """Whether sibling outputs are critical in all weights, with the index of −f in u and v.

    The outputs 0 and n/2 of a butterfly have rows that span (u, 0) and (0, v), and k = 2. D has mk
    entries, and the Hessian of the loss has mk positive eigenvalues besides those of −f: all other
    zero eigenvalues are gauge.

    Parameters
    ----------
    certificate : dict
        "problems", each with "X", "Y" and "points". Each point has "u", "v", "D", "E", "weights"
        and "index".
    whitened : bool, optional
        With it XXᵀ = I; u and v are eigenvectors of the halves of M; the index is the number of
        larger eigenvalues in both; and each problem has one point of index 0, of the least loss.
    all_pairs : bool, optional
        With it the points must be all pairs of unit vectors at which f is critical.
    """
    problems, count = certificate["problems"], 0
    valid = bool(problems)
    for problem in problems:
        points = _points(problem)
        X, Y = exact(problem["X"]), exact(problem["Y"])
        n, k = X.nrows(), 2
        half = n // 2
        losses: list[tuple[fmpq, int]] = []
        for point in points:
            network = TrainedNetwork.of(
                {"X": problem["X"], "Y": point.get("Y", problem["Y"]), "rows": [0, half]}, point
            )
            loss, gradient, H = network.derivatives
            # Y of a point may be a multiple of that of the problem, which scales f
            scale = _factor(network.Y, Y)
            u, v = point["u"], point["v"]
            W = exact([[*u, *[0] * half], [*[0] * half, *v]])
            valid &= network.D.ncols() == k and _same_rows(network.encoded, W)
            gain = Gain.of_data(W, X, network.Y)
            turns = _turns(n, W)
            slopes = [dot(gain.slope, turn) for turn in turns]
            valid &= not any(gradient) and not any(slopes) and scale != 0
            valid &= loss == dot(network.Y, network.Y) - gain.value
            if not valid:
                return False, f"no critical point of the form at u = {u}, v = {v}"
            of_f = signs(-1 * fmpq_mat(gain.hessian(turns)))
            index = integer(point["index"], 0, len(turns), "the index")
            valid &= of_f[0] == index
            valid &= signs(H) == (index, of_f[1] + k * network.D.nrows())
            if whitened:
                valid &= index == sum(_larger(gain.M, W, X, part, half) for part in range(2))
            losses.append((loss / (scale * scale), index))
        rows = {(tuple(map(str, p["u"])), tuple(map(str, p["v"]))) for p in points}
        valid &= len(rows) == len(points)
        if whitened:
            valid &= [loss for loss, index in losses if index == 0] == [min(losses)[0]]
        if all_pairs:
            valid &= len(points) == _critical_units(X, Y, half)
        count += len(points)
    return valid, f"{count} networks of sibling outputs: the inertia in all weights is that of −f"


def eliminated_decoder(
    certificate: dict[str, Any], sets: Sequence[tuple[list[int], int]] = ()
) -> tuple[bool, str]:
    """Whether L and −f have the same derivatives in (E, weights), once D is eliminated.

    L is the loss in all of D, E and the weights, at the best D; f is the gain of the row space of
    EB. The gradient of L is that of −f, the Schur complement of its Hessian is the Hessian of −f,
    and both Hessians have the same index.

    Parameters
    ----------
    certificate : dict
        "points", each with "X", "Y", "rows", "D", "E" and "weights"; "networks", their number; and
        "largest_index", of a Hessian of L.
    sets : sequence of ([outputs], k), optional
        What must occur among the points.
    """
    points, indices, found = _points(certificate), [], []
    valid = certificate["networks"] == len(points)
    for point in points:
        network = TrainedNetwork.of(point, point)
        _, gradient, H = network.derivatives
        W, first, second = network.moved(outer=False)
        gain = Gain.of_data(W, network.X, network.Y)
        m, k = network.D.nrows(), network.D.ncols()
        start, rest = m * k, network.places[m * k :]
        # chain rule: (f∘W)_ab = W_aᵀ·f''·W_b + ⟨f', W_ab⟩
        zero = fmpq_mat(W.nrows(), W.ncols())
        moves = [first.get(place, zero) for place in rest]
        bent = fmpq_mat(gain.hessian(moves))
        at = {place: i for i, place in enumerate(rest)}
        for (a, b), mixed in second.items():
            entry = paired(gain.slope, mixed)
            bent[at[a], at[b]] += entry
            bent[at[b], at[a]] += entry
        slopes = [-dot(gain.slope, move) for move in moves]
        valid &= not any(gradient[:start]) and gradient[start:] == slopes
        cut = H.tolist()
        in_D = fmpq_mat([row[:start] for row in cut[:start]])
        mixed_block = fmpq_mat([row[start:] for row in cut[:start]])
        other = fmpq_mat([row[start:] for row in cut[start:]])
        schur = other - mixed_block.transpose() * in_D.inv() * mixed_block
        valid &= schur == -1 * bent and signs(H)[0] == signs(-1 * bent)[0]
        indices.append(signs(H)[0])
        found.append((point["rows"], k))
    valid &= all([rows, k] in [[*pair] for pair in found] for rows, k in sets)
    valid &= max(indices) == certificate["largest_index"] and len(set(indices)) > 1
    return valid, f"{len(points)} networks: with D eliminated, L has the derivatives of −f"


def rank_deficient_minimum(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether the loss is 0, and so least, where the rank of EX is below k: f is not defined there.

    X stands for BX.
    """
    X, Y, D, E = (exact(certificate[name], 8) for name in ("X", "Y", "D", "E"))
    valid = D * E * X == Y and (E * X).rank() < E.nrows()
    return valid, "a global minimum whose hidden units are not independent"


def _points(holder: dict[str, Any]) -> list[dict[str, Any]]:
    points: list[dict[str, Any]] = holder["points"]
    integer(len(points), 1, MAX_POINTS, "the number of points")
    return points


def _same_rows(a: fmpq_mat, b: fmpq_mat) -> bool:
    """Whether two matrices of the same shape have the same row space, of full dimension."""
    joined = fmpq_mat(a.nrows() + b.nrows(), a.ncols(), a.entries() + b.entries())
    return bool(a.rank() == b.rank() == joined.rank() == b.nrows())


def _factor(a: fmpq_mat, b: fmpq_mat) -> fmpq:
    """The number s with a = s·b; refused if there is none."""
    pairs = list(zip(a.entries(), b.entries(), strict=True))
    s = next((x / y for x, y in pairs if y != 0), fmpq(0))
    if any(x != s * y for x, y in pairs):
        raise Refused("Y is no multiple of that of the problem")
    return s


def _turns(n: int, W: fmpq_mat) -> list[fmpq_mat]:
    """n − 2 directions in which u and v turn: unit vectors, without one that u or v contains."""
    half, turns = n // 2, []
    for row in range(2):
        held = next(j for j in range(n) if W[row, j] != 0)
        for j in range(half * row, half * (row + 1)):
            if j != held:
                turn = fmpq_mat(2, n)
                turn[row, j] = 1
                turns.append(turn)
    return turns


def _larger(M: fmpq_mat, W: fmpq_mat, X: fmpq_mat, part: int, half: int) -> int:
    """How many eigenvalues of a diagonal block of M exceed that of u or v; refused if it has none.

    XXᵀ must be the identity.
    """
    n = 2 * half
    if X * X.transpose() != diagonal([1] * n):
        raise Refused("XXᵀ is not the identity")
    places = range(half * part, half * (part + 1))
    block = fmpq_mat([[M[i, j] for j in places] for i in places])
    w = fmpq_mat([[W[part, j]] for j in places])
    value = dot(block * w, w) / dot(w, w)
    if block * w != w * value:
        raise Refused("a row is no eigenvector of its half of M")
    return signs(block - diagonal([value] * half))[1]


def _critical_units(X: fmpq_mat, Y: fmpq_mat, half: int) -> int:
    """At how many pairs of unit vectors u and v the gain is critical."""
    n, count = 2 * half, 0
    for i in range(half):
        for j in range(half, n):
            W = fmpq_mat(2, n, [int(c == i) for c in range(n)] + [int(c == j) for c in range(n)])
            slope = Gain.of_data(W, X, Y).slope
            count += not any(dot(slope, turn) for turn in _turns(n, W))
    return count
