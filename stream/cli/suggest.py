"""`tsuide suggest`: what would be shown for some items, and why."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stream.cli.choices import Language, Task
from stream.exits import OK

if TYPE_CHECKING:
    from stream.engine.knowledge import Knowledge
    from stream.preview import Preview
    from stream.settings import Settings


def suggest(
    items: Annotated[list[str], typer.Argument(metavar="ITEM...", help="Items looked at, one after the other; the last is on screen.")],
    events: Annotated[Path | None, typer.Option(help="Learn from this event log instead of asking Kafka.")] = None,
    catalog: Annotated[Path | None, typer.Option(help="Take the catalogue from this file (JSON lines, table or Merchant feed).")] = None,
    task: Annotated[Task | None, typer.Option(help="One list alone; browse: what will be looked at next.")] = None,
    language: Annotated[Language, typer.Option(help="Language of the texts.")] = Language.en,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Show what a new customer would be shown for these items, with the reasons.

    Reads the shared memory, the ranker and the catalogue from Kafka as they stand now; with --events and --catalog it needs no
    broker, and the ranker scores with the weights that it starts from.

    Example: tsuide suggest 85123A --events log.jsonl.gz --catalog catalog.jsonl.gz

    Exit codes: 0 answered (also when nothing is shown), 1 a file cannot be read, 2 wrong use, 4 Kafka is away.
    """
    import time

    from online_models.policy import Policy
    from stream.cli.ending import once
    from stream.cli.setting import settings
    from stream.cli.terminal import print_json
    from stream.engine.knowledge import Knowledge
    from stream.preview import preview

    here = settings()
    know = Knowledge(Policy.read(here.policy))
    now_ms = time.time_ns() // 1_000_000
    if events is None and catalog is None:
        once(_from_kafka(here, know))
    else:
        now_ms = _from_files(know, events, catalog) or now_ms
    shown = preview(know, items, wanted=task.value if task else None, language=language.value, now_ms=now_ms)
    if as_json:
        print_json(shown)
    else:
        _print(shown, know)
    return OK


def _from_files(know: "Knowledge", events: Path | None, catalog: Path | None) -> int:
    """Fill `know` and return the newest event's time, 0 where there is none."""
    from stream.catalog.feed import format_of, read_items
    from stream.catalog.refused import Refusal
    from stream.cli.anybody import anybody
    from stream.cli.terminal import watched
    from stream.errors import LogError
    from stream.lines import Lines
    from stream.logs import read_events
    from stream.preview import remember

    if catalog is not None:
        lines = Lines(catalog)

        def refuse(refusal: Refusal) -> None:
            raise LogError(str(catalog), refusal.line, f"{refusal.field}: {refusal.why}.")

        for item in watched(read_items(lines, format_of(lines), refuse), lines):
            know.catalog.put(item)
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
    there = await find(settings.kafka_bootstrap_servers, names)
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


def _print(shown: "Preview", know: "Knowledge") -> None:
    from stream.cli.terminal import print_table

    for one in shown.lists:
        typer.echo(f"\n{one.headline or one.item_list_id}")
        rows = [(item.item_id, item.item_name or "", _price(item.price, item.currency), item.reason.text) for item in one.items]
        print_table(("item", "name", "price", "why"), rows)
    if shown.browse:
        typer.echo("\nProbably looked at next")
        print_table(("item", "name", "score"), [(item.item_id, item.item_name or "", f"{item.score:.3f}") for item in shown.browse])
    for name, rule in shown.silences:
        typer.echo(f"{name}: nothing ({rule})")
    learnt = "start weights" if shown.model_version < 0 else f"ranker {shown.model_version}"
    typer.echo(
        f"\n{shown.memory_version:,} remembered events, {len(know.catalog):,} catalogue items, {learnt}, policy {shown.policy_version}."
    )


def _price(price: float | None, currency: str | None) -> str:
    return "" if price is None else f"{price:.2f} {currency or ''}".strip()
