"""MATLAB files with any single byte changed: an error or an array, and never the end of the
process."""

import json
import os
import subprocess
import sys
from io import BytesIO

import numpy as np
import pytest
from scipy import sparse
from scipy.io import savemat

from fjlt.runs import matlab_files
from fjlt.runs.matlab_files import arrays_in, read_matlab
from landscape import read_arrays, read_matrix

A = np.array([[1.5, 0, 0, 0], [0, 0, -2.0, 0], [0, 3.0, 0, 0.25]])

# Reads each edited file in a process of its own, a cheap copy of one that has SciPy loaded, and
# says how it ended: 0 an array, 1 an exception, negative the signal that killed it.
EDITS = """
import json, os, sys, warnings
from io import BytesIO
import numpy as np
from scipy.io import loadmat
from fjlt.runs.matlab_files import arrays_in

def plainly(content):
    return {name: value.toarray() if hasattr(value, "toarray") else value
            for name, value in loadmat(BytesIO(content)).items()}

warnings.simplefilter("ignore")
way = {"plainly": plainly, "checked": arrays_in}[sys.argv[1]]
stride, original = int(sys.argv[2]), sys.stdin.buffer.read()
os.close(2)
ends = []
for number in range(len(original) * 8):
    position, bit = divmod(number, 8)
    if number % stride:
        continue
    content = bytearray(original)
    content[position] ^= 1 << bit
    child = os.fork()
    if not child:
        try:
            way(bytes(content))
        except Exception:
            os._exit(1)
        os._exit(0)
    ends.append((position, bit, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
print(json.dumps(ends))
"""


def sparse_file(format="5"):
    file = BytesIO()
    savemat(file, {"A": sparse.csc_array(A)}, format=format)
    return file.getvalue()


def edited(content, position, bit):
    changed = bytearray(content)
    changed[position] ^= 1 << bit
    return bytes(changed)


def ends(way, stride, content):
    done = subprocess.run(
        [sys.executable, "-c", EDITS, way, str(stride)], input=content, capture_output=True
    )
    assert done.returncode == 0
    return [tuple(end) for end in json.loads(done.stdout)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="edits are read in copies of one process")
@pytest.mark.parametrize("format", ["4", "5"])
def test_no_edit_of_a_sparse_file_ends_the_process(tmp_path, format):
    content = sparse_file(format)
    # One bit in every two bytes; all bits with FUZZ_ALL=1, which takes a minute.
    stride = 1 if os.environ.get("FUZZ_ALL") else 17
    fatal = [(position, bit) for position, bit, end in ends("checked", stride, content) if end < 0]
    # What SciPy's own reader does not survive either costs only the process that reads.
    for position, bit in fatal[:3]:
        file = tmp_path / "a.mat"
        file.write_bytes(edited(content, position, bit))
        with pytest.raises(ValueError, match=r"a\.mat cannot be read"):
            read_matrix(file)
    if format == "5":
        # The same edits, read plainly: some of them do end the process.
        killing = [edit for *edit, end in ends("plainly", stride, content) if end < 0]
        assert len(killing) > 3
        for position, bit in killing[:: max(1, len(killing) // 3)]:
            with pytest.raises(ValueError, match=r"\w"):
                read_matlab(edited(content, position, bit))


def planted(monkeypatch, matrix):
    monkeypatch.setattr("scipy.io.loadmat", lambda file: {"__header__": b"", "S": matrix})
    return arrays_in(b"")


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("indices", [0, 2, 1, 3], "S is damaged: it has an entry in row 0 or 3, counted from 0, "),
        ("indices", [0, 2, -1, 2], "S is damaged: it has an entry in row -1 or 2"),
        ("indptr", [0, 1, 2, 3, 5], "the starts of its columns are no increasing numbers"),
        ("indptr", [0, 2, 1, 3, 4], "the starts of its columns are no increasing numbers"),
        ("indptr", [1, 1, 2, 3, 4], "the starts of its columns are no increasing numbers"),
        ("indptr", [0, 1, 2, 4], "the starts of its columns are no increasing numbers"),
    ],
)
def test_indices_that_do_not_fit_are_refused(monkeypatch, part, value, message):
    matrix = sparse.csc_matrix(A)
    assert np.array_equal(planted(monkeypatch, matrix)["S"], A)
    setattr(matrix, part, np.array(value, dtype=np.int32))
    with pytest.raises(ValueError, match=message):
        planted(monkeypatch, matrix)


def test_indices_of_version_4_and_sizes_are_checked(monkeypatch):
    matrix = sparse.coo_matrix(A)
    assert np.array_equal(planted(monkeypatch, matrix)["S"], A)
    matrix.col[0] = 4
    with pytest.raises(ValueError, match="entry in column 1 or 4, counted from 0, and 4 columns"):
        planted(monkeypatch, matrix)
    with pytest.raises(ValueError, match=r"S is a sparse matrix of shape \(100000, 100000\)"):
        planted(monkeypatch, sparse.csc_matrix((100_000, 100_000)))


def test_a_reader_that_crashes_hangs_or_fails_is_a_sentence(monkeypatch, tmp_path):
    program = tmp_path / "program.py"
    monkeypatch.setattr(matlab_files, "__file__", str(program))
    for source, message in (
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "ended by signal 11"),
        ("import sys; print('too odd', file=sys.stderr); sys.exit(1)", "^too odd$"),
        ("import sys; sys.exit(1)", "^it is damaged$"),
    ):
        program.write_text(source)
        with pytest.raises(ValueError, match=message):
            read_matlab(b"any")
    program.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(matlab_files, "SECONDS", 0.2)
    with pytest.raises(ValueError, match=r"could not be read in 0\.2 seconds"):
        read_matlab(b"any")


def test_a_damaged_size_needs_no_memory_that_is_not_there():
    file = BytesIO()
    savemat(file, {"c": np.array([["a", "b", "c"]], dtype=object)})
    content, shape = file.getvalue(), np.array([1, 3], dtype=np.int32).tobytes()
    assert content.count(shape) == 1
    # A cell array of ten thousand million cells, each of which SciPy would fill with None.
    huge = np.array([100_000, 100_000], dtype=np.int32).tobytes()
    with pytest.raises(ValueError, match="Unable to allocate"):
        read_matlab(content.replace(shape, huge))


def test_variables_that_are_no_arrays_are_refused_when_they_are_asked_for(tmp_path):
    file = tmp_path / "a.mat"
    savemat(file, {"A": A, "file": A[:1], "names": np.array([[1, "x"]], dtype=object)})
    assert np.array_equal(read_matrix(file, "A"), A)
    assert np.array_equal(read_matrix(file, "file"), A[:1])
    with pytest.raises(TypeError, match=r"a\.mat: names is of dtype object: a cell array"):
        read_matrix(file, "names")
    with pytest.raises(TypeError, match=r"a\.mat: names is of dtype object: a cell array"):
        read_arrays(file)
    assert list(read_arrays(file, ("file", "A"))) == ["file", "A"]
    with pytest.raises(ValueError, match="has no array named 'B'; it has: A, file, names"):
        read_arrays(file, ("A", "B"))


def test_a_file_whose_content_is_known_needs_no_other_process(tmp_path, monkeypatch):
    path = tmp_path / "A.mat"
    path.write_bytes(sparse_file())
    apart = read_arrays(path)["A"]
    monkeypatch.setattr(matlab_files, "subprocess", None)
    assert np.array_equal(read_arrays(path, known=True)["A"], apart)
    with pytest.raises(ValueError, match="NoneType"):
        read_arrays(path)
