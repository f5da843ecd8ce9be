"""The size from which the replacement of a dense layer is faster than the layer."""

from __future__ import annotations

from collections.abc import Sequence

from figures.added import crossover
from figures.engine.stored_tables import stored
from figures.experiments.durations import MODES
from fjlt.runs.intervals import Interval
from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Finding,
    Grade,
    Verdict,
)
from proofs_check.experiments.replaced import (
    ALPHA,
    Timed,
    always_faster,
    crossings,
    exchanged,
    timed,
    times_finding,
)

__all__ = ["CLAIM"]

LARGE = 2048
"""Size from which on the claim says that square layers are faster."""
PAIR = "low rank, equal rank"
"""The pair of dense layers, by its name in the stored table."""


def wide() -> list[Timed]:
    """Times of the perceptron with its 1024 × 1024 layer replaced.

    These are its training steps, and its predictions of more than one image.
    """
    lines = [
        *timed("figure-s4", "training step"),
        *(line for line in timed("figure-s4", "prediction") if line.batch > 1),
    ]
    return [line for line in lines if line.model == "wide perceptron"]


def _wide(context: Context) -> Finding:
    found = times_finding(wide(), "Training steps for 1 and 128 images, predictions of 128 images")
    numbers = {"slowest": f"{max(line.ratio.mean for line in wide()):.2f}"}
    return Finding(found.bearing, found.detail, found.cases, numbers, scope=found.scope)


def _sizes(context: Context) -> Finding:
    found = crossings("butterfly")
    details = "; ".join(
        f"{mode}, batch {batch}, {threads} thread{'s' * (threads > 1)}: {size}"
        for (mode, batch, threads), size in found.items()
    )
    return Finding.of(
        all(size is not None and size <= LARGE for size in found.values()),
        Bearing.SUPPORTS,
        "Square layers whose sizes are the powers of 2 from 32 to 8192: the size from which on the "
        f"95 % interval of the ratio of the times lies below 1 — {details}.",
        len(found),
        numbers={
            f"{mode} {batch} {threads}": size for (mode, batch, threads), size in found.items()
        },
    )


def butterfly_and_pair() -> list[tuple[Interval, Interval]]:
    """Times of the butterfly and of the pair, each over that of the dense layer.

    There is one entry for every mode, batch, number of threads and size that is stored.
    """
    table = stored("crossover")
    found = []
    for mode in MODES:
        for batch in (1, 128):
            for threads in (1, 2):
                ours, pair = (
                    crossover.ratios(table, mode, kind, batch, threads)
                    for kind in ("butterfly", PAIR)
                )
                found += [(ours[n], pair[n]) for n in ours]
    return found


def always_slower(pairs: Sequence[tuple[Interval, Interval]]) -> bool:
    """Whether the first layer of every pair of times takes longer."""
    return bool(pairs) and all(ours.mean > pair.mean for ours, pair in pairs)


def _pair(context: Context) -> Finding:
    found = butterfly_and_pair()
    factors = sorted(ours.mean / pair.mean for ours, pair in found)
    return Finding.of(
        always_slower(found),
        Bearing.SUPPORTS,
        f"The same layers: the butterfly takes {factors[0]:.2f} to {factors[-1]:.2f} times as long "
        "as a pair of dense layers of its rank, which can represent every map that it can.",
        len(found),
        numbers={"least": f"{factors[0]:.1f}", "most": f"{factors[-1]:.1f}"},
    )


CLAIM = Claim(
    id="replacement-speed",
    title="From which size the replacement is faster",
    source="Correction of Figures S4 and S5",
    statement=r"In reading P, a wide layer replaced, the paper is borne out: in a perceptron $784 "
    r"\to 1024 \to 1024 \to 10$ on one core the replacement of the layer $1024 \times 1024$, at "
    r"$k_1 = k_2 = 10$, makes training steps, and predictions of 128 images, take less time. "
    r"Square layers at $k = \lceil\log_2 n\rceil$ are faster from $n = 2048$ on, in training and "
    r"prediction, for one vector and 128, with one thread and two. A pair of dense layers of the "
    r"same rank is faster still, at every size.",
    expected=Verdict.HOLDS,
    correction=r"The perceptron with this layer replaced takes at most <<wide layer:slowest>> of "
    r"the time. A step of training is faster from $n = <<sizes:training step 128 1>>$ on for 128 "
    r"vectors and from $<<sizes:training step 1 1>>$ for one; a prediction, with one thread, from "
    r"$<<sizes:prediction 128 1>>$ and $<<sizes:prediction 1 1>>$. The pair is <<pair:least>> to "
    r"<<pair:most>> times as fast as the butterfly.",
    follows_up=("training-time", "prediction-time"),
    checks=(
        Check(
            "wide layer", Grade.STATISTICAL, "sign tests of stored runs", _wide, alpha=3 * 2 * ALPHA
        ),
        Check("sizes", Grade.NUMERICAL, "intervals of stored ratios", _sizes, partial=True),
        Check("pair", Grade.NUMERICAL, "stored ratios", _pair, partial=True),
    ),
    controls=(
        Control(
            "the roles of the layers exchanged",
            lambda context: always_faster([exchanged(line) for line in wide()]) is Bearing.REFUTES,
        ),
        Control(
            "a dense layer against itself",
            lambda context: all(size is None for size in crossings("dense").values()),
        ),
        Control(
            "the pair exchanged with the butterfly",
            lambda context: (
                not always_slower([(pair, ours) for ours, pair in butterfly_and_pair()])
            ),
        ),
    ),
)
