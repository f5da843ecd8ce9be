"""No result depends on the number of threads of BLAS; the limit ends with the call."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
import scipy.linalg  # noqa: F401 - its BLAS has threads of its own, from when it is loaded
from threadpoolctl import threadpool_info, threadpool_limits

from fjlt.runs.backends import one_blas_thread
from landscape import multi_start

# Sizes at which products with one and with two threads differ in their last digits.
PROGRAM = """
import json
import numpy as np
from threadpoolctl import threadpool_info
from fjlt import low_rank, srht, to_dense
from landscape import (
    EncoderDecoder, approximation_errors, critical_points, fit, fit_two_phase, learn_sketch,
    reduced_gradient, reduced_loss, reduced_weight_gradient, signal_matrix,
)

def total(*arrays):
    return [float(np.sum(a)) for a in arrays]

rng = np.random.default_rng(0)
X = rng.normal(size=(512, 600))
B = srht(64, 512, rng=1)
M = to_dense(B)
network = EncoderDecoder(rng.normal(size=(512, 16)), rng.normal(size=(16, 64)), B)
trained = fit(X, X, 16, B, rng=0, max_steps=5)
print(json.dumps({
    "threads": [p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"],
    "fit": [trained.loss, trained.optimum, *total(trained.history, trained.network.decoder)],
    "fit, Adam": fit(X, X, 16, B, method="adam", rng=0, max_steps=5).loss,
    "fit, fixed B": fit(X, X, 16, M, "fixed-b", rng=0, max_steps=5).loss,
    "fit, variable projection":
        fit(X, X, 16, B, method="variable-projection", rng=0, max_steps=2).loss,
    "fit_two_phase": fit_two_phase(X, X, 16, B, rng=0, max_steps=3).second.loss,
    "approximation_errors": approximation_errors(M, [X], 16).tolist(),
    "learn_sketch": learn_sketch([X] * 2, 4, 8, "dense", held_out=0, rng=0, max_steps=2).error,
    "signal_matrix": total(signal_matrix(X, X, B)),
    "critical_points": [p.loss for p, _ in zip(critical_points(X, X, B, 2), range(5))],
    "reduced_loss": reduced_loss(X, X, B, 4),
    "reduced_gradient": total(reduced_gradient(X, X, B, 4)),
    "reduced_weight_gradient": total(reduced_weight_gradient(X, X, B, 4)),
    "EncoderDecoder": [network.loss(X, X), *total(*network.gradient(X, X))],
    "low_rank": total(*low_rank(X, B, 8)),
}))
"""


def test_results_are_the_same_with_one_and_with_two_threads():
    found = []
    for number in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | {"OPENBLAS_NUM_THREADS": number, "OMP_NUM_THREADS": number},
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(json.loads(done.stdout))
    one, two = found
    assert set(one.pop("threads")) == {1}
    assert set(two.pop("threads")) == {min(2, os.cpu_count())}
    assert one == two


def threads():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_contexts_are_nested():
    with threadpool_limits(2, user_api="blas"):
        assert threads() == {2}
        with one_blas_thread(), one_blas_thread():
            assert threads() == {1}
        assert threads() == {2}


def test_the_limit_ends_where_a_call_fails():
    with threadpool_limits(2, user_api="blas"):
        with pytest.raises(ValueError, match="starts"):
            multi_start(np.eye(4), np.eye(4), [0, 2], 2, 0)
        assert threads() == {2}
