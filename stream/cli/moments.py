"""Points in time as they are said on the command line."""

from datetime import UTC, datetime, timedelta

import typer

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS = timedelta(milliseconds=1)


def moment_ms(text: str | None, option: str) -> int | None:
    """Return an ISO 8601 date or time in milliseconds since 1970 UTC; without a zone it is UTC, which is said on standard error.

    Raises:
        typer.BadParameter: it is no such time.
    """
    if text is None:
        return None
    try:
        said = datetime.fromisoformat(text)
    except ValueError as fault:
        raise typer.BadParameter(
            f"{text!r} is no date and time: write 2026-11-22T18:00:00+01:00, 2026-11-22T17:00Z or 2026-11-22.", param_hint=option
        ) from fault
    if said.tzinfo is None:
        said = said.replace(tzinfo=UTC)
        typer.echo(f"{option} {text} names no zone: UTC is assumed, {said.isoformat()}.", err=True)
    return (said - EPOCH) // MS
