r"""
An embedding in a scikit-learn pipeline
=======================================

``FJLTProjection`` is a transformer of scikit-learn, so it fits into a ``Pipeline`` and a grid
search. How many components does a classifier by nearest neighbours need?
"""

# %%
# Many features, few components
# -----------------------------
# Products of pairs of pixels describe a digit by many features. Neighbours depend on distances
# only, and those are what an SRHT keeps: for all pairs of samples, with high probability,
#
# .. math::
#
#    (1-\varepsilon)\lVert x - y\rVert^2
#    \le \lVert Jx - Jy\rVert^2
#    \le (1+\varepsilon)\lVert x - y\rVert^2 .
#
# Here rows are samples, as everywhere in scikit-learn.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

import fjlt
from fjlt.sklearn import FJLTProjection

images, labels = load_digits(return_X_y=True)
images, labels = images[:700] / 16, labels[:700]
features = PolynomialFeatures(2, include_bias=False)
n_features = features.fit_transform(images[:1]).shape[1]
print(f"{images.shape[1]} pixels, {n_features} features")

# %%
# A grid search over the size
# ---------------------------

pipeline = make_pipeline(
    features, FJLTProjection(8, random_state=0), KNeighborsClassifier(3)
)
sizes = [4, 8, 16, 32, 64, 128, 256]
search = GridSearchCV(
    pipeline, {"fjltprojection__n_components": sizes}, cv=3
).fit(images, labels)
accuracy, spread = (
    search.cv_results_[f"{what}_test_score"] for what in ("mean", "std")
)
full = cross_val_score(
    make_pipeline(features, KNeighborsClassifier(3)), images, labels, cv=3
).mean()

figure, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
ax.errorbar(
    sizes,
    accuracy,
    spread,
    fmt="o-",
    color="#0072B2",
    capsize=3,
    label="with the embedding; bars: spread of 3 folds",
)
ax.axhline(
    full, color="black", linestyle="--", label=f"all {n_features} features"
)
ax.set(
    xscale="log",
    xlabel="components",
    ylabel="accuracy",
    xticks=sizes,
    xticklabels=sizes,
)
ax.minorticks_off()
ax.grid(alpha=0.3)
ax.legend(loc="lower right")
plt.show()

# %%
# What one sees: long before the number of features is reached, the embedding costs next to
# nothing.

for size, share in zip(sizes, accuracy, strict=True):
    print(f"{size:4} components: accuracy {share:.3f}")
print(f"{n_features} features:   accuracy {full:.3f}")
enough = next(
    size
    for size, share in zip(sizes, accuracy, strict=True)
    if share > full - 0.01
)
print(f"within a hundredth of it from {enough} components on")

# %%
# A bound for every data set is far more careful. With ``n_components="auto"`` the best bound known
# chooses the size. Where it saves nothing, all features are kept, and a warning says so.

for eps in (0.5, 0.8):
    bounds = fjlt.min_dim(len(images), eps, n=n_features)
    print(
        f"to keep all {len(images) * (len(images) - 1) // 2} squared distances",
        f"within 1 ± {eps}, {bounds.k} components are proved to be enough",
    )
auto = FJLTProjection("auto", eps=0.8).fit(features.fit_transform(images))
print(f"'auto' takes {auto.n_components_}")

# %%
# And what the distances really do, at the size that was enough:

samples = features.fit_transform(images[:200])
projected = FJLTProjection(enough, random_state=0).fit_transform(samples)
i, j = np.triu_indices(len(samples), 1)
ratio = np.sum((projected[i] - projected[j]) ** 2, axis=1) / np.sum(
    (samples[i] - samples[j]) ** 2, axis=1
)
print(
    f"{len(ratio)} squared distances change by factors",
    f"from {ratio.min():.2f} to {ratio.max():.2f}",
)
