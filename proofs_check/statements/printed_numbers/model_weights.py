"""Figure S2: the totals of the models, against the layers of Figure 1 and against the models."""

from __future__ import annotations

from figures.models.architectures import BatchNorm, image_layers
from figures.paper.printed import Printed, number, numbers
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

MEBIBYTE = 2**20


def excess(dense: int, butterfly: int, layer: int) -> int:
    """By how much two totals differ beyond all the weights of the replaced layer."""
    return dense - butterfly - layer


def both_printed() -> list[tuple[Printed, Printed]]:
    """The totals of Figure S2, of the models for which both are printed."""
    after = {one.subject: one for one in numbers("figure-s2", reading="label", series="butterfly")}
    return [
        (one, after[one.subject])
        for one in numbers("figure-s2", series="dense")
        if one.subject in after
    ]


def layer_of(subject: str) -> int:
    """Weights of the replaced layer of a model, from Figure 1."""
    return int(number("figure-1", subject=subject, series="dense").value)


def total(name: str, classes: int) -> int:
    """Weights of a network for images, as published."""
    return sum(layer.n_weights for layer in image_layers(name, classes))


def megabytes(name: str, classes: int) -> float:
    """Size of its weights and running means and variances in MiB, four bytes each."""
    running = sum(2 * b.channels for b in image_layers(name, classes) if isinstance(b, BatchNorm))
    return 4 * (total(name, classes) + running) / MEBIBYTE


def _savings(context: Context) -> Finding:
    found = [(before, after, layer_of(before.subject)) for before, after in both_printed()]
    beyond = [excess(int(b.value), int(a.value), layer) for b, a, layer in found]
    listed = [
        f"{b.subject}: {b.text} − {a.text} = {int(b.value - a.value)}, layer {layer}"
        for b, a, layer in found
    ]
    return Finding.of(
        min(beyond) > 0,
        Bearing.REFUTES,
        "A model without the replaced layer has fewer weights by those of the layer, and the "
        f"replacement adds some. The totals of Figure S2 differ by more — {'; '.join(listed)}.",
        len(found),
        scope=", ".join(b.subject for b, _, _ in found),
        numbers={"models": len(found)},
    )


def _known_totals(context: Context) -> Finding:
    printed = number("figure-s2", subject="PreActResNet18, CIFAR-10", series="dense")
    resnet, preact = total("ResNet-18", 1000), total("PreActResNet-18", 10)
    efficient = number("figure-s2", subject="EfficientNet, CIFAR-10", series="dense")
    thousand, ten = (total("EfficientNet-B0", classes) for classes in (1000, 10))
    return Finding.of(
        printed.value == resnet != preact
        and round(thousand, -5) == efficient.value != round(ten, -5),
        Bearing.REFUTES,
        f"The total printed for {printed.subject}, {printed.text}, is that of ResNet-18 with 1000 "
        f"classes, {resnet}, counted layer by layer; PreActResNet-18 with 10 classes has {preact}. "
        f"That printed for {efficient.subject}, {efficient.text}, is EfficientNet-B0 with 1000 "
        f"classes, {thousand}, rounded; with 10 classes it has {ten}.",
        2,
        numbers={"resnet": resnet, "preact": preact},
    )


def _tenfold(context: Context) -> Finding:
    large = number("figure-s2", subject="seresnet152, CIFAR-100", series="butterfly")
    small = number("figure-s2", subject="Penn Treebank", series="butterfly")
    return Finding.of(
        large.value == 10 * small.value,
        Bearing.REFUTES,
        f"The total printed for seresnet152 with the butterfly, {large.text}, is ten times that "
        f"for the Penn Treebank, {small.text}, digit for digit. Totals of two models of different "
        "kinds have no reason to agree so.",
        1,
    )


def _file_sizes(context: Context) -> Finding:
    found = []
    for subject, name in (
        ("seresnet152, CIFAR-100", "SE-ResNet-152"),
        ("senet154, ImageNet", "SENet-154"),
    ):
        printed = int(number("figure-s2", subject=subject, series="dense").value)
        found.append((printed, name, megabytes(name, 1000), total(name, 1000)))
    near = all(abs(printed / 10**6 / size - 1) < 0.005 for printed, _, size, _ in found)
    far = all(printed > 3 * count for printed, _, _, count in found)
    listed = [
        f"{name}: {count} weights, {size:.1f} MiB with the running means and variances at 4 bytes "
        f"each, printed {printed}"
        for printed, name, size, count in found
    ]
    return Finding.of(
        near and far,
        Bearing.REFUTES,
        f"With 1000 classes — {'; '.join(listed)}. Both printed numbers are more than 3 times the "
        "count, and within 0.5 % of a million times the size in MiB: sizes of files, it seems.",
        len(found),
        numbers={"senet": round(found[1][2]), "count": found[1][3]},
    )


CLAIM = Claim(
    id="printed-model-weights",
    title="Figure S2 counts the weights of the models",
    source=paper("Figure S2"),
    statement=(
        r"Figure S2 reports the total number of weights of the original models, and of the models "
        r"in which the layer of Figure 1 is replaced."
    ),
    expected=Verdict.REFUTED,
    correction=(
        r"Of the savings that it prints, all <<savings:models>> exceed the weights of the layer. "
        r"The total for PreActResNet18 is that of ResNet-18 with 1000 classes; PreActResNet-18 "
        r"with 10 classes has <<known totals:preact>> weights. SENet-154 has <<file sizes:count>> "
        r"weights: the printed 440 000 000 is close to a million times the size of these in MiB."
    ),
    checks=(
        Check("savings", Grade.EXACT, "differences of the totals against the layer", _savings),
        Check("known totals", Grade.EXACT, "counts from layer lists", _known_totals),
        Check("tenfold", Grade.EXACT, "two printed totals", _tenfold),
        Check("file sizes", Grade.EXACT, "counts from layer lists", _file_sizes),
    ),
    controls=(
        Control(
            "a saving of all but the replacement exceeds the layer",
            lambda context: excess(22_344_728, 22_344_728 - 262_144 + 15_440, 262_144) < 0,
        ),
        Control(
            "the total of PreActResNet18 is that of ResNet-18 with 10 classes",
            lambda context: (
                number("figure-s2", subject="PreActResNet18, CIFAR-10", series="dense").value
                != total("ResNet-18", 10)
            ),
        ),
        Control(
            "440 000 000 is the size of SENet-154 at 8 bytes a weight",
            lambda context: abs(440 / (2 * megabytes("SENet-154", 1000)) - 1) > 0.4,
        ),
    ),
)
