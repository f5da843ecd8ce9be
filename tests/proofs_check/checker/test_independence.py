"""The checker shares no code with the program: no import leads from one to the other."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
FLOORS = ("fjlt", "landscape", "figures", "proofs_check")
CHECKER = "proofs_check.checker"
COMMAND = "proofs_check.__main__"
LIBRARIES = {"flint"}

SOURCES = {
    ".".join(path.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__"): path
    for floor in FLOORS
    for path in sorted((CHECKOUT / floor).rglob("*.py"))
}


def of_the_checker(name):
    return name == CHECKER or name.startswith(CHECKER + ".")


def imports(name, source, is_package=False):
    """Absolute names that a module imports, in functions and by ``import_module`` too."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = name.split(".") if is_package else name.split(".")[:-1]
            above = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            found |= {origin, *(f"{origin}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func).split(".")[-1]
            if called in ("import_module", "__import__"):
                constants = [a.value for a in node.args if isinstance(a, ast.Constant)]
                found |= {str(constant) for constant in constants} or {"a computed name"}
    return found


@pytest.fixture(scope="module")
def edges():
    return {
        name: imports(name, path.read_text(encoding="utf-8"), path.name == "__init__.py")
        for name, path in SOURCES.items()
    }


def reached(edges, start):
    """All names that importing a module imports, parent packages of what it names included."""
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for imported in edges.get(name, ()):
            parts = imported.split(".")
            waiting += [".".join(parts[:i]) for i in range(1, len(parts) + 1)]
    return seen


def imports_of_the_checker(edges):
    """What the checker imports and must not, by module."""
    offences = {}
    for name in filter(of_the_checker, edges):
        foreign = {
            imported
            for imported in edges[name]
            if imported.split(".")[0] not in sys.stdlib_module_names | LIBRARIES
            and not of_the_checker(imported)
        }
        if foreign:
            offences[name] = foreign
    return offences


def users_of_the_checker(edges):
    """Modules from which the checker is reached, except itself and the command."""
    return {
        name
        for name in edges
        if not of_the_checker(name)
        and name != COMMAND
        and any(map(of_the_checker, reached(edges, name)))
    }


def test_the_checker_imports_the_standard_library_and_flint_only(edges):
    assert sum(map(of_the_checker, edges)) > 8
    assert imports_of_the_checker(edges) == {}


def test_only_the_command_imports_the_checker(edges):
    assert any(map(of_the_checker, edges[COMMAND]))
    assert users_of_the_checker(edges) == set()


@pytest.mark.parametrize(
    "line",
    [
        "import numpy",
        "import fjlt.hadamard as h",
        "from proofs_check.exact import laws",
        "from ...identities import expansion",
        "from ... import exact",
        "def f():\n    from sympy import expand",
        "import importlib\nimportlib.import_module('landscape')",
        "__import__('proofs_check.claim')",
        "from importlib import import_module\nimport_module(name)",
    ],
)
def test_an_import_planted_in_the_checker_is_found(edges, line):
    name = "proofs_check.checker.arithmetic.jets"
    planted = edges | {name: imports(name, SOURCES[name].read_text(encoding="utf-8") + line)}
    assert set(imports_of_the_checker(planted)) == {name}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "proofs_check.identities.expansion",
            "from proofs_check.checker.arithmetic import algebra",
        ),
        ("proofs_check.exact.planted", "from proofs_check.checker.arithmetic.algebra import check"),
        ("proofs_check.exact.laws", "from ..checker import recheck"),
        ("fjlt.boundary", "def f():\n    import proofs_check.checker.arithmetic.jets"),
        ("proofs_check.claim", "import_module('proofs_check.checker')"),
    ],
)
def test_an_import_planted_outside_is_found(edges, name, line):
    """Where it stands, and wherever that module is imported."""
    planted = edges | {name: edges[name] | imports(name, line)}
    users = users_of_the_checker(planted)
    assert name in users
    assert len(users) > 5


def run_python(code, folder):
    """A program run where only ``folder`` and the installed libraries can be imported."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


USE_THE_COPY = """
import sys, json
before = set(sys.modules)
from proofs_check.checker import recheck
results = recheck(".")
loaded = {name.split(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names
print(json.dumps([results, sorted(name for name in loaded if "cython" not in name)]))
"""


@pytest.fixture
def copy(tmp_path):
    """The folder of the checker by itself, under an empty package, and a certificate."""
    package = CHECKOUT / "proofs_check" / "checker"
    shutil.copytree(package, tmp_path / "proofs_check" / "checker")
    (tmp_path / "proofs_check" / "__init__.py").write_text("")
    (tmp_path / "certificates").mkdir()
    identity, diagonal = [["1", "0"], ["0", "1"]], [["2", "0"], ["0", "1"]]
    point = {"encoder": None, "weights": [[["1", "0"], ["1", "0"]]], "unknown": [[0, 0, 1]]}
    point |= {"radius": ["1/999"], "loss": ["99/100", "101/100"], "index": 0}
    certificate = {"kind": "joint-critical-points", "X": identity, "Y": diagonal, "rows": [0]}
    certificate |= {"k": 1, "bits": 64, "distinct": True, "points": [point]}
    (tmp_path / "certificates" / "one.json").write_text(json.dumps(certificate))
    return tmp_path


def test_a_copy_of_the_checker_works_by_itself(copy):
    done = run_python(USE_THE_COPY, copy)
    assert done.returncode == 0, done.stderr
    results, loaded = json.loads(done.stdout)
    assert results["one.json"][0]
    assert loaded == ["flint", "proofs_check"]


@pytest.mark.parametrize("line", ["from proofs_check.exact import laws", "import numpy"])
def test_a_copy_that_needs_more_is_noticed(copy, line):
    module = copy / "proofs_check" / "checker" / "arithmetic" / "jets.py"
    module.write_text(module.read_text(encoding="utf-8") + "\n" + line, encoding="utf-8")
    done = run_python(USE_THE_COPY, copy)
    assert done.returncode != 0 or json.loads(done.stdout)[1] != ["flint", "proofs_check"]


def test_the_claims_load_without_the_checker():
    code = (
        "import sys, proofs_check\n"
        "assert len(proofs_check.claims()) > 40\n"
        "print([name for name in sys.modules if name.startswith('proofs_check.checker')])"
    )
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
