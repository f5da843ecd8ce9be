"""Real data under one roof: the loaders, and where their files come from."""

from figures.data.download import fetch
from figures.data.images import cifar10, columns, digits, image, mnist, olivetti
from figures.data.registry import data_hashes, datasets
from figures.data.spectra import jasper_ridge, samson
from figures.data.text import conll2000, europeana_ner_de, mini_newsgroups, treebank, ud_english_ewt

__all__ = [
    "cifar10",
    "columns",
    "conll2000",
    "data_hashes",
    "datasets",
    "digits",
    "europeana_ner_de",
    "fetch",
    "image",
    "jasper_ridge",
    "mini_newsgroups",
    "mnist",
    "olivetti",
    "samson",
    "treebank",
    "ud_english_ewt",
]
