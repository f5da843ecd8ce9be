"""Comparisons of networks and their training with PyTorch and SciPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from benchmarks.operators import data
from benchmarks.peers import imported
from benchmarks.timing import Row, in_turns
from figures.experiments.timing import n_threads
from fjlt import srht
from fjlt.runs.backends import one_blas_thread
from fjlt.types import Array
from landscape import EncoderDecoder, fit
from landscape.training.variable_projection import VariableProjection

__all__ = ["CASES"]


def step() -> Iterator[Row]:
    """Compare a gradient step of the encoder-decoder network with masked and structured layers."""
    torch, structured = imported("torch"), imported("torch_structured")
    if not torch:
        return
    n = d = 1024
    k, l, p = 32, 160, 10
    rng = np.random.default_rng(0)
    J = srht(l, n, rng=0)
    X = rng.standard_normal((n, d))
    network = EncoderDecoder(rng.standard_normal((n, k)) / 32, rng.standard_normal((k, l)) / 12, J)
    D, E = (torch.tensor(a, requires_grad=True) for a in (network.decoder, network.encoder))
    x, rows = torch.tensor(X), torch.tensor(J.rows)
    layers = [torch.tensor(J.butterfly.layer(i).toarray(), requires_grad=True) for i in range(p)]
    masks = [(layer != 0).double() for layer in layers]

    def masked() -> Any:
        y = x
        for layer, mask in zip(layers, masks, strict=True):
            y = (layer * mask) @ y
        return y

    def step_in_torch(transformed: Callable[[], Any]) -> Callable[[], Any]:
        return lambda: ((D @ (E @ transformed()[rows]) - x) ** 2).sum().backward()

    def here() -> Any:
        return network.loss_and_gradient(X, X)

    name, size = "gradient step, n = d = 1024, k = 32, l = 160, float64", n * d
    functions = {"masked dense layers, PyTorch": step_in_torch(masked), "landscape": here}
    yield in_turns(name, functions, {"landscape": 1 / 20}, size, rounds=7, rest=0.15)
    if structured:
        butterfly = structured.Butterfly(n, n, bias=False).double()
        functions = {"torch_structured": step_in_torch(lambda: butterfly(x.T).T), "landscape": here}
        yield in_turns(name, functions, {"landscape": 1 / 5}, size, rounds=5, rest=0.15)


def training() -> Iterator[Row]:
    """Compare variable projection with its matrix products alone, and with other descents.

    The descents start from one network and end at the loss that four steps of variable projection
    reach.
    """
    n, k, l = 1024, 32, 160
    X = data((n, n), np.float64) * 0.99 ** np.arange(n)[:, None]
    X /= np.linalg.norm(X)
    J = srht(l, n, rng=0)
    projected = VariableProjection(J, X, X, k)
    V = np.linalg.qr((J @ X).T)[0]

    def products() -> None:
        A = X @ V
        gram = A.T @ A
        D = A @ gram[:, :k]
        target, E = D.T @ X, (D.T @ A) @ gram
        _ = E.T @ (target - (target @ V) @ V.T)
        # A QR decomposition with its Q takes as many operations as these two.
        _ = V.T @ V, V.T @ V

    size, sizes = n * n, f"n = d = {n}, k = {k}, l = {l}, float64"
    with n_threads(1), one_blas_thread():
        functions: dict[str, Callable[[], Any]] = {
            "matrix products alone": products,
            "variable projection": lambda: projected(projected.start),
        }
        yield in_turns(f"loss and gradient, {sizes}", functions, {"variable projection": 2.0}, size)
    start = projected.network(projected.start)
    best = fit(X, X, k, J, method="variable-projection", max_steps=4).loss
    functions = {
        "L-BFGS-B, SciPy": lambda: fit(
            X, X, k, J, start=start, callback=lambda _, loss: loss <= best
        ),
        "variable projection": lambda: fit(X, X, k, J, method="variable-projection", max_steps=4),
    }
    if imported("torch"):
        functions["L-BFGS, PyTorch"] = partial(_l_bfgs_of_torch, start, X, best)
    with n_threads(1):
        name = f"training to the same loss, {sizes}"
        yield in_turns(name, functions, {"variable projection": 0.5}, size, rounds=3)


def _l_bfgs_of_torch(start: EncoderDecoder, X: Array, best: float) -> None:
    """Train D, E and the weights of B by PyTorch until the loss is at most ``best``."""
    import torch

    parameters = [torch.tensor(a, requires_grad=True) for a in start.parameters]
    decoder, encoder, weights = parameters
    x, rows, nodes = torch.tensor(X), torch.tensor(start.butterfly.rows), torch.arange(len(X))
    optimizer = torch.optim.LBFGS(
        parameters,
        max_iter=1000,
        history_size=20,
        tolerance_grad=0.0,
        tolerance_change=0.0,
        line_search_fn="strong_wolfe",
    )

    def loss() -> Any:
        optimizer.zero_grad()
        y = x
        for i, layer in enumerate(weights):
            y = layer[:, :1] * y + layer[:, 1:] * y[nodes ^ (1 << i)]
        value = ((decoder @ (encoder @ y[rows]) - x) ** 2).sum()
        if value <= best:
            raise StopIteration
        value.backward()
        return value

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with suppress(StopIteration):
        optimizer.step(loss)
    torch.set_num_threads(threads)


def replacement() -> Iterator[Row]:
    """Compare the replacement of a dense layer with that layer and with other replacements.

    These are a pair of matrices of its rank, and another library's butterfly.
    """
    torch, structured = imported("torch"), imported("torch_structured")
    if not torch:
        return
    from figures.experiments.durations import MODES, layer_calls
    from figures.models.layers import LAYERS, PEER

    kinds = (*LAYERS[:3], *([PEER] if structured else []))
    for n in (1024, 4096):
        for batch in (1, 128):
            calls = {kind: layer_calls(0, n, batch, kind) for kind in kinds}
            for mode in MODES:
                functions = {kind: partial(call.run, mode) for kind, call in calls.items()}
                name = f"{mode}, layer of {n} × {n}, batch {batch}, one thread"
                with n_threads(1):
                    yield in_turns(name, functions, {"butterfly": 1.0}, n * batch, n=n)


def compiled_network() -> Iterator[Row]:
    """Compare networks of four layers under torch.compile with the same networks without it.

    The layers are normalised, as in the models whose layers are replaced. Otherwise the values
    grow, since a butterfly layer starts with FJLTs, and for values above some size the GELU that
    torch.compile writes can take several times as long, whatever the layers are.
    """
    torch = imported("torch")
    if not torch:
        return
    from fjlt.torch import ButterflyLinear

    n, threads = 1024, torch.get_num_threads()
    torch.set_num_threads(1)
    for kind, layer in (("butterfly", ButterflyLinear), ("dense", torch.nn.Linear)):
        for batch in (1, 128):
            torch.compiler.reset()  # it compiles one function a limited number of times
            parts = [(layer(n, n), torch.nn.LayerNorm(n), torch.nn.GELU()) for _ in range(4)]
            network = torch.nn.Sequential(*chain.from_iterable(parts))
            calls = {"eager": network, "torch.compile": torch.compile(network)}
            x = torch.randn(batch, n)

            def predict(call: Any, x: Any = x) -> None:
                with torch.no_grad():
                    call(x)

            def step(call: Any, x: Any = x, network: Any = network) -> None:
                network.zero_grad(set_to_none=True)
                call(x).sum().backward()

            with n_threads(1):
                for mode, run in (("prediction", predict), ("training step", step)):
                    yield in_turns(
                        f"{mode}, four normalised {kind} layers of {n}, batch {batch}, one thread",
                        {name: partial(run, call) for name, call in calls.items()},
                        {"torch.compile": 1.0} if kind == "butterfly" else {},
                        n * batch,
                        rounds=31,
                        n=n,
                    )
    torch.set_num_threads(threads)


CASES = (step, training, replacement, compiled_network)
