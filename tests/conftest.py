"""The folder of real data, for tests anywhere."""

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
