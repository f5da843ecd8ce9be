"""Data files: found in your folder or a cache, or downloaded; verified at every use.

The environment variable ``FJLT_DATA_DIR`` names your folder, laid out as ``<dataset>/<file>``. It
is read, never written; a checkout of a dataset's repository may stand there under the dataset's
name. ``FJLT_CACHE_DIR`` moves the cache of downloads, which is otherwise in the
user's cache folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tarfile
import tempfile
import textwrap
import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from figures.data.registry import DataFile, files, readable
from fjlt.extras import installed
from fjlt.runs.console import choose

__all__ = ["MissingData", "cache_folder", "fetch", "fetch_all", "locate"]

_announced: set[str] = set()


class MissingData(FileNotFoundError):
    """Data files that cannot be had.

    Attributes
    ----------
    reasons : dict from str to str
        For each of them, by name in the register, a sentence.
    """

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__("; ".join(reasons.values()))
        self.reasons = reasons


def fetch_all(wanted: Iterable[DataFile], missing: dict[str, str] | None = None) -> None:
    """Have all of these files on this machine, with the registered SHA-256.

    Parameters
    ----------
    wanted : iterable of DataFile
    missing : dict from str to str, optional
        Files that could not be had a moment ago, with the reason. They are not tried again, and
        those that fail now are added.

    Raises
    ------
    MissingData
        With every file that is absent or damaged, not only the first.
    """
    missing = {} if missing is None else missing
    names = []
    for file in wanted:
        names.append(file.name)
        if file.name not in missing:
            try:
                fetch(file)
            except (FileNotFoundError, ValueError) as error:
                missing[file.name] = str(error)
    if reasons := {name: missing[name] for name in names if name in missing}:
        raise MissingData(reasons)


def fetch(file: str | DataFile) -> Path:
    """Path of a file or folder with the registered SHA-256, downloaded if it is not here.

    Parameters
    ----------
    file : str or DataFile
        A name in the register, ``<dataset>/<file>``, or a file with its address and hash.

    Returns
    -------
    Path
        In ``FJLT_DATA_DIR`` if the file is there, else in the cache.

    Raises
    ------
    ValueError
        If the name is unknown, or if the hash is wrong of the file in ``FJLT_DATA_DIR`` or of what
        the server sent.
    FileNotFoundError
        If the file is not on this machine and cannot be downloaded.
    OSError
        If a file cannot be read or the cache cannot be written.

    Notes
    -----
    A download gets a temporary name, and its own only when its hash is right, so that a broken
    connection leaves no damaged file. A cached file with a wrong hash is downloaded again. A folder
    comes in an archive, and its hash is made of those of all its files.
    """
    if isinstance(file, str):
        file = files()[choose(file, files(), "data file")]
    own = _own(file)
    if own is not None:
        sha256 = _sha256(own)
        if sha256 != file.sha256:
            raise ValueError(
                f"{own} is not the registered {file.name}: expected SHA-256 {file.sha256}, found "
                f"{sha256} ({_size(own)} bytes, expected {file.size}); replace it by {file.url}"
            )
        return own
    cached = cache_folder() / file.name
    if _is_there(cached, file) and _sha256(cached) == file.sha256:
        return cached
    return _download(file, cached)


def locate(file: DataFile) -> Path | None:
    """Path of the file on this machine, or None if it would have to be downloaded.

    The hash is not verified.
    """
    cached = cache_folder() / file.name
    return _own(file) or (cached if _is_there(cached, file) else None)


def cache_folder() -> Path:
    """The folder that downloads are kept in.

    It is ``FJLT_CACHE_DIR`` if that is set, else ``butterfly-theory`` in the user's cache folder.
    """
    own = os.environ.get("FJLT_CACHE_DIR")
    return Path(own or _pooch().os_cache("butterfly-theory"))


def _pooch() -> Any:
    with installed():
        import pooch
    return pooch


def _own(file: DataFile) -> Path | None:
    """The file in ``FJLT_DATA_DIR``, if there is one."""
    folder = os.environ.get("FJLT_DATA_DIR")
    path = Path(folder) / file.name if folder else None
    return path if path is not None and path.exists() else None


def _is_there(path: Path, file: DataFile) -> bool:
    return path.is_dir() if file.is_folder else path.is_file()


def _download(file: DataFile, target: Path) -> Path:
    # hashed before the download, so that an error can tell what was in the cache
    damaged = (
        f" The copy in the cache is damaged: SHA-256 {_sha256(target)}."
        if _is_there(target, file)
        else ""
    )
    _announce(file)
    pooch = _pooch()
    pooch.get_logger().setLevel("WARNING")
    try:
        if file.is_folder:
            _retrieve_folder(file, target)
        else:
            pooch.retrieve(file.url, f"sha256:{file.sha256}", fname=target.name, path=target.parent)
    except ValueError as error:
        raise ValueError(
            f"{file.url} did not send {file.name}: {error} Nothing was kept."
        ) from None
    except OSError as error:
        reason = textwrap.shorten(f"{type(error).__name__}: {error}", 160)
        raise FileNotFoundError(
            f"{file.name} ({readable(file.size)}, SHA-256 {file.sha256}) is needed and could not "
            f"be downloaded from {file.url} ({reason}).{damaged} Try again when the network is "
            f"available, or download the file elsewhere, put it at <folder>/{file.name}, and set "
            f"FJLT_DATA_DIR=<folder>"
        ) from None
    return target


def _retrieve_folder(file: DataFile, target: Path) -> None:
    """Download an archive of a repository, and keep the folder if every file of it is right."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="download-") as scratch:
        archive = _pooch().retrieve(file.url, None, fname="archive.tar.gz", path=scratch)
        try:
            _unpack(archive, Path(scratch, "content"))
        except (tarfile.TarError, EOFError, zlib.error) as error:
            raise ValueError(f"{error}.") from None
        # the archive holds one folder, named after the repository and the commit
        (repository,) = Path(scratch, "content").iterdir()
        found = repository / file.name.partition("/")[2]
        sha256 = _sha256(found) if found.is_dir() else "of nothing, there is no such folder"
        if sha256 != file.sha256:
            raise ValueError(f"expected SHA-256 {file.sha256}, found {sha256}.")
        if target.is_dir():
            shutil.rmtree(target)
        found.rename(target)


def _unpack(archive: str, folder: Path) -> None:
    """Unpack an archive; a name that leaves the folder is refused."""
    with tarfile.open(archive) as content:
        if hasattr(tarfile, "data_filter"):
            content.extractall(folder, filter="data")
            return
        # Python before 3.11.4: files and folders alone, no links
        members = [member for member in content if member.isfile() or member.isdir()]
        for member in members:
            if not Path(folder, member.name).resolve().is_relative_to(folder.resolve()):
                raise tarfile.ReadError(f"{member.name} would be unpacked outside of its folder")
        content.extractall(folder, members)


def _announce(file: DataFile) -> None:
    """Say on standard error what is downloaded, with the licence the first time."""
    print(f"Downloading {file.name} ({readable(file.size)}) from {file.url}", file=sys.stderr)
    if file.dataset not in _announced:
        print(f"Licence of {file.dataset}: {file.licence}", file=sys.stderr)
        _announced.add(file.dataset)


def _size(path: Path) -> int:
    return (
        sum(each.stat().st_size for each in _contents(path))
        if path.is_dir()
        else path.stat().st_size
    )


def _contents(folder: Path) -> list[Path]:
    """The files of a folder, without what Git keeps in a checkout, sorted by name."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    inside = [path for path in files if ".git" not in path.relative_to(folder).parts]
    return sorted(inside, key=lambda path: path.relative_to(folder).as_posix().encode())


def _sha256(path: Path) -> str:
    if path.is_dir():
        names = {each: each.relative_to(path).as_posix() for each in _contents(path)}
        lines = [f"{_sha256(each)}  {name}\n" for each, name in names.items()]
        return hashlib.sha256("".join(lines).encode()).hexdigest()
    status = path.stat()
    return _sha256_of(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1 << 17)
def _sha256_of(path: Path, mtime_ns: int, size: int) -> str:
    """Hash of a file, computed once as long as its modification time and size stay the same."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
