"""The ensembles by name, and those of a user."""

import numpy as np
import pytest

import fjlt
from fjlt.embedding.ensembles import ENSEMBLES, draw_of, name_of


@pytest.mark.parametrize("name", ENSEMBLES)
def test_a_name_draws_what_its_function_draws(name):
    drawn = draw_of(name)(3, 16, np.random.default_rng(0))
    expected = getattr(fjlt, name)(3, 16, rng=0)
    assert np.array_equal(drawn.to_dense(), expected.to_dense())


def test_a_function_of_ones_own_is_given_the_generator():
    def signs(k, n, rng):
        return rng.choice([-1.0, 1.0], (k, n)) / k**0.5

    drawn = draw_of(signs)(2, 5, np.random.default_rng(1))
    assert isinstance(drawn, fjlt.Operator)
    assert np.array_equal(drawn.to_dense(), signs(2, 5, np.random.default_rng(1)))
    assert name_of(signs) == "signs"


@pytest.mark.parametrize(
    ("ensemble", "error", "text"),
    [
        ("SRHT", ValueError, "'SRHT' is unknown; use one of srht, gaussian, "),
        (None, TypeError, "a name or a function .*, got NoneType"),
        (np.eye(2), TypeError, "got ndarray"),
        (lambda k, n, rng: np.ones((n, k)), ValueError, r"of shape \(4, 2\); .* \(2, 4\)"),
        (lambda k, n, rng: np.full((k, n), np.nan), ValueError, "the result of <lambda> has 8"),
    ],
)
def test_others_are_refused(ensemble, error, text):
    with pytest.raises(error, match=text):
        draw_of(ensemble)(2, 4, np.random.default_rng(0))
