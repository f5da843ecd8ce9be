r"""
A dense layer between Hadamard transforms
=========================================

Two diagonal matrices and two fast transforms take the place of a dense layer: few
weights, and full rank. How accurate is a classifier with them?
"""

# %%
# The layer
# ---------
# With the Walsh-Hadamard matrix :math:`H` of size :math:`n` and diagonal matrices
# :math:`D_i`, the map
#
# .. math::
#
#    x \mapsto H D_2\, H D_1\, x + b
#
# takes :math:`O(n \log n)` operations and has :math:`3n` weights, where a dense layer has
# :math:`n^2 + n`. Fastfood (Le, Sarlós, Smola, ICML 2013) is built so, and with cosine transforms
# ACDC (Moczulski et al., ICLR 2016). ``fjlt.torch.fwht`` has derivatives: autograd does the rest.

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

from fjlt.torch import fwht

torch.set_num_threads(1)
n = 128


class HadamardLayer(nn.Module):
    """The map H·D2·H·D1·x + b of n numbers; it starts with random signs."""

    def __init__(self) -> None:
        super().__init__()
        self.d1 = nn.Parameter(torch.randint(2, (n,)) * 2.0 - 1)
        self.d2 = nn.Parameter(torch.randint(2, (n,)) * 2.0 - 1)
        self.b = nn.Parameter(torch.zeros(n))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Transform the last axis."""
        return fwht(self.d2 * fwht(self.d1 * x)) + self.b


# %%
# The same classifier three times
# -------------------------------
# The 64 pixels of a digit, padded with zeros, go through the layer, a rectifier and a small dense
# layer. The third classifier keeps the random signs of its diagonals: a random embedding, of which
# only what comes after it is trained.

images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
x, x_test, y, y_test = train_test_split(
    nn.functional.pad(images.float() / 16, (0, n - 64)),
    labels,
    test_size=0.25,
    random_state=0,
)


def trained(layer: nn.Module, passes: int = 6) -> list[float]:
    """Test accuracy of a classifier with this layer, after each pass."""
    classifier = nn.Sequential(layer, nn.ReLU(), nn.Linear(n, 10))
    weights = [w for w in classifier.parameters() if w.requires_grad]
    optimizer = torch.optim.Adam(weights, lr=0.01)
    shares = []
    for _ in range(passes):
        for batch in torch.randperm(len(x)).split(128):
            optimizer.zero_grad()
            nn.functional.cross_entropy(
                classifier(x[batch]), y[batch]
            ).backward()
            optimizer.step()
        with torch.no_grad():
            right = classifier(x_test).argmax(1) == y_test
            shares.append(right.double().mean().item())
    return shares


torch.manual_seed(0)
layers = {
    "dense": nn.Linear(n, n),
    "trained diagonals": HadamardLayer(),
    "random signs": HadamardLayer().requires_grad_(False),
}
figure, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
for (name, layer), colour, style in zip(
    layers.items(),
    ("#0072B2", "#D55E00", "#555555"),
    ("o-", "s--", "^:"),
    strict=True,
):
    shares = trained(layer)
    trainable = sum(w.numel() for w in layer.parameters() if w.requires_grad)
    print(
        f"{name:17}: {trainable:5} weights to train in the layer, accuracy {shares[-1]:.3f}"
    )
    ax.plot(
        range(1, len(shares) + 1),
        shares,
        style,
        color=colour,
        label=name,
        markersize=4,
    )
ax.set(
    xlabel="passes over the training images", ylabel="accuracy on test images"
)
ax.legend()
ax.grid(alpha=0.3)
plt.show()
