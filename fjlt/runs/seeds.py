"""Random numbers from a seed and the name of what is drawn, whatever the order of work."""

from __future__ import annotations

import hashlib

import numpy as np

__all__ = ["seed_sequence", "stream"]


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Random generator for a thing of a given name.

    Equal seeds and names give equal numbers; different ones give independent numbers.

    Examples
    --------
    >>> first, again, other = (stream(0, "data", i).random() for i in (1, 1, 2))
    >>> first == again, first == other
    (True, False)
    """
    return np.random.default_rng(seed_sequence(seed, *names))


def seed_sequence(seed: int, *names: str | int) -> np.random.SeedSequence:
    """The seed sequence of ``stream``: the seed, with a digest of the names as spawn key.

    Examples
    --------
    >>> seed_sequence(0, "data", 1).entropy
    0
    """
    # a digest, since a spawn key consists of integers of 32 bits
    digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    return np.random.SeedSequence(
        seed, spawn_key=tuple(np.frombuffer(digest[:16], dtype=np.uint32).tolist())
    )
