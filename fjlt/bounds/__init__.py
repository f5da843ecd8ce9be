"""How many rows a random embedding needs: bounds that are proved, and measurement."""

from fjlt.bounds.closed_forms import srht_min_dim
from fjlt.bounds.measured import MeasuredMinDim, min_dim_measured
from fjlt.bounds.smallest import Bound, MinDim, min_dim
from fjlt.bounds.srht_failure import srht_failure_bound, srht_spike_failure

__all__ = [
    "Bound",
    "MeasuredMinDim",
    "MinDim",
    "min_dim",
    "min_dim_measured",
    "srht_failure_bound",
    "srht_min_dim",
    "srht_spike_failure",
]
