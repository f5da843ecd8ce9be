"""Laws of the random operators, at n = 8 and at n = 1024.

Every test compares draws, under fixed seeds, with an exact law. ``ALPHA`` is the false alarm of one
family of comparisons, by a union bound over the family; the families of this module are fewer than
200, so that some test alarms falsely with probability below 2e-7. Sums of N independent signs stay
below t = sqrt(2N·ln(2m/ALPHA)) for all m members of a family (Hoeffding); a mean that is off by
2t/N is found with probability 1 - ALPHA. Counts are tested by exact binomial limits, and continuous
laws by the inequality of Dvoretzky, Kiefer, Wolfowitz and Massart, which finds any law at distance
2·sqrt(ln(2/ALPHA)/(2N)) as surely. Each kind of test also sees a planted operator of a wrong law.
"""

from itertools import combinations

import numpy as np
import pytest
import scipy.linalg
import scipy.stats

import fjlt

ALPHA = 1e-9
SIZES = [8, 1024]


def bound(terms, family):
    """What the sum of so many independent signs exceeds with probability ALPHA/family at most."""
    return np.sqrt(2 * terms * np.log(2 * family / ALPHA))


def departs(sample, law):
    """Whether a sample departs from a continuous law."""
    x = np.sort(np.ravel(sample))
    distance = np.max(np.abs(law(x) - np.arange(len(x)) / len(x)))
    return distance > np.sqrt(np.log(2 / ALPHA) / (2 * len(x))) + 1 / len(x)


def outside(counts, draws, p):
    """Whether one of several binomial counts is outside its limits."""
    low, high = scipy.stats.binom.ppf(
        [ALPHA / 2 / np.size(counts), 1 - ALPHA / 2 / np.size(counts)], draws, p
    )
    return bool(np.any(np.less(counts, low) | np.greater(counts, high)))


def pair_sums(together):
    """Sums of a symmetric matrix over the disjoint pairs (i, i ^ c), for c = 1, …, n - 1."""
    i = np.arange(len(together))
    return np.array([together[i, i ^ c].sum() / 2 for c in i[1:]])


def sign_flaws(signs):
    """What shows that the rows of a matrix are not independent vectors of n independent fair signs.

    Tested are: each place over the draws; all Walsh characters of a vector (its balance on n - 1
    halves and as a whole); and products of two signs, over the disjoint pairs (i, i ^ c) for every
    c, and over disjoint pairs at every distance up to n/2. A period or blocks of equal signs make
    one of the products constant. Draws in succession are compared in the same way.
    """
    draws, n = signs.shape
    h, flaws, places = scipy.linalg.hadamard(n), [], np.arange(n)
    if np.any(np.abs(signs) != 1):
        return ["not signs"]
    if np.abs(signs.sum(axis=0)).max() > bound(draws, n):
        flaws.append("place")
    if np.abs((signs @ h).sum(axis=0)).max() > bound(draws * n, n):
        flaws.append("character")
    together = signs.T @ signs
    pairs = np.abs(pair_sums(together)) > bound(draws * n / 2, n)
    flaws += [f"pairs {c}" for c in np.flatnonzero(pairs) + 1]
    for c in range(1, n // 2 + 1):
        i = places[(places // c % 2 == 0) & (places + c < n)]
        if abs(together[i, i + c].sum()) > bound(draws * i.size, n):
            flaws.append(f"distance {c}")
    if abs((signs[:-1:2] * signs[1::2]).sum()) > bound(draws // 2 * n, 1):
        flaws.append("successive draws")
    return flaws


def row_flaws(rows, n):
    """What shows that the rows of a matrix of indices are not independent uniform k-subsets of n.

    Tested are: inclusion of each row, Binomial(draws, k/n); all n - 1 Walsh characters of the kept
    rows, so that no dyadic half is preferred (Hoeffding's bound holds without replacement); and
    pairs of kept rows i, i ^ c for every c. These n/2 disjoint pairs are negatively associated,
    so that Chernoff's bound holds for their number, of mean m = draws·k(k-1)/(2(n-1)).
    """
    draws, k = rows.shape
    flaws = []
    if any(len(set(kept)) < k for kept in rows.tolist()):
        flaws.append("repeated")
    counts = np.bincount(rows.ravel(), minlength=n)
    if outside(counts, draws, k / n):
        flaws.append("inclusion")
    if np.abs((scipy.linalg.hadamard(n) @ counts)[1:]).max() > bound(draws * k, n):
        flaws.append("character")
    a, b = np.triu_indices(k, 1)
    pairs = np.bincount((rows[:, a] ^ rows[:, b]).ravel(), minlength=n)[1:]
    mean, least = draws * k * (k - 1) / 2 / (n - 1), np.log(2 * n / ALPHA)
    # Chernoff: exp(-m((1 + d)·ln(1 + d) - d)) above, exp(-m·d²/2) below.
    d = pairs / mean - 1 if mean else np.zeros(1)
    rate = np.where(d > 0, (1 + d) * np.log1p(np.maximum(d, -0.99)) - d, d**2 / 2)
    if (mean * rate).max() > least:
        flaws.append("pairs")
    return flaws


def first_signs(factor):
    """The signs that layer 0 of a signed Hadamard butterfly has absorbed."""
    w = factor.weights[0]
    return np.sign(w[:, 0]) * np.where(np.arange(len(w)) % 2, -1, 1)


def draws_of(n):
    return 8000 if n == 8 else 600


@pytest.mark.parametrize("n", SIZES)
def test_rows_and_signs_of_the_srht(n):
    """At n = 1024, k = 64, 600 draws: a dyadic half preferred by 7 %, or pairs by 50 %, are found,
    and a correlation of 1.9 % between signs."""
    k, rng = max(2, n // 16), np.random.default_rng(1)
    js = [fjlt.srht(k, n, rng) for _ in range(draws_of(n))]
    assert row_flaws(np.array([j.rows for j in js]), n) == []
    assert sign_flaws(np.array([j.signs for j in js])) == []


@pytest.mark.parametrize("n", SIZES)
def test_wrong_rows_and_signs_are_seen(n):
    rng, draws, k = np.random.default_rng(2), draws_of(n), max(2, n // 16)
    half = np.array([rng.choice(n // 2, k, replace=False) for _ in range(draws)])
    assert {"inclusion", "character"} <= set(row_flaws(half, n))
    run = (rng.integers(n, size=(draws, 1)) + np.arange(k)) % n
    assert "pairs" in row_flaws(run, n)
    assert "repeated" in row_flaws(rng.integers(n, size=(draws, k)), n)
    fair = rng.choice([-1.0, 1.0], size=(draws, n))
    assert sign_flaws(fair) == []
    period = np.tile(fair[:, : n // 32 or n // 2], 32 if n >= 32 else 2)
    assert any(flaw.startswith("pairs") for flaw in sign_flaws(period))
    blocks = np.repeat(fair[:, ::2], 2, axis=1)
    assert "pairs 1" in sign_flaws(blocks)
    if n > 32:
        assert "pairs 32" in sign_flaws(np.tile(fair[:, :32], n // 32))
        odd = fair[:, np.arange(n) % 37]
        assert any(flaw.startswith("distance") for flaw in sign_flaws(odd))
    assert "place" in sign_flaws(np.tile(fair[:1], (draws, 1)))
    assert "successive draws" in sign_flaws(np.repeat(fair[::2], 2, axis=0))
    assert "character" in sign_flaws(np.where(rng.random((draws, n)) < 0.6, 1.0, -1.0))


@pytest.mark.parametrize("n", [8, 11, 256, 1000, 1024, 2048])
def test_the_srht_is_the_matrix_of_its_rows_and_signs(n):
    """Exact, at any size and by every way of the product: no stage is lost, no row is redrawn."""
    rng = np.random.default_rng(3)
    j = fjlt.srht(5, n, rng)
    size = j.signs.size
    matrix = (scipy.linalg.hadamard(size)[j.rows] * j.signs)[:, :n] / np.sqrt(5)
    x, g = rng.standard_normal((n, 9)), rng.standard_normal((5, 9))
    for order in "CF":
        for _ in range(2):
            np.testing.assert_allclose(j @ np.asarray(x, order=order), matrix @ x, atol=1e-10)
            np.testing.assert_allclose(j.H @ np.asarray(g, order=order), matrix.T @ g, atol=1e-10)
    np.testing.assert_allclose(j @ x[:, 0], matrix @ x[:, 0], atol=1e-10)
    np.testing.assert_allclose(
        fjlt.fwht(x[:8], ortho=False), scipy.linalg.hadamard(8) @ x[:8], atol=1e-10
    )


@pytest.mark.parametrize("n", [8, 256, 1024, 4096])
def test_products_are_those_of_the_layers_at_any_size(n):
    """Butterfly, adjoint, gradient and truncation against the layers, one after the other."""
    rng = np.random.default_rng(4)
    w = rng.standard_normal((n.bit_length() - 1, n, 2))
    x, g, i = rng.standard_normal((n, 3)), rng.standard_normal((n, 3)), np.arange(n)
    inputs = [x]
    for bit, (own, other) in enumerate(w.transpose(0, 2, 1)):
        inputs.append(own[:, None] * inputs[-1] + other[:, None] * inputs[-1][i ^ (1 << bit)])
    back, gradient = g, np.empty_like(w)
    for bit in reversed(range(len(w))):
        gradient[bit, :, 0] = (back * inputs[bit]).sum(axis=1)
        gradient[bit, :, 1] = (back * inputs[bit][i ^ (1 << bit)]).sum(axis=1)
        own, other = w[bit, :, :1], w[bit, :, 1:]
        back = own * back + (other * back)[i ^ (1 << bit)]
    b = fjlt.Butterfly(w)
    size = np.abs(inputs[-1]).max()
    rows = np.sort(rng.choice(n, 7, replace=False))
    for order in "CF":
        y = np.asarray(x, order=order)
        np.testing.assert_allclose(b @ y, inputs[-1], atol=1e-12 * size)
        np.testing.assert_allclose(
            fjlt.TruncatedButterfly(w, rows) @ y, inputs[-1][rows], atol=1e-12 * size
        )
        np.testing.assert_allclose(b.H @ np.asarray(g, order=order), back, atol=1e-12 * size)
    grad_x, grad_w = b.vjp(x, g)
    np.testing.assert_allclose(grad_x, back, atol=1e-12 * size)
    np.testing.assert_allclose(grad_w, gradient, atol=1e-11 * np.abs(gradient).max())


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("way", ["operators", "norms"])
def test_norms_of_two_coordinates_are_hypergeometric(n, way):
    """For x = e_a + e_b, k·‖Jx‖²/4 counts the kept rows among the n/2 where both terms agree.

    Any wrong probability by 0.08 (operators) or 0.03 (norms) of an initial segment is found.
    """
    k, rng = max(2, n // 32), np.random.default_rng(5)
    draws = 4000 if way == "operators" else 40_000
    for a, b in ((0, 1), (0, n // 2), (n - 1, 0)):
        x = np.zeros(n)
        x[[a, b]] = 1
        norms = (
            [np.sum((fjlt.srht(k, n, rng) @ x) ** 2) for _ in range(draws)]
            if way == "operators"
            else fjlt.srht_squared_norms(x, k, draws, rng)
        )
        kept = np.rint(np.array(norms) * k / 4).astype(int)
        share = np.bincount(kept, minlength=k + 1).cumsum() / draws
        law = scipy.stats.hypergeom.cdf(np.arange(k + 1), n, n // 2, k)
        assert np.abs(share - law).max() < np.sqrt(np.log(2 / ALPHA) / (2 * draws))


def gaussian_flaws(matrices, k):
    """What shows that (draws, k, n) entries are not independent N(0, 1/k)."""
    n, flaws = matrices.shape[2], []
    if departs(matrices, lambda x: scipy.stats.norm.cdf(x, scale=k**-0.5)):
        flaws.append("entries")
    # Squared norms of rows and columns are χ² variables.
    for axis, freedom, name in ((2, n, "rows"), (1, k, "columns")):
        norms = k * (matrices**2).sum(axis=axis)
        if departs(norms, lambda x, freedom=freedom: scipy.stats.chi2.cdf(x, freedom)):
            flaws.append(f"norms of {name}")
    # One row in the direction of another is a normal variable, and so is a column.
    a, b = matrices[:, 0::2], matrices[:, 1::2]
    angles = [("rows", (a * b).sum(axis=2) / np.linalg.norm(a, axis=2))]
    for i, j in ((0, 1), (0, n // 2), (n - 2, n - 1), (1, 5)):
        a, b = matrices[:, :, i], matrices[:, :, j]
        angles.append((f"columns {i}, {j}", (a * b).sum(axis=1) / np.linalg.norm(a, axis=1)))
    # So is a draw in the direction of the one before it.
    a, b = matrices[:-1:2], matrices[1::2]
    angles.append(("draws", (a * b).sum(axis=(1, 2)) / np.linalg.norm(a, axis=(1, 2))))
    for name, sample in angles:
        if departs(sample, lambda x: scipy.stats.norm.cdf(x, scale=k**-0.5)):
            flaws.append(f"angles of {name}")
    return flaws


@pytest.mark.parametrize(("k", "n", "draws"), [(4, 8, 4000), (8, 1024, 400)])
def test_gaussian_entries_are_independent_normal(k, n, draws):
    """A law of entries wrong by 0.013, one of norms or angles of rows by 0.12, is found."""
    rng = np.random.default_rng(6)
    matrices = np.array([fjlt.gaussian(k, n, rng).matrix for _ in range(draws)])
    assert gaussian_flaws(matrices, k) == []


@pytest.mark.parametrize(("k", "n", "draws"), [(4, 8, 4000), (8, 1024, 400)])
def test_other_matrices_are_not_taken_for_gaussian(k, n, draws):
    rng = np.random.default_rng(7)
    normal = rng.normal(scale=k**-0.5, size=(draws, k, n))
    # Haar: orthonormal rows, uniformly distributed, scaled so that E JᵀJ = I.
    haar = np.linalg.qr(np.swapaxes(normal, 1, 2))[0].swapaxes(1, 2) * np.sqrt(n / k)
    assert {"norms of rows", "angles of rows"} <= set(gaussian_flaws(haar, k))
    periodic = np.concatenate([normal[:, :, : n // 2]] * 2, axis=2)
    assert f"angles of columns 0, {n // 2}" in gaussian_flaws(periodic, k)
    signs = np.sign(normal) * k**-0.5
    assert "entries" in gaussian_flaws(signs, k)
    assert "angles of draws" in gaussian_flaws(np.repeat(normal[::2], 2, axis=0), k)


def sketch_flaws(buckets, k):
    """What shows that a matrix of row numbers is not of independent uniform numbers below k."""
    draws, n = buckets.shape
    flaws = []
    if outside(np.array([(buckets == b).sum() for b in range(k)]), draws * n, 1 / k):
        flaws.append("buckets")
    if outside(np.array([(buckets == b).sum(axis=0) for b in range(k)]), draws, 1 / k):
        flaws.append("place")
    # Two columns meet with probability 1/k: disjoint pairs are independent.
    together = sum((buckets == b).T.astype(float) @ (buckets == b) for b in range(k))
    if outside(pair_sums(together), draws * n // 2, 1 / k):
        flaws.append("pairs")
    if outside((buckets[:-1:2] == buckets[1::2]).sum(), draws // 2 * n, 1 / k):
        flaws.append("successive draws")
    return flaws


@pytest.mark.parametrize("n", SIZES)
def test_count_sketch_has_independent_rows_and_signs(n):
    k, rng, draws = 4, np.random.default_rng(8), draws_of(n) // 4
    buckets, signs = np.empty((draws, n), dtype=int), np.empty((draws, n))
    for t in range(draws):
        a = fjlt.count_sketch(k, n, rng).matrix.tocsc()
        assert a.nnz == n
        buckets[t], signs[t] = a.indices, a.data
    assert sketch_flaws(buckets, k) == []
    assert sign_flaws(signs) == []
    # Given its row, an entry has either sign.
    assert np.abs([(signs * (buckets == b)).sum() for b in range(k)]).max() < bound(signs.size, k)
    wrong = np.repeat(buckets[:, ::2], 2, axis=1)
    assert "pairs" in sketch_flaws(wrong, k)
    assert "place" in sketch_flaws(np.tile(buckets[:1], (draws, 1)), k)


@pytest.mark.parametrize("n", SIZES)
def test_sparse_projection_has_independent_entries(n):
    """P of Ailon and Chazelle: independent places of density q, independent normal entries; and the
    signs of its Hadamard transform."""
    k, q, rng, draws = 4, 0.25, np.random.default_rng(9), draws_of(n) // 12
    js = [fjlt.ailon_chazelle(k, n, rng, density=q) for _ in range(draws)]
    p = np.array([j.factors[0].matrix.toarray() for j in js])
    kept = (p != 0).reshape(-1, n)
    assert not departs(p[p != 0], lambda x: scipy.stats.norm.cdf(x, scale=(q * k) ** -0.5))
    assert not outside(kept.sum(axis=0), draws * k, q)
    assert not outside(kept.reshape(draws, k, n).sum(axis=(0, 2)), draws * n, q)
    together = kept.T.astype(float) @ kept
    assert not outside(pair_sums(together), kept.size // 2, q**2)
    # The number of entries of a draw is binomial; randomised, its distribution function is uniform.
    counts = p.astype(bool).sum(axis=(1, 2))
    shares = scipy.stats.binom.cdf(counts, k * n, q) - scipy.stats.binom.pmf(
        counts, k * n, q
    ) * rng.random(draws)
    assert not departs(shares, lambda x: x)
    assert departs(np.full(draws, 0.5), lambda x: x)
    assert sign_flaws(np.array([first_signs(j.factors[1]) for j in js])) == []


@pytest.mark.parametrize("n", [16, 1024])
def test_every_round_of_ailon_liberty_has_independent_signs(n):
    rng, draws = np.random.default_rng(10), 200 if n > 16 else 2000
    js = [fjlt.ailon_liberty(3, n, rng) for _ in range(draws)]
    signs = [np.array([first_signs(j.factors[f]) for j in js]) for f in range(3)]
    for s in signs:
        assert sign_flaws(s) == []
    for a, b in combinations(signs, 2):
        assert abs((a * b).sum()) < bound(a.size, 3)


@pytest.mark.parametrize("n", SIZES)
def test_random_butterflies_have_independent_weights(n):
    rng, draws = np.random.default_rng(11), 800 if n == 8 else 12
    w = np.array([fjlt.Butterfly.random(n, rng).weights for _ in range(draws)])
    assert not departs(w, lambda x: scipy.stats.norm.cdf(x, scale=0.5**0.5))
    assert sign_flaws(np.sign(w).transpose(0, 1, 3, 2).reshape(-1, n)) == []
    # Between layers, and between the two weights of a node.
    s = np.sign(w)
    assert abs((s[:, 1:] * s[:, :-1]).sum()) < bound(s[:, 1:].size, 1) * 2
    assert abs((s[..., 0] * s[..., 1]).sum()) < bound(s[..., 0].size, 1)


@pytest.mark.parametrize("n", [8, 64, 1024])
def test_a_replacement_draws_both_sides_independently(n):
    rng, draws = np.random.default_rng(12), 2000 if n == 8 else 100
    k, w = 2, np.zeros((n, n))
    ws = [fjlt.DenseReplacement.from_dense(w, k, k, rng) for _ in range(draws)]
    left, right = (np.array([getattr(r, j).signs for r in ws]) for j in ("j1", "j2"))
    assert sign_flaws(left) == sign_flaws(right) == []
    assert abs((left * right).sum()) < bound(left.size, 1)
    rows = [np.array([getattr(r, j).rows for r in ws]) for j in ("j1", "j2")]
    assert row_flaws(rows[0], n) == row_flaws(rows[1], n) == []
    same = sum(np.intersect1d(a, b).size for a, b in zip(*rows, strict=True))
    # The number of common rows has mean k²/n a draw and is a sum of negatively associated terms.
    mean = draws * k * k / n
    assert same < mean + np.sqrt(2 * (mean + 30) * np.log(1 / ALPHA)) + 30
