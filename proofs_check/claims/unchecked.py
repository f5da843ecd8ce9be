"""Claims that no check examines yet, and the order of all claims: that of the paper."""

from proofs_check.claim import Claim

__all__ = ["ORDER", "UNCHECKED"]

ORDER = (
    "def-4.1",
    "footnote-3",
    "footnote-4",
    "weight-bound",
    "param-count",
    "lemma-b1",
    "jl-norm",
    "fjlt-tail",
    "prop-1",
    "moments",
    "prop-1-corrected",
    "abstract-accuracy",
    "prop-2",
    "prop-2-corrected",
    "lemma-c1",
    "claim-c1",
    "claim-c2",
    "theorem-1",
    "theorem-1-star",
    "structured-b",
    "fixed-b",
    "baldi-hornik",
    "two-phase",
    "trained-loss",
    "learned-sketch",
    "learned-sketch-corrected",
    "reachable",
    "joint-submersion",
    "joint-spurious",
    "whitened",
    "joint-dichotomy",
    "two-phase-can-fail",
    "joint-count",
    "morse-index",
    "fixed-b-count",
    "dynamics",
)

_BEYOND = "Beyond the paper: what training the butterfly does to the landscape"

UNCHECKED = (
    Claim(
        "joint-spurious",
        "Training B creates spurious strict local minima",
        _BEYOND,
        r"There is a $4 \times 4$ integer matrix $X = Y$ for which the network with trained $B$, outputs "
        r"$\{0, 2\}$ and $k = 2$, has a strict local minimum of loss $21/5$, the global minimum being $2$.",
        depends_on=("reachable",),
    ),
    Claim(
        "two-phase-can-fail",
        "Two-phase learning can end at a spurious minimum",
        _BEYOND,
        r"There is a $4 \times 4$ integer matrix $X$ for which phase two ends at a spurious minimum from every "
        r"FJLT start.",
        depends_on=("joint-spurious",),
    ),
)
