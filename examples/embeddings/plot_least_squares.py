r"""
Least squares by a sketch
=========================

What a fast embedding is used for most: ``fjlt.lstsq`` solves :math:`\min_x \lVert Ax - b\rVert`
for a matrix :math:`A` with many more rows than columns. The singular values of :math:`JA`, with a
few hundred rows, precondition all of :math:`A`.
"""

# %%
# Any condition number
# --------------------
# Plain ``lsqr`` of SciPy needs more steps the worse the condition number is. With a sketch the
# number of steps hardly grows.

import matplotlib.pyplot as plt
import numpy as np
from scipy.sparse.linalg import lsqr

import fjlt

m, n, rng = 4096, 32, np.random.default_rng(0)
left, _ = np.linalg.qr(rng.standard_normal((m, n)))
right, _ = np.linalg.qr(rng.standard_normal((n, n)))
conditions = 10.0 ** np.arange(0, 9, 2)
most = 500

plain, fast, errors = [], [], []
for condition in conditions:
    A = (left * np.geomspace(1, 1 / condition, n)) @ right
    b = A @ rng.standard_normal(n) + 1e-3 * rng.standard_normal(m)
    found = fjlt.lstsq(A, b, rng=0)
    exact = np.linalg.lstsq(A, b)[0]
    fast.append(found.iterations)
    plain.append(lsqr(A, b, atol=1e-14, btol=1e-14, conlim=0, iter_lim=most)[2])
    errors.append(np.linalg.norm(A @ (found.x - exact)) / np.linalg.norm(b))

# %%
# How many rows
# -------------
# More rows of the sketch cost more at the start and save steps later. A sparse matrix is best
# sketched by a sparse embedding; ``sketch`` takes any.

rows = np.array([2, 4, 8, 16, 32]) * n
steps = {
    "SRHT": [fjlt.lstsq(A, b, k=k, rng=1).iterations for k in rows],
    "sparse JL": [
        fjlt.lstsq(A, b, sketch=fjlt.sparse_jl(k, m, rng=1)).iterations
        for k in rows
    ],
}

figure, (one, two) = plt.subplots(
    1, 2, figsize=(8, 3.6), layout="constrained", sharey=True
)
one.plot(
    conditions, plain, "s--", color="#D55E00", label=f"lsqr, at most {most}"
)
one.plot(conditions, fast, "o-", color="#0072B2", label="fjlt.lstsq")
one.set(
    xscale="log",
    yscale="log",
    xlabel="condition number of $A$",
    ylabel="steps",
)
one.legend(fontsize=8)
for (name, counts), style in zip(steps.items(), ("o-", "^:"), strict=True):
    two.plot(rows, counts, style, color="#0072B2", label=name)
two.set(xscale="log", xlabel="rows of the sketch")
two.set_xticks(rows, [str(k) for k in rows])
two.minorticks_off()
two.legend(fontsize=8)
plt.show()

# %%
# What one sees: a sketch makes the number of steps almost independent of the condition number.

for condition, slow, quick, error in zip(
    conditions, plain, fast, errors, strict=True
):
    reached = f"{slow} steps" if slow < most else f"more than {most} steps"
    print(
        f"condition number {condition:.0e}: lsqr {reached}, with a sketch {quick};",
        f"Ax differs from NumPy's by {error:.0e} of b",
    )
