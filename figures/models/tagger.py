"""A tagger of sentences: words and their letters, an LSTM in both directions, one layer to the
tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_sequence, pad_sequence, unpack_sequence

from figures.data.text import Sentence

__all__ = ["Tagger", "Vocabulary"]

PADDING, UNKNOWN = 0, 1


class Vocabulary:
    """Numbers of the words that occur at least twice, lower case, of the letters and of the tags of
    some sentences.

    Examples
    --------
    >>> known = Vocabulary([[("The", "D"), ("dog", "N")], [("the", "D")]])
    >>> known.word("THE"), known.word("dog"), known.tags
    (2, 1, ['D', 'N'])
    """

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        pairs = [pair for sentence in sentences for pair in sentence]
        counts = Counter(word.lower() for word, _ in pairs)
        frequent = sorted(word for word, count in counts.items() if count > 1)
        self._words = {word: i for i, word in enumerate(frequent, start=2)}
        self._letters = {
            letter: i
            for i, letter in enumerate(sorted({c for word, _ in pairs for c in word}), start=2)
        }
        self.tags = sorted({tag for _, tag in pairs})
        self._tags = {tag: i for i, tag in enumerate(self.tags)}
        self.n_words, self.n_letters = 2 + len(self._words), 2 + len(self._letters)

    def word(self, word: str) -> int:
        """Number of a word, 1 if it is unknown."""
        return self._words.get(word.lower(), UNKNOWN)

    def letters(self, word: str, most: int = 20) -> list[int]:
        """Numbers of the first letters of a word."""
        return [self._letters.get(letter, UNKNOWN) for letter in word[:most]]

    def tags_of(self, sentences: Sequence[Sentence]) -> Tensor:
        """Numbers of all tags, sentence after sentence."""
        return torch.tensor([self._tags[tag] for sentence in sentences for _, tag in sentence])


class Tagger(nn.Module):
    """Scores of the tags of each word of some sentences.

    A word is an embedding of width 100 and the maximum over a convolution of its letters, three at
    a time, of width 50; half of them are dropped at random in training, and half of the 2·128
    outputs of the LSTM.

    Parameters
    ----------
    known : Vocabulary
    replaceable : callable(n1, n2)
        Makes the layer from 256 features to the tags.
    """

    def __init__(self, known: Vocabulary, replaceable: Callable[[int, int], nn.Module]) -> None:
        super().__init__()
        self._known = known
        self.words = nn.Embedding(known.n_words, 100, padding_idx=PADDING)
        self.letters = nn.Embedding(known.n_letters, 25, padding_idx=PADDING)
        self.triples = nn.Conv1d(25, 50, 3, padding=1)
        self.drop = nn.Dropout(0.5)
        self.lstm = nn.LSTM(150, 128, bidirectional=True)
        self.scores = replaceable(256, len(known.tags))

    def forward(self, sentences: Sequence[Sentence]) -> Tensor:
        """Scores, shape (words of all sentences, tags)."""
        lengths = [len(sentence) for sentence in sentences]
        words = [word for sentence in sentences for word, _ in sentence]
        numbers = torch.tensor([self._known.word(word) for word in words])
        letters = pad_sequence(
            [torch.tensor(self._known.letters(word)) for word in words], batch_first=True
        )
        triples = self.triples(self.letters(letters).mT)
        spelled = triples.masked_fill((letters == PADDING)[:, None], -torch.inf).amax(-1)
        features = self.drop(torch.cat([self.words(numbers), spelled], dim=-1)).split(lengths)
        outputs, _ = self.lstm(pack_sequence(features, enforce_sorted=False))
        scores: Tensor = self.scores(self.drop(torch.cat(unpack_sequence(outputs))))
        return scores

    def tagged(self, sentences: Sequence[Sentence]) -> list[list[str]]:
        """The tags with the highest scores, a list a sentence."""
        best = self(sentences).argmax(-1).split([len(sentence) for sentence in sentences])
        return [[self._known.tags[i] for i in numbers.tolist()] for numbers in best]
