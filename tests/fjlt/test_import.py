"""All of fjlt together loads nothing heavy, and nothing from the floors above."""

import subprocess
import sys


def test_import_is_light():
    code = (
        "import sys; from fjlt import *; "
        "print([m for m in ('numba', 'sympy', 'sklearn', 'matplotlib', 'torch', 'flint', "
        "'landscape', 'figures', 'proofs_check') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
