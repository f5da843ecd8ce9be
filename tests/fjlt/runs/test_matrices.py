import numpy as np
import pytest
from scipy import sparse
from scipy.io import savemat

from fjlt.runs.matrices import split_key
from landscape import read_arrays, read_matrix

A = np.array([[1.5, -2.0], [3.0, 4.25], [0.0, 1e-3]])


@pytest.mark.parametrize(
    "text",
    [
        "1.5,-2\n3,4.25\n0,1e-3\n",
        "a,b\n1.5,-2\n3,4.25\n0,1e-3",
        "1.5;-2\r\n3;4.25\r\n0;1e-3\r\n",
        "a\tb\n1.5\t-2\n3\t4.25\n0\t1e-3\n",
        "1.5 -2\n3   4.25\n\n0 1e-3\n",
        '\ufeff"first","second"\n1.5,-2\n3,4.25\n0,1e-3\n',
    ],
)
@pytest.mark.parametrize("ending", [".csv", ".txt"])
def test_text(tmp_path, text, ending):
    file = tmp_path / f"a{ending}"
    file.write_text(text, encoding="utf-8")
    assert np.array_equal(read_matrix(file), A)


@pytest.mark.parametrize("text", ["5\n", "height\n5\n"])
def test_single_number(tmp_path, text):
    (tmp_path / "a.csv").write_text(text)
    assert np.array_equal(read_matrix(tmp_path / "a.csv"), [[5.0]])


def test_binary_formats(tmp_path):
    np.save(tmp_path / "a.npy", A)
    np.savez(tmp_path / "one.npz", A)
    np.savez(tmp_path / "two.npz", train=A, test=2 * A)
    savemat(tmp_path / "one.mat", {"A": A})
    savemat(tmp_path / "two.mat", {"A": A, "S": sparse.csc_array(A)})
    for name, key in (
        ("a.npy", None),
        ("one.npz", None),
        ("two.npz", "train"),
        ("one.mat", None),
        ("two.mat", "S"),
    ):
        assert np.array_equal(read_matrix(tmp_path / name, key), A)
    assert np.array_equal(read_matrix(str(tmp_path / "two.npz"), key="test"), 2 * A)


def test_integers_and_single_precision(tmp_path):
    np.save(tmp_path / "i.npy", np.eye(2, dtype=np.int16))
    np.save(tmp_path / "f.npy", np.eye(2, dtype=np.float32))
    assert read_matrix(tmp_path / "i.npy").dtype == np.float64
    assert read_matrix(tmp_path / "f.npy").dtype == np.float32


def write(folder, name, content):
    if isinstance(content, bytes):
        (folder / name).write_bytes(content)
    elif isinstance(content, str):
        (folder / name).write_text(content)
    elif name.endswith(".npy"):
        np.save(folder / name, content, allow_pickle=True)
    elif name.endswith(".npz"):
        np.savez(folder / name, **content)
    else:
        savemat(folder / name, content)
    return folder / name


BAD = {
    "empty file": ("a.npy", b"", "is empty"),
    "text as npy": ("a.npy", "1,2\n", "cannot be read as a .npy"),
    "npy as npz": ("a.npz", b"\x93NUMPY\x01\x00", "cannot be read as a .npz"),
    "garbage mat": ("a.mat", b"\x00\x01garbage" * 40, "cannot be read as a .mat"),
    "unknown ending": ("a.xls", "1", "ends in '.xls'"),
    "no ending": ("matrix", "1", "ends in ''"),
    "pickled objects": ("a.npy", np.array([{}, {}], dtype=object), "cannot be read"),
    "strings": ("a.npy", np.array([["a"]]), "dtype <U1"),
    "complex": ("a.npy", np.eye(2) * 1j, "complex"),
    "half precision": ("a.npy", np.eye(2, dtype=np.float16), "float16"),
    "vector": ("a.npy", np.ones(3), "non-empty matrix"),
    "no columns": ("a.npy", np.ones((3, 0)), "non-empty matrix"),
    "NaN": ("a.npy", np.array([[np.nan]]), "NaN or infinite"),
    "several arrays": ("a.npz", {"u": np.eye(2), "v": np.eye(2)}, r"2 arrays \(u, v\); choose one"),
    "several arrays in mat": (
        "a.mat",
        {"u": np.eye(2), "v": np.eye(2)},
        r"2 arrays \(u, v\); choose one",
    ),
    "cell array": ("a.mat", {"u": np.array([[1, "x"]], dtype=object)}, "dtype object"),
    "word in csv": ("a.csv", "1,2\n3,x\n", "'x' to float64 at row 1, column 2"),
    "ragged csv": ("a.csv", "1,2\n3\n", "cannot be read as a .csv"),
    "missing field": ("a.csv", "1,2\n3,\n", "cannot be read as a .csv"),
    "only a header": ("a.csv", "a,b\n", "header and no rows"),
    "only blanks": ("a.csv", "\n  \n", "no rows"),
    "infinite in csv": ("a.csv", "1,inf\n", "NaN or infinite"),
    "not UTF-8": ("a.csv", b"\xff\xfe1\x00", "cannot be read as a .csv"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files(tmp_path, case):
    name, content, message = BAD[case]
    with pytest.raises((ValueError, TypeError), match=message):
        read_matrix(write(tmp_path, name, content))


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "a.mat"])
@pytest.mark.parametrize("part", [0.2, 0.6, 0.98])
def test_truncated_files(tmp_path, name, part):
    file = write(tmp_path, name, A if name == "a.npy" else {"A": np.tile(A, (9, 9))})
    whole = file.read_bytes()
    file.write_bytes(whole[: int(part * len(whole))])
    with pytest.raises(ValueError, match="cannot be read"):
        read_matrix(file)


def test_missing_file_folder_and_key(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file"):
        read_matrix(tmp_path / "none.npy")
    with pytest.raises(ValueError, match="is not a file"):
        read_matrix(tmp_path)
    file = write(tmp_path, "a.npz", {"u": np.eye(2)})
    with pytest.raises(ValueError, match="no array named 'w'; it has: u"):
        read_matrix(file, "w")
    with pytest.raises(ValueError, match="leave out the key"):
        read_matrix(write(tmp_path, "a.npy", A), "w")


def test_pickles_are_never_loaded(tmp_path):
    np.savez(tmp_path / "a.npz", u=np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="cannot be read"):
        read_matrix(tmp_path / "a.npz")


def test_colon_in_a_file_name(tmp_path):
    file = write(tmp_path, "a:b.npy", A)
    assert split_key(str(file)) == (str(file), None)
    assert split_key("x/a.npz:b") == ("x/a.npz", "b")
    assert split_key("plain") == ("plain", None)


def test_all_arrays_of_a_file_by_name(tmp_path):
    arrays = {"X": A, "label": np.arange(3)}
    np.savez(tmp_path / "two.npz", **arrays)
    found = read_arrays(tmp_path / "two.npz")
    assert set(found) == set(arrays)
    assert all(np.array_equal(found[name], arrays[name]) for name in arrays)
    np.save(tmp_path / "one.npy", A)
    with pytest.raises(ValueError, match=r"numpy\.savez"):
        read_arrays(tmp_path / "one.npy")
    with pytest.raises(FileNotFoundError, match="none"):
        read_arrays(tmp_path / "none.npz")
    (tmp_path / "cut.npz").write_bytes((tmp_path / "two.npz").read_bytes()[:100])
    with pytest.raises(ValueError, match=r"cut\.npz cannot be read"):
        read_arrays(tmp_path / "cut.npz")
