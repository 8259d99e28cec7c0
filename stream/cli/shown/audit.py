"""An audit as people read it."""

import typer

from stream.audit.audit import Audited, Found
from stream.audit.checks import Said
from stream.cli.terminal import print_table

MOST = 20  # differences; --json has a hundred


def print_audited(done: Audited, policy_version: str) -> None:
    """Print how much was audited and agrees, what was missing, and the first differences with their addresses."""
    typer.echo(
        f"{done.suggestions:,} suggestions, {done.audited:,} audited with {done.cards:,} cards: {done.agree:,} agree, "
        f"{done.audited - done.agree:,} differ."
    )
    typer.echo(f"{done.sampled:,} rankings of the sample ranked again: {done.candidates:,} candidates.")
    typer.echo(f"{done.ruled:,} of them name policy {policy_version}, which is at hand, and were held against its rules.")
    for missing, count in done.without.items():
        typer.echo(f"{count:,} without {missing}.")
    if done.differences:
        typer.echo("")
        rows = [_row(found) for found in done.differences[:MOST]]
        print_table(("record", "where", "item", "what", "told", "derived"), rows)
    if done.found > MOST:
        typer.echo(f"... and {done.found - MOST:,} more; --json has the first hundred.")


def _row(found: Found) -> tuple[str, ...]:
    one = found.difference
    return found.address, one.where, one.item_id or "", one.what, _said(one.told), _said(one.derived)


def _said(value: Said) -> str:
    if value is None:
        return "nothing"
    return repr(value) if isinstance(value, float) else str(value)
