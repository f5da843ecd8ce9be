"""The stored start sets; ``python -m landscape.start_sets --help`` says how they are made anew."""

from landscape.continuation.start_sets import SIZES, make, start_set

__all__ = ["SIZES", "make", "start_set"]

if __name__ == "__main__":
    from landscape.cli.start_sets_command import main

    main()
