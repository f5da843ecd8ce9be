"""Reports of a training under way: the caller's callback and a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Callback", "reporting"]

Callback = Callable[[int, float], Any]
"""Called as callback(step, loss); a true result ends the training."""


@contextmanager
def reporting(
    progress: bool, max_steps: int, callback: Callback | None
) -> Iterator[Callback | None]:
    """Yield the callback itself, or with ``progress`` one that also moves a progress bar."""
    if not progress:
        yield callback
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("training", total=max_steps)

        def report(step: int, loss: float) -> bool:
            bar.update(task, completed=step, description=f"loss {loss:.6g}")
            return callback is not None and bool(callback(step, loss))

        yield report
