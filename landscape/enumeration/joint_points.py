"""The critical points of the network with trained B, as records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import overload

from fjlt.types import RealArray
from landscape.certificates.certificate import Certificate, certify
from landscape.planes.row_spaces import RowSpaces

__all__ = ["JointCriticalPoint", "JointCriticalPoints", "kind_of"]


@dataclass(frozen=True, eq=False)
class JointCriticalPoint:
    """A real row space of E·B at which the loss with the best D is critical in E and B.

    Attributes
    ----------
    loss : float
        ‖DEBX - Y‖_F² at the best D.
    kind : str
        "global minimum", "spurious minimum", "strict saddle" or "maximum" of the loss.
    index : int
        Number of negative directions of the loss among the row spaces, which is that among all D, E
        and weights.
    rows : ndarray, shape (k, n)
        An orthonormal basis of the row space.
    variables : ndarray, shape (V,)
        Real variables of ``RowSpaces`` with this row space.
    problem : tuple (RowSpaces, X, Y)
        The row spaces and the data whose critical point it is.

    Examples
    --------
    >>> import numpy as np
    >>> from landscape import joint_critical_points
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> second = joint_critical_points(X, X, rows=[0, 2], k=2, rng=0)[1]
    >>> round(second.loss, 9), second.kind, second.is_minimum
    (4.2, 'spurious minimum', True)
    """

    loss: float
    kind: str
    index: int
    rows: RealArray = field(repr=False)
    variables: RealArray = field(repr=False)
    problem: tuple[RowSpaces, RealArray, RealArray] = field(repr=False)

    @property
    def is_minimum(self) -> bool:
        """Whether it is a minimum, global or spurious."""
        return self.index == 0

    @property
    def is_spurious(self) -> bool:
        """Whether it is a minimum whose loss is not the least."""
        return self.kind == "spurious minimum"

    @property
    def is_saddle(self) -> bool:
        """Whether it is a strict saddle: neither a minimum nor a maximum among the row spaces."""
        return self.kind == "strict saddle"

    @property
    def weights(self) -> tuple[RealArray, RealArray]:
        """E, shape (k, l), and the weights of B, shape (p, n, 2)."""
        return self.problem[0].weights_at(self.variables)

    @cached_property
    def certificate(self) -> Certificate:
        """A proof in ball arithmetic of this point, its loss and index, or why there is none."""
        spaces, X, Y = self.problem
        return certify(X, Y, spaces.rows, spaces.k, self.variables)


@dataclass(frozen=True, eq=False)
class JointCriticalPoints(Sequence[JointCriticalPoint]):
    """The real critical points, lowest loss first, and whether the list is complete.

    Attributes
    ----------
    points : tuple of JointCriticalPoint
        The items of the sequence.
    n_complex : int
        Number of distinct complex critical points found, the real ones among them.
    expected : int
        Number of complex critical points for generic data.
    note : str
        What is known to be missing: paths without an end of their own, points without their
        conjugates, a wrong Morse sum, planes without real weights. Empty if nothing is.
    method : str
        Where the list comes from.
    dominant : bool
        Whether almost all k-planes are row spaces.
    dense_optimum : float
        Least loss over all k-planes.

    Examples
    --------
    >>> import numpy as np
    >>> from landscape import joint_critical_points
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> points = joint_critical_points(X, X, rows=[0, 2], k=2, rng=0)
    >>> len(points), points.complete, sum(point.is_saddle for point in points)
    (8, True, 4)
    """

    points: tuple[JointCriticalPoint, ...]
    n_complex: int
    expected: int
    note: str
    method: str
    dominant: bool
    dense_optimum: float

    @overload
    def __getitem__(self, i: int) -> JointCriticalPoint: ...
    @overload
    def __getitem__(self, i: slice) -> Sequence[JointCriticalPoint]: ...
    def __getitem__(self, i: int | slice) -> JointCriticalPoint | Sequence[JointCriticalPoint]:
        return self.points[i]

    def __len__(self) -> int:
        return len(self.points)

    @property
    def complete(self) -> bool:
        """Whether nothing is known to be missing."""
        return not self.note


def kind_of(index: int, dimension: int, spurious: bool) -> str:
    """The kind of a nondegenerate critical point of the loss."""
    if index == 0:
        return "spurious minimum" if spurious else "global minimum"
    return "maximum" if index == dimension else "strict saddle"
