"""The examples run as they stand, and show what they promise."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


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
