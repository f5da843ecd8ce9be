"""The machine and the versions that times belong to."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping
from importlib.metadata import distributions, version
from pathlib import Path

import numba

__all__ = ["environment", "in_one_line"]


def environment() -> dict[str, object]:
    """The machine and the versions of this run."""
    settings = numba.config
    information = Path("/proc/cpuinfo")
    names = (
        re.findall(r"model name\s*: (.*)", information.read_text()) if information.exists() else []
    )
    libraries = (
        "numpy",
        "scipy",
        "numba",
        "scikit-learn",
        "torch",
        "torch-structured",
        "hadamard-transform",
    )
    return {
        "processor": names[0] if names else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": settings.NUMBA_NUM_THREADS,
        "python": platform.python_version(),
        **{name: version(name) for name in libraries if any(distributions(name=name))},
    }


def in_one_line(where: Mapping[str, object]) -> str:
    """The same as a sentence."""
    return ", ".join(f"{name} {value}" for name, value in where.items()) + "."
