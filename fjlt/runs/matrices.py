"""Matrices from .npy, .npz, .csv and .mat files."""

from __future__ import annotations

import os
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from fjlt import boundary
from fjlt.types import Array

__all__ = ["read_arrays", "read_matrix", "split_key"]


def read_matrix(path: str | os.PathLike[str], key: str | None = None) -> Array:
    """Read a real matrix of finite numbers from a file, without scaling it.

    Parameters
    ----------
    path : path
        A .npy, .npz, .csv, .tsv, .txt or .mat file; the ending decides how it is read. Text is
        UTF-8, with one row on each line, with or without one header row; numbers are separated by
        comma, semicolon, tab or blanks. MATLAB files may have any version up to 7.
    key : str, optional
        Name of the array in a .npz or .mat file; needed if there are several.

    Returns
    -------
    ndarray, shape (rows, columns)
        float32 or float64.

    Raises
    ------
    FileNotFoundError, OSError
        If there is no such file, or it cannot be read.
    ValueError, TypeError
        If the file is empty or damaged, if its ending names another format, if it has several
        arrays and no key is given, or if the array is not a non-empty matrix of finite real
        numbers. Pickled objects are never loaded.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "a.csv"
    ...     _ = file.write_text("height;width\\n1;2\\n3;4\\n")
    ...     read_matrix(file)
    array([[1., 2.],
           [3., 4.]])
    """
    file = Path(path)
    return boundary.matrix(_chosen(_content(file), key, file), str(file), real=True)


def read_arrays(path: str | os.PathLike[str]) -> dict[str, Array]:
    """Read all arrays of a .npz or .mat file.

    Returns
    -------
    dict from str to ndarray
        Arrays as stored, by name.

    Raises
    ------
    FileNotFoundError, OSError
        If there is no such file, or it cannot be read.
    ValueError
        If the file is empty or damaged, or its format has no names for arrays.
    """
    file = Path(path)
    content = _content(file)
    if not isinstance(content, dict):
        raise ValueError(
            f"{file} holds one array without a name; save arrays by name with numpy.savez"
        )
    return content


def _content(file: Path) -> Any:
    """Whatever a file holds: one array, or several by name."""
    if not file.exists():
        raise FileNotFoundError(f"there is no file {file}")
    if not file.is_file():
        raise ValueError(f"{file} is not a file")
    if file.stat().st_size == 0:
        raise ValueError(f"{file} is empty")
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        raise ValueError(
            f"{file} ends in {file.suffix!r}; a matrix is read from {', '.join(_READERS)}"
        )
    data = BytesIO(file.read_bytes())
    try:
        return reader(data)
    except Exception as error:  # damaged files make the parsers raise almost anything
        raise ValueError(
            f"{file} cannot be read as a {file.suffix.lower()} file: {error}"
        ) from None


def split_key(text: str) -> tuple[str, str | None]:
    """Split a command-line argument FILE or FILE:KEY into file and key.

    A colon that belongs to the name of an existing file does not split.

    Examples
    --------
    >>> split_key("data.npz:train"), split_key("data.npy")
    (('data.npz', 'train'), ('data.npy', None))
    """
    head, colon, tail = text.rpartition(":")
    if Path(text).exists() or not colon or not Path(head).suffix or os.sep in tail:
        return text, None
    return head, tail


def _chosen(content: Any, key: str | None, file: Path) -> Any:
    """The array named by the key, or the only array if there is no key."""
    if not isinstance(content, dict):
        if key is not None:
            raise ValueError(f"{file} holds one array without a name; leave out the key {key!r}")
        return content
    names = ", ".join(content) or "none"
    if key is not None:
        if key not in content:
            raise ValueError(f"{file} has no array named {key!r}; it has: {names}")
        return content[key]
    if len(content) != 1:
        raise ValueError(
            f"{file} has {len(content)} arrays ({names}); choose one with FILE:KEY or key="
        )
    return next(iter(content.values()))


def _npy(file: BytesIO) -> Any:
    array = np.load(file, allow_pickle=False)
    if isinstance(array, np.lib.npyio.NpzFile):
        array.close()
        raise ValueError("it is a .npz archive; rename it")
    return array


def _npz(file: BytesIO) -> Any:
    with np.load(file, allow_pickle=False) as archive:
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("it holds a single array; rename it to .npy")
        return {name: archive[name] for name in archive.files}


def _mat(file: BytesIO) -> Any:
    from scipy.io import loadmat

    try:
        with warnings.catch_warnings():
            # SciPy warns that sparse matrices will become sparse arrays; here they become dense
            warnings.simplefilter("ignore")
            content = loadmat(file)
    except NotImplementedError:
        raise ValueError("it is of MATLAB version 7.3; save it with -v7") from None
    arrays = {name: value for name, value in content.items() if not name.startswith("__")}
    return {
        name: value.toarray() if hasattr(value, "toarray") else value
        for name, value in arrays.items()
    }


def _text(file: BytesIO) -> Any:
    rows = [line for line in file.getvalue().decode("utf-8-sig").splitlines() if line.strip()]
    if not rows:
        raise ValueError("it has no rows")
    delimiter = next((mark for mark in ";\t," if mark in rows[0]), None)
    # a first row with a field that is no number is a header
    start = 0 if all(_is_number(field) for field in rows[0].split(delimiter)) else 1
    if len(rows) == start:
        raise ValueError("it has a header and no rows")
    try:
        return np.loadtxt(rows[start:], delimiter=delimiter, ndmin=2, comments=None)
    except ValueError as error:
        raise ValueError(
            f"{error} (rows count from 0{' after the header' if start else ''})"
        ) from None


def _is_number(field: str) -> bool:
    """Whether a field of a text file is a number, or empty."""
    try:
        float(field)
    except ValueError:
        return not field.strip()
    return True


_READERS = {".npy": _npy, ".npz": _npz, ".csv": _text, ".tsv": _text, ".txt": _text, ".mat": _mat}
