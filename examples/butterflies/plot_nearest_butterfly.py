r"""
The butterfly nearest to a matrix
=================================

A butterfly of size :math:`n` has :math:`2n\log_2 n` weights, as many as two dense factors of rank
:math:`\log_2 n`. Which of the two is nearer to a given matrix? And how near is it to the best
butterfly?
"""

# %%
# Find a butterfly behind noise
# -----------------------------
# `fjlt.factorise` splits a matrix into blocks that would have rank one if it were a butterfly. It
# returns a butterfly, its error, and a floor: no butterfly has a smaller error. Here the matrix is
# a Hadamard matrix with noise. The noise itself is the error of the butterfly that we planted.

import matplotlib.pyplot as plt
import numpy as np

import fjlt

n, rng = 128, np.random.default_rng(0)
hadamard = fjlt.Butterfly.hadamard(n).to_dense()
noise = rng.standard_normal((n, n)) / n**0.5
levels = np.geomspace(1e-3, 3, 15)
near = [fjlt.factorise(hadamard + t * noise, polish=4) for t in levels]
planted = [
    np.linalg.norm(t * noise) / np.linalg.norm(hadamard + t * noise)
    for t in levels
]
for t, found, error in list(zip(levels, near, planted, strict=True))[::7]:
    print(
        f"noise {t:.3f}: error {found.error:.4f}, floor {found.floor:.4f},",
        f"the planted butterfly {error:.4f}",
    )

# %%
# Butterflies and low rank, with as many weights
# ----------------------------------------------
# What share of :math:`\lVert A\rVert_F^2` do they keep? The floor gives the largest share of any
# butterfly, and the singular values the largest of any rank.

j = np.arange(n)
matrices = {
    "Fourier, inputs\nin bit order": fjlt.dft(n).factors[0].to_dense(),
    "Fourier": fjlt.dft(n).to_dense(),
    "cosine": fjlt.dct(n, norm="ortho").to_dense(),
    "orthogonal": np.linalg.qr(noise)[0],
    "Gaussian": noise,
    "1/(1 + |i − j|)": 1 / (1 + abs(j[:, None] - j)),
    "1/(1 + i + j)": 1 / (1 + j[:, None] + j),
}
rank = n.bit_length() - 1
kept = {}
for name, A in matrices.items():
    found = fjlt.factorise(A, polish=20)
    squares = np.linalg.svd(A, compute_uv=False) ** 2
    kept[name] = (
        1 - found.error**2,
        1 - found.floor**2,
        squares[:rank].sum() / squares.sum(),
    )
    print(
        "{}: butterfly {:.3f} of at most {:.3f}, rank {} {:.3f}".format(
            name.replace("\n", " "), *kept[name][:2], rank, kept[name][2]
        )
    )

figure, (left, right) = plt.subplots(
    1, 2, figsize=(9, 3.8), layout="constrained"
)
left.plot(levels, planted, color="black", label="the planted butterfly")
left.plot(levels, [f.error for f in near], "o", color="#0072B2", label="found")
left.plot(levels, [f.floor for f in near], "--", color="#D55E00", label="floor")
left.set(
    xscale="log",
    yscale="log",
    xlabel="noise",
    ylabel="relative error",
    title="A Hadamard matrix with noise",
)
left.legend()
place = np.arange(len(kept))
butterfly, ceiling, low_rank = np.array(list(kept.values())).T
right.barh(place - 0.2, butterfly, 0.38, color="#0072B2", label="butterfly")
right.plot(ceiling, place - 0.2, "|", color="black", label="at most", ms=12)
right.barh(place + 0.2, low_rank, 0.38, color="#E69F00", label=f"rank {rank}")
right.set(
    xlabel="share of the square of the norm that is kept",
    title="As many weights each",
    xlim=(0, 1.05),
)
right.set_yticks(place, list(kept))
right.invert_yaxis()
right.legend(loc="center", bbox_to_anchor=(0.75, 0.62), fontsize=8)
plt.show()

# %%
# What one sees: a butterfly is found up to the noise, and a little past it, since a butterfly fits
# some of the noise. The Fourier matrix is a butterfly in one order of its inputs, and far from one
# in the other. Which structure is nearer depends on the matrix; where there is none, neither keeps
# much.

ahead = [
    name.replace("\n", " ")
    for name, (share, _, of_rank) in kept.items()
    if share > of_rank
]
print("The butterfly keeps more of:", ", ".join(ahead))
