"""The layers that stand in for the dense one: against matrices written out, and their weights."""

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from figures.models.layers import LAYERS, SMALL_CORE, SPARSE, kept, layer  # noqa: E402
from figures.models.networks import network  # noqa: E402
from figures.models.sparse import BlockDiagonal, RandomSparse  # noqa: E402
from figures.models.transformer import LetterModel  # noqa: E402
from fjlt.torch import ButterflyLinear, count_weights  # noqa: E402

SIZES = [(64, 10), (84, 10), (150, 16), (64, 256), (256, 45), (3, 5), (1, 1), (1024, 1024)]


def matrix(module, n1):
    """The matrix of a layer without its bias, shape (n2, n1)."""
    with torch.no_grad():
        return (module(torch.eye(n1)) - module(torch.zeros(1, n1))).T


@pytest.mark.parametrize(("n1", "n2"), SIZES[:-1])
@pytest.mark.parametrize("share", [0.3, 0.7, 1.0])
def test_block_diagonal_is_the_product_that_it_says(n1, n2, share):
    module = BlockDiagonal(n1, n2, n2 + max(n1 + n2, round(share * n1 * n2)))
    blocks, rank, width = module.first.shape
    height = module.second.shape[1]
    first = torch.block_diag(*module.first)
    second = torch.block_diag(*module.second)
    exchange = torch.zeros(blocks * rank, blocks * rank)
    for i in range(blocks):
        for r in range(rank):
            # number r of part i stands at place r·b + i
            exchange[r * blocks + i, i * rank + r] = 1
    whole = (second @ exchange @ first)[:n2, :n1]
    assert (width * blocks, height * blocks) >= (n1, n2)
    torch.testing.assert_close(matrix(module, n1), whole, rtol=1e-4, atol=1e-6)
    # every input reaches every output
    assert (whole != 0).all()
    x = torch.randn(2, 3, n1)
    torch.testing.assert_close(module(x), x @ whole.T + module.bias, rtol=1e-4, atol=1e-5)


def test_block_diagonal_has_a_higher_rank_than_a_pair_with_as_many_weights():
    module = BlockDiagonal(64, 64, 64 + 8 * 128)
    assert count_weights(module) == 64 + 8 * 128
    assert torch.linalg.matrix_rank(matrix(module, 64)) == 64 > 8


def test_sparse_weights_are_as_many_in_each_output():
    module = RandomSparse(64, 10, 500)
    found = matrix(module, 64)
    counts = (found != 0).sum(1)
    assert counts.sum() == len(module.values) == 490
    assert counts.max() - counts.min() <= 1
    module(torch.ones(1, 64)).sum().backward()
    assert (module.values.grad == 1).all()
    assert RandomSparse(4, 3, 1000).values.numel() == 12


@pytest.mark.parametrize(("n1", "n2"), SIZES)
@pytest.mark.parametrize("multiple", [1, 4])
def test_peers_have_the_rank_or_at_most_the_weights_of_the_butterfly(n1, n2, multiple):
    def count(kind):
        torch.manual_seed(3)
        return count_weights(layer(kind, n1, n2, multiple))

    torch.manual_seed(3)
    butterfly = layer("butterfly", n1, n2, multiple)
    assert (butterfly.k1, butterfly.k2) == (kept(n1, multiple), kept(n2, multiple))
    budget = count("butterfly")
    least = n1 + 2 * n2  # a pair of rank 1
    for kind in ("low rank, equal weights", *SPARSE):
        assert count(kind) <= max(budget, least), kind
        # not far below it: less than one more column and row in each block
        assert count(kind) > min(budget, n1 * n2 + n2) - 2 * (n1 + n2) - 2 * len(SPARSE) * n2
    pair = layer("low rank, equal rank", n1, n2, multiple)
    assert pair[0].out_features == min(butterfly.k1, butterfly.k2)


@pytest.mark.parametrize("kind", LAYERS)
def test_the_paper_s_size_is_the_default_and_draws_the_same(kind):
    torch.manual_seed(0)
    one = layer(kind, 84, 10).state_dict()
    torch.manual_seed(0)
    other = layer(kind, 84, 10, multiple=1).state_dict()
    assert all(torch.equal(one[name], other[name]) for name in one)
    torch.manual_seed(0)
    default = ButterflyLinear(84, 10).state_dict()
    if kind == "butterfly":
        assert all(torch.equal(one[name], default[name]) for name in default)


def test_a_small_core_starts_with_outputs_about_as_large_as_those_of_a_dense_layer():
    torch.manual_seed(0)
    x = torch.randn(500, 1024)

    def size(kind):
        with torch.no_grad():
            return float(layer(kind, 1024, 1024)(x).std())

    assert 0.5 < size(SMALL_CORE) / size("dense") < 2
    assert size("butterfly") / size("dense") > 5


def test_the_convolution_that_is_replaced_is_that_of_the_network():
    torch.manual_seed(0)
    plain = network("LeNet", nn.Linear)
    windows = network("LeNet, convolution", nn.Linear)
    weights = plain.state_dict()
    weights["3.layer.weight"] = weights.pop("3.weight").flatten(1)
    weights["3.layer.bias"] = weights.pop("3.bias")
    windows.load_state_dict(weights)
    x = torch.randn(2, 1, 28, 28)
    torch.testing.assert_close(windows(x), plain(x), rtol=1e-4, atol=1e-5)


def test_a_letter_is_predicted_from_those_before_it_alone():
    torch.manual_seed(0)
    model = LetterModel(7, 12, nn.Linear).eval()
    text = torch.randint(7, (1, 12))
    changed = text.clone()
    changed[0, 6] = (text[0, 6] + 1) % 7
    differs = (model(text) != model(changed)).any(-1)[0]
    assert differs.tolist() == [False] * 6 + [True] * 6
