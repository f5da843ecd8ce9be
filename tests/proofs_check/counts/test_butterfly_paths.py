"""The path between an input and an output carries the entry of the butterfly."""

from math import prod

import numpy as np
import pytest

from fjlt import Butterfly, to_dense
from proofs_check.counts.butterfly_paths import path


@pytest.mark.parametrize("n", [1, 2, 8])
def test_entries_are_products_of_weights_along_paths(n):
    p = n.bit_length() - 1
    weights = np.random.default_rng(n).integers(1, 9, (p, n, 2)).astype(float)
    expected = [
        [prod(weights[edge] for edge in path(n, output, column)) for column in range(n)]
        for output in range(n)
    ]
    assert to_dense(Butterfly(weights) if p else Butterfly.identity(1)).tolist() == expected


def test_every_edge_leads_to_the_next_node():
    for output in range(8):
        for column in range(8):
            node = column
            for i, (layer, head, crossed) in enumerate(path(8, output, column)):
                assert (layer, head) == (i, node ^ crossed << i)
                node = head
            assert node == output
