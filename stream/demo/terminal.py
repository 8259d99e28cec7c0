"""The demo on a terminal: a list of what is being started, then one screen that is drawn anew a few times a second."""

import time
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, Progress, SpinnerColumn, Task, TaskID, TextColumn

from stream.demo.screen import Moment, opened_line
from stream.demo.ticker import Ticker
from stream.demo.view import draw


class _CountedBar(BarColumn):
    """A bar where it is known how much there is to do, nothing elsewhere."""

    def render(self, task: Task) -> Any:
        return super().render(task) if task.total is not None and task.total > 1 else ""


class TerminalScreen:
    """Draws; the terminal is given back as it was."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._ticker = Ticker()
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            _CountedBar(bar_width=24),
            console=console,
            transient=True,
        )
        self._stage: tuple[str, TaskID] | None = None
        self._live: Live | None = None

    def stage(self, text: str, *, done: int = 0, total: int = 0) -> None:
        """Show what is being started, and what was."""
        if self._stage is None:
            self._console.print("[bold]tsuide demo[/]: a shop with live suggestions, on this machine")
            self._progress.start()
        if self._stage is None or self._stage[0] != text:
            self._finish_stage()
            self._stage = text, self._progress.add_task(text, total=total or None)
        self._progress.update(self._stage[1], completed=done, total=total or None)

    def opened(self, address: str) -> None:
        """Say it above what is being started."""
        self._console.print(f"[bold]{opened_line(address)}[/]")  # a style of its own would colour the list below, too

    def show(self, moment: Moment) -> None:
        """Draw the moment."""
        if self._live is None:
            self._finish_stage()
            self._progress.stop()
            self._live = Live(console=self._console, screen=True, auto_refresh=False)
            self._live.start()
        self._ticker.look(moment.answers, time.monotonic())
        width, height = self._console.size
        self._live.update(draw(moment, list(self._ticker.shown), width=width, height=height), refresh=True)

    def close(self) -> None:
        """Give the terminal back."""
        self._progress.stop()
        if self._live is not None:
            self._live.stop()

    def _finish_stage(self) -> None:
        if self._stage is not None:
            self._progress.update(self._stage[1], total=1, completed=1)
