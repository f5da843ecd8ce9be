"""The auto-encoder experiment: its losses against a second computation, and its data matrices
against their descriptions."""

import numpy as np
import pytest

from figures.data import images, spectra
from figures.experiments import autoencoding
from figures.experiments.autoencoding import (
    DATA_MATRICES,
    METHODS,
    STARTS_UNTRAINED,
    STEP_SIZES,
    compute,
    data_matrix,
    printed_outputs,
    proved_outputs,
    scaled_rows,
)
from figures.plots.loss_curves import LABELS
from fjlt import low_rank, srht
from fjlt.runs.seeds import stream

SHORT = {"n": 64, "adam_steps": 60, "projection_steps": 15}
needs_data = pytest.mark.usefixtures("data_folder")


@pytest.fixture(scope="module")
def table():
    return compute(seed=3, dataset="digits", k=2, replicate=1, **SHORT)


@pytest.fixture(scope="module")
def losses(table):
    return {row["method"]: row["loss"] for row in table}


def matrix(seed, dataset, replicate, n=64):
    return data_matrix(dataset, n, stream(seed, dataset, replicate, "data"))


def test_every_method_has_a_row(table):
    assert [row["method"] for row in table] == [*METHODS[:2], *METHODS[3:-1]]
    one = compute(dataset="digits", k=1, random_init_steps=30, **SHORT)
    assert [row["method"] for row in one] == list(METHODS)
    assert [row["l"] for row in one] == [64, 1, 32, 1, 1, 1, 1, 1]


def test_the_random_init_trains_all_weights_from_where_phase_one_starts(table, monkeypatch):
    calls = []
    train = autoencoding.fit

    def watched(X, Y, k, B, *settings, start=None, **options):
        calls.append((settings[0], start, options.get("max_steps"), options.get("step_size")))
        return train(X, Y, k, B, *settings, start=start, **options)

    monkeypatch.setattr(autoencoding, "fit", watched)
    settings = {"seed": 3, "dataset": "digits", "k": 2, "replicate": 1, **SHORT}
    with_init = compute(random_init_steps=30, **settings)
    # no other method changes
    assert with_init[:-1] == table
    (_, phase_one), *_, (weights, start) = [call[:2] for call in calls if call[1] is not None]
    assert (weights, start) == ("all", phase_one)
    assert calls[-1][2:] == (30, STEP_SIZES["random init"])
    assert with_init[-1]["loss"] < with_init[-1]["energy"]


def test_pca_is_the_tail_of_the_singular_values(table, losses):
    X = matrix(3, "digits", 1)
    values = np.linalg.svd(X, compute_uv=False)
    assert losses["PCA"] == pytest.approx(np.square(values[2:]).sum(), rel=1e-12)
    for row in table:
        assert row["energy"] == pytest.approx(np.square(X).sum(), rel=1e-12)
        assert row["optimum"] == losses["PCA"]
        assert (row["n"], row["d"], row["rank"]) == (*X.shape, np.linalg.matrix_rank(X))


def test_fjlt_and_pca_on_the_factor_equals_that_on_the_matrix(table, losses):
    rng = stream(3, "digits", 1, 2, "B, D, E")
    expected = low_rank(matrix(3, "digits", 1), srht(4, 64, rng=rng), 2).error
    assert losses["FJLT+PCA"] == pytest.approx(expected, rel=1e-9)
    assert {row["untrained"] for row in table} == {losses["FJLT+PCA"]}
    rows = {row["method"]: row for row in compute(seed=3, dataset="digits", k=1, **SHORT)}
    rng, X = stream(3, "digits", 0, 1, "B, D, E"), matrix(3, "digits", 0)
    for method, l in (("FJLT+PCA", 1), ("FJLT+PCA, proved l", 32)):
        assert rows[method]["loss"] == pytest.approx(
            low_rank(X, srht(l, 64, rng=rng), 1).error, rel=1e-9
        )


def test_trained_losses_lie_where_they_must(table, losses):
    optimum, untrained = losses["PCA"], losses["FJLT+PCA"]
    assert optimum < 0.9 * untrained
    for method in STARTS_UNTRAINED:
        assert optimum <= losses[method] < 0.99 * untrained
    assert losses["variable projection"] < 1.1 * optimum
    assert losses["Adam, joint"] >= optimum
    assert losses["Adam, phase one"] >= untrained
    floors = {row["method"]: row["floor"] for row in table}
    assert floors["Adam, phase one"] == pytest.approx(untrained, rel=1e-9)
    assert floors["variable projection"] == pytest.approx(losses["variable projection"], rel=1e-9)
    assert all(floor >= optimum * (1 - 1e-12) for floor in floors.values())


def test_training_longer_helps(losses):
    longer = compute(
        seed=3, dataset="digits", k=2, replicate=1, n=64, adam_steps=400, projection_steps=40
    )
    for row in longer[3:]:
        assert row["loss"] <= losses[row["method"]], row["method"]


def test_equal_seeds_give_equal_tables_and_others_others(table):
    settings = {"dataset": "digits", "k": 2, **SHORT}
    assert compute(seed=3, replicate=1, **settings) == table
    for other in (
        compute(seed=3, replicate=0, **settings),
        compute(seed=4, replicate=1, **settings),
    ):
        assert all(row["energy"] != old["energy"] for row, old in zip(other, table, strict=True))


def test_every_k_has_the_data_of_its_replicate(table):
    other = compute(
        seed=3, dataset="digits", k=4, replicate=1, n=64, adam_steps=2, projection_steps=1
    )
    assert {row["energy"] for row in other} == {row["energy"] for row in table}


def test_as_many_outputs_as_inputs_lose_nothing():
    rows = {
        row["method"]: row
        for row in compute(dataset="digits", n=16, k=8, adam_steps=2, projection_steps=1)
    }  # the printed number is 32
    assert rows["FJLT+PCA"]["l"] == 16
    assert rows["FJLT+PCA"]["loss"] == pytest.approx(rows["PCA"]["loss"], rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "fault", ["none", "below PCA", "below its floor", "above FJLT+PCA", "not a number"]
)
def test_a_planted_loss_is_refused(method, fault):
    loss = {
        "below PCA": 1 - 1e-6,
        "below its floor": 2 - 1e-6,
        "above FJLT+PCA": 5 + 1e-6,
        "not a number": np.nan,
    }
    row = {
        "method": method,
        "loss": loss.get(fault, 4.0),
        "optimum": 1.0,
        "floor": 2.0,
        "untrained": 5.0,
    }
    if fault == "below PCA":
        row["floor"] = 0.0
    table = [row | {"energy": 10.0}]
    if fault == "none" or (
        fault == "above FJLT+PCA" and method not in ("Adam, two phases", "variable projection")
    ):
        autoencoding._check_order(table)
        return
    with pytest.raises(ArithmeticError, match="is not between"):
        autoencoding._check_order(table)


def test_the_order_is_checked_in_every_case(monkeypatch):
    seen = []
    monkeypatch.setattr(autoencoding, "_check_order", seen.append)
    assert compute(dataset="digits", n=16, k=1, adam_steps=2, projection_steps=1) == seen[0]


@pytest.mark.parametrize(("name", "share"), [("gaussian-1", 32), ("gaussian-2", 16)])
def test_gaussian_matrices(name, share):
    X = data_matrix(name, 64, np.random.default_rng(0))
    assert X.shape == (64, 64)
    assert np.linalg.matrix_rank(X) == 64 // share
    X = data_matrix(name, 1024, np.random.default_rng(0))
    values = np.linalg.svd(X, compute_uv=False)[: 1024 // share]
    count = 1024 * 1024 // share
    assert (
        abs(np.square(values).sum() - 0.01 * count) < 4 * 0.01 * (2 * count) ** 0.5
    )  # sum of squares of N(0, 0.1²)
    assert abs(values.mean() - 0.1 * 1024**0.5) < 0.1


def rows_of(images):
    return [row.tobytes() for row in np.ascontiguousarray(images.reshape(len(images), -1))]


def test_digits_are_rows():
    X = DATA_MATRICES["digits"](200, np.random.default_rng(0))
    known = rows_of(images.digits()[0].T)
    assert X.shape == (200, 64)
    assert set(rows_of(16 * X)) <= set(known)
    assert len(set(rows_of(X))) > 190


def check_mnist(X, pictures):
    """Each row is another picture in a frame of small normal numbers, column by column."""
    n = len(X)
    padded = X.reshape(n, 32, 32).transpose(0, 2, 1)
    inner = np.rint(255 * padded[:, 2:30, 2:30])
    assert np.allclose(inner, 255 * padded[:, 2:30, 2:30], rtol=0, atol=1e-9)
    found = rows_of(inner.astype(np.uint8))
    assert set(found) <= set(rows_of(pictures))
    assert len(set(found)) == n
    frame = np.ones((32, 32), bool)
    frame[2:30, 2:30] = False
    noise = padded[:, frame]
    assert noise.shape == (n, 240)
    assert abs(noise.mean()) < 5 * 0.1 / noise.size**0.5
    assert noise.std() == pytest.approx(0.1, rel=5 / (2 * noise.size) ** 0.5)


@needs_data
def test_mnist_rows_are_padded_images_column_by_column():
    check_mnist(DATA_MATRICES["mnist"](64, np.random.default_rng(0)), images.mnist("test")[0])
    assert data_matrix("mnist", 64, np.random.default_rng(0)).shape == (64, 1024)


def test_mnist_of_the_size_of_the_paper_is_of_the_training_images(monkeypatch):
    fake = np.random.default_rng(0).integers(0, 256, (1100, 28, 28), dtype=np.uint8)
    monkeypatch.setattr(images, "mnist", lambda split="train": {"train": (fake, None)}[split])
    check_mnist(DATA_MATRICES["mnist"](1024, np.random.default_rng(0)), fake)


@needs_data
def test_olivetti_rows_are_faces_column_by_column():
    X = DATA_MATRICES["olivetti"](64, np.random.default_rng(0))
    assert X.shape == (64, 4096)
    faces = np.rint(255 * X).astype(np.uint8).reshape(64, 64, 64).transpose(0, 2, 1)
    assert set(rows_of(faces)) <= set(rows_of(images.olivetti()[0]))
    assert len(set(rows_of(faces))) > 50


@needs_data
@pytest.mark.parametrize(
    ("name", "scene"), [("hyperspectral", spectra.jasper_ridge), ("samson", spectra.samson)]
)
def test_hyperspectral_columns_are_windows_of_bands(name, scene):
    X = DATA_MATRICES[name](64, np.random.default_rng(0))
    assert X.shape == (64, 48)
    cube = scene()
    bands, side, _ = cube.shape
    windows = {
        cube[:, i : i + 8, j : j + 8].reshape(bands, -1)[band].tobytes()
        for band in range(bands)
        for i in range(0, side - 7, 8)
        for j in range(0, side - 7, 8)
    }
    found = rows_of(X.T)
    assert set(found) <= windows
    assert len(set(found)) == 48


@needs_data
def test_the_hyperspectral_matrix_of_the_paper_has_its_size():
    assert data_matrix("hyperspectral", 1024, np.random.default_rng(0)).shape == (1024, 768)


@needs_data
def test_a_scene_with_fewer_windows_gives_them_all():
    X = data_matrix("samson", 1024, np.random.default_rng(0))
    # 156 bands of 2 × 2 windows
    assert X.shape == (1024, 624)
    assert np.unique(X, axis=1).shape == (1024, 624)


@needs_data
@pytest.mark.parametrize("n", [64, 512])
def test_the_photograph_is_its_middle_square(n):
    X = DATA_MATRICES["photograph"](n, np.random.default_rng(0))
    first = 256 - n // 2
    assert np.array_equal(255 * X, images.image("camera")[first : first + n, first : first + n])


def test_rows_of_an_image_are_scaled_as_in_the_released_script(monkeypatch):
    picture = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    monkeypatch.setattr(images, "image", lambda name: {"tench": picture}[name])
    X, scaled = (
        DATA_MATRICES[name](16, np.random.default_rng(0))
        for name in ("imagenet", "imagenet-scaled")
    )
    assert np.allclose(X, picture[2:18].mean(axis=2) / 255)
    mean = sum(X) / 16
    for row, found in zip(X, scaled, strict=True):
        assert np.allclose(found, (row - mean) / np.sqrt(sum((row - mean) ** 2)))
    assert np.square(scaled).sum() == pytest.approx(16)
    assert np.array_equal(scaled_rows(np.ones((2, 3))), np.zeros((2, 3)))
    with pytest.raises(ValueError, match="n = 21 exceeds the 20 rows of the image"):
        data_matrix("imagenet", 21, np.random.default_rng(0))


@pytest.mark.parametrize("name", DATA_MATRICES)
def test_rows_are_permuted_and_contiguous(name, request):
    if name not in ("gaussian-1", "gaussian-2", "digits"):
        folder = request.getfixturevalue("data_folder")
        if name.startswith("imagenet") and not (folder / "imagenet").is_dir():
            pytest.skip(f"no image of ImageNet in {folder}")
    plain, X = (
        DATA_MATRICES[name](64, np.random.default_rng(5)),
        data_matrix(name, 64, np.random.default_rng(5)),
    )
    assert X.dtype == np.float64
    assert X.flags.c_contiguous
    assert sorted(rows_of(X)) == sorted(rows_of(plain))
    assert rows_of(X) != rows_of(plain)


def test_an_unknown_dataset_is_refused():
    with pytest.raises(ValueError, match="unknown dataset 'minst'; did you mean 'mnist'"):
        compute(dataset="minst")


@needs_data
@pytest.mark.parametrize(
    ("name", "n", "words"),
    [
        ("hyperspectral", 63, "n = 63 is not a square"),
        ("photograph", 513, "n = 513 exceeds the 512 rows"),
        ("digits", 1798, "n = 1798 exceeds the 1797 images"),
        ("mnist", 60_001, "n = 60001 exceeds the 60000 images"),
        ("gaussian-1", 16, "n = 16 leaves a rank of n/32 < 1"),
    ],
)
def test_a_size_for_which_there_are_no_data_is_refused(name, n, words):
    with pytest.raises(ValueError, match=words):
        data_matrix(name, n, np.random.default_rng(0))


def test_every_data_matrix_has_a_name_in_the_drawings():
    assert set(DATA_MATRICES) == set(LABELS)


@pytest.mark.parametrize(
    ("k", "epsilon", "printed", "proved"),
    [
        (1, 1, 1, 32),
        (2, 1, 4, 96),
        (3, 1, 8, 192),
        (8, 1, 32, 1152),
        (64, 1, 448, 66560),
        (8, 0.5, 40, 1152),
        (1, 0.1, 10, 160),
        (4, 0.3, 22, 320),
    ],
)
def test_numbers_of_outputs(k, epsilon, printed, proved):
    assert (printed_outputs(k, epsilon), proved_outputs(k, epsilon)) == (printed, proved)
