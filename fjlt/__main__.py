"""The command ``fjlt``, also as ``python -m fjlt``."""

from fjlt.cli.commands import app, main

__all__ = ["app", "main"]

if __name__ == "__main__":
    main()
