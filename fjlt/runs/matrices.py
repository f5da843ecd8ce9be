"""Matrices from .npy, .npz, .csv and .mat files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from fjlt import boundary
from fjlt.runs.matlab_files import arrays_in, read_matlab
from fjlt.runs.number_tables import read_table
from fjlt.types import Array

__all__ = ["read_arrays", "read_matrix", "split_key"]


def read_matrix(path: str | os.PathLike[str], key: str | None = None) -> Array:
    """Read a real matrix of finite numbers from a file, without scaling it.

    Parameters
    ----------
    path : path
        A .npy, .npz, .csv, .tsv, .txt or .mat file; the ending decides how it is read. Text is
        UTF-8, with one row on each line; decimal numbers are separated by comma, semicolon, tab or
        blanks, and a first line without any number is a header. MATLAB files may have any version
        up to 7; another process reads them, which a damaged file may end.
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


def read_arrays(
    path: str | os.PathLike[str], names: Iterable[str] | None = None, known: bool = False
) -> dict[str, Array]:
    """Read the arrays of a .npz or .mat file.

    Parameters
    ----------
    path : path
        The file; its ending, .npz or .mat, says the format.
    names : iterable of str, optional
        Names of the arrays to read; by default all that the file holds.
    known : bool
        Whether you know the content, for example by its hash. Then a .mat file is read in this
        process. A damaged one could end it, so that another is started by default, which takes half
        a second.

    Returns
    -------
    dict from str to ndarray
        Arrays as stored, by name.

    Raises
    ------
    FileNotFoundError, OSError
        If there is no such file, or it cannot be read.
    ValueError, TypeError
        If the file is empty or damaged, its format has no names for arrays, or one of them is
        absent or no array, such as a cell array of MATLAB.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "mine.npz"
    ...     np.savez(file, X=np.eye(2), B=np.ones((1, 2)))
    ...     arrays = read_arrays(file)
    >>> sorted(arrays), arrays["B"]
    (['B', 'X'], array([[1., 1.]]))
    """
    file = Path(path)
    content = _content(file, known)
    if not isinstance(content, dict):
        raise ValueError(
            f"{file} holds one array without a name; save arrays by name with numpy.savez"
        )
    return {name: _chosen(content, name, file) for name in (content if names is None else names)}


def _content(file: Path, known: bool = False) -> Any:
    """Whatever a file holds: one array, or several by name."""
    if not file.exists():
        raise FileNotFoundError(f"there is no file {file}")
    if not file.is_file():
        raise ValueError(f"{file} is not a file")
    if file.stat().st_size == 0:
        raise ValueError(f"{file} is empty")
    ending = file.suffix.lower()
    if ending not in _READERS:
        raise ValueError(
            f"{file} ends in {file.suffix!r}; a matrix is read from {', '.join(_READERS)}"
        )
    content = file.read_bytes()
    read = arrays_in if known and ending == ".mat" else _READERS[ending]
    try:
        return read(content)
    except Exception as error:  # damaged files make the parsers raise almost anything
        raise ValueError(
            f"{file} cannot be read as a {ending} file: {str(error) or type(error).__name__}"
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
        return _array(content[key], key, file)
    if len(content) != 1:
        raise ValueError(
            f"{file} has {len(content)} arrays ({names}); choose one with FILE:KEY or key="
        )
    ((name, value),) = content.items()
    return _array(value, name, file)


def _array(value: Any, name: str, file: Path) -> Any:
    """The array itself, which a MATLAB file may hold something else for."""
    if isinstance(value, str):
        raise TypeError(f"{file}: {name} is {value}; save an array of numbers")
    return value


def _npy(content: bytes) -> Any:
    array = np.load(BytesIO(content), allow_pickle=False)
    if isinstance(array, np.lib.npyio.NpzFile):
        array.close()
        raise ValueError("it is a .npz archive; rename it")
    return array


def _npz(content: bytes) -> Any:
    with np.load(BytesIO(content), allow_pickle=False) as archive:
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("it holds a single array; rename it to .npy")
        return {name: archive[name] for name in archive.files}


def _text(content: bytes) -> Any:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError("it is text in UTF-16; save it as UTF-8")
    return read_table(content.decode("utf-8-sig"))


_READERS: dict[str, Callable[[bytes], Any]] = {
    ".npy": _npy,
    ".npz": _npz,
    ".csv": _text,
    ".tsv": _text,
    ".txt": _text,
    ".mat": read_matlab,
}
