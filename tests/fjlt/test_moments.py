"""Expected errors against exact references: enumeration of SRHTs and pairings of Gaussians."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
import scipy.stats

from fjlt import bilinear_variance, one_sided_error, two_sided_error


def projections(n, k):
    """k·JᵀJ, integer matrices, for all signs and all k-subsets of rows of the Sylvester matrix."""
    h = np.array([[(-1) ** (i & j).bit_count() for j in range(n)] for i in range(n)])
    grams = np.array([h[list(rows)].T @ h[list(rows)] for rows in combinations(range(n), k)])
    signs = np.array(list(product([-1, 1], repeat=n)))
    return np.einsum("sa,mab,sb->smab", signs, grams, signs).reshape(-1, n, n)


def mean(integers, scale):
    return Fraction(int(integers.sum()), integers.size) / scale


def operands(n2, n1, seed=0):
    rng = np.random.default_rng(seed)
    w, u, x = rng.integers(-3, 4, (n2, n1)), rng.integers(-3, 4, n2), rng.integers(-3, 4, n1)
    x[0], u[0], w[0, 0] = 2, 3, 1
    return w, u, x


def srht_images(w, x, k1, k2):
    """k1·k2·A2·W·A1·x for every pair of embeddings, shape (pairs of both, n2)."""
    inner = projections(w.shape[1], k1) @ x @ w.T
    return np.einsum("pab,qb->pqa", projections(w.shape[0], k2), inner)


@pytest.mark.parametrize(
    ("n", "k"),
    [(1, 1), (2, 1), (2, 2), *((4, k) for k in range(1, 5)), *((8, k) for k in (1, 2, 3, 5, 8))],
)
def test_one_sided_srht(n, k):
    for n2, seed in ((3, 0), (n, 1)):
        w, _, x = operands(n2, n, seed)
        error = projections(n, k) @ x @ w.T - k * w @ x
        exact = Fraction(int((error**2).sum()), len(error) * k**2)
        assert one_sided_error(w, x, k) == pytest.approx(float(exact), rel=1e-13, abs=1e-13)


@pytest.mark.parametrize(("n2", "n1"), [(4, 4), (4, 2), (2, 4), (1, 4), (4, 1)])
def test_two_sided_and_bilinear_srht(n2, n1):
    for k1, k2 in product(range(1, n1 + 1), range(1, n2 + 1)):
        w, u, x = operands(n2, n1, seed=k1)
        images, scale = srht_images(w, x, k1, k2), k1 * k2
        errors = images - scale * (w @ x)
        exact = Fraction(int((errors**2).sum()), scale**2 * images.shape[0] * images.shape[1])
        assert two_sided_error(w, x, k1, k2) == pytest.approx(float(exact), rel=1e-13, abs=1e-13)
        values = images @ u
        assert mean(values, scale) == u @ w @ x
        exact = mean(values**2, scale**2) - Fraction(int(u @ w @ x)) ** 2
        assert bilinear_variance(w, u, x, k1, k2) == pytest.approx(
            float(exact), rel=1e-13, abs=1e-13
        )


def gaussian_second_moment(n, k):
    """E[A_ab A_cd] for A = JᵀJ, by Isserlis: over s, t and the pairings of J_sa J_sb J_tc J_td."""
    moment = np.full((n, n, n, n), Fraction(0))
    for a, b, c, d in product(range(n), repeat=4):
        for s, t in product(range(k), repeat=2):
            four = [(s, a), (s, b), (t, c), (t, d)]
            for i in (1, 2, 3):
                j, l = (m for m in (1, 2, 3) if m != i)
                if four[0] == four[i] and four[j] == four[l]:
                    moment[a, b, c, d] += Fraction(1, k**2)
    return moment


@pytest.mark.parametrize(
    ("n2", "n1", "k1", "k2"), [(3, 3, 2, 1), (2, 3, 1, 2), (3, 2, 2, 3), (1, 3, 3, 1)]
)
def test_gaussian(n2, n1, k1, k2):
    w, u, x = (a.astype(object) for a in operands(n2, n1))
    wx, first = w @ x, gaussian_second_moment(n1, k1)
    second = gaussian_second_moment(n2, k2)
    inner = np.einsum("abcd,b,d->ac", first, x, x)
    outer = np.einsum("ia,ac,jc->ij", w, inner, w)
    one = np.trace(outer) - wx @ wx
    two = np.einsum("abac,bc->", second, outer) - wx @ wx
    form = np.einsum("abcd,a,c,bd->", second, u, u, outer) - (u @ wx) ** 2
    w, u, x = (a.astype(float) for a in (w, u, x))
    assert one_sided_error(w, x, k1, "gaussian") == pytest.approx(float(one), rel=1e-13)
    assert two_sided_error(w, x, k1, k2, "gaussian") == pytest.approx(float(two), rel=1e-13)
    assert bilinear_variance(w, u, x, k1, k2, "gaussian") == pytest.approx(float(form), rel=1e-13)


def test_closed_forms():
    n, k1, k2 = 64, 5, 7
    x = np.random.default_rng(0).standard_normal(n)
    x /= np.linalg.norm(x)
    assert one_sided_error(np.eye(n), x, k1) == pytest.approx(n / k1 - 1)
    assert two_sided_error(np.eye(n), x, k1, k2) == pytest.approx(n**2 / (k1 * k2) - 1)
    assert one_sided_error(np.eye(n), x, k1, "gaussian") == pytest.approx((n + 1) / k1)
    for function in (two_sided_error, lambda w, x, *k: bilinear_variance(w, x, x, *k)):
        assert function(np.eye(n), x, n, n) == pytest.approx(0, abs=1e-12)


def variants(w, x, k1, k2):
    """Name to (true, false) formula for the errors: each false one must miss the enumeration."""
    n2, n1 = w.shape
    s = Fraction(n1 - k1, k1 * (n1 - 1))
    w2, x2, wx2 = int((w**2).sum()), int(x @ x), int(((w @ x) ** 2).sum())
    diagonal = int((w**2 @ x**2).sum())
    v = s * (w2 * x2 + wx2 - 2 * diagonal)
    c = Fraction(n2, k2)
    return {
        "one sided": (v, False),
        "one sided without the diagonal": (s * (w2 * x2 + wx2), True),
        "one sided, variance 1/k": (Fraction(1, k1) * (w2 * x2 + wx2 - 2 * diagonal), True),
        "two sided": ((c - 1) * wx2 + c * v, False),
        "two sided without the factor n2/k2": ((c - 1) * wx2 + v, True),
    }


@pytest.mark.parametrize("name", variants(*(operands(4, 4)[i] for i in (0, 2)), 2, 2))
def test_false_variants_disagree_with_the_enumeration(name):
    w, _, x = operands(4, 4)
    if name.startswith("one"):
        error = projections(4, 2) @ x @ w.T - 2 * w @ x
        exact = Fraction(int((error**2).sum()), len(error) * 4)
    else:
        errors = srht_images(w, x, 2, 2) - 4 * (w @ x)
        exact = Fraction(int((errors**2).sum()), 16 * errors.shape[0] * errors.shape[1])
    value, is_false = variants(w, x, 2, 2)[name]
    assert (value != exact) == is_false


@pytest.mark.parametrize("fault", ["diagonal", "variance"])
def test_false_covariances_disagree_in_the_bilinear_form(fault):
    w, u, x = operands(4, 4)
    k = 2

    def second_moment(x, fault):
        n, outer = len(x), np.multiply.outer(x, x)
        s = 1 / k if fault == "variance" else (n - k) / (k * (n - 1))
        diagonal = 0 if fault == "diagonal" else np.diag(x**2)
        return (1 + s) * outer + s * (x @ x * np.eye(n) - 2 * diagonal)

    def variance(fault):
        return (
            np.trace(second_moment(u, fault) @ w @ second_moment(x, fault) @ w.T) - (u @ w @ x) ** 2
        )

    exact = bilinear_variance(w, u, x, k, k)
    assert variance(None) == pytest.approx(exact, rel=1e-12)
    assert abs(variance(fault) - exact) > 0.01 * exact


@pytest.mark.parametrize("n", [2, 4, 8, 16, 32, 256, 512, 4096])
def test_the_srht_at_any_size(n):
    """An entry a != b of k·JᵀJ is ±(2H - k), with H hypergeometric: H kept rows of the n/2 where
    the two columns agree. Its variance is that of SciPy's law, at any size."""
    rng = np.random.default_rng(n)
    for k in {1, 2, n // 2, n - 1, n} - {0}:
        kept = np.arange(k + 1)
        s2 = (2 * kept - k) ** 2 @ scipy.stats.hypergeom.pmf(kept, n, n // 2, k) / k**2
        x = np.zeros(n)
        x[rng.integers(n)] = 1
        w = rng.standard_normal((2, n))
        others = (w**2).sum() - ((w @ x) ** 2).sum()
        assert one_sided_error(w, x, k) == pytest.approx(s2 * others, rel=1e-9, abs=1e-9)
        # The other side has two outputs: E A2² = (2/k2)·I.
        wx2 = ((w @ x) ** 2).sum()
        assert two_sided_error(w, x, k, 1) == pytest.approx(wx2 + 2 * s2 * others, rel=1e-9)
