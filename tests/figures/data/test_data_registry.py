import hashlib
import re

import pytest

from figures.data.registry import data_hashes, datasets, files, lookup, readable


def test_the_register_is_complete():
    counts = {dataset.name: len(dataset.files) for dataset in datasets()}
    assert counts == {
        "digits": 0,
        "mnist": 23,
        "cifar10": 52,
        "cifar10_png": 1,
        "olivetti": 2,
        "jasper_ridge": 1,
        "samson": 1,
        "mini_newsgroups": 1,
        "nltk_treebank": 1,
        "nltk_conll2000": 1,
        "ud_english_ewt": 3,
        "europeana_ner_de": 3,
        "wikiann_de": 2,
        "images": 4,
        "imagenet": 1,
        "bbc": 1,
        "nltk_conll2002": 1,
        "conll2003_en": 3,
    }
    assert len(files()) == sum(counts.values())
    default = [file for file in files().values() if file.default]
    assert len(default) == 57
    assert sum(file.size for file in default) == 200_699_870


@pytest.mark.parametrize("file", files().values(), ids=lambda file: file.name)
def test_every_line_is_well_formed(file):
    folder, _, name = file.name.partition("/")
    assert folder == file.dataset
    if file.is_folder:
        pattern = r"https://codeload\.github\.com/[\w-]+/[\w-]+/tar\.gz/[0-9a-f]{40}"
    else:
        pattern = r"https://raw\.githubusercontent\.com/[\w-]+/[\w-]+/[0-9a-f]{40}/.+"
        assert file.url.endswith("/" + name)
    assert re.fullmatch(pattern, file.url)
    assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
    assert file.size > 1000
    assert file.licence


def test_no_two_lines_share_an_address_or_a_hash():
    assert len({file.url for file in files().values()}) == len(files())
    assert len({file.sha256 for file in files().values()}) == len(files())


def test_stand_ins_are_named():
    assert {dataset.name: dataset.status for dataset in datasets() if dataset.stand_in_for} == {
        "jasper_ridge": "stand-in for HS-SOD",
        "samson": "stand-in for HS-SOD",
        "mini_newsgroups": "stand-in for TechTC-300",
        "nltk_conll2000": "stand-in for CoNLL-2003 English",
        "europeana_ner_de": "stand-in for CoNLL-2003 German",
        "wikiann_de": "stand-in for CoNLL-2003 German",
    }


def test_lookup_gives_a_file_or_the_default_files_of_a_dataset():
    assert [file.name for file in lookup("cifar10/cifar10_batch_49.png")] == [
        "cifar10/cifar10_batch_49.png"
    ]
    assert len(lookup("cifar10")) == 12
    assert [file.name for file in lookup("bbc")] == ["bbc/bbc.mtx"]
    assert lookup("digits") == ()
    with pytest.raises(
        ValueError, match="unknown dataset or file 'sampson'; did you mean 'samson'"
    ):
        lookup("sampson")


def test_hashes_for_the_record():
    assert list(data_hashes("olivetti", "images/camera.png")) == [
        "olivetti/olivettifaces.mat",
        "images/camera.png",
    ]


def test_sizes_for_a_human_eye():
    assert readable(4542) == "4.5 kB"
    assert readable(3_739_868) == "3.7 MB"


def test_the_files_at_hand_are_the_registered_ones(data_folder):
    checked = 0
    for file in files().values():
        path = data_folder / file.name
        if path.is_file():
            content = path.read_bytes()
            assert len(content) == file.size
            assert hashlib.sha256(content).hexdigest() == file.sha256, file.name
            checked += 1
    assert checked >= 50
