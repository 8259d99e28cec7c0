"""A replay as people read it."""

from collections.abc import Mapping
from datetime import UTC, datetime

import typer

from stream.cli.terminal import print_table
from stream.replay.feed.run import Report
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


def print_fed(report: Report) -> None:
    """Print what was fed, how far the workers are, and what they have sent out."""
    fed = report.fed
    if fed.first_ms is None:
        typer.echo("No record was fed.")
    else:
        span = f"{time_of(fed.first_ms)} to {time_of(fed.clock_ms)}"
        typer.echo(f"{fed.records:,} records of {span} fed in {fed.seconds:.1f} s ({fed.per_second:,.0f}/s).")
    if fed.there:
        typer.echo(f"{fed.there:,} were there already.")
    if fed.later:
        typer.echo(f"{fed.later:,} happened since the shop's own events began, and were left out.")
    if fed.passed_over:
        typer.echo(f"{fed.passed_over:,} of topics that are not fed were passed over.")
    if report.behind is None:
        typer.echo("How far the workers are is not known.")
    elif report.behind:
        typer.echo(f"The workers have {report.behind:,} still to handle.")
    if report.sent:
        print_table(("sent to", "records"), [(topic, f"{count:,}") for topic, count in report.sent.items()])
    if report.digest:
        typer.echo(f"digest {report.digest}")


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
