"""Random ensembles by name: what a draw of an embedding of shape (k, n) is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from fjlt.operators import ailon_chazelle, ailon_liberty, count_sketch, gaussian, sparse_jl, srht
from fjlt.operators.conversion import as_operator
from fjlt.operators.operator import Operator
from fjlt.types import OperatorLike

__all__ = ["ENSEMBLES", "Draw", "Ensemble", "draw_of", "name_of"]

Draw: TypeAlias = Callable[[int, int, np.random.Generator], Operator]
"""Draws one operator of shape (k, n); the arguments are k, n and the generator."""

Ensemble: TypeAlias = str | Callable[[int, int, np.random.Generator], OperatorLike]
"""A name in ``ENSEMBLES``, or a function of k, n and a generator that returns an operator."""

ENSEMBLES: Mapping[str, Callable[..., Operator]] = MappingProxyType(
    {
        "srht": srht,
        "gaussian": gaussian,
        "count_sketch": count_sketch,
        "sparse_jl": sparse_jl,
        "ailon_chazelle": ailon_chazelle,
        "ailon_liberty": ailon_liberty,
    }
)
"""The ensembles that have a name, each a function (k, n, rng) with E JᵀJ = I."""


def draw_of(ensemble: Ensemble) -> Draw:
    """The function (k, n, rng) that draws one operator of an ensemble.

    Parameters
    ----------
    ensemble : str or callable
        A key of ``ENSEMBLES``, or a function (k, n, rng) that returns an array, a sparse array or a
        linear operator of shape (k, n), drawn from the generator rng.

    Returns
    -------
    callable
        (k, n, rng) -> Operator. It raises ``ValueError`` if the result has another shape.

    Raises
    ------
    ValueError
        If no ensemble has this name.
    TypeError
        If the argument is neither a string nor callable.

    Examples
    --------
    >>> draw_of("srht")(2, 4, np.random.default_rng(0)).shape
    (2, 4)
    >>> draw_of(lambda k, n, rng: rng.choice([-1, 1], (k, n)))(1, 2, np.random.default_rng(0)).shape
    (1, 2)
    """
    if isinstance(ensemble, str):
        if ensemble not in ENSEMBLES:
            raise ValueError(
                f"ensemble = {ensemble!r} is unknown; use one of {', '.join(ENSEMBLES)}, or a "
                "function (k, n, rng) that returns an operator"
            )
        return ENSEMBLES[ensemble]
    if not callable(ensemble):
        raise TypeError(
            f"ensemble must be a name or a function (k, n, rng), got {type(ensemble).__name__}"
        )
    name = name_of(ensemble)

    def draw(k: int, n: int, rng: np.random.Generator) -> Operator:
        operator = as_operator(ensemble(k, n, rng), f"the result of {name}")
        if operator.shape != (k, n):
            raise ValueError(
                f"{name}(k = {k}, n = {n}, rng) returned an operator of shape {operator.shape}; "
                f"the shape must be {(k, n)}"
            )
        return operator

    return draw


def name_of(ensemble: Any) -> str:
    """What messages call an ensemble: its name, or that of the function.

    Examples
    --------
    >>> name_of("srht"), name_of(np.eye)
    ('srht', 'eye')
    """
    if isinstance(ensemble, str):
        return ensemble
    return getattr(ensemble, "__name__", type(ensemble).__name__)
