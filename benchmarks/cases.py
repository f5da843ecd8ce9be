"""The comparisons: what is measured, against what, and the ratio that is the aim."""

from __future__ import annotations

import importlib
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import scipy.fft
from sklearn.random_projection import GaussianRandomProjection

from benchmarks.timing import Row, in_turns
from figures.experiments.timing import n_threads
from fjlt import Butterfly, TruncatedButterfly, fwht, srht, srht_squared_norms
from fjlt.kernels.threads import release_workspace
from fjlt.runs.backends import one_blas_thread
from fjlt.types import Array
from landscape import EncoderDecoder, fit
from landscape.training.variable_projection import VariableProjection

__all__ = ["CASES", "growth", "memory", "missing_peers"]

TOTAL = 1 << 22
SIZES = (256, 1024, 4096, 16384)
DTYPES = (np.float32, np.float64)


def data(shape: tuple[int, ...], dtype: Any, seed: int = 0) -> Array:
    """Standard normal numbers."""
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def _label(n: int, dtype: Any, layout: str) -> str:
    return f"n = {n}, {np.dtype(dtype).name}, {layout}"


def transform() -> Iterator[Row]:
    """Compare fwht with copying the array, and with a cosine transform."""
    for n in SIZES:
        for dtype in DTYPES:
            for axis, layout, shape in (
                (0, "along axis 0", (n, TOTAL // n)),
                (1, "along rows", (TOTAL // n, n)),
            ):
                x = data(shape, dtype)
                y = np.empty_like(x)
                name = _label(n, dtype, layout)
                # into an array that is there, and into a new one: each beside a copy of its kind
                functions: dict[str, Callable[[], Any]] = {
                    "copy": lambda x=x, y=y: np.copyto(y, x),
                    "fwht": lambda x=x, y=y, axis=axis: fwht(x, axis=axis, out=y),
                }
                yield in_turns(f"fwht into out, {name}", functions, {"fwht": 3.0}, TOTAL, n=n)
                functions = {
                    "copy": lambda x=x: x.copy(),
                    "fwht": lambda x=x, axis=axis: fwht(x, axis=axis),
                    "scipy dct": lambda x=x, axis=axis: scipy.fft.dct(x, axis=axis, workers=2),
                }
                row = in_turns(f"fwht into a new array, {name}", functions, {}, TOTAL, n=n)
                yield replace(row, targets={"fwht": min(3.0, row.ratios["scipy dct"])})


def one_thread() -> Iterator[Row]:
    """Compare fwht with the copy, with one thread.

    The aim is twice the time of the copy plus half a nanosecond for each number.
    """
    n = 1024
    for dtype in DTYPES:
        for axis, layout, shape in (
            (0, "along axis 0", (n, TOTAL // n)),
            (1, "along rows", (TOTAL // n, n)),
        ):
            x = data(shape, dtype)
            y = np.empty_like(x)
            functions: dict[str, Callable[[], Any]] = {
                "copy": lambda x=x, y=y: np.copyto(y, x),
                "fwht": lambda x=x, y=y, axis=axis: fwht(x, axis=axis, out=y),
            }
            with n_threads(1):
                row = in_turns(
                    f"fwht, one thread, {_label(n, dtype, layout)}", functions, {}, TOTAL, n=n
                )
            limit = 2 + 0.5e-9 * TOTAL / row.seconds["copy"]
            yield replace(row, targets={"fwht": limit})


def vector() -> Iterator[Row]:
    """Compare fwht of a single vector with the copy."""
    n = 1 << 20
    for dtype in DTYPES:
        x = data((n,), dtype)
        y = np.empty_like(x)
        for threads, limit in ((1, 8.0), (2, 5.0)):
            with n_threads(threads):
                yield in_turns(
                    f"fwht of one vector, n = 2^20, {np.dtype(dtype).name}, {threads} threads",
                    {
                        "copy": lambda x=x, y=y: np.copyto(y, x),
                        "fwht": lambda x=x, y=y: fwht(x, out=y),
                    },
                    {"fwht": limit},
                    n,
                    rounds=31,
                    n=n,
                )


def weights() -> Iterator[Row]:
    """Compare butterflies with fwht, both into new arrays, and their gradients with a product."""
    for n in SIZES:
        for dtype in DTYPES:
            B = Butterfly(data((n.bit_length() - 1, n, 2), dtype) * 2**-0.5)
            for layout, x in (
                ("along axis 0", data((n, TOTAL // n), dtype)),
                ("along rows", data((TOTAL // n, n), dtype).T),
            ):
                yield in_turns(
                    f"Butterfly, {_label(n, dtype, layout)}",
                    {
                        "fwht": lambda x=x: fwht(x),
                        "B @ X": lambda B=B, x=x: B @ x,
                        "B.H @ X": lambda B=B, x=x: B.H @ x,
                        "B.T @ X": lambda B=B, x=x: B.T @ x,
                    },
                    {"B @ X": 2.5, "B.H @ X": 2.5},
                    TOTAL,
                    n=n,
                )
                g = np.ones_like(x)
                yield in_turns(
                    f"vjp, {_label(n, dtype, layout)}",
                    {"B @ X": lambda B=B, x=x: B @ x, "vjp": lambda B=B, x=x, g=g: B.vjp(x, g)},
                    {"vjp": 4.0},
                    TOTAL,
                    rounds=7,
                    n=n,
                )


def complex_numbers() -> Iterator[Row]:
    """Compare complex weights with real ones, on the same complex array."""
    for n in (256, 1024, 16384):
        for dtype in DTYPES:
            kind = np.result_type(dtype, np.complex64)
            w, v = (data((n.bit_length() - 1, n, 2), dtype, seed) / 2 for seed in (0, 1))
            B, C = Butterfly(w), Butterfly((w + 1j * v).astype(kind))
            z = data((n, TOTAL // n), dtype).view(kind)
            for layout, x in (("along axis 0", z), ("along rows", np.asfortranarray(z))):
                yield in_turns(
                    f"complex numbers, {_label(n, kind, layout)}",
                    {
                        "real weights": lambda B=B, x=x: B @ x,
                        "complex weights": lambda C=C, x=x: C @ x,
                    },
                    {"complex weights": 2.0},
                    TOTAL,
                    rounds=7,
                    n=n,
                )


def other_sizes() -> Iterator[Row]:
    """Compare fwht of n = m·2^p with the padded transform, for samples in rows and in columns."""
    for m, p in ((12, 6), (20, 6), (28, 6), (12, 10), (28, 10)):
        n, padded = m << p, 1 << (m << p).bit_length()
        d = TOTAL // padded
        for axis, layout in ((0, "along axis 0"), (1, "along rows")):
            x = data((n, d) if axis == 0 else (d, n), np.float32)
            wider = [(0, padded - n), (0, 0)] if axis == 0 else [(0, 0), (0, padded - n)]
            yield in_turns(
                f"fwht, {_label(n, np.float32, layout)}",
                {
                    f"padded to {padded}": lambda x=x, w=wider, a=axis: fwht(np.pad(x, w), axis=a),
                    "fwht": lambda x=x, axis=axis: fwht(x, axis=axis),
                },
                {},
                n * d,
                n=n,
            )


def columns() -> Iterator[Row]:
    """Compare fwht of a few columns with the copy."""
    for d in (1, 2, 3, 5, 8, 15):
        n = 1 << (TOTAL // d).bit_length() - 1
        for dtype in DTYPES:
            x = data((n, d), dtype)
            y = np.empty_like(x)
            yield in_turns(
                f"fwht of {d} column{'s' * (d > 1)}, {_label(n, dtype, 'along axis 0')}",
                {
                    "copy": lambda x=x, y=y: np.copyto(y, x),
                    "fwht": lambda x=x, y=y: fwht(x, out=y),
                },
                {"fwht": 2.5},
                n * d,
                rounds=31,
                n=n,
            )


def pruning() -> Iterator[Row]:
    """Compare a butterfly with few kept outputs with the full one."""
    n, l = 4096, 12
    for dtype in DTYPES:
        B = Butterfly(data((12, n, 2), dtype) * 2**-0.5)
        J = TruncatedButterfly(B.weights, np.random.default_rng(0).choice(n, l, replace=False))
        x = data((n, TOTAL // n), dtype)
        yield in_turns(
            f"TruncatedButterfly, n = {n}, l = {l}, {np.dtype(dtype).name}",
            {"Butterfly": lambda B=B, x=x: B @ x, "TruncatedButterfly": lambda J=J, x=x: J @ x},
            {"TruncatedButterfly": 0.6},
            TOTAL,
        )


def embedding() -> Iterator[Row]:
    """Compare srht with dense random projections, for samples in rows and in columns."""
    for n, k in ((1024, 64), (1024, 256), (4096, 32), (4096, 512)):
        for dtype in DTYPES:
            samples = data((TOTAL // n, n), dtype)
            x = np.ascontiguousarray(samples.T)
            J, matrix = srht(k, n, rng=0, dtype=dtype), data((k, n), dtype)
            transposed = np.ascontiguousarray(matrix.T)
            gaussian = GaussianRandomProjection(k, random_state=0).fit(samples)
            for layout, dense, fast in (
                (
                    "along rows",
                    lambda a=samples, m=transposed: a @ m,
                    lambda J=J, a=samples: J @ a.T,
                ),
                ("along axis 0", lambda a=x, m=matrix: m @ a, lambda J=J, a=x: J @ a),
            ):
                functions: dict[str, Callable[[], Any]] = {
                    "dense product": dense,
                    "srht": fast,
                    "scikit-learn": lambda gaussian=gaussian, samples=samples: gaussian.transform(
                        samples
                    ),
                }
                if k < 512:
                    functions = {
                        name: functions[name] for name in ("scikit-learn", "srht", "dense product")
                    }
                name = f"srht, k = {k}, {_label(n, dtype, layout)}"
                targets = {"srht": 1.0 if k < 512 else 0.1}
                yield in_turns(name, functions, targets, TOTAL, rounds=7, rest=0.15, n=n)


def peers() -> Iterator[Row]:
    """Compare with the same transforms in PyTorch, for samples in rows."""
    n = 1024
    torch, structured, hadamard = (
        _imported(name) for name in ("torch", "torch_structured", "hadamard_transform")
    )
    for dtype in DTYPES if torch else ():
        samples = data((TOTAL // n, n), dtype)
        tensor = torch.from_numpy(samples)
        if hadamard:
            functions: dict[str, Callable[[], Any]] = {
                "hadamard_transform": lambda t=tensor: hadamard.hadamard_transform(t),
                "fwht": lambda x=samples: fwht(x, axis=1),
            }
            yield in_turns(
                f"fwht, {_label(n, dtype, 'along rows')}",
                functions,
                {"fwht": 1.0},
                TOTAL,
                rounds=5,
                n=n,
            )
        if structured:
            layer = structured.Butterfly(n, n, bias=False).to(tensor.dtype)
            B = Butterfly.random(n, rng=0)
            B = Butterfly(B.weights.astype(dtype))

            def forward(layer: Any = layer, tensor: Any = tensor) -> None:
                with torch.no_grad():
                    layer(tensor)

            functions = {"torch_structured": forward, "B @ X": lambda B=B, x=samples.T: B @ x}
            name = f"Butterfly, {_label(n, dtype, 'along rows')}"
            yield in_turns(name, functions, {"B @ X": 1.0}, TOTAL, rounds=5, n=n)


def step() -> Iterator[Row]:
    """Compare a gradient step of the encoder-decoder network with masked and structured layers."""
    torch, structured = _imported("torch"), _imported("torch_structured")
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
    if _imported("torch"):
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
    torch, structured = _imported("torch"), _imported("torch_structured")
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
    """Compare networks of four layers under torch.compile with the same networks without it."""
    torch = _imported("torch")
    if not torch:
        return
    from fjlt.torch import ButterflyLinear

    n, threads = 1024, torch.get_num_threads()
    torch.set_num_threads(1)
    for kind, layer in (("butterfly", ButterflyLinear), ("dense", torch.nn.Linear)):
        for batch in (1, 128):
            layers = [part for _ in range(4) for part in (layer(n, n), torch.nn.GELU())]
            network = torch.nn.Sequential(*layers)
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
                        f"{mode}, four {kind} layers of {n} × {n}, batch {batch}, one thread",
                        {name: partial(run, call) for name, call in calls.items()},
                        {"torch.compile": 1.0} if kind == "butterfly" else {},
                        n * batch,
                        rounds=31,
                        n=n,
                    )
    torch.set_num_threads(threads)


def draws() -> Iterator[Row]:
    """Compare the rate of draws of ‖Jx‖² with 200 000 a second."""
    x = data((1024,), np.float64)
    row = in_turns(
        "100 000 draws of ‖Jx‖², n = 1024, k = 10",
        {"srht_squared_norms": lambda: srht_squared_norms(x, 10, 100_000, rng=0)},
        {},
        100_000,
        rounds=5,
    )
    seconds = {"200 000 a second": 0.5, **row.seconds}
    ratios = {
        "200 000 a second": 1.0,
        "srht_squared_norms": row.seconds["srht_squared_norms"] / 0.5,
    }
    yield Row(row.name, "200 000 a second", seconds, ratios, {"srht_squared_norms": 1.0}, row.size)


CASES = (
    transform,
    one_thread,
    vector,
    weights,
    complex_numbers,
    other_sizes,
    columns,
    pruning,
    embedding,
    peers,
    step,
    training,
    replacement,
    compiled_network,
    draws,
)


def growth() -> list[Row]:
    """Time fwht on arrays of one total size, in longer and longer vectors."""
    rows = []
    for p in range(8, 23):
        n = 1 << p
        for dtype in DTYPES:
            x = data((n, TOTAL // n), dtype)
            y = np.empty_like(x)
            functions: dict[str, Callable[[], Any]] = {
                "copy": lambda x=x, y=y: np.copyto(y, x),
                "fwht": lambda x=x, y=y: fwht(x, out=y),
                "scipy dct": lambda x=x: scipy.fft.dct(x, axis=0, workers=2),
            }
            name = np.dtype(dtype).name
            rows.append(
                in_turns(
                    f"growth, n = 2^{p}, {name}", functions, {}, TOTAL, rounds=5, n=n, dtype=name
                )
            )
    return rows


def memory() -> dict[str, float]:
    """Memory of all temporaries besides the output, as a multiple of the input's.

    It is measured with one thread that has kept no workspace.
    """
    n = 4096
    x = data((n, TOTAL // n), np.float64)
    x_rows, out = np.asfortranarray(x), np.empty_like(x)
    B, J, K = Butterfly.random(n, rng=0), srht(12, n, rng=0), srht(n // 2, n, rng=0)
    calls: dict[str, Callable[[], Any]] = {
        "fwht": lambda: fwht(x, out=out),
        "Butterfly": lambda: B @ x,
        "Butterfly, samples in rows": lambda: B @ x_rows,
        "srht, k = 12": lambda: J @ x,
        "srht, k = 2048": lambda: K @ x,
        "srht, k = 2048, samples in rows": lambda: K @ x_rows,
    }
    shares = {}
    with n_threads(1):
        for name, call in calls.items():
            call()
            release_workspace()
            tracemalloc.start()
            result = call()
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            shares[name] = (peak - (0 if result is out else result.nbytes)) / x.nbytes
    return shares


_PEERS = ("torch", "torch_structured", "hadamard_transform")


def _imported(name: str) -> Any:
    """Import a peer; None if that fails, and ``missing_peers`` says why."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except Exception as error:  # a broken peer is named, whatever is wrong with it
        _missing[name] = f"{name}: {type(error).__name__}: {error}"
        return None


_missing: dict[str, str] = {}


def missing_peers() -> list[str]:
    """The peers that cannot be imported, each with the reason."""
    for name in _PEERS:
        _imported(name)
    return list(_missing.values())
