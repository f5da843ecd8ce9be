"""The house as a whole: who may import whom, what a wheel holds, how fast the ground floor
loads."""

import ast
import graphlib
import importlib
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

import fjlt
from figures.engine.gallery import TITLES

CHECKOUT = Path(__file__).parents[1]
FLOORS = ("fjlt", "landscape", "figures", "proofs_check")
HEAVY = (
    *("numba", "sympy", "sklearn", "matplotlib", "flint", "torch", "pandas", "typer"),
    *("scipy.special", "scipy.stats", "scipy.optimize"),
)


@cache
def parsed(source):
    """The tree of a source, which several tests walk and none changes."""
    return ast.parse(source)


def module_name(path):
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_name(path): path
    for floor in FLOORS
    for path in sorted((CHECKOUT / floor).rglob("*.py"))
    if "__pycache__" not in path.parts
}


ON_DEMAND = {
    name: stub for name, path in MODULES.items() if (stub := path.with_suffix(".pyi")).is_file()
}
"""The packages that load their names on demand, and the files that say where the names are."""


def imports(name, tree, is_package=False):
    """Absolute names of all that a module imports, inside functions too."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = name.split(".")[: None if is_package else -1]
            base = base[: len(base) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            found |= {origin, *(f"{origin}.{alias.name}" for alias in node.names)}
    return found


def offences(name, source, is_package=False):
    """What a module imports and must not: a floor above its own, or a command line."""
    floor = FLOORS.index(name.split(".")[0])
    return sorted(
        imported
        for imported in imports(name, parsed(source), is_package)
        if imported.split(".")[0] in (*FLOORS[floor + 1 :], "tests", "benchmarks")
        or (imported.split(".")[0] in FLOORS and "__main__" in imported.split("."))
    )


@pytest.mark.parametrize("name", MODULES)
def test_imports_run_one_way_and_never_a_command_line(name):
    path = MODULES[name]
    assert offences(name, path.read_text(encoding="utf-8"), path.name == "__init__.py") == []


@pytest.mark.parametrize(
    ("name", "source", "offence"),
    [
        ("fjlt.srht", "import landscape", "landscape"),
        ("fjlt.srht", "def f():\n    from figures.data import mnist", "figures.data"),
        ("landscape.fit", "if True:\n    import proofs_check.claims as c", "proofs_check.claims"),
        ("figures.paper.figure_s1", "from figures.__main__ import main", "figures.__main__"),
        ("figures.paper.figure_s1", "from ..__main__ import main", "figures.__main__"),
        ("figures.paper.figure_s1", "from .. import __main__", "figures.__main__"),
        ("proofs_check.claims.a", "from .. import __main__ as m", "proofs_check.__main__"),
        ("proofs_check.report.document", "import figures.__main__", "figures.__main__"),
        ("proofs_check.report.document", "from tests.fjlt import conftest", "tests.fjlt"),
    ],
)
def test_a_planted_import_is_found(name, source, offence):
    assert offence in offences(name, source)


def test_imports_downwards_are_no_offence():
    assert (
        offences(
            "figures.paper.figure_s1", "from fjlt import Butterfly\nfrom landscape import console"
        )
        == []
    )


STATEMENTS = [
    name
    for name, path in MODULES.items()
    if name.startswith("proofs_check.statements.") and path.name != "__init__.py"
]


def claims_imported(name, source):
    """Modules of other claims that a claim imports."""
    imported = imports(name, parsed(source))
    return sorted(other for other in imported if other in STATEMENTS and other != name)


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_claim_imports_another(name):
    assert claims_imported(name, MODULES[name].read_text(encoding="utf-8")) == []


def test_a_planted_import_of_a_claim_is_found():
    source = "def f():\n    from proofs_check.statements.embeddings.prop_2 import CLAIM"
    found = claims_imported("proofs_check.statements.embeddings.prop_1", source)
    assert found == ["proofs_check.statements.embeddings.prop_2"]


def shadows(name, source):
    """Functions and classes that have the name of their module."""
    own = name.rpartition(".")[2]
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    body = parsed(source).body
    return [node.name for node in body if isinstance(node, definitions) and node.name == own]


@pytest.mark.parametrize("name", MODULES)
def test_no_function_or_class_shadows_its_module(name):
    assert shadows(name, MODULES[name].read_text(encoding="utf-8")) == []


def test_a_planted_shadow_is_found():
    assert shadows("fjlt.operators.srht", "def srht():\n    pass") == ["srht"]


def room(name):
    """The folder of a module inside its package; a folder inside a room belongs to the room."""
    parts = name.split(".")
    is_folder = (CHECKOUT / "/".join(parts)).is_dir()
    return ".".join(parts[: min(2, len(parts) if is_folder else len(parts) - 1)])


def uses(sources):
    """{room: rooms of the same package that it imports from}, of the modules in sources."""
    graph = {}
    for name, (source, is_package) in sources.items():
        used = {other for other in imports(name, parsed(source), is_package) if other in MODULES}
        graph.setdefault(room(name), set()).update(
            room(other)
            for other in used
            if other.split(".")[0] == name.split(".")[0] and other not in FLOORS
        )
    # The front door of a package re-exports its rooms, and its top modules serve them all.
    return {here: there - {here, *FLOORS} for here, there in graph.items() if here not in FLOORS}


SOURCES = {
    name: (path.read_text(encoding="utf-8"), path.name == "__init__.py")
    for name, path in MODULES.items()
}


def test_rooms_use_one_another_without_a_cycle():
    order = list(graphlib.TopologicalSorter(uses(SOURCES)).static_order())
    assert {"fjlt.kernels", "landscape.planes", "figures.engine", "proofs_check.exact"} <= set(
        order
    )


def test_a_planted_cycle_is_found():
    planted = SOURCES | {
        "fjlt.kernels.planted": ("from fjlt.operators.butterfly import Butterfly", False)
    }
    with pytest.raises(graphlib.CycleError):
        graphlib.TopologicalSorter(uses(planted)).prepare()


def crowded(paths):
    """Folders with more than a dozen modules, ``__init__`` not counted."""
    folders = Counter(path.parent for path in paths if path.name != "__init__.py")
    return {folder for folder, count in folders.items() if count > 12}


def test_folders_have_a_dozen_modules_at_most():
    assert crowded((*MODULES.values(), *(CHECKOUT / "tests").rglob("test_*.py"))) == set()


def test_a_planted_crowd_is_found():
    assert crowded(Path("room") / f"m{i}.py" for i in range(13)) == {Path("room")}
    assert crowded(Path("room") / f"m{i}.py" for i in range(12)) == set()


@pytest.mark.parametrize("name", [name for name in MODULES if "__main__" not in name])
def test_every_module_says_what_is_public_and_documents_it(name):
    tree = parsed(MODULES[name].read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{name} has no docstring"
    if len(tree.body) == 1:
        return
    if name in ON_DEMAND:
        stub = parsed(ON_DEMAND[name].read_text(encoding="utf-8"))
        lines = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
        named = [alias.asname for line in lines for alias in line.names]
        assert sorted(named) == importlib.import_module(name).__all__
        return
    public = next(
        (
            ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            and "__all__"
            in {
                target.id
                for target in getattr(node, "targets", [getattr(node, "target", None)])
                if isinstance(target, ast.Name)
            }
        ),
        None,
    )
    assert public is not None, f"{name} has no __all__"
    assert len(set(public)) == len(public)
    defined, undocumented = set(), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            defined |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            defined.add(node.id)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.add(node.name)
            if node.name in public and not ast.get_docstring(node):
                undocumented.append(node.name)
    assert set(public) <= defined, f"{name} promises what it lacks"
    assert undocumented == [], f"{name}: no docstring"


def test_the_ground_floor_loads_fast_and_light():
    code = (
        "import sys, time, json\n"
        "start = time.process_time()\n"
        "import numpy, scipy.sparse.linalg\n"
        "below = time.process_time()\n"
        "from fjlt import *\n"
        "ratio = (time.process_time() - below) / (below - start)\n"
        f"print(json.dumps([ratio, [name for name in {HEAVY!r} if name in sys.modules]]))"
    )
    results = [json.loads(run_python("-c", code, cwd=CHECKOUT).stdout) for _ in range(5)]
    assert all(loaded == [] for _, loaded in results)
    # less than a quarter of the time of NumPy and SciPy
    assert min(ratio for ratio, _ in results) < 0.25


QUIET = ("--quiet", "--disable-pip-version-check", "--no-deps")


def run_python(*arguments, cwd, path=None):
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(once):
    """A wheel of this checkout."""
    if not find_spec("pip"):
        pytest.skip("no pip in this environment: a wheel can be neither built nor installed")
    alone = ["--no-build-isolation"] if find_spec("hatchling") else []

    def build(folder):
        arguments = (*QUIET, *alone, "--wheel-dir", folder, CHECKOUT)
        run_python("-m", "pip", "wheel", *arguments, cwd=folder)

    (wheel,) = once("wheel", build).glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel, once):
    """Folder into which a wheel of this checkout has been installed, without its dependencies."""

    def install(folder):
        arguments = (*QUIET, "--no-compile", "--target", folder, wheel)
        run_python("-m", "pip", "install", *arguments, cwd=folder)

    return once("installed", install)


@pytest.fixture
def run(installed, tmp_path):
    """Run the installed modules from an empty folder; the checkout is not the one that is
    imported."""

    def run(*arguments):
        return run_python("-m", *arguments, cwd=tmp_path, path=installed)

    return run


def payload(folder):
    return {
        path.relative_to(folder).as_posix()
        for floor in FLOORS
        for path in (folder / floor).rglob("*")
        if path.is_file()
        and not {"__pycache__", "cases"} & set(path.parts)
        and not path.name.startswith(".")
    }


RESULTS = "figures/results/"


def test_the_wheel_holds_every_file_of_the_packages_but_results_that_no_claim_reads(installed):
    held, all_files = payload(installed), payload(CHECKOUT)
    assert held <= all_files
    left_out = all_files - held
    assert all(path.startswith(RESULTS) for path in left_out)
    assert {path for path in all_files if path.endswith((".pdf", ".png"))} <= left_out
    tables = {path.removesuffix(".csv") for path in left_out if path.endswith(".csv")}
    assert not {path for path in held if path.removesuffix(".json") in tables}
    assert held >= {"figures/data/registry.csv", *(f"{floor}/py.typed" for floor in FLOORS)}


def test_the_wheel_holds_the_results_that_claims_read(installed):
    """Wherever a module of the claims reads stored results and names a figure."""
    held, read = payload(installed), set()
    for path in (CHECKOUT / "proofs_check").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "stored_tables import" in text:
            read |= {node.value for node in ast.walk(parsed(text)) if is_figure(node)}
    assert {"figure-2", "figure-5", "seeds"} <= read
    assert held >= {f"{RESULTS}{id}{suffix}" for id in read for suffix in (".csv", ".json")}


def is_figure(node):
    return isinstance(node, ast.Constant) and node.value in TITLES


def test_the_wheel_is_small(wheel):
    assert wheel.stat().st_size < 3e6


def test_the_description_has_no_link_that_leads_nowhere(wheel):
    with zipfile.ZipFile(wheel) as files:
        (name,) = (name for name in files.namelist() if name.endswith("/METADATA"))
        description = files.read(name).decode()
    targets = re.findall(r"\]\(([^)]+)\)", description)
    assert targets
    assert all(target.startswith("https://") for target in targets)
    assert "(`docs/theory/theorem-1.md`)" in description
    assert "\nProvides-Extra: verify\n" in description


def test_the_installed_packages_are_the_ones_imported(installed, tmp_path):
    code = f"import json; print(json.dumps([__import__(n).__file__ for n in {FLOORS!r}]))"
    for file in json.loads(run_python("-c", code, cwd=tmp_path, path=installed).stdout):
        assert Path(file).is_relative_to(installed)


def test_the_wheel_draws(run, tmp_path):
    run("figures", "make", "figure-s1", "--out", "out")
    names = {path.name for path in (tmp_path / "out").iterdir() if path.is_file()}
    assert names == {"figure-s1.csv", "figure-s1.pdf", "figure-s1.png", "figure-s1.json"}


ANSWERS = {
    "landscape --help": "critical",
    "landscape.start_sets --help": "--out",
    "figures --help": "make",
    "figures list": "figure-s1",
    "figures data": "stand-in",
    "proofs_check list": "joint-dichotomy",
}
ANSWER = """
import contextlib, io, json, runpy, sys
answers = {}
for command in sys.argv[1:]:
    sys.argv = command.split()
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(SystemExit):
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    answers[command] = said.getvalue()
print(json.dumps([answers, list(sys.modules)]))
"""


def test_the_wheel_answers(installed, tmp_path):
    done = run_python("-c", ANSWER, *ANSWERS, cwd=tmp_path, path=installed)
    answers, _ = json.loads(done.stdout)
    assert [c for c, word in ANSWERS.items() if word not in answers[c]] == []


LIBRARIES = {
    *("numpy", "scipy", "numba", "flint", "sympy", "sklearn", "joblib", "threadpoolctl"),
    *("jinja2", "matplotlib", "pandas", "torch"),
}
IMMEDIATE = (
    *("fjlt --help", "fjlt smallest --help", "landscape --help", "landscape joint --help"),
    *("figures --help", "figures list", "proofs_check --help", "proofs_check run --help"),
    "proofs_check list",
)


def loaded(command, folder):
    """The libraries that a command of the checkout loads; the folder holds no report."""
    done = run_python("-c", ANSWER, command, cwd=folder, path=CHECKOUT)
    answers, modules = json.loads(done.stdout)
    assert answers[command]
    return LIBRARIES & set(modules)


@pytest.mark.parametrize("command", IMMEDIATE)
def test_a_command_that_computes_nothing_loads_no_library_for_it(command, tmp_path):
    assert loaded(command, tmp_path) == set()


def test_a_library_that_a_command_loads_is_found(tmp_path):
    assert {"numpy", "flint", "sympy"} <= loaded("proofs_check show joint-count", tmp_path)


@pytest.mark.parametrize("name", ON_DEMAND)
def test_a_package_loads_its_names_on_demand(name):
    code = f"import sys, {name}; before = set(sys.modules); from {name} import *; "
    code += f"print([sorted({LIBRARIES!r} & set(names)) for names in (before, sys.modules)])"
    before, after = ast.literal_eval(run_python("-c", code, cwd=CHECKOUT).stdout)
    assert before == []
    assert "numpy" in after


SCRIPTS = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "scripts"
]


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_command_says_its_version(name, monkeypatch, capsys):
    module, function = SCRIPTS[name].split(":")
    monkeypatch.setattr(sys, "argv", [name, "--version"])
    with pytest.raises(SystemExit) as end:
        getattr(importlib.import_module(module), function)()
    out, err = capsys.readouterr()
    assert (end.value.code or 0, err) == (0, "")
    # before the version stands how the program was started
    assert out.endswith(f"{name} {fjlt.__version__}\n")


EXPORTS = [
    (package, name)
    for package in ("fjlt", "fjlt.torch", "landscape", "proofs_check")
    for name in importlib.import_module(package).__all__
]


def has_example(thing):
    """Whether its own docstring, not one that it inherits, has an example."""
    own = vars(thing) if isinstance(thing, type) else {"__doc__": thing.__doc__}
    return ">>>" in (own.get("__doc__") or "")


@pytest.mark.parametrize(("package", "name"), EXPORTS)
def test_every_public_name_has_an_example(package, name):
    assert has_example(getattr(importlib.import_module(package), name))


def test_a_planted_name_without_an_example_is_found():
    class Parent:
        """>>> 1"""

    class Child(Parent):
        pass

    assert has_example(Parent)
    assert not has_example(Child)
    assert not has_example(lambda: 0)


def texts():
    """Text files of the checkout that are, or would be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout: git ls-files lists no file to read")
    for name in listed.stdout.split("\0"):
        path = CHECKOUT / name
        if name and path.is_file():
            try:
                yield name, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


MACHINE = re.compile(
    r"(?<![\w.$}/-])/(?:home|root|Users|work|tmp|mnt|srv)/[\w.]"
    r"|(?i:pypi\.org|pythonhosted\.org|anaconda\.org)"
)


def test_no_file_names_a_machine_or_a_registry():
    found = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE.search(line) and name != "tests/test_package.py"
    ]
    assert found == []


def test_a_planted_path_is_found():
    assert MACHINE.search("see /home/someone/notes")
    assert MACHINE.search('open("/tmp/x")')
    assert MACHINE.search("https://files.pythonhosted.org/x")
    assert not MACHINE.search("https://example.org/demo/work/x and a/tmp/b and ../work/x")
