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
        "\ufeff1.5,-2\n3,4.25\n0,1e-3\n",
        "größe (m),\n1.5,-2\n3,4.25\n0,1e-3\n",
        '"one; two","b, c"\r1.5,-2\r3,4.25\r0,1e-3\r',
        '"1.5","-2"\n3,"4.25"\n0,1e-3',
        " 1.5, -2 \n3.,+4.25\n.0 ,1E-3\n \n",
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
        (folder / name).write_text(content, encoding="utf-8")
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
    "word in csv": ("a.csv", "1,2\n3,x\n", "line 2, column 2: 'x' is no decimal number"),
    "ragged csv": ("a.csv", "1,2\n3\n", "line 2 has 1 cells, but the first line has 2"),
    "ragged header": ("a.csv", "a,b,c\n1,2\n", "line 2 has 2 cells, but the first line has 3"),
    "missing field": ("a.csv", "1,2\n3,\n", "line 2, column 2: the cell is empty"),
    "empty cell": ("a.csv", "1,,2\n3,4,5\n", "line 1, column 2: the cell is empty"),
    "bad cell in the first row": ("a.csv", "1,x\n2,3\n", "line 1, column 2: 'x' is no"),
    "header with a number": ("a.csv", "id,2019\n1,2\n", "line 1, column 1: 'id' is no"),
    "missing values first": ("a.csv", "NA,NA\n1,2\n", "line 1, column 1: 'NA' is no"),
    "NUL": ("a.csv", b"1,2\n3,4\0\n", r"line 2, column 2: '4\\x00' has a NUL"),
    "only NUL": ("a.csv", b"\0\0\0\0\n1\n", "line 1, column 1: .* NUL"),
    "hexadecimal": ("a.csv", "0x10,0x11\n1,2\n", "line 1, column 1: '0x10' is no decimal"),
    "underscore": ("a.csv", "1\n1_000\n", "line 2, column 1: '1_000' is no decimal"),
    "other digits": ("a.csv", "1\n١\n", "line 2, column 1: '١' is no decimal"),
    "no-break space": ("a.txt", "1 2\n1\xa0234\n", r"line 2, column 1: '1\\xa0234' is no decimal"),
    "vertical tab": ("a.txt", "1 2\n3\x0b4\n", r"line 2, column 1: '3\\x0b4' is no decimal"),
    "complex in csv": ("a.csv", "1,2\n3,1+2j\n", r"line 2, column 2: '1\+2j' is complex"),
    "complex first": ("a.csv", "1j;(2+1j)\n3;4\n", "line 1, column 1: '1j' is complex"),
    "decimal commas": ("a.csv", "1,5;2,5\n3,5;4,5\n", "column 1: '1,5' has a decimal comma"),
    "open quote": ("a.csv", '1,2\n"3,4\n', "line 2: unexpected end of data"),
    "overflow in csv": ("a.csv", "1,1e999\n", "NaN or infinite"),
    "UTF-16": ("a.csv", "1,2\n".encode("utf-16"), "it is text in UTF-16; save it as UTF-8"),
    "only a header": ("a.csv", "a,b\n", "header and no rows"),
    "only blanks": ("a.csv", "\n  \n", "no rows"),
    "infinite in csv": ("a.csv", "1,inf\n", "NaN or infinite"),
    "not UTF-8": ("a.csv", b"1,\xff\n", "cannot be read as a .csv"),
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
    np.savez(tmp_path / "a.npz", u=np.array([{}], dtype=object))
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
