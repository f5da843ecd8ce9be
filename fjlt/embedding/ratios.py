"""What the distortion of distances is: ratios, their extremes, and what is seen beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fjlt import boundary
from fjlt.embedding.neighbours import NeighbourRecall
from fjlt.types import ArrayLike, RealArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Distortion", "Share", "WorstPair"]

_QUANTILES = (0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0)


class WorstPair(NamedTuple):
    """Two points, by their columns, and a number that belongs to them."""

    i: int
    j: int
    value: float


class Share(NamedTuple):
    """A share of all pairs, and an interval for it.

    Attributes
    ----------
    share : float
        Of the pairs that were compared.
    low, high : float
        Ends of the Clopper-Pearson interval for the share of all pairs, if the pairs are a random
        sample; otherwise equal to ``share``.
    """

    share: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Distortion:
    """What a map f does to the distances of points: ratios ‖f(x) - f(y)‖²/‖x - y‖².

    Attributes
    ----------
    shape : tuple of int
        (k, n): numbers of an image and of a point.
    points : int
        Number of points.
    sampled : bool
        Whether the pairs are a random sample.
    ratios : ndarray of float64
        One for each pair of unequal points, in the order of the pairs. The pairs are in the order
        (0, 1), (0, 2), …, (1, 2), … if all are compared.
    duplicates : int
        Pairs of equal points. They have no ratio.
    smallest, largest : WorstPair
        (i, j, value): the columns of the pairs with the extreme ratios, and these ratios.
    inner_product_rms : float
        Root mean square over the pairs of (<f(x), f(y)> - <x, y>) / (‖x‖·‖y‖), duplicates too; of
        complex numbers the real part. Pairs with a zero vector are left out. A map that moves the
        origin, such as one that centres the points, changes inner products and no distance.
    inner_product_worst : WorstPair
        (i, j, value): the pair with the largest such error, in absolute value, and that error with
        its sign.
    recall : NeighbourRecall or None
        (share, neighbours, queries, candidates): what share of the nearest neighbours is found
        among the images; of how many neighbours, of how many points, among how many.

    Examples
    --------
    >>> from fjlt import distortion
    >>> found = distortion([[1, 0]], [[0, 3, 0], [0, 4, 1]])
    >>> found.ratios
    array([0.36, 0.  , 0.5 ])
    >>> found.largest
    WorstPair(i=1, j=2, value=0.5)
    """

    shape: tuple[int, int]
    points: int
    sampled: bool
    ratios: RealArray = field(repr=False)
    duplicates: int
    smallest: WorstPair
    largest: WorstPair
    inner_product_rms: float
    inner_product_worst: WorstPair
    recall: NeighbourRecall | None

    @property
    def epsilon(self) -> float:
        """The least ε with all ratios in [1 - ε, 1 + ε]."""
        return max(1 - self.smallest.value, self.largest.value - 1)

    def quantiles(self, q: ArrayLike) -> RealArray:
        """Quantiles of the ratios.

        Parameters
        ----------
        q : array_like
            Numbers from 0 to 1.

        Returns
        -------
        ndarray, of the shape of q
            Interpolated linearly between the ratios.

        Raises
        ------
        ValueError, TypeError
            If an entry is not a number from 0 to 1.
        """
        return np.quantile(self.ratios, boundary.array(q, "q", real=True))

    def share_within(self, epsilon: float, confidence: float = 0.999) -> Share:
        """The share of ratios in [1 - ε, 1 + ε], with an interval if the pairs are sampled.

        Parameters
        ----------
        epsilon : float
            Above 0.
        confidence : float
            Probability with which the interval covers the share of all pairs of unequal points.

        Returns
        -------
        Share
            (share, low, high): of the pairs that were compared, and the Clopper-Pearson interval.

        Raises
        ------
        ValueError, TypeError
            If epsilon <= 0, or confidence is not between 0 and 1.
        """
        epsilon = boundary.number(epsilon, "epsilon", above=0, high=np.inf)
        confidence = boundary.number(confidence, "confidence", above=0, high=1 - 1e-15)
        within = int(np.count_nonzero(np.abs(self.ratios - 1) <= epsilon))
        share = within / self.ratios.size
        if not self.sampled:
            return Share(share, share, share)
        from fjlt.runs.binomial import share_interval

        return Share(share, *share_interval(within, self.ratios.size, confidence))

    def summary(self, epsilons: tuple[float, ...] = (0.1, 0.2, 0.5)) -> str:
        """The numbers as text.

        Parameters
        ----------
        epsilons : tuple of float
            For which to say how many ratios are within 1 ± ε.

        Returns
        -------
        str
            A few lines.
        """
        k, n = self.shape
        pairs = self.ratios.size + self.duplicates
        kind = "pairs drawn at random" if self.sampled else "pairs"
        equal = f", {self.duplicates} of them of equal points" if self.duplicates else ""
        lines = [
            f"{n} numbers to {k}; {self.points} points, {pairs} {kind}{equal}",
            "quantiles of ‖f(x) - f(y)‖²/‖x - y‖²: "
            + ", ".join(
                f"{q:.0%} {value:.3f}"
                for q, value in zip(_QUANTILES, self.quantiles(_QUANTILES), strict=True)
            ),
            f"worst pairs: {self.smallest.value:.3f} for ({self.smallest.i}, {self.smallest.j}), "
            f"{self.largest.value:.3f} for ({self.largest.i}, {self.largest.j})",
        ]
        for epsilon in epsilons:
            found = self.share_within(epsilon)
            interval = (
                f", of all pairs between {found.low:.2%} and {found.high:.2%} (confidence 99.9 %)"
                if self.sampled
                else ""
            )
            lines.append(f"within 1 ± {epsilon:g}: {found.share:.2%}{interval}")
        worst = self.inner_product_worst
        lines.append(
            f"inner products, error over ‖x‖·‖y‖: root mean square {self.inner_product_rms:.3f}, "
            f"largest {worst.value:+.3f} for ({worst.i}, {worst.j})"
        )
        if self.recall is not None:
            lines.append(
                f"nearest neighbours kept: {self.recall.share:.1%} of {self.recall.neighbours}, "
                f"for {self.recall.queries} of the points among {self.recall.candidates}"
            )
        return "\n".join(lines)

    def plot(self, ax: Axes | None = None, label: str | None = None) -> Axes:
        """Plot what share of the pairs has at most a given ratio.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Default: axes of a new figure of pyplot. Several results may go into the same axes.
        label : str, optional
            Name for the legend.

        Returns
        -------
        matplotlib.axes.Axes
            The axes, to go on with.

        Raises
        ------
        TypeError
            If ax has no two plain axes.
        """
        from fjlt.plot_axes import COLOURS, LINES, own_axes

        ax = own_axes(ax)
        # The lines before are those of other results, after the one that marks the ratio 1.
        before = max(len(ax.lines) - 1, 0)
        if not ax.lines:
            ax.axvline(1, color="black", linewidth=0.8)
            ax.set(
                xlabel=r"ratio of squared distances, $\|f(x)-f(y)\|^2/\|x-y\|^2$",
                ylabel="share of pairs with at most this ratio",
            )
            ax.grid(alpha=0.3)
        shares = np.linspace(0, 1, 1001)
        ax.plot(
            self.quantiles(shares),
            shares,
            color=COLOURS[before % len(COLOURS)],
            linestyle=LINES[before % len(LINES)],
            label=label,
        )
        if label is not None:
            ax.legend()
        return ax
