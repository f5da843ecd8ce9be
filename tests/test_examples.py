"""The examples use public names only and print what they promise; building the documentation
executes all of the gallery."""

import ast
import importlib
import re
import runpy
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
GALLERY = sorted(EXAMPLES.glob("*/plot_*.py"))
DOORS = (
    "fjlt",
    "fjlt.sklearn",
    "fjlt.torch",
    "landscape",
    "landscape.monodromy",
    "figures.data",
    "proofs_check",
    "proofs_check.exact",
)
"""The modules whose names are public."""


def private_names(source):
    """Names of this project that a script uses and that no public module exports."""
    tree, doors, used = ast.parse(source), {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            used |= {(alias.name, None) for alias in node.names}
            doors |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            used |= {(node.module, alias.name) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in doors:
            used.add((doors[ast.unparse(node.value)], node.attr))
    own = ("fjlt", "landscape", "figures", "proofs_check")
    return sorted(
        f"{module}.{name}" if name else module
        for module, name in used
        if module.split(".")[0] in own
        and f"{module}.{name}" not in DOORS
        and (
            module not in DOORS
            or (name is not None and name not in importlib.import_module(module).__all__)
        )
    )


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_an_example_of_the_gallery_has_a_title_and_uses_public_names(path):
    source = path.read_text(encoding="utf-8")
    title, line, *_ = ast.get_docstring(ast.parse(source)).splitlines()
    assert line == "=" * len(title)
    assert source.count("\n# %%\n") >= 2
    assert ":math:" in source or ".. math::" in source
    assert private_names(source) == []


def test_the_gallery_has_at_least_ten_examples():
    assert len(GALLERY) >= 10


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import fjlt\nfjlt.srht(2, 4)", []),
        ("from fjlt.operators.butterfly import Butterfly", ["fjlt.operators.butterfly.Butterfly"]),
        ("import landscape as l\nl.data", ["landscape.data"]),
        ("import fjlt\nfjlt.kernels.threads", ["fjlt.kernels"]),
        ("import fjlt.boundary", ["fjlt.boundary"]),
        ("from fjlt import boundary", ["fjlt.boundary"]),
        ("from numpy import sin", []),
    ],
)
def test_a_planted_private_name_is_found(source, found):
    assert private_names(source) == found


@pytest.fixture(scope="module")
def full_size():
    """The names of the script, which reads the images once for all its models."""
    pytest.importorskip("torch")
    script = runpy.run_path(str(EXAMPLES / "full_size.py"))
    names = script["main"].__globals__
    parts = []

    def split(*arguments):
        parts[:] = parts or [names["read"](*arguments)]
        return parts[0]

    names |= {"read": names["split"], "split": split}
    return script


@pytest.mark.usefixtures("data_folder")
@pytest.mark.parametrize("model", ["PreActResNet-18", "EfficientNet-B0"])
def test_full_size(model, full_size, monkeypatch, capsys):
    options = ["--model", model, "--epochs", "1", "--images", "8", "--optimizer", "SGD"]
    monkeypatch.setattr(sys, "argv", ["full_size.py", *options])
    full_size["main"]()
    printed = capsys.readouterr().out
    assert re.findall(r"(\d+) butterfly layers", printed) == ["0", "1"]
    shares = re.findall(r"test accuracy ([\d.]+), ", printed)
    assert [0 <= float(share) < 0.7 for share in shares] == [True] * 2


def test_a_replaced_layer_classifies_with_fewer_weights(monkeypatch, capsys):
    pytest.importorskip("torch")
    from matplotlib import pyplot

    # This backend shows nothing, and warns that it does not.
    monkeypatch.setattr(pyplot, "show", lambda: None)
    runpy.run_path(str(EXAMPLES / "libraries" / "plot_replaced_layer.py"))
    pyplot.close("all")
    printed = capsys.readouterr().out
    assert re.findall(r"^(\w+)\(", printed, flags=re.M) == ["Linear", "ButterflyLinear"]
    (weights, accuracy), (fewer, close) = re.findall(r"(\d+) weights, accuracy ([\d.]+)", printed)
    assert int(fewer) < 0.3 * int(weights)
    assert min(float(accuracy), float(close)) > 0.9
