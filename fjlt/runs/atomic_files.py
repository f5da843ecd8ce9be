"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["write_atomically"]


def write_atomically(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write a file so that a reader sees the old content or the new one, never a part.

    The content goes to a temporary file in the same folder, which is then renamed. A full disk or a
    killed process leaves the old file as it was. Folders are created where they are missing.

    Parameters
    ----------
    path : path
    content : str or bytes
        Text is written as UTF-8.

    Returns
    -------
    Path
        The path given.

    Raises
    ------
    OSError
        If the folder cannot be created or written.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(pathlib.Path(folder) / "a" / "b.txt", "text").read_text()
    'text'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            # the content must be on the disk before the name points to it
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # temporary files are readable by their owner only
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
