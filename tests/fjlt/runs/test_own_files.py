"""Files of a command among files of others: nothing of others is lost, one process at a time."""

import json
import os
import signal
import subprocess
import sys

import pytest

from fjlt.runs.own_files import OwnFiles

HOLD = """
import sys, time
from fjlt.runs.own_files import OwnFiles
files = OwnFiles(sys.argv[1], "test")
with files.locked():
    files.claim(["a", "b"])
    open(sys.argv[1] + "/a", "w").write("half")
    print("locked", flush=True)
    time.sleep(60)
"""


def visible(folder):
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("[!.]*")
        if path.is_file()
    }


@pytest.fixture
def holder(tmp_path):
    """A process that has the lock of ``tmp_path`` and has begun to write."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "locked\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_own_files_are_replaced_and_all_others_stay(tmp_path):
    (tmp_path / "yours.txt").write_text("yours")
    OwnFiles(tmp_path, "test").replace({"a": "1", "deep/b": "2"})
    (tmp_path / "deep" / "yours.txt").write_text("yours")
    OwnFiles(tmp_path, "test").replace({"a": "3", "c": "4"})
    yours = {"yours.txt": "yours", "deep/yours.txt": "yours"}
    assert visible(tmp_path) == yours | {"a": "3", "c": "4"}


def test_each_command_has_its_own_list(tmp_path):
    OwnFiles(tmp_path, "one").replace({"a": "1"})
    OwnFiles(tmp_path, "two").replace({"b": "2"})
    OwnFiles(tmp_path, "two").replace({"c": "3"})
    assert visible(tmp_path) == {"a": "1", "c": "3"}
    with pytest.raises(FileExistsError, match="a was not written by this command"):
        OwnFiles(tmp_path, "two").replace({"a": "4"})
    assert visible(tmp_path) == {"a": "1", "c": "3"}


@pytest.mark.parametrize("spoil", ["change", "replace by a folder", "replace by a link"])
def test_what_somebody_changed_is_theirs(tmp_path, spoil):
    path = tmp_path / "a"
    OwnFiles(tmp_path, "test").replace({"a": "1", "b": "2"})
    if spoil == "change":
        path.write_text("yours")
    else:
        path.unlink()
        path.mkdir() if spoil.endswith("folder") else path.symlink_to(tmp_path / "b")
    before = visible(tmp_path)
    # even if the new files do not include it: it would be deleted
    for files in ({"a": "3"}, {"b": "3"}):
        with pytest.raises(FileExistsError, match=f"{path} was changed"):
            OwnFiles(tmp_path, "test").replace(files)
    assert visible(tmp_path) == before


def test_a_file_in_the_place_of_a_folder(tmp_path):
    (tmp_path / "deep").write_text("yours")
    with pytest.raises(FileExistsError, match="deep is not a folder"):
        OwnFiles(tmp_path, "test").replace({"deep/a": "1"})
    with pytest.raises(FileExistsError, match="deep is not a folder"):
        OwnFiles(tmp_path / "deep", "test").check(["a"])
    assert visible(tmp_path) == {"deep": "yours"}


def test_looking_writes_nothing(tmp_path):
    OwnFiles(tmp_path / "new", "test").check(["a"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "3",
        '{"/etc/passwd": null}',
        '{"../a": null}',
        '{"": null}',
        '{"a": 3}',
        "[" * 10**5,
    ],
)
def test_a_damaged_list_is_named_and_nothing_is_touched(tmp_path, content):
    (tmp_path / ".test.list").write_text(content)
    (tmp_path / "a").write_text("yours")
    with pytest.raises(ValueError, match=r"\.test\.list is damaged"):
        OwnFiles(tmp_path, "test")
    assert visible(tmp_path) == {"a": "yours"}


def test_of_two_processes_one_is_refused_by_name(tmp_path, holder):
    with (
        pytest.raises(BlockingIOError, match=f"process {holder.pid} writes into {tmp_path}"),
        OwnFiles(tmp_path, "test").locked(),
    ):
        pass


def test_a_killed_process_leaves_no_lock_and_only_files_of_its_own(tmp_path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert visible(tmp_path) == {"a": "half"}
    assert set(json.loads((tmp_path / ".test.list").read_text())) == {"a", "b"}
    OwnFiles(tmp_path, "test").replace({"a": "whole"})
    assert visible(tmp_path) == {"a": "whole"}


def test_a_full_disk_leaves_the_old_files(tmp_path, monkeypatch):
    OwnFiles(tmp_path, "test").replace({"a": "1"})

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fjlt.runs.atomic_files.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        OwnFiles(tmp_path, "test").replace({"a": "2"})
    monkeypatch.undo()
    assert visible(tmp_path) == {"a": "1"}
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".a.")]
    OwnFiles(tmp_path, "test").replace({"a": "2"})
    assert visible(tmp_path) == {"a": "2"}
