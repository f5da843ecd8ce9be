"""Every public name is called by the fuzzer, or it is a result and has no arguments to draw."""

import pytest

import fjlt
import landscape
import proofs_check
from tests.fuzz import (
    test_bounds,
    test_embedding,
    test_network,
    test_numbers,
    test_operators,
)

RESULTS = {
    fjlt: {
        "Bound",
        "Distortion",
        "Factorisation",
        "JLTest",
        "LeastSquares",
        "LowRank",
        "MeasuredMinDim",
        "MinDim",
        "Operator",
        "RestrictedIsometry",
        "SubspaceDistortion",
    },
    landscape: {
        "Certificate",
        "CriticalPoint",
        "EndLoss",
        "EndLosses",
        "Endings",
        "FarPlane",
        "Fit",
        "FlowEnclosure",
        "JointCriticalPoint",
        "JointCriticalPoints",
        "LearnedSketch",
        "Minimum",
        "NearestRowSpace",
        "Parameters",
        "ReachedMinima",
        "ReachedMinimum",
        "RowClass",
        "TrainingOutcomes",
        "TwoPhases",
    },
    proofs_check: {"Claim", "Evidence", "Grade", "Report", "Verdict", "claims", "exact"},
}

DRAWN = {"plot_history", "plot_landscape", "plot_levels"}
"""What draws results; it takes no numbers."""

CALLED = {
    fjlt: {
        *test_bounds.ENTRIES,
        *test_embedding.ENTRIES,
        *test_numbers.ENTRIES,
        *test_operators.ENTRIES,
    },
    landscape: {*test_network.ENTRIES, "read_arrays", "read_matrix", *DRAWN},
    proofs_check: {"run"},
}


@pytest.mark.parametrize("package", RESULTS, ids=lambda package: package.__name__)
def test_every_public_name_is_called_or_is_a_result(package):
    assert set(package.__all__) <= CALLED[package] | RESULTS[package]
    assert not CALLED[package] & RESULTS[package]
