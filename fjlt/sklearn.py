"""The SRHT as a scikit-learn transformer."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from scipy import sparse
from scipy.linalg import pinvh

from fjlt import boundary, fwht, min_dim, srht
from fjlt.bounds import srht_min_dim
from fjlt.bounds.smallest import least_eps
from fjlt.extras import installed
from fjlt.operators.ensembles.subsampled_hadamard import SRHT
from fjlt.types import Array, ArrayLike, SparseArray

with installed():
    from sklearn.base import (
        BaseEstimator,
        ClassNamePrefixFeaturesOutMixin,
        TransformerMixin,
        _fit_context,
    )
    from sklearn.utils import assert_all_finite, check_array, check_random_state
    from sklearn.utils._param_validation import Interval, StrOptions
    from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = ["FJLTProjection", "srht_min_dim"]

BLOCK = 1 << 22
"""Entries of X that are made dense at a time."""

FLOATS = [np.float64, np.float32]


class FJLTProjection(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Random projection of samples by an SRHT J: row x of X becomes J @ x, with E‖Jx‖² = ‖x‖².

    J is drawn by ``fit``.

    Parameters
    ----------
    n_components : int or "auto"
        1 <= n_components <= n_features. With "auto" it is ``fjlt.min_dim(n_samples, eps, delta,
        n=n_features).k``: with probability at least 1 - delta, all squared distances between the
        samples given to ``fit`` are kept within a factor 1 ± eps. If no bound is below n_features,
        all n_features are kept, with a warning that says what is proved for so many.
    eps, delta : float
        Used by "auto" only. 0 < eps <= 1, 0 < delta <= 1.
    random_state : None, int or RandomState
        Draws J. An int gives the same J in every ``fit``.

    Attributes
    ----------
    n_components_ : int
    operator_ : TruncatedButterfly
        J, an ``srht`` of shape (``n_components_``, ``n_features_in_``) and the dtype of the X given
        to ``fit``.
    n_features_in_ : int
    components_ : ndarray, shape (``n_components_``, ``n_features_in_``)
        The matrix of J, made anew each time it is asked for. Nothing else here needs it.
    feature_names_in_ : ndarray of str, shape (``n_features_in_``,)
        Present if X had feature names that are all strings.

    Raises
    ------
    ValueError
        If n_components exceeds n_features, or a parameter is out of range.

    Warns
    -----
    UserWarning
        If n_components is "auto" and no bound is below n_features.

    See Also
    --------
    fjlt.min_dim : the bounds behind "auto".
    fjlt.min_dim_measured : how many components your own samples need.

    Notes
    -----
    float32 and float64 are kept; other real dtypes become float64. Input may be sparse; output is
    dense. Rows are made dense and projected in blocks of at most 2^22 entries, but at least one
    row.

    Cost: N·log2 N additions a sample, where N is the least power of 2 that is at least n_features.

    References
    ----------
    Section 2 of Krahmer, Ward, SIAM J. Math. Anal. 43 (2011); the FJLT of arXiv
    2007.08864v2, footnote 5.

    Examples
    --------
    >>> X = np.random.default_rng(0).standard_normal((10, 4096))
    >>> projection = FJLTProjection(eps=0.9, random_state=0).fit(X)
    >>> projection.n_components_, projection.transform(X).shape
    (121, (10, 121))
    >>> projection.get_feature_names_out()[:2]
    array(['fjltprojection0', 'fjltprojection1'], dtype=object)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "n_components": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "eps": [Interval(Real, 0, 1, closed="right")],
        "delta": [Interval(Real, 0, 1, closed="right")],
        "random_state": ["random_state"],
    }

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

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def fit(self, X: ArrayLike | SparseArray, y: object = None) -> Self:
        """Draw J. Only the shape, the dtype and the feature names of X matter.

        Parameters
        ----------
        X : array_like or sparse, shape (n_samples, n_features)
            Samples in rows.
        y : object
            Ignored.

        Returns
        -------
        FJLTProjection
            Itself.

        Raises
        ------
        ValueError, TypeError
            If a parameter or X is not valid, as the class says.
        """
        return self._draw(validate_data(self, X, accept_sparse="csr", dtype=FLOATS))

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def fit_transform(self, X: ArrayLike | SparseArray, y: object = None) -> Array:
        """Draw J and project the same samples, which are read once.

        Parameters
        ----------
        X : array_like or sparse, shape (n_samples, n_features)
            Samples in rows.
        y : object
            Ignored.

        Returns
        -------
        ndarray, shape (n_samples, ``n_components_``)
            Their images, in rows.

        Raises
        ------
        ValueError, TypeError
            As ``fit``.
        """
        samples = self._samples(X, reset=True)
        return self._draw(samples)._project(samples)

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: ArrayLike | SparseArray, y: object = None) -> Self:
        """Draw J on the first call; later calls only check their samples.

        Parameters
        ----------
        X : array_like or sparse, shape (n_samples, n_features)
            A batch. With "auto" the promise is for the distances within the first batch.
        y : object
            Ignored.

        Returns
        -------
        FJLTProjection
            Itself.

        Raises
        ------
        ValueError, TypeError
            As ``fit``; also if a later batch has other features.
        """
        if not hasattr(self, "operator_"):
            return self.fit(X)
        validate_data(self, X, accept_sparse="csr", dtype=FLOATS, reset=False)
        return self

    @property
    def components_(self) -> Array:
        """The matrix of J."""
        check_is_fitted(self)
        return self.operator_.to_dense()

    def transform(self, X: ArrayLike | SparseArray) -> Array:
        """Project samples: (J @ X.T).T.

        Parameters
        ----------
        X : array_like or sparse, shape (n_samples, n_features)
            Samples in rows.

        Returns
        -------
        ndarray, shape (n_samples, ``n_components_``)
            Their images, in rows.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before ``fit``.
        ValueError, TypeError
            If X has other features than in ``fit``, or an entry is no finite number.
        """
        check_is_fitted(self)
        return self._project(self._samples(X, reset=False))

    def inverse_transform(self, X: ArrayLike | SparseArray) -> Array:
        """Preimages of least norm, (J⁺ @ X.T).T with the pseudo-inverse J⁺ of J.

        ``transform`` takes them to X, unless the rows of J are linearly dependent; then it takes
        them to the points nearest to X in the range of J. Dependent rows occur only if n_features
        is not a power of 2, and often if n_components is above half of it.

        Parameters
        ----------
        X : array_like or sparse, shape (n_samples, ``n_components_``)
            Images in rows.

        Returns
        -------
        ndarray, shape (n_samples, ``n_features_in_``)
            Their preimages, in rows.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before ``fit``.
        ValueError, TypeError
            If X has not ``n_components_`` columns, or an entry is no finite number.

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

    def _samples(self, X: ArrayLike | SparseArray, reset: bool) -> Any:
        """Samples as ``validate_data`` returns them, but for entries that are not finite."""
        return validate_data(
            self, X, accept_sparse="csr", dtype=FLOATS, reset=reset, ensure_all_finite=False
        )

    def _draw(self, samples: Any) -> Self:
        n_features = samples.shape[1]
        self.n_components_ = self._n_features_out = self._count(*samples.shape)
        seed = check_random_state(self.random_state).randint(2**32, size=4, dtype=np.uint32)
        self.operator_ = srht(self.n_components_, n_features, seed, samples.dtype)
        return self

    def _project(self, samples: Any) -> Array:
        """Images of the samples, which may be too many for the memory: they are read once."""

        def images(columns: Array) -> Array:
            try:
                return self.operator_.dot(columns)
            except ValueError:
                # in the words of scikit-learn
                assert_all_finite(columns, estimator_name=type(self).__name__, input_name="X")
                raise

        return _by_blocks(images, samples, self.n_components_)

    def _count(self, n_samples: int, n_features: int) -> int:
        if self.n_components != "auto":
            k = boundary.dimension(self.n_components, "n_components")
            if k > n_features:
                raise ValueError(
                    f"n_components={boundary.shown(k)}: more than n_features={n_features}, and "
                    f"none is saved; pass at most {n_features}"
                )
            return k
        # the norm of a single sample is kept as surely as one distance
        points = max(2, n_samples)
        bounds = min_dim(points, self.eps, self.delta, n=n_features)
        if bounds.trivial:
            eps = least_eps(points, n_features, self.delta)
            proved = {0.0: "distances are kept exactly", None: "nothing is proved"}.get(
                eps, f"eps={eps} is proved"
            )
            warnings.warn(
                f"'auto' keeps all n_features={n_features}: no bound for eps={self.eps}, "
                f"delta={self.delta}, n_samples={n_samples} is below. With so many components "
                f"{proved}. To save some, raise eps or delta, or pass an integer: "
                "fjlt.min_dim_measured says which one does for your samples",
                stacklevel=5,
            )
        return bounds.k

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
