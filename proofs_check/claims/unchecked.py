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
        "reachable",
        "Row spaces that a truncated butterfly can have",
        _BEYOND,
        r"For two kept outputs whose lowest differing bit is $b$, the reachable row spaces have dimension "
        r"$n + n/2^b - 4$ of $2n - 4$.",
        depends_on=("def-4.1",),
    ),
    Claim(
        "joint-submersion",
        "Where the row space can move freely there is no spurious minimum",
        _BEYOND,
        r"At a joint local minimum at which $EB$ has rank $k$ and its row space can move in every direction, the "
        r"loss is the global optimum of the dense network.",
        depends_on=("baldi-hornik", "reachable"),
    ),
    Claim(
        "joint-spurious",
        "Training B creates spurious strict local minima",
        _BEYOND,
        r"There is a $4 \times 4$ integer matrix $X = Y$ for which the network with trained $B$, outputs "
        r"$\{0, 2\}$ and $k = 2$, has a strict local minimum of loss $21/5$, the global minimum being $2$.",
        depends_on=("reachable",),
    ),
    Claim(
        "whitened",
        "Whitened data with sibling outputs have no spurious minima",
        _BEYOND,
        r"If $XX^\top = I$ and the two kept outputs differ only in the top bit, no spurious minimum exists.",
    ),
    Claim(
        "joint-dichotomy",
        "When spurious minima exist (conjecture)",
        _BEYOND,
        r"For generic data, spurious minima exist for an open set of data if and only if the reachable row "
        r"spaces have less than full dimension in the Grassmannian.",
        depends_on=("joint-submersion", "joint-spurious"),
    ),
    Claim(
        "two-phase-can-fail",
        "Two-phase learning can end at a spurious minimum",
        _BEYOND,
        r"There is a $4 \times 4$ integer matrix $X$ for which phase two ends at a spurious minimum from every "
        r"FJLT start.",
        depends_on=("joint-spurious",),
    ),
    Claim(
        "joint-count",
        "Number of complex critical points with trainable B",
        _BEYOND,
        r"For siblings, $\ell = k = 2$ and $N = n/2$, the number of complex critical points is "
        r"$N(2N-1)(2N^2-3N+4)/3$.",
    ),
    Claim(
        "morse-index",
        "Morse index and nullity of every critical point with B fixed",
        "Sharpens Theorem 1",
        r"With $q = |I|$ and $r = \mathrm{rank}\,\Sigma$, the index is "
        r"$\sum_{c \in I}\#\{i \notin I : i < c\} + (k-q)(r-q)$.",
        depends_on=("theorem-1-star",),
    ),
    Claim(
        "fixed-b-count",
        "Number of isolated critical points with B fixed",
        "Sharpens Theorem 1",
        r"In the gauge $QD = I$ the isolated critical points number $\binom{r}{k}$ for $m = r$ and "
        r"$\binom{r}{k} + \binom{r}{k-1}$ for $m = r+1$.",
        depends_on=("theorem-1-star",),
    ),
    Claim(
        "dynamics",
        "Where training ends",
        _BEYOND,
        r"On the $4 \times 4$ example, the share of runs that end at the spurious minimum, by joint and by "
        r"two-phase training.",
        depends_on=("joint-spurious",),
    ),
)
