r"""
A sketch that is learned from examples
======================================

If many matrices of one kind must be approximated, the sketch need not be random: it can be
learned from some of them and used for the others. What does a learned butterfly gain over an
SRHT?
"""

# %%
# Batches of images
# -----------------
# Each matrix holds a batch of digits as columns. The sketch :math:`B` of :math:`l` rows is chosen
# to minimise the mean error
#
# .. math::
#
#    \frac1N\sum_{i=1}^N \lVert X_i - B_k(X_i)\rVert_F^2 ,
#
# where :math:`B_k(X)` is the best approximation of rank :math:`k` with rows in the row space of
# :math:`BX`.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

import fjlt
import landscape

pixels = load_digits().data.T / 16
matrices = np.split(pixels[:, :1760], 55, axis=1)
train, test = matrices[:35], matrices[35:]
n, k, l = len(pixels), 4, 8
print(
    f"{len(train)} matrices to learn from and {len(test)} others,",
    f"each of shape {train[0].shape}",
)

# %%
# Learned and random sketches, on matrices that no sketch has seen
# ----------------------------------------------------------------
# The reference is the best approximation of rank :math:`k` of each matrix by itself.

best = np.array(
    [np.sum(np.linalg.svd(X, compute_uv=False)[k:] ** 2) for X in test]
)
learned = {
    structure: landscape.learn_sketch(
        train, k, l, structure, max_steps=250, rng=0
    )
    for structure in ("butterfly", "dense", "sparse")
}
sketches = {
    "SRHT": fjlt.srht(l, n, rng=0),
    "count sketch": fjlt.count_sketch(l, n, rng=0),
    "learned, sparse": learned["sparse"].sketch,
    "learned, butterfly": learned["butterfly"].sketch,
    "learned, dense": learned["dense"].sketch,
}
price = {
    name: landscape.approximation_errors(sketch, test, k) / best - 1
    for name, sketch in sketches.items()
}
for name, found in price.items():
    print(
        f"{name:18}: on average {found.mean():6.1%} above the best of rank {k}"
    )

figure, (left, right) = plt.subplots(
    1, 2, figsize=(8, 3.6), layout="constrained"
)
result = learned["butterfly"]
left.plot(result.history, color="#0072B2", label="training matrices")
left.plot(result.held_out, "--", color="#D55E00", label="held out to choose")
left.set(
    xlabel="steps of Adam",
    ylabel="mean squared error",
    title="Learning a butterfly",
)
left.legend(fontsize=8)
right.boxplot(
    list(price.values()),
    orientation="horizontal",
    tick_labels=list(price),
    medianprops={"color": "black"},
)
right.set(
    xlabel="error above the best, relative",
    xlim=(0, None),
    title="On unseen matrices",
)
right.invert_yaxis()
plt.show()

# %%
# What one sees: learning takes off most of the excess of a random sketch, and it carries over to
# matrices that were not seen. The numbers of weights say what each had to learn with.

n_butterfly = int(result.sketch.effective_mask.sum())
print(f"weights: sparse {n}, butterfly {n_butterfly}, dense {n * l}")
gone = 1 - price["learned, butterfly"].mean() / price["SRHT"].mean()
print(f"learned butterfly against SRHT: {gone:.0%} of the excess is gone")
