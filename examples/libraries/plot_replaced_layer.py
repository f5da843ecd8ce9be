r"""
A dense layer replaced in a PyTorch model
=========================================

Most weights of a small classifier sit in one dense layer. What happens to the accuracy when that
layer becomes two truncated butterflies around a small core?
"""

# %%
# The replacement
# ---------------
# A dense layer of shape :math:`(n_2, n_1)` is replaced by
#
# .. math::
#
#    W' = J_2^\top\, C\, J_1 , \qquad J_1: (k_1, n_1),\quad C: (k_2, k_1),\quad J_2: (k_2, n_2),
#
# whose three factors are all trained. ``replace_linear`` finds the layer by its name in the
# model. By default :math:`k_i = \lceil\log_2 n_i\rceil`.

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

from fjlt.torch import count_weights, replace_linear

torch.set_num_threads(1)
images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
x, x_test, y, y_test = train_test_split(
    images.float() / 16, labels, test_size=0.25, random_state=0
)


def model() -> nn.Sequential:
    """A classifier with the same start every time."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(64, 256),
        nn.ReLU(),
        nn.Linear(256, 256),
        nn.ReLU(),
        nn.Linear(256, 10),
    )


def trained(classifier: nn.Module, passes: int = 8) -> list[float]:
    """Share of test images that are classified correctly, after each pass."""
    optimizer = torch.optim.Adam(classifier.parameters(), lr=0.003)
    shares = []
    for _ in range(passes):
        for batch in torch.randperm(len(x)).split(96):
            optimizer.zero_grad()
            nn.functional.cross_entropy(
                classifier(x[batch]), y[batch]
            ).backward()
            optimizer.step()
        with torch.no_grad():
            shares.append(
                (classifier(x_test).argmax(1) == y_test).double().mean().item()
            )
    return shares


# %%
# Train it with the dense layer, and with the layer replaced
# ----------------------------------------------------------

dense, butterfly = model(), model()
replace_linear(butterfly, "2")  # the middle layer
print(dense[2])
print(butterfly[2])
accuracy = {"dense": trained(dense), "replaced": trained(butterfly)}
weights = {"dense": count_weights(dense), "replaced": count_weights(butterfly)}

figure, (left, right) = plt.subplots(
    1, 2, figsize=(8, 3.4), layout="constrained", width_ratios=(2, 1)
)
for (name, shares), colour, style in zip(
    accuracy.items(), ("#0072B2", "#D55E00"), ("o-", "s--"), strict=True
):
    left.plot(
        range(1, len(shares) + 1),
        shares,
        style,
        color=colour,
        label=name,
        markersize=4,
    )
left.set(
    xlabel="passes over the training images", ylabel="accuracy on test images"
)
left.legend()
left.grid(alpha=0.3)
bars = right.bar(
    list(weights),
    list(weights.values()),
    color=["#0072B2", "#D55E00"],
    width=0.6,
)
bars[1].set_hatch("//")
right.bar_label(bars)
right.set(ylabel="weights of the whole model")
right.margins(y=0.12)
plt.show()

# %%
# What one sees: the accuracy stays close while most weights go. This says nothing about
# *approximating* a given dense layer, which the replacement cannot do in general: it has rank at
# most :math:`\min(k_1, k_2)`. Here it is trained.

for name in accuracy:
    print(
        f"{name:9}: {weights[name]:6} weights, accuracy {accuracy[name][-1]:.3f}"
    )
print(
    "the replaced model has",
    f"{weights['replaced'] / weights['dense']:.0%} of the weights",
)
