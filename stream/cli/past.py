"""Which part of a log is replayed, as the command line says it, and how that is told."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import typer

from stream.archive.rejects import SUFFIX, RejectsFile
from stream.archive.source import STDIN
from stream.archive.wanted import Wanted
from stream.cli.anybody import anybody
from stream.cli.moments import moment_ms
from stream.customer import customer_named
from stream.engine.who import Pseudonymise, pseudonymiser
from stream.replay.chosen import Chosen
from stream.settings import Settings


class Asked(NamedTuple):
    """The options of the same names."""

    from_: str | None
    to: str | None
    customer: list[str] | None
    event: list[str] | None
    limit: int | None


def who_of(here: Settings) -> Pseudonymise:
    """Return what turns a log's raw ids into customers: as live where the secret is known, else so that they are told apart."""
    return pseudonymiser(here.pseudonym_key_id, here.secret()) if here.pseudonym_secret else anybody


def chosen_of(asked: Asked, here: Settings, who: Pseudonymise) -> Chosen:
    """Return the chosen part of a log. Raises typer.BadParameter."""
    whose = frozenset(customer_named(said, here) for said in asked.customer or ())
    wanted = Wanted(moment_ms(asked.from_, "--from"), moment_ms(asked.to, "--to"), whose, who)
    return Chosen(wanted, frozenset(asked.event or ()), asked.limit)


def beside(log: Path, folder: Path | None = None) -> Path:
    """Return where a log's damaged lines go: into the folder, else here."""
    return (folder or Path()) / f"{'stdin' if log == STDIN else log.name}{SUFFIX}"


def reached(records: int, clock_ms: int) -> str:
    """Return how far a replay is, in words."""
    return f"{records:,} records, {datetime.fromtimestamp(clock_ms / 1_000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def tell_refused(refuse: RejectsFile) -> None:
    """Say on standard error which lines were refused, the first of them one by one."""
    for reject in refuse.first:
        typer.echo(str(reject), err=True)
    if refuse.count:
        typer.echo(f"{refuse.count:,} lines refused; they are in {refuse.path}.", err=True)
