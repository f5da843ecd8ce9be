"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

__all__ = ["write_atomically"]


def write_atomically(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write a file so that a reader sees the old content or the new one, never a part.

    The content goes to a temporary file in the same folder, which is then renamed. A full disk or a
    killed process leaves the old file as it was. Folders are created where they are missing. The
    mode of the file is the one that ``open`` would give it: that of the old file, or the one that
    the umask leaves.

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
        If the folder cannot be created or written, the disk is full, or the old file is
        write-protected.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(pathlib.Path(folder) / "a" / "b.txt", "text").read_text()
    'text'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Through a symbolic link the file that it points to is replaced, not the link.
    target = Path(os.path.realpath(path))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(f"{path} is write-protected; it was left as it is")
    data = content.encode() if isinstance(content, str) else content
    # The name is short whatever that of the file, and known before the file exists, so that the
    # temporary file is deleted wherever an interrupt comes.
    temporary = target.parent / f".{target.name[:30]}.{secrets.token_hex(8)}"
    try:
        # The kernel takes off the umask; a file that exists keeps its mode.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
        with os.fdopen(descriptor, "wb") as file:
            if target.is_file():
                os.chmod(temporary, stat.S_IMODE(target.stat().st_mode))
            file.write(data)
            file.flush()
            # the content must be on the disk before the name points to it
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        kept = "; the old file is as it was" if target.exists() else ""
        raise type(error)(f"{path} could not be written: {reason}{kept}") from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path


_BINARY = getattr(os, "O_BINARY", 0)  # on Windows
