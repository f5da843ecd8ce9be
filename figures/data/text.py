"""Text: tagged sentences for sequence labelling, and term-document matrices."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from figures.data.download import fetch

__all__ = [
    "Newsgroups",
    "Sentence",
    "conll2000",
    "europeana_ner_de",
    "mini_newsgroups",
    "treebank",
    "ud_english_ewt",
]

Sentence = list[tuple[str, str]]
"""Words with their tags, in order."""

_SLIPS = {
    "B-BER": "B-PER",
    "B-ER": "B-PER",
    "B.PER": "B-PER",
    "B_PER": "B-PER",
    "B-LOCER": "B-LOC",
    "B-OLOC": "B-LOC",
    "B_LOC": "B-LOC",
    "I_ORG": "I-ORG",
    "V": "O",
}
_SENTENCE_END = re.compile(r"(.*[^\W\d_]{3})?[.!?]")
_ENTITIES = {"O", *(f"{place}-{kind}" for place in "BI" for kind in ("PER", "LOC", "ORG", "MISC"))}


class Newsgroups(NamedTuple):
    """Posts of 20 newsgroups, without their headers.

    Attributes
    ----------
    texts : list of str
        2,000 posts, sorted by group, then by file.
    labels : ndarray, shape (2000,), int64
        Index into ``groups``.
    groups : tuple of str
    """

    texts: list[str]
    labels: NDArray[np.int64]
    groups: tuple[str, ...]

    def counts(self, *groups: str, min_documents: int = 2) -> Any:
        """Term-document counts of the named groups (all if none): a sparse integer matrix (terms,
        documents).

        Terms are runs of two or more word characters, in lower case and in alphabetical order, kept
        if they occur in at least ``min_documents`` of these documents.

        Raises
        ------
        ValueError
            For an unknown group.
        """
        from sklearn.feature_extraction.text import CountVectorizer

        unknown = set(groups) - set(self.groups)
        if unknown:
            raise ValueError(f"unknown groups {sorted(unknown)}; known: {', '.join(self.groups)}")
        texts = [
            text
            for text, label in zip(self.texts, self.labels, strict=True)
            if not groups or self.groups[label] in groups
        ]
        return CountVectorizer(min_df=min_documents).fit_transform(texts).T.tocsr()


def mini_newsgroups() -> Newsgroups:
    """Posts of 20 newsgroups, 100 of each; stand-in for TechTC-300.

    Raises
    ------
    ValueError
        If the file has a wrong hash.
    FileNotFoundError
        If it is absent and cannot be downloaded (1.9 MB).

    Notes
    -----
    Source: UCI, Twenty Newsgroups (Mitchell, 1997), its small version. Latin-1; the text of a post
    starts after its first blank line.
    """
    with tarfile.open(fetch("mini_newsgroups/mini_newsgroups.tar.gz")) as archive:
        posts = {
            member.name: stream.read().decode("latin-1")
            for member in archive.getmembers()
            if (stream := archive.extractfile(member)) is not None
        }
    names = sorted(posts)
    groups = tuple(sorted({name.split("/")[1] for name in names}))
    labels = np.array([groups.index(name.split("/")[1]) for name in names], dtype=np.int64)
    return Newsgroups([posts[name].partition("\n\n")[2] for name in names], labels, groups)


def treebank() -> list[Sentence]:
    """Part-of-speech tags of a tenth of the Penn Treebank: 3,914 sentences, 94,084 words, 45 tags,
    gold.

    Raises
    ------
    ValueError
        If the file has a wrong hash.
    FileNotFoundError
        If it is absent and cannot be downloaded (1.7 MB).

    Notes
    -----
    Source: Marcus, Santorini and Marcinkiewicz 1993, the sample of WSJ files 1 to 199 that comes
    with NLTK. Empty elements (-NONE-) are dropped. Results are not comparable with those on the
    whole corpus.
    """
    sentences = []
    with zipfile.ZipFile(fetch("nltk_treebank/treebank.zip")) as archive:
        for member in sorted(archive.namelist()):
            if re.fullmatch(r"treebank/combined/wsj_\d+\.mrg", member):
                sentences += [
                    _leaves(tree) for tree in _trees(archive.read(member).decode("ascii"))
                ]
    return sentences


def conll2000(split: str = "train", tag: str = "chunk") -> list[Sentence]:
    """Chunks of Wall Street Journal text: 8,936 sentences to train, 2,012 to test; stand-in for
    CoNLL-2003.

    Parameters
    ----------
    split : {"train", "test"}
    tag : {"chunk", "pos"}
        Chunk in BIO form, or part of speech as Brill's tagger gave it (not gold).

    Raises
    ------
    ValueError
        For another split or tag, or a file with a wrong hash.
    FileNotFoundError
        If the file is absent and cannot be downloaded (0.8 MB).

    Notes
    -----
    Source: Tjong Kim Sang and Buchholz, CoNLL-2000.
    """
    column = _column(tag, {"pos": 1, "chunk": 2}, "tag")
    _column(split, {"train": 0, "test": 1}, "split")
    with zipfile.ZipFile(fetch("nltk_conll2000/conll2000.zip")) as archive:
        text = archive.read(f"conll2000/{split}.txt").decode("latin-1")
    blocks = re.split(r"\n[ \t]*\n", text)
    sentences = ([line.split() for line in block.split("\n") if line.strip()] for block in blocks)
    return [[(row[0], row[column]) for row in rows] for rows in sentences if rows]


def ud_english_ewt(split: str = "dev", tag: str = "xpos") -> list[Sentence]:
    """Part-of-speech tags of English web text: 2,001 sentences ("dev"), 2,077 ("test"), gold.

    Parameters
    ----------
    split : {"dev", "test"}
    tag : {"xpos", "upos"}
        Tags in the style of the Penn Treebank, or the 17 universal ones.

    Raises
    ------
    ValueError
        For another split or tag, or a file with a wrong hash.
    FileNotFoundError
        If the file is absent and cannot be downloaded (1.8 MB).

    Notes
    -----
    Source: Universal Dependencies English EWT (Silveira et al. 2014). Contractions are split into
    their words, as in the file's rows with a whole number.
    """
    column = _column(tag, {"upos": 3, "xpos": 4}, "tag")
    _column(split, {"dev": 0, "test": 1}, "split")
    text = fetch(f"ud_english_ewt/en_ewt-ud-{split}.conllu").read_text(encoding="utf-8")
    return [
        [(row[1], row[column]) for row in rows if row[0].isdigit()]
        for block in text.strip().split("\n\n")
        if (rows := [line.split("\t") for line in block.split("\n") if not line.startswith("#")])
    ]


def europeana_ner_de(source: str = "lft") -> list[Sentence]:
    """Named entities in historic German newspapers, BIO tags; stand-in for CoNLL-2003 German.

    Parameters
    ----------
    source : {"lft", "onb", "sbb"}
        The library: Friedrich Tessmann (70,259 tokens), Austrian National (28,012), Berlin State
        (47,088).

    Raises
    ------
    ValueError
        For another source, or a file with a wrong hash.
    FileNotFoundError
        If the file is absent and cannot be downloaded (under 0.7 MB).

    Notes
    -----
    Source: Neudecker, An open corpus for named entity recognition in historic newspapers, LREC
    2016; CC0. The files have no sentence breaks; a sentence here ends at a full stop, exclamation
    or question mark that stands alone or after three letters, so that ordinals and most
    abbreviations do not end one. Comments and lines without exactly two fields are dropped. Slips
    of the annotators in the tags (lower case, B_PER, B-BER and the like) are corrected; three
    I-MISC of "lft" stay.
    """
    _column(source, {"lft": 0, "onb": 1, "sbb": 2}, "source")
    lines = fetch(f"europeana_ner_de/enp_DE.{source}.bio").read_text(encoding="utf-8").split("\n")
    rows = (line.split() for line in lines if not line.startswith("#"))
    return _sentences((row[0], _entity(row[1])) for row in rows if len(row) == 2)


def _trees(text: str) -> list[str]:
    """Top-level bracketed expressions of a file."""
    trees, depth, start = [], 0, 0
    for match in re.finditer(r"[()]", text):
        if depth == 0:
            start = match.start()
        depth += 1 if match[0] == "(" else -1
        if depth == 0:
            trees.append(text[start : match.end()])
    return trees


def _leaves(tree: str) -> Sentence:
    return [
        (word, tag)
        for tag, word in re.findall(r"\(([^\s()]+) ([^\s()]+)\)", tree)
        if tag != "-NONE-"
    ]


def _entity(tag: str) -> str:
    upper = tag.upper()
    corrected = _SLIPS.get(upper, upper)
    if corrected not in _ENTITIES:
        raise ValueError(f"unknown entity tag {tag!r}")
    return corrected


def _sentences(tokens: Iterable[tuple[str, str]]) -> list[Sentence]:
    sentences: list[Sentence] = [[]]
    for token in tokens:
        sentences[-1].append(token)
        if _SENTENCE_END.fullmatch(token[0]):
            sentences.append([])
    return [sentence for sentence in sentences if sentence]


def _column(name: str, known: dict[str, int], kind: str) -> int:
    if name not in known:
        raise ValueError(f"{kind} must be one of {', '.join(known)}, got {name!r}")
    return known[name]
