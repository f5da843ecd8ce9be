"""Files that somebody wrote to hang, crash or fool the checker: each is refused, in little time."""

import copy
import itertools
import json
import os
import time
from pathlib import Path

import pytest

from proofs_check.checker import recheck
from proofs_check.checker.bounded import MAX_BYTES, MAX_DEPTH, Refused, integer, parsed, rational
from proofs_check.checker.certificates import KINDS, judged
from proofs_check.checker.folders import certificate as read
from proofs_check.checker.isolated import Worker

LIMIT = 10.0  # seconds for one file; most take milliseconds

POISON = [
    None,
    True,
    1.5,
    10**4100,
    "",
    "1/0",
    "1e999999999",
    "2**1000000000",
    "9" * 5000,
    "__import__('os').system('true')",
    "٣",
    [],
    {},
    [[]],
]
"""Values that are no number, no text and no list that a replay could use."""

IDENTITIES = {
    "kind": "identities",
    "symbols": {"A": ["m", "m"], "B": ["m", "m"]},
    "symmetric": [],
    "scalars": ["c"],
    "definitions": {},
    "assumptions": {"A = B": "A - B"},
    "steps": [
        {
            "name": "AA = BB",
            "rule": "zero",
            "goal": "A @ A - B @ B",
            "cofactors": [["1", "A", "A = B", False, ""], ["1", "", "A = B", False, "B"]],
        }
    ],
}
ONE = {"left": "0", "right": "1", "balls": ["0", "1"]}
POINT = {"encoder": None, "weights": [[["1", "0"], ["1", "0"]]], "unknown": [[0, 0, 1]]}
POINT |= {"radius": ["1/999"], "loss": ["0.99", "1.01"], "index": 0}
JOINT = {"kind": "joint-critical-points", "X": [["1", "0"], ["0", "1"]], "k": 1, "rows": [0]}
JOINT |= {"Y": [["2", "0"], ["0", "1"]], "bits": 64, "distinct": True, "points": [POINT]}
SPURIOUS = {"u": [1, 0], "v": [0, 1], "better_u": [0, 1], "better_v": [1, 0]}
SPURIOUS |= {"X": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]]}
SPURIOUS |= {"Y": SPURIOUS["X"], "loss": "21/5", "better_loss": "2"}
HADAMARD = [[1, 1], [1, -1]]


def enclosures(*less):
    return {"kind": "enclosures", "bits": 64, "less": [ONE | entry for entry in less]}


def norm_law(x, k, mean="2", variance="0"):
    return {"kind": "norm-law", "x": x, "k": k, "mean": mean, "variance": variance}


def prop1_law(W, x, k, **law):
    return {"kind": "prop1-law", "W": W, "x": x, "k1": k, "k2": k, "law": law}


RANKS = {
    "kind": "reachable-dimension",
    "prime": 2**61 - 1,
    "points": [{"rows": [0], "weights": [[[1, 2], [3, 4]]], "encoder": [[1]]}],
    "dimensions": [1],
}
GENUINE = [
    IDENTITIES,
    JOINT,
    enclosures(ONE, ONE | {"left": ["exp", "-9"], "balls": ["[0.0001 +/- 1e-4]", "1"]}),
    {"kind": "srht-error-floor", "x": [1, 0], "k": 1, "floor": "1"},
    norm_law([1, 1], 1, "2", "4"),
    {
        "kind": "prop1-law",
        "W": [[1, 0], [0, 1]],
        "x": [1, 0],
        "k1": 1,
        "k2": 1,
        "law": {"1": "1/2", "5": "1/2"},
    },
    {
        "kind": "moments",
        "W": [[0, 1, 3, 3], [2, 3, -2, -3]],
        "u": [-2, 2],
        "x": [3, 3, -1, 1],
        "k1": 2,
        "k2": 1,
        "one_sided": "791/3",
        "two_sided": "2197/3",
        "bilinear_variance": "11332/3",
    },
    {
        "kind": "sketch-error-law",
        "X": [[0, 1], [2, 0], [2, 0], [2, 0]],
        "allowed": "2",
        "law": {"48/37": "1/4", "16/5": "3/4"},
        "success": "1/4",
    },
    RANKS,
    {
        "kind": "eigenvalues",
        "B": HADAMARD,
        "C": [[2, 0], [0, 1]],
        "problems": [{"T": [[2, 0], [0, 1]], "intervals": [["3/2", "3"], ["1/2", "5/4"]]}],
    },
    {"kind": "spurious-minimum", "points": [SPURIOUS]},
    {"kind": "orbits", "n": [2, 4], "orbits": [2, 5]},
    {"kind": "fjlt-starts", "X": SPURIOUS["X"], "bound": "21/5", "losses": ["29/7"]},
    {
        "kind": "loewner-order",
        "problems": [{"X": [[1, 0], [0, 2]], "Y": [[1, 2], [0, 1]], "B": [[1, 1]]}],
    },
    {
        "kind": "encoders",
        "points": [{"D": [[0], [0]], "E": [[0]], "X": [[1, 2]], "Y": [[1, 0], [0, 3]]}],
    },
    {
        "kind": "gauge",
        "X": [["2", "0"], ["0", "1"]],
        "Y": [["2", "0"], ["0", "1"]],
        "B": [["1", "0"], ["0", "1"]],
        "D": [["1"], ["0"]],
        "E": [["1", "0"]],
        "D2": [["2"], ["0"]],
        "E2": [["1/2", "0"]],
    },
    {
        "kind": "singular-encoder",
        "X": [["1", "0"], ["0", "1"]],
        "Y": [["1", "0"], ["0", "1"]],
        "B": [["1", "0"]],
        "D": [["0"], ["1"]],
        "E": [["0"]],
    },
    {
        "kind": "descent",
        "points": [
            {
                "D": [["0"], ["0"]],
                "E": [["0", "0"]],
                "X": [["1", "0"], ["0", "1"]],
                "Y": [["1", "0"], ["0", "1"]],
                "w": [["1"]],
                "v": [["1"], ["0"]],
                "q": [["1"], ["0"]],
            }
        ],
    },
]


def timed(certificate):
    """Whether it was accepted, and why not; it must not take long."""
    start = time.perf_counter()
    good, sentence = judged(certificate)
    assert time.perf_counter() - start < LIMIT
    assert isinstance(sentence, str)
    return good, sentence


def places(value, path=()):
    """The paths of all leaves and lists of a JSON value."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(part, (*path, key))


def replaced(certificate, path, value):
    other = copy.deepcopy(certificate)
    part = other
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return other


@pytest.mark.parametrize("certificate", GENUINE, ids=lambda c: c["kind"])
def test_the_genuine_ones_are_accepted(certificate):
    good, sentence = timed(certificate)
    assert good, sentence


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_refuses_nonsense(kind):
    names = {name for certificate in GENUINE for name in certificate} - {"kind"}
    for value in POISON:
        good, sentence = timed({"kind": kind} | dict.fromkeys(names, value))
        assert not good
        assert sentence.startswith("refused: ")


HARMLESS = {
    ("joint-critical-points", "encoder"): (None,),
    ("joint-critical-points", "distinct"): POISON,
    ("identities", "name"): POISON,
    ("identities", "definitions"): ({},),
    ("identities", "symmetric"): ([],),
    ("identities", "scalars"): ([],),
    ("identities", 0): POISON,
    ("identities", 1): ("",),
    ("identities", 3): (True,),
    ("identities", 4): ("",),
}
"""Places where some of these values are what stood there, or say nothing that is used."""


@pytest.mark.parametrize("certificate", GENUINE, ids=lambda c: c["kind"])
def test_poison_in_every_place_is_refused(certificate):
    for path, poison in itertools.product(places(certificate), POISON):
        other = replaced(certificate, path, poison)
        if poison in HARMLESS.get((certificate["kind"], path[-1]), ()) or other == certificate:
            timed(other)
            continue
        good, sentence = timed(other)
        assert not good, (path, str(poison)[:30])
        assert sentence.startswith("refused: ")


def step(goal, **more):
    return IDENTITIES | {"steps": [IDENTITIES["steps"][0] | {"goal": goal}]} | more


DOUBLING = {"d0": "A + B"} | {f"d{i}": f"d{i - 1} @ d{i - 1}" for i in range(1, 40)}
DEEP = "(" * 90 + "A" + ")" * 90
HOSTILE = {
    "a tower of powers": step("c**1000000000 * A"),
    "a power of a power": step("((c**16)**16)**16 * A"),
    "an integer that explodes": step("2**1000000000 * A"),
    "a product of many sums": step(" @ ".join(["(A + B)"] * 40)),
    "definitions that double": step("d39", definitions=DOUBLING),
    "a definition of itself": step("d", definitions={"d": "d @ A"}),
    "many parentheses": step("(" * 900 + "A" + ")" * 900),
    "many minus signs": step("-" * 1900 + "A"),
    "many transposes": step("A" + ".T" * 900),
    "a long expression": step("A + " * 10**6 + "A"),
    "a call": step("__import__('os').system('true')"),
    "a lambda": step("(lambda: A)()"),
    "a comprehension": step("[A for A in (1,)]"),
    "a walrus": step("(A := B)"),
    "a string": step("'A' * 10**9"),
    "an attribute": step("A.__class__"),
    "a step that uses itself": IDENTITIES
    | {"steps": [IDENTITIES["steps"][0] | {"cofactors": [["1", "", "AA = BB", False, ""]]}]},
    "a name twice": IDENTITIES | {"scalars": ["A"]},
    "no steps in a list": IDENTITIES | {"steps": {"0": "A"}},
    "binomials": enclosures({"right": ["binomial", 10**9, 5 * 10**8]}),
    "negative binomials": enclosures({"right": ["binomial", 9, -1]}),
    "powers of balls": enclosures({"right": ["pow", "2", "1000000000"]}),
    "exponents that are expressions": enclosures({"right": ["pow", "2", ["exp", "99"]]}),
    "a tower of exponentials": enclosures(
        ONE | {"left": ["exp", ["exp", ["exp", ["exp", "9999"]]]]}
    ),
    "a factorial of a huge number": enclosures({"left": ["gamma", "9" * 3999]}),
    "no bits": {"kind": "enclosures", "bits": 0, "less": [ONE]},
    "a million million bits": {"kind": "enclosures", "bits": 10**12, "less": [ONE]},
    "negative bits": {"kind": "enclosures", "bits": -64, "less": [ONE]},
    "balls that hold everything": enclosures(
        {"left": "2", "right": "1", "balls": ["[0 +/- 1e999]", "[0 +/- 1e999]"]}
    ),
    "balls that overlap": enclosures({"balls": ["[0 +/- 0.6]", "[1 +/- 0.6]"]}),
    "balls of infinity": enclosures({"balls": ["nan", "inf"]}),
    "one ball": enclosures({"balls": ["0"]}),
    "equal numbers": enclosures({"left": "1", "right": "1", "balls": ["1", "1"]}),
    "a large transform": {
        "kind": "norm-law",
        "x": [1] * 32,
        "k": 16,
        "mean": "32",
        "variance": "0",
    },
    "a transform of no power of 2": {
        "kind": "norm-law",
        "x": [1, 1, 1],
        "k": 1,
        "mean": "3",
        "variance": "0",
    },
    "no entries": norm_law([], 0, "0", "0"),
    "more rows than entries": {
        "kind": "norm-law",
        "x": [1, 1],
        "k": 3,
        "mean": "2",
        "variance": "0",
    },
    "a negative number of rows": {
        "kind": "norm-law",
        "x": [1, 1],
        "k": -1,
        "mean": "2",
        "variance": "0",
    },
    "many pairs of draws": {
        "kind": "prop1-law",
        "W": [[1] * 8] * 8,
        "x": [1] * 8,
        "k1": 4,
        "k2": 4,
        "law": {},
    },
    "a law with one value twice": {
        "kind": "prop1-law",
        "W": [[1, 0], [0, 1]],
        "x": [1, 0],
        "k1": 1,
        "k2": 1,
        "law": {"1": "1/2", "5": "1/2", "2/2": "1/2"},
    },
    "a ragged matrix": {
        "kind": "prop1-law",
        "W": [[1, 0], [0]],
        "x": [1, 0],
        "k1": 1,
        "k2": 1,
        "law": {},
    },
    "a large butterfly": {"kind": "weight-extremes", "n": 2**30, "extremes": []},
    "a butterfly of size 0": {"kind": "weight-extremes", "n": 0, "extremes": []},
    "a butterfly of size 1": {"kind": "weight-extremes", "n": 1, "extremes": [[0, 0]]},
    "a butterfly of size 3": {"kind": "weight-extremes", "n": 3, "extremes": [[1, 1]] * 3},
    "no eigenvalues": {"kind": "eigenvalues", "B": [], "C": [], "problems": []},
    "no problems": {"kind": "eigenvalues", "B": HADAMARD, "C": [[2, 0], [0, 1]], "problems": []},
    "too many eigenvalues": {
        "kind": "eigenvalues",
        "B": [[1] * 64] * 64,
        "C": [[1] * 64] * 64,
        "problems": [],
    },
    "intervals that overlap": {
        "kind": "eigenvalues",
        "B": HADAMARD,
        "C": [[2, 0], [0, 1]],
        "problems": [{"T": [[2, 0], [0, 1]], "intervals": [["1/2", "3"], ["1/2", "3"]]}],
    },
    "points that are none": {"kind": "descent", "points": []},
    "spurious points that are none": {"kind": "spurious-minimum", "points": []},
    "rows of three entries": {"kind": "spurious-minimum", "points": [SPURIOUS | {"u": [1, 0, 0]}]},
    "data of five rows": {
        "kind": "spurious-minimum",
        "points": [SPURIOUS | {"X": [*SPURIOUS["X"], [1] * 4]}],
    },
    "an output out of range": {
        "kind": "reachable-dimension",
        "prime": 2**61 - 1,
        "points": [{"rows": [2], "weights": [[[1, 2], [3, 4]]], "encoder": [[1]]}],
        "dimensions": [1],
    },
    "a negative output": {
        "kind": "reachable-dimension",
        "prime": 2**61 - 1,
        "points": [{"rows": [-2], "weights": [[[1, 2], [3, 4]]], "encoder": [[1]]}],
        "dimensions": [1],
    },
    "a modulus of 4": RANKS | {"prime": 4},
    "a modulus of 0": RANKS | {"prime": 0},
    "no points in the plane": RANKS | {"points": [], "dimensions": []},
    "weights of no layer": RANKS | {"points": [{"rows": [0], "weights": [], "encoder": [[1]]}]},
    "many layers": RANKS | {"points": [{"rows": [0], "weights": [[]] * 99, "encoder": [[1]]}]},
    "critical points of 3 inputs": JOINT | {"X": [["1"]] * 3},
    "an unknown out of range": JOINT | {"points": [POINT | {"unknown": [[0, 7, 1]]}]},
    "a negative unknown": JOINT | {"points": [POINT | {"unknown": [[-1, 0, 1]]}]},
    "an infinite box": JOINT | {"points": [POINT | {"radius": ["1e999"]}]},
    "an index of -1": JOINT | {"points": [POINT | {"index": -1}]},
    "an index that is wrong": JOINT | {"points": [POINT | {"index": 1}]},
    "bits of a critical point": JOINT | {"bits": 10**12},
    "an output of a critical point": JOINT | {"rows": [-1]},
    "no kind": {},
    "a kind that is a list": {"kind": ["norm-law"]},
    "an unknown kind": {"kind": "prophecy"},
    "a list": [1, 2],
    "a number": 7,
    "nothing": None,
    "parts in parts": {"kind": "parts", "parts": [{"kind": "parts", "parts": []}]},
    "no parts": {"kind": "parts", "parts": []},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_certificates_are_refused(name):
    good, sentence = timed(HOSTILE[name])
    assert not good
    assert sentence.startswith("refused: ")


FILES = {
    "empty": b"",
    "a mark of byte order": b"\xef\xbb\xbf{}",
    "no text": bytes(range(256)),
    "UTF-16": '{"kind": "norm-law"}'.encode("utf-16"),
    "half of an object": b'{"kind": "norm-',
    "two objects": b"{}{}",
    "a key twice": b'{"kind": "norm-law", "x": [1], "x": [2]}',
    "not a number": b'{"kind": "norm-law", "x": [NaN]}',
    "infinity": b'{"kind": "norm-law", "x": [Infinity]}',
    "a comment": b'{"kind": "norm-law" /* here */}',
    "lists in lists": b'{"kind": ' + b"[" * 10**5 + b"]" * 10**5 + b"}",
    "objects in objects": b'{"a": ' * 10**4 + b"1" + b"}" * 10**4,
    "lists that do not end": b"[" * 10**6,
    "a number of many digits": b'{"kind": "norm-law", "x": [' + b"9" * 10**6 + b"]}",
    "a text that does not end": b'{"kind": "' + b"a" * 10**6,
    "escaped quotes": b'{"kind": "' + b'\\"' * 10**6,
    "code": b"__import__('os').system('true')",
    "a pickle": b"\x80\x04\x95\x0f\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.",
}


@pytest.mark.parametrize("name", FILES)
def test_hostile_files_are_refused(tmp_path, name):
    path = tmp_path / "file.json"
    path.write_bytes(FILES[name])
    start = time.perf_counter()
    for place in (None, ["prop-1", "2×2 identity"]):
        good, sentence = read(str(path), place)
        assert not good
        assert sentence.startswith("refused: ")
    assert time.perf_counter() - start < LIMIT


def test_files_that_are_none(tmp_path):
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    for path in ("folder.json", "pipe.json", "nowhere.json"):
        assert read(str(tmp_path / path), None) == (False, "refused: the file is missing")
    assert read("/dev/zero", None) == (False, "refused: the file is missing")


def test_a_file_that_is_too_large(tmp_path):
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert "more than" in read(str(path), None)[1]


def test_brackets_in_texts_are_no_depth(tmp_path):
    path = tmp_path / "file.json"
    path.write_text(json.dumps({"a": "[" * 100 + '"]'}))
    assert parsed(path) == {"a": "[" * 100 + '"]'}
    path.write_text("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    parsed(path)
    path.write_text("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))
    with pytest.raises(Refused, match="levels"):
        parsed(path)


@pytest.mark.parametrize(
    "value", ["1_000", " 1", "1 ", "0x1", "1e1000", "1/-2", "--1", "1//2", b"1", 1.0]
)
def test_numbers_are_read_strictly(value):
    with pytest.raises(Refused):
        rational(value)


def test_numbers_that_are_read():
    assert [rational(v) * 4 for v in (3, "3", "-1/2", "0.25", "+1e2", "25e-2")] == [
        12,
        12,
        -2,
        1,
        400,
        1,
    ]
    assert integer(0, 0, 3) == 0
    for value in (True, 4, -1, "1", 1.0, None):
        with pytest.raises(Refused):
            integer(value, 0, 3)


def test_a_folder_of_hostile_files(tmp_path):
    """All of them through the command's own path, in a process that is replaced when it fails."""
    folder = tmp_path / "certificates"
    folder.mkdir()
    contents = [json.dumps(certificate).encode() for certificate in HOSTILE.values()]
    for i, content in enumerate([*contents, *FILES.values()]):
        (folder / f"{i:03}.json").write_bytes(content)
    start = time.perf_counter()
    results = recheck(tmp_path)
    assert time.perf_counter() - start < 60
    assert len(results) == len(HOSTILE) + len(FILES) >= 90
    assert not any(good for good, _ in results.values())
    assert all(sentence.startswith("refused: ") for _, sentence in results.values())


def test_time_runs_out(tmp_path):
    """A genuine document, but more of it than the time allows; the next one is answered again."""
    folder = tmp_path / "certificates"
    folder.mkdir()
    many = JOINT | {"points": [POINT] * 150_000, "distinct": False}
    (folder / "a.json").write_text(json.dumps(many))
    (folder / "b.json").write_text(json.dumps(JOINT))
    results = recheck(tmp_path, seconds=6)
    assert results["a.json"] == (False, "refused: it takes more than 6 seconds")
    assert results["b.json"][0]


def test_a_process_that_dies_is_replaced(tmp_path):
    with Worker(30.0) as worker:
        first = worker._started()
        first.kill()
        first.wait()
        with pytest.raises(Refused):
            worker.ask("certificate", str(tmp_path / "x.json"), None)
        assert worker.ask("certificate", str(tmp_path / "x.json"), None)[0] is False
        second = worker._process
    assert first.poll() is not None
    assert second.poll() is not None


def test_the_process_loads_the_checker_alone(tmp_path):
    assert Path(recheck.__code__.co_filename).name == "folders.py"
    with Worker(30.0) as worker:
        worker.ask("certificate", str(tmp_path / "x.json"), None)
        maps = Path(f"/proc/{worker._process.pid}/maps")
        if not maps.exists():
            pytest.skip("no /proc here")
        loaded = maps.read_text()
    assert "flint" in loaded
    assert not any(name in loaded for name in ("numpy/", "scipy/", "numba/", "sympy/"))
