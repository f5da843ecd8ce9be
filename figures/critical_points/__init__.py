"""How many critical points and spurious minima trained butterflies have, for random data."""
