"""Downloads from a server on this machine that answers, sends the wrong bytes, hangs up, or is
absent."""

import gc
import hashlib
import os
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from figures.data import download
from figures.data.download import fetch, locate
from figures.data.registry import DataFile

# pooch leaves the response of a failed request to the garbage collector, which warns of its open
# socket
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

CONTENT = bytes(range(256)) * 300
SHA256 = hashlib.sha256(CONTENT).hexdigest()
SHA256_OF_HALF = hashlib.sha256(CONTENT[: len(CONTENT) // 2]).hexdigest()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append(self.path)
        half = len(CONTENT) // 2
        if self.path == "/missing.bin":
            self.send_error(404)
            return
        self.send_response(200)
        if self.path != "/no-length.bin":
            self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        if self.path == "/good.bin":
            self.wfile.write(CONTENT[:half])
            self.server.midway()
            self.wfile.write(CONTENT[half:])
        elif self.path == "/wrong.bin":
            self.wfile.write(CONTENT[::-1])
        else:
            self.wfile.write(CONTENT[:half])

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.requests, server.midway = [], lambda: None
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FJLT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("FJLT_DATA_DIR", raising=False)
    monkeypatch.setattr(download, "_announced", set())
    yield tmp_path / "cache"
    gc.collect()


def served(server, path):
    address = f"http://127.0.0.1:{server.server_address[1]}/{path}"
    return DataFile("test", f"test/{path}", address, len(CONTENT), SHA256, licence="CC0 1.0")


def nowhere(server):
    """A file whose server is absent: nothing listens on port 9 of this machine."""
    return replace(served(server, "good.bin"), url="http://127.0.0.1:9/good.bin")


def everything(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_download_is_kept_and_not_repeated(server, cache):
    file = served(server, "good.bin")
    assert locate(file) is None
    path = fetch(file)
    assert path == cache / "test" / "good.bin" == locate(file)
    assert path.read_bytes() == CONTENT
    assert fetch(file) == path
    assert server.requests == ["/good.bin"]
    assert everything(cache) == [path]


def test_while_it_runs_nothing_has_the_final_name(server, cache):
    seen = []
    server.midway = lambda: seen.append((cache / "test" / "good.bin").exists())
    fetch(served(server, "good.bin"))
    assert seen == [False]


def test_the_licence_is_shown_at_the_first_download(server, capsys):
    fetch(served(server, "good.bin"))
    first = capsys.readouterr()
    assert first.out == ""
    assert "Downloading test/good.bin (76.8 kB) from http://127.0.0.1:" in first.err
    assert "Licence of test: CC0 1.0" in first.err
    fetch(served(server, "good.bin"))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("path", "error", "words"),
    [
        ("wrong.bin", ValueError, [hashlib.sha256(CONTENT[::-1]).hexdigest()]),
        ("no-length.bin", ValueError, [SHA256_OF_HALF]),
        ("dropped.bin", FileNotFoundError, ["FJLT_DATA_DIR=<folder>", "<folder>/test/dropped.bin"]),
        ("missing.bin", FileNotFoundError, ["404", "FJLT_DATA_DIR=<folder>"]),
    ],
)
def test_nothing_is_kept_of_a_bad_download(server, cache, path, error, words):
    file = served(server, path)
    for _ in range(2):
        with pytest.raises(error) as caught:
            fetch(file)
        for word in [file.name, file.url, SHA256, *words]:
            assert word in str(caught.value)
        assert everything(cache) == []
    assert caught.value.__cause__ is None


def test_without_a_server_the_error_names_file_address_size_and_remedy(server, cache):
    file = nowhere(server)
    with pytest.raises(FileNotFoundError) as caught:
        fetch(file)
    for word in ["test/good.bin", file.url, "76.8 kB", SHA256, "FJLT_DATA_DIR=<folder>"]:
        assert word in str(caught.value)
    assert everything(cache) == []


@pytest.mark.parametrize("damaged", [CONTENT[: len(CONTENT) // 2], b"", CONTENT[:-1] + b"\0"])
def test_a_damaged_file_in_the_cache_is_replaced_and_never_used(server, cache, damaged):
    file = served(server, "good.bin")
    path = cache / "test" / "good.bin"
    path.parent.mkdir(parents=True)
    path.write_bytes(damaged)
    with pytest.raises(FileNotFoundError) as caught:
        fetch(nowhere(server))
    found = hashlib.sha256(damaged).hexdigest()
    for word in [file.name, f"SHA-256 {SHA256}", f"damaged: SHA-256 {found}"]:
        assert word in str(caught.value)
    assert fetch(file).read_bytes() == CONTENT


@pytest.mark.parametrize("damaged", [CONTENT[: len(CONTENT) // 2], b"", CONTENT[::-1]])
def test_a_wrong_file_of_the_user_is_refused_and_left_alone(server, tmp_path, monkeypatch, damaged):
    own = tmp_path / "own" / "test" / "good.bin"
    own.parent.mkdir(parents=True)
    own.write_bytes(damaged)
    monkeypatch.setenv("FJLT_DATA_DIR", str(tmp_path / "own"))
    with pytest.raises(ValueError, match=r"is not the registered test/good\.bin") as caught:
        fetch(served(server, "good.bin"))
    for word in [str(own), SHA256, hashlib.sha256(damaged).hexdigest(), f"{len(damaged)} bytes"]:
        assert word in str(caught.value)
    assert server.requests == []
    assert own.read_bytes() == damaged


def test_a_file_of_the_user_is_read_in_place(server, cache, tmp_path, monkeypatch):
    own = tmp_path / "own" / "test" / "good.bin"
    own.parent.mkdir(parents=True)
    own.write_bytes(CONTENT)
    own.chmod(0o444)
    own.parent.chmod(0o555)
    monkeypatch.setenv("FJLT_DATA_DIR", str(tmp_path / "own"))
    try:
        assert fetch(nowhere(server)) == own
    finally:
        own.parent.chmod(0o755)
    assert everything(tmp_path) == [own]


def test_what_the_folder_of_the_user_lacks_is_downloaded(server, cache, tmp_path, monkeypatch):
    (tmp_path / "own").mkdir()
    monkeypatch.setenv("FJLT_DATA_DIR", str(tmp_path / "own"))
    assert fetch(served(server, "good.bin")) == cache / "test" / "good.bin"
    assert everything(tmp_path / "own") == []


def test_a_hash_is_computed_once_for_each_state_of_a_file(server, tmp_path, monkeypatch):
    own = tmp_path / "own" / "test" / "good.bin"
    own.parent.mkdir(parents=True)
    own.write_bytes(CONTENT)
    monkeypatch.setenv("FJLT_DATA_DIR", str(tmp_path / "own"))
    calls = []
    digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda *a: calls.append(a) or digest(*a))
    for _ in range(3):
        fetch(nowhere(server))
    assert len(calls) == 1
    own.write_bytes(CONTENT[::-1])
    os.utime(own, ns=(1, 1))
    with pytest.raises(ValueError, match="is not the registered"):
        fetch(nowhere(server))


def test_an_unknown_file_is_named_with_the_nearest():
    with pytest.raises(ValueError, match=r"unknown data file .* did you mean 'images/camera.png'"):
        fetch("images/camra.png")
