"""The command line ``fjlt``: what random embeddings do to the points in a file."""

from __future__ import annotations

import typer

from fjlt.cli.distortion_command import distortion
from fjlt.cli.norms_command import norms
from fjlt.cli.smallest_command import smallest
from fjlt.runs.console import Version, run

__all__ = ["app", "main"]

app = typer.Typer(
    help="Random embeddings: what they do to your points, and how many rows are enough.",
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
)


@app.callback()
def options(version: Version = False) -> None:
    """Options of the command itself."""


app.command()(distortion)
app.command("test")(norms)
app.command()(smallest)


def main() -> None:
    """Run the command line."""
    run(app)
