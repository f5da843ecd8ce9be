"""Learning a sketch for low-rank approximation from examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import qr

from fjlt import Operator, boundary
from landscape import data
from landscape.sketches.sketch_loss import errors_and_gradient, sketch_errors
from landscape.sketches.structures import STRUCTURES, Structure
from landscape.training.descent import Objective, Trace, adam, batches
from landscape.training.training import Watch, choice, watching

__all__ = ["LearnedSketch", "approximation_errors", "learn_sketch"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LearnedSketch:
    """Outcome of ``learn_sketch``.

    Attributes
    ----------
    sketch : Operator, shape (l, n)
        The iterate that is best on the matrices held out, or on all if none are.
    error : float
        Mean of ‖X - B_k(X)‖_F² over the matrices that chose it.
    history, held_out : ndarray
        The mean over the matrices that are learned from, and over those held out, at the start and
        after every pass; of the former in batches, the mean of what the batches of the pass met.
    best_step : int
    reason : str
        A sentence that says why the training stopped and what to try.
    n_steps : int
    """

    sketch: Operator
    error: float
    history: Array = field(repr=False)
    held_out: Array = field(repr=False)
    best_step: int
    reason: str
    n_steps: int


def learn_sketch(
    matrices: Sequence[ArrayLike],
    k: int,
    l: int,
    structure: Literal["butterfly", "sparse", "dense"] = "butterfly",
    *,
    nonzeros: int = 1,
    held_out: float | Sequence[ArrayLike] = 0.2,
    step_size: float = 0.01,
    max_steps: int = 1000,
    batch_size: int | None = None,
    callback: Watch | None = None,
    progress: bool = False,
    rng: Any = None,
) -> LearnedSketch:
    """Learn a sketch B, shape (l, n), that minimises the mean of ‖X - B_k(X)‖_F² over matrices X
    with n rows.

    B_k(X) is the best approximation of X of rank k with rows in the row space of BX. Adam, with the
    gradient in closed form; of the iterates after each pass the one is returned that is best on
    matrices held out from the training.

    Parameters
    ----------
    matrices : sequence of array_like, shapes (n, d_i)
        Real.
    k, l : int
        1 <= k <= l <= n.
    structure : {"butterfly", "sparse", "dense"}
        Truncated butterfly with random outputs, from an SRHT; ``nonzeros`` entries in each column,
        in random rows, from random signs; any matrix, from a Gaussian one.
    nonzeros : int
        1 <= nonzeros <= l; only for "sparse".
    held_out : float or sequence of array_like
        Share of the matrices, chosen at random, that choose the iterate; or other matrices that do;
        0: the training error chooses.
    step_size : float
        Of Adam.
    max_steps : int
    batch_size : int, optional
        Matrices a step; a pass visits all in random order. Default: all.
    callback : callable, optional
        Called as callback(step, mean training error) after each pass; a true result ends the
        training.
    progress : bool
        Whether to show a progress bar.
    rng : None, int, SeedSequence, BitGenerator or Generator

    Returns
    -------
    LearnedSketch

    Raises
    ------
    ValueError, TypeError
        For sizes or options out of range, entries that are complex or not finite, matrices with
        different numbers of rows, or too few to hold any out.

    Notes
    -----
    Training is blind to the scale of the data. Cost of a step: a product with the sketch, its
    gradient, and a QR and an eigendecomposition of size min(l, d) for each matrix. Not convex;
    local minima are to be expected. Source: Section 6 of arXiv 2007.08864 (numbered as in the ICLR
    2021 submission).

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X = load_digits().images[:100]
    >>> learned = learn_sketch(X, k=2, l=4, max_steps=50, rng=0)
    >>> learned.sketch.shape, bool(learned.error < learned.held_out[0])
    ((4, 8), True)
    """
    examples = _examples(matrices, "matrices")
    n = len(examples[0])
    l = boundary.dimension(l, "l", high=n)
    k = boundary.dimension(k, "k", high=l)
    choice(structure, "structure", tuple(STRUCTURES))
    nonzeros = boundary.dimension(nonzeros, "nonzeros", high=l)
    step_size = boundary.number(step_size, "step_size", above=0, high=1e300)
    max_steps = boundary.dimension(max_steps, "max_steps")
    rng = np.random.default_rng(rng)
    learned, others = _split(examples, held_out, rng)
    if batch_size is not None:
        batch_size = boundary.dimension(batch_size, "batch_size", high=len(learned))
    largest = max(float(np.abs(X).max()) for X in (*learned, *others))
    if largest > 1e140 or 0 < largest < 1e-140:
        raise ValueError(
            f"the largest entry is {largest:.3g}, whose square is out of range; rescale the "
            f"matrices"
        )
    unit = 2.0 ** round(np.log2(largest)) if largest > 0 else 1.0
    learned, others = [X / unit for X in learned], [X / unit for X in others]

    family = STRUCTURES[structure](l, n, nonzeros, rng)
    grams, other_grams = _with_equal_grams(learned), _with_equal_grams(others)
    theta = latest = best = family.start
    chosen: list[float] = []
    met: list[float] = []
    best_step, least = 0, np.inf
    slope = np.zeros_like(theta)

    def of(numbers: Iterable[int], point: Array) -> tuple[float, Array]:
        nonlocal slope
        some = [learned[i] for i in numbers], [grams[i] for i in numbers]
        loss, slope = _mean_and_gradient(family, point, *some, k)
        met.append(loss)
        return loss, slope

    def everything(point: Array) -> tuple[float, Array]:
        nonlocal latest
        latest = point
        if not others or not met or batch_size in (None, len(learned)):
            met.clear()
            of(range(len(learned)), point)
        loss = float(np.mean(met))
        met.clear()
        return loss, slope

    def some_of_them(numbers: NDArray[np.intp]) -> Objective:
        return partial(of, numbers.tolist())

    def judge(step: int, loss: float) -> Any:
        nonlocal best, best_step, least
        error = (
            float(np.mean(_errors(family.sketch(latest), others, other_grams, k)))
            if others
            else loss
        )
        chosen.append(error)
        if error < least:
            best, best_step, least = latest.copy(), step, error
        return watch is not None and watch(step, loss * unit**2)

    with np.errstate(all="ignore"), watching(progress, max_steps, callback) as watch:
        trace = Trace(1.0, np.finfo(float).tiny, judge)
        steps = batches(len(learned), batch_size, everything, some_of_them, rng)
        adam(everything, steps, theta, trace, step_size=step_size, max_steps=max_steps)
    history, errors = (np.array(a) * unit**2 for a in (trace.history, chosen if others else []))
    return LearnedSketch(
        family.sketch(best),
        least * unit**2,
        history,
        errors,
        best_step,
        trace.reason,
        trace.n_steps,
    )


def approximation_errors(sketch: Any, matrices: Sequence[ArrayLike], k: int) -> Array:
    """‖X - B_k(X)‖_F² for each matrix X, with n rows, and the sketch B, shape (l, n); 1 <= k <= l.

    Parameters
    ----------
    sketch : array_like or linear operator, shape (l, n)
    matrices : sequence of array_like, shapes (n, d_i)
    k : int

    Returns
    -------
    ndarray, shape (number of matrices,)

    Raises
    ------
    ValueError, TypeError
        As ``learn_sketch``.

    Examples
    --------
    >>> approximation_errors(np.eye(2, 3), [np.diag([3.0, 2.0, 1.0])], k=1)
    array([5.])
    """
    examples = _examples(matrices, "matrices")
    B = data.as_operator(sketch, len(examples[0]))
    return _errors(B, examples, examples, boundary.dimension(k, "k", high=B.shape[0]))


def _examples(matrices: Sequence[ArrayLike], name: str) -> list[Array]:
    examples = [
        boundary.matrix(X, f"{name}[{i}]", real=True).astype(np.float64)
        for i, X in enumerate(matrices)
    ]
    if not examples:
        raise ValueError(f"{name} is empty; give at least one")
    n = len(examples[0])
    for i, X in enumerate(examples):
        if len(X) != n:
            raise ValueError(
                f"{name}[{i}] has {len(X)} rows, but {name}[0] has {n}; they must agree"
            )
    return examples


def _split(
    examples: list[Array], held_out: float | Sequence[ArrayLike], rng: np.random.Generator
) -> tuple[list[Array], list[Array]]:
    """The matrices that are learned from, in random order, and those held out."""
    order = rng.permutation(len(examples))
    if isinstance(held_out, Sequence | np.ndarray):
        others = _examples(held_out, "held_out")
        if len(others[0]) != len(examples[0]):
            raise ValueError(
                f"held_out[0] has {len(others[0])} rows, but matrices[0] has {len(examples[0])}; "
                f"they must agree"
            )
        return [examples[i] for i in order], others
    share = boundary.number(held_out, "held_out", above=0, high=0.9) if held_out != 0 else 0.0
    count = round(share * len(examples))
    if share > 0 and not 0 < count < len(examples):
        raise ValueError(
            f"held_out = {share} of {len(examples)} matrices is {count}; give more matrices, or "
            f"held_out = 0"
        )
    return [examples[i] for i in order[count:]], [examples[i] for i in order[:count]]


def _with_equal_grams(matrices: list[Array]) -> list[Array]:
    """Matrices with the same XᵀX and at most as many rows as columns."""
    return [qr(X, mode="r")[0][: X.shape[1]] if len(X) > X.shape[1] else X for X in matrices]


def _errors(sketch: Operator, matrices: Sequence[Array], grams: Sequence[Array], k: int) -> Array:
    errors = np.empty(len(matrices))
    for places in _of_equal_shape(matrices):
        x = np.concatenate([matrices[i] for i in places], axis=1)
        errors[places] = sketch_errors(
            np.stack([grams[i] for i in places]), _codes(sketch, x, len(places)), k
        )
    return errors


def _codes(sketch: Operator, x: Array, N: int) -> Array:
    """BX_i, shape (N, l, d), for x of shape (n, N·d) with the X_i side by side."""
    codes: Array = sketch @ x
    return codes.reshape(len(codes), N, -1).transpose(1, 0, 2)


def _of_equal_shape(matrices: Sequence[Array]) -> Iterable[list[int]]:
    by_shape: dict[tuple[int, ...], list[int]] = {}
    for i, X in enumerate(matrices):
        by_shape.setdefault(X.shape, []).append(i)
    return by_shape.values()


def _mean_and_gradient(
    family: Structure, theta: Array, matrices: Sequence[Array], grams: Sequence[Array], k: int
) -> tuple[float, Array]:
    total, gradient = 0.0, np.zeros_like(theta)
    if not np.isfinite(theta).all():
        return np.inf, gradient
    sketch = family.sketch(theta)
    for places in _of_equal_shape(matrices):
        x = np.concatenate([matrices[i] for i in places], axis=1)
        errors, pulled = errors_and_gradient(
            np.stack([grams[i] for i in places]), _codes(sketch, x, len(places)), k
        )
        total += float(errors.sum())
        gradient += family.pull(theta, x, pulled.transpose(1, 0, 2).reshape(sketch.shape[0], -1))
    return total / len(matrices), gradient / len(matrices)
