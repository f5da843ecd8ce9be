"""A tagger of sentences.

It has embeddings of words and letters, a bidirectional LSTM, and one layer to the tags.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_sequence, pad_sequence, unpack_sequence

from figures.data.text import Sentence

__all__ = ["Tagger", "Vocabulary"]

PADDING, UNKNOWN = 0, 1
"""Indices that stand for no letter, and for a word or letter outside the vocabulary."""


class Vocabulary:
    """Indices of the words, letters and tags of some sentences.

    Words count in lower case, and only those that occur at least twice.

    Parameters
    ----------
    sentences : sequence of Sentence

    Attributes
    ----------
    tags : list of str
        In alphabetical order.
    n_words, n_letters : int
        Numbers of indices, those of padding and of unknown words and letters included.

    Examples
    --------
    >>> vocabulary = Vocabulary([[("The", "D"), ("dog", "N")], [("the", "D")]])
    >>> vocabulary.word("THE"), vocabulary.word("dog"), vocabulary.tags
    (2, 1, ['D', 'N'])
    """

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        pairs = [pair for sentence in sentences for pair in sentence]
        counts = Counter(word.lower() for word, _ in pairs)
        frequent = sorted(word for word, count in counts.items() if count > 1)
        letters = sorted({letter for word, _ in pairs for letter in word})
        self._words = {word: i for i, word in enumerate(frequent, start=UNKNOWN + 1)}
        self._letters = {letter: i for i, letter in enumerate(letters, start=UNKNOWN + 1)}
        self.tags = sorted({tag for _, tag in pairs})
        self._tags = {tag: i for i, tag in enumerate(self.tags)}
        self.n_words, self.n_letters = 2 + len(self._words), 2 + len(self._letters)

    def word(self, word: str) -> int:
        """Index of a word."""
        return self._words.get(word.lower(), UNKNOWN)

    def letters(self, word: str, limit: int = 20) -> list[int]:
        """Indices of the first letters of a word, at most ``limit``."""
        return [self._letters.get(letter, UNKNOWN) for letter in word[:limit]]

    def tags_of(self, sentences: Sequence[Sentence]) -> Tensor:
        """Indices of all tags, sentence after sentence."""
        return torch.tensor([self._tags[tag] for sentence in sentences for _, tag in sentence])


class Tagger(nn.Module):
    """Scores of the tags for each word of some sentences.

    A word is represented by an embedding of width 100 and by the maximum of a convolution of width
    50 over its letters, three at a time. In training half of these features are dropped at random,
    and half of the 2·128 outputs of the LSTM.

    Parameters
    ----------
    vocabulary : Vocabulary
    make_layer : callable(n1, n2)
        Makes the layer from 256 features to the tags.
    """

    def __init__(self, vocabulary: Vocabulary, make_layer: Callable[[int, int], nn.Module]) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.words = nn.Embedding(vocabulary.n_words, 100, padding_idx=PADDING)
        self.letters = nn.Embedding(vocabulary.n_letters, 25, padding_idx=PADDING)
        self.triples = nn.Conv1d(25, 50, 3, padding=1)
        self.drop = nn.Dropout(0.5)
        self.lstm = nn.LSTM(150, 128, bidirectional=True)
        self.scores = make_layer(256, len(vocabulary.tags))

    def forward(self, sentences: Sequence[Sentence]) -> Tensor:
        """Scores, shape (words of all sentences, tags)."""
        vocabulary = self.vocabulary
        lengths = [len(sentence) for sentence in sentences]
        words = [word for sentence in sentences for word, _ in sentence]
        indices = torch.tensor([vocabulary.word(word) for word in words])
        letters = pad_sequence(
            [torch.tensor(vocabulary.letters(word)) for word in words], batch_first=True
        )
        # words are padded to the longest; -inf keeps the padding out of the maximum
        triples = self.triples(self.letters(letters).mT)
        spelling = triples.masked_fill((letters == PADDING)[:, None], -torch.inf).amax(-1)
        features = self.drop(torch.cat([self.words(indices), spelling], dim=-1)).split(lengths)
        # a packed sequence has no padding, so a sentence is read alike alone and in a batch
        outputs, _ = self.lstm(pack_sequence(features, enforce_sorted=False))
        scores: Tensor = self.scores(self.drop(torch.cat(unpack_sequence(outputs))))
        return scores

    def predict(self, sentences: Sequence[Sentence]) -> list[list[str]]:
        """The tags with the highest scores, one list for each sentence."""
        best = self(sentences).argmax(-1).split([len(sentence) for sentence in sentences])
        return [[self.vocabulary.tags[i] for i in indices.tolist()] for indices in best]
