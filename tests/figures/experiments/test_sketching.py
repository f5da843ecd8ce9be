"""The sketching experiment: which matrices each part has, errors against a second computation, and
equal effort for all structures."""

import numpy as np
import pytest

from figures.data import images, spectra, text
from figures.engine.gallery import find
from figures.experiments import sketching
from figures.experiments.sketching import (
    FAMILIES,
    SKETCHES,
    STEP_SIZES,
    TOP,
    Family,
    compute,
    family,
)
from figures.paper import table_s1
from figures.paper.printed import TABLE_S1
from figures.plots.sketch_errors import FAMILY_LABELS
from fjlt import count_sketch, gaussian, low_rank, srht
from fjlt.runs.seeds import stream
from landscape import learn_sketch

needs_data = pytest.mark.usefixtures("data_folder")
SMALL = {"dataset": "digits", "n": 8, "k": 2, "l": 4}
LEARNED = ("butterfly", "sparse", "dense")
RANDOM = {"random sparse": count_sketch, "random Gaussian": gaussian, "random FJLT": srht}


def each(matrices):
    return [np.ascontiguousarray(X).tobytes() for X in matrices]


def test_digits_are_disjoint():
    for seed in range(3):
        parts = FAMILIES["digits"](8, np.random.default_rng(seed))
        assert [len(part) for part in parts] == [300, 100, 100]
        everything = [image for part in parts for image in each(part)]
        assert set(everything) <= {
            column.tobytes() for column in np.ascontiguousarray(images.digits()[0].T)
        }
        assert len(set(everything)) == 500
    assert FAMILIES["digits"](8, np.random.default_rng(0)).train[0].shape == (8, 8)


@needs_data
def test_hyperspectral_parts():
    bands, starts = each(spectra.jasper_ridge()[:, :16, :16]), set()
    assert len(set(bands)) == 198
    for seed in range(4):
        train, held_out, test = FAMILIES["hyperspectral"](16, np.random.default_rng(seed))
        of_train, of_held_out = ([bands.index(X) for X in each(part)] for part in (train, held_out))
        assert of_held_out == list(range(of_held_out[0], of_held_out[0] + 40))
        assert sorted(of_train + of_held_out) == list(range(198))
        assert each(test) == each(spectra.samson()[:, :16, :16])
        assert not set(each(test)) & set(bands)
        starts.add(of_held_out[0])
    assert len(starts) > 1


@needs_data
def test_cifar10_parts():
    train, held_out, test = FAMILIES["cifar10"](32, np.random.default_rng(0))
    red = {split: images.cifar10(split, 1)[0][:, :, :, 0] for split in ("train", "test")}
    back = [
        each(np.rint(255 * (0.229 * np.array(part) + 0.485)).astype(np.uint8))
        for part in (train, held_out)
    ]
    assert [len(part) for part in back] == [320, 80]
    assert sorted(back[0] + back[1]) == sorted(each(red["train"][:400]))
    assert np.allclose(0.229 * np.array(test) + 0.485, red["test"][:100] / 255)
    assert not set(each(red["train"][:400])) & set(each(red["test"][:100]))


@pytest.fixture
def posts(monkeypatch):
    """Posts of 20 groups. Every post of a group has the word of the group, twice."""
    words = [f"word{g:02}" for g in range(20)]
    texts = [f"{word} {word} the text{i % 20}" for word in words for i in range(100)]
    fake = text.Newsgroups(texts, np.repeat(np.arange(20), 100), tuple(words))
    monkeypatch.setattr(text, "mini_newsgroups", lambda: fake)
    return fake


def groups_of(part, rows):
    """The groups that the columns of each matrix come from; rows[g] is the row of the word of g."""
    return [{g for g in range(20) if (X[rows[g]] > 0).any()} for X in part]


def test_newsgroups_are_disjoint(posts):
    for seed in range(3):
        parts = FAMILIES["newsgroups"](41, np.random.default_rng(seed))
        assert [len(part) for part in parts] == [45, 6, 15]
        assert {X.shape for part in parts for X in part} == {(41, 200)}
        columns = np.concatenate(parts.train + parts.held_out + parts.test, axis=1).T
        kinds = np.unique(columns, axis=0)
        rows = [int(j) for j in range(41) if (kinds[:, j] == 2).any()]
        assert len(rows) == 20
        found = [groups_of(part, rows) for part in parts]
        assert all(len(pair) == 2 for part in found for pair in part)
        sets = [set().union(*part) for part in found]
        assert [len(groups) for groups in sets] == [10, 4, 6]
        assert len(set().union(*sets)) == 20


def test_terms_are_chosen_by_the_groups_to_learn_from_alone(posts):
    parts = FAMILIES["newsgroups"](11, np.random.default_rng(0))
    assert all((X.sum(axis=1) > 0).sum() == 3 for X in parts.train)
    assert all((X.sum(axis=1) > 0).sum() == 1 for X in parts.held_out + parts.test)


@needs_data
def test_newsgroups_of_the_data():
    parts = family("newsgroups", 64, np.random.default_rng(0))
    assert {X.shape for part in parts for X in part} == {(64, 200)}
    check_family("newsgroups", 64)


def check_family(name, n):
    """Largest singular values, and one order of the rows for all matrices of all parts."""
    plain, parts = (
        FAMILIES[name](n, np.random.default_rng(1)),
        family(name, n, np.random.default_rng(1)),
    )
    before, after = ([X for part in some for X in part] for some in (plain, parts))
    assert [len(part) for part in plain] == [len(part) for part in parts]
    largest = [np.linalg.svd(X, compute_uv=False)[0] for X in after]
    assert np.allclose(largest, 10, rtol=1e-12)
    assert TOP == 10
    before = [X * (10 / np.linalg.svd(X, compute_uv=False)[0]) for X in before]
    x, y = np.concatenate(before, axis=1), np.concatenate(after, axis=1)
    order = [int(np.abs(x - row).max(axis=1).argmin()) for row in y]
    assert np.allclose(x[order], y, rtol=0, atol=1e-9)
    assert sorted(order) == list(range(n))
    assert order != list(range(n))


@pytest.mark.parametrize(("name", "n"), [("digits", 8), ("hyperspectral", 16), ("cifar10", 32)])
def test_matrices_are_scaled_and_their_rows_permuted_alike(name, n, request):
    if name != "digits":
        request.getfixturevalue("data_folder")
    check_family(name, n)


@needs_data
@pytest.mark.parametrize(
    ("name", "n", "words"),
    [
        ("digits", 9, "n = 9, but the matrices of digits have 8 rows"),
        ("cifar10", 31, "n = 31, but the matrices of CIFAR-10 have 32 rows"),
        ("hyperspectral", 96, "n = 96 exceeds the 95 rows"),
        ("newsgroups", 100_000, "n = 100000 exceeds the 17299 terms"),
        ("hs-sod", 8, "unknown dataset 'hs-sod'; known: hyperspectral, cifar10"),
    ],
)
def test_a_size_for_which_there_are_no_data_is_refused(name, n, words):
    with pytest.raises(ValueError, match=words):
        family(name, n, np.random.default_rng(0))


def matrices(seed=0, replicate=0):
    return family("digits", 8, stream(seed, "digits", replicate, "matrices"))


def by_hand(B, X, k):
    """‖X - B_k(X)‖_F² and ‖X - X_k‖_F²: project on the row space of BX, truncate."""
    _, sizes, rows = np.linalg.svd(B @ X, full_matrices=False)
    basis = rows[sizes > 1e-13 * sizes[0]].T
    left, values, right = np.linalg.svd(X @ basis @ basis.T, full_matrices=False)
    found = np.square(X - (left[:, :k] * values[:k]) @ right[:k]).sum()
    return found, np.square(np.linalg.svd(X, compute_uv=False)[k:]).sum()


@pytest.mark.parametrize("sketch", RANDOM)
def test_errors_of_random_sketches(sketch):
    table = compute(seed=2, sketch=sketch, replicates=2, draws=3, **SMALL)
    for row in table:
        rng = stream(2, "digits", row["replicate"], 2, 4, sketch)
        test = matrices(2, row["replicate"]).test
        found = []
        for _ in range(3):
            B = RANDOM[sketch](4, 8, rng=rng)
            found.append([(low_rank(X, B, 2).error, by_hand(B @ np.eye(8), X, 2)[1]) for X in test])
        errors, optima = np.moveaxis(found, -1, 0)
        assert row["squared"] == pytest.approx((errors - optima).mean(), rel=1e-9)
        assert row["unsquared"] == pytest.approx((errors**0.5 - optima**0.5).mean(), rel=1e-9)
        assert row["optimum_squared"] == pytest.approx(optima[0].mean(), rel=1e-9)
        assert row["optimum_unsquared"] == pytest.approx((optima[0] ** 0.5).mean(), rel=1e-9)
        assert (row["step"], row["step_size"], row["held_out"]) == (0, 0, 0)


def learned(sketch, step_size, steps, replicate=0, **more):
    parts = matrices(0, replicate)
    rng = stream(0, "digits", replicate, 2, 4, sketch, more.get("nonzeros", 1))
    options = {
        "held_out": parts.held_out,
        "step_size": step_size,
        "max_steps": steps,
        "batch_size": 16,
    }
    return learn_sketch(parts.train, 2, 4, sketch, rng=rng, **options, **more)


@pytest.mark.parametrize("sketch", LEARNED)
def test_errors_of_a_learned_sketch(sketch):
    table = compute(sketch=sketch, replicates=2, steps=40, **SMALL)
    on_held_out = {size: learned(sketch, size, 40).error for size in STEP_SIZES}
    for row in table:
        assert row["step_size"] == min(on_held_out, key=on_held_out.get)
        found = learned(sketch, row["step_size"], 40, row["replicate"])
        B, parts = found.sketch @ np.eye(8), matrices(0, row["replicate"])
        errors, optima = np.array([by_hand(B, X, 2) for X in parts.test]).T
        assert row["squared"] == pytest.approx((errors - optima).mean(), rel=1e-9)
        assert row["unsquared"] == pytest.approx((errors**0.5 - optima**0.5).mean(), rel=1e-9)
        assert row["held_out"] == pytest.approx(
            np.mean([by_hand(B, X, 2)[0] for X in parts.held_out]), rel=1e-9
        )
        assert row["step"] == 40
        assert row["held_out"] <= found.held_out.min() * (1 + 1e-12)


def test_more_nonzeros_are_learned():
    one, three = (
        compute(sketch="sparse", nonzeros=N, replicates=1, steps=20, **SMALL)[0] for N in (1, 3)
    )
    assert (one["nonzeros"], three["nonzeros"]) == (1, 3)
    found = learned("sparse", three["step_size"], 20, nonzeros=3)
    assert three["held_out"] == pytest.approx(found.error, rel=1e-12)
    assert ((found.sketch @ np.eye(8)) != 0).sum(axis=0).tolist() == [3] * 8


@pytest.mark.parametrize("sketch", LEARNED)
def test_the_test_matrices_choose_nothing(monkeypatch, sketch):
    """With garbage to test on, the same is learned. Selection on the test set would show here."""
    settings = {"sketch": sketch, "replicates": 2, "steps": 40, "checkpoints": 2, **SMALL}
    honest, make = compute(**settings), FAMILIES["digits"]

    def garbage(n, rng):
        parts = make(n, rng)
        return Family(
            parts.train,
            parts.held_out,
            [np.diag(np.arange(1.0, 9)) + 5 * (X > 8) for X in parts.test[:7]],
        )

    monkeypatch.setitem(FAMILIES, "digits", garbage)
    spoilt = compute(**settings)
    for row, other in zip(honest, spoilt, strict=True):
        for column in ("step", "step_size", "held_out"):
            assert row[column] == other[column]
        assert row["squared"] != other["squared"]
        assert row["optimum_squared"] != other["optimum_squared"]


def test_the_held_out_matrices_do_choose(monkeypatch):
    honest, make = compute(steps=40, replicates=1, **SMALL), FAMILIES["digits"]

    def garbage(n, rng):
        parts = make(n, rng)
        return Family(parts.train, [np.diag(np.arange(1.0, 9))] * 3, parts.test)

    monkeypatch.setitem(FAMILIES, "digits", garbage)
    assert compute(steps=40, replicates=1, **SMALL)[0]["held_out"] != honest[0]["held_out"]


def test_all_sketches_are_tested_on_the_same_matrices():
    tables = [
        compute(sketch=sketch, steps=2, replicates=2, draws=1, **SMALL) for sketch in SKETCHES
    ]
    optima = {tuple(row["optimum_squared"] for row in table) for table in tables}
    assert len(optima) == 1
    assert len(set(optima.pop())) == 2


def test_equal_seeds_give_equal_tables_and_others_others():
    one, again, other = (compute(seed=seed, steps=20, replicates=2, **SMALL) for seed in (1, 1, 2))
    assert one == again
    assert all(row["squared"] != new["squared"] for row, new in zip(one, other, strict=True))


def test_checkpoints_end_with_the_whole_training():
    plain = compute(sketch="dense", steps=40, replicates=2, **SMALL)
    table = compute(sketch="dense", steps=40, replicates=2, checkpoints=4, **SMALL)
    assert [row["step"] for row in table] == [5, 10, 20, 40] * 2
    assert [row for row in table if row["step"] == 40] == plain
    assert table[0]["held_out"] > table[3]["held_out"]


def test_every_structure_is_trained_as_long_and_with_as_many_step_sizes(monkeypatch):
    efforts = {}

    def watched(matrices, k, l, structure, **options):
        given = {name: options[name] for name in ("step_size", "max_steps", "batch_size")}
        efforts[structure].append((len(matrices), len(options["held_out"]), *given.values()))
        return learn_sketch(matrices, k, l, structure, **options)

    monkeypatch.setattr(sketching, "learn_sketch", watched)
    for sketch in LEARNED:
        efforts[sketch] = []
        compute(sketch=sketch, steps=10, replicates=2, **SMALL)
    tries = {sketch: tuple(found[:3]) for sketch, found in efforts.items()}
    assert set(tries.values()) == {tuple((300, 100, size, 10, 16) for size in STEP_SIZES)}
    # of the first replicate the best try counts, which is not trained again
    assert {len(found) for found in efforts.values()} == {4}
    assert {entry[3:] for found in efforts.values() for entry in found} == {(10, 16)}


@pytest.mark.parametrize("id", ["figure-7", "table-s1", "duel"])
@pytest.mark.parametrize("profile", ["quick", "paper"])
def test_the_effort_is_the_same_for_all_sketches_of_a_figure(id, profile):
    efforts, sketches = {}, {}
    for case in find(id).cases[profile]:
        effort = tuple(
            case.get(name)
            for name in ("n", "steps", "batch_size", "replicates", "draws", "checkpoints")
        )
        efforts.setdefault(case["dataset"], set()).add(effort)
        sketches.setdefault((case["dataset"], case["k"], case["l"]), []).append(case["sketch"])
    assert all(len(found) == 1 for found in efforts.values())
    expected = list(LEARNED if id == "duel" else SKETCHES)
    assert all(found == expected for found in sketches.values())


def test_the_table_has_every_pair_that_the_paper_prints():
    n = {"hyperspectral": 95, "cifar10": 32, "newsgroups": 1024}
    cases = {
        (case["dataset"], case["n"], case["k"], case["l"])
        for case in find("table-s1").cases["paper"]
    }
    assert cases == {(name, n[name], k, l) for name in n for k, l in table_s1.PAIRS if l <= n[name]}
    assert len(table_s1.PAIRS) == 9
    assert {(k, l) for k, l, _ in TABLE_S1} <= set(table_s1.PAIRS)


def test_a_sketch_larger_than_its_matrices_is_refused():
    with pytest.raises(ValueError, match="l = 9"):
        compute(**SMALL | {"l": 9})
    with pytest.raises(ValueError, match="circulant"):
        compute(sketch="circulant", **SMALL)


def test_every_family_has_a_name_in_the_drawings():
    assert set(FAMILIES) == set(FAMILY_LABELS)
