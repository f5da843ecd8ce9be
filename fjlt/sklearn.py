"""The SRHT as a scikit-learn transformer, and a number of components that is proved to suffice."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from math import ceil, comb, log, log1p
from typing import Any, Self

import numpy as np
from scipy import sparse
from scipy.linalg import pinvh
from scipy.optimize import minimize_scalar

from fjlt import boundary, fwht, srht
from fjlt.extras import installed
from fjlt.operators.ensembles.subsampled_hadamard import SRHT
from fjlt.types import Array, ArrayLike, SparseArray

with installed():
    from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
    from sklearn.utils import check_array, check_random_state
    from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = ["FJLTProjection", "srht_min_dim"]

BLOCK = 1 << 22
"""Entries of X that are made dense at a time."""

FLOATS = [np.float64, np.float32]


def srht_min_dim(n_samples: int, n_features: int, eps: float = 0.1, delta: float = 0.05) -> int:
    """Components for which an SRHT is proved to keep all squared distances within 1 ± eps.

    The result is the least k to which the following bound applies. Let N be the least power of 2
    that is at least n_features. For a vector x fixed before J is drawn, and every δ' in (0, 1),

        Pr[abs(‖Jx‖² - ‖x‖²) > eps·‖x‖²] <= δ' + 2·exp(-k·eps² / (6·ln(2N/δ'))).

    There are m = n_samples·(n_samples - 1)/2 pairs of samples. By the union bound, all distances
    are kept with probability at least 1 - delta if the right side is at most β = delta/m. With
    δ' = tβ this says

        k >= 6·ln(2N/(tβ))·ln(2/((1 - t)β)) / eps²    for some t in (0, 1).

    Parameters
    ----------
    n_samples : int
        At least 2. The samples must not depend on the draw of J.
    n_features : int
    eps : float
        Largest relative error of a squared distance, 0 < eps <= 1.
    delta : float
        Largest probability that any of the distances is lost, 0 < delta <= 1.

    Returns
    -------
    int
        It may exceed n_features. Then the bound promises nothing for any SRHT that reduces the
        dimension.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range.

    Notes
    -----
    Proof of the bound for ‖x‖ = 1. By Hoeffding's inequality for the signs, all entries of HDx are
    at most (2·ln(2N/δ')/N)^(1/2) in absolute value, except with probability δ'. Then ‖Jx‖² is N/k
    times the sum of k of their squares, drawn without replacement; Chernoff's bound
    2·exp(-μ·eps²/3) applies, by Hoeffding (1963) also to draws without replacement. The constant 6
    is not optimised. The result is conservative, and least so for the worst x.

    Cost: that of a few logarithms. A bounded scalar minimisation finds t; any t would be valid.

    Examples
    --------
    >>> srht_min_dim(10, 4096, eps=0.9, delta=0.05)
    990
    >>> srht_min_dim(1000, 2**20, eps=0.5)
    13127
    """
    pairs = comb(boundary.dimension(n_samples, "n_samples", low=2), 2)
    size = boundary.next_power_of_two(boundary.dimension(n_features, "n_features"))
    eps = boundary.number(eps, "eps", above=0, high=1)
    delta = boundary.number(delta, "delta", above=0, high=1)
    # ln(2/β) and ln(2N/β); neither β nor eps² need be a double.
    of_pairs = log(2) + log(pairs) - log(delta)
    of_size = of_pairs + log(size)

    def needed(t: float) -> float:
        return 6 * (of_size - log(t)) * (of_pairs - log1p(-t))

    least = minimize_scalar(needed, bounds=(0, 1), method="bounded").fun
    return ceil(Fraction(least) / Fraction(eps) ** 2)


class FJLTProjection(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Random projection of samples by an SRHT J: row x of X becomes J @ x, with E‖Jx‖² = ‖x‖².

    J is drawn by ``fit``.

    Parameters
    ----------
    n_components : int or "auto"
        1 <= n_components <= n_features. With "auto" it is ``srht_min_dim(n_samples, n_features,
        eps, delta)``: with probability at least 1 - delta, all squared distances between the
        samples given to ``fit`` are kept within a factor 1 ± eps.
    eps, delta : float
        Used by "auto" only.
    random_state : None, int or RandomState

    Attributes
    ----------
    n_components_ : int
    operator_ : TruncatedButterfly
        J, an ``srht`` of shape (``n_components_``, ``n_features_in_``) and the dtype of the X given
        to ``fit``.
    n_features_in_ : int
    feature_names_in_ : ndarray of str, shape (``n_features_in_``,)
        Present if X had feature names that are all strings.

    Raises
    ------
    ValueError
        If n_components, given or "auto", exceeds n_features.

    Notes
    -----
    float32 and float64 are kept; other real dtypes become float64. Input may be sparse; output is
    dense. Rows are made dense and projected in blocks of at most 2^22 entries, but at least one
    row.

    Cost: N·log2 N additions a sample, where N is the least power of 2 that is at least n_features.

    References
    ----------
    Section 2 of Krahmer, Ward, SIAM J. Math. Anal. 43 (2011); the FJLT of arXiv 2007.08864,
    footnote 4 (numbered as in the ICLR 2021 submission).

    Examples
    --------
    >>> X = np.random.default_rng(0).standard_normal((10, 4096))
    >>> projection = FJLTProjection(eps=0.9, random_state=0).fit(X)
    >>> projection.n_components_, projection.transform(X).shape
    (990, (10, 990))
    >>> projection.get_feature_names_out()[:2]
    array(['fjltprojection0', 'fjltprojection1'], dtype=object)
    """

    def __init__(
        self,
        n_components: int | str = "auto",
        *,
        eps: float = 0.1,
        delta: float = 0.05,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.eps = eps
        self.delta = delta
        self.random_state = random_state

    def fit(self, X: ArrayLike | SparseArray, y: object = None) -> Self:
        """Draw J. Only the shape, the dtype and the feature names of X matter.

        Parameters
        ----------
        X : array_like or sparse, shape (n_samples, n_features)
        y : ignored

        Returns
        -------
        FJLTProjection
            Itself.
        """
        samples: Any = validate_data(self, X, accept_sparse="csr", dtype=FLOATS)
        n_features = samples.shape[1]
        self.n_components_ = self._n_features_out = self._count(*samples.shape)
        seed = check_random_state(self.random_state).randint(2**32, size=4, dtype=np.uint32)
        self.operator_ = srht(self.n_components_, n_features, seed, samples.dtype)
        return self

    def transform(self, X: ArrayLike | SparseArray) -> Array:
        """Project samples: (J @ X.T).T.

        Parameters
        ----------
        X : array_like or sparse, shape (n_samples, n_features)

        Returns
        -------
        ndarray, shape (n_samples, ``n_components_``)
        """
        check_is_fitted(self)
        samples = validate_data(self, X, accept_sparse="csr", dtype=FLOATS, reset=False)
        return _by_blocks(self.operator_.dot, samples, self.n_components_)

    def inverse_transform(self, X: ArrayLike | SparseArray) -> Array:
        """Preimages of least norm, (J⁺ @ X.T).T with the pseudo-inverse J⁺ of J.

        ``transform`` takes them to X, unless the rows of J are linearly dependent; then it takes
        them to the points nearest to X in the range of J. Dependent rows occur only if n_features
        is not a power of 2, and often if n_components is above half of it.

        Parameters
        ----------
        X : array_like or sparse, shape (n_samples, ``n_components_``)

        Returns
        -------
        ndarray, shape (n_samples, ``n_features_in_``)

        Notes
        -----
        If n_features is a power of 2, then J⁺ = (n_components/n_features)·Jᵀ, and the cost is that
        of an adjoint product. Otherwise J⁺ = Jᵀ(JJᵀ)⁺, which needs one eigendecomposition of size
        n_components for each call; eigenvalues of JJᵀ below n_components·2^(-52) times the largest
        count as 0. No matrix with n_features columns is formed.
        """
        check_is_fitted(self)
        projected: Any = check_array(X, accept_sparse="csr", dtype=FLOATS)
        k, n = self.operator_.shape
        if projected.shape[1] != k:
            raise ValueError(
                f"X has {projected.shape[1]} features, but this projection has n_components_={k}"
            )
        plain = boundary.is_power_of_two(n)
        solve = (
            partial(np.multiply, k / n)
            if plain
            else partial(np.matmul, pinvh(_gram(self.operator_)))
        )
        adjoint = self.operator_.H
        return _by_blocks(lambda z: adjoint @ solve(z), projected, n)

    def _count(self, n_samples: int, n_features: int) -> int:
        if isinstance(self.n_components, str):
            if self.n_components != "auto":
                raise ValueError(
                    f"n_components must be an integer or 'auto', got {self.n_components!r}"
                )
            k = srht_min_dim(n_samples, n_features, self.eps, self.delta)
            given = (
                f"'auto' needs {boundary.shown(k)} components for eps={self.eps}, "
                f"delta={self.delta}, n_samples={n_samples}"
            )
            remedy = "raise eps or delta, or pass an integer, for which nothing is promised"
        else:
            k = boundary.dimension(self.n_components, "n_components")
            given, remedy = boundary.shown(k), f"pass at most {n_features}"
        if k > n_features:
            raise ValueError(
                f"n_components={given}: more than n_features={n_features}, and none is saved; "
                f"{remedy}"
            )
        return k

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _by_blocks(apply: Callable[[Array], Array], X: Any, width: int) -> Array:
    """Compute apply(X.T).T, with ``width`` columns and the dtype of X.

    Blocks of rows of X are made dense one at a time.
    """
    result = np.empty((X.shape[0], width), X.dtype)
    step = max(1, BLOCK // max(X.shape[1], width))
    for start in range(0, X.shape[0], step):
        block = X[start : start + step]
        dense = block.toarray() if sparse.issparse(block) else np.ascontiguousarray(block)
        result[start : start + step] = apply(dense.T).T
    return result


def _gram(J: SRHT) -> Array:
    """The matrix JJᵀ of an SRHT."""
    # The signs cancel: the entry of rows a and b is (1/k)·Σ (-1)^<a ^ b, j> over the inputs j, a
    # Walsh-Hadamard transform of the inputs' indicator.
    k, n = J.shape
    sums = fwht(np.arange(J.signs.size) < n, ortho=False)
    return sums[J.rows[:, None] ^ J.rows] / k
