"""Networks with a dense layer, and the layers that may take its place.

``architectures`` describes the models of the paper and counts their weights, without PyTorch.
``networks`` and ``taggers`` are PyTorch modules, and ``layers`` makes their dense layer or a
replacement of it.
"""

from figures.models.architectures import MODELS, Model

__all__ = ["MODELS", "Model"]
