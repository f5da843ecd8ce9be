"""Numerical continuation: paths, monodromy, and the stored start sets."""
