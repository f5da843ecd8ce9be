"""Text: tagged sentences for sequence labelling, and term-document matrices."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from figures.data.download import fetch
from fjlt.runs.console import choose
from fjlt.types import IntArray

__all__ = [
    "Newsgroups",
    "Sentence",
    "conll2000",
    "conll2003_en",
    "europeana_ner_de",
    "mini_newsgroups",
    "treebank",
    "ud_english_ewt",
    "wikiann_de",
]

Sentence = list[tuple[str, str]]
"""The words of a sentence with their tags, in order."""

# misspelt tags of the Europeana corpus, in upper case
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
# a token that ends a sentence: the mark alone, or after at least three letters
_SENTENCE_END = re.compile(r"(.*[^\W\d_]{3})?[.!?]")
_ENTITIES = {"O", *(f"{place}-{kind}" for place in "BI" for kind in ("PER", "LOC", "ORG", "MISC"))}


class Newsgroups(NamedTuple):
    """Posts of 20 newsgroups, without their headers.

    Attributes
    ----------
    texts : list of str
        2,000 posts, sorted by group, then by file.
    labels : ndarray, shape (2000,), int64
        Indices into ``groups``.
    groups : tuple of str
    """

    texts: list[str]
    labels: IntArray
    groups: tuple[str, ...]

    def counts(self, *groups: str, min_documents: int = 2) -> csr_matrix:
        """Term-document counts of the named groups, or of all, as a sparse integer matrix.

        Its shape is (terms, documents). Terms are runs of two or more word characters, in lower
        case and in alphabetical order. A term is kept if it occurs in at least ``min_documents`` of
        these documents.

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
    """Posts of 20 newsgroups, 100 of each, which stand in for TechTC-300.

    Returns
    -------
    Newsgroups
        The posts and their labels; its method ``counts`` gives term-document matrices.

    Raises
    ------
    ValueError
        If the file has a wrong hash.
    FileNotFoundError
        If the file is absent and cannot be downloaded (1.9 MB).

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
    """Sentences of a tenth of the Penn Treebank, with gold part-of-speech tags.

    Returns
    -------
    list of list of (word, tag)
        3,914 sentences with 94,084 words and 45 tags, in the order of the file.

    Raises
    ------
    ValueError
        If the file has a wrong hash.
    FileNotFoundError
        If the file is absent and cannot be downloaded (1.7 MB).

    Notes
    -----
    Source: Marcus, Santorini and Marcinkiewicz 1993, the sample of WSJ files 1 to 199 that comes
    with NLTK. Empty elements (-NONE-) are dropped. Results cannot be compared with those on the
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
    """Sentences of the Wall Street Journal, with chunks; they stand in for CoNLL-2003.

    Parameters
    ----------
    split : {"train", "test"}
        8,936 or 2,012 sentences.
    tag : {"chunk", "pos"}
        Chunks in BIO form, or parts of speech as Brill's tagger gave them (not gold).

    Returns
    -------
    list of list of (word, tag)
        Sentences in the order of the file.

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
    columns = {"pos": 1, "chunk": 2}
    column = columns[choose(tag, columns, "tag")]
    choose(split, ("train", "test"), "split")
    with zipfile.ZipFile(fetch("nltk_conll2000/conll2000.zip")) as archive:
        text = archive.read(f"conll2000/{split}.txt").decode("latin-1")
    # a line reads "word part-of-speech chunk"
    return [[(row[0], row[column]) for row in rows] for rows in _blocks(text)]


def conll2003_en(split: str = "train") -> list[Sentence]:
    """Sentences of English news, with named entities as BIO tags.

    Parameters
    ----------
    split : {"train", "test"}
        14,073 or 3,453 sentences: eng.train and eng.testb of this copy.

    Returns
    -------
    list of list of (word, tag)
        Sentences in the order of the file; the marks between documents are left out.

    Raises
    ------
    ValueError
        For another split, or a file with a wrong hash.
    FileNotFoundError
        If the file is absent and cannot be downloaded (3.3 and 0.7 MB).

    Notes
    -----
    Source: Tjong Kim Sang and De Meulder, CoNLL-2003. The text is Reuters': whoever uses it needs
    the agreement of NIST. No part of it comes with this package.
    """
    names = {"train": "eng.train", "test": "eng.testb"}
    name = names[choose(split, names, "split")]
    text = fetch(f"conll2003_en/{name}").read_text(encoding="utf-8")
    # a line reads "word part-of-speech chunk entity"
    return [
        [(row[0], row[3]) for row in rows] for rows in _blocks(text) if rows[0][0] != "-DOCSTART-"
    ]


def wikiann_de(split: str = "train") -> list[Sentence]:
    """Sentences of the German Wikipedia, with named entities as BIO tags.

    They stand in for CoNLL-2003 German.

    Parameters
    ----------
    split : {"train", "test"}
        20,000 or 10,000 sentences.

    Returns
    -------
    list of list of (word, tag)
        Sentences in the order of the file.

    Raises
    ------
    ValueError
        For another split, or a file with a wrong hash.
    FileNotFoundError
        If the file is absent and cannot be downloaded (2.4 and 1.2 MB).

    Notes
    -----
    Source: Pan et al., Cross-lingual name tagging and linking for 282 languages, ACL 2017, in the
    parts of Rahimi, Li and Cohn, ACL 2019. The tags come from links between articles; they are not
    checked by people.
    """
    choose(split, ("train", "test"), "split")
    text = fetch(f"wikiann_de/WikiANN/de/{split}").read_text(encoding="utf-8")
    # a line reads "de:word tag"
    return [[(row[0].removeprefix("de:"), row[1]) for row in rows] for rows in _blocks(text)]


def ud_english_ewt(split: str = "dev", tag: str = "xpos") -> list[Sentence]:
    """Sentences of English web text, with gold part-of-speech tags.

    Parameters
    ----------
    split : {"train", "dev", "test"}
        12,544, 2,001 or 2,077 sentences.
    tag : {"xpos", "upos"}
        Tags in the style of the Penn Treebank, or the 17 universal ones.

    Returns
    -------
    list of list of (word, tag)
        Sentences in the order of the file.

    Raises
    ------
    ValueError
        For another split or tag, or a file with a wrong hash.
    FileNotFoundError
        If the file is absent and cannot be downloaded (1.8 MB; 18 MB to train on).

    Notes
    -----
    Source: Universal Dependencies English EWT (Silveira et al. 2014). Contractions are split into
    their words. The training sentences are read from the documents that its training file is made
    of.
    """
    columns = {"upos": 3, "xpos": 4}
    column = columns[choose(tag, columns, "tag")]
    choose(split, ("train", "dev", "test"), "split")
    if split == "train":
        folder = fetch("ud_english_ewt/not-to-release/")
        names = (folder / "file-lists" / "files.train").read_text(encoding="utf-8").split()
        text = "".join((folder / "sources" / name).read_text(encoding="utf-8") for name in names)
    else:
        text = fetch(f"ud_english_ewt/en_ewt-ud-{split}.conllu").read_text(encoding="utf-8")
    # rows numbered 1-2 hold a contraction, rows numbered 1.1 an omitted word; the words have a
    # whole number
    return [
        [(row[1], row[column]) for row in rows if row[0].isdigit()]
        for block in text.strip().split("\n\n")
        if (rows := [line.split("\t") for line in block.split("\n") if not line.startswith("#")])
    ]


def europeana_ner_de(source: str = "lft") -> list[Sentence]:
    """Sentences of historic German newspapers, with named entities as BIO tags.

    They stand in for CoNLL-2003 German.

    Parameters
    ----------
    source : {"lft", "onb", "sbb"}
        Library that the newspapers are from: Friedrich Tessmann (70,259 tokens), Austrian National
        (28,012), or Berlin State (47,088).

    Returns
    -------
    list of list of (word, tag)
        Sentences in the order of the file.

    Raises
    ------
    ValueError
        For another source, or a file with a wrong hash.
    FileNotFoundError
        If the file is absent and cannot be downloaded (under 0.7 MB).

    Notes
    -----
    Source: Neudecker, An open corpus for named entity recognition in historic newspapers, LREC
    2016; CC0. The files have no sentence breaks. Here a sentence ends at a full stop, exclamation
    mark or question mark that stands alone or after three letters, so that ordinals and most
    abbreviations do not end one. Comments and lines without exactly two fields are dropped.
    Misspelt tags (lower case, B_PER, B-BER and the like) are corrected; three I-MISC of "lft" stay.
    """
    choose(source, ("lft", "onb", "sbb"), "source")
    lines = fetch(f"europeana_ner_de/enp_DE.{source}.bio").read_text(encoding="utf-8").split("\n")
    rows = (line.split() for line in lines if not line.startswith("#"))
    return _sentences((row[0], _entity(row[1])) for row in rows if len(row) == 2)


def _blocks(text: str) -> list[list[list[str]]]:
    """The fields of the lines of each block; a blank line, which may hold spaces, ends a block."""
    blocks = re.split(r"\n[ \t]*\n", text)
    rows = ([line.split() for line in block.split("\n") if line.strip()] for block in blocks)
    return [block for block in rows if block]


def _trees(text: str) -> list[str]:
    """The outermost bracketed expressions of a file, one for each sentence."""
    trees, depth, start = [], 0, 0
    for match in re.finditer(r"[()]", text):
        if depth == 0:
            start = match.start()
        depth += 1 if match[0] == "(" else -1
        if depth == 0:
            trees.append(text[start : match.end()])
    return trees


def _leaves(tree: str) -> Sentence:
    """The words of a parse tree, whose leaves read "(tag word)"."""
    return [
        (word, tag)
        for tag, word in re.findall(r"\(([^\s()]+) ([^\s()]+)\)", tree)
        if tag != "-NONE-"
    ]


def _entity(tag: str) -> str:
    """A tag of the Europeana corpus, corrected."""
    upper = tag.upper()
    corrected = _SLIPS.get(upper, upper)
    if corrected not in _ENTITIES:
        raise ValueError(f"unknown entity tag {tag!r}")
    return corrected


def _sentences(tokens: Iterable[tuple[str, str]]) -> list[Sentence]:
    """Cut a sequence of tokens after each token that ends a sentence."""
    sentences: list[Sentence] = [[]]
    for token in tokens:
        sentences[-1].append(token)
        if _SENTENCE_END.fullmatch(token[0]):
            sentences.append([])
    return [sentence for sentence in sentences if sentence]
