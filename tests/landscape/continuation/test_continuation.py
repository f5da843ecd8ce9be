"""Paths there and back, monodromy, stored start sets, and the documented names of both modules."""

import subprocess
import sys
from math import comb
from pathlib import Path

import numpy as np
import pytest

import landscape.continuation.start_sets as stored
from fjlt.kernels.simd import COMPILES
from landscape.cli.start_sets_command import main
from landscape.continuation import endgame, monodromy_loops, path_tracking
from landscape.continuation.endgame import track_start_set
from landscape.continuation.monodromy_loops import (
    StartSet,
    _critical_by_choice_of_data,
    _random_symmetric,
    monodromy,
    projectors,
    unique_indices,
)
from landscape.continuation.path_tracking import refine, track, track_batch
from landscape.continuation.start_sets import start_set
from landscape.planes.gain import Forms, Gain
from landscape.planes.row_spaces import RowSpaces


def test_paths_lead_there_and_back():
    spaces = RowSpaces(4, (0, 2))
    good = start_set(spaces)
    rng = np.random.default_rng(0)
    a = rng.normal(size=(2, 4, 4)) + 1j * rng.normal(size=(2, 4, 4))
    there = Forms(*(a + np.swapaxes(a, -1, -2)))
    x, arrived = track(spaces, good.x, good.forms, there)
    back, returned = track(spaces, x, there, good.forms)
    assert arrived.all()
    assert returned.all()
    np.testing.assert_allclose(projectors(spaces, back), projectors(spaces, good.x), atol=1e-8)
    moved, size = refine(spaces, good.x + 1e-4, good.forms)
    assert size.max() < 1e-13
    np.testing.assert_allclose(projectors(spaces, moved), projectors(spaces, good.x), atol=1e-8)


@pytest.mark.skipif(not COMPILES, reason="Numba compiles nothing")
@pytest.mark.parametrize(
    ("n", "rows", "k"),
    [(4, (0, 2), 2), (8, (0, 4), 2), (8, (0, 2), 2), (8, (0, 1, 4), 3), (8, (0, 2, 4), 2)],
)
def test_compiled_paths_are_those_of_numpy(n, rows, k, monkeypatch):
    """The same ends, one by one, with few steps; and the same Newton's method."""
    spaces, rng = RowSpaces(n, rows, k), np.random.default_rng(3)
    x, start = _critical_by_choice_of_data(spaces, rng)
    there = Forms(*(a + _random_symmetric(n, rng) / 4 for a in start))
    x = np.stack([x, spaces.rescaled(x), x + 1])  # the last is not critical
    ends, arrived = track(spaces, x, start, there, max_steps=300, compiled=True)
    expected, did = track_batch(spaces, x, start, there, 1e-4, 300)
    assert arrived.tolist() == did.tolist() == [True, True, False]
    places = projectors(spaces, expected[:2])
    np.testing.assert_allclose(projectors(spaces, ends[:2]), places, atol=1e-9)
    near = expected[:2] + 1e-5 * rng.normal(size=(2, spaces.size))
    for least in (1, np.inf):
        monkeypatch.setattr(path_tracking, "MANY_NUMBERS", least)
        refined, size = refine(spaces, near, there)
        assert size.max() < 1e-12
        np.testing.assert_allclose(projectors(spaces, refined), places, atol=1e-9)


def test_paths_that_meet_go_around(monkeypatch):
    """Half-way the data have a double critical point, where two paths of the line meet."""
    spaces, rng = RowSpaces(4, (0, 2)), np.random.default_rng(2)
    start = start_set(spaces)
    monkeypatch.setattr(endgame, "with_random_phases", lambda forms, rng: forms)
    # M at which a random point is critical and the Hessian there has a random vector in its kernel.
    x, y = (spaces.random(rng) + 1j * spaces.random(rng) for _ in range(2))
    C, upper = _random_symmetric(4, rng), np.transpose(np.triu_indices(4))
    unit = np.zeros((10, 4, 4), dtype=complex)
    for one, (i, j) in zip(unit, upper, strict=True):
        one[i, j] = one[j, i] = 1
    gradient, hessian = Gain(spaces, C, unit).derivatives(np.tile(x, (10, 1)))
    kernel = np.linalg.svd(np.concatenate([gradient, hessian @ y], axis=1).T)[2][4:].conj()
    M = np.einsum("u,uij", rng.normal(size=6) @ kernel, unit)
    end = Forms(2 * C - start.forms.C, 2 * M - start.forms.M)
    said = []
    found = track_start_set(start, end, rng, said.append)
    assert len(found.points) == 12
    assert said == ["12 paths to follow", "2 paths to follow again"]
    monkeypatch.setattr(endgame, "BENDS", ())
    track_start_set(start, end, rng, said.append)
    assert "2 ends missing; all paths by another line of data" in said


def test_unique_indices():
    points = np.random.default_rng(0).normal(size=(5, 3, 3))
    two = points[[3, 1]] + 1e-9
    assert unique_indices(np.concatenate([points, two])).tolist() == [0, 1, 2, 3, 4]
    assert unique_indices(np.concatenate([two, points])).tolist() == [0, 1, 2, 4, 6]
    assert unique_indices(points[:0]).tolist() == []
    for seed in range(20):  # three copies of each, their keys in any order
        noise = 1e-13 * np.random.default_rng(seed).normal(size=(15, 3, 3))
        assert len(unique_indices(np.concatenate([points] * 3) + noise)) == 5


def test_few_points_need_many_loops():
    """With one of two points known a loop finds nothing half of the time.

    So one loop without progress is no reason to stop.
    """
    spaces = RowSpaces(2, [0], 1)
    for seed in range(4):
        assert len(monodromy(spaces, rng=seed, max_loops_no_progress=1).x) == 2


def test_each_line_carries_each_point_once(monkeypatch):
    carried = []

    def counted(spaces, x, *arguments, **options):
        carried.append(len(x))
        return track(spaces, x, *arguments, **options)

    monkeypatch.setattr(monodromy_loops, "track", counted)
    counts = []
    found = monodromy(RowSpaces(4, (0, 2)), rng=1, progress=counts.append)
    assert len(found.x) == counts[-1] == 12
    assert counts == sorted(counts)
    # 12 points here and there, and each line joins two of them
    assert found.loops_no_progress + 1 == sum(carried) / 12


def test_monodromy_gives_up_at_too_many_points():
    with pytest.raises(ValueError, match="more than 3 complex critical points"):
        monodromy(RowSpaces(4, (0, 2)), max_points=3)


def test_a_damaged_start_set_is_refused(monkeypatch, tmp_path):
    spaces = RowSpaces(4, (0, 2))
    good = start_set(spaces)
    monkeypatch.setattr(stored, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=f"start_sets 4 --replace --out {tmp_path}"):
        start_set(spaces)
    stored.store(StartSet(spaces, good.forms, good.x, 4), tmp_path)
    assert len(start_set(spaces).x) == 12
    with pytest.raises(ValueError, match="not critical"):
        stored.store(StartSet(spaces, good.forms, good.x + 0.3, 4), tmp_path)
    path = stored.store(StartSet(spaces, good.forms, good.x, 4), tmp_path)
    whole = path.read_bytes()
    arrays = dict(np.load(path))
    np.savez(path, **arrays | {"x": arrays["x"] + 1000})
    with pytest.raises(ValueError, match="not all of its points are critical"):
        start_set(spaces)
    for damaged in (b"PK", whole[:-40], whole[:80] + bytes(40) + whole[120:]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="damaged"):
            start_set(spaces)


@pytest.mark.parametrize(
    ("n", "rows", "count"),
    [
        # numbers that localisation gives as well: proofs_check/counts/localisation.py
        (4, (0, 2), 12),
        (8, (0, 4), 224),
        (16, (0, 8), 4320),
        (8, (0, 2), 3680),
        (8, (0, 2, 4), 4672),
        (8, (0, 1, 4), 5216),
    ],
)
def test_stored_points_are_critical_and_different(n, rows, count):
    assert (n, rows) in stored.STORED
    found = start_set(RowSpaces(n, rows))
    assert len(unique_indices(projectors(found.spaces, found.x))) == len(found.x) == count
    C, M = found.forms
    W = found.spaces.rows_at(found.spaces.rescaled(found.x))
    J = found.spaces.jacobian(found.spaces.rescaled(found.x))
    # Along every variable: tr K⁻¹(W'MWᵀ) = tr K⁻¹LK⁻¹(W'CWᵀ), K = WCWᵀ, L = WMWᵀ.
    K_inverse = np.linalg.inv(W @ C @ W.mT)
    first, second = K_inverse @ W @ M, K_inverse @ W @ M @ W.mT @ K_inverse @ W @ C
    slope = np.einsum("pavc,pac->pv", J, first - second)
    terms = np.einsum("pavc,pac->pv", abs(J), abs(first))
    assert (abs(slope) <= 1e-7 * terms.max(axis=1, keepdims=True)).all()


def test_outputs_of_one_orbit_share_a_start_set():
    """The data and the row spaces are the same, in other variables."""
    known = start_set(RowSpaces(8, (0, 4)))
    for rows in ((1, 5), (2, 6), (3, 7)):
        found = start_set(RowSpaces(8, rows))
        assert found.spaces.rows == rows
        places, others = (projectors(one.spaces, one.x) for one in (known, found))
        np.testing.assert_allclose(places, others, atol=1e-8)
    for n, rows, k in ((8, (0, 1), 2), (8, (0, 2), 1), (16, (0, 2), 2), (32, (0, 16), 2)):
        assert start_set(RowSpaces(n, rows, k)) is None


def test_the_documented_names_are_those_of_the_code():
    code = "from landscape.monodromy import StartSet, monodromy; print(monodromy.__module__)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "landscape.continuation.monodromy_loops"


def test_the_command_that_makes_start_sets(monkeypatch, tmp_path, capsys):
    """It writes a start set in the stored format where it is told, and nothing anywhere else."""
    good = start_set(RowSpaces(4, (0, 2)))
    package = {file: file.read_bytes() for file in stored.FOLDER.glob("*.npz")}

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["start_sets", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code or 0, *capsys.readouterr()

    monkeypatch.chdir(tmp_path)
    status, out, _ = command("4", "--out", "mine")
    assert status == 0
    assert out.splitlines()[-2] == "n = 4: 12 points so far"
    assert out.splitlines()[-1].startswith(f"Wrote {Path('mine/siblings-4.npz')}, in ")
    assert [str(file) for file in tmp_path.rglob("*.npz")] == [f"{tmp_path}/mine/siblings-4.npz"]
    # it never writes over what is there, unless it is told so
    before = (tmp_path / "mine" / "siblings-4.npz").stat().st_mtime_ns
    for arguments, words in (
        (["4", "--out", "mine"], "siblings-4.npz exists; name another folder with --out, or add"),
        (["4", "--out", stored.FOLDER], "siblings-4.npz exists"),
        (["8", "--rows", "0,2", "--out", stored.FOLDER], "outputs-8-0-2.npz exists"),
        (["4", "--rows", "0,4"], "--rows 0,4: "),
        (["6"], "n = 6 is not a power of 2"),
        (["2"], "n = 2 is out of range"),
    ):
        status, out, err = command(*arguments)
        assert (status, out) == (2, "")
        assert words in err
    assert before == (tmp_path / "mine" / "siblings-4.npz").stat().st_mtime_ns
    assert package == {file: file.read_bytes() for file in stored.FOLDER.glob("*.npz")}
    status, out, _ = command("--help")
    assert status == 0
    assert "python -m landscape.start_sets 4 8 --out mine" in out
    status, out, _ = command("4", "--rows", "1,0", "--out", "mine")
    assert status == 0
    with np.load("mine/outputs-4-0-1.npz") as made:
        # dominant outputs: planes of eigenvectors of a pencil
        assert made["x"].shape == (comb(4, 2), RowSpaces(4, (0, 1)).size, 2)
    monkeypatch.setattr(stored, "FOLDER", tmp_path / "mine")
    with np.load(tmp_path / "mine" / "siblings-4.npz", allow_pickle=False) as made:
        assert sorted(made.files) == ["C", "M", "bits", "quiet", "x"]
    spaces = RowSpaces(4, (0, 2))
    made = start_set(spaces)
    np.testing.assert_array_equal(made.forms.C, good.forms.C)
    # M makes a first point critical; which M depends on the signs that LAPACK returns.
    assert len(unique_indices(projectors(spaces, made.x))) == len(good.x) == 12
