"""Planted faults in the claims on experiments make a named check fail or fall silent."""

import pytest

from figures.added import duel
from figures.engine import stored_tables as stored
from landscape import Fit
from landscape import fit as real_fit
from proofs_check.claim import Bearing
from proofs_check.experiments import curves, learned, planned_tests, replaced, scores
from proofs_check.statements.experiments import (
    learned_sketch_corrected,
    replacement_speed,
    trained_loss,
)

IDS = (
    "duel",
    "ratios",
    "figure-2",
    "figure-8",
    "figure-s3",
    "figure-s4",
    "figure-s5",
    "table-s1",
    "crossover",
    "seeds",
    "beyond",
    "tradeoff",
    "first-steps",
    "first-steps-planned",
    "photographs",
    "photographs-wide",
)
TABLES = {id: stored.stored(id) for id in IDS}


def with_sketches(table, names):
    return [{**row, "sketch": names.get(row["sketch"], row["sketch"])} for row in table]


def plant_table(monkeypatch, id, table):
    plant_tables(monkeypatch, {id: table})


def plant_tables(monkeypatch, tables):
    def planted(wanted):
        return tables.get(wanted, TABLES[wanted])

    for module in (
        learned,
        trained_loss,
        learned_sketch_corrected,
        replaced,
        replacement_speed,
        scores,
        planned_tests,
        curves,
    ):
        monkeypatch.setattr(module, "stored", planted)


EXCHANGED = {"butterfly": "dense", "dense": "butterfly"}


@pytest.mark.parametrize(
    ("claim", "check", "id", "names", "found"),
    [
        ("learned-sketch", "dense", "duel", EXCHANGED, Bearing.SILENT),
        ("learned-sketch-corrected", "dense", "duel", EXCHANGED, Bearing.REFUTES),
        (
            "learned-sketch-corrected",
            "sparse",
            "duel",
            {"butterfly": "sparse", "sparse": "butterfly"},
            Bearing.REFUTES,
        ),
        ("learned-sketch-corrected", "all of Table S1", "table-s1", EXCHANGED, Bearing.FAILED),
    ],
)
def test_sketches_under_wrong_names(bearing, monkeypatch, claim, check, id, names, found):
    plant_table(monkeypatch, id, with_sketches(TABLES[id], names))
    assert bearing(claim, check) is found


@pytest.mark.parametrize(("sketch", "check"), [("sparse", "factor five"), ("dense", "dense")])
def test_a_sketch_that_is_fifty_times_worse(bearing, monkeypatch, sketch, check):
    worse = [
        {**row, "squared": 50 * row["squared"]} if row["sketch"] == sketch else row
        for row in TABLES["duel"]
    ]
    plant_table(monkeypatch, "duel", worse)
    assert bearing("learned-sketch", check) is Bearing.SUPPORTS


def test_a_butterfly_that_is_ten_times_worse(bearing, monkeypatch):
    worse = [
        {**row, "squared": 10 * row["squared"]} if row["sketch"] == "butterfly" else row
        for row in TABLES["figure-8"]
    ]
    plant_table(monkeypatch, "figure-8", worse)
    assert bearing("learned-sketch-corrected", "non-zeros") is Bearing.FAILED


def test_missing_draws(bearing, monkeypatch):
    plant_table(monkeypatch, "duel", TABLES["duel"][:-1])
    with pytest.raises(ValueError, match="draws are stored"):
        bearing("learned-sketch", "dense")


def changed(table, method, column, factor):
    return [
        {**row, column: factor * row[column]} if row["method"] == method else row for row in table
    ]


@pytest.mark.parametrize(
    ("method", "column", "factor"),
    [
        ("PCA", "loss", 0.9),
        ("variable projection", "floor", 1.1),
        ("Adam, two phases", "loss", 3.0),
        ("variable projection", "loss", 100.0),
    ],
)
def test_an_order_that_is_broken(bearing, monkeypatch, method, column, factor):
    plant_table(monkeypatch, "ratios", changed(TABLES["ratios"], method, column, factor))
    assert bearing("trained-loss-reachable", "order") is Bearing.FAILED


def test_losses_that_are_not_almost_the_optimum(bearing, monkeypatch):
    plant_table(
        monkeypatch, "ratios", changed(TABLES["ratios"], "variable projection", "loss", 1.06)
    )
    assert bearing("trained-loss-reachable", "paper sizes") is Bearing.FAILED


def test_training_that_does_nothing(bearing, monkeypatch):
    def untrained(X, Y, k, B, *args, start=None, **options):
        network = (
            real_fit(X, Y, k, B, *args, **{**options, "max_steps": 1}).network
            if start is None
            else start
        )
        return Fit(network, trained_loss.low_rank(X, B, k).error, [], "", False, 0, "all", None)

    monkeypatch.setattr(trained_loss, "fit", untrained)
    for claim, check in (
        ("trained-loss-reachable", "digits, variable projection"),
        ("trained-loss-adam", "digits, Adam"),
    ):
        assert bearing(claim, check) is Bearing.REFUTES


def test_joint_training_that_ends_where_two_phases_do(bearing, monkeypatch):
    """The checks of the published statement say the opposite, or at least not the expected."""
    exchanged = {"Adam, joint": "Adam, two phases", "Adam, two phases": "Adam, joint"}
    plant_table(
        monkeypatch,
        "ratios",
        [{**r, "method": exchanged.get(r["method"], r["method"])} for r in TABLES["ratios"]],
    )
    assert bearing("trained-loss", "joint Adam") is not Bearing.REFUTES
    assert bearing("trained-loss-adam", "paper sizes") is Bearing.FAILED


@pytest.mark.parametrize("claim", ["trained-loss", "trained-loss-small-large-k"])
def test_joint_training_that_reaches_the_optimum(bearing, monkeypatch, claim):
    plant_table(
        monkeypatch,
        "ratios",
        [
            {**row, "loss": row["optimum"]} if row["method"] == "Adam, joint" else row
            for row in TABLES["ratios"]
        ],
    )
    assert bearing(claim, "joint Adam") is Bearing.SUPPORTS


def test_trainings_of_a_point_that_are_missing(bearing, monkeypatch):
    plant_table(monkeypatch, "ratios", [row for row in TABLES["ratios"] if row["replicate"] < 4])
    with pytest.raises(ValueError, match="ratios has not 5 trainings by Adam, joint"):
        bearing("trained-loss", "joint Adam")


def test_a_loss_below_the_optimum(bearing, monkeypatch):
    monkeypatch.setattr(
        trained_loss, "fit", lambda *args, **options: Fit(None, 0.0, [], "", True, 0, "all", None)
    )
    assert bearing("trained-loss-reachable", "digits, variable projection") is Bearing.FAILED


def test_the_stored_duel_has_the_draws_of_the_figure():
    for dataset in ("hyperspectral", "cifar10", "newsgroups"):
        for sketch in ("sparse", "dense"):
            assert len(duel.margins(TABLES["duel"], dataset, sketch, "squared")) == duel.DRAWS


def faster_in(table, runs):
    return [
        {**row, "faster": runs if row["layer"] == "butterfly" else row["faster"]} for row in table
    ]


@pytest.mark.parametrize(
    ("runs", "found"),
    [(0, Bearing.REFUTES), (5, Bearing.SILENT), (7, Bearing.SILENT), (8, Bearing.SUPPORTS)],
)
@pytest.mark.parametrize("claim", ["training-time", "prediction-time"])
@pytest.mark.parametrize(("check", "id"), [("images", "figure-s4"), ("sentences", "figure-s5")])
def test_times_by_the_number_of_faster_runs(bearing, monkeypatch, claim, check, id, runs, found):
    plant_table(monkeypatch, id, faster_in(TABLES[id], runs))
    assert bearing(claim, check) is found


def test_times_of_too_few_runs(bearing, monkeypatch):
    plant_table(monkeypatch, "figure-s4", [row for row in TABLES["figure-s4"] if row["block"] < 9])
    with pytest.raises(
        ValueError, match="figure-s4 has not 100 runs of LeNet, batch 1; make it anew"
    ):
        bearing("training-time", "images")
    plant_table(monkeypatch, "figure-s4", faster_in(TABLES["figure-s4"], 5))
    assert bearing("replacement-speed", "wide layer") is Bearing.SILENT


@pytest.mark.parametrize(
    ("kind", "check"), [("butterfly", "sizes"), ("low rank, equal rank", "pair")]
)
def test_layers_that_take_a_hundred_times_as_long(bearing, monkeypatch, kind, check):
    slow = [
        {**row, "value": 100 * row["value"]} if row["layer"] == kind else row
        for row in TABLES["crossover"]
    ]
    plant_table(monkeypatch, "crossover", slow)
    assert bearing("replacement-speed", check) is Bearing.FAILED


def with_accuracy(table, kind, change):
    measures = ("accuracy", "score", *(name for name in table[0] if name.startswith("fold_")))
    return [
        {**row, **{name: change(row[name]) for name in measures if name in row}}
        if row["layer"] == kind
        else row
        for row in table
    ]


ACCURACY = [
    ("replacement-accuracy", "tasks", "figure-s3"),
    ("replacement-accuracy", "digits", "seeds"),
    ("replacement-accuracy", "sizes", "tradeoff"),
    ("replacement-early", "tasks", "figure-s3"),
    ("replacement-early", "digits", "seeds"),
    ("replacement-accuracy", "photographs", "photographs"),
    ("replacement-early", "first scores", "first-steps"),
    ("replacement-early", "first steps", "first-steps-planned"),
    ("replacement-low-rank", "first epoch", "seeds"),
    ("replacement-several", "last epoch", "beyond"),
    ("replacement-few-data", "last epoch", "beyond"),
]


def together(id):
    """The figures that one check reads together."""
    photographs = ("photographs", "photographs-wide")
    beside = {
        "photographs": photographs,
        "first-steps": ("first-steps", "first-steps-planned", *photographs),
    }
    return beside.get(id, (id,))


@pytest.mark.parametrize(("claim", "check", "id"), ACCURACY)
def test_a_butterfly_that_is_more_accurate(bearing, monkeypatch, claim, check, id):
    better = {
        name: with_accuracy(TABLES[name], "butterfly", lambda accuracy: accuracy + 1)
        for name in together(id)
    }
    plant_tables(monkeypatch, better)
    assert bearing(claim, check) is (Bearing.SILENT if check == "tasks" else Bearing.SUPPORTS)


@pytest.mark.parametrize(("claim", "check", "id"), ACCURACY)
def test_layers_that_are_equally_accurate(bearing, monkeypatch, claim, check, id):
    equal = {name: TABLES[name] for name in together(id)}
    for name in equal:
        for kind in {row["layer"] for row in equal[name]}:
            equal[name] = with_accuracy(equal[name], kind, lambda accuracy: 0.5)
    plant_tables(monkeypatch, equal)
    assert bearing(claim, check) is Bearing.SILENT


@pytest.mark.parametrize("claim", ["replacement-accuracy", "replacement-early"])
def test_a_step_size_of_the_butterfly_that_is_better_than_the_dense_layer(
    bearing, monkeypatch, claim
):
    """It counts although it is not chosen, with the least accuracy on the images held out."""
    one = [
        {**row, "accuracy": 1.0, "held_out": 0.0}
        if (row["layer"], row["step_size"]) == ("butterfly", 0.003)
        else row
        for row in TABLES["seeds"]
    ]
    plant_table(monkeypatch, "seeds", one)
    assert bearing(claim, "digits") is Bearing.SILENT


def test_seeds_that_are_missing(bearing, monkeypatch):
    plant_table(monkeypatch, "seeds", [row for row in TABLES["seeds"] if row["replicate"] > 0])
    with pytest.raises(ValueError, match="seeds has 199 seeds, 200 expected; make it anew"):
        bearing("replacement-accuracy", "digits")


def test_trainings_of_taggers_that_are_missing(bearing, monkeypatch):
    plant_table(
        monkeypatch, "figure-s3", [row for row in TABLES["figure-s3"] if row["replicate"] < 5]
    )
    assert bearing("replacement-accuracy", "tasks") is Bearing.SILENT


def test_a_task_decides_for_itself(bearing, monkeypatch):
    """No pooled test: the other tasks do not outvote the one with seeds enough."""
    better = [
        {**row, "score": row["score"] + 1}
        if (row["layer"], row["dataset"]) == ("butterfly", "ud_english_ewt")
        else row
        for row in TABLES["figure-s3"]
    ]
    tasks = {task.label: task for task in scores.on_tasks("butterfly")}
    web = tasks["the tagger of English web"]
    assert web.exchanged().more_accurate
    assert [task.label for task in tasks.values() if task.can_decide] == [web.label]
    assert web.alpha == scores.FAMILY / (2 * len(tasks) * 2)
    plant_table(monkeypatch, "figure-s3", better)
    assert bearing("replacement-accuracy", "tasks") is Bearing.SILENT


def test_a_count_of_wins_that_takes_every_difference_is_seen_by_a_control(rejected, monkeypatch):
    name = "the two networks exchanged, which must not be refuted too"
    assert rejected("replacement-several", name)
    monkeypatch.setattr(scores, "_wins", lambda margins: sum(margin != 0 for margin in margins))
    assert not rejected("replacement-several", name)


@pytest.mark.parametrize(
    "name", ["the roles of butterfly and dense exchanged", "sparse in the place of dense"]
)
def test_a_sign_test_that_always_says_so_is_seen_by_a_control(rejected, monkeypatch, name):
    assert rejected("learned-sketch", name)
    monkeypatch.setattr(learned.Design, "says_so", lambda self, successes: True)
    assert not rejected("learned-sketch", name)


def test_a_ratio_turned_round_is_seen_by_a_control(rejected, monkeypatch):
    right = learned.margins
    monkeypatch.setattr(learned, "margins", lambda *about: [1 / ratio for ratio in right(*about)])
    assert not rejected("learned-sketch", "sparse in the place of dense")


def test_times_that_are_not_exchanged_are_seen_by_a_control(rejected, monkeypatch):
    name = "the layers exchanged where one is slower"
    assert rejected("training-time", name)
    monkeypatch.setattr(replaced, "exchanged", lambda line: line)
    assert not rejected("training-time", name)
