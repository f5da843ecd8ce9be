"""Least squares by a sketch against NumPy's, and against LSQR without one."""

import numpy as np
import pytest
import torch
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator, lsqr

import fjlt
from fjlt import lstsq


def problem(m, n, condition, dtype=float, seed=0, noise=0.1):
    """A of shape (m, n) with singular values from 1 down to 1/condition, and b near its range."""
    rng = np.random.default_rng(seed)
    turn = 1j if dtype is complex else 0
    u, v = (
        np.linalg.qr(rng.standard_normal((a, n)) + turn * rng.standard_normal((a, n)))[0]
        for a in (m, n)
    )
    a = (u * np.geomspace(1, 1 / condition, n)) @ v.conj().T
    b = a @ rng.standard_normal(n)
    r = rng.standard_normal(m)
    return a, b + noise * np.linalg.norm(b) / np.linalg.norm(r) * r


@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("condition", [1, 1e3, 1e7])
def test_solution_is_that_of_numpy(condition, dtype):
    a, b = problem(1000, 20, condition, dtype)
    found, (x, *_) = lstsq(a, b, rng=0), np.linalg.lstsq(a, b)
    eps = np.finfo(float).eps
    # What rounding of A by eps does to the solution, with a residual a tenth of b.
    assert np.linalg.norm(found.x - x) <= 100 * condition**2 * eps * np.linalg.norm(x)
    assert found.residual == pytest.approx(np.linalg.norm(b - a @ x), rel=1e-9)
    assert (found.rank, found.rows, found.x.dtype) == (20, 80, x.dtype)


def test_iterations_do_not_grow_with_the_condition_number():
    counts, plain = [], []
    for condition in (1e1, 1e3, 1e6):
        a, b = problem(1000, 20, condition)
        counts.append(lstsq(a, b, rng=0, rtol=1e-12).iterations)
        plain.append(lsqr(a, b, 0, 1e-12, 1e-12, 0, 2000)[2])
    assert max(counts) < 60
    assert plain[2] > 5 * max(counts)
    assert plain[0] < plain[1] < plain[2]


@pytest.mark.parametrize("condition", [1e4, 1e8, 1e12])
@pytest.mark.parametrize("noise", [0, 1e-6, 0.1])
def test_the_result_is_as_good_as_that_of_numpy(condition, noise):
    """By what is zero at a solution, Aᴴ(b - Ax)."""
    a, b = problem(1000, 20, condition, noise=noise)
    ours, theirs = (
        np.linalg.norm(a.T @ (b - a @ x)) for x in (lstsq(a, b, rng=0).x, np.linalg.lstsq(a, b)[0])
    )
    assert ours <= 10 * theirs


def test_several_right_hand_sides_are_solved_one_by_one():
    a, b = problem(200, 5, 100)
    both = lstsq(a, np.stack([b, 3 - b], axis=1), rng=0)
    for i, column in enumerate((b, 3 - b)):
        single = lstsq(a, column, rng=0)
        np.testing.assert_allclose(both.x[:, i], single.x, rtol=1e-11)
        assert both.residual[i] == pytest.approx(single.residual)


def test_every_form_of_the_matrix():
    rng = np.random.default_rng(0)
    a = np.zeros((400, 6))
    a[np.arange(400), rng.integers(6, size=400)] = rng.standard_normal(400)
    b = rng.standard_normal(400)
    x = np.linalg.lstsq(a, b)[0]
    csr = sparse.csr_array(a)
    sketch = 7 * fjlt.sparse_jl(24, 400, rng=0)
    for form in (a, csr, aslinearoperator(a), fjlt.MatrixOperator(csr), torch.from_numpy(a)):
        np.testing.assert_allclose(lstsq(form, b, rng=0).x, x, rtol=1e-11)
    for form in (a, csr, aslinearoperator(a)):
        for j in (sketch, fjlt.sparse_jl(24, 400, rng=0), sketch.to_dense()):
            found = lstsq(form, b, sketch=j)
            np.testing.assert_allclose(found.x, x, rtol=1e-11)
            assert found.rows == 24
    found = lstsq(a, torch.from_numpy(b), rng=0)
    assert isinstance(found.x, torch.Tensor)


@pytest.mark.parametrize("k", [None, 8])
def test_a_matrix_without_full_rank_has_the_solution_of_least_norm(k):
    a, b = problem(300, 4, 10)
    doubled = np.concatenate([a, a, np.zeros((300, 1))], axis=1)
    found = lstsq(doubled, b, rng=0, k=None if k is None else 2 * k)
    assert found.rank == 4
    np.testing.assert_allclose(found.x, np.linalg.lstsq(doubled, b)[0], rtol=1e-9, atol=1e-12)


def test_few_rows_need_no_sketch():
    a, b = problem(30, 10, 1e4)
    found = lstsq(a, b)
    assert found.rows == 30
    assert found.iterations <= 4
    np.testing.assert_allclose(found.x, np.linalg.lstsq(a, b)[0], rtol=1e-6)


def test_the_scale_of_the_data_does_not_matter():
    a, b = problem(300, 4, 10)
    x = lstsq(a, b, rng=0).x
    for exponent in (-900, 300, 900):
        np.testing.assert_allclose(lstsq(a, np.ldexp(b, exponent), rng=0).x, np.ldexp(x, exponent))
    np.testing.assert_allclose(lstsq(np.ldexp(a, 700), b, rng=0).x, np.ldexp(x, -700), rtol=1e-9)
    with pytest.raises(OverflowError, match="scale the data first"):
        lstsq(a * 1e-10, np.ldexp(b, 1010), rng=0)


def test_zero_is_solved_by_zero():
    assert lstsq(np.zeros((50, 3)), np.ones(50), rng=0)[2:4] == (0, 0)
    np.testing.assert_array_equal(lstsq(np.zeros((50, 3)), np.ones(50), rng=0).x, 0)
    np.testing.assert_array_equal(lstsq(problem(50, 3, 1)[0], np.zeros(50), rng=0).x, 0)


def test_float32_stays():
    a, b = problem(500, 8, 10)
    found = lstsq(a.astype(np.float32), b.astype(np.float32), rng=0)
    assert found.x.dtype == np.float32
    np.testing.assert_allclose(found.x, np.linalg.lstsq(a, b)[0], rtol=1e-3)


def test_a_sketch_that_loses_a_direction_is_found_out():
    a = np.eye(100)[:, :2]
    with pytest.raises(
        RuntimeError, match="JA has rank 1 and has lost a direction of A that b nee"
    ):
        lstsq(a, np.ones(100), sketch=np.eye(100)[[0, 5, 6]])
    # Without this direction in b the solution is right all the same.
    np.testing.assert_allclose(lstsq(a, np.eye(100)[0], sketch=np.eye(100)[[0, 5, 6]]).x, [1, 0])


def test_a_sketch_of_bad_condition_does_not_converge():
    a, b = problem(600, 150, 10)
    bad = np.diag(np.geomspace(1, 1e-12, 600))
    with pytest.raises(RuntimeError, match="did not converge to rtol"):
        lstsq(a, b, sketch=bad)


def test_a_failed_draw_is_followed_by_a_larger_one(monkeypatch):
    """The first SRHT is one that sees no second coordinate."""
    from fjlt.sketching import least_squares as module

    drawn = []

    def draw(k, n, rng, dtype):
        drawn.append(k)
        return (
            fjlt.MatrixOperator(np.eye(100)[[0, *range(2, k + 1)]])
            if len(drawn) <= fail
            else fjlt.srht(k, n, rng)
        )

    monkeypatch.setattr(module, "srht", draw)
    a, b, fail = np.eye(100)[:, :2], np.ones(100), 1
    found = lstsq(a, b, rng=0)
    assert drawn == [8, 16]
    assert found.rows == 16
    np.testing.assert_allclose(found.x, [1, 1])
    fail = 9
    with pytest.raises(RuntimeError, match=r"3 sketches, the last of 32 rows: .* pass a larger k"):
        lstsq(a, b, rng=0)


def test_a_larger_tolerance_takes_fewer_iterations_and_gives_fewer_digits():
    a, b = problem(2000, 50, 1e3)
    x = np.linalg.lstsq(a, b)[0]
    rough, fine = (lstsq(a, b, rng=0, rtol=rtol) for rtol in (1e-3, 1e-12))
    assert rough.iterations < fine.iterations / 2
    assert np.linalg.norm(rough.x - x) > 1e3 * np.linalg.norm(fine.x - x)
