"""Critical points of the network with trained B, and what is known of the whole of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from landscape.certificates.certificate import Certificate, certify
from landscape.planes.row_spaces import RowSpaces

__all__ = ["JointCriticalPoint", "JointCriticalPoints", "kind_of"]

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class JointCriticalPoint:
    """A real row space of E·B at which the loss with the best D is critical in E and all weights of
    B.

    Attributes
    ----------
    loss : float
        ‖DEBX - Y‖_F² at the best D.
    kind : str
        Of the loss: "global minimum", "spurious minimum", "strict saddle" or "maximum".
    index : int
        Negative directions of the loss among the row spaces, and so among all D, E and weights.
    rows : ndarray, shape (k, n)
        An orthonormal basis of the row space.
    variables : ndarray, shape (V,)
        Real variables of ``RowSpaces`` with this row space.
    """

    loss: float
    kind: str
    index: int
    rows: NDArray[np.float64] = field(repr=False)
    variables: NDArray[np.float64] = field(repr=False)
    problem: tuple[RowSpaces, Array, Array] = field(repr=False)

    @property
    def weights(self) -> tuple[Array, Array]:
        """E, shape (k, l), and the weights of B, shape (p, n, 2)."""
        return self.problem[0].weights_at(self.variables)

    @cached_property
    def certificate(self) -> Certificate:
        """Proof, in interval arithmetic, that there is one, with its loss and index, or the reason
        why not."""
        spaces, X, Y = self.problem
        return certify(X, Y, spaces.rows, spaces.k, self.variables)


@dataclass(frozen=True, eq=False)
class JointCriticalPoints(Sequence[JointCriticalPoint]):
    """The real critical points, lowest loss first, and what is known of the whole.

    Attributes
    ----------
    points : tuple of JointCriticalPoint
    n_complex : int
        Distinct complex critical points found, the real ones among them.
    expected : int
        Number for generic data.
    note : str
        What is missing, as far as it shows: paths without an end of their own, points without their
        conjugates, a wrong Morse sum, planes without real weights. Empty if nothing.
    method : str
        Where the list comes from.
    dominant : bool
        Whether almost all k-planes are row spaces.
    dense_optimum : float
        Least loss of all k-planes.
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
    """Name of a nondegenerate critical point of the loss."""
    if index == 0:
        return "spurious minimum" if spurious else "global minimum"
    return "maximum" if index == dimension else "strict saddle"
