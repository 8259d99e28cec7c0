"""What a command shows: tables and lines for people, JSON for programs, progress only where somebody watches."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from stream.lines import Lines

WIDE = 200  # columns where nobody looks at a screen, so that nothing is cut
ITEMS_A_LOOK = 256
Record = TypeVar("Record")


def console(*, stderr: bool = False) -> Console:
    """Return where to print; without colours and as wide as needed when it is no terminal."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else WIDE, highlight=False, soft_wrap=True)


def table_of(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """Return rows under a heading, to be printed or drawn; a cell that is a rich text keeps its colours."""
    table = Table(box=None, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=place == 0)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    return table


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under a heading."""
    console().print(table_of(columns, rows))


def print_json(answer: Any) -> None:
    """Print one line of JSON, at once: a program may wait for it."""
    print(msgspec.json.encode(answer).decode(), flush=True)


def watched(items: Iterable[Record], lines: Lines) -> Iterator[Record]:
    """Yield `items`, which are read from `lines`, and show on standard error how far the file is read, where that is a terminal."""
    shown = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as progress:
        task = progress.add_task(lines.path.name, total=lines.size_bytes)
        for number, item in enumerate(items):
            if number % ITEMS_A_LOOK == 0:
                progress.update(task, completed=lines.done_bytes)
            yield item


def print_state(state: str, line: str, cure: str) -> None:
    """Print one finding, with its cure on a line below."""
    colour = {"ok": "green", "warn": "yellow", "fail": "red"}[state]
    console().print(Text(f"{state:4} ", style=colour), Text(line), sep="")
    if cure:
        console().print(Text(f"     {cure}", style="dim"))


class Tell(Protocol):
    """Says how many are done, of how many, and a few words more."""

    def __call__(self, done: int, of: int, note: str = "") -> None:
        """Say it."""


@contextmanager
def counted(what: str) -> Iterator[Tell]:
    """Give a function to tell how many are done, shown on standard error where that is a terminal."""
    shown = console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as progress:
        task = progress.add_task(what, total=None, note="")
        yield lambda done, of, note="": progress.update(task, completed=done, total=of, note=note)
