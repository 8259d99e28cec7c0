"""A replay as people read it."""

from collections.abc import Mapping
from datetime import UTC, datetime

import typer

from stream.cli.terminal import print_table
from stream.replay.rehearsal import Rehearsed

MOST = 12  # rows; --json has all


def print_rehearsed(done: Rehearsed) -> None:
    """Print what was worked, what was sent, what was shown for which reason, and which rules kept silent."""
    if done.first_ms is None or done.last_ms is None:
        typer.echo("No record was chosen.")
        return
    typer.echo(
        f"{done.records:,} records of {time_of(done.first_ms)} to {time_of(done.last_ms)} "
        f"in {done.seconds:.1f} s ({done.per_second:,.0f}/s): "
        f"{done.events:,} events of {done.customers:,} customers, {done.repeats:,} repeats."
    )
    print_table(("sent to", "records"), [(topic, f"{count:,}") for topic, count in done.sent.items()])
    _most("cards", done.shown)
    _most("silences", done.silent)
    typer.echo(f"digest {done.digest}")


def _most(what: str, counts: Mapping[str, int]) -> None:
    """Print the largest counts of `list:reason`."""
    rows = [(*name.split(":", 1), f"{count:,}") for name, count in sorted(counts.items(), key=lambda entry: -entry[1])]
    if rows:
        typer.echo("")
        print_table(("list", "reason" if what == "cards" else "rule", what), rows[:MOST])
    if len(rows) > MOST:
        typer.echo(f"... and {len(rows) - MOST} more, all in --json.")


def time_of(ms: int) -> str:
    """Return a point in time, to the second."""
    return datetime.fromtimestamp(ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
