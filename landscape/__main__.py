"""The command ``landscape``, also as ``python -m landscape``."""

from landscape.cli.commands import app, main

__all__ = ["app", "main"]

if __name__ == "__main__":
    main()
