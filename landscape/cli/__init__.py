"""The commands of ``landscape``: problems from files, results and pictures."""

from landscape.cli.commands import app, main

__all__ = ["app", "main"]
