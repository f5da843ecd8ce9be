"""Footnote 7: the replaced layers are no linear layers of the models as they were published."""

from __future__ import annotations

from collections.abc import Iterable

from figures.models.architectures import MODELS, Linear
from figures.paper.printed import numbers
from proofs_check.claim import (
    Bearing,
    Check,
    Claim,
    Context,
    Control,
    Finding,
    Grade,
    Verdict,
    paper,
)

__all__ = ["CLAIM"]


def printed_sizes() -> list[int]:
    """The numbers of weights that Figure 1 prints for dense layers, each once."""
    found = [int(one.value) for one in numbers("figure-1", series="dense")]
    return list(dict.fromkeys(found))


def linear_layers() -> dict[str, tuple[Linear, ...]]:
    """The linear layers of each model of Table 1, as published."""
    return {f"{model.name}, {model.dataset}": model.linears for model in MODELS}


def of_this_size(weights: Iterable[int]) -> list[str]:
    """The linear layers that have one of these numbers of weights, without their bias."""
    wanted = set(weights)
    return [
        f"{name}: {layer.inputs} → {layer.outputs}"
        for name, layers in linear_layers().items()
        for layer in layers
        if layer.n_products in wanted
    ]


def possible_outputs(outputs: int) -> list[int]:
    """The printed sizes that a layer with so many outputs can have."""
    return [weights for weights in printed_sizes() if weights % outputs == 0]


def _layers(context: Context) -> Finding:
    found = of_this_size(printed_sizes())
    single = [name for name, layers in linear_layers().items() if len(layers) == 1]
    listed = [
        f"{name}: {' and '.join(f'{layer.inputs} → {layer.outputs}' for layer in layers)}"
        for name, layers in linear_layers().items()
    ]
    return Finding.of(
        not found,
        Bearing.REFUTES,
        f"The linear layers of the {len(listed)} networks as published are {'; '.join(listed)}. "
        f"None has one of the printed numbers of weights, {', '.join(map(str, printed_sizes()))}. "
        f"{len(single)} of them, all for images, have one linear layer, so that none stands before "
        "it.",
        sum(map(len, linear_layers().values())),
        scope=f"the layer lists of {len(listed)} networks",
        numbers={"networks": len(listed)},
    )


def _outputs(context: Context) -> Finding:
    outputs = sorted({layers[-1].outputs for layers in linear_layers().values()})
    divided = [n for n in outputs if possible_outputs(n)]
    powers = all(weights & (weights - 1) == 0 for weights in printed_sizes())
    return Finding.of(
        not divided and powers,
        Bearing.REFUTES,
        f"All printed numbers of dense weights are powers of 2. No number of classes or tags, "
        f"{', '.join(map(str, outputs))}, divides one of them, so the layer is no output layer of "
        "these tasks, in whatever network.",
        len(outputs) * len(printed_sizes()),
        scope="every output layer of these tasks",
        numbers={"outputs": outputs},
    )


CLAIM = Claim(
    id="printed-layer-sizes",
    title="Figure 1 replaces linear layers of the named models",
    source=f"Footnote 7 in {paper('Section 5.1', 'Table 1', 'Figure 1')}",
    statement=(
        r"In all architectures of Table 1, as published, the replaced layer, whose weights Figure "
        r"1 reports, is one of their linear layers."
    ),
    expected=Verdict.REFUTED,
    correction=(
        r"The published models have no layer of these sizes, and those for images no linear layer "
        r"before the output layer. Two readings are left. As printed, a wide layer stands before "
        r"the output layer and is replaced; as in the scripts released with the paper, the output "
        r"layer itself is replaced. These are two different experiments."
    ),
    checks=(
        Check("linear layers", Grade.EXACT, "layer lists of the published models", _layers),
        Check("outputs", Grade.EXACT, "numbers of classes and tags, divisibility", _outputs),
    ),
    controls=(
        Control(
            "no linear layer has 5120 weights, as that of PreActResNet-18 does",
            lambda context: of_this_size([5120]) == ["PreActResNet-18, CIFAR-10: 512 → 10"],
        ),
        Control(
            "no layer with 128 outputs has a printed size",
            lambda context: possible_outputs(128) == printed_sizes(),
        ),
    ),
)
