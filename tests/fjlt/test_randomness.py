"""Random constructions accept every form of rng in SPEC 7, and depend on nothing else."""

import numpy as np
import pytest

import fjlt

MAKERS = {
    **{
        f.__name__: lambda rng, f=f: f(3, 20, rng)
        for f in (
            fjlt.srht,
            fjlt.gaussian,
            fjlt.count_sketch,
            fjlt.ailon_chazelle,
            fjlt.ailon_liberty,
        )
    },
    "Butterfly.random": lambda rng: fjlt.Butterfly.random(8, rng),
    "from_dense": lambda rng: fjlt.DenseReplacement.from_dense(np.eye(8), 3, 2, rng),
}


@pytest.fixture(params=MAKERS)
def make(request):
    maker = MAKERS[request.param]
    return lambda rng: fjlt.to_dense(maker(rng))


def test_one_seed_one_result_in_every_form(make):
    expected = make(7)
    forms = [np.random.SeedSequence(7), np.random.PCG64(7), np.random.default_rng(7)]
    for rng in forms:
        np.testing.assert_array_equal(make(rng), expected)
    np.random.seed(0)  # noqa: NPY002 - the global state must not matter
    np.testing.assert_array_equal(make(7), expected)


def test_a_generator_moves_on_and_seeds_differ(make):
    rng = np.random.default_rng(7)
    assert not np.array_equal(make(rng), make(rng))
    assert not np.array_equal(make(1), make(2))
    assert not np.array_equal(make(None), make(None))


def test_the_global_state_is_not_touched(make):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    make(3)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_from_dense_draws_two_independent_embeddings():
    w = fjlt.DenseReplacement.from_dense(np.eye(64), 8, 8, rng=0)
    assert not np.array_equal(w.j1.weights, w.j2.weights)
    assert not np.array_equal(w.j1.rows, w.j2.rows)
