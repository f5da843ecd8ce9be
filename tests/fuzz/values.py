"""Arguments as a caller may write them: the same numbers in another dress, or damaged ones."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy import sparse

INTEGER_TYPES = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64)


def pick(rng, options):
    """One of the options, each equally likely."""
    return options[rng.integers(len(options))]


def integers(rng, shape, low=-3, high=4):
    """A float64 array of small integers, so that every number type holds it exactly; never zero."""
    a = rng.integers(low, high, shape).astype(float)
    a[(0,) * a.ndim] = 1 + rng.integers(high - 1)
    return a


def power_of_two(rng, high=4):
    """2^p with 0 <= p <= high."""
    return 2 ** int(rng.integers(high + 1))


class Subclass(np.ndarray):
    """An array of another class."""


def _strided(a):
    wide = np.full([2 * size for size in a.shape], 7.0)
    view = wide[tuple(slice(None, None, 2) for _ in a.shape)]
    view[...] = a
    return view


def _reversed(a):
    return np.ascontiguousarray(np.flip(a))[tuple(slice(None, None, -1) for _ in a.shape)]


def _frozen(a):
    b = a.copy()
    b.flags.writeable = False
    return b


def _unaligned(a):
    raw = np.zeros(a.nbytes + 1, np.uint8)[1:]
    b = raw.view(a.dtype).reshape(a.shape)
    b[...] = a
    return b


DRESSES = {
    "list": lambda a: a.tolist(),
    "as it is": lambda a: a.copy(),
    "float32": lambda a: a.astype(np.float32),
    "int8": lambda a: a.astype(np.int8),
    "int64": lambda a: a.astype(np.int64),
    "Fortran order": np.asfortranarray,
    "strided": _strided,
    "negative strides": _reversed,
    "read-only": _frozen,
    "big-endian": lambda a: a.astype(">f8"),
    "big-endian integers": lambda a: a.astype(">i4"),
    "unaligned": _unaligned,
    "subclass": lambda a: a.copy().view(Subclass),
    "frozen bytes": lambda a: np.frombuffer(a.tobytes()).reshape(a.shape),
}


def dressed(rng, a):
    """The numbers of ``a`` in another dress: another type, layout or byte order."""
    return DRESSES[pick(rng, list(DRESSES))](a)


def _one_entry(rng, a, value, dtype=float):
    b = a.astype(dtype)
    b[tuple(rng.integers(size) for size in a.shape)] = value
    return b


def damaged(rng, a, real=True):
    """An array like ``a`` that no function may accept."""
    damages = [
        lambda: _one_entry(rng, a, np.nan),
        lambda: _one_entry(rng, a, pick(rng, [np.inf, -np.inf])),
        lambda: _one_entry(rng, a, None, object),
        lambda: np.ma.masked_array(a, rng.random(a.shape) < 0.5),
        lambda: a.astype(np.float16),
        lambda: a.astype(np.longdouble),
        lambda: a.astype(str),
        lambda: a.astype("datetime64[s]"),
        lambda: np.zeros(a.shape, [("x", float)]),
        lambda: np.zeros((0, *a.shape[1:])),
        lambda: np.float64(3),
        lambda: a[..., None, None],
        lambda: None,
        lambda: "matrix",
        lambda: {"a": 1},
    ]
    if a.ndim == 2:
        damages.append(lambda: sparse.csr_array(_one_entry(rng, a, np.nan)))
        damages.append(lambda: [[1.0], [1.0, 2.0]])
    if real:
        damages.append(lambda: _one_entry(rng, a, 1j, complex))
    return pick(rng, damages)()


def whole(rng, value):
    """The integer ``value`` as a caller may write it."""
    fitting = [t for t in INTEGER_TYPES if np.iinfo(t).min <= value <= np.iinfo(t).max]
    return pick(rng, [int, *fitting, *([np.array] if fitting else [])])(value)


def damaged_whole(rng, low=1, high=None):
    """No integer between ``low`` and ``high``."""
    wrong = [low - 1, -1, -(2**62), 0.5, 2.0, "3", None, True, np.nan, np.inf, [1], 1j, Fraction(3)]
    if high is not None:
        wrong += [high + 1, 2**62, 10**30, np.uint64(2**63), np.int8(127) if high < 127 else 2**40]
    return pick(rng, wrong)
