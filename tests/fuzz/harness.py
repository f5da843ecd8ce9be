"""Many random calls of one public entry point, each held against a reference.

A call is drawn as valid, as damaged, or as one of the two that nobody promises.

- A valid call returns, and what it returns agrees with the reference.
- A damaged call raises one of the promised errors with a sentence in it.
- Any other call does one of the two.
- No call changes its arguments or warns.
"""

from __future__ import annotations

import copy
import signal
import time
import warnings
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np


class Promise(Enum):
    """What a caller may rely on."""

    RETURNS = "returns the right result"
    RAISES = "raises a clear error"
    EITHER = "returns the right result or raises a clear error"


@dataclass
class Call:
    """One call: arguments, promise, and what to compare the result with."""

    args: tuple[Any, ...]
    promise: Promise
    agrees: Callable[[Any], object] = field(default=lambda result: None)
    options: dict[str, Any] = field(default_factory=dict)


CLEAR = (ValueError, TypeError, OverflowError, MemoryError)
SECONDS = 20
"""What a call may take; an absurd request is refused at once."""


@contextmanager
def at_most(seconds):
    """Raise ``TimeoutError`` in a block that takes longer; the limit of the test itself goes on."""

    def stop(*_):
        raise TimeoutError(f"longer than {seconds} s")

    started = time.monotonic()
    before = signal.signal(signal.SIGALRM, stop)
    # again and again, since what is raised inside a finaliser is lost
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds, 5)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)
        rest = max(left - (time.monotonic() - started), 1e-3) if left else 0
        signal.setitimer(signal.ITIMER_REAL, rest)


def fuzz(name, function, draw, calls, seed, errors=CLEAR):
    """Make ``calls`` calls of ``function``; ``draw(rng)`` gives each as a ``Call``.

    Every call has its own generator, so that a failure names the pair (seed, number) that repeats
    it alone. ``agrees`` of a call asserts what it knows of the result.
    """
    made = dict.fromkeys(Promise, 0)
    for number in range(calls):
        rng = np.random.default_rng([seed, zlib.crc32(name.encode()), number])
        call = draw(rng)
        where = f"{name}, seed {seed}, call {number}: {call.args!r:.600} {call.options!r:.200}"
        before = [_snapshot(a) for a in call.args]
        made[call.promise] += 1
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                with at_most(SECONDS):
                    result = function(*call.args, **call.options)
            except errors as error:
                said = len(str(error)) > 10 and not type(error).__module__.startswith("numba")
                if call.promise is Promise.RETURNS or not said:
                    raise AssertionError(f"{where} refused: {error}") from error
            except Exception as error:
                raise AssertionError(f"{where} raised {type(error).__name__}: {error}") from error
            else:
                assert call.promise is not Promise.RAISES, f"{where} accepted: {result!r:.300}"
                try:
                    call.agrees(result)
                except Exception as error:
                    raise AssertionError(f"{where} returned {result!r:.300}: {error}") from error
        for old, new in zip(before, call.args, strict=True):
            assert _same(old, new), f"{where} changed its argument"
    assert calls < 500 or min(made[Promise.RETURNS] + made[Promise.EITHER], made[Promise.RAISES])
    return made


def _snapshot(a):
    if isinstance(a, np.ndarray) and a.dtype.kind != "O":
        return np.array(a, copy=True)
    return copy.deepcopy(a) if isinstance(a, list | dict) else a


def _same(old, new):
    if isinstance(old, np.ndarray) and old.dtype.kind != "O":
        return old.tobytes() == np.array(new, copy=True).tobytes()
    return repr(old) == repr(new) if isinstance(old, list | dict) else True


TINY = np.finfo(float).tiny


def close(expected, rtol=1e-9, floor=TINY):
    """Compare an array with the expected one, relative to the largest entry, or to the floor."""

    def agrees(result):
        a, b = np.asarray(result), np.asarray(expected)
        assert a.shape == b.shape, (a.shape, b.shape)
        tolerance = 1e-4 if a.dtype in (np.float32, np.complex64) else rtol
        scale = max(float(np.max(np.abs(b), initial=0)), floor)
        assert np.isfinite(a).all()
        assert np.max(np.abs(a - b), initial=0) <= tolerance * scale, (a, b)

    return agrees
