"""The problem that a command line states: data, encoder and bottleneck, checked and loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fjlt import Butterfly, MatrixOperator, Operator, TruncatedButterfly, boundary
from fjlt.runs.matrices import read_matrix, split_key
from fjlt.types import IndexArray, RealArray
from landscape import data

__all__ = ["KINDS", "Problem", "kept_outputs", "load_data"]

KINDS = ("fjlt", "random", "identity")


@dataclass(frozen=True)
class Problem:
    """Data X (n, d), targets Y (m, d), encoder B (l, n) and bottleneck k.

    Attributes
    ----------
    X, Y, B, k
        The problem.
    rng : Generator
        The generator that drew B, for further random numbers.
    settings : dict
        The options as given on the command line.
    """

    X: RealArray
    Y: RealArray
    B: Operator
    k: int
    rng: np.random.Generator
    settings: dict[str, Any]

    @classmethod
    def load(
        cls,
        x: str,
        y: str | None,
        rows: str | None,
        l: int | None,
        k: int,
        b: str | None,
        butterfly: str,
        seed: int,
    ) -> Problem:
        """Read the files, and check them and the other options of the command line."""
        kind = butterfly if b is None else None
        settings = {"x": x, "y": y, "l": l, "k": k, "b": b, "butterfly": kind, "seed": seed}
        X, Y = load_data(x, y)
        k = data.bottleneck(k, len(X))
        rng = np.random.default_rng(boundary.dimension(seed, "seed", low=0))
        if b is not None:
            if rows is not None or l is not None:
                raise ValueError("--b gives the whole encoder; leave out --rows and --l")
            B: Operator = data.as_operator(MatrixOperator(read_matrix(*split_key(b))), len(X))
        else:
            B = _butterfly(butterfly, len(X), _rows(rows, l, len(X), rng), rng)
        return cls(X, Y, B, k, rng, settings)

    @property
    def rows(self) -> list[int] | None:
        """Kept outputs of the butterfly; None if B was read from a file."""
        return self.B.rows.tolist() if isinstance(self.B, TruncatedButterfly) else None

    @property
    def sizes(self) -> dict[str, int]:
        """n, d, m, l and k."""
        (n, d), m = self.X.shape, len(self.Y)
        return {"n": n, "d": d, "m": m, "l": self.B.shape[0], "k": self.k}

    @property
    def title(self) -> str:
        """The sizes in one line."""
        return ", ".join(f"{name} = {value}" for name, value in self.sizes.items())


def load_data(x: str, y: str | None) -> tuple[RealArray, RealArray]:
    """Read X and Y from FILE or FILE:KEY; Y is X if there is no file for it."""
    X = read_matrix(*split_key(x))
    return data.pair(X, X if y is None else read_matrix(*split_key(y)))


def _rows(rows: str | None, l: int | None, n: int, rng: np.random.Generator) -> IndexArray:
    """Kept outputs: those listed, or l of them at random."""
    size = boundary.next_power_of_two(n)
    if (rows is None) == (l is None):
        raise ValueError("give either the kept outputs with --rows 0,4 or their number with --l 8")
    if rows is None:
        chosen = rng.choice(size, size=boundary.dimension(l, "l", high=n), replace=False)
        return np.sort(chosen)
    return kept_outputs(str(rows), size)


def kept_outputs(rows: str, size: int) -> IndexArray:
    """Read the kept outputs of a butterfly of this size from the value of --rows."""
    try:
        return boundary.rows([int(row) for row in rows.split(",")], size)
    except ValueError as error:
        raise ValueError(f"--rows {rows}: {error}") from None


def _butterfly(kind: str, n: int, rows: IndexArray, rng: np.random.Generator) -> TruncatedButterfly:
    """A truncated butterfly with weights of one of ``KINDS``; "fjlt" has the scale of an SRHT."""
    size = boundary.next_power_of_two(n)
    if kind == "identity":
        full = Butterfly.identity(size)
    elif kind == "random":
        full = Butterfly.random(size, rng)
    else:
        signs = rng.choice([-1.0, 1.0], size=size) if size > 1 else None
        full = Butterfly.hadamard(size, signs)
    weights = full.weights.copy()
    if kind == "fjlt":
        weights[-1:] *= (size / len(rows)) ** 0.5
    return TruncatedButterfly(weights, rows, n_inputs=n)
