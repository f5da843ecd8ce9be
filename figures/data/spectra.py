"""Hyperspectral scenes as arrays (band, row, column).

They stand in for the HS-SOD data of the paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from figures.data.download import fetch
from fjlt.runs.matrices import read_arrays
from fjlt.types import Array, RealArray

__all__ = ["jasper_ridge", "samson"]


def jasper_ridge() -> RealArray:
    """Reflectance of the Jasper Ridge scene, which stands in for HS-SOD.

    Returns
    -------
    ndarray, shape (198, 100, 100), float64
        Band, row, column; from 0 to 1.0874, the sensor's counts divided by 5000, the ``maxValue``
        of the file.

    Raises
    ------
    ValueError
        If the file has a wrong hash.
    FileNotFoundError
        If the file is absent and cannot be downloaded (3.2 MB).

    Notes
    -----
    Source: AVIRIS (NASA/JPL), cut and cleaned by F. Zhu. Neighbouring bands are nearly equal, so
    never put bands of this scene on both sides of a split into training and test.
    """
    content = _content(fetch("jasper_ridge/jasperRidge2_R198.mat"), ("Y", "maxValue"))
    return _cube(content["Y"], 198, 100) / float(content["maxValue"].item())


def samson() -> RealArray:
    """Reflectance of the Samson scene, which stands in for HS-SOD.

    Returns
    -------
    ndarray, shape (156, 95, 95), float64
        Band, row, column; from 0 to 1.

    Raises
    ------
    ValueError
        If the file has a wrong hash.
    FileNotFoundError
        If the file is absent and cannot be downloaded (3.7 MB).

    Notes
    -----
    Source: the SAMSON sensor, cut by F. Zhu. The file's endmembers do not reproduce the scene and
    are not read.
    """
    content = _content(fetch("samson/samson_dataset.mat"), ("Y",))
    return _cube(content["Y"], 156, 95).astype(np.float64)


@lru_cache(maxsize=2)
def _content(path: Path, names: tuple[str, ...]) -> Mapping[str, Array]:
    """A file of the register, whose hash is right, is read once in a process."""
    return read_arrays(path, names, known=True)


def _cube(pixels: Array, bands: int, side: int) -> Array:
    """Array (band, row, column) of a matrix (band, pixel) that stores pictures column by column."""
    return np.ascontiguousarray(pixels.reshape(bands, side, side).transpose(0, 2, 1))
