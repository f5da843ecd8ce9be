"""The models of the paper at full size on CIFAR-10, their last layer dense and replaced: accuracy
and times.

An epoch takes minutes on a CPU; a GPU is used if there is one. Examples:

    python examples/full_size.py --model PreActResNet-18 --epochs 20
    python examples/full_size.py --model EfficientNet-B0 --optimizer SGD
"""

import argparse
import time

import numpy as np
import torch
from torch import nn

from figures.experiments.classification import split
from figures.models.networks import efficientnet_b0, network
from fjlt.torch import ButterflyLinear, count_weights, replace_linear

SETTINGS = {"Adam": {"lr": 1e-3}, "SGD": {"lr": 0.05, "momentum": 0.9, "weight_decay": 5e-4}}


MODELS = {
    "PreActResNet-18": lambda: network(
        "PreActResNet-18", nn.Linear, channels=3, pixels=32, width=64
    ),
    "EfficientNet-B0": efficientnet_b0,
}


def main() -> None:
    """Train the model with its last layer dense, then with it replaced, from the same seed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=MODELS, default="PreActResNet-18")
    parser.add_argument("--optimizer", choices=SETTINGS, default="Adam")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--images", type=int, default=9000, help="how many to learn from, at most")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    parts = split("cifar10", np.random.default_rng(arguments.seed))
    (x, y), (x_test, y_test) = (
        tuple(torch.from_numpy(part[: arguments.images]).to(device) for part in pair)
        for pair in (parts.train, parts.test)
    )
    for is_replaced in (False, True):
        torch.manual_seed(arguments.seed)
        model = MODELS[arguments.model]()
        if is_replaced:
            replace_linear(model)
        model.to(device)
        replaced = sum(isinstance(layer, ButterflyLinear) for layer in model.modules())
        print(
            f"{arguments.model} on {device}: {count_weights(model)} weights, {replaced} butterfly "
            f"layers",
            flush=True,
        )
        optimizer = getattr(torch.optim, arguments.optimizer)(
            model.parameters(), **SETTINGS[arguments.optimizer]
        )
        for epoch in range(1, arguments.epochs + 1):
            start = time.perf_counter()
            model.train()
            for chosen in torch.randperm(len(x), device=device).split(128):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(x[chosen]), y[chosen]).backward()
                optimizer.step()
            model.eval()
            with torch.no_grad():
                parts_of_test = zip(x_test.split(250), y_test.split(250), strict=True)
                right = sum((model(a).argmax(1) == b).sum().item() for a, b in parts_of_test)
            took = time.perf_counter() - start
            print(
                f"  epoch {epoch}: test accuracy {right / len(x_test):.3f}, {took:.1f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
