"""Sweeps: independent of workers, resumable after a failure, nothing computed twice, damage and
change are noticed."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from figures.engine.cases import source_code, sweep
from figures.engine.table import from_csv, to_csv
from figures.experiments import counting
from figures.experiments.autoencoding import compute as train
from figures.paper import figure_s1
from fjlt.runs.source_code import source_digest

CHECKOUT = Path(__file__).parents[3]

COUNTED = """
calls = []

def compute(seed, x, fails=0):
    calls.append((seed, x))
    if len(calls) == fails:
        raise RuntimeError("planted")
    return [{"x": x, "seed": seed, "third": x / 3, "text": "a, b"}]
"""
CASES = [{"x": 3}, {"x": 1}, {"x": 2.5}]


@pytest.fixture
def counted(tmp_path, monkeypatch):
    """A module whose compute notes every call."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "counted.py").write_text(COUNTED)
    monkeypatch.syspath_prepend(tmp_path / "modules")
    monkeypatch.delitem(sys.modules, "counted", raising=False)
    module = importlib.import_module("counted")
    yield module
    sys.modules.pop("counted", None)


def tables(found):
    return [list(computed.table) for computed in found]


def test_results_are_those_of_the_function_in_the_order_of_the_cases(counted, tmp_path):
    expected = [counted.compute(5, **case) for case in CASES]
    for _ in range(2):
        assert tables(sweep(counted.compute, CASES, seed=5, folder=tmp_path / "kept")) == expected


def test_results_that_are_kept_and_new_ones_stand_in_the_order_of_the_cases(counted, tmp_path):
    sweep(counted.compute, CASES[1:2], folder=tmp_path / "kept")
    found = sweep(counted.compute, CASES, folder=tmp_path / "kept")
    assert [table[0]["x"] for table in tables(found)] == [case["x"] for case in CASES]


SLOW_FIRST = [{"n": n} for n in (512, 2, 128, 4, 64, 8)]


def test_the_number_of_workers_changes_nothing(tmp_path):
    one, two = (
        tables(sweep(figure_s1.compute, SLOW_FIRST, folder=tmp_path / str(w), workers=w))
        for w in (1, 2)
    )
    assert one == two
    assert [max(row["output"] for row in table) + 1 for table in two] == [
        case["n"] for case in SLOW_FIRST
    ]
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


def contents(folder):
    """Kept cases without the seconds, and the digest of all."""
    found = {path.name: json.loads(path.read_text()) for path in folder.iterdir()}
    return {name: {**content, "seconds": 0, "digest": ""} for name, content in found.items()}


def test_a_case_that_is_kept_is_not_computed_again(counted, tmp_path):
    first = sweep(counted.compute, CASES, folder=tmp_path / "kept")
    assert len(counted.calls) == 3
    again = sweep(counted.compute, CASES, folder=tmp_path / "kept")
    assert len(counted.calls) == 3
    assert tables(again) == tables(first)
    assert [found.seconds for found in again] == [round(found.seconds, 3) for found in first]


def test_what_is_kept_reads_back_as_the_same_bytes_of_csv(counted, tmp_path):
    cases = [{"x": 3.0}, {"x": 7}, {"x": 1e-300}, {"x": float("inf")}]
    first, again = (
        tables(sweep(counted.compute, cases, folder=tmp_path / "kept")) for _ in range(2)
    )
    assert len(counted.calls) == 4
    for old, new in zip(first, again, strict=True):
        assert to_csv(new) == to_csv(old)
        assert from_csv(to_csv(new)) == old


def test_without_resume_everything_is_computed_again(counted, tmp_path):
    sweep(counted.compute, CASES, folder=tmp_path / "kept")
    sweep(counted.compute, CASES, folder=tmp_path / "kept", resume=False)
    assert len(counted.calls) == 6
    assert len(list((tmp_path / "kept").iterdir())) == 3


def test_without_a_folder_nothing_is_kept(counted):
    for _ in range(2):
        sweep(counted.compute, CASES)
    assert len(counted.calls) == 6


def test_a_run_that_fails_goes_on_from_there(counted, tmp_path):
    cases = [{"x": x, "fails": 3} for x in range(4)]
    with pytest.raises(RuntimeError, match="planted"):
        sweep(counted.compute, cases, folder=tmp_path / "kept")
    assert [x for _, x in counted.calls] == [0, 1, 2]
    assert len(list((tmp_path / "kept").iterdir())) == 2
    found = sweep(counted.compute, cases, folder=tmp_path / "kept")
    assert [x for _, x in counted.calls] == [0, 1, 2, 2, 3]
    assert [table[0]["x"] for table in tables(found)] == [0, 1, 2, 3]


NO_RESULTS = {
    **{
        text: text.encode()
        for text in ("", "{", "[]", "null", "3", "{}", '{"seconds": 1}', '{"result": [{"x": 3}]}')
    },
    "zeros": bytes(3),
    "no UTF-8": b"\xff\xfe",
}


@pytest.mark.filterwarnings("ignore:.* is damaged; its result is computed anew")
@pytest.mark.parametrize("damage", [*NO_RESULTS, "truncated", "of another case", "of another seed"])
def test_a_file_that_is_no_result_of_the_case_counts_as_not_computed(counted, tmp_path, damage):
    expected = tables(sweep(counted.compute, [{"x": 3}], folder=tmp_path / "kept"))
    (path,) = (tmp_path / "kept").iterdir()
    if damage == "truncated":
        path.write_bytes(path.read_bytes()[:-2])
    elif damage.startswith("of another"):
        sweep(
            counted.compute,
            [{"x": 4}],
            seed=0 if "case" in damage else 1,
            folder=tmp_path / "other",
        )
        path.write_bytes(next((tmp_path / "other").iterdir()).read_bytes())
    else:
        path.write_bytes(NO_RESULTS[damage])
    before = len(counted.calls)
    assert tables(sweep(counted.compute, [{"x": 3}], folder=tmp_path / "kept")) == expected
    assert len(counted.calls) == before + 1
    sweep(counted.compute, [{"x": 3}], folder=tmp_path / "kept")
    assert len(counted.calls) == before + 1


@pytest.mark.filterwarnings("ignore:.* is damaged; its result is computed anew")
@pytest.mark.parametrize("result", [5, None, "text", {"x": 3}, [5], [], [{}]])
def test_a_result_that_is_no_table_counts_as_not_computed(counted, tmp_path, result):
    expected = tables(sweep(counted.compute, [{"x": 3}], folder=tmp_path))
    (path,) = tmp_path.glob("*.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "result": result}))
    assert tables(sweep(counted.compute, [{"x": 3}], folder=tmp_path)) == expected
    assert len(counted.calls) == 2


def names(folder):
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


@pytest.mark.parametrize("change", ["seed", "case", "type", "one more setting", "source"])
def test_other_settings_are_kept_in_another_file(counted, tmp_path, monkeypatch, change):
    folder = tmp_path / "kept"
    sweep(counted.compute, [{"x": 3}], folder=folder)
    before = names(folder)
    case, seed = {"case": {"x": 4}, "type": {"x": 3.0}, "one more setting": {"x": 3, "fails": 0}}, 0
    if change == "seed":
        seed = 1
    if change == "source":
        monkeypatch.setattr("fjlt.runs.jobs.source_digest", lambda code: "another program")
    found = sweep(counted.compute, [case.get(change, {"x": 3})], seed=seed, folder=folder)
    assert len(counted.calls) == 2
    assert len(names(folder) - before) == 1
    assert tables(found) == [counted.compute(seed, **case.get(change, {"x": 3}))]


def test_the_order_of_the_settings_does_not_matter(counted, tmp_path):
    sweep(counted.compute, [{"x": 3, "fails": 0}], folder=tmp_path / "kept")
    sweep(counted.compute, [{"fails": 0, "x": 3}], folder=tmp_path / "kept")
    assert len(counted.calls) == 1


def test_functions_of_two_modules_share_no_file(counted, tmp_path):
    cases = [{}]
    sweep(counting.compute, cases, folder=tmp_path / "kept")
    sweep(
        train, [{"n": 64, "k": 1, "adam_steps": 2, "projection_steps": 1}], folder=tmp_path / "kept"
    )
    assert sorted(name.split("-")[0] for name in names(tmp_path / "kept")) == [
        "autoencoding",
        "counting",
    ]


def test_progress_goes_from_what_is_kept_to_the_end(counted, tmp_path):
    def progress(cases):
        seen = []
        sweep(
            counted.compute,
            cases,
            folder=tmp_path / "kept",
            progress=lambda done, total: seen.append((done, total)),
        )
        return seen

    assert progress(CASES[:2]) == [(0, 2), (1, 2), (2, 2)]
    assert progress(CASES) == [(2, 3), (3, 3)]
    assert progress(CASES) == [(3, 3)]


def test_preparations_are_made_once_and_only_if_anything_is_computed(counted, tmp_path):
    made = []
    for _ in range(2):
        sweep(
            counted.compute,
            CASES,
            folder=tmp_path / "kept",
            prepare=lambda: made.append(len(counted.calls)),
        )
    assert made == [0]


def threads(seed):
    return [{"threads": library["num_threads"]} for library in threadpool_info()]


def test_a_case_computes_with_one_thread():
    with threadpool_limits(2):
        assert max(row["threads"] for row in threads(0)) == 2
        assert {row["threads"] for row in sweep(threads, [{}])[0].table} == {1}


@pytest.fixture
def cluster():
    distributed = pytest.importorskip("distributed")
    settings = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    with distributed.LocalCluster(**settings) as cluster:
        yield cluster.scheduler_address


def test_a_dask_cluster_gives_the_same_tables(cluster, tmp_path, monkeypatch):
    seen = []
    settings = {"scheduler": cluster, "folder": tmp_path, "progress": lambda *at: seen.append(at)}
    on_cluster = sweep(figure_s1.compute, SLOW_FIRST, **settings)
    assert tables(on_cluster) == tables(sweep(figure_s1.compute, SLOW_FIRST))
    assert seen == [(i, 6) for i in range(7)]
    assert len(names(tmp_path)) == 6
    monkeypatch.setattr("fjlt.runs.jobs.source_digest", lambda code: "another program")
    with pytest.raises(ValueError, match="install the same version"):
        sweep(figure_s1.compute, SLOW_FIRST, **settings)
    assert len(names(tmp_path)) == 6


def test_a_worker_with_other_source_code_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr("fjlt.runs.jobs.source_digest", lambda code: "another program")
    with pytest.raises(ValueError, match="install the same version"):
        sweep(figure_s1.compute, [{"n": 4}, {"n": 8}], workers=2, folder=tmp_path)
    assert names(tmp_path) == set()


def test_a_scheduler_that_does_not_answer():
    pytest.importorskip("distributed")
    with pytest.raises(OSError, match="no Dask scheduler answers at nowhere"):
        sweep(figure_s1.compute, [{"n": 4}], scheduler="nowhere")


CHANGES = """
import importlib, json, sys
from pathlib import Path
from figures.engine.cases import source_code
from fjlt.runs.source_code import source_digest

here, found = Path("."), {}
experiments = ("autoencoding", "sketching", "counting")
for name in (*(f"experiments.{e}" for e in experiments), "paper.figure_s1"):
    compute = importlib.import_module(f"figures.{name}").compute
    source_digest.cache_clear()
    before, found[name] = source_digest(source_code(compute)), []
    assert Path(sys.modules[compute.__module__].__file__).is_relative_to(here.resolve())
    for path in map(Path, json.loads(sys.argv[1])):
        content = path.read_bytes()
        path.write_bytes(content + b"\\n")
        source_digest.cache_clear()
        if source_digest(source_code(compute)) != before:
            found[name].append(path.as_posix())
        path.write_bytes(content)
    source_digest.cache_clear()
    assert source_digest(source_code(compute)) == before
print(json.dumps(found))
"""
LIBRARY = {
    "fjlt/__init__.py",
    "fjlt/operators/ensembles/subsampled_hadamard.py",
    "fjlt/sketching/low_rank_approximation.py",
    "landscape/sketches/learned_sketch.py",
    "landscape/training/descent.py",
}
REGISTER = {"figures/data/registry.csv"}
LOADERS = {f"figures/data/{name}.py" for name in ("images", "spectra", "download", "registry")}
RESTS_ON = {
    "experiments.autoencoding": LIBRARY
    | REGISTER
    | LOADERS
    | {"figures/experiments/autoencoding.py"},
    "experiments.sketching": LIBRARY
    | REGISTER
    | LOADERS
    | {"figures/experiments/sketching.py", "figures/data/text.py"},
    "experiments.counting": LIBRARY
    | REGISTER
    | {"figures/experiments/counting.py"}
    | {f"figures/models/architectures.{suffix}" for suffix in ("py", "toml")},
    "paper.figure_s1": LIBRARY | REGISTER | {"figures/paper/figure_s1.py"},
}
DRAWINGS = {
    *(
        f"figures/{name}.py"
        for name in (
            "paper/autoencoder_losses",
            "paper/learned_sketches",
            "paper/table_s1",
            "added/duel",
            "plots/loss_curves",
            "plots/sketch_errors",
            "engine/page",
        )
    ),
    *("figures/__main__.py", "figures/engine/templates/gallery.html"),
}


@pytest.fixture(scope="module")
def changing(tmp_path_factory):
    """For each computation the files, of those above, that change its source hash; found in a copy
    of the program."""
    copy = tmp_path_factory.mktemp("program")
    for package in ("fjlt", "landscape", "figures"):
        shutil.copytree(
            CHECKOUT / package,
            copy / package,
            ignore=shutil.ignore_patterns("__pycache__", "results"),
        )
    files = sorted(set().union(*RESTS_ON.values()) | DRAWINGS)
    command = [sys.executable, "-c", CHANGES, json.dumps(files)]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run(
        command, cwd=copy, env=environment, check=True, capture_output=True, text=True
    )
    return {name: set(changed) for name, changed in json.loads(done.stdout).items()}


@pytest.mark.parametrize("name", RESTS_ON)
def test_a_changed_program_drops_its_old_results(changing, name):
    assert RESTS_ON[name] - changing[name] == set()


@pytest.mark.parametrize(
    "name", ["experiments.autoencoding", "experiments.sketching", "experiments.counting"]
)
def test_a_changed_drawing_drops_nothing(changing, name):
    assert changing[name] & (DRAWINGS | {"figures/figure-s1.py"}) == set()


def test_the_source_code_is_that_of_the_function(counted):
    assert (
        len(
            {
                source_digest(source_code(compute))
                for compute in (train, counting.compute, figure_s1.compute, counted.compute)
            }
        )
        == 4
    )
