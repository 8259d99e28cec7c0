"""How a suggestion came about, as people read it."""

from datetime import UTC, datetime

import typer

from features.catalog import Catalog
from stream.cli.shown.suggested import print_left_out, print_lists, print_why
from stream.cli.terminal import print_table
from stream.why.run import Explained

MOST_STEPS, MOST_CANDIDATES = 30, 10  # --json has all events, and twenty candidates of each head


def print_explained(found: Explained, catalog: Catalog) -> None:
    """Print the way to the suggestion: events, candidates, arithmetic, what was left out, silences, and what is not as it was."""
    rebuilt = found.rebuilt
    typer.echo(f"{found.suggestion_id}, to {found.customer} at {_time(found.at_ms)}")
    _print_steps(found)
    print_lists([one for one in rebuilt.lists if one.items])
    for head in dict.fromkeys(one.head for one in rebuilt.candidates):
        own = [one for one in rebuilt.candidates if one.head == head][:MOST_CANDIDATES]
        typer.echo(f"\nCandidates of {head}, the first {len(own)}")
        rows = [(one.item_id, f"{one.score:.4f}", ", ".join(f"{name} {value:g}" for name, value in one.sources.items())) for one in own]
        print_table(("item", "score", "sources"), rows)
    for one in rebuilt.why:
        print_why(one)
    print_left_out(rebuilt.left_out, catalog)
    if rebuilt.silences:
        typer.echo("")
    for name, rule in rebuilt.silences:
        typer.echo(f"{name}: nothing ({rule})")
    learnt = "start weights" if rebuilt.model_version < 0 else f"ranker {rebuilt.model_version}"
    typer.echo(
        f"\n{rebuilt.memory_version:,} remembered events, {len(catalog):,} catalogue items, {learnt}, policy {found.policy_version}."
    )
    _print_comparison(found)


def _print_steps(found: Explained) -> None:
    steps = found.rebuilt.steps
    typer.echo(f"\nThe customer's events, {len(steps):,}" + (f", the last {MOST_STEPS}" if len(steps) > MOST_STEPS else ""))
    session = steps[-1].session
    print_table(
        ("time", "event", "items", "", "record"),
        [
            (_time(one.event_time_ms), one.event, ", ".join(one.item_ids), "this visit" if one.session == session else "", one.address)
            for one in steps[-MOST_STEPS:]
        ],
    )


def _print_comparison(found: Explained) -> None:
    if found.published is not None and not found.differences:
        typer.echo("This is what was published.")
    elif found.differences:
        typer.echo("\nNot as it was published:")
        rows = [(one.where, one.item_id or "", one.what, str(one.told), str(one.derived)) for one in found.differences]
        print_table(("list", "item", "what", "published", "rebuilt"), rows)
    for caveat in found.caveats:
        typer.echo(caveat)


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
