"""Make start sets anew: python -m landscape.start_sets 4 8 16."""

import sys

from landscape.start_sets import SIZES, make

make([int(argument) for argument in sys.argv[1:]] or SIZES)
