"""Recheck families of rational critical points: what holds at each, and how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from proofs_check.checker.arithmetic.rational_matrices import product
from proofs_check.checker.bounded import Refused
from proofs_check.checker.kinds.encoder_decoder import printed_steps
from proofs_check.checker.kinds.encoder_decoder.index_tables import (
    Shape,
    classes,
    closed_form,
    patterns,
)
from proofs_check.checker.kinds.encoder_decoder.networks import Landscape, require

__all__ = ["check"]


def check(
    certificate: dict[str, Any],
    fact: str,
    shapes: Sequence[Shape] | int,
    points: str | int = "index sets",
) -> tuple[bool, str]:
    """Whether all points are critical, a fact holds at each, and the numbers of points are right.

    Parameters
    ----------
    certificate : dict
        "problems", each with "values", the roots of the positive eigenvalues of Σ; "X", "Y" and
        perhaps "B"; and "points", networks "D" and "E". And "counts", what the fact counts.
    fact : str
        A key of ``FACTS``.
    shapes : sequence of Shape, or int
        Problems that must occur, a different one for each; more may. A number stands for all
        k <= l <= m up to it, with every pattern of equal and of zero eigenvalues.
    points : {"index sets", "classes"} or int
        What must occur in every problem: one point for each I with at most k elements, one for each
        class (I, t_D, t_E), or points of so many different I.
    """
    needed = patterns(shapes, ordered=True) if isinstance(shapes, int) else shapes
    missing = Counter((tuple(values), *size) for values, *size in needed)
    counts: Counter[str] = Counter()
    total = 0
    for entry in certificate["problems"]:
        landscape = Landscape.of(entry)
        _complete(landscape, points)
        counts += FACTS[fact](landscape)
        missing[(tuple(entry["values"]), *landscape.size)] -= 1
        total += len(landscape.networks)
    lacking = +missing
    require(not lacking, f"no problem of the shape {next(iter(lacking), None)}")
    given = Counter(certificate["counts"])
    if counts != given:
        raise Refused(f"there are {dict(counts)}, and the file says {dict(given)}")
    return total > 0, f"{total} rational critical points: {fact}"


def _complete(landscape: Landscape, points: str | int) -> None:
    """Refuse unless all that ``points`` says occurs, each once."""
    networks, multiplicities = landscape.networks, list(landscape.data.multiplicities.values())
    if isinstance(points, int):
        found = len({network.signature for network in networks})
        require(found >= points, f"there are points for {found} index sets of {points}")
        return
    wanted = Counter(classes(multiplicities, *landscape.size))
    kinds = {(network.signature, network.kind): network.kind for network in networks}
    if points == "index sets":
        # t_D and t_E may be anything: the classes without them stand for the index sets
        wanted = Counter({kind: count for kind, count in wanted.items() if kind[1:] == (0, 0)})
        kinds = {(row, (c, 0, 0)): (c, 0, 0) for row, (c, *_) in kinds}
    require(
        Counter(kinds.values()) == wanted and len(networks) == wanted.total(),
        f"there are {len(networks)} points, {len(kinds)} different ones, for {wanted.total()} "
        f"{points}",
    )


def _index(landscape: Landscape) -> Counter[str]:
    """Index and nullity are those of the closed form; index 0 is that of the global minima."""
    multiplicities, counts = list(landscape.data.multiplicities.values()), Counter[str]()
    for network in landscape.networks:
        formula = closed_form(multiplicities, *landscape.size, network.kind)
        require(
            network.inertia == formula,
            f"index and nullity are {network.inertia} at a point of {network.kind}, and the closed "
            f"form is {formula}",
        )
        lowest = network.inertia[0] == 0
        require(lowest == (network.loss == landscape.least), "a local minimum is not global")
        counts += Counter({"points": 1, "minima": int(lowest)})
    return counts


def _ranges(landscape: Landscape) -> Counter[str]:
    """D has one range at all minima if and only if λ_k > λ_(k+1); their loss is the least."""
    minima = [network for network in landscape.networks if network.inertia[0] == 0]
    require(bool(minima), "no point is a minimum")
    require(all(network.loss == landscape.least for network in minima), "a minimum is not global")
    ranges = {tuple(map(tuple, network.range)) for network in minima}
    k, eigenvalue = landscape.k, landscape.data.eigenvalue
    single = eigenvalue(k - 1) > eigenvalue(k)
    require((len(ranges) == 1) == single, f"there are minima of {len(ranges)} ranges")
    return Counter({"landscapes": 1, "single": int(single)})


def _outputs(landscape: Landscape) -> Counter[str]:
    """All minima of an auto-encoder have one output DEBX, and no other point has it."""
    require(landscape.entry["X"] == landscape.entry["Y"], "X is not Y")
    outputs = [product(n.D, product(n.E, landscape.data.X)) for n in landscape.networks]
    lowest = [network.loss == landscape.least for network in landscape.networks]
    minima = [output for output, low in zip(outputs, lowest, strict=True) if low]
    require(bool(minima), "no point is a global minimum")
    require(all(output == minima[0] for output in minima), "two global minima have two outputs")
    require(outputs.count(minima[0]) == len(minima), "a saddle has the output of the minima")
    decoders = [n.D for n, low in zip(landscape.networks, lowest, strict=True) if low]
    several = any(decoders[0] != D for D in decoders)
    return Counter({"minima": len(minima), "problems_with_different_D": int(several)})


FACTS: Mapping[str, Callable[[Landscape], Counter[str]]] = {
    "index and nullity": _index,
    "the ranges of minima": _ranges,
    "the output of minima": _outputs,
    "both parts of claim S3.2": printed_steps.claim_s3_2,
    "turns of the range": printed_steps.turns,
    "the form of the encoder": printed_steps.form,
}
"""What holds in a landscape; it is refused otherwise. Each fact counts something."""
