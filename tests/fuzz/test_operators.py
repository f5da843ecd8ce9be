"""Operators of ``fjlt``: constructors, and products with every kind of array."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import scipy.fft
import scipy.linalg
from scipy.sparse.linalg import LinearOperator, aslinearoperator

import fjlt
from tests.fuzz.harness import Call, Promise, close, fuzz
from tests.fuzz.values import damaged, damaged_whole, dressed, integers, pick, power_of_two, whole

RETURNS, RAISES, EITHER = Promise


def layer_product(weights):
    """The matrix of a butterfly, multiplied out layer by layer."""
    p, n, _ = weights.shape
    matrix = np.eye(n)
    for i in range(p):
        layer = np.zeros((n, n))
        for j in range(n):
            layer[j, j] = weights[i, j, 0]
            layer[j, j ^ (1 << i)] = weights[i, j, 1]
        matrix = layer @ matrix
    return matrix


def embedding(power=True):
    """Calls of an embedding (k, n, seed)."""

    def draw(rng):
        n = power_of_two(rng, 6) if power else int(rng.integers(1, 70))
        k = int(rng.integers(1, n + 1))
        seed = int(rng.integers(2**40))

        def agrees(J):
            assert J.shape == (k, n)
            x = integers(rng, (n, 3))
            matrix = fjlt.to_dense(J)
            close(matrix @ x)(J @ x)
            close(matrix.T @ x[:k])(J.H @ x[:k] if k <= n else None)

        kind = rng.integers(3)
        if kind == 0:
            wrong = [(damaged_whole(rng, 1, n), n), (k, damaged_whole(rng))]
            return Call((*pick(rng, wrong), seed), RAISES)
        if kind == 1:
            bad = pick(rng, ["seed", -1, 0.5, {"seed": 1}, np.nan])
            return Call((k, n, bad), RAISES)
        return Call((whole(rng, k), whole(rng, n), seed), RETURNS, agrees)

    return draw


def rounds_or_refusal(rng):
    """Calls of ``ailon_liberty``, which refuses a k that is too large for n."""
    call = embedding()(rng)
    rows = {16: 2, 32: 2, 64: 3}.get(int(call.args[1]), 0) if call.promise is RETURNS else 0
    if call.promise is RETURNS and call.args[0] > rows:
        call.promise = EITHER
    return call


def draw_butterfly(rng):
    p = int(rng.integers(1, 5))
    weights = integers(rng, (p, 2**p, 2))
    if rng.integers(3) == 0:
        wrong = [damaged(rng, weights, real=False), weights[:, :-1], weights[..., :1], weights[1:]]
        return Call((pick(rng, wrong),), RAISES)

    def agrees(B):
        close(layer_product(weights))(B.to_dense())
        x = integers(rng, (2**p, 2))
        close(layer_product(weights) @ x)(B @ x)
        close(layer_product(weights).T @ x)(B.H @ x)

    return Call((dressed(rng, weights),), RETURNS, agrees)


def draw_truncated(rng):
    p = int(rng.integers(1, 5))
    n = 2**p
    weights = integers(rng, (p, n, 2))
    rows = rng.permutation(n)[: rng.integers(1, n + 1)]
    inputs = int(rng.integers(1, n + 1))
    if rng.integers(3) == 0:
        bad_rows = pick(
            rng,
            [[], [n], [-1], [0, 0], [0.0], ["0"], 3, "01", None, np.array([0.5]), [2**70]],
        )
        wrong = [
            (damaged(rng, weights, real=False), rows, inputs),
            (weights, bad_rows, inputs),
            (weights, rows, damaged_whole(rng, 1, n) or 0),
        ]
        return Call(pick(rng, wrong[: 2 + (wrong[2][2] is not None)]), RAISES)
    matrix = layer_product(weights)[rows, :inputs]

    def agrees(B):
        close(matrix)(B.to_dense())
        x = integers(rng, (inputs, 3))
        close(matrix @ x)(B @ x)
        g = integers(rng, (len(rows), 3))
        close(matrix.T @ g)(B.H @ g)

    as_written = pick(rng, [list, tuple, np.array, lambda r: r.astype(np.uint8), iter])(rows)
    return Call((dressed(rng, weights), as_written, whole(rng, inputs)), RETURNS, agrees)


def operators():
    """One operator of each kind, each with its matrix."""
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((3, 8, 2))
    made = [
        fjlt.Butterfly(weights),
        fjlt.Butterfly(weights.astype(np.float32)),
        fjlt.Butterfly(weights + 1j),
        fjlt.TruncatedButterfly(weights, [6, 1, 3], 7),
        fjlt.srht(3, 8, 0),
        fjlt.gaussian(3, 8, 0),
        fjlt.count_sketch(3, 8, 0),
        fjlt.sparse_jl(3, 8, 0),
        fjlt.ailon_chazelle(3, 8, 0),
        fjlt.ailon_liberty(1, 8, 0),
        fjlt.MatrixOperator(rng.standard_normal((3, 8))),
        fjlt.Product(rng.standard_normal((2, 8)), fjlt.Butterfly(weights)),
        fjlt.DenseReplacement.from_dense(rng.standard_normal((4, 8)), 2, 3, 0),
    ]
    made += [op.H for op in made]
    return [(op, np.stack([op @ e for e in np.eye(op.shape[1])], axis=1)) for op in made]


OPERATORS = operators()


def draw_product(rng):
    op, matrix = pick(rng, OPERATORS)
    n = op.shape[1]
    x = integers(rng, pick(rng, [(n,), (n, 1), (n, int(rng.integers(2, 40)))]))
    kind = rng.integers(4)
    if kind == 0:
        wrong = [damaged(rng, x, real=False), x[:-1], np.ones(n + 1), np.ones((n + 1, 2))]
        bad = pick(rng, wrong)
        # SciPy reads @ with a number, None or a text its own way
        return Call((op, bad), RAISES if isinstance(bad, np.ndarray) and bad.ndim else EITHER)
    if kind == 1:
        x = x * 10.0 ** pick(rng, [-300, -160, 160, 290])
        tolerance = 1e-4 if op.dtype == np.float32 else 1e-9
        return Call((op, x), RETURNS, close(matrix @ x, tolerance, np.abs(x).max()))
    tolerance = 1e-4 if op.dtype == np.float32 else 1e-9
    return Call((op, dressed(rng, x)), RETURNS, close(matrix @ x, tolerance, np.abs(x).max()))


def draw_as_operator(rng):
    A = integers(rng, tuple(rng.integers(1, 6, 2)))
    kind = rng.integers(4)
    if kind == 0:
        return Call((damaged(rng, A, real=False),), RAISES)
    if kind == 1:
        return Call((aslinearoperator(A),), RETURNS, lambda op: close(A)(fjlt.to_dense(op)))
    return Call((dressed(rng, A),), RETURNS, lambda op: close(A)(fjlt.to_dense(op)))


def draw_matrix(rng):
    call = draw_as_operator(rng)
    if isinstance(call.args[0], LinearOperator):
        call.promise = EITHER
    return call


def draw_to_dense(rng):
    call = draw_as_operator(rng)
    agrees = call.agrees
    call.agrees = lambda result: agrees(fjlt.as_operator(result))
    return call


def draw_factors(rng):
    sizes = rng.integers(1, 6, 4)
    factors = [integers(rng, (a, b)) for a, b in pairwise(sizes)]
    if rng.integers(2):
        matrix = factors[0] @ factors[1] @ factors[2]
        dress = tuple(dressed(rng, a) for a in factors)
        return Call(dress, RETURNS, lambda op: close(matrix)(fjlt.to_dense(op)))
    which = rng.integers(3)
    factors[which] = pick(rng, [damaged(rng, factors[which], real=False), np.ones((7, 8))])
    return Call(tuple(factors), RAISES)


def draw_replacement(rng):
    n1, n2, k1, k2 = (int(v) for v in rng.integers(1, 6, 4))
    j1, core, j2 = (integers(rng, s) for s in ((k1, n1), (k2, k1), (k2, n2)))
    if rng.integers(2):
        matrix = j2.T @ core @ j1
        dress = tuple(dressed(rng, a) for a in (j1, core, j2))
        return Call(dress, RETURNS, lambda op: close(matrix)(fjlt.to_dense(op)))
    args = [j1, core, j2]
    which = rng.integers(3)
    args[which] = pick(rng, [damaged(rng, args[which], real=False), np.ones((7, 8))])
    return Call(tuple(args), RAISES)


def draw_factorise(rng):
    p = int(rng.integers(1, 5))
    n = 2**p
    A = layer_product(integers(rng, (p, n, 2), low=-1, high=2)).clip(-100, 100)
    rows = None
    if rng.integers(2):
        inputs, rows = int(rng.integers(1, n + 1)), rng.permutation(n)[: rng.integers(1, n + 1)]
        A = A[rows, :inputs]
    options = {"order": pick(rng, ["balanced", "left", "right"]), "polish": int(rng.integers(3))}
    if rng.integers(3) == 0:
        wrong = [
            ((damaged(rng, A, real=False), rows), {}),
            ((np.ones((3, 5)), None), {}),
            ((A, [*range(len(A) - 1), len(A) - 2] if len(A) > 1 else [-1]), {}),
            ((A, [0.5] * len(A)), {}),
            ((A, range(2**70)), {}),
            ((A, rows), {"order": "middle"}),
            ((A, rows), {"polish": -1}),
        ]
        args, more = pick(rng, wrong)
        return Call(args, RAISES, options=options | more)

    def agrees(found):
        near = layer_product(found.operator.weights)
        near = near if rows is None else near[rows, : A.shape[1]]
        error = np.linalg.norm(near - A) / np.linalg.norm(A)
        assert abs(error - found.error) < 1e-5
        assert 0 <= found.floor <= found.error * (1 + 1e-5) + 1e-6
        assert found.error < 1 + 1e-6

    A[0, 0] = A[0, 0] or 1
    return Call((dressed(rng, A), rows), RETURNS, agrees, options=options)


def transform(reference, kinds=(None,)):
    """Calls of a transform (n, type, norm)."""

    def draw(rng):
        n, norm = 2 ** int(rng.integers(1, 6)), pick(rng, ["backward", "ortho", "forward"])
        kind = pick(rng, kinds)
        middle = () if kind is None else (kind,)
        if rng.integers(3) == 0:
            wrong = [(3, *middle, norm), (damaged_whole(rng), *middle, norm), (n, *middle, "no")]
            return Call(
                pick(rng, wrong + [(n, 1, norm), (n, 5, norm)] * (kind is not None)), RAISES
            )
        expected = reference(np.eye(n), *middle, axis=0, norm=norm)
        return Call(
            (whole(rng, n), *middle, norm), RETURNS, lambda J: close(expected)(J.to_dense())
        )

    return draw


def draw_circulant(rng):
    c = integers(rng, (int(rng.integers(1, 12)),))
    if rng.integers(3) == 0:
        return Call((damaged(rng, c, real=False),), RAISES)
    expected = scipy.linalg.circulant(c)
    return Call((dressed(rng, c),), RETURNS, lambda C: close(expected)(C.to_dense()))


def draw_toeplitz(rng):
    c, r = (integers(rng, (int(rng.integers(1, 12)),)) for _ in range(2))
    if rng.integers(3) == 0:
        return Call(pick(rng, [(damaged(rng, c, real=False), r), (c, np.ones((2, 2)))]), RAISES)
    expected = scipy.linalg.toeplitz(c, r)
    return Call(
        (dressed(rng, c), dressed(rng, r)), RETURNS, lambda T: close(expected)(T.to_dense())
    )


class Wrong(LinearOperator):
    """An operator whose adjoint is another matrix's."""

    def __init__(self, A, error):
        super().__init__(A.dtype, A.shape)
        self.A, self.error = A, error

    def _matvec(self, x):
        return self.A @ x

    def _matmat(self, X):
        return self.A @ X + (0 if X.shape[1] < 2 else self.error[0])

    def _rmatvec(self, x):
        return self.A.T @ x + self.error[1]

    def _rmatmat(self, X):
        return self.A.T @ X + self.error[1]


def draw_check(rng):
    A = integers(rng, tuple(rng.integers(1, 6, 2)))
    kind = rng.integers(4)
    if kind == 0:
        return Call((pick(rng, [None, "A", 3, damaged(rng, A)]), 0), RAISES)
    if kind == 1:
        error = pick(rng, [(0, 1e-3), (1e-3, 0), (0.5, 0.5)])
        return Call((Wrong(A, error), 0), RAISES)
    good = pick(rng, [Wrong(A, (0, 0)), aslinearoperator(A), pick(rng, OPERATORS)[0]])
    return Call((good, int(rng.integers(99))), RETURNS)


def multiply(op, x):
    """The product op @ x."""
    return op @ x


ENTRIES = {
    "srht": (fjlt.srht, embedding(power=False)),
    "gaussian": (fjlt.gaussian, embedding(power=False)),
    "count_sketch": (fjlt.count_sketch, embedding(power=False)),
    "sparse_jl": (fjlt.sparse_jl, embedding(power=False)),
    "ailon_chazelle": (fjlt.ailon_chazelle, embedding()),
    "ailon_liberty": (fjlt.ailon_liberty, rounds_or_refusal),
    "Butterfly": (fjlt.Butterfly, draw_butterfly),
    "TruncatedButterfly": (fjlt.TruncatedButterfly, draw_truncated),
    "op @ x": (multiply, draw_product),
    "as_operator": (fjlt.as_operator, draw_as_operator),
    "MatrixOperator": (fjlt.MatrixOperator, draw_matrix),
    "to_dense": (fjlt.to_dense, draw_to_dense),
    "Product": (fjlt.Product, draw_factors),
    "factorise": (fjlt.factorise, draw_factorise),
    "dft": (fjlt.dft, transform(scipy.fft.fft)),
    "idft": (fjlt.idft, transform(scipy.fft.ifft)),
    "dct": (fjlt.dct, transform(scipy.fft.dct, (2, 3, 4))),
    "dst": (fjlt.dst, transform(scipy.fft.dst, (2, 3, 4))),
    "circulant": (fjlt.circulant, draw_circulant),
    "toeplitz": (fjlt.toeplitz, draw_toeplitz),
    "DenseReplacement": (fjlt.DenseReplacement, draw_replacement),
    "check_operator": (fjlt.check_operator, draw_check),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_calls(name, calls, seed):
    errors = (ValueError, TypeError, AssertionError) if name == "check_operator" else None
    fuzz(name, *ENTRIES[name], calls, seed, **({"errors": errors} if errors else {}))
