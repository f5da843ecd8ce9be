"""The SRHT as a scikit-learn transformer, and how many components are proved to be enough."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import ceil, comb, log
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import pinvh
from scipy.optimize import minimize_scalar
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_array, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from fjlt import boundary, fwht, srht

__all__ = ["FJLTProjection", "srht_min_dim"]

BLOCK = 1 << 22  # entries of X that are dense at a time
FLOATS = [np.float64, np.float32]


def srht_min_dim(n_samples: int, n_features: int, eps: float = 0.1, delta: float = 0.05) -> int:
    """Least k for which the bound below proves that an SRHT keeps all squared distances within a
    factor 1 ± eps.

    Let N be the least power of 2 that is at least n_features. For a vector x fixed before J is
    drawn, and every δ' in (0, 1), ``Pr[|‖Jx‖² - ‖x‖²| > eps·‖x‖²] <= δ' + 2·exp(-k·eps² /
    (6·ln(2N/δ')))``. By the union bound over the m = n_samples·(n_samples - 1)/2 pairs, all
    distances are kept with probability at least 1 - delta if this is at most β = delta/m, that is,
    with δ' = tβ, if ``k >= 6·ln(2N/(tβ))·ln(2/((1 - t)β)) / eps²`` for some t in (0, 1); the result
    is the least such k, rounded up.

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
        May exceed n_features; then the bound promises nothing for any SRHT that reduces the
        dimension.

    Raises
    ------
    ValueError, TypeError
        For arguments out of range.

    Notes
    -----
    Proof of the bound for ‖x‖ = 1: by Hoeffding's inequality for the signs, all entries of HDx are
    at most (2·ln(2N/δ')/N)^(1/2) but with probability δ'; ‖Jx‖² is N/k times the sum of k of their
    squares, drawn without replacement, to which Chernoff's bound 2·exp(-μ·eps²/3) applies, also
    without replacement (Hoeffding 1990). The constant 6 is not optimised, and k is conservative,
    least so for worst-case x. Cost: that of a few logarithms; t is found by a bounded scalar
    minimisation, and any t would be valid.

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
    beta = boundary.number(delta, "delta", above=0, high=1) / pairs

    def needed(t: float) -> float:
        return 6 * log(2 * size / (t * beta)) * log(2 / ((1 - t) * beta)) / eps**2

    return ceil(minimize_scalar(needed, bounds=(0, 1), method="bounded").fun)


class FJLTProjection(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Random projection of samples by an SRHT, drawn at ``fit``: row x of X becomes J @ x, E‖Jx‖² =
    ‖x‖².

    Parameters
    ----------
    n_components : int or "auto"
        1 <= n_components <= n_features. "auto": ``srht_min_dim(n_samples, n_features, eps,
        delta)``, proved to keep all squared distances between the samples given to ``fit`` within a
        factor 1 ± eps with probability at least 1 - delta.
    eps, delta : float
        Only used by "auto".
    random_state : None, int or RandomState

    Attributes
    ----------
    n_components_ : int
    operator_ : TruncatedButterfly
        J, shape (n_components_, n_features_in_), of the dtype of the X given to ``fit``: an
        ``srht``.
    n_features_in_ : int
    feature_names_in_ : ndarray of str, shape (n_features_in_,)
        Only if X had feature names that are all strings.

    Raises
    ------
    ValueError
        If n_components, given or "auto", exceeds n_features.

    Notes
    -----
    float32 and float64 are kept; other real dtypes become float64. Sparse input is accepted, output
    is dense. Rows are made dense and projected in blocks of at most 2^22 entries, one row at least.
    Cost: N·log2 N additions a sample, N the least power of 2 that is at least n_features. Source:
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
        n_components: Any = "auto",
        *,
        eps: float = 0.1,
        delta: float = 0.05,
        random_state: Any = None,
    ) -> None:
        self.n_components = n_components
        self.eps = eps
        self.delta = delta
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Draw J; of X only the shape, the dtype and the feature names matter.

        Parameters
        ----------
        X : array_like or sparse, shape (n_samples, n_features)
        y : ignored

        Returns
        -------
        FJLTProjection
            Itself.
        """
        X = validate_data(self, X, accept_sparse="csr", dtype=FLOATS)
        self.n_components_ = self._n_features_out = self._count(*X.shape)
        seed = check_random_state(self.random_state).randint(2**32, size=4, dtype=np.uint32)
        self.operator_ = srht(self.n_components_, X.shape[1], seed, X.dtype)
        return self

    def transform(self, X: Any) -> NDArray[Any]:
        """Projected samples, (J @ X.T).T.

        Parameters
        ----------
        X : array_like or sparse, shape (n_samples, n_features)

        Returns
        -------
        ndarray, shape (n_samples, n_components_)
        """
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=FLOATS, reset=False)
        return _by_blocks(self.operator_.dot, X, self.n_components_)

    def inverse_transform(self, X: Any) -> NDArray[Any]:
        """Preimages of least norm, (J⁺ @ X.T).T, J⁺ the pseudo-inverse; ``transform`` takes them to
        X.

        Where the rows of J are linearly dependent, which only happens if n_features is no power of
        2 (often, if n_components is above half of it), ``transform`` takes them to what is nearest
        to X in the range of J.

        Parameters
        ----------
        X : array_like or sparse, shape (n_samples, n_components_)

        Returns
        -------
        ndarray, shape (n_samples, n_features_in_)

        Notes
        -----
        Cost: an adjoint product, if n_features is a power of 2, since then J⁺ =
        (n_components/n_features)·Jᵀ. Otherwise J⁺ = Jᵀ(JJᵀ)⁺, so also one eigendecomposition of
        size n_components a call; eigenvalues of JJᵀ below n_components·2^(-52) of the largest count
        as 0. No matrix with n_features columns is formed.
        """
        check_is_fitted(self)
        X = check_array(X, accept_sparse="csr", dtype=FLOATS)
        k, n = self.operator_.shape
        if X.shape[1] != k:
            raise ValueError(
                f"X has {X.shape[1]} features, but this projection has n_components_={k}"
            )
        plain = boundary.is_power_of_two(n)
        solve = (
            partial(np.multiply, k / n)
            if plain
            else partial(np.matmul, pinvh(_gram(self.operator_)))
        )
        adjoint = self.operator_.H
        return _by_blocks(lambda z: adjoint @ solve(z), X, n)

    def _count(self, n_samples: int, n_features: int) -> int:
        if isinstance(self.n_components, str):
            if self.n_components != "auto":
                raise ValueError(
                    f"n_components must be an integer or 'auto', got {self.n_components!r}"
                )
            k = srht_min_dim(n_samples, n_features, self.eps, self.delta)
            given = f"'auto' needs {k} components for eps={self.eps}, delta={self.delta}, n_samples={n_samples}"
            remedy = "raise eps or delta, or pass an integer, for which nothing is promised"
        else:
            k = boundary.dimension(self.n_components, "n_components")
            given, remedy = str(k), f"pass at most {n_features}"
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


def _by_blocks(apply: Callable[[NDArray[Any]], NDArray[Any]], X: Any, width: int) -> NDArray[Any]:
    """apply(X.T).T, of the dtype of X, of the given width; blocks of rows of X are made dense one
    at a time."""
    result = np.empty((X.shape[0], width), X.dtype)
    step = max(1, BLOCK // max(X.shape[1], width))
    for start in range(0, X.shape[0], step):
        block = X[start : start + step]
        dense = block.toarray() if sparse.issparse(block) else np.ascontiguousarray(block)
        result[start : start + step] = apply(dense.T).T
    return result


def _gram(J: Any) -> NDArray[Any]:
    """JJᵀ of an SRHT; entry (a, b) is (1/k)·Σ (-1)^<a ^ b, j> over the inputs j, for the signs
    cancel."""
    k, n = J.shape
    sums = fwht(np.arange(J.signs.size) < n, ortho=False)
    return sums[J.rows[:, None] ^ J.rows] / k
