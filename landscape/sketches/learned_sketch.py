"""Learning a sketch for low-rank approximation from example matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from fjlt import Operator, boundary
from fjlt.runs.backends import one_blas_thread
from fjlt.types import IndexArray, OperatorLike, RealArray, RNGLike
from landscape import data
from landscape.sketches.examples import Examples, check_examples
from landscape.sketches.structures import STRUCTURES, Structure
from landscape.training.descent import Objective, Trace, adam, batch_objectives
from landscape.training.progress import Callback, reporting

__all__ = ["LearnedSketch", "approximation_errors", "learn_sketch"]


@dataclass(frozen=True, eq=False)
class LearnedSketch:
    """Result of ``learn_sketch``.

    Attributes
    ----------
    sketch : Operator, shape (l, n)
        The iterate with the least mean error on the held-out matrices, or on the training matrices
        if none are held out.
    error : float
        That mean of ‖X - B_k(X)‖_F².
    history : ndarray
        Mean error of the training matrices at the start and after every pass. If matrices are held
        out and the training is in batches, the mean of the errors at the steps of the pass.
    held_out : ndarray
        Mean error of the held-out matrices at the start and after every pass; empty if there are
        none.
    best_step : int
        Number of steps after which the sketch was met.
    reason : str
        A sentence that says why the training stopped and what to try.
    n_steps : int
        Number of steps of the training.

    Examples
    --------
    >>> X = np.diag([3.0, 2.0, 1.0, 0.0])
    >>> learned = learn_sketch([X], k=1, l=2, structure="dense", held_out=0, rng=0)
    >>> learned.sketch.shape, bool(learned.error <= learned.history[0])
    ((2, 4), True)
    """

    sketch: Operator
    error: float
    history: RealArray = field(repr=False)
    held_out: RealArray = field(repr=False)
    best_step: int
    reason: str
    n_steps: int


@one_blas_thread()
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
    callback: Callback | None = None,
    progress: bool = False,
    rng: RNGLike = None,
) -> LearnedSketch:
    """Learn a sketch B, shape (l, n), that minimises the mean of ‖X - B_k(X)‖_F² over matrices X.

    B_k(X) is the best approximation of X of rank k with rows in the row space of BX. The sketch is
    trained by Adam. Of the iterates after each pass, the one with the least error on held-out
    matrices is returned.

    Parameters
    ----------
    matrices : sequence of array_like, shapes (n, d_i)
        Real matrices with equally many rows.
    k, l : int
        Rank of the approximation and number of rows of the sketch, 1 <= k <= l <= n.
    structure : {"butterfly", "sparse", "dense"}
        "butterfly": a truncated butterfly with random outputs; it starts at an SRHT. "sparse":
        ``nonzeros`` entries in each column, in random rows; they start at random signs. "dense":
        any matrix; it starts at a Gaussian one.
    nonzeros : int
        Entries in each column of a "sparse" sketch, 1 <= nonzeros <= l.
    held_out : float or sequence of array_like
        Share of the matrices, drawn at random, that is held out from the training to choose the
        iterate; or other matrices to choose it. With 0 the training error chooses it.
    step_size : float
        Step size of Adam.
    max_steps : int
        Number of steps of Adam.
    batch_size : int, optional
        Matrices in a step; a pass visits all of them once in random order. Default: all.
    callback : callable, optional
        Called as callback(step, mean training error) at the start and after each pass; a true
        result ends the training.
    progress : bool
        Whether to show a progress bar, on standard error.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the held-out matrices, the start and the batches.

    Returns
    -------
    LearnedSketch
        The chosen iterate, its error and the history of the training.

    Raises
    ------
    ValueError, TypeError
        For sizes or options out of range, entries that are complex or not finite, matrices with
        different numbers of rows, or too few matrices to hold any out.

    See Also
    --------
    approximation_errors : The errors of a sketch.

    Notes
    -----
    The result does not depend on the scale of the matrices. Cost of a step: a product with the
    sketch, its gradient, and a QR and an eigendecomposition of size min(l, d) for each matrix. The
    problem is not convex and may have local minima.

    References
    ----------
    Section 6 of arXiv 2007.08864v2.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X = load_digits().images[:100]
    >>> learned = learn_sketch(X, k=2, l=4, max_steps=50, rng=0)
    >>> learned.sketch.shape, bool(learned.error < learned.held_out[0])
    ((4, 8), True)
    """
    examples = check_examples(matrices, "matrices")
    n = len(examples[0])
    l = boundary.dimension(l, "l", high=n)
    k = boundary.dimension(k, "k", high=l)
    data.choice(structure, "structure", tuple(STRUCTURES))
    nonzeros = boundary.dimension(nonzeros, "nonzeros", high=l)
    step_size = boundary.number(step_size, "step_size", above=0, high=1e300)
    max_steps = boundary.dimension(max_steps, "max_steps")
    rng = np.random.default_rng(rng)
    train, validation = _split(examples, held_out, rng)
    if batch_size is not None:
        batch_size = boundary.dimension(batch_size, "batch_size", high=len(train))
    largest = max(float(np.abs(X).max()) for X in (*train, *validation))
    data.check_squares(np.array([largest]), "the matrices")
    # Division by a power of 2 is exact.
    unit = 2.0 ** round(np.log2(largest)) if largest > 0 else 1.0

    family = STRUCTURES[structure](l, n, nonzeros, rng)
    training = _TrainingError(
        family,
        Examples.of([X / unit for X in train]),
        k,
        from_batches=bool(validation) and batch_size not in (None, len(train)),
    )
    selection = _Selection(family, Examples.of([X / unit for X in validation]), k)
    with np.errstate(all="ignore"), reporting(progress, max_steps, callback) as report:

        def observe(step: int, theta: RealArray, loss: float) -> bool:
            selection.consider(step, theta, loss)
            return report is not None and bool(report(step, loss * unit**2))

        # Only a zero gradient counts as convergence.
        trace = Trace(1.0, np.finfo(float).tiny, observe)
        batches = batch_objectives(len(train), batch_size, training, training.of_samples, rng)
        adam(training, batches, family.start, trace, step_size=step_size, max_steps=max_steps)
    return LearnedSketch(
        family.sketch(selection.theta),
        selection.error * unit**2,
        np.array(trace.history) * unit**2,
        np.array(selection.history) * unit**2,
        selection.step,
        trace.reason,
        trace.n_steps,
    )


class _TrainingError:
    """Mean error of the training matrices, as the objective of Adam.

    With ``from_batches``, the value after a pass is the mean of the errors that its batches met, so
    that no further evaluation is needed. (The first value, before any batch, is computed.)
    """

    def __init__(
        self, family: Structure, examples: Examples, k: int, *, from_batches: bool
    ) -> None:
        self._family, self._examples, self._k = family, examples, k
        self._from_batches = from_batches
        self._batch_errors: list[float] = []
        self._gradient = np.zeros_like(family.start)

    def __call__(self, theta: RealArray) -> tuple[float, RealArray]:
        """Mean error and gradient; from batches, the gradient is that of the last one."""
        if not (self._from_batches and self._batch_errors):
            return self._examples.mean_and_gradient(self._family, theta, self._k)
        error = float(np.mean(self._batch_errors))
        self._batch_errors.clear()
        return error, self._gradient

    def of_samples(self, numbers: IndexArray) -> Objective:
        """The mean error of the matrices with these numbers."""
        return partial(self._batch, self._examples.subset(numbers.tolist()))

    def _batch(self, examples: Examples, theta: RealArray) -> tuple[float, RealArray]:
        error, self._gradient = examples.mean_and_gradient(self._family, theta, self._k)
        self._batch_errors.append(error)
        return error, self._gradient


class _Selection:
    """Keep the iterate with the least mean error on the validation matrices.

    Without such matrices it keeps the one with the least training error.

    Attributes
    ----------
    theta, step, error
        The best iterate, its step and its error.
    history : list of float
        Mean error of the validation matrices at every iterate considered.
    """

    def __init__(self, family: Structure, validation: Examples, k: int) -> None:
        self._family, self._validation, self._k = family, validation, k
        self.theta, self.step, self.error = family.start, 0, np.inf
        self.history: list[float] = []

    def consider(self, step: int, theta: RealArray, training_error: float) -> None:
        """Keep the iterate if it is the best so far."""
        error = training_error
        if len(self._validation):
            error = float(np.mean(self._validation.errors(self._family.at(theta).product, self._k)))
            self.history.append(error)
        if error < self.error:
            self.theta, self.step, self.error = theta.copy(), step, error


@one_blas_thread()
def approximation_errors(sketch: OperatorLike, matrices: Sequence[ArrayLike], k: int) -> RealArray:
    """‖X - B_k(X)‖_F² for each matrix X and a sketch B; B_k as in ``learn_sketch``.

    Parameters
    ----------
    sketch : array_like or linear operator, shape (l, n)
        B, real.
    matrices : sequence of array_like, shapes (n, d_i)
        Real matrices with equally many rows.
    k : int
        Rank of the approximation, 1 <= k <= l.

    Returns
    -------
    ndarray, shape (number of matrices,)
        Squared Frobenius norms, in the order of the matrices.

    Raises
    ------
    ValueError, TypeError
        As ``learn_sketch``.

    Examples
    --------
    >>> approximation_errors(np.eye(2, 3), [np.diag([3.0, 2.0, 1.0])], k=1)
    array([5.])
    """
    examples = check_examples(matrices, "matrices")
    B = data.as_operator(sketch, len(examples[0]))
    k = boundary.dimension(k, "k", high=B.shape[0])
    for i, X in enumerate(examples):
        data.check_squares(X, f"matrices[{i}]")
    return Examples(examples, examples).errors(lambda x: data.encode(B, x), k)


def _split(
    examples: list[RealArray], held_out: float | Sequence[ArrayLike], rng: np.random.Generator
) -> tuple[list[RealArray], list[RealArray]]:
    """The training matrices, in random order, and the held-out matrices."""
    order = rng.permutation(len(examples))
    if isinstance(held_out, Sequence | np.ndarray):
        others = check_examples(held_out, "held_out")
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
