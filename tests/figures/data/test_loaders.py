"""What the loaders give, against facts that are published or were once found with another
program."""

import hashlib
import os
import shutil
import struct
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from figures import data
from figures.data.registry import files

needs_data = pytest.mark.usefixtures("data_folder")


def needs(part):
    """Skip where the folder of real data lacks a dataset."""
    here = os.environ.get("FJLT_DATA_DIR", "")
    return pytest.mark.skipif(not Path(here, part).is_dir(), reason=f"no {part} in FJLT_DATA_DIR")


def tags(sentences):
    return Counter(tag for sentence in sentences for _, tag in sentence)


def size(sentences):
    return len(sentences), sum(map(len, sentences))


def test_digits():
    X, labels = data.digits()
    assert X.shape == (64, 1797)
    assert X.dtype == np.float64
    assert (X.min(), X.max()) == (0, 16)
    assert (np.rint(X) == X).all()
    assert X[:8, 0].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


@needs_data
def test_mnist_train_is_the_original_file():
    images, labels = data.mnist()
    assert images.shape == (60_000, 28, 28)
    header = struct.pack(">IIII", 2051, 60_000, 28, 28)
    original = "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
    assert hashlib.sha256(header + images.tobytes()).hexdigest() == original
    assert images.mean() == pytest.approx(33.3184, abs=5e-5)
    assert images.std() == pytest.approx(78.5675, abs=5e-5)
    assert labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(labels).tolist() == [
        5923,
        6742,
        5958,
        6131,
        5842,
        5421,
        5918,
        6265,
        5851,
        5949,
    ]


@needs_data
def test_mnist_test():
    images, labels = data.mnist("test")
    assert images.shape == (10_000, 28, 28)
    assert images.dtype == labels.dtype == np.uint8
    assert images.mean() == pytest.approx(33.7912, abs=5e-5)
    assert labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    images[0] = 0


@needs_data
def test_cifar10():
    images, labels = data.cifar10()
    assert images.shape == (10_000, 32, 32, 3)
    assert images.dtype == labels.dtype == np.uint8
    assert np.bincount(labels).tolist() == [1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981]
    assert labels[:10].tolist() == [6, 9, 9, 4, 1, 1, 2, 7, 8, 3]
    assert images[0, 0, :8, 0].tolist() == [59, 43, 50, 68, 98, 119, 139, 145]
    assert images.mean(axis=(0, 1, 2)) / 255 == pytest.approx([0.4914, 0.4822, 0.4465], abs=0.005)
    few, few_labels = data.cifar10(batches=2)
    assert np.array_equal(few, images[:2000])
    assert np.array_equal(few_labels, labels[:2000])


@needs_data
def test_cifar10_classes_agree_with_the_pictures():
    """The labels are aligned with the pictures: ships and airplanes are bluer than the rest, in
    every batch."""
    images, labels = data.cifar10()
    blueness = images[..., 2].mean(axis=(1, 2)) - images[..., 0].mean(axis=(1, 2))
    for batch in np.split(np.arange(10_000), 10):
        marine = np.isin(labels[batch], [0, 8])
        assert blueness[batch][marine].mean() > blueness[batch][~marine].mean() + 10


@needs_data
def test_cifar10_test_split():
    images, labels = data.cifar10("test")
    assert images.shape == (1000, 32, 32, 3)
    assert labels[:5].tolist() == [3, 8, 8, 0, 6]
    blueness = images[..., 2].mean(axis=(1, 2)) - images[..., 0].mean(axis=(1, 2))
    marine = np.isin(labels, [0, 8])
    assert blueness[marine].mean() > blueness[~marine].mean() + 10


@needs_data
def test_olivetti():
    images, persons = data.olivetti()
    assert images.shape == (400, 64, 64)
    assert images.dtype == np.uint8
    assert (images.min(), images.max()) == (0, 242)
    assert images.mean() == pytest.approx(132.384, abs=5e-4)
    assert np.bincount(persons).tolist() == [10] * 40
    faces = data.columns(images).T.astype(float)
    means = np.array([faces[persons == p].mean(axis=0) for p in range(40)])
    within = ((faces - means[persons]) ** 2).sum() / ((faces - faces.mean(axis=0)) ** 2).sum()
    assert within == pytest.approx(0.44, abs=0.005)


@needs_data
def test_olivetti_faces_are_upright():
    """A face resembles its mirror image left to right more than top to bottom, and it is lighter
    above than below."""
    mean = data.olivetti()[0].mean(axis=0)
    assert np.abs(mean - mean[:, ::-1]).mean() < 0.5 * np.abs(mean - mean[::-1]).mean()
    assert mean[8:24, 16:48].mean() > mean[40:56, 16:48].mean() + 5


@needs_data
def test_jasper_ridge():
    cube = data.jasper_ridge()
    assert cube.shape == (198, 100, 100)
    assert cube.dtype == np.float64
    assert cube.min() == 0
    assert cube.max() == pytest.approx(5437 / 5000)
    assert cube.mean() == pytest.approx(1194.14 / 5000, abs=2e-6)
    assert energy(cube) == pytest.approx(0.9975, abs=5e-5)


@needs_data
def test_samson():
    cube = data.samson()
    assert cube.shape == (156, 95, 95)
    assert (cube.min(), cube.max()) == (0, 1)
    assert cube.mean() == pytest.approx(0.16663, abs=5e-6)
    assert energy(cube) == pytest.approx(0.9994, abs=5e-5)


def energy(cube):
    """Share of the squared singular values of the matrix (band, pixel) that the first 3 have."""
    values = np.linalg.svd(cube.reshape(len(cube), -1), compute_uv=False) ** 2
    return values[:3].sum() / values.sum()


@needs_data
@pytest.mark.parametrize("scene", ["jasper_ridge", "samson"])
def test_pixels_next_to_each_other_look_alike_both_ways(scene):
    cube = getattr(data, scene)()
    spread = cube.std(axis=(1, 2)).mean()
    for axis in (1, 2):
        assert np.abs(np.diff(cube, axis=axis)).mean() < 0.5 * spread


@needs_data
@pytest.mark.parametrize(
    ("scene", "key", "file"),
    [("jasper_ridge", 5000, "jasperRidge2_R198.mat"), ("samson", 1, "samson_dataset.mat")],
)
def test_a_pixel_of_the_scene_is_a_column_of_the_file(data_folder, scene, key, file):
    from scipy.io import loadmat

    cube = getattr(data, scene)()
    pixels = loadmat(data_folder / scene / file)["Y"]
    side = cube.shape[1]
    assert np.array_equal(cube[:, 3, 7], pixels[:, 7 * side + 3] / key)


@needs_data
@pytest.mark.parametrize(
    ("name", "shape", "grey"),
    [
        ("astronaut", (512, 512, 3), 114.60),
        ("camera", (512, 512), 129.06),
        ("chelsea", (300, 451, 3), 115.31),
        ("coffee", (400, 600, 3), 98.62),
    ],
)
def test_images(name, shape, grey):
    picture = data.image(name)
    assert picture.shape == shape
    assert picture.dtype == np.uint8
    assert picture.mean() == pytest.approx(grey, abs=0.005)
    picture[0] = 0


@needs_data
def test_mini_newsgroups():
    posts = data.mini_newsgroups()
    assert np.bincount(posts.labels).tolist() == [100] * 20
    assert posts.groups[0] == "alt.atheism"
    counts = posts.counts()
    assert counts.shape == (17_299, 2000)
    assert counts.nnz == 260_103
    pair = posts.counts("rec.autos", "sci.space")
    assert pair.shape[1] == 200
    with pytest.raises(ValueError, match=r"unknown groups \['rec.boats'\]"):
        posts.counts("rec.boats")


@needs_data
def test_newsgroups_are_learnable():
    from sklearn.model_selection import cross_val_score
    from sklearn.naive_bayes import MultinomialNB

    posts = data.mini_newsgroups()
    pair = [posts.groups.index(group) for group in ("rec.autos", "sci.space")]
    labels = posts.labels[np.isin(posts.labels, pair)]
    scores = cross_val_score(
        MultinomialNB(), posts.counts("rec.autos", "sci.space").T, labels, cv=5
    )
    assert scores.mean() > 0.9


@needs_data
def test_treebank():
    sentences = data.treebank()
    assert size(sentences) == (3914, 94_084)
    assert len(tags(sentences)) == 45
    assert sentences[0][:3] == [("Pierre", "NNP"), ("Vinken", "NNP"), (",", ",")]


@needs_data
def test_conll2000():
    train, test = data.conll2000(), data.conll2000("test")
    assert size(train) == (8936, 211_727)
    assert size(test) == (2012, 47_377)
    assert train[0][:3] == [("Confidence", "B-NP"), ("in", "B-PP"), ("the", "B-NP")]
    assert data.conll2000(tag="pos")[0][:2] == [("Confidence", "NN"), ("in", "IN")]


@needs_data
@pytest.mark.parametrize(
    ("split", "expected", "xpos"), [("dev", (2001, 25_147), 49), ("test", (2077, 25_094), 48)]
)
def test_ud_english_ewt(split, expected, xpos):
    sentences = data.ud_english_ewt(split)
    assert size(sentences) == expected
    assert len(tags(sentences)) == xpos
    assert len(tags(data.ud_english_ewt(split, "upos"))) == 17


@needs("ud_english_ewt/not-to-release")
def test_ud_english_ewt_to_train_on():
    """The documents make up the training file; those of the other parts make up their files."""
    sentences = data.ud_english_ewt("train")
    assert size(sentences) == (12_544, 204_577)
    folder = data.fetch("ud_english_ewt/not-to-release/")
    names = (folder / "file-lists" / "files.dev").read_text().split()
    joined = b"".join((folder / "sources" / name).read_bytes() for name in names)
    assert joined == data.fetch("ud_english_ewt/en_ewt-ud-dev.conllu").read_bytes()


@needs("conll2003_en")
def test_conll2003_en():
    train, test = data.conll2003_en(), data.conll2003_en("test")
    assert (size(train), size(test)) == ((14_073, 203_832), (3453, 46_435))
    assert train[0][:3] == [("EU", "B-ORG"), ("rejects", "O"), ("German", "B-MISC")]
    assert len(tags(train)) == len(tags(test)) == 9


@needs("wikiann_de")
def test_wikiann_de():
    train, test = data.wikiann_de(), data.wikiann_de("test")
    assert (size(train), size(test)) == ((20_000, 195_387), (10_000, 97_646))
    assert train[0][3] == ("Savoyer", "B-LOC")
    assert set(tags(train)) == set(tags(test)) <= tags_of_names()


@needs("cifar10_png")
def test_cifar10_png_has_the_pictures_of_cifar10():
    images, labels = data.cifar10_png("test")
    assert images.shape == (10_000, 32, 32, 3)
    assert np.bincount(labels).tolist() == [1000] * 10
    known = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    some, their_labels = data.cifar10("test")
    assert [known[image.tobytes()] for image in some] == their_labels.tolist()


@needs("imagenet")
def test_a_photograph_of_imagenet():
    assert data.image("tench").shape == (375, 500, 3)


def tags_of_names():
    return {"O", *(f"{p}-{k}" for p in "BI" for k in ("PER", "LOC", "ORG"))}


@needs_data
def test_europeana_ner_de():
    expected = {"lft": (70_259, 7351), "onb": (28_012, 3302), "sbb": (47_088, 1754)}
    for source, (tokens, entities) in expected.items():
        sentences = data.europeana_ner_de(source)
        found = tags(sentences)
        assert sum(found.values()) == tokens
        assert found["B-LOC"] + found["B-PER"] + found["B-ORG"] == entities
        assert max(map(len, sentences)) < 600
        assert set(found) <= {"I-MISC"} | tags_of_names()


@pytest.mark.parametrize(
    ("load", "arguments"),
    [
        ("mnist", ["train "]),
        ("cifar10", ["dev"]),
        ("cifar10", ["train", 51]),
        ("cifar10", ["train", 0]),
        ("cifar10", ["test", 2]),
        ("image", ["../mnist"]),
        ("conll2000", ["dev"]),
        ("conll2000", ["train", "ner"]),
        ("ud_english_ewt", ["all"]),
        ("conll2003_en", ["dev"]),
        ("wikiann_de", ["dev"]),
        ("europeana_ner_de", ["abc"]),
    ],
)
def test_a_wrong_argument_is_refused_before_any_file_is_read(load, arguments):
    with pytest.raises(ValueError, match=repr(arguments[-1])):
        getattr(data, load)(*arguments)


LOADERS = {
    "mnist": ("mnist/mnist_batch_7.png", data.mnist),
    "cifar10": ("cifar10/cifar10_labels.js", lambda: data.cifar10(batches=1)),
    "olivetti": ("olivetti/olivettifaces.mat", data.olivetti),
    "jasper_ridge": ("jasper_ridge/jasperRidge2_R198.mat", data.jasper_ridge),
    "mini_newsgroups": ("mini_newsgroups/mini_newsgroups.tar.gz", data.mini_newsgroups),
    "nltk_treebank": ("nltk_treebank/treebank.zip", data.treebank),
    "europeana_ner_de": ("europeana_ner_de/enp_DE.lft.bio", data.europeana_ner_de),
}


@pytest.mark.parametrize(("name", "load"), LOADERS.values(), ids=LOADERS)
def test_a_truncated_file_is_refused_by_name(data_folder, tmp_path, monkeypatch, name, load):
    dataset = name.split("/")[0]
    shutil.copytree(data_folder / dataset, tmp_path / dataset)
    (tmp_path / name).write_bytes((data_folder / name).read_bytes()[:-100])
    monkeypatch.setenv("FJLT_DATA_DIR", str(tmp_path))
    with pytest.raises(ValueError, match=f"{name}: expected SHA-256 {files()[name].sha256}"):
        load()


def test_columns_are_images():
    images = np.arange(24).reshape(2, 3, 4)
    assert np.array_equal(data.columns(images)[:, 1], images[1].ravel())


@needs_data
def test_a_pixel_of_a_face_is_where_the_file_has_it(data_folder):
    from scipy.io import loadmat

    images, _ = data.olivetti()
    faces = loadmat(data_folder / "olivetti" / "olivettifaces.mat")["faces"]
    assert np.array_equal(images[123, 5], faces[5::64, 123])
