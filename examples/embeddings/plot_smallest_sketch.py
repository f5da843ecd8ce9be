r"""
The smallest sketch for your own data
=====================================

A sketch :math:`SX` of :math:`l` rows stands in for the data :math:`X` when a low-rank
approximation is wanted. How small may :math:`l` be? Bounds for the worst data ask for too much.
Here is how to measure it on data of your own.
"""

# %%
# The question in a formula
# -------------------------
# Let :math:`X_k` be the best approximation of rank :math:`k`, which PCA finds, and :math:`S_k(X)`
# the best of rank :math:`k` with rows in the row space of the sketch. The price of the sketch is
#
# .. math::
#
#    \frac{\lVert X - S_k(X)\rVert_F^2}{\lVert X - X_k\rVert_F^2} - 1 \;\ge\; 0 .
#
# Put your own matrix in place of the digits: columns are samples.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

import fjlt

X = load_digits().data.T[:, :600] / 16
X = X - X.mean(axis=1, keepdims=True)
k, allowed, draws = 6, 0.10, 20
n = len(X)
best = np.sum(np.linalg.svd(X, compute_uv=False)[k:] ** 2)

# %%
# Three kinds of sketch, many draws of each
# -----------------------------------------
# The SRHT is a truncated butterfly, a Gaussian matrix is dense, and a count sketch has one number
# in each column.

sizes = [6, 8, 10, 12, 16, 20, 26, 32, 40, 50]
kinds = {
    "SRHT": fjlt.srht,
    "Gaussian": fjlt.gaussian,
    "count sketch": fjlt.count_sketch,
}
rng = np.random.default_rng(0)
price = {
    name: np.array(
        [
            [
                fjlt.low_rank(X, make(l, n, rng=rng), k).error / best - 1
                for _ in range(draws)
            ]
            for l in sizes
        ]
    )
    for name, make in kinds.items()
}

# %%
# The smallest size is the first from which on nine draws in ten stay within what is allowed.

smallest = {}
for name, found in price.items():
    good = np.quantile(found, 0.9, axis=1) <= allowed
    first = len(sizes) - np.argmin(good[::-1]) if not good.all() else 0
    smallest[name] = sizes[first] if first < len(sizes) else None
    print(
        f"{name:12}: l = {smallest[name]} for an error at most {allowed:.0%}",
        f"above that of PCA, k = {k}",
    )

figure, ax = plt.subplots(figsize=(7, 3.8), layout="constrained")
looks = zip(
    price.items(),
    ("#0072B2", "#D55E00", "#009E73"),
    ("o-", "s--", "^:"),
    strict=True,
)
for (name, found), colour, style in looks:
    low, middle, high = np.quantile(found, [0.1, 0.5, 0.9], axis=1)
    ax.plot(sizes, middle, style, color=colour, label=f"{name}, median")
    ax.fill_between(sizes, low, high, color=colour, alpha=0.15)
ax.axhline(allowed, color="black", linewidth=1, label=f"allowed, {allowed:.0%}")
ax.set(
    yscale="log",
    xlabel="rows l of the sketch",
    ylabel="error above that of PCA, relative",
)
ax.legend(
    title=f"k = {k}; bands hold 80 % of the draws", fontsize=8, title_fontsize=8
)
ax.grid(alpha=0.3)
plt.show()

# %%
# What one sees: a few times :math:`k` rows are enough, and the price falls fast. As :math:`l` nears
# the rank of the data, an SRHT or a Gaussian sketch keeps everything. A count sketch does not: it
# adds up pixels that share a row.

print(f"the rank of the data is {np.linalg.matrix_rank(X)}")
for name, found in price.items():
    print(
        f"{name:12}: median price at l = {sizes[-1]}: {np.median(found[-1]):.2%}"
    )
