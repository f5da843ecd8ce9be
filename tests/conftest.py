"""For tests anywhere: the folder of real data, and folders that are made once."""

import fcntl
import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture
def data_folder(monkeypatch):
    """The folder with the registered files, set so that the loaders read from it.

    Skips the test if there is none.
    """
    folder = Path(os.environ.get("FJLT_DATA_DIR") or CHECKOUT.parent / "shared" / "data")
    if not (folder / "mnist").is_dir():
        pytest.skip(
            f"no data: {folder} has no folder mnist; set FJLT_DATA_DIR to a folder <dataset>/<file>"
        )
    monkeypatch.setenv("FJLT_DATA_DIR", str(folder))
    return folder


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """once(name, make): a folder that make(folder) fills once for all processes of the tests."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent

    def filled(name, make):
        folder, done = shared / name, shared / f".{name}.done"
        with (shared / f".{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                folder.mkdir(exist_ok=True)
                make(folder)
                done.touch()
        return folder

    return filled
