"""The claims on printed numbers notice planted numbers, and their formulas agree with others."""

from fractions import Fraction

import numpy as np
import pytest

from figures.paper import printed
from figures.paper.printed import Printed
from fjlt import srht
from proofs_check import run
from proofs_check.checker.certificates import valid
from proofs_check.counts.weight_bounds import within
from proofs_check.statements.printed_numbers import (
    gaussian_data,
    layer_sizes,
    layer_weights,
    saved_times,
    sketch_errors,
)


def with_text(monkeypatch, new, place, **where):
    """Put another number in the place of a printed one."""
    old = printed.number(place, **where)
    planted = Printed(**{**vars(old), "text": new})
    found = tuple(planted if one == old else one for one in printed._all())
    monkeypatch.setattr(printed, "_all", lambda: found)


@pytest.mark.parametrize(
    ("claim", "check", "new", "place", "where"),
    [
        (
            "printed-layer-weights",
            "counts",
            "17468",
            "figure-1",
            {"subject": "senet154, ImageNet", "series": "butterfly"},
        ),
        (
            "printed-layer-weights",
            "sizes",
            "15441",
            "figure-1",
            {"subject": "Penn Treebank", "series": "butterfly"},
        ),
        (
            "printed-layer-sizes",
            "linear layers",
            "204800",
            "figure-1",
            {"subject": "seresnet152, CIFAR-100", "series": "dense"},
        ),
        (
            "printed-model-weights",
            "savings",
            "26750000",
            "figure-s2",
            {"subject": "NER German", "series": "butterfly"},
        ),
        (
            "printed-model-weights",
            "tenfold",
            "21030856",
            "figure-s2",
            {"subject": "Penn Treebank", "series": "butterfly"},
        ),
        (
            "printed-model-weights",
            "known totals",
            "11171146",
            "figure-s2",
            {"subject": "PreActResNet18, CIFAR-10", "series": "dense"},
        ),
        (
            "printed-model-weights",
            "file sizes",
            "115000000",
            "figure-s2",
            {"subject": "senet154, ImageNet", "series": "dense"},
        ),
        (
            "printed-gaussian-names",
            "Gaussian 1",
            "60",
            "table-2",
            {"subject": "gaussian-1", "series": "rank"},
        ),
        (
            "printed-gaussian-names",
            "Gaussian 2",
            "300",
            "figure-s7",
            {"subject": "gaussian-2", "series": "trained", "at": "32"},
        ),
        ("printed-ranks", "Olivetti", "400", "table-2", {"subject": "olivetti", "series": "rank"}),
        ("printed-ranks", "MNIST", "800", "table-2", {"subject": "mnist", "series": "rank"}),
        (
            "printed-scaling",
            "scaled",
            "500",
            "figure-5",
            {"subject": "mnist", "series": "PCA", "at": "8"},
        ),
        (
            "printed-scaling",
            "as described",
            "174",
            "figure-5",
            {"subject": "mnist", "series": "PCA", "at": "60"},
        ),
        (
            "printed-noise",
            "noise",
            "99.2",
            "figure-s7",
            {"subject": "olivetti", "series": "PCA", "at": "8"},
        ),
        (
            "printed-noise",
            "faces",
            "61.1",
            "figure-s7",
            {"subject": "olivetti", "series": "PCA", "at": "100"},
        ),
        (
            "printed-sketch-errors",
            "agreement",
            "9.9",
            "table-s1",
            {"subject": "Tech", "series": "sparse", "at": "10 20"},
        ),
        ("printed-sketch-order", "order", "0.013", "figure-8", {"series": "butterfly"}),
        (
            "printed-smallest-error",
            "unit",
            "0.00000762939453126",
            "figure-s8",
            {"series": "butterfly"},
        ),
        (
            "printed-times",
            "shares",
            "120",
            "figure-s4",
            {"subject": "PreActResNet18, CIFAR-10", "series": "butterfly", "at": "training"},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_planted_number_fails_its_check(monkeypatch, claim, check, new, place, where):
    with_text(monkeypatch, new, place, **where)
    assert any(f"check '{check}'" in failure for failure in run([claim]).failures)


def test_a_planted_start_of_a_curve_fits_the_scale(monkeypatch):
    where = {"subject": "gaussian-2", "series": "FJLT+PCA", "at": "0"}
    with_text(monkeypatch, "2050", "figure-s7", **where)
    assert run(["printed-gaussian-scale"]).failures != []


def test_drawn_replacements_lie_below_the_printed_numbers():
    for layer in layer_weights.layers():
        sides = [(p, srht(p, 1 << p, rng=p)) for p in (layer.p1, layer.p2)]
        count = sum(J.n_effective_weights for _, J in sides) + layer.p1 * layer.p2
        assert layer.least <= count <= layer.most < layer.printed


def test_the_formula_is_the_bound_where_the_number_of_outputs_is_a_power_of_two():
    for p, k in ((10, 8), (9, 4), (7, 1)):
        bound = layer_weights.floored(p, k) - 6 * 2**p
        assert within(bound, 2**p, k, 0)
        assert not within(bound + 1, 2**p, k, 0)


def test_the_sizes_of_the_layers_are_searched_without_exception():
    divisors = [n for n in range(2, 1 << 18) if (1 << 18) % n == 0]
    pairs = {tuple(sorted((n, (1 << 18) // n), reverse=True)) for n in divisors[:-1]}
    assert {(1 << a, 1 << b) for a, b in layer_weights.shapes(1 << 18)} == pairs
    assert list(layer_weights.shapes(5120)) == []


@pytest.mark.parametrize(
    ("kind", "layers"),
    [
        ("printed-weights", [[17468, 10, 10]]),
        ("printed-weights", []),
        ("printed-sizes", [[524288, 18552, [[10, 9]]]]),
        ("printed-sizes", [[524288, 18522, []]]),
        ("printed-sizes", []),
    ],
)
def test_the_checker_refuses_planted_layers(kind, layers):
    assert not valid({"kind": kind, "layers": layers})[0]


def test_the_checker_finds_the_sizes_by_division():
    assert valid({"kind": "printed-sizes", "layers": [[524288, 18522, [[10, 9]]]]})[0]
    with pytest.raises(ValueError, match="no powers of 2"):
        valid({"kind": "printed-sizes", "layers": [[5120, 4302, []]]})


def test_a_gaussian_matrix_keeps_the_bounds():
    # rank 32 and rank 64 by the stated construction
    rng = np.random.default_rng(0)
    for rank in (32, 64):
        squares = np.linalg.svd(0.1 * rng.standard_normal((rank, 1024)), compute_uv=False) ** 2
        start, left = squares.sum(), squares[30:].sum()
        assert gaussian_data.least_rank(Fraction(start), Fraction(left), 30) <= rank
        assert abs(start - gaussian_data.stated_energy(rank)) < 0.05 * start
    assert squares[32:].sum() / squares.sum() > gaussian_data.last_point()[1]


def test_the_least_rank_is_reached_by_equal_singular_values():
    # Δ_k = 16 − k for 16 singular values of 1
    for k in range(1, 16):
        assert gaussian_data.least_rank(Fraction(16), Fraction(16 - k), k) == 16


def test_shares_are_of_the_layer_lists():
    wide, output = saved_times.shares("PreActResNet18, CIFAR-10")
    assert output == Fraction(512 * 10, 555_422_720)
    assert wide == Fraction(1024 * 512, 555_422_720 + 1024 * 512)
    # Amdahl: the layer takes twice as long as elsewhere
    assert saved_times.slower(Fraction(2, 11), Fraction(1, 10)) == 2


def test_agreement_counts_rounded_and_cut_digits():
    assert len(sketch_errors.twice_printed()) == len(sketch_errors.far(Fraction(0))) + sum(
        sketch_errors.gap(*pair) == 1 for pair in sketch_errors.twice_printed()
    )
    assert layer_sizes.possible_outputs(5) == []
