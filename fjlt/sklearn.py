"""The SRHT as a scikit-learn transformer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.optimize import minimize_scalar
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from fjlt import boundary
from fjlt.srht import srht

__all__ = ["FJLTProjection", "srht_min_dim"]

_DENSE_ENTRIES = 1 << 22
_DTYPES = (np.float64, np.float32)


def srht_min_dim(n_samples: int, n_features: int, eps: float = 0.1, delta: float = 0.01) -> int:
    """Outputs that suffice for an SRHT to keep all squared distances up to a factor 1 ± eps, except with chance delta.

    Parameters
    ----------
    n_samples, n_features : int
    eps : float
        0 < eps <= 1.
    delta : float
        0 < delta <= 1.

    Returns
    -------
    int
        The least k of the bound, rounded up; it may be more than n_features, and then says nothing.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range.

    Notes
    -----
    The bound, proved: for one vector, and any a > 0, failure has probability at most
    a + 2·exp(-k·eps²/(6·ln(2N/a))), N the least power of 2 that is at least n_features (Hoeffding's inequality for the
    signs, Chernoff's for rows without replacement). It is summed over the pairs of samples, for the best a. The
    constant 6 is not optimised.

    Examples
    --------
    >>> srht_min_dim(100, 100_000, eps=0.5)
    9102
    """
    n_samples, n_features = boundary.dimension(n_samples, "n_samples"), boundary.dimension(n_features, "n_features")
    eps, delta = (boundary.number(v, name, above=0, high=1) for v, name in ((eps, "eps"), (delta, "delta")))
    share = delta / max(1, n_samples * (n_samples - 1) // 2)
    size = boundary.next_power_of_two(n_features)

    def rows(fraction: float) -> float:
        a = fraction * share
        return 6 * math.log(2 * size / a) * math.log(2 / (share - a)) / eps**2

    return math.ceil(minimize_scalar(rows, bounds=(1e-6, 1 - 1e-6), method="bounded").fun)


class FJLTProjection(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Random projection of samples, the rows of X, by an SRHT: X becomes X·Jᵀ, in O(N log N) for each sample.

    Parameters
    ----------
    n_components : int or "auto"
        Outputs, at most n_features. "auto": ``srht_min_dim`` for ``eps`` and a failure probability of 1 %.
    eps : float
        For "auto": accuracy of the squared distances between the samples.
    random_state : None, int or RandomState

    Attributes
    ----------
    n_components_ : int
    operator_ : LinearOperator, shape (n_components_, n_features)
        J, scale included: E JᵀJ = I.
    n_features_in_, feature_names_in_
        As in scikit-learn.

    Raises
    ------
    ValueError
        By ``fit``, if there are fewer features than outputs.

    Notes
    -----
    float32 and float64 are kept. Sparse input is accepted, and made dense in blocks of rows of about 2^22 numbers; the
    result is dense. Source: the SRHT of Krahmer, Ward, SIAM J. Math. Anal. 43 (2011).

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X = load_digits().data
    >>> FJLTProjection(n_components=16, random_state=0).fit_transform(X).shape
    (1797, 16)
    """

    def __init__(self, n_components: Any = "auto", *, eps: float = 0.1, random_state: Any = None) -> None:
        self.n_components = n_components
        self.eps = eps
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> FJLTProjection:
        """Draw J for the shape of X; the entries of X do not matter."""
        X = validate_data(self, X, accept_sparse="csr", dtype=_DTYPES)
        n_samples, n_features = X.shape
        if isinstance(self.n_components, str):
            if self.n_components != "auto":
                raise ValueError(f"n_components = {self.n_components!r}: give an integer or 'auto'")
            k = srht_min_dim(n_samples, n_features, self.eps)
            remedy = f"eps = {self.eps} needs them by the proved bound; give n_components, or a larger eps"
        else:
            k = boundary.dimension(self.n_components, "n_components")
            remedy = "an SRHT has no more outputs than inputs; give fewer"
        if k > n_features:
            raise ValueError(f"n_components = {k} is more than n_features={n_features}: {remedy}")
        seed = check_random_state(self.random_state).randint(0, 2**31 - 1, size=4)
        self.n_components_ = self._n_features_out = k
        self.operator_ = srht(k, n_features, rng=np.random.SeedSequence(seed.tolist()), dtype=np.float32)
        return self

    def transform(self, X: Any) -> NDArray[Any]:
        """X·Jᵀ, shape (n_samples, n_components_)."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=_DTYPES, reset=False)
        if not sparse.issparse(X):
            return self._project(X)
        step = max(1, _DENSE_ENTRIES // X.shape[1])
        blocks = [self._project(X[start : start + step].toarray()) for start in range(0, X.shape[0], step)]
        return np.concatenate(blocks)

    def inverse_transform(self, Z: ArrayLike) -> NDArray[Any]:
        """The samples of least norm that ``transform`` takes to Z, or nearest to it; shape (n_samples, n_features).

        Cost: that of ``transform`` if n_features is a power of 2, since then J·Jᵀ = (n_features/k)·I; else a
        pseudo-inverse, O(n_features·k²).
        """
        check_is_fitted(self)
        z = check_array(Z, dtype=_DTYPES)
        n = self.n_features_in_
        if z.shape[1] != self.n_components_:
            raise ValueError(f"Z has {z.shape[1]} columns, expected n_components_ = {self.n_components_}")
        if boundary.is_power_of_two(n):
            return (self.operator_.H @ np.ascontiguousarray(z).T).T * z.dtype.type(self.n_components_ / n)
        matrix = self.operator_ @ np.asfortranarray(np.eye(n))
        return z @ np.linalg.pinv(matrix).T.astype(z.dtype)

    def _project(self, X: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray((self.operator_ @ np.ascontiguousarray(X).T).T)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
