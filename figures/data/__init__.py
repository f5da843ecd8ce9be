"""Loaders of the public data that the figures read, and the register of their files.

A loader takes its files from the folder ``FJLT_DATA_DIR``, from a cache, or from the network, and
verifies their SHA-256.
"""

from figures.data.download import fetch
from figures.data.images import cifar10, cifar10_png, columns, digits, image, mnist, olivetti
from figures.data.registry import data_hashes, datasets
from figures.data.spectra import jasper_ridge, samson
from figures.data.text import (
    conll2000,
    conll2003_en,
    europeana_ner_de,
    mini_newsgroups,
    treebank,
    ud_english_ewt,
    wikiann_de,
)

__all__ = [
    "cifar10",
    "cifar10_png",
    "columns",
    "conll2000",
    "conll2003_en",
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
    "wikiann_de",
]
