"""Networks of which a layer is replaced, with what they learn: images, tags and letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from figures.data import text
from figures.engine.table import Row
from figures.experiments import tagging
from figures.experiments.classification import batches, correct, image_losses, split
from figures.experiments.training import Task, hold_out, seed_torch
from fjlt.runs.seeds import stream

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = [
    "FOLDS",
    "READINGS",
    "TASKS",
    "Learned",
    "MakeLayer",
    "evaluation",
]

READINGS = ("R", "P")
"""R: the output layer is replaced, P: a wide layer of a printed size before it."""
FOLDS = 10
"""Into so many parts the test samples are cut: how much the accuracies of these parts differ says
how far the mean may be from that of all samples."""

MakeLayer = Callable[[int, int], "nn.Module"]
MakeTask = Callable[[int, int, MakeLayer, bool], Task]


class Learned(NamedTuple):
    """A network to train, and the layers of it that are replaced.

    Attributes
    ----------
    name : str
        The network and its data.
    reading : str
        "R", the output layer is replaced; "P", a wide layer before it; or another layer, by name.
    sizes : sequence of (int, int)
        Inputs and outputs of the layers that are replaced.
    vectors : int
        How many vectors these layers process for a batch; with sentences, about so many.
    dataset : str
        Where the data come from, as the register names it.
    task : callable(seed, replicate, make_layer, trial)
        The network as drawn, with its batches. A replicate draws the samples held out and the
        batches, alike for all kinds of layers, and the start. It evaluates ``held_out`` and, but in
        a trial, ``accuracy`` on the test samples and ``fold_0`` … on their parts.
    """

    name: str
    reading: str
    sizes: Sequence[tuple[int, int]]
    vectors: int
    dataset: str
    task: MakeTask


def evaluation(
    right: Callable[[Any], NDArray[np.bool_]], held_out: Any, test: Any, per_fold: int = 1
) -> Callable[[], Row]:
    """Gives accuracies, from what is right of the samples.

    Of the test samples, ``per_fold`` neighbours at a time belong to one fold. If there are none,
    as in trials, only the accuracy on the samples held out is given.

    Examples
    --------
    >>> evaluation(np.asarray, [True, False], None)()
    {'held_out': 0.5}
    """

    def evaluate() -> Row:
        found: Row = {"held_out": float(right(held_out).mean())}
        if test is None:
            return found
        tested = right(test)
        folds = (np.arange(len(tested)) // per_fold) % FOLDS
        parts = {f"fold_{i}": round(float(tested[folds == i].mean()), 5) for i in range(FOLDS)}
        return {**found, "accuracy": float(tested.mean()), **parts}

    return evaluate


def _images(dataset: str, model: str, size: int, rounds: int, share: float = 1.0) -> MakeTask:
    """A network for images: batches of a size, for some rounds through a share of the images."""

    def task(seed: int, replicate: int, make_layer: MakeLayer, trial: bool) -> Task:
        from figures.models.networks import network

        names = (seed, "sweep", dataset, model, replicate)
        parts = split(dataset, stream(*names, "held out"))
        n = round(share * len(parts.train[1]))
        parts = parts._replace(train=(parts.train[0][:n], parts.train[1][:n]))
        seed_torch(*names, "start")
        _, channels, pixels, _ = parts.train[0].shape
        classifier = network(model, make_layer, channels, pixels)
        epoch = batches(n, size, rounds, stream(*names, "batches"))
        return Task(
            classifier,
            image_losses(parts.train, classifier, epoch),
            evaluation(
                lambda part: correct(classifier, *part),
                parts.held_out,
                None if trial else parts.test,
            ),
        )

    return task


def _tags(dataset: str, sentences: int, size: int, rounds: int) -> MakeTask:
    """A tagger of parts of speech, trained on some sentences."""

    def task(seed: int, replicate: int, make_layer: MakeLayer, trial: bool) -> Task:
        from figures.models.taggers import Tagger, Vocabulary

        names = (seed, "sweep", dataset, replicate)
        parts = tagging.split(dataset, stream(*names, "held out"))
        parts = parts._replace(train=parts.train[:sentences])
        seed_torch(*names, "start")
        tagger = Tagger(Vocabulary(parts.train), make_layer)
        epoch = batches(len(parts.train), size, rounds, stream(*names, "batches"))

        def right(part: Sequence[text.Sentence]) -> NDArray[np.bool_]:
            found = [tag for tags in tagging.predicted(tagger, part) for tag in tags]
            return np.asarray(found) == [tag for sentence in part for _, tag in sentence]

        # words of one sentence are alike, so a fold is a stretch of the text
        per_fold = -(-sum(map(len, parts.test)) // FOLDS)
        test = None if trial else parts.test
        return Task(
            tagger,
            tagging.tagger_losses(
                tagger, lambda: ([parts.train[i] for i in batch] for batch in epoch())
            ),
            evaluation(right, parts.held_out, test, per_fold),
        )

    return task


def _letters(load: Callable[[], str], length: int, size: int, steps: int) -> MakeTask:
    """A transformer that predicts the next letter of a text, of which the last fifth tests it."""

    def task(seed: int, replicate: int, make_layer: MakeLayer, trial: bool) -> Task:
        import torch

        from figures.models.transformer import LetterModel

        names = (seed, "sweep", "letters", replicate)
        letters, codes = np.unique(np.array(list(load())), return_inverse=True)
        # pieces of the text, each with the letter that follows it
        starts = range(0, len(codes) - length, length)
        texts = np.stack([codes[i : i + length + 1] for i in starts])
        count = len(texts) - len(texts) // 5
        first, held_out = hold_out(count, stream(*names, "held out"))
        test = texts[count:]
        seed_torch(*names, "start")
        model = LetterModel(len(letters), length, make_layer)
        rng = stream(*names, "batches")

        def losses() -> Iterator[tuple[Tensor, int]]:
            for _ in range(steps):
                batch = torch.from_numpy(texts[rng.choice(first, size)])
                scores, following = model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten()
                yield torch.nn.functional.cross_entropy(scores, following), len(batch)

        def right(part: NDArray[np.int64]) -> NDArray[np.bool_]:
            found = [
                model(some[:, :-1]).argmax(-1) == some[:, 1:]
                for some in torch.from_numpy(part).split(200)
            ]
            return torch.cat(found).numpy().ravel()

        per_fold = -(-test[:, 1:].size // FOLDS)
        evaluate = evaluation(right, texts[held_out], None if trial else test, per_fold)
        return Task(model, losses, evaluate)

    return task


def _treebank_text() -> str:
    """The words of the Penn Treebank sample, a line for each sentence."""
    return "\n".join(" ".join(word for word, _ in sentence) for sentence in text.treebank())


TASKS = {
    "digits, output": Learned(
        "perceptron, digits", "R", [(64, 10)], 64, "digits", _images("digits", "perceptron", 64, 20)
    ),
    "digits, wide": Learned(
        "perceptron, digits",
        "P",
        [(1024, 1024)],
        128,
        "digits",
        _images("digits", "wide perceptron", 128, 20),
    ),
    "MNIST, output": Learned(
        "LeNet, MNIST", "R", [(84, 10)], 64, "mnist", _images("mnist", "LeNet", 64, 2, 0.2)
    ),
    "MNIST, wide": Learned(
        "perceptron, MNIST",
        "P",
        [(1024, 1024)],
        128,
        "mnist",
        _images("mnist", "wide perceptron", 128, 2, 0.2),
    ),
    "MNIST, convolution": Learned(
        "LeNet, MNIST",
        "convolution",
        [(150, 16)],
        3200,
        "mnist",
        _images("mnist", "LeNet, convolution", 32, 1, 0.2),
    ),
    "letters, feed-forward": Learned(
        "transformer, letters",
        "feed-forward",
        [(64, 256), (256, 64)],
        1024,
        "nltk_treebank",
        _letters(_treebank_text, 64, 16, 300),
    ),
    "tags, output": Learned(
        "tagger, Penn Treebank",
        "R",
        [(256, 45)],
        400,
        "nltk_treebank",
        _tags("nltk_treebank", 500, 16, 3),
    ),
}
"""Tasks by name. All are small enough for two cores: MNIST has a fifth of its images to learn from,
the tagger 500 sentences."""
