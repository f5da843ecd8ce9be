"""Two networks trained seed by seed until it is known whether one is as accurate as the other.

The design, written before the first of these trainings:

- **Question.** Is the accuracy of the first network, in the mean over seeds, at least that of the
  second less a margin? A difference of one seed is cut off at ± ``BOUND`` points. Both networks of
  a seed have the same images held out and the same batches.
- **Margins.** 0.1 points for rectifiers inside the replacement, 1 point for the starts of its
  butterflies. In the 50 seeds of the figure "beyond" rectifiers about the core cost 1.5 points,
  between all layers 0.8, and the start that came nearest to an FJLT differed from it by 0.2; a
  difference had a standard deviation of 1.1 to 1.6. With a margin of 0.1 points for the starts, 400
  seeds would not decide.
- **Seeds.** New ones: ``pair_seed`` draws them, and no stored training has one of them. The 50 of
  "beyond" chose the margins, so they are not used again. Step sizes are those that "beyond" chose
  on 8 other seeds.
- **Test.** After every seed, the evidence of ``fjlt.embedding.sequential.log_evidence_of_mean``
  that the mean difference is above, and that it is below, minus the margin. Each says so wrongly,
  at any of all looks, with probability at most ``ALPHA``.
- **End.** When one of them says so, or after ``SEEDS`` seeds. Then it is not known, and
  ``interval`` says which differences are excluded. Whoever stops it before, for want of time, gets
  an answer that is as valid.
- **Power.** By simulation with normal differences in steps of one test image, for a standard
  deviation of 1.6 points: if the mean is a point from minus the margin, 200 seeds suffice in 9 of
  10 runs, and if it is 0.7 points from it, 400. At 0.5 points from it 400 seeds suffice in three
  runs of ten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import log

import numpy as np

from figures.engine.table import Row, Table
from figures.experiments import classification
from fjlt.embedding.sequential import log_evidence_of_mean, plausible_mean
from fjlt.runs.intervals import Interval
from fjlt.runs.seeds import seed_sequence
from fjlt.types import RealArray

__all__ = [
    "ALPHA",
    "BOUND",
    "COMPARISONS",
    "SEEDS",
    "answer",
    "compute",
    "differences",
    "interval",
    "pair_seed",
]

ALPHA = 1e-9
"""Probability that one answer is wrong, at any of all looks."""
BOUND = 5.0
"""Points at which the difference of one seed is cut off."""
SEEDS = 400
"""The most seeds of a comparison."""
COMPARISONS: Sequence[Mapping[str, str | float]] = tuple(
    {
        "first": first,
        "first_step": step_size,
        "second": second,
        "second_step": 0.003,
        "margin": margin,
    }
    for first, step_size, second, margin in (
        ("butterfly, rectified core", 0.001, "butterfly", 0.1),
        ("butterfly, rectified layers", 0.003, "butterfly", 0.1),
        ("butterfly", 0.003, "butterfly, identity", 1.0),
        ("butterfly", 0.003, "butterfly, gaussian", 1.0),
        ("butterfly", 0.003, "butterfly, orthogonal", 1.0),
    )
)
"""What is compared: two kinds of layers with their step sizes, and the margin in points. Each has
``SEEDS``, 30 epochs and batches of 128."""


def compute(
    seed: int = 0,
    first: str = "butterfly",
    second: str = "butterfly, orthogonal",
    margin: float = 1.0,
    first_step: float = 0.003,
    second_step: float = 0.003,
    seeds: int = 2,
    epochs: int = 1,
    batch_size: int = 128,
) -> Table:
    """Train perceptrons with two kinds of layers until it is known which way they differ.

    The network is the wide perceptron on digits, trained by Adam, with the layer between its hidden
    layers of a kind of ``figures.models.layers``.

    Parameters
    ----------
    seed : int
    first, second : str
        The kinds of layers.
    margin : float
        In percentage points, at least 0.
    first_step, second_step : float
        Their step sizes.
    seeds : int
        The most seeds.
    epochs, batch_size : int

    Returns
    -------
    table : one row for each seed
        ``accuracy`` of the first and ``other`` of the second network, on the test images.

    Examples
    --------
    >>> [(row["pair"], row["accuracy"] > 0.5) for row in compute(seeds=1)]
    [(0, True)]
    """
    rows: list[Row] = []
    for pair in range(seeds):
        accuracy, other = (
            _accuracy(pair_seed(seed, pair), kind, step_size, epochs, batch_size)
            for kind, step_size in ((first, first_step), (second, second_step))
        )
        about: Row = {"first": first, "second": second, "margin": margin, "pair": pair}
        rows.append({**about, "accuracy": accuracy, "other": other})
        if answer(differences(rows), margin):
            break
    return rows


def pair_seed(seed: int, pair: int) -> int:
    """The seed of a pair of trainings, the same in all comparisons.

    Examples
    --------
    >>> len({pair_seed(0, pair) for pair in range(400)} | {0})
    401
    """
    return int(seed_sequence(seed, "until known", pair).generate_state(1)[0])


@cache
def _accuracy(seed: int, kind: str, step_size: float, epochs: int, batch_size: int) -> float:
    rows = classification.compute(
        seed,
        "digits",
        "wide perceptron",
        kind,
        epochs=epochs,
        batch_size=batch_size,
        replicates=1,
        step_size=step_size,
    )
    return float(rows[-1]["accuracy"])


def differences(table: Table) -> list[float]:
    """The difference of each seed in percentage points, first network less second.

    Examples
    --------
    >>> differences([{"accuracy": 0.75, "other": 0.5}])
    [25.0]
    """
    return [100 * (float(row["accuracy"]) - float(row["other"])) for row in table]


def _scaled(points: Sequence[float]) -> RealArray:
    """Differences cut off at ± ``BOUND``, as numbers in [0, 1]."""
    return (np.clip(np.asarray(points, np.float64), -BOUND, BOUND) + BOUND) / (2 * BOUND)


def answer(points: Sequence[float], margin: float) -> str:
    """Whether the mean difference is known to be "above" or "below" minus the margin, or "".

    Parameters
    ----------
    points : sequence of float
        Differences of the seeds, in the order in which they were trained.
    margin : float

    Raises
    ------
    ValueError
        Unless the margin is between ± ``BOUND``.

    Examples
    --------
    >>> answer([0.0, 1.0] * 50, 1.0), answer([-2.0, -4.0] * 50, 1.0), answer([-1.0] * 100, 1.0)
    ('above', 'below', '')
    """
    if not -BOUND < margin < BOUND:
        raise ValueError(f"margin = {margin}: between -{BOUND:g} and {BOUND:g} points is needed")
    above, below = log_evidence_of_mean(_scaled(points), (BOUND - margin) / (2 * BOUND))
    # the first that says so counts: seeds trained after the answer do not change it
    reached = np.flatnonzero(np.maximum(above, below) >= -log(ALPHA))
    if not reached.size:
        return ""
    return "above" if above[reached[0]] > below[reached[0]] else "below"


def interval(points: Sequence[float], alpha: float = ALPHA) -> Interval:
    """The mean difference, and ends that are each wrong at any time with probability ``alpha``.

    Parameters
    ----------
    points : sequence of float
        Differences of the seeds, in the order in which they were trained.
    alpha : float

    Examples
    --------
    >>> Interval(*(round(end, 1) for end in interval([0.0, 1.0] * 50)))
    Interval(mean=0.5, low=-0.7, high=1.5)
    """
    scaled = _scaled(points)
    low, high = (2 * BOUND * end - BOUND for end in plausible_mean(scaled, alpha))
    return Interval(2 * BOUND * float(scaled.mean()) - BOUND, low, high)
