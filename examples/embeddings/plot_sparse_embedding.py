r"""
How many entries a column needs
===============================

A sparse embedding is quick on sparse data: ``fjlt.sparse_jl`` has :math:`s` entries in each column,
``fjlt.count_sketch`` has one. How small may :math:`s` be?
"""

# %%
# The hardest vectors are short
# -----------------------------
# If the entries of two inputs meet in a row, their signs decide whether they add up or cancel. With
# one entry a column that is all or nothing, and it happens with probability :math:`1/k`. With
# :math:`s` entries, more than half of them must meet, with one sign. Columns are independent, so a
# single draw with many columns gives many draws of a vector with :math:`y` equal entries.

import matplotlib.pyplot as plt
import numpy as np

import fjlt

k, eps, draws = 64, 0.5, 10_000
entries = np.array([1, 2, 4, 8, 16, 32])
lengths = (2, 3, 16)


def lost(s, y):
    """Share of draws that change the squared norm of y equal entries by more than eps."""
    J = fjlt.sparse_jl(k, draws * y, rng=0, s=s).matrix.tocsc()
    images = sum(J[:, t::y] for t in range(y))
    return np.mean(abs(images.power(2).sum(axis=0) / y - 1) > eps)


shares = {y: np.array([lost(s, y) for s in entries]) for y in lengths}
gaussian = fjlt.gaussian_failure(k, eps)

figure, ax = plt.subplots(figsize=(7, 3.8), layout="constrained")
looks = zip(
    shares, ("#0072B2", "#D55E00", "#009E73"), ("o-", "s--", "^:"), strict=True
)
for y, colour, style in looks:
    seen = np.where(shares[y] > 0, shares[y], np.nan)
    ax.plot(entries, seen, style, color=colour, label=f"{y} equal entries")
ax.axhline(gaussian, color="black", linewidth=1, label="Gaussian matrix, exact")
ax.set(
    xscale="log",
    yscale="log",
    xlabel="entries s in a column",
    ylabel=f"share lost, k = {k}, ε = {eps}",
)
ax.set_xticks(entries, [str(s) for s in entries])
ax.minorticks_off()
ax.legend(fontsize=8)
ax.grid(alpha=0.3)
plt.show()

# %%
# What one sees: one entry a column loses short vectors often. With four or more, these vectors are
# lost about as often as by a Gaussian matrix, or less.

for y in lengths:
    print(
        f"{y:2} equal entries: lost in {shares[y][0]:.2%} of the draws with one entry a column,",
        f"in {shares[y][3]:.2%} with eight",
    )
print(f"a Gaussian matrix loses any vector with probability {gaussian:.2%}")

# %%
# What is proved
# --------------
# No bound for a count sketch can be much better than Chebyshev's inequality. With eight entries a
# column, which is the default, even moments prove far more.

for ensemble in ("count_sketch", "sparse_jl", "gaussian"):
    found = fjlt.min_dim(500, eps, ensemble=ensemble)
    print(
        f"{ensemble:12}: k = {found.k} for 500 points, by {found.best.name}; {found.too_few} is",
        "too few",
    )
