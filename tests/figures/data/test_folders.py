"""Folders of the register: found in a checkout, or downloaded in an archive; every file checked."""

import hashlib
import io
import subprocess
import tarfile
from dataclasses import replace

import pytest

from figures.data import download, images, text
from figures.data.download import fetch, locate
from figures.data.registry import DataFile

FILES = {"b/one.txt": b"1", "a.txt": b"2", "b/c/three.txt": b"3"}


def listed(files):
    """The hash of the list that sha256sum prints, made in another way than by the library."""
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}" for name in sorted(files)]
    return hashlib.sha256("\n".join([*lines, ""]).encode()).hexdigest()


def write(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def archive(path, files, root="repository-0123456/part/"):
    with tarfile.open(path, "w:gz") as stream:
        for name, content in files.items():
            member = tarfile.TarInfo(root + name)
            member.size = len(content)
            stream.addfile(member, io.BytesIO(content))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A registered folder whose archive is a local file."""
    monkeypatch.setenv("FJLT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("FJLT_DATA_DIR", raising=False)
    monkeypatch.setattr(download, "_announced", set())

    class Pooch:
        """Copies the archive in place of a download."""

        def get_logger(self):
            return self

        def setLevel(self, level):
            pass

        def os_cache(self, name):
            return tmp_path / name

        def retrieve(self, url, known_hash, fname, path):
            target = f"{path}/{fname}"
            with open(url, "rb") as source, open(target, "wb") as stream:
                stream.write(source.read())
            return target

    monkeypatch.setattr(download, "_pooch", Pooch)
    archive(tmp_path / "good.tar.gz", FILES)
    size = sum(map(len, FILES.values()))
    return DataFile("test", "test/part/", str(tmp_path / "good.tar.gz"), size, listed(FILES))


def test_the_hash_is_that_of_the_list_of_sha256sum(tmp_path, folder):
    write(tmp_path / "x", FILES)
    command = (
        "find . -type f | sed 's,^[.]/,,' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum"
    )
    found = subprocess.run(
        command, shell=True, cwd=tmp_path / "x", capture_output=True, text=True, check=True
    ).stdout
    assert found.split()[0] == folder.sha256


def test_a_checkout_is_read_in_place_and_what_git_keeps_does_not_count(
    tmp_path, folder, monkeypatch
):
    write(tmp_path / "own" / "test" / "part", FILES | {".git/config": b"mine"})
    monkeypatch.setenv("FJLT_DATA_DIR", str(tmp_path / "own"))
    assert fetch(folder) == tmp_path / "own" / "test" / "part" == locate(folder)


@pytest.mark.parametrize(
    "change",
    [{"a.txt": b"3"}, {"d.txt": b""}, {"a.txt": None}, {"a.txt": None, "A.txt": b"2"}],
    ids=["changed", "added", "absent", "renamed"],
)
def test_one_wrong_file_is_noticed(tmp_path, folder, monkeypatch, change):
    files = {name: content for name, content in (FILES | change).items() if content is not None}
    write(tmp_path / "own" / "test" / "part", files)
    monkeypatch.setenv("FJLT_DATA_DIR", str(tmp_path / "own"))
    with pytest.raises(ValueError, match=r"is not the registered test/part/: expected SHA-256"):
        fetch(folder)
    archive(tmp_path / "bad.tar.gz", files)
    monkeypatch.delenv("FJLT_DATA_DIR")
    with pytest.raises(ValueError, match="Nothing was kept"):
        fetch(replace(folder, url=str(tmp_path / "bad.tar.gz")))
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_a_folder_is_downloaded_once_and_a_damaged_one_again(tmp_path, folder):
    assert locate(folder) is None
    path = fetch(folder)
    assert path == tmp_path / "cache" / "test" / "part" == locate(folder)
    assert {name: (path / name).read_bytes() for name in FILES} == FILES
    absent = replace(folder, url=str(tmp_path / "absent.tar.gz"))
    assert fetch(absent) == path
    (path / "a.txt").write_bytes(b"damaged")
    with pytest.raises(FileNotFoundError, match="The copy in the cache is damaged"):
        fetch(absent)
    assert fetch(folder) == path
    assert (path / "a.txt").read_bytes() == FILES["a.txt"]
    assert [each.name for each in (tmp_path / "cache" / "test").iterdir()] == ["part"]


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_what_is_no_archive_is_refused(tmp_path, folder, content):
    (tmp_path / "bad.tar.gz").write_bytes(content)
    with pytest.raises(ValueError, match="did not send test/part/"):
        fetch(replace(folder, url=str(tmp_path / "bad.tar.gz")))


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_broken_connection_keeps_nothing(tmp_path, folder, share):
    content = (tmp_path / "good.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match="Nothing was kept"):
        fetch(replace(folder, url=str(tmp_path / "cut.tar.gz")))
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


@pytest.mark.parametrize("python", ["this one", "before 3.11.4"])
def test_an_archive_that_leaves_its_folder_is_refused(tmp_path, folder, monkeypatch, python):
    if python != "this one":
        monkeypatch.delattr(tarfile, "data_filter", raising=False)
    archive(tmp_path / "bad.tar.gz", FILES, root="../repository/part/")
    with pytest.raises(ValueError, match=r"did not send test/part/: .*outside"):
        fetch(replace(folder, url=str(tmp_path / "bad.tar.gz")))


def test_loaders_of_names_and_photographs_on_small_files(tmp_path, monkeypatch):
    """Every format, on files made here."""
    from PIL import Image

    pictures = tmp_path / "test"
    for number, (name, shade) in enumerate([("b_cat", 7), ("a_dog", 9)]):
        (pictures / name).mkdir(parents=True)
        Image.new("RGB", (32, 32), (shade, 0, number)).save(pictures / name / "x.png")
    monkeypatch.setattr(images, "fetch", lambda name: tmp_path)
    found, labels = images.cifar10_png("test")
    assert (found[:, 0, 0].tolist(), labels.tolist()) == ([[9, 0, 1], [7, 0, 0]], [0, 1])

    source = tmp_path / "source"
    monkeypatch.setattr(text, "fetch", lambda name: source)
    source.write_text(
        "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\n\n. . O O\n"
    )
    assert text.conll2003_en() == [[("EU", "B-ORG"), ("rejects", "O")], [(".", "O")]]
    source.write_text("de:Der\tO\nde:de:Rhein\tB-LOC\n\nde:.\tO\n")
    assert text.wikiann_de() == [[("Der", "O"), ("de:Rhein", "B-LOC")], [(".", "O")]]

    documents = tmp_path / "documents"
    write(
        documents,
        {
            "file-lists/files.train": b"b.conllu\na.conllu\n",
            "sources/a.conllu": b"1\tA\ta\tDET\tDT\n\n",
            "sources/b.conllu": b"# text\n1\tB\tb\tNOUN\tNN\n\n",
        },
    )
    monkeypatch.setattr(text, "fetch", lambda name: documents)
    assert text.ud_english_ewt("train") == [[("B", "NN")], [("A", "DT")]]
