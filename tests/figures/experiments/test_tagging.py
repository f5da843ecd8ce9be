"""The training of taggers: which sentences each part has, and spans and F1 against a second
computation."""

import re

import pytest

torch = pytest.importorskip("torch")

from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from torch import nn  # noqa: E402

from figures.experiments.entities import f1, spans  # noqa: E402
from figures.experiments.tagging import DATASETS, compute, split  # noqa: E402
from figures.experiments.training import STEP_SIZES  # noqa: E402
from figures.models.layers import LAYERS  # noqa: E402
from figures.models.taggers import Tagger, Vocabulary  # noqa: E402
from fjlt.runs.seeds import stream  # noqa: E402

needs_data = pytest.mark.usefixtures("data_folder")
SENTENCES = [
    [(word, tag) for word, tag in zip(line.split()[::2], line.split()[1::2], strict=True)]
    for line in ("the D dog N barks V", "a D cat N sees V the D dog N", "dogs N bark V") * 20
]


@given(st.lists(st.sampled_from(["O", "B-A", "I-A", "B-C", "I-C"])))
def test_spans_by_a_regular_expression(tags):
    line = "".join({"O": "o", "B-A": "A", "I-A": "a", "B-C": "C", "I-C": "c"}[tag] for tag in tags)
    found = {(m.start(), m.end() - 1, m[0][0].upper()) for m in re.finditer("[Aa]a*|[Cc]c*", line)}
    assert spans(tags) == found


def test_f1_from_precision_and_recall():
    gold = [["B-A", "I-A", "O", "B-C"], ["O", "B-A"]]
    guess = [["B-A", "I-A", "B-C", "B-C"], ["B-A", "I-A"]]
    precision, recall = 2 / 4, 2 / 3
    assert f1(guess, gold) == pytest.approx(2 * precision * recall / (precision + recall))
    assert f1(gold, gold) == 1
    assert f1([["O"]], [["O"]]) == 0


def test_a_sentence_is_scored_alike_alone_and_in_a_batch():
    torch.manual_seed(0)
    tagger = Tagger(Vocabulary(SENTENCES), nn.Linear).eval()
    together = tagger(SENTENCES[:3])
    alone = torch.cat([tagger([sentence]) for sentence in SENTENCES[:3]])
    torch.testing.assert_close(together, alone)
    assert [len(tags) for tags in tagger.predict(SENTENCES[:3])] == [3, 5, 2]


def test_unknown_words_and_letters_have_scores():
    tagger = Tagger(Vocabulary(SENTENCES), nn.Linear).eval()
    assert tagger([[("Übergrößenträger", "N"), ("x" * 99, "N")]]).shape == (2, 3)


@pytest.mark.parametrize("kind", LAYERS)
def test_every_layer_learns_a_small_language(monkeypatch, kind):
    monkeypatch.setitem(DATASETS, "grammar", lambda: (SENTENCES, SENTENCES[:3]))
    settings = {"kind": kind, "epochs": 8, "trial_epochs": 1, "replicates": 1, "batch_size": 4}
    table = compute(**settings)
    assert [row["epoch"] for row in table] == list(range(1, 9))
    assert table[-1]["loss"] < table[0]["loss"]
    assert table[-1]["score"] > 0.8
    assert compute(**settings) == table


@needs_data
@pytest.mark.parametrize(("dataset", "sizes"), [
    ("nltk_treebank", (2819, 313, 782)),
    ("ud_english_ewt", (1801, 200, 2077)),
    ("nltk_conll2000", (8043, 893, 2012)),
    ("europeana_ner_de", None),
])  # fmt: skip
def test_the_parts_of_the_data(dataset, sizes):
    sentences, test = DATASETS[dataset]()
    parts = split(dataset, stream(0, dataset))
    assert sorted(map(repr, parts.train + parts.held_out)) == sorted(map(repr, sentences))
    assert parts.test == test
    if sizes:
        assert tuple(map(len, parts)) == sizes
    known, tested = (
        {tag for sentence in part for _, tag in sentence} for part in (sentences, test)
    )
    assert len(tested - known) <= 2


@needs_data
def test_web_text_is_learned(monkeypatch):
    sentences, test = DATASETS["ud_english_ewt"]()
    monkeypatch.setitem(DATASETS, "ud_english_ewt", lambda: (sentences[:300], test[:100]))
    monkeypatch.setitem(STEP_SIZES, "Adam", (0.003,))  # the choice is tested on small data
    table = compute(dataset="ud_english_ewt", epochs=3, trial_epochs=1, replicates=1, batch_size=8)
    assert table[-1]["score"] > 0.4


def test_in_the_grammar_only_the_place_tells_nouns_from_verbs():
    sentences, test = DATASETS["grammar"]()
    assert (len(sentences), len(test)) == (400, 200)
    tags = {}
    for word, tag in (pair for sentence in sentences for pair in sentence):
        tags.setdefault(word, set()).add(tag)
    assert sum(found == {"N", "V"} for found in tags.values()) >= 20


def test_an_unknown_dataset_is_refused():
    with pytest.raises(
        ValueError, match="unknown dataset 'ontonotes'; known: grammar, nltk_treebank, ud_english"
    ):
        compute(dataset="ontonotes")
