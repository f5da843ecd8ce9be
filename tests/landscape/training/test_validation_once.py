"""Arguments are checked once: no evaluation of a loss checks them again."""

import numpy as np
import pytest

from fjlt import Butterfly, TruncatedButterfly, boundary
from landscape import fit, learn_sketch


@pytest.fixture
def validations(monkeypatch):
    """Names of the checks of ``fjlt.boundary`` in the order in which they are made."""
    made = []

    def counted(name, check):
        def checked(*arguments, **options):
            made.append(name)
            return check(*arguments, **options)

        return checked

    for name in ("array", "dimension", "log2_exact", "matrix", "number", "rows", "vector"):
        monkeypatch.setattr(boundary, name, counted(name, getattr(boundary, name)))
    return made


def count(validations, run):
    validations.clear()
    assert run().n_steps > 2
    return len(validations)


CASES = [
    {"trainable": "all", "method": "l-bfgs"},
    {"trainable": "all", "method": "adam"},
    {"trainable": "all", "method": "adam", "batch_size": 6},
    {"trainable": "all", "method": "variable-projection"},
    {"trainable": "fixed-b", "method": "l-bfgs"},
    {"trainable": "fixed-b", "method": "adam"},
    {"trainable": "fixed-b", "method": "adam", "batch_size": 6},
]


@pytest.mark.parametrize("options", CASES)
def test_a_training_checks_no_more_for_more_steps(validations, options):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(8, 20)), rng.normal(size=(5, 20))

    def training(steps):
        B = TruncatedButterfly(Butterfly.random(8, 3).weights, [0, 2, 3, 5])
        return lambda: fit(X, Y, 2, B, rng=0, max_steps=steps, **options)

    few, many = (count(validations, training(steps)) for steps in (3, 25))
    assert few == many
    assert 0 < few < 60


@pytest.mark.parametrize("structure", ["butterfly", "sparse", "dense"])
@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("held_out", [0, 0.3])
def test_learning_a_sketch_checks_no_more_for_more_steps(
    validations, structure, batch_size, held_out
):
    matrices = np.random.default_rng(0).normal(size=(10, 8, 5))

    def learning(steps):
        return lambda: learn_sketch(
            matrices,
            2,
            4,
            structure,
            held_out=held_out,
            batch_size=batch_size,
            max_steps=steps,
            rng=0,
        )

    few, many = (count(validations, learning(steps)) for steps in (3, 25))
    assert few == many
