"""Weights of dense layers, of their replacements, and of the models around them: figures 7 and
8."""

from __future__ import annotations

from math import log2

from figures.engine.table import Row, Table
from figures.models.architectures import MODELS
from fjlt import max_effective_weights, mean_effective_weights, min_effective_weights

__all__ = ["compute", "layer_weights", "reduced"]


def layer_weights(n1: int, n2: int) -> Row:
    """Weights of a dense n2 × n1 matrix and of its replacement J2ᵀ·core·J1, biases of both left
    out.

    k = ceil(log2 n) outputs are kept of a butterfly of size N = 2^k on its first n inputs, as the
    paper chooses for n a power of 2.

    Returns
    -------
    row
        ``n1``, ``n2``, ``k1``, ``k2``; ``dense`` = n1·n2; ``nominal``, all 2·N·log2 N weights of
        both butterflies; ``effective_min``, ``effective_mean``, ``effective_max``, the weights on a
        path from an input to a kept output, over all pairs of sets of kept outputs, exactly, n not
        a power of 2 included; ``bound``, where the paper's 2n·log2 k + 6n stands for them. The
        core, k1·k2, is in all four.

    Raises
    ------
    ValueError
        If n1 or n2 is less than 2.

    Examples
    --------
    >>> row = layer_weights(512, 10)
    >>> [row[column] for column in ("k1", "k2", "dense", "nominal", "effective_min", "effective_max")]
    [9, 4, 5120, 9380, 1151, 4302]
    """
    sides = [(n, (n - 1).bit_length()) for n in (n1, n2)]
    core = sides[0][1] * sides[1][1]
    return {
        "n1": n1,
        "n2": n2,
        "k1": sides[0][1],
        "k2": sides[1][1],
        "dense": n1 * n2,
        "nominal": core + sum(2 * k << k for _, k in sides),
        "effective_min": core + sum(min_effective_weights(n, k) for n, k in sides),
        "effective_mean": float(core + sum(mean_effective_weights(n, k) for n, k in sides)),
        "effective_max": core + sum(max_effective_weights(n, k) for n, k in sides),
        "bound": core + sum(2 * n * log2(k) + 6 * n for n, k in sides),
    }


def compute(seed: int = 0) -> Table:
    """Counts for every linear layer of every model. Nothing is drawn at random: all seeds give one
    table.

    Returns
    -------
    table : one row a linear layer
        ``model``, ``dataset``, ``task``; ``layer``, final or, in the taggers, reprojection; the
        columns of ``layer_weights``; ``original``, all trained numbers of the model, and
        ``replaced``, the same with this layer replaced: its bias stays, and of the replacement the
        mean number of effective weights counts.

    Examples
    --------
    >>> [(row["model"], row["layer"], row["dense"]) for row in compute()[-2:]]
    [('POS English', 'final', 25088), ('POS English', 'reprojection', 19324816)]
    """
    rows: list[Row] = []
    for model in MODELS:
        for layer, name in zip(reversed(model.linears), ("final", "reprojection"), strict=False):
            counts = layer_weights(layer.inputs, layer.outputs)
            rows.append(
                {
                    "model": model.name,
                    "dataset": model.dataset,
                    "task": model.task,
                    "layer": name,
                    **counts,
                    "original": model.n_weights,
                    "replaced": model.n_weights
                    - int(counts["dense"])
                    + float(counts["effective_mean"]),
                }
            )
    return rows


def reduced(table: Table, column: str, layer: str = "final") -> list[str]:
    """Models whose layer has fewer weights by a column than the dense matrix.

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
