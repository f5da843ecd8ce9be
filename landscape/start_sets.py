"""The stored start sets; ``python -m landscape.start_sets 8`` makes that of n = 8 anew."""

import sys

from landscape.continuation.start_sets import SIZES, make, start_set

__all__ = ["SIZES", "make", "start_set"]

if __name__ == "__main__":
    make([int(argument) for argument in sys.argv[1:]] or SIZES)
