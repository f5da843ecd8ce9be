r"""
How much does an embedding distort real data?
=============================================

A fast embedding :math:`J` of shape :math:`(k, n)` turns a vector of :math:`n` numbers into
:math:`k`. The subsampled randomised Hadamard transform (SRHT) keeps the squared length in the
mean. How far off is a single draw, and what do the bounds promise?
"""

# %%
# A photograph in patches
# -----------------------
# MNIST must be downloaded (``figures.data.mnist`` does it), and so must most images of some size.
# Scikit-learn comes with a photograph. We cut it into patches of 32 × 32 pixels, and take off the
# mean of each.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_sample_image

import fjlt
from fjlt.sklearn import srht_min_dim

image = load_sample_image("china.jpg").mean(axis=2)[:416, :640] / 255
patches = image.reshape(13, 32, 20, 32).swapaxes(1, 2).reshape(-1, 1024).T
patches = patches - patches.mean(axis=0)
patches = patches / np.linalg.norm(patches, axis=0)  # columns are samples
n, count = patches.shape
print(f"{count} patches of {n} pixels")

# %%
# One embedding for all patches
# -----------------------------
# The squared length of an embedded unit vector has mean 1 and, exactly,
#
# .. math::
#
#    \operatorname{Var}\lVert Jx\rVert^2
#    = \frac{2(n-k)}{k(n-1)}\,\bigl(1 - \lVert x\rVert_4^4\bigr) .
#
# So the typical distortion falls like :math:`1/\sqrt k`, on data as on paper.

k = 128
J = fjlt.srht(k, n, rng=0)
squared = np.sum((J @ patches) ** 2, axis=0)
exact = np.sqrt(
    2 * (n - k) / (k * (n - 1)) * (1 - np.mean(np.sum(patches**4, axis=0)))
)
print(
    f"k = {k}: distortion of the patches, root mean square {np.std(squared):.3f}"
)
print(f"         standard deviation by the formula     {exact:.3f}")

# %%
# The tail, measured and promised
# -------------------------------
# How large is the distortion that only one draw in a hundred exceeds? We draw many SRHTs for one
# patch and compare with three bounds for the same probability :math:`\delta`. Chebyshev's
# inequality needs the variance alone: :math:`\varepsilon = \sqrt{\operatorname{Var}/\delta}`. A
# formula that holds for every vector is
#
# .. math::
#
#    \Pr\bigl[\,\bigl|\lVert Jx\rVert^2 - 1\bigr| > \varepsilon\,\bigr]
#    \le \delta' + 2e^{-k\varepsilon^2/(6\ln(2n/\delta'))} \quad\text{for every } \delta' > 0 .
#
# ``srht_min_dim`` solves it for :math:`k`. The best bound known for every vector looks at the
# spread of the entries of :math:`HDx`; ``fjlt.min_dim`` finds the least :math:`k` of all bounds.

delta, draws = 0.01, 5000
sizes = [16, 32, 64, 128, 256, 512]
x = patches[:, 0]
norms = {k: fjlt.srht_squared_norms(x, k, draws, rng=k) for k in sizes}
measured = [np.quantile(abs(norms[k] - 1), 1 - delta) for k in sizes]
variance = [2 * (n - k) / (k * (n - 1)) * (1 - np.sum(x**4)) for k in sizes]
chebyshev = np.sqrt(np.array(variance) / delta)
# Two samples have one pair: the bound for a single vector, the difference of the two.
accuracies = np.geomspace(0.2, 1, 12)
formula = [srht_min_dim(2, n, eps, delta) for eps in accuracies]
best = [fjlt.min_dim(2, eps, delta, n=n).k for eps in accuracies]

figure, (left, right) = plt.subplots(
    1, 2, figsize=(8, 3.6), layout="constrained"
)
shown = 128
left.hist(
    norms[shown], bins=60, density=True, color="#56B4E9", label=f"{draws} draws"
)
grid = np.linspace(norms[shown].min(), norms[shown].max(), 200)
sigma = np.sqrt(variance[sizes.index(shown)])
normal = np.exp(-(((grid - 1) / sigma) ** 2) / 2) / (sigma * np.sqrt(2 * np.pi))
left.plot(grid, normal, "k--", label="normal law,\nexact variance")
left.set(xlabel=rf"$\|Jx\|^2$ for $k = {shown}$", ylabel="density")
left.legend(fontsize=8)
right.plot(sizes, measured, "o-", color="#0072B2", label="measured")
right.plot(
    sizes, chebyshev, "s--", color="#D55E00", label="Chebyshev, exact variance"
)
right.plot(formula, accuracies, ":", color="black", label="formula")
right.plot(best, accuracies, "^-.", color="#009E73", label="best bound")
right.set(
    xscale="log",
    yscale="log",
    xlabel="rows k",
    ylabel=f"distortion that {delta:.0%} of the draws exceed",
)
right.axvline(n, color="grey", linewidth=0.8)
right.text(
    n, 0.03, " k = n", transform=right.get_xaxis_transform(), color="#555555"
)
right.legend(fontsize=8)
plt.show()

# %%
# What one sees: the distortion of this patch behaves as for a normal law, and all bounds are above
# it. Bounds for every vector must be: some vectors fare far worse than a patch.

for k, eps, bound in zip(sizes, measured, chebyshev, strict=True):
    print(
        f"k = {k:3}: {1 - delta:.0%} of the draws distort by less than {eps:.2f}; "
        f"Chebyshev: {bound:.2f}"
    )
print(fjlt.min_dim(2, 0.5, delta, n=n))
