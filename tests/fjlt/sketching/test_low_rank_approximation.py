"""Low-rank approximation from a sketch, against the eigenvalue identity and exact examples."""

import numpy as np
import pytest

from fjlt import count_sketch, low_rank, srht, to_dense


def data(n, d, rank, seed=0, dtype=float):
    rng = np.random.default_rng(seed)
    turn = 1j if np.dtype(dtype).kind == "c" else 0
    a, b = (rng.standard_normal(s) + turn * rng.standard_normal(s) for s in ((n, rank), (rank, d)))
    return (a @ b).astype(dtype)


@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize(
    ("n", "d", "rank", "l", "k"),
    [(16, 10, 10, 6, 3), (16, 30, 16, 4, 4), (8, 5, 2, 4, 3), (16, 9, 9, 2, 5)],
)
def test_error_is_what_the_projected_spectrum_leaves(n, d, rank, l, k, dtype):
    """‖X‖² minus the k largest eigenvalues of X X̃ᴴ(X̃X̃ᴴ)⁺X̃Xᴴ, X̃ = JX, by normal equations."""
    x = data(n, d, rank, dtype=dtype)
    j = srht(l, n, rng=1)
    left, right, error = low_rank(x, j, k)
    y = to_dense(j) @ x
    signal = (
        x
        @ y.conj().T
        @ np.linalg.pinv(y @ y.conj().T, rcond=1e-10, hermitian=True)
        @ y
        @ x.conj().T
    )
    values = np.linalg.eigvalsh(signal)[::-1]
    assert error == pytest.approx(np.linalg.norm(x) ** 2 - values[:k].sum(), rel=1e-8, abs=1e-8)
    assert error == pytest.approx(np.linalg.norm(x - left @ right) ** 2, rel=1e-12, abs=1e-20)
    assert left.shape == (n, min(k, l, rank))
    assert right.shape == (min(k, l, rank), d)
    np.testing.assert_allclose(right @ right.conj().T, np.eye(len(right)), atol=1e-12)
    outside = right - right @ np.linalg.pinv(y, rcond=1e-10) @ y
    np.testing.assert_allclose(outside, 0, atol=1e-8)


def test_no_sketch_is_the_truncated_singular_value_decomposition():
    x = data(7, 12, 7)
    s = np.linalg.svd(x, compute_uv=False)
    for k in range(1, 8):
        assert low_rank(x, np.eye(7), k).error == pytest.approx(
            np.sum(s[k:] ** 2), abs=1e-12 * s[0] ** 2
        )


def test_random_competitors_are_no_better():
    x, rng = data(16, 10, 10), np.random.default_rng(2)
    j = srht(6, 16, rng=3)
    best = low_rank(x, j, 2)
    for scale in (1e-3, 1):
        for _ in range(50):
            right = rng.standard_normal((2, 6)) @ (j @ x) if scale == 1 else best.right
            left = x @ np.linalg.pinv(right) + scale * rng.standard_normal((16, 2))
            assert np.linalg.norm(x - left @ right) ** 2 >= best.error


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ([1, 1, 1, 1], 48 / 37),
        ([1, 1, -1, -1], 16 / 5),
        ([1, -1, 1, -1], 16 / 5),
        ([1, -1, -1, 1], 16 / 5),
    ],
)
def test_exact_example(row, error):
    assert low_rank([[0, 1], [2, 0], [2, 0], [2, 0]], [row], 1).error == pytest.approx(
        error, rel=1e-13
    )


def test_rank_deficient_sketches_lose_nothing_and_invent_nothing():
    x = data(16, 10, 3)
    repeated = np.vstack([np.eye(16)[:2]] * 4)
    assert low_rank(x, repeated, 5).left.shape == (16, 2)
    assert low_rank(x, srht(8, 16, rng=0), 8).left.shape == (16, 3)
    assert low_rank(x, srht(8, 16, rng=0), 8).error < 1e-24 * np.linalg.norm(x) ** 2
    assert low_rank(x, 1e-150 * np.eye(16), 3).error < 1e-24 * np.linalg.norm(x) ** 2


def test_zero():
    for x, j in ((np.zeros((4, 3)), np.eye(4)), (np.ones((4, 3)), np.zeros((2, 4)))):
        left, right, error = low_rank(x, j, 2)
        assert (left.shape, right.shape) == ((4, 0), (0, 3))
        assert error == np.sum(x)


def test_sketches_in_every_form_and_dtype():
    x, j = data(9, 5, 5), count_sketch(4, 9, rng=0)
    expected = low_rank(x, j, 2).error
    for form in (j.matrix, to_dense(j), 7 * to_dense(j)):
        assert low_rank(x, form, 2).error == pytest.approx(expected, rel=1e-12)
    single = low_rank(x.astype(np.float32), to_dense(j).astype(np.float32), 2)
    assert single.left.dtype == single.right.dtype == np.float32
    assert single.error == pytest.approx(expected, rel=1e-4)
