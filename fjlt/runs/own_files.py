"""Files of a command in a folder that may hold files of others, which are never touched."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from fjlt.runs.atomic_files import write_atomically

__all__ = ["OwnFiles"]

LOCK = ".lock"


class OwnFiles:
    """The files that one command has written into a folder, known by a list in the folder.

    A file that is not in the list, or has changed since it was written, belongs to somebody else:
    it is neither overwritten nor deleted. The list says what is about to be written before it is,
    so that a killed process leaves no file of unknown origin.

    Parameters
    ----------
    folder : path
        Need not exist.
    name : str
        Of the list, ``.name.list``. Each command has its own.

    Raises
    ------
    ValueError
        If the list is damaged.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     OwnFiles(folder, "report").replace({"a.txt": "one", "b.txt": "two"})
    ...     _ = Path(folder, "c.txt").write_text("yours")
    ...     OwnFiles(folder, "report").replace({"a.txt": "three"})
    ...     sorted(path.name for path in Path(folder).glob("[!.]*"))
    ['a.txt', 'c.txt']
    """

    def __init__(self, folder: str | os.PathLike[str], name: str) -> None:
        self.folder = Path(folder)
        self._list = self.folder / f".{name}.list"
        self._digests = self._read()

    def check(self, names: Iterable[str]) -> None:
        """Check that files of these names can be written; writes nothing.

        Raises
        ------
        FileExistsError
            If there is a file of such a name, or a file in the place of a folder, that is not of
            this package, or if any file of this package was changed by somebody else.
        """
        for name in dict.fromkeys((*names, *self._digests)):
            path = self.folder / name
            # a broken link is somebody's as well
            if not os.path.lexists(path):
                self._check_parents(path)
            elif name not in self._digests:
                raise FileExistsError(
                    f"{path} was not written by this command; move it, or choose another folder"
                )
            elif self._changed(name):
                raise FileExistsError(
                    f"{path} was changed after this command wrote it; move or delete it, or choose "
                    "another folder"
                )

    def claim(self, names: Iterable[str]) -> None:
        """Record, under the lock, that files of these names are about to be written.

        Raises
        ------
        FileExistsError
            As ``check``.
        OSError
            If the folder cannot be written.
        """
        names = list(names)
        self.check(names)
        self._record(self._digests | dict.fromkeys(names))

    def replace(self, files: Mapping[str, str | bytes]) -> None:
        """Write files, given by name and content, and delete all others of this command.

        Waits for another process that has the lock.

        Raises
        ------
        FileExistsError
            As ``check``; nothing is written then.
        OSError
            If the folder cannot be written. No file is left half written.
        """
        with self.locked(wait=True):
            self.claim(files)
            for name, content in files.items():
                write_atomically(self.folder / name, content)
            for stale in self._digests.keys() - files.keys():
                (self.folder / stale).unlink(missing_ok=True)
            self._record({name: _digest(_bytes(content)) for name, content in files.items()})

    @contextmanager
    def locked(self, *, wait: bool = False) -> Iterator[None]:
        """Context in which no other process has the lock of the folder.

        The system gives the lock back when its process ends, however it ends. Where the system has
        no such locks, there is none.

        Parameters
        ----------
        wait : bool
            Whether to wait for another process that has it.

        Raises
        ------
        BlockingIOError
            If another process has it and ``wait`` is false.
        OSError
            If the folder cannot be written.
        """
        try:
            import fcntl
        except ImportError:  # not a POSIX system
            yield
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / LOCK, "a+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                lock.seek(0)
                raise BlockingIOError(
                    f"process {lock.read() or 'unknown'} writes into {self.folder}; wait until it "
                    "ends, or choose another folder"
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            # another process may have written since the list was read
            self._digests = self._read()
            yield

    def _read(self) -> dict[str, str | None]:
        """Name and SHA-256 of each file; None for one whose content is not recorded."""
        try:
            content = json.loads(self._list.read_text(encoding="utf-8"))
            if all(map(_is_entry, content.keys(), content.values())):
                return dict(content)
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (ValueError, AttributeError, RecursionError):
            pass
        raise ValueError(
            f"{self._list} is damaged, so it is not known which files in {self.folder} are yours; "
            "choose another folder"
        )

    def _record(self, digests: dict[str, str | None]) -> None:
        write_atomically(self._list, json.dumps(digests, indent=0) + "\n")
        self._digests = digests

    def _changed(self, name: str) -> bool:
        path, digest = self.folder / name, self._digests[name]
        if path.is_symlink() or not path.is_file():
            return True
        return digest is not None and _digest(path.read_bytes()) != digest

    def _check_parents(self, path: Path) -> None:
        for parent in path.parents:
            if parent.is_dir():
                return
            if os.path.lexists(parent):
                raise FileExistsError(f"{parent} is not a folder, so {path} cannot be written")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _is_entry(name: object, digest: object) -> bool:
    """Whether this is a name inside the folder, with a digest or None."""
    path = PurePosixPath(str(name))
    inside = not path.is_absolute() and ".." not in path.parts and path.parts != ()
    return inside and (digest is None or isinstance(digest, str))
