r"""
Why an embedding does not reconstruct a vector
==============================================

The paper says that :math:`J^\top J x` is near :math:`x` for a fast embedding :math:`J` of shape
:math:`(k, n)`. How near is it really, and what is preserved instead?
"""

# %%
# For the SRHT, :math:`\lVert x - J^\top Jx\rVert^2 = \lVert x\rVert^2 + (n/k - 2)\lVert Jx\rVert^2`
# in every draw. We draw many, for each :math:`k`, with one unit vector.

import matplotlib.pyplot as plt
import numpy as np

import fjlt

n, draws = 256, 200
rng = np.random.default_rng(0)
x = rng.standard_normal(n)
x /= np.linalg.norm(x)
sizes = [4, 8, 16, 32, 64, 128, 192, 256]
errors, norms = [], []
for k in sizes:
    sketches = [fjlt.srht(k, n, rng=rng) for _ in range(draws)]
    errors.append([np.linalg.norm(x - J.H @ (J @ x)) for J in sketches])
    norms.append([np.linalg.norm(J @ x) for J in sketches])

# %%
# The error is never below 1 as long as at most half of the numbers are kept. Its square is
# :math:`n/k - 1` in the mean. The norm is what an embedding preserves.

figure, (left, right) = plt.subplots(
    1, 2, figsize=(8, 3.4), layout="constrained", sharex=True
)
left.plot(sizes, errors, ".", color="#0072B2", alpha=0.15)
left.plot(
    sizes, [np.sqrt(n / k - 1) for k in sizes], "k-", label=r"$\sqrt{n/k-1}$"
)
left.axhline(
    1, color="#D55E00", linestyle="--", label="error of the zero vector"
)
left.set(ylabel=r"$\|x-J^\top Jx\|$", xlabel="rows k", xscale="log")
left.legend()
right.plot(sizes, norms, ".", color="#0072B2", alpha=0.15)
right.axhline(1, color="black")
right.set(ylabel=r"$\|Jx\|$", xlabel="rows k")
plt.show()

# %%
# The least error over all draws, for each number of rows:

for k, of_k in zip(sizes, errors, strict=True):
    print(f"k = {k:3}: least error {min(of_k):.3f}, largest {max(of_k):.3f}")
