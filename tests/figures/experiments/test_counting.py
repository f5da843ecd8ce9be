from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from figures.engine.gallery import find
from figures.engine.table import from_csv, to_csv
from figures.engine.wording import count
from figures.experiments.counting import compute, layer_weights, reduced
from figures.models.architectures import (
    CRF,
    MODELS,
    Convolution,
    image_layers,
    tagger_layers,
)
from figures.models.operations import image_multiplications
from figures.paper import figure_1, figure_s2
from fjlt import Butterfly, DenseReplacement, TruncatedButterfly

# Totals of the published implementations, biases and batch norms included.
PUBLISHED = [
    # timm 1.0.31, efficientnet_b0
    (image_layers("EfficientNet-B0", 1000), 5_288_548),
    (image_layers("EfficientNet-B0", 10), 4_020_358),
    # github.com/kuangliu/pytorch-cifar, models/efficientnet.py, from which the authors'
    # EfficientNet.py is taken
    (image_layers("EfficientNet-B0 without head", 10), 3_599_686),
    # github.com/kuangliu/pytorch-cifar, models/preact_resnet.py, from which the authors'
    # PreActResNet.py is taken
    (image_layers("PreActResNet-18", 10), 11_171_146),
    # timm 1.0.31, legacy_seresnet152; github.com/osmr/imgclsmob lists it, from Cadene's
    # pretrained-models.pytorch
    (image_layers("SE-ResNet-152", 1000), 66_821_848),
    (image_layers("SE-ResNet-152", 100), 64_977_748),
    # timm 1.0.31, legacy_senet154; github.com/osmr/imgclsmob lists it too
    (image_layers("SENet-154", 1000), 115_088_984),
    # torch.nn.Linear(8292, 8292), LSTM(8292, 256, bidirectional=True), Linear(512, 20) and 20 × 20
    # transitions
    (tagger_layers(8292, 20), 86_286_616),
    (tagger_layers(8492, 20), 90_053_216),
    (tagger_layers(4396, 49), 28_888_142),
]
PUBLISHED = [(tuple(layers), total) for layers, total in PUBLISHED]

# The tagger "ner" of Flair prints them when it is loaded: "Dictionary with 20 tags".
FLAIR_TAGS = {"<unk>", "O", "<START>", "<STOP>"} | {
    *("S-ORG", "S-MISC", "S-LOC", "S-PER", "B-ORG", "B-MISC", "B-LOC", "B-PER"),
    *("I-ORG", "I-MISC", "I-LOC", "I-PER", "E-ORG", "E-MISC", "E-LOC", "E-PER"),
}

# Marcus, Santorini and Marcinkiewicz (1993); all of them occur in the sample of the Penn Treebank
# that NLTK ships.
PENN_TAGS = (
    "# $ '' , -LRB- -RRB- . : `` CC CD DT EX FW IN JJ JJR JJS LS MD NN NNP NNPS NNS PDT POS PRP "
    "PRP$ RB RBR RBS RP SYM TO UH VB VBD VBG VBN VBP VBZ WDT WP WP$ WRB"
)


def total(layers):
    return sum(layer.n_weights for layer in layers)


@pytest.mark.parametrize(("layers", "published"), PUBLISHED)
def test_totals_are_those_of_published_implementations(layers, published):
    assert total(layers) == published


@pytest.mark.parametrize(("layers", "published"), PUBLISHED)
def test_a_dropped_layer_changes_the_total(layers, published):
    assert all(total(layers[:i] + layers[i + 1 :]) != published for i in range(len(layers)))


@pytest.mark.parametrize(("layers", "published"), PUBLISHED[:7])
@pytest.mark.parametrize("fault", ["kernel", "groups", "bias"])
def test_a_wrong_convolution_changes_the_total(layers, published, fault):
    for i, layer in enumerate(layers):
        if isinstance(layer, Convolution):
            wrong = {
                "kernel": {"kernel": layer.kernel + 2},
                "groups": {"groups": layer.inputs if layer.groups == 1 else 1},
                "bias": {"bias": not layer.bias},
            }[fault]
            assert total((*layers[:i], replace(layer, **wrong), *layers[i + 1 :])) != published


def test_linear_layers_take_what_the_layers_before_give():
    for model in MODELS:
        if model.task == "vision":
            (linear,) = model.linears
            assert (
                linear.inputs
                == [layer for layer in model.layers if isinstance(layer, Convolution)][-1].outputs
            )
        else:
            reprojection, lstm, linear, crf = model.layers
            assert reprojection.inputs == reprojection.outputs == lstm.inputs
            assert (linear.inputs, linear.outputs) == (2 * lstm.hidden, crf.tags)


def test_an_lstm_has_the_arrays_of_pytorch():
    inputs, hidden = 12, 5
    shapes = [(4 * hidden, inputs), (4 * hidden, hidden), (4 * hidden,), (4 * hidden,)] * 2
    tagger = tuple(tagger_layers(inputs, 3, hidden))
    assert tagger[1].n_weights == sum(np.zeros(shape).size for shape in shapes)


def test_tags_are_those_of_flair_and_of_the_treebank():
    tags = {
        model.name: layer.tags
        for model in MODELS
        for layer in model.layers
        if isinstance(layer, CRF)
    }
    names, speech = len(FLAIR_TAGS), len({*PENN_TAGS.split(), "O", "<unk>", "<START>", "<STOP>"})
    assert tags == {"NER English": names, "NER German": names, "POS English": speech}


def enumerated(n, k):
    """Numbers of effective weights of the operators on n inputs with all sets of k kept outputs."""
    size = 1 << (n - 1).bit_length()
    weights = Butterfly.identity(size).weights
    return [
        TruncatedButterfly(weights, rows, n).n_effective_weights
        for rows in combinations(range(size), k)
    ]


@pytest.mark.parametrize(("n1", "n2"), [(8, 4), (5, 3), (10, 6), (13, 2)])
def test_counts_of_small_layers_are_those_of_all_operators(n1, n2):
    row = layer_weights(n1, n2)
    first, second = enumerated(n1, row["k1"]), enumerated(n2, row["k2"])
    core = row["k1"] * row["k2"]
    assert row["effective_min"] == core + min(first) + min(second)
    assert row["effective_max"] == core + max(first) + max(second)
    assert row["effective_mean"] == pytest.approx(
        core + np.mean(first) + np.mean(second), rel=1e-12
    )
    assert row["effective_max"] <= row["bound"]


def test_the_bound_is_that_of_the_paper():
    assert layer_weights(256, 16)["bound"] == 8 * 4 + (2 * 256 * 3 + 6 * 256) + (
        2 * 16 * 2 + 6 * 16
    )


def reversed_bits(t, size):
    return int(f"{t:0{size.bit_length() - 1}b}"[::-1], 2)


def operator(n1, n2, choose):
    """The replacement as an operator; choose(size, k) gives the kept outputs of a butterfly."""
    row = layer_weights(n1, n2)
    sides = []
    for n, k in ((n1, row["k1"]), (n2, row["k2"])):
        size = 1 << k
        sides.append(TruncatedButterfly(Butterfly.identity(size).weights, choose(size, k), n))
    return DenseReplacement(sides[0], np.ones((row["k2"], row["k1"])), sides[1])


@pytest.mark.parametrize("row", compute(), ids=lambda row: f"{row['model']} {row['layer']}")
def test_counts_of_the_table_are_those_of_operators(row):
    n1, n2 = row["n1"], row["n2"]
    fewest = operator(n1, n2, lambda size, k: [reversed_bits(t, size) for t in range(k)])
    most = operator(n1, n2, lambda size, k: range(k))
    assert (fewest.n_weights, most.n_weights) == (row["effective_min"], row["effective_max"])
    assert most.shape == (n2, n1)
    nominal = most.core.size + most.j1.weights.size + most.j2.weights.size
    assert row["nominal"] == nominal
    assert row["dense"] == most.shape[0] * most.shape[1]
    assert row["effective_max"] <= row["bound"]


@pytest.mark.parametrize(("n1", "n2"), [(1280, 10), (512, 49)])
def test_the_mean_is_that_of_drawn_operators(n1, n2):
    rng = np.random.default_rng(0)
    drawn = [
        operator(n1, n2, lambda size, k: rng.choice(size, k, replace=False)).n_weights
        for _ in range(300)
    ]
    error = np.std(drawn) / len(drawn) ** 0.5
    assert abs(np.mean(drawn) - layer_weights(n1, n2)["effective_mean"]) < 4 * error


@pytest.mark.parametrize(("n1", "n2"), [(1, 10), (10, 0)])
def test_sizes_without_outputs_to_keep_are_refused(n1, n2):
    with pytest.raises(ValueError, match="= 0 is out of range"):
        layer_weights(n1, n2)


@pytest.fixture(scope="module")
def table():
    return from_csv(to_csv(compute()))


def final(table, model):
    (row,) = [row for row in table if row["model"] == model and row["layer"] == "final"]
    return row


def test_every_seed_gives_the_table(table):
    assert table == compute(seed=5)


def test_models_differ_by_the_replaced_layer(table):
    for row in table:
        assert row["original"] - row["replaced"] == pytest.approx(
            row["dense"] - row["effective_mean"]
        )


CIFAR10 = ["EfficientNet-B0", "EfficientNet-B0 without head", "PreActResNet-18"]


def test_where_the_replacement_is_a_reduction(table):
    everything = [model.name for model in MODELS]
    assert reduced(table, "effective_max") == reduced(table, "effective_mean") == everything
    for column in ("nominal", "bound"):
        assert reduced(table, column) == everything[3:]
        assert reduced(table, column, "reprojection") == everything[5:]
    assert (
        everything[:3] == CIFAR10 == [model.name for model in MODELS if model.dataset == "CIFAR-10"]
    )


def test_sentences_of_caption_1(table):
    words = find("figure-1").findings(table)
    rows = [final(table, model) for model in CIFAR10]
    savings = [
        f"{100 - 100 * row['effective_mean'] / row['dense']:.0f} % for {row['model']}"
        for row in rows
    ]
    assert "on CIFAR-10, in the mean, by {}, {} and {}.".format(*savings) in words
    pairs = [
        f"{row['model']} ({count(row['nominal'])} against {count(row['dense'])})" for row in rows
    ]
    assert "3 have more weights than the dense layer: {}, {} and {}.".format(*pairs) in words
    others = [row for row in table if row["dataset"] != "CIFAR-10"]
    ratios = [
        row[column] / row["dense"]
        for row in others
        for column in ("nominal", "effective_max", "bound")
    ]
    assert 0.93 < max(ratios) <= 0.94
    assert "every count is a reduction, by at least 6 %" in words


def test_sentences_of_caption_s2(table):
    words = find("figure-s2").findings(table)
    spread = max((row["effective_max"] - row["effective_min"]) / row["replaced"] for row in table)
    assert f"by more than {np.ceil(1e4 * spread) / 100:.2f} %" in words
    rows = [row for row in table if row["layer"] == "final"]
    *others, most = sorted(rows, key=figure_s2.saving)
    assert (
        f"most for {most['model']}, {figure_s2.saving(most):.2f} %, and 0.01 to 0.29 % for the "
        "other" in words
    )
    assert f"{figure_s2.saving(others[0]):.2f}" == "0.01"
    assert f"{figure_s2.saving(others[-1]):.2f}" == "0.29"
    grow = [
        f"{row['model']} by {-figure_s2.saving(row, 'nominal'):.2f} %"
        for row in rows
        if figure_s2.saving(row, "nominal") < 0
    ]
    assert "3 models grow: {}, {} and {}.".format(*grow) in words
    assert len(grow) == 3
    square = [row for row in table if row["layer"] == "reprojection"]
    assert all(2 * row["dense"] > row["original"] for row in square)
    least, largest = (f"{end(map(figure_s2.saving, square)):.0f}" for end in (min, max))
    assert f"Its replacement saves {least} to {largest}" in words


def texts(canvas):
    return [text.get_text() for axes in canvas.axes for text in axes.texts]


@pytest.mark.parametrize("figure", [figure_1, figure_s2])
def test_drawings_read_the_table_alone(figure, table):
    altered = [
        {**row, "model": f"model {i}", "dense": 3333 + i, "original": 7_777_000 + i}
        for i, row in enumerate(table)
    ]
    canvas = figure.draw(altered)
    shown = texts(canvas)
    column = "dense" if figure is figure_1 else "original"
    for row in altered:
        assert count(row[column]) in shown
        assert any(text.startswith(row["model"] + ",") for text in shown)
    assert [axes.get_gid() for axes in canvas.axes] == ["vision", "language"]
    assert all(
        axes.get_xlabel().startswith("number of weights") and axes.get_xscale() == "log"
        for axes in canvas.axes
    )


def dots(axes):
    """Places of the dots of a panel, from the top."""
    return [line.get_xdata()[0] for line in axes.lines if line.get_marker() in ("s", "o")]


def test_dots_of_figure_1_stand_at_the_counts(table):
    for axes in figure_1.draw(table).axes:
        rows = [row for row in table if row["task"] == axes.get_gid()]
        rows.sort(key=lambda row: row["layer"])
        counts = [row[column] for row in rows for column in ("dense", "nominal", "effective_mean")]
        assert dots(axes) == pytest.approx(counts)
        whiskers = [segment for lines in axes.collections for segment in lines.get_segments()]
        spreads = [[end[0] for end in segment] for segment in whiskers]
        assert np.allclose(spreads, [[row["effective_min"], row["effective_max"]] for row in rows])
        stars = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "*"]
        assert stars == pytest.approx([row["bound"] for row in rows])


def test_dots_of_figure_s2_stand_at_the_counts_and_name_the_saving(table):
    canvas = figure_s2.draw(table)
    for axes in canvas.axes:
        rows = sorted(
            (row for row in table if row["task"] == axes.get_gid()), key=lambda row: row["layer"]
        )
        assert dots(axes) == pytest.approx(
            [row[column] for row in rows for column in ("original", "replaced")]
        )
    shown = texts(canvas)
    assert {"−1.8 %", "−0.29 %", "−0.012 %", "−80 %"} <= set(shown)


@pytest.mark.parametrize("figure", [figure_1, figure_s2])
def test_nothing_is_cut_off(figure, table):
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from figures.engine.style import STYLE

    with rc_context(STYLE):
        canvas = figure.draw(table)
        FigureCanvasAgg(canvas).draw()
        page, boxes = (
            canvas.bbox,
            [text.get_window_extent() for axes in canvas.axes for text in axes.texts],
        )
        assert all(
            box.x0 >= 0 and box.x1 <= page.x1 and box.y0 >= 0 and box.y1 <= page.y1 for box in boxes
        )
        for i, box in enumerate(boxes):
            assert not any(
                box.overlaps(other)
                for other in boxes[i + 1 :]
                if abs(box.y0 - other.y0) > 0.6 * box.height
            )


@pytest.mark.parametrize("name", ["PreActResNet-18", "EfficientNet-B0"])
def test_multiplications_are_those_of_the_modules(name):
    torch = pytest.importorskip("torch")
    from figures.models.networks import efficientnet_b0, network

    model = (
        efficientnet_b0()
        if name == "EfficientNet-B0"
        else network(name, torch.nn.Linear, channels=3, width=64)
    )
    found = []

    def products(module, inputs, output):
        places = output[0, 0].numel() if output.ndim == 4 else 1
        found.append(module.weight.numel() * places)

    for module in model.modules():
        if isinstance(module, torch.nn.Conv2d | torch.nn.Linear):
            module.register_forward_hook(products)
    model.eval()(torch.zeros(1, 3, 32, 32))
    assert image_multiplications(name, 10, 32) == sum(found)


def test_multiplications_are_near_the_published_ones():
    # He et al. 2016 (torchvision 0.20 lists 1.81 G), Hu et al. 2018, Table 2, and Tan, Le 2019;
    # EfficientNet has stride 1 here and half the side, for stride 2
    published = {
        ("ResNet-18", 1000, 224): 1.81e9,
        ("SE-ResNet-152", 1000, 224): 11.3e9,
        ("SENet-154", 1000, 224): 20.7e9,
        ("EfficientNet-B0", 1000, 112): 0.39e9,
    }
    for case, known in published.items():
        assert abs(image_multiplications(*case) / known - 1) < 0.03
    assert sum(layer.n_weights for layer in image_layers("ResNet-18", 1000)) == 11_689_512
