"""Random numbers of a case: from the seed and the words that name what is drawn, never from the order of work."""

from __future__ import annotations

import hashlib

import numpy as np

__all__ = ["stream"]


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Generator for one thing that is drawn; equal names give equal numbers, other names independent ones.

    Examples
    --------
    >>> first, again, other = (stream(0, "data", i).random() for i in (1, 1, 2))
    >>> first == again, first == other
    (True, False)
    """
    digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    words = np.frombuffer(digest[:16], dtype=np.uint32).tolist()
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(words)))
