"""Nothing is read behind a mask, and nothing is written that the caller has not given to write."""

import mmap

import numpy as np
import pytest

import fjlt
from fjlt import fwht

x = np.arange(4.0)
as_strided = np.lib.stride_tricks.as_strided

BAD_OUT = {
    "bytes": (lambda: np.frombuffer(bytes(32)), ValueError, "read-only"),
    "map": (
        lambda: np.frombuffer(mmap.mmap(-1, 32, prot=mmap.PROT_READ)),
        ValueError,
        "read-only",
    ),
    "weights": (lambda: fjlt.Butterfly.hadamard(4).weights[0, :, 0], ValueError, "read-only"),
    "byte order": (lambda: np.zeros(4, ">f8"), ValueError, "got shape .4,. and dtype >f8"),
    "precision": (lambda: np.zeros(4, "f4"), ValueError, "and dtype float32"),
    "shape": (lambda: np.zeros((4, 1)), ValueError, r"got shape \(4, 1\)"),
    "list": (lambda: [0.0] * 4, ValueError, "got list"),
    "mask": (lambda: np.ma.zeros(4), TypeError, "out is a masked array.* out.data"),
    "one number": (lambda: as_strided(np.zeros(1), (4,), (0,)), ValueError, "share memory"),
    "overlap": (lambda: as_strided(np.zeros(9), (4,), (4,)), ValueError, "share memory"),
}


@pytest.mark.parametrize("name", BAD_OUT)
def test_out_must_be_writable(name):
    make, error, text = BAD_OUT[name]
    out = make()
    before = np.array(out)
    with pytest.raises(error, match=text):
        fwht(x, out=out)
    np.testing.assert_array_equal(np.array(out), before)


def test_out_of_rows_that_share_memory_is_refused():
    with pytest.raises(ValueError, match="share memory"):
        fwht(np.ones((4, 4)), out=as_strided(np.zeros(7), (4, 4), (8, 8)))


@pytest.mark.parametrize(
    "make",
    [
        lambda: np.zeros((4, 6)),
        lambda: np.zeros((6, 4)).T,
        lambda: np.zeros((4, 12))[:, ::2],
        lambda: np.zeros((8, 12))[::-2, ::-2],
        lambda: np.zeros((4, 2, 6))[:, 1],
        lambda: np.zeros(4 * 6 * 8 + 1, np.uint8)[1:].view(float).reshape(4, 6),
    ],
)
def test_out_of_every_layout(make):
    data, out = np.random.default_rng(0).standard_normal((4, 6)), make()
    for axis, a in ((0, data), (1, data[:, :4])):
        target = out[:, : a.shape[1]]
        assert fwht(a, axis=axis, out=target) is target
        np.testing.assert_array_equal(np.asarray(target), fwht(a, axis=axis))


@pytest.mark.parametrize("shift", range(-3, 4))
def test_out_may_overlap_the_data(shift):
    memory = np.arange(16.0)
    expected = fwht(memory[4:12])
    fwht(memory[4:12], out=memory[4 + shift : 12 + shift])
    np.testing.assert_array_equal(memory[4 + shift : 12 + shift], expected)
    assert (memory[: 4 + shift] == np.arange(4 + shift)).all()


def test_an_empty_out():
    assert fwht(np.empty((4, 0)), out=np.empty((4, 0))).shape == (4, 0)


@pytest.mark.parametrize("kind", [">f4", ">f8", ">c8", ">c16", ">i4"])
def test_data_of_the_other_byte_order(kind):
    data = np.arange(8).astype(kind)
    native = data.astype(data.dtype.newbyteorder("="))
    np.testing.assert_array_equal(fwht(data), fwht(native))
    J = fjlt.srht(3, 8, rng=0)
    np.testing.assert_array_equal(J @ data, J @ native)
    B = fjlt.Butterfly.random(8, rng=0)
    for a, b in zip(B.vjp(data, data), B.vjp(native, native), strict=True):
        np.testing.assert_array_equal(a, b)


def test_data_at_odd_addresses():
    data = np.zeros(65, np.uint8)[1:].view(float)
    data[:] = np.arange(8)
    np.testing.assert_array_equal(fwht(data), fwht(np.arange(8)))
    J = fjlt.srht(3, 8, rng=0)
    np.testing.assert_array_equal(J @ data, J @ np.arange(8.0))


MASKED, ROWS = np.ma.masked_equal([1.0, 2, 3, 4], 3), np.ma.masked_equal([1.0, 2], 2)
COLUMNS = np.ma.masked_equal(np.eye(4), 1)
operators = {
    "srht": fjlt.srht(2, 4, rng=0),
    "matrix": fjlt.MatrixOperator(np.eye(2, 4)),
    "product": fjlt.Product(np.eye(2), np.eye(2, 4)),
    "replacement": fjlt.DenseReplacement(np.eye(2, 4), np.eye(2), np.eye(2)),
}
ENTRIES = {
    "J @ x": lambda J: J @ MASKED,
    "J @ X": lambda J: J @ COLUMNS,
    "J * x": lambda J: J * MASKED,
    "J(x)": lambda J: J(MASKED),
    "dot": lambda J: J.dot(MASKED),
    "matvec": lambda J: J.matvec(MASKED),
    "matmat": lambda J: J.matmat(COLUMNS),
    "J.H @ g": lambda J: J.H @ ROWS,
    "J.T @ g": lambda J: J.T @ ROWS,
    "rmatvec": lambda J: J.rmatvec(ROWS),
    "g @ J": lambda J: ROWS @ J,
    "x @ J.H": lambda J: MASKED @ J.H,
    "list": lambda J: J @ [*MASKED],
    "list of vectors": lambda J: J @ [ROWS] * 4,
    "tuple in a list": lambda J: J @ [(ROWS,)] * 4,
}


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("name", operators)
def test_nothing_is_read_behind_a_mask(name, entry):
    with pytest.raises(TypeError, match=r"masked array; fill .* with [xg](\[\d\])*\.filled"):
        ENTRIES[entry](operators[name])


def test_gradients_refuse_masks():
    B = fjlt.Butterfly.random(4, rng=0)
    for a, b in ((MASKED, x), (x, MASKED)):
        with pytest.raises(TypeError, match="filled"):
            B.vjp(a, b)
        with pytest.raises(TypeError, match="filled"):
            B.weights_gradient(a, b)


@pytest.mark.parametrize("name", operators)
def test_the_transpose(name):
    J = operators[name]
    dense = J.to_dense()
    np.testing.assert_allclose(J.T @ np.array([1, 2j]), dense.T @ [1, 2j], atol=1e-15)
    np.testing.assert_allclose(np.array([1, 2j]) @ J, [1, 2j] @ dense, atol=1e-15)
    fjlt.check_operator(J.T, rng=0)
    assert J.T.T is J


def test_the_transpose_is_not_the_adjoint():
    Q = np.array([[1, 2j], [3, 4 + 1j]])
    np.testing.assert_array_equal(fjlt.MatrixOperator(Q).T @ [1, 1j], Q.T @ [1, 1j])
    fjlt.check_operator(fjlt.MatrixOperator(Q).T.H, rng=0)


@pytest.mark.parametrize(
    "bad",
    [
        np.array([1, None, 2, 3]),
        np.zeros(4, [("a", "f8")]),
        np.zeros(4, "M8[s]"),
        np.zeros(4, "m8[s]"),
        np.zeros(4, "S3"),
        np.zeros(4, "f2"),
    ],
)
def test_entries_that_are_no_numbers_of_known_precision(bad):
    for call in (fjlt.srht(2, 4, 0).dot, fwht, lambda a: fjlt.srht_squared_norms(a, 1, 1)):
        with pytest.raises(TypeError, match=r"dtype .*; use float32"):
            call(bad)


@pytest.mark.parametrize("single", [3.0, np.float64(3), np.array(3.0)])
def test_a_single_number_is_no_vector(single):
    for call in (fjlt.srht(2, 4, 0).__matmul__, fwht):
        with pytest.raises(ValueError, match=r"."):
            call(single)
