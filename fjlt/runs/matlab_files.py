"""Arrays from MATLAB files, read in a process of their own.

SciPy's reader and the conversion of sparse matrices are compiled code, which a damaged file can
bring down. Then the other process ends, and this one says what is wrong. This module is also the
program of that process, so it imports nothing of this package.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from io import BytesIO
from typing import Any

import numpy as np

__all__ = ["arrays_in", "read_matlab"]

MAX_ENTRIES = 2**28
"""Largest number of entries of a sparse matrix that is made dense: 2 GiB of doubles."""
SECONDS = 600
"""Longest time that the other process may take."""
MEMORY, MEMORY_PER_BYTE = 2**32, 64
"""Address space of the other process: that much, and that much for each byte of the file."""


def read_matlab(content: bytes) -> dict[str, Any]:
    """The variables of a MATLAB file of version 4 to 7, by name; sparse matrices become dense.

    Parameters
    ----------
    content : bytes
        That of the whole file.

    Returns
    -------
    dict from str to ndarray or str
        In place of a variable that is no array of numbers or text, such as a cell array, a few
        words that say what it is.

    Raises
    ------
    ValueError
        If the file is damaged, of version 7.3, or too large.

    Notes
    -----
    Cost: about half a second to start the other process.

    Examples
    --------
    >>> from scipy.io import savemat
    >>> savemat(file := BytesIO(), {"A": np.eye(2)})
    >>> read_matlab(file.getvalue())["A"].tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    # The other process finds the same packages as this one, and needs one thread.
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "OPENBLAS_NUM_THREADS": "1",
    }
    try:
        done = subprocess.run(
            [sys.executable, "-P", __file__],
            env=environment,
            input=content,
            capture_output=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise ValueError(f"it could not be read in {SECONDS} seconds; it may be damaged") from None
    if done.returncode < 0:
        raise ValueError(
            f"it is damaged: the process that read it was ended by signal {-done.returncode}"
        )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").split("\n")
        raise ValueError(next((line for line in reversed(lines) if line.strip()), "it is damaged"))
    with np.load(BytesIO(done.stdout), allow_pickle=False) as archive:
        described = json.loads(str(archive["arr_0"]))
        arrays = iter([archive[name] for name in archive.files[1:]])
    return {name: next(arrays) if what is None else what for name, what in described}


def arrays_in(content: bytes) -> dict[str, Any]:
    """What ``read_matlab`` returns, read in this process.

    Raises
    ------
    ValueError
        If the file is of version 7.3, or a sparse matrix is damaged or too large.
    Exception
        Damaged files make the reader raise almost anything, or end the process.
    """
    from scipy.io import loadmat

    try:
        with warnings.catch_warnings():
            # SciPy warns that sparse matrices will become sparse arrays; here they become dense
            warnings.simplefilter("ignore")
            variables = loadmat(BytesIO(content))
    except NotImplementedError:
        raise ValueError("it is of MATLAB version 7.3; save it with -v7") from None
    return {
        name: _array(name, value) for name, value in variables.items() if not name.startswith("__")
    }


def _array(name: str, value: Any) -> Any:
    """A variable as an array, or what it is instead."""
    if hasattr(value, "toarray"):
        _check_sparse(name, value)
        return value.toarray()
    if not isinstance(value, np.ndarray) or value.dtype.hasobject:
        return "of dtype object: a cell array, a structure or an object of MATLAB"
    return np.asarray(value)


def _check_sparse(name: str, value: Any) -> None:
    """Raise ``ValueError`` if the indices of a sparse matrix do not fit its shape."""
    n_rows, n_columns = map(int, value.shape)
    if n_rows * n_columns > MAX_ENTRIES:
        raise ValueError(
            f"{name} is a sparse matrix of shape {value.shape}, which has more than {MAX_ENTRIES} "
            "entries when it is dense; save a part of it"
        )
    if value.format == "csc":
        # Column c has the entries from starts[c] to starts[c + 1].
        starts, rows = value.indptr, value.indices
        columns_fit = (
            len(starts) == n_columns + 1
            and starts[0] == 0
            and not (starts[1:] < starts[:-1]).any()
            and starts[-1] <= min(len(rows), len(value.data))
        )
        if not columns_fit:
            raise ValueError(
                f"{name} is damaged: the starts of its columns are no increasing numbers from 0 to "
                f"{len(rows)}"
            )
        _check_range(name, "row", rows[: starts[-1]], n_rows)
    else:
        _check_range(name, "row", value.row, n_rows)
        _check_range(name, "column", value.col, n_columns)


def _check_range(name: str, what: str, numbers: Any, size: int) -> None:
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < size):
        raise ValueError(
            f"{name} is damaged: it has an entry in {what} {numbers.min()} or {numbers.max()}, "
            f"counted from 0, and {size} {what}s"
        )


def _main() -> int:
    """From the file on standard input, write its variables, or why they cannot be read."""
    try:
        content = sys.stdin.buffer.read()
        _limit_memory(MEMORY + MEMORY_PER_BYTE * len(content))
        variables = arrays_in(content)
    except BaseException as error:
        message = " ".join(str(error).split())
        print(message or type(error).__name__, file=sys.stderr)
        return 1
    described = [
        (name, value if isinstance(value, str) else None) for name, value in variables.items()
    ]
    arrays = [value for value in variables.values() if not isinstance(value, str)]
    np.savez(sys.stdout.buffer, np.array(json.dumps(described)), *arrays)
    sys.stdout.buffer.flush()
    return 0


def _limit_memory(size: int) -> None:
    """Let a damaged size end in an error, not in a machine without memory; leave no core file."""
    try:
        import resource
    except ImportError:  # on Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(
        resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard)
    )


if __name__ == "__main__":
    sys.exit(_main())
