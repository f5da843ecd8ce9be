"""Two ways down: Adam and L-BFGS on a function of a vector, never losing the best point seen."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize

__all__ = ["Trace", "adam", "batches", "l_bfgs"]

Array = NDArray[np.float64]
Objective = Callable[[Array], tuple[float, Array]]


@dataclass
class Trace:
    """The course of a descent: losses, best point, and why it ended.

    ``scale`` makes the gradient dimensionless: its relative norm is ‖∇L‖·‖θ‖ / scale.
    """

    scale: float
    tolerance: float
    watch: Callable[[int, float], Any] | None
    best: Array = field(default_factory=lambda: np.empty(0))
    loss: float = np.inf
    history: list[float] = field(default_factory=list)
    n_steps: int = 0
    slope: float = np.inf
    reason: str = ""
    converged: bool = False

    def record(self, step: int, theta: Array, loss: float, gradient: Array) -> bool:
        """Note a point after ``step`` updates; whether the descent should end there."""
        self.n_steps = step
        if not np.isfinite(loss):
            self.reason = (
                f"The descent diverged: the loss is not finite after step {step}, and the best "
                f"earlier point "
                "is returned; try a smaller step_size, or rescale X and Y."
            )
            return True
        self.history.append(loss)
        if loss < self.loss:
            self.best, self.loss = theta.copy(), loss
        self.slope = float(np.linalg.norm(gradient) * np.linalg.norm(theta)) / self.scale
        if self.slope <= self.tolerance:
            self.converged = True
            self.reason = (
                f"The descent converged: the relative gradient norm {self.slope:.1e} is at most "
                f"the tolerance {self.tolerance:.1e}; to tell a minimum from a saddle, compare "
                f"the loss with "
                "reduced_loss."
            )
            return True
        if self.watch is not None and self.watch(step, loss):
            self.reason = f"The callback stopped the descent after step {step}; call again to go on from there."
            return True
        return False

    def exhausted(self, max_steps: int) -> None:
        """Note that the steps are used up."""
        self.reason = (
            f"The descent stopped after max_steps = {max_steps} steps with relative gradient norm "
            f"{self.slope:.1e}, above the tolerance {self.tolerance:.1e}; raise max_steps, or go "
            f"on from "
            "here with start=."
        )

    def stalled(self) -> None:
        """Note that no step lowers the loss any more."""
        self.reason = (
            f"The line search found no lower loss after step {self.n_steps}, at relative gradient "
            f"norm {self.slope:.1e} against the tolerance {self.tolerance:.1e}: double precision "
            f"ends here; raise "
            "tolerance, or rescale X and Y."
        )


def adam(
    objective: Objective,
    batches: Iterator[tuple[Objective, bool]],
    theta: Array,
    trace: Trace,
    *,
    step_size: float,
    max_steps: int,
) -> None:
    """Adam (Kingma, Ba, ICLR 2015, Algorithm 1) with its constants 0.9, 0.999, 1e-8.

    ``batches`` yields the objective of each step and whether it ends a pass over the data;
    ``objective`` is recorded at the start and after each pass. A full batch is the same function,
    evaluated once.
    """
    loss, gradient = objective(theta)
    if trace.record(0, theta, loss, gradient):
        return
    mean, square = np.zeros_like(theta), np.zeros_like(theta)
    for step in range(1, max_steps + 1):
        part, last = next(batches)
        slope = gradient if part is objective else part(theta)[1]
        mean += 0.1 * (slope - mean)
        square += 0.001 * (slope**2 - square)
        corrected = mean / (1 - 0.9**step)
        theta = theta - step_size * corrected / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        if last or step == max_steps:
            loss, gradient = objective(theta)
            if trace.record(step, theta, loss, gradient):
                return
    trace.exhausted(max_steps)


def batches(
    n: int,
    size: int | None,
    whole: Objective,
    part: Callable[[NDArray[np.intp]], Objective],
    rng: np.random.Generator,
) -> Iterator[tuple[Objective, bool]]:
    """Objectives of the steps of Adam, and whether each is the last of a pass over n samples.

    ``part`` gives that of the samples with the given numbers.
    """
    while size is None or size == n:
        yield whole, True
    while True:
        order = rng.permutation(n)
        for first in range(0, n, size):
            yield part(order[first : first + size]), first + size >= n


def l_bfgs(objective: Objective, theta: Array, trace: Trace, *, max_steps: int) -> None:
    """L-BFGS with 20 pairs, by SciPy; a step is an accepted line search."""
    latest = theta, *objective(theta)
    if trace.record(0, *latest):
        return
    overflow = False

    def evaluate(point: Array) -> tuple[float, Array]:
        nonlocal latest, overflow
        latest = point.copy(), *objective(point)
        overflow = not np.isfinite(latest[1])
        return latest[1:]

    def accepted(intermediate_result: OptimizeResult) -> None:
        if not np.array_equal(latest[0], intermediate_result.x):
            evaluate(intermediate_result.x)
        if trace.record(trace.n_steps + 1, *latest):
            raise StopIteration

    options = {
        "maxiter": max_steps,
        "maxfun": 30 * max_steps,
        "maxcor": 20,
        "ftol": 0.0,
        "gtol": 0.0,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        minimize(evaluate, theta, jac=True, method="L-BFGS-B", callback=accepted, options=options)
    if trace.reason:
        return
    if trace.n_steps >= max_steps:
        trace.exhausted(max_steps)
    elif overflow:
        trace.record(trace.n_steps + 1, *latest)
    else:
        trace.stalled()
