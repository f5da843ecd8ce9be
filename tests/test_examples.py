"""The examples run, and print what they promise."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.usefixtures("data_folder")
@pytest.mark.parametrize("model", ["PreActResNet-18", "EfficientNet-B0"])
def test_full_size(model):
    pytest.importorskip("torch")
    options = ["--model", model, "--epochs", "1", "--images", "16", "--optimizer", "SGD"]
    done = subprocess.run(
        [sys.executable, EXAMPLES / "full_size.py", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.findall(r"(\d+) butterfly layers", done.stdout) == ["0", "1"]
    assert [
        0 <= float(share) < 0.7 for share in re.findall(r"test accuracy ([\d.]+), ", done.stdout)
    ] == [True] * 2


def test_replace_a_layer():
    pytest.importorskip("torch")
    path = EXAMPLES / "replace_a_layer.py"
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = re.findall(r"(\w+)\(.*\n  (\d+) weights, accuracy ([\d.]+)", done.stdout)
    (dense, weights, accuracy), (butterfly, fewer, close) = found
    assert (dense, butterfly) == ("Linear", "ButterflyLinear")
    assert int(fewer) < 0.3 * int(weights)
    assert min(float(accuracy), float(close)) > 0.9
