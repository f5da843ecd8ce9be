"""Where joint training ends on the 4 × 4 example with a spurious minimum of loss 21/5."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from fjlt import Butterfly, TruncatedButterfly, to_dense
from fjlt.runs.binomial import Design, design, share_interval
from landscape import TrainingOutcomes, endings, multi_start
from landscape.training.outcomes import SCHEMES
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
from proofs_check.exact.instances import EXAMPLE

__all__ = ["CLAIM"]

ROWS, K = (0, 2), 2
SPURIOUS, GLOBAL = fmpq(21, 5), fmpq(2)
"""Losses of the two minima."""
# Each design has the fewest draws with these rates of false alarms and of misses.
JOINT = design(0.05, 0.28, alpha=1e-8, beta=1e-4, below=0)
"""Tests P(spurious) > 1/20 in joint training; 0.28 or 0 is missed with probability 1e-4 at most."""
TWO_PHASE = design(0.05, 0.2, alpha=1e-8, beta=1e-4, below=0)
"""Tests P(spurious) > 1/20 in two phases; 0.2 or 0 is missed with probability 1e-4 at most."""
CONVERGING: dict[str, dict[str, Any]] = {
    "l-bfgs": {"method": "l-bfgs", "max_steps": 200, "tolerance": 1e-6},
    "adam": {"method": "adam", "max_steps": 1000, "tolerance": 1e-6, "step_size": 0.05},
}


def ends(
    context: Context,
    runs: int,
    scheme: str,
    method: str = "l-bfgs",
    rows: tuple[int, ...] | None = None,
) -> TrainingOutcomes:
    """Count where trainings from independent starts end, on the example.

    The first of the two minima is the spurious one.
    """
    losses, rows = [float(SPURIOUS), float(GLOBAL)], rows or ROWS
    options = {"schemes": [scheme], "rng": context.rng, **CONVERGING[method]}
    return endings(EXAMPLE, EXAMPLE, rows, K, losses, runs, **options)[0]


def percent(count: int, trials: int) -> str:
    """A share in percent, with its Clopper-Pearson interval."""
    low, high = share_interval(count, trials)
    return f"{count / trials:.1%}, 99.9 % interval {low:.1%} to {high:.1%}"


def _share(context: Context, test: Design, scheme: str) -> Finding:
    found = ends(context, test.draws, scheme)
    spurious, best = found.counts
    return Finding(
        Bearing.tested(test, spurious, Bearing.SUPPORTS),
        f"{test.draws} trainings by L-BFGS from random weights: {spurious} end at the spurious "
        f"minimum ({percent(spurious, test.draws)}), {best} at the global one, {found.elsewhere} "
        f"have not reached either. {test}.",
        test.draws,
        scope=f"the example of n = 4, {test.draws} trainings each",
        numbers={
            "spurious": spurious,
            "global": best,
            "elsewhere": found.elsewhere,
            "draws": test.draws,
        },
    )


def loss_of(rows: Iterable[Iterable[int]]) -> fmpq:
    """Exact loss on the example with the best D, for a row space spanned by these rows."""
    W, X = fmpq_mat([list(row) for row in rows]), fmpq_mat(EXAMPLE.astype(int).tolist())
    code = W * X
    # The best D projects onto the row space of the code WX.
    P = code.transpose() * (code * code.transpose()).inv() * code
    rest = X - X * P
    return sum((entry**2 for entry in rest.entries()), fmpq(0))


def fjlt_rows(signs: Iterable[int]) -> list[list[int]]:
    """Integer multiples of the kept rows of an FJLT with these signs."""
    # The entries of an FJLT are equal in absolute value.
    B = TruncatedButterfly(Butterfly.hadamard(4, np.array(list(signs), dtype=float)).weights, ROWS)
    dense = to_dense(B)
    return [[round(value) for value in row] for row in (dense / np.abs(dense).max()).tolist()]


def cannot_return(rows: Iterable[Iterable[int]]) -> bool:
    """Whether a descent from these rows starts below the spurious minimum, exactly.

    D and E are the best for the rows, so a descent that never rises stays below it.
    """
    return bool(loss_of(rows) < SPURIOUS)


def _every_fjlt(context: Context) -> Finding:
    starts = [fjlt_rows(signs) for signs in product([1, -1], repeat=4)]
    # Equal row spaces have equal reduced row echelon forms.
    spans = {str(fmpq_mat(rows).rref()) for rows in starts}
    losses = {loss_of(rows) for rows in starts}
    return Finding.of(
        all(map(cannot_return, starts)) and loss_of([[1, 0, 0, 0], [0, 0, 0, 1]]) == SPURIOUS,
        Bearing.SUPPORTS,
        f"All {len(starts)} sign patterns give {len(spans)} row spaces. The first phase, whose "
        f"minima are global (fixed-b), ends at a loss of {', '.join(map(str, sorted(losses)))}, in "
        f"rationals, less than {SPURIOUS}: no second phase that never raises the loss ends at the "
        "spurious minimum.",
        len(starts),
        numbers={"row_spaces": len(spans), "loss": ", ".join(map(str, sorted(losses)))},
        certificate={
            "kind": "fjlt-starts",
            "X": EXAMPLE.astype(int).tolist(),
            "bound": str(SPURIOUS),
            "losses": [str(loss) for loss in sorted(losses)],
        },
    )


def _minima(context: Context) -> Finding:
    found = multi_start(EXAMPLE, EXAMPLE, ROWS, K, 4000 if context.full else 1000, rng=context.rng)
    expected = [float(GLOBAL), float(SPURIOUS)]
    worst = max(abs(end.loss - loss) for end, loss in zip(found, expected, strict=False))
    shares = "; ".join(f"{end.loss:.9g} in {percent(end.count, found.starts)}" for end in found)
    return Finding.of(
        len(found) == 2 and worst < 1e-10 and found.converged == found.starts,
        Bearing.SUPPORTS,
        f"Newton's method in the row spaces, D and E eliminated, from {found.starts} random "
        f"weights: all converge, to losses {shares}. These are {GLOBAL} and {SPURIOUS} to "
        f"{worst:.0e}.",
        found.starts,
        numbers={"worst": worst},
    )


def _adam(context: Context) -> Finding:
    runs = 400 if context.full else 16
    joint, random, fjlt = (ends(context, runs, scheme, "adam").counts for scheme in SCHEMES)
    return Finding.of(
        fjlt[0] == 0 and min(joint) > 0,
        Bearing.SUPPORTS,
        f"Adam, {runs} trainings each: joint training ends at the spurious minimum in "
        f"{percent(joint[0], runs)}; two phases from a random butterfly in "
        f"{percent(random[0], runs)}, from an FJLT in {percent(fjlt[0], runs)}.",
        3 * runs,
        numbers={"joint": joint[0], "random": random[0], "fjlt": fjlt[0], "draws": runs},
    )


CLAIM = Claim(
    id="dynamics",
    title="Where training ends",
    source="Beyond the paper: what training the butterfly does to the landscape",
    statement=r"On the $4 \times 4$ auto-encoder with minima of loss $2$ and $21/5$ (claim "
    r"joint-spurious), outputs $\{0, 2\}$ and $k = 2$, training $D$, $E$ and $B$ by L-BFGS from "
    r"independent normal weights ends at the spurious minimum with probability more than $1/20$; "
    r"training in two phases from such a $B$, with probability more than $1/20$; in two phases "
    r"from an FJLT, whatever its signs, never, if the second phase does not raise the loss.",
    expected=Verdict.HOLDS,
    depends_on=("joint-spurious", "fixed-b"),
    checks=(
        Check(
            "every FJLT start",
            Grade.EXACT,
            "all sign patterns, rational losses",
            _every_fjlt,
            partial=True,
        ),
        Check(
            "joint training",
            Grade.STATISTICAL,
            "designed binomial test of P(spurious) > 1/20",
            lambda context: _share(context, JOINT, SCHEMES[0]),
            alpha=JOINT.alpha,
        ),
        Check(
            "two phases from random weights",
            Grade.STATISTICAL,
            "designed binomial test of P(spurious) > 1/20",
            lambda context: _share(context, TWO_PHASE, SCHEMES[1]),
            alpha=TWO_PHASE.alpha,
        ),
        Check(
            "minima", Grade.NUMERICAL, "Newton's method from random weights", _minima, partial=True
        ),
        Check("Adam", Grade.NUMERICAL, "training by Adam", _adam, partial=True),
    ),
    controls=(
        Control(
            "two phases from FJLT starts claimed to end at the spurious minimum",
            lambda context: (
                not TWO_PHASE.says_so(ends(context, TWO_PHASE.draws, SCHEMES[2]).counts[0])
            ),
        ),
        Control(
            "outputs {0, 1}, whose row spaces are all planes",
            lambda context: (
                not JOINT.says_so(ends(context, JOINT.draws, SCHEMES[0], rows=(0, 1)).counts[0])
            ),
        ),
        Control(
            "a start at rows (1, 0, 0, 0), (0, 0, 0, 1), claimed to lie below the spurious minimum",
            lambda _: not cannot_return([[1, 0, 0, 0], [0, 0, 0, 1]]),
        ),
    ),
)
