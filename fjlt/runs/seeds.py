"""Random numbers from a seed and the words that name what is drawn, never from the order of
work."""

from __future__ import annotations

import hashlib

import numpy as np

__all__ = ["seed_sequence", "stream"]


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Generator for one thing that is drawn; equal names give equal numbers, other names
    independent ones.

    Examples
    --------
    >>> first, again, other = (stream(0, "data", i).random() for i in (1, 1, 2))
    >>> first == again, first == other
    (True, False)
    """
    return np.random.default_rng(seed_sequence(seed, *names))


def seed_sequence(seed: int, *names: str | int) -> np.random.SeedSequence:
    """The seed of ``stream``.

    Examples
    --------
    >>> seed_sequence(0, "data", 1).entropy
    0
    """
    digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    return np.random.SeedSequence(
        seed, spawn_key=tuple(np.frombuffer(digest[:16], dtype=np.uint32).tolist())
    )
