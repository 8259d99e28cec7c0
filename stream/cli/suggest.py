"""`tsuide suggest`: what would be shown for some items, and why."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stream.cli.choices import Task
from stream.exits import OK

if TYPE_CHECKING:
    from stream.engine.knowledge import Knowledge
    from stream.settings import Settings

TAG = re.compile(r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*\Z")


def _language(tag: str | None) -> str | None:
    if tag is not None and not TAG.match(tag):
        raise typer.BadParameter(f"{tag!r} is no language; write it as en, ja or pt-BR.")
    return tag


def suggest(
    items: Annotated[list[str], typer.Argument(metavar="ITEM...", help="Items looked at, one after the other; the last is on screen.")],
    events: Annotated[Path | None, typer.Option(help="Learn from this event log instead of asking Kafka.")] = None,
    catalog: Annotated[Path | None, typer.Option(help="Take the catalogue from this file (JSON lines, table or Merchant feed).")] = None,
    task: Annotated[Task | None, typer.Option(help="One list alone; browse: what will be looked at next.")] = None,
    customer: Annotated[
        str | None, typer.Option(metavar="ID", help="Answer as for this customer: his id at the shop, or his pseudonym. Only reads.")
    ] = None,
    why: Annotated[
        bool, typer.Option("--why", help="Show features x weights of every score, and what was left out by which rule.")
    ] = False,
    language: Annotated[
        str | None,
        typer.Option(metavar="TAG", callback=_language, help="Language of the texts, as en or pt-BR; else the customer's, else English."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON, with all that --why shows.")] = False,
) -> int:
    """Show what a customer would be shown for these items, with the reasons.

    Reads the shared memory, the ranker and the catalogue from Kafka as they stand now; with --events and --catalog it needs no
    broker, and the ranker scores with the weights that it starts from. Without --customer it answers as to somebody new, without
    the policy's caps; with it, as to him: his profile is read from Redis, and caps and pauses hold.

    Example: tsuide suggest 85123A --events log.jsonl.gz --catalog catalog.jsonl.gz --why

    Exit codes: 0 answered (also when nothing is shown), 1 a file cannot be read or the customer is unknown or has opted out,
    2 wrong use, 4 Kafka or Redis is away.
    """
    import time

    from online_models.policy.policy import Policy
    from stream.cli.ending import once
    from stream.cli.setting import settings
    from stream.cli.shown.suggested import print_preview
    from stream.cli.terminal import print_json
    from stream.customer import customer_named, profile_of
    from stream.engine.knowledge import Knowledge
    from stream.preview import Asked, preview

    here = settings()
    know = Knowledge(Policy.read(here.policy))
    who = None if customer is None else customer_named(customer, here)
    profile = None if who is None else once(profile_of(who, here))
    now_ms = time.time_ns() // 1_000_000
    if events is None and catalog is None:
        once(_from_kafka(here, know))
    else:
        newest_ms = _from_files(know, events, catalog)
        now_ms = newest_ms if newest_ms and profile is None else now_ms  # a profile is of today
    asked = Asked(items, now_ms, task.value if task else None, language, who, profile, why=why or as_json)
    shown = preview(know, asked)
    if as_json:
        print_json(shown)
    else:
        print_preview(shown, know.catalog, why=why)
    return OK


def _from_files(know: "Knowledge", events: Path | None, catalog: Path | None) -> int:
    """Fill `know` and return the newest event's time, 0 where there is none."""
    from stream.cli.anybody import anybody
    from stream.cli.goods import take_goods
    from stream.cli.terminal import watched
    from stream.lines import Lines
    from stream.logs import read_events
    from stream.preview import remember

    if catalog is not None:
        take_goods(catalog, know.catalog)
    if events is None:
        return 0
    lines = Lines(events)
    return remember(know, watched(read_events(lines, anybody), lines))


async def _from_kafka(settings: "Settings", know: "Knowledge") -> None:
    import asyncio

    from stream.agents.make_suggestions import follow_knowledge
    from stream.errors import TopicsDiffer
    from stream.transport.topics import find

    followers = follow_knowledge(settings, know)
    names = [follower.topic for follower in followers]
    there = await find(settings.kafka, names)
    missing = sorted(set(names) - set(there))
    if missing:
        raise TopicsDiffer(f"the broker has no topic {missing[0]}: run `tsuide topics create`")
    try:
        for follower in followers:
            await follower.start()
        await asyncio.gather(*(follower.caught_up() for follower in followers))
    finally:
        for follower in followers:
            await follower.stop()
