"""What an embedding does to the norms of all vectors of a subspace."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fjlt import boundary
from fjlt.operators.conversion import as_operator
from fjlt.scaling import restored, scaled
from fjlt.types import Array, ArrayLike, OperatorLike

__all__ = ["SubspaceDistortion", "subspace_distortion"]


@dataclass(frozen=True, eq=False)
class SubspaceDistortion:
    """The extremes of ‖Jx‖²/‖x‖² over the vectors x of a subspace.

    Attributes
    ----------
    low, high : float
        The least and the largest ratio.
    lowest, highest : ndarray, shape (n,)
        Unit vectors of the subspace with these ratios.
    dimension : int
        Of the subspace: the numerical rank of the basis.
    columns : int
        Of the basis that was given. If they are more than ``dimension``, the basis is dependent.

    Examples
    --------
    >>> found = subspace_distortion([[1, 0, 0], [0, 2, 0]], [[1, 1], [0, 0], [0, 1]])
    >>> round(found.low, 12), round(found.high, 12), found.epsilon
    (0.0, 1.0, 1.0)
    """

    low: float
    high: float
    lowest: Array = field(repr=False)
    highest: Array = field(repr=False)
    dimension: int
    columns: int

    @property
    def epsilon(self) -> float:
        """The least ε with all ratios in [1 - ε, 1 + ε]."""
        return max(1 - self.low, self.high - 1)


def subspace_distortion(op: OperatorLike, basis: ArrayLike) -> SubspaceDistortion:
    """Extremes of ‖Jx‖²/‖x‖² over a subspace: the extreme squared singular values of J·Q.

    Parameters
    ----------
    op : Operator, LinearOperator, array_like or scipy.sparse array, shape (k, n)
        J, scale included.
    basis : array_like, shape (n, d)
        Its columns span the subspace. They need be neither orthonormal nor independent.

    Returns
    -------
    SubspaceDistortion
        The extremes, and unit vectors that reach them.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit, the basis is zero, or an entry is not finite.
    OverflowError
        If no double is near a ratio.

    See Also
    --------
    distortion : Ratios of the differences of points.
    restricted_isometry : The extremes over sparse vectors.

    Notes
    -----
    Q is an orthonormal basis from the left singular vectors with a singular value above
    max(n, d)·eps times the largest. If the subspace has more than k dimensions, ``low`` is 0.

    Cost: the singular value decomposition of the basis, dim products, and one of shape (k, dim).

    References
    ----------
    Woodruff, "Sketching as a tool for numerical linear algebra" (2014), for subspace embeddings.

    Examples
    --------
    >>> from fjlt import srht
    >>> J = srht(64, 256, rng=0)
    >>> found = subspace_distortion(J, np.random.default_rng(0).standard_normal((256, 5)))
    >>> found.dimension, bool(found.epsilon < 0.6)
    (5, True)
    """
    j = as_operator(op, "op")
    given = boundary.matrix(basis, "basis", n_rows=j.shape[1])
    if not given.any():
        raise ValueError("basis is zero: it spans no vector but 0")
    # Powers of 2 scale exactly, and the span is the same.
    u, sigma, _ = np.linalg.svd(scaled(_double(given))[0], full_matrices=False)
    eps = np.finfo(given.dtype).eps
    q = u[:, sigma > max(given.shape) * eps * sigma[0]]
    image, exponent = scaled(_double(boundary.matrix(j @ q, "op @ basis")))
    # The right singular vectors of J·Q are the coordinates of the extreme vectors.
    full = image.shape[0] < q.shape[1]
    _, s, v = np.linalg.svd(image, full_matrices=full)
    low = 0.0 if full else float(s[-1])
    ratios = restored(np.square([low, s[0]]), 2 * exponent, "a ratio", eps * float(s[0]) ** 2)
    return SubspaceDistortion(
        float(ratios[0]),
        float(ratios[1]),
        q @ v[-1].conj(),
        q @ v[0].conj(),
        q.shape[1],
        given.shape[1],
    )


def _double(a: Array) -> Array:
    return a.astype(np.complex128 if a.dtype.kind == "c" else np.float64)
