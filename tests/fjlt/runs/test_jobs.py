"""Jobs: stored when done, reused only if nothing changed, the same from any process."""

import gc
import json

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from fjlt.runs.jobs import Job, Store, run_jobs
from fjlt.runs.source_code import SourceCode, source_digest

SOURCE = SourceCode(("fjlt",))
calls = []


def square(x):
    calls.append(x)
    return x * x


def remember(x):
    calls.append(x)
    return x


def crash_at_two(x):
    if x == 2:
        raise RuntimeError("planted")
    return square(x)


def threads():
    return [library["num_threads"] for library in threadpool_info()]


def jobs(*numbers):
    return [Job(f"number {x}", {"x": x}, (x,)) for x in numbers]


def results(*numbers, store=None, **settings):
    calls.clear()
    return [done.result for done in run_jobs(square, jobs(*numbers), SOURCE, store, **settings)]


def stored(folder):
    """The names of the files of results."""
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def test_stored_results_are_not_computed_again(tmp_path):
    store = Store(tmp_path / "new" / "folder")
    assert results(3, 1, store=store) == [9, 1]
    assert results(1, 2, 3, store=store) == [1, 4, 9]
    assert calls == [2]
    assert stored(store.folder) == {f"number {x}.json" for x in (1, 2, 3)}


def test_without_a_folder_nothing_is_stored():
    assert [results(3), results(3)] == [[9], [9]]
    assert calls == [3]


def test_without_resume_stored_results_are_replaced(tmp_path):
    results(3, store=Store(tmp_path))
    assert results(3, store=Store(tmp_path, resume=False)) == [9]
    assert calls == [3]


def test_files_of_others_stay_and_are_not_overwritten(tmp_path):
    (tmp_path / "notes.json").write_text("mine")
    (tmp_path / "number 3.json").write_text("mine too")
    results(1, store=Store(tmp_path, resume=False))
    assert calls == [1]
    with pytest.raises(FileExistsError, match=r"number 3\.json was not written by this command"):
        results(1, 3, store=Store(tmp_path, resume=False))
    assert calls == []
    assert (tmp_path / "notes.json").read_text() == "mine"
    assert (tmp_path / "number 3.json").read_text() == "mine too"


def test_nothing_is_written_before_the_scheduler_is_reached(tmp_path):
    pytest.importorskip("distributed")
    results(3, store=Store(tmp_path))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    with pytest.raises(OSError, match="no Dask scheduler answers at nowhere"):
        results(3, store=Store(tmp_path, resume=False), scheduler="nowhere")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_a_client_without_a_scheduler_does_not_stay():
    # collected later, inside the start of the next client, it would wait for itself
    distributed = pytest.importorskip("distributed")
    with pytest.raises(OSError, match="nowhere") as failure:
        results(3, scheduler="nowhere")
    assert not [x for x in gc.get_objects() if issubclass(type(x), distributed.Client)]
    assert failure.value.__context__ is None


def test_results_of_a_run_that_fails_are_kept(tmp_path):
    with pytest.raises(RuntimeError, match="planted"):
        run_jobs(crash_at_two, jobs(1, 2, 3), SOURCE, Store(tmp_path))
    assert results(1, 2, 3, store=Store(tmp_path)) == [1, 4, 9]
    assert calls == [2, 3]


@pytest.mark.parametrize("change", ["settings", "source", "name"])
def test_a_result_of_something_else_is_not_reused(tmp_path, monkeypatch, change):
    results(3, store=Store(tmp_path))
    (job,) = jobs(3)
    if change == "settings":
        job = job._replace(settings={"x": 3.0})
    elif change == "source":
        monkeypatch.setattr("fjlt.runs.jobs.source_digest", lambda code: "another program")
    else:
        job = job._replace(name="another")
        (tmp_path / "number 3.json").rename(tmp_path / "another.json")
        names = (tmp_path / ".jobs.list").read_text()
        (tmp_path / ".jobs.list").write_text(names.replace("number 3", "another"))
    calls.clear()
    run_jobs(square, [job], SOURCE, Store(tmp_path))
    assert calls == [3]
    assert len(stored(tmp_path)) == 1


def test_with_the_key_in_its_name_a_result_of_other_settings_stays(tmp_path):
    store = Store(tmp_path, key_in_name=True)
    (job,) = jobs(3)
    calls.clear()
    for settings in (1, 2, 1):
        run_jobs(square, [job._replace(settings=settings)], SOURCE, store)
    assert calls == [3, 3]
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b"null", b"{}", b'{"key": 1}', b"\xff\0", b"[" * 10**5]
)
def test_a_damaged_file_is_computed_anew_with_a_warning(tmp_path, damage):
    results(3, store=Store(tmp_path))
    (tmp_path / "number 3.json").write_bytes(damage)
    with pytest.warns(UserWarning, match=r"number 3\.json is damaged; its result is computed anew"):
        assert results(3, store=Store(tmp_path)) == [9]
    assert calls == [3]


@pytest.mark.parametrize(
    ("part", "value"), [("result", 10), ("result", True), ("seconds", -1.0), ("settings", {})]
)
def test_a_file_with_another_value_counts_as_missing(tmp_path, part, value):
    results(3, store=Store(tmp_path))
    path = tmp_path / "number 3.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {part: value}))
    with pytest.warns(UserWarning, match=r"number 3\.json is damaged"):
        assert results(3, store=Store(tmp_path)) == [9]
    assert calls == [3]


def test_a_result_is_whole_whatever_its_keys_and_numbers(tmp_path):
    content = {3: [0.1, 1e-300, float("inf")], 20: "ö", 1: None}
    for expected in (1, 0):
        calls.clear()
        done = run_jobs(remember, [Job("one", None, (content,))], SOURCE, Store(tmp_path))
        assert len(calls) == expected
    assert done[0].result == json.loads(json.dumps(content))


def test_a_result_that_is_not_valid_counts_as_missing(tmp_path):
    results(3, store=Store(tmp_path))
    results(3, store=Store(tmp_path, valid=lambda result: result < 9))
    assert calls == [3]
    results(3, store=Store(tmp_path, valid=lambda result: result == 9))
    assert calls == []


def test_progress_and_preparation(tmp_path):
    results(1, store=Store(tmp_path))
    seen, prepared = [], []
    settings = {
        "store": Store(tmp_path),
        "prepare": lambda: prepared.append(list(calls)),
        "progress": lambda job, done, total: seen.append((job and job.name, done, total)),
    }
    results(1, 2, **settings)
    results(1, 2, **settings)
    assert seen == [(None, 1, 2), ("number 2", 2, 2), (None, 2, 2)]
    assert prepared == [[]]


def test_each_result_is_reported_the_stored_ones_first(tmp_path):
    results(1, store=Store(tmp_path))
    seen = []
    results(
        1,
        2,
        store=Store(tmp_path),
        progress=lambda job, done, total: seen.append(done),
        each=lambda job, done: seen.append((job.name, done.result)),
    )
    assert seen == [("number 1", 1), 1, ("number 2", 4), 2]


def test_every_job_runs_with_one_thread():
    with threadpool_limits(2):
        assert max(threads()) == 2
        assert set(run_jobs(threads, [Job("", None, ())], SOURCE)[0].result) == {1}


def test_two_workers_store_the_same_files(tmp_path):
    found = []
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        assert results(*range(6), store=Store(folder), workers=workers) == [x * x for x in range(6)]
        contents = {name: json.loads((folder / name).read_text()) for name in stored(folder)}
        without_times = {"seconds": 0, "digest": ""}
        found.append({name: content | without_times for name, content in contents.items()})
    assert found[0] == found[1]


def test_a_worker_with_other_source_code_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr("fjlt.runs.jobs.source_digest", lambda code: "another program")
    with pytest.raises(ValueError, match="install the same version"):
        results(1, 2, store=Store(tmp_path), workers=2)
    assert stored(tmp_path) == set()


def test_a_digest_covers_packages_modules_and_data():
    codes = [
        SourceCode(("fjlt",)),
        SourceCode(("landscape",)),
        SourceCode(("fjlt", "landscape")),
        SourceCode(("fjlt",), module=__name__),
        SourceCode(("fjlt",), data=("figures/data/*.csv",)),
    ]
    assert len(set(map(source_digest, codes))) == len(codes)
    with pytest.raises(ModuleNotFoundError, match="'a_package_of_nobody' is installed"):
        source_digest(SourceCode(("a_package_of_nobody",)))
