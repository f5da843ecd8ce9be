"""Files written whole or not at all, with the mode that a plain open gives, and nothing left."""

import os
import signal
import stat
import subprocess
import sys

import pytest

from fjlt.runs.atomic_files import write_atomically

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def umask():
    """Set the umask for a test, and set it back."""
    before = os.umask(0o022)
    os.umask(before)
    yield os.umask
    os.umask(before)


@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077, 0o002, 0o000])
def test_a_new_file_has_the_mode_that_open_gives(tmp_path, umask, mask):
    umask(mask)
    (tmp_path / "plain").write_text("")
    write_atomically(tmp_path / "atomic", "")
    assert mode(tmp_path / "atomic") == mode(tmp_path / "plain")


@pytest.mark.parametrize("permissions", [0o600, 0o640, 0o755, 0o666])
def test_an_old_file_keeps_its_mode(tmp_path, umask, permissions):
    umask(0o077)
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(permissions)
    write_atomically(path, b"new")
    assert mode(path) == permissions
    assert path.read_bytes() == b"new"


def test_through_a_link_the_file_is_written_and_the_link_stays(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "real").write_text("old")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere" / "real")
    assert write_atomically(link, "new") == link
    assert link.is_symlink()
    assert (tmp_path / "elsewhere" / "real").read_text() == "new"


@pytest.mark.skipif(AS_ROOT, reason="root may write to every file")
def test_a_write_protected_file_is_refused(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(PermissionError, match="is write-protected; it was left as it is"):
        write_atomically(path, "new")
    assert path.read_text() == "old"


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit, MemoryError, OSError])
@pytest.mark.parametrize("place", ["fdopen", "fsync", "replace", "chmod"])
def test_no_temporary_file_is_left_wherever_it_ends(tmp_path, monkeypatch, place, interrupt):
    path = tmp_path / "a"
    path.write_text("old")

    def stop(*arguments, **settings):
        raise interrupt("planted")

    monkeypatch.setattr(os, place, stop)
    with pytest.raises(interrupt, match="planted"):
        write_atomically(path, "new")
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
    assert path.read_text() == "old"


def test_a_file_with_the_longest_name_can_be_written(tmp_path):
    path = tmp_path / ("a" * 255)
    assert write_atomically(path, "text").read_text() == "text"


def test_a_folder_in_its_place_is_an_error_that_names_it(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError, match="a could not be written: "):
        write_atomically(tmp_path / "a", "text")
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


FULL = """
import resource, sys
from fjlt.runs.atomic_files import write_atomically
# No file may become longer than this, as on a disk that is full.
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    write_atomically(sys.argv[1], "x" * 10_000)
except OSError as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limit of the size of files")
def test_on_a_full_disk_the_old_file_is_intact(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True
    )
    assert f"{path} could not be written: File too large; the old file is as it was" in done.stdout
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
    assert path.read_text() == "old"
