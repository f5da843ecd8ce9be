"""The command line ``landscape``, for data from files: critical points and training."""

from __future__ import annotations

import typer

from fjlt.runs.backends import one_blas_thread
from fjlt.runs.console import Version, run
from landscape.cli.critical_command import critical
from landscape.cli.joint_command import joint
from landscape.cli.train_command import train

__all__ = ["app", "main"]

app = typer.Typer(
    help="The loss landscape of the network D·E·B·X, loss ‖DEBX - Y‖_F².",
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
)


@app.callback()
def options(version: Version = False) -> None:
    """Options of the command itself."""


# with one thread of BLAS no result depends on the number of threads
for command in (critical, train, joint):
    app.command()(one_blas_thread()(command))


def main() -> None:
    """Run the command line."""
    run(app)
