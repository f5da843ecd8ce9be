"""Training of the encoder-decoder network D·E·B·X."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from fjlt import Butterfly, MatrixOperator, Operator, TruncatedButterfly, boundary
from fjlt.runs.backends import one_blas_thread
from fjlt.types import OperatorLike, RealArray, RNGLike
from landscape import data
from landscape.fixed.network import EncoderDecoder
from landscape.fixed.reduced import reduced_loss
from landscape.training.descent import Trace, adam, batch_objectives, l_bfgs
from landscape.training.network_loss import NetworkLoss
from landscape.training.progress import Callback, reporting
from landscape.training.small_networks import small_l_bfgs
from landscape.training.variable_projection import VariableProjection

__all__ = ["METHODS", "Fit", "fit"]

METHODS = ("adam", "l-bfgs", "variable-projection")
SMALLEST_RATIO = 1e-290
"""Least ratio of the norms of Y and of the encoded data, in either order: a size of E."""


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """Result of a training, and how far it is from the best possible.

    Attributes
    ----------
    network : EncoderDecoder
        The best network that the training met.
    loss : float
        Its loss, ‖DEBX - Y‖_F².
    history : ndarray
        Loss over all samples at the start and after every pass over them; with a full batch and
        with L-BFGS every step is a pass. Its minimum is ``loss`` (with variable projection, up to
        rounding).
    reason : str
        A sentence that says why the training stopped and what to try.
    converged : bool
        Whether the relative gradient norm reached the tolerance.
    n_steps : int
        Parameter updates, or accepted line searches.
    trainable : {"all", "fixed-b"}
        What was trained.
    problem : tuple (X, Y, k, unit)
        What ``optimum`` depends on: scaled data, for a fixed B those that it encodes; the largest
        rank of D·E·B; and the unit of the losses of these data.

    Examples
    --------
    >>> from fjlt import srht
    >>> X = np.diag([3.0, 2.0, 1.0, 1.0])
    >>> result = fit(X, X, 2, np.eye(4), trainable="fixed-b", rng=0)
    >>> round(result.optimum, 9), result.gap < 1e-9
    (2.0, True)

    With a trained B, no more is known than a lower bound of the least loss:

    >>> result = fit(X, X, 2, srht(3, 4, rng=0), rng=0)
    >>> round(result.optimum, 9), 0 <= result.gap < 1
    (2.0, True)
    >>> str(result).startswith(f"Fit(loss={result.loss:.9g}, optimum>=2, gap<=")
    True
    """

    network: EncoderDecoder
    loss: float
    history: RealArray
    reason: str
    converged: bool
    n_steps: int
    trainable: Literal["all", "fixed-b"]
    problem: tuple[RealArray, RealArray, int, float]

    @cached_property
    def optimum(self) -> float:
        """The least loss that is possible, or what is known of it.

        With B fixed it is the minimum over D and E. With B trained it is the least loss of all
        matrices of rank min(k, l) in place of D·E·B, as by PCA or by reduced-rank regression. No
        training goes below, and the kept outputs may not reach it.

        It is computed when it is first asked for, by one singular value decomposition of the data.
        """
        x, y, rank, unit = self.problem
        return (
            reduced_loss(x, y, MatrixOperator(sparse.eye_array(len(x), format="csr")), rank) * unit
        )

    @property
    def gap(self) -> float:
        """Loss above ``optimum``, up to rounding; with B trained, the largest that it can be."""
        return self.loss - self.optimum

    def __repr__(self) -> str:
        optimum, gap = (
            ("optimum=", "gap=") if self.trainable == "fixed-b" else ("optimum>=", "gap<=")
        )
        return (
            f"Fit(loss={self.loss:.9g}, {optimum}{self.optimum:.9g}, {gap}{self.gap:.3g}, "
            f"converged={self.converged}, n_steps={self.n_steps}, reason={self.reason!r}, "
            f"network={self.network!r})"
        )


@one_blas_thread()
def fit(
    X: ArrayLike,
    Y: ArrayLike,
    k: int,
    butterfly: OperatorLike,
    trainable: Literal["all", "fixed-b"] = "all",
    method: Literal["adam", "l-bfgs", "variable-projection"] = "l-bfgs",
    *,
    start: EncoderDecoder | None = None,
    max_steps: int = 1000,
    tolerance: float = 1e-6,
    step_size: float = 0.01,
    batch_size: int | None = None,
    callback: Callback | None = None,
    progress: bool = False,
    rng: RNGLike = None,
) -> Fit:
    """Minimise ‖DEBX - Y‖_F² over D, E and, with ``trainable="all"``, the weights of B.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data; columns are samples.
    Y : array_like, shape (m, d)
        Real targets.
    k : int
        Width of the bottleneck, 1 <= k <= n.
    butterfly : butterfly, array_like or linear operator, shape (l, n)
        B at the start, real. Only a ``fjlt.TruncatedButterfly`` or ``fjlt.Butterfly`` can be
        trained; anything else needs ``trainable="fixed-b"``.
    trainable : {"all", "fixed-b"}
        Whether to train D, E and B, or D and E only.
    method : {"adam", "l-bfgs", "variable-projection"}
        "variable-projection" is L-BFGS in the weights of B alone, with the best D and E for each B.
        It starts at the best D and E for the given B, and its loss never exceeds that of the start.
        It needs ``trainable="all"``.
    start : EncoderDecoder, optional
        The training starts at its D and E; not for "variable-projection". Default: D with N(0, 1/m)
        entries and E with normal entries, scaled so that ‖DEBX‖_F is about ‖Y‖_F.
    max_steps : int
        Largest number of parameter updates (Adam) or of accepted line searches.
    tolerance : float
        Training ends when ‖∇L‖·‖(D, E, weights)‖ <= tolerance·‖Y‖_F², on the scaled data (see
        Notes).
    step_size : float
        Step size of Adam, on the scaled data (see Notes).
    batch_size : int, optional
        Samples in a step of Adam; a pass visits all samples once in random order. Default: all.
    callback : callable, optional
        Called as callback(step, loss) whenever ``history`` is extended; a true result ends the
        training.
    progress : bool
        Whether to show a progress bar, on standard error.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the start and the batches.

    Returns
    -------
    Fit
        The best network that was met. A loss that is not finite ends the training, without an
        exception.

    Raises
    ------
    ValueError, TypeError
        For bad shapes, k or options, and for entries that are complex or not finite; if B is to be
        trained and is not a butterfly; if the loss is not finite at the start.

    See Also
    --------
    fit_two_phase : Train D and E first, then everything.
    reduced_loss : The least loss for a fixed B.

    Notes
    -----
    The result does not depend on the number of threads of BLAS, which is one.

    For small networks all of L-BFGS is compiled, which takes some seconds when it first runs on a
    machine. For others it is that of SciPy.

    Training runs on X and Y divided by the powers of 2 nearest to ‖BX‖_F and ‖Y‖_F, so it does not
    depend on the scale of the data. Cost of a step: one gradient, see ``EncoderDecoder``. For a
    fixed B every local minimum is global (see ``critical_points``); for a trained B there may be
    others.

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
    data.choice(trainable, "trainable", ("all", "fixed-b"))
    data.choice(method, "method", METHODS)
    if method == "variable-projection" and (trainable != "all" or start is not None):
        raise ValueError(
            "method='variable-projection' eliminates D and E, so it needs trainable='all' and no "
            f"start; got trainable={trainable!r}{'' if start is None else ' and a start'}"
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

    code = data.encode(B, x)
    scale_x, scale_y = data.nearest_power(code), data.nearest_power(y)
    if not SMALLEST_RATIO < scale_y / scale_x < 1 / SMALLEST_RATIO:
        raise ValueError(
            f"the norms of B @ X and of Y are about {scale_x:.1e} and {scale_y:.1e}, too far apart "
            "for the entries of E; rescale X, Y or B"
        )
    x, y, code = x / scale_x, y / scale_y, code / scale_x
    network = _initial(code, y, k, B, trainable, start, scale_x / scale_y, rng)
    # With a fixed B the encoded data are those that it is trained on.
    x = code if trainable == "fixed-b" else x
    objective: NetworkLoss | VariableProjection = NetworkLoss(network, x, y)
    if method == "variable-projection":
        assert isinstance(B, Butterfly | TruncatedButterfly)
        objective = VariableProjection(B, x, y, k)
    with np.errstate(all="ignore"), reporting(progress, max_steps, callback) as report:
        if not np.isfinite(objective(objective.start)[0]):
            raise ValueError("the loss is not finite at the start; rescale X, Y, B or the start")

        def observe(step: int, theta: RealArray, loss: float) -> bool:
            return report is not None and bool(report(step, loss * scale_y**2))

        trace = Trace(float(np.square(y).sum()) or 1.0, tolerance, observe)
        if method == "adam":
            assert isinstance(objective, NetworkLoss)
            batches = batch_objectives(y.shape[1], batch_size, objective, objective.of_samples, rng)
            adam(
                objective,
                batches,
                objective.start,
                trace,
                step_size=step_size,
                max_steps=max_steps,
            )
        elif isinstance(objective, NetworkLoss) and objective.small is not None:
            small_l_bfgs(objective.small, objective.start, trace, max_steps=max_steps)
        else:
            l_bfgs(objective, objective.start, trace, max_steps=max_steps)
    network, loss = objective.network(trace.best), trace.loss
    if method == "variable-projection":
        # The loss of the network itself has no cancellation.
        loss = network.loss(x, y)
    # Undo the scales: D and B are those of the scaled data, E takes up both factors.
    encoder = network.encoder * (scale_y / scale_x)
    return Fit(
        EncoderDecoder(
            network.decoder, encoder, B if trainable == "fixed-b" else network.butterfly
        ),
        loss * scale_y**2,
        np.array(trace.history) * scale_y**2,
        trace.reason,
        trace.converged,
        trace.n_steps,
        trainable,
        (x, y, min(k, B.shape[0]), scale_y**2),
    )


def _initial(
    code: RealArray,
    y: RealArray,
    k: int,
    B: Operator,
    trainable: str,
    start: EncoderDecoder | None,
    unit: float,
    rng: np.random.Generator,
) -> EncoderDecoder:
    """The network at the start; the identity stands for a fixed B.

    ``code`` are the encoded data, and ``unit`` converts the encoder of ``start`` to their scale and
    that of y.
    """
    m, l = len(y), len(code)
    if start is None:
        # With these variances E‖DEX̃‖_F² = ‖Y‖_F².
        size = float(np.linalg.norm(code))
        ratio = float(np.linalg.norm(y)) / size if 0 < size < np.inf else 1.0
        D = rng.normal(scale=m**-0.5, size=(m, k))
        E = rng.normal(scale=ratio * k**-0.5, size=(k, l))
    elif isinstance(start, EncoderDecoder):
        D = boundary.matrix(start.decoder, "start.decoder", n_rows=m, n_columns=k)
        E = unit * boundary.matrix(start.encoder, "start.encoder", n_rows=k, n_columns=l)
    else:
        raise TypeError(f"start must be an EncoderDecoder, got {type(start).__name__}")
    if trainable == "fixed-b":
        return EncoderDecoder(D, E, MatrixOperator(sparse.eye_array(l, format="csr")))
    network = EncoderDecoder(D, E, B)
    if not network.trainable:
        raise ValueError(
            f"trainable='all' needs a Butterfly or TruncatedButterfly, got {type(B).__name__}; "
            f"use trainable='fixed-b'"
        )
    return network
