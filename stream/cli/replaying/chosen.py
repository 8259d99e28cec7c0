"""Which part of a log is replayed, as the command line says it, and how far that is."""

from collections.abc import Sequence
from datetime import UTC, datetime

from stream.archive.wanted import Wanted
from stream.cli.anybody import who_of
from stream.cli.moments import moment_ms
from stream.customer import customer_named
from stream.replay.chosen import Chosen
from stream.settings import Settings


def chosen_of(
    here: Settings,
    *,
    from_: str | None,
    to: str | None,
    customer: Sequence[str] | None,
    event: Sequence[str] | None,
    limit: int | None,
) -> Chosen:
    """Return what the options of these names choose. Raises typer.BadParameter."""
    whose = frozenset(customer_named(said, here) for said in customer or ())
    wanted = Wanted(moment_ms(from_, "--from"), moment_ms(to, "--to"), whose, who_of(here))
    return Chosen(wanted, frozenset(event or ()), limit)


def reached(records: int, clock_ms: int) -> str:
    """Return how far a replay is, in words."""
    return f"{records:,} records, {datetime.fromtimestamp(clock_ms / 1_000, UTC):%Y-%m-%d %H:%M:%S} UTC"
