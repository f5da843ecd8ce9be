"""The losses of trainings, pass by pass, against the optimum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from fjlt.plot_axes import COLOURS, LINES, own_axes
from landscape.plots.look import LOSS
from landscape.training.training import Fit
from landscape.training.two_phase import TwoPhases

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_history"]

_PHASES = ("phase one: B fixed", "phase two: B trained")


def plot_history(
    results: Fit | TwoPhases | Mapping[str, Fit | TwoPhases],
    ax: Axes | None = None,
    *,
    gap: bool = True,
    levels: Mapping[str, float] | None = None,
) -> Axes:
    """Plot the losses of trainings on the same data, pass by pass, against the optimum.

    Parameters
    ----------
    results : Fit, TwoPhases, or mapping of names to these
        What ``fit`` and ``fit_two_phase`` return. The second phase goes on where the first ends.
    ax : matplotlib.axes.Axes, optional
        Default: axes of a new figure of pyplot.
    gap : bool
        Whether to plot the loss above the optimum, in place of the loss. The optimum is the least
        of the ``optimum`` of all results: with a trained B, that of all matrices of rank k.
    levels : mapping of str to float, optional
        Losses that horizontal lines mark, by name. Default: the ``optimum`` of each result. With
        ``gap`` only those above the least optimum are marked.

    Returns
    -------
    matplotlib.axes.Axes
        With one line for each phase, then the horizontal lines. The scale is logarithmic, unless a
        loss is zero; a gap that is zero, or negative by rounding, falls off its lower end.

    Raises
    ------
    ValueError
        If there is no result.
    TypeError
        If a result is neither a ``Fit`` nor a ``TwoPhases``, or ax has no two plain axes.

    See Also
    --------
    fit, fit_two_phase : The trainings.

    Examples
    --------
    >>> import numpy as np
    >>> from fjlt import srht
    >>> from landscape import fit_two_phase
    >>> X = np.diag([3.0, 2.0, 1.0, 1.0])
    >>> ax = plot_history(fit_two_phase(X, X, 2, srht(3, 4, rng=0), rng=0))
    >>> [line.get_label() for line in ax.lines]
    ['phase one: B fixed', 'phase two: B trained', 'optimum for a fixed B']
    """
    phases = list(_phases(results))
    if not phases:
        raise ValueError("there is no training to plot; pass at least one Fit or TwoPhases")
    ax = own_axes(ax)
    optimum = min(result.optimum for _, _, result in phases)
    base = optimum if gap else 0.0
    for i, (label, first, result) in enumerate(phases):
        passes = range(first, first + len(result.history))
        ax.plot(
            passes,
            result.history - base,
            color=COLOURS[i % len(COLOURS)],
            linestyle=LINES[i % len(LINES)],
            label=label,
        )
    marked = dict(_optima([result for *_, result in phases], gap) if levels is None else levels)
    if gap:
        marked = {name: loss for name, loss in marked.items() if loss > base}
    for i, (name, loss) in enumerate(marked.items()):
        ax.axhline(loss - base, color="black", linestyle=LINES[1:][i % 3], linewidth=1, label=name)
    if gap or min(*(r.history.min() for *_, r in phases), *marked.values(), 1.0) > 0:
        ax.set_yscale("log")
    over = f"loss {LOSS} above the optimum, {optimum:.4g}" if gap else f"loss {LOSS}"
    ax.set(xlabel="passes over the data", ylabel=over)
    ax.grid(alpha=0.3)
    ax.legend()
    return ax


def _phases(
    results: Fit | TwoPhases | Mapping[str, Fit | TwoPhases],
) -> Iterator[tuple[str, int, Fit]]:
    """Label, number of the first pass and result of each phase."""
    named = results if isinstance(results, Mapping) else {"": results}
    for name, result in named.items():
        if isinstance(result, TwoPhases):
            starts = (0, len(result.first.history) - 1)
            for phase, first, part in zip(_PHASES, starts, result, strict=True):
                yield f"{name}, {phase}" if name else phase, first, part
        elif isinstance(result, Fit):
            trained = "B trained" if result.trainable == "all" else "B fixed"
            yield name or trained, 0, result
        else:
            raise TypeError(
                f"results{f'[{name!r}]' if name else ''} is a {type(result).__name__}; pass what "
                "fit or fit_two_phase returns"
            )


def _optima(results: list[Fit], gap: bool) -> dict[str, float]:
    """The optima by name, once each if equal up to rounding; with ``gap`` without the least."""
    close = 1e-9 * max(float(result.history[0]) for result in results)
    least = min(result.optimum for result in results)
    found: dict[str, list[float]] = {}
    for result in sorted(results, key=lambda result: result.optimum):
        words = "optimum for a fixed B" if result.trainable == "fixed-b" else "optimum of rank k"
        losses = found.setdefault(words, [])
        is_known = bool(losses) and result.optimum - losses[-1] <= close
        if not is_known and not (gap and result.optimum - least <= close):
            losses.append(result.optimum)
    return {
        f"{words}, {i}" if len(losses) > 1 else words: loss
        for words, losses in found.items()
        for i, loss in enumerate(losses, 1)
    }
