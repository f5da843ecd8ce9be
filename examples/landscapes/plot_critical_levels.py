r"""
Critical points of own data, levels and indices
===============================================

The network :math:`DEBX` encodes data by :math:`B`, squeezes them through :math:`k` numbers by
:math:`E` and decodes by :math:`D`. With :math:`B` fixed, where can training get stuck? This
example lists *all* critical points, and shows that only one is a minimum.
"""

# %%
# The data
# --------
# Handwritten digits, centred; an SRHT keeps a few of the numbers.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

import fjlt
import landscape

X = load_digits().data.T / 16
X = X - X.mean(axis=1, keepdims=True)
l, k = 7, 2
B = fjlt.srht(l, len(X), rng=0)

# %%
# Levels
# ------
# Everything follows from the eigenvalues :math:`\lambda_1 \ge \dots \ge \lambda_r` of the signal
# matrix :math:`\Sigma = Y\tilde X^\top(\tilde X\tilde X^\top)^{+}\tilde XY^\top` with
# :math:`\tilde X = BX`; here :math:`Y = X`. There is one critical point for each set :math:`I` of
# at most :math:`k` of them, and
#
# .. math::
#
#    \text{loss} = \lVert Y\rVert_F^2 - \sum_{i\in I}\lambda_i .
#
# The Morse index counts the directions in which the loss falls. For a set of :math:`q` elements
# it is
#
# .. math::
#
#    (k-q)(r-q) + \#\{(c, i) : c \in I,\ i \notin I,\ \lambda_i > \lambda_c\} .

points = list(landscape.critical_points(X, X, B, k))
for point in points[:5]:
    print(
        f"{point.subset!s:8} loss {point.loss:8.1f}  index {point.index:2} ",
        point.kind,
    )
print(
    f"... {len(points)} in all,",
    f"{sum(point.is_minimum for point in points)} of them a minimum",
)

# %%
# The diagram
# -----------

figure, ax = plt.subplots(figsize=(7, 4.6), layout="constrained")
landscape.plot_levels(points, ax)
plt.show()

# %%
# What one sees: each label is a set of eigenvectors that the network has learned, numbered by
# size. At the bottom it has the two largest. From every other point a way leads down, the more of
# them the higher up it is. So with a fixed :math:`B`, descent can be slow but cannot end at a bad
# minimum. That changes when :math:`B` is trained.
#
# Two checks of the formula for the loss: the eigenvalues of the signal matrix, and the loss of an
# actual network.

eigenvalues = np.sort(np.linalg.eigvalsh(landscape.signal_matrix(X, X, B)))[
    ::-1
]
by_formula = [
    np.sum(X**2) - sum(eigenvalues[i - 1] for i in point.subset)
    for point in points
]
difference = max(
    abs(a - point.loss) for a, point in zip(by_formula, points, strict=True)
)
print(f"largest difference between formula and list: {difference:.1e}")
saddle = points[1]
D, E = saddle.realise()
network = landscape.EncoderDecoder(D, E, B)
print(
    f"network at {saddle.subset}: loss {network.loss(X, X):.6f},",
    f"listed {saddle.loss:.6f}",
)
