"""Adam and L-BFGS on a function of a vector; the best point that was met is kept."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import isfinite, sqrt

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from fjlt.types import IndexArray, RealArray

__all__ = ["Objective", "Trace", "adam", "batch_objectives", "l_bfgs"]

Objective = Callable[[RealArray], tuple[float, RealArray]]
"""Value and gradient of a function of a vector; the value is inf where they are not finite."""

# The published constants of Adam: decay of the mean of the gradients and weight of a new one in it,
# the same for the mean of their squares, and the regularisation.
MEAN_DECAY, MEAN_WEIGHT, SQUARE_DECAY, SQUARE_WEIGHT, EPSILON = 0.9, 0.1, 0.999, 0.001, 1e-8
# Pairs of steps and gradient differences that L-BFGS keeps.
N_PAIRS = 20


@dataclass
class Trace:
    """The course of a descent: its losses, its best point, and why it ended.

    Attributes
    ----------
    scale : float
        Unit of the relative gradient norm ‖∇L‖·‖θ‖ / scale.
    tolerance : float
        The descent has converged when the relative gradient norm is at most this.
    observer : callable, optional
        Called as observer(step, theta, loss) at every recorded point; a true result ends the
        descent.
    best, loss : ndarray, float
        The recorded point of least loss, and its loss.
    history : list of float
        Loss of every recorded point.
    n_steps : int
    gradient_norm : float
        Relative gradient norm at the last recorded point.
    reason : str
        A sentence that says why the descent ended; empty until then.
    converged : bool
    """

    scale: float
    tolerance: float
    observer: Callable[[int, RealArray, float], bool] | None
    best: RealArray = field(default_factory=lambda: np.empty(0))
    loss: float = np.inf
    history: list[float] = field(default_factory=list)
    n_steps: int = 0
    gradient_norm: float = np.inf
    reason: str = ""
    converged: bool = False

    def record(self, step: int, theta: RealArray, loss: float, gradient: RealArray) -> bool:
        """Record the point after ``step`` updates, and return whether the descent ends there."""
        self.n_steps = step
        if not isfinite(loss):
            self.reason = (
                f"The descent diverged: the loss is not finite after step {step}, and the best "
                "earlier point is returned; try a smaller step_size, or rescale X and Y."
            )
            return True
        self.history.append(loss)
        if loss < self.loss:
            self.best, self.loss = theta.copy(), loss
        stopped = self.observer is not None and self.observer(step, theta, loss)
        self.gradient_norm = sqrt(gradient @ gradient) * sqrt(theta @ theta) / self.scale
        if self.gradient_norm <= self.tolerance:
            self.converged = True
            self.reason = (
                f"The descent converged: the relative gradient norm {self.gradient_norm:.1e} is at "
                f"most the tolerance {self.tolerance:.1e}; to tell a minimum from a saddle, "
                "compare the loss with reduced_loss."
            )
            return True
        if stopped:
            self.reason = (
                f"The callback stopped the descent after step {step}; call again to go on from "
                "there."
            )
            return True
        return False

    def exhausted(self, max_steps: int) -> None:
        """Record that all steps are used up."""
        self.reason = (
            f"The descent stopped after max_steps = {max_steps} steps with relative gradient norm "
            f"{self.gradient_norm:.1e}, above the tolerance {self.tolerance:.1e}; raise max_steps, "
            "or go on from here with start=."
        )

    def stalled(self) -> None:
        """Record that no step lowers the loss any more."""
        self.reason = (
            f"The line search found no lower loss after step {self.n_steps}, at relative gradient "
            f"norm {self.gradient_norm:.1e} against the tolerance {self.tolerance:.1e}: this is "
            "the limit of double precision; raise tolerance, or rescale X and Y."
        )


def adam(
    objective: Objective,
    batches: Iterator[tuple[Objective, bool]],
    theta: RealArray,
    trace: Trace,
    *,
    step_size: float,
    max_steps: int,
) -> None:
    """Adam with its published constants, from ``theta``; the course goes to ``trace``.

    ``batches`` yields the objective of each step, and whether the step ends a pass over the data.
    ``objective``, over all the data, is recorded at the start and after each pass. Where a step has
    ``objective`` itself, its gradient is not evaluated again.

    References
    ----------
    Kingma, Ba, ICLR 2015, Algorithm 1.
    """
    loss, gradient = objective(theta)
    if trace.record(0, theta, loss, gradient):
        return
    mean, square = np.zeros_like(theta), np.zeros_like(theta)
    for step in range(1, max_steps + 1):
        batch, ends_pass = next(batches)
        slope = gradient if batch is objective else batch(theta)[1]
        # Exponential means of the gradient and of its square; both start at zero, and division by
        # 1 - decay^step removes the bias of that start.
        mean += MEAN_WEIGHT * (slope - mean)
        square += SQUARE_WEIGHT * (slope**2 - square)
        corrected = mean / (1 - MEAN_DECAY**step)
        theta = theta - step_size * corrected / (
            np.sqrt(square / (1 - SQUARE_DECAY**step)) + EPSILON
        )
        if ends_pass or step == max_steps:
            loss, gradient = objective(theta)
            if trace.record(step, theta, loss, gradient):
                return
    trace.exhausted(max_steps)


def batch_objectives(
    n_samples: int,
    batch_size: int | None,
    objective: Objective,
    of_samples: Callable[[IndexArray], Objective],
    rng: np.random.Generator,
) -> Iterator[tuple[Objective, bool]]:
    """Objective of each step of Adam, and whether the step is the last of a pass over the samples.

    A pass visits all samples once, in random order. ``of_samples`` gives the objective of the
    samples with the given numbers, ``objective`` is that of all of them.
    """
    while batch_size is None or batch_size == n_samples:
        yield objective, True
    while True:
        order = rng.permutation(n_samples)
        for first in range(0, n_samples, batch_size):
            last = first + batch_size
            yield of_samples(order[first:last]), last >= n_samples


class _LastEvaluation:
    """An objective that remembers its last evaluation."""

    def __init__(self, objective: Objective) -> None:
        self._objective = objective

    def __call__(self, theta: RealArray) -> tuple[float, RealArray]:
        self.theta = theta.copy()
        self.loss, self.gradient = self._objective(theta)
        return self.loss, self.gradient


def l_bfgs(objective: Objective, theta: RealArray, trace: Trace, *, max_steps: int) -> None:
    """L-BFGS with 20 pairs, by SciPy, from ``theta``; a step is an accepted line search."""
    last = _LastEvaluation(objective)
    last(theta)
    if trace.record(0, last.theta, last.loss, last.gradient):
        return

    def accepted(intermediate_result: OptimizeResult) -> None:
        # The accepted point is nearly always the one that was evaluated last.
        if not np.array_equal(last.theta, intermediate_result.x):
            last(intermediate_result.x)
        if trace.record(trace.n_steps + 1, last.theta, last.loss, last.gradient):
            raise StopIteration

    # SciPy's own tests of convergence are turned off: ``trace`` decides.
    options = {
        "maxiter": max_steps,
        "maxfun": 30 * max_steps,
        "maxcor": N_PAIRS,
        "ftol": 0.0,
        "gtol": 0.0,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        minimize(last, theta, jac=True, method="L-BFGS-B", callback=accepted, options=options)
    if trace.reason:
        return
    if trace.n_steps >= max_steps:
        trace.exhausted(max_steps)
    elif not np.isfinite(last.loss):
        trace.record(trace.n_steps + 1, last.theta, last.loss, last.gradient)
    else:
        trace.stalled()
