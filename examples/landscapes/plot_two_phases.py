r"""
Training in two phases, against PCA
===================================

How good an auto-encoder is a network with a butterfly, and how should it be trained? The paper
proposes two phases: first :math:`D` and :math:`E` with the butterfly :math:`B` fixed, then
everything. PCA says what is best possible.
"""

# %%
# The loss and its bounds
# -----------------------
# The loss is :math:`\lVert DEBX - X\rVert_F^2`, with a bottleneck of :math:`k` numbers. No matrix
# of rank :math:`k` does better than PCA:
#
# .. math::
#
#    \lVert DEBX - X\rVert_F^2 \;\ge\; \sum_{i>k}\sigma_i(X)^2 .
#
# With :math:`B` fixed the least loss is known as well (see ``reduced_loss``), and descent can
# reach it.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

import fjlt
import landscape

X = load_digits().data.T[:, :400] / 16
X = X - X.mean(axis=1, keepdims=True)
k, l = 4, 12
B = fjlt.srht(l, len(X), rng=0)
pca = np.sum(np.linalg.svd(X, compute_uv=False)[k:] ** 2)

# %%
# Two phases, and everything at once from the same butterfly.

two_phases = landscape.fit_two_phase(X, X, k, B, max_steps=150, rng=0)
at_once = landscape.fit(X, X, k, B, max_steps=300, rng=0)

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
landscape.plot_history({"two phases": two_phases, "all at once": at_once}, ax)
plt.show()

# %%
# What one sees: phase one comes to rest at the optimum for its :math:`B`, the dashed line. It
# cannot go on, however long it is trained. Once :math:`B` moves, most of the rest of the way to
# PCA is made. The numbers say how near to PCA each way of training ends here.

first, second = two_phases
print(f"PCA                      {pca:9.2f}")
print(f"optimum of the results   {second.optimum:9.2f}")
print(
    f"phase one, B fixed       {first.loss:9.2f}   its optimum {first.optimum:.2f}"
)
print(
    f"phase two, all trained   {second.loss:9.2f}",
    f"  {second.loss / pca - 1:.2%} above PCA",
)
print(
    f"all at once              {at_once.loss:9.2f}",
    f"  {at_once.loss / pca - 1:.2%} above PCA",
)
closed = (first.loss - second.loss) / (first.loss - pca)
print(f"phase two closes {closed:.0%} of the gap that phase one leaves")
