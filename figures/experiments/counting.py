"""Weights of dense layers, of their replacements and of whole models, for figures 1 and S2."""

from __future__ import annotations

from math import log2

from figures.engine.table import Row, Table
from figures.models.architectures import MODELS
from fjlt import max_effective_weights, mean_effective_weights, min_effective_weights

__all__ = ["compute", "layer_weights", "reduced"]


def layer_weights(n1: int, n2: int) -> Row:
    """Number of weights of a dense n2 × n1 matrix and of its replacement J2ᵀ·core·J1.

    Biases are not counted.

    On either side k = ceil(log2 n) outputs are kept of a butterfly of size N = 2^k on its first n
    inputs, as the paper chooses for n a power of 2.

    Returns
    -------
    row
        ``n1``, ``n2``, ``k1``, ``k2``; ``dense`` = n1·n2; ``nominal``, with all 2·N·log2 N weights
        of both butterflies; ``effective_min``, ``effective_mean``, ``effective_max``, with the
        weights on a path from an input to a kept output, exactly over all pairs of sets of kept
        outputs, also for n not a power of 2; ``bound``, with the paper's 2n·log2 k + 6n in their
        place. The core, k1·k2 weights, is in the last five.

    Raises
    ------
    ValueError
        If n1 or n2 is less than 2.

    Examples
    --------
    >>> row = layer_weights(512, 10)
    >>> [row[column] for column in ("k1", "k2", "dense", "nominal")]
    [9, 4, 5120, 9380]
    >>> row["effective_min"], row["effective_max"]
    (1151, 4302)
    """
    sides = [(n, (n - 1).bit_length()) for n in (n1, n2)]
    (_, k1), (_, k2) = sides
    core = k1 * k2
    return {
        "n1": n1,
        "n2": n2,
        "k1": k1,
        "k2": k2,
        "dense": n1 * n2,
        # log2 N = k layers of N nodes, each with two weights
        "nominal": core + sum(2 * k * 2**k for _, k in sides),
        "effective_min": core + sum(min_effective_weights(n, k) for n, k in sides),
        "effective_mean": float(core + sum(mean_effective_weights(n, k) for n, k in sides)),
        "effective_max": core + sum(max_effective_weights(n, k) for n, k in sides),
        "bound": core + sum(2 * n * log2(k) + 6 * n for n, k in sides),
    }


def compute(seed: int = 0) -> Table:
    """Counts for every linear layer of every model of the paper.

    Nothing is drawn at random, so the table does not depend on the seed.

    Returns
    -------
    table : one row for each linear layer
        ``model``, ``dataset``, ``task``; ``layer``, "final" or, in the taggers, "reprojection"; the
        columns of ``layer_weights``; ``original``, all trained weights of the model; ``replaced``,
        those of the model with this layer replaced, in the mean over the kept outputs. The bias of
        the layer stays.

    Examples
    --------
    >>> [(row["model"], row["layer"], row["dense"]) for row in compute()[-2:]]
    [('POS English', 'final', 25088), ('POS English', 'reprojection', 19324816)]
    """
    rows: list[Row] = []
    for model in MODELS:
        for layer, name in zip(reversed(model.linears), ("final", "reprojection"), strict=False):
            counts = layer_weights(layer.inputs, layer.outputs)
            about: Row = {"model": model.name, "dataset": model.dataset, "task": model.task}
            others = model.n_weights - int(counts["dense"])
            replaced = others + float(counts["effective_mean"])
            totals: Row = {"original": model.n_weights, "replaced": replaced}
            rows.append({**about, "layer": name, **counts, **totals})
    return rows


def reduced(table: Table, column: str, layer: str = "final") -> list[str]:
    """Names of the models whose replacement has fewer weights than the dense layer.

    The count is that of one column.

    Examples
    --------
    >>> reduced(compute(), "nominal")
    ['SE-ResNet-152', 'SENet-154', 'NER English', 'NER German', 'POS English']
    """
    return [
        str(row["model"])
        for row in table
        if row["layer"] == layer and float(row[column]) < float(row["dense"])
    ]
