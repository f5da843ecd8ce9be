r"""
Which embedding keeps the distances of your data?
=================================================

An embedding :math:`J` promises :math:`\lVert Jx - Jy\rVert^2 \approx \lVert x - y\rVert^2`. Here
is how to measure it, for any map and any points, and how to test the promise of an ensemble.
"""

# %%
# One draw, all pairs
# -------------------
# Put your own points in place of the digits: they are the columns of :math:`X`. A map may be an
# operator, a matrix, a function or a transformer of scikit-learn.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

import fjlt

X = load_digits().data[:400].T / 16
n, k = len(X), 24
maps = {
    "SRHT": fjlt.srht(k, n, rng=0),
    "Gaussian": fjlt.gaussian(k, n, rng=0),
    "count sketch": fjlt.count_sketch(k, n, rng=0),
    "PCA": PCA(k).fit(X.T),
}
found = {name: fjlt.distortion(J, X, rng=0) for name, J in maps.items()}
for name, result in found.items():
    print(f"{name}\n{result.summary()}\n")

# %%
# A ratio of 1 is a distance that is kept. PCA is made from these data, and it only shortens. The
# others have not seen the data and are right in the mean over their draws. PCA also takes off the
# mean, which changes inner products and no distance.

figure, ax = plt.subplots(figsize=(7, 3.8), layout="constrained")
for name, result in found.items():
    result.plot(ax, name)
plt.show()

# %%
# All vectors of a subspace, all sparse vectors
# ---------------------------------------------
# The squared singular values of :math:`JQ`, with orthonormal :math:`Q`, say what happens to a whole
# subspace. For sparse vectors all supports are examined, if they are few enough.

J = maps["SRHT"]
top = np.linalg.svd(X, full_matrices=False)[0][:, :5]
space = fjlt.subspace_distortion(J, top)
print(
    f"the span of 5 principal directions: {space.low:.2f} to {space.high:.2f}"
)
for sparsity in (1, 2, 3):
    rip = fjlt.restricted_isometry(J, sparsity)
    print(
        f"at most {sparsity} entries not zero: {rip.low:.2f} to {rip.high:.2f},",
        f"all {rip.supports} supports",
    )

# %%
# The promise of an ensemble
# --------------------------
# Is :math:`\lVert Jx\rVert^2` within :math:`1 \pm 3/4` of :math:`\lVert x\rVert^2`, except with
# probability :math:`10^{-5}`? For a Gaussian matrix the law of :math:`\lVert Jx\rVert^2` is known,
# the same for every :math:`x`. An SRHT has vectors that it treats worse: the indicators of
# subgroups of the coordinates, of which its Hadamard transform sees too little.

for ensemble in ("gaussian", "srht"):
    print(fjlt.jl_test(ensemble, 128, 1024, 0.75, 1e-5).summary(), "\n")

# %%
# An ensemble of your own is a function, and its operators are drawn until the answer is clear. This
# one keeps random coordinates, without the Hadamard transform. It loses a unit vector most of the
# time, and a flat vector never.


def coordinates(k, n, rng):
    """Random coordinates, scaled so that squared norms are kept in the mean."""
    kept = rng.choice(n, k, replace=False)
    return np.sqrt(n / k) * np.eye(n)[kept]


for name, x in {"unit": np.eye(32)[0], "flat": np.ones(32)}.items():
    judged = fjlt.jl_test(coordinates, 8, x, 0.5, 0.05, rng=0)
    print(f"{name} vector: {judged.summary()}\n")
