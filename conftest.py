"""Settings that must stand before any numeric library is imported."""

import os

os.environ.setdefault("MPLBACKEND", "Agg")
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")


def pytest_addoption(parser):
    """How long the fuzzer in ``tests/fuzz`` goes on."""
    parser.addoption("--fuzz-calls", type=int, default=500, help="calls of each public function")
    parser.addoption("--fuzz-seed", type=int, default=0, help="seed of all calls")
