"""The compiled functions that checks call, each compiled by one process before the first check."""

from __future__ import annotations

import numpy as np

import fjlt

__all__ = ["compile_kernels"]


def compile_kernels() -> None:
    """Compile what is not on disk, in parallel, inside a ``backend``.

    Otherwise several processes that need one function at the same time each compile it.
    """
    from joblib import Parallel, delayed

    # the slowest ones first
    calls = (_train, _gradients, _adjoint, _complex_product, _hadamard, _sampled_hadamard)
    Parallel(batch_size=1)(delayed(call)() for call in calls)


def _train() -> None:
    """The forward product, and the training of small networks."""
    from landscape import fit

    B = fjlt.TruncatedButterfly(np.ones((2, 4, 2)), [0, 2])
    fit(np.eye(4, 5), np.eye(2, 5), 1, B, max_steps=1)


def _gradients() -> None:
    fjlt.Butterfly.hadamard(8).vjp(np.ones((8, 2)), np.ones((8, 2)))


def _adjoint() -> None:
    fjlt.Butterfly.hadamard(8).H @ np.ones((8, 2))


def _complex_product() -> None:
    fjlt.Butterfly(1j * fjlt.Butterfly.hadamard(8).weights) @ np.ones((8, 2))


def _hadamard() -> None:
    fjlt.fwht(np.ones((8, 2)), axis=0)


def _sampled_hadamard() -> None:
    fjlt.srht(4, 512, rng=0) @ np.ones((512, 2), order="F")
