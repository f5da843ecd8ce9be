"""Two-phase training of D·E·B·X: first D and E for the given B, then everything."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fjlt import Butterfly, TruncatedButterfly
from fjlt.types import RNGLike
from landscape.training.training import Fit, fit

__all__ = ["TwoPhases", "fit_two_phase"]


class TwoPhases(NamedTuple):
    """Results of both phases.

    Attributes
    ----------
    first : Fit
        D and E trained, B fixed.
    second : Fit
        D, E and B trained: the result of the training.

    Examples
    --------
    >>> from fjlt import srht
    >>> X = np.diag([3.0, 2.0, 1.0, 1.0])
    >>> phases = fit_two_phase(X, X, 2, srht(3, 4, rng=0), rng=0)
    >>> phases.first.trainable, phases.second.trainable
    ('fixed-b', 'all')
    >>> bool(phases.second.optimum < phases.first.optimum)
    True
    """

    first: Fit
    second: Fit


def fit_two_phase(
    X: ArrayLike,
    Y: ArrayLike,
    k: int,
    butterfly: Butterfly | TruncatedButterfly,
    *,
    rng: RNGLike = None,
    **options: Any,
) -> TwoPhases:
    """Train D and E with B fixed, then D, E and B from there; loss ‖DEBX - Y‖_F², not scaled.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data; columns are samples.
    Y : array_like, shape (m, d)
        Real targets.
    k : int
        Width of the bottleneck, 1 <= k <= n.
    butterfly : fjlt.TruncatedButterfly or fjlt.Butterfly, shape (l, n)
        B at the start, fixed in phase one.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws the start of phase one, and the batches.
    **options
        Options of ``fit`` for both phases, except ``trainable``. ``start`` is the start of phase
        one.

    Returns
    -------
    TwoPhases
        (first, second). ``second.loss <= first.loss`` up to rounding.

    Raises
    ------
    ValueError, TypeError
        As ``fit``; ``TypeError`` also if B is not a butterfly.

    See Also
    --------
    fit : One phase.

    Notes
    -----
    Cost: two calls of ``fit``. Phase one ends near a global minimum for its B. Phase two may end at
    a minimum that is not global.

    References
    ----------
    The two-phase learning of arXiv 2007.08864.

    Examples
    --------
    >>> from fjlt import srht
    >>> X = np.diag([3.0, 2.0, 1.0, 1.0])
    >>> first, second = fit_two_phase(X, X, 2, srht(3, 4, rng=0), rng=0)
    >>> bool(second.loss < first.loss)
    True
    """
    if not isinstance(butterfly, Butterfly | TruncatedButterfly):
        raise TypeError(
            f"butterfly must be a Butterfly or TruncatedButterfly, got {type(butterfly).__name__}"
        )
    if "trainable" in options:
        raise TypeError("fit_two_phase sets trainable itself; leave it out")
    rng = np.random.default_rng(rng)
    first = fit(X, Y, k, butterfly, trainable="fixed-b", rng=rng, **options)
    options["start"] = first.network
    return TwoPhases(first, fit(X, Y, k, butterfly, trainable="all", rng=rng, **options))
