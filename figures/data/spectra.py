"""Hyperspectral scenes as cubes band × row × column; both stand in for the HS-SOD data of the
paper."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.data.download import fetch
from fjlt.runs.matrices import read_arrays

__all__ = ["jasper_ridge", "samson"]


def jasper_ridge() -> NDArray[np.float64]:
    """Jasper Ridge scene, reflectance; stand-in for HS-SOD.

    Returns
    -------
    cube : ndarray, shape (198, 100, 100), float64
        Band, row, column; 0 … 1.0874, the sensor's counts divided by the file's ``maxValue`` 5000.

    Raises
    ------
    ValueError
        If the file has a wrong hash.
    FileNotFoundError
        If it is absent and cannot be downloaded (3.2 MB).

    Notes
    -----
    Source: AVIRIS (NASA/JPL), cut and cleaned by F. Zhu. Neighbouring bands are nearly equal, so
    bands of this one scene must never be on both sides of a split into training and test.
    """
    content = read_arrays(fetch("jasper_ridge/jasperRidge2_R198.mat"))
    return _cube(content["Y"], 198, 100) / float(content["maxValue"].item())


def samson() -> NDArray[np.float64]:
    """Samson scene, reflectance; stand-in for HS-SOD.

    Returns
    -------
    cube : ndarray, shape (156, 95, 95), float64
        Band, row, column; 0 … 1.

    Raises
    ------
    ValueError
        If the file has a wrong hash.
    FileNotFoundError
        If it is absent and cannot be downloaded (3.7 MB).

    Notes
    -----
    Source: the SAMSON sensor, cut by F. Zhu. The file's endmembers do not reproduce the scene and
    are not read.
    """
    return _cube(read_arrays(fetch("samson/samson_dataset.mat"))["Y"], 156, 95).astype(np.float64)


def _cube(pixels: NDArray[Any], bands: int, side: int) -> NDArray[Any]:
    """Cube of a matrix band × pixel whose pixels run down the columns of the picture."""
    return np.ascontiguousarray(pixels.reshape(bands, side, side).transpose(0, 2, 1))
