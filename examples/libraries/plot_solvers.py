r"""
An operator inside SciPy's ``svds`` and ``lsqr``
================================================

Every transform of ``fjlt`` is a ``LinearOperator`` of SciPy, so SciPy's iterative solvers take it
as it is. Two things that this is good for: singular values of a tall matrix from a short one, and
a preconditioner for least squares.
"""

# %%
# A large regression from a photograph
# ------------------------------------
# Predict a pixel from its neighbours: one equation for each pixel, and one unknown for each
# neighbour. Neighbours resemble each other, so the matrix :math:`A` is ill-conditioned.

import matplotlib.pyplot as plt
import numpy as np
from scipy.sparse.linalg import LinearOperator, aslinearoperator, lsqr, svds
from sklearn.datasets import load_sample_image

import fjlt

image = load_sample_image("flower.jpg").mean(axis=2)[:206, :206] / 255
windows = np.lib.stride_tricks.sliding_window_view(image, (7, 7)).reshape(
    -1, 49
)[: 2**15]
A, b = np.delete(windows, 24, axis=1), windows[:, 24]
n, unknowns = A.shape
print(
    f"{n} equations, {unknowns} unknowns, condition number {np.linalg.cond(A):.0f}"
)

# %%
# ``svds``: singular values from a sketch
# ---------------------------------------
# :math:`JA` has a few hundred rows in place of all. As an operator it is ``J @
# aslinearoperator(A)``; its matrix is never formed. If :math:`J` keeps all lengths in the range
# of :math:`A` within :math:`1 \pm \varepsilon`, so it does the squares of all singular values.

J = fjlt.srht(400, n, rng=0)
of_sketch = np.sort(
    svds(J @ aslinearoperator(A), k=8, return_singular_vectors=False, rng=0)
)[::-1]
exact = np.linalg.svd(A, compute_uv=False)
for i in (0, 3, 7):
    print(
        f"singular value {i + 1}: {exact[i]:8.3f},",
        f"from the sketch {of_sketch[i]:8.3f}",
    )

# %%
# ``lsqr``: a preconditioner from a sketch
# ----------------------------------------
# Let :math:`JA = QR`. Then :math:`AR^{-1}` has a condition number near 1, and ``lsqr`` needs few
# steps for
#
# .. math::
#
#    \min_z \lVert AR^{-1}z - b\rVert , \qquad x = R^{-1}z .

R = np.linalg.qr(J @ A, mode="r")
inverse = np.linalg.inv(R)
preconditioned = LinearOperator(
    A.shape,
    matvec=lambda z: A @ (inverse @ z),
    rmatvec=lambda y: inverse.T @ (A.T @ y),
    dtype=float,
)
print(
    "condition number of the preconditioned matrix:",
    f"{np.linalg.cond(A @ inverse):.2f}",
)

solution = np.linalg.lstsq(A, b)[0]
steps = [1, 2, 4, 6, 8, 10, 15, 20, 30, 45, 70, 100, 150]


def errors(matrix: LinearOperator, back: np.ndarray) -> list[float]:
    """Relative error of the unknowns after each number of steps."""
    found = [
        back @ lsqr(matrix, b, atol=0, btol=0, conlim=0, iter_lim=count)[0]
        for count in steps
    ]
    return [
        float(np.linalg.norm(x - solution) / np.linalg.norm(solution))
        for x in found
    ]


plain = errors(aslinearoperator(A), np.eye(unknowns))
fast = errors(preconditioned, inverse)

figure, (left, right) = plt.subplots(
    1, 2, figsize=(8, 3.6), layout="constrained"
)
left.plot(
    range(1, 9),
    exact[:8],
    "o",
    color="black",
    fillstyle="none",
    markersize=8,
    label="all rows",
)
left.plot(
    range(1, 9),
    of_sketch,
    "x",
    color="#D55E00",
    label=f"sketch of {J.shape[0]} rows",
)
left.set(yscale="log", xlabel="number", ylabel="singular value", title="svds")
left.legend(fontsize=8)
right.plot(steps, plain, "s--", color="#D55E00", markersize=4, label="as it is")
right.plot(
    steps,
    fast,
    "o-",
    color="#0072B2",
    markersize=4,
    label="preconditioned by a sketch",
)
right.set(
    yscale="log",
    xlabel="steps of lsqr",
    ylabel="relative error of the unknowns",
    title="lsqr",
)
right.legend(fontsize=8)
plt.show()

# %%
# What one sees: the sketch gets the singular values nearly right, and as a preconditioner it
# saves most of the steps.

for name, found in (("as it is", plain), ("preconditioned", fast)):
    count = next(
        (
            count
            for count, error in zip(steps, found, strict=True)
            if error < 1e-6
        ),
        None,
    )
    reached = f"{count} steps" if count else f"more than {steps[-1]} steps"
    print(
        f"{name:14}: an error below 1e-6 takes {reached};",
        f"after {steps[-1]} it is {found[-1]:.0e}",
    )
error = np.max(abs(of_sketch / exact[:8] - 1))
print(f"largest relative error of the singular values: {error:.1%}")
