"""How a redrive is shown: letters by reason and by what becomes of them."""

from typing import Any

import typer

from stream.cli.terminal import print_table
from stream.redrive.letters import MEANING
from stream.redrive.run import Kind, Tally


def show(tally: Tally, *, executed: bool) -> None:
    """Print the letters by reason, most frequent first, and what was done."""
    if not tally.kinds:
        typer.echo("There are no such letters: nothing was sent.")
        return
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


def looked_at(tally: Tally) -> int:
    """Return how many of the chosen letters were looked at."""
    return sum(kind.letters for kind in tally.kinds.values())
