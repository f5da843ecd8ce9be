"""Claims that no check examines yet, and the order of all claims: that of the paper."""

from proofs_check.claim import Claim, paper

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
        "footnote-3",
        "Sizes that are not powers of 2",
        paper("Footnote 3"),
        r"For $n$ not a power of 2, the first $n$ columns of an $\ell \times n'$ truncated butterfly, $n'$ the "
        r"next power of 2, obey the same bound on the number of effective weights.",
    ),
    Claim(
        "footnote-4",
        "The FJLT constructions in the literature are truncated butterflies",
        paper("Footnote 4"),
        r"The transforms of Ailon-Chazelle, Ailon-Liberty and Krahmer-Ward are truncated butterfly networks "
        r"whose sign diagonal is absorbed in the first layer.",
    ),
    Claim(
        "param-count",
        "Weights saved by the replacement of a dense layer",
        paper("Sections 3 and 5"),
        r"With $k = \log n$, a dense $n \times n$ layer becomes $O(n \log\log n)$ weights; an encoder of $kn$ "
        r"weights becomes $k\ell + O(n \log \ell)$.",
    ),
    Claim(
        "fjlt-tail",
        "Failure probability of the FJLT",
        paper("Appendix B"),
        r"An FJLT preserves the norm of a vector up to $\varepsilon$ except with probability "
        r"$e^{-\Omega(k\varepsilon^2)}$.",
        depends_on=("jl-norm",),
    ),
    Claim(
        "prop-1-corrected",
        "What replaces Proposition 1",
        "Correction of Proposition 1",
        r"$\Pr[\|WJ^\top Jx - Wx\| > \varepsilon\|W\|\|x\|] \le (\mathrm{sr}(W)+1)/(k\varepsilon^2)$ with the "
        r"transform on the input side only, and an analogous bound for the bilinear form $u^\top W'x$.",
        depends_on=("moments",),
    ),
    Claim(
        "abstract-accuracy",
        "Almost all choices of weights preserve accuracy",
        paper("Abstract"),
        r"Almost all choices of the weights from the FJLT distribution approximate the action of the dense "
        r"layer.",
        depends_on=("prop-1",),
    ),
    Claim(
        "prop-2",
        "Low-rank approximation from an FJLT sketch",
        paper("Proposition 2"),
        r"With $\ell = k\log k + k/\varepsilon$ and $J$ an $\ell \times n$ FJLT, with probability at least 1/2: "
        r"$\|J_k(X) - X\|_F^2 \le (1+\varepsilon)\|X - X_k\|_F^2$.",
    ),
    Claim(
        "prop-2-corrected",
        "Low-rank approximation from a sketch, with constants",
        "Correction of Proposition 2",
        r"The bound of Proposition 2 holds with probability at least 1/2 for Gaussian $\ell \ge k+1+2k/\varepsilon$ "
        r"and for the SRHT with $n \ge \ell \ge 16\max(k(k+1), k/\varepsilon)$.",
        depends_on=("prop-2",),
    ),
    Claim(
        "lemma-c1",
        "Gradients of the encoder-decoder loss",
        paper("Lemma C.1"),
        r"The gradient in $D$ is $\mathrm{vec}(r)^\top (I \otimes (E\tilde X)^\top)$ and the gradient in $E$ is "
        r"$\mathrm{vec}(r)^\top (D \otimes \tilde X)^\top$, $r = (\bar Y - Y)^\top$.",
    ),
    Claim(
        "claim-c1",
        "Encoder at a critical point",
        paper("Claim C.1"),
        r"At a critical point with $\tilde D$ of full column rank, "
        r"$\tilde E = (\tilde D^\top \tilde D)^{-1}\tilde D^\top Y\tilde X^\top G^{-1}$.",
        depends_on=("lemma-c1",),
    ),
    Claim(
        "claim-c2",
        "The projection onto the range of D commutes with the signal matrix",
        paper("Claim C.2"),
        r"At a critical point $P_{\tilde D}\Sigma = \Sigma P_{\tilde D} = P_{\tilde D}\Sigma P_{\tilde D}$, and "
        r"$\tilde E B\tilde D = (\tilde E B Y\tilde X^\top \tilde E^\top)"
        r"(\tilde E\tilde X\tilde X^\top\tilde E^\top)^{-1}$.",
        depends_on=("claim-c1",),
    ),
    Claim(
        "structured-b",
        "Theorem 1 for any structured B",
        paper("Appendix C"),
        r"Theorem 1 holds for any $\ell \times n$ matrix $B$, since $B$ enters only through $BX$.",
        depends_on=("theorem-1-star",),
    ),
    Claim(
        "baldi-hornik",
        "The network without a butterfly",
        "Baldi, Hornik, Neural Networks 2 (1989); " + paper("Appendix C"),
        r"With $\Sigma' = YX^\top(XX^\top)^{-1}XY^\top$ of distinct positive eigenvalues $\gamma_i$, the critical "
        r"values are $\mathrm{tr}\,YY^\top - \sum_{i \in I}\gamma_i$, and minima have $I = [k]$.",
        depends_on=("theorem-1-star",),
    ),
    Claim(
        "two-phase",
        "Two-phase learning",
        paper("Section 5"),
        r"After the first phase, with $B$ fixed, $D' = D_B$, $E' = E_B$ and the output is $B_k(X)$.",
        depends_on=("fixed-b", "prop-2"),
    ),
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
