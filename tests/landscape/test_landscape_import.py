import subprocess
import sys

import landscape


def test_import_is_light():
    code = (
        "import sys; from landscape import *; print([m for m in ('matplotlib', 'rich', 'typer', "
        "'click', 'figures', 'proofs_check') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_public_names_exist():
    assert landscape.__all__ == sorted(landscape.__all__)
    assert all(hasattr(landscape, name) for name in landscape.__all__)


def test_earlier_names_are_the_same_classes():
    assert landscape.Endings is landscape.TrainingOutcomes
    assert landscape.EndLoss is landscape.ReachedMinimum
    assert landscape.EndLosses is landscape.ReachedMinima
