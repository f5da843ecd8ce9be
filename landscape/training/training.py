"""Training of the encoder-decoder network, with a reason for where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from fjlt import MatrixOperator, Operator, boundary
from landscape import data
from landscape.fixed.network import EncoderDecoder
from landscape.training.descent import Objective, Trace, adam, batches, l_bfgs
from landscape.training.variable_projection import VariableProjection

__all__ = ["METHODS", "Fit", "Watch", "choice", "fit", "watching"]

Array = NDArray[np.float64]
Watch = Callable[[int, float], Any]
METHODS = ("adam", "l-bfgs", "variable-projection")


@dataclass(frozen=True, eq=False)
class Fit:
    """Outcome of a training.

    Attributes
    ----------
    network : EncoderDecoder
        The best point seen.
    loss : float
        Its loss, ‖DEBX - Y‖_F².
    history : ndarray
        Loss over all samples at the start and after every pass over them; with a full batch and
        with L-BFGS every step is a pass. ``loss`` is its minimum, with variable projection up to
        rounding.
    reason : str
        A sentence that says why the training stopped and what to try.
    converged : bool
        Whether the relative gradient norm reached the tolerance.
    n_steps : int
    """

    network: EncoderDecoder
    loss: float
    history: Array = field(repr=False)
    reason: str
    converged: bool
    n_steps: int


def fit(
    X: ArrayLike,
    Y: ArrayLike,
    k: int,
    butterfly: Any,
    trainable: Literal["all", "fixed-b"] = "all",
    method: Literal["adam", "l-bfgs", "variable-projection"] = "l-bfgs",
    *,
    start: EncoderDecoder | None = None,
    max_steps: int = 1000,
    tolerance: float = 1e-6,
    step_size: float = 0.01,
    batch_size: int | None = None,
    callback: Watch | None = None,
    progress: bool = False,
    rng: Any = None,
) -> Fit:
    """Minimise ‖DEBX - Y‖_F² over D, E and, with ``trainable="all"``, the weights of the butterfly
    B.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data; columns are samples.
    Y : array_like, shape (m, d)
    k : int
        Width of the bottleneck, 1 <= k <= n.
    butterfly : fjlt.TruncatedButterfly, fjlt.Butterfly, or any real array or linear operator, shape
    (l, n)
        B, where the training starts; only a butterfly can be trained.
    trainable : {"all", "fixed-b"}
    method : {"adam", "l-bfgs", "variable-projection"}
        The last is L-BFGS in the weights of B alone, with the best D and E for each B: it starts at
        the loss of the best D and E for B as given, never goes above it, and needs
        ``trainable="all"``.
    start : EncoderDecoder, optional
        Its D and E are the start; not for "variable-projection". Default: D with N(0, 1/m) entries,
        E with normal entries of the size that makes ‖DEBX‖_F about ‖Y‖_F.
    max_steps : int
        Parameter updates, or accepted line searches.
    tolerance : float
        Training ends when ‖∇L‖·‖(D, E, weights)‖ <= tolerance·‖Y‖_F², measured as below.
    step_size : float
        Of Adam, measured as below.
    batch_size : int, optional
        Samples a step of Adam; a pass visits all samples once in random order. Default: all.
    callback : callable, optional
        Called as callback(step, loss) wherever ``history`` is extended; a true result ends the
        training.
    progress : bool
        Whether to show a progress bar.
    rng : None, int, SeedSequence, BitGenerator or Generator
        For the start and the batches.

    Returns
    -------
    Fit
        Never worse than the best point that was seen; a loss that is not finite ends the training.

    Raises
    ------
    ValueError, TypeError
        For bad shapes, k, options, entries that are complex or not finite; if B is to be trained
        and is not a butterfly; if the loss is not finite at the start.

    Notes
    -----
    Training is blind to the scale of the data: it runs on X and Y divided by the powers of 2
    nearest to ‖BX‖_F and ‖Y‖_F. Cost of a step: one gradient, see ``EncoderDecoder``. With B fixed
    every local minimum is global (see ``critical_points``); with B trained it need not be.

    Examples
    --------
    >>> X = np.diag([3.0, 2.0, 1.0, 1.0])
    >>> result = fit(X, X, 2, np.eye(4), trainable="fixed-b", rng=0)
    >>> round(result.loss, 6), result.converged
    (2.0, True)
    """
    x, y = data.pair(X, Y)
    B = data.as_operator(butterfly, len(x))
    k = data.bottleneck(k, len(x))
    choice(trainable, "trainable", ("all", "fixed-b"))
    choice(method, "method", METHODS)
    if method == "variable-projection" and (trainable != "all" or start is not None):
        raise ValueError(
            "method='variable-projection' eliminates D and E: it needs trainable='all', and no "
            "start"
        )
    max_steps = boundary.dimension(max_steps, "max_steps")
    tolerance = boundary.number(tolerance, "tolerance", above=0, high=1)
    step_size = boundary.number(step_size, "step_size", above=0, high=1e300)
    if batch_size is not None:
        batch_size = boundary.dimension(batch_size, "batch_size", high=x.shape[1])
        if method != "adam":
            raise ValueError(
                f"batch_size = {batch_size} needs method='adam'; {method} uses all samples"
            )
    rng = np.random.default_rng(rng)

    size_x, size_y = _size(data.encode(B, x)), _size(y)
    network, seen = _stage(x / size_x, y / size_y, k, B, trainable, start, size_x / size_y, rng)
    y = y / size_y
    objective: Objective = _objective(network, seen, y)
    theta = network.flatten(network.parameters)
    if method == "variable-projection":
        objective = VariableProjection(B, seen, y, k)
        theta = objective.start
    with np.errstate(all="ignore"), watching(progress, max_steps, callback) as watch:
        if not np.isfinite(objective(theta)[0]):
            raise ValueError("the loss is not finite at the start; rescale X, Y, B or the start")
        trace = Trace(
            float(np.square(y).sum()) or 1.0,
            tolerance,
            watch and (lambda s, loss: watch(s, loss * size_y**2)),
        )
        if method == "adam":
            steps = batches(
                y.shape[1],
                batch_size,
                objective,
                lambda some: _objective(network, seen[:, some], y[:, some]),
                rng,
            )
            adam(objective, steps, theta, trace, step_size=step_size, max_steps=max_steps)
        else:
            l_bfgs(objective, theta, trace, max_steps=max_steps)
    if isinstance(objective, VariableProjection):
        network = EncoderDecoder(
            *objective.decoder_encoder(trace.best), objective.butterfly(trace.best)
        )
        trace.loss = network.loss(seen, y)
    else:
        network = network.with_parameters(network.unflatten(trace.best))
    butterfly = B if trainable == "fixed-b" else network.butterfly
    network = EncoderDecoder(network.decoder, network.encoder * (size_y / size_x), butterfly)
    history = np.array(trace.history) * size_y**2
    return Fit(
        network, trace.loss * size_y**2, history, trace.reason, trace.converged, trace.n_steps
    )


def _size(a: Array) -> float:
    """The power of 2 nearest to the norm, so that dividing by it rounds nothing; 1 for zero."""
    norm = float(np.linalg.norm(a))
    return 2.0 ** round(np.log2(norm)) if 0 < norm < np.inf else 1.0


def _stage(
    x: Array,
    y: Array,
    k: int,
    B: Operator,
    trainable: str,
    start: EncoderDecoder | None,
    unit: float,
    rng: np.random.Generator,
) -> tuple[EncoderDecoder, Array]:
    """The network that is trained and the data that it sees: with B fixed, the encoded data and B =
    I.

    ``unit`` is the factor of the encoder of ``start`` in the units of x and y.
    """
    encoded = data.encode(B, x)
    m, l = len(y), len(encoded)
    if start is None:
        size = float(np.linalg.norm(encoded))
        ratio = float(np.linalg.norm(y)) / size if 0 < size < np.inf else 1.0
        D = rng.normal(scale=m**-0.5, size=(m, k))
        E = rng.normal(scale=ratio * k**-0.5, size=(k, l))
    elif isinstance(start, EncoderDecoder):
        D = boundary.matrix(start.decoder, "start.decoder", n_rows=m, n_columns=k)
        E = unit * boundary.matrix(start.encoder, "start.encoder", n_rows=k, n_columns=l)
    else:
        raise TypeError(f"start must be an EncoderDecoder, got {type(start).__name__}")
    if trainable == "fixed-b":
        return EncoderDecoder(D, E, MatrixOperator(sparse.eye_array(l))), encoded
    network = EncoderDecoder(D, E, B)
    if not network.trainable:
        raise ValueError(
            f"trainable='all' needs a Butterfly or TruncatedButterfly, got {type(B).__name__}; "
            f"use trainable='fixed-b'"
        )
    return network, x


def _objective(network: EncoderDecoder, x: Array, y: Array) -> Objective:
    """Loss and gradient as functions of the free parameters; (inf, 0) where they are not finite."""
    mask = network.mask

    def objective(theta: Array) -> tuple[float, Array]:
        try:
            there = network.with_parameters(network.unflatten(theta))
            loss, (D, E, weights) = there.loss_and_gradient(x, y)
        except ValueError:  # an entry overflowed
            return np.inf, np.zeros_like(theta)
        parts = [D.ravel(), E.ravel()] + ([] if weights is None else [weights[mask]])
        gradient = np.concatenate(parts)
        if not (np.isfinite(loss) and np.isfinite(gradient).all()):
            return np.inf, np.zeros_like(theta)
        return loss, gradient

    return objective


@contextmanager
def watching(progress: bool, max_steps: int, callback: Watch | None) -> Iterator[Watch | None]:
    """The callback, with a progress bar around it on request."""
    if not progress:
        yield callback
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("training", total=max_steps)

        def watch(step: int, loss: float) -> Any:
            bar.update(task, completed=step, description=f"loss {loss:.6g}")
            return callback is not None and callback(step, loss)

        yield watch


def choice(value: Any, name: str, known: tuple[str, ...]) -> None:
    """``ValueError`` unless the value is one of those known."""
    if value not in known:
        raise ValueError(f"{name} = {value!r} is unknown; use one of {', '.join(map(repr, known))}")
