"""Benchmarks that airspeed velocity runs commit by commit."""
