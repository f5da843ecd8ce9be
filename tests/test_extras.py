import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from fjlt.extras import EXTRAS, installed, remedy

CHECKOUT = Path(__file__).parents[1]

PLAIN = f"""
import json, os, sys
os.environ.pop('FJLT_CACHE_DIR', None)
sys.modules.update(dict.fromkeys({list(EXTRAS)!r}))  # these packages cannot be imported
import numpy as np, fjlt, landscape
J = fjlt.srht(3, 4, rng=0)
points = list(landscape.critical_points(np.eye(4), np.eye(4), J, k=1))
assert fjlt.low_rank(np.diag([4, 3, 2, 1]), J, k=1).error > 0
doors = [
    "import fjlt.sklearn",
    "import fjlt.torch",
    "landscape.plot_levels(points)",
    "from figures.data.download import cache_folder; cache_folder()",
    "import proofs_check; proofs_check.claims()",
]
said = []
for door in doors:
    try:
        exec(door)
    except ImportError as error:
        said.append(str(error))
    else:
        said.append("nothing was missing")
print(json.dumps(said))
"""


def python(*arguments, path="", cwd=CHECKOUT):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (path, str(CHECKOUT))))}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, cwd=cwd
    )


def test_a_plain_installation_computes_and_says_what_else_needs():
    done = python("-c", PLAIN)
    assert done.returncode == 0, done.stderr
    extras = ["sklearn", "torch", "plots", "figures", "verify"]
    for sentence, extra in zip(json.loads(done.stdout), extras, strict=True):
        assert sentence.endswith(f"pip install 'butterfly-theory[{extra}]'")


def test_every_extra_that_is_named_exists():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(EXTRAS.values()) <= set(project["optional-dependencies"])


def test_a_missing_package_of_nobody_keeps_its_error():
    nobody = pytest.raises(ModuleNotFoundError, match=r"^No module named 'package_of_nobody'$")
    with nobody, installed():
        import package_of_nobody  # noqa: F401


def test_a_remedy_is_said_once():
    error = ModuleNotFoundError("No module named 'sympy'", name="sympy")
    once = remedy(error)
    assert remedy(ModuleNotFoundError(once, name="sympy")) == once


@pytest.mark.parametrize("name", ["landscape", "figures"])
def test_a_package_of_another_project_with_our_name_is_refused(name, tmp_path):
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text('"""Maps of mountains."""\n')
    done = python("-m", "proofs_check", "--version", path=str(tmp_path), cwd=tmp_path)
    assert done.returncode != 0
    sentence = done.stderr.strip().splitlines()[-1]
    assert f"the package '{name}' in {tmp_path / name} is not the one of butterfly" in sentence
    assert f"pip uninstall {name}" in sentence


@pytest.mark.parametrize("command", ["proofs_check", "figures", "landscape"])
def test_commands_answer_in_a_plain_installation(command):
    code = (
        f"import runpy, sys; sys.modules.update(dict.fromkeys({list(EXTRAS)!r})); "
        f"sys.argv = ['{command}', '--version']; runpy.run_module('{command}', run_name='__main__')"
    )
    done = python("-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("0.1.0\n")
