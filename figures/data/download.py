"""Files fetched once and verified at every use: the user's own folder first, then a cache, then the
network.

``FJLT_DATA_DIR`` names a folder laid out as ``<dataset>/<file>``; it is read, never written.
``FJLT_CACHE_DIR`` moves the cache of downloads from its place in the user's cache folder.
"""

from __future__ import annotations

import hashlib
import os
import sys
import textwrap
from functools import lru_cache
from pathlib import Path

import pooch

from figures.data.registry import DataFile, files, readable
from fjlt.runs.console import choose

__all__ = ["cache_folder", "fetch", "locate"]

_announced: set[str] = set()


def fetch(file: str | DataFile) -> Path:
    """Path of a file whose SHA-256 has been verified; downloads it if it is nowhere on this
    machine.

    Parameters
    ----------
    file : str or DataFile
        Name in the register, ``<dataset>/<file>``, or any file with its address and hash.

    Raises
    ------
    ValueError
        If the name is unknown, or the file in ``FJLT_DATA_DIR`` or the one the server sent has
        another hash.
    FileNotFoundError
        If the file is not on this machine and cannot be downloaded.
    OSError
        If a file cannot be read, or the cache not written.

    Notes
    -----
    A download goes to a temporary name and takes its own only once its hash is right, so a broken
    connection leaves nothing that could be read. A cached file with a wrong hash is downloaded
    anew.
    """
    if isinstance(file, str):
        file = files()[choose(file, files(), "data file")]
    own = _own(file)
    if own is not None:
        found = _sha256(own)
        if found != file.sha256:
            raise ValueError(
                f"{own} is not the registered {file.name}: expected SHA-256 {file.sha256}, found "
                f"{found} ({own.stat().st_size} bytes, expected {file.size}); replace it by "
                f"{file.url}"
            )
        return own
    cached = cache_folder() / file.name
    if cached.is_file() and _sha256(cached) == file.sha256:
        return cached
    return _download(file, cached)


def locate(file: DataFile) -> Path | None:
    """Where the file is on this machine, its hash not yet verified; None if it would be
    downloaded."""
    cached = cache_folder() / file.name
    return _own(file) or (cached if cached.is_file() else None)


def cache_folder() -> Path:
    """Folder of the downloads: ``FJLT_CACHE_DIR``, or ``butterfly-theory`` in the user's cache
    folder."""
    return Path(os.environ.get("FJLT_CACHE_DIR") or pooch.os_cache("butterfly-theory"))


def _own(file: DataFile) -> Path | None:
    folder = os.environ.get("FJLT_DATA_DIR")
    path = Path(folder) / file.name if folder else None
    return path if path is not None and path.exists() else None


def _download(file: DataFile, target: Path) -> Path:
    damaged = (
        f" The copy in the cache is damaged: SHA-256 {_sha256(target)}." if target.is_file() else ""
    )
    _announce(file)
    pooch.get_logger().setLevel("WARNING")
    try:
        pooch.retrieve(file.url, f"sha256:{file.sha256}", fname=target.name, path=target.parent)
    except ValueError as error:
        raise ValueError(
            f"{file.url} did not send {file.name}: {error} Nothing was kept."
        ) from None
    except OSError as error:
        reason = textwrap.shorten(f"{type(error).__name__}: {error}", 160)
        raise FileNotFoundError(
            f"{file.name} ({readable(file.size)}, SHA-256 {file.sha256}) is needed and could not "
            f"be downloaded from {file.url} ({reason}).{damaged} Try again with a network, or "
            f"download it elsewhere, put it at <folder>/{file.name}, and set "
            f"FJLT_DATA_DIR=<folder>"
        ) from None
    return target


def _announce(file: DataFile) -> None:
    print(f"Downloading {file.name} ({readable(file.size)}) from {file.url}", file=sys.stderr)
    if file.dataset not in _announced:
        print(f"Licence of {file.dataset}: {file.licence}", file=sys.stderr)
        _announced.add(file.dataset)


def _sha256(path: Path) -> str:
    status = path.stat()
    return _sha256_of(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1024)
def _sha256_of(path: Path, mtime_ns: int, size: int) -> str:
    """Hash of a file, computed once for each state of it that its time and size tell apart."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
