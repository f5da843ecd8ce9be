"""The register of data files, with the public address, size, hash and licence of each."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from fjlt.runs.console import choose

__all__ = ["DataFile", "Dataset", "data_hashes", "datasets", "files", "lookup", "readable"]


@dataclass(frozen=True)
class DataFile:
    """A public file: its address, and the size and hash that it must have.

    Where a dataset has thousands of files, a whole folder takes the place of a file.

    Attributes
    ----------
    dataset : str
    name : str
        ``<dataset>/<file>``, its path in a data folder; that of a folder ends in a slash.
    url : str
        Public address, pinned to a commit; of a folder, that of an archive that holds it.
    size : int
        Bytes; of a folder, those of all its files.
    sha256 : str
        64 hexadecimal digits; of a folder, the hash of the list that ``sha256sum`` prints of its
        files, sorted by name.
    default : bool
        Whether the loader of the dataset reads it by default.
    stand_in_for : str
        The data of the paper that it stands in for; empty if it is the paper's own.
    licence : str
    """

    dataset: str
    name: str
    url: str
    size: int
    sha256: str
    default: bool = True
    stand_in_for: str = ""
    licence: str = "not stated"

    @property
    def is_folder(self) -> bool:
        """Whether a whole folder is meant.

        Examples
        --------
        >>> [file.is_folder for file in lookup("cifar10_png")]
        [True]
        """
        return self.name.endswith("/")


@dataclass(frozen=True)
class Dataset:
    """A named set of files under one licence.

    ``digits`` has no file, because it comes with scikit-learn.
    """

    name: str
    licence: str
    stand_in_for: str
    files: tuple[DataFile, ...]

    @property
    def default_files(self) -> tuple[DataFile, ...]:
        """The files that the loader reads by default."""
        return tuple(file for file in self.files if file.default)

    @property
    def status(self) -> str:
        """How the dataset relates to the data of the paper, as shown beside results on it.

        Examples
        --------
        >>> next(d.status for d in datasets() if d.name == "samson")
        'stand-in for HS-SOD'
        """
        if self.stand_in_for:
            return f"stand-in for {self.stand_in_for}"
        if not self.files:
            return "embedded in scikit-learn"
        return "" if self.default_files else "no loader"


@cache
def files() -> dict[str, DataFile]:
    """Every registered file by name, as listed in ``registry.csv``.

    Examples
    --------
    >>> files()["images/camera.png"].size
    139512
    """
    text = (resources.files("figures.data") / "registry.csv").read_text(encoding="utf-8")
    return {
        row["file"]: DataFile(
            dataset=row["dataset"],
            name=row["file"],
            url=row["url"],
            size=int(row["bytes"]),
            sha256=row["sha256"],
            default=row["default"] == "yes",
            stand_in_for=row["stand_in_for"],
            licence=row["licence"],
        )
        for row in csv.DictReader(text.splitlines())
    }


@cache
def datasets() -> tuple[Dataset, ...]:
    """Every dataset, in the order of the register.

    Examples
    --------
    >>> [d.name for d in datasets()][:3]
    ['digits', 'mnist', 'cifar10']
    """
    groups: dict[str, list[DataFile]] = {}
    for file in files().values():
        groups.setdefault(file.dataset, []).append(file)
    digits = Dataset("digits", "CC BY 4.0 (UCI Optical Recognition of Handwritten Digits)", "", ())
    return (
        digits,
        *(
            Dataset(name, group[0].licence, group[0].stand_in_for, tuple(group))
            for name, group in groups.items()
        ),
    )


def lookup(name: str) -> tuple[DataFile, ...]:
    """The files of a name: a single file, or the default files of a dataset.

    If no file of the dataset is a default one, all of its files are given.

    Raises
    ------
    ValueError
        For an unknown name; the error suggests the nearest known one.

    Examples
    --------
    >>> [file.name for file in lookup("samson")]
    ['samson/samson_dataset.mat']
    """
    if name in files():
        return (files()[name],)
    known = {dataset.name: dataset for dataset in datasets()}
    dataset = known[choose(name, [*known, *files()], "dataset or file")]
    return dataset.default_files or dataset.files


def data_hashes(*names: str) -> dict[str, str]:
    """SHA-256 of every file of the named datasets or files, for the record of a figure.

    Loading verifies the same hashes, so the record states what was read. ``digits`` has no file; it
    is identified by the version of scikit-learn.

    Parameters
    ----------
    *names : str
        Datasets, or files as ``<dataset>/<file>``.

    Returns
    -------
    dict from str to str
        The hash of each file, in hexadecimal digits, by the name of the file.

    Raises
    ------
    ValueError
        For an unknown name.

    Examples
    --------
    >>> data_hashes("images/camera.png")["images/camera.png"][:8]
    'b0793d2a'
    """
    return {file.name: file.sha256 for name in names for file in lookup(name)}


def readable(size: int) -> str:
    """A number of bytes as text, in decimal units.

    Examples
    --------
    >>> readable(1860687)
    '1.9 MB'
    """
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
