"""A small transformer that predicts letters, its feed-forward layers dense or replaced."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

__all__ = ["LetterModel"]

WIDTH, HIDDEN, HEADS, BLOCKS = 64, 256, 4, 2
"""Small enough for two cores; the feed-forward layers are four times as wide, as is usual."""

MakeLayer = Callable[[int, int], nn.Module]


class LetterModel(nn.Module):
    """Scores of the next letter at each place of some texts, from the letters before it.

    Two blocks with a norm before each part, and learned places (Vaswani et al., 2017; Radford et
    al., 2019).

    Parameters
    ----------
    letters, length : int
        Number of letters, and the largest length of a text.
    make_layer : callable(n1, n2)
        Makes the layers of the feed-forward parts.

    Examples
    --------
    >>> import torch
    >>> LetterModel(5, 8, nn.Linear)(torch.zeros(2, 8, dtype=torch.int64)).shape
    torch.Size([2, 8, 5])
    """

    def __init__(self, letters: int, length: int, make_layer: MakeLayer) -> None:
        super().__init__()
        self.letters, self.places = nn.Embedding(letters, WIDTH), nn.Embedding(length, WIDTH)
        self.blocks = nn.ModuleList(_Block(make_layer) for _ in range(BLOCKS))
        self.scores = nn.Sequential(nn.LayerNorm(WIDTH), nn.Linear(WIDTH, letters))

    def forward(self, texts: Tensor) -> Tensor:
        """Scores, shape (b, length, letters), of texts (b, length)."""
        x = self.letters(texts) + self.places.weight[: texts.shape[1]]
        for block in self.blocks:
            x = block(x)
        scores: Tensor = self.scores(x)
        return scores


class _Block(nn.Module):
    """Attention to the letters before, then the feed-forward part, each added to its input."""

    def __init__(self, make_layer: MakeLayer) -> None:
        super().__init__()
        self.attended = nn.Sequential(nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 3 * WIDTH))
        self.joined = nn.Linear(WIDTH, WIDTH)
        self.fed = nn.Sequential(
            nn.LayerNorm(WIDTH), make_layer(WIDTH, HIDDEN), nn.ReLU(), make_layer(HIDDEN, WIDTH)
        )

    def forward(self, x: Tensor) -> Tensor:
        # (b, length, 3·width) → (b, heads, 3, length, width/heads) → three of them
        query, key, value = self.attended(x).unflatten(-1, (3, HEADS, -1)).transpose(1, 3).unbind(2)
        seen = nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.joined(seen.transpose(1, 2).flatten(2))
        y: Tensor = x + self.fed(x)
        return y
