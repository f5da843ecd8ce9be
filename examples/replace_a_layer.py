"""Train a small model with its dense layers and with one of them replaced; compare accuracy and
weights."""

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

from fjlt.torch import count_weights, replace_linear

images, labels = map(torch.as_tensor, load_digits(return_X_y=True))
x, x_test, y, y_test = train_test_split(images.float() / 16, labels, test_size=0.25, random_state=0)


def trained_accuracy(model: nn.Module) -> float:
    """Share of test images classified correctly after 400 steps of Adam."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for _ in range(400):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    return (model(x_test).argmax(1) == y_test).double().mean().item()


for is_replaced in (False, True):
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)
    )
    if is_replaced:
        # choose the layers by their names in the model; "2" is the middle one
        replace_linear(model, "2")
    print(f"{model[2]}\n  {count_weights(model)} weights, accuracy {trained_accuracy(model):.3f}")
