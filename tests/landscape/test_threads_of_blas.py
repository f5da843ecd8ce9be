"""No result of a descent depends on the number of threads of BLAS; the limit ends with the call."""

import json
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
import json, sys
import numpy as np
from threadpoolctl import threadpool_limits
from fjlt import srht, to_dense
from landscape import approximation_errors, fit, learn_sketch

rng = np.random.default_rng(0)
X = rng.normal(size=(512, 600))
B = srht(64, 512, rng=1)
M = to_dense(B)
found = []
for threads in (1, 2):
    with threadpool_limits(threads):
        found.append({
            "product": float((X @ X.T)[3, 5]),
            "products": float(np.linalg.norm(X @ X.T @ X)),
            "fit": fit(X, X, 16, B, rng=0, max_steps=5).loss,
            "fit, Adam": fit(X, X, 16, B, method="adam", rng=0, max_steps=5).loss,
            "fit, fixed B": fit(X, X, 16, M, "fixed-b", rng=0, max_steps=5).loss,
            "approximation_errors": approximation_errors(M, [X], 16).tolist(),
            "learn_sketch": learn_sketch([X] * 2, 4, 8, "dense", held_out=0, rng=0,
                                         max_steps=2).error,
        })
print(json.dumps(found))
"""


def test_descents_are_the_same_with_one_and_with_two_threads():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    one, two = json.loads(done.stdout)
    assert {name: one[name] for name in one if not name.startswith("product")} == {
        name: two[name] for name in two if not name.startswith("product")
    }


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
