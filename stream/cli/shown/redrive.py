"""How a redrive is shown: letters by reason and by what becomes of them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

from stream.cli.terminal import console, counted, print_table
from stream.redrive.letters import MEANING
from stream.redrive.run import Kind, Tally

LINE_EVERY_S = 10.0


def show(tally: Tally, *, executed: bool) -> None:
    """Print the letters by reason, most frequent first, and what was done."""
    print_table(
        ("reason", "letters", "first one", "what becomes of them"),
        [(kind.reason, f"{kind.letters:,}", kind.example, MEANING[kind.fate]) for kind in by_number(tally)],
    )
    if executed:
        typer.echo(f"{tally.sent:,} letters sent back.")
    else:
        typer.echo("A plan: nothing was sent. Mend what made them fail first; then run it with --execute.")


def as_json(tally: Tally, *, executed: bool) -> dict[str, Any]:
    """Return a redrive as it is printed for programs."""
    return {"executed": executed, "sent": tally.sent, "letters": by_number(tally)}


def by_number(tally: Tally) -> list[Kind]:
    """Return the kinds of letters, most frequent first."""
    return sorted(tally.kinds.values(), key=lambda kind: -kind.letters)


@contextmanager
def telling() -> Iterator[Callable[[Tally], None]]:
    """Give a function that shows how far it is: a bar on a terminal, elsewhere a line on standard error every ten seconds."""
    told_s = time.monotonic()

    def line(tally: Tally) -> None:
        nonlocal told_s
        if time.monotonic() - told_s >= LINE_EVERY_S:
            told_s = time.monotonic()
            typer.echo(f"tsuide: {looked_at(tally):,} of {tally.waiting:,} letters looked at, {tally.sent:,} sent back", err=True)

    if not console(stderr=True).is_terminal:
        yield line
        return
    with counted("letters") as show_bar:
        yield lambda tally: show_bar(looked_at(tally), tally.waiting)


def looked_at(tally: Tally) -> int:
    """Return how many of the chosen letters were looked at."""
    return sum(kind.letters for kind in tally.kinds.values())
