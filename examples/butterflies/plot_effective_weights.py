r"""
How many weights a truncated butterfly has
==========================================

A truncated butterfly keeps :math:`l` of :math:`n` outputs. Only weights on a path to a kept
output matter. How many are they, and does it depend on which outputs are kept?
"""

# %%
# Paths to the kept outputs
# -------------------------
# Layer :math:`i` joins numbers that differ in bit :math:`i`. A node of layer :math:`i` is needed
# if its last :math:`i + 1` bits agree with those of a kept output. So outputs that agree in many
# low bits share paths, and others do not.

import matplotlib.pyplot as plt
import numpy as np

import fjlt

n = 16
apart, close = [0, 1, 2, 3], [0, 4, 8, 12]
networks = {
    f"outputs {rows}": fjlt.TruncatedButterfly(
        fjlt.Butterfly.hadamard(n).weights, rows
    )
    for rows in (apart, close)
}

figure, axes = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
for ax, (name, network) in zip(axes, networks.items(), strict=True):
    # effective_mask has the shape of the weights: layer, output, straight or crossed
    for layer, output, crossed in np.ndindex(network.weights.shape):
        used = network.effective_mask[layer, output, crossed]
        source = output ^ (crossed << layer)
        ax.plot(
            [layer, layer + 1],
            [source, output],
            color="#0072B2" if used else "#BBBBBB",
            linewidth=1.2 if used else 0.4,
            zorder=2 if used else 1,
        )
    ax.plot(
        [len(network.weights)] * len(network.rows),
        network.rows,
        "o",
        color="#D55E00",
        zorder=3,
    )
    ax.set(
        title=f"{name}: {network.effective_mask.sum()} weights",
        xlabel="layer",
        ylabel="number",
    )
    ax.invert_yaxis()
plt.show()

# %%
# The whole range
# ---------------
# The largest number, for the outputs :math:`0, \dots, l-1`, is
#
# .. math::
#
#    \sum_{i=0}^{\log_2 n - 1} \frac{n}{2^i}\min(l, 2^{i+1}) \;\le\; 2n\log_2 l + 2n - 2l .
#
# The paper bounds it by :math:`2n\log_2 l + 6n`. The least number and the mean over all sets of
# :math:`l` outputs are known as well.

n = 1024
sizes = np.unique(np.geomspace(1, n, 40).astype(int))
largest = np.array([fjlt.max_effective_weights(n, int(l)) for l in sizes])
least = np.array([fjlt.min_effective_weights(n, int(l)) for l in sizes])
mean = np.array([float(fjlt.mean_effective_weights(n, int(l))) for l in sizes])
drawn = [
    int(fjlt.srht(int(l), n, rng=int(l)).effective_mask.sum()) for l in sizes
]

figure, ax = plt.subplots(figsize=(7, 3.8), layout="constrained")
ax.fill_between(
    sizes, least, largest, color="#56B4E9", alpha=0.35, label="possible"
)
ax.plot(sizes, mean, color="black", label="mean over all sets of outputs")
ax.plot(sizes, drawn, "x", color="#D55E00", label="one draw of an SRHT")
ax.plot(
    sizes,
    2 * n * np.log2(sizes) + 6 * n,
    ":",
    color="black",
    label="bound of the paper",
)
ax.plot(sizes, n * sizes, "--", color="#009E73", label="dense matrix")
ax.set(
    xscale="log",
    yscale="log",
    xlabel="kept outputs l",
    ylabel="effective weights",
    ylim=(n / 2, 50 * n),
)
ax.legend(fontsize=8)
plt.show()

# %%
# What one sees: an SRHT lies near the mean. The more outputs are kept, the further below a dense
# matrix it is.

for l in (10, 100):
    least, largest = (
        fjlt.min_effective_weights(n, l),
        fjlt.max_effective_weights(n, l),
    )
    drawn = int(fjlt.srht(l, n, rng=0).effective_mask.sum())
    print(
        f"l = {l:3}: from {least} to {largest},",
        f"on average {float(fjlt.mean_effective_weights(n, l)):.0f};",
        f"an SRHT has {drawn},\n        a dense matrix {n * l};",
        f"bound of the paper {2 * n * np.log2(l) + 6 * n:.0f}",
    )
