"""Train models of the paper at full size on CIFAR-10, with the last layer dense and then replaced.

Prints the accuracy and the time of each epoch. An epoch takes minutes on a CPU; a GPU is used if
there is one. Examples:

    python examples/full_size.py --model PreActResNet-18 --epochs 20
    python examples/full_size.py --model EfficientNet-B0 --optimizer SGD
"""

import argparse
import time

import numpy as np
import torch
from torch import Tensor, nn

from figures.experiments.classification import split
from figures.models.networks import efficientnet_b0, network
from fjlt.torch import ButterflyLinear, count_weights, replace_linear

OPTIMIZERS = {
    "Adam": {"lr": 1e-3},
    "SGD": {"lr": 0.05, "momentum": 0.9, "weight_decay": 5e-4},
}


def preact_resnet18() -> nn.Module:
    """PreActResNet-18 with the width of the paper."""
    return network(
        "PreActResNet-18", nn.Linear, channels=3, pixels=32, width=64
    )


MODELS = {
    "PreActResNet-18": preact_resnet18,
    "EfficientNet-B0": efficientnet_b0,
}


def train_epoch(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    x: Tensor,
    labels: Tensor,
) -> None:
    """One pass over the images in random batches of 128."""
    model.train()
    for batch in torch.randperm(len(x), device=x.device).split(128):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[batch]), labels[batch]).backward()
        optimizer.step()


@torch.no_grad()
def accuracy(model: nn.Module, x: Tensor, labels: Tensor) -> float:
    """Share of images that are classified correctly."""
    model.eval()
    batches = zip(x.split(250), labels.split(250), strict=True)
    return sum(
        (model(a).argmax(1) == b).sum().item() for a, b in batches
    ) / len(x)


def main() -> None:
    """Train the model with its last layer dense, then with it replaced, from the same seed."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--model", choices=MODELS, default="PreActResNet-18")
    parser.add_argument("--optimizer", choices=OPTIMIZERS, default="Adam")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument(
        "--images", type=int, default=9000, help="largest number to train on"
    )
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    device = "cuda" if torch.cuda.is_available() else "cpu"
    parts = split("cifar10", np.random.default_rng(arguments.seed))
    (x, labels), (x_test, labels_test) = (
        tuple(
            torch.from_numpy(array[: arguments.images]).to(device)
            for array in part
        )
        for part in (parts.train, parts.test)
    )
    for is_replaced in (False, True):
        torch.manual_seed(arguments.seed)
        model = MODELS[arguments.model]()
        if is_replaced:
            # by default the last linear layer of the model is replaced
            replace_linear(model)
        model.to(device)
        n_replaced = sum(
            isinstance(layer, ButterflyLinear) for layer in model.modules()
        )
        print(
            f"{arguments.model} on {device}: {count_weights(model)} weights, {n_replaced} "
            f"butterfly layers",
            flush=True,
        )
        rule = getattr(torch.optim, arguments.optimizer)
        optimizer = rule(model.parameters(), **OPTIMIZERS[arguments.optimizer])
        for epoch in range(1, arguments.epochs + 1):
            start = time.perf_counter()
            train_epoch(model, optimizer, x, labels)
            share = accuracy(model, x_test, labels_test)
            seconds = time.perf_counter() - start
            print(
                f"  epoch {epoch}: test accuracy {share:.3f}, {seconds:.1f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
