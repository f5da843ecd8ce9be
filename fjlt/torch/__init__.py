"""Dense layers of PyTorch models replaced by a small core between two truncated butterflies."""

from fjlt.extras import installed

with installed():
    from fjlt.torch.hadamard import fwht
    from fjlt.torch.linear import ButterflyLinear
    from fjlt.torch.replace import Projection, count_weights, from_linear, replace_linear

__all__ = [
    "ButterflyLinear",
    "Projection",
    "count_weights",
    "from_linear",
    "fwht",
    "replace_linear",
]
