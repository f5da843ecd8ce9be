"""Images: digits, faces and photographs, as arrays of integers in the order of their publishers."""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path

import numpy as np

from figures.data.download import fetch
from fjlt.runs.console import choose
from fjlt.runs.matrices import read_arrays
from fjlt.types import Array, RealArray

__all__ = ["cifar10", "cifar10_png", "columns", "digits", "image", "mnist", "olivetti"]

_MNIST_BATCHES = 20
_CIFAR_TRAIN, _CIFAR_BATCH = 50_000, 1_000


def digits() -> tuple[RealArray, Array]:
    """Handwritten digits of scikit-learn, 8 × 8 pixels; needs no network.

    Returns
    -------
    X : ndarray, shape (64, 1797), float64
        Each column is an image, row-major; whole numbers from 0 (paper) to 16 (ink).
    labels : ndarray, shape (1797,), int64
        The digits, 0 to 9.

    Notes
    -----
    Source: UCI Optical Recognition of Handwritten Digits, its test set; CC BY 4.0.

    Examples
    --------
    >>> X, labels = digits()
    >>> X.shape, int(X.max()), labels[:3].tolist()
    ((64, 1797), 16, [0, 1, 2])
    """
    X, labels = _digits()
    return X.copy(), labels.copy()


@cache
def _digits() -> tuple[RealArray, Array]:
    """The file is read once in a process."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return np.ascontiguousarray(bunch.data.T), bunch.target.astype(np.int64)


def mnist(split: str = "train") -> tuple[Array, Array]:
    """MNIST digits in the original order.

    Parameters
    ----------
    split : {"train", "test"}
        60,000 or 10,000 images.

    Returns
    -------
    images : ndarray, shape (d, 28, 28), uint8
        From 0 (paper) to 255 (ink).
    labels : ndarray, shape (d,), uint8
        The digits, 0 to 9.

    Raises
    ------
    ValueError
        For another split, or a file with a wrong hash.
    FileNotFoundError
        If a file is absent and cannot be downloaded (12 MB in all).

    Notes
    -----
    Source: LeCun, Cortes and Burges; training images from a lossless PNG copy of the original file.
    """
    if choose(split, ("train", "test"), "split") == "train":
        batches = [_png(f"mnist/mnist_batch_{i}.png", (3000, 784)) for i in range(_MNIST_BATCHES)]
        images = np.concatenate(batches).reshape(-1, 28, 28)
        return images, _idx("mnist/train-labels-idx1-ubyte.gz", (60_000,))
    return (
        _idx("mnist/t10k-images-idx3-ubyte.gz", (10_000, 28, 28)),
        _idx("mnist/t10k-labels-idx1-ubyte.gz", (10_000,)),
    )


def cifar10(split: str = "train", batches: int | None = None) -> tuple[Array, Array]:
    """CIFAR-10 photographs in the original order.

    Parameters
    ----------
    split : {"train", "test"}
    batches : int, optional
        Number of batches of 1,000 images, from the first: for "train" 1 to 50, by default 10, which
        is the original data_batch_1; for "test" 1, the first 1,000 of its 10,000 images.

    Returns
    -------
    images : ndarray, shape (1000·batches, 32, 32, 3), uint8
        Red, green and blue, each from 0 to 255.
    labels : ndarray, shape (1000·batches,), uint8
        0 airplane, 1 automobile, 2 bird, 3 cat, 4 deer, 5 dog, 6 frog, 7 horse, 8 ship, 9 truck.

    Raises
    ------
    ValueError
        For another split or number of batches, or a file with a wrong hash.
    FileNotFoundError
        If a file is absent and cannot be downloaded (2.3 MB a batch).

    Notes
    -----
    Source: Krizhevsky, Learning multiple layers of features from tiny images, 2009.
    """
    n_train = _CIFAR_TRAIN // _CIFAR_BATCH
    # the files are numbered through: batches to train on, then one to test on
    first, default, available = {"train": (0, 10, n_train), "test": (n_train, 1, 1)}[
        choose(split, ("train", "test"), "split")
    ]
    count = default if batches is None else batches
    if not 1 <= count <= available:
        raise ValueError(f"batches must be 1 to {available} for the {split} split, got {batches}")
    # a picture of a batch has an image in each row, its pixels row-major
    stack = [_png(f"cifar10/cifar10_batch_{first + i}.png", (1000, 1024, 3)) for i in range(count)]
    # the labels of all batches are numbers in a list of JavaScript
    numbers = re.findall(r"\d+", fetch("cifar10/cifar10_labels.js").read_text(encoding="ascii"))
    labels = np.array(numbers, dtype=np.uint8)[_CIFAR_BATCH * first :][: _CIFAR_BATCH * count]
    return np.concatenate(stack).reshape(-1, 32, 32, 3), labels


def cifar10_png(split: str = "train") -> tuple[Array, Array]:
    """All photographs of CIFAR-10, class by class.

    Parameters
    ----------
    split : {"train", "test"}
        50,000 or 10,000 images.

    Returns
    -------
    images : ndarray, shape (d, 32, 32, 3), uint8
        Red, green and blue, each from 0 to 255; sorted by class, then by the name of the file.
    labels : ndarray, shape (d,), uint8
        As those of ``cifar10``.

    Raises
    ------
    ValueError
        For another split, or if a file is absent, added or changed.
    FileNotFoundError
        If the folder is absent and cannot be downloaded (136 MB).

    Notes
    -----
    Source: Krizhevsky, Learning multiple layers of features from tiny images, 2009; a lossless copy
    with a PNG file for each image. Reading takes about 20 s for the training images.
    """
    folder = fetch("cifar10_png/") / choose(split, ("train", "test"), "split")
    # the classes are numbered in alphabetical order
    classes = sorted(path for path in folder.iterdir() if path.is_dir())
    pictures = [sorted(path.glob("*.png")) for path in classes]
    images = np.stack([_pixels(path) for paths in pictures for path in paths])
    counts = [len(paths) for paths in pictures]
    return images, np.repeat(np.arange(len(classes), dtype=np.uint8), counts)


def olivetti() -> tuple[Array, Array]:
    """Olivetti faces, upright: 40 persons in order, 10 images of each.

    Returns
    -------
    images : ndarray, shape (400, 64, 64), uint8
        Grey levels from 0 to 242.
    persons : ndarray, shape (400,), int64
        Numbers of the persons, 0 to 39.

    Raises
    ------
    ValueError
        If the file has a wrong hash.
    FileNotFoundError
        If the file is absent and cannot be downloaded (1.4 MB).

    Notes
    -----
    Source: AT&T Laboratories Cambridge, The database of faces, 1992 to 1994.
    """
    # the file stores each face column by column; a row of the result is a row of the picture
    faces = read_arrays(fetch("olivetti/olivettifaces.mat"), ("faces",), known=True)["faces"]
    images = faces.T.reshape(400, 64, 64).transpose(0, 2, 1)
    return np.ascontiguousarray(images), np.arange(400) // 10


def image(name: str) -> Array:
    """A natural photograph.

    Parameters
    ----------
    name : {"astronaut", "camera", "chelsea", "coffee", "tench"}

    Returns
    -------
    ndarray, uint8
        From 0 (black) to 255; shape (height, width) for "camera", else (height, width, 3): red,
        green, blue.

    Raises
    ------
    ValueError
        For another name, or a file with a wrong hash.
    FileNotFoundError
        If the file is absent and cannot be downloaded (under 0.8 MB).

    Notes
    -----
    Source: the sample images of scikit-image; astronaut is NASA's. The tench is an image of
    ImageNet, of its first class.
    """
    if choose(name, ("astronaut", "camera", "chelsea", "coffee", "tench"), "image") == "tench":
        return _pixels(fetch("imagenet/n01440764_tench.JPEG"))
    return _png(f"images/{name}.png")


def columns(images: Array) -> Array:
    """Images as the columns of a matrix.

    Parameters
    ----------
    images : ndarray, shape (d, …)
        The images, one after the other.

    Returns
    -------
    ndarray, shape (n, d)
        Each column is an image, row-major; a copy.

    Examples
    --------
    >>> columns(np.arange(8).reshape(2, 2, 2))
    array([[0, 4],
           [1, 5],
           [2, 6],
           [3, 7]])
    """
    return np.ascontiguousarray(images.reshape(len(images), -1).T)


def _png(file: str, shape: tuple[int, ...] | None = None) -> Array:
    """Pixels of a PNG file, which must have the shape if one is given."""
    pixels = _pixels(fetch(file))
    if shape is not None and pixels.shape != shape:
        raise ValueError(f"{file} holds an array {pixels.shape}, expected {shape}")
    return pixels


def _pixels(path: Path) -> Array:
    from PIL import Image

    with Image.open(path) as picture:
        return np.array(picture)


def _idx(file: str, shape: tuple[int, ...]) -> Array:
    """Array of a compressed idx file."""
    # four bytes of type, four for each dimension, then the values
    content = gzip.decompress(fetch(file).read_bytes())
    return np.frombuffer(content, np.uint8, offset=4 + 4 * len(shape)).reshape(shape).copy()
