"""The page of each command, from its own help."""

import importlib
from pathlib import Path

import typer.cli
from sphinx.application import Sphinx
from typer.main import get_command

COMMANDS = {
    "fjlt": "fjlt",
    "landscape": "landscape",
    "proofs-check": "proofs_check",
    "paper-figures": "figures",
}


def page(name: str, package: str) -> str:
    """The options and arguments of all subcommands of a command, in Markdown."""
    app = importlib.import_module(f"{package}.__main__").app
    command = get_command(app)
    context = typer.Context(command, info_name=name)
    text = str(typer.cli.get_docs_for_click(obj=command, ctx=context, name=name))
    for each, subcommand in getattr(command, "commands", {}).items():
        # the list has the whole first paragraph of the help in place of its first words
        summary = " ".join((subcommand.help or "").split("\n\n")[0].split())
        start = f"* `{each}`: "
        text = "\n".join(start + summary if s.startswith(start) else s for s in text.split("\n"))
    return text


def write(app: Sphinx) -> None:
    """Write the pages before Sphinx reads the sources."""
    folder = Path(app.srcdir) / "commands"
    folder.mkdir(exist_ok=True)
    for name, package in COMMANDS.items():
        (folder / f"{name}.md").write_text(page(name, package), encoding="utf-8")
    toctree = "\n".join(COMMANDS)
    (folder / "index.md").write_text(
        "# Commands\n\nThe four commands are in the environment into which the package is "
        "installed. Each says with `--help` what it does.\n\n"
        f"```{{toctree}}\n:maxdepth: 2\n\n{toctree}\n```\n",
        encoding="utf-8",
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
