"""Images: digits, faces and photographs, as stacks of integers in the order of their publishers."""

from __future__ import annotations

import gzip
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.data.download import fetch
from fjlt.runs.matrices import read_arrays

__all__ = ["cifar10", "columns", "digits", "image", "mnist", "olivetti"]

Array = NDArray[Any]

_MNIST_BATCHES = 20
_CIFAR_TRAIN, _CIFAR_BATCH = 50_000, 1_000


def digits() -> tuple[Array, Array]:
    """Handwritten digits of scikit-learn, 8 × 8; needs no network.

    Returns
    -------
    X : ndarray, shape (64, 1797), float64
        One image a column, row-major, whole numbers 0 … 16 (ink).
    labels : ndarray, shape (1797,), int64

    Notes
    -----
    Source: UCI Optical Recognition of Handwritten Digits, its test set; CC BY 4.0.

    Examples
    --------
    >>> X, labels = digits()
    >>> X.shape, int(X.max()), labels[:3].tolist()
    ((64, 1797), 16, [0, 1, 2])
    """
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
        0 (paper) … 255 (ink).
    labels : ndarray, shape (d,), uint8

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
    if _one_of(split, "train", "test") == "train":
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
        Batches of 1,000 images from the start: 1 … 50 for "train" (10 if not given: the original
        data_batch_1), 1 for "test" (the first 1,000 of its 10,000 images).

    Returns
    -------
    images : ndarray, shape (1000·batches, 32, 32, 3), uint8
        Red, green, blue, each 0 … 255.
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
    train = _one_of(split, "train", "test") == "train"
    most = _CIFAR_TRAIN // _CIFAR_BATCH if train else 1
    count = (10 if train else 1) if batches is None else batches
    if not 1 <= count <= most:
        raise ValueError(f"batches must be 1 to {most} for the {split} split, got {batches}")
    first = 0 if train else _CIFAR_TRAIN // _CIFAR_BATCH
    stack = [_png(f"cifar10/cifar10_batch_{first + i}.png", (1000, 1024, 3)) for i in range(count)]
    numbers = re.findall(r"\d+", fetch("cifar10/cifar10_labels.js").read_text(encoding="ascii"))
    labels = np.array(numbers, dtype=np.uint8)[_CIFAR_BATCH * first :][: _CIFAR_BATCH * count]
    return np.concatenate(stack).reshape(-1, 32, 32, 3), labels


def olivetti() -> tuple[Array, Array]:
    """Olivetti faces, upright: 40 persons, 10 images each, in order.

    Returns
    -------
    images : ndarray, shape (400, 64, 64), uint8
        Grey levels 0 … 242.
    persons : ndarray, shape (400,), int64

    Raises
    ------
    ValueError
        If the file has a wrong hash.
    FileNotFoundError
        If it is absent and cannot be downloaded (1.4 MB).

    Notes
    -----
    Source: AT&T Laboratories Cambridge, The database of faces, 1992 to 1994. The file keeps every
    face column by column; here a row of the array is a row of the picture.
    """
    faces = read_arrays(fetch("olivetti/olivettifaces.mat"))["faces"]
    images = faces.T.reshape(400, 64, 64).transpose(0, 2, 1)
    return np.ascontiguousarray(images), np.arange(400) // 10


def image(name: str) -> Array:
    """One natural photograph.

    Parameters
    ----------
    name : {"astronaut", "camera", "chelsea", "coffee"}

    Returns
    -------
    picture : ndarray, shape (height, width) for "camera", else (height, width, 3), uint8
        0 (black) … 255; red, green, blue.

    Raises
    ------
    ValueError
        For another name, or a file with a wrong hash.
    FileNotFoundError
        If the file is absent and cannot be downloaded (under 0.8 MB).

    Notes
    -----
    Source: the sample images of scikit-image; astronaut is NASA's.
    """
    return _png(f"images/{_one_of(name, 'astronaut', 'camera', 'chelsea', 'coffee')}.png")


def columns(images: Array) -> Array:
    """Stack of images (d, …) as a matrix (n, d) whose columns are the images, row-major.

    Examples
    --------
    >>> columns(np.arange(8).reshape(2, 2, 2))
    array([[0, 4],
           [1, 5],
           [2, 6],
           [3, 7]])
    """
    return np.ascontiguousarray(images.reshape(len(images), -1).T)


def _one_of(value: str, *choices: str) -> str:
    if value not in choices:
        raise ValueError(f"expected one of {', '.join(choices)}, got {value!r}")
    return value


def _png(file: str, shape: tuple[int, ...] | None = None) -> Array:
    from PIL import Image

    with Image.open(fetch(file)) as picture:
        pixels = np.array(picture)
    if shape is not None and pixels.shape != shape:
        raise ValueError(f"{file} holds an array {pixels.shape}, expected {shape}")
    return pixels


def _idx(file: str, shape: tuple[int, ...]) -> Array:
    """Array of an idx file: four bytes of type, four for each dimension, then the values."""
    content = gzip.decompress(fetch(file).read_bytes())
    return np.frombuffer(content, np.uint8, offset=4 + 4 * len(shape)).reshape(shape).copy()
