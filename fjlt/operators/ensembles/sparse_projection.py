"""The transform of Ailon and Chazelle: a randomised Hadamard transform, then a sparse matrix."""

from __future__ import annotations

from math import log

import numpy as np
from scipy import sparse

from fjlt import boundary
from fjlt.operators.butterfly import Butterfly
from fjlt.operators.conversion import MatrixOperator
from fjlt.operators.product import Product
from fjlt.operators.truncated import TruncatedButterfly
from fjlt.types import RNGLike

__all__ = ["ailon_chazelle", "usual_density"]


def usual_density(m: int, size: int) -> float:
    """The density q that ``ailon_chazelle`` uses for m points unless one is given.

    Examples
    --------
    >>> round(usual_density(1000, 1024), 4), usual_density(1000, 32)
    (0.0466, 1.0)
    """
    return min(log(m) ** 2 / size, 1.0)


def ailon_chazelle(
    k: int,
    n: int,
    rng: RNGLike = None,
    *,
    n_points: int | None = None,
    density: float | None = None,
) -> Product:
    """Ailon-Chazelle transform J = k^(-1/2)·P·H·D, shape (k, n), with E JᵀJ = I.

    Here N is the least power of 2 that is at least n, and

    - D is a diagonal of independent uniform signs,
    - H is the orthonormal Hadamard matrix of size N,
    - P has independent entries, each N(0, 1/q) with probability q and zero otherwise.

    The scale k^(-1/2) is included.

    Parameters
    ----------
    k : int
        Number of outputs, 1 <= k <= n.
    n : int
        Number of inputs; need not be a power of 2.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Draws D and P.
    n_points : int, optional
        Number m >= 2 of points to embed, which gives q = min(ln²(m)/N, 1). Default max(n, 2). The
        source asks for q = min(Θ(log²(m)/N), 1) in the Euclidean case; the constant 1 is a guess,
        not a theorem.
    density : float, optional
        q itself, 0 < q <= 1; give it instead of ``n_points``.

    Returns
    -------
    Product
        Its ``factors`` are k^(-1/2)·P (sparse) and H·D (a truncated butterfly).

    Raises
    ------
    ValueError, TypeError
        If k < 1, k > n, n < 1, n_points < 2, density is outside (0, 1], or both of the last two are
        given.
    MemoryError
        If the machine has too little memory for the entries.

    Notes
    -----
    Cost: that of a butterfly of size N and 2·k·N·q flops.

    References
    ----------
    Section 2 of Ailon, Chazelle, SIAM J. Comput. 39 (2009). Their P·H·D lacks the factor k^(-1/2),
    and their n is a power of 2.

    Examples
    --------
    >>> J = ailon_chazelle(3, 10, rng=0, density=0.25)
    >>> J.shape, [a.shape for a in J.factors]
    ((3, 10), [(3, 16), (16, 10)])
    """
    k, n = boundary.outputs(k, n)
    size = boundary.next_power_of_two(n)
    boundary.memory(
        32 * size * size.bit_length(),
        f"making the weights of a butterfly of size {boundary.shown(size)}",
    )
    if density is None:
        m = max(n, 2) if n_points is None else boundary.dimension(n_points, "n_points", low=2)
        q = usual_density(m, size)
    elif n_points is not None:
        raise ValueError(
            f"n_points = {n_points} and density = {density} are both given; give one of them"
        )
    else:
        q = boundary.number(density, "density", above=0.0, high=1.0)
    boundary.memory(24 * k * size * q, f"drawing about {k * size * q:.3g} entries")
    rng = np.random.default_rng(rng)
    signs = rng.choice([-1.0, 1.0], size=size) if size > 1 else None
    mixing = TruncatedButterfly(Butterfly.hadamard(size, signs).weights, range(size), n_inputs=n)
    # The number of nonzero entries of P is binomial; given the number, their places are a uniform
    # subset. The factor k^(-1/2) is in their standard deviation.
    places = rng.choice(k * size, size=rng.binomial(k * size, q), replace=False)
    entries = rng.normal(scale=(q * k) ** -0.5, size=len(places))
    sampling = sparse.csr_array((entries, np.divmod(places, size)), shape=(k, size))
    J = Product(MatrixOperator(sampling), mixing)
    J._label = f"Ailon-Chazelle k^(-1/2)·P·H·D, N = {size}, density {q:.3g}, E JᵀJ = I"
    return J
