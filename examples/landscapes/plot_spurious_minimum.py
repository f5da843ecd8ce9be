r"""
The spurious minimum, as a surface
==================================

With a fixed butterfly every minimum is global. When the butterfly is trained as well, a second
minimum can appear, at a larger loss. Four inputs are enough to see it.
"""

# %%
# Two angles
# ----------
# A butterfly of size 4 keeps the outputs 0 and 2, and :math:`k = 2`. Whatever its weights, the
# rows of :math:`EB` span
#
# .. math::
#
#    (\cos\alpha, \sin\alpha, 0, 0) \quad\text{and}\quad (0, 0, \cos\beta, \sin\beta) ,
#
# so the loss with the best decoder depends on two angles only, and can be drawn. We list all its
# critical points.

import matplotlib.pyplot as plt
import numpy as np

import landscape

X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
points = landscape.joint_critical_points(X, X, rows=[0, 2], k=2)
for point in points:
    print(f"loss {point.loss:.4f}  index {point.index}  {point.kind}")
print(f"nothing is known to be missing: {points.complete}")

# %%
# The map
# -------
# Thick white lines run at the height of the saddles. The thin paths go steepest downhill: white
# ones to the global minimum, pink ones to the spurious one.

figure = plt.figure(figsize=(7, 5), layout="constrained")
landscape.plot_landscape(points, figure.add_subplot(), flow=True)
plt.show()

# %%
# The surface
# -----------

figure = plt.figure(figsize=(7, 5), layout="constrained")
landscape.plot_landscape(
    points, figure.add_subplot(projection="3d"), surface=True, colorbar=False
)
plt.show()

# %%
# Where descent ends
# ------------------
# The basin is shallow, but it is no rare event. We start many descents at random weights.

best, spurious = (
    next(point for point in points if point.kind == kind)
    for kind in ("global minimum", "spurious minimum")
)
pass_ = min(point.loss for point in points if point.is_saddle)
print(
    f"the spurious minimum is {spurious.loss - best.loss:.3f} above the global one"
)
print(f"to leave it, the loss must rise by {pass_ - spurious.loss:.3f}")

reached = landscape.multi_start(X, X, rows=[0, 2], k=2, starts=400, rng=0)
for end in reached:
    low, high = end.interval
    print(
        f"{end.share:.0%} of the descents end at loss {end.loss:.4f} "
        f"(99.9 % interval {low:.0%} to {high:.0%})"
    )
